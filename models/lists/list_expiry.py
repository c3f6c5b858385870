from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ...tools.jobs import claim

# Members that leave in one transaction.
BATCH = 2000


class ProspectListExpiry(models.AbstractModel):
    """Taking those whose time on a list is over off it, in the background [IE-41].

    Rows that somebody else is writing are left for the next time.
    """

    _name = "prospect.list.expiry"
    _inherit = ["prospect.job.mixin"]
    _description = "End of Memberships"
    _work_kind = "list_expiry"
    _work_cron = "prospect.ir_cron_list_expiry"

    @api.model
    def _select(self, what):
        return SQL(
            "SELECT %s FROM prospect_list_crm_lead_rel WHERE expires_at <= %s",
            what,
            self.env.cr.now(),
        )

    @api.model
    def _left(self):
        return self.env.execute_query(self._select(SQL("count(*)")))[0][0]

    @api.model
    def _oldest(self):
        return self.env.execute_query(self._select(SQL("min(expires_at)")))[0][0]

    @api.model
    def _get_work_label(self):
        return self.env._("Members whose time is over")

    @api.model
    def _claim(self, limit=None, but=()):
        """Places of memberships that are over, as (list id, lead id)."""
        rows = claim(
            self.env,
            SQL(
                "%s ORDER BY expires_at, list_id, lead_id LIMIT %s",
                self._select(SQL("ARRAY[list_id, lead_id]")),
                limit or BATCH,
            ),
        )
        return [tuple(row) for row in rows]

    @api.model
    def _do(self, rows):
        """Take members off their lists."""
        expired = defaultdict(list)
        for list_id, lead_id in rows:
            expired[list_id].append(lead_id)
        for list_id, lead_ids in expired.items():
            self.env["crm.lead"].browse(lead_ids)._prospect_lists_change(
                remove=self.env["prospect.list"].browse(list_id), cause="expiry"
            )
        self.env.flush_all()
        return len(rows)
