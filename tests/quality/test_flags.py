"""Flagged prospects: which prospects are doubtful, why, and who says that they are
not.
"""

import socket
import threading
from base64 import b64decode
from io import BytesIO

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import openpyxl

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged

from ...tools.mail_servers import ask_domains, make_resolver
from ..common import ProspectCase, TablesMixin


class FlagCase(ProspectCase):
    """Prospects in France, and what is said of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france = cls.env.ref("base.fr")

    @classmethod
    def _prospect(cls, **values):
        return super()._prospect(**{"country_id": cls.france.id, **values})

    def _codes(self, lead):
        return [reason["code"] for reason in lead.flag_reasons or ()]

    def _check(self):
        """Let the job look at all who wait."""
        # once more for those whom the first ones have something to do with
        for _time in range(2):
            self._run_job("prospect.flag.check", "_cron_check")
        self.assertFalse(self.env["prospect.flag.check"].sudo().search_count([]))

    def _run_job(self, model, method):
        """Call a job in a transaction that it may commit."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            getattr(self.env(cr=cr, su=True)[model], method)()
        self.env.invalidate_all()


class TestFlags(FlagCase):
    def test_each_reason(self):
        """Each value that is wrong has its reason, and a sentence of its own."""
        plain = self._prospect(phone="06 12 34 56 78")
        self.assertFalse(plain.is_flagged)
        self.assertFalse(self._prospect(phone=False, email_from=False).is_flagged)
        sentences = set()
        for values, code in (
            ({"email_from": "x@"}, "email_syntax"),
            ({"email_from": "marie@localhost"}, "email_syntax"),
            ({"email_from": "marie@yopmail.com"}, "email_disposable"),
            ({"email_from": "Info <info@acme.example.com>"}, "email_role"),
            ({"phone": "123"}, "phone_impossible"),
            ({"phone": "00 12 34 56 78"}, "phone_invalid"),
            ({"phone": "0899 70 00 00"}, "phone_premium"),
            ({"contact_name": "Gift https://win.example"}, "name_link"),
            ({"contact_name": "asdf hjkl"}, "name_noise"),
        ):
            lead = self._prospect(**values)
            with self.subTest(code=code):
                self.assertTrue(lead.is_flagged)
                self.assertEqual(self._codes(lead), [code])
                sentences.add(lead.flag_text)
                self.assertNotIn(code, lead.flag_text)
        self.assertGreaterEqual(len(sentences), 9)

    def test_correcting_clears(self):
        """MO-54: the flag goes with its reason, and comes with it."""
        lead = self._prospect(phone="123", email_from="x@").with_user(self.salesman)
        self.assertEqual(self._codes(lead), ["email_syntax", "phone_impossible"])
        lead.phone = "06 12 34 56 78"
        self.assertEqual(self._codes(lead), ["email_syntax"])
        lead.email_from = "x@example.com"
        self.assertFalse(lead.is_flagged)
        self.assertFalse(lead.flag_reasons)
        lead.phone = "12"
        found = self.env["crm.lead"].search([("is_flagged", "=", True)])
        self.assertIn(lead.sudo(), found)

    def test_country(self):
        """A number is read in the country of the prospect, else of its company."""
        self.env.company.country_id = self.env.ref("base.be")
        self.env.flush_all()
        self.assertFalse(self._prospect(phone="06 12 34 56 78").is_flagged)
        lead = self._prospect(phone="0470 12 34 56", country_id=False)
        self.assertFalse(lead.is_flagged)
        lead = self._prospect(phone="06 12 34 56 78", country_id=False)
        self.assertEqual(self._codes(lead), ["phone_invalid"])

    def test_settings(self):
        """What the settings do not count is no reason."""
        self.env["res.config.settings"].create(
            {"prospect_flag_roles": False, "prospect_flag_phones": 0}
        ).execute()
        settings = self.env["res.config.settings"].create({})
        self.assertFalse(settings.prospect_flag_roles)
        self.assertEqual(settings.prospect_flag_phones, 0)
        self.assertEqual(settings.prospect_bounce_soft, 3)
        self.assertFalse(self._prospect(email_from="info@acme.example.com").is_flagged)

    def test_phone_of_many(self):
        """The fifth prospect on a phone makes all five doubtful; four do not."""
        leads = self.env["crm.lead"].concat(
            *(
                self._prospect(
                    phone="06 12 34 56 78", email_from=f"person{number}@example.com"
                )
                for number in range(4)
            )
        )
        self._check()
        self.assertFalse(any(leads.mapped("is_flagged")))
        leads += self._prospect(phone="+33612345678", email_from="fifth@example.com")
        self.assertEqual(self._codes(leads[-1]), ["phone_shared"])
        self._check()
        for lead in leads:
            self.assertEqual(self._codes(lead), ["phone_shared"])
        leads[0].phone = "06 12 34 56 79"
        self._check()
        self.assertFalse(any(leads.mapped("is_flagged")))

    def test_arrivals(self):
        """Ten from one form in a minute are doubtful, wherever they come one by one."""
        form = self.env.ref("prospect.utm_source_form")
        by_hand = self.env.ref("prospect.utm_source_dashboard")

        def arrive(source, count, name):
            leads = self.env["crm.lead"]
            for number in range(count):
                leads += self._prospect(
                    email_from=f"{name}{number}@example.com", source_id=source.id
                )
            self._check()
            return leads

        self.env["ir.config_parameter"].set_param("prospect.flag_arrivals", 4)
        self.assertFalse(any(arrive(by_hand, 6, "hand").mapped("is_flagged")))
        few = arrive(form, 3, "few")
        self.assertFalse(any(few.mapped("is_flagged")))
        many = few + arrive(form, 1, "many")
        for lead in many:
            self.assertEqual(self._codes(lead), ["arrival_burst"])
        # one who comes later is not one of them
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = create_date - INTERVAL '5 minutes'"
            " WHERE id = ANY(%s)",
            [many.ids],
        )
        self.assertFalse(arrive(form, 1, "later").is_flagged)

    def test_honeypot(self):
        """A mark from outside stays, whatever is written, until somebody clears it."""
        lead = self._prospect()
        lead._prospect_flag("honeypot")
        lead._prospect_flag("honeypot")
        self.assertEqual(self._codes(lead), ["honeypot"])
        lead.email_from = "x@"
        self.assertEqual(self._codes(lead), ["email_syntax", "honeypot"])
        lead.with_user(self.salesman).action_prospect_dismiss_flag("honeypot")
        self.assertEqual(self._codes(lead), ["email_syntax"])
        lead.email_from = "marie@example.com"
        self.assertFalse(lead.is_flagged)

    def test_clearing(self):
        """What a person clears stays cleared for that value, and is logged."""
        lead = self._prospect(email_from="info@acme.example.com", phone="123")
        lead.with_user(self.salesman).action_prospect_dismiss_flag("email_role")
        self.assertEqual(self._codes(lead), ["phone_impossible"])
        lead.contact_name = "Anne Roy"
        lead.country_id = self.env.ref("base.be")
        self.assertEqual(self._codes(lead), ["phone_impossible"])
        dismissal = lead.flag_dismissal_ids
        self.assertEqual(dismissal.user_id, self.salesman)
        self.assertEqual(dismissal.date, self.env.cr.now())
        self.assertIn("info@acme.example.com", dismissal.label)
        with self.assertRaises(UserError):
            dismissal.write({"code": "phone_impossible"})
        lead.email_from = "contact@acme.example.com"
        self.assertEqual(self._codes(lead), ["email_role", "phone_impossible"])
        lead.email_from = "info@acme.example.com"
        self.assertEqual(self._codes(lead), ["phone_impossible"])
        lead.with_user(self.salesman).action_prospect_dismiss_flag()
        self.assertFalse(lead.is_flagged)
        with self.assertRaises(UserError):
            lead.action_prospect_dismiss_flag("phone_impossible")

    def test_rights(self):
        """Only who may write a prospect clears it; nobody writes the mark itself."""
        lead = self._prospect(phone="123", user_id=self.manager.id)
        with self.assertRaises(AccessError):
            lead.with_user(self.salesman).action_prospect_dismiss_flag()
        for fname, value in (
            ("is_flagged", False),
            ("flag_reasons", []),
            ("undeliverable_address_id", False),
        ):
            with self.subTest(field=fname), self.assertRaises(AccessError):
                lead.with_user(self.manager).write({fname: value})
        with self.assertRaises(AccessError):
            self.env["prospect.flag.dismissal"].with_user(self.manager).create(
                {"lead_id": lead.id, "code": "phone_impossible", "value": "123"}
            )
        self.assertTrue(lead.is_flagged)

    def test_merge(self):
        """The survivor keeps what was cleared on any of them."""
        values = {"email_from": "info@acme.example.com", "user_id": self.manager.id}
        lead, other = self._prospect(**values), self._prospect(**values)
        (lead + other).action_prospect_dismiss_flag("email_role")
        survivor = (lead + other)._merge_opportunity(auto_unlink=True)
        self.assertEqual(len(survivor.flag_dismissal_ids), 2)
        self._check()
        self.assertFalse(survivor.is_flagged)

    def test_contactable(self):
        """Flagged prospects are left out of mailings, and an address gets one mail."""
        leads = self.env["crm.lead"].concat(
            self._prospect(email_from="a@example.com"),
            self._prospect(email_from="A@example.com", contact_name="Anne Roy"),
            self._prospect(email_from="b@example.com", phone="123"),
            self._prospect(email_from=False),
        )
        found = leads.filtered_domain(leads._prospect_contactable_domain())
        self.assertEqual(found, leads[:2])
        domain = leads._prospect_contactable_domain() & Domain("id", "in", leads.ids)
        self.assertEqual(leads.search(domain, order="id"), found)
        self.assertEqual(found._prospect_one_per_address(), leads[0])

    def test_import_is_looked_at_later(self):
        """An import by SQL stays one, and the job finds its flagged prospects."""
        content = "Email,Phone,First name,Last name\n" + "".join(
            f"import{number}@example.com,+33 6 12 34 56 {number:02},Marie,Person\n"
            for number in range(20)
        )
        content += "info@acme.example.com,123,Anne,Roy\n"
        wizard = self._import_wizard(content)
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self._drain(operation)
        leads = operation.line_ids.lead_id
        self.assertEqual(len(leads), 21)
        self.assertFalse(any(leads.mapped("is_flagged")))
        stamps = {lead.id: lead.write_date for lead in leads}
        self._check()
        flagged = leads.filtered("is_flagged")
        self.assertEqual(flagged.mapped("email_normalized"), ["info@acme.example.com"])
        self.assertEqual({lead.id: lead.write_date for lead in leads}, stamps)
        # what the job stores is no change by a person
        operation.action_undo()
        self._drain(operation)
        self.assertFalse(leads.exists())

    def test_constant_queries(self):
        """As many queries for five prospects as for fifty."""

        def count(leads):
            leads.flush_recordset()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            leads._prospect_check_flags()
            return self.cr.sql_log_count - before

        def make(number, name):
            leads = self.env["crm.lead"].create(
                [
                    {
                        "type": "lead",
                        "contact_name": "asdf",
                        "email_from": f"{name}{index}@",
                        "phone": "123",
                    }
                    for index in range(number)
                ]
            )
            self.env.cr.execute("UPDATE crm_lead SET flag_reasons = NULL")
            return leads

        few, many = make(5, "few"), make(50, "many")
        count(few)
        self.assertLessEqual(count(many), 8)
        self.assertTrue(all(many.mapped("is_flagged")))


class DnsServer(threading.Thread):
    """A DNS server on a port of this machine, which answers what it was told.

    ``answers``: {domain: [texts of MX records]}, or a code of an error.
    """

    def __init__(self, answers):
        super().__init__(daemon=True)
        self.answers, self.asked = answers, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def run(self):
        while True:
            try:
                wire, client = self.socket.recvfrom(4096)
            except OSError:
                return
            if not wire:
                return
            self.socket.sendto(self.answer(dns.message.from_wire(wire)), client)

    def answer(self, query):
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        self.asked.append((name, dns.rdatatype.to_text(question.rdtype)))
        response = dns.message.make_response(query)
        answer = self.answers.get(name, dns.rcode.NXDOMAIN)
        if isinstance(answer, dict):
            records = answer.get(dns.rdatatype.to_text(question.rdtype), [])
            if records:
                response.answer.append(
                    dns.rrset.from_text_list(
                        question.name, 60, "IN", question.rdtype, records
                    )
                )
        else:
            response.set_rcode(answer)
        return response.to_wire()

    def stop(self):
        self.socket.sendto(b"", self.socket.getsockname())
        self.join(5)
        self.socket.close()


class TestMailServers(FlagCase):
    def setUp(self):
        super().setUp()
        self.dns = DnsServer(
            {
                "mails.example.com": {"MX": ["10 mx.example.com."]},
                "host.example.com": {"A": ["8.8.8.8"]},
                "null.example.com": {"MX": ["0 ."]},
                "empty.example.com": {},
                "broken.example.com": dns.rcode.SERVFAIL,
            }
        )
        self.dns.start()
        self.addCleanup(self.dns.stop)
        self.patch(
            self.registry["prospect.mail.domain"],
            "_get_resolver",
            lambda domains: make_resolver(["127.0.0.1"], self.dns.port),
        )

    def _ask(self):
        self._run_job("prospect.mail.domain", "_cron_ask")
        self._check()

    def test_states(self):
        """A mail server, an address, neither, no domain, and nobody who knows."""
        names = [*self.dns.answers, "missing.example.com"]
        self.assertEqual(
            ask_domains(names, make_resolver(["127.0.0.1"], self.dns.port)),
            {
                "mails.example.com": "ok",
                "host.example.com": "ok",
                "null.example.com": "none",
                "empty.example.com": "none",
                "broken.example.com": "unknown",
                "missing.example.com": "none",
            },
        )

    def test_only_where_enabled(self):
        """Without the setting nobody is asked, and nothing is kept to ask."""
        domains = self.env["prospect.mail.domain"]
        lead = self._prospect(email_from="a@missing.example.com")
        self.assertFalse(domains.search([("name", "=", "missing.example.com")]))
        self._ask()
        self.assertFalse(self.dns.asked)
        self.assertFalse(lead.is_flagged)

    def test_in_the_background(self):
        """Asked by the job, once a domain, and remembered; then the prospect is
        doubtful, and not any more when the answer is another one.
        """
        self.env["ir.config_parameter"].set_param("prospect.flag_domains", 1)
        domains = self.env["prospect.mail.domain"]
        bad, twin = (
            self._prospect(email_from=f"{name}@missing.example.com") for name in "ab"
        )
        good = self._prospect(email_from="a@mails.example.com")
        big = self._prospect(email_from="somebody@gmail.com")
        self.assertFalse(self.dns.asked, "a person waited for the DNS")
        self.assertFalse(bad.is_flagged)
        self._ask()
        for lead in (bad, twin):
            self.assertEqual(self._codes(lead), ["email_no_server"])
        self.assertFalse(good.is_flagged)
        self.assertFalse(big.is_flagged)
        self.assertEqual(bad.undeliverable_address_id.reason, "no_server")
        self.assertEqual(bad.undeliverable_address_id.email, "a@missing.example.com")
        asked = [
            name
            for name, kind in self.dns.asked
            if kind == "MX" and name in (*self.dns.answers, "missing.example.com")
        ]
        self.assertEqual(sorted(asked), ["mails.example.com", "missing.example.com"])
        self.dns.asked.clear()
        other = self._prospect(email_from="c@missing.example.com")
        self.assertEqual(self._codes(other), ["email_no_server"])
        self._ask()
        asked = {name for name, _kind in self.dns.asked}
        self.assertNotIn("missing.example.com", asked, "it was known")
        # old answers are asked for again
        self.dns.answers["missing.example.com"] = {"MX": ["10 mx.example.com."]}
        known = domains.search([("name", "=", "missing.example.com")])
        self.env.cr.execute(
            "UPDATE prospect_mail_domain SET checked_at = checked_at"
            " - INTERVAL '4 days' WHERE id = %s",
            [known.id],
        )
        self._ask()
        self.assertEqual(known.state, "ok")
        self.assertFalse(bad.is_flagged)
        self.assertFalse(bad.undeliverable_address_id)


@tagged("is_query_count")
class TestAddressErrors(FlagCase, TablesMixin):
    """Mails that come back: collected once an address, corrected, and back on lists."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guests = cls.env["prospect.list"].create({"name": "Guests"})
        cls.lead = cls._prospect(
            email_from="gone@acme.example.com",
            list_ids=[Command.link(cls.guests.id)],
        )
        cls.twin = cls._prospect(
            email_from="Gone@acme.example.com",
            contact_name="Anne Roy",
            list_ids=[Command.link(cls.guests.id)],
        )

    def _bounce(self, email="gone@acme.example.com", status="5.1.1", action="failed"):
        """A delivery report as a mail server sends it, through Odoo's gateway."""
        alias = self.env.company.bounce_email or "bounce@prospect.example.com"
        if not self.env.company.bounce_email:
            domain = self.env["mail.alias.domain"].create(
                {"name": "prospect.example.com", "bounce_alias": "bounce"}
            )
            self.env.company.alias_domain_id = domain
            alias = domain.bounce_email
        self.env["mail.thread"].message_process(
            None,
            f"From: MAILER-DAEMON@mx.example.com\r\nTo: {alias}\r\n"
            "Subject: Undelivered Mail Returned to Sender\r\n"
            f"Message-Id: <{status}.{self.env.cr.sql_log_count}@mx.example.com>\r\n"
            "Content-Type: multipart/report; report-type=delivery-status;"
            ' boundary="part"\r\n\r\n'
            "--part\r\nContent-Type: text/plain\r\n\r\nYour mail came back.\r\n\r\n"
            "--part\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns; mx.example.com\r\n\r\n"
            f"Final-Recipient: rfc822; {email}\r\nAction: {action}\r\n"
            f"Status: {status}\r\nDiagnostic-Code: smtp; 550 nobody lives here\r\n\r\n"
            "--part--\r\n",
        )
        self.env.invalidate_all()
        return self.env["prospect.undeliverable.address"].search(
            [("email", "=", email)]
        )

    def _list_log(self, lead):
        return [
            (row.action, row.cause)
            for row in self.env["prospect.membership"].search(
                [("lead_id", "=", lead.id)], order="id"
            )
        ]

    def test_hard(self):
        """One address on two prospects counts once; both leave their lists at once."""
        error = self._bounce()
        self.assertEqual((error.hard_count, error.soft_count), (1, 0))
        self.assertEqual(error.reason, "hard")
        self.assertEqual(error.detail, "550 nobody lives here")
        self.assertEqual(error.lead_ids, self.lead + self.twin)
        for lead in error.lead_ids:
            self.assertEqual(self._codes(lead), ["email_bounced"])
            self.assertEqual(lead.message_bounce, 1)
            self.assertFalse(lead.list_ids)
            self.assertEqual(self._list_log(lead)[-1], ("leave", "bounce"))
        self.assertReplay(error.lead_ids)
        self.assertEqual(self._bounce().hard_count, 2)

    def test_soft(self):
        """Three times; what is only late is nothing."""
        self.assertFalse(self._bounce(status="4.4.1", action="delayed"))
        for count in (1, 2, 3):
            self.assertEqual(self.lead.list_ids, self.guests)
            error = self._bounce(status="4.2.2")
            self.assertEqual((error.hard_count, error.soft_count), (0, count))
        self.assertEqual(error.reason, "soft")
        self.assertFalse(self.lead.list_ids)

    def test_rule_is_off(self):
        self.env["res.config.settings"].create(
            {"prospect_bounce_hard": False, "prospect_bounce_soft": 0}
        ).execute()
        for _time in range(4):
            self._bounce()
        self.assertEqual(self.lead.list_ids, self.guests)
        self.assertTrue(self.lead.is_flagged)

    def test_newcomer(self):
        """Who comes in with an address that is known not to work is doubtful."""
        error = self._bounce()
        lead = self._prospect(
            email_from="gone@acme.example.com", list_ids=[Command.link(self.guests.id)]
        )
        self.assertEqual(lead.undeliverable_address_id, error)
        self.assertEqual(self._codes(lead), ["email_bounced"])
        self.assertFalse(lead.list_ids)

    def test_strangers(self):
        """A mail to somebody who is no prospect is not collected."""
        self.assertFalse(self._bounce("stranger@acme.example.com"))

    def test_correct_in_place(self):
        """All prospects with the address get the right one, their counters start again
        and they are back on their lists.
        """
        error = self._bounce().with_user(self.salesman)
        for text in ("nobody", "gone@acme.example.com"):
            with self.subTest(text=text), self.assertRaises(UserError):
                error.correction = text
        error.correction = "Here@Acme.example.com"
        self.env.invalidate_all()
        for lead in self.lead + self.twin:
            self.assertEqual(lead.email_normalized, "here@acme.example.com")
            self.assertFalse(lead.is_flagged)
            self.assertFalse(lead.undeliverable_address_id)
            self.assertEqual(lead.message_bounce, 0)
            self.assertEqual(lead.list_ids, self.guests)
            self.assertEqual(self._list_log(lead)[-1], ("join", "corrected"))
        self.assertReplay(self.lead + self.twin)
        self.assertFalse(
            self.env["prospect.undeliverable.address"].search(
                [("id", "=", error.id), ("lead_ids", "!=", False)]
            )
        )

    def test_rights(self):
        """People see addresses of prospects that they see, and correct their own."""
        error = self._bounce()
        errors = self.env["prospect.undeliverable.address"]
        self.assertEqual(errors.with_user(self.salesman).search([]), error)
        self.twin.user_id = self.manager
        mine = error.with_user(self.salesman)
        self.assertEqual(mine.lead_ids, self.lead)
        self.assertEqual(mine.lead_count, 1)
        with self.assertRaises(AccessError):
            mine.correction = "here@acme.example.com"
        with self.assertRaises(AccessError):
            mine.action_clear()
        with self.assertRaises(AccessError):
            mine.write({"hard_count": 0})
        self.lead.user_id = self.manager
        self.env.invalidate_all()
        self.assertFalse(errors.with_user(self.salesman).search([]))
        with self.assertRaises(AccessError):
            mine.read(["email"])
        self.assertIn(error, errors.with_user(self.manager).search([]))
        with self.assertRaises(AccessError):
            errors.with_user(self.employee).search([])

    def test_clear(self):
        """The address is good after all; the next bounce is a new one."""
        self._bounce()
        error = self._bounce()
        error.with_user(self.salesman).action_clear()
        self.env.invalidate_all()
        self.assertFalse(error.exists())
        for lead in self.lead + self.twin:
            self.assertFalse(lead.is_flagged)
            self.assertEqual(lead.message_bounce, 0)
            self.assertEqual(lead.list_ids, self.guests)
            self.assertEqual(lead.flag_dismissal_ids.user_id, self.salesman)
        error = self._bounce()
        self.assertEqual(error.hard_count, 1)
        self.assertEqual(self._codes(self.lead), ["email_bounced"])

    def test_invalid(self):
        """What cannot be an address is collected too, and goes when it is corrected."""
        lead = self._prospect(email_from="marie at example")
        error = lead.undeliverable_address_id
        self.assertEqual((error.reason, error.email), ("invalid", "marie at example"))
        error.with_user(self.salesman).correction = "marie@example.com"
        self.assertEqual(lead.email_normalized, "marie@example.com")
        self.assertFalse(lead.undeliverable_address_id)
        self.env["prospect.undeliverable.address"]._gc_unused()
        self.assertFalse(error.exists())

    def test_extract_and_import(self):
        """IY-19: the extract, corrected, updates the same prospects."""
        self.lead.partner_name = "=1+1"
        error = self._bounce()
        self.salesman.group_ids += self.env.ref("base.group_allow_export")
        action = error.with_user(self.salesman).action_extract()
        extract = self.env["prospect.address.extract"].browse(
            int(action["url"].split("/")[4])
        )
        with self.assertRaises(AccessError):
            extract.with_user(self.manager).read(["file"])
        book = openpyxl.load_workbook(BytesIO(b64decode(extract.file)))
        rows = [[cell.value for cell in row] for row in book.active]
        self.assertEqual(rows[0][0], ".id")
        numbers = {row[0] for row in rows[1:]}
        self.assertEqual(numbers, {str(self.lead.id), str(self.twin.id)})
        self.assertIn("550 nobody lives here", rows[1][-1])
        cells = [cell for row in book.active for cell in row]
        self.assertEqual({cell.data_type for cell in cells if cell.value}, {"s"})
        for line in (2, 3):
            number = book.active.cell(line, 1).value
            book.active.cell(line, 2).value = f"new{number}@acme.example.com"
        output = BytesIO()
        book.save(output)
        wizard = self._import_wizard(
            output.getvalue(), "corrected.xlsx", policy="update"
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self._drain(operation)
        reasons = operation.line_ids.mapped("reason")
        self.assertEqual(operation.updated_count, 2, reasons)
        self._check()
        for lead in self.lead + self.twin:
            self.assertEqual(lead.email_normalized, f"new{lead.id}@acme.example.com")
            self.assertFalse(lead.is_flagged)
            self.assertEqual(lead.message_bounce, 0)
            self.assertEqual(lead.list_ids, self.guests)

    def test_extract_needs_the_right(self):
        error = self._bounce()
        with self.assertRaises(AccessError):
            error.with_user(self.salesman).action_extract()

    def test_import_with_wrong_keys(self):
        """Numbers that were spoilt, or are somebody else's, change nobody."""
        hidden = self._prospect(
            contact_name="Secret Person", email_from="secret@acme.example.com"
        )
        hidden.user_id = self.manager
        gone = self._prospect(contact_name="Gone", email_from="g@acme.example.com")
        gone_id = gone.id
        gone.unlink()
        before = self.env["crm.lead"].with_context(active_test=False).search_count([])
        lines = [".id,Email"]
        keys = (hidden.id, gone_id, "abc", "-1", "999999999999", "1e3", "=1+1")
        for number, key in enumerate(keys):
            lines.append(f"{key},wrong{number}@acme.example.com")
        lines.append(f"{self.lead.id},right@acme.example.com")
        lines.append(f"{self.lead.id},twice@acme.example.com")
        self.env.flush_all()
        wizard = self._import_wizard("\n".join(lines), policy="update")
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.env.invalidate_all()
        self.assertEqual(hidden.email_from, "secret@acme.example.com")
        # of two lines about one prospect the later one stays
        self.assertEqual(self.lead.email_normalized, "twice@acme.example.com")
        leads = self.env["crm.lead"].with_context(active_test=False)
        self.assertEqual(leads.search_count([]), before, "a wrong key makes nobody")
        lines = operation.sudo().line_ids.sorted("number")
        self.assertEqual(
            lines.mapped("outcome")[:7], ["failed"] * 7, lines.mapped("reason")
        )
        self.assertTrue(all(lines[:7].mapped("reason")))
        self.assertNotIn("Secret", str(lines.mapped("reason")))
