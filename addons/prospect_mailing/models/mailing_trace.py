from odoo import api, fields, models

from odoo.addons.prospect.tools.trusted import read_trusted

from ..tools.readers import HUMAN, read_reader

NOT_RECEIVED = ("bounce", "error", "cancel")


class MailingTrace(models.Model):
    """What became of one mail of a mailing; what a program did is nobody's answer."""

    _inherit = "mailing.trace"

    # each mail that comes in with references is looked for here, among all ever sent
    message_id = fields.Char(index="btree_not_null")
    human_open_at = fields.Datetime(
        string="Opened by a Person On",
        readonly=True,
        copy=False,
        help="First opening that does not look like that of a program.",
    )
    human_click_at = fields.Datetime(
        string="Clicked by a Person On",
        readonly=True,
        copy=False,
        help="First click that does not look like that of a program.",
    )
    unsubscribed_at = fields.Datetime(
        string="Unsubscribed On",
        readonly=True,
        copy=False,
        help="When the person unsubscribed by a link of this mail.",
    )
    prospect_hit_ids = fields.One2many(
        comodel_name="prospect.mailing.hit",
        inverse_name="trace_id",
        string="Openings and Clicks",
        readonly=True,
    )

    def set_opened(self, domain=None):
        """What came back stays so: a picture is also loaded by the servers that a mail
        passes, and by whoever reads the report of its return.
        """
        traces = self + (self.search(domain) if domain else self.browse())
        if read_trusted(self.env.context, "prospect_by_program"):
            return traces
        received = traces.filtered(lambda one: one.trace_status not in NOT_RECEIVED)
        super(MailingTrace, received).set_opened()
        return traces

    def set_replied(self, domain=None):
        """Not by a mail that a program has written; the first answer counts [IY-26]."""
        traces = self + (self.search(domain) if domain else self.browse())
        if read_trusted(self.env.context, "prospect_by_program"):
            return traces
        first = traces.filtered(lambda one: not one.reply_datetime)
        super(MailingTrace, first).set_replied()
        # whoever answers has read it
        first.filtered(lambda one: not one.human_open_at).write(
            {"human_open_at": fields.Datetime.now()}
        )
        return traces

    # --- Who opened and clicked -----------------------------------------------------

    def _prospect_note_hit(self, kind, agent, is_head=False, link=None):
        """Note an opening or a click, and whether a person was it.

        :param str kind: "open" or "click"
        :param str agent: what the program says that it is (``User-Agent``)
        :param bool is_head: whether only the head of the answer was asked for
        :param link: the ``link.tracker`` that was clicked
        """
        now = fields.Datetime.now()
        values = []
        for trace in self:
            seconds = (now - (trace.sent_datetime or now)).total_seconds()
            family, verdict, rule = read_reader(
                kind, agent, seconds, is_head, trace._prospect_count_recent_links(link)
            )
            values.append(
                {
                    "trace_id": trace.id,
                    "kind": kind,
                    "at": now,
                    "link_id": link.id if link else False,
                    "family": family,
                    "seconds": seconds,
                    "verdict": verdict,
                    "rule": rule,
                }
            )
            if verdict == HUMAN:
                trace._prospect_note_human(kind, now)
        # sudo: whoever opens a mail has no rights; nothing of this is theirs to say
        return self.env["prospect.mailing.hit"].sudo().create(values)

    def _prospect_note_human(self, kind, now):
        """The first opening, or click, by a person; who clicks has opened."""
        self.ensure_one()
        values = {}
        if not self.human_open_at:
            values["human_open_at"] = now
        if kind == "click" and not self.human_click_at:
            values["human_click_at"] = now
        if values and self.trace_status not in NOT_RECEIVED:
            self.write(values)

    def _prospect_count_recent_links(self, link):
        """How many other links of this mail were followed within two seconds."""
        self.ensure_one()
        if not link:
            return 0
        hits = self.env["prospect.mailing.hit"].sudo()  # sudo: as in its caller
        since = fields.Datetime.subtract(fields.Datetime.now(), seconds=2)
        recent = hits.search(
            [("trace_id", "=", self.id), ("kind", "=", "click"), ("at", ">=", since)]
        )
        return len(recent.link_id - link)

    # --- Who left -------------------------------------------------------------------

    @api.model
    def _prospect_note_unsubscribed(self, mailing, document_id, email, is_back=False):
        """Remember that somebody unsubscribed by the link of a mailing, or came back.

        :param mailing: as the superuser; the link's signature was checked
        :param document_id: number of the record that the mail was about
        :param str email: the address that the link was signed for
        :param bool is_back: whether the person has taken it back on the same page
        """
        if not mailing or not str(document_id or "").isdigit():
            return
        # sudo: whoever unsubscribes has no rights; the link's signature was checked
        traces = self.sudo().search(
            [
                ("mass_mailing_id", "=", mailing.id),
                ("model", "=", mailing.mailing_model_real),
                ("res_id", "=", int(document_id)),
                ("unsubscribed_at", "!=" if is_back else "=", False),
            ]
        )
        traces.unsubscribed_at = False if is_back else fields.Datetime.now()
