import time

from odoo import api, models
from odoo.tools import hmac

from odoo.addons.prospect.tools.remarks import remark

from ...tools.addresses import machine_of
from ...tools.answers import read_answers
from ...tools.tokens import is_over, read_token
from ..public.form import TOKEN_HOURS


class ProspectForm(models.Model):
    """What becomes of an answer. Only for ``prospect.form``.

    ``_receive_submission`` reads it, and keeps it in one short transaction together
    with its message of the inbox. The job of the inbox makes prospects of messages, by
    batches; then ``_prospect_on_answer`` is called, in the same transaction.
    """

    _name = "prospect.form"
    _inherit = ["prospect.form"]

    # --- For bridges and the other parts ------------------------------------------

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

    @api.model
    def _prospect_prepare_values(self, definition, answers, values):
        """Values of the prospect that an answer gives, before it is handed over.

        :param dict definition: see ``_get_definition``
        :param dict answers: what was sent, by key of the question, clean
        :param dict values: of ``crm.lead``: plain, as ``_prospect_upsert`` takes them
        :return: the values
        """
        return values

    @api.model
    def _prospect_check_robot(self, definition, submission):
        """Why what was sent seems to be a robot's: a code of ``_describe_robot``, or
        False.

        :param dict definition: see ``_get_definition``
        :param dict submission: see ``_receive_submission``, with ``token`` read
        """
        token = submission["token"]
        if (submission.get("trap") or "").strip():
            return "honeypot"
        if not token or token.form != definition["id"]:
            return "token"
        if submission["now"] < token.ready:
            return "fast"
        passed = submission.get("captcha", True)
        if not (passed() if callable(passed) else passed):
            return "captcha"
        return False

    @api.model
    def _describe_robot(self, code):
        """Why something seems to be a robot's, for people."""
        return {
            "honeypot": remark(self.env, "form.honeypot"),
            "token": remark(self.env, "form.token"),
            "fast": remark(self.env, "form.fast"),
            "captcha": remark(self.env, "form.captcha"),
            "reused": remark(self.env, "form.reused"),
            "address": remark(self.env, "form.address"),
            "form": remark(self.env, "form.many"),
        }.get(code, code)

    # --- Reading ------------------------------------------------------------------

    def _receive_submission(self, definition, submission):
        """Take in what was sent with the form.

        :param dict definition: see ``_get_definition``
        :param dict submission: what came: ``posted`` {key: [texts]}, ``uploads`` {key:
            file}, ``token`` (a text), ``trap`` (a text), ``address`` (the machine's),
            ``origin`` (the page that shows the form), ``campaign`` {utm_source: text},
            ``captcha`` (False: it was not passed), ``country`` (two letters, of phones,
            that the page has proposed)
        :return: dict: ``state`` is ``kept`` (also of what a robot sent, and of what was
            sent twice), ``wrong`` (with ``errors``, {key: text}), ``over`` (the page
            was opened too long ago: to be sent again with a new token, of ``nonce``),
            ``closed`` (with ``reason``) or ``busy`` (far too much comes in)
        """
        self.ensure_one()
        now = submission.setdefault("now", time.time())
        closed = self._get_closed_reason(definition)
        if closed and closed != "full":
            return {"state": "closed", "reason": closed}
        submission["token"] = token = read_token(
            submission.get("token"), self._sign_token
        )
        hours = self._get_number(TOKEN_HOURS, 24)
        if token and token.form == definition["id"] and is_over(token, now, hours):
            return {"state": "over", "nonce": token.nonce}
        answers, errors = read_answers(
            self._localise(definition["questions"], submission.get("country")),
            submission["posted"],
            submission.get("uploads"),
            self._read_file,
        )
        if errors:
            return {
                "state": "wrong",
                "errors": self._describe_errors(definition, errors),
            }
        machine = machine_of(submission.get("address"))
        # sudo: the key of the database, which signs and is not told
        submission["machine"] = (
            hmac(self.sudo().env, "prospect_form-address", machine)[:32]
            if machine
            else ""
        )
        robot = self._prospect_check_robot(definition, submission)
        if self._is_busy(definition, submission["machine"], robot):
            return {"state": "busy"}
        return self._keep(definition, submission, answers, robot)
