from odoo import api, fields, models
from odoo.fields import Domain


class ProspectWorkStatus(models.TransientModel):
    """What waits in the background and what has failed, kind by kind, at this moment.

    In code::

        for row in env["prospect.work.status"]._look():
            print(row.name, row.waiting_count, row.oldest_at)
    """

    _name = "prospect.work.status"
    _description = "Background Work"
    _order = "is_late desc, failed_count desc, waiting_count desc, id"

    kind = fields.Char(required=True, readonly=True, export_string_translation=False)
    name = fields.Char(string="Work", readonly=True)
    waiting_count = fields.Integer(string="Waiting", readonly=True)
    oldest_at = fields.Datetime(string="Oldest Since", readonly=True)
    is_late = fields.Boolean(string="Late", readonly=True)
    hour_count = fields.Integer(string="Done in the Last Hour", readonly=True)
    day_count = fields.Integer(string="Done in 24 Hours", readonly=True)
    error_count = fields.Integer(
        string="Failures in 24 Hours",
        readonly=True,
        help="Portions that failed and were rolled back; most are tried again.",
    )
    error = fields.Char(string="Last Error", readonly=True)
    failed_count = fields.Integer(
        string="Failed",
        readonly=True,
        help="What has failed for good, and waits for somebody to look at it.",
    )
    server_count = fields.Integer(
        string="Servers",
        readonly=True,
        help="Servers that have done some of it in the last 24 hours.",
    )
    last_at = fields.Datetime(string="Last Portion", readonly=True)

    @api.model
    def _look(self):
        """A row for each kind of work, as it is now.

        :raises AccessError: for who is no sales administrator
        """
        self.check_access("create")
        work, figures = self.env["prospect.work"], self.env["prospect.work.figure"]
        # sudo: counts and times alone, for who may see the page
        figures = figures.sudo()
        late, sums = figures._find_late(), figures._sum_up()
        rows = []
        for kind in work._get_kinds():
            model = work._get_work(kind)
            failed = model._get_failed_domain()
            rows.append(
                {
                    "kind": kind,
                    "name": work._get_label(kind),
                    "waiting_count": model._left(),
                    "oldest_at": model._oldest(),
                    "is_late": kind in late,
                    # of those that this person may see
                    "failed_count": self._find_failed(kind).search_count(failed)
                    if failed and self._find_failed(kind).has_access("read")
                    else 0,
                    **sums.get(kind, {}),
                }
            )
        return self.create(rows)

    @api.model
    def _find_failed(self, kind):
        """The model of a kind, with the rights of who looks."""
        return self.env[self.env["prospect.work"]._get_kinds()[kind]]

    @api.model
    def action_open_page(self):
        """Open the page: what waits now."""
        rows = self._look()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Background Work"),
            "res_model": self._name,
            "view_mode": "list",
            "domain": [("id", "in", rows.ids)],
            "target": "main",
        }

    def action_retry(self):
        """Have the work done now, and look again."""
        self.check_access("write")
        for row in self:
            # sudo: who administrates prospects may call the job
            self.env["prospect.work"].sudo()._wake(row.kind)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("It is done as soon as a worker is free."),
                "next": self.action_open_page(),
            },
        }

    def action_open_failed(self):
        """Open what has failed for good."""
        self.ensure_one()
        model = self._find_failed(self.kind)
        domain = model._get_failed_domain() or Domain.FALSE
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": model._name,
            "view_mode": "list,form",
            "domain": list(Domain(domain)),
        }
