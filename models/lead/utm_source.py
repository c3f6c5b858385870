from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...tools.channels import CHANNELS
from ...tools.statuses import OPEN_KINDS

# External identifier, name, channel: in the order of the drop-downs.
BUILT_IN_SOURCES = [
    ("utm_source_dashboard", "Manual entry", "manual"),
    ("utm_source_import", "Import", "import"),
    ("utm_source_form", "Web form", "form"),
    ("utm_source_email", "Incoming e-mail", "email"),
    ("utm_source_call", "Phone call", "call"),
    ("utm_source_missed_call", "Missed call", "call"),
    ("utm_source_checkout", "Abandoned checkout", "checkout"),
    ("utm_source_booking", "Booking", "booking"),
    ("utm_source_pass", "Drop-in pass", "booking"),
    ("utm_source_event", "Event registration", "event"),
    ("utm_source_survey", "Survey", "survey"),
    ("utm_source_facebook", "Facebook", "ads"),
    ("utm_source_instagram", "Instagram", "ads"),
    ("utm_source_classpass", "ClassPass", "booking"),
]


class UtmSource(models.Model):
    """The source a prospect came from [BX-38, MO-19, MO-20, MO-29].

    A source with a channel is offered in drop-downs. Mailings, surveys and
    cookies make sources too, without one: these stay out until an administrator
    promotes them by choosing a channel.
    """

    _name = "utm.source"
    _inherit = ["utm.source", "prospect.named.mixin", "prospect.task.plan.mixin"]
    _order = "sequence, name, id"
    _rec_names_search = ["name", "prospect_label"]

    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=100)
    prospect_channel = fields.Selection(
        selection=CHANNELS,
        string="Channel",
        index="btree_not_null",
        help="How prospects of this source arrive. Only sources with a channel are"
        " offered on prospects.",
    )
    prospect_label = fields.Char(
        string="Label",
        translate=True,
        help="What people read instead of the name, in their language. The name is"
        " what tracked links carry.",
    )
    prospect_built_in = fields.Boolean(
        string="Built in",
        readonly=True,
        copy=False,
        help="Filled in by Prospect itself: can be archived, not deleted.",
    )
    prospect_count = fields.Integer(
        string="Prospects", compute="_compute_prospect_count"
    )
    # What new prospects of the source get, where nothing else says it
    prospect_status_id = fields.Many2one(
        comodel_name="prospect.status",
        groups="sales_team.group_sale_salesman",
        string="Default Status",
        domain=[("kind", "in", OPEN_KINDS)],
        ondelete="restrict",
        help="The status of new prospects of this source. Empty: the usual one.",
    )
    prospect_team_id = fields.Many2one(
        comodel_name="crm.team",
        groups="sales_team.group_sale_salesman",
        string="Default Sales Team",
        ondelete="set null",
        help="The team of new prospects of this source, unless set otherwise.",
    )
    prospect_list_ids = fields.Many2many(
        comodel_name="prospect.list",
        relation="utm_source_prospect_list_rel",
        column1="source_id",
        column2="list_id",
        groups="sales_team.group_sale_salesman",
        string="Default Lists",
        help="New prospects of this source join these lists.",
    )
    prospect_tag_ids = fields.Many2many(
        comodel_name="crm.tag",
        relation="utm_source_prospect_tag_rel",
        column1="source_id",
        column2="tag_id",
        groups="sales_team.group_sale_salesman",
        string="Default Tags",
    )
    # how the fields of prospect.task.plan.mixin are called here
    activity_type_id = fields.Many2one(
        string="Activity to Do", help="Planned on new prospects of this source."
    )
    activity_delay = fields.Integer(help="Counted from the arrival of the prospect.")
    activity_summary = fields.Char(string="Activity Summary")

    prospect_cost_ids = fields.One2many(
        comodel_name="prospect.source.cost",
        inverse_name="source_id",
        string="Costs",
        groups="sales_team.group_sale_salesman",
        help="What the source has cost, for the cost per converted prospect.",
    )

    @api.depends("name", "prospect_label")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labelled = self.filtered("prospect_label")
        for source in labelled:
            source.display_name = source.prospect_label
        return super(UtmSource, self - labelled)._compute_display_name()

    def _compute_prospect_count(self):
        counts = self.env["crm.lead"]._prospect_count_by("source_id", self)
        for source in self:
            source.prospect_count = counts.get(source._origin, 0)

    @api.constrains("prospect_status_id")
    def _check_prospect_status(self):
        for source in self:
            kind = source.prospect_status_id.kind
            if kind and kind not in OPEN_KINDS:
                raise ValidationError(
                    self.env._(
                        "Prospects of the source %(name)s can start with a status of"
                        " open prospects only.",
                        name=source.display_name,
                    )
                )

    @api.model
    @tools.ormcache()
    def _get_planning_ids(self):
        """Ids of the sources that want something done, as a frozen set."""
        # sudo: what sources say, for channels without rights
        sources = self.sudo().with_context(active_test=False)
        return frozenset(sources.search([("activity_type_id", "!=", False)]).ids)

    def _get_prospect_suggestions(self):
        """What new prospects of sources get where their values say nothing.

        Lists that are closed or archived are left out.

        :return: {source id: [(field of prospects, plain value, company id or False)]},
            of those that suggest something; a value for one company is for its
            prospects only
        """
        suggested = {}
        sources = self.search(
            Domain("id", "in", self.ids)
            & Domain("active", "in", [True, False])
            & Domain.OR(
                Domain(fname, "!=", False)
                for fname in (
                    *("prospect_status_id", "prospect_team_id"),
                    *("prospect_list_ids", "prospect_tag_ids"),
                )
            )
        )
        for source in sources:
            team = source.prospect_team_id
            found = [
                ("status_id", source.prospect_status_id.id, False),
                ("team_id", team.active and team.id, team.company_id.id),
                ("tag_ids", source.prospect_tag_ids.ids, False),
                *(
                    ("list_ids", [prospect_list.id], prospect_list.company_id.id)
                    for prospect_list in source.prospect_list_ids
                    if prospect_list.active and not prospect_list.is_closed
                ),
            ]
            suggested[source.id] = [item for item in found if item[1]]
        return suggested

    @api.model_create_multi
    def create(self, vals_list):
        given = set().union(*vals_list) | {
            key.removeprefix("default_")
            for key in self.env.context
            if key.startswith("default_prospect_")
        }
        self._check_may_configure(given)
        vals_list = self._prospect_resolve(vals_list, ["prospect_label"])
        for vals in vals_list:
            if not vals.get("name") and vals.get("prospect_label"):
                vals["name"] = vals["prospect_label"]
        sources = super().create(vals_list)
        # sudo: whether any plans activities, nothing else
        if any(source.activity_type_id for source in sources.sudo()):
            self.env.registry.clear_cache()
        return sources

    def write(self, vals):
        # Odoo lets every employee write sources, for mailings; those of the
        # prospects are configuration.
        renamed = "name" in vals and any(source.prospect_channel for source in self)
        self._check_may_configure({*vals, "prospect_channel"} if renamed else set(vals))
        result = super().write(vals)
        if "activity_type_id" in vals:
            self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_built_in(self):
        for source in self:
            if source.prospect_built_in:
                raise UserError(
                    self.env._(
                        "The source %(name)s is filled in by Prospect and cannot be"
                        " deleted. Archive it to take it out of the drop-downs.",
                        name=source.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_named(self):
        """What is for this source alone would be for all of them without it."""
        # sudo: whatever names it, whoever deletes it
        for model in ("prospect.rotation", "prospect.notification.rule"):
            records = self.env[model].sudo().with_context(active_test=False)
            for record in records.search([("source_ids", "in", self.ids)]):
                if record.source_ids <= self:
                    raise UserError(
                        self.env._(
                            "“%(name)s” (%(what)s) is for the source %(origin)s, and "
                            "would apply to all sources without it. Delete it or "
                            "change it first, or archive the source.",
                            name=record.display_name,
                            what=self.env["ir.model"].sudo()._get(model).name,
                            origin=record.source_ids[0].display_name,
                        )
                    )

    def action_view_leads(self):
        """Open the prospects that came from this source."""
        self.ensure_one()
        return self.env["crm.lead"]._prospect_action(
            Domain("source_id", "=", self.id), name=self.display_name
        )

    @api.model
    def _prospect_create_built_in(self):
        """Make the sources that Prospect fills in, where they do not exist.

        Called by the data file. A source of that name which the database has
        already (Odoo brings Facebook) is taken over instead of doubled.
        """
        external = self.env["ir.model.data"]
        for sequence, (xmlid, name, channel) in enumerate(BUILT_IN_SOURCES, start=1):
            if self.env.ref(f"prospect.{xmlid}", raise_if_not_found=False):
                continue
            source = self.with_context(active_test=False).search(
                [("name", "=", name)], limit=1
            )
            values = {
                "prospect_built_in": True,
                "prospect_channel": channel,
                "prospect_label": name,
                "sequence": sequence,
            }
            if source:
                source.write(values)
            else:
                source = self.create({**values, "name": name})
            external._update_xmlids(
                [
                    {
                        "xml_id": f"prospect.{xmlid}",
                        "record": source,
                        "noupdate": True,
                    }
                ]
            )

    @api.model
    def _get_configuration_fields(self):
        """Fields that only sales administrators set; bridges extend the set."""
        return {
            "active",
            "activity_delay",
            "activity_summary",
            "activity_type_id",
            "prospect_built_in",
            "prospect_channel",
            "prospect_label",
            "prospect_list_ids",
            "prospect_status_id",
            "prospect_tag_ids",
            "prospect_team_id",
            "sequence",
        }

    @api.model
    def _prospect_get_undefaulted(self):
        """Nobody configures a source by a default who may not do so by hand."""
        names = super()._prospect_get_undefaulted() | {"prospect_built_in"}
        if self.env.su or self.env.user.has_group("sales_team.group_sale_manager"):
            return names
        return names | self._get_configuration_fields()

    def _check_may_configure(self, fnames):
        """Sources of prospects are configured by administrators only.

        What is built in is said by the installation, and by nobody else.

        :param set fnames: the fields that are about to be set
        :raises AccessError: for anybody else
        """
        fnames &= self._get_configuration_fields()
        if not fnames or self.env.su:
            return
        if "prospect_built_in" in fnames or not self.env.user.has_group(
            "sales_team.group_sale_manager"
        ):
            raise AccessError(
                self.env._(
                    "Only sales administrators configure the sources of prospects. Ask"
                    " one of them, or choose a source that exists."
                )
            )
