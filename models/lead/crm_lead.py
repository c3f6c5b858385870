from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.names import join_name, split_name
from ...tools.trusted import read_trusted, trusted
from ..quality.crm_lead import SUSPECT_FIELDS
from ..merge.keeper import MergeKeeper

NAME_FIELDS = {"contact_name", "first_name", "last_name"}
# What the host's Lost, Restore, Won and Convert write.
STATE_FIELDS = {"active", "automated_probability", "probability", "stage_id", "type"}
# Leads in the table up to which a page counts live.
LIVE_COUNT_LIMIT = 100_000
# Digits from which a search text may be a phone number: the host asks for three.
MIN_PHONE_DIGITS = 3
# Pages on which the selected prospects can be merged by our dialog.
MERGE_VIEWS = (
    "crm_lead_view_list",
    "crm_lead_view_kanban",
    "crm_lead_view_kanban_suspect",
)


class CrmLead(models.Model):
    """The prospect: a ``crm.lead`` for its whole life.

    A lead is a prospect when it has a status. Leads get the default one when
    they are created; opportunities have one only if they were prospects before.

    - *Junk is the host's lost*, both ways: a status of kind junk marks the lead
      as lost, another one restores it; the host's Lost and Restore set and clear
      the status.
    - *Converted* is what the host's conversion, its Won and a merge into an
      opportunity lead to; the record stays the same and stays listed [MO-34].
    - Every change of status and of lists is logged, whatever made it. The cause
      comes from the context key ``prospect_cause`` (see ``tools.trusted``).

    Hooks for other add-ons, each called once a batch after the write, on the
    records concerned: :meth:`_prospect_on_created`, :meth:`_prospect_on_updated`,
    :meth:`_prospect_on_status_changed`, :meth:`_prospect_on_assigned`,
    :meth:`_prospect_on_list_joined` and :meth:`_prospect_on_converted`. With the
    context key ``prospect_batch``, who writes in batches calls them itself at the end.
    """

    _name = "crm.lead"
    _inherit = [
        "crm.lead",
        "properties.base.definition.mixin",
    ]

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
        export_string_translation=False,
    )
    is_listed = fields.Boolean(
        string="On the Prospects Page",
        compute="_compute_is_listed",
        store=True,
        copy=False,
        help="Prospects that are archived without being junk or converted are not"
        " listed.",
    )
    converted_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    # What the conversion has made or linked; the deal is mostly the record itself
    prospect_contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Converted to Contact",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    prospect_company_id = fields.Many2one(
        comodel_name="res.partner",
        string="Converted to Company",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    prospect_deal_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Converted to Opportunity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    prospect_origin_ids = fields.One2many(
        comodel_name="crm.lead",
        inverse_name="prospect_deal_id",
        string="Prospects of the Opportunity",
        readonly=True,
        copy=False,
    )
    prospect_origin_count = fields.Integer(
        compute="_compute_prospect_origin_count", export_string_translation=False
    )
    prospect_receipt_id = fields.Many2one(
        comodel_name="prospect.operation",
        string="Receipt of the Conversion",
        compute="_compute_prospect_receipt_id",
    )
    is_repeat = fields.Boolean(
        string="Repeat",
        readonly=True,
        copy=False,
        help="The person was a prospect before, converted or junk, and came back.",
    )
    status_change_ids = fields.One2many(
        comodel_name="prospect.status.change",
        inverse_name="lead_id",
        string="Status History",
        readonly=True,
        copy=False,
    )
    assignment_ids = fields.One2many(
        comodel_name="prospect.assignment",
        inverse_name="lead_id",
        string="Assignment History",
        readonly=True,
        copy=False,
    )
    # Lists
    list_ids = fields.Many2many(
        comodel_name="prospect.list",
        relation="prospect_list_crm_lead_rel",
        column1="lead_id",
        column2="list_id",
        string="Lists",
        copy=False,
    )
    prospect_expiry = fields.Char(
        string="Expiration",
        compute="_compute_prospect_expiry",
        help="How long the prospect stays on the list that is shown.",
    )
    membership_ids = fields.One2many(
        comodel_name="prospect.membership",
        inverse_name="lead_id",
        string="List History",
        readonly=True,
        copy=False,
    )
    operation_line_ids = fields.One2many(
        comodel_name="prospect.operation.line",
        inverse_name="lead_id",
        string="Operations",
        readonly=True,
        copy=False,
    )
    # Quality
    is_suspect = fields.Boolean(
        string="Suspect",
        readonly=True,
        copy=False,
        help="Something speaks against the prospect that nobody has cleared: it is left"
        " out of sequences and mailings.",
    )
    suspect_reasons = fields.Json(
        string="Reasons of Suspicion",
        exportable=False,
        readonly=True,
        copy=False,
        export_string_translation=False,
    )
    suspect_words = fields.Json(
        string="Reasons",
        exportable=False,
        compute="_compute_suspect_words",
        export_string_translation=False,
    )
    suspect_text = fields.Text(string="Suspect for", compute="_compute_suspect_words")
    suspect_clearance_ids = fields.One2many(
        comodel_name="prospect.suspect.clearance",
        inverse_name="lead_id",
        string="Cleared Reasons",
        readonly=True,
        copy=False,
    )
    address_error_id = fields.Many2one(
        comodel_name="prospect.address.error",
        string="Address in Error",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    # Who cares for it
    prospect_care = fields.Json(
        string="Care of the Prospect",
        exportable=False,
        compute="_compute_prospect_care",
        export_string_translation=False,
    )
    # Person
    civility_id = fields.Many2one(
        comodel_name="prospect.civility", index="btree_not_null"
    )
    first_name = fields.Char(
        compute="_compute_first_and_last_name", store=True, readonly=False
    )
    last_name = fields.Char(
        compute="_compute_first_and_last_name", store=True, readonly=False
    )
    assistant_email = fields.Char(
        string="Assistant's Email",
        help="Copied on appointments and letters; never used to tell people apart.",
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

    _prospect_suspect_idx = models.Index(
        "(priority DESC, id DESC) WHERE is_listed IS TRUE AND is_suspect IS TRUE"
    )

    # the host's index on e-mails is made for parts of them: a thousand times slower
    _prospect_email_idx = models.Index(
        "(email_normalized) WHERE is_listed IS TRUE AND email_normalized IS NOT NULL"
    )

    # what was written since some moment, in that order: for the index of duplicates,
    # and for the lists that segments feed
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

        The host refuses to look for a phone of less than three characters, and would
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
        # The host wipes the name of a person whose contact is taken away.
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
                    self.env._(
                        "%(prospect)s needs a status: choose one instead of clearing"
                        " it.",
                        prospect=lead.name,
                    )
                )

    # --- Create and write ---------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        default_type = self.default_get(["type"]).get("type")
        vals_list = [
            self._prospect_prepare_create(dict(vals), default_type)
            for vals in vals_list
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
        deals = leads.filtered(lambda lead: lead.type == "opportunity")
        deals.sudo()._prospect_log_stages()
        if any(vals.get("list_ids") for vals in vals_list):
            leads._prospect_log_lists(set())
        prospects = leads.filtered("status_id")
        if prospects and not read_trusted(self.env.context, "prospect_batch"):
            prospects._prospect_on_created()
            prospects.sudo()._prospect_tell_assigned(former)
            prospects._prospect_convert_created()
        elif prospects:
            prospects._prospect_suspects_later()
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
        """Histories and states after a write.

        :param dict before: {lead id: status, type and state of success}
        """
        if "status_id" in vals:
            self._prospect_log_status(before)
            self._prospect_apply_status(before)
        converting = read_trusted(self.env.context, "prospect_converting")
        if STATE_FIELDS & set(vals) and not converting:
            self._prospect_sync_status(before)
        self._prospect_follow_assignment(vals, before)
        self._prospect_log_stages(set(vals))

    def _prospect_react_to_write(self, vals):
        """Call the hook, unless the caller does so at the end of its batch."""
        if not read_trusted(self.env.context, "prospect_batch"):
            prospects = self.filtered("status_id")
            if prospects:
                prospects._prospect_on_updated(set(vals))
        elif SUSPECT_FIELDS & set(vals):
            self._prospect_suspects_later()

    def get_formview_id(self, access_uid=None):
        """Links to a prospect, those of e-mails among them, open our page of it."""
        # sudo: kinds are read whoever may read the statuses
        if len(self) == 1 and self.type == "lead" and self.sudo().status_id:
            return self.env.ref("prospect.crm_lead_view_form").id
        return super().get_formview_id(access_uid=access_uid)

    def _message_auto_subscribe_notify(self, partner_ids, template):
        leads = self._prospect_without_host_message(template)
        return super(CrmLead, leads)._message_auto_subscribe_notify(
            partner_ids, template
        )

    def copy_data(self, default=None):
        """A copy starts as a new prospect, also of junk."""
        vals_list = super().copy_data(default)
        for lead, vals in zip(self, vals_list, strict=True):
            if lead.status_kind == "junk" and "active" not in (default or {}):
                vals.update(active=True, lost_reason_id=False)
        return vals_list

    def unlink(self):
        self.check_access("unlink")
        self._prospect_shift_member_counts((), self._prospect_read_lists())
        self._prospect_forget_duplicates()
        return super().unlink()

    def _check_access(self, operation):
        """Who may delete is what the table of rights says, whatever the way."""
        result = super()._check_access(operation)
        if operation != "unlink":
            return result
        return self._prospect_refuse_deletion(result)

    def export_data(self, fields_to_export):
        self.env["prospect.right"]._check("export")
        self._prospect_check_right("export")
        return super().export_data(fields_to_export)

    @api.model
    def load(self, fields, data):
        self.env["prospect.right"]._check("import")
        return super().load(fields, data)

    @api.model
    def _load_records_create(self, vals_list):
        if not self.env.context.get("import_file"):
            return super()._load_records_create(vals_list)
        source = self.env.ref("prospect.utm_source_import", raise_if_not_found=False)
        for vals in vals_list:
            if source and not vals.get("source_id"):
                vals["source_id"] = source.id
        leads = self.with_context(
            **trusted(prospect_cause="import", prospect_rotation=False)
        )
        return super(CrmLead, leads)._load_records_create(vals_list)

    def _load_records_write(self, values):
        leads = self
        if self.env.context.get("import_file"):
            leads = self.with_context(**trusted(prospect_cause="import"))
        return super(CrmLead, leads)._load_records_write(values)

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A mail to the alias of a team is a prospect from that channel [BX-07]."""
        values, is_repeat, keeps = self._prospect_mail_values(msg_dict, custom_values)
        leads = self.with_context(
            **trusted(prospect_cause="email", prospect_keep_contact=keeps)
        )
        lead = super(CrmLead, leads).message_new(msg_dict, custom_values=values)
        if is_repeat:
            # sudo: only the gate says who comes back
            lead.sudo().is_repeat = True
        return lead.with_env(self.env)

    def message_post(self, **kwargs):
        if read_trusted(self.env.context, "prospect_mail"):
            partner_ids = self._prospect_mail_recipients(kwargs.get("partner_ids"))
            kwargs["partner_ids"] = partner_ids
        return super().message_post(**kwargs)

    @api.model
    def get_import_templates(self):
        """Our template in the person's language first, then the other one [IE-17]."""
        templates = [
            {
                "label": self.env._("Import Template for Prospects (French)"),
                "template": "/prospect/static/csv/modele_prospects.csv",
            },
            {
                "label": self.env._("Import Template for Prospects (English)"),
                "template": "/prospect/static/csv/prospects_template.csv",
            },
        ]
        if not (self.env.lang or "").startswith("fr"):
            templates.reverse()
        return templates + super().get_import_templates()

    # --- Conversion, loss and merge of the host -----------------------------------

    def convert_opportunity(self, partner, user_ids=False, team_id=False):
        # those that the host leaves out are not converted, and not asked about
        to_convert = self.filtered(
            lambda lead: (
                lead.type == "lead" and lead.active and lead.won_status != "won"
            )
        )
        to_convert._prospect_unchecked()._prospect_check_right("convert")
        leads = self._with_cause("conversion")._prospect_with_checked(to_convert)
        return super(CrmLead, leads).convert_opportunity(
            partner, user_ids=user_ids, team_id=team_id
        )

    def action_set_won(self):
        leads = self.filtered(
            lambda lead: lead.type == "lead" and lead.status_kind != "converted"
        )
        leads._prospect_unchecked()._prospect_check_right("convert")
        return super(CrmLead, self._prospect_with_checked(leads)).action_set_won()

    def action_set_lost(self, **additional_values):
        leads = self.filtered(
            lambda lead: lead.type == "lead" and lead.status_kind == "converted"
        )
        leads._prospect_unchecked()._prospect_check_right("convert")
        leads = self._prospect_with_checked(leads)
        return super(CrmLead, leads).action_set_lost(**additional_values)

    def _merge_opportunity(
        self, user_id=False, team_id=False, auto_unlink=True, max_length=5
    ):
        self.check_access("write")
        self._prospect_check_right("merge")
        leads = self._with_cause("merge")
        if any(lead.type == "opportunity" for lead in self):
            swallowed = self.filtered(lambda lead: lead.type == "lead")
            swallowed._prospect_unchecked()._prospect_check_right("convert")
            leads = leads._prospect_with_checked(swallowed)
        self._prospect_merge_lock()
        keeper = MergeKeeper(self)
        # the host would delete them before we have looked at what goes with them
        survivor = super(CrmLead, leads)._merge_opportunity(
            user_id=user_id,
            team_id=team_id,
            auto_unlink=False,
            max_length=max_length,
        )
        lost = leads - survivor
        keeper.move(survivor, lost)
        keeper.collect(lost)
        # sudo: the names alone, for the receipt
        names = lost.sudo().mapped("display_name")
        # sudo: pairs are nobody's to write
        self.env["prospect.duplicate.pair"].sudo()._note_merged(lost.ids)
        if auto_unlink:
            # sudo: as in the host, whoever may merge may do what a merge does
            lost.sudo().unlink()
        else:
            lost._prospect_restart_logs()
        survivor._prospect_merge_keep(names, keeper.trace(survivor))
        return survivor.with_env(self.env)

    def _merge_data(self, fnames=None):
        return {
            **super()._merge_data(fnames),
            **self._prospect_merge_custom(),
            **self._prospect_merge_get_picked(),
        }

    def _sort_by_confidence_level(self, reverse=False):
        leads = super()._sort_by_confidence_level(reverse=reverse)
        return leads._prospect_merge_sort() if reverse else leads

    def _merge_get_fields(self):
        names = [*super()._merge_get_fields(), "assistant_email", "civility_id"]
        if not self._prospect_merge_get_choice():
            return names
        # those that are hidden from the person are empty, or the merge is refused
        manual = self._prospect_merge_get_manual()
        return [
            name
            for name in dict.fromkeys((*names, *manual))
            if name not in self._fields
            or self._has_field_access(self._fields[name], "write")
        ]

    def _merge_get_fields_specific(self):
        return {
            **super()._merge_get_fields_specific(),
            "status_id": lambda fname, leads: leads._prospect_merge_status().id,
        }

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        lists = {list_id for _lead_id, list_id in opportunities._prospect_read_lists()}
        # sudo: the survivor is on all lists that any of them was on, private ones of
        # colleagues too
        self.sudo()._prospect_lists_change(
            add=self.env["prospect.list"].sudo().browse(lists),
            cause="merge",
            expiries=self._prospect_merge_expiries(opportunities),
        )
        self._prospect_move_closed_activities(opportunities)
        # sudo: history belongs to the prospect, whoever may read or merge it
        self.env["prospect.status.change"].sudo()._move_to_survivor(self, opportunities)
        self.env["prospect.membership"].sudo()._move_to_survivor(self, opportunities)
        self.env["prospect.assignment"].sudo()._move_to_survivor(self, opportunities)
        self.env["prospect.stage.change"].sudo()._move_to_survivor(self, opportunities)
        self.env["prospect.suspect.clearance"].sudo()._move_to_survivor(
            self, opportunities
        )
        return result

    # --- Contact ------------------------------------------------------------------

    def _get_partner_email_update(self, force_void=True):
        # what arrives through the gate never changes a contact, nor is changed by it
        if read_trusted(self.env.context, "prospect_keep_contact"):
            return False
        return super()._get_partner_email_update(force_void=force_void)

    def _get_partner_phone_update(self, force_void=True):
        if read_trusted(self.env.context, "prospect_keep_contact"):
            return False
        return super()._get_partner_phone_update(force_void=force_void)

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
    @api.readonly
    def get_views(self, views, options=None):
        """On the pages of prospects only our merge is offered, which shows the values
        side by side; the host's stays on its own pages.
        """
        result = super().get_views(views, options)
        get_id = self.env["ir.model.data"]._xmlid_to_res_id
        own = {get_id(f"prospect.{name}") for name in MERGE_VIEWS}
        action_id = get_id("crm.action_merge_opportunities")
        for view_id, view_type in views:
            toolbar = result["views"][view_type].get("toolbar") or {}
            if view_id in own and toolbar.get("action"):
                toolbar["action"] = [
                    action for action in toolbar["action"] if action["id"] != action_id
                ]
        return result

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """The left panel counts live up to a size, and shows no counts above it; who
        may not import is not offered to.
        """
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type in ("kanban", "list") and not self._prospect_may_import():
            arch.set("import", "0")
            action = self.env.ref("prospect.prospect_import_action")
            for node in arch.xpath("//header/button[@name=$name]", name=str(action.id)):
                node.getparent().remove(node)
        if view_type == "search" and self._prospect_is_large():
            for node in arch.xpath("//searchpanel/field[@enable_counters]"):
                del node.attrib["enable_counters"]
        return arch, view

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        if view_type == "search":
            key += (self._prospect_is_large(),)
        if view_type in ("kanban", "list"):
            key += (self._prospect_may_import(),)
        return key

    @api.model
    def _prospect_may_import(self):
        return self.env["prospect.right"]._may("import")

    @api.model
    def _search(self, domain, *args, **kwargs):
        # A list that is hidden from the person is hidden from their searches, also
        # when they know its number.
        if not self.env.su:
            domain = Domain(domain).map_conditions(self._prospect_hide_lists)
        if read_trusted(self.env.context, "prospect_hidden"):
            # the host's assignment has no hook that says which leads it takes
            domain = Domain(domain) & Domain("status_id", "=", False)
        return super()._search(domain, *args, **kwargs)

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
        """What the Prospects page shows: junk too, which the host archives."""
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
        self._prospect_check_suspects()
        self._prospect_plan_source_activities()
        self._prospect_announce_created()

    def _prospect_on_updated(self, fnames):
        """``self`` were written. Bridges override it.

        :param set fnames: names of the fields that were given
        """
        if SUSPECT_FIELDS & fnames:
            self._prospect_check_suspects()

    def _prospect_on_status_changed(self, changes):
        """The status of ``self`` changed. Bridges override it.

        Not called for new prospects, which :meth:`_prospect_on_created` is for.

        :param dict changes: {lead id: (former status, new status)}; the former one
            is empty for an opportunity that became a prospect
        """

    def _prospect_on_assigned(self, former):
        """The salesperson of ``self`` has changed. Bridges override it.

        Also called for new prospects that come with one or get one, after
        :meth:`_prospect_on_created`. Not for deals. ``self`` may have nobody now.

        :param dict former: {lead id: id of the former salesperson, or False}
        """
        self._prospect_plan_tasks()
        self._prospect_announce_assigned()

    def _prospect_on_list_joined(self, prospect_list):
        """``self`` have joined one list. Bridges override it."""
        prospect_list._act_on_joined(self)

    def _prospect_on_converted(self):
        """``self`` have just become converted. Bridges override it."""
