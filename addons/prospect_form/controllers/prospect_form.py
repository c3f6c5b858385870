import logging
import re
import time
from functools import partial
from urllib.parse import urlencode

import werkzeug.exceptions
from markupsafe import Markup

from odoo import http
from odoo.http import request

from odoo.addons.prospect_consent.tools.pages import public_route

from ..models.public.form import CAMPAIGN, LONGEST_MARK, TRAP
from ..tools.addresses import is_web_address, read_as_written

_logger = logging.getLogger(__name__)

# What a form and a beacon can have, in bytes. Files are checked one by one as well.
LARGEST = 64 * 1024 * 1024
LARGEST_BEACON = 16 * 1024
TOKEN = "prospect_token"
# Names that Odoo's captchas give to what they send.
CAPTCHAS = ("recaptcha_token_response", "turnstile_captcha")
_SLUG = re.compile(r"[\w-]{1,80}")
# Pages that may show the form: all of them. Nothing else is loaded from elsewhere.
POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' https: data:;"
    " font-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors *;"
    " script-src 'self'{scripts}; frame-src {frames}; form-action 'self'{actions}"
)


# Values of forms have names that people choose: they are no arguments of ours.
_route = partial(public_route, arguments=("slug", "lang"))


class ProspectFormController(http.Controller):
    """The public side of forms. Only answers and figures are written, by POST."""

    @_route(
        ["/prospect/form/<string:slug>", "/prospect/form/<string:slug>/<string:lang>"],
        methods=["GET"],
        readonly=True,
    )
    def prospect_form(self, slug, lang=None, **_params):
        form, definition = self._find(slug, lang)
        reason = form._get_closed_reason(definition)
        if reason:
            return self._render_closed(form, definition, reason)
        args = request.httprequest.args
        prefilled = form._find_prefilled(
            definition,
            {key: args.getlist(key) for key in args},
            read_as_written(request.httprequest.query_string),
        )
        return self._render(
            form,
            definition,
            given=prefilled,
            token=form._make_token(definition, time.time()),
            campaign=self._read_campaign(args),
            query=self._keep_query(args),
            country=self._find_country(form, definition),
        )

    @_route(
        ["/prospect/form/<string:slug>", "/prospect/form/<string:slug>/<string:lang>"],
        methods=["POST"],
        max_content_length=LARGEST,
    )
    def prospect_form_send(self, slug, lang=None, **_params):
        form, definition = self._find(slug, lang)
        posted = request.httprequest.form
        submission = {
            "posted": {key: posted.getlist(key) for key in posted},
            "uploads": {
                key: upload
                for key, upload in request.httprequest.files.items()
                if upload.filename
            },
            "token": posted.get(TOKEN),
            "trap": posted.get(TRAP),
            "address": request.httprequest.remote_addr,
            "origin": self._read_origin(posted),
            "campaign": self._read_campaign(posted),
            "country": self._find_country(form, definition),
            # asked for last: it can be asked for once
            "captcha": lambda: self._has_passed_captcha(posted),
        }
        result = form._receive_submission(definition, submission)
        return self._answer(form, definition, submission, result)

    @_route("/prospect/form/<string:slug>/thanks", methods=["GET"], readonly=True)
    def prospect_form_thanks(self, slug, lang=None, **_params):
        form, definition = self._find(slug, lang)
        return self._render(form, definition, template="thanks")

    @_route("/prospect/form/<string:slug>/qr.svg", methods=["GET"], readonly=True)
    def prospect_form_qr_code(self, slug, **_params):
        """The address of the form as a QR code."""
        form, _definition = self._find(slug, None)
        return request.make_response(
            form._get_qr_code(), headers=[("Content-Type", "image/svg+xml")]
        )

    @_route(
        "/prospect/form/<string:slug>/seen",
        methods=["POST"],
        max_content_length=LARGEST_BEACON,
    )
    def prospect_form_seen(self, slug, **_params):
        """The page says that it was seen, begun or left: figures, and no more."""
        form, definition = self._find(slug, None)
        posted = request.httprequest.form
        token = posted.get(TOKEN)
        if form._knows_page(definition, token):
            keys = {
                name: posted.get(name, "").split(",")[:200]
                for name in ("shown", "touched")
            }
            form._receive_beacon(
                definition, posted.get("kind"), keys, posted.get("last", "")
            )
        return request.make_response("", status=204)

    # --- Reading ------------------------------------------------------------------

    def _find(self, slug, lang):
        """The form of an address, with superuser rights, and its definition."""
        # sudo: visitors have no rights; what they may see is the definition
        forms = request.env["prospect.form"].sudo()
        number = _SLUG.fullmatch(slug) and forms._find_public(slug)
        if not number:
            raise werkzeug.exceptions.NotFound
        form = forms.browse(number)
        lang = form._choose_language(
            lang or request.httprequest.args.get("lang"),
            [code for code, _q in request.httprequest.accept_languages],
        )
        request.update_context(lang=lang)
        return form.with_context(lang=lang), form._get_definition(lang)

    def _find_country(self, form, definition):
        """The country of the visitor's phone, as the browser says, or an empty text."""
        accepted = [code for code, _q in request.httprequest.accept_languages]
        return form._choose_country(definition, accepted)

    def _read_campaign(self, values):
        """What brought the visitor: {utm_source: text}, of what is given."""
        return {
            mark: values[mark].replace("\x00", "")[:LONGEST_MARK]
            for mark in CAMPAIGN
            if values.get(mark)
        }

    def _keep_query(self, args):
        """What an address gives, for the same page in another language."""
        kept = [(key, text) for key, text in args.items(multi=True) if key != "lang"]
        return f"?{urlencode(kept)}" if kept else ""

    def _read_origin(self, posted):
        """The page that shows the form, without what follows its path."""
        page = posted.get("prospect_page") or request.httprequest.referrer or ""
        page = page.replace("\x00", "").partition("?")[0].partition("#")[0]
        return page[:LONGEST_MARK] if is_web_address(page) else ""

    def _has_passed_captcha(self, posted):
        """Whether Odoo's captcha lets it pass; it does where there is none."""
        for name in CAPTCHAS:
            if posted.get(name):
                request.params[name] = posted[name]
        try:
            request.env["ir.http"]._verify_request_recaptcha_token("prospect_form")
        except Exception as error:  # noqa: BLE001 - whatever it is, it lies in quarantine
            _logger.info("Form: the captcha was not passed: %s", error)
            return False
        return True

    # --- Answering ----------------------------------------------------------------

    def _wants_json(self):
        return "application/json" in request.httprequest.headers.get("Accept", "")

    def _answer(self, form, definition, submission, result):
        """The answer to what was sent; a robot's is that of a person."""
        state = result["state"]
        if state == "kept":
            note = self._describe_no_file(form) if result.get("no_file") else ""
            return self._thank(form, definition, note)
        if state == "closed":
            if self._wants_json():
                return self._make_json(
                    {"state": "closed", "message": definition["texts"]["closed"]}, 410
                )
            return self._render_closed(form, definition, result["reason"])
        token = request.httprequest.form.get(TOKEN)
        if state == "over" or not token:
            # what was written stays, under a token that is good again
            token = form._make_token(definition, time.time(), result.get("nonce"))
        errors = result.get("errors", {})
        message = self._describe_state(form, state)
        status = {"wrong": 422, "over": 409, "busy": 429}[state]
        if self._wants_json():
            return self._make_json(
                {"state": state, "errors": errors, "message": message, "token": token},
                status,
            )
        return self._render(
            form,
            definition,
            status=status,
            given=submission["posted"],
            errors=errors,
            message=message,
            token=token,
            campaign=submission["campaign"],
            country=submission["country"],
        )

    def _describe_state(self, form, state):
        """What a visitor reads above the form."""
        if state == "wrong":
            return form.env._("Some answers have to be corrected.")
        if state == "over":
            return form.env._(
                "This page was open for a long time. Please press the button once more."
            )
        return form.env._(
            "Many people are answering right now. Please try again in a few "
            "minutes: what you wrote is still here."
        )

    def _describe_no_file(self, form):
        return form.env._(
            "Your answers are kept, but not your file: there is no room for it here at"
            " the moment. Please send it in another way."
        )

    def _thank(self, form, definition, note=""):
        """Thank for an answer: by a page of its own, which can be loaded again.

        :param str note: what the visitor has to know, which no other page would say
        """
        url = "" if note else definition["thanks_url"]
        if self._wants_json():
            thanks = definition["texts"]["thanks"]
            if note:
                thanks = Markup("<p>%s</p>") % note + Markup(thanks or "")
            return self._make_json({"state": "kept", "url": url, "thanks": thanks})
        if note:
            return self._render(form, definition, template="thanks", note=note)
        return request.redirect(
            url
            or f"/prospect/form/{definition['slug']}/thanks?lang={definition['lang']}",
            code=303,
            local=not url,
        )

    def _make_json(self, data, status=200):
        return request.make_json_response(
            data, headers=[("Cache-Control", "no-store")], status=status
        )

    # --- Pages --------------------------------------------------------------------

    def _render_closed(self, form, definition, reason):
        status = 404 if reason == "archived" else 200
        return self._render(
            form, definition, template="closed", status=status, reason=reason
        )

    def _render(self, form, definition, template="page", status=200, **values):
        """A page of the form, whole: no layout, no bundle, no session."""
        values = form._get_page_values(definition, **values)
        html = form.env["ir.qweb"]._render(f"prospect_form.{template}", values)
        return request.make_response(
            Markup("<!DOCTYPE html>\n") + html,
            headers=[
                ("Content-Type", "text/html; charset=utf-8"),
                ("Content-Language", definition["lang"].replace("_", "-")),
                ("Vary", "Accept-Language"),
                ("Cache-Control", "no-store"),
                ("Referrer-Policy", "strict-origin-when-cross-origin"),
                ("Content-Security-Policy", self._make_policy(values)),
            ],
            status=status,
        )

    def _make_policy(self, values):
        """Where the page may load from and send to."""
        url = values["definition"]["thanks_url"]
        actions = ""
        if url:
            # only the origin: a path could hold what ends the policy
            origin = re.match(r"https?://[^/?#;,\s'\"]+", url)
            actions = f" {origin[0]}" if origin else ""
        captcha = values["captcha"]
        return POLICY.format(
            scripts=f" {captcha['origins']}" if captcha else "",
            frames=captcha["origins"] if captcha else "'none'",
            actions=actions,
        )
