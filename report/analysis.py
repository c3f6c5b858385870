import re
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.given import is_text, is_values, takes
from ..tools.periods import LENGTHS, get_last_days, get_previous, get_zone, to_utc

KINDS = ("funnel", "cohorts", "people", "sources")
# Choices of one filter that are offered.
CHOICES = 200
# Of days that are asked for: the days before them are days as well.
YEARS = range(1900, 2100)
# {filter: (model, field of a lifecycle)}
DIMENSIONS = {
    "company": ("res.company", "company_id"),
    "team": ("crm.team", "team_id"),
    "person": ("res.users", "user_id"),
    "source": ("utm.source", "source_id"),
    "list": ("prospect.list", "lead_id.list_ids"),
}


class ProspectAnalysis(models.AbstractModel):
    """The pages of the analysis: funnel, cohorts, people, sources [BX-24, BX-25].

    A page is plain data. Its figures are *cells*:

    - ``value``: the number; ``type``: count, rate, days, hours or money
    - ``of``: the denominator of a rate, or how many a median is of
    - ``open``: the domain of the prospects behind it. Opened by the same person, the
      list has ``value`` prospects (a count, a rate) or ``of`` (a median).

    Figures are read with the person's own rights, from the kept lifecycles.
    """

    _name = "prospect.analysis"
    _description = "Analysis of Prospects"

    @api.model
    @takes(kind=is_text, filters=is_values)
    def get_page(self, kind, filters=None):
        """All that one page shows.

        :param str kind: ``funnel``, ``cohorts``, ``people`` or ``sources``
        :param dict filters: ``period`` (days up to today, ``all`` or ``custom`` with
            ``date_from`` and ``date_to``), ``compare``, ``interval`` (of cohorts) and
            the number of a ``company``, ``team``, ``person``, ``source`` and ``list``
        :raises UserError: for what cannot be read
        """
        self._check_reader()
        if kind not in KINDS:
            raise UserError(self.env._("There is no such analysis."))
        moment = self.env["prospect.lifecycle.refresh"]._bring_up_to_date()
        filters = self._read_filters(filters or {})
        page = getattr(self, f"_get_{kind}")(filters)
        return {
            "domain": list(filters["domain"]),
            **page,
            "kind": kind,
            "filters": filters["shown"],
            "choices": self._get_choices(),
            "moment": fields.Datetime.to_string(moment) if moment else False,
            "is_large": self.env["crm.lead"]._prospect_is_large(),
        }

    @api.model
    def _check_reader(self):
        """Refuse who sees no prospects at all."""
        if not self.env["prospect.lifecycle"].has_access("read"):
            raise AccessError(self.env._("Figures of prospects are for salespeople."))

    # --- Filters --------------------------------------------------------------------

    @api.model
    def _read_filters(self, given):
        """What a client sends, checked: domains of this period and of the last one."""
        first, last, shown = self._read_period(given)
        domain = Domain.TRUE
        for name, (_model, fname) in DIMENSIONS.items():
            number = given.get(name)
            if number is None or number is False or number == "":
                continue
            if isinstance(number, bool) or not re.fullmatch(r"[0-9]{1,9}", str(number)):
                raise UserError(
                    self.env._("The filter %(name)s is not a record.", name=name)
                )
            shown[name] = int(number)
            if name == "person":
                self._check_person(shown[name])
            # zero asks for those without
            value = int(number) or False
            domain &= Domain(
                fname,
                "in" if name == "list" else "=",
                ([value] if name == "list" else value),
            )
        interval = given.get("interval") or "month"
        if interval not in ("week", "month"):
            raise UserError(self.env._("Cohorts are by week or by month."))
        shown["interval"] = interval
        shown["compare"] = bool(given.get("compare", True))
        previous = None
        if first and shown["compare"]:
            previous = (domain, *get_previous(first, last))
        return {
            "shown": shown,
            "interval": interval,
            "other": domain,
            "days": (first, last),
            "domain": domain & self._get_period_domain("arrived_at", first, last),
            "previous": previous,
        }

    @api.model
    def _check_person(self, number):
        """Refuse the figures of a colleague where people see their own alone.

        :param int number: of the person, 0 for prospects of nobody
        """
        user = self.env.user
        if number not in (0, user.id) and not user._prospect_sees_rates():
            raise AccessError(
                self.env._(
                    "You see your own figures. Only administrators see those of others."
                )
            )

    @api.model
    def _read_period(self, given):
        """(first day, last day, what is shown); without days for the whole time."""
        period = str(given.get("period") or 90)
        today = fields.Date.context_today(self)
        if period == "all":
            return None, None, {"period": period}
        if period == "custom":
            first = self._read_day(given.get("date_from"))
            last = self._read_day(given.get("date_to"))
            if not first or not last or first > last:
                raise UserError(
                    self.env._("Choose a first day, and a last day that is not before.")
                )
        elif period.isdigit() and int(period) in LENGTHS:
            first, last = get_last_days(today, int(period))
        else:
            raise UserError(self.env._("There is no such period."))
        return (
            first,
            last,
            {
                "period": period,
                "date_from": str(first),
                "date_to": str(last),
            },
        )

    @api.model
    def _read_day(self, text):
        try:
            day = date.fromisoformat(text) if text else None
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("%(text)s is not a date: write it as 2026-12-31.", text=text)
            ) from error
        if day and day.year not in YEARS:
            raise UserError(
                self.env._(
                    "%(text)s: choose a year from %(first)s to %(last)s.",
                    text=text,
                    first=YEARS[0],
                    last=YEARS[-1],
                )
            )
        return day

    @api.model
    def _get_period_domain(self, fname, first, last):
        """Days as the person counts them, as a domain on a moment."""
        if not first:
            return Domain.TRUE
        zone = get_zone(self.env.user.tz)
        after = fields.Date.add(last, days=1)
        start, end = to_utc(first, zone), to_utc(after, zone)
        return Domain(fname, ">=", fields.Datetime.to_string(start)) & Domain(
            fname, "<", fields.Datetime.to_string(end)
        )

    @api.model
    def _get_choices(self):
        """What each filter offers: {filter: [{id, name}]}."""
        choices = {}
        for name, (model, _fname) in DIMENSIONS.items():
            domain = Domain.TRUE
            if model == "res.users":
                domain = Domain("share", "=", False) & Domain(
                    "all_group_ids",
                    "in",
                    self.env.ref("sales_team.group_sale_salesman").ids,
                )
                if not self.env.user._prospect_sees_rates():
                    domain &= Domain("id", "=", self.env.uid)
            elif model == "utm.source":
                domain = Domain("prospect_channel", "!=", False)
            elif model == "res.company":
                domain = Domain("id", "in", self.env.companies.ids)
            records = self.env[model].search(domain, limit=CHOICES)
            choices[name] = [
                {"id": record.id, "name": record.display_name} for record in records
            ]
        return choices

    # --- Cells ----------------------------------------------------------------------

    @api.model
    def _cell(self, value, leads=None, of=None, kind="count"):
        """A figure: see the class.

        :param leads: the domain of the prospects behind it, or None
        """
        return {
            "value": value,
            "type": kind,
            "of": of,
            "open": leads and list(leads),
        }

    @api.model
    def _leads_of(self, fname, domain):
        """The prospects that have a lifecycle of a domain, archived ones too.

        :param str fname: the lifecycles of a prospect: ``lifecycle_ids`` and the like
        """
        return Domain(fname, "any", list(domain)) & Domain(
            "active", "in", [True, False]
        )

    @api.model
    def _select(self, model, domain, columns, groupby=None):
        """Rows of an aggregate over what the person sees of a kept table.

        :param SQL columns: what is selected
        """
        query = self.env[model]._search(domain, order=None)
        if query.is_empty():
            return []
        return self.env.execute_query(
            SQL(
                "SELECT %s FROM (SELECT %s.* FROM %s WHERE %s) AS seen %s",
                columns,
                SQL.identifier(self.env[model]._table),
                query.from_clause,
                query.where_clause or SQL("TRUE"),
                SQL("GROUP BY %s", groupby) if groupby else SQL(""),
            )
        )
