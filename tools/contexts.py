"""Contexts of writes that notify nobody."""

# Values of one batch that is written without Odoo's mails and notes.
QUIET = {
    "mail_auto_subscribe_no_notify": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "tracking_disable": True,
}
