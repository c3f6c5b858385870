from datetime import datetime, time, timedelta

import pytz
from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

# Rows of the tables of sources, people and lists.
LONGEST = 12


class ProspectSummary(models.TransientModel):
    """What a team did in a period, on paper: chosen here, printed as a PDF."""

    _name = "prospect.summary"
    _description = "Summary of Prospects to Print"

    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        help="Empty: all prospects that you see.",
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._default_from()
    )
    date_to = fields.Date(
        string="To", required=True, default=lambda self: self._default_to()
    )

    @api.model
    def _default_from(self):
        """The first day of the month before this one."""
        today = fields.Date.context_today(self)
        return today.replace(day=1) - relativedelta(months=1)

    @api.model
    def _default_to(self):
        return fields.Date.context_today(self).replace(day=1) - timedelta(days=1)

    def action_print(self):
        """The PDF.

        :raises UserError: when the period ends before it begins
        """
        self.ensure_one()
        self._check_period()
        return self.env.ref("prospect.prospect_summary_report").report_action(self)

    def _check_period(self):
        if self.date_to < self.date_from:
            raise UserError(
                self.env._("The period ends before it begins: change its dates.")
            )

    # --- For the page -----------------------------------------------------------------

    def get_page(self):
        """All that the printed page shows, in the language and rights of the person."""
        self.ensure_one()
        self.check_access("read")
        self._check_period()
        self.team_id.check_access("read")
        figures = self.env["prospect.figures"]
        domain = Domain("team_id", "=", self.team_id.id) if self.team_id else ()
        leads = figures._get_leads(domain)
        days = self.date_to - self.date_from + timedelta(days=1)
        period = self._get_bounds(self.date_from, self.date_to)
        before = self._get_bounds(self.date_from - days, self.date_to - days)
        totals = figures._get_totals(leads, *period)
        return {
            "team": self.team_id.name or self.env._("All teams"),
            "period": self.env._(
                "From %(start)s to %(end)s",
                start=format_date(self.env, self.date_from),
                end=format_date(self.env, self.date_to),
            ),
            "before": self.env._(
                "%(start)s to %(end)s",
                start=format_date(self.env, self.date_from - days),
                end=format_date(self.env, self.date_to - days),
            ),
            "cards": self._get_cards(totals, figures._get_totals(leads, *before)),
            "funnel": self._get_funnel(leads, totals["new"], period),
            "sources": self._get_table("source_id", leads, period),
            "people": self._get_table("user_id", leads, period),
            "lists": self._get_lists(leads, period),
        }

    def _get_bounds(self, first, last):
        """The first moment of a day, and the first one after another, in UTC."""
        zone = pytz.timezone(self.env.user.tz or "UTC")
        return tuple(
            zone.localize(datetime.combine(day, time()))
            .astimezone(pytz.utc)
            .replace(tzinfo=None)
            for day in (first, last + timedelta(days=1))
        )

    def _get_cards(self, totals, before):
        """The figures on top, each with the one of the period before."""
        labels = {
            "new": self.env._("New prospects"),
            "converted": self.env._("Converted"),
            "junk": self.env._("Junk"),
        }
        return [
            {
                "label": label,
                "count": totals[name],
                "before": before[name],
                "change": totals[name] - before[name],
            }
            for name, label in labels.items()
        ]

    def _get_funnel(self, leads, arrived, period):
        """How many of those that came reached each status so far."""
        reached = self.env["prospect.figures"]._get_reached(leads, *period)
        # a handful of statuses
        # pylint: disable=no-search-all
        statuses = self.env["prospect.status"].search([])
        return [
            {
                "name": status.name,
                "kind": status.kind,
                "count": reached.get(status.id, 0),
                "share": reached.get(status.id, 0) / arrived if arrived else 0,
            }
            for status in statuses
        ]

    def _get_table(self, fname, leads, period):
        """What became of those that came, by source or salesperson."""
        rows = self.env["prospect.figures"]._get_by(fname, leads, *period)
        model = self.env["crm.lead"]._fields[fname].comodel_name
        # sudo: as on the pages, the name of what a visible prospect refers to
        records = self.env[model].sudo().browse([row[0] for row in rows if row[0]])
        names = {record.id: record.display_name for record in records}
        table = [
            {
                "name": names.get(number, self.env._("None")),
                "new": new,
                "converted": converted,
                "junk": junk,
                "rate": converted / new,
            }
            for number, new, converted, junk in rows
        ]
        return self._cut(table)

    def _cut(self, table):
        """A table of so many rows as a page holds; the others are one row."""
        if len(table) <= LONGEST:
            return table
        rest = table[LONGEST - 1 :]
        sums = {
            name: sum(row[name] for row in rest)
            for name in ("new", "converted", "junk")
        }
        others = {
            "name": self.env._("%(count)s others", count=len(rest)),
            **sums,
            "rate": sums["converted"] / sums["new"],
        }
        return [*table[: LONGEST - 1], others]

    def _get_lists(self, leads, period):
        """How lists grew, those with most changes first."""
        rows = self.env["prospect.figures"]._get_lists(leads, *period)
        lists = self.env["prospect.list"].browse([row[0] for row in rows])
        table = [
            {"name": each.name, "joined": joined, "left": left, "now": now}
            for each, (_number, joined, left, now) in zip(lists, rows, strict=True)
        ]
        table.sort(key=lambda row: -(row["joined"] + row["left"]))
        return table[:LONGEST]
