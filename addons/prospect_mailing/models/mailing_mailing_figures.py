from odoo import fields, models

# Fields of a mailing, and of what of its mails they are made.
FIGURES = {
    "prospect_sent_count": "sent_count:sum",
    "prospect_delivered_count": "delivered_count:sum",
    "prospect_delivery_rate": "delivery_rate:avg",
    "prospect_error_count": "error_count:sum",
    "prospect_error_rate": "error_rate:avg",
    "prospect_opened_count": "opened_count:sum",
    "prospect_open_rate": "open_rate:avg",
    "prospect_human_opened_count": "human_opened_count:sum",
    "prospect_human_open_rate": "human_open_rate:avg",
    "prospect_clicked_count": "clicked_count:sum",
    "prospect_click_rate": "click_rate:avg",
    "prospect_human_clicked_count": "human_clicked_count:sum",
    "prospect_human_click_rate": "human_click_rate:avg",
    "prospect_answered_count": "answered_count:sum",
    "prospect_answer_rate": "answer_rate:avg",
    "prospect_answer_hours": "answer_hours:avg",
    "prospect_answer_hours_median": "answer_hours_median:avg",
    "prospect_answer_hours_p90": "answer_hours_p90:avg",
    "prospect_unsubscribed_count": "unsubscribed_count:sum",
    "prospect_unsubscribe_rate": "unsubscribe_rate:avg",
}


def _count(label):
    return fields.Integer(string=label, compute="_compute_prospect_figures")


def _rate(label):
    return fields.Float(
        string=label, digits=(16, 1), compute="_compute_prospect_figures"
    )


class MailingMailing(models.Model):
    """Figures of a mailing, out of what became of each mail [IY-22 to IY-27]."""

    _name = "mailing.mailing"
    _inherit = ["mailing.mailing"]

    prospect_sent_count = _count("Mails Sent")
    prospect_delivered_count = _count("Mails Delivered")
    prospect_delivery_rate = _rate("Deliverability")
    prospect_error_count = _count("Errors")
    prospect_error_rate = _rate("Rate of Errors")
    prospect_opened_count = _count("Openings")
    prospect_open_rate = _rate("Rate of Openings")
    prospect_human_opened_count = _count("Openings by People")
    prospect_human_open_rate = _rate("Rate of Openings by People")
    prospect_clicked_count = _count("Clickers")
    prospect_click_rate = _rate("Rate of Clicks")
    prospect_human_clicked_count = _count("Clickers who are People")
    prospect_human_click_rate = _rate("Rate of Clicks by People")
    prospect_answered_count = _count("Answers")
    prospect_answer_rate = _rate("Rate of Answers")
    prospect_answer_hours = _rate("Hours until Answered")
    prospect_answer_hours_median = _rate("Hours until Answered (median)")
    prospect_answer_hours_p90 = _rate("Hours until Answered (nine of ten)")
    prospect_unsubscribed_count = _count("Unsubscribed")
    prospect_unsubscribe_rate = _rate("Rate of Unsubscribing")

    def _compute_prospect_figures(self):
        for name in FIGURES:
            self[name] = False
        figures = self.env["prospect.mailing.figure"]
        if not figures.has_access("read"):
            return
        rows = figures._read_group(
            [("mailing_id", "in", self.ids)], ["mailing_id"], list(FIGURES.values())
        )
        for mailing, *values in rows:
            mailing.update(dict(zip(FIGURES, values, strict=True)))

    def action_prospect_figures(self):
        """The mails behind the figures: ``prospect_figure`` in the context says which
        (name of a count, as ``clicked_count``); nothing: all.
        """
        self.ensure_one()
        figures = self.env["prospect.mailing.figure"]
        domain = [("mailing_id", "=", self.id)]
        name = self.env.context.get("prospect_figure")
        field = figures._fields.get(name) if isinstance(name, str) else None
        if field and name.endswith("_count"):
            domain.append((name, "=", 1))
        return {
            "type": "ir.actions.act_window",
            "name": field.get_description(self.env, ["string"])["string"]
            if field
            else self.env._("Mails"),
            "res_model": figures._name,
            "views": [(False, "list"), (False, "graph"), (False, "pivot")],
            "domain": domain,
        }
