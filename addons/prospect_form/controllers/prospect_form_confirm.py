from odoo import http
from odoo.http import request

from odoo.addons.prospect_consent.tools.pages import (
    LARGEST,
    choose_language,
    public_route,
    render_page,
)


class ProspectFormConfirmController(http.Controller):
    """Where the links to confirm an address lead: a page with a button.

    Opening it, as mail programs and scanners do, changes nothing; only the button
    does. Whatever is wrong with a link, the answer is the same.
    """

    @public_route("/prospect/confirm/<string:part>", methods=["GET"], readonly=True)
    def prospect_confirm(self, part, **_params):
        answer, is_late = request.env["prospect.form.answer"]._find_by_link(part)
        return self._render_confirm(answer, self._get_confirm_state(answer, is_late))

    @public_route(
        "/prospect/confirm/<string:part>",
        methods=["POST"],
        max_content_length=LARGEST,
    )
    def prospect_confirm_press(self, part, **_params):
        answer, is_late = request.env["prospect.form.answer"]._find_by_link(part)
        state = self._get_confirm_state(answer, is_late)
        if state == "ask":
            done = answer._confirm()
            answer.invalidate_recordset()
            # somebody else was faster: another click, or the cleaning
            state = "done" if done or answer.exists().confirmed_at else "lost"
        elif state == "late" and request.httprequest.form.get("again"):
            state = "sent" if answer._send_opt_in() else "often"
        return self._render_confirm(answer, state)

    def _get_confirm_state(self, answer, is_late):
        """What the page has to say: ``ask``, ``late``, ``done`` or ``lost``."""
        if not answer or (answer.state != "waiting" and not answer.confirmed_at):
            return "lost"
        if answer.state != "waiting":
            return "done"
        return "late" if is_late else "ask"

    def _render_confirm(self, answer, state):
        if state == "lost":
            return render_page(
                "prospect_consent.consent_lost", answer.browse(), status=404
            )
        thanks = ""
        if state == "done":
            # before the page is rendered: texts are the form's
            lang = choose_language(answer)
            thanks = answer.form_id._get_definition(lang)["texts"]["thanks"]
        return render_page(
            "prospect_form.confirm", answer, state=state, answer=answer, thanks=thanks
        )
