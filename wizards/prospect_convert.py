from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..tools.conversion import TARGETS, preset

# Prospects of which the dialog says what becomes of each.
SHOWN = 5
# The fields of what exists already.
LINKS = {
    "contact": "contact_id",
    "company": "company_partner_id",
    "opportunity": "opportunity_id",
}


class ProspectConvert(models.TransientModel):
    """Convert prospects into contacts, companies and opportunities [BX-14 to BX-17,
    BX-26].

    For one prospect or many; the dialog shows what will be made before it is made. What
    comes after is an operation, with its receipt and its undo. In code::

        wizard = env["prospect.convert"].create({"lead_ids": leads, "make_opportunity":
        True}) operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
    """

    _name = "prospect.convert"
    _inherit = ["prospect.leads.mixin"]
    _description = "Conversion of Prospects"

    lead_id = fields.Many2one(
        comodel_name="crm.lead", string="Prospect", compute="_compute_lead_id"
    )
    lead_count = fields.Integer(
        compute="_compute_lead_id", export_string_translation=False
    )
    # What to make
    make_contact = fields.Boolean(
        string="Contact",
        compute="_compute_make",
        store=True,
        readonly=False,
        compute_sudo=False,
        precompute=True,
    )
    make_company = fields.Boolean(
        string="Company",
        compute="_compute_make",
        store=True,
        readonly=False,
        compute_sudo=False,
        precompute=True,
    )
    make_opportunity = fields.Boolean(
        string="Opportunity",
        compute="_compute_make",
        store=True,
        readonly=False,
        compute_sudo=False,
        precompute=True,
    )
    contact_action = fields.Selection(
        selection=[("create", "New contact"), ("link", "Existing contact")],
        string="Contact to Create",
        compute="_compute_matches",
        store=True,
        readonly=False,
        compute_sudo=False,
        precompute=True,
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Existing Contact",
        domain=[("is_company", "=", False)],
        compute="_compute_matches",
        store=True,
        readonly=False,
        compute_sudo=False,
        precompute=True,
    )
    contact_why = fields.Char(compute="_compute_why", export_string_translation=False)
    company_action = fields.Selection(
        selection=[("create", "New company"), ("link", "Existing company")],
        string="Company to Create",
        compute="_compute_matches",
        store=True,
        readonly=False,
        compute_sudo=False,
        precompute=True,
    )
    company_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Existing Company",
        domain=[("is_company", "=", True)],
        compute="_compute_matches",
        store=True,
        readonly=False,
        compute_sudo=False,
        precompute=True,
    )
    company_why = fields.Char(compute="_compute_why", export_string_translation=False)
    opportunity_action = fields.Selection(
        selection=[
            ("create", "This prospect becomes the opportunity"),
            ("link", "Existing opportunity"),
        ],
        string="Opportunity to Create",
        default="create",
        required=True,
    )
    opportunity_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Existing Opportunity",
        domain=[("type", "=", "opportunity"), ("won_status", "=", "pending")],
        compute="_compute_matches",
        store=True,
        readonly=False,
        compute_sudo=False,
        precompute=True,
    )
    opportunity_why = fields.Char(
        compute="_compute_why", export_string_translation=False
    )
    # What the opportunity says that one prospect becomes
    opportunity_name = fields.Char(
        string="Title",
        compute="_compute_opportunity",
        store=True,
        readonly=False,
        compute_sudo=False,
        precompute=True,
        help="What the opportunity is about.",
    )
    company_currency = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_lead_id",
        export_string_translation=False,
    )
    expected_revenue = fields.Monetary(
        currency_field="company_currency",
        compute="_compute_opportunity",
        store=True,
        readonly=False,
        compute_sudo=False,
        precompute=True,
    )
    date_deadline = fields.Date(
        string="Expected Closing",
        compute="_compute_opportunity",
        store=True,
        readonly=False,
        compute_sudo=False,
        precompute=True,
    )
    stage_id = fields.Many2one(
        comodel_name="crm.stage",
        domain="[('is_won', '=', False), '|', ('team_ids', '=', False),"
        " ('team_ids', '=', team_id)]",
        compute="_compute_opportunity",
        store=True,
        readonly=False,
        compute_sudo=False,
        precompute=True,
        help="Where the opportunity begins in the pipeline.",
    )
    link_existing = fields.Boolean(
        string="Link to existing contacts and companies",
        default=True,
        help="Contacts with the same e-mail address (or phone, without one) and"
        " companies of the same name are linked instead of created again.",
    )
    # Who and what else
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        domain=[("share", "=", False)],
        compute="_compute_user_id",
        store=True,
        readonly=False,
        compute_sudo=False,
        precompute=True,
        help="Empty: everybody keeps theirs.",
    )
    unassigned_count = fields.Integer(
        compute="_compute_lead_id", export_string_translation=False
    )
    take_unassigned = fields.Boolean(
        string="I take those that nobody has",
        default=True,
        help="Prospects without a salesperson become yours when they are converted.",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        compute_sudo=False,
        help="Empty: everybody keeps theirs.",
    )
    leave_lists = fields.Boolean(string="Leave their lists")
    copy_tags = fields.Boolean(
        string="Copy the tags to the contact",
        help="As contact tags of the same names.",
    )
    copy_notes = fields.Boolean(string="Copy the notes to the contact", default=True)
    activities = fields.Selection(
        selection=[
            ("keep", "Stay on the prospect"),
            ("contact", "Move to the contact"),
            ("close", "Are closed"),
        ],
        string="Planned Activities",
        default="keep",
        required=True,
    )
    value_ids = fields.One2many(
        comodel_name="prospect.convert.value",
        inverse_name="convert_id",
        string="Also Needed",
        compute="_compute_value_ids",
        store=True,
        readonly=False,
        compute_sudo=False,
    )
    preview = fields.Html(
        compute="_compute_preview", sanitize=False, export_string_translation=False
    )
    ready_count = fields.Integer(
        compute="_compute_preview", export_string_translation=False
    )

    # --- What is suggested ----------------------------------------------------------

    @api.depends("lead_ids")
    def _compute_lead_id(self):
        for wizard in self:
            leads = wizard.lead_ids._origin or wizard.lead_ids
            wizard.lead_count = len(leads)
            wizard.lead_id = leads if len(leads) == 1 else False
            wizard.unassigned_count = len(leads.filtered(lambda lead: not lead.user_id))
            wizard.company_currency = (
                wizard.lead_id.company_currency or self.env.company.currency_id
            )

    @api.depends("lead_ids")
    def _compute_make(self):
        for wizard in self:
            leads = wizard.lead_ids
            wanted = preset(
                any(lead.contact_name for lead in leads),
                any(lead.partner_name for lead in leads),
            )
            for target in TARGETS:
                wizard[f"make_{target}"] = wanted[target]

    @api.depends("lead_ids")
    def _compute_matches(self):
        for wizard in self:
            found = wizard._find_matches()
            contact, company = found.get("contact"), found.get("company")
            wizard.contact_action = "link" if contact else "create"
            wizard.contact_id = contact[0] if contact else False
            wizard.company_action = "link" if company else "create"
            wizard.company_partner_id = company[0] if company else False
            wizard.opportunity_id = (
                found["opportunity"][0] if "opportunity" in found else False
            )

    def _find_matches(self):
        """{target: (record, why)} of what one prospect can be linked to."""
        lead = self.lead_id._origin
        if not lead or lead._prospect_find_of_hidden():
            return {}
        choice = {"make": list(TARGETS), "link": True}
        found = lead._prospect_convert_match(choice)[lead.id]
        opportunities = lead._prospect_match_opportunities(found.get("contact"))
        return {**found, **({"opportunity": opportunities} if opportunities else {})}

    @api.depends("lead_ids")
    def _compute_opportunity(self):
        """As the prospect has it; it begins in the first stage of its team."""
        for wizard in self:
            lead = wizard.lead_id._origin
            wizard.opportunity_name = lead.name
            wizard.expected_revenue = lead.expected_revenue
            wizard.date_deadline = lead.date_deadline
            wizard.stage_id = lead.stage_id
            if lead and not lead.stage_id:
                wizard.stage_id = lead._stage_find(team_id=lead.team_id.id)

    @api.depends("lead_ids")
    def _compute_user_id(self):
        """Whoever converts a prospect that nobody has takes it."""
        user = self.env.user
        may_sell = user.has_group("sales_team.group_sale_salesman")
        for wizard in self:
            lead = wizard.lead_id
            is_nobodys = bool(lead) and not lead.user_id and may_sell
            wizard.user_id = user if is_nobodys else False

    @api.depends("contact_id", "company_partner_id", "opportunity_id", "lead_ids")
    @api.depends_context("lang")
    def _compute_why(self):
        whys = self.env["crm.lead"]._prospect_convert_whys()
        for wizard in self:
            found = wizard._find_matches()
            for target, fname in LINKS.items():
                record, why = found.get(target) or (None, "")
                is_match = record and wizard[fname]._origin == record
                wizard[f"{target}_why"] = whys.get(why) if is_match else False

    @api.depends("user_id")
    def _compute_team_id(self):
        for wizard in self:
            user = wizard.user_id
            if not user or user in wizard.team_id.member_ids | wizard.team_id.user_id:
                continue
            wizard.team_id = self.env["crm.team"]._get_default_team_id(
                user_id=user.id, domain=None
            )

    @api.depends("make_contact", "make_company", "contact_action", "company_action")
    def _compute_value_ids(self):
        """The fields that new contacts must have and prospects do not give."""
        for wizard in self:
            known = {(row.target, row.name): row.value for row in wizard.value_ids}
            wanted = wizard._find_missing()
            if set(wanted) == set(known):
                continue
            wizard.value_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "target": target,
                            "name": name,
                            "value": known.get((target, name)),
                        }
                    )
                    for target, name in wanted
                ),
            ]

    def _find_missing(self):
        """[(target, field of res.partner)] that nobody gives."""
        missing = {}
        for target in ("contact", "company"):
            is_new = not self.lead_id or self[f"{target}_action"] == "create"
            if not self[f"make_{target}"] or not is_new:
                continue
            leads = self.lead_ids._origin
            if not leads._prospect_convert_missing(target, {"name": "x"}):
                # nothing is needed but a name, as in most databases
                continue
            for lead in leads:
                values = lead._prospect_convert_values(target, "x", {})
                missing |= {
                    (target, name): None
                    for name in lead._prospect_convert_missing(target, values)
                }
        return list(missing)

    # --- Preview --------------------------------------------------------------------

    @api.depends(
        "lead_ids",
        *(f"make_{target}" for target in TARGETS),
        *("contact_action", "contact_id", "company_action", "company_partner_id"),
        *(
            "opportunity_action",
            "opportunity_id",
            "link_existing",
            "user_id",
            "team_id",
            "take_unassigned",
        ),
        *("opportunity_name", "expected_revenue", "date_deadline", "stage_id"),
        *("leave_lists", "copy_tags", "copy_notes", "activities", "value_ids.value"),
    )
    @api.depends_context("lang", "uid")
    def _compute_preview(self):
        for wizard in self:
            leads = wizard.lead_ids._origin
            try:
                rows = leads._prospect_convert_plan(wizard._get_choice())
            except UserError as error:
                wizard.preview = Markup("<p class='text-danger mb-0'>%s</p>") % error
                wizard.ready_count = 0
                continue
            wizard.ready_count = sum(row.outcome == "updated" for row in rows)
            wizard.preview = self.env["ir.qweb"]._render(
                "prospect.convert_preview", wizard._get_preview_values(rows)
            )

    def _get_preview_values(self, rows):
        """What the preview shows: the counts, and the first prospects in full."""
        lines = self.env["prospect.operation.line"]
        by_lead = {lead.id: lead for lead in self.lead_ids._origin}
        counts = {}
        for row in rows:
            for target in TARGETS:
                entry = getattr(row, target)
                if entry and row.outcome == "updated":
                    done = "link" if entry["do"] == "same" else entry["do"]
                    key = f"{target} {done}"
                    counts[key] = counts.get(key, 0) + 1
        problems = [row for row in rows if row.outcome != "updated"]
        shown = rows if len(rows) <= SHOWN else []
        return {
            "counts": [
                (label, counts[key])
                for key, label in self._get_count_labels().items()
                if counts.get(key)
            ],
            "rows": [
                {
                    "who": by_lead[row.lead_id].display_name,
                    "is_ready": row.outcome == "updated",
                    "targets": lines._describe_targets(
                        row.as_plan(), by_lead[row.lead_id]
                    ),
                    "notes": row.full_reason.split("\n") if row.full_reason else [],
                    "why": row.why,
                }
                for row in shown
            ],
            "total": len(rows),
            "problems": [] if shown else self._group_problems(problems, by_lead),
            "count": lambda number: formatLang(self.env, number, digits=0),
        }

    @api.model
    def _group_problems(self, rows, by_lead):
        """[(reason, number of prospects, some of their names)], most frequent first."""
        groups = {}
        for row in rows:
            groups.setdefault(row.reason, []).append(by_lead[row.lead_id])
        return [
            (
                reason,
                len(leads),
                ", ".join(
                    leads[0]
                    .browse([lead.id for lead in leads[:SHOWN]])
                    ._prospect_get_names()
                ),
            )
            for reason, leads in sorted(groups.items(), key=lambda item: -len(item[1]))
        ]

    def _get_count_labels(self):
        """{target and what is done with it: the same in words}, in order."""
        return {
            "contact create": self.env._("New contacts"),
            "contact link": self.env._("Linked to existing contacts"),
            "company create": self.env._("New companies"),
            "company link": self.env._("Linked to existing companies"),
            "opportunity turn": self.env._("New opportunities"),
            "opportunity link": self.env._("Linked to open opportunities"),
        }

    # --- What people do -------------------------------------------------------------

    def action_convert(self):
        """Convert: of one prospect a toast says so, which opens what was made and takes
        it back; of many, the receipt opens.

        Who converts what somebody else has just converted gets the same receipt.

        :raises UserError: when nothing is to be done, saying why
        """
        self.ensure_one()
        operation = self._make_operation()
        if operation._size_convert() > operation._get_small_plan():
            # planned in the background, where the run follows by itself
            return operation.action_run()
        operation.action_preview()
        if operation.state == "previewed" and not operation.updated_count:
            return self._get_former_receipt(operation)
        operation.action_run()
        if operation.state == "done" and not operation.updated_count:
            # nothing of it stays: neither contacts nor a receipt
            raise UserError(self._describe_nothing(operation))
        following = operation._get_conversion_action()
        if operation.state == "done" and self.lead_id:
            # one stays where one is: a list of many goes on with the next one
            return operation._get_toast_action(button=following)
        if operation.state == "done":
            return operation._get_toast_action(following)
        return following

    def action_preview(self):
        """Show what will be made, one by one, on the page of the operation."""
        self.ensure_one()
        operation = self._make_operation()
        return operation.action_preview()

    def _make_operation(self):
        """The conversion as an operation, which is not planned yet.

        :raises UserError: when no prospect or nothing to make was chosen
        """
        self.ensure_one()
        if not self.lead_ids:
            raise UserError(self.env._("Choose at least one prospect to convert."))
        return self.env["prospect.operation"]._make_conversion(
            self.lead_ids, self._get_choice()
        )

    def _get_choice(self):
        """What was chosen, as plain data: see ``prospect.lead.convert.mixin``.

        :raises UserError: when something is missing
        """
        make = [target for target in TARGETS if self[f"make_{target}"]]
        if not make:
            raise UserError(
                self.env._(
                    "Choose what to create: a contact, a company, an opportunity."
                )
            )
        choice = {
            "make": make,
            "link": self.link_existing or bool(self.lead_id),
            "user_id": self.user_id.id,
            "team_id": self.team_id.id,
            "leave_lists": self.leave_lists,
            "copy_tags": self.copy_tags,
            "copy_notes": self.copy_notes,
            "activities": self.activities,
            "values": self._get_values(),
        }
        if self.take_unassigned and not self.user_id and not self.lead_id:
            choice["user_if_none"] = self.env.uid
        if self.lead_id:
            choice |= self._get_links(make)
            if "opportunity" in make and self.opportunity_action == "create":
                choice["opportunity"] = self._get_opportunity()
        return choice

    def _get_opportunity(self):
        """What was changed of the opportunity that the prospect becomes.

        :raises UserError: when it has no title, or its stage is another team's
        """
        lead = self.lead_id._origin
        if not (self.opportunity_name or "").strip():
            raise UserError(self.env._("Give the opportunity a title."))
        team = self.team_id or lead.team_id
        if self.stage_id.team_ids and team and team not in self.stage_id.team_ids:
            raise UserError(
                self.env._(
                    "The stage “%(stage)s” belongs to other sales teams. Choose one of"
                    " %(team)s.",
                    stage=self.stage_id.name,
                    team=team.name,
                )
            )
        given = {
            "name": self.opportunity_name.strip(),
            "expected_revenue": self.expected_revenue,
            "date_deadline": self.date_deadline
            and fields.Date.to_string(self.date_deadline),
            "stage_id": self.stage_id.id,
        }
        return {
            fname: value
            for fname, value in given.items()
            if value and value != lead._prospect_plain_value(fname)
        }

    def _get_links(self, make):
        """Which contact, company and opportunity the one prospect is linked to."""
        links = {}
        labels = {
            "contact": self.env._("Choose the existing contact."),
            "company": self.env._("Choose the existing company."),
            "opportunity": self.env._("Choose the existing opportunity."),
        }
        for target in make:
            links[f"{target}_id"] = False
            if self[f"{target}_action"] == "link":
                record = self[LINKS[target]]
                links[f"{target}_id"] = record.id or record._origin.id
                if not links[f"{target}_id"]:
                    raise UserError(labels[target])
        return links

    def _get_values(self):
        values = {"contact": {}, "company": {}}
        asked = set(self._find_missing()) if self.value_ids else ()
        for row in self.value_ids:
            if row.value and (row.target, row.name) in asked:
                values[row.target][row.name] = row._read_value()
        return values

    def _describe_nothing(self, operation):
        """Why an operation has converted nobody."""
        reasons = dict.fromkeys(filter(None, operation.line_ids.mapped("reason")))
        return "\n".join([self.env._("Nothing was converted."), *list(reasons)[:SHOWN]])

    def _get_former_receipt(self, operation):
        """What to show when nothing is left to convert.

        :raises UserError: saying why, where it is not because it was done already
        """
        lines = operation.line_ids
        done = lines.filtered(lambda line: line.outcome == "unchanged")
        if not done:
            raise UserError(self._describe_nothing(operation))
        former = self.env["prospect.operation.line"].search(
            [
                ("lead_id", "in", done.lead_id.ids),
                ("operation_id.kind", "=", "convert"),
                ("outcome", "=", "updated"),
                ("is_done", "=", True),
                ("undo_outcome", "=", False),
            ],
            order="id desc",
            limit=1,
        )
        message = (done.mapped("reason") or [""])[0]
        # sudo: an operation that has done nothing leaves no receipt
        operation.sudo().unlink()
        action = (
            former.operation_id._get_conversion_action()
            if former and self.lead_id
            else self.lead_ids._prospect_open_converted()
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": message,
                "next": action,
            },
        }
