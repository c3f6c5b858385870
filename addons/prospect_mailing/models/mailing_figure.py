from odoo import fields, models
from odoo.tools import SQL

from .mailing_mailing_type import TYPES

# In seconds, until which a reaction counts to a stretch: (code, label, end or None).
STRETCHES = (
    ("hour", "Within an hour", 3600),
    ("hours", "1 to 6 hours", 6 * 3600),
    ("day", "6 to 24 hours", 24 * 3600),
    ("days", "1 to 3 days", 3 * 24 * 3600),
    ("later", "Later", None),
)
# How much of a distribution lies below a figure: its median, and nine of ten.
PERCENTILES = {
    "answer_hours_median": 0.5,
    "answer_hours_p90": 0.9,
}


class ProspectMailingFigure(models.Model):
    """What became of each mail of a mailing, for figures that add up [IY-21 to IY-28].

    One row a mail that was to leave. Counts are sums of 0 and 1. Rates are averages of
    0 and 100 over the rows that they are about, and empty elsewhere: a rate of several
    mailings is that of all their mails, not the average of their rates. Each figure
    opens its rows.
    """

    _name = "prospect.mailing.figure"
    _description = "Figures of Mailings"
    _auto = False
    _order = "sent_at DESC, id DESC"
    _rec_name = "email"
    _depends = {
        "mailing.trace": [
            "trace_type",
            "trace_status",
            "failure_type",
            "is_test_trace",
            "mass_mailing_id",
            "model",
            "res_id",
            "email",
            "sent_datetime",
            "open_datetime",
            "links_click_datetime",
            "reply_datetime",
            "human_open_at",
            "human_click_at",
            "unsubscribed_at",
        ],
        "mailing.mailing": ["campaign_id", "prospect_type", "user_id"],
    }

    mailing_id = fields.Many2one(comodel_name="mailing.mailing", readonly=True)
    campaign_id = fields.Many2one(comodel_name="utm.campaign", readonly=True)
    prospect_type = fields.Selection(
        selection=TYPES, string="Type of Mailing", readonly=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Responsible", readonly=True
    )
    lead_id = fields.Many2one(comodel_name="crm.lead", string="Prospect", readonly=True)
    email = fields.Char(readonly=True)
    failure_type = fields.Char(
        string="Reason", readonly=True, export_string_translation=False
    )
    # --- When -----------------------------------------------------------------------
    sent_at = fields.Datetime(string="Sent On", readonly=True)
    open_at = fields.Datetime(string="Opened On", readonly=True)
    click_at = fields.Datetime(string="Clicked On", readonly=True)
    answer_at = fields.Datetime(string="Answered On", readonly=True)
    opened_within = fields.Selection(
        selection=[stretch[:2] for stretch in STRETCHES],
        readonly=True,
        help="How long after it was sent the mail was first opened.",
    )
    # --- How many -------------------------------------------------------------------
    sent_count = fields.Integer(
        string="Sent",
        readonly=True,
        help="Mails that were handed over, or tried to be; those left out are not "
        "counted (same address, blacklist, no address).",
    )
    delivered_count = fields.Integer(
        string="Delivered",
        readonly=True,
        help="Mails that were sent and did not come back.",
    )
    error_count = fields.Integer(
        string="Errors",
        readonly=True,
        help="Mails that did not arrive: the address is out of date or wrong, or no "
        "server took the mail.",
    )
    opened_count = fields.Integer(
        string="Openings",
        readonly=True,
        help="Delivered mails that were opened, whoever opened them; each counts once.",
    )
    human_opened_count = fields.Integer(
        string="Openings by People",
        readonly=True,
        help="Without those by programs: scanners of mail servers and services that "
        "load all pictures ahead.",
    )
    clicked_count = fields.Integer(
        string="Clickers",
        readonly=True,
        help="Delivered mails a link of which was clicked; each counts once.",
    )
    human_clicked_count = fields.Integer(
        string="Clickers who are People",
        readonly=True,
        help="Without clicks by programs that check links.",
    )
    answered_count = fields.Integer(
        string="Answers",
        readonly=True,
        help="Delivered mails that were answered, not by a program.",
    )
    unsubscribed_count = fields.Integer(
        string="Unsubscribed",
        readonly=True,
        help="People lost by this mailing: they unsubscribed by its own link.",
    )
    left_out_count = fields.Integer(
        string="Left Out",
        readonly=True,
        help="Mails that were not sent: same address, blacklist, no address.",
    )
    # --- Out of 100 -----------------------------------------------------------------
    delivery_rate = fields.Float(
        string="Deliverability (%)",
        readonly=True,
        aggregator="avg",
        help="Delivered out of sent.",
    )
    error_rate = fields.Float(
        string="Errors (%)", readonly=True, aggregator="avg", help="Out of sent."
    )
    open_rate = fields.Float(
        string="Openings (%)", readonly=True, aggregator="avg", help="Out of delivered."
    )
    human_open_rate = fields.Float(
        string="Openings by People (%)",
        readonly=True,
        aggregator="avg",
        help="Out of delivered.",
    )
    click_rate = fields.Float(
        string="Clicks (%)",
        readonly=True,
        aggregator="avg",
        help="Clickers out of delivered.",
    )
    human_click_rate = fields.Float(
        string="Clicks by People (%)",
        readonly=True,
        aggregator="avg",
        help="Clickers who are people out of delivered.",
    )
    answer_rate = fields.Float(
        string="Answers (%)", readonly=True, aggregator="avg", help="Out of delivered."
    )
    unsubscribe_rate = fields.Float(
        string="Unsubscribed (%)",
        readonly=True,
        aggregator="avg",
        help="Out of delivered.",
    )
    # --- How fast -------------------------------------------------------------------
    open_hours = fields.Float(
        string="Hours until Opened (mean)",
        readonly=True,
        aggregator="avg",
        help="From sending to the first opening, of those who opened.",
    )
    answer_hours = fields.Float(
        string="Hours until Answered (mean)",
        readonly=True,
        aggregator="avg",
        help="From sending to the first answer, of those who answered.",
    )
    answer_hours_median = fields.Float(
        string="Hours until Answered (median)",
        readonly=True,
        aggregator="avg",
        help="Half of those who answered did it faster.",
    )
    answer_hours_p90 = fields.Float(
        string="Hours until Answered (nine of ten)",
        readonly=True,
        aggregator="avg",
        help="Nine of ten of those who answered did it faster.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT mail.*,
                   delivered_count * opened AS opened_count,
                   delivered_count * human_opened AS human_opened_count,
                   delivered_count * clicked AS clicked_count,
                   delivered_count * human_clicked AS human_clicked_count,
                   delivered_count * answered AS answered_count,
                   delivered_count * unsubscribed AS unsubscribed_count,
                   100.0 * delivered_count / NULLIF(sent_count, 0) AS delivery_rate,
                   100.0 * error_count / NULLIF(sent_count, 0) AS error_rate,
                   100.0 * opened / NULLIF(delivered_count, 0) AS open_rate,
                   100.0 * human_opened / NULLIF(delivered_count, 0)
                       AS human_open_rate,
                   100.0 * clicked / NULLIF(delivered_count, 0) AS click_rate,
                   100.0 * human_clicked / NULLIF(delivered_count, 0)
                       AS human_click_rate,
                   100.0 * answered / NULLIF(delivered_count, 0) AS answer_rate,
                   100.0 * unsubscribed / NULLIF(delivered_count, 0)
                       AS unsubscribe_rate,
                   CASE WHEN open_seconds IS NULL THEN NULL %(stretches)s END
                       AS opened_within,
                   open_seconds / 3600.0 AS open_hours,
                   answer_seconds / 3600.0 AS answer_hours,
                   answer_seconds / 3600.0 AS answer_hours_median,
                   answer_seconds / 3600.0 AS answer_hours_p90
              FROM (%(mails)s) AS mail
            """,
            stretches=SQL(" ").join(
                SQL("WHEN open_seconds < %s THEN %s", end, code)
                if end
                else SQL("ELSE %s", code)
                for code, _label, end in STRETCHES
            ),
            mails=self._get_mails(),
        )

    def _get_mails(self):
        """One row a mail, with 0 or 1 for all that can have become of it."""
        received = SQL("trace.trace_status IN ('pending', 'sent', 'open', 'reply')")
        failed = SQL("trace.trace_status IN ('bounce', 'error')")
        return SQL(
            """
            SELECT trace.id,
                   trace.mass_mailing_id AS mailing_id,
                   mailing.campaign_id,
                   mailing.prospect_type,
                   mailing.user_id,
                   CASE WHEN trace.model = 'crm.lead' THEN trace.res_id END AS lead_id,
                   trace.email,
                   trace.failure_type,
                   COALESCE(trace.sent_datetime, trace.create_date) AS sent_at,
                   trace.open_datetime AS open_at,
                   trace.links_click_datetime AS click_at,
                   trace.reply_datetime AS answer_at,
                   (%(received)s OR %(failed)s)::int AS sent_count,
                   (%(received)s)::int AS delivered_count,
                   (%(failed)s)::int AS error_count,
                   (trace.trace_status = 'cancel')::int AS left_out_count,
                   (trace.trace_status IN ('open', 'reply')
                    OR trace.open_datetime IS NOT NULL)::int AS opened,
                   (trace.human_open_at IS NOT NULL)::int AS human_opened,
                   (trace.links_click_datetime IS NOT NULL)::int AS clicked,
                   (trace.human_click_at IS NOT NULL)::int AS human_clicked,
                   (trace.reply_datetime IS NOT NULL)::int AS answered,
                   (trace.unsubscribed_at IS NOT NULL)::int AS unsubscribed,
                   -- GREATEST takes nothing for the smallest, and not for unknown
                   CASE WHEN %(received)s AND trace.open_datetime IS NOT NULL
                        THEN GREATEST(0, extract(
                            epoch FROM trace.open_datetime - trace.sent_datetime
                        )) END AS open_seconds,
                   CASE WHEN %(received)s AND trace.reply_datetime IS NOT NULL
                        THEN GREATEST(0, extract(
                            epoch FROM trace.reply_datetime - trace.sent_datetime
                        )) END AS answer_seconds
              FROM mailing_trace AS trace
              JOIN mailing_mailing AS mailing ON mailing.id = trace.mass_mailing_id
             WHERE trace.trace_type = 'mail' AND trace.is_test_trace IS NOT TRUE
            """,
            received=received,
            failed=failed,
        )

    def action_open(self):
        """The mail that the row is about, with who opened and clicked."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mailing.trace",
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _read_group_select(self, aggregate_spec, query):
        """The median, and what nine of ten lie below, are no average."""
        name = aggregate_spec.partition(":")[0]
        if aggregate_spec == f"{name}:avg" and name in PERCENTILES:
            # checks that the field may be read
            return SQL(
                "percentile_cont(%s) WITHIN GROUP (ORDER BY %s)",
                PERCENTILES[name],
                self._field_to_sql(self._table, name, query),
            )
        return super()._read_group_select(aggregate_spec, query)
