from odoo.tests import tagged

from odoo.addons.mail.tests.common import mail_new_test_user
from odoo.addons.prospect.tests.common import ProspectCase


@tagged("post_install", "-at_install")
class TestManager(ProspectCase):
    """The manager of an employee, who leads no sales team, may act for them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = mail_new_test_user(
            cls.env, login="prospect_boss", groups="sales_team.group_sale_salesman"
        )
        employees = cls.env["hr.employee"]
        cls.boss_employee = employees.create({"name": "Boss", "user_id": cls.boss.id})
        cls.employee_of = employees.create(
            {
                "name": "Salesman",
                "user_id": cls.salesman.id,
                "parent_id": cls.boss_employee.id,
            }
        )
        leads = cls.env["crm.lead"].with_user(cls.salesman)
        cls.lead = leads.create({"type": "lead", "name": "Added"}).with_env(cls.env)
        cls.lead.user_id = cls.manager

    def _may(self):
        self.env.invalidate_all()
        lead = self.lead.with_user(self.boss)
        return bool(lead._prospect_filter_right("convert"))

    def _sees(self):
        leads = self.env["crm.lead"].with_user(self.boss)
        return bool(leads.search([("id", "=", self.lead.id)]))

    def test_manager_may_and_sees(self):
        self.assertTrue(self._may())
        self.assertTrue(self._sees())
        self.lead.with_user(self.boss).convert_opportunity(False)
        self.assertEqual(self.lead.converted_by_id, self.boss)

    def test_nobody_else(self):
        for change in (
            lambda: self.employee_of.write({"parent_id": False}),
            lambda: self.employee_of.write(
                {"parent_id": self.boss_employee.id, "active": False}
            ),
        ):
            change()
            self.assertFalse(self._may())
            self.assertFalse(self._sees())
        self.employee_of.active = True
        self.assertTrue(self._may())
        self.boss_employee.user_id = False
        self.assertFalse(self._may())

    def test_said_on_the_page(self):
        matrix = self.env["prospect.right"].with_user(self.manager).get_matrix()
        (role,) = (role for role in matrix["roles"] if role["key"] == "supervisor")
        self.assertIn("manager of the employee", role["help"])
