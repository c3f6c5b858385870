import json
import re
import time

from babel.languages import get_official_languages
from markupsafe import Markup

from odoo import api, fields, models, tools
from odoo.tools import SQL

from odoo.addons.prospect.models.lead.property_reader import get_style
from odoo.addons.prospect.tools.phone_cells import get_phone_example

from ...tools.colours import soften, text_on, warn_on
from ...tools.conditions import find_shown
from ...tools.files import ACCEPT
from ...tools.qr_codes import draw_qr_code
from ...tools.tokens import is_over, make_token, read_token
from ..form.field import CHOOSING

# Seconds that a person needs at least, and hours for which a page can be sent.
LEAST_SECONDS = "prospect_form.least_seconds"
TOKEN_HOURS = "prospect_form.token_hours"
SCOPE = "prospect_form-token"
# Where addresses and pages say what brought the visitor.
CAMPAIGN = ("utm_source", "utm_medium", "utm_campaign")
LONGEST_MARK = 200
# A field that is filled in though nobody sees it.
TRAP = "prospect_url"
# What browsers and screen readers know the fields as [WCAG 1.3.5].
AUTOCOMPLETE = {
    "first_name": "given-name",
    "last_name": "family-name",
    "contact_name": "name",
    "title_id": "honorific-prefix",
    "partner_name": "organization",
    "function": "organization-title",
    "email_from": "email",
    "website": "url",
    "street": "address-line1",
    "street2": "address-line2",
    "zip": "postal-code",
    "city": "address-level2",
    "country_id": "country",
    "lang_id": "language",
}
FAMILIES = {
    "system": "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
    "sans": "Arial, Helvetica, 'Liberation Sans', sans-serif",
    "serif": "Georgia, 'Times New Roman', 'Liberation Serif', serif",
    "round": "'Trebuchet MS', Verdana, 'DejaVu Sans', sans-serif",
    "mono": "ui-monospace, Consolas, 'Liberation Mono', monospace",
}


class ProspectForm(models.Model):
    """What visitors see of a form, as plain data. Only for ``prospect.form``."""

    _name = "prospect.form"
    _inherit = ["prospect.form"]

    public_url = fields.Char(
        string="Web Address",
        compute="_compute_public_url",
        help="The page of the form.",
    )
    embed_code = fields.Text(
        compute="_compute_public_url",
        help="Paste it into any page: the form appears there and grows with its "
        "content.",
    )
    embed_script = fields.Text(
        compute="_compute_public_url",
        help="For pages that only accept scripts: the form appears in its place.",
    )

    @api.depends("slug")
    def _compute_public_url(self):
        for form in self:
            # one by one: the address may depend on the form's web site
            base = form.get_base_url()
            script = f"{base}/prospect_form/static/src/public/embed.js"
            url = f"{base}/prospect/form/{form.slug}" if form.slug else False
            form.public_url = url
            form.embed_code = url and str(
                Markup(
                    '<iframe src="%s?embed=1" title="%s" data-prospect-form="1"'
                    ' style="width: 100%%; border: 0; min-height: 480px"></iframe>\n'
                    '<script src="%s" async="async"></script>'
                )
                % (url, form.name or "", script)
            )
            form.embed_script = url and str(
                Markup('<script src="%s" data-form="%s" async="async"></script>')
                % (script, url)
            )

    def _get_qr_code(self):
        """The form's address as a QR code: an SVG image, as bytes.

        Odoo makes pictures of dots, for which not every server has what it needs.
        """
        self.ensure_one()
        return draw_qr_code(self.public_url).encode()

    @api.model
    def _find_public(self, slug):
        """The number of the form that has an address, or 0."""
        return self._get_slugs().get(slug, 0)

    @api.model
    @tools.ormcache()
    def _get_slugs(self):
        """{address: number of its form}, whole: strangers choose what is asked for, and
        would push everything else out of memory.
        """
        # sudo: visitors read no forms
        forms = self.sudo().with_context(active_test=False)
        return {form.slug: form.id for form in forms.search([("slug", "!=", False)])}

    # --- Languages ----------------------------------------------------------------

    @tools.ormcache("self.id")
    def _get_languages(self):
        """[(code, code in addresses, name)] of the languages that visitors have; the
        first one is for those who want none of them: the company's, where it is one.
        """
        # sudo: visitors read no forms
        form = self.sudo()
        langs = form.lang_ids.filtered("active")
        langs = langs or self.env["res.lang"].sudo().search([("active", "=", True)])
        own = form.company_id.partner_id.lang
        return tuple(
            (lang.code, lang.url_code, lang.name)
            for lang in langs.sorted(lambda lang: (lang.code != own, lang.name))
        )

    def _choose_language(self, wanted, accepted=()):
        """The code of the language for a visitor.

        :param str wanted: a code, of addresses or of Odoo, that the address says
        :param accepted: codes such as ``fr-BE``, as browsers send them, best first
        """
        langs = self._get_languages()
        for asked in (wanted, *accepted):
            plain = (asked or "").replace("-", "_").lower()
            for short in (plain, plain.partition("_")[0]):
                for code, url_code, _name in langs if short else ():
                    if short in (code.lower(), url_code.lower(), code.lower()[:2]):
                        return code
        return langs[0][0] if langs else "en_US"

    # --- The definition -----------------------------------------------------------

    @tools.ormcache("self.id", "lang")
    def _get_definition(self, lang):
        """All that pages and answers need to know of a form, as plain data that is
        kept: nobody may change it.

        :param str lang: code of a language
        """
        # sudo: visitors read no forms; what they get is this
        form = self.sudo().with_context(lang=lang, active_test=False)
        number = self.env["res.lang"]._get_data(code=lang).id
        return {
            "id": form.id,
            "slug": form.slug,
            "lang": lang,
            "lang_id": number,
            "active": form.active,
            "company_id": form.company_id.id,
            "company_name": form.company_id.name,
            "policy": form.policy,
            "double_opt_in": form.double_opt_in,
            "date_open": form.date_open,
            "date_close": form.date_close,
            "answer_max": form.answer_max,
            "thanks_url": form.thanks_url or "",
            "defaults": form._get_defaults(),
            "texts": form._get_texts(),
            "look": form._get_look(),
            "questions": form._get_questions(),
        }

    def _get_defaults(self):
        """Values of new prospects; what the source suggests is added by the gate."""
        defaults = {"source_id": self.source_id.id}
        if self.user_id:
            defaults["user_id"] = self.user_id.id
        return defaults

    def _get_texts(self):
        """What the page says, in the language of the context."""
        return {
            "name": self.name or "",
            "intro": self.intro or "",
            "button": self.button_label or self.env._("Send"),
            "thanks": self.thanks or Markup("<p>%s</p>") % self.env._("Thank you."),
            "closed": self.closed_message or self.env._("This form is closed."),
        }

    def _get_look(self):
        return {
            "primary": self.colour_primary or "#1f5f8b",
            "background": self.colour_background or "#ffffff",
            "text": self.colour_text or "#1f2933",
            "font": self.font,
            "width": self.width,
        }

    def _get_questions(self):
        """The questions in their order: see ``tools.conditions``."""
        fields_ = self.field_ids.sorted()
        items = {item["name"]: item for item in self._get_property_items(fields_)}
        countries = self._get_countries()
        style = tuple(get_style(self.env))
        return [
            {
                "id": field.id,
                "key": field.key,
                "type": field.type,
                "label": field.label or "",
                "help": field.help or "",
                "placeholder": field.placeholder or "",
                "required": field._is_required(),
                "width": field.width,
                "target": field.target,
                "fname": field.fname if field.target == "field" else "",
                "property": (
                    field.property_id.key if field.target == "property" else ""
                ),
                "choices": field._get_choices(items),
                "mode": field.condition_mode,
                "conditions": [
                    (
                        condition.question_id.key,
                        condition.operator,
                        condition._get_wanted(),
                    )
                    for condition in field.condition_ids
                ],
                "default": field.default_value or "",
                "purpose": field.purpose or "",
                "consent_text": field.consent_text or "",
                "file_kind": field.file_kind,
                "file_size": field.file_size,
                "country": countries[0] if countries else "",
                "countries": countries[1:],
                "style": style,
            }
            for field in fields_
        ]

    def _get_countries(self):
        """Two letters of the countries that phones on the page may be of, best first.

        The company's, where people speak the page's language; else the one that the
        language is named after, and then the company's.
        """
        language, _mark, region = (self.env.lang or "").partition("_")
        region = region if re.fullmatch("[A-Z]{2}", region) else ""
        own = self.company_id.country_id.code or ""
        speaks = own and language in get_official_languages(own, de_facto=True)
        found = (own, region) if speaks else (region, own)
        return tuple(dict.fromkeys(filter(None, found)))

    @api.model
    def _choose_country(self, definition, accepted=()):
        """The country of the visitor's phone, or an empty text where nothing says it.

        :param accepted: codes such as ``fr-BE``, as browsers send them, best first
        """
        language = definition["lang"].partition("_")[0]
        for asked in accepted:
            spoken, _mark, region = (asked or "").replace("-", "_").partition("_")
            region = region.upper()
            if spoken.lower() == language and re.fullmatch("[A-Z]{2}", region):
                return region if get_phone_example(region) else ""
        return ""

    @api.model
    def _localise(self, questions, country):
        """Questions, of which phones are read in the visitor's country first."""
        if not country:
            return questions
        return [
            {
                **question,
                "country": country,
                "countries": (question["country"], *question["countries"]),
            }
            if question["type"] == "phone" and question["country"] != country
            else question
            for question in questions
        ]

    @api.model
    def _get_property_items(self, fields_):
        """The definitions of custom fields, where questions fill them in."""
        if not fields_.property_id:
            return []
        return self.env["prospect.property"]._read_items()

    # --- Open or closed -----------------------------------------------------------

    @api.model
    def _get_closed_reason(self, definition):
        """Why nobody can answer now: a code, or False.

        ``archived``, ``early``, ``late`` or ``full``. A form that is full is only known
        to be when the answer comes in; here it is looked up.
        """
        now = fields.Datetime.now()
        if not definition["active"]:
            return "archived"
        if definition["date_open"] and now < definition["date_open"]:
            return "early"
        if definition["date_close"] and now >= definition["date_close"]:
            return "late"
        if (
            definition["answer_max"]
            and self._count_places(self.env.cr, definition) >= definition["answer_max"]
        ):
            return "full"
        return False

    @api.model
    def _count_places(self, cr, definition):
        """How many answers count towards the maximum: all but what robots sent, and
        those that correct others.
        """
        cr.execute(
            SQL(
                "SELECT count(DISTINCT COALESCE(nonce, id::text))"
                " FROM prospect_form_answer"
                " WHERE form_id = %s AND state NOT IN ('quarantined', 'ignored')",
                definition["id"],
            )
        )
        return cr.fetchone()[0]

    # --- The page -----------------------------------------------------------------

    @api.model
    def _get_number(self, parameter, default):
        """A number of the settings; what is none is the default."""
        # sudo: settings that visitors cannot read
        text = self.env["ir.config_parameter"].sudo().get_param(parameter)
        try:
            return float(text) if text else default
        except ValueError:
            return default

    def _sign_token(self, text):
        """The signature of a token of forms, and of nothing else."""
        # sudo: the key of the database, which signs and is not told
        return tools.hmac(self.sudo().env, SCOPE, text)[:32]

    def _make_token(self, definition, now, nonce=None):
        """A token for a page that is opened now, or again (``nonce``)."""
        least = 0 if nonce else self._get_number(LEAST_SECONDS, 2)
        return make_token(definition["id"], now, least, self._sign_token, nonce)

    def _knows_page(self, definition, text):
        """Whether a token was made for this form, and not too long ago."""
        token = read_token(text, self._sign_token)
        hours = self._get_number(TOKEN_HOURS, 24)
        return bool(
            token
            and token.form == definition["id"]
            and not is_over(token, time.time(), hours)
        )

    def _get_page_values(self, definition, **values):
        """What the templates of pages use.

        :param values: ``given`` {key: [texts]}, ``errors`` {key: text}, ``message``,
            ``token``, ``campaign`` {utm_source: text}, ``reason`` why it is closed,
            ``preview`` beside the builder, ``country`` of phones
        """
        given = values.get("given") or {}
        look = definition["look"]
        questions = self._localise(definition["questions"], values.get("country"))
        return {
            "given": given,
            "errors": {},
            "message": "",
            "token": "",
            "campaign": {},
            "reason": False,
            "query": "",
            "preview": False,
            **values,
            "form": self,
            "definition": definition,
            "texts": definition["texts"],
            "questions": questions,
            "lines": self._get_lines(questions),
            "shown": find_shown(questions, given),
            "languages": self._get_languages(),
            "countries": self._get_phone_countries(questions),
            "captcha": self._get_captcha(),
            "has_files": any(ask["type"] == "file" for ask in questions),
            "accept": ACCEPT,
            "autocomplete": AUTOCOMPLETE.get,
            "style": {
                **look,
                "on_primary": text_on(look["primary"]),
                "scheme": "light"
                if text_on(look["background"]) == "#000000"
                else "dark",
                "soft": soften(look["text"], look["background"], least=6),
                "line": soften(look["text"], look["background"], least=3),
                "bad": warn_on(look["background"], look["text"]),
                # a style sheet knows no entities
                "family": Markup(FAMILIES[look["font"]]),
            },
            "words": json.dumps(self._get_words()),
            "for_script": json.dumps(
                [
                    {
                        name: question[name]
                        for name in ("key", "type", "mode", "conditions")
                    }
                    for question in questions
                ]
            ),
        }

    @api.model
    def _get_words(self):
        """What the page's script says."""
        return {
            "sending": self.env._("Sending…"),
            "failed": self.env._(
                "It could not be sent. Check your connection and try again: what you"
                " wrote is still here."
            ),
            "size": self.env._("This file is too large."),
        }

    @api.model
    def _get_lines(self, questions):
        """Questions as the page shows them: [(section or None, [questions])]."""
        lines = [(None, [])]
        for question in questions:
            if question["type"] == "section":
                lines.append((question, []))
            else:
                lines[-1][1].append(question)
        return [line for line in lines if line[0] or line[1]]

    @api.model
    def _get_phone_countries(self, questions):
        """[(code, label, example)] of the countries of phone numbers, where one is
        asked for.
        """
        if not any(question["type"] == "phone" for question in questions):
            return []
        # sudo: countries, which visitors may not read
        countries = self.env["res.country"].sudo().search([("phone_code", ">", 0)])
        return [
            (
                country.code,
                f"{country.name} (+{country.phone_code})",
                get_phone_example(country.code),
            )
            for country in countries.sorted("name")
        ]

    @api.model
    def _get_captcha(self):
        """Odoo's captcha, as the page needs it, or None where there is none."""
        session = {}
        routing = self.env["ir.http"]
        if hasattr(routing, "_add_public_key_to_session_info"):
            routing._add_public_key_to_session_info(session)
        if hasattr(routing, "_verify_turnstile_token"):
            # sudo: a key that is meant for visitors
            settings = self.env["ir.config_parameter"].sudo()
            session["turnstile_site_key"] = settings.get_param("cf.turnstile_site_key")
        if session.get("recaptcha_public_key"):
            return {
                "kind": "recaptcha",
                "key": session["recaptcha_public_key"],
                "origins": "https://www.recaptcha.net https://www.gstatic.com",
            }
        if session.get("turnstile_site_key"):
            return {
                "kind": "turnstile",
                "key": session["turnstile_site_key"],
                "origins": "https://challenges.cloudflare.com",
            }
        return None

    @api.model
    def _find_prefilled(self, definition, params, written=None):
        """What the fields hold when the page opens: {key: [texts]}.

        Addresses give values by the keys of questions, and by those alone; a choice is
        given by its value or by its label.

        :param dict written: the same, where a plus is a plus and no blank: mail merges
            write addresses and numbers as they are
        """
        written = written or {}
        found = {}
        for question in definition["questions"]:
            key = question["key"]
            as_written = question["type"] in ("email", "phone") and written.get(key)
            texts = (
                as_written
                or params.get(key)
                or ([question["default"]] if question["default"] else [])
            )
            texts = [text[:500] for text in texts[:50] if isinstance(text, str)]
            if question["type"] in CHOOSING:
                names = {}
                for choice in question["choices"]:
                    names[choice["label"].casefold()] = choice["key"]
                    names[choice["key"].casefold()] = choice["key"]
                parts = texts
                if question["type"] == "multiple":
                    parts = [part for text in texts for part in text.split(",")]
                wanted = [names.get(part.strip().casefold()) for part in parts]
                texts = [key for key in wanted if key]
            if texts and question["type"] not in ("file", "section", "consent"):
                found[key] = texts
        return found
