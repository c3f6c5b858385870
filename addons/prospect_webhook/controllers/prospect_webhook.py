from odoo import http
from odoo.http import request

from ..tools.bodies import LARGEST


class ProspectWebhookController(http.Controller):
    """Where other systems send prospects to [MO-06, BX-06]."""

    @http.route(
        "/prospect/hook/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
        sitemap=False,
        max_content_length=LARGEST,
    )
    def receive(self, token, **_params):
        """Take in one message: a signed JSON object.

        What is answered is for the sender's programmers, and the same whether the
        person is known or not. Senders try again whatever is not answered with 2xx, and
        an event that comes twice counts once.
        """
        # sudo: who may send is said by the secret, and the public may read nothing
        answer, status = (
            request.env["prospect.webhook"]
            .sudo()
            ._take(token, request.httprequest.headers, request.httprequest.get_data())
        )
        headers = {"Cache-Control": "no-store"}
        if status == 429:
            headers["Retry-After"] = "60"
        return request.make_json_response(answer, headers=headers, status=status)
