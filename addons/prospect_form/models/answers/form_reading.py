from odoo import api, models

from odoo.addons.prospect.tools.phone_cells import get_phone_example
from odoo.addons.prospect.tools.remarks import Remark, remark

from ...tools.answers import Bad
from ...tools.files import KINDS, TYPES, find_type, name_file
from ..form.field import CHOOSING
from ..public.form import CAMPAIGN


class ProspectForm(models.Model):
    """What was sent, as values, as texts, and as what is wrong with it.

    Only for ``prospect.form``.
    """

    _name = "prospect.form"
    _inherit = ["prospect.form"]

    @api.model
    def _read_file(self, question, upload):
        """A file that was sent: {"name", "type", "content"}.

        :raises Bad: when the form does not take it
        """
        most = question["file_size"] * 1024 * 1024
        content = upload.read(most + 1)
        if not content:
            return None
        if len(content) > most:
            raise Bad("size", most=question["file_size"])
        kind = find_type(content)
        if kind not in KINDS[question["file_kind"]]:
            raise Bad("kind")
        return {
            "name": name_file(upload.filename, kind),
            "type": TYPES[kind][1],
            "content": content,
        }

    @api.model
    def _describe_errors(self, definition, errors):
        """{key: what is wrong and what to do, for the visitor}."""
        form = self.with_context(lang=definition["lang"])
        types = {
            question["key"]: question["type"] for question in definition["questions"]
        }
        return {
            key: form._describe_error(types[key], code, params)
            for key, (code, params) in errors.items()
        }

    @api.model
    def _describe_missing(self, kind):
        if kind in CHOOSING:
            return self.env._("Please choose an answer.")
        if kind in ("consent", "boolean"):
            return self.env._("Please tick this box to go on.")
        if kind == "file":
            return self.env._("Please choose a file.")
        return self.env._("Please fill in this field.")

    @api.model
    def _describe_error(self, kind, code, params):
        if code == "required":
            return self._describe_missing(kind)
        if code == "long":
            return self.env._("Please write %(most)s characters at most.", **params)
        if code == "size":
            return self.env._("This file is larger than %(most)s MB.", **params)
        if code == "phone" and params.get("country"):
            return self._describe_phone(params["country"])
        return {
            "number": self.env._("Please write a number, such as 12."),
            "date": self.env._("Please choose a date."),
            "choice": self.env._("Please choose one of the answers."),
            "phone": self.env._(
                "This is not a phone number. Example: +33 6 12 34 56 78"
            ),
            "email": self.env._(
                "This is not an e-mail address. Example: ana@example.com"
            ),
            "email_blank": self.env._(
                "An e-mail address has no blanks, and one address is enough. Example:"
                " ana@example.com"
            ),
            "url": self.env._(
                "This is not a web address. Example: https://example.com"
            ),
            "kind": self.env._("Files of this type are not accepted here."),
        }[code]

    @api.model
    def _describe_phone(self, code):
        """Why a number without prefix cannot be taken, naming the country.

        :param str code: of the country in which it was read
        """
        # sudo: the name of a country, which visitors may not read
        country = self.env["res.country"].sudo().search([("code", "=", code)], limit=1)
        example = get_phone_example(code)
        if not country or not example:
            return self.env._("This is not a phone number. Example: +33 6 12 34 56 78")
        return self.env._(
            "This number is not valid in %(country)s. Example: %(example)s. Choose"
            " another country, or begin with + and its code.",
            country=country.name,
            example=example,
        )

    # --- Values -------------------------------------------------------------------

    @api.model
    def _make_values(self, definition, answers):
        """Values of ``crm.lead``, plain: only fields that the form asks for."""
        values = {}
        for question in definition["questions"]:
            key = question["key"]
            if key not in answers:
                continue
            answer = answers[key]
            if question["target"] == "field":
                values[question["fname"]] = self._make_value(question, answer)
            elif question["target"] == "property" and question["property"]:
                properties = values.setdefault("properties", {})
                properties[question["property"]] = self._make_value(question, answer)
        values.setdefault("lang_id", definition["lang_id"])
        return self._prospect_prepare_values(definition, answers, values)

    @api.model
    def _make_value(self, question, answer):
        """The value of a field for an answer: of a choice, what it stands for."""
        if question["type"] not in CHOOSING:
            return answer
        values = {choice["key"]: choice["value"] for choice in question["choices"]}
        if isinstance(answer, list):
            return [values[key] for key in answer]
        return values[answer]

    @api.model
    def _find_email(self, definition, answers):
        """The visitor's address, or an empty text."""
        asked = [ask for ask in definition["questions"] if ask["type"] == "email"]
        asked.sort(key=lambda ask: ask["fname"] != "email_from")
        return next((answers[ask["key"]] for ask in asked if ask["key"] in answers), "")

    @api.model
    def _make_payload(self, definition, answers, submission):
        """What was sent, in the words of the form, as it lies in the inbox."""
        payload = {}
        for question in definition["questions"]:
            if question["key"] in answers:
                label = question["label"] or question["key"]
                if label in payload:
                    label = f"{label} ({question['key']})"
                payload[label] = self._describe_answer(
                    question, answers[question["key"]]
                )
        campaign = submission.get("campaign") or {}
        payload.update(
            {mark: campaign[mark] for mark in CAMPAIGN if campaign.get(mark)}
        )
        return payload

    @api.model
    def _describe_answer(self, question, answer):
        """An answer as a text."""
        if isinstance(answer, dict):
            return answer["name"]
        if isinstance(answer, bool):
            return (
                remark(self.env, "form.yes") if answer else remark(self.env, "form.no")
            )
        labels = {choice["key"]: choice["label"] for choice in question["choices"]}
        if isinstance(answer, list):
            return ", ".join(labels[key] for key in answer)
        if question["type"] in CHOOSING:
            return labels[answer]
        return answer if isinstance(answer, Remark) else str(answer)
