from odoo.addons.prospect.tests.common import ProspectCase


class TestHooks(ProspectCase):
    """An add-on that the core does not know reacts to prospects."""

    def test_status_changed(self):
        leads = self._prospect() + self._prospect()
        leads.with_context(test_prospect_note=True).status_id = self.in_progress
        notes = self.env["test.prospect.note"].search([("lead_id", "in", leads.ids)])
        self.assertEqual(notes.mapped("name"), ["New > In progress"] * 2)

    def test_host_causes_it_too(self):
        lead = self._prospect().with_context(test_prospect_note=True)
        lead.action_set_lost()
        note = self.env["test.prospect.note"].search([("lead_id", "=", lead.id)])
        self.assertEqual(note.name, "New > Junk")
