from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.names import join_name, split_name
from ...tools.remarks import remark
from ...tools.trusted import read_trusted

NAME_FIELDS = {"contact_name", "first_name", "last_name"}
# What Odoo's Lost, Restore, Won and Convert write.
STATE_FIELDS = {"active", "automated_probability", "probability", "stage_id", "type"}
# Leads in the table up to which a page counts live.
LIVE_COUNT_LIMIT = 100_000
# Digits from which a search text may be a phone number: Odoo asks for three.
MIN_PHONE_DIGITS = 3


class CrmLead(models.Model):
    """The prospect: a ``crm.lead`` for its whole life.

    A lead is a prospect when it has a status. Leads get the default one when
    they are created; opportunities have one only if they were prospects before.

    - *Junk is Odoo's lost*, both ways: a status of kind junk marks the lead
      as lost, another one restores it; Odoo's Lost and Restore set and clear
      the status.
    - *Converted* is what Odoo's conversion, its Won and a merge into an
      opportunity lead to; the record stays the same and stays listed [MO-34].
    - Every change of status and of lists is logged, whatever made it. The cause
      comes from the context key ``prospect_cause`` (see ``tools.trusted``).

    Hooks for other add-ons, each called once a batch after the write, on the
    records concerned: :meth:`_prospect_on_created`, :meth:`_prospect_on_updated`,
    :meth:`_prospect_on_status_changed`, :meth:`_prospect_on_assigned`,
    :meth:`_prospect_on_list_joined` and :meth:`_prospect_on_converted`. With the
    context key ``prospect_batch``, who writes in batches calls them itself at the end.
    """

    _inherit = ["crm.lead", "properties.base.definition.mixin"]
    _name = "crm.lead"

    # Status
    status_id = fields.Many2one(
        comodel_name="prospect.status",
        index=True,
        copy=False,
        ondelete="restrict",
        group_expand="_read_group_status_id",
    )
    status_kind = fields.Selection(
        related="status_id.kind",
        string="Kind of Status",
    )
    # related, and named so: the calendar takes the colours of its legend from it
    status_color = fields.Integer(
        related="status_id.color", string="Color of the Status"
    )
    is_listed = fields.Boolean(
        string="On the Prospects Page",
        compute="_compute_is_listed",
        store=True,
        copy=False,
        help="Prospects that are archived without being junk or converted are not"
        " listed.",
    )
    status_change_ids = fields.One2many(
        comodel_name="prospect.status.change",
        inverse_name="lead_id",
        string="Status History",
        readonly=True,
        copy=False,
    )
    # Person
    title_id = fields.Many2one(
        comodel_name="prospect.title", string="Title (Mr, Ms)", index="btree_not_null"
    )
    first_name = fields.Char(
        compute="_compute_first_and_last_name", store=True, readonly=False
    )
    last_name = fields.Char(
        compute="_compute_first_and_last_name", store=True, readonly=False
    )
    assistant_email = fields.Char(
        string="Assistant's Email",
        help="Copied on appointments and letters; never used to identify people.",
    )

    # Fields of one's own, of prospects of all teams [MO-28]
    properties = fields.Properties(string="Custom Fields")

    # Search
    prospect_text = fields.Char(
        string="Prospect",
        compute="_compute_prospect_text",
        search="_search_prospect_text",
    )

    # IS TRUE as the ORM writes it: the planner does not see that plain "is_listed" is
    # the same. What the rules of access look at is there as well, so that a column is
    # counted from the index alone.
    _prospect_status_idx = models.Index(
        "(status_id, priority DESC, id DESC) INCLUDE (user_id, company_id, create_uid)"
        " WHERE is_listed IS TRUE"
    )
    _prospect_order_idx = models.Index(
        "(priority DESC, id DESC) INCLUDE (user_id, company_id, create_uid)"
        " WHERE is_listed IS TRUE"
    )
    # those that somebody has added, whoever works on them now
    _prospect_creator_idx = models.Index(
        "(create_uid, priority DESC, id DESC) WHERE is_listed IS TRUE"
    )

    # what was written since some moment, in that order: for the index of duplicates,
    # and for the lists synced from segments
    _prospect_write_idx = models.Index("(write_date, id)")

    # --- Computed fields ----------------------------------------------------------

    @api.depends("status_kind", "active", "won_status")
    def _compute_is_listed(self):
        for lead in self:
            kind = lead.status_kind
            lead.is_listed = bool(kind) and (
                lead.active
                or kind == "junk"
                or (kind == "converted" and lead.won_status == "lost")
            )

    @api.depends("contact_name")
    def _compute_first_and_last_name(self):
        for lead in self:
            if join_name(lead.first_name, lead.last_name) != (lead.contact_name or ""):
                first_name, last_name = split_name(lead.contact_name)
                lead.first_name = first_name or False
                lead.last_name = last_name or False

    @api.depends("name")
    def _compute_prospect_text(self):
        for lead in self:
            lead.prospect_text = lead.name

    @api.model
    def _search_prospect_text(self, operator, value):
        """Find by title, person, company, e-mail, or a phone typed in any form.

        Odoo refuses to look for a phone of less than three characters, and would
        refuse Li with it: a phone is only looked for where there are digits.
        """
        if operator != "ilike" or not isinstance(value, str):
            return NotImplemented
        domain = Domain.OR(
            Domain(fname, "ilike", value)
            for fname in ("name", "contact_name", "partner_name", "email_from")
        )
        if sum(char.isdigit() for char in value) >= MIN_PHONE_DIGITS:
            domain |= Domain("phone_mobile_search", "ilike", value)
            domain |= Domain("phone_sanitized", "in", self._prospect_read_phone(value))
        return domain

    @api.model
    def _prospect_read_phone(self, text):
        """What a text can be as an international number, as a list.

        A national number is read in the country of the company, of the person and of
        the person's language.
        """
        user = self.env.user
        language = (self.env.lang or "").partition("_")[2]
        countries = (
            self.env.company.country_id
            | user.partner_id.country_id
            | self.env["res.country"].search([("code", "=", language)], limit=1)
        )
        numbers = {
            self._phone_format(number=text, country=country, raise_exception=False)
            for country in countries
        }
        return [number for number in numbers if number]

    def _compute_contact_name(self):
        # Odoo wipes the name of a person whose contact is taken away.
        without_contact = self.filtered(lambda lead: not lead.partner_id)
        for lead in without_contact:
            lead.contact_name = lead.contact_name
        return super(CrmLead, self - without_contact)._compute_contact_name()

    @api.onchange("first_name", "last_name")
    def _onchange_first_and_last_name(self):
        for lead in self:
            lead.contact_name = join_name(lead.first_name, lead.last_name)

    @api.model
    def _read_group_status_id(self, statuses, _domain):
        """All statuses are columns, empty ones too."""
        # a handful of columns
        # pylint: disable=no-search-all
        return statuses.search([])

    @api.constrains("status_id")
    def _check_status(self):
        for lead in self:
            if lead.type == "lead" and not lead.status_id:
                raise ValidationError(
                    remark(
                        self.env,
                        "lead.needs_status",
                        prospect=lead.name,
                    )
                )

    # --- Create and write ---------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        default_type = self.default_get(["type"]).get("type")
        vals_list = [
            self._prospect_prepare_create(dict(vals), default_type)
            for vals in self._prospect_resolve_create(vals_list)
        ]
        self._prospect_check_create(vals_list, default_type)
        turns = self._prospect_take_turns(vals_list, default_type)
        self._prospect_give_turns(vals_list, turns)
        leads = super().create(vals_list)
        if turns and not self.env.su:
            leads._prospect_hand_over(turns)
        # sudo: what follows from a creation that was allowed
        leads.sudo()._prospect_log_status({})
        leads.sudo()._prospect_sync_status({})
        former = leads.sudo()._prospect_log_new_assignment(
            {leads[index].id: trace for index, (*_to, trace) in turns.items()}
        )
        opportunities = leads.filtered(lambda lead: lead.type == "opportunity")
        opportunities.sudo()._prospect_log_stages()
        if any(vals.get("list_ids") for vals in vals_list):
            leads._prospect_log_lists(set())
        leads.filtered("status_id")._prospect_react_to_create(former)
        return leads

    def write(self, vals):
        self._prospect_check_technical(vals)
        self._prospect_check_conversion(vals)
        if {"first_name", "last_name"} & set(vals):
            if not set(vals) >= NAME_FIELDS:
                return self._prospect_write_names(vals)
            vals = dict(vals)
            self._prospect_complete_names(vals)
        before = {}
        if "status_id" in vals or STATE_FIELDS & set(vals):
            before = {
                lead.id: (lead.status_id.id, lead.type, lead.won_status)
                for lead in self
            }
        titles = self._prospect_get_own_titles(vals)
        members = self._prospect_read_lists() if "list_ids" in vals else None

        result = super().write(vals)

        if members is not None:
            self._prospect_log_lists(members)
        # sudo: what follows from a write that was allowed, even when it has handed
        # the prospect over to somebody else
        self.sudo()._prospect_follow_write(vals, before)
        titles.sudo()._prospect_update_titles()
        self.sudo()._prospect_react_to_write(vals)
        return result

    def _prospect_follow_write(self, vals, before):
        """Histories and states after a write; wings add theirs.

        :param dict before: {lead id: status, type and state of success}
        """
        if "status_id" in vals:
            self._prospect_log_status(before)
            self._prospect_apply_status(before)
        converting = read_trusted(self.env.context, "prospect_converting")
        if STATE_FIELDS & set(vals) and not converting:
            self._prospect_sync_status(before)

    def _prospect_react_to_create(self, _former):
        """Call the hook for new prospects, unless the caller does so at the end of its
        batch; wings add what follows.

        :param dict _former: {lead id: id of the former salesperson, or False}, of
            those who have got one, see :meth:`_prospect_on_assigned`
        """
        if self and not read_trusted(self.env.context, "prospect_batch"):
            self._prospect_on_created()

    def _prospect_react_to_write(self, vals):
        """Call the hook, unless the caller does so at the end of its batch."""
        if not read_trusted(self.env.context, "prospect_batch"):
            prospects = self.filtered("status_id")
            if prospects:
                prospects._prospect_on_updated(set(vals))

    def get_formview_id(self, access_uid=None):
        """Links to a prospect, those of e-mails among them, open our page of it."""
        # sudo: kinds are read whoever may read the statuses
        if len(self) == 1 and self.type == "lead" and self.sudo().status_id:
            return self.env.ref("prospect.crm_lead_view_form").id
        return super().get_formview_id(access_uid=access_uid)

    def copy_data(self, default=None):
        """A copy starts as a new prospect, also of junk."""
        vals_list = super().copy_data(default)
        for lead, vals in zip(self, vals_list, strict=True):
            if lead.status_kind == "junk" and "active" not in (default or {}):
                vals.update(active=True, lost_reason_id=False)
        return vals_list

    def unlink(self):
        self.check_access("unlink")
        self._prospect_prepare_unlink()
        return super().unlink()

    def _prospect_prepare_unlink(self):
        """``self`` are about to be deleted, which is allowed; wings tidy up theirs."""

    # --- Settings -----------------------------------------------------------------

    @api.model
    def _prospect_uses_leads(self):
        """Whether the database works with leads, whoever asks.

        ``has_group`` answers for the current user, and a visitor never works with
        leads.
        """
        # sudo: groups are not readable by visitors
        employees = self.env.ref("base.group_user").sudo()
        return self.env.ref("crm.group_use_lead") in employees.all_implied_ids

    # --- Pages --------------------------------------------------------------------

    @api.model
    def _prospect_is_large(self):
        """Whether counting all prospects on a page would be slow.

        From the planner's estimate, which costs nothing.
        """
        ((estimate,),) = self.env.execute_query(
            SQL("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", self._table)
        )
        return estimate > LIVE_COUNT_LIMIT

    @api.model
    def _prospect_listed_domain(self):
        """What the Prospects page shows: junk too, which Odoo archives."""
        return Domain("is_listed", "=", True) & Domain("active", "in", [True, False])

    @api.model
    def _prospect_action(self, domain, context=None, name=None):
        """The action of the Prospects page, on the prospects of a domain.

        :param domain: which of the listed prospects
        :param str name: the title of the page, else the action's own
        :param dict context: defaults and filters beside the page's own
        """
        action = self.env["ir.actions.actions"]._for_xml_id(
            "prospect.crm_lead_action_prospect"
        )
        return {
            **action,
            **({"display_name": name} if name else {}),
            "domain": list(self._prospect_listed_domain() & Domain(domain)),
            "context": {**literal_eval(action["context"]), **(context or {})},
        }

    @api.model
    def _prospect_count_by(self, fname, records):
        """How many listed prospects each record has, as the person may see them.

        :param str fname: the relational field of the prospects
        :param records: records of its model
        :return: {record: number}, without those that have none
        """
        if not self.has_access("read"):
            return {}
        domain = self._prospect_listed_domain() & Domain(fname, "in", records.ids)
        return dict(self._read_group(domain, [fname], ["__count"]))

    # --- Hooks --------------------------------------------------------------------

    def _prospect_on_created(self):
        """``self`` have just become prospects. Bridges override it."""

    def _prospect_on_updated(self, fnames):
        """``self`` were written. Bridges override it.

        :param set fnames: names of the fields that were given
        """

    def _prospect_on_status_changed(self, changes):
        """The status of ``self`` changed. Bridges override it.

        Not called for new prospects, which :meth:`_prospect_on_created` is for.

        :param dict changes: {lead id: (former status, new status)}; the former one
            is empty for an opportunity that became a prospect
        """

    def _prospect_on_assigned(self, former):
        """The salesperson of ``self`` has changed. Bridges override it.

        Also called for new prospects that come with one or get one, after
        :meth:`_prospect_on_created`. Not for opportunities. ``self`` may have nobody
        now.

        :param dict former: {lead id: id of the former salesperson, or False}
        """

    def _prospect_on_list_joined(self, prospect_list):
        """``self`` have joined one list. Bridges override it."""

    def _prospect_on_converted(self):
        """``self`` have just become converted. Bridges override it."""
