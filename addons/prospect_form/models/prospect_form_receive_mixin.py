from odoo import api, models


class ProspectFormReceiveMixin(models.AbstractModel):
    """What becomes of an answer. Only for ``prospect.form``."""

    _name = "prospect.form.receive.mixin"
    _description = "What becomes of the answers of a form"

    # --- For bridges and the other parts ----------------------------------------------

    @api.model
    def _prospect_on_answer(self, answers):
        """Called after the gate has made or updated the prospects of answers, in the
        transaction that did it; all answers of a batch at once, with superuser rights.

        :param answers: ``prospect.form.answer`` that are accepted, with ``lead_id``
        """

    @api.model
    def _prospect_on_answer_waiting(self, answers):
        """Called when answers of forms with ``double_opt_in`` begin to wait for their
        confirmation: no prospect exists yet. In the job's transaction.

        ``answers._confirm()`` lets them go on.

        :param answers: ``prospect.form.answer`` in the state ``waiting``
        """

    def _prospect_prepare_values(self, values, answer):
        """Values of the prospect that an answer gives, before it is handed over.

        :param dict values: of ``crm.lead``: plain, as ``_prospect_upsert`` takes them
        :param dict answer: what was sent, by key of the question, clean
        :return: the values
        """
        return values

    def _prospect_check_robot(self, submission):
        """Why what was sent seems to be a robot's: a code, or False.

        :param dict submission: see ``_receive_submission``
        """
        return False
