from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, sql

from ...tools.given import is_number, takes
from ...tools.jobs import claim
from ...tools.lifecycles import CONTACT
from ...tools.statuses import OPEN_KINDS
from ...tools.trusted import trusted

# How a column of the board is sorted.
SORTS = {
    "arrival": "create_date DESC, id DESC",
    "contact": "prospect_contact_at ASC NULLS FIRST, create_date ASC, id ASC",
    "stars": "priority DESC, id DESC",
}
# Seconds during which a drag can be taken back.
TAKE_BACK = 60


class CrmLead(models.Model):
    """What the board of prospects shows and does: who waits, what nobody has opened,
    in which order the columns are, and what is taken, or taken back.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    prospect_contact_at = fields.Datetime(
        string="Last Contact",
        readonly=True,
        copy=False,
        help="When somebody who works here last wrote to the prospect, or did what was"
        " planned for it.",
    )
    prospect_opened_at = fields.Datetime(
        string="First Opened",
        readonly=True,
        copy=False,
        help="When somebody opened the prospect for the first time.",
    )
    prospect_days = fields.Integer(
        string="Days without Contact",
        compute="_compute_prospect_days",
        help="Since the last contact, else since the prospect arrived.",
    )
    status_waiting_days = fields.Integer(
        related="status_id.waiting_days", string="Days That the Status Allows"
    )
    prospect_is_waiting = fields.Boolean(
        string="Waits Too Long",
        compute="_compute_prospect_is_waiting",
        help="Without contact for as many days as its status allows, or more.",
    )
    prospect_is_unread = fields.Boolean(
        string="Not Opened Yet",
        compute="_compute_prospect_is_unread",
        help="New, and nobody has opened it.",
    )

    # new ones first, in a column of any size
    _prospect_arrival_idx = models.Index(
        "(status_id, create_date DESC, id DESC) WHERE is_listed IS TRUE"
    )

    def _auto_init(self):
        """Who was there before is no news; contacts are in the messages."""
        is_new = not sql.column_exists(self.env.cr, self._table, "prospect_opened_at")
        result = super()._auto_init()
        if is_new:
            self.env.cr.execute(
                "UPDATE crm_lead SET prospect_opened_at = create_date"
                " WHERE prospect_opened_at IS NULL"
            )
            self._prospect_update_contacts(SQL("message.model = 'crm.lead'"))
        return result

    @api.depends("prospect_contact_at", "create_date")
    def _compute_prospect_days(self):
        now = self.env.cr.now().replace(tzinfo=None)
        for lead in self:
            since = lead.prospect_contact_at or lead.create_date or now
            lead.prospect_days = max((now - since).days, 0)

    @api.depends("prospect_days", "status_waiting_days", "status_kind", "type")
    def _compute_prospect_is_waiting(self):
        for lead in self:
            limit = lead.status_waiting_days
            lead.prospect_is_waiting = bool(
                limit
                and lead.type == "lead"
                and lead.status_kind in OPEN_KINDS
                and lead.prospect_days >= limit
            )

    @api.depends("prospect_opened_at", "status_kind")
    def _compute_prospect_is_unread(self):
        for lead in self:
            lead.prospect_is_unread = (
                lead.status_kind == "new" and not lead.prospect_opened_at
            )

    # --- What happens to it ---------------------------------------------------------

    @api.model
    def _prospect_update_contacts(self, condition):
        """Write down the last contact of the prospects of some messages, with one
        query, and without a change of the prospect: nothing else of it is written.

        :param SQL condition: on ``message``
        """
        self.env.cr.execute(
            SQL(
                f"""UPDATE crm_lead AS lead
                       SET prospect_contact_at =
                           GREATEST(lead.prospect_contact_at, contact.date)
                      FROM (SELECT message.res_id, max(message.date) AS date
                            {CONTACT} AND %(condition)s
                           GROUP BY message.res_id) AS contact
                     WHERE lead.id = contact.res_id
                       AND (lead.prospect_contact_at IS NULL
                            OR lead.prospect_contact_at < contact.date)""",
                robot=SUPERUSER_ID,
                comment=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
                condition=condition,
            )
        )
        self.invalidate_model(
            ["prospect_contact_at", "prospect_days", "prospect_is_waiting"], flush=False
        )

    @api.model
    def _prospect_before_merge(self, survivor, others):
        """Who was in contact with one of them was with what is left."""
        result = super()._prospect_before_merge(survivor, others)
        dates = [date for date in others.mapped("prospect_contact_at") if date]
        latest = max(dates, default=None)
        if latest and latest > (survivor.prospect_contact_at or latest.min):
            # sudo: only the model writes it
            survivor.sudo().prospect_contact_at = latest
        return result

    def prospect_mark_opened(self):
        """Somebody has opened the page of ``self``.

        Nothing of the prospect itself is changed by that: who edits it meanwhile is not
        in its way.
        """
        self.check_access("read")
        free = claim(
            self.env,
            SQL(
                "SELECT id FROM crm_lead WHERE id = ANY(%s)"
                " AND prospect_opened_at IS NULL ORDER BY id",
                self.ids,
            ),
        )
        self.env.cr.execute(
            SQL(
                "UPDATE crm_lead SET prospect_opened_at = %s WHERE id = ANY(%s)",
                self.env.cr.now(),
                free,
            )
        )
        self.invalidate_recordset(
            ["prospect_opened_at", "prospect_is_unread"], flush=False
        )
        return True

    def _prospect_lock(self):
        """Wait for whoever writes ``self`` at this moment."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL("SELECT FROM crm_lead WHERE id = ANY(%s) FOR UPDATE", self.ids)
        )
        self.invalidate_recordset()

    def action_prospect_take(self):
        """Become the salesperson of prospects that have none.

        :raises UserError: when somebody else was faster, for whoever looks at a page
            from before
        """
        if not self.has_access("write"):
            raise UserError(
                self.env._(
                    "You cannot take it: somebody else may have done so already."
                )
            )
        self._prospect_lock()
        for lead in self:
            if lead.user_id and lead.user_id != self.env.user:
                raise UserError(
                    self.env._(
                        "%(person)s has already taken %(prospect)s.",
                        person=lead.user_id.name,
                        prospect=lead.name,
                    )
                )
        self.filtered(lambda lead: not lead.user_id).write({"user_id": self.env.uid})
        return True

    @takes(from_id=is_number, to_id=is_number)
    def prospect_take_back(self, from_id, to_id):
        """Take back a drag from one status to another, while nothing came after it.

        A write like any other: no operation, no receipt.

        :param int from_id: the status from which the card was dragged
        :param int to_id: where it was dropped
        :raises UserError: when something came after it, or it was too long ago
        """
        if len(self) != 1:
            raise UserError(self.env._("Choose one record first."))
        self.check_access("write")
        self._prospect_lock()
        # sudo: the history decides, whoever may read it
        change = (
            self.env["prospect.status.change"]
            .sudo()
            .search(
                [("lead_id", "=", self.id), ("former_lead_id", "=", False)],
                order="id desc",
                limit=1,
            )
        )
        since = self.env.cr.now().replace(tzinfo=None) - timedelta(seconds=TAKE_BACK)
        is_last = (
            (change.from_id.id, change.to_id.id) == (from_id, to_id)
            and self.status_id.id == to_id
            and change.user_id == self.env.user
        )
        if not change or not is_last:
            raise UserError(
                self.env._(
                    "%(prospect)s has changed since: its status is left as it is.",
                    prospect=self.name,
                )
            )
        if change.date < since:
            raise UserError(
                self.env._(
                    "This was too long ago to take it back: drag the card instead."
                )
            )
        back = self.with_context(**trusted(prospect_cause="undo"))
        back.status_id = from_id
        return True

    # --- The order of the columns ---------------------------------------------------

    @api.model
    def web_read_group(self, domain, groupby, *args, **kwargs):
        """On the board each column has an order of its own; see :meth:`_search`."""
        model = self
        if "prospect_sorts" in self.env.context and (
            list(groupby) != ["status_id"] or kwargs.get("order")
        ):
            # a page that somebody has sorted stays so
            model = self.with_context(prospect_sorts=None)
        return super(CrmLead, model).web_read_group(domain, groupby, *args, **kwargs)

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        """Of one status, in the order that the person has chosen for its column."""
        sorts = self.env.context.get("prospect_sorts")
        if isinstance(sorts, dict) and limit and self._prospect_is_usual(order):
            order = self._prospect_get_column_order(domain, sorts) or order
        return super()._search(
            domain, offset=offset, limit=limit, order=order, **kwargs
        )

    @api.model
    def _prospect_is_usual(self, order):
        """Whether an order is that of a page which nobody has sorted."""
        return not order or order.split() == self._order.replace(",", ", ").split()

    @api.model
    def _prospect_get_column_order(self, domain, sorts):
        """The order of a column, or None where it has none of its own.

        :param domain: of the prospects that are looked for
        :param dict sorts: {id of the status, as a text: key of ``SORTS``}, as chosen;
            new ones are sorted by arrival unless something else is
        """
        status_ids = {
            number
            for condition in Domain(domain).optimize(self).iter_conditions()
            if condition.field_expr == "status_id" and condition.operator in ("=", "in")
            for number in (
                [condition.value]
                if isinstance(condition.value, int)
                else list(condition.value or ())
            )
        }
        if len(status_ids) != 1:
            return None
        (number,) = status_ids
        chosen = sorts.get(str(number))
        if not isinstance(chosen, str) or chosen not in SORTS:
            is_new = number in self.env["prospect.status"]._get_new_ids()
            chosen = "arrival" if is_new else None
        return SORTS.get(chosen)
