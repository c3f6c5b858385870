from collections import Counter, defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, OrderedSet

from ..tools.names import complete_names, join_name, split_name

NAME_FIELDS = {"contact_name", "first_name", "last_name"}
# What the host's Lost, Restore, Won and Convert write.
STATE_FIELDS = {"active", "automated_probability", "probability", "stage_id", "type"}
# Leads in the table up to which a page counts live.
LIVE_COUNT_LIMIT = 100_000
# Digits from which a search text may be a phone number: the host asks for three.
MIN_PHONE_DIGITS = 3
# What only the model itself sets.
TECHNICAL_FIELDS = {"converted_by_id", "is_listed"}


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
      comes from the context key ``prospect_cause``.

    Hooks for other add-ons, each called once a batch after the write, on the
    records concerned: :meth:`_prospect_on_created`, :meth:`_prospect_on_updated`,
    :meth:`_prospect_on_status_changed`, :meth:`_prospect_on_list_joined` and
    :meth:`_prospect_on_converted`. With the context key ``prospect_batch``, who
    writes in batches calls them itself at the end.
    """

    _inherit = "crm.lead"

    # Status
    status_id = fields.Many2one(
        comodel_name="prospect.status",
        string="Status",
        index=True,
        copy=False,
        ondelete="restrict",
        group_expand="_read_group_status_id",
    )
    status_kind = fields.Selection(
        related="status_id.kind", string="Kind of Status", export_string_translation=False
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
        string="Converted By",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    status_change_ids = fields.One2many(
        comodel_name="prospect.status.change",
        inverse_name="lead_id",
        string="Status History",
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
    membership_ids = fields.One2many(
        comodel_name="prospect.membership",
        inverse_name="lead_id",
        string="List History",
        readonly=True,
        copy=False,
    )
    # Person
    civility_id = fields.Many2one(
        comodel_name="prospect.civility", string="Civility", index="btree_not_null"
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

    # Search
    prospect_text = fields.Char(
        string="Prospect",
        compute="_compute_prospect_text",
        search="_search_prospect_text",
    )

    _prospect_status_idx = models.Index(
        "(status_id, priority DESC, id DESC) WHERE is_listed"
    )
    _prospect_order_idx = models.Index("(priority DESC, id DESC) WHERE is_listed")

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
        super(CrmLead, self - without_contact)._compute_contact_name()

    @api.onchange("first_name", "last_name")
    def _onchange_first_and_last_name(self):
        for lead in self:
            lead.contact_name = join_name(lead.first_name, lead.last_name)

    @api.model
    def _read_group_status_id(self, statuses, _domain):
        """All statuses are columns, empty ones too."""
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
        leads = super().create(vals_list)
        leads._prospect_log_status({})
        leads._prospect_sync_status({})
        if any(vals.get("list_ids") for vals in vals_list):
            leads._prospect_log_lists(set())
        prospects = leads.filtered("status_id")
        if prospects and not self.env.context.get("prospect_batch"):
            prospects._prospect_on_created()
        return leads

    def write(self, vals):
        self._prospect_check_technical(vals)
        if {"first_name", "last_name"} & set(vals):
            if not NAME_FIELDS <= set(vals):
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
        leads = self.sudo()
        if "status_id" in vals:
            leads._prospect_log_status(before)
            leads._prospect_apply_status(before)
        if STATE_FIELDS & set(vals):
            leads._prospect_sync_status(before)
        titles.sudo()._prospect_update_titles()
        if not self.env.context.get("prospect_batch"):
            prospects = leads.filtered("status_id")
            if prospects:
                prospects._prospect_on_updated(set(vals))
        return result

    def copy_data(self, default=None):
        """A copy starts as a new prospect, also of junk."""
        vals_list = super().copy_data(default)
        for lead, vals in zip(self, vals_list, strict=True):
            if lead.status_kind == "junk" and "active" not in (default or {}):
                vals.update(active=True, lost_reason_id=False)
        return vals_list

    def unlink(self):
        self._prospect_shift_member_counts((), self._prospect_read_lists())
        return super().unlink()

    @api.model
    def _load_records_create(self, vals_list):
        if not self.env.context.get("import_file"):
            return super()._load_records_create(vals_list)
        source = self.env.ref("prospect.utm_source_import", raise_if_not_found=False)
        for vals in vals_list:
            if source and not vals.get("source_id"):
                vals["source_id"] = source.id
        leads = self.with_context(prospect_cause="import")
        return super(CrmLead, leads)._load_records_create(vals_list)

    def _load_records_write(self, values):
        leads = self
        if self.env.context.get("import_file"):
            leads = self.with_context(prospect_cause="import")
        return super(CrmLead, leads)._load_records_write(values)

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A mail to the alias of a team is a prospect from that channel [BX-07]."""
        values = dict(custom_values or {})
        source = self.env.ref("prospect.utm_source_email", raise_if_not_found=False)
        if source and not values.get("source_id"):
            values["source_id"] = source.id
        if not values.get("type") and self._prospect_uses_leads():
            values["type"] = "lead"
        leads = self.with_context(prospect_cause="email")
        return super(CrmLead, leads).message_new(msg_dict, custom_values=values)

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
        leads = self._with_cause("conversion")
        return super(CrmLead, leads).convert_opportunity(
            partner, user_ids=user_ids, team_id=team_id
        )

    def _merge_opportunity(
        self, user_id=False, team_id=False, auto_unlink=True, max_length=5
    ):
        leads = self._with_cause("merge")
        survivor = super(CrmLead, leads)._merge_opportunity(
            user_id=user_id,
            team_id=team_id,
            auto_unlink=auto_unlink,
            max_length=max_length,
        )
        if not auto_unlink:
            (leads - survivor)._prospect_restart_logs()
        return survivor.with_env(self.env)

    def _merge_get_fields(self):
        return super()._merge_get_fields() + ["assistant_email", "civility_id"]

    def _merge_get_fields_specific(self):
        return {
            **super()._merge_get_fields_specific(),
            "status_id": lambda fname, leads: leads._prospect_merge_status().id,
        }

    def _merge_dependences(self, opportunities):
        super()._merge_dependences(opportunities)
        lists = {list_id for _lead_id, list_id in opportunities._prospect_read_lists()}
        # sudo: the survivor is on all lists that any of them was on, private ones of
        # colleagues too
        self.sudo()._prospect_lists_change(
            add=self.env["prospect.list"].sudo().browse(lists), cause="merge"
        )
        self._prospect_move_closed_activities(opportunities)
        # sudo: history belongs to the prospect, whoever may read or merge it
        self.env["prospect.status.change"].sudo()._move_to_survivor(self, opportunities)
        self.env["prospect.membership"].sudo()._move_to_survivor(self, opportunities)

    def _prospect_move_closed_activities(self, merged):
        """The host moves what is planned; what the junk had closed moves too."""
        # sudo: activities of all colleagues, like the host's merge
        activities = (
            self.env["mail.activity"]
            .sudo()
            .with_context(active_test=False, mail_activity_quick_update=True)
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", merged.ids),
                    ("prospect_closed", "=", True),
                ]
            )
        )
        activities.write({"res_id": self.id})
        if self.status_kind != "junk":
            activities.write({"active": True, "prospect_closed": False})

    def _prospect_restart_logs(self):
        """Begin new histories of merged prospects that are left to be deleted later.

        Theirs went to the survivor; whatever happens to them now must replay too.
        """
        # sudo: the history is written by the change itself, by nobody's right
        leads = self.sudo()
        leads._prospect_log_status({})
        leads._prospect_write_list_log("join", leads._prospect_read_lists())

    def _prospect_merge_status(self):
        """The status of what a merge leaves, ``self`` being sorted, survivor first.

        What ends as an opportunity is converted if any of them was a prospect;
        otherwise the survivor keeps its own.
        """
        if any(lead.type == "opportunity" for lead in self) and self.status_id:
            if self[0].status_kind == "converted":
                return self[0].status_id
            return self.env["prospect.status"]._get_main("converted")
        return self[0].status_id

    # --- Status -------------------------------------------------------------------

    @api.model
    def _prospect_prepare_create(self, vals, default_type):
        """Complete what a door of any kind hands over for one new lead.

        :param dict vals: the values, changed in place
        :param str default_type: the type of leads that name none
        """
        self._prospect_check_technical(vals)
        if {"first_name", "last_name"} & set(vals) or vals.get("contact_name"):
            self._prospect_complete_names(vals)
        if not (vals.get("name") or "").strip() and not self.env.context.get("default_name"):
            partner = self.env["res.partner"].browse(vals.get("partner_id"))
            vals["name"] = (
                self._prospect_get_title(vals)
                or partner.name
                or self.env._("New prospect")
            )
        if vals.get("type", default_type) == "lead" and not vals.get("status_id"):
            vals["status_id"] = self._prospect_get_first_status(vals).id
        if vals.get("status_id"):
            # sudo: read by whoever makes a lead, a portal user for instance
            status = self.env["prospect.status"].sudo().browse(vals["status_id"])
            if status.kind == "junk":
                vals.update(
                    active=False,
                    probability=0,
                    automated_probability=0,
                    date_closed=fields.Datetime.now(),
                )
        return vals

    @api.model
    def _prospect_get_first_status(self, vals):
        """The status of a new lead that names none."""
        statuses = self.env["prospect.status"]
        if vals.get("active", True) is False and vals.get("probability") == 0:
            return self._prospect_get_junk_status()
        status = statuses.browse(self.env.context.get("default_status_id"))
        return status or statuses._get_default()

    @api.model
    def _prospect_check_technical(self, vals):
        """Refuse what only the model sets, from anybody else.

        :raises AccessError: naming the fields
        """
        fnames = TECHNICAL_FIELDS & set(vals)
        if fnames and not self.env.su:
            raise AccessError(
                self.env._(
                    "%(fields)s: Prospect fills this in by itself. Change the status"
                    " instead.",
                    fields=", ".join(
                        self._fields[fname]._description_string(self.env)
                        for fname in sorted(fnames)
                    ),
                )
            )

    def _prospect_sync_status(self, before):
        """Follow what the host did to leads: lost, restored, won or converted.

        :param dict before: {lead id: (status id, type, won status)} before it;
            a lead that is not in it was just created
        """
        moves = defaultdict(self.browse)
        for lead in self:
            old = before.get(lead.id, (False, lead.type, "pending"))
            move = lead._prospect_get_host_move(*old)
            if move:
                moves[move] += lead
        for (cause, kind), leads in moves.items():
            if kind == "previous":
                leads._prospect_restore_status()
            else:
                status = self.env["prospect.status"]
                if kind == "junk":
                    status = self._prospect_get_junk_status()
                else:
                    status = status._get_main(kind) if kind else status._get_default()
                leads._with_cause(cause).status_id = status

    @api.model
    def _prospect_get_junk_status(self):
        """Where lost prospects go: the junk status that the dialog was opened for."""
        status = self.env["prospect.status"].browse(
            self.env.context.get("prospect_junk_status_id")
        )
        if status.exists().kind == "junk":
            return status
        return self.env["prospect.status"]._get_main("junk")

    def _prospect_get_host_move(self, old_status_id, old_type, old_won_status):
        """(cause, kind of status to go to) after the host changed a lead, or None.

        The kind is ``previous`` to go back, and empty for the default status.
        """
        self.ensure_one()
        kind = self.status_kind
        if kind == "junk" and self.active and self.won_status != "lost":
            if self.won_status == "won":
                return "won", "converted"
            return "restore", "previous"
        if self.type == "opportunity":
            if old_type == "lead" and kind and kind != "converted":
                return "conversion", "converted"
            return None
        changed = (self.type, self.won_status) != (old_type, old_won_status)
        if changed and self.won_status == "lost" and kind != "junk":
            return "lost", "junk"
        if old_type == "opportunity" and kind in (False, "converted"):
            return "manual", ""
        if changed and self.won_status == "won" and kind != "converted":
            return "won", "converted"
        return None

    def _prospect_restore_status(self):
        """Give restored prospects the status that they had before the junk."""
        default = self.env["prospect.status"]._get_default()
        previous = {}
        # sudo: the history decides, also rows about a time before the person's
        changes = self.env["prospect.status.change"].sudo()
        for change in changes.search(
            [
                ("lead_id", "in", self.ids),
                ("to_kind", "=", "junk"),
                ("former_lead_id", "=", False),
            ],
            order="date, id",
        ):
            if change.from_kind != "junk":
                previous[change.lead_id.id] = change.from_id.sudo(False)
        groups = defaultdict(self.browse)
        for lead in self:
            groups[previous.get(lead.id) or default] += lead
        for status, leads in groups.items():
            leads._with_cause("restore").status_id = status

    def _prospect_apply_status(self, before):
        """Do what the host's Lost and Restore do, where the new status asks for it.

        :param dict before: {lead id: (status id, ...)} before the status was written
        """
        # sudo: kinds are read whoever may read the statuses
        statuses = self.env["prospect.status"].sudo()
        former = {
            lead.id: statuses.browse(before[lead.id][0]).kind
            for lead in self
            if lead.id in before
        }
        reopened = self.filtered(
            lambda lead: lead.type == "lead"
            and lead.won_status == "won"
            and former.get(lead.id) == "converted" != lead.status_kind
        )
        if reopened:
            # the host neither loses nor reopens what stands in a won stage
            reopened.stage_id = reopened._stage_find(domain=[("is_won", "=", False)])
        junk = self.filtered(lambda lead: lead.status_kind == "junk")
        to_lose = junk.filtered(lambda lead: lead.won_status != "lost")
        if to_lose:
            to_lose.action_set_lost()
        to_restore = (self - junk).filtered(
            lambda lead: former.get(lead.id) == "junk"
            and (not lead.active or lead.won_status == "lost")
        )
        if to_restore:
            to_restore.action_restore()

    def _prospect_log_status(self, before):
        """Write one row for each prospect whose status is not what it was.

        :param dict before: {lead id: (status id, ...)}; created ones are not in it
        """
        # sudo: names and kinds are kept whoever may read the statuses
        statuses = self.env["prospect.status"].sudo()
        changed = {
            lead: statuses.browse(before.get(lead.id, (False,))[0])
            for lead in self
            if lead.status_id.id != before.get(lead.id, (False,))[0]
        }
        if not changed:
            return
        log = self.env["prospect.status.change"]
        cause = log._get_cause()
        # sudo: the history is written by the change itself, by nobody's right
        log.sudo().create(
            [
                {
                    "lead_id": lead.id,
                    "from_id": old.id,
                    "to_id": lead.status_id.id,
                    "from_name": old.name,
                    "to_name": lead.sudo().status_id.name,
                    "from_kind": old.kind,
                    "to_kind": lead.status_kind,
                    "cause": cause,
                }
                for lead, old in changed.items()
            ]
        )
        leads = self.browse([lead.id for lead in changed])
        leads.invalidate_recordset(["status_change_ids"])
        leads._prospect_close_activities(changed)
        self._prospect_mark_conversion(changed)
        if before and not self.env.context.get("prospect_batch"):
            leads._prospect_on_status_changed(
                {
                    lead.id: (old.sudo(False), lead.status_id)
                    for lead, old in changed.items()
                }
            )

    def _prospect_mark_conversion(self, changed):
        """Remember who converted the prospects that have just become so."""
        converted = self.browse(
            lead.id
            for lead, old in changed.items()
            if lead.status_kind == "converted" != old.kind
        )
        left = self.browse(
            lead.id
            for lead, old in changed.items()
            if old.kind == "converted" != lead.status_kind and lead.converted_by_id
        )
        if left:
            left.converted_by_id = False
        if converted:
            converted.filtered(
                lambda lead: not lead.converted_by_id
            ).converted_by_id = self.env.uid
            if not self.env.context.get("prospect_batch"):
                converted._prospect_on_converted()

    def _prospect_close_activities(self, changed):
        """Close what is to be done with junk, and open it again after a restore."""
        activities = (
            # sudo: the plans of all colleagues end with the prospect
            self.env["mail.activity"]
            .sudo()
            .with_context(active_test=False, mail_activity_quick_update=True)
        )
        to_junk, from_junk = self.browse(), self.browse()
        for lead, old in changed.items():
            if lead.status_kind == "junk" != old.kind:
                to_junk += lead
            elif old.kind == "junk" != lead.status_kind:
                from_junk += lead
        if to_junk:
            activities.search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", to_junk.ids),
                    ("active", "=", True),
                ]
            ).write({"active": False, "prospect_closed": True})
        if from_junk:
            activities.search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", from_junk.ids),
                    ("prospect_closed", "=", True),
                ]
            ).write({"active": True, "prospect_closed": False})
        (to_junk + from_junk).invalidate_recordset(["activity_ids"])

    def _with_cause(self, cause):
        """``self`` with a cause for the logs, unless the context names one."""
        if self.env.context.get("prospect_cause"):
            return self
        return self.with_context(prospect_cause=cause)

    # --- Lists --------------------------------------------------------------------

    def _prospect_lists_change(self, add=None, remove=None, cause="manual"):
        """Put prospects on lists and take them off, set-based, with their history.

        :param add: ``prospect.list`` records that all of ``self`` join
        :param remove: ``prospect.list`` records that all of ``self`` leave
        :param str cause: why, one of the causes of ``prospect.membership``
        :raises AccessError: when the person may not write the prospects or see the
            lists
        """
        lists = self.env["prospect.list"]
        add, remove = add or lists, remove or lists
        self.check_access("write")
        (add | remove).check_access("read")
        leads = self.with_context(prospect_cause=cause)
        leads.flush_recordset(["list_ids"])
        before = leads._prospect_read_lists()
        if remove and self:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM prospect_list_crm_lead_rel"
                    " WHERE lead_id IN %s AND list_id IN %s",
                    tuple(self.ids),
                    tuple(remove.ids),
                )
            )
        if add and self:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO prospect_list_crm_lead_rel (lead_id, list_id)
                       SELECT lead_id, list_id
                         FROM unnest(%s) AS lead_id, unnest(%s) AS list_id
                           ON CONFLICT DO NOTHING""",
                    list(self.ids),
                    list(add.ids),
                )
            )
        leads.invalidate_recordset(["list_ids"])
        leads._prospect_log_lists(before)

    def _prospect_read_lists(self):
        """The present memberships as a set of (lead id, list id), hidden ones too."""
        if not self.ids:
            return set()
        self.flush_recordset(["list_ids"])
        return set(
            self.env.execute_query(
                SQL(
                    "SELECT lead_id, list_id FROM prospect_list_crm_lead_rel"
                    " WHERE lead_id IN %s",
                    tuple(self.ids),
                )
            )
        )

    def _prospect_log_lists(self, before):
        """Write one row for each list that was joined or left since ``before``.

        :param set before: what :meth:`_prospect_read_lists` gave
        :raises AccessError: when a list among them is hidden from the person
        """
        after = self._prospect_read_lists()
        joined, left = after - before, before - after
        if not joined and not left:
            return
        lists = self.env["prospect.list"].browse(
            {list_id for _lead_id, list_id in joined | left}
        )
        lists.check_access("read")
        if not self.env.su:
            # a merge keeps all lists, whatever their companies
            self._prospect_check_list_companies(joined)
        self._prospect_write_list_log("leave", left)
        self._prospect_write_list_log("join", joined)
        self.invalidate_recordset(["membership_ids"])
        self._prospect_shift_member_counts(joined, left)
        if joined and not self.env.context.get("prospect_batch"):
            joins = defaultdict(self.browse)
            for lead_id, list_id in joined:
                joins[list_id] += self.browse(lead_id)
            for list_id, leads in joins.items():
                leads._prospect_on_list_joined(lists.browse(list_id))

    def _prospect_write_list_log(self, action, rows):
        """Write one row of history for each (lead id, list id).

        :param str action: ``join`` or ``leave``
        """
        # sudo: the history is written by the change itself, by nobody's right
        log = self.env["prospect.membership"].sudo()
        lists = self.env["prospect.list"].sudo()
        cause = log._get_cause()
        log.create(
            [
                {
                    "lead_id": lead_id,
                    "list_id": list_id,
                    "list_name": lists.browse(list_id).name,
                    "action": action,
                    "cause": cause,
                }
                for lead_id, list_id in sorted(rows)
            ]
        )

    def _prospect_shift_member_counts(self, joined, left):
        """Keep the numbers of members of the lists in step.

        :param joined, left: iterables of (lead id, list id)
        """
        # sudo: a number for everybody, whatever this person may read
        listed = set(self.sudo().filtered("is_listed").ids)
        deltas = Counter(list_id for lead_id, list_id in joined if lead_id in listed)
        deltas.subtract(list_id for lead_id, list_id in left if lead_id in listed)
        self.env["prospect.list"]._shift_member_counts(deltas)

    def _prospect_check_list_companies(self, joined):
        """A prospect of one company does not join a list of another one.

        Only checked on joining: the host moves a lead's company when it is assigned.

        :param list joined: (lead id, list id) pairs
        """
        # sudo: the companies of records that the person may read otherwise
        leads = {lead.id: lead for lead in self.sudo()}
        lists = {
            prospect_list.id: prospect_list
            for prospect_list in self.env["prospect.list"]
            .sudo()
            .browse({list_id for _lead_id, list_id in joined})
        }
        for lead_id, list_id in joined:
            lead, prospect_list = leads[lead_id], lists[list_id]
            if (
                lead.company_id
                and prospect_list.company_id
                and lead.company_id != prospect_list.company_id
            ):
                raise UserError(
                    self.env._(
                        "%(prospect)s belongs to %(company)s and cannot join the list"
                        " %(list)s of %(other_company)s.",
                        prospect=lead.display_name,
                        company=lead.company_id.name,
                        list=prospect_list.name,
                        other_company=prospect_list.company_id.name,
                    )
                )

    # --- Names --------------------------------------------------------------------

    @api.model
    def _prospect_complete_names(self, vals, first_name=False, last_name=False):
        """Bring the three names of ``vals`` in step; the contact name wins.

        :param dict vals: values of one lead, changed in place
        :param first_name, last_name: what the lead has, for those not in ``vals``
        """
        first_name = vals.get("first_name", first_name)
        last_name = vals.get("last_name", last_name)
        contact_name = vals.get("contact_name")
        if contact_name:
            if join_name(first_name, last_name) != contact_name:
                first_name, last_name = complete_names(
                    contact_name, vals.get("first_name"), vals.get("last_name")
                )
        else:
            vals["contact_name"] = join_name(first_name, last_name) or False
        vals["first_name"] = first_name or False
        vals["last_name"] = last_name or False

    def _prospect_write_names(self, vals):
        """Write a first or last name, in one write for each other name there is."""
        groups = self.grouped(
            lambda lead: tuple(
                False if fname in vals else lead[fname]
                for fname in ("first_name", "last_name")
            )
        )
        for (first_name, last_name), leads in groups.items():
            values = dict(vals)
            self._prospect_complete_names(values, first_name, last_name)
            leads.write(values)
        return True

    @api.model
    def _prospect_get_title(self, values):
        """What a prospect is called when nobody gave it a title.

        :param values: a lead, or the values of one
        """
        for fname in ("contact_name", "partner_name", "email_from", "phone"):
            value = values.get(fname) if isinstance(values, dict) else values[fname]
            if value:
                return value
        return ""

    def _prospect_get_own_titles(self, vals):
        """Prospects whose title is their name, when ``vals`` may change that."""
        if "name" in vals or not {
            "contact_name",
            "partner_id",
            "partner_name",
            "email_from",
            "phone",
        } & set(vals):
            return self.browse()
        return self.filtered(
            lambda lead: lead.status_id
            and lead.name in (self._prospect_get_title(lead), False)
        )

    def _prospect_update_titles(self):
        """Let the titles follow the new names."""
        groups = self.grouped(self._prospect_get_title)
        for title, group in groups.items():
            stale = group.filtered(lambda lead, title=title: lead.name != title)
            if title and stale:
                stale.name = title

    def action_prospect_leave_list(self):
        """Take the selected prospects off the list whose members are shown."""
        prospect_list = self.env["prospect.list"].browse(
            self.env.context.get("prospect_list_id")
        )
        if not prospect_list.exists():
            raise UserError(
                self.env._("This list was deleted. Open another one to change it.")
            )
        self._prospect_lists_change(remove=prospect_list)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

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
    def _get_view(self, view_id=None, view_type="form", **options):
        """The left panel counts live up to a size, and shows no counts above it."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "search" and self._prospect_is_large():
            for node in arch.xpath("//searchpanel/field[@enable_counters]"):
                del node.attrib["enable_counters"]
        return arch, view

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        if view_type == "search":
            key += (self._prospect_is_large(),)
        return key

    @api.model
    def _search(self, domain, *args, **kwargs):
        # A list that is hidden from the person is hidden from their searches, also
        # when they know its number.
        if not self.env.su and "list_ids" in str(domain):
            domain = Domain(domain).map_conditions(self._prospect_hide_lists)
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _prospect_hide_lists(self, condition):
        """``condition`` of a domain without the lists that the person may not see."""
        operator, value = condition.operator, condition.value
        if isinstance(value, int) and value and operator in ("=", "!="):
            operator, value = ("in" if operator == "=" else "not in"), [value]
        if (
            condition.field_expr not in ("list_ids", "list_ids.id")
            or operator not in ("in", "not in")
            or not isinstance(value, (list, tuple, set, frozenset, OrderedSet))
        ):
            return condition
        ids = [number for number in value if isinstance(number, int) and number]
        visible = self.env["prospect.list"].with_context(active_test=False)
        hidden = set(ids) - set(visible.search([("id", "in", ids)]).ids)
        if not hidden:
            return condition
        return Domain("list_ids", operator, [x for x in value if x not in hidden])

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
    def _prospect_action(self, domain, context=None):
        """The action of the Prospects page, on the prospects of a domain.

        :param domain: which of the listed prospects
        :param dict context: defaults and filters beside the page's own
        """
        action = self.env["ir.actions.actions"]._for_xml_id(
            "prospect.crm_lead_action_prospect"
        )
        return {
            **action,
            "domain": list(self._prospect_listed_domain() & Domain(domain)),
            "context": {
                "default_type": "lead",
                "default_source_id": self.env.ref(
                    "prospect.utm_source_dashboard", raise_if_not_found=False
                ).id,
                **(context or {}),
            },
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

    def _prospect_on_list_joined(self, prospect_list):
        """``self`` have joined one list. Bridges override it."""

    def _prospect_on_converted(self):
        """``self`` have just become converted. Bridges override it."""
