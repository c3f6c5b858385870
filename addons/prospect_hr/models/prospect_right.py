from odoo import api, models


class ProspectRight(models.Model):
    """The supervisor of who added a prospect is their manager, too [BX-19]."""

    _inherit = "prospect.right"

    @api.model
    def _get_supervised_user_ids(self):
        """Also the users of the active employees whose manager the current user is."""
        # sudo: who manages whom, for the decision alone
        employees = (
            self.env["hr.employee"]
            .sudo()
            .search_fetch(
                [
                    ("active", "=", True),
                    ("parent_id.user_id", "=", self.env.uid),
                    ("parent_id.active", "=", True),
                    ("user_id", "!=", False),
                ],
                ["user_id"],
                order="id",
            )
        )
        return super()._get_supervised_user_ids() | frozenset(employees.user_id.ids)

    @api.model
    def _get_supervisor_help(self):
        return "\n".join(
            [
                super()._get_supervisor_help(),
                self.env._("Also the manager of the employee who added it."),
            ]
        )
