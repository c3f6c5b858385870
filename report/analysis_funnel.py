from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

MINUTES_A_DAY = 1440


class ProspectAnalysis(models.AbstractModel):
    """The funnel of ``prospect.analysis``: statuses, then stages of opportunities
    [BX-56].

    Of the prospects that arrived in a period: how many have reached each step until
    now, whenever that was. One query for all steps of a period.
    """

    _name = "prospect.analysis"
    _inherit = ["prospect.analysis"]

    @api.model
    def _get_funnel(self, filters):
        """The page: steps in their order, and those who left the way."""
        steps = self._get_funnel_steps()
        rows = self._read_funnel(filters["domain"])
        total, further = self._count_lifecycles(filters["domain"], steps)
        previous = None
        if filters["previous"]:
            other, first, last = filters["previous"]
            domain = other & self._get_period_domain("arrived_at", first, last)
            previous = (
                domain,
                self._read_funnel(domain),
                self._count_lifecycles(domain, {})[0],
            )
        told = self._describe_funnel(
            filters["domain"], steps, rows, (total, further), previous
        )
        leads = self._leads_of("lifecycle_ids", filters["domain"])
        return {
            "total": self._cell(total, leads),
            "previous_total": previous and previous[2],
            "steps": [step for step in told if step["kind"] != "junk"],
            "exits": [step for step in told if step["kind"] == "junk"],
        }

    @api.model
    def _get_funnel_steps(self):
        """Steps in their order: {key: (label, kind)}, those off the way last.

        A status has its number as key, a stage of opportunities the same below zero.
        """
        # a handful of each
        # pylint: disable=no-search-all
        statuses = self.env["prospect.status"].search([])
        stages = self.env["crm.stage"].search([])
        steps = {}
        for kinds in (("new", "open"), ("converted",)):
            for status in statuses.filtered(lambda one, kinds=kinds: one.kind in kinds):
                steps[status.id] = (status.name, status.kind)
        for stage in stages:
            steps[-stage.id] = (stage.name, "opportunity")
        for status in statuses.filtered(lambda one: one.kind == "junk"):
            steps[status.id] = (status.name, status.kind)
        return steps

    @api.model
    def _get_way(self, steps):
        """The keys of the steps that follow each other: not junk."""
        return [key for key, (_label, kind) in steps.items() if kind != "junk"]

    @api.model
    def _count_lifecycles(self, domain, steps):
        """(prospects, {key: those that reached this step or a later one})."""
        way = self._get_way(steps)
        columns = [SQL("count(*)")]
        columns += [
            SQL("count(*) FILTER (WHERE reached && %s::int4[])", way[at:])
            for at in range(len(way))
        ]
        rows = self._select("prospect.lifecycle", domain, SQL(", ").join(columns))
        total, *further = rows[0] if rows else [0] * (len(way) + 1)
        return total, dict(zip(way, further, strict=True))

    @api.model
    def _read_funnel(self, domain):
        """{key: (reached, have left it, median, 90 %)}.

        Times are minutes, to the minute up to two days and to the hour above. A status
        that was deleted has its name as key.
        """
        query = self.env["prospect.lifecycle.step"]._search(domain, order=None)
        if query.is_empty():
            return {}
        table = SQL.identifier("prospect_lifecycle_step")
        rows = self.env.execute_query(
            SQL(
                """WITH seen AS (
                       SELECT %(table)s.status_id, %(table)s.stage_id, %(table)s.name,
                              %(table)s.kind, %(table)s.minutes
                         FROM %(source)s WHERE %(where)s),
                   bucket AS (
                       SELECT COALESCE(status_id, -stage_id) AS key,
                              CASE WHEN COALESCE(status_id, stage_id) IS NULL
                                   THEN name->>'en_US' END AS gone,
                              CASE WHEN COALESCE(status_id, stage_id) IS NULL
                                   THEN kind END AS gone_kind,
                              CASE WHEN minutes < 2880 THEN minutes
                                   ELSE minutes / 60 * 60 END AS minutes,
                              count(*) AS number
                         FROM seen GROUP BY 1, 2, 3, 4),
                   ranked AS (
                       SELECT *,
                              sum(number) FILTER (WHERE minutes IS NOT NULL) OVER (
                                  PARTITION BY key, gone, gone_kind
                                      ORDER BY minutes NULLS LAST) AS upto,
                              sum(number) FILTER (WHERE minutes IS NOT NULL) OVER (
                                  PARTITION BY key, gone, gone_kind) AS timed
                         FROM bucket)
                   SELECT key, gone, gone_kind, sum(number)::int,
                          COALESCE(max(timed), 0)::int,
                          min(minutes) FILTER (WHERE upto >= timed * 0.5),
                          min(minutes) FILTER (WHERE upto >= timed * 0.9)
                     FROM ranked GROUP BY key, gone, gone_kind""",
                table=table,
                source=query.from_clause,
                where=query.where_clause or SQL("TRUE"),
            )
        )
        return {
            key if key is not None else (gone, gone_kind): tuple(figures)
            for key, gone, gone_kind, *figures in rows
        }

    @api.model
    def _describe_funnel(self, domain, steps, rows, counts, previous):
        """The steps as a page shows them, those with nobody too, except opportunities.

        :param tuple counts: what :meth:`_count_lifecycles` gives
        :param tuple previous: domain, rows and total of the period before, or None
        """
        total, further = counts
        way = self._get_way(steps)
        steps = dict(steps)
        gone = [key for key in rows if isinstance(key, tuple)]
        for name, kind in sorted(gone, key=str):
            label = self.env._("%(name)s (deleted)", name=name)
            steps[name, kind] = (label, kind)
        stays = []
        before = None
        for key, (label, kind) in steps.items():
            figures = rows.get(key, (0, 0, None, None))
            if kind == "opportunity" and key not in rows:
                continue
            here = domain & self._get_step_domain(key)
            step = {
                "key": str(key),
                "label": label,
                "kind": kind,
                **self._describe_step(here, figures, total),
                "from_before": None,
                "previous": None,
            }
            if key in further:
                if before is not None:
                    after = way[way.index(key) :]
                    step["from_before"] = self._cell(
                        further[key],
                        self._leads_of(
                            "lifecycle_step_ids", domain & self._get_way_domain(after)
                        ),
                        of=further[before],
                        kind="rate",
                    )
                # of the steps that are shown: stages that nobody reached are not
                before = key
            if previous:
                step["previous"] = self._describe_previous(key, *previous)
            stays.append(step)
        return stays

    @api.model
    def _describe_previous(self, key, domain, rows, total):
        """How many have reached a step of those that arrived in the period before."""
        return self._cell(
            rows.get(key, (0,))[0],
            self._leads_of("lifecycle_step_ids", domain & self._get_step_domain(key)),
            of=total,
            kind="rate",
        )

    @api.model
    def _get_way_domain(self, keys):
        """The domain of some steps on ``prospect.lifecycle.step``."""
        return Domain("status_id", "in", [key for key in keys if key > 0]) | Domain(
            "stage_id", "in", [-key for key in keys if key < 0]
        )

    @api.model
    def _get_step_domain(self, key):
        """The domain of one step on ``prospect.lifecycle.step``."""
        if isinstance(key, tuple):
            name, kind = key
            return (
                Domain("status_id", "=", False)
                & Domain("stage_id", "=", False)
                & Domain("name", "=", name)
                & Domain("kind", "=", kind)
            )
        if key < 0:
            return Domain("stage_id", "=", -key)
        return Domain("status_id", "=", key)

    @api.model
    def _describe_step(self, here, figures, total):
        """The cells of one step.

        :param tuple figures: one row of :meth:`_read_funnel`
        """
        reached, left, median, tail = figures
        leads = self._leads_of("lifecycle_step_ids", here)
        timed = self._leads_of(
            "lifecycle_step_ids", here & Domain("has_left", "=", True)
        )
        return {
            "count": self._cell(reached, leads),
            "rate": self._cell(reached, leads, of=total, kind="rate"),
            "median": self._cell(
                None if median is None else median / MINUTES_A_DAY,
                timed,
                of=left,
                kind="days",
            ),
            "tail": self._cell(
                None if tail is None else tail / MINUTES_A_DAY,
                timed,
                of=left,
                kind="days",
            ),
        }
