from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools.merging import ALL
from ..tools.pointers import count_pointing

# Prospects that can be looked at side by side.
MOST = 20
# Tables that the preview does not count: receipts, histories and followers.
UNTOLD = frozenset(
    """ir_model_data mail_followers prospect_assignment prospect_membership
    prospect_operation_line prospect_stage_change prospect_status_change""".split()  # noqa: SIM905
)


class ProspectMerge(models.TransientModel):
    """Several prospects become one: which one, and with which values [BX-42].

    Side by side, with a sensible choice made already. What comes after is an operation,
    with its receipt and its undo. In code::

        wizard = env["prospect.merge"].create({"lead_ids": leads})
        wizard.picks = {**wizard.picks, "phone": other.id}
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
    """

    _name = "prospect.merge"
    _inherit = ["prospect.leads.mixin"]
    _description = "Merge of Prospects"

    numbers = fields.Json(
        compute="_compute_numbers",
        store=True,
        precompute=True,
        export_string_translation=False,
        help="Of the prospects that were chosen, also when they have gone since.",
    )
    survivor_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect to Keep",
        compute="_compute_survivor_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    picks = fields.Json(
        compute="_compute_picks",
        store=True,
        readonly=False,
        precompute=True,
        export_string_translation=False,
        help="{field: number of the prospect whose value stays, or all}",
    )
    table = fields.Json(compute="_compute_table", export_string_translation=False)
    preview = fields.Html(
        compute="_compute_preview", sanitize=False, export_string_translation=False
    )
    is_ready = fields.Boolean(
        compute="_compute_preview", export_string_translation=False
    )

    @api.model_create_multi
    def create(self, vals_list):
        """A dialog that was left open says what has happened since.

        :raises UserError: when one of the prospects has gone
        """
        for vals in vals_list:
            commands = vals.get("lead_ids") or ()
            if isinstance(commands, models.BaseModel):
                commands = commands.ids
            numbers = set()
            for command in commands:
                if isinstance(command, int):
                    numbers.add(command)
                elif command[0] == Command.SET:
                    numbers.update(command[2])
                else:
                    numbers.update(command[1:2])
            problem = self._find_gone(sorted(numbers))
            if problem:
                raise UserError(problem)
        return super().create(vals_list)

    @api.model
    def _find_gone(self, numbers):
        """What has become of prospects that were chosen and have gone, in words."""
        # sudo: whether they still exist
        leads = self.env["crm.lead"].sudo().browse(numbers or ())
        there = leads.exists()
        if there == leads:
            return ""
        operations = self.env["prospect.operation"]
        _outcome, reason = operations._answer_merged({"lead_ids": leads.ids}, there)
        return self.env._(
            "%s Close this dialog and reload the page to see what is left.", reason
        )

    # --- What is suggested ----------------------------------------------------------

    def _get_leads(self):
        """The prospects, the one that should survive first."""
        leads = self.lead_ids._origin.exists()
        return leads._prospect_merge_order() if 1 < len(leads) <= MOST else leads

    @api.depends("lead_ids")
    def _compute_numbers(self):
        for wizard in self:
            wizard.numbers = wizard.lead_ids._origin.ids

    @api.depends("lead_ids")
    def _compute_survivor_id(self):
        for wizard in self:
            leads = wizard._get_leads()
            if not wizard.survivor_id or wizard.survivor_id._origin not in leads:
                wizard.survivor_id = leads[:1]

    @api.depends("lead_ids", "survivor_id")
    def _compute_picks(self):
        for wizard in self:
            leads = wizard._get_leads()
            survivor = leads & wizard.survivor_id._origin
            wizard.picks = leads._prospect_merge_preset(survivor)[1] if leads else {}

    # --- Side by side ---------------------------------------------------------------

    @api.depends("lead_ids")
    @api.depends_context("lang", "uid")
    def _compute_table(self):
        """What is shown side by side: the prospects as columns, the fields as rows."""
        for wizard in self:
            leads = wizard._get_leads()
            wizard.table = {
                "leads": [wizard._get_column(lead) for lead in leads],
                "rows": wizard._get_rows(leads) if len(leads) <= MOST else [],
            }

    @api.model
    def _get_column(self, lead):
        """How a prospect is told at the head of its column."""
        return {
            "id": lead.id,
            "name": lead.display_name,
            "status": lead.status_id.name or "",
            "created": fields.Date.to_string(lead.create_date),
            "owner": lead.user_id.name or "",
        }

    @api.model
    def _get_rows(self, leads):
        """The fields of which any has a value, those that differ marked."""
        is_opportunity = any(lead.type == "opportunity" for lead in leads)
        rows = []
        for name in leads._prospect_merge_get_names():
            values = [lead._prospect_merge_get_value(name) for lead in leads]
            if not any(values) or (name == "status_id" and is_opportunity):
                continue
            filled = [value for value in values if value]
            rows.append(
                {
                    "name": name,
                    "label": leads._prospect_merge_get_label(name),
                    "differs": any(value != filled[0] for value in filled),
                    "all": name == "description" and len(filled) > 1,
                    "texts": [
                        lead._prospect_merge_describe(name) if value else ""
                        for lead, value in zip(leads, values, strict=True)
                    ],
                }
            )
        return rows

    # --- Preview --------------------------------------------------------------------

    @api.depends("lead_ids", "survivor_id", "picks")
    @api.depends_context("lang", "uid")
    def _compute_preview(self):
        for wizard in self:
            problem, plan = wizard._find_problem(), {}
            if not problem:
                plan = wizard._plan()
                if plan["outcome"] != "updated":
                    problem = plan["reason"]
            wizard.is_ready = not problem
            wizard.preview = self.env["ir.qweb"]._render(
                "prospect.merge_preview",
                {
                    "problem": problem,
                    "survivor": wizard.survivor_id._origin,
                    "changes": wizard._describe_plan(plan) if not problem else [],
                    "moves": wizard._describe_moves() if not problem else [],
                    "lost": wizard.lead_ids._origin - wizard.survivor_id._origin,
                },
            )

    def _find_problem(self):
        """What stands in the way before anything is planned, in words."""
        gone = self._find_gone(self.numbers)
        if gone:
            return gone
        if len(self.lead_ids) < 2:
            return self.env._("Choose at least two prospects to merge.")
        if len(self.lead_ids) > MOST:
            return self.env._(
                "Choose at most %(count)s prospects: more cannot be compared side by"
                " side.",
                count=MOST,
            )
        return ""

    def _plan(self):
        """What would become of the group, as a line of the operation says it."""
        operation = self.env["prospect.operation"].new(
            {"kind": "merge", "options": {"groups": [self._get_group()]}}
        )
        return operation._plan_group(self._get_group())

    def _describe_plan(self, plan):
        """The changes of the one that stays: [(field, former, new)]."""
        lines = self.env["prospect.operation.line"]
        line = lines.new({"before": plan["before"], "after": plan["after"]})
        names = line._read_names()
        leads = self.env["crm.lead"]
        hidden = {"first_name", "last_name"}
        return [
            (
                leads._prospect_merge_get_label(name)
                if name in ("name", "contact_name")
                else lines._get_label(name),
                lines._describe(name, plan["before"].get(name), names),
                lines._describe(name, value, names),
            )
            for name, value in plan["after"].items()
            if name not in hidden
        ]

    def _describe_moves(self):
        """What comes from the others: [(what, how many)]."""
        pointers = self.env["prospect.merge.pointer"]
        lost = self.lead_ids._origin - self.survivor_id._origin
        self.env.flush_all()
        found = count_pointing(
            self.env.cr,
            [
                pointer
                for pointer in pointers._get_pointers(lost._name, lost._table)
                if pointer.has_id and pointer.table not in UNTOLD
            ],
            lost._name,
            lost.ids,
        )
        labels = self.env["prospect.operation"]
        return [(labels._get_table_label(table), n) for table, n in found.items()]

    # --- What people do -------------------------------------------------------------

    def action_merge(self):
        """Merge, and open the receipt, which can undo it.

        :raises UserError: when it cannot be done, saying why
        """
        self.ensure_one()
        operation = self._make_operation()
        operation.action_preview()
        if not operation.updated_count:
            raise UserError(operation.line_ids.reason)
        operation.action_run()
        if not operation.updated_count:
            raise UserError(operation.line_ids.reason)
        return operation._get_toast_action(operation.action_open())

    def _make_operation(self):
        """The merge as an operation, which is not planned yet.

        :raises UserError: when too few or too many prospects were chosen
        """
        self.ensure_one()
        problem = self._find_problem()
        if problem:
            raise UserError(problem)
        return self.env["prospect.operation"]._make_merge([self._get_group()])

    def _get_group(self):
        """What was chosen, as plain data: see the operation."""
        numbers = self.lead_ids._origin.ids
        return {
            "lead_ids": numbers,
            "survivor_id": self.survivor_id._origin.id,
            "picks": {
                name: number
                for name, number in (self.picks or {}).items()
                if number in numbers or number == ALL
            },
        }
