"""Public pages to which the links of mails lead: without session, cookie or script."""

from markupsafe import Markup

from odoo import http
from odoo.http import request

# Nobody shows these pages in theirs: a press of their button has to be meant.
POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# What such a page may send, in bytes.
LARGEST = 16 * 1024


def public_route(path, arguments=("part",), **routing):
    """A public route that keeps no session: no cookie comes back from it.

    :param arguments: names of what it takes from its address; see ``ir.http``
    """
    return http.route(
        path,
        type="http",
        auth="public",
        csrf=False,  # no session, no cookie: the link is signed instead
        save_session=False,
        prospect_arguments=arguments,
        **routing,
    )


def choose_language(record):
    """The language in which the person was asked, while Odoo has it.

    :param record: of a model with ``lang_id``; empty for a link that is wrong
    """
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


def render_page(template, record, status=200, **values):
    """A page, whole: no layout, no bundle, no script, no session.

    :param template: external id; it calls ``prospect_consent.consent_layout``
    :param record: whose page it is, of a model with ``lang_id``, ``company_id`` and
        ``_get_page_style``; empty for a link that is wrong
    """
    lang = choose_language(record)
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
        "style": record._get_page_style(lang),
        # sudo: the same
        "company": (record.company_id or request.env.company.sudo()).name,
    }
    html = request.env["ir.qweb"]._render(template, values, minimal_qcontext=True)
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
