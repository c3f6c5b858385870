from odoo import api, fields, models

# Hits say who read what, and when: they are kept as long as figures by hour are of use.
MONTHS = 13


class ProspectMailingHit(models.Model):
    """One opening of a mail, or one click, and whether a person was it.

    No address of a computer is kept, and of the program its family only. The verdict is
    kept with the name of its rule.
    """

    _name = "prospect.mailing.hit"
    _description = "Opening or Click of a Mailing"
    _order = "at DESC, id DESC"
    _log_access = False
    _rec_name = "at"

    trace_id = fields.Many2one(
        comodel_name="mailing.trace",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        selection=[("open", "Opening"), ("click", "Click")],
        string="What",
        required=True,
        readonly=True,
    )
    at = fields.Datetime(string="When", required=True, readonly=True, index=True)
    link_id = fields.Many2one(
        comodel_name="link.tracker", readonly=True, ondelete="set null"
    )
    family = fields.Char(
        string="Program", readonly=True, help="Family of the browser or program."
    )
    seconds = fields.Float(
        string="Seconds since Sent",
        readonly=True,
        aggregator="avg",
        help="How long after the mail was sent.",
    )
    verdict = fields.Selection(
        selection=[
            ("human", "Person"),
            ("machine", "Program"),
            ("proxy", "Picture service"),
        ],
        string="By",
        required=True,
        readonly=True,
        help="A picture service loads pictures for the reader, or ahead of them: "
        "whether somebody looked cannot be known.",
    )
    rule = fields.Selection(
        selection=[
            ("browser", "A browser or mail program"),
            ("agent", "The program says that it is none"),
            ("no_agent", "The program does not say what it is"),
            ("head_only", "Nothing but the head of the page was asked for"),
            ("image_proxy", "A mail service shows pictures this way"),
            ("privacy_proxy", "A mail program loads all pictures ahead this way"),
            ("too_soon", "Sooner than anybody reads"),
            ("all_links", "Several links in the same moment"),
        ],
        string="Because",
        required=True,
        readonly=True,
    )

    @api.autovacuum
    def _gc_old(self):
        """Nobody asks for single openings after a year; the figures stay."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), months=MONTHS)
        old = self.search([("at", "<", limit)], limit=10_000)
        old.unlink()
        return len(old), len(old) == 10_000
