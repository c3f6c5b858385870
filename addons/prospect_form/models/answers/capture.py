from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ..public.form import CAMPAIGN

# What becomes of an answer when its message is ...
STATES = {"done": "accepted", "quarantined": "quarantined", "ignored": "ignored"}


class ProspectCapture(models.Model):
    """Messages of forms: an answer goes on when its message does."""

    _inherit = "prospect.capture"

    state = fields.Selection(
        selection_add=[("waiting", "Waiting for confirmation")],
        ondelete={"waiting": lambda messages: messages.write({"state": "quarantined"})},
    )
    form_answer_ids = fields.One2many(
        comodel_name="prospect.form.answer",
        inverse_name="capture_id",
        string="Answers to Forms",
    )

    @api.depends("form_answer_ids.value_ids")
    def _compute_payload_html(self):
        return super()._compute_payload_html()

    def _describe_payload(self):
        """The answers in the language of who reads, where they are kept."""
        rows = super()._describe_payload()
        if self.channel != "form":
            return rows
        fields_ = self.env["prospect.form.answer"]._fields
        names = {
            mark: (fields_[mark]._description_string(self.env), False)
            for mark in CAMPAIGN
        }
        # sudo: the message that the person reads says it as well
        values = self.form_answer_ids[:1].sudo().value_ids
        for key, group in values.grouped("key").items():
            label = group[0].label or key
            said = group[0].question_text, ", ".join(one._get_text() for one in group)
            names.setdefault(label, said)
            names[f"{label} ({key})"] = said
        return [
            (name or key, said or text)
            for key, text in rows
            for name, said in [names.get(key, (False, False))]
        ]

    def _process(self):
        held = self._hold_for_confirmation()
        later = self._find_later_of_pages() - held
        result = super(ProspectCapture, self - held - later)._process()
        (self - later)._settle_form_answers()
        if later:
            later._process()
        return result

    def _find_later_of_pages(self):
        """Corrections among the messages, which need the prospect of what the same page
        has sent before.
        """
        later, seen = self.browse(), set()
        for answer in self.form_answer_ids.sorted("id"):
            page = (answer.nonce, answer.form_id)
            if answer.nonce and page in seen:
                later |= answer.capture_id
            seen.add(page)
        return later

    def _hold_for_confirmation(self):
        """Set aside the messages whose visitors have to confirm their address first.

        A person who replays such a message confirms nothing in the visitor's place.

        :return: the messages that wait now
        """
        answers = self.form_answer_ids.filtered(
            lambda answer: (
                answer.capture_id.state == "received"
                and answer.form_id.double_opt_in
                and not answer.confirmed_at
                # nothing is sent to an erased person: the gate refuses the answer
                and not answer.capture_id._is_erased()
            )
        )
        if not answers:
            return self.browse()
        answers.write({"state": "waiting"})
        answers.capture_id.write({"state": "waiting"})
        self.env["prospect.form"]._prospect_on_answer_waiting(answers)
        return answers.capture_id

    def _settle_form_answers(self):
        """Inform the answers of messages what became of them."""
        if not self.ids:
            return
        self.flush_model(["state", "lead_id"])
        self.env["prospect.form.answer"].flush_model(["state", "lead_id", "capture_id"])
        rows = self.env.execute_query(
            SQL(
                """UPDATE prospect_form_answer AS answer
                      SET state = CASE message.state WHEN 'done' THEN 'accepted'
                                                     ELSE message.state END,
                          lead_id = COALESCE(message.lead_id, answer.lead_id)
                     FROM prospect_capture AS message
                    WHERE answer.capture_id = message.id AND message.id IN %s
                      AND message.state IN %s
                      AND answer.state != CASE message.state WHEN 'done' THEN 'accepted'
                                                             ELSE message.state END
                RETURNING answer.id, answer.state""",
                tuple(self.ids),
                tuple(STATES),
            )
        )
        if not rows:
            return
        # sudo: answers are settled by the machine, by nobody's right
        answers = (
            self.env["prospect.form.answer"].sudo().browse([row[0] for row in rows])
        )
        answers.invalidate_recordset(["state", "lead_id"])
        accepted = answers.browse([row[0] for row in rows if row[1] == "accepted"])
        if accepted:
            self.env["prospect.form"].sudo()._prospect_on_answer(accepted)

    def _is_proved(self):
        """Who has confirmed the address, by a link that was mailed to it."""
        return super()._is_proved() or any(self.form_answer_ids.mapped("confirmed_at"))

    def _quarantine(self, reason, values=None):
        result = super()._quarantine(reason, values)
        self._settle_form_answers()
        return result

    def _ignore(self, reason):
        result = super()._ignore(reason)
        self._settle_form_answers()
        return result

    def _forget_person(self, reason):
        result = super()._forget_person(reason)
        # sudo: answers of an erased person go, whoever may read forms
        self.sudo().form_answer_ids._forget_person()
        return result

    def _get_values(self):
        """Who corrects what they have just sent changes their own new prospect."""
        values = super()._get_values()
        if self.channel == "form" and not values.get("id"):
            lead_id = self._find_corrected()
            if lead_id:
                # nobody else's data is at risk
                self.policy = "update"
                values = {**values, "id": lead_id}
        return values

    @api.model
    def _find_corrected(self):
        """The prospect that the same page has made before, or False: as long as nobody
        else has said something of it, who may have been another person.
        """
        answer = self.form_answer_ids[:1]
        if not answer.nonce:
            return False
        former = self.env["prospect.form.answer"].search(
            [
                ("nonce", "=", answer.nonce),
                ("form_id", "=", answer.form_id.id),
                ("id", "<", answer.id),
                ("lead_id.type", "=", "lead"),
                ("capture_id.outcome", "=", "created"),
            ],
            order="id desc",
            limit=1,
        )
        lead = former.lead_id
        if not lead or lead.write_uid.id != SUPERUSER_ID:
            return False
        page = self.env["prospect.form.answer"].search(
            [("nonce", "=", answer.nonce), ("form_id", "=", answer.form_id.id)]
        )
        others = [("lead_id", "=", lead.id), ("id", "not in", page.capture_id.ids)]
        return False if self.search_count(others, limit=1) else lead.id
