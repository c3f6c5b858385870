from urllib.parse import urlparse

from odoo import http
from odoo.http import request

from odoo.addons.mail.controllers.mail import MailController

# Nobody shows this page in theirs, and it runs nothing: a press of its button has to be
# meant. Its address lets whoever has it press the button.
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}


class ProspectNotificationController(http.Controller):
    """Where the links of e-mails about prospects lead."""

    @http.route(
        "/prospect/task/<int:activity_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def open_task(self, activity_id):
        """Open a prospect with what is to be done over it [MO-25].

        Odoo finds the page, and the company that it is seen in. A task that is not
        there any more leads to the inbox, as Odoo's links do.
        """
        # sudo: only the number of the prospect, which Odoo then checks
        activity = (
            request.env["mail.activity"]
            .sudo()
            .with_context(active_test=False)
            .search([("id", "=", activity_id), ("res_model", "=", "crm.lead")])
        )
        response = MailController._redirect_to_record("crm.lead", activity.res_id)
        target = urlparse(response.location)
        if not activity or "crm.lead" not in target.path:
            return response
        query = f"{target.query}&prospect_task={activity_id}".lstrip("&")
        response.location = target._replace(query=query).geturl()
        return response

    @http.route(
        "/prospect/mute",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        sitemap=False,
    )
    def mute(self, user="", kind="", token="", **kwargs):
        """Stop messages of a kind: the page asks, its button does it.

        The same answers for a wrong link as for a right one; opening the page, as
        mail programs do, changes nothing.
        """
        is_done = request.httprequest.method == "POST"
        if is_done:
            number = int(user) if user.isdecimal() and len(user) < 10 else 0
            request.env["prospect.notification"]._mute(number, kind, token)
        response = request.render(
            "prospect.prospect_notification_mute",
            {"is_done": is_done, "user": user, "kind": kind, "token": token},
        )
        response.headers.update(HEADERS)
        return response
