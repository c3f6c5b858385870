from odoo import api, fields, models

REQUEST = "prospect.mail_activity_type_convert"


class CrmLead(models.Model):
    """Requests to convert prospects, as activities of who may."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_get_request_type(self):
        # sudo: which type it is, for the code alone
        found = self.env.ref(REQUEST, raise_if_not_found=False)
        return (found or self.env["mail.activity.type"]).sudo()

    def _prospect_find_convert_requests(self, user=None):
        """Open requests to convert ``self``.

        :param user: whom was asked, else anybody
        """
        activities = self.env["mail.activity"]
        kind = self._prospect_get_request_type()
        if not kind:
            return activities
        domain = [
            ("res_model", "=", "crm.lead"),
            ("res_id", "in", self.ids),
            ("activity_type_id", "=", kind.id),
        ]
        if user:
            domain.append(("user_id", "=", user.id))
        # sudo: also what others have asked for
        return activities.sudo().search(domain)

    def _prospect_ask_to_convert(self, user, note=None):
        """Ask a colleague to convert one prospect; once.

        :param user: a ``res.users`` who may
        :param str note: what they should know
        :return: the ``mail.activity``
        """
        self.ensure_one()
        known = self._prospect_find_convert_requests(user)
        if known:
            return known[:1]
        # sudo: whoever sees a prospect may ask; activities need more
        return self.sudo().activity_schedule(
            REQUEST,
            summary=self.env._("%s asks for the conversion", self.env.user.name),
            note=note or False,
            user_id=user.id,
            date_deadline=fields.Date.context_today(self),
        )

    def _prospect_on_converted(self):
        result = super()._prospect_on_converted()
        requests = self._prospect_find_convert_requests()
        if requests:
            requests.action_feedback()
        return result
