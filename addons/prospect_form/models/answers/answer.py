from odoo import api, fields, models

from odoo.addons.prospect.tools.wording import labelled


class ProspectFormAnswer(models.Model):
    """What one visitor has sent with a form, once.

    It is written together with its message of the inbox (``prospect.capture``), which
    makes the prospect of it. What a robot has sent is here too, as its message lies in
    quarantine.
    """

    _name = "prospect.form.answer"
    _description = "Answer to a Form"
    _order = "id desc"

    form_id = fields.Many2one(
        comodel_name="prospect.form",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", readonly=True, index="btree_not_null"
    )
    capture_id = fields.Many2one(
        comodel_name="prospect.capture",
        string="Message",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    state = fields.Selection(
        selection=[
            ("received", "Being processed"),
            ("waiting", "Waiting for confirmation"),
            ("accepted", "Accepted"),
            ("quarantined", "To check"),
            ("ignored", "Ignored"),
        ],
        required=True,
        readonly=True,
        default="received",
        index=True,
    )
    date = fields.Datetime(required=True, readonly=True, index=True)
    confirmed_at = fields.Datetime(
        string="Confirmed",
        readonly=True,
        help="When the visitor has confirmed the address.",
    )
    lang_id = fields.Many2one(
        comodel_name="res.lang", string="Language", readonly=True, ondelete="set null"
    )
    email = fields.Char(readonly=True, index="btree_not_null")
    nonce = fields.Char(readonly=True, index=True, export_string_translation=False)
    address_hash = fields.Char(
        string="Device",
        readonly=True,
        help="Stands for the visitor's device, without revealing it.",
    )
    robot = fields.Char(
        readonly=True,
        export_string_translation=False,
        help="Why it seems to be a robot's: a code.",
    )
    utm_source = fields.Char(string="Campaign's Source", readonly=True)
    utm_medium = fields.Char(string="Campaign's Medium", readonly=True)
    utm_campaign = fields.Char(string="Campaign", readonly=True)
    origin = fields.Char(
        string="Page", readonly=True, help="The page on which the form was shown."
    )
    value_ids = fields.One2many(
        comodel_name="prospect.form.answer.value",
        inverse_name="answer_id",
        string="Answers",
        readonly=True,
    )

    _form_date_idx = models.Index("(form_id, date)")

    @api.depends("form_id", "email", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for answer in self:
            name = answer.form_id.display_name or ""
            if answer.email:
                name = labelled(self.env, name, answer.email)
            answer.display_name = name

    def _forget_person(self):
        """Take out of answers whom they are from, and what was answered: that there was
        one stays, for figures and places.
        """
        # sudo: answers are written by the machine
        answers = self.sudo()
        # files of answers, which nobody deletes by hand
        files = self.env["ir.attachment"].sudo()
        files.search(
            [("res_model", "=", self._name), ("res_id", "in", answers.ids)]
        ).unlink()
        answers.value_ids.unlink()
        answers.write(
            {
                "email": False,
                "origin": False,
                "nonce": False,
                "address_hash": False,
                "mail_error": False,
                "lead_id": False,
            }
        )

    def _confirm(self):
        """Let answers go on whose address was confirmed: each once.

        With superuser rights, by who knows that it was confirmed.

        :return: those that were waiting
        """
        waiting = self.try_lock_for_update()
        waiting.invalidate_recordset(["state"])
        waiting = waiting.filtered(lambda answer: answer.state == "waiting")
        waiting.write({"state": "received", "confirmed_at": fields.Datetime.now()})
        waiting.capture_id.write({"state": "received"})
        if waiting:
            self.env["prospect.capture"]._wake()
        return waiting
