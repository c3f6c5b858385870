from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

# Who received a mailing and ...: (code, label, condition on the traces).
FOLLOW_UPS = {
    "not_answered": [("reply_datetime", "=", False)],
    # whoever clicks or answers has read it
    "not_opened": [
        ("open_datetime", "=", False),
        ("links_click_datetime", "=", False),
        ("reply_datetime", "=", False),
    ],
    "not_clicked": [("links_click_datetime", "=", False)],
    "clicked": [("links_click_datetime", "!=", False)],
    "everybody": [],
}
RECEIVED = ("pending", "sent", "open", "reply")
AUDIENCE_FIELDS = frozenset(
    [
        "prospect_list_ids",
        "prospect_except_list_ids",
        "prospect_segment_id",
        "prospect_follow_up_of_id",
    ]
)


class MailingMailing(models.Model):
    """Whom a mailing to prospects goes to: lists, a segment, who has not answered.

    All of it narrows the filter of Odoo, and is asked again when the mailing leaves.
    Odoo sends mailings as the superuser: who the responsible may not see would get one
    too, so that what is named here is looked up with the rights of the responsible.
    """

    _name = "mailing.mailing"
    _inherit = ["mailing.mailing"]

    prospect_list_ids = fields.Many2many(
        comodel_name="prospect.list",
        relation="mailing_mailing_prospect_list_rel",
        column1="mailing_id",
        column2="list_id",
        string="Prospect Lists",
        help="Members of any of these lists get the mailing. Empty: no list is asked "
        "for.",
    )
    prospect_segment_id = fields.Many2one(
        comodel_name="prospect.segment",
        string="Segment",
        index="btree_not_null",
        ondelete="restrict",
        help="Who is in the segment when the mailing leaves gets it, beside the "
        "members of the lists.",
    )
    prospect_except_list_ids = fields.Many2many(
        comodel_name="prospect.list",
        relation="mailing_mailing_prospect_except_list_rel",
        column1="mailing_id",
        column2="list_id",
        string="Except Lists",
        help="Members of any of these lists do not get the mailing.",
    )
    prospect_follow_up_of_id = fields.Many2one(
        comodel_name="mailing.mailing",
        string="Follow-up Of",
        index="btree_not_null",
        ondelete="restrict",
        domain=[("mailing_model_real", "=", "crm.lead"), ("state", "!=", "draft")],
        help="Only who received that mailing gets this one.",
    )
    prospect_follow_up_who = fields.Selection(
        selection=[
            ("not_answered", "Who has not answered"),
            ("not_opened", "Who has not opened it"),
            ("not_clicked", "Who has not clicked"),
            ("clicked", "Who has clicked"),
            ("everybody", "Everybody who received it"),
        ],
        string="Follow-up To",
        default="not_answered",
        help="Asked when the mailing leaves: who answers until then gets no follow-up.",
    )

    # --- What may be named ----------------------------------------------------------

    @api.constrains("mailing_model_id", *AUDIENCE_FIELDS)
    def _check_prospect_audience(self):
        for mailing in self.filtered(lambda one: one._prospect_has_audience()):
            if mailing.mailing_model_real != "crm.lead":
                raise ValidationError(
                    self.env._(
                        "Lists, segments and follow-ups are for mailings to "
                        "prospects: choose Lead as recipients, or empty them."
                    )
                )
            former = mailing.prospect_follow_up_of_id
            if former == mailing:
                raise ValidationError(
                    self.env._("A mailing cannot follow up on itself.")
                )
            if former and former.mailing_model_real != "crm.lead":
                raise ValidationError(
                    self.env._(
                        "“%(mailing)s” did not go to prospects: nobody of them can "
                        "get a follow-up.",
                        mailing=former.subject,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        mailings = super().create(vals_list)
        asking = mailings.filtered(lambda one: one._prospect_has_audience())
        asking._prospect_check_named()
        return mailings

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & (AUDIENCE_FIELDS | {"user_id"}):
            asking = self.filtered(lambda one: one._prospect_has_audience())
            asking._prospect_check_named()
        return result

    def _prospect_check_named(self):
        """Refuse lists and segments that who names them, or who answers for the
        mailing, does not see: the figures would say who is in them.
        """
        for mailing in self:
            people = mailing._prospect_get_responsible()
            if not self.env.su:
                people |= self.env.user
            for user in people:
                if not mailing._prospect_may_use(user):
                    raise AccessError(
                        self.env._(
                            "%(user)s may not see all lists and segments of "
                            "“%(mailing)s”: choose others, or another responsible.",
                            user=user.name,
                            mailing=mailing.subject,
                        )
                    )

    def _prospect_may_use(self, user):
        """Whether somebody sees prospects and all that the mailing names."""
        self.ensure_one()
        for records in (
            self.prospect_list_ids | self.prospect_except_list_ids,
            self.prospect_segment_id,
        ):
            own = records.with_user(user).with_context(active_test=False)
            if records and len(own._filtered_access("read")) < len(records):
                return False
        return self.env["crm.lead"].with_user(user).has_access("read")

    # --- Who gets it ----------------------------------------------------------------

    def _prospect_has_audience(self):
        """Whether more than Odoo's filter says who gets the mailing."""
        self.ensure_one()
        return any(self[name] for name in AUDIENCE_FIELDS)

    def _prospect_get_responsible(self):
        """With whose rights lists and segments are looked up."""
        self.ensure_one()
        return self.user_id or self.create_uid or self.env.user

    def _prospect_audience_domain(self):
        """Prospects whom lists, the segment and the follow-up name.

        :return: a :class:`Domain`; nobody, where the responsible may not see what is
            named any more
        """
        self.ensure_one()
        if not self._prospect_has_audience():
            return Domain.TRUE
        user = self._prospect_get_responsible()
        if not self._prospect_may_use(user):
            return Domain.FALSE
        leads = self.env["crm.lead"].with_user(user)
        leads = leads.with_context(allowed_company_ids=user.company_ids.ids)
        domain = self._prospect_included_domain(user)
        if self.prospect_except_list_ids:
            domain &= Domain("list_ids", "not in", self.prospect_except_list_ids.ids)
        if self.prospect_follow_up_of_id:
            domain &= self._prospect_follow_up_domain()
        return Domain("id", "in", leads._search(domain))

    def _prospect_included_domain(self, user):
        parts = []
        if self.prospect_list_ids:
            parts.append(Domain("list_ids", "in", self.prospect_list_ids.ids))
        if self.prospect_segment_id:
            segment = self.prospect_segment_id.with_user(user)
            parts.append(Domain(segment._get_domain()))
        return Domain.OR(parts) if parts else Domain.TRUE

    def _prospect_follow_up_domain(self):
        """Who received the former mailing, and what they have not done."""
        # sudo: what became of mails that somebody else has sent; only who got one and
        # has not answered comes out, of the prospects that the responsible sees
        traces = self.env["mailing.trace"].sudo()
        domain = Domain(
            [
                ("mass_mailing_id", "=", self.prospect_follow_up_of_id.id),
                ("model", "=", "crm.lead"),
                ("trace_status", "in", RECEIVED),
                ("is_test_trace", "=", False),
            ]
        )
        domain &= Domain(FOLLOW_UPS[self.prospect_follow_up_who or "not_answered"])
        return Domain("id", "in", traces._search(domain).subselect("res_id"))

    def _get_recipients_domain(self):
        domain = super()._get_recipients_domain()
        if self.mailing_model_real == "crm.lead":
            domain &= self._prospect_audience_domain()
        return domain

    @api.depends(
        *("mailing_domain", "mailing_model_id", "user_id", *AUDIENCE_FIELDS),
        *("prospect_follow_up_who", "prospect_with_flagged"),
    )
    def _compute_total(self):
        return super()._compute_total()

    # --- Before it leaves -----------------------------------------------------------

    def action_put_in_queue(self):
        """Say at once that the responsible may not see what the mailing names."""
        asking = self.filtered(lambda one: one._prospect_has_audience())
        asking._prospect_check_named()
        for mailing in asking:
            if not mailing.total:
                raise UserError(
                    self.env._(
                        "Nobody would get “%(mailing)s”: no prospect is in its lists "
                        "and segment who passes its filter and can be written to.",
                        mailing=mailing.subject,
                    )
                )
        return super().action_put_in_queue()

    def action_prospect_follow_up(self):
        """A new mailing to those who have not answered this one."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Follow-up"),
            "res_model": "mailing.mailing",
            "views": [(False, "form")],
            "context": {
                "default_mailing_type": self.mailing_type,
                "default_mailing_model_id": self.mailing_model_id.id,
                "default_mailing_domain": self.mailing_domain,
                "default_subject": self.env._("Re: %(subject)s", subject=self.subject),
                "default_campaign_id": self.campaign_id.id,
                "default_prospect_type": "follow_up",
                "default_prospect_follow_up_of_id": self.id,
                "default_prospect_follow_up_who": "not_answered",
            },
        }
