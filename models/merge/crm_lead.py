from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL, is_html_empty

from ...tools.merging import ALL, Merge, find_widest, order, preset
from ...tools.remarks import field_label, remark
from .keeper import MergeKeeper

# Where the context holds the merge that somebody has chosen, by its class.
CHOICE = "prospect_merge"
ADDRESS = ("street", "street2", "city", "zip", "state_id", "country_id")
NAME = ("contact_name", "first_name", "last_name")
# What is chosen together: one row of the dialog, several fields.
GROUPS = {"contact_name": NAME, "street": ADDRESS}
# The rows of the dialog, those first that distinguish people.
FIRST = (
    *("contact_name", "title_id", "function", "partner_name", "email_from"),
    *("phone", "street", "website", "assistant_email", "lang_id", "partner_id"),
    *("status_id", "user_id", "team_id", "source_id", "medium_id", "campaign_id"),
    *("referred", "priority", "name"),
)
LAST = ("description",)
# What the merge itself decides: dates, colours, and what is put together.
DECIDED = frozenset(
    """active automated_probability color create_date date_automation_last email_cc
    first_name last_name lost_reason_id tag_ids type probability""".split()  # noqa: SIM905
)
TYPES = frozenset(
    """boolean char date datetime float html integer many2one monetary selection
    text""".split()  # noqa: SIM905
)
# Texts of which one can include the other; addresses and numbers are the same or not.
EXACT = frozenset({"email_from", "phone", "website", "zip", "email_cc"})


class CrmLead(models.Model):
    """Several prospects become one [BX-40, BX-42, BX-44].

    All merges end in Odoo's ``_merge_opportunity``, whoever makes them: the dialog,
    an automatic merge, Odoo's own wizard, its conversion and its assignment. There
    they are recorded and can be undone.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    def _prospect_open_merge(self):
        """The dialog that merges ``self``, as an action."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "prospect.prospect_merge_action"
        )
        return {
            **action,
            "context": {"active_model": self._name, "active_ids": self.ids},
        }

    @api.model
    def _prospect_merge_automatically(self, groups):
        """Merge prospects among which nothing conflicts, without asking [BX-40].

        The rest is left to people: the receipt says of each group what stood in the
        way. As the current user, with their right; in ``sudo()`` as the system.

        :param groups: recordsets of ``crm.lead``, or lists of their numbers
        :return: the ``prospect.operation``, empty when there is nothing to do
        """
        leads = self.with_user(SUPERUSER_ID) if self.env.su else self
        operations = leads.env["prospect.operation"]
        groups = [list(getattr(group, "ids", group)) for group in groups]
        if not groups:
            return self.env["prospect.operation"]
        operation = operations._make_merge(
            [{"lead_ids": group} for group in groups], automatic=True
        )
        operation.action_preview()
        if operation.state != "previewed" or operation.updated_count:
            operation.action_run()
        return operation.with_env(self.env)

    # --- What there is to choose --------------------------------------------------

    @api.model
    def _prospect_merge_get_names(self):
        """Names of the fields whose values are chosen, in the order of the dialog.

        What Odoo merges, and fields of one's own. Those that are hidden from the
        person are left out; see :meth:`_prospect_merge_find_hidden`.
        """
        names = self._prospect_merge_get_all_names()
        return [
            name
            for name in names
            if self._has_field_access(self._fields[name], "write")
        ]

    @api.model
    def _prospect_merge_get_manual(self):
        """Names of the fields of one's own."""
        return sorted(
            field.name
            for field in self._fields.values()
            if field.manual and field.store and not (field.compute or field.related)
            if field.type in TYPES
        )

    @api.model
    def _prospect_merge_get_all_names(self):
        manual = self._prospect_merge_get_manual()
        grouped = {name for names in GROUPS.values() for name in names[1:]}
        wanted = dict.fromkeys((*FIRST, *self._merge_get_fields(), *manual))
        names = [
            name
            for name in wanted
            if name in self._fields
            and name not in (DECIDED | grouped)
            and name not in LAST
            and self._fields[name].type in TYPES
        ]
        return [*names, *LAST]

    def _prospect_merge_find_hidden(self):
        """Labels of filled fields that the person may not change [BX-44]."""
        allowed = set(self._prospect_merge_get_names())
        hidden = [
            name for name in self._prospect_merge_get_all_names() if name not in allowed
        ]
        # sudo: whether they are filled, nothing else
        leads = self.sudo()
        return [
            field_label(self.env, self._name, name)
            for name in hidden
            if any(lead[name] for lead in leads)
        ]

    def _prospect_merge_get_value(self, name):
        """The value of a row of the dialog, to compare it; empty ones are false."""
        self.ensure_one()
        if name in GROUPS:
            values = tuple(
                self._prospect_plain_value(part) or "" for part in GROUPS[name]
            )
            return values if any(values) else False
        if name == "email_from":
            return self.email_normalized or (self.email_from or "").strip().casefold()
        if name == "phone":
            return self.phone_sanitized or self.phone
        value = self._prospect_plain_value(name)
        if self._fields[name].type == "html" and is_html_empty(value):
            return False
        if name == "priority" and value == "0":
            return False
        return value

    def _prospect_merge_find_filled(self):
        """{field: ids of those of ``self`` that have a value}."""
        return {
            name: {lead.id for lead in self if lead._prospect_merge_get_value(name)}
            for name in self._prospect_merge_get_names()
        }

    def _prospect_merge_order(self, filled=None):
        """``self``, the one that should survive first."""
        filled = filled or self._prospect_merge_find_filled()
        return self.browse(
            order(
                [
                    (
                        lead.id,
                        lead.active and lead.won_status != "lost",
                        lead.type == "opportunity",
                        sum(lead.id in having for having in filled.values()),
                    )
                    for lead in self
                ]
            )
        )

    def _prospect_merge_preset(self, survivor=None):
        """What the dialog suggests: (survivor, {field: number whose value stays}).

        :param survivor: the one that was chosen to survive; else the most complete one
        """
        filled = self._prospect_merge_find_filled()
        leads = self._prospect_merge_order(filled)
        survivor = survivor or leads[:1]
        numbers = [survivor.id, *(leads - survivor).ids]
        picks = preset(numbers, filled)
        if picks.get("description"):
            picks["description"] = ALL
        # what it is in the pipeline of is the survivor's, whatever else stays
        picks.update({"status_id": survivor.id} if survivor.status_id else {})
        return survivor, picks

    # --- What nothing stands in the way of ----------------------------------------

    def _prospect_merge_find_conflicts(self):
        """Why prospects cannot be merged without asking, as texts; none: they can.

        :return: (texts, {field: number whose value says all})
        """
        problems, picks = [], {}
        if any(
            lead.type != "lead"
            or not lead.active
            or lead.status_kind not in ("new", "open")
            for lead in self
        ):
            return [remark(self.env, "merge.not_open")], picks
        if len({lead.user_id for lead in self}) > 1:
            problems.append(remark(self.env, "merge.salespeople"))
        if len({lead.status_id for lead in self}) > 1:
            problems.append(remark(self.env, "merge.statuses"))
        for name in self._prospect_merge_get_names():
            if name in ("user_id", "status_id", "description"):
                continue
            conflict, found = self._prospect_merge_compare(name)
            picks.update({name: found} if found else {})
            if conflict:
                problems.append(conflict)
        problems += self._prospect_merge_compare_properties()
        return problems, picks

    def _prospect_merge_compare(self, name):
        """Whether the values of one row of the dialog conflict.

        :return: (what conflicts, in words, or an empty text; number whose value stays)
        """
        field = self._fields[name]
        if name in GROUPS:
            widest = self._prospect_merge_compare_parts(name)
        else:
            values = [lead._prospect_merge_get_value(name) for lead in self]
            is_text = field.type in ("char", "text") and name not in EXACT
            widest = find_widest(values, is_text)
        if widest is not None:
            return "", self[widest].id
        return (
            remark(
                self.env,
                "merge.conflict",
                field=self._prospect_merge_get_label(name),
                values=" / ".join(
                    filter(None, (lead._prospect_merge_describe(name) for lead in self))
                ),
            ),
            False,
        )

    def _prospect_merge_compare_parts(self, name):
        """The index of the one whose name, or address, includes all others'."""
        parts = GROUPS[name] if name != "contact_name" else ("contact_name",)
        fitting = set(range(len(self)))
        for part in parts:
            values = [lead._prospect_plain_value(part) for lead in self]
            is_text = self._fields[part].type == "char" and part not in EXACT
            widest = find_widest(values, is_text)
            if widest is None:
                return None
            fitting &= {
                index
                for index, value in enumerate(values)
                if value == values[widest] or not values[widest]
            }
        return min(fitting, default=None)

    # --- Fields of the team ---------------------------------------------------------

    def _prospect_merge_read_properties(self):
        """Values of the fields that teams add, as they are stored: [(team, values)].

        In the order of ``self``; values are {name: plain value} without empty ones.
        """
        self.flush_recordset(["lead_properties", "team_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id, team_id, lead_properties FROM crm_lead WHERE id IN %s",
                tuple(self.ids),
            )
        )
        found = {
            number: (team_id, {name: v for name, v in (values or {}).items() if v})
            for number, team_id, values in rows
        }
        return [found[lead.id] for lead in self]

    def _prospect_merge_fill_properties(self, team_id):
        """Values of the team's fields after a merge: the survivor's, and of the others
        what it lacks.

        :param team_id: number of the team of the prospect that is left
        :return: {name: plain value}, empty when the survivor lacks nothing
        """
        own, *others = self._prospect_merge_read_properties()
        values = dict(own[1]) if own[0] == team_id else {}
        before = dict(values)
        for other_team, other_values in others:
            if other_team == team_id:
                values = {**other_values, **values}
        return values if values != before else {}

    def _prospect_merge_compare_properties(self):
        """Fields of the team whose values conflict, in words."""
        problems = []
        # sudo: what the fields of the team are called
        for team in self.team_id.sudo():
            labels = {
                definition["name"]: definition.get("string") or definition["name"]
                for definition in team.lead_properties_definition or ()
            }
            all_values = [
                values
                for team_id, values in self._prospect_merge_read_properties()
                if team_id == team.id
            ]
            for name, label in labels.items():
                texts = dict.fromkeys(
                    str(values[name]) for values in all_values if name in values
                )
                if len(texts) > 1:
                    problems.append(
                        remark(
                            self.env,
                            "merge.conflict",
                            field=label,
                            values=" / ".join(texts),
                        )
                    )
        return problems

    # --- In words -----------------------------------------------------------------

    @api.model
    def _prospect_merge_get_label(self, name):
        """What a row of the dialog is called."""
        if name == "street":
            return remark(self.env, "merge.address")
        if name == "contact_name":
            return remark(self.env, "merge.name")
        if name == "name":
            return remark(self.env, "merge.opportunity_name")
        return field_label(self.env, self._name, name)

    def _prospect_merge_describe(self, name):
        """The value of a row of the dialog, for people."""
        self.ensure_one()
        lines = self.env["prospect.operation.line"]
        parts = ADDRESS if name == "street" else (name,)
        texts = []
        for part in parts:
            value = self[part]
            if not value or (part == "priority" and value == "0"):
                continue
            field = self._fields[part]
            if field.type == "many2one":
                texts.append(value.display_name)
            elif field.type == "boolean":
                texts.append(remark(self.env, "merge.yes"))
            else:
                texts.append(
                    lines._describe(part, self._prospect_plain_value(part), {})
                )
        return ", ".join(texts)

    # --- Doing it -----------------------------------------------------------------

    def _prospect_merge_lock(self):
        """Take the prospects: of two merges at a time, the second one runs again.

        :raises psycopg2.errors.SerializationFailure: when somebody else has changed one
            of them since this transaction began
        """
        self.flush_recordset()
        if self.ids:
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM crm_lead WHERE id IN %s ORDER BY id FOR UPDATE",
                    tuple(self.ids),
                )
            )

    @api.model
    def _prospect_merge_get_choice(self):
        """The merge that somebody has chosen, or None: Odoo decides."""
        choice = self.env.context.get(CHOICE)
        return choice if isinstance(choice, Merge) else None

    def _prospect_merge_with(self, survivor_id, picks):
        """``self`` for a merge with chosen values.

        :param int survivor_id: which of them survives
        :param dict picks: {field: number of the one whose value stays}
        """
        return self.with_context(**{CHOICE: Merge(survivor_id, picks)})

    def _prospect_merge_sort(self):
        """``self`` as Odoo sorts it, but the chosen survivor first."""
        choice = self._prospect_merge_get_choice()
        if not choice or choice.survivor_id not in self.ids:
            return self
        survivor = self.browse(choice.survivor_id)
        return survivor + (self - survivor)._prospect_merge_order()

    def _prospect_merge_custom(self):
        """The custom fields of all, each from the first prospect that has a value."""
        merged = {}
        # sudo: as in Odoo, whoever may merge may do what a merge does
        for lead in self.sudo():
            for name, value in (lead.properties._values or {}).items():
                if merged.get(name) in (None, False, "", []):
                    merged[name] = value
        return {"properties": merged} if any(merged.values()) else {}

    def _prospect_merge_get_picked(self):
        """Values of the merge that were chosen, over those of Odoo.

        ``self`` are all of them, the survivor first.
        """
        choice = self._prospect_merge_get_choice()
        values = {}
        if not choice:
            return values
        for name in self._prospect_merge_get_names():
            source = self & self.browse(choice.picks.get(name) or self[:1].id)
            if choice.picks.get(name) == ALL or name == "type" or not source:
                continue
            for part in GROUPS.get(name, (name,)):
                value = source[part]
                values[part] = (
                    value.id if isinstance(value, models.BaseModel) else value
                )
        if any(lead.type == "opportunity" for lead in self):
            # what ends as an opportunity is converted, and nothing else
            values.pop("status_id", None)
        team_id = values.get("team_id", self[:1].team_id.id)
        properties = self._prospect_merge_fill_properties(team_id)
        if properties:
            values["lead_properties"] = properties
        source = self & self.browse(choice.picks.get("name") or self[:1].id)
        if source and source.name == self._prospect_get_title(source):
            values["name"] = self._prospect_get_title(values) or source.name
        return values

    def _prospect_merge_keep(self, names, trace):
        """Record a merge that has been done, so that it can be undone.

        :param list names: of those that went
        :param dict trace: see :class:`~.prospect_merge_keeper.MergeKeeper`
        """
        self.ensure_one()
        choice = self._prospect_merge_get_choice()
        if choice:
            # who has chosen keeps it in a receipt of their own
            choice.trace = trace
            return
        self.env["prospect.operation"]._record_merge(self, names, trace)

    def _prospect_merge_preview(self, survivor, picks):
        """What a merge of ``self`` would change on the survivor: before and after.

        :param survivor: the one that is left
        :param dict picks: {field: number of the one whose value stays}
        """
        leads = self._prospect_merge_with(survivor.id, picks)
        leads = survivor.with_env(leads.env) + (leads - survivor)
        data = leads._merge_data(leads._merge_get_fields())
        before, after = {}, {}
        lists = self.list_ids - survivor.list_ids
        if lists:
            after["list_ids"] = lists.ids
        names = {*self._prospect_merge_get_names(), *ADDRESS, *NAME, "type"}
        for name, value in data.items():
            field = self._fields[name]
            if name == "tag_ids":
                added = self.tag_ids - survivor.tag_ids
                after.update({"tag_ids": added.ids} if added else {})
            elif name in names:
                former = survivor._prospect_plain_value(name)
                new = field.convert_to_write(
                    field.convert_to_record(
                        field.convert_to_cache(value, survivor), survivor
                    ),
                    survivor,
                )
                new = str(new) if field.type == "html" and new else new
                if field.type in ("date", "datetime") and new:
                    new = field.to_string(new)
                if (former or False) != (new or False):
                    before[name], after[name] = former, new
        return before, after

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
        # Odoo would delete them before we have looked at what goes with them
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
            # sudo: as in Odoo, whoever may merge may do what a merge does
            lost.sudo().unlink()
        else:
            lost._prospect_restart_logs()
        survivor._prospect_merge_keep(names, keeper.trace(survivor))
        return survivor.with_env(self.env)

    def _prospect_restart_logs(self):
        """Begin new histories of merged prospects that are left to be deleted later.

        Theirs went to the survivor; whatever happens to them now must replay too.
        """
        # sudo: the history is written by the change itself, by nobody's right
        leads = self.sudo()
        leads._prospect_log_status({})
        leads._prospect_write_list_log("join", leads._prospect_read_lists())
        leads._prospect_log_assignment()
        leads._prospect_log_stages()

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
        names = [*super()._merge_get_fields(), "assistant_email", "title_id"]
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
        self.env["prospect.flag.dismissal"].sudo()._move_to_survivor(
            self, opportunities
        )
        return result

    # --- Pages --------------------------------------------------------------------

    @api.model
    def _prospect_get_hidden_actions(self, view_id, view_type):
        """On the pages of prospects only our merge is offered, which shows the values
        side by side; Odoo's stays on its own pages.
        """
        hidden = super()._prospect_get_hidden_actions(view_id, view_type)
        get_id = self.env["ir.model.data"]._xmlid_to_res_id
        if self._prospect_is_page(view_id):
            hidden.add(get_id("crm.action_merge_opportunities"))
        return hidden
