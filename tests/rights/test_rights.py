from itertools import count

from lxml import etree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user

from ..common import ProspectCase


class RightsCase(ProspectCase):
    """One prospect, which the creator added and the salesman is assigned to.

    - ``creator``: salesperson, member of ``creator_team``
    - ``supervisor``: salesperson, leads ``creator_team``
    - ``salesman``: assigned to the prospect, member of another team
    - ``stranger``: salesperson of no team
    - ``salesman_all``, ``manager``, ``employee``: as in :class:`ProspectCase`
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for role in ("creator", "supervisor", "stranger"):
            user = mail_new_test_user(
                cls.env,
                login=f"prospect_{role}",
                name=f"Prospect {role}",
                email=f"{role}@prospect.example.com",
                groups="sales_team.group_sale_salesman",
            )
            setattr(cls, role, user)
        cls.creator_team = cls.env["crm.team"].create(
            {
                "name": "Team of the creator",
                "user_id": cls.supervisor.id,
                "member_ids": [(4, cls.creator.id)],
                "use_leads": True,
            }
        )

    # of addresses, which are nobody else's
    numbers = count()

    @classmethod
    def _added(cls, amount=1, **values):
        """Prospects that the creator has added and the salesman has now."""
        leads = (
            cls.env["crm.lead"]
            .with_user(cls.creator)
            .create(
                [
                    {
                        "type": "lead",
                        "contact_name": f"Person {number}",
                        "email_from": f"person{next(cls.numbers)}@example.com",
                        "user_id": cls.creator.id,
                        "team_id": cls.creator_team.id,
                        **values,
                    }
                    for number in range(amount)
                ]
            )
        )
        leads = leads.with_env(cls.env)
        leads.write({"user_id": cls.salesman.id, "team_id": cls.team.id})
        return leads

    def _refused(self, call):
        """The refusal that a call ends in, and nothing rolled back behind it.

        Odoo's own ``assertRaises`` would undo what was written before the refusal,
        which some of Odoo's pages keep.
        """
        try:
            call()
        except AccessError as error:
            self.env.flush_all()
            self.env.invalidate_all()
            return str(error)
        return self.fail("it was not refused")


@tagged("security")
class TestRights(RightsCase):
    """The table and its questions."""

    def _may(self, lead, user, operation="convert"):
        """Whether somebody may, as the check, the field and the explanation say."""
        lead = lead.with_user(user)
        may = bool(lead._prospect_filter_right(operation))
        explained, _right, sentences = self.env["prospect.right"]._explain(
            operation, user, lead.with_user(self.manager)
        )
        self.assertTrue(sentences)
        if may and not explained:
            # a right, but no access: the explanation says what is in the way
            self.assertFalse(lead.has_access("write"), sentences)
        else:
            self.assertEqual(may, explained, sentences)
        if operation == "convert" and lead.has_access("read"):
            lead.invalidate_recordset(["prospect_convert_ok"])
            self.assertEqual(lead.prospect_convert_ok, may)
        return may

    def test_default_of_converting(self):
        lead = self._added()
        for user, may in (
            (self.creator, True),
            (self.supervisor, True),
            (self.manager, True),
            (self.salesman, False),
            (self.stranger, False),
            (self.salesman_all, False),
            (self.employee, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self._may(lead, user), may)
        with self.assertRaisesRegex(AccessError, "“Convert” on: Person 0.*\n.*Creator"):
            lead.with_user(self.salesman)._prospect_check_right("convert")

    def test_assigned_when_the_administrator_adds_it(self):
        lead = self._added()
        right = self._allow("convert", "assigned")
        self.assertTrue(self._may(lead, self.salesman))
        self.assertFalse(self._may(lead, self.stranger))
        right.active = False
        self.assertFalse(self._may(lead, self.salesman))
        right.active = True
        self.assertTrue(self._may(lead, self.salesman))
        right.unlink()
        self.assertFalse(self._may(lead, self.salesman))

    def test_who_has_no_creator(self):
        """What a form or a mail brought in: its team's leader and administrators."""
        public = self.env.ref("base.public_user")
        for user in (self.env.ref("base.user_root"), public):
            lead = self._prospect(team_id=self.creator_team.id)
            self.env.cr.execute(
                "UPDATE crm_lead SET create_uid = %s WHERE id = %s", (user.id, lead.id)
            )
            lead.invalidate_recordset()
            with self.subTest(user=user.login):
                self.assertTrue(self._may(lead, self.supervisor))
                self.assertTrue(self._may(lead, self.manager))
                self.assertFalse(self._may(lead, self.salesman))
                self.assertFalse(self._may(lead, self.creator))
                self.assertTrue(lead.with_user(self.supervisor).has_access("write"))
                found = self.env["crm.lead"].with_user(self.supervisor)
                self.assertEqual(found.search([("id", "=", lead.id)]), lead)
        # who has left is nobody either
        lead = self._added()
        lead.team_id = self.creator_team
        self.creator.active = False
        self.assertTrue(self._may(lead, self.supervisor))

    def test_supervisor_of_active_members_only(self):
        lead = self._added()
        member = self.creator_team.crm_team_member_ids
        member.active = False
        self.assertFalse(self._may(lead, self.supervisor))
        self.env.invalidate_all()
        self.assertFalse(lead.with_user(self.supervisor).has_access("read"))
        member.active = True
        self.creator_team.active = False
        self.assertFalse(self._may(lead, self.supervisor))
        self.creator_team.write({"active": True, "user_id": self.stranger.id})
        self.assertFalse(self._may(lead, self.supervisor))
        self.assertTrue(self._may(lead, self.stranger))

    def test_scopes_of_groups(self):
        salesman = "sales_team.group_sale_salesman"
        lead = self._added()
        self.env["prospect.right"].search([("operation", "=", "convert")]).unlink()
        right = self._allow("convert", "group", salesman, scope="own")
        mate = mail_new_test_user(self.env, login="mate", groups=salesman)
        self.team.member_ids = [Command.link(mate.id)]
        for scope, able in (
            ("own", {self.creator, self.salesman}),
            (
                "team",
                {self.creator, self.salesman, mate, self.supervisor, self.manager},
            ),
            (
                "all",
                {
                    *(self.creator, self.salesman, self.salesman_all, mate),
                    *(self.supervisor, self.manager, self.stranger),
                },
            ),
        ):
            right.scope = scope
            for user in (
                *(self.creator, self.salesman, self.salesman_all, mate),
                *(self.supervisor, self.manager, self.stranger, self.employee),
            ):
                with self.subTest(scope=scope, user=user.login):
                    self.assertEqual(self._may(lead, user), user in able)

    def test_highest_wins(self):
        """Two rights of one person are their union, whichever comes first [BX-49]."""
        others = self._added()
        own = self._prospect(user_id=self.stranger.id)
        self._allow("convert", "group", "sales_team.group_sale_salesman", scope="own")
        self.assertTrue(self._may(own, self.stranger))
        self.assertFalse(self._may(others, self.stranger))
        group = self.env["res.groups"].create({"name": "Closers"})
        self.env["prospect.right"].create(
            {
                "operation": "convert",
                "role": "group",
                "group_id": group.id,
                "scope": "all",
            }
        )
        self.stranger.group_ids = [Command.link(group.id)]
        self.assertTrue(self._may(own, self.stranger))
        self.assertTrue(self._may(others, self.stranger))

    def test_other_workers_are_told(self):
        """What they keep of the table is forgotten when a row changes."""
        right = self._allow("convert", "assigned")
        for change in (
            lambda: right.write({"active": False}),
            lambda: self._allow("merge", "assigned"),
            right.unlink,
        ):
            self.registry.cache_invalidated.clear()
            change()
            self.assertIn("default", self.registry.cache_invalidated)

    def test_rights_of_one_company(self):
        other = self.env["res.company"].create({"name": "Other company"})
        users = self.stranger | self.manager
        users.company_ids = [Command.link(other.id)]
        here = self._added(company_id=self.env.company.id)
        here.company_id = self.env.company
        there = self._added()
        there.write({"team_id": False, "user_id": False, "company_id": other.id})
        nowhere = self._prospect(team_id=False, user_id=False, company_id=False)
        self.assertEqual(there.company_id, other)
        self.assertFalse(nowhere.company_id)
        self._allow(
            "convert",
            "group",
            "sales_team.group_sale_salesman",
            company=other,
            scope="all",
        )
        both = {"allowed_company_ids": [self.env.company.id, other.id]}
        for lead, may in ((here, False), (there, True), (nowhere, True)):
            lead = lead.with_user(self.stranger).with_context(**both)
            with self.subTest(company=lead.sudo().company_id.name):
                self.assertEqual(bool(lead._prospect_filter_right("convert")), may)
        # working in the other company alone, and not at all in it
        lead = nowhere.with_user(self.stranger)
        context = {"allowed_company_ids": self.env.company.ids}
        self.assertFalse(lead.with_context(**context)._prospect_filter_right("convert"))

    def test_without_prospects(self):
        rights = self.env["prospect.right"]
        self.assertTrue(rights.with_user(self.salesman)._may("import"))
        self.assertFalse(rights.with_user(self.employee)._may("import"))
        self.assertTrue(rights.sudo()._may("import"))
        with self.assertRaisesRegex(AccessError, "“Import a file”"):
            rights.with_user(self.employee)._check("import")

    def test_cells_that_there_are_not(self):
        for operation, role, group, scope in (
            ("import", "creator", None, "own"),
            ("convert", "assigned", None, "all"),
            ("convert", "group", None, "all"),
            ("convert", "assigned", "sales_team.group_sale_salesman", "own"),
            ("import", "group", "base.group_user", "own"),
        ):
            with (
                self.subTest(operation=operation, role=role),
                self.assertRaises(ValidationError),
                self.cr.savepoint(),
            ):
                self._allow(operation, role, group, scope=scope)
        with self.assertRaises(UserError):
            self.env["prospect.right"].set_cell(
                "import", "creator", False, False, "own"
            )

    def test_one_right_a_cell(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(Exception) as caught,
            self.cr.savepoint(),
        ):
            self._allow("convert", "creator")
        self.assertIn("prospect_right_one_idx", str(caught.exception))

    def test_constant_queries(self):
        """As many for two hundred prospects as for ten; none where all are allowed."""
        few, many = self._added(10), self._added(200)
        self.assertEqual(len(many), 200)
        # creators, members, teams, facts, and managers where hr is installed
        for user, number in ((self.salesman, 5), (self.manager, 0)):
            for leads in (few, many):
                leads = leads.with_user(user)
                leads._prospect_filter_right("convert")
                self.env.flush_all()
                self.env.invalidate_all()
                with self.subTest(user=user.login, leads=len(leads)):
                    self.env.user.with_user(user)._get_group_ids()
                    before = self.cr.sql_log_count
                    leads._prospect_filter_right("convert")
                    self.assertLessEqual(self.cr.sql_log_count - before, number)

    def test_refusal_names_some_and_counts_the_rest(self):
        leads = self._added(5)
        with self.assertRaises(AccessError) as caught:
            leads.with_user(self.salesman)._prospect_check_right("convert")
        message = str(caught.exception)
        for part in (
            "Person 0, Person 1, Person 2 and 2 more",
            "Creator",
            "Creator's manager",
            "Sales / Administrator",
        ):
            self.assertIn(part, message)
        # of what the person may not see, the number alone
        with self.assertRaises(AccessError) as caught:
            leads[:1].with_user(self.stranger)._prospect_check_right("convert")
        self.assertNotIn("Person", str(caught.exception).split("Who has it")[0])

    # --- Seeing -------------------------------------------------------------------

    def test_creator_and_supervisor_see_what_was_added(self):
        lead = self._added()
        rows = (lead.status_change_ids[:1],)
        lead.list_ids = self.env["prospect.list"].create({"name": "Guests"})
        rows += (lead.membership_ids[:1],)
        for user, sees in (
            (self.creator, True),
            (self.supervisor, True),
            (self.salesman, True),
            (self.stranger, False),
        ):
            with self.subTest(user=user.login):
                leads = self.env["crm.lead"].with_user(user)
                self.assertEqual(bool(leads.search([("id", "=", lead.id)])), sees)
                self.assertEqual(lead.with_user(user).has_access("read"), sees)
                self.assertEqual(lead.with_user(user).has_access("write"), sees)
                self.assertFalse(lead.with_user(user).has_access("unlink"))
                for row in rows:
                    found = row.with_user(user).search([("id", "=", row.id)])
                    self.assertEqual(bool(found), sees, row._name)

    def test_seeing_follows_the_table_and_the_teams_at_once(self):
        lead = self._added()
        leads = self.env["crm.lead"].with_user(self.supervisor)
        domain = [("id", "=", lead.id)]
        self.assertTrue(leads.search(domain))
        member = self.creator_team.crm_team_member_ids
        member.active = False
        self.assertFalse(leads.search(domain))
        member.active = True
        self.assertTrue(leads.search(domain))
        self.env["prospect.right"].search([("role", "=", "supervisor")]).active = False
        self.assertFalse(leads.search(domain))
        self.assertTrue(leads.with_user(self.creator).search(domain))
        self.env["prospect.right"].search([("role", "=", "creator")]).active = False
        self.assertFalse(leads.with_user(self.creator).search(domain))

    def test_seeing_stops_at_the_company(self):
        other = self.env["res.company"].create({"name": "Other company"})
        lead = self._added()
        lead.write({"team_id": False, "user_id": False, "company_id": other.id})
        self.assertEqual(lead.company_id, other)
        leads = self.env["crm.lead"].with_user(self.creator)
        self.assertFalse(leads.search([("id", "=", lead.id)]))
        self.assertFalse(lead.with_user(self.creator).has_access("write"))

    # --- The page -----------------------------------------------------------------

    def test_page_is_for_administrators(self):
        rights = self.env["prospect.right"]
        for user in (self.salesman, self.salesman_all, self.employee):
            own = rights.with_user(user)
            with self.subTest(user=user.login):
                for call in (
                    own.get_matrix,
                    own.reset_defaults,
                    lambda own=own: own.set_cell("convert", "assigned", 0, 0, "own"),
                    lambda own=own: own.create(
                        {"operation": "convert", "role": "assigned"}
                    ),
                    lambda own=own: own.browse(rights.search([])[:1].id).unlink(),
                    lambda own=own: own.env["prospect.right.question"].create(
                        {"user_id": own.env.uid}
                    ),
                ):
                    with self.assertRaises(AccessError):
                        call()
        menus = self.env["ir.ui.menu"]
        menu = self.env.ref("prospect.prospect_right_menu").id
        self.assertNotIn(menu, menus.with_user(self.salesman_all).load_menus(False))
        self.assertIn(menu, menus.with_user(self.manager).load_menus(False))

    def _cell(self, matrix, operation, role):
        for row in matrix["operations"]:
            for cell in row["cells"]:
                if (row["operation"], cell["key"]) == (operation, role):
                    return cell
        raise AssertionError(f"No cell {operation} {role}")

    def test_matrix_and_history(self):
        rights = self.env["prospect.right"].with_user(self.manager)
        matrix = rights.get_matrix()
        self.assertEqual(self._cell(matrix, "convert", "creator")["scope"], "own")
        self.assertFalse(self._cell(matrix, "convert", "assigned")["scope"])
        self.assertFalse(self._cell(matrix, "import", "assigned")["scopes"])
        everybody = self.env.ref("sales_team.group_sale_salesman_all_leads").id
        cell = self._cell(matrix, "bulk", f"group-{everybody}")
        self.assertFalse(cell["scope"])
        self.assertEqual(cell["inherited"]["scope"], "all")
        rights.set_cell("convert", "assigned", False, False, "own")
        rights.set_cell("convert", "creator", False, False, False)
        rights.set_cell("delete", "group", everybody, False, "team")
        rights.set_cell("delete", "group", everybody, False, "own")
        matrix = rights.get_matrix()
        self.assertEqual(self._cell(matrix, "convert", "assigned")["scope"], "own")
        self.assertFalse(self._cell(matrix, "convert", "creator")["scope"])
        changes = self.env["prospect.right.change"].search([], limit=4)
        self.assertEqual(changes.user_id, self.manager)
        self.assertEqual(
            [(row.operation, row.old_scope, row.new_scope) for row in changes[::-1]],
            [
                ("convert", False, "own"),
                ("convert", "own", False),
                ("delete", False, "team"),
                ("delete", "team", "own"),
            ],
        )
        for call in (lambda: changes.write({"role": "x"}), changes.unlink):
            with self.assertRaises(UserError):
                call()
        rights.reset_defaults()
        matrix = rights.get_matrix()
        self.assertFalse(self._cell(matrix, "convert", "assigned")["scope"])
        self.assertEqual(self._cell(matrix, "convert", "creator")["scope"], "own")
        self.assertFalse(self._cell(matrix, "delete", f"group-{everybody}")["scope"])
        self.assertEqual(len(matrix["changes"]), 7)

    def test_question(self):
        lead = self._added()
        question = self.env["prospect.right.question"].with_user(self.manager)
        for user, answer, words in (
            (self.creator, "yes", "added it on"),
            (self.supervisor, "yes", "manages Prospect creator"),
            (self.manager, "yes", "belongs to the group"),
            (self.salesman, "no", "Creator: Prospect creator"),
            (self.stranger, "no", "belongs to a colleague"),
            (self.employee, "no", "no access to prospects"),
        ):
            asked = question.create({"user_id": user.id, "lead_id": lead.id})
            with self.subTest(user=user.login):
                self.assertEqual(asked.answer, answer)
                self.assertIn(words, asked.reason)
                self.assertEqual(bool(asked.right_id), answer == "yes")
        asked = question.create({"user_id": self.creator.id, "operation": "import"})
        self.assertEqual(asked.answer, "yes")

    def test_empty_row(self):
        rights = self.env["prospect.right"].with_user(self.manager)
        group = self.env.ref("sales_team.group_sale_manager").id
        rights.set_cell("delete", "group", group, False, False)
        row = next(
            row
            for row in rights.get_matrix()["operations"]
            if row["operation"] == "delete"
        )
        self.assertTrue(row["is_empty"])
        with self.assertRaisesRegex(AccessError, "nobody at present"):
            self._added().with_user(self.manager).unlink()


@tagged("security")
class TestRightsOnPaths(RightsCase):
    """Every way to convert, merge, delete, import, export and undo, as each role.

    Roles by what the table gives them on a prospect that the creator added and the
    salesman has now; a way that is refused changes nothing at all.
    """

    ABLE = ("creator", "supervisor", "manager")
    UNABLE = ("salesman", "salesman_all", "stranger", "employee", "portal")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = mail_new_test_user(
            cls.env, login="prospect_portal", groups="base.group_portal"
        )
        cls.won_stage = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)

    def _ways(self):
        """{name: function of a lead, as the person} that converts it."""
        wizards = self.env["crm.lead2opportunity.partner"]
        mass = self.env["crm.lead2opportunity.partner.mass"]

        def wizard(lead):
            context = {"active_model": "crm.lead", "active_id": lead.id}
            context["active_ids"] = lead.ids
            values = {"name": "convert", "action": "create", "lead_id": lead.id}
            made = wizards.with_env(lead.env).with_context(**context).create(values)
            made.action_apply()

        def mass_wizard(lead):
            context = {"active_model": "crm.lead", "active_ids": lead.ids}
            made = mass.with_env(lead.env).with_context(**context).create({})
            made.action_mass_convert()

        return {
            "wizard": wizard,
            "mass wizard": mass_wizard,
            "type": lambda lead: lead.write({"type": "opportunity"}),
            "type, with other values": lambda lead: lead.write(
                {"type": "opportunity", "first_name": "Zoé", "city": "Lyon"}
            ),
            "status": lambda lead: lead.write({"status_id": self.converted.id}),
            "in mass edit": lambda lead: lead.web_save(
                {"status_id": self.converted.id}, {}
            ),
            "convert_opportunity": lambda lead: lead.convert_opportunity(False),
            "won": lambda lead: lead.action_set_won(),
            "won, with a rainbow": lambda lead: lead.action_set_won_rainbowman(),
            "won stage": lambda lead: lead.write({"stage_id": self.won_stage.id}),
        }

    def _state(self, lead):
        """What must be the same after a refusal: everything stored."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT to_jsonb(crm_lead) FROM crm_lead WHERE id = %s", (lead.id,)
        )
        (row,) = self.env.cr.fetchone()
        counts = []
        for table in (
            "res_partner",
            "prospect_status_change",
            "mail_message",
            "crm_lead",
        ):
            self.env.cr.execute(f"SELECT count(*) FROM {table}")
            counts.append(self.env.cr.fetchone()[0])
        return row, counts

    def _user(self, role):
        return getattr(self, role)

    def test_ways_to_convert(self):
        ways = self._ways()
        for name, way in ways.items():
            for role in self.ABLE:
                lead = self._added()
                with self.subTest(way=name, role=role):
                    way(lead.with_user(self._user(role)))
                    self.assertEqual(lead.status_kind, "converted")
            for role in self.UNABLE:
                lead = self._added()
                before = self._state(lead)
                with self.subTest(way=name, role=role):
                    person = lead.with_user(self._user(role))
                    message = self._refused(lambda way=way, own=person: way(own))
                    self.assertEqual(self._state(lead), before)
                    if role in ("salesman", "salesman_all"):
                        self.assertIn("“Convert” on: Person 0", message)
                        self.assertIn("Creator, Creator's manager", message)

    def _owned(self, added_by, user, company=None):
        """A prospect by who added it, who works on it, and its company."""
        number = next(self.numbers)
        lead = self.env["crm.lead"].create(
            {
                "type": "lead",
                "name": f"Owned {number}",
                "email_from": f"owned{number}@example.com",
                "user_id": False,
                "team_id": False,
            }
        )
        lead.write({"user_id": user and user.id, "team_id": False})
        lead.company_id = company
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_uid = %s WHERE id = %s",
            (added_by.id, lead.id),
        )
        lead.invalidate_recordset()
        self.assertEqual(lead.company_id, company or lead.company_id.browse())
        return lead

    def test_ways_by_ownership_and_company(self):
        """Whose it is and whose company's, by each way, for one salesperson."""
        other = self.env["res.company"].create({"name": "Other company"})
        nobody = self.env["res.users"]
        bot = self.env.ref("base.user_root")
        here = self.env.company
        cases = {
            "added and assigned": (self.salesman, self.salesman, here, True),
            "added, unassigned": (self.salesman, nobody, here, True),
            "added, a colleague's": (self.salesman, self.creator, here, True),
            "added, no company": (self.salesman, self.creator, None, True),
            "added, other company": (self.salesman, nobody, other, False),
            "assigned": (self.creator, self.salesman, here, False),
            "assigned, added by nobody": (bot, self.salesman, here, False),
            "unassigned": (self.creator, nobody, here, False),
            "unassigned, no company": (bot, nobody, None, False),
            "a colleague's": (self.creator, self.creator, here, False),
        }
        for way_name, way in self._ways().items():
            for name, (added_by, user, company, may) in cases.items():
                lead = self._owned(added_by, user, company)
                person = lead.with_user(self.salesman)
                before = self._state(lead)
                with self.subTest(way=way_name, case=name):
                    if may:
                        way(person)
                        self.assertEqual(lead.status_kind, "converted")
                        continue
                    self._refused(lambda way=way, own=person: way(own))
                    self.assertEqual(self._state(lead), before)

    def test_ways_back(self):
        """Leaving the kind converted asks for the same right."""
        for name, way in {
            "status": lambda lead: lead.write({"status_id": self.in_progress.id}),
            "junk": lambda lead: lead.write({"status_id": self.junk.id}),
            "lost": lambda lead: lead.action_set_lost(),
            "lead": lambda lead: lead.write({"type": "lead"}),
        }.items():
            for role in ("salesman", "creator"):
                lead = self._added()
                if name == "lead":
                    lead.convert_opportunity(False)
                else:
                    lead.status_id = self.converted
                before = self._state(lead)
                with self.subTest(way=name, role=role):
                    if role == "creator":
                        way(lead.with_user(self.creator))
                        self.assertNotEqual(lead.status_kind, "converted")
                        continue
                    person = lead.with_user(self.salesman)
                    self._refused(lambda way=way, own=person: way(own))
                    self.assertEqual(self._state(lead), before)

    def test_restoring_what_was_converted(self):
        lead = self._added()
        lead.status_id = self.converted
        lead.status_id = self.junk
        before = self._state(lead)
        self._refused(lead.with_user(self.salesman).action_restore)
        self.assertEqual(self._state(lead), before)
        lead.with_user(self.creator).action_restore()
        self.assertEqual(lead.status_kind, "converted")

    def test_what_converts_nothing_needs_no_right(self):
        lead = self._added()
        own = lead.with_user(self.salesman)
        own.write({"type": "lead", "status_id": self.in_progress.id, "city": "Lyon"})
        own.action_set_lost()
        own.action_restore()
        self.assertEqual(lead.status_id, self.in_progress)
        lead.convert_opportunity(False)
        own.write({"type": "opportunity", "status_id": self.converted.id})
        own.action_set_won()
        self.assertEqual(lead.won_status, "won")
        # an opportunity is made, not converted
        opportunity = self.env["crm.lead"].with_user(self.salesman)
        opportunity = opportunity.create({"name": "New", "type": "opportunity"})
        opportunity.write({"type": "opportunity"})
        opportunity.action_set_won()
        self.assertFalse(opportunity.status_id)

    def test_created_as_converted(self):
        leads = self.env["crm.lead"]
        values = {"type": "lead", "name": "Zoé", "user_id": self.salesman.id}
        for how in (
            {"status_id": self.converted.id},
            {"stage_id": self.won_stage.id},
        ):
            made = leads.with_user(self.salesman).create({**values, **how})
            self.assertEqual(made.status_kind, "converted")
        rights = self.env["prospect.right"].search([("operation", "=", "convert")])
        rights.filtered(lambda right: right.role == "creator").active = False
        for how in (
            {"status_id": self.converted.id},
            {"stage_id": self.won_stage.id},
        ):
            with self.subTest(how=how), self.assertRaisesRegex(AccessError, "Zoé"):
                leads.with_user(self.salesman).create({**values, **how})
        with self.assertRaises(AccessError):
            leads.with_user(self.salesman).with_context(
                default_status_id=self.converted.id
            ).create(values)
        self.assertFalse(
            leads.search([("name", "=", "Zoé")])
            - leads.search(
                [("name", "=", "Zoé"), ("status_id", "=", self.converted.id)]
            )
        )

    def test_many_at_once(self):
        """One that the person may not convert stops all, and is the one named."""
        own = (
            self.env["crm.lead"]
            .with_user(self.salesman)
            .create({"type": "lead", "name": "Mine"})
        )
        others = self._added()
        leads = (own | others.with_env(own.env)).with_user(self.salesman)
        with self.assertRaises(AccessError) as caught:
            leads.write({"status_id": self.converted.id})
        self.assertIn("on: Person 0.", str(caught.exception))
        self.assertNotIn("Mine", str(caught.exception))
        self.assertEqual(leads.sudo().mapped("status_kind"), ["new", "new"])

    def test_checked_cannot_be_sent(self):
        """What says that a conversion was checked is no plain data."""
        lead = self._added().with_user(self.salesman)
        for value in ([lead.id], {lead.id}, frozenset({lead.id}), True):
            forged = lead.with_context(prospect_conversion_checked=value)
            with self.subTest(value=value), self.assertRaises(AccessError):
                forged.write({"type": "opportunity"})

    # --- Merging --------------------------------------------------------------------

    def test_merging_leads(self):
        leads = self._added(2)
        wizard = self.env["crm.merge.opportunity"].with_user(self.salesman)
        wizard = wizard.create({"opportunity_ids": [Command.set(leads.ids)]})
        wizard.action_merge()
        self.assertEqual(len(leads.exists()), 1)

    def test_merging_needs_its_right(self):
        rights = self.env["prospect.right"].search([("operation", "=", "merge")])
        rights.active = False
        leads = self._added(2)
        before = [self._state(lead) for lead in leads]
        for call in (
            lambda own: own.merge_opportunity(),
            lambda own: own._merge_opportunity(),
        ):
            own = leads.with_user(self.salesman)
            message = self._refused(lambda call=call, own=own: call(own))
            self.assertIn("“Merge prospects” on: Person", message)
        self.assertEqual([self._state(lead) for lead in leads], before)

    def test_merge_that_swallows_a_lead(self):
        for role in ("salesman", "creator"):
            lead = self._added()
            opportunity = self.env["crm.lead"].create(
                {
                    "type": "opportunity",
                    "name": "Opportunity",
                    "user_id": False,
                    "team_id": False,
                }
            )
            both = lead + opportunity
            before = [self._state(record) for record in both]
            with self.subTest(role=role):
                if role == "creator":
                    survivor = both.with_user(self.creator).merge_opportunity().sudo()
                    self.assertEqual(survivor.type, "opportunity")
                    self.assertEqual(survivor.status_kind, "converted")
                    continue
                message = self._refused(both.with_user(self.salesman).merge_opportunity)
                self.assertIn("“Convert” on: Person 0", message)
                self.assertEqual([self._state(record) for record in both], before)

    # --- Deleting, exporting, importing -----------------------------------------------

    def test_deleting(self):
        lead = self._added()
        for role in ("creator", "supervisor", "salesman", "salesman_all"):
            with self.subTest(role=role):
                own = lead.with_user(self._user(role))
                self.assertFalse(own.has_access("unlink"))
                self.assertFalse(own.browse().has_access("unlink"))
                with self.assertRaisesRegex(AccessError, "“Delete” on: Person 0"):
                    own.unlink()
        self.env["prospect.right"].create({"operation": "delete", "role": "creator"})
        own = lead.with_user(self.creator)
        self.assertTrue(own.browse().has_access("unlink"))
        own.unlink()
        self.assertFalse(lead.exists())
        self.assertTrue(self._added().with_user(self.manager).unlink())

    def test_exporting(self):
        lead = self._added()
        allowed = self.env.ref("base.group_allow_export")
        self.salesman.group_ids = [Command.link(allowed.id)]
        own = lead.with_user(self.salesman)
        self.assertEqual(own.export_data(["contact_name"])["datas"], [["Person 0"]])
        right = self.env["prospect.right"].search([("operation", "=", "export")])
        right.scope = "own"
        self.assertTrue(own.export_data(["contact_name"])["datas"])
        other = self._prospect(user_id=False)
        with self.assertRaisesRegex(AccessError, "“Export” on: Marie"):
            other.with_user(self.salesman).export_data(["contact_name"])
        right.active = False
        with self.assertRaisesRegex(AccessError, "“Export”"):
            own.export_data(["contact_name"])

    def _import_wizard(self, user, text, **values):
        return (
            self.env["prospect.import"]
            .with_user(user)
            .create({"pasted": text, **values})
        )

    def test_importing_needs_its_right(self):
        right = self.env["prospect.right"].search([("operation", "=", "import")])
        text = "E-mail,Last name\nzoe@x.example.com,Zoé\n"
        wizard = self._import_wizard(self.salesman, text)
        previewed = wizard._make_operation()
        previewed.action_preview()
        right.active = False
        count = self.env["crm.lead"].search_count([])
        for name, call in {
            "make": lambda: self._import_wizard(self.salesman, text),
            "operation": wizard._make_operation,
            "preview": previewed.action_preview,
            "run": previewed.action_run,
            "Odoo's": lambda: (
                self.env["crm.lead"].with_user(self.salesman).load(["name"], [["Zoé"]])
            ),
        }.items():
            with (
                self.subTest(way=name),
                self.assertRaisesRegex(AccessError, "“Import a file”"),
            ):
                call()
        self.assertEqual(self.env["crm.lead"].search_count([]), count)
        right.active = True
        previewed.action_run()
        self.assertEqual(previewed.created_count, 1)

    def test_import_is_not_offered_without_its_right(self):
        menu = self.env.ref("prospect.prospect_import_menu").id
        menus = self.env["ir.ui.menu"].with_user(self.salesman)
        leads = self.env["crm.lead"].with_user(self.salesman)
        views = {
            kind: self.env.ref(f"prospect.crm_lead_view_{kind}").id
            for kind in ("list", "kanban")
        }
        action = str(self.env.ref("prospect.prospect_import_action").id)
        right = self.env["prospect.right"].search([("operation", "=", "import")])
        for may in (True, False, True):
            right.active = may
            self.assertEqual(menu in menus.load_menus(False), may)
            for kind, view in views.items():
                arch = etree.fromstring(leads.get_view(view, kind)["arch"])
                found = arch.xpath("//header/button[@name=$name]", name=action)
                self.assertEqual(bool(found), may)
            host_view = self.env.ref("crm.crm_case_tree_view_leads").id
            arch = etree.fromstring(leads.get_view(host_view, "list")["arch"])
            self.assertEqual(arch.get("import") == "0", not may)

    def test_right_lost_while_an_import_waits(self):
        text = "E-mail,Last name\nzoe@x.example.com,Zoé\n"
        operation = self._import_wizard(self.salesman, text)._make_operation()
        operation.action_preview()
        operation._set(state="queued")
        operation._start("run")
        right = self.env["prospect.right"].search([("operation", "=", "import")])
        right.active = False
        self._drain(operation)
        self.assertEqual(operation.state, "failed")
        self.assertIn("“Import a file”", operation.error)
        self.assertFalse(
            self.env["crm.lead"].search([("email_from", "=", "zoe@x.example.com")])
        )

    def test_importing_as_converted(self):
        """A row about somebody whom the person may not convert fails alone."""
        lead = self._added()
        text = f"E-mail,Last name\n{lead.email_from},Zero\nzoe@x.example.com,Zoé\n"
        for user, outcomes in (
            (self.salesman, ["failed", "created"]),
            (self.creator, ["updated", "updated"]),
        ):
            wizard = self._import_wizard(user, text, status_id=self.converted.id)
            if user == self.creator:
                # made by the salesman, whom the creator does not supervise
                text = text.replace("zoe@", "ann@")
                outcomes = ["updated", "created"]
                wizard = self._import_wizard(user, text, status_id=self.converted.id)
            operation = wizard._make_operation()
            operation.action_run()
            with self.subTest(user=user.login):
                lines = operation.line_ids.sorted("number")
                self.assertEqual(lines.mapped("outcome"), outcomes)
                if user == self.salesman:
                    self.assertIn("“Convert” on: Person 0", lines[0].reason)
                    self.assertEqual(lead.status_kind, "new")
                else:
                    self.assertEqual(lead.status_kind, "converted")

    # --- Undo -----------------------------------------------------------------------

    def test_undoing(self):
        text = "E-mail,Last name\nzoe@x.example.com,Zoé\n"
        operation = self._import_wizard(self.creator, text)._make_operation()
        operation.action_run()
        for role in ("salesman", "supervisor", "salesman_all"):
            own = operation.with_user(self._user(role))
            with self.subTest(role=role), self.assertRaises(AccessError):
                own.action_undo()
        rights = self.env["prospect.right"].search([("operation", "=", "undo")])
        group = self.env.ref("sales_team.group_sale_salesman")
        rights.filtered(lambda right: right.group_id == group).scope = "team"
        own = operation.with_user(self.supervisor)
        self.assertTrue(own.search([("id", "=", operation.id)]))
        self.assertTrue(own.line_ids)
        self.assertFalse(own.with_user(self.stranger).search([("id", "=", own.id)]))
        rights.active = False
        with self.assertRaisesRegex(AccessError, "“Undo an operation” on"):
            operation.with_user(self.creator).action_undo()
        rights.active = True
        own.action_undo()
        self.assertEqual(operation.state, "undone")
        self.assertEqual(operation.reversed_count, 1)

    # --- Machines -------------------------------------------------------------------

    def test_superuser(self):
        lead = self._added()
        lead.with_user(self.salesman).sudo().convert_opportunity(False)
        self.assertEqual(lead.status_kind, "converted")

    def test_convert_right_in_the_form(self):
        lead = self._added()
        view = self.env.ref("prospect.crm_lead_view_form")
        arch = self.env["crm.lead"].get_view(view.id, "form")["arch"]
        button = etree.fromstring(arch).xpath(
            "//header/button[contains(@invisible, 'prospect_convert_ok')]"
        )
        self.assertTrue(button)
        self.assertFalse(lead.with_user(self.salesman).prospect_convert_ok)
        self.assertTrue(lead.with_user(self.creator).prospect_convert_ok)


@tagged("post_install", "-at_install", "web", "security")
class TestRightsOverHttp(RightsCase, HttpCase):
    """The links of Odoo's mails, and what a browser sends."""

    def _convert_link(self, lead, user):
        self.authenticate(user.login, user.login)
        # sudo: the link of a mail that somebody was sent
        link = lead.sudo()._notify_get_action_link(
            "controller", controller="/lead/convert"
        )
        return self.url_open(link)

    @mute_logger("odoo.addons.crm.controllers.main")
    def test_link_in_a_mail(self):
        for user, converts in (
            (self.salesman, False),
            (self.salesman_all, False),
            (self.creator, True),
        ):
            lead = self._added()
            self._convert_link(lead, user)
            self.env.invalidate_all()
            with self.subTest(user=user.login):
                self.assertEqual(
                    (lead.type, lead.status_kind),
                    ("opportunity", "converted") if converts else ("lead", "new"),
                )

    @mute_logger("odoo.http")
    def test_rpc(self):
        lead = self._added()
        self.authenticate(self.salesman.login, self.salesman.login)
        for values in (
            {"type": "opportunity"},
            {"status_id": self.converted.id},
        ):
            answer = self.make_jsonrpc_request_error(
                "/web/dataset/call_kw",
                {
                    "model": "crm.lead",
                    "method": "write",
                    "args": [lead.ids, values],
                    "kwargs": {"context": {"prospect_conversion_checked": lead.ids}},
                },
            )
            self.assertIn("“Convert” on: Person 0", answer)
        self.env.invalidate_all()
        self.assertEqual((lead.type, lead.status_kind), ("lead", "new"))

    def make_jsonrpc_request_error(self, route, params):
        """The message of the error that a request ends in."""
        answer = self.url_open(
            route, json={"jsonrpc": "2.0", "method": "call", "params": params}
        ).json()
        self.assertEqual(answer["error"]["data"]["name"], "odoo.exceptions.AccessError")
        return answer["error"]["data"]["message"]
