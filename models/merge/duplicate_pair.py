from odoo import api, models
from odoo.exceptions import UserError

from ...tools.given import is_numbers, takes


class ProspectDuplicatePair(models.Model):
    """Duplicates are merged from their page: one by one, or all that are sure."""

    _name = "prospect.duplicate.pair"
    _inherit = ["prospect.duplicate.pair"]

    @api.model
    @takes(lead_ids=is_numbers)
    def open_merge(self, lead_ids):
        """The wizard that merges prospects, as an action.

        :param list lead_ids: ids of prospects that the person may see
        :raises UserError: where there is nothing to merge
        """
        leads = self.env["crm.lead"].browse(lead_ids).exists()
        leads.check_access("read")
        if len(leads) < 2:
            raise UserError(
                self.env._("Choose at least two prospects that can be merged.")
            )
        return leads._prospect_open_merge()

    @api.model
    def merge_sure(self):
        """The preview of a merge of all that is surely one person [BX-40].

        As the current user: of the prospects that they may merge.

        :return: the page of the operation, as an action
        :raises AccessError: for who is no sales administrator
        :raises UserError: when nothing is sure
        """
        self.env["prospect.duplicate.scan"]._check_may_scan()
        operation = self._make_automatic_merge()
        if not operation:
            raise UserError(
                self.env._(
                    "Nothing can be merged without review: the certain duplicates "
                    "have different salespeople or statuses, or have since been "
                    "merged."
                )
            )
        return operation.action_preview()

    @api.model
    def _make_automatic_merge(self, **options):
        """A merge of the groups that are sure, not planned yet; empty without any.

        :param options: see ``prospect.operation._make_merge``
        """
        groups = [
            {"lead_ids": sorted(group.ids)} for group in self._get_automatic_groups()
        ]
        operations = self.env["prospect.operation"]
        if not groups:
            return operations
        return operations._make_merge(groups, automatic=True, **options)
