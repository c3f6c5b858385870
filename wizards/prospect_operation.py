from odoo import Command, models
from odoo.exceptions import UserError


class ProspectOperation(models.Model):
    """The dialog of an operation is opened again from its page."""

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    def _edit_import(self, step):
        wizard = self.env["prospect.import"]._from_operation(self)
        wizard.step = step
        return wizard._reopen()

    def _edit_bulk(self, _step):
        return self.env["prospect.bulk"]._from_operation(self)._reopen()

    def _edit_merge(self, _step):
        """Open the dialog again, with what was chosen; the plan is made anew.

        :raises UserError: for many groups at once, which have no dialog
        """
        groups = self.options["groups"]
        if len(groups) != 1:
            raise UserError(
                self.env._("Merge the groups one by one to choose their values.")
            )
        group = groups[0]
        wizard = self.env["prospect.merge"].create(
            {
                "lead_ids": [Command.set(group["lead_ids"])],
                "survivor_id": group.get("survivor_id"),
                "picks": group.get("picks") or {},
            }
        )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "prospect.prospect_merge_action"
        )
        return {**action, "res_id": wizard.id}

    def _edit_convert(self, _step):
        """Open the dialog again, with what was chosen; the plan is made anew."""
        choice = self.options["choice"]
        wizard = self.env["prospect.convert"].create(
            {
                "lead_ids": [Command.set(self.options["lead_ids"])],
                "link_existing": choice.get("link", True),
                **{
                    f"make_{target}": target in choice["make"]
                    for target in ("contact", "company", "opportunity")
                },
                **{
                    fname: choice[fname]
                    for fname in (
                        *("user_id", "team_id", "leave_lists", "copy_tags"),
                        *("copy_notes", "activities"),
                    )
                    if fname in choice
                },
            }
        )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "prospect.prospect_convert_action"
        )
        return {**action, "res_id": wizard.id}
