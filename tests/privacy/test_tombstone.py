"""Who was erased is refused by every channel, until somebody lifts it."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.prospect.tools.trusted import trusted

from .test_erasure import DIGITS, EMAIL, FILE, LAST, NAME, PHONE, ErasureCase


@tagged("post_install", "-at_install")
class TestTombstone(ErasureCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lead = cls._prospect(contact_name=NAME, email_from=EMAIL, phone=PHONE)
        cls.erasure = cls.env["prospect.erasure"].with_user(cls.manager)._ask(lead)
        cls.tombstones = cls.erasure.tombstone_ids.with_user(cls.manager)

    def test_it_says_nothing(self):
        """No address, no number, no plain hash; the key is nobody's to read."""
        self.assertEqual(set(self.tombstones.mapped("kind")), {"email", "phone"})
        self.assertEqual(self.tombstones.user_id, self.manager)
        self.assertEqual(self._anywhere(), {})
        secrets = self.env["prospect.secret"]
        for user in (self.manager, self.env.ref("base.user_admin")):
            with self.assertRaises(AccessError):
                secrets.with_user(user).search([])
        with self.assertRaises(AccessError):
            self.tombstones[0].lift_reason = "Mine"
        with self.assertRaises(AccessError):
            self.env["prospect.tombstone"].with_user(self.salesman).search([])

    def test_search(self):
        search = self.env["prospect.tombstone"].with_user(self.manager).search
        for text in (EMAIL, EMAIL.upper(), f" {EMAIL} "):
            self.assertEqual(search([("address", "=", text)]).kind, "email")
        for text in (PHONE, "06 47 31 98 52"):
            self.assertEqual(search([("address", "ilike", text)]).kind, "phone")
        for text in ("nobody@x.example.com", "", "x"):
            self.assertFalse(search([("address", "=", text)]))
        self.assertFalse(self.tombstones[0].address)

    def test_typing(self):
        with self.assertRaises(ValidationError) as refused:
            self._prospect(email_from=f"{NAME} <{EMAIL.upper()}>")
        self.assertIn("was erased", str(refused.exception))
        with self.assertRaises(ValidationError):
            self._prospect(email_from=False, phone="06 47 31 98 52")
        lead = self._prospect(email_from="a@x.example.com")
        with self.assertRaises(ValidationError):
            lead.with_user(self.salesman).email_from = EMAIL
        partner = self.env["res.partner"].create({"name": NAME, "email": EMAIL})
        with self.assertRaises(ValidationError):
            lead.partner_id = partner
        lead.city = "Lyon"
        # what is computed is looked at as well
        lead.partner_id = self.env["res.partner"].create(
            {"name": "Ana", "email": "a@x.example.com"}
        )
        with self.assertRaises(ValidationError):
            lead.partner_id.email = EMAIL
            self.env.flush_all()

    def test_import(self):
        """The row is rejected and told; both write paths; nothing of it is kept."""
        for path in ("standard", "fast"):
            with self.subTest(path=path):
                wizard = self._import_wizard(
                    FILE.replace("other.person", f"{path}.person"), user=self.manager
                )
                operation = wizard._make_operation().with_context(
                    **trusted(prospect_write_path=path)
                )
                operation.action_preview()
                self.assertEqual(operation.failed_count, 1)
                line = operation.line_ids.sorted("number")[0]
                self.assertIn("was erased", line.reason)
                operation.action_run()
                self.assertEqual(operation.failed_count, 1)
                self.assertEqual(operation.created_count, 1)
                self.assertFalse(self._lead())
                self.assertFalse(line.key or line.phone or line.values or line.after)
                places = self._find_anywhere([LAST, EMAIL], [DIGITS])
                # what was given anew is the file itself, and what shows it
                self.assertFalse(
                    [place for place in places if place.startswith("prospect_oper")]
                )

    def test_lists_and_policies_do_not_matter(self):
        for policy in ("update", "fill", "skip", "create"):
            (outcome,) = self.env["crm.lead"]._prospect_upsert(
                [{"email_from": EMAIL, "contact_name": NAME}], policy
            )
            self.assertEqual(outcome["outcome"], "failed")
            self.assertIn("was erased", outcome["reason"])
        (outcome,) = self.env["crm.lead"]._prospect_upsert(
            [{"email_from": "else@x.example.com", "phone": PHONE}]
        )
        self.assertEqual(outcome["outcome"], "failed")

    def test_queries(self):
        """Two queries a batch, however many rows."""
        rows = [{"email_from": f"q{n}@x.example.com"} for n in range(3)]
        incoming = [
            self.env["prospect.gate"]._read(number, values)
            for number, values in enumerate(rows * 100, start=1)
        ]
        for row in incoming:
            row.company = self.env.company.id
        self.env.flush_all()
        with self.assertQueryCount(3):
            self.env["prospect.gate"]._refuse_erased(incoming)

    def test_message(self):
        message = self._receive({"email": EMAIL, "name": NAME, "phone": PHONE})
        self.assertEqual(message.state, "ignored")
        self.assertIn("was erased", message.reason)
        self.assertEqual(self._anywhere(), {})

    def test_mail(self):
        self._mail("erased")
        self.assertFalse(self._lead())
        self.assertEqual(self._anywhere(), {})
        message = self.env["prospect.capture"].search([], limit=1)
        self.assertIn("was erased", message.reason)
        self.assertEqual(message.state, "ignored")

    def test_lift(self):
        with self.assertRaises(AccessError):
            self.tombstones[0].with_user(self.salesman)._lift("Why not")
        with self.assertRaises(UserError):
            self.tombstones[0]._lift("  ")
        wizard = (
            self.env["prospect.tombstone.lift"]
            .with_user(self.manager)
            .with_context(
                active_model="prospect.tombstone", active_ids=self.tombstones[0].ids
            )
            .create({"reason": "Came back"})
        )
        wizard.action_lift()
        self.assertRecordValues(
            self.tombstones,
            [
                {"lift_user_id": self.manager.id, "lift_reason": "Came back"},
                {"lift_user_id": self.manager.id, "lift_reason": "Came back"},
            ],
        )
        operation = self._import()
        self.assertEqual(operation.created_count, 2)
        self.assertTrue(self._lead())
        # and again
        erasure = self._erase(self._lead())
        self.assertEqual(len(erasure.tombstone_ids), 2)
        self.assertEqual(self._anywhere(), {})


@tagged("post_install", "-at_install")
class TestImportFiles(ErasureCase):
    """Files of imports go some time after the last undo is possible."""

    def _age(self, operation, days):
        moment = fields.Datetime.now() - timedelta(days=days)
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE prospect_operation
                  SET write_date = %s, finished_at = %s WHERE id = %s""",
            [moment, moment, operation.id],
        )
        self.env.invalidate_all()

    def _clean(self):
        operations = self.env["prospect.operation"]
        operations._gc_lines()
        operations._gc_files()

    def test_retention(self):
        operation = self._import()
        self.assertTrue(operation.attachment_id)
        for days, stays in ((100, True), (181, True), (209, True), (211, False)):
            self._age(operation, days)
            self._clean()
            self.assertEqual(bool(operation.attachment_id), stays, days)
        self.assertEqual(operation.created_count, 2, "the receipt stays")
        self.env["prospect.import"].search([]).unlink()
        found = self._find_anywhere([EMAIL])
        self.assertFalse([place for place in found if "/" in place], "on the disk")

    def test_setting(self):
        settings = self.env["res.config.settings"]
        self.assertEqual(settings.create({}).prospect_import_file_days, 30)
        settings.create({"prospect_import_file_days": 0}).set_values()
        operation = self._import()
        self._age(operation, 1000)
        self._clean()
        self.assertTrue(operation.attachment_id, "kept for ever")
        settings.create({"prospect_import_file_days": 5}).set_values()
        settings.create({"prospect_operation_days": 0}).set_values()
        operation = self._import(FILE.replace("fair", "show"))
        for days, stays in ((4, True), (6, False)):
            self._age(operation, days)
            self._clean()
            self.assertEqual(bool(operation.attachment_id), stays, days)

    def test_undone_and_never_run(self):
        undone = self._import()
        undone.action_undo()
        waiting = self._import_wizard(
            FILE.replace("fair", "walk"), user=self.manager
        )._make_operation()
        waiting.action_preview()
        waiting = waiting.sudo()
        for operation in undone, waiting:
            self._age(operation, 31)
        self._clean()
        self.assertFalse(undone.attachment_id or waiting.attachment_id)
        self.assertEqual(waiting.state, "draft")
        self.assertEqual(len(undone.line_ids), 2)
        self.assertFalse(any(line.key or line.values for line in undone.line_ids))
        with self.assertRaises(UserError):
            waiting.action_run()
