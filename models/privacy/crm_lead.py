from hashlib import sha256

from odoo import api, models
from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

from ...tools.privacy import ErasedPersonError
from ...tools.remarks import add_remarks, remark

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "gate.erased": _lt(
            "This person was erased on %(date)s and may not be entered again, until a"
            " sales administrator lifts it (Data Quality > Erased People)."
        )
    }
)


class CrmLead(models.Model):
    """Erased people stay away: every channel asks the tombstones.

    What goes through the gate is asked for in one place and a batch at once, just
    before people are looked for; what is typed, or made by other add-ons, when it is
    saved.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_describe_erased(self, date):
        """Why somebody is refused, without saying who."""
        return remark(self.env, "gate.erased", date=format_date(self.env, date))

    # --- By hand, and by other add-ons ------------------------------------------------

    @api.constrains("email_from", "phone", "partner_id", "company_id", "country_id")
    def _check_not_erased(self):
        """:raises ErasedPersonError: for the address or number of an erased person"""
        tombstones = self.env["prospect.tombstone"]
        if not tombstones._has_any():
            return
        # sudo: addresses of what was just written
        refused = tombstones._find_refused(
            (lead.company_id.id or 0, kind, value)
            for lead in self.sudo()
            for kind, value in (
                ("email", lead.email_normalized),
                ("phone", lead.phone_sanitized),
            )
        )
        if refused:
            date = max(refused.values())
            raise ErasedPersonError(self._prospect_describe_erased(date))

    # --- Mails ------------------------------------------------------------------------

    @api.model
    def _prospect_mail_routes(self, message, message_dict, routes):
        kept = self._prospect_mail_drop_erased(message_dict, routes)
        return super()._prospect_mail_routes(message, message_dict, kept)

    @api.model
    def _prospect_mail_drop_erased(self, message_dict, routes):
        """Leave out the routes by which an erased person would become a prospect.

        The inbox says that a mail came, and has nothing of it.
        """
        new = [route for route in routes or () if self._prospect_mail_is_new(route)]
        if not new or not self.env["prospect.tombstone"]._has_any():
            return routes
        rows = [
            self._prospect_mail_read(number, message_dict, route[2])
            for number, route in enumerate(new, start=1)
        ]
        self.env["prospect.gate"]._find_erased(rows)
        dropped = [
            (route, row) for route, row in zip(new, rows, strict=True) if row.erased
        ]
        if not dropped:
            return routes
        key = sha256((message_dict.get("message_id") or "").encode()).hexdigest()
        self.env["prospect.capture"]._keep_ignored(
            "email",
            f"erased:{key}",
            {},
            dropped[0][1].reason,
            defaults=dropped[0][0][2],
        )
        gone = {id(route) for route, _row in dropped}
        return [route for route in routes if id(route) not in gone]
