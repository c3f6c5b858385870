from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_datetime

from ..tools.periods import get_previous, get_zone, to_utc

# Days of a period that is printed: those before it are days as well.
YEARS = range(1900, 2100)
# Rows of the tables of sources, people and lists.
LONGEST = 12


class ProspectSummary(models.TransientModel):
    """What a team did in a period, on paper: chosen here, printed as a PDF."""

    _name = "prospect.summary"
    _description = "Printable Summary of Prospects"

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
        if {self.date_from.year, self.date_to.year} - {*YEARS}:
            raise UserError(
                self.env._(
                    "Choose a year from %(first)s to %(last)s.",
                    first=YEARS[0],
                    last=YEARS[-1],
                )
            )

    # --- For the page -----------------------------------------------------------------

    def get_page(self):
        """All that the printed page shows, in the language and rights of the person."""
        self.ensure_one()
        self.check_access("read")
        self._check_period()
        self.team_id.check_access("read")
        figures = self.env["prospect.figures"]
        domain = Domain.TRUE
        if self.team_id:
            domain = Domain("team_id", "=", self.team_id.id)
        leads = figures._get_leads(domain)
        days = self.date_from, self.date_to
        former_days = get_previous(*days)
        period, before = self._get_bounds(*days), self._get_bounds(*former_days)
        totals = figures._get_totals(leads, *period)
        moment = self.env["prospect.lifecycle.refresh"]._bring_up_to_date()
        arrived = domain & self.env["prospect.analysis"]._get_period_domain(
            "arrived_at", *days
        )
        people = arrived
        if not self.env.user._prospect_sees_rates():
            people &= Domain("user_id", "in", [self.env.uid, False])
        return {
            "team": self.team_id.name or self.env._("All teams"),
            "period": self.env._(
                "From %(start)s to %(end)s",
                start=format_date(self.env, self.date_from),
                end=format_date(self.env, self.date_to),
            ),
            "before": self.env._(
                "%(start)s to %(end)s",
                start=format_date(self.env, former_days[0]),
                end=format_date(self.env, former_days[1]),
            ),
            "cards": self._get_cards(totals, figures._get_totals(leads, *before)),
            "funnel": self._get_funnel(arrived),
            "sources": self._get_table("source_id", arrived, self.env._("No source")),
            "people": self._get_table("user_id", people, self.env._("Unassigned")),
            "lists": self._get_lists(leads, period),
            "moment": moment and format_datetime(self.env, moment),
        }

    def _get_bounds(self, first, last):
        """The first moment of a day, and the first one after another, in UTC."""
        zone = get_zone(self.env.user.tz)
        return to_utc(first, zone), to_utc(last + timedelta(days=1), zone)

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

    def _get_funnel(self, arrived):
        """How many of those that came reached each step so far, as on the pages.

        :param Domain arrived: those that came, on their lifecycles
        """
        funnel = self.env["prospect.analysis"]._get_funnel(
            {"domain": arrived, "previous": None}
        )
        total = funnel["total"]["value"]
        return [
            {
                "name": self.env._("%(stage)s (opportunity)", stage=step["label"])
                if step["kind"] == "opportunity"
                else step["label"],
                "kind": step["kind"],
                "count": step["count"]["value"],
                "of": total,
                "share": step["count"]["value"] / total if total else 0,
            }
            for step in funnel["steps"] + funnel["exits"]
        ]

    def _get_table(self, fname, arrived, nothing):
        """What became of those that came, by source or salesperson, most first.

        :param str nothing: what those without are called
        """
        rows = self.env["prospect.analysis"]._select(
            "prospect.lifecycle",
            arrived,
            SQL(
                "%s, count(*), sum(converted)::int, sum(junk)::int",
                SQL.identifier(fname),
            ),
            SQL.identifier(fname),
        )
        rows.sort(key=lambda row: (-row[1], row[0] or 0))
        model = self.env["crm.lead"]._fields[fname].comodel_name
        # sudo: as on the pages, the name of what a visible prospect refers to
        records = self.env[model].sudo().browse([row[0] for row in rows if row[0]])
        names = {record.id: record.display_name for record in records}
        table = [
            {
                "name": names.get(number, nothing),
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
