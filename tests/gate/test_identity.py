"""Who is the same person: every cell of the table, by every door."""

import csv
import io
import random
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.prospect.models.imports import operation as prospect_operation_import
from odoo.addons.prospect.models.operations import operation as prospect_operation

from ..common import ProspectCase
from .identity_cases import (
    ANA,
    AT_101,
    AT_102,
    BOB,
    CELLS,
    OTHER,
    PERSONAL,
    PHONE,
    ROLE,
)

HEADER = {
    "contact_name": "Contact name",
    "email_from": "Email",
    "phone": "Phone",
    "partner_name": "Company",
    "assistant_email": "Assistant email",
    "function": "Role",
    "city": "City",
}
CAL = {"contact_name": "Cal Vert"}


class IdentityCase(ProspectCase):
    def setUp(self):
        super().setUp()
        self.country = self.env.ref("base.fr")
        self.env.company.country_id = self.country
        self.counter = 0

    def _lead(self, **values):
        return self._prospect(**{"contact_name": False, "email_from": False, **values})

    def _upsert(self, *rows, policy="update", **options):
        return self.env["crm.lead"]._prospect_upsert(list(rows), policy, **options)

    def _codes(self, told):
        return sorted(code.removeprefix("gate.") for code in told)

    def _file(self, rows):
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(HEADER.values())
        for row in rows:
            writer.writerow([row.get(fname) or "" for fname in HEADER])
        return file.getvalue()

    def _import(self, rows, run=True, **values):
        wizard = self._import_wizard(self._file(rows), user=self.manager, **values)
        operation = wizard._make_operation()
        operation.action_preview()
        if run:
            operation.action_run()
            self.assertEqual(operation.state, "done", operation.error)
        return operation

    def _lines(self, operation):
        return operation.line_ids.sorted("number")

    # Each gives the prospect and the codes of what is told.

    def _by_upsert(self, row, policy="update", **options):
        (outcome,) = self._upsert(row, policy=policy, **options)
        told = [one["code"] for one in outcome["told"]]
        return self.env["crm.lead"].browse(outcome["lead_id"]), self._codes(told)

    def _by_file(self, row, policy="update"):
        operation = self._import([row], policy=policy)
        line = operation.line_ids
        return line.lead_id, self._codes(code for code, _values in line.told or ())

    def _by_inbox(self, row, policy="update"):
        inbox = self.env["prospect.capture"].sudo()
        self.counter += 1
        vals = inbox._prepare_message(
            "ads", f"identity-{self.counter}", row, row, policy, {}, self.env.company
        )
        message = inbox.browse(inbox._insert(vals)[0])
        message._process()
        self.assertEqual(message.state, "done", message.reason)
        return message.lead_id, None

    def _find_notes(self, lead):
        return [
            message.body
            for message in lead.message_ids.sorted("id")
            if (message.message_id or "").startswith("<prospect-")
        ]


@tagged("post_install", "-at_install")
class TestIdentityCells(IdentityCase):
    def _check_cells(self, door):
        for name, people, row, wanted, told in CELLS:
            with self.subTest(cell=name), self.cr.savepoint() as savepoint:
                leads = [self._lead(**values) for values in people]
                self.env.flush_all()
                lead, codes = door(row)
                self.assertTrue(lead, "no prospect")
                if wanted is None:
                    self.assertNotIn(lead, leads)
                else:
                    self.assertEqual(lead, leads[wanted])
                if codes is not None:
                    self.assertEqual(codes, told)
                # the same once more: nobody new, nothing else
                before = lead.read(list(HEADER))
                notes = self._find_notes(lead)
                if row.keys() & {"email_from", "phone"}:
                    self.assertEqual(door(row)[0], lead)
                    self.env.invalidate_all()
                    self.assertEqual(lead.read(list(HEADER)), before)
                    self.assertEqual(self._find_notes(lead), notes)
                savepoint.rollback()
                self.env.invalidate_all(flush=False)

    def test_cells_by_upsert(self):
        self._check_cells(self._by_upsert)

    def test_cells_by_file(self):
        self._check_cells(self._by_file)

    def test_cells_by_inbox(self):
        self._check_cells(self._by_inbox)

    def test_order_of_candidates(self):
        """Open before closed, own company before none, then the oldest."""
        closed = self._lead(**ANA | PERSONAL)
        closed.status_id = self.junk
        older = self._lead(**ANA | PERSONAL)
        self._lead(**ANA | PERSONAL)
        self.assertEqual(self._by_upsert(ANA | PERSONAL)[0], older)

    def test_last_in_contact(self):
        self._lead(**ANA | PHONE | PERSONAL)
        other = self._lead(**BOB | PHONE | OTHER)
        other.message_post(body="Hello", message_type="comment")
        self.assertEqual(self._by_upsert(PHONE), (other, ["several_people"]))

    def test_addresses_of_nobody(self):
        """Programs, lists and ourselves identify nobody: two mails are two people."""
        for email in (
            "no-reply@cells.example.com",
            "club-request@cells.example.com",
            self.salesman.email,
        ):
            with self.subTest(email=email):
                first, second = self._upsert(
                    ANA | {"email_from": email}, ANA | {"email_from": email}
                )
                self.assertNotEqual(first["lead_id"], second["lead_id"])
                self.assertIn("not used to identify", first["reason"])
        self.env.company.phone = "+33 1 99 00 99 99"
        first, second = self._upsert(*[{"phone": "+33 1 99 00 99 99"} | ANA] * 2)
        self.assertNotEqual(first["lead_id"], second["lead_id"])

    def test_hidden_people_are_not_named(self):
        self._lead(**ANA | ROLE, user_id=self.manager.id)
        gate = self.env["crm.lead"].with_user(self.salesman)
        (outcome,) = gate._prospect_upsert([BOB | ROLE])
        self.assertEqual(outcome["outcome"], "created")
        self.assertNotIn("Ana", str(outcome))
        self.assertEqual(outcome["told"][0]["code"], "gate.other_person_hidden")


@tagged("post_install", "-at_install")
class TestIdentityPolicies(IdentityCase):
    """What is written where a row is about somebody known."""

    ROW = BOB | PERSONAL | {"function": "Director", "city": "Lyon"}

    def _all_doors(self):
        return (self._by_upsert, self._by_file, self._by_inbox)

    def _each_door(self, policy, check):
        for door in self._all_doors():
            with self.subTest(door=door.__name__), self.cr.savepoint() as savepoint:
                lead = self._lead(**ANA | PERSONAL | {"function": "Buyer"})
                found, _told = door(self.ROW, policy)
                self.env.invalidate_all()
                check(lead, found)
                savepoint.rollback()
                self.env.invalidate_all(flush=False)

    def test_update_with_another_name(self):
        def check(lead, found):
            self.assertEqual(found, lead)
            self.assertEqual(
                (lead.contact_name, lead.first_name, lead.function, lead.city),
                ("Bob Blanc", "Bob", "Director", "Lyon"),
            )
            (note,) = self._find_notes(lead)
            self.assertIn("was Ana Roux, is Bob Blanc", note)

        self._each_door("update", check)

    def test_fill_with_another_name(self):
        """Nothing of a person: a note has it all."""

        def check(lead, found):
            self.assertEqual(found, lead)
            self.assertEqual(
                (lead.contact_name, lead.function, lead.city),
                ("Ana Roux", "Buyer", False),
            )
            (note,) = self._find_notes(lead)
            for text in ("Bob Blanc", "Director", "Lyon"):
                self.assertIn(text, note)

        self._each_door("fill", check)

    def test_skip_with_another_name(self):
        def check(lead, found):
            self.assertEqual(found, lead)
            self.assertEqual((lead.contact_name, lead.city), ("Ana Roux", False))
            self.assertFalse(self._find_notes(lead))

        self._each_door("skip", check)

    def test_create_with_a_shared_key(self):
        def check(lead, found):
            self.assertNotEqual(found, lead)
            self.assertIn("Another prospect", self._find_notes(found)[0])

        self._each_door("create", check)

    def test_outcomes(self):
        tag = self.env["crm.tag"].create({"name": "Identity"})
        lead = self._lead(**ANA | PERSONAL)
        row = self.ROW | {"tag_ids": tag.ids, "phone": "+33612345678"}
        outcomes = [
            self._upsert(row, policy=policy)[0]["outcome"]
            for policy in ("skip", "fill", "fill", "update", "update")
        ]
        self.assertEqual(
            outcomes, ["skipped", "updated", "unchanged", "updated", "unchanged"]
        )
        self.assertEqual(lead.tag_ids, tag)

    def test_same_name(self):
        """Silent or same: new values win, or fill what is empty."""
        lead = self._lead(**ANA | PERSONAL | {"function": "Buyer"})
        row = PERSONAL | {"function": "Director", "city": "Lyon"}
        self._upsert(row, policy="fill")
        self.assertEqual((lead.function, lead.city), ("Buyer", "Lyon"))
        self._upsert(row)
        self.assertEqual(lead.function, "Director")

    def test_worse_spelling_never_wins(self):
        lead = self._lead(
            contact_name="Léa Müller", partner_name="Société Été", **PERSONAL
        )
        for name in ("Lea MULLER", "MULLER Lea", "L. Müller", "Lea Mueller", "Müller"):
            with self.subTest(name=name):
                outcome = self._upsert(
                    PERSONAL | {"contact_name": name, "partner_name": "SOCIETE ETE"}
                )[0]
                self.assertEqual(outcome["outcome"], "unchanged", outcome)
                self.assertEqual(lead.contact_name, "Léa Müller")
        self._lead(contact_name="LEA MULLER", **OTHER)
        self._upsert(OTHER | {"contact_name": "Léa Müller"})
        found = self.env["crm.lead"].search([("email_normalized", "like", "other@c")])
        self.assertEqual(found.contact_name, "Léa Müller")

    def test_contact_stays(self):
        partner = self.env["res.partner"].create({"name": "Ana", "phone": "+33100"})
        lead = self._lead(partner_id=partner.id, **ANA | PHONE)
        partner.email = False
        outcome = self._upsert(ANA | PHONE | PERSONAL)[0]
        self.assertEqual(outcome["lead_id"], lead.id)
        self.assertEqual(outcome["left_alone"], ["email_from"])
        self.assertFalse(lead.email_from)

    def test_closed(self):
        """Who comes back is linked; somebody else at the address is not [BX-34]."""
        for key in (PERSONAL, ROLE):
            # a contact of its own: its address goes to all prospects that have it
            partner = self.env["res.partner"].create({"name": "Ana Roux"})
            lead = self._lead(partner_id=partner.id, **ANA)
            lead.write(key)
            lead.status_id = self.converted
            (other,) = self._upsert(BOB | key)
            self.assertEqual(other["outcome"], "created")
            self.assertEqual(other["told"][0]["code"], "gate.other_person")
            other = self.env["crm.lead"].browse(other["lead_id"])
            self.assertFalse(other.partner_id)
            self.assertFalse(other.is_repeat)
            (back,) = self._upsert(ANA | key)
            self.assertEqual(back["outcome"], "repeat")
            back = self.env["crm.lead"].browse(back["lead_id"])
            self.assertEqual((back.partner_id, back.is_repeat), (partner, True))

    def test_typed_into_a_form(self):
        """Whoever types an address has not proved that it is theirs."""
        lead = self._lead(**ANA | PERSONAL)
        self._upsert(self.ROW, channel="form")
        self.assertEqual((lead.contact_name, lead.city), ("Ana Roux", False))
        self._upsert(PERSONAL | {"city": "Nice"}, channel="form")
        self.assertEqual(lead.city, "Nice", "no other name: the policy of the door")
        self._upsert(self.ROW, channel="form", is_proved=True)
        self.assertEqual((lead.contact_name, lead.city), ("Bob Blanc", "Lyon"))

    def test_a_number_of_the_exceptions(self):
        """It identifies nobody, and stays [BX-35]."""
        lead = self._lead(**ANA | PHONE)
        other = self.env["res.company"].create({"name": "Other"})
        exception = self.env["prospect.exception"].create(
            {"value": lead.phone_sanitized, "company_id": other.id}
        )
        (same,) = self._upsert(ANA | PHONE)
        self.assertEqual(same["lead_id"], lead.id, "another company's exception")
        exception.company_id = False
        (new,) = self._upsert(ANA | PHONE)
        self.assertEqual(new["outcome"], "created")
        new = self.env["crm.lead"].browse(new["lead_id"])
        self.assertEqual(new.phone_sanitized, lead.phone_sanitized)
        exception.active = False
        (again,) = self._upsert(ANA | PHONE)
        self.assertEqual(again["lead_id"], lead.id)

    def test_calls(self):
        """Who was last in contact; a call changes nothing."""
        self._lead(**ANA | PHONE | PERSONAL)
        other = self._lead(**BOB | PHONE | OTHER)
        message = other.message_post(body="Hello", message_type="comment")
        # messages know whole seconds, records their parts
        message.date += timedelta(seconds=1)
        (outcome,) = self._upsert(CAL | PHONE, channel="call")
        self.assertEqual(outcome["lead_id"], other.id)
        self.assertEqual(outcome["outcome"], "unchanged")
        self.assertEqual(other.contact_name, "Bob Blanc")
        (new,) = self._upsert({"phone": "+33 1 99 00 55 55"}, channel="call")
        self.assertEqual(new["outcome"], "created")


@tagged("post_install", "-at_install")
class TestIdentityFiles(IdentityCase):
    """People of one file, and the inputs that were measured."""

    def _find(self, email):
        return self.env["crm.lead"].search(
            [("email_normalized", "=", email)], order="id"
        )

    def test_three_at_one_office(self):
        rows = [
            person | {"email_from": "info@m01.example.com", "function": function}
            for person, function in (
                (ANA, "Buyer"),
                (BOB, "Director"),
                (CAL, "Assistant"),
            )
        ]
        for policy in ("update", "fill"):
            with self.subTest(policy=policy), self.cr.savepoint() as savepoint:
                operation = self._import(rows, policy=policy)
                leads = self._find("info@m01.example.com")
                self.assertEqual(
                    leads.mapped(lambda lead: (lead.contact_name, lead.function)),
                    [
                        ("Ana Roux", "Buyer"),
                        ("Bob Blanc", "Director"),
                        ("Cal Vert", "Assistant"),
                    ],
                )
                self.assertEqual((operation.told_count, operation.shared_count), (2, 0))
                again = self._import(rows, policy=policy)
                self.assertEqual(again.unchanged_count, 3)
                savepoint.rollback()
                self.env.invalidate_all(flush=False)

    def test_switchboard(self):
        rows = [ANA | PHONE, BOB | PHONE]
        self._import(rows)
        leads = self.env["crm.lead"].search([("phone_sanitized", "=", "+33199001234")])
        self.assertEqual(set(leads.mapped("contact_name")), {"Ana Roux", "Bob Blanc"})

    def test_extensions(self):
        self._import(
            [
                {"contact_name": "Ana Roux", "phone": "01 99 00 12 34 poste 101"},
                {"contact_name": "Ana Roux", "phone": "01 99 00 12 34 poste 102"},
            ]
        )
        leads = self.env["crm.lead"].search([("phone_sanitized", "=", "+33199001234")])
        self.assertEqual(
            sorted(leads.mapped("phone")), [AT_101["phone"], AT_102["phone"]]
        )

    def test_call_then_form(self):
        (call,) = self._upsert(PHONE, channel="call", policy="fill")
        (form,) = self._upsert(ANA | PHONE | PERSONAL, channel="form", policy="fill")
        self.assertEqual(form["lead_id"], call["lead_id"])
        lead = self.env["crm.lead"].browse(call["lead_id"])
        self.assertEqual(lead.email_from, PERSONAL["email_from"])

    def test_family(self):
        """One personal address is one prospect, told and counted [IY-17]."""
        rows = [person | PERSONAL for person in (ANA, BOB, CAL)]
        operation = self._import(rows, run=False)
        self.assertEqual((operation.told_count, operation.shared_count), (2, 2))
        self.assertTrue(operation.may_keep_apart)
        operation.action_run()
        self.assertEqual((operation.told_count, operation.shared_count), (2, 2))
        lead = self._find(PERSONAL["email_from"])
        self.assertEqual(lead.contact_name, "Cal Vert")
        again = self._import(rows)
        self.assertEqual(again.unchanged_count, 3)
        self.assertEqual(len(self._find_notes(lead)), 1)

    def test_keep_apart(self):
        rows = [person | PERSONAL for person in (ANA, BOB, CAL, ANA)]
        operation = self._import(rows, run=False)
        operation.action_keep_apart()
        self.assertEqual(operation.state, "previewed")
        self.assertEqual((operation.created_count, operation.shared_count), (3, 0))
        operation.action_run()
        leads = self._find(PERSONAL["email_from"])
        self.assertEqual(
            leads.mapped("contact_name"), ["Ana Roux", "Bob Blanc", "Cal Vert"]
        )
        again = self._import(rows, keep_apart=True)
        self.assertEqual(again.unchanged_count, 4)

    def test_net_of_several_rows(self):
        """The last row has the last word, and what is left is written once."""
        lead = self._lead(**ANA | PERSONAL | {"city": "Nice", "function": "Buyer"})
        rows = [
            PERSONAL | {"city": "Lyon", "function": "Director"},
            PERSONAL | {"city": "Paris"},
            PERSONAL | {"city": "Nice"},
        ]
        operation = self._import(rows)
        lines = self._lines(operation)
        self.assertEqual(lines.mapped("outcome"), ["unchanged", "unchanged", "updated"])
        self.assertEqual(lines[2].after, {"function": "Director"})
        self.assertEqual(lines[0].told[0][0], "gate.later_row")
        self.assertEqual((lead.city, lead.function), ("Nice", "Director"))
        again = self._import(rows)
        self.assertEqual(again.unchanged_count, 3)
        self.assertFalse(again.told_count)
        operation.action_undo()
        self.assertEqual((lead.city, lead.function), ("Nice", "Buyer"))

    def test_fill_note_once(self):
        """The same file twice: one note, and nothing the second time."""
        lead = self._lead(**ANA | PERSONAL)
        rows = [BOB | PERSONAL | {"city": "Lyon"}]
        first = self._import(rows, policy="fill")
        second = self._import(rows, policy="fill")
        self.assertEqual((first.updated_count, second.unchanged_count), (1, 1))
        self.assertEqual((first.told_count, second.told_count), (1, 1))
        self.assertEqual(len(self._find_notes(lead)), 1)
        first.action_undo()
        self.assertEqual(first.state, "undone")
        self.assertEqual(lead.contact_name, "Ana Roux")

    def _make_rows(self, seed, count=60):
        """Rows about few people, by all that they are known by."""
        chance = random.Random(seed)
        people = (ANA, BOB, CAL, {"contact_name": "Léa Müller"}, {})
        rows = []
        for _number in range(count):
            person = chance.randrange(8)
            email = chance.choice(
                [
                    "",
                    f"p{person}@property.example.com",
                    f"info@o{person % 2}.example.com",
                ]
            )
            phone = chance.choice(["", f"+33 6 12 34 56 {person:02}"])
            if not (email or phone):
                email = f"p{person}@property.example.com"
            rows.append(
                {
                    **people[person % 5],
                    "email_from": email,
                    "phone": phone,
                    "city": chance.choice(["", "Lyon", "Paris"]),
                }
            )
        return rows

    def _run_rows(self, rows, size, policy="update"):
        """What a file leaves, by batches of a size; and what a second run says."""
        with (
            self.cr.savepoint() as savepoint,
            patch.object(prospect_operation_import, "PLAN_BATCH", size),
            patch.object(prospect_operation, "BATCH", size),
            patch.object(prospect_operation, "SMALL", 100_000),
        ):
            operation = self._import(rows, policy=policy)
            leads = operation.line_ids.lead_id
            people = sorted(
                (
                    lead.contact_name or "",
                    lead.email_from or "",
                    lead.phone or "",
                    lead.city or "",
                    self._find_notes(lead),
                )
                for lead in leads
            )
            lines = self._lines(operation)
            counts = (
                lines.mapped("outcome"),
                operation.told_count,
                operation.replanned_count,
            )
            again = self._import(rows, policy=policy)
            others = [
                (line.number, line.outcome, line.after, line.reason)
                for line in self._lines(again)
                if line.outcome != "unchanged"
            ]
            savepoint.rollback()
            self.env.invalidate_all(flush=False)
        return people, counts, others

    def test_any_batch_size(self):
        for seed, policy in ((1, "update"), (2, "fill")):
            with self.subTest(seed=seed):
                rows = self._make_rows(seed)
                whole = self._run_rows(rows, 1000, policy)
                self.assertEqual(whole[2], [], "a second run is all unchanged")
                self.assertFalse(whole[1][2], "the run does what the preview showed")
                for size in (7, 25):
                    self.assertEqual(self._run_rows(rows, size, policy), whole)

    def test_any_order(self):
        rows = self._make_rows(3, 40)
        count = len(self._run_rows(rows, 1000)[0])
        for seed in range(3):
            shuffled = rows[:]
            random.Random(seed).shuffle(shuffled)
            self.assertEqual(len(self._run_rows(shuffled, 1000)[0]), count)

    def test_many_at_one_address(self):
        """More than are looked at: those of the same name are found all the same."""
        # first names that nobody takes for each other: those alone keep people apart
        firsts = (  # noqa: SIM905 - read as words
            "Ana Bruno Clara David Elena Felix Greta Hugo Irina Jorge Kamal Lucie Mehdi"
            " Nadia Oscar Petra Quentin Rosa Samir Tessa Umberto Violette Wassim Xenia"
            " Yann Zoe Aurelio Brigitte Cyril Dolores Etienne Fatou Gaspard Henriette"
            " Ibrahim Joelle Kristof Leopold Mirabelle Nestor Ophelie Pascal Rodolphe"
            " Sixtine Theodora Ursule Vladimir Wilhelmine Yolande Zacharie Ambroise"
            " Blandine Constant Delphine Edmond Florimond Gwenaelle Hyacinthe Isaure"
            " Jocelyn Kevork Ludivine Maximilien Noemie"
        ).split()
        rows = [{"contact_name": f"{first} Abel", **ROLE} for first in firsts]
        self._import(rows)
        count = len(self._find(ROLE["email_from"]))
        again = self._import(rows)
        self.assertEqual(again.unchanged_count, len(rows))
        self.assertEqual(len(self._find(ROLE["email_from"])), count)
        self.assertGreater(count, 50)
