from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..tools.conversion import SIMPLE_MAKES
from ..tools.statuses import OPEN_KINDS


class ProspectMode(models.TransientModel):
    """Work without leads: says first what would happen to the prospects [BX-33].

    In code::

        wizard = env["prospect.mode"].create({"make": "contact", "open": "convert"})
        wizard.action_switch()
    """

    _name = "prospect.mode"
    _description = "Skip the Prospect Stage"

    make = fields.Selection(
        selection=[
            ("contact", "A contact"),
            ("contact_opportunity", "A contact and an opportunity"),
        ],
        string="What Arrives Becomes",
        required=True,
        default="contact_opportunity",
    )
    open = fields.Selection(
        selection=[
            ("convert", "Convert them now"),
            ("leave", "Keep them open"),
        ],
        string="Open Prospects",
        required=True,
        default="convert",
    )
    make_company = fields.Boolean(
        string="Companies, too",
        help="The company that a prospect names is created as well.",
    )
    activities = fields.Selection(
        selection=[
            ("keep", "Stay on the prospect, which becomes the opportunity"),
            ("contact", "Move to the contact"),
            ("close", "Are closed"),
        ],
        string="Planned Activities",
        required=True,
        default="keep",
    )
    line_ids = fields.One2many(
        comodel_name="prospect.mode.line",
        inverse_name="mode_id",
        string="Companies",
        default=lambda self: self._get_default_lines(),
    )
    open_count = fields.Integer(
        compute="_compute_open_count", export_string_translation=False
    )

    @api.model
    def _get_default_lines(self):
        """One line for each company that has open prospects."""
        return [
            fields.Command.create({"company_id": company.id, "open_count": count})
            for company, count in self._count_open()
        ]

    @api.depends("line_ids.open_count")
    def _compute_open_count(self):
        for wizard in self:
            wizard.open_count = sum(wizard.line_ids.mapped("open_count"))

    @api.model
    def _get_open_domain(self):
        """Which prospects are open."""
        return Domain("type", "=", "lead") & Domain("status_id.kind", "in", OPEN_KINDS)

    @api.model
    def _get_leads(self):
        """Prospects of all companies of the person, as the person sees them."""
        companies = self.env.user.company_ids
        return self.env["crm.lead"].with_context(allowed_company_ids=companies.ids)

    @api.model
    def _count_open(self):
        """[(company, number of its open prospects)], those of no company last."""
        leads = self._get_leads()
        if not leads.has_access("read"):
            return []
        groups = leads._read_group(
            self._get_open_domain(), ["company_id"], ["__count"], order="company_id"
        )
        return [
            (company.with_env(self.env), count)
            for company, count in sorted(groups, key=lambda group: not group[0])
        ]

    def action_switch(self):
        """Switch, and convert the open prospects if wanted.

        :return: an action that loads everything anew, menus among it, on the page of
            the conversion where there is one
        :raises AccessError: for anybody who may not change the settings
        """
        self.ensure_one()
        self._check_may_switch()
        operations = self.env["prospect.operation"]
        if self.open == "convert":
            operations = self._make_operations()
        # Odoo's own switch, which notifies its teams and their addresses
        self.env["res.config.settings"].create(
            {"group_use_lead": False, "prospect_simple_make": self.make}
        ).execute()
        for operation in operations:
            operation.action_preview()
        url = "/odoo/action-prospect.prospect_operation_action"
        if len(operations) == 1:
            url = f"{url}/{operations.id}"
        elif not operations:
            url = "/odoo/action-prospect.res_config_settings_action_prospect"
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _check_may_switch(self):
        """:raises AccessError: for anybody but administrators of sales and settings"""
        user = self.env.user
        if not self.env.su and not (
            user.has_group("sales_team.group_sale_manager")
            and user.has_group("base.group_system")
        ):
            raise AccessError(
                self.env._(
                    "Only database and sales administrators can change the working "
                    "mode: ask one of them."
                )
            )

    def _make_operations(self):
        """A conversion for each company, with its team; not planned yet."""
        operations = self.env["prospect.operation"]
        targets = [
            *SIMPLE_MAKES[self.make],
            *(["company"] if self.make_company else []),
        ]
        for line in self.line_ids:
            leads = self._get_leads().search(
                self._get_open_domain() & Domain("company_id", "=", line.company_id.id),
                order="id",
            )
            if not leads:
                continue
            choice = {"make": targets, "link": True, "activities": self.activities}
            if line.team_id:
                choice["team_id"] = line.team_id.id
            operations += operations.with_env(leads.env)._make_conversion(leads, choice)
        return operations.with_env(self.env)
