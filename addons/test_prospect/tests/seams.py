from odoo.addons.test_prospect.models.crm_lead_seam import CALLS, HEARD


class SeamsMixin:
    """Listens to all signals and hooks while a test runs."""

    def setUp(self):
        super().setUp()
        signals = self.env["crm.lead"]._prospect_signal_list()
        self._listen(*(signal.code for signal in signals))
        self.addCleanup(self._listen)

    def _listen(self, *codes):
        HEARD.clear()
        HEARD.update(codes)
        CALLS.clear()

    def _calls(self, name):
        """What a hook or signal was called with since the last time it was asked."""
        found = [call[1:] for call in CALLS if call[0] == name]
        CALLS[:] = [call for call in CALLS if call[0] != name]
        return found

    def _rows(self, code):
        """The rows of a signal, of its only call."""
        ((rows,),) = self._calls(code)
        return rows
