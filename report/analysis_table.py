from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.periods import get_next_start, get_zone

# Days after which a cohort is looked at.
MILESTONES = (7, 30, 90)
# Rows of one table: the others are told by their number.
MAX_ROWS = 500


class ProspectAnalysis(models.AbstractModel):
    """The tables of ``prospect.analysis``: cohorts, people and sources.

    ``columns`` say what stands in the cells of ``rows``, in the same order.
    """

    _name = "prospect.analysis"
    _inherit = ["prospect.analysis"]

    # --- Cohorts --------------------------------------------------------------------

    @api.model
    def _get_cohorts(self, filters):
        """Prospects by week or month of arrival: where they are, and how soon they
        converted. The sum of all cohorts is the total.
        """
        zone = get_zone(self.env.user.tz)
        statuses = self._get_present_statuses()
        rows = self._read_cohorts(filters, statuses, zone)
        figures = {row[0]: row[1:] for row in rows}
        columns = [{"label": self.env._("Prospects")}]
        columns += [{"label": status.name} for status in statuses]
        for days in MILESTONES:
            label = self.env._("Converted in %(days)s days", days=days)
            told = self.env._(
                "At their first conversion. Prospects less than %(days)s days old may "
                "still convert.",
                days=days,
            )
            columns.append({"label": label, "help": told})
        lines = [
            self._describe_cohort(filters, day, figures[day], statuses)
            for day in sorted(figures, reverse=True)[:MAX_ROWS]
        ]
        total = [sum(column) for column in zip(*figures.values(), strict=True)]
        return {
            "columns": columns,
            "rows": lines,
            "left_out": max(len(figures) - MAX_ROWS, 0),
            "total": total
            and self._describe_cohort_cells(filters["domain"], total, statuses),
        }

    @api.model
    def _get_present_statuses(self):
        # a handful of columns
        # pylint: disable=no-search-all
        return self.env["prospect.status"].search([])

    @api.model
    def _read_cohorts(self, filters, statuses, zone):
        """(first day, prospects, of each status, converted by each milestone) rows."""
        period = SQL(
            "date_trunc(%s, arrived_at AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            filters["interval"],
            zone.key,
        )
        columns = [
            period,
            SQL("count(*)"),
            *(
                SQL("count(*) FILTER (WHERE status_id = %s)", status.id)
                for status in statuses
            ),
            *(
                SQL("count(*) FILTER (WHERE days_to_conversion <= %s)", days)
                for days in MILESTONES
            ),
        ]
        return self._select(
            "prospect.lifecycle", filters["domain"], SQL(", ").join(columns), SQL("1")
        )

    @api.model
    def _describe_cohort(self, filters, day, figures, statuses):
        """One line: the part of its week or month that lies in the period."""
        after = get_next_start(day, filters["interval"])
        first, last = filters["days"]
        last_day = after - timedelta(days=1)
        here = filters["other"] & self._get_period_domain(
            "arrived_at",
            max(day, first) if first else day,
            min(last_day, last) if last else last_day,
        )
        cells = self._describe_cohort_cells(here, figures, statuses)
        age = (fields.Date.context_today(self) - last_day).days
        for cell, days in zip(cells[-len(MILESTONES) :], MILESTONES, strict=True):
            cell["so_far"] = age < days
        return {"key": str(day), "date": str(day), "cells": cells}

    @api.model
    def _describe_cohort_cells(self, here, figures, statuses):
        total, *others = figures
        leads = self._leads_of
        now, early = others[: len(statuses)], others[len(statuses) :]
        return [
            self._cell(total, leads("lifecycle_ids", here)),
            *(
                self._cell(
                    number,
                    leads("lifecycle_ids", here & Domain("status_id", "=", status.id)),
                )
                for status, number in zip(statuses, now, strict=True)
            ),
            *(
                self._cell(
                    number,
                    leads(
                        "lifecycle_ids",
                        here
                        & Domain("converted", "=", 1)
                        & Domain("days_to_conversion", "<=", days),
                    ),
                    of=total,
                    kind="rate",
                )
                for days, number in zip(MILESTONES, early, strict=True)
            ),
        ]

    # --- People ---------------------------------------------------------------------

    @api.model
    def _get_people(self, filters):
        """What each person did with the prospects that they received in the period."""
        first, last = filters["days"]
        shown = filters["shown"]
        domain = self._get_person_domain(filters, first, last)
        figures = {row[0]: row[1:] for row in self._read_people(domain)}
        earlier, before = None, {}
        if filters["previous"]:
            _other, *days = filters["previous"]
            earlier = self._get_person_domain(filters, *days)
            before = {row[0]: row[1:] for row in self._read_people(earlier)}
        here = self._get_lead_domain(filters["other"])
        overdue = self._read_overdue(here)
        own = self.env.uid
        sees_all = self.env.user._prospect_sees_rates()
        if "person" in shown or not sees_all:
            overdue = {
                person: number
                for person, number in overdue.items()
                if person == shown.get("person", person) and (sees_all or person == own)
            }
        people = self.env["res.users"].browse(
            {number for number in (*figures, *overdue) if number}
        )
        # sudo: names of colleagues, who may be archived by now
        names = {user.id: user.name for user in people.sudo().exists()}
        numbers = sorted(
            {*figures, *overdue},
            key=lambda number: (
                # one's own rates come first
                number != own,
                -figures.get(number, (0,))[0],
                names.get(number, ""),
            ),
        )
        nobody = (0, 0, 0, 0, None, None)
        return {
            "domain": list(domain),
            "columns": [
                {"label": self.env._("Prospects received")},
                {
                    "label": self.env._("Contacted"),
                    "help": self.env._(
                        "By the person: an e-mail or SMS sent, an activity done, or "
                        "the first change of status, except to junk."
                    ),
                },
                {
                    "label": self.env._("Converted"),
                    "help": self.env._("While the person had the prospect."),
                },
                {
                    "label": self.env._("Junk"),
                    "help": self.env._(
                        "Became junk while assigned to the person, and still is."
                    ),
                },
                {"label": self.env._("Time to first contact (median)")},
                {"label": self.env._("Time to conversion (median)")},
                {
                    "label": self.env._("With activities overdue"),
                    "help": self.env._("Today, whatever the period."),
                },
            ],
            "rows": [
                {
                    "key": str(number),
                    "label": names.get(number) or self.env._("Unassigned"),
                    "cells": self._compare(
                        [
                            *self._describe_person(
                                domain, number, figures.get(number, nobody)
                            ),
                            self._describe_overdue(
                                here, number, overdue.get(number, 0)
                            ),
                        ],
                        None
                        if earlier is None
                        else self._describe_person(
                            earlier, number, before.get(number, nobody)
                        ),
                    ),
                }
                for number in numbers[:MAX_ROWS]
            ],
            "left_out": max(len(numbers) - MAX_ROWS, 0),
            "total": None,
        }

    @api.model
    def _get_person_domain(self, filters, first, last):
        """The filters on ``prospect.lifecycle.salesperson``, received in the period."""

        def translate(condition):
            if condition.field_expr == "user_id":
                return Domain("person_id", condition.operator, condition.value)
            return condition

        other = filters["other"].map_conditions(translate)
        return other & self._get_period_domain("received_at", first, last)

    @api.model
    def _read_people(self, domain):
        columns = SQL(
            """person_id, sum(received)::int, sum(contacted)::int, sum(converted)::int,
               sum(junk)::int,
               percentile_disc(0.5) WITHIN GROUP (ORDER BY hours_to_contact),
               percentile_disc(0.5) WITHIN GROUP (ORDER BY days_to_conversion)"""
        )
        return self._select(
            "prospect.lifecycle.salesperson", domain, columns, SQL("person_id")
        )

    @api.model
    def _get_overdue_domain(self, person=None):
        """Activities that should have been done before today."""
        today = fields.Date.context_today(self)
        domain = Domain("date_deadline", "<", fields.Date.to_string(today)) & Domain(
            "active", "=", True
        )
        return domain & Domain("user_id", "=", person) if person else domain

    @api.model
    def _get_lead_domain(self, other):
        """The filters on prospects themselves, but for who has them.

        :param Domain other: the filters without the period
        """

        def translate(condition):
            if condition.field_expr == "user_id":
                return Domain.TRUE
            fname = condition.field_expr.removeprefix("lead_id.")
            return Domain(fname, condition.operator, condition.value)

        return (
            other.map_conditions(translate)
            & Domain("status_id", "!=", False)
            & Domain("active", "in", [True, False])
        )

    @api.model
    def _read_overdue(self, here):
        """{person: prospects that the reader sees on which they are late}.

        :param Domain here: the prospects that are looked at
        """
        leads = self.env["crm.lead"]._search(here, order=None)
        if leads.is_empty():
            return {}
        self.env["mail.activity"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT user_id, count(DISTINCT res_id)
                     FROM mail_activity
                    WHERE res_model = 'crm.lead' AND active AND date_deadline < %s
                      AND user_id IS NOT NULL AND res_id IN %s
                 GROUP BY user_id""",
                fields.Date.context_today(self),
                leads.subselect(),
            )
        )
        return dict(rows)

    @api.model
    def _compare(self, cells, before):
        """Cells with those of the period before beside them, where there is one.

        :param before: as many cells or fewer, or None
        """
        for cell, former in zip(cells, before or (), strict=False):
            cell["previous"] = former
        return cells

    @api.model
    def _describe_overdue(self, here, person, overdue):
        """The prospects on which a person is late today."""
        late = Domain("activity_ids", "any", list(self._get_overdue_domain(person)))
        return self._cell(overdue, here & late)

    @api.model
    def _describe_person(self, domain, person, figures):
        """The cells of one person.

        :param tuple figures: one row of :meth:`_read_people`
        """
        received, contacted, converted, junk, to_contact, to_conversion = figures
        here = domain & Domain("person_id", "=", person or False)

        def leads(*conditions):
            return self._leads_of(
                "lifecycle_salesperson_ids", Domain.AND([here, *conditions])
            )

        met = leads(Domain("contacted", "=", 1))
        won = leads(Domain("converted", "=", 1))
        return [
            self._cell(received, leads()),
            self._cell(contacted, met, of=received, kind="rate"),
            self._cell(converted, won, of=received, kind="rate"),
            self._cell(junk, leads(Domain("junk", "=", 1)), of=received, kind="rate"),
            self._cell(to_contact, met, of=contacted, kind="hours"),
            self._cell(to_conversion, won, of=converted, kind="days"),
        ]

    # --- Sources --------------------------------------------------------------------

    @api.model
    def _get_sources(self, filters):
        """What prospects of each source became, and what they have cost [BX-25]."""
        domain = filters["domain"]
        read = self._read_sources(domain)
        costs = self._read_costs(filters, *filters["days"])
        earlier, former, former_costs = None, None, {}
        if filters["previous"]:
            other, *days = filters["previous"]
            earlier = other & self._get_period_domain("arrived_at", *days)
            former = self._read_sources(earlier)
            former_costs = self._read_costs(filters, *days)
        figures, _revenues = read
        numbers = {*figures, *costs}
        sources = self.env["utm.source"].browse({one for one in numbers if one})
        # sudo: names of sources, of which some may be archived
        names = {source.id: source.display_name for source in sources.sudo().exists()}
        ordered = sorted(
            numbers,
            key=lambda number: (
                -figures.get(number, (0,))[0],
                names.get(number, ""),
            ),
        )
        return {
            "columns": [
                {"label": self.env._("Prospects")},
                {"label": self.env._("Converted")},
                {"label": self.env._("Junk")},
                {"label": self.env._("Flagged")},
                {"label": self.env._("Revenue won")},
                {"label": self.env._("Time to conversion (median)")},
                {"label": self.env._("Cost")},
                {
                    "label": self.env._("Cost per conversion"),
                    "help": self.env._(
                        "What was entered on the source for dates of the period,"
                        " divided by the prospects of the period that converted."
                    ),
                },
            ],
            "rows": [
                {
                    "key": str(number or 0),
                    "label": names.get(number) or self.env._("No source"),
                    "cells": self._compare(
                        self._describe_one_source(domain, number, read, costs),
                        None
                        if earlier is None
                        else self._describe_one_source(
                            earlier, number, former, former_costs
                        ),
                    ),
                }
                for number in ordered[:MAX_ROWS]
            ],
            "left_out": max(len(ordered) - MAX_ROWS, 0),
            "total": figures
            and self._compare(
                self._describe_all_sources(domain, read, costs),
                None
                if earlier is None
                else self._describe_all_sources(earlier, former, former_costs),
            ),
            "currency_id": self.env.company.currency_id.id,
        }

    @api.model
    def _describe_one_source(self, domain, number, read, costs):
        """The cells of the line of one source.

        :param tuple read: what :meth:`_read_sources` gives of ``domain``
        """
        figures, revenues = read
        return self._describe_source(
            domain & Domain("source_id", "=", number or False),
            figures.get(number, (0, 0, 0, 0, None)),
            revenues.get(number, 0),
            costs.get(number),
        )

    @api.model
    def _describe_all_sources(self, domain, read, costs):
        """The cells of the last line: see :meth:`_describe_one_source`."""
        figures, revenues = read
        return self._describe_source(
            domain,
            (*(sum(row[at] for row in figures.values()) for at in range(4)), None),
            sum(revenues.values()),
            sum(costs.values()) if costs else None,
        )

    @api.model
    def _read_sources(self, domain):
        """({source: counts and median}, {source: revenue in the person's currency})."""
        rows = self._select(
            "prospect.lifecycle",
            domain,
            SQL(
                """source_id, count(*), sum(converted)::int, sum(junk)::int,
                   sum(flagged)::int,
                   percentile_disc(0.5) WITHIN GROUP (ORDER BY days_to_conversion)"""
            ),
            SQL("source_id"),
        )
        won = self._select(
            "prospect.lifecycle",
            domain & Domain("revenue_won", ">", 0),
            SQL("source_id, company_id, sum(revenue_won)"),
            SQL("source_id, company_id"),
        )
        revenues = {}
        for source, company, amount in won:
            revenues[source] = revenues.get(source, 0) + self._convert(amount, company)
        return {row[0]: row[1:] for row in rows}, revenues

    @api.model
    def _convert(self, amount, company_id):
        """An amount of a company in the currency of the reader's own."""
        # sudo: the currency of another company of the reader's
        company = self.env["res.company"].sudo().browse(company_id or [])
        currency = company.currency_id or self.env.company.currency_id
        today = fields.Date.context_today(self)
        return currency._convert(
            amount, self.env.company.currency_id, self.env.company, today
        )

    @api.model
    def _read_costs(self, filters, first, last):
        """{source: cost of a period in the reader's currency}.

        Costs are of a source as a whole: none with other filters than the source.
        """
        shown = filters["shown"]
        if {"team", "person", "list"} & shown.keys():
            return {}
        domain = Domain.TRUE
        if first:
            domain = Domain("date", ">=", first) & Domain("date", "<=", last)
        for name in ("source", "company"):
            if name in shown:
                domain &= Domain(f"{name}_id", "=", shown[name] or False)
        costs = {}
        for source, company, amount in self.env["prospect.source.cost"]._read_group(
            domain, ["source_id", "company_id"], ["amount:sum"]
        ):
            costs[source.id] = costs.get(source.id, 0) + self._convert(
                amount, company.id
            )
        return costs

    @api.model
    def _describe_source(self, here, figures, revenue, cost):
        """The cells of one source, or of all of them."""
        total, converted, junk, flagged, median = figures

        def leads(*conditions):
            return self._leads_of("lifecycle_ids", Domain.AND([here, *conditions]))

        won = leads(Domain("converted", "=", 1))
        per = cost / converted if cost is not None and converted else None
        return [
            self._cell(total, leads()),
            self._cell(converted, won, of=total, kind="rate"),
            self._cell(junk, leads(Domain("junk", "=", 1)), of=total, kind="rate"),
            self._cell(
                flagged, leads(Domain("flagged", "=", 1)), of=total, kind="rate"
            ),
            self._cell(revenue, leads(Domain("revenue_won", ">", 0)), kind="money"),
            self._cell(median, won, of=converted, kind="days"),
            self._cell(cost, kind="money"),
            self._cell(per, won, of=converted, kind="money"),
        ]
