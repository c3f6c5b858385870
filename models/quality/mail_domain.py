import json

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.mail_servers import ask_domains, make_resolver
from ...tools.transactions import alone

# Domains that are asked about in one transaction.
BATCH = 50
# How long an answer counts: other mail servers are rare, mended ones are not.
EXPIRY = {"ok": "30 days", "none": "3 days", "unknown": "6 hours"}


def _is_old(table):
    """SQL that says whether an answer has to be asked for again.

    :param str table: the name of the table in the query
    """
    return SQL(
        "%(table)s.checked_at < now() AT TIME ZONE 'UTC'"
        " - (%(expiry)s::jsonb ->> %(table)s.state)::interval",
        table=SQL.identifier(table),
        expiry=json.dumps(EXPIRY),
    )


class ProspectMailDomain(models.Model):
    """What the DNS has said of the domain of an address [MO-54].

    Asked by a job, only where the settings allow it, and remembered. Nobody waits for
    an answer: until it is there, nothing is said against the domain.
    """

    _name = "prospect.mail.domain"
    _inherit = ["prospect.job.mixin"]
    _description = "Domain of E-mail Addresses"
    _log_access = False
    _rec_name = "name"
    _work_kind = "mail_domains"
    _work_cron = "prospect.ir_cron_mail_domain"

    name = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        selection=[
            ("unknown", "Unknown"),
            ("ok", "Receives e-mail"),
            ("none", "No mail server"),
        ],
        required=True,
        readonly=True,
        default="unknown",
    )
    checked_at = fields.Datetime(string="Checked on", readonly=True)
    is_due = fields.Boolean(readonly=True, export_string_translation=False)

    _name_unique = models.UniqueIndex("(name)")
    _due_idx = models.Index("(id) WHERE is_due IS TRUE")

    @api.model
    def _want(self, names):
        """Let the job ask about domains of which nothing is known, or nothing recent.

        :param names: in small letters
        """
        if not names:
            return
        found = self.env.execute_query(
            SQL(
                """INSERT INTO prospect_mail_domain AS known (name, state, is_due)
                   SELECT DISTINCT name, 'unknown', TRUE FROM unnest(%s) AS name
                    ORDER BY name
                       ON CONFLICT (name) DO UPDATE SET is_due = TRUE
                    WHERE known.is_due IS NOT TRUE
                      AND %s
                RETURNING id""",
                sorted(names),
                _is_old("known"),
            )
        )
        if found:
            self._wake()

    @api.model
    def _get_resolver(self):
        """Who is asked: the DNS servers of the machine."""
        return make_resolver()

    @api.model
    def _cron_ask(self):
        """Ask about the domains that are due, batch by batch."""
        if self._is_asking():
            self.env.cr.execute(
                SQL(
                    """UPDATE prospect_mail_domain SET is_due = TRUE
                        WHERE is_due IS NOT TRUE AND state <> 'ok' AND %s""",
                    _is_old("prospect_mail_domain"),
                )
            )
        return self._cron_work()

    @api.model
    def _is_asking(self):
        return self.env["crm.lead"]._prospect_flag_setting("domains")

    @api.model
    def _get_waiting_domain(self):
        return [("is_due", "=", True)]

    @api.model
    def _get_work_label(self):
        return self.env._("Mail servers to ask about")

    @api.model
    def _claim(self, limit=None, but=()):
        """All that are due, once in a run: who writes to one of them while it is asked
        about waits for nobody.
        """
        if but or not self._is_asking():
            return self.browse()
        return self.search(self._get_waiting_domain(), order="id", limit=limit)

    @api.model
    def _do(self, rows):
        """Generator: ask about domains, and keep the answers; one worker at a time."""
        with alone(self.env.cr, self._name, 0) as is_alone:
            for start in range(0, len(rows) if is_alone else 0, BATCH):
                batch = rows[start : start + BATCH]
                names = batch.mapped("name")
                # outside of any transaction: answers may take their time
                yield 0
                states = ask_domains(names, self._get_resolver())
                yield lambda states=states: self._learn(states)

    @api.model
    def _learn(self, states):
        """Keep answers, and look again at the prospects whom they are about.

        :param dict states: {domain: its state}
        """
        changed = self.env.execute_query(
            SQL(
                """WITH answer AS (
                       SELECT * FROM unnest(%s, %s) AS answer (name, state)
                   ), former AS (
                       SELECT known.id, known.state, answer.state AS answer
                         FROM prospect_mail_domain AS known
                         JOIN answer USING (name)
                   )
                   UPDATE prospect_mail_domain AS known
                      SET state = former.answer, is_due = FALSE,
                          checked_at = now() AT TIME ZONE 'UTC'
                     FROM former
                    WHERE former.id = known.id
                RETURNING known.name, former.state <> former.answer""",
                list(states),
                list(states.values()),
            )
        )
        self.invalidate_model()
        criteria = [f"@{name}" for name, is_new in changed if is_new]
        self.env["prospect.flag.check"]._want_where(
            SQL("email_domain_criterion = ANY(%s)", criteria)
        )
