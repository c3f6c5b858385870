from odoo.exceptions import AccessError

from odoo.addons.mail.tests.common import mail_new_test_user

from .common import ProspectCase


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

    @classmethod
    def _added(cls, count=1, **values):
        """Prospects that the creator has added and the salesman has now."""
        leads = (
            cls.env["crm.lead"]
            .with_user(cls.creator)
            .create(
                [
                    {
                        "type": "lead",
                        "contact_name": f"Person {number}",
                        "email_from": f"person{number}@example.com",
                        "user_id": cls.creator.id,
                        "team_id": cls.creator_team.id,
                        **values,
                    }
                    for number in range(count)
                ]
            )
        )
        leads = leads.with_env(cls.env)
        leads.write({"user_id": cls.salesman.id, "team_id": cls.team.id})
        return leads


class TestRights(RightsCase):
    """The table and its questions."""

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
                found = lead.with_user(user)._prospect_filter_right("convert")
                self.assertEqual(bool(found), may)
                self.assertEqual(
                    bool(lead._prospect_explain_right("convert", user)), may
                )
        with self.assertRaisesRegex(AccessError, "“Convert” on: Person 0.*\n.*added"):
            lead.with_user(self.salesman)._prospect_check_right("convert")

    def test_without_prospects(self):
        rights = self.env["prospect.right"]
        self.assertTrue(rights.with_user(self.salesman)._may("import"))
        self.assertFalse(rights.with_user(self.employee)._may("import"))
        with self.assertRaisesRegex(AccessError, "“Import”"):
            rights.with_user(self.employee)._check("import")
