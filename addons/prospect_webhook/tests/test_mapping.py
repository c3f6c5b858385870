"""What a message says goes where the page says."""

import json

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged

from .common import WebhookCase

SAMPLE = {
    "event_id": "e-1",
    "person": {"mail": "zoe@hook.example.com", "given": "Zoé", "mobile": ""},
    "answers": [
        {"label": "Téléphone", "value": "+33 6 39 98 12 34"},
        {"label": "Interest", "value": "Workshop"},
        {"label": "Budget", "value": "5 to 10"},
    ],
}


@tagged("post_install", "-at_install")
class TestMapping(WebhookCase):
    """Fields are chosen on an example, and count for each message [BX-06]."""

    def setUp(self):
        super().setUp()
        self.registry_enter_test_mode()
        self.tag = self.env["crm.tag"].create({"name": "Workshop"})
        self.webhook.sample = json.dumps(SAMPLE)

    def _map(self, **targets):
        """Choose fields: {key with _ for the full stop: field}."""
        self.webhook.field_ids = [(5, 0, 0)] + [
            (0, 0, {"sequence": n, "path": path.replace("__", "."), "target": target})
            for n, (path, target) in enumerate(targets.items())
        ]

    def _receive(self, payload, event="1"):
        _answer, status = self._take(payload, event)
        self.assertEqual(status, 202)
        self._run_job()
        return self._messages()[-1]

    def test_without_fields(self):
        """The names of the keys say what they are; the others go to the notes."""
        lead = self._receive(
            {"courriel": "a@hook.example.com", "Prénom": "Ana", "Budget": "10"}
        ).lead_id
        self.assertEqual(lead.first_name, "Ana")
        self.assertEqual(lead.email_from, "a@hook.example.com")
        self.assertIn("Budget: 10", lead.description)
        self.webhook.keeps_others = False
        lead = self._receive(
            {"email": "b@hook.example.com", "Budget": "9"}, "2"
        ).lead_id
        self.assertFalse(lead.description)

    def test_read_sample(self):
        """The keys of the example become rows, with what their names mean."""
        webhook = self.webhook.with_user(self.manager)
        webhook.field_ids = [(0, 0, {"path": "answers.Budget", "target": "note"})]
        webhook.action_read_sample()
        rows = {row.path: (row.target, row.sample_value) for row in webhook.field_ids}
        self.assertEqual(
            rows,
            {
                "answers.Budget": ("note", "5 to 10"),
                "answers.Interest": (False, "Workshop"),
                "answers.Téléphone": ("phone", "+33 6 39 98 12 34"),
                "event_id": (False, "e-1"),
                "person.given": (rows["person.given"][0], "Zoé"),
                "person.mail": ("email_from", "zoe@hook.example.com"),
            },
        )
        webhook.action_read_sample()
        self.assertEqual(len(webhook.field_ids), 6)
        webhook.sample = "[1, 2"
        with self.assertRaisesRegex(UserError, "not a JSON object"):
            webhook.action_read_sample()

    def test_take_last(self):
        webhook = self.webhook.with_user(self.manager)
        with self.assertRaisesRegex(UserError, "Nothing has arrived yet"):
            webhook.action_take_last()
        self._receive({"email": "last@hook.example.com", "ville": "Rennes"})
        webhook.action_take_last()
        self.assertEqual(
            json.loads(webhook.sample),
            {"email": "last@hook.example.com", "ville": "Rennes"},
        )
        self.assertEqual(
            {row.path: row.target for row in webhook.field_ids},
            {"email": "email_from", "ville": "city"},
        )

    def test_fields(self):
        """Chosen fields, tags and custom fields; what has no field is left out."""
        custom = self.env["prospect.property"].create(
            {"name": "Budget", "kind": "char"}
        )
        self._map(
            person__mail="email_from",
            person__given="first_name",
            person__mobile="phone",
            answers__Téléphone="phone",
            answers__Interest="tag_ids",
            answers__Budget=f"custom.{custom.key}",
            event_id=False,
        )
        lead = self._receive(SAMPLE).lead_id
        self.assertRecordValues(
            lead,
            [
                {
                    "email_from": "zoe@hook.example.com",
                    "first_name": "Zoé",
                    "phone": "+33 6 39 98 12 34",
                    "description": False,
                    "tag_ids": self.tag.ids,
                }
            ],
        )
        self.assertEqual(dict(lead.properties)[custom.key], "5 to 10")

    def test_first_that_says_something(self):
        """Two keys of one field: the first one with a value counts."""
        self._map(
            person__mobile="phone",
            answers__Téléphone="phone",
            person__mail="email_from",
        )
        payload = {
            **SAMPLE,
            "person": {**SAMPLE["person"], "mobile": "+33 7 56 00 00 01"},
        }
        lead = self._receive(payload).lead_id
        self.assertEqual(lead.phone, "+33 7 56 00 00 01")

    def test_unknown_names_are_kept(self):
        """A tag that nobody knows is in the notes, not lost."""
        self._map(person__mail="email_from", answers__Interest="tag_ids")
        self.tag.unlink()
        self.webhook.keeps_others = False
        lead = self._receive(SAMPLE).lead_id
        self.assertFalse(lead.tag_ids)
        self.assertIn("Interest: Workshop", lead.description)
        self.assertNotIn("answers.", lead.description)

    def test_no_owner_or_status(self):
        """A stranger does not choose owner, team, status or lists, nor a prospect by
        its number.
        """
        targets = dict(self.env["prospect.webhook.field"]._get_targets())
        for target in (
            "user_id",
            "team_id",
            "status_id",
            "list_ids",
            "source_id",
            "id",
        ):
            with self.subTest(target=target):
                self.assertNotIn(target, targets)
                with self.assertRaises(ValidationError), self.cr.savepoint():
                    self._map(x=target)
        known = self._prospect(email_from="known@hook.example.com")
        lead = self._receive(
            {
                "email": "c@hook.example.com",
                "id": known.id,
                "user_id": self.manager.login,
                "status": self.junk.name,
                "source": "Import",
            }
        ).lead_id
        self.assertNotEqual(lead, known)
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.status_id, self.new)
        self.assertEqual(lead.source_id, self.webhook.source_id)

    def test_preview(self):
        """The page shows what becomes of the example, before anything is saved."""
        with Form(self.webhook.with_user(self.manager)) as form:
            with form.field_ids.new() as row:
                row.path = "person.mail"
                row.target = "email_from"
            self.assertIn("zoe@hook.example.com", form.preview_html)
            with form.field_ids.new() as row:
                row.path = "answers.Interest"
                row.target = "tag_ids"
            self.assertIn("Workshop", form.preview_html)
            form.sample = '{"answers": {"Interest": "<b>x</b>"}}'
            self.assertIn("No e-mail, phone or name", form.preview_html)
            form.sample = '{"person": {"mail": "<script>@x.example.com"}}'
            self.assertNotIn("<script>", form.preview_html)
            form.sample = "nonsense"
            self.assertIn("not a JSON object", form.preview_html)
        self.assertFalse(
            self.env["crm.lead"].search([("email_from", "=", "zoe@hook.example.com")])
        )

    def test_quarantine_and_replay(self):
        """What cannot be used waits with the reason, and is read by the new fields
        when it is replayed.
        """
        self._map(event_id="website")
        self.webhook.keeps_others = False
        message = self._receive(SAMPLE)
        self.assertEqual(message.state, "quarantined")
        self.assertIn("No e-mail, phone or name", message.reason)
        self.assertEqual(self.webhook.waiting_count, 1)
        self._map(person__mail="email_from")
        message.line_ids.unlink()
        message.with_user(self.manager).action_replay()
        self.assertEqual((message.state, message.outcome), ("done", "created"))
        self.assertEqual(message.lead_id.email_from, "zoe@hook.example.com")

    def _count_queries(self, first, count):
        """How many queries the job needs for messages of so many people."""
        for number in range(first, first + count):
            email = f"many{number}@hook.example.com"
            self._take(
                {"email": email, "pays": "France", "tag": "Workshop"}, f"{number}"
            )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self._run_job()
        self.assertEqual(set(self._messages().mapped("state")), {"done"})
        return self.cr.sql_log_count - before

    def test_queries(self):
        """Names of countries and tags are looked up once for a batch."""
        self._map(email="email_from", pays="country_id", tag="tag_ids")
        self._count_queries(0, 2)
        few, many = self._count_queries(10, 5), self._count_queries(20, 25)
        self.assertLessEqual((many - few) / 20, 7)
        france = self.env.ref("base.fr")
        leads = self._messages().lead_id
        self.assertEqual((leads.country_id, leads.tag_ids), (france, self.tag))
        self.assertEqual(len(leads), 32)

    def test_deleted_webhook(self):
        """What waits is read by the names of its keys."""
        self._take({"email": "late@hook.example.com"})
        message = self._messages()
        self.webhook.unlink()
        self._run_job()
        self.assertEqual(message.lead_id.email_from, "late@hook.example.com")

    def test_known_people(self):
        """An existing person is completed, or updated where the webhook says so."""
        lead = self._prospect(email_from="known@hook.example.com", function=False)
        payload = {"email": "known@hook.example.com", "nom": "Dupont", "poste": "Buyer"}
        self.assertEqual(self._receive(payload).outcome, "updated")
        self.assertEqual((lead.function, lead.contact_name), ("Buyer", "Marie Dupont"))
        self.webhook.policy = "update"
        self._receive({**payload, "poste": "Owner"}, "2")
        self.assertEqual(lead.function, "Owner")
        self.webhook.policy = "skip"
        self.assertEqual(
            self._receive({**payload, "poste": "Heir"}, "3").outcome, "skipped"
        )

    def test_source_says_what_new_prospects_get(self):
        guests = self.env["prospect.list"].create({"name": "Hook guests"})
        self.webhook.with_user(self.manager).write(
            {
                "prospect_status_id": self.to_clarify.id,
                "prospect_team_id": self.team.id,
                "prospect_list_ids": [(6, 0, guests.ids)],
                "prospect_tag_ids": [(6, 0, self.tag.ids)],
            }
        )
        lead = self._receive({"email": "d@hook.example.com"}).lead_id
        self.assertEqual(lead.status_id, self.to_clarify)
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(lead.list_ids, guests)
        self.assertEqual(lead.tag_ids, self.tag)
        self.assertReplay(lead)

    def test_settings(self):
        """Wrong settings are told when they are saved, not when a message comes."""
        for values, reason in (
            ({"secret": "whsec_c2hvcnQ="}, "goes on in base64"),
            ({"secret": "not base64 at all, is it?"}, "goes on in base64"),
            ({"scheme": "body", "secret": "short"}, "could be guessed"),
            ({"header": "X Signature:"}, "not a header name"),
            ({"header": "Sïgnature"}, "not a header name"),
            ({"limit_minute": -1}, "0 \\(none\\)"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(ValidationError, reason),
                self.cr.savepoint(),
            ):
                self.webhook.write(values)
        copy = self.webhook.copy()
        self.assertEqual(copy.name, "Test shop (copy)")
        self.assertNotEqual(copy.source_id, self.webhook.source_id)
        self.assertNotEqual(copy.token, self.webhook.token)
        self.assertNotEqual(copy.secret, self.webhook.secret)
