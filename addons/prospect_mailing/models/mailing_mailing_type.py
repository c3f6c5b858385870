from odoo import fields, models

TYPES = [
    ("save_the_date", "Save the date"),
    ("invitation", "Invitation"),
    ("follow_up", "Follow-up"),
    ("reminder", "Reminder"),
    ("thanks", "Thank-you"),
]


class MailingMailing(models.Model):
    """What a mailing is for, so that mailings of a type can be compared [IY-28]."""

    _name = "mailing.mailing"
    _inherit = ["mailing.mailing"]

    prospect_type = fields.Selection(
        selection=TYPES,
        string="Type of Mailing",
        index="btree_not_null",
        help="Figures can be read for all mailings, or for those of a type.",
    )
