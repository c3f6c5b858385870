from ...tools.contexts import QUIET
from ...tools.trusted import trusted
from ..common import ProspectCase


class TestAssignment(ProspectCase):
    """Who had a prospect, since when and why; and who is told of it."""

    def setUp(self):
        super().setUp()
        self.told = []
        self.patch(
            self.registry["crm.lead"],
            "_prospect_on_assigned",
            lambda leads, former: self.told.append((leads, former)),
        )

    def assertTold(self, *expected):
        """The hook was called with these {lead: former user or False}, in order."""
        self.assertEqual(
            [
                {
                    self.env["crm.lead"].browse(number): user
                    for number, user in f.items()
                }
                for _leads, f in self.told
            ],
            [
                {lead: user and user.id for lead, user in former.items()}
                for former in expected
            ],
        )
        for leads, former in self.told:
            self.assertEqual(set(leads.ids), set(former))
        self.told.clear()

    def test_typing(self):
        """A prospect that comes with an owner, another one, and nobody."""
        lead = self._prospect()
        self.assertTold({lead: False})
        lead.with_user(self.manager).user_id = self.manager
        self.assertTold({lead: self.salesman})
        lead.user_id = self.manager
        lead.name = "Something else"
        self.assertTold()
        lead.user_id = False
        self.assertTold({lead: self.manager})
        me, him = self.salesman.login, self.manager.login
        self.assertEqual(
            self._assignment_log(lead),
            [(False, me, "manual"), (me, him, "manual"), (him, False, "manual")],
        )
        log = lead.assignment_ids.sorted("id")
        self.assertEqual(log[1].user_id, self.manager, "who did it")
        self.assertReplay(lead)

    def test_without_owner(self):
        lead = self._prospect(user_id=False)
        self.assertTold()
        self.assertFalse(lead.assignment_ids)

    def test_one_call_a_batch(self):
        """One call, and as many queries for 18 prospects as for 2."""
        leads = self.env["crm.lead"].concat(
            *(self._prospect(email_from=f"b{n}@example.com") for n in range(20))
        )
        self.told.clear()
        counts = []
        for part in (leads[:2], leads[2:]):
            part = part.with_context(**QUIET)
            # or Odoo looks for a team prospect by prospect
            part.write({"user_id": self.salesman_all.id, "team_id": self.team.id})
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            part.write({"user_id": self.manager.id, "team_id": self.team.id})
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - start)
        self.assertLessEqual(counts[1], counts[0])
        self.assertEqual([len(former) for _leads, former in self.told], [2, 2, 18, 18])
        self.assertReplay(leads)

    def test_opportunities_are_left_out(self):
        """An opportunity that was a prospect is logged and not told; others are
        neither.
        """
        opportunity = self._prospect(type="opportunity")
        lead = self._prospect()
        lead.convert_opportunity(False)
        self.told.clear()
        (opportunity + lead).user_id = self.manager
        self.assertTold()
        self.assertFalse(opportunity.assignment_ids)
        self.assertEqual(len(lead.assignment_ids), 2)
        self.assertReplay(lead)

    def test_opportunity_becomes_a_prospect(self):
        opportunity = self._prospect(type="opportunity")
        self.told.clear()
        opportunity.type = "lead"
        self.assertTold({opportunity: False})
        self.assertReplay(opportunity)

    def test_batch(self):
        """Who writes in batches calls the hook; the log is written all the same."""
        lead = self._prospect()
        self.told.clear()
        lead.with_context(**trusted(prospect_batch=True)).user_id = self.manager
        self.assertTold()
        self.assertReplay(lead)

    def test_gate(self):
        """New ones with an owner, and existing ones that get another one."""
        known = self._prospect(email_from="known@example.com")
        self.told.clear()
        outcomes = self.env["crm.lead"]._prospect_upsert(
            [
                {"email_from": "new@example.com", "user_id": self.manager},
                {"email_from": "free@example.com"},
                {"email_from": "known@example.com", "user_id": self.manager},
            ],
            cause="form",
        )
        new, free, same = (
            self.env["crm.lead"].browse(outcome["lead_id"]) for outcome in outcomes
        )
        self.assertEqual(same, known)
        self.assertTold({new: False, known: self.salesman})
        self.assertEqual(
            self._assignment_log(new), [(False, self.manager.login, "form")]
        )
        self.assertReplay(new + free + known)

    def _import(self, write_path, **values):
        rows = "\n".join(f"write_path{write_path}{n}@example.com" for n in range(5))
        wizard = self._import_wizard(
            f"Email\n{rows}\n", user=self.manager, user_id=self.salesman.id, **values
        ).with_context(**trusted(prospect_write_path=write_path))
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.assertEqual(operation.created_count, 5)
        return operation

    def test_import(self):
        """The log is written by either write path; the hook is called where it is
        wanted.
        """
        for write_path in ("standard", "fast"):
            self.told.clear()
            operation = self._import(write_path)
            leads = operation.line_ids.lead_id
            self.assertTold()
            self.assertReplay(leads)
            self.assertEqual(
                self._assignment_log(leads[0]), [(False, self.salesman.login, "import")]
            )
        operation = self._import("reactions", reactions=True)
        self.assertTold(dict.fromkeys(operation.line_ids.lead_id.sorted("id"), False))

    def test_bulk_and_undo(self):
        leads = self._prospect() + self._prospect(
            email_from="other@example.com", user_id=self.manager.id
        )
        self.told.clear()
        wizard = (
            self.env["prospect.bulk"]
            .with_user(self.manager)
            .create({"selection": {"ids": leads.ids}, "user_id": self.manager.id})
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.assertTold({leads[0]: self.salesman})
        operation.action_undo()
        self.assertEqual(leads[0].user_id, self.salesman)
        self.assertReplay(leads)
        self.assertEqual(
            [cause for *_users, cause in self._assignment_log(leads[0])],
            ["manual", "bulk", "undo"],
        )

    def test_merge_and_undo(self):
        """What the survivor gets is logged, and goes back with the merge."""
        one = self._prospect(user_id=False)
        two = self._prospect(email_from="two@example.com")
        wizard = self.env["prospect.merge"].create(
            {"lead_ids": [(6, 0, (one + two).ids)]}
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        survivor = (one + two).exists()
        self.assertEqual(len(survivor), 1)
        self.assertReplay(survivor)
        operation.action_undo()
        self.assertEqual(len((one + two).exists()), 2)
        self.assertReplay(one + two)

    def test_never_edited(self):
        row = self._prospect().assignment_ids
        with self.assertRaisesRegex(Exception, "cannot be changed"):
            row.assignee_id = self.manager
        with self.assertRaisesRegex(Exception, "cannot be deleted"):
            row.unlink()

    def test_who_sees_it(self):
        """The history of those that a salesperson sees, and no portal user."""
        own, other = self._prospect(), self._prospect(user_id=self.manager.id)
        log = self.env["prospect.assignment"].with_user(self.salesman)
        self.assertEqual(
            log.search([("lead_id", "in", (own + other).ids)]).lead_id, own
        )
        self.assertFalse(log.with_user(self.employee).has_access("read"))

    def test_reason_in_words(self):
        lead = self._prospect()
        self.env["prospect.assignment"]._append(
            [
                {
                    "lead_id": lead.id,
                    "assignee_id": self.manager.id,
                    "cause": "rotation",
                    "reason": {
                        "how": "rotation",
                        "skipped": [
                            [self.salesman.id, "absent", "2026-12-24"],
                            [self.salesman_all.id, "limit", 5],
                        ],
                    },
                }
            ]
        )
        row = lead.assignment_ids.sorted("id")[-1]
        self.assertEqual(
            row.reason_text,
            "It was their turn. Prospect salesman was skipped: absent until 12/24/2026."
            " Prospect salesman_all was skipped: limit of 5 a day reached.",
        )
