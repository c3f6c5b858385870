from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache

from ...tools.statuses import OPEN_KINDS


class ProspectStatus(models.Model):
    """A step of the work with a prospect [BX-11, MO-30].

    Separate from the pipeline's stages, so that scoring and forecasts of Odoo stay
    clean. The *kind* carries the meaning; name, colour and order are the team's. Three
    statuses are protected [BX-36]: the default one, which new prospects get, and the
    first of the kinds *converted* and *junk*, which Odoo's own Convert and Lost lead
    to.
    """

    _name = "prospect.status"
    _description = "Prospect Status"
    _inherit = ["prospect.multilingual.mixin", "prospect.cached.mixin"]
    _order = "sequence, id"
    _prospect_cached_fnames = frozenset({"is_default", "kind"})

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=lambda self: self._default_sequence())
    kind = fields.Selection(
        selection=[
            ("new", "New"),
            ("open", "In progress"),
            ("converted", "Converted"),
            ("junk", "Junk"),
        ],
        required=True,
        default="open",
        help="What the status means to Prospect. New and In progress are being worked"
        " on; Converted became a customer, a contact or an opportunity; Junk is lost"
        " for a reason. The kind is fixed once a prospect has had the status.",
    )
    color = fields.Integer()
    fold = fields.Boolean(
        string="Folded in Kanban",
        help="The column of this status is folded until somebody opens it.",
    )
    description = fields.Text(
        translate=True,
        help="When to use this status; shown over the column's title.",
    )
    waiting_days = fields.Integer(
        string="Days Before It Is Marked",
        help="From so many days without contact on, a card in this column is marked."
        " 0: never.",
    )
    is_default = fields.Boolean(
        string="Default",
        copy=False,
        help="New prospects get this status. There is exactly one.",
    )
    is_protected = fields.Boolean(
        compute="_compute_is_protected",
        help="The default status and the first Converted and Junk statuses cannot be "
        "deleted.",
    )
    lead_count = fields.Integer(string="Prospects", compute="_compute_lead_count")

    _one_default = models.UniqueIndex(
        "(is_default) WHERE is_default IS TRUE",
        "Only one status can be the default.",
    )

    @api.model
    def _default_sequence(self):
        """After the statuses that are worked on, before Converted and Junk."""
        last = self.search([("kind", "in", OPEN_KINDS)], order="sequence desc", limit=1)
        return last.sequence + 1

    def _compute_is_protected(self):
        main = self._get_main("converted") | self._get_main("junk")
        for status in self:
            status.is_protected = status.is_default or status._origin in main

    def _compute_lead_count(self):
        counts = self.env["crm.lead"]._prospect_count_by("status_id", self)
        for status in self:
            status.lead_count = counts.get(status._origin, 0)

    @api.constrains("is_default", "kind")
    def _check_default_kind(self):
        for status in self:
            if status.is_default and status.kind not in OPEN_KINDS:
                raise ValidationError(
                    self.env._(
                        "New prospects cannot start as %(status)s: the default status"
                        " must be of the kind New or In progress.",
                        status=status.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = self._prospect_resolve(vals_list, ["is_default"])
        defaults = [vals for vals in vals_list if vals.get("is_default")]
        self._check_one_default(len(defaults))
        if defaults:
            self._clear_default()
        return super().create(vals_list)

    def write(self, vals):
        if "kind" in vals:
            self._check_kind_change(vals["kind"])
        if vals.get("is_default"):
            self._check_one_default(len(self))
            self._clear_default()
        elif "is_default" in vals and any(self.mapped("is_default")):
            raise UserError(
                self.env._(
                    "There must be a default status: make another one the default"
                    " instead."
                )
            )
        return super().write(vals)

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%(name)s (copy)", name=status.name)}
            if "name" not in (default or {})
            else vals
            for status, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_except_protected(self):
        for status in self:
            if status.is_protected:
                raise UserError(
                    self.env._(
                        "The status %(status)s cannot be deleted: it is needed for "
                        "new prospects, conversion or junk. You can rename it.",
                        status=status.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self._count_all_leads()
        for status in self:
            if used.get(status):
                raise RedirectWarning(
                    self.env._(
                        "%(count)s prospects have the status %(status)s. Choose where"
                        " they go before it is deleted.",
                        count=used[status],
                        status=status.name,
                    ),
                    self.env.ref("prospect.prospect_status_delete_action").id,
                    self.env._("Choose another status for them"),
                    {"default_status_id": status.id},
                )

    def action_make_default(self):
        """New prospects get this status from now on."""
        self.ensure_one()
        self.is_default = True
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_delete(self):
        """Delete a status, asking first where its prospects go if it has some."""
        self.ensure_one()
        self._unlink_except_protected()
        if self._count_all_leads():
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "prospect.prospect_status_delete_action"
            )
            return {**action, "context": {"default_status_id": self.id}}
        self.unlink()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_view_leads(self):
        """Open the prospects that have this status now."""
        self.ensure_one()
        return self.env["crm.lead"]._prospect_action(
            Domain("status_id", "=", self.id), name=self.name
        )

    @api.model
    def _get_default(self):
        """The status of new prospects, as one record.

        :raises UserError: when there is none, which only raw SQL can do
        """
        status = self.browse(self._get_default_id())
        if not status:
            raise UserError(
                self.env._(
                    "No prospect status is the default one. Ask an administrator to"
                    " set it under Prospects > Configuration > Statuses."
                )
            )
        return status

    @api.model
    def _get_main(self, kind):
        """The oldest status of a kind: where Odoo's own buttons lead to.

        :param str kind: ``converted`` or ``junk``
        """
        return self.browse(self._get_main_id(kind))

    @api.model
    @ormcache()
    def _get_default_id(self):
        # sudo: a lead gets its status whoever makes it, a portal user for instance
        return self.sudo().search([("is_default", "=", True)], limit=1).id

    @api.model
    @ormcache("kind")
    def _get_main_id(self, kind):
        # sudo: as above
        return self.sudo().search([("kind", "=", kind)], order="id", limit=1).id

    @api.model
    @ormcache()
    def _get_new_ids(self):
        """Statuses of kind new, whose columns have the latest prospect first."""
        # sudo: as above
        return frozenset(self.sudo().search([("kind", "=", "new")]).ids)

    @api.model
    def _check_one_default(self, count):
        if count > 1:
            raise UserError(
                self.env._("Only one status can be the default: choose one of them.")
            )

    def _clear_default(self):
        """Make room for another default; :meth:`write` would refuse to leave none."""
        self.flush_model(["is_default"])
        self.env.cr.execute(
            "UPDATE prospect_status SET is_default = FALSE WHERE is_default"
        )
        self.invalidate_model(["is_default"])

    def _check_kind_change(self, kind):
        """The kind is the meaning of past rows of the log: fixed once used."""
        changed = self.filtered(lambda status: status.kind != kind)
        if not changed:
            return
        # sudo: a prospect that this person may not see uses the status all the same
        used = self.env["prospect.status.change"].sudo()
        for status in changed:
            if status.is_protected or used.search_count(
                ["|", ("from_id", "=", status.id), ("to_id", "=", status.id)], limit=1
            ):
                raise UserError(
                    self.env._(
                        "The kind of the status %(status)s is fixed: prospects have had"
                        " it. Make a new status instead.",
                        status=status.name,
                    )
                )

    def _count_all_leads(self):
        """Prospects by status, whoever may see them and archived or not."""
        # sudo: a status is shared by all companies and teams
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        return {
            status.sudo(False): count
            for status, count in leads._read_group(
                [("status_id", "in", self.ids)], ["status_id"], ["__count"]
            )
        }
