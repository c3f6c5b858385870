"""Nobody who was erased is left, in the database or on the disk."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import AnywhereMixin, ProspectCase

FIRST, LAST = "Zenobia", "Quxworth"
NAME = f"{FIRST} {LAST}"
EMAIL = "zenobia.quxworth@nobody.example.com"
PHONE = "+33 6 47 31 98 52"
DIGITS = "647319852"
GATEWAY = "odoo.addons.mail.models.mail_thread"
MAIL = f"""From: {NAME} <{EMAIL}>
To: %s
Subject: %s
Message-Id: <%s@nobody.example.com>
Date: Mon, 2 Nov 2026 10:00:00 +0100
Content-Type: text/plain; charset=utf-8

Call me: 06 47 31 98 52. Ms {LAST}
"""
FILE = (
    "First name,Last name,Email,Phone,Notes\n"
    f"{FIRST},{LAST},{EMAIL},06 47 31 98 52,Met at the fair\n"
    "Other,Person,other.person@x.example.com,,\n"
)


class ErasureCase(AnywhereMixin, ProspectCase):
    """One person, and what is done with her."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.fr")
        domains = cls.env["mail.alias.domain"]
        domain = domains.search([], limit=1) or domains.create(
            {"name": "erasure.example.com"}
        )
        cls.env.company.alias_domain_id = domain
        cls.team.alias_id.alias_domain_id = domain
        cls.team.alias_name = "prospect-erasure"
        cls._allow("export", "group", "sales_team.group_sale_manager", scope="all")

    def _import(self, content=FILE, user=None, **values):
        wizard = self._import_wizard(content, user=user or self.manager, **values)
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.assertEqual(operation.state, "done", operation.error)
        return operation.sudo()

    def _lead(self, email=EMAIL):
        return (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search([("email_normalized", "=", email)])
        )

    def _receive(self, payload, key="event-1", channel="api"):
        self.env.flush_all()
        with self.enter_registry_test_mode():
            message = self.env["prospect.capture"]._receive(channel, key, payload)
        self.env.invalidate_all()
        return message

    def _mail(self, subject="hello"):
        alias = self.team.alias_email
        with mute_logger(GATEWAY):
            self.env["mail.thread"].sudo().message_process(
                None, MAIL % (alias, subject, subject)
            )

    def _wizard(self, lead, user=None, **values):
        return (
            self.env["prospect.erase"]
            .with_user(user or self.manager)
            .with_context(active_model="crm.lead", active_ids=lead.ids)
            .create(values)
        )

    def _erase(self, lead, user=None, **values):
        action = self._wizard(lead, user, **values).action_erase()
        self.env.invalidate_all()
        return self.env["prospect.erasure"].browse(action["res_id"])

    def _anywhere(self):
        return self._find_anywhere([LAST, EMAIL], [DIGITS])


@tagged("post_install", "-at_install")
class TestErasure(ErasureCase):
    def test_nobody_is_left(self):
        """Everything that can be done with a person, and then a search of every text
        column of every table and of every file.
        """
        leads = self.env["crm.lead"]
        operation = self._import()
        lead = self._lead()
        self.assertEqual(lead.contact_name, NAME)
        lead.user_id = self.salesman
        # the rest of what knows her
        twin = self._prospect(
            contact_name=f"{FIRST[0]}. {LAST}", email_from="zq@nobody.example.com"
        )
        bulk = self.env["prospect.bulk"].with_user(self.salesman)
        bulk = bulk.create({"selection": {"ids": lead.ids}, "function": f"Dr {LAST}"})
        bulk = bulk._make_operation()
        bulk.action_preview()
        bulk.action_run()
        lead.with_context(tracking_disable=False).write({"city": "Lyon"})
        lead.message_post(body=f"{NAME} called from {PHONE}")
        self._receive(
            {"email": EMAIL, "name": NAME, "comment": f"I am Ms {LAST}, {PHONE}"}
        )
        self._mail()
        merge = self.env["prospect.merge"].with_user(self.manager)
        merge = merge.with_context(
            active_model="crm.lead", active_ids=(lead | twin).ids
        ).create({})
        merge = merge._make_operation()
        merge.action_preview()
        merge.action_run()
        lead = self._lead() or self._lead("zq@nobody.example.com")
        self.assertEqual(len(lead.exists()), 1)
        report = (
            self.env["prospect.report.ask"]
            .with_user(self.manager)
            .create(
                {
                    "selection": {"ids": lead.ids},
                    "columns": ["contact_name", "email_from"],
                    "file_format": "xlsx",
                }
            )
            ._make_report()
        )
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            job = report.sudo().with_env(self.env(cr=cr, su=True))
            for _batch in job._make_in_background():
                cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()
        self.assertEqual(report.sudo().state, "done", report.sudo().error)
        (report_file,) = report.sudo().attachment_id
        lead._prospect_convert_to(["contact", "opportunity"])
        contact = lead.partner_id
        self.assertTrue(contact)
        self.env["prospect.undeliverable.address"]._record(EMAIL, True, detail=EMAIL)
        self.env["ir.filters"].create(
            {
                "name": "Her",
                "model_id": "crm.lead",
                "domain": f"[('email_from', '=', '{EMAIL}')]",
            }
        )
        segment = self.env["prospect.segment"].create(
            {"name": "Hers", "domain": f"[('email_from', '=', '{EMAIL}')]"}
        )
        other = self._prospect(
            contact_name="Boss",
            email_from="boss@x.example.com",
            assistant_email=EMAIL,
            description=f"<p>Ask {NAME}</p>",
        )
        other.message_post(body=f"Written to {EMAIL} and 0647319852")
        before = self._anywhere()
        for place in (
            "prospect_operation_line.key",
            "prospect_operation_line.values",
            "prospect_capture.payload",
            "ir_filters.domain",
            "prospect_segment.domain",
            "prospect_key.key",
            "res_partner.name",
        ):
            self.assertIn(place, before, "the test is not what it should be")
        self.assertTrue([place for place in before if "/" in place], "no file")

        erasure = self._erase(lead)
        self.assertEqual(erasure.state, "done")
        self.assertEqual(self._anywhere(), {})
        self.assertFalse((lead | twin).exists())
        self.assertFalse(contact.exists())
        self.assertFalse(report_file.exists())
        self.assertEqual(report.sudo().state, "expired")
        self.assertFalse(operation.attachment_id)
        self.assertEqual(operation.line_count, 2, "the receipt stays")
        self.assertRecordValues(
            operation.line_ids.sorted("number"),
            [
                {"number": 2, "outcome": "created", "is_erased": True},
                {"number": 3, "outcome": "created", "is_erased": False},
            ],
        )
        self.assertEqual(other.contact_name, "Boss")
        self.assertFalse(other.assistant_email)
        self.assertIn("erased", segment.domain)
        told = {entry["model"]: entry["what"] for entry in erasure.receipt}
        self.assertEqual(told["prospect.segment"], "told")
        self.assertNotIn("left", told.values())
        self.assertFalse(erasure.sudo().person)
        self.assertIn("Lead", erasure.with_user(self.manager).receipt_html)
        # everybody else is as before
        self.assertTrue(self._lead("other.person@x.example.com"))
        # the lines are named by their numbers, and nobody comes back
        for receipt in (bulk, merge):
            receipt = receipt.sudo()
            self.assertEqual(receipt.state, "done")
            receipt.action_undo()
            self.assertRegex(
                receipt.line_ids.undo_reason, "^Line [0-9]+: the person was erased"
            )
        operation.action_undo()
        lines = operation.line_ids.sorted("number")
        self.assertEqual(lines.mapped("undo_outcome"), ["impossible", "reversed"])
        self.assertIn("Line 2", lines[0].undo_reason)
        self.assertEqual(self._anywhere(), {})
        self.assertFalse(leads.browse((lead | twin).ids).exists())

    def test_others_stay(self):
        """A switchboard, a longer address and a colleague are nobody's to take."""
        lead = self._prospect(contact_name=NAME, email_from=EMAIL, phone=PHONE)
        longer = self._prospect(
            contact_name="Sister", email_from=f"a.{EMAIL}", description=f"a.{EMAIL}"
        )
        mate = self._prospect(
            contact_name="Mate", email_from="mate@nobody.example.com", phone=PHONE
        )
        wizard = self._wizard(lead)
        self.assertEqual(wizard.lead_ids, lead)
        self.assertEqual(wizard.other_ids, mate)
        erasure = self._erase(lead)
        self.assertEqual(erasure.shared_count, 1)
        self.assertEqual(mate.phone_sanitized, "+33647319852")
        self.assertEqual(longer.email_normalized, f"a.{EMAIL}")
        self.assertIn(f"a.{EMAIL}", longer.description)
        mate.phone = PHONE
        with self.assertRaises(ValidationError):
            mate.email_from = EMAIL
        self.assertEqual(erasure.tombstone_ids.mapped("kind"), ["email"])

    def test_one_address_and_two_names(self):
        lead = self._prospect(contact_name=NAME, email_from=EMAIL)
        same = self._prospect(contact_name=f"{FIRST} {LAST}e", email_from=EMAIL)
        other = self._prospect(contact_name="Bob Miller", email_from=EMAIL)
        wizard = self._wizard(lead)
        self.assertEqual(wizard.lead_ids, lead | same)
        self.assertEqual(wizard.other_ids, other)
        self._erase(lead)
        self.assertEqual(self._lead(), other)

    def test_a_merge_into_somebody_else(self):
        """The snapshot of a wrong merge loses the person, and gives back the rest."""
        survivor = self._prospect(
            contact_name="Ann Miller", email_from="ann@x.example.com", city="Bath"
        )
        third = self._prospect(
            contact_name="Ann Millar", email_from="millar@x.example.com"
        )
        lead = self._prospect(contact_name=NAME, email_from=EMAIL)
        wizard = (
            self.env["prospect.merge"]
            .with_user(self.manager)
            .with_context(
                active_model="crm.lead", active_ids=(survivor | third | lead).ids
            )
            .create({"survivor_id": survivor.id})
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.env.invalidate_all()
        self.assertEqual((survivor | third | lead).exists(), survivor)
        self._erase(self.env["crm.lead"], addresses=f"{EMAIL}\n{NAME}")
        self.assertEqual(self._anywhere(), {})
        operation.sudo().action_undo()
        self.assertEqual((survivor | third | lead).exists(), survivor | third)
        self.assertEqual(operation.sudo().line_ids.undo_outcome, "kept")
        self.assertIn("people who were erased", operation.sudo().line_ids.undo_reason)

    def test_a_file_that_waits(self):
        """A plan that was not run loses the line, and the file."""
        operation = self._import_wizard(FILE, user=self.manager)._make_operation()
        operation.action_preview()
        self._erase(self.env["crm.lead"], addresses=f"{EMAIL}, {PHONE}")
        self.assertEqual(self._anywhere(), {})
        operation.action_run()
        self.assertRecordValues(
            operation.sudo().line_ids.sorted("number"),
            [{"outcome": "failed"}, {"outcome": "created"}],
        )
        self.assertFalse(self._lead())

    def test_who_may(self):
        lead = self._prospect(contact_name=NAME, email_from=EMAIL)
        for user in (self.salesman, self.salesman_all):
            with self.assertRaises(AccessError):
                self._wizard(lead, user)
            with self.assertRaises(AccessError):
                self.env["prospect.erasure"].with_user(user)._ask(lead)
        with self.assertRaises(UserError):
            self.env["prospect.erasure"].with_user(self.manager)._ask(lead.browse())

    def test_another_company(self):
        """Each company is responsible for its own data, and erases that alone."""
        other = self.env["res.company"].create({"name": "Other company"})
        theirs = self._prospect(
            contact_name=NAME,
            email_from=EMAIL,
            company_id=other.id,
            user_id=False,
            team_id=False,
            description=f"<p>{NAME} {EMAIL}</p>",
        )
        ours = self._prospect(
            contact_name=NAME, email_from=EMAIL, company_id=self.env.company.id
        )
        self._erase(ours)
        self.assertFalse(ours.exists())
        self.assertEqual(theirs.email_normalized, EMAIL)
        self.assertIn(EMAIL, theirs.description)
        theirs.email_from = EMAIL.upper()
        with self.assertRaises(ValidationError):
            self._prospect(email_from=EMAIL, company_id=self.env.company.id)
        tombstones = self.env["prospect.tombstone"].with_user(self.manager)
        self.assertTrue(tombstones.search([("address", "=", EMAIL)]))
        self.manager.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.assertFalse(tombstones.search([("address", "=", EMAIL)]))

    def test_lookup_of_odoo(self):
        """Odoo's privacy lookup finds what is ours, and its Delete erases it."""
        operation = self._import()
        lookup = self.env["privacy.lookup.wizard"].create(
            {"name": NAME, "email": EMAIL}
        )
        lookup.action_lookup()
        found = {line.res_model for line in lookup.line_ids}
        self.assertLessEqual(
            {
                "crm.lead",
                "ir.attachment",
                "prospect.key",
                "prospect.operation.line",
            },
            found,
        )
        keys = lookup.line_ids.mapped(lambda line: (line.res_model, line.res_id))
        self.assertEqual(len(keys), len(set(keys)), "found twice")
        lookup.line_ids.filtered(
            lambda line: line.res_model == "prospect.operation.line"
        ).action_unlink()
        lines = operation.line_ids.sorted("number")
        self.assertEqual(lines.mapped("is_erased"), [True, False])
        self.assertEqual(len(operation.line_ids), 2)

    def test_progress_in_the_background(self):
        """A large database: by the job, and a failure goes on where it stopped."""
        lead = self._prospect(contact_name=NAME, email_from=EMAIL)
        self.patch(type(self.env["prospect.erasure"]), "_dispatch", lambda self: None)
        erasure = self._erase(lead)
        self.assertEqual(erasure.state, "queued")
        self.assertTrue(lead.exists())
        with self.assertRaises(ValidationError):
            self._prospect(email_from=EMAIL)
        for _step in range(3):
            self.assertTrue(erasure._work())
        self.assertEqual((erasure.state, erasure.done_count), ("running", 3))
        self.assertGreater(erasure.progress, 0)
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            erasure.with_env(self.env(cr=cr, su=True))._cron_work()
        self.env.invalidate_all()
        self.assertEqual(erasure.state, "done", erasure.error)
        self.assertFalse(lead.exists())
