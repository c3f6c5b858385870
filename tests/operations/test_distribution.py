from collections import Counter

from odoo import Command
from odoo.exceptions import UserError

from ...tools.trusted import trusted
from ..assign.test_rotation import RotationCase
from ..common import TablesMixin


class ShareCase(TablesMixin, RotationCase):
    """Prospects that an import or a bulk operation distributes among people."""

    def _import_file(self, count, write_path="standard", **values):
        rows = "".join(
            f"Row {n},{write_path}{n}@share.example.com\n" for n in range(count)
        )
        wizard = self._import_wizard(
            f"First name,Email\n{rows}", user=self.manager, **values
        ).with_context(**trusted(prospect_write_path=write_path))
        operation = wizard._make_operation()
        operation.action_preview()
        return operation

    def _owners(self, operation):
        return self._names(operation.line_ids.sorted("number").lead_id)

    def _planned(self, operation):
        return operation.line_ids.sorted("number").distribute_user_id.mapped("name")

    def _bulk(self, leads, **values):
        wizard = (
            self.env["prospect.bulk"]
            .with_user(self.manager)
            .create({"selection": {"ids": leads.ids}, **values})
        )
        operation = wizard._make_operation()
        operation.action_preview()
        return operation


class TestShareImport(ShareCase):
    def test_among_people(self):
        """The preview says how many each gets, and the run does just that."""
        for write_path in ("standard", "fast"):
            with self.subTest(write_path=write_path):
                operation = self._import_file(
                    7,
                    write_path,
                    distribute_user_ids=[Command.set((self.ben + self.cleo).ids)],
                )
                self.assertEqual(operation.distribute_text, "Ben: 4 · Cleo: 3")
                self.assertFalse(operation.line_ids.lead_id)
                planned = [line.distribute_user_id.name for line in operation.line_ids]
                operation.action_run()
                self.assertEqual(operation.created_count, 7)
                self.assertFalse(operation.replanned_count)
                self.assertEqual(
                    [line.lead_id.user_id.name for line in operation.line_ids], planned
                )
                self.assertEqual(
                    Counter(self._owners(operation)), {"Ben": 4, "Cleo": 3}
                )
                row = operation.line_ids[0].lead_id.assignment_ids
                self.assertEqual(row.cause, "import")
                self.assertEqual(row.reason_text, "Distributed among several people.")
                self.assertReplay(operation.line_ids.lead_id)
        self.assertEqual(self.rotation.next_user_id, self.ana)

    def test_by_rotation(self):
        """Its people, weights and absences; it goes on behind, and once only."""
        self._member(self.ana).write({"weight": 2, "daily_limit": 1})
        self._member(self.cleo).absent_from = "2020-01-01"
        operation = self._import_file(4, rotation_id=self.rotation.id)
        self.assertEqual(operation.distribute_text, "Ana: 3 · Ben: 1")
        state = self.rotation.state
        self.assertEqual(self.rotation.next_user_id, self.ana)
        operation.action_run()
        self.assertEqual(Counter(self._owners(operation)), {"Ana": 3, "Ben": 1})
        self.rotation.invalidate_recordset()
        self.assertNotEqual(self.rotation.state, state)
        leads = operation.line_ids.lead_id
        self.assertEqual(leads.team_id, self.team)
        self.assertEqual(leads.assignment_ids.rotation_id, self.rotation)
        self.assertEqual(set(leads.assignment_ids.mapped("cause")), {"import"})
        # what was distributed on purpose does not use up the day
        self.assertNotEqual(self._member(self.ana).availability, "limit")
        self.assertEqual(self._member(self.ana).today_count, 0)

    def test_rotation_goes_on(self):
        operation = self._import_file(4, rotation_id=self.rotation.id)
        operation.action_run()
        self.assertEqual(self._owners(operation), ["Ana", "Ben", "Cleo", "Ana"])
        self.assertEqual(self._arrive().user_id, self.ben)

    def test_known_people_keep_theirs(self):
        """Only new ones are distributed; a file that names somebody wins."""
        known = self._prospect(email_from="known@share.example.com")
        rows = (
            "known@share.example.com,Brest,",
            "one@share.example.com,Brest,",
            f"two@share.example.com,Brest,{self.manager.name}",
            "three@share.example.com,Brest,",
        )
        operation = self._import_wizard(
            "Email,City,Salesperson\n" + "\n".join(rows) + "\n",
            user=self.manager,
            distribute_user_ids=[Command.set((self.ben + self.cleo).ids)],
        )._make_operation()
        operation.action_preview()
        self.assertEqual(operation.distribute_text, "Ben: 1 · Cleo: 1")
        operation.action_run()
        self.assertEqual(known.user_id, self.salesman)
        self.assertEqual(known.city, "Brest")
        leads = operation.line_ids.sorted("number").lead_id
        self.assertEqual(
            self._names(leads), [self.salesman.name, "Ben", self.manager.name, "Cleo"]
        )
        self.assertFalse(leads[2].assignment_ids.reason_text)
        self.assertTrue(leads[3].assignment_ids.reason_text)

    def test_somebody_came_in_meanwhile(self):
        """Who was new in the preview and is known in the run stays whose it is."""
        operation = self._import_file(
            4, distribute_user_ids=[Command.set((self.ben + self.cleo).ids)]
        )
        other = self._prospect(email_from="standard1@share.example.com")
        operation.action_run()
        self.assertEqual(operation.created_count, 3)
        self.assertEqual(operation.updated_count, 1)
        self.assertEqual(other.user_id, self.salesman)
        owners = self._owners(operation)
        self.assertEqual(owners, ["Ben", self.salesman.name, "Ben", "Cleo"])

    def test_twice_in_the_file(self):
        """A person who is in the file twice is one share."""
        rows = ["a", "a", "b", "b", "c", "d"]
        operation = self._import_wizard(
            "Email\n" + "\n".join(f"{row}@twice.example.com" for row in rows) + "\n",
            user=self.manager,
            distribute_user_ids=[Command.set((self.ben + self.cleo).ids)],
        )._make_operation()
        operation.action_preview()
        self.assertEqual(operation.distribute_text, "Ben: 2 · Cleo: 2")
        operation.action_run()
        counts = Counter(self._names(operation.line_ids.lead_id))
        self.assertEqual(counts, {"Ben": 2, "Cleo": 2})

    def test_refused(self):
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "share_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        for values, words in (
            ({"distribute_user_ids": self.ben, "user_id": self.ana.id}, "Choose one"),
            ({"distribute_user_ids": portal}, "not a colleague"),
        ):
            values["distribute_user_ids"] = [
                Command.set(values["distribute_user_ids"].ids)
            ]
            with self.subTest(words=words), self.assertRaises(UserError) as caught:
                self._import_file(1, **values)
            self.assertIn(words, str(caught.exception))

    def test_nobody_there(self):
        self.rotation.member_ids.write({"absent_from": "2020-01-01"})
        with self.assertRaises(UserError) as caught:
            self._import_file(1, rotation_id=self.rotation.id)
        self.assertIn("Nobody in the rotation", str(caught.exception))

    def test_settings_again(self):
        """Going back to the settings keeps the people; choosing none shares nothing."""
        operation = self._import_file(
            2, distribute_user_ids=[Command.set((self.ben + self.cleo).ids)]
        )
        wizard = self.env["prospect.import"]._from_operation(operation)
        self.assertEqual(wizard.distribute_user_ids, self.ben + self.cleo)
        wizard.distribute_user_ids = False
        operation = wizard._make_operation()
        operation.action_preview()
        self.assertFalse(operation.distribute_text)
        operation.action_run()
        self.assertFalse(operation.line_ids.lead_id.user_id)

    def test_undo(self):
        before = self._tables()
        operation = self._import_file(
            5, distribute_user_ids=[Command.set(self.people.ids)]
        )
        operation.action_run()
        operation.action_undo()
        self.assertSameTables(before)

    def test_undo_of_a_task(self):
        """A file hands an existing prospect to somebody, with what is to be done."""
        lead = self._prospect(user_id=False, email_from="known@share.example.com")
        self.team.activity_type_id = self.env.ref("mail.mail_activity_data_call")
        self.team.member_ids += self.ana + self.ben
        for owner in (False, self.ben):
            lead.user_id = owner
            tasks = lead.activity_ids
            # planned long before the file
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE mail_activity SET create_date = create_date - interval '1 h'"
            )
            self.env.invalidate_all()
            wizard = self._import_wizard(
                f"Email,Salesperson\n{lead.email_from},{self.ana.login}\n",
                user=self.manager,
                policy="update",
                reactions=True,
            )
            operation = wizard._make_operation()
            operation.action_preview()
            operation.action_run()
            self.assertEqual(lead.user_id, self.ana)
            self.assertEqual(lead.activity_ids.user_id, self.ana)
            operation.action_undo()
            self.env.invalidate_all()
            self.assertEqual(lead.user_id, owner or self.env["res.users"])
            self.assertEqual(lead.activity_ids, tasks)
            self.assertEqual(
                lead.activity_ids.user_id, (tasks and owner) or tasks.user_id
            )


class TestShareBulk(ShareCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rotation.active = False
        cls.leads = cls.env["crm.lead"].concat(
            *(
                cls._prospect(
                    email_from=f"bulk{n}@share.example.com",
                    user_id=(cls.salesman, cls.manager, cls.ana)[n % 3].id,
                )
                for n in range(9)
            )
        )
        cls.rotation.active = True

    def test_among_people(self):
        operation = self._bulk(
            self.leads, distribute_user_ids=[Command.set(self.people.ids)]
        )
        self.assertEqual(operation.distribute_text, "Ana: 3 · Ben: 3 · Cleo: 3")
        self.assertEqual(operation.what, "Distribution: Ana, Ben, Cleo")
        planned = {line.lead_id: line.distribute_user_id for line in operation.line_ids}
        self.assertEqual(
            self.leads[0].user_id, self.salesman, "a preview changes nothing"
        )
        operation.action_run()
        self.assertEqual({lead: lead.user_id for lead in self.leads}, planned)
        self.assertFalse(operation.replanned_count)
        moved = self.leads.filtered(lambda lead: len(lead.assignment_ids) > 1)
        self.assertEqual(operation.updated_count, len(moved))
        row = moved[0].assignment_ids.sorted("id")[-1]
        self.assertEqual(
            (row.cause, row.reason_text), ("bulk", "Distributed among several people.")
        )
        self.assertReplay(self.leads)

    def test_undo(self):
        before, tables = self.leads.mapped("user_id.id"), self._tables()
        owners = [lead.user_id for lead in self.leads]
        operation = self._bulk(
            self.leads,
            distribute_user_ids=[Command.set(self.people.ids)],
            partner_name="ACME",
        )
        operation.action_run()
        self.assertNotEqual([lead.user_id for lead in self.leads], owners)
        operation.action_undo()
        self.assertEqual([lead.user_id for lead in self.leads], owners)
        self.assertSameTables(tables)
        self.assertReplay(self.leads)
        self.assertTrue(before)

    def test_undo_of_what_follows(self):
        """Tasks that the new salespeople got by themselves go with the undo; those
        that had moved go back. What somebody has done with theirs stays.
        """
        self.team.write(
            {
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "activity_summary": "Welcome call",
            }
        )
        self.team.member_ids += self.ben
        # the task of the first one moves, the others get one
        self.leads[0]._prospect_plan_tasks()
        task = self.leads[0].activity_ids
        self.assertEqual(task.user_id, self.salesman)
        tables, rows = self._tables(), self._leads_table()
        operation = self._bulk(self.leads, user_id=self.ben.id)
        operation.action_run()
        self.assertEqual(self.leads.activity_ids.user_id, self.ben)
        self.assertEqual(len(self.leads.activity_ids), len(self.leads))
        operation.action_undo()
        self.assertEqual(self.leads.activity_ids, task)
        found = self._leads_table()
        self.assertEqual(
            [
                (number, name, row[name], found[number][name])
                for number, row in rows.items()
                for name in row
                if row[name] != found[number][name]
            ],
            [],
        )
        self.assertSameTables(tables)
        operation = self._bulk(self.leads, user_id=self.ben.id)
        operation.action_run()
        done = self.leads[1].activity_ids
        done.action_feedback(feedback="Reached")
        task.user_id = self.cleo
        operation.action_undo()
        self.assertEqual(task.user_id, self.cleo)
        self.assertTrue(done.exists())
        self.assertEqual(self.leads.activity_ids, task)
        line = operation.line_ids.filtered(lambda line: line.lead_id == self.leads[1])
        self.assertEqual(line.undo_outcome, "kept")

    def test_by_rotation(self):
        self._member(self.ana).weight = 2
        self._member(self.ben).absent_from = "2020-01-01"
        operation = self._bulk(self.leads, rotation_id=self.rotation.id)
        self.assertEqual(operation.distribute_text, "Ana: 6 · Cleo: 3")
        operation.action_run()
        counts = Counter(self._names(self.leads))
        self.assertEqual(counts, {"Ana": 6, "Cleo": 3})
        self.assertReplay(self.leads)

    def test_what_may_not_be_changed_is_no_share(self):
        """Prospects of colleagues are left out, and the rest is shared evenly."""
        own = self.leads.filtered(lambda lead: lead.user_id == self.ana)
        wizard = (
            self.env["prospect.bulk"]
            .with_user(self.ana)
            .create(
                {
                    "selection": {"ids": own.ids},
                    "distribute_user_ids": [Command.set((self.ben + self.cleo).ids)],
                }
            )
        )
        own[0].user_id = self.manager
        operation = wizard._make_operation()
        operation.action_preview()
        self.assertEqual(operation.distribute_text, "Ben: 1 · Cleo: 1")
        operation.action_run()
        self.assertEqual(operation.updated_count, 2)
        self.assertEqual(own[0].user_id, self.manager)

    def test_team_follows(self):
        """Each goes to the team of whoever gets it, as a handing over does."""
        team = self.env["crm.team"].create(
            {"name": "Cleo's", "member_ids": [Command.link(self.cleo.id)]}
        )
        operation = self._bulk(
            self.leads, distribute_user_ids=[Command.set((self.ben + self.cleo).ids)]
        )
        operation.action_run()
        theirs = self.leads.filtered(lambda lead: lead.user_id == self.cleo)
        self.assertEqual(theirs.team_id, team)

    def test_refused(self):
        with self.assertRaises(UserError) as caught:
            self._bulk(
                self.leads,
                distribute_user_ids=[Command.set(self.people.ids)],
                clear_user_id=True,
            )
        self.assertIn("either give a value or empty it", str(caught.exception))
