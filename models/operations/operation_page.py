from odoo import api, fields, models
from odoo.exceptions import UserError


class ProspectOperation(models.Model):
    """What the page of an operation shows and offers, beside the operation itself."""

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    change_count = fields.Integer(
        string="To Write",
        compute="_compute_change_count",
        help="Prospects that are created or changed.",
    )
    what = fields.Char(
        string="What It Does",
        compute="_compute_what",
        export_string_translation=False,
    )
    notice = fields.Char(compute="_compute_notice", export_string_translation=False)
    run_label = fields.Char(
        compute="_compute_run_label", export_string_translation=False
    )

    @api.depends("created_count", "updated_count", "repeat_count")
    def _compute_change_count(self):
        for operation in self:
            operation.change_count = (
                operation.created_count
                + operation.updated_count
                + operation.repeat_count
            )

    @api.depends("change_count", "kind")
    @api.depends_context("lang")
    def _compute_run_label(self):
        for operation in self:
            operation.run_label = operation._of_kind(
                "get_run_label", operation.change_count, default=False
            )

    @api.depends("change_count", "kind")
    @api.depends_context("lang")
    def _compute_notice(self):
        for operation in self:
            operation.notice = operation._of_kind(
                "get_notice", bool(operation.change_count), default=False
            )

    @api.depends("kind", "options")
    @api.depends_context("lang")
    def _compute_what(self):
        for operation in self:
            operation.what = operation._of_kind("get_what", default=False)

    def action_edit(self, step="options"):
        """Open the settings again; the plan is made anew after them.

        :param str step: of the wizard: ``file``, ``columns`` or ``options``
        :raises UserError: when it has changed prospects already
        """
        self.ensure_one()
        self._check_may_act()
        if self.started_at or self.state in ("queued", "running"):
            raise UserError(
                self.env._("This operation has started: its settings are kept.")
            )
        return self._of_kind("edit", step)
