"""Clean data under attack, and in the corners."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..common import TablesMixin
from ..merge.test_merge import MergeCase


@tagged("post_install", "-at_install")
class TestCleanReview(TablesMixin, MergeCase):
    def _last(self):
        return self.env["prospect.operation"].search(
            [("kind", "=", "merge")], order="id desc", limit=1
        )

    def _hear(self, call):
        """What somebody is told who calls something: its result, or the refusal."""
        try:
            return str(call())
        except (AccessError, UserError) as error:
            return str(error)

    def _properties(self):
        """A team with two fields of its own."""
        self.team.lead_properties_definition = [
            {"name": "colour", "string": "Colour", "type": "char"},
            {"name": "size", "string": "Size", "type": "char"},
        ]
        self.env.flush_all()

    def _value(self, lead, name):
        lead.invalidate_recordset()
        return dict(lead.lead_properties or {}).get(name)

    def test_properties_fill_what_is_empty(self):
        self._properties()
        self.anne.lead_properties = {"colour": "red"}
        self.twin.lead_properties = {"colour": "blue", "size": "XL"}
        self.env.flush_all()
        before = self._leads_table()
        operation = self._merge(self.anne | self.twin)
        self.assertEqual(self._value(self.anne, "colour"), "red")
        self.assertEqual(self._value(self.anne, "size"), "XL")
        operation.with_user(self.salesman).action_undo()
        self.env.invalidate_all()
        self.assertEqual(operation.reversed_count, 1)
        self.assertEqual(self._value(self.twin, "colour"), "blue")
        self.assertEqual(self._leads_table(), before)

    def test_properties_that_conflict(self):
        """Nothing that a prospect says is lost by a merge that nobody looks at."""
        self._properties()
        leads = self._prospect(contact_name="Ida Bo", email_from="ida@x.example.com")
        leads |= self._prospect(contact_name="Ida Bo", email_from="ida@x.example.com")
        leads[0].lead_properties = {"colour": "red"}
        leads[1].lead_properties = {"colour": "blue"}
        operation = self.env["crm.lead"]._prospect_merge_automatically([leads])
        self.assertEqual(operation.skipped_count, 1)
        self.assertIn("Colour: red / blue", operation.line_ids.reason)
        leads[1].lead_properties = {"colour": "red", "size": "M"}
        operation = self.env["crm.lead"]._prospect_merge_automatically([leads])
        self.assertEqual(operation.updated_count, 1)
        self.assertEqual(self._value(leads.exists(), "size"), "M")

    def test_properties_of_other_teams(self):
        """What the other team's fields are called says nothing here."""
        self._properties()
        self.anne.lead_properties = {"colour": "red"}
        other = self.env["crm.team"].create(
            {
                "name": "Other",
                "lead_properties_definition": [
                    {"name": "animal", "string": "Animal", "type": "char"}
                ],
            }
        )
        self.twin.team_id = other
        self.twin.lead_properties = {"animal": "cat"}
        self._merge(self.anne | self.twin, self.manager)
        self.assertEqual(dict(self.anne.lead_properties), {"colour": "red"})

    def test_fifty_prospects(self):
        """Too many for the dialog, which says so; not for code."""
        leads = self.env["crm.lead"].concat(
            *(
                self._prospect(contact_name=f"P {n}", email_from=f"p{n}@x.example.com")
                for n in range(50)
            )
        )
        wizard = self._wizard(leads)
        self.assertIn("at most 20", wizard.preview)
        with self.assertRaisesRegex(UserError, "at most 20"):
            wizard.action_merge()
        operation = self.env["prospect.operation"]._make_merge(
            [{"lead_ids": leads.ids}]
        )
        operation.action_preview()
        operation.action_run()
        self.assertEqual(operation.updated_count, 1, operation.line_ids.reason)
        self.assertEqual(len(leads.exists()), 1)
        operation.action_undo()
        self.assertEqual(leads.exists(), leads)

    def test_undo_after_what_became_of_the_survivor(self):
        # converted since
        operation = self._merge(self.anne | self.twin)
        self.anne.convert_opportunity(self.env["res.partner"])
        operation.with_user(self.manager).action_undo()
        self.env.invalidate_all()
        self.assertTrue(self.twin.exists())
        self.assertEqual(self.anne.type, "opportunity", "what was done since stays")
        self.assertEqual(self.anne.status_id, self.converted)
        self.assertReplay(self.anne | self.twin)
        # merged again since: the last merge first
        leads = self._prospect(contact_name="A A") | self._prospect(contact_name="B B")
        third = self._prospect(contact_name="C C", phone="+33612345678", city="Rome")
        first = self._merge(leads)
        survivor = leads.exists()
        second = self._merge(survivor | third)
        self.assertEqual(third, (survivor | third).exists())
        first.with_user(self.salesman).action_undo()
        self.assertEqual(first.impossible_count, 1)
        self.assertIn("Undo that merge first", first.line_ids.undo_reason)
        second.with_user(self.salesman).action_undo()
        self.assertEqual(second.reversed_count, 1)
        again = first.with_user(self.salesman)
        again.action_undo()
        self.assertEqual(first.reversed_count, 1, "nothing stands in the way now")
        self.assertEqual((leads | third).exists(), leads | third)

    def test_undo_after_the_survivor_was_deleted(self):
        operation = self._merge(self.anne | self.twin)
        self.anne.unlink()
        operation.with_user(self.manager).action_undo()
        self.assertEqual(operation.impossible_count, 1)
        self.assertFalse(self.twin.exists())

    def test_a_colleagues_prospects(self):
        """By RPC: neither read nor merged, whatever the dialog is given."""
        hidden = self._prospect(
            contact_name="Secret Person", email_from="s@secret.example.com"
        )
        hidden.user_id = self.manager
        self.env.flush_all()
        wizards = self.env["prospect.merge"].with_user(self.salesman)
        numbers = (self.anne | hidden).ids
        wizard = wizards.create({"lead_ids": [(6, 0, self.anne.ids)]})
        # as it would be if the right to see it went while the dialog was open
        wizard.sudo().lead_ids += hidden
        for fname in ("table", "preview"):
            self.env.invalidate_all()
            said = self._hear(lambda name=fname: wizard[name])
            self.assertNotIn("Secret", said)
        for values in ({}, {"survivor_id": hidden.id, "picks": {"name": hidden.id}}):
            values = {"lead_ids": [(6, 0, numbers)], **values}
            said = self._hear(lambda vals=values: wizards.create(vals).action_merge())
            self.assertNotIn("Secret", said)
        self.assertTrue((self.anne | hidden).exists() == self.anne | hidden)
        with self.assertRaises(AccessError):
            self.env["prospect.duplicate.pair"].with_user(self.salesman).open_merge(
                numbers
            )
        self.assertTrue(hidden.exists())
        others = wizards.with_user(self.salesman_all).search([])
        self.assertFalse(others, "dialogs of others")

    def test_portal_and_public(self):
        portal = new_test_user(self.env, "clean_portal", groups="base.group_portal")
        pairs = self.env["prospect.duplicate.pair"]
        scans = self.env["prospect.duplicate.scan"]
        for user in (portal, self.env.ref("base.public_user"), self.employee):
            for call in (
                pairs.with_user(user).get_page,
                pairs.with_user(user).merge_sure,
                scans.with_user(user).start_scan,
                scans.with_user(user).cancel_scan,
                lambda user=user: pairs.with_user(user).open_merge(self.anne.ids),
                lambda user=user: self.env["prospect.merge"].with_user(user).create({}),
                lambda user=user: (
                    self.env["prospect.undeliverable.address"]
                    .with_user(user)
                    .search([])
                ),
                lambda user=user: (
                    self.env["crm.lead"].with_user(user).prospect_find_existing({})
                ),
                lambda user=user: self.anne.with_user(
                    user
                ).action_prospect_dismiss_flag(),
            ):
                with self.assertRaises(AccessError):
                    call()

    def test_forged_context(self):
        """Keys that only code may set do nothing when a request sends them."""
        leads = (self.anne | self.twin).with_user(self.salesman)
        sent = leads.with_context(
            prospect_merge={"survivor_id": self.twin.id, "picks": {}},
            prospect_batch=True,
            prospect_cause="install",
        )
        survivor = sent.merge_opportunity()
        self.assertEqual(self._last().line_ids.lead_id, survivor.sudo())
        causes = self.env["prospect.status.change"].search(
            [("lead_id", "=", survivor.id)]
        )
        self.assertNotIn("install", causes.mapped("cause"))

    def test_deleted_in_between(self):
        wizard = self._wizard(self.anne | self.twin | self.third)
        operation = wizard._make_operation()
        operation.action_preview()
        self.twin.unlink()
        operation.action_run()
        self.assertEqual(operation.failed_count, 1)
        self.assertIn("deleted or merged", operation.line_ids.reason)
        self.assertEqual((self.anne | self.third).exists(), self.anne | self.third)

    def test_companies(self):
        """An administrator of one company neither sees nor merges the other's."""
        company = self.env["res.company"].create({"name": "Clean Ltd"})
        leads = self.env["crm.lead"].concat(
            *(
                self._prospect(
                    contact_name="Ann Other",
                    email_from="ann@other.example.com",
                    company_id=company.id,
                    user_id=False,
                    team_id=False,
                )
                for _number in range(2)
            )
        )
        self.env.flush_all()
        scan = self.env["prospect.duplicate.scan"]._make(is_full=True)
        for _batch in scan._work_in_background(commits=False):
            pass
        self.env.flush_all()
        pairs = self.env["prospect.duplicate.pair"].with_user(self.manager)
        shown = {
            number
            for group in pairs.get_page(limit=500)["groups"]
            for number in group["lead_ids"]
        }
        self.assertFalse(shown & set(leads.ids))
        groups = {
            number for group in pairs._get_automatic_groups() for number in group.ids
        }
        self.assertFalse(groups & set(leads.ids))
        pair = self.env["prospect.duplicate.pair"].search(
            [("left_number", "=", leads[0].id)]
        )
        self.assertTrue(pair)
        with self.assertRaises(UserError):
            pair.with_user(self.manager).set_not_duplicates()

    def test_owner_who_has_left(self):
        """An archived salesperson's prospects merge as others do."""
        user = new_test_user(
            self.env, "clean_left", groups="sales_team.group_sale_salesman"
        )
        leads = self._prospect(contact_name="Lea", email_from="lea@x.example.com")
        leads |= self._prospect(contact_name="Lea", email_from="lea@x.example.com")
        leads.write({"user_id": user.id})
        user.active = False
        operation = self._merge(leads, self.manager)
        self.assertEqual(operation.updated_count, 1, operation.line_ids.reason)
        self.assertEqual(leads.exists().user_id, user)
        operation.with_user(self.manager).action_undo()
        self.assertEqual(leads.exists(), leads)
        self.assertEqual(leads.mapped("user_id"), user)

    def test_blacklisted_are_not_contactable(self):
        domain = self.env["crm.lead"]._prospect_contactable_domain()
        self.assertEqual(self.anne.filtered_domain(domain), self.anne)
        self.env["mail.blacklist"]._add(self.anne.email_from)
        self.anne.invalidate_recordset()
        found = self.env["crm.lead"].search([("id", "=", self.anne.id), *domain])
        self.assertFalse(found)
