from odoo import SUPERUSER_ID, api, models

from odoo.addons.prospect.tools.jobs import drain

# Seconds that a job works at most; then it enqueues its successor, so that other jobs
# get their turn and a server that is stopped is not waited for.
SECONDS = 60
# Jobs of one kind that wait at once, unless the parameter says otherwise.
JOBS = 4
PARAMETER = "prospect_queue.jobs"
# Where the jobs of a kind wait; all others: operation.
CHANNELS = {
    "captures": "capture",
    "notification_events": "mail",
    "notifications": "mail",
    "reports": "report",
}


class ProspectWork(models.AbstractModel):
    """Work in the background by the jobs of ``queue_job``, beside scheduled actions.

    Those stay, as a safety net: claiming is in the database, so that both may be at one
    kind at the same time. A job knows the kind alone: it would carry the user, the
    rights and the company of who has enqueued it.
    """

    _name = "prospect.work"
    _inherit = ["prospect.work"]

    @api.model
    def _wake(self, kind, at=None):
        result = super()._wake(kind, at)
        self._enqueue(kind, at)
        return result

    @api.model
    def _enqueue(self, kind, at=None):
        """Let there be jobs for a kind; those that wait already count.

        Two transactions may each make one: a job that finds nothing ends at once.
        """
        # in the name of nobody; with_context would keep the companies of who has asked
        work = self.env(user=SUPERUSER_ID, su=True, context={})[self._name]
        channel = f"root.prospect.{CHANNELS.get(kind, 'operation')}"
        for number in range(self._get_job_count()):
            work.with_delay(
                channel=channel,
                description=f"Prospect: {kind}",
                eta=at,
                identity_key=f"prospect:{kind}:{number}" if not at else None,
                max_retries=0,
            )._work_in_job(kind)
            if at:
                # one is enough to look what is due then
                break

    @api.model
    def _get_job_count(self):
        """How many jobs of a kind may wait at once."""
        # sudo: the parameter is read by whoever makes work
        value = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        return int(value) if str(value or "").isdecimal() else JOBS

    @api.model
    def _work_in_job(self, kind):
        """What a job does: portions of a kind, in a connection of their own.

        The cursor of the job holds its lock and nothing else: a commit or a rollback
        would give the lock away, and the job would be started again.
        """
        if kind not in self._get_kinds():
            # of an add-on that has gone
            return
        with self.env.registry.cursor() as cr:
            work = api.Environment(cr, SUPERUSER_ID, {})[self._name]
            is_done = drain(
                work.env, [work._get_work(kind)], work._note, seconds=SECONDS
            )
        if not is_done:
            self._enqueue(kind)
