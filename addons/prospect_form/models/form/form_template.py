from markupsafe import Markup

from odoo import Command, api, models
from odoo.exceptions import UserError


class ProspectForm(models.Model):
    """Forms to begin with [IY-04]: contact, quote request, event interest, newsletter.

    A template is plain data: values of ``prospect.form``, with ``questions``: values of
    ``prospect.form.field`` with ``choices`` (texts) and ``shown_when`` (key of an
    earlier question, and its choices by their place). Its texts are terms of the
    add-on, so that a form that is made of one speaks all languages from the start.
    """

    _name = "prospect.form"
    _inherit = ["prospect.form"]

    @api.model
    def _make_from_template(self, name, values=None):
        """A form made of a template, in each language that is installed.

        :param str name: one of ``_get_templates``
        :param dict values: values of the form over the template's
        :raises UserError: where there is no such template
        """
        template = self.with_context(lang="en_US")._get_templates().get(name)
        if not template:
            raise UserError(self.env._("There is no such template."))
        form = self.with_context(lang="en_US").create(
            {**self._make_form_values(template), **(values or {})}
        )
        self._make_template_conditions(form, template)
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        for code in langs:
            if code != "en_US":
                self._translate_template(form, name, code, values or {})
        return self.browse(form.id)

    def _make_form_values(self, template):
        """Values of ``create`` for a template."""
        lines = []
        for number, question in enumerate(template["questions"], start=1):
            line = {
                fname: value
                for fname, value in question.items()
                if fname not in ("choices", "shown_when")
            }
            line["sequence"] = 10 * number
            line["choice_ids"] = [
                Command.create({"name": text, "sequence": 10 * place})
                for place, text in enumerate(question.get("choices", ()), start=1)
            ]
            lines.append(Command.create(line))
        return {
            **{
                fname: value
                for fname, value in template.items()
                if fname != "questions"
            },
            "field_ids": lines,
        }

    def _make_template_conditions(self, form, template):
        asked = {field.key: field for field in form.field_ids}
        rows = []
        for question in template["questions"]:
            if not question.get("shown_when"):
                continue
            key, places = question["shown_when"]
            choices = asked[key].choice_ids.sorted()
            rows.append(
                {
                    "field_id": asked[question["key"]].id,
                    "question_id": asked[key].id,
                    "operator": "in",
                    "choice_ids": [
                        Command.set([choices[place].id for place in places])
                    ],
                }
            )
        self.env["prospect.form.condition"].create(rows)

    def _translate_template(self, form, name, code, given):
        """Write the texts of a template in another language."""
        template = self.with_context(lang=code)._get_templates()[name]
        self._translate_texts(
            form,
            code,
            {fname: text for fname, text in template.items() if fname not in given},
        )
        for field, question in zip(
            form.field_ids.sorted(), template["questions"], strict=True
        ):
            self._translate_texts(field, code, question)
            for choice, text in zip(
                field.choice_ids.sorted(), question.get("choices", ()), strict=True
            ):
                self._translate_texts(choice, code, {"name": text})

    @api.model
    def _translate_texts(self, record, code, texts):
        """Write texts of one record in another language, beside those in English."""
        for fname, text in texts.items():
            field = record._fields.get(fname)
            if not field or not field.translate:
                continue
            if callable(field.translate):
                # texts with markup are translated piece by piece
                pieces = zip(
                    field.get_trans_terms(record[fname]),
                    field.get_trans_terms(text),
                    strict=True,
                )
                record.update_field_translations(fname, {code: dict(pieces)})
            else:
                record.update_field_translations(fname, {code: text})

    @api.model
    def _write_paragraphs(self, *texts):
        """Texts as paragraphs of HTML."""
        return Markup().join(Markup("<p>%s</p>") % text for text in texts)

    # --- The templates ----------------------------------------------------------------

    @api.model
    def _get_templates(self):
        """{name: template}, in the language of the context. Bridges add theirs."""
        return {
            "contact": self._get_template_contact(),
            "quote": self._get_template_quote(),
            "event": self._get_template_event(),
            "newsletter": self._get_template_newsletter(),
        }

    @api.model
    def _get_template_people(self, *more):
        """Name and address, which all templates ask for."""
        return [
            {
                "key": "first_name",
                "target": "field",
                "fname": "first_name",
                "label": self.env._("First name"),
                "width": "half",
                "required": True,
            },
            {
                "key": "last_name",
                "target": "field",
                "fname": "last_name",
                "label": self.env._("Last name"),
                "width": "half",
            },
            {
                "key": "email",
                "target": "field",
                "fname": "email_from",
                "type": "email",
                "label": self.env._("E-mail"),
                "required": True,
            },
            *more,
        ]

    @api.model
    def _get_template_news(self):
        """The box of who wants to hear more."""
        return {
            "key": "news",
            "type": "consent",
            "label": self.env._("Send me your news by e-mail"),
            "help": self.env._(
                "You can unsubscribe at any time, through a link in each e-mail."
            ),
            "purpose": "newsletter",
        }

    @api.model
    def _get_template_contact(self):
        return {
            "name": self.env._("Contact"),
            "intro": self._write_paragraphs(
                self.env._("Write to us: we answer within two working days.")
            ),
            "button_label": self.env._("Send the message"),
            "thanks": self._write_paragraphs(
                self.env._("Thank you for your message."),
                self.env._("We answer within two working days."),
            ),
            "questions": self._get_template_people(
                {
                    "key": "subject",
                    "type": "dropdown",
                    "label": self.env._("What is it about?"),
                    "required": True,
                    "choices": [
                        self.env._("A question"),
                        self.env._("An order"),
                        self.env._("A meeting"),
                        self.env._("Something else"),
                    ],
                },
                {
                    "key": "order_number",
                    "type": "char",
                    "label": self.env._("Order number"),
                    "help": self.env._("It is in the e-mail that confirmed the order."),
                    "shown_when": ("subject", (1,)),
                },
                {
                    "key": "day",
                    "type": "date",
                    "label": self.env._("Which day would suit you?"),
                    "shown_when": ("subject", (2,)),
                },
                {
                    "key": "message",
                    "target": "field",
                    "fname": "description",
                    "type": "text",
                    "label": self.env._("Message"),
                    "required": True,
                },
                {
                    "key": "phone",
                    "target": "field",
                    "fname": "phone",
                    "type": "phone",
                    "label": self.env._("Phone"),
                    "help": self.env._("Only if you would like us to call you."),
                },
            ),
        }

    @api.model
    def _get_template_quote(self):
        return {
            "name": self.env._("Quote request"),
            "intro": self._write_paragraphs(
                self.env._("A few questions, about two minutes, and you get our offer.")
            ),
            "button_label": self.env._("Ask for a quote"),
            "thanks": self._write_paragraphs(
                self.env._("Thank you: we have received your request."),
                self.env._("You will get our offer within three working days."),
            ),
            "questions": [
                {
                    "key": "section_project",
                    "target": "section",
                    "type": "section",
                    "label": self.env._("Your project"),
                },
                {
                    "key": "project",
                    "target": "field",
                    "fname": "description",
                    "type": "text",
                    "label": self.env._("What do you need?"),
                    "placeholder": self.env._("What, how many, where"),
                    "required": True,
                },
                {
                    "key": "budget",
                    "type": "single",
                    "label": self.env._("Budget"),
                    "required": True,
                    "choices": [
                        self.env._("Below 1,000"),
                        self.env._("1,000 to 5,000"),
                        self.env._("5,000 to 10,000"),
                        self.env._("Above 10,000"),
                        self.env._("I do not know yet"),
                    ],
                },
                {
                    "key": "decision",
                    "type": "char",
                    "label": self.env._("Who decides with you?"),
                    "help": self.env._(
                        "So that we invite everybody to the first talk."
                    ),
                    "shown_when": ("budget", (2, 3)),
                },
                {
                    "key": "when",
                    "type": "dropdown",
                    "label": self.env._("When should it be ready?"),
                    "width": "half",
                    "choices": [
                        self.env._("As soon as possible"),
                        self.env._("Within three months"),
                        self.env._("Later"),
                    ],
                },
                {
                    "key": "plan",
                    "type": "file",
                    "label": self.env._("Plan or specification"),
                    "width": "half",
                    "file_kind": "all",
                },
                {
                    "key": "section_you",
                    "target": "section",
                    "type": "section",
                    "label": self.env._("About you"),
                },
                *self._get_template_people(
                    {
                        "key": "phone",
                        "target": "field",
                        "fname": "phone",
                        "type": "phone",
                        "label": self.env._("Phone"),
                    },
                    {
                        "key": "company",
                        "target": "field",
                        "fname": "partner_name",
                        "label": self.env._("Company"),
                    },
                ),
            ],
        }

    @api.model
    def _get_template_event(self):
        return {
            "name": self.env._("Event interest"),
            "intro": self._write_paragraphs(
                self.env._(
                    "Leave your address if you would like to come: we write to you as"
                    " soon as places are open."
                )
            ),
            "button_label": self.env._("I would like to come"),
            "thanks": self._write_paragraphs(
                self.env._("Thank you!"),
                self.env._("We write to you as soon as places are open."),
            ),
            "questions": self._get_template_people(
                {
                    "key": "coming",
                    "type": "single",
                    "label": self.env._("How would you take part?"),
                    "required": True,
                    "choices": [
                        self.env._("On site"),
                        self.env._("Online"),
                        self.env._("I do not know yet"),
                    ],
                },
                {
                    "key": "people",
                    "type": "integer",
                    "label": self.env._("How many people are you?"),
                    "required": True,
                    "width": "half",
                    "shown_when": ("coming", (0,)),
                },
                {
                    "key": "food",
                    "type": "char",
                    "label": self.env._("Allergies or diets"),
                    "width": "half",
                    "shown_when": ("coming", (0,)),
                },
                {
                    "key": "topics",
                    "type": "multiple",
                    "label": self.env._("What interests you most?"),
                    "choices": [
                        self.env._("Talks"),
                        self.env._("Workshops"),
                        self.env._("Meeting people"),
                    ],
                },
                self._get_template_news(),
            ),
        }

    @api.model
    def _get_template_newsletter(self):
        return {
            "name": self.env._("Newsletter"),
            "intro": self._write_paragraphs(self.env._("Our news, once a month.")),
            "button_label": self.env._("Subscribe"),
            "thanks": self._write_paragraphs(
                self.env._("Thank you, and welcome among our readers.")
            ),
            "double_opt_in": True,
            "questions": [
                {
                    "key": "first_name",
                    "target": "field",
                    "fname": "first_name",
                    "label": self.env._("First name"),
                },
                {
                    "key": "email",
                    "target": "field",
                    "fname": "email_from",
                    "type": "email",
                    "label": self.env._("E-mail"),
                    "required": True,
                },
                {
                    "key": "topics",
                    "type": "multiple",
                    "label": self.env._("What would you like to read about?"),
                    "choices": [
                        self.env._("Offers"),
                        self.env._("Events"),
                        self.env._("Behind the scenes"),
                    ],
                },
                {**self._get_template_news(), "required": True},
            ],
        }
