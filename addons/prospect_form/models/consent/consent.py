from odoo import api, fields, models
from odoo.tools.mail import email_normalize

from odoo.addons.prospect.tools.phones import read_phone


class ProspectConsent(models.Model):
    """What visitors of forms agree to, in the register."""

    _name = "prospect.consent"
    _inherit = ["prospect.consent"]

    form_id = fields.Many2one(
        comodel_name="prospect.form",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    answer_id = fields.Many2one(
        comodel_name="prospect.form.answer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    _once_an_answer = models.UniqueIndex(
        "(answer_id, purpose_id, channel) WHERE answer_id IS NOT NULL"
    )

    @api.model
    def _append_answers(self, answers):
        """What visitors have agreed to in answers of forms: once an answer.

        A box that was not ticked says nothing: it is no withdrawal.

        :param answers: ``prospect.form.answer`` with their prospects
        """
        values = self.env["prospect.form.answer.value"].search(
            [("answer_id", "in", answers.ids), ("type", "in", ("consent", "phone"))]
        )
        known = self.search([("answer_id", "in", answers.ids)]).answer_id
        phones = {}
        for value in values.filtered(lambda value: value.type == "phone").sorted("id"):
            phone = read_phone(value.value_char or "")
            if phone:
                phones.setdefault(value.answer_id.id, phone.e164)
        vals_list, seen = [], set()
        for value in values.filtered(lambda value: value.type == "consent"):
            answer, question = value.answer_id, value.field_id
            if answer in known:
                continue
            purpose = question.purpose_id or self.env["prospect.consent.purpose"]._find(
                ""
            )
            for channel in question._get_consent_channels():
                key = (answer.id, purpose.id, channel)
                address = (
                    email_normalize(answer.email or "")
                    if channel == "email"
                    else phones.get(answer.id)
                )
                if not address or key in seen:
                    continue
                seen.add(key)
                vals_list.append(
                    {
                        **self._prepare_answer(answer),
                        "purpose_id": purpose.id,
                        "channel": channel,
                        "address": address,
                        "text_id": value.consent_text_id.id,
                        # a confirmed mail says nothing of a number
                        "is_confirmed": channel == "email"
                        and bool(answer.confirmed_at),
                    }
                )
        consents = self._append(vals_list)
        self._withdraw_corrected(answers, consents)
        return consents

    @api.model
    def _withdraw_corrected(self, answers, consents):
        """Take back what the same page had said before it was corrected: a box that was
        ticked by mistake, an address that was mistyped.

        :param answers: ``prospect.form.answer`` that may correct others
        :param consents: what they agree to
        """
        latest = {
            (answer.nonce, answer.form_id): answer
            for answer in answers.sorted("id")
            if answer.nonce
        }
        if not latest:
            return
        former = self.search(
            [
                ("answer_id.nonce", "in", [nonce for nonce, _form in latest]),
                ("answer_id", "not in", answers.ids),
                ("action", "=", "given"),
            ]
        )
        agreed = {
            (row.answer_id, row.purpose_id, row.channel, row.address)
            for row in consents
        }
        for row in former:
            answer = latest.get((row.answer_id.nonce, row.form_id))
            key = (answer, row.purpose_id, row.channel, row.address)
            if (
                answer
                and answer.id > row.answer_id.id
                and key not in agreed
                and not row._is_repeated()
            ):
                row._withdraw("form")

    def _is_repeated(self):
        """Whether the address had agreed to the same before this row: whoever ticked a
        box once more, perhaps for somebody else, takes nothing of that back.
        """
        self.ensure_one()
        before = self.search(
            [
                ("email_normalized", "=", self.email_normalized),
                ("phone_sanitized", "=", self.phone_sanitized),
                ("channel", "=", self.channel),
                ("company_id", "=", self.company_id.id),
                ("purpose_id", "=", self.purpose_id.id),
                ("id", "<", self.id),
            ],
            order="date desc, id desc",
            limit=1,
        )
        return before.action == "given"

    @api.model
    def _prepare_answer(self, answer):
        """Values of all rows of an answer."""
        return {
            "action": "given",
            "cause": "form",
            "date": answer.confirmed_at or answer.date,
            "user_id": False,
            "answer_id": answer.id,
            "form_id": answer.form_id.id,
            "lead_id": answer.lead_id.id,
            "lang_id": answer.lang_id.id,
            "company_id": answer.company_id.id or answer.form_id.company_id.id,
        }

    @api.model
    def _get_personal_fields(self):
        return {*super()._get_personal_fields(), "answer_id"}

    def _prepare_withdrawal(self):
        return {**super()._prepare_withdrawal(), "form_id": self.form_id.id}

    def _get_page_style(self, lang):
        """That of the form, where it was agreed by one."""
        style = super()._get_page_style(lang)
        return self.form_id._get_page_style(lang) if self.form_id else style
