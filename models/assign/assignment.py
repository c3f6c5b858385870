from odoo import api, fields, models
from odoo.tools import format_date

from ...tools.trusted import read_trusted

# People that one reason names.
SHOWN_PEOPLE = 10


class ProspectAssignment(models.Model):
    """One change of the salesperson of one prospect [MO-23].

    ``crm.lead.user_id`` is the present state, these rows are its history: who got the
    prospect (``assignee_id``, empty when it was set free), from whom
    (``former_assignee_id``), and, as in the other histories, when (``date``), by whom
    (``user_id``) and why (``cause``, ``reason``).

    ``reason`` is plain data, so that it can be told in the language of who reads it:

    - ``how``: ``rotation`` (it was their turn) or ``share`` (distributed among people)
    - ``skipped``: [[user id, why, until when or how many]], those whose turn it would
      have been, in their order; see :meth:`_describe_skipped`
    """

    _name = "prospect.assignment"
    _inherit = ["prospect.log.mixin"]
    _description = "Assignment of a Prospect"
    _log_access = False

    # what a daily limit counts
    _day_idx = models.Index("(rotation_id, assignee_id, date) WHERE cause = 'rotation'")

    assignee_id = fields.Many2one(
        comodel_name="res.users",
        string="Assigned to",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Empty: the prospect was unassigned.",
    )
    former_assignee_id = fields.Many2one(
        comodel_name="res.users",
        string="Assigned Before to",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    rotation_id = fields.Many2one(
        comodel_name="prospect.rotation",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    reason = fields.Json(
        string="Reason as Data", readonly=True, export_string_translation=False
    )
    reason_text = fields.Text(string="Reason", compute="_compute_reason_text")

    @api.model
    def _get_trace(self):
        """What the context says about why prospects are assigned, as values of rows."""
        trace = {"cause": self._get_cause(), "rotation_id": None, "reason": None}
        # what was distributed: a rotation's number, or 0 for people who were chosen
        distribution = read_trusted(self.env.context, "prospect_distribute")
        if distribution is not None:
            trace.update(rotation_id=distribution or None, reason={"how": "share"})
        return trace

    @api.depends("reason", "cause")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        """Why this person, in words; empty where the cause says it all."""
        names = self._read_user_names()
        for row in self:
            row.reason_text = row._describe_reason(names) or False

    def _read_user_names(self):
        """{number: name} of the people whom the reasons of ``self`` name."""
        numbers = {
            user_id
            for row in self
            for user_id, *_why in (row.reason or {}).get("skipped", ())
        }
        # sudo: the names of colleagues, who may be archived by now
        users = self.env["res.users"].sudo().browse(numbers).exists()
        return {user.id: user.name for user in users}

    def _describe_reason(self, names):
        """The reason of one row in words.

        :param dict names: of people, by their numbers
        """
        reason = self.reason or {}
        parts = []
        if reason.get("how") == "rotation":
            parts.append(self.env._("It was their turn."))
        elif reason.get("how") == "share":
            parts.append(self.env._("Distributed among several people."))
        skipped = reason.get("skipped") or []
        parts.extend(
            self.env._(
                "%(person)s was skipped: %(why)s.",
                person=names.get(user_id, self.env._("somebody")),
                why=self._describe_skipped(why, detail),
            )
            for user_id, why, detail in skipped[:SHOWN_PEOPLE]
        )
        if len(skipped) > SHOWN_PEOPLE:
            parts.append(
                self.env._(
                    "%(count)s more were skipped.", count=len(skipped) - SHOWN_PEOPLE
                )
            )
        return " ".join(parts)

    @api.model
    def _describe_skipped(self, why, detail):
        """Why somebody had no turn, in words.

        :param str why: ``absent`` (until the day in ``detail``), ``limit`` (of so many
            a day), ``archived`` or ``company``
        """
        if why == "absent":
            day = fields.Date.to_date(detail)
            if not day:
                return self.env._("absent")
            return self.env._(
                "absent until %(day)s",
                day=format_date(self.env, day),
            )
        if why == "limit":
            return self.env._("limit of %(limit)s a day reached", limit=detail)
        if why == "archived":
            return self.env._("no longer works here")
        return self.env._("does not work for this company")
