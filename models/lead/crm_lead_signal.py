from odoo import api, models
from odoo.tools import SQL

from ...tools.signals import EACH, Fact, Signal
from ...tools.trusted import read_trusted

# What a new prospect says of itself.
CREATED = (
    *("source_id", "medium_id", "campaign_id", "team_id", "user_id", "status_id"),
    *("company_id", "is_repeat"),
)
# Days after which the same status may start the same thing again.
REST = 30


class CrmLead(models.Model):
    """Signals: what happens to prospects, for add-ons that the core does not know.

    Each wing lists its signals, and emits them from its hook, after ``super()``. Rows
    are made set-based, from the histories, and only for signals that somebody hears.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_signal_list(self):
        """All signals that add-ons emit, in the language of the environment.

        Add-ons add theirs: ``return [*super()._prospect_signal_list(), Signal(...)]``.
        A signal belongs to who emits it.

        :return: a list of ``tools.signals.Signal``, all with different codes
        """
        causes = self.env["prospect.log.mixin"]._fields["cause"]
        cause = Fact(
            "cause",
            self.env._("Cause"),
            "selection",
            choices=tuple(causes._description_selection(self.env)),
        )
        named = [
            Fact(
                name,
                self._fields[name]._description_string(self.env),
                self._fields[name].type,
                self._fields[name].comodel_name or "",
            )
            for name in CREATED
        ]
        return [
            Signal(
                "lead.created",
                self.env._("A prospect arrives"),
                (*named, cause),
                again=EACH,
                sentence=self.env._("a prospect arrives"),
            ),
            Signal(
                "lead.status",
                self.env._("The status changes"),
                (
                    Fact(
                        "status_id",
                        self.env._("New Status"),
                        "many2one",
                        "prospect.status",
                    ),
                    Fact(
                        "former_status_id",
                        self.env._("Former Status"),
                        "many2one",
                        "prospect.status",
                    ),
                    cause,
                ),
                again=REST,
                sentence=self.env._("the status becomes {status_id}"),
            ),
        ]

    @api.model
    def _prospect_signal_heard(self):
        """Codes of the signals that somebody hears: nobody does, for the core.

        An add-on that overrides :meth:`_prospect_on_signal` says here which ones it
        needs just now: ``return super()._prospect_signal_heard() | {"lead.replied"}``.
        Rows of others are not made. Asked often: keep it in memory.

        :return: a set of codes
        """
        return set()

    @api.model
    def _prospect_signal_emit(self, code, rows):
        """Call the hook of everybody, once for a batch.

        :param str code: of a ``tools.signals.Signal``
        :param list rows: dicts of ``lead_id``, ``key`` (sets this happening apart from
            all others, for ever), ``at`` (when, in UTC) and ``facts`` ({name: plain
            value})
        """
        if not rows:
            return
        quiet = bool(read_trusted(self.env.context, "prospect_no_automation"))
        self._prospect_on_signal(code, [{**row, "quiet": quiet} for row in rows])

    @api.model
    def _prospect_on_signal(self, code, rows):
        """Something has happened to prospects. Bridges override it.

        In the transaction in which it happened. See :meth:`_prospect_signal_heard`.

        :param str code: of the signal
        :param list rows: see :meth:`_prospect_signal_emit`. Rows that are ``quiet``
            come from an import whose box *Start automation* is not ticked, and start
            nothing; they count all the same
        """

    # --- Making rows ------------------------------------------------------------------

    def _prospect_signal_from_log(self, code, model, columns, where=None):
        """Emit a signal from the last row of a history of each of ``self``.

        The number of that row is the key: it is never given again.

        :param str code: of the signal
        :param str model: of the history
        :param dict columns: {fact: column of the history}
        :param where: which rows of the history, as ``SQL``
        """
        if not self.ids or code not in self._prospect_signal_heard():
            return
        log = self.env[model]
        log.flush_model()
        found = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (lead_id) lead_id, id, date, %s
                     FROM %s
                    WHERE lead_id = ANY(%s) AND former_lead_id IS NULL AND %s
                 ORDER BY lead_id, id DESC""",
                SQL(", ").join(map(SQL.identifier, columns.values())),
                SQL.identifier(log._table),
                list(self.ids),
                where or SQL("TRUE"),
            )
        )
        self._prospect_signal_emit(
            code,
            [
                {
                    "lead_id": lead_id,
                    "key": f"{code}:{number}",
                    "at": at,
                    "facts": {
                        name: False if value is None else value
                        for name, value in zip(columns, values, strict=True)
                    },
                }
                for lead_id, number, at, *values in found
            ],
        )

    def _prospect_signal_created(self):
        """Emit ``lead.created`` for ``self``."""
        code = "lead.created"
        if not self.ids or code not in self._prospect_signal_heard():
            return
        self.flush_recordset(CREATED)
        self.env["prospect.status.change"].flush_model()
        found = self.env.execute_query(
            SQL(
                """SELECT lead.id, log.cause, %s
                     FROM crm_lead AS lead
                LEFT JOIN LATERAL (
                          SELECT cause FROM prospect_status_change
                           WHERE lead_id = lead.id ORDER BY id LIMIT 1) AS log ON TRUE
                    WHERE lead.id = ANY(%s) ORDER BY lead.id""",
                SQL(", ").join(SQL.identifier("lead", name) for name in CREATED),
                list(self.ids),
            )
        )
        self._prospect_signal_emit(
            code,
            [
                {
                    "lead_id": lead_id,
                    "key": f"{code}:{lead_id}",
                    "at": self.env.cr.now(),
                    "facts": {
                        "cause": cause or "manual",
                        **{
                            name: value or False
                            for name, value in zip(CREATED, values, strict=True)
                        },
                    },
                }
                for lead_id, cause, *values in found
            ],
        )

    def _prospect_signal_status_changed(self, _changes):
        """Emit ``lead.status`` for ``self``."""
        self._prospect_signal_from_log(
            "lead.status",
            "prospect.status.change",
            {"status_id": "to_id", "former_status_id": "from_id", "cause": "cause"},
        )

    def _prospect_on_created(self):
        result = super()._prospect_on_created()
        self._prospect_signal_created()
        return result

    def _prospect_on_status_changed(self, changes):
        result = super()._prospect_on_status_changed(changes)
        self._prospect_signal_status_changed(changes)
        return result
