from odoo import fields, models
from odoo.exceptions import UserError


class ProspectDistributeMixin(models.AbstractModel):
    """The choice of several salespeople where a dialog offers one."""

    _name = "prospect.distribute.mixin"
    _description = "Distribution of prospects among people"

    distribute_user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Distribute Among These People",
        domain=[("share", "=", False)],
        help="Each of them gets the same number of prospects, in turn.",
    )
    rotation_id = fields.Many2one(
        comodel_name="prospect.rotation",
        string="Distribute by Rotation",
        help="By its members, weights and absences; the rotation continues after these "
        "prospects. Daily limits do not apply here.",
    )

    def _get_distribution(self):
        """What an operation distributes, False where nothing is; checked."""
        self._check_distribution()
        if not self.distribute_user_ids and not self.rotation_id:
            return False
        return {
            "user_ids": self.distribute_user_ids.ids,
            "rotation_id": self.rotation_id.id,
        }

    def _check_distribution(self):
        """Refuse two answers to one question, and people who are no colleagues.

        :raises UserError: saying what to change
        :raises AccessError: for a rotation that the person may not see
        """
        self.rotation_id.check_access("read")
        chosen = [self.user_id, self.distribute_user_ids, self.rotation_id]
        if len([records for records in chosen if records]) > 1:
            raise UserError(
                self.env._(
                    "Choose one: a salesperson, people to distribute among, or a "
                    "rotation."
                )
            )
        company = self.team_id.company_id
        for user in self.distribute_user_ids:
            if user.share or not user.active:
                raise UserError(
                    self.env._("%(user)s is not a colleague of yours.", user=user.name)
                )
            # sudo: where a colleague works, whoever may read it
            if company and company not in user.sudo().company_ids:
                raise UserError(
                    self.env._(
                        "%(user)s does not work for %(company)s, to which the team"
                        " %(team)s belongs.",
                        user=user.name,
                        company=company.name,
                        team=self.team_id.name,
                    )
                )
