from collections import Counter

from odoo import models

from ...tools.copying import copy_rows


class CrmLead(models.Model):
    """Prospects that are made by SQL: the lists that they join."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    def _prospect_fast_log(self, rows, samples):
        result = super()._prospect_fast_log(rows, samples)
        joined = [
            (row.lead_id, list_id)
            for row in rows
            for list_id in row.after.get("list_ids", ())
        ]
        if joined:
            self._prospect_fast_join(rows, samples, joined)
        return result

    def _prospect_fast_join(self, rows, samples, joined):
        """New prospects join lists, with their history and the counts.

        :param list joined: (lead id, list id) pairs
        """
        lists = self.env["prospect.list"].browse({list_id for _lead, list_id in joined})
        lists.check_access("read")
        # sudo: names and companies of lists that the person may read otherwise
        own_lists = {lst.id: lst for lst in lists.sudo()}
        if not self.env.su:
            companies = {
                row.lead_id: int(samples[row.number]["company_id"] or 0) for row in rows
            }
            for lead_id, list_id in joined:
                company = own_lists[list_id].company_id.id
                if company and companies[lead_id] not in (0, company):
                    self.browse(lead_id)._prospect_check_list_companies(
                        [(lead_id, list_id)]
                    )
        cr = self.env.cr
        ends = {number: lst._get_expiry(cr.now()) for number, lst in own_lists.items()}
        copy_rows(
            cr,
            "prospect_list_crm_lead_rel",
            ("lead_id", "list_id", "expires_at"),
            ((lead_id, list_id, ends[list_id]) for lead_id, list_id in joined),
        )
        log = self.env["prospect.membership"]
        now, uid, cause = cr.now(), self.env.uid, log._get_cause()
        kept = {
            number: (lst.name, "join", cause, now, uid, ends[number])
            for number, lst in own_lists.items()
        }
        copy_rows(
            cr,
            log._table,
            (
                *("lead_id", "list_id", "list_name", "action", "cause", "date"),
                *("user_id", "expires_at"),
            ),
            ((lead_id, list_id, *kept[list_id]) for lead_id, list_id in sorted(joined)),
        )
        lists._shift_member_counts(Counter(list_id for _lead, list_id in joined))
