from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import ProspectCase


class DuplicatesCase(ProspectCase):
    """Searches, all at once, and what they have found."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Scan = cls.env["prospect.duplicate.scan"]
        cls.Pair = cls.env["prospect.duplicate.pair"]
        cls.env.cr.execute("DELETE FROM prospect_duplicate_pair")

    seconds = 0

    def _scan(self, **values):
        """Look for duplicates, all at once; the scan."""
        self.env.flush_all()
        scan = self.Scan._make(**values)
        for _batch in scan._work_in_background(commits=False):
            pass
        self.assertEqual(scan.state, "done", scan.error)
        self.env.flush_all()
        return scan

    def _pair(self, one, two):
        """The pair of two records."""
        numbers = sorted(r.id if r._name == "crm.lead" else -r.id for r in (one, two))
        return self.Pair.search(
            [("left_number", "=", numbers[0]), ("right_number", "=", numbers[1])]
        )

    def _kinds(self, pair):
        return {reason[0] for reason in pair.reasons}


@tagged("post_install", "-at_install")
class TestDuplicates(DuplicatesCase):
    def test_same_phone(self):
        """FEATURES BX-39: one group by phone, none by e-mail."""
        one = self._prospect(email_from="a@one.test", phone="+33 6 12 34 56 78")
        two = self._prospect(
            contact_name="Marie Dupond", email_from="b@two.test", phone="0033612345678"
        )
        self._scan()
        pair = self._pair(one, two)
        self.assertEqual(self._kinds(pair), {"phone", "name"})
        self.env.ref("prospect.prospect_duplicate_rule_phone").active = False
        self._scan()
        self.assertFalse(self._pair(one, two))

    def test_rules(self):
        """Each kind of likeness makes a pair; what differs does not."""
        values = {
            "email_from": False,
            "phone": False,
            "contact_name": "Étienne Lefèvre",
            "partner_name": "Ateliers Morvan SARL",
        }
        first = self._prospect(**values, zip="35000")
        cases = {
            "slip and legal form": (
                {"contact_name": "Etienne Lefebvre", "partner_name": "ATELIERS MORVAN"},
                {"name_company"},
            ),
            "swapped": ({"contact_name": "Lefevre Etienne"}, {"name_company"}),
            "initial": ({"contact_name": "E. Lefèvre"}, {"name_company"}),
            "postcode": ({"partner_name": False, "zip": "35000"}, {"name_zip"}),
            "another first name": ({"contact_name": "Zoé Lefèvre"}, None),
            "another company": ({"partner_name": "Boulangerie du Port"}, None),
        }
        others = {
            name: self._prospect(**{**values, **changes})
            for name, (changes, _kinds) in cases.items()
        }
        self._scan()
        for name, (_changes, kinds) in cases.items():
            pair = self._pair(first, others[name])
            with self.subTest(name):
                self.assertEqual((pair and self._kinds(pair)) or None, kinds)
        self.assertTrue(all(pair.score <= 100 for pair in self.Pair.search([])))

    def test_vetoes(self):
        """Shared mailboxes and free providers do not count, unless a rule says so."""
        info = [
            self._prospect(contact_name=name, email_from="info@morvan.test")
            for name in ("Anna Roy", "Paul Petit")
        ]
        free = [
            self._prospect(contact_name="Luc Roux", email_from=f"{name}@gmail.com")
            for name in ("luc.r", "rouxl")
        ]
        own = [
            self._prospect(contact_name="Luc Roux", email_from=f"{name}@morvan.test")
            for name in ("luc", "roux")
        ]
        tags = [
            self._prospect(contact_name=False, name=mail, email_from=mail)
            for mail in ("a.b+x@gmail.com", "ab@googlemail.com")
        ]
        self._scan()
        self.assertFalse(self._pair(*info))
        self.assertFalse(self._pair(*free))
        self.assertEqual(self._kinds(self._pair(*own)), {"name_domain"})
        self.assertEqual(self._kinds(self._pair(*tags)), {"mailbox"})

    def test_contacts(self):
        """A prospect who is a contact already, unless it is linked to it."""
        contact = self.env["res.partner"].create(
            {"name": "Marie Dupont", "email": "marie.dupont@example.com"}
        )
        lead, linked = self._prospect(), self._prospect(partner_id=contact.id)
        user = self._prospect(
            contact_name=self.employee.name, email_from=self.employee.email
        )
        self._scan()
        self.assertEqual(self._pair(lead, contact).score, 100)
        self.assertFalse(self._pair(linked, contact))
        self.assertFalse(self._pair(user, self.employee.partner_id))

    def test_closed(self):
        """Junk and converted prospects come back on purpose; they make no pair."""
        one, two = self._prospect(), self._prospect()
        two.status_id = self.junk
        self._scan()
        self.assertFalse(self._pair(one, two))

    def test_companies(self):
        """Prospects of two companies are never compared; those of none are with all."""
        other = self.env["res.company"].create({"name": "Other"})
        mine, foreign, nobodys = (
            self._prospect(company_id=company, user_id=False, team_id=False)
            for company in (self.env.company.id, other.id, False)
        )
        self._scan()
        self.assertFalse(self._pair(mine, foreign))
        self.assertTrue(self._pair(mine, nobodys))
        self.assertTrue(self._pair(foreign, nobodys))

    def test_not_duplicates(self):
        """FEATURES BX-43: remembered for everybody until an identity field changes."""
        one, two = self._prospect(), self._prospect()
        self._scan()
        pair = self._pair(one, two)
        pair.with_user(self.salesman).set_not_duplicates()
        self.assertEqual(pair.decided_by_id, self.salesman)
        with self.assertRaisesRegex(UserError, "Reload the page"):
            pair.with_user(self.manager).set_not_duplicates()
        two.description = "Met at the fair"
        self._scan()
        self._scan(is_full=True)
        self.assertEqual(pair.state, "not_duplicate")
        page = self.Pair.with_user(self.manager).get_page("not_duplicate")
        self.assertIn(self.salesman.name, page["groups"][0]["pairs"][0]["decided"])
        two.phone = "+33 6 12 34 56 78"
        self._age(one)
        self._scan()
        self.assertEqual((pair.state, pair.is_reopened), ("open", True))
        pair.with_user(self.salesman).set_not_duplicates()
        pair.with_user(self.salesman).reopen()
        self.assertEqual(pair.state, "open")

    def test_changed_only(self):
        """What changed since the last scan is looked at, and nothing else."""
        one, two = self._prospect(), self._prospect(email_from="other@one.test")
        full = self._scan()
        self.assertTrue(full.is_full)
        self.assertFalse(self._pair(one, two))
        two.email_from = one.email_from
        # the stamp of this transaction is the same for all that happens in it
        self._age(one)
        scan = self._scan()
        self.assertFalse(scan.is_full)
        self.assertEqual(scan.found_count, 1)
        self.assertTrue(self._pair(one, two))
        two.write({"email_from": "third@one.test", "contact_name": "Zoé Roy"})
        self._age(one)
        self.assertEqual(self._scan().found_count, 0)
        self.assertFalse(self._pair(one, two), "no duplicates any more")

    def _age(self, untouched):
        """Let what was written be newer than what the index knows."""
        self.env.flush_all()
        self.seconds += 1
        self.env.cr.execute(
            "UPDATE crm_lead SET write_date = write_date + %s * interval '1 second'"
            " WHERE id <> ALL(%s)",
            [self.seconds, untouched.ids],
        )
        self.env.invalidate_all()

    def test_rules_changed(self):
        """After a change of the rules, everybody is compared again."""
        self._scan()
        self.assertFalse(self.Scan._make().is_full)
        self.Scan.search([]).unlink()
        self._scan()
        self.env.ref("prospect.prospect_duplicate_rule_email").weight = 71
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE prospect_duplicate_rule SET write_date = now() + interval '1 day'"
        )
        self.env.invalidate_all()
        self.assertTrue(self.Scan._make().is_full)
        with self.assertRaisesRegex(ValidationError, "from 0 to 100"):
            self.env.ref("prospect.prospect_duplicate_rule_email").weight = 101

    def test_both_ways_agree(self):
        """All at once or through the index: the same pairs, points and reasons."""
        for number in range(40):
            self._prospect(
                contact_name=f"Jean Martin{number % 10}",
                email_from=f"jean{number % 15}@agree.test",
                partner_name=f"Maison {number % 7}",
                zip=f"7500{number % 5}",
            )
        self._scan(is_full=True)

        def read():
            return sorted(
                (pair.left_number, pair.right_number, pair.score, str(pair.reasons))
                for pair in self.Pair.search([])
            )

        full = read()
        self.assertGreater(len(full), 20)
        self.env.cr.execute("DELETE FROM prospect_duplicate_pair")
        self.env.cr.execute("UPDATE prospect_dedupe_index SET stamp = NULL, digest = 0")
        self.env.invalidate_all()
        scan = self._scan()
        self.assertFalse(scan.is_full)
        self.assertEqual(read(), full)

    def test_rights(self):
        """Who sees both prospects sees the pair; administrators see all."""
        mine, shared = self._prospect(), self._prospect(user_id=False)
        hidden = self._prospect(user_id=self.manager.id, team_id=False)
        self._scan()

        def shown(user):
            page = self.Pair.with_user(user).get_page(limit=500)
            return [set(group["lead_ids"]) for group in page["groups"]]

        self.assertIn({mine.id, shared.id}, shown(self.salesman))
        self.assertFalse(any(hidden.id in group for group in shown(self.salesman)))
        self.assertIn({mine.id, shared.id, hidden.id}, shown(self.manager))
        with self.assertRaises(AccessError):
            self.Pair.with_user(self.employee).get_page()
        with self.assertRaises(UserError):
            self._pair(mine, hidden).with_user(self.salesman).set_not_duplicates()
        with self.assertRaises(AccessError):
            self.Pair.with_user(self.manager).search([])
        with self.assertRaisesRegex(AccessError, "sales administrators"):
            self.Scan.with_user(self.salesman).start_scan()

    def test_page(self):
        """Side by side, with what differs marked, in the words of the person."""
        self.env["res.lang"]._activate_lang("fr_FR")
        one = self._prospect(partner_name="Acme", phone="+33 6 12 34 56 78")
        two = self._prospect(partner_name="ACME ", contact_name="Marie Dupond")
        self._scan()
        page = self.Pair.with_user(self.salesman).get_page(limit=500)
        (group,) = (g for g in page["groups"] if one.id in g["lead_ids"])
        self.assertEqual(group["lead_ids"], [one.id, two.id])
        rows = {row["key"]: row["cells"] for row in group["rows"]}
        self.assertTrue(rows["name"][1]["differs"])
        self.assertFalse(rows["company"][1]["differs"])
        self.assertNotIn("function", rows)
        texts = [reason["text"] for reason in group["pairs"][0]["reasons"]]
        self.assertIn("same e-mail address", texts)
        self.assertEqual(
            sum(reason["points"] for reason in group["pairs"][0]["reasons"]) >= 90,
            group["score"] >= 90,
        )

    def test_deleted(self):
        """A deleted prospect leaves neither pair nor keys."""
        one, two = self._prospect(), self._prospect()
        self._scan()
        number = two.id
        two.with_user(self.manager).unlink()
        self.assertFalse(self.Pair.search([("right_number", "=", number)]))
        self.assertFalse(self.env["prospect.dedupe.index"].browse(number).exists())
        self.assertTrue(self.env["prospect.dedupe.index"].browse(one.id).exists())

    def test_automatic(self):
        """Only groups in which each looks like each other one."""
        leads = self._prospect() | self._prospect() | self._prospect()
        family = self._prospect(contact_name="Luc Dupont")
        self._scan()
        groups = self.Pair.with_user(self.manager)._get_automatic_groups()
        self.assertIn(leads, groups)
        self.assertFalse(any(family in group for group in groups))

    def test_typing(self):
        """FEATURES BX-45: who types an existing person is told, without foreign
        names.
        """
        known = self._prospect(
            contact_name="Ana Known", phone="+33 6 12 34 56 78", partner_name="Morvan"
        )
        hidden = self._prospect(
            contact_name="Secret Person",
            email_from="secret@hidden.test",
            user_id=self.manager.id,
            team_id=False,
        )
        leads = self.env["crm.lead"].with_user(self.salesman)
        (found,) = leads.prospect_find_existing({"email_from": known.email_from})
        self.assertEqual((found["id"], found["name"]), (known.id, known.display_name))
        self.assertEqual(found["reasons"], ["same e-mail address"])
        (found,) = leads.prospect_find_existing({"phone": "+33612345678"})
        self.assertEqual(found["id"], known.id)
        (found,) = leads.prospect_find_existing({"email_from": "secret@hidden.test"})
        self.assertEqual((found["id"], found["name"]), (False, False))
        self.assertNotIn("Secret", str(found))
        self.assertEqual(
            leads.prospect_find_existing(
                {"email_from": known.email_from, "id": known.id}
            ),
            [],
        )
        typed = {"contact_name": "Anna Known", "partner_name": "MORVAN SA"}
        self.assertEqual(leads.prospect_find_existing(typed), [])
        self._scan()
        (found,) = leads.prospect_find_existing(typed)
        self.assertEqual(found["id"], known.id)
        self.assertEqual(
            leads.prospect_find_existing({"contact_name": "Ana Known"}), []
        )
        # the same number under another name is told, though it makes no pair
        (found,) = leads.prospect_find_existing(
            {"phone": "+33612345678", "contact_name": "Zoé Roy"}
        )
        self.assertEqual(found["id"], known.id)
        hidden.status_id = self.junk
        self.assertTrue(leads.prospect_find_existing({"email_from": hidden.email_from}))
        with self.assertRaises(AccessError):
            self.env["crm.lead"].with_user(self.employee).prospect_find_existing({})

    def test_typing_queries(self):
        """As many queries beside ten people of the name as beside fifty."""
        leads = self.env["crm.lead"]
        counts = []
        for count in (10, 40):
            for number in range(count):
                self._prospect(
                    contact_name=f"Jo Same{number}", email_from="same@count.test"
                )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found = leads.prospect_find_existing({"email_from": "same@count.test"})
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(found), 3)
        self.assertLessEqual(counts[1], counts[0] + 1)
        self.assertLessEqual(counts[1], 20)

    def test_schedule(self):
        """FEATURES BX-41: the setting changes the job; who scans hears the result."""
        job = self.env.ref("prospect.ir_cron_duplicate_schedule")
        settings = self.env["res.config.settings"]
        for value, expected in (
            ("half_year", (True, 6, "months")),
            ("never", (False, 6, "months")),
            ("two_weeks", (True, 2, "weeks")),
        ):
            settings.create({"prospect_duplicate_schedule": value}).execute()
            self.assertEqual(
                (job.active, job.interval_number, job.interval_type), expected
            )
            values = settings.get_values()
            self.assertEqual(values["prospect_duplicate_schedule"], value)
        self._prospect(), self._prospect()
        self.Scan._cron_schedule()
        scan = self.Scan._get_current()
        self.assertTrue(scan.is_scheduled)
        for _batch in scan._work_in_background(commits=False):
            pass
        notice = self.env["mail.message"].search(
            [("partner_ids", "in", self.manager.partner_id.id)], limit=1
        )
        self.assertIn(str(scan.found_count), notice.body)
        self.assertIn("Duplicates", notice.body)

    def test_cancelled(self):
        """A scan that is stopped does nothing more, and a new one can start."""
        scan = self.Scan._make(is_full=True)
        self.Scan.with_user(self.manager).cancel_scan()
        self.assertFalse(scan._work({}))
        self.assertEqual(scan.state, "cancelled")
        self.assertFalse(self.Scan._get_current())

    def test_a_rule_that_was_deleted(self):
        """What only that rule had found goes with the next search."""
        one = self._prospect(email_from="a@one.test", phone="+33 6 12 34 56 78")
        two = self._prospect(
            contact_name="Marie Dupond", email_from="b@two.test", phone="0033612345678"
        )
        self._scan()
        self.assertTrue(self._pair(one, two))
        self.env.ref("prospect.prospect_duplicate_rule_phone").unlink()
        self._scan()
        self.assertFalse(self._pair(one, two))
