from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class ProspectFigures(models.AbstractModel):
    """Figures of a period, from the histories, for who sees the prospects.

    From the logs alone, so that they stay right whatever happens later: a prospect
    counts once, on the day it first came, and once for each kind of status that it
    came to within the period, however often it was reopened, imported again or merged.

    A period is from one moment up to another one, which is not in it, in UTC.
    """

    _name = "prospect.figures"
    _description = "Figures of prospects"

    @api.model
    def _get_leads(self, domain=()):
        """The prospects that are looked at, as a query to select from.

        :param domain: which ones, of those that the person sees
        """
        leads = self.env["crm.lead"].with_context(active_test=False)
        query = leads._search(Domain("status_id", "!=", False) & Domain(domain))
        self.env["prospect.status.change"].flush_model()
        self.env["prospect.membership"].flush_model()
        return query.subselect()

    @api.model
    def _get_totals(self, leads, start, end):
        """How many came, were converted and became junk in a period.

        :param leads: from :meth:`_get_leads`
        :return: {"new": number, "converted": number, "junk": number}
        """
        ((new, converted, junk),) = self.env.execute_query(
            SQL(
                """SELECT count(*) FILTER (WHERE came >= %(start)s AND came < %(end)s),
                          count(*) FILTER (WHERE is_converted),
                          count(*) FILTER (WHERE is_junk)
                     FROM (SELECT min(date) AS came,
                                  bool_or(to_kind = 'converted' AND date >= %(start)s)
                                  AS is_converted,
                                  bool_or(to_kind = 'junk' AND date >= %(start)s)
                                  AS is_junk
                             FROM prospect_status_change
                            WHERE date < %(end)s AND lead_id IN %(leads)s
                         GROUP BY lead_id) AS each""",
                leads=leads,
                start=start,
                end=end,
            )
        )
        return {"new": new, "converted": converted, "junk": junk}

    @api.model
    def _get_reached(self, leads, start, end):
        """{number of a status: how many reached it so far, of those that came then}."""
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT to_id, count(DISTINCT lead_id)
                         FROM prospect_status_change
                        WHERE to_id IS NOT NULL AND lead_id IN (%s)
                     GROUP BY to_id""",
                    self._select_arrivals(leads, start, end),
                )
            )
        )

    @api.model
    def _get_by(self, fname, leads, start, end):
        """What became so far of those that came in a period.

        :param str fname: a many2one of the prospect, by which they are told apart
        :return: [(number of the record or None, new, converted, junk)], most first
        """
        return self.env.execute_query(
            SQL(
                """SELECT lead.%(field)s, count(*),
                          count(*) FILTER (WHERE status.kind = 'converted'),
                          count(*) FILTER (WHERE status.kind = 'junk')
                     FROM (%(arrivals)s) AS arrival
                     JOIN crm_lead AS lead ON lead.id = arrival.lead_id
                     JOIN prospect_status AS status ON status.id = lead.status_id
                 GROUP BY lead.%(field)s
                 ORDER BY count(*) DESC, lead.%(field)s""",
                field=SQL.identifier(fname),
                arrivals=self._select_arrivals(leads, start, end),
            )
        )

    @api.model
    def _get_lists(self, leads, start, end):
        """How lists grew: [(number, joined, left, members now)], in their order.

        Of lists that the person sees and where something happened.
        """
        lists = self.env["prospect.list"].with_context(active_test=False)
        numbers = list(lists._search([], order=lists._order))
        rows = self.env.execute_query(
            SQL(
                """SELECT log.list_id,
                          count(*) FILTER (WHERE log.action = 'join'),
                          count(*) FILTER (WHERE log.action = 'leave'),
                          (SELECT count(*)
                             FROM prospect_list_crm_lead_rel AS rel
                            WHERE rel.list_id = log.list_id
                              AND rel.lead_id IN %(leads)s)
                     FROM prospect_membership AS log
                    WHERE log.date >= %(start)s AND log.date < %(end)s
                      AND log.former_lead_id IS NULL
                      AND log.list_id = ANY(%(lists)s) AND log.lead_id IN %(leads)s
                 GROUP BY log.list_id""",
                leads=leads,
                start=start,
                end=end,
                lists=numbers,
            )
        )
        return sorted(rows, key=lambda row: numbers.index(row[0]))

    @api.model
    def _select_arrivals(self, leads, start, end):
        """The prospects that first came in a period, as ``lead_id``."""
        return SQL(
            """SELECT lead_id FROM prospect_status_change WHERE lead_id IN %s
             GROUP BY lead_id HAVING min(date) >= %s AND min(date) < %s""",
            leads,
            start,
            end,
        )
