"""What other systems send, as they send it: the right person, and nobody else."""

import json

from odoo.tests import tagged

from .common import WebhookCase


def typeform(*answers):
    """A message of Typeform about a form of six questions, some of them answered."""
    asked = {
        "r_first": ("First", "short_text"),
        "r_last": ("What's your *last name*?", "short_text"),
        "r_mail": ("Hello, what is your e-mail?", "email"),
        "r_phone": ("Your phone number", "phone_number"),
        "r_firm": ("Company", "short_text"),
        "r_city": ("In which city?", "multiple_choice"),
    }
    return {
        "event_id": "01",
        "event_type": "form_response",
        "form_response": {
            "form_id": "lT4Z3j",
            "token": "a3a12ec67a",
            "definition": {
                "id": "lT4Z3j",
                "title": "Contact",
                "fields": [
                    {"id": f"id_{ref}", "ref": ref, "title": title, "type": kind}
                    for ref, (title, kind) in asked.items()
                ],
                "endings": [{"id": "e", "ref": "e", "title": "Thank you", "type": "x"}],
            },
            "answers": [
                {
                    "type": kind,
                    kind: value,
                    "field": {"id": f"id_{ref}", "ref": ref, "type": asked[ref][1]},
                }
                for ref, kind, value in answers
            ],
            "hidden": {"utm_source": "newsletter"},
        },
    }


LAST = ("r_last", "text", "Roux")
MAIL = ("r_mail", "email", "ana@pay.example.com")
FIRM = ("r_firm", "text", "Blue Door")
# name: (what is sent, what becomes of it)
PAYLOADS = {
    "typeform": (
        typeform(
            ("r_first", "text", "Ana"),
            LAST,
            MAIL,
            ("r_phone", "phone_number", "+33612345678"),
            FIRM,
            ("r_city", "choice", {"label": "Lyon"}),
        ),
        {
            "last_name": "Roux",
            "email_from": "ana@pay.example.com",
            "phone_sanitized": "+33612345678",
            "partner_name": "Blue Door",
            "function": False,
        },
    ),
    "typeform, two skipped": (
        typeform(LAST, MAIL, FIRM),
        {
            "last_name": "Roux",
            "email_from": "ana@pay.example.com",
            "partner_name": "Blue Door",
            "phone": False,
        },
    ),
    "typeform, other two skipped": (
        typeform(MAIL, ("r_city", "choices", {"labels": ["Lyon", "Nice"]})),
        {"email_from": "ana@pay.example.com", "partner_name": False, "phone": False},
    ),
    "tally": (
        {
            "eventId": "1",
            "eventType": "FORM_RESPONSE",
            "data": {
                "formId": "V",
                "formName": "Contact form",
                "fields": [
                    {"key": "q_1", "label": "Prénom", "type": "T", "value": "Ana"},
                    {"key": "q_2", "label": "Nom", "type": "T", "value": None},
                    {
                        "key": "q_3",
                        "label": "Adresse e-mail",
                        "type": "T",
                        "value": "ana@pay.example.com",
                    },
                    {
                        "key": "q_4",
                        "label": "Ville",
                        "type": "DROPDOWN",
                        "value": ["u1"],
                        "options": [{"id": "u1", "text": "Lyon"}],
                    },
                ],
            },
        },
        {
            "first_name": "Ana",
            "last_name": False,
            "email_from": "ana@pay.example.com",
            "city": "Lyon",
        },
    ),
    "label before key": (
        {
            "submission": [
                {"key": "k1", "label": "E-mail", "value": "ana@pay.example.com"},
                {"key": "k2", "title": "Company", "value": "Blue Door"},
                {"key": "phone", "label": "Job title", "value": "Buyer"},
            ]
        },
        {
            "email_from": "ana@pay.example.com",
            "partner_name": "Blue Door",
            "function": "Buyer",
            "phone": False,
        },
    ),
    "contexts": (
        {
            "company": {"name": "Blue Door", "phone_sanitized": "+33199001122"},
            "form": {"name": "Contact form", "title": "Contact us"},
            "meeting": {"title": "Demo"},
            "owner": {"name": "Bob Blanc", "email": "bob@us.example.com"},
            "person": {"name": "Ana Roux", "email": "ana@pay.example.com"},
        },
        {
            "contact_name": "Ana Roux",
            "email_from": "ana@pay.example.com",
            "partner_name": "Blue Door",
            "function": False,
        },
    ),
    "calendly": (
        {
            "event": "invitee.created",
            "created_by": "https://api.calendly.example.com/users/A",
            "payload": {
                "email": "ana@pay.example.com",
                "name": "Ana Roux",
                "cancel_url": "https://calendly.example.com/c/1",
                "uri": "https://api.calendly.example.com/i/1",
                "questions_and_answers": [
                    {"answer": "Blue Door", "position": 0, "question": "Company"}
                ],
                "scheduled_event": {
                    "name": "15 Minute Meeting",
                    "event_memberships": [
                        {"user_email": "host@us.example.com", "user_name": "Host"}
                    ],
                    "event_guests": [{"email": "guest@else.example.com"}],
                },
            },
        },
        {
            "contact_name": "Ana Roux",
            "email_from": "ana@pay.example.com",
            "partner_name": "Blue Door",
            "website": False,
        },
    ),
    "facebook": (
        {
            "leadgen_id": "1",
            "form_name": "Spring",
            "ad_name": "Ad",
            "field_data": [
                {"name": "full_name", "values": ["Ana Roux"]},
                {"name": "email", "values": ["ana@pay.example.com"]},
                {"name": "job_title", "values": ["Buyer"]},
                {"name": "company_name", "values": ["Blue Door"]},
            ],
        },
        {
            "contact_name": "Ana Roux",
            "email_from": "ana@pay.example.com",
            "function": "Buyer",
            "partner_name": "Blue Door",
        },
    ),
    "hubspot": (
        {
            "portalId": 1,
            "properties": {
                "email": {"value": "ana@pay.example.com", "timestamp": 1},
                "firstname": {"value": "Ana"},
                "jobtitle": {"value": "Buyer"},
            },
        },
        {
            "email_from": "ana@pay.example.com",
            "first_name": "Ana",
            "function": "Buyer",
        },
    ),
    "pipedrive": (
        {
            "current": {
                "name": "Ana Roux",
                "org_name": "Blue Door",
                "email": [{"label": "work", "value": "ana@pay.example.com"}],
                "phone": [{"label": "mobile", "value": "+33612345678"}],
                "owner_id": {"name": "Bob", "email": "bob@us.example.com"},
            }
        },
        {
            "contact_name": "Ana Roux",
            "email_from": "ana@pay.example.com",
            "phone_sanitized": "+33612345678",
            "partner_name": "Blue Door",
        },
    ),
    "elementor": (
        {
            "form": {"id": "a", "name": "Contact"},
            "fields": {
                "f1": {"id": "f1", "type": "text", "title": "Nom", "value": "Ana Roux"},
                "f2": {
                    "id": "f2",
                    "type": "email",
                    "title": "E-mail",
                    "value": "ana@pay.example.com",
                },
            },
        },
        {"contact_name": "Ana Roux", "email_from": "ana@pay.example.com"},
    ),
    "jotform": (
        {
            "formTitle": "Contact us",
            "rawRequest": {
                "q3_name": {"first": "Ana", "last": "Roux"},
                "q4_email": "ana@pay.example.com",
                "q6_address": {"addr_line1": "1 rue X", "city": "Lyon"},
            },
        },
        {
            "first_name": "Ana",
            "last_name": "Roux",
            "email_from": "ana@pay.example.com",
            "street": "1 rue X",
            "city": "Lyon",
            "function": False,
        },
    ),
    "wpforms": (
        {
            "form_id": 4,
            "fields": {
                "1": {"name": "Name", "value": "Ana Roux", "id": 1, "type": "name"},
                "2": {
                    "name": "E-mail",
                    "value": "ana@pay.example.com",
                    "id": 2,
                    "type": "email",
                },
            },
        },
        {"contact_name": "Ana Roux", "email_from": "ana@pay.example.com"},
    ),
    "cal.com": (
        {
            "triggerEvent": "BOOKING_CREATED",
            "payload": {
                "title": "Meeting between Bob and Ana",
                "eventTitle": "30min",
                "organizer": {"name": "Bob", "email": "bob@us.example.com"},
                "attendees": [
                    {
                        "name": "Ana Roux",
                        "email": "ana@pay.example.com",
                        "timeZone": "Europe/Paris",
                    }
                ],
                "responses": {
                    "name": {"label": "your_name", "value": "Ana Roux"},
                    "email": {"label": "email_address", "value": "ana@pay.example.com"},
                    "notes": {"label": "additional_notes"},
                },
            },
        },
        {
            "contact_name": "Ana Roux",
            "email_from": "ana@pay.example.com",
            "function": False,
        },
    ),
    "webflow": (
        {
            "triggerType": "form_submission",
            "payload": {
                "name": "Contact Form",
                "siteId": "65",
                "data": {"First Name": "Ana", "Email": "ana@pay.example.com"},
            },
        },
        {
            "contact_name": "Ana",
            "first_name": "Ana",
            "email_from": "ana@pay.example.com",
        },
    ),
    "google forms": (
        {
            "namedValues": {
                "Horodateur": ["31/01/2026 10:00:00"],
                "Quel est votre nom ?": ["Ana Roux"],
                "Adresse e-mail": ["ana@pay.example.com"],
                "Dans quelle ville habitez-vous ?": ["Lyon"],
            }
        },
        {
            "contact_name": "Ana Roux",
            "email_from": "ana@pay.example.com",
            "city": "Lyon",
        },
    ),
    "zoom": (
        {
            "event": "webinar.registration_created",
            "payload": {
                "operator": "admin@us.example.com",
                "object": {
                    "topic": "A webinar",
                    "host_email": "host@us.example.com",
                    "registrant": {
                        "email": "ana@pay.example.com",
                        "first_name": "Ana",
                        "org": "Blue Door",
                        "job_title": "Buyer",
                    },
                },
            },
        },
        {
            "email_from": "ana@pay.example.com",
            "first_name": "Ana",
            "partner_name": "Blue Door",
            "function": "Buyer",
        },
    ),
    "shop": (
        {
            "id": 82,
            "email": "ana@pay.example.com",
            "name": "#9999",
            "customer": {"first_name": "Ana", "last_name": "Roux"},
            "line_items": [{"id": 1, "title": "Hat", "name": "Hat - red"}],
        },
        {"email_from": "ana@pay.example.com", "last_name": "Roux", "function": False},
    ),
    "order of somebody": (
        {
            "order": {
                "email": "ana@pay.example.com",
                "name": "#12",
                "billing_address": {"name": "Ana Roux", "city": "Lyon"},
                "items": [{"sku": "1", "name": "Hat"}, {"sku": "2", "name": "Bag"}],
            }
        },
        {
            "email_from": "ana@pay.example.com",
            "contact_name": "Ana Roux",
            "city": "Lyon",
        },
    ),
    "event with its data": (
        {
            "event": {
                "name": "Spring fair",
                "data": {"name": "Ana Roux", "email": "ana@pay.example.com"},
            }
        },
        {"email_from": "ana@pay.example.com", "contact_name": "Ana Roux"},
    ),
    "form that is nothing but its answers": (
        {"form": {"name": "Ana Roux", "email": "ana@pay.example.com"}},
        {"email_from": "ana@pay.example.com", "contact_name": "Ana Roux"},
    ),
    "title of a form beside its number": (
        {"form_id": 3, "title": "Contact", "email": "ana@pay.example.com"},
        {"email_from": "ana@pay.example.com", "function": False},
    ),
    "name and title of who answers": (
        {"title": "Buyer", "name": "Ana Roux", "email": "ana@pay.example.com"},
        {"contact_name": "Ana Roux", "function": "Buyer"},
    ),
    "JSON in a text": (
        {
            "formID": "1",
            "rawRequest": json.dumps(
                {
                    "q3_name": {"first": "Ana", "last": "Roux"},
                    "q4_email": "ana@pay.example.com",
                    "q5_phone": {"full": "+33 6 12 34 56 78"},
                }
            ),
        },
        {
            "contact_name": "Ana Roux",
            "email_from": "ana@pay.example.com",
            "phone_sanitized": "+33612345678",
        },
    ),
    "JSON in a text, each value in a list": (
        {
            "data.json": json.dumps(
                {
                    "email": ["ana@pay.example.com"],
                    "first_name": ["Ana"],
                    "name": ["Roux"],
                }
            )
        },
        {"contact_name": "Ana Roux", "email_from": "ana@pay.example.com"},
    ),
    "text that only looks like JSON": (
        {"email": "ana@pay.example.com", "message": "{" * 500},
        {"email_from": "ana@pay.example.com"},
    ),
    "questions that everybody asks": (
        {
            "leadType": "SPONSORED",
            "formResponse": {
                "answers": [
                    {
                        "questionId": number,
                        "predefinedField": field,
                        "answerDetails": {"textQuestionAnswer": {"answer": answer}},
                    }
                    for number, (field, answer) in enumerate(
                        (
                            ("FIRST_NAME", "Ana"),
                            ("LAST_NAME", "Roux"),
                            ("EMAIL", "ana@pay.example.com"),
                            ("JOB_TITLE", "Buyer"),
                        )
                    )
                ]
            },
        },
        {
            "contact_name": "Ana Roux",
            "email_from": "ana@pay.example.com",
            "function": "Buyer",
        },
    ),
    "name with its address": (
        {"from": "Ana Roux <ana@pay.example.com>"},
        {"email_from": "ana@pay.example.com", "contact_name": "Ana Roux"},
    ),
}


@tagged("post_install", "-at_install")
class TestPayloads(WebhookCase):
    """Without a list of fields, what is sent says what it is [MO-40]."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.webhook.limit_minute = 0

    def _receive(self, payload, event):
        self._take(payload, event)
        self._run_job()
        return self._messages()[-1]

    def test_payloads(self):
        for number, (name, (payload, values)) in enumerate(PAYLOADS.items()):
            with self.subTest(name=name):
                message = self._receive(payload, f"{number}")
                lead = message.lead_id
                found = {fname: lead[fname] for fname in values}
                told = (message.outcome, message.reason, lead.description)
                lead.sudo().unlink()
                self.assertEqual(found, values, told)

    def test_never_by_position(self):
        """A field that was chosen for a question gets its answer, whatever else was
        skipped.
        """
        self.webhook.sample = '{"a": 1}'
        self.webhook.field_ids = [
            (0, 0, {"path": f"form_response.answers.{ref}", "target": target})
            for ref, target in (
                ("r_last", "last_name"),
                ("r_mail", "email_from"),
                ("r_firm", "partner_name"),
            )
        ]
        whole = self._receive(
            typeform(("r_first", "text", "Ana"), LAST, MAIL, FIRM), "1"
        ).lead_id
        part = self._receive(
            typeform(LAST, ("r_mail", "email", "zoe@pay.example.com"), FIRM), "2"
        ).lead_id
        for lead in (whole, part):
            self.assertEqual((lead.last_name, lead.partner_name), ("Roux", "Blue Door"))
        self.assertEqual(part.email_from, "zoe@pay.example.com")
        self.assertIn("First: Ana", whole.description, "notes say the question")

    def test_questions_are_shown(self):
        """The page says what the keys of the example ask."""
        self.webhook.sample = json.dumps(typeform(LAST, MAIL))
        self.webhook.action_read_sample()
        rows = {row.path: row for row in self.webhook.field_ids}
        row = rows["form_response.answers.r_last"]
        self.assertEqual(
            (row.sample_name, row.sample_value, row.target),
            ("What's your *last name*?", "Roux", "last_name"),
        )

    def test_key_that_comes_twice(self):
        """Both values count, in an object, in a list and in a form."""
        for number, (body, kind) in enumerate(
            (
                (b'{"email": "%s", "Theme": "A", "Theme": "B"}', "application/json"),
                (
                    (
                        b'{"email": "%s", "a": [{"name": "Theme", "value": "A"},'
                        b' {"name": "Theme", "value": "B"}]}'
                    ),
                    "application/json",
                ),
                (b"email=%s&Theme=A&Theme=B", "application/x-www-form-urlencoded"),
                (b"email: %s\nTheme: A\nTheme: B", "text/plain"),
            )
        ):
            with self.subTest(body=body):
                email = f"twice{number}@pay.example.com"
                webhook = self.plain
                webhook.scheme, webhook.header = "token", "X-Token"
                headers = {"Content-Type": kind, "X-Token": webhook.secret}
                self.env.flush_all()
                _answer, status = webhook._take(
                    webhook.token, headers, body % email.encode()
                )
                self.assertEqual(status, 202)
                self._run_job()
                lead = self._messages(webhook)[-1].lead_id
                self.assertEqual(lead.email_from, email)
                self.assertIn("Theme: A, B", lead.description)
