from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.periods import get_last_days, get_previous, get_zone, to_utc

# Beyond it an alert says "more than": a page never counts a large table.
MOST = 1000
# Days of the funnel, the sources and the people of the dashboard.
DAYS = 30
# Lines of its tables.
LINES = 5


class ProspectDashboard(models.AbstractModel):
    """The first page of Reporting: today, this week, and what wants somebody.

    Today is counted live, from the index of the history on dates; weeks and months
    come from the kept lifecycles; alerts are counted up to a thousand. So that the page
    opens as fast with a million prospects as with a hundred.
    """

    _name = "prospect.dashboard"
    _description = "Dashboard of Prospects"

    @api.model
    def get_page(self):
        """All that the dashboard shows: see ``prospect.analysis`` for its cells."""
        analysis = self.env["prospect.analysis"]
        analysis._check_reader()
        moment = self.env["prospect.lifecycle.refresh"]._bring_up_to_date()
        filters = analysis._read_filters({"period": str(DAYS)})
        funnel = analysis._get_funnel(filters)
        return {
            "moment": fields.Datetime.to_string(moment) if moment else False,
            "is_old": self.env["prospect.lifecycle.refresh"]._is_old(moment),
            "is_large": self.env["crm.lead"]._prospect_is_large(),
            "days": DAYS,
            "today": self._get_today(),
            "week": self._get_week(),
            "funnel": {**funnel, "filters": filters["shown"]},
            "sources": self._get_first_lines(analysis._get_sources(filters)),
            "people": self._get_first_lines(analysis._get_people(filters)),
            "alerts": self._get_alerts(),
        }

    @api.model
    def _get_first_lines(self, table):
        """The most important lines of a table, and how many more there are.

        Compared with the period before by their first figure alone.
        """
        rows = table["rows"]
        for row in rows[:LINES]:
            for cell in row["cells"][1:]:
                cell.pop("previous", None)
        for cell in table["total"] or ():
            cell.pop("previous", None)
        return {
            **table,
            "rows": rows[:LINES],
            "left_out": max(len(rows) - LINES, 0) + table["left_out"],
        }

    # --- Today and this week --------------------------------------------------------

    @api.model
    def _get_today(self):
        """What has happened since midnight, as the person's clock says."""
        zone = get_zone(self.env.user.tz)
        start = to_utc(fields.Date.context_today(self), zone)
        since = Domain("date", ">=", fields.Datetime.to_string(start)) & Domain(
            "former_lead_id", "in", [False, 0]
        )
        analysis = self.env["prospect.analysis"]
        leads = {
            self.env._("Arrived"): analysis._leads_of(
                "status_change_ids", since & Domain("from_name", "=", False)
            ),
            self.env._("Converted"): self._get_changed(since, "converted"),
            self.env._("Junk"): self._get_changed(since, "junk"),
        }
        return [
            {"label": label, "cell": self._count_leads(domain)}
            for label, domain in leads.items()
        ]

    @api.model
    def _get_changed(self, since, kind):
        """The prospects that came to a kind of status, as a domain.

        Not by an undo, which gives back a status of before, and not where an undo has
        taken it back.

        :param Domain since: of the changes of status
        """
        changes = Domain(
            "status_change_ids",
            "any",
            list(since & Domain("to_kind", "=", kind) & Domain("cause", "!=", "undo")),
        )
        undone = Domain(
            "status_change_ids",
            "any",
            list(since & Domain("from_kind", "=", kind) & Domain("cause", "=", "undo")),
        )
        return (
            changes
            & (~undone | Domain("status_id.kind", "=", kind))
            & Domain("active", "in", [True, False])
        )

    @api.model
    def _count_leads(self, domain):
        """The prospects of a domain, as a figure that opens them."""
        analysis = self.env["prospect.analysis"]
        rows = analysis._select("crm.lead", domain, SQL("count(*)"))
        return analysis._cell(rows[0][0] if rows else 0, domain)

    @api.model
    def _get_week(self):
        """Arrivals of seven days and what became of them, beside the week before."""
        today = fields.Date.context_today(self)
        first, last = get_last_days(today, 7)
        analysis = self.env["prospect.analysis"]
        domain = analysis._get_period_domain("arrived_at", first, last)
        before = analysis._get_period_domain("arrived_at", *get_previous(first, last))
        now, then = self._read_week(domain), self._read_week(before)

        def describe(figures, here, at, condition):
            return analysis._cell(
                figures[at],
                analysis._leads_of("lifecycle_ids", here & condition),
                of=figures[0] if at else None,
                kind="rate" if at else "count",
            )

        conditions = {
            self.env._("Arrived"): Domain.TRUE,
            self.env._("Contacted"): Domain("contacted", "=", 1),
            self.env._("Converted"): Domain("converted", "=", 1),
            self.env._("Junk"): Domain("junk", "=", 1),
        }
        return [
            {
                "label": label,
                "cell": describe(now, domain, at, condition),
                "previous": describe(then, before, at, condition),
            }
            for at, (label, condition) in enumerate(conditions.items())
        ]

    @api.model
    def _read_week(self, domain):
        columns = SQL(
            """count(*), COALESCE(sum(contacted), 0)::int,
               COALESCE(sum(converted), 0)::int, COALESCE(sum(junk), 0)::int"""
        )
        rows = self.env["prospect.analysis"]._select(
            "prospect.lifecycle", domain, columns
        )
        return rows[0] if rows else (0, 0, 0, 0)

    # --- Alerts ---------------------------------------------------------------------

    @api.model
    def _get_alerts(self):
        """What wants somebody, each with the records behind it."""
        alerts = []
        for name, (model, domain, one, many) in self._get_alert_domains().items():
            if not self.env[model].has_access("read"):
                continue
            count = self.env[model].search_count(domain, limit=MOST + 1)
            if count:
                alerts.append(
                    {
                        "name": name,
                        "label": one if count == 1 else many,
                        "model": model,
                        "cell": {
                            **self.env["prospect.analysis"]._cell(
                                min(count, MOST), domain
                            ),
                            "is_more": count > MOST,
                        },
                    }
                )
        return alerts

    @api.model
    def _get_alert_domains(self):
        """{name: (model, domain, what one is called, what many are)}. Bridges add
        theirs.
        """
        listed = self.env["crm.lead"]._prospect_listed_domain()
        today = fields.Date.context_today(self)
        recent = fields.Datetime.to_string(self.env.cr.now() - timedelta(days=DAYS))
        open_kinds = Domain("status_id.kind", "in", ["new", "open"])
        overdue = Domain("res_model", "=", "crm.lead") & Domain(
            "user_id", "=", self.env.uid
        )
        overdue &= Domain("date_deadline", "<", fields.Date.to_string(today))
        # said, for the list behind a figure shows what is archived as well
        overdue &= Domain("active", "=", True)
        failed = Domain("state", "=", "failed") & Domain("create_date", ">=", recent)
        labels = {
            "unassigned": (
                self.env._("prospect without a salesperson"),
                self.env._("prospects without a salesperson"),
            ),
            "overdue": (
                self.env._("of your activities is overdue"),
                self.env._("of your activities are overdue"),
            ),
            "flagged": (
                self.env._("flagged prospect to review"),
                self.env._("flagged prospects to review"),
            ),
            "failed": (
                self.env._("operation that failed"),
                self.env._("operations that failed"),
            ),
            "quarantined": (
                self.env._("message to correct in the inbox"),
                self.env._("messages to correct in the inbox"),
            ),
        }
        domains = {
            "unassigned": (
                "crm.lead",
                listed & Domain("user_id", "=", False) & open_kinds,
            ),
            "overdue": ("mail.activity", overdue),
            "flagged": ("crm.lead", listed & Domain("is_flagged", "=", True)),
            "failed": ("prospect.operation", failed),
            "quarantined": ("prospect.capture", Domain("state", "=", "quarantined")),
        }
        return {name: (*domains[name], *label) for name, label in labels.items()}
