from odoo import http
from odoo.http import request

from ..tools.pages import LARGEST, public_route, render_page

# What a mail program sends when its own button is pressed (RFC 8058).
ONE_CLICK = ("List-Unsubscribe", "One-Click")


class ProspectConsentController(http.Controller):
    """Where the links to withdraw a consent lead: a page with a button.

    Opening it, as mail programs and scanners do, changes nothing; only the button
    does. Whatever is wrong with a link, the answer is the same.
    """

    @public_route("/prospect/consent/<string:part>", methods=["GET"], readonly=True)
    def prospect_consent(self, part, **_params):
        consent = request.env["prospect.consent"]._find_by_link(part)
        return self._render_consent(consent, self._get_consent_state(consent))

    @public_route(
        "/prospect/consent/<string:part>",
        methods=["POST"],
        max_content_length=LARGEST,
    )
    def prospect_consent_press(self, part, **_params):
        consent = request.env["prospect.consent"]._find_by_link(part)
        if not consent:
            return self._render_consent(consent, "lost")
        posted = request.httprequest.form
        name, value = ONE_CLICK
        is_one_click = posted.get(name) == value
        everything = bool(posted.get("everything")) and not is_one_click
        consent._withdraw("one_click" if is_one_click else "link", everything)
        return self._render_consent(consent, "all" if everything else "done")

    def _get_consent_state(self, consent):
        """``ask``, ``already`` (it is withdrawn) or ``lost``."""
        if not consent:
            return "lost"
        if consent.erased_at:
            return "already"
        latest = consent._get_latest().get(consent.purpose_id)
        return "ask" if latest and latest.action == "given" else "already"

    def _render_consent(self, consent, state):
        if state == "lost":
            return render_page("prospect_consent.consent_lost", consent, status=404)
        return render_page(
            "prospect_consent.consent_withdraw", consent, state=state, consent=consent
        )
