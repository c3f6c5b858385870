from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class ProspectFigures(models.AbstractModel):
    """What happened in a period, from the histories, for who sees the prospects.

    From the logs alone, so that they stay right whatever happens later: a prospect
    counts once, on the day it first came, and once for each kind of status that it
    came to within the period, however often it was reopened, imported again or merged.
    What was undone never was, as in ``prospect.analysis``, which says what became of
    those that came.

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
                """WITH happened AS (
                       SELECT id, lead_id, former_lead_id, date, from_name, to_kind,
                              cause
                         FROM prospect_status_change
                        WHERE date >= %(start)s AND date < %(end)s
                          AND lead_id IN %(leads)s),
                   told AS (
                       SELECT lead_id, to_kind,
                              CASE WHEN from_name IS NULL
                                   THEN NOT EXISTS (
                                        SELECT FROM prospect_status_change AS older
                                         WHERE older.lead_id = happened.lead_id
                                           AND older.date < %(start)s) END AS is_first,
                              CASE WHEN to_kind IN ('converted', 'junk')
                                   THEN cause <> 'undo' AND (
                                        SELECT later.cause
                                          FROM prospect_status_change AS later
                                         WHERE later.lead_id = happened.lead_id
                                           AND COALESCE(later.former_lead_id, 0)
                                             = COALESCE(happened.former_lead_id, 0)
                                           AND (later.date, later.id)
                                             > (happened.date, happened.id)
                                      ORDER BY later.date, later.id LIMIT 1)
                                   IS DISTINCT FROM 'undo' END AS is_real
                         FROM happened)
                   SELECT count(DISTINCT lead_id) FILTER (WHERE is_first),
                          count(DISTINCT lead_id)
                              FILTER (WHERE is_real AND to_kind = 'converted'),
                          count(DISTINCT lead_id)
                              FILTER (WHERE is_real AND to_kind = 'junk')
                     FROM told""",
                leads=leads,
                start=start,
                end=end,
            )
        )
        return {"new": new, "converted": converted, "junk": junk}

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
