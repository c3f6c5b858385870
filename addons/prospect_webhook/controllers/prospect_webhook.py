from odoo import http
from odoo.http import request

from ..tools.bodies import LARGEST

# What a browser may do with an answer: nothing but show it as text.
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


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
        """Take in one message: signed JSON, or a form.

        What is answered is for the sender's programmers, and the same whether the
        person is known or not. Senders try again whatever is not answered with 2xx, and
        an event that comes twice counts once.
        """
        asked = request.httprequest
        # sudo: who may send is said by the secret, and the public may read nothing
        answer, status = (
            request.env["prospect.webhook"]
            .sudo()
            ._take(token, asked.headers, asked.get_data(), asked.args)
        )
        headers = {"Cache-Control": "no-store"}
        if status == 429:
            headers["Retry-After"] = "60"
        return request.make_json_response(answer, headers=headers, status=status)

    @http.route(
        "/prospect/hook/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "HEAD", "OPTIONS"],
        csrf=False,
        save_session=False,
        sitemap=False,
    )
    def check(self, token, **_params):
        """Answer a system that looks whether the address is there, as Mailchimp and
        Meta do. Nothing is looked up and nothing written, for any address.
        """
        answer, status = request.env["prospect.webhook"]._answer_check(
            token, request.httprequest.args
        )
        headers = [("Content-Type", "text/plain; charset=utf-8"), *HEADERS.items()]
        response = request.make_response(answer, headers, status=status)
        if request.httprequest.method == "OPTIONS":
            response.headers["Allow"] = "GET, HEAD, OPTIONS, POST"
        return response
