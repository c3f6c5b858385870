from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...tools.rotation import MAX_WEIGHT


class ProspectRotationMember(models.Model):
    """One of the people who get new prospects in turn [MO-21]."""

    _name = "prospect.rotation.member"
    _inherit = ["prospect.cached.mixin"]
    _description = "Member of a Rotation"
    _order = "rotation_id, sequence, id"
    _rec_name = "user_id"
    # whether a rotation has members is remembered, and not what its turns write
    _prospect_cached_fnames = frozenset({"rotation_id"})

    rotation_id = fields.Many2one(
        comodel_name="prospect.rotation",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="rotation_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("share", "=", False)],
    )
    weight = fields.Integer(
        default=1,
        required=True,
        aggregator=None,
        help="Somebody with 2 gets twice as many prospects as somebody with 1.",
    )
    daily_limit = fields.Integer(
        aggregator=None,
        help="How many prospects of this rotation the person gets in a day at most. 0: "
        "no limit.",
    )
    absent_from = fields.Date(
        help="First day without new prospects. Time off in the person's working "
        "schedule is taken into account automatically."
    )
    absent_until = fields.Date(
        help="Last day without new prospects; empty: until further notice."
    )
    availability = fields.Selection(
        selection=[
            ("next", "Next"),
            ("available", "Available"),
            ("absent", "Absent"),
            ("limit", "Limit reached"),
            ("archived", "Archived"),
            ("company", "Other company"),
        ],
        string="Now",
        compute="_compute_availability",
    )
    today_count = fields.Integer(
        string="Today",
        compute="_compute_today_count",
        help="Prospects that the person got today by this rotation.",
    )

    _user_uniq = models.Constraint(
        "unique (rotation_id, user_id)",
        "This person is already in the rotation. Change the weight to give them more.",
    )
    _weight_check = models.Constraint(
        f"CHECK (weight BETWEEN 1 AND {MAX_WEIGHT})",
        "The weight is a number from 1 to 100.",
    )
    _daily_limit_check = models.Constraint(
        "CHECK (daily_limit >= 0)",
        "The daily limit is a number of prospects, or 0 for no limit.",
    )
    _absence_check = models.Constraint(
        "CHECK (absent_until >= absent_from)",
        "An absence cannot end before it begins.",
    )

    @api.depends("user_id", "daily_limit", "absent_from", "absent_until", "weight")
    def _compute_availability(self):
        facts = self.env["prospect.rotation"]._read_members(self.rotation_id.ids)
        for member in self:
            fact = facts.get(member.rotation_id.id, {}).get(member._origin.id)
            if not fact:
                member.availability = False
            elif fact["out"]:
                member.availability = fact["out"]
            elif fact["left"] is not None and fact["left"] <= 0:
                member.availability = "limit"
            elif member.user_id == member.rotation_id.next_user_id:
                member.availability = "next"
            else:
                member.availability = "available"

    @api.depends("user_id", "rotation_id")
    def _compute_today_count(self):
        """What the daily limit counts: in the day of the person, whoever looks."""
        for model in ("prospect.rotation.member", "prospect.assignment", "res.partner"):
            self.env[model].flush_model()
        counts = dict(
            self.env.execute_query(
                SQL(
                    """SELECT member.id, count(log.id)
                         FROM prospect_rotation_member AS member
                         JOIN res_users AS users ON users.id = member.user_id
                         JOIN res_partner AS partner ON partner.id = users.partner_id
                   %s
                         JOIN prospect_assignment AS log
                           ON log.rotation_id = member.rotation_id
                          AND log.assignee_id = member.user_id
                          AND log.cause = 'rotation' AND log.date >= day.midnight
                        WHERE member.id = ANY(%s)
                     GROUP BY member.id""",
                    self.env["prospect.rotation"]._get_day(),
                    self._origin.ids,
                )
            )
        )
        for member in self:
            member.today_count = counts.get(member._origin.id, 0)

    @api.constrains("user_id", "rotation_id")
    def _check_user(self):
        """Members are colleagues who see prospects, and work for the company of the
        team: what went to somebody else would be lost from sight, and nobody told.
        """
        for member in self:
            # sudo: where a colleague works
            user, company = member.user_id.sudo(), member.rotation_id.company_id
            if user.share:
                raise ValidationError(
                    self.env._("%(user)s is not a colleague of yours.", user=user.name)
                )
            if not user.has_group("sales_team.group_sale_salesman"):
                raise ValidationError(
                    self.env._(
                        "%(user)s has no access to prospects. Choose somebody else, or"
                        " ask an administrator for the role of a salesperson.",
                        user=user.name,
                    )
                )
            if company and company not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work for %(company)s, to which the team"
                        " belongs.",
                        user=user.name,
                        company=company.name,
                    )
                )
