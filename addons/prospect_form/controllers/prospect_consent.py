from markupsafe import Markup

from odoo import http
from odoo.http import request

from .prospect_form import _route

# What a mail program sends when its own button is pressed (RFC 8058).
ONE_CLICK = ("List-Unsubscribe", "One-Click")
# Nobody shows these pages in theirs: a press of their button has to be meant.
POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
LARGEST = 16 * 1024


class ProspectConsentController(http.Controller):
    """Where the links of mails to visitors lead: a page with a button.

    Opening it, as mail programs and scanners do, changes nothing; only the button
    does. Whatever is wrong with a link, the answer is the same.
    """

    # --- Confirming an address ------------------------------------------------------

    @_route("/prospect/confirm/<string:part>", methods=["GET"], readonly=True)
    def prospect_confirm(self, part, **_params):
        answer, is_late = request.env["prospect.form.answer"]._find_by_link(part)
        return self._render_confirm(answer, self._get_confirm_state(answer, is_late))

    @_route(
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
            return self._render("lost", answer.browse(), status=404)
        thanks = ""
        if state == "done":
            # before the page is rendered: texts are the form's
            lang = self._choose_language(answer)
            thanks = answer.form_id._get_definition(lang)["texts"]["thanks"]
        return self._render(
            "confirm", answer, state=state, answer=answer, thanks=thanks
        )

    # --- Withdrawing ----------------------------------------------------------------

    @_route("/prospect/consent/<string:part>", methods=["GET"], readonly=True)
    def prospect_consent(self, part, **_params):
        consent = request.env["prospect.consent"]._find_by_link(part)
        return self._render_consent(consent, self._get_consent_state(consent))

    @_route(
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
            return self._render("lost", consent, status=404)
        return self._render("withdraw", consent, state=state, consent=consent)

    # --- Pages ----------------------------------------------------------------------

    def _choose_language(self, record):
        """The language in which the person was asked, while Odoo has it."""
        langs = request.env["res.lang"]
        wanted = [
            record.lang_id.code if record else None,
            *(
                found.code
                for code, _quality in request.httprequest.accept_languages
                for found in [langs._get_data(iso_code=code.replace("-", "_"))]
            ),
            # sudo: visitors cannot read the company
            request.env.company.sudo().partner_id.lang,
        ]
        known = {code for code, _name in langs.get_installed()}
        return next((code for code in wanted if code in known), "en_US")

    def _render(self, template, record, status=200, **values):
        """A page, whole: no layout, no bundle, no script, no session."""
        lang = self._choose_language(record)
        request.update_context(lang=lang)
        record = record.with_context(lang=lang)
        values = {
            **{
                name: value.with_context(lang=lang)
                if isinstance(value, type(record))
                else value
                for name, value in values.items()
            },
            "lang": lang,
            "style": record.form_id._get_page_style(lang),
            # sudo: the same
            "company": (record.company_id or request.env.company.sudo()).name,
        }
        html = request.env["ir.qweb"]._render(
            f"prospect_form.consent_{template}", values, minimal_qcontext=True
        )
        return request.make_response(
            Markup("<!DOCTYPE html>\n") + html,
            headers=[
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Language", lang.replace("_", "-")),
                ("Cache-Control", "no-store"),
                # the address of the page is what lets somebody press its button
                ("Referrer-Policy", "no-referrer"),
                ("X-Robots-Tag", "noindex"),
                ("X-Frame-Options", "DENY"),
                ("Content-Security-Policy", POLICY),
            ],
            status=status,
        )
