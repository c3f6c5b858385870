import psycopg2
import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.domains import DomainError, read_domain
from ...tools.given import is_numbers, takes
from ...tools.remarks import Remark, read_error, remark

NOT_CONVERTED = Domain("status_id.kind", "!=", "converted")
# Conditions that everybody who may read the prospect answers alike; what goes through
# another model may be hidden from somebody there.
NEUTRAL_PATHS = {"status_id.kind", "source_id.prospect_channel"}


class ProspectSegment(models.Model):
    """A saved filter, which is a tab above the prospects [MO-31, MO-32, IE-28].

    Its domain is a text that the web client made of a search: it may name the current
    user (``uid``) and the day (``context_today()``), and is read anew for each person.
    It selects among what the Prospects page shows, and what the person may see.

    Private to its owner, or shared with groups (with all sales people where none is
    named). The order of the tabs, and which shared ones are hidden, is each person's
    own: see ``prospect.segment.order``.
    """

    _name = "prospect.segment"
    _description = "Segment of Prospects"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=100, help="The order of the tabs for those who have not dragged them."
    )
    color = fields.Integer()
    active = fields.Boolean(default=True)
    domain = fields.Char(
        string="Filter",
        required=True,
        default="[]",
        help="Which prospects are in the segment, among those that each person may"
        " see.",
    )
    exclude_converted = fields.Boolean(
        help="Leave out those who have become customers, before contacting everyone.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        index="btree_not_null",
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
        ondelete="set null",
        help="May change and delete the segment, like the sales administrators.",
    )
    is_shared = fields.Boolean(
        string="Shared",
        help="Others have the tab as well; otherwise only the owner does.",
    )
    group_ids = fields.Many2many(
        comodel_name="res.groups",
        string="Shared with",
        help="Those who have the tab. Empty: all salespeople.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        help="Only shown while working in this company. Empty: in all of them.",
    )
    is_preset = fields.Boolean(
        readonly=True,
        copy=False,
        export_string_translation=False,
        help="Provided by the add-on: archive it instead of deleting it.",
    )
    sync_ids = fields.One2many(
        comodel_name="prospect.segment.sync",
        inverse_name="segment_id",
        string="Synced Lists",
        readonly=True,
    )
    can_edit = fields.Boolean(
        compute="_compute_can_edit", export_string_translation=False
    )
    is_shown = fields.Boolean(
        string="On My Bar",
        compute="_compute_is_shown",
        inverse="_inverse_is_shown",
        help="Whether you have the tab above your prospects.",
    )
    prospect_count = fields.Integer(
        string="Prospects",
        compute="_compute_prospect_count",
        help="Among those that you can see.",
    )
    counted_at = fields.Datetime(compute="_compute_prospect_count")
    count_duration = fields.Float(
        string="Time to Count (s)", compute="_compute_prospect_count"
    )

    # --- Fields -----------------------------------------------------------------------

    @api.depends_context("uid")
    @api.depends("user_id")
    def _compute_can_edit(self):
        editable = self._origin._filtered_access("write")
        for segment in self:
            segment.can_edit = not segment._origin or segment._origin in editable

    @api.depends_context("uid")
    def _compute_is_shown(self):
        hidden = self.env["prospect.segment.order"]._get_hidden(self)
        bar = self._get_visible()
        for segment in self:
            segment.is_shown = segment._origin in bar and segment._origin not in hidden

    def _inverse_is_shown(self):
        for segment in self:
            self.env["prospect.segment.order"]._set_hidden(
                segment, not segment.is_shown
            )

    @api.depends_context("uid", "allowed_company_ids", "tz")
    @api.depends("domain", "exclude_converted")
    def _compute_prospect_count(self):
        counts = self.env["prospect.segment.count"]._get_counts(self._origin)
        for segment in self:
            count = counts.get(segment._origin.id) or {}
            segment.prospect_count = count.get("count") or 0
            segment.counted_at = count.get("counted_at") or False
            segment.count_duration = count.get("duration") or 0

    # Not @api.constrains, whose methods run with all rights
    def _check_domain(self):
        """Refuse a filter that the person could not use."""
        try:
            for segment in self:
                segment._check_query()
        except UserError as error:
            raise ValidationError(read_error(error)) from error

    def _check_shared(self):
        """Who is no sales administrator shares with groups of their own."""
        if self.env.su or self.env.user.has_group("sales_team.group_sale_manager"):
            return
        for segment in self:
            # sudo: the names of groups, for the message
            foreign = segment.sudo().group_ids - self.env.user.sudo().all_group_ids
            if segment.is_shared and foreign:
                raise ValidationError(
                    self.env._(
                        "You can share a segment with groups that you are in. Take out"
                        " %(groups)s, or ask a sales administrator.",
                        groups=", ".join(foreign.mapped("full_name")),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_preset(vals)
        if not self.env.su:
            # a client can send defaults as well
            vals_list = [{**vals, "is_preset": False} for vals in vals_list]
        segments = super().create(vals_list)
        segments._check_domain()
        segments._check_shared()
        return segments

    def write(self, vals):
        if vals.keys() == {"is_shown"}:
            # each person's own, whoever may change the segment
            self.set_hidden(not vals["is_shown"])
            return True
        self._check_preset(vals)
        self._check_owner(vals)
        before = {segment: segment._get_filter_text() for segment in self}
        result = super().write(vals)
        if "domain" in vals:
            self._check_domain()
        if {"group_ids", "is_shared"} & vals.keys():
            self._check_shared()
        changed = self.filtered(
            lambda segment: segment._get_filter_text() != before[segment]
        )
        # sudo: whoever changes the segment may not see all lists that it syncs; what
        # the change means for them is decided there
        changed.sudo().with_context(active_test=False).sync_ids._follow_segment(
            self.env.user
        )
        return result

    def copy_data(self, default=None):
        """A copy is one's own."""
        return [
            {
                **vals,
                "name": self.env._("%(name)s (copy)", name=segment.name),
                "user_id": self.env.uid,
                "is_shared": False,
                "group_ids": False,
                **(default or {}),
            }
            for segment, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.ondelete(at_uninstall=False)
    def _unlink_no_preset(self):
        if any(segment.is_preset for segment in self):
            raise UserError(
                self.env._(
                    "The segments that come with Prospect cannot be deleted. Archive"
                    " them, or hide them from your own bar."
                )
            )

    @api.model
    def _check_preset(self, vals):
        if vals.get("is_preset") and not self.env.su:
            raise AccessError(
                self.env._("You cannot change which segments are provided by Prospect.")
            )

    @api.model
    def _check_owner(self, vals):
        """Nobody puts a tab of theirs on the bar of somebody else, as if it were that
        person's own.
        """
        if "user_id" not in vals or vals["user_id"] == self.env.uid or self.env.su:
            return
        if not self.env.user.has_group("sales_team.group_sale_manager"):
            raise AccessError(
                self.env._(
                    "Only sales administrators can give a segment to somebody else: "
                    "share it instead."
                )
            )

    # --- Which prospects --------------------------------------------------------------

    def _get_filter_text(self):
        """What decides who is in it: the same text, the same prospects."""
        return f"{self.domain}{' - converted' * self.exclude_converted}"

    def _read_domain(self):
        """Its domain for the current user, and the names that its text uses.

        :return: (Domain, set of names)
        :raises UserError: when the text cannot be read
        """
        self.ensure_one()
        names = {
            "uid": self.env.uid,
            "allowed_company_ids": self.env.companies.ids,
            "current_company_id": self.env.company.id,
        }
        tz = pytz.timezone(self.env.user.tz or self.env.context.get("tz") or "UTC")
        try:
            conditions, used = read_domain(self.domain, names, tz)
            domain = Domain(conditions)
            domain.validate(self.env["crm.lead"])
        except DomainError as error:
            raise self._make_error(
                remark(self.env, "segments.unreadable", part=str(error))
            ) from error
        except (ValueError, TypeError, KeyError) as error:
            raise self._make_error(error) from error
        self._check_custom_fields(domain)
        if self.exclude_converted:
            domain &= NOT_CONVERTED
        return domain, used

    def _check_custom_fields(self, domain):
        """Refuse conditions on custom fields that were deleted: the database would find
        nobody, and a mirrored list would lose all its members.
        """
        keys = {
            path.split(".")[1]
            for condition in domain.iter_conditions()
            if (path := condition.field_expr).startswith("properties.")
        }
        if not keys:
            return
        # sudo: whether they exist, nothing else
        rows = self.env["prospect.property"].sudo().search([("key", "in", list(keys))])
        if keys - set(rows.mapped("key")):
            raise self._make_error(remark(self.env, "segments.custom_field"))

    def _make_error(self, reason):
        if isinstance(reason, Exception):
            reason = read_error(reason)
        if not isinstance(reason, Remark) or reason.endswith("."):
            reason = str(reason).strip().rstrip(".")
        return UserError(
            remark(
                self.env,
                "segments.broken",
                segment=self.name or "",
                reason=reason,
            )
        )

    def _get_domain(self):
        """The listed prospects that are in the segment, for the current user."""
        return self.env["crm.lead"]._prospect_listed_domain() & self._read_domain()[0]

    def _get_query(self, extra=None):
        """The query of :meth:`_get_domain`, with the rights of the current user.

        :param Domain extra: another condition
        :raises UserError: when the filter cannot be used, in words
        """
        domain = self._get_domain()
        if extra is not None:
            domain &= extra
        try:
            return self.env["crm.lead"]._search(domain)
        except (ValueError, TypeError, KeyError, UserError) as error:
            # what Odoo refuses: a field that is hidden, a date that is none
            raise self._make_error(error) from error

    def _check_query(self):
        """Refuse a filter that the database would not understand, without asking it.

        :raises UserError: in words
        """
        query = self._get_query()
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    SQL("EXPLAIN %s", query.select()), log_exceptions=False
                )
        except psycopg2.DataError as error:
            raise self._make_error(error.diag.message_primary) from error
        except psycopg2.ProgrammingError as error:
            raise self._make_error(error.diag.message_primary) from error

    def _is_personal(self):
        """Whether people who see the same prospects may find different ones in it."""
        domain, used = self._read_domain()
        if used & {"uid", "allowed_company_ids", "current_company_id"}:
            return True
        leads = self.env["crm.lead"]
        for condition in domain.iter_conditions():
            path = condition.field_expr
            field = leads._fields.get(path)
            if path not in NEUTRAL_PATHS and not (
                field and field.store and field.column_type
            ):
                return True
        return False

    # --- The bar ----------------------------------------------------------------------

    @api.model
    def _get_visible(self):
        """The segments that the current user can have as tabs, in the common order."""
        # sudo: the groups of the person
        groups = self.env.user.sudo().all_group_ids
        shared = Domain("is_shared", "=", True) & (
            Domain("group_ids", "=", False) | Domain("group_ids", "in", groups.ids)
        )
        companies = Domain("company_id", "in", [*self.env.companies.ids, False])
        return self.search((Domain("user_id", "=", self.env.uid) | shared) & companies)

    @api.model
    def get_bar(self):
        """The tabs of the current user, in their order.

        :return: dict with ``segments`` (hidden ones too, marked) and what the person
            may do
        """
        orders = self.env["prospect.segment.order"]
        segments = orders._sort(self._get_visible())
        hidden = orders._get_hidden(segments)
        return {
            "segments": [
                {
                    "id": segment.id,
                    "name": segment.name,
                    "color": segment.color,
                    "domain": segment.domain,
                    "exclude_converted": segment.exclude_converted,
                    "is_shared": segment.is_shared,
                    "is_mine": segment.user_id == self.env.user,
                    "is_preset": segment.is_preset,
                    "is_hidden": segment in hidden,
                    "can_edit": segment.can_edit,
                    "actions": segment._get_segment_actions(),
                }
                for segment in segments
            ],
            "page_domain": list(self.env["crm.lead"]._prospect_listed_domain()),
        }

    @api.model
    @takes(segment_ids=is_numbers)
    def get_counts(self, segment_ids):
        """How many prospects the current user sees in some segments.

        :param list segment_ids: numbers
        :return: {number: {"count", "counted_at", "error"}}; ``count`` is None while it
            was never counted, and where the filter is broken, which ``error`` says
        """
        segments = self.search([("id", "in", segment_ids or [])])
        counts = self.env["prospect.segment.count"]._get_counts(segments)
        return {
            number: {
                **count,
                "counted_at": fields.Datetime.to_string(count.get("counted_at"))
                or False,
            }
            for number, count in counts.items()
        }

    @api.model
    @takes(segment_ids=is_numbers)
    def set_order(self, segment_ids):
        """Keep the order in which the current user has put the tabs [MO-33].

        :param list segment_ids: numbers, the first tab first
        """
        self.env["prospect.segment.order"]._set_order(
            self.search([("id", "in", segment_ids or [])]).sorted(
                lambda segment: segment_ids.index(segment.id)
            )
        )

    def set_hidden(self, is_hidden):
        """Take tabs off the current user's bar, or put them back."""
        self.env["prospect.segment.order"]._set_hidden(self, is_hidden)

    # --- What can be done with a segment ----------------------------------------------

    def _get_segment_actions(self):
        """What the menu of the tab offers, for the current user. Bridges add to it.

        :return: list of dicts: ``method``, a public method of the segment that returns
            an action; ``label``; ``icon``, a class of Font Awesome
        """
        self.ensure_one()
        env = self.env
        rights = env["prospect.right"]
        actions = [
            {
                "method": "action_open",
                "label": env._("Open"),
                "icon": "fa-external-link",
            }
        ]
        if rights._may("bulk"):
            actions.append(
                {
                    "method": "action_bulk",
                    "label": env._("Bulk operation"),
                    "icon": "fa-tasks",
                }
            )
        if rights._may("export") and env.user.has_group("base.group_allow_export"):
            actions.append(
                {
                    "method": "action_export",
                    "label": env._("Export"),
                    "icon": "fa-download",
                }
            )
        actions.append(
            {
                "method": "action_sync",
                "label": env._("Sync to a list"),
                "icon": "fa-list-ul",
            }
        )
        return actions

    def action_open(self):
        """The prospects of the segment, on a page of their own."""
        self.ensure_one()
        return self.env["crm.lead"]._prospect_action(
            self._read_domain()[0], {"prospect_segment_page": self.id}, name=self.name
        )

    def action_bulk(self):
        """Several changes of all prospects of the segment at once."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "prospect.prospect_bulk_action"
        )
        domain = list(self._get_domain())
        return {
            **action,
            "context": {"active_model": "crm.lead", "prospect_domain": domain},
        }

    def action_export(self):
        """Odoo's dialog of exports, on the prospects of the segment."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "prospect_segment_export",
            "params": {"domain": list(self._get_domain()), "name": self.name},
        }

    def action_sync(self):
        """Ask which list is synced, and how."""
        self.ensure_one()
        return {
            **self._get_sync_action(),
            "context": {"default_segment_id": self.id},
        }

    @api.model
    def _get_sync_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Sync to a list"),
            "res_model": "prospect.segment.sync.start",
            "views": [(False, "form")],
            "target": "new",
        }
