"""Work without leads: captures become contacts and opportunities [BX-23, BX-33]."""

from odoo import SUPERUSER_ID, api
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon

from ...tools.transactions import run_again
from ...tools.trusted import trusted
from ..capture.test_mail import make_mail
from ..common import ConcurrentCase, ProspectCase

ANN = "ann@simple.example.com"


class SimpleCase(ProspectCase):
    """A database that works without leads."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch("contact_opportunity")

    @classmethod
    def _switch(cls, make):
        """Work without leads, as the settings do."""
        cls.env["res.config.settings"].create(
            {"group_use_lead": False, "prospect_simple_make": make}
        ).execute()

    def _upsert(self, *rows, **options):
        outcomes = self.env["crm.lead"]._prospect_upsert(rows, **options)
        return self.env["crm.lead"].browse(outcome["lead_id"] for outcome in outcomes)

    def _people(self, email=ANN):
        return self.env["res.partner"].search([("email_normalized", "=", email)])

    def _opportunities(self, email=ANN):
        return (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search([("email_normalized", "=", email)])
        )

    def assertSimple(self, lead, email=ANN):
        """One contact and one open opportunity, which was a prospect."""
        self.assertEqual(len(self._people(email)), 1)
        self.assertEqual(self._opportunities(email), lead)
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.partner_id, self._people(email))
        self.assertEqual(lead.status_id, self.converted)
        self.assertTrue(lead.stage_id)
        self.assertReplay(lead)


@tagged("post_install", "-at_install")
class TestSimple(MailCommon, SimpleCase):
    def test_program(self):
        lead = self._upsert(
            {"email_from": ANN, "contact_name": "Ann Roy", "phone": "+33612345678"}
        )
        self.assertSimple(lead)
        self.assertEqual(lead.partner_id.name, "Ann Roy")
        self.assertEqual(lead.partner_id.phone, "+33 6 12 34 56 78")

    def test_known_people_are_updated(self):
        lead = self._upsert({"email_from": ANN, "contact_name": "Ann Roy"})
        again = self._upsert(
            {"email_from": ANN, "city": "Lyon", "phone": "+33612345678"},
            {"email_from": ANN.upper(), "function": "Buyer"},
        )
        self.assertEqual(again[0], lead)
        self.assertEqual(again[1], lead)
        self.assertSimple(lead)
        self.assertEqual((lead.city, lead.function), ("Lyon", "Buyer"))
        # what the contact lacks is filled, and nothing of it changed
        self.assertEqual(lead.partner_id.city, "Lyon")
        self.assertEqual(lead.partner_id.function, "Buyer")
        self._upsert({"email_from": ANN, "function": "Thief"})
        self.assertEqual(lead.partner_id.function, "Buyer")

    def test_contact_with_an_account_is_left_alone(self):
        partner = self.salesman.partner_id
        lead = self._upsert(
            {"email_from": partner.email, "function": "Boss", "phone": "+33612345678"}
        )
        self.assertEqual(lead.partner_id, partner)
        self.assertFalse(partner.function)
        self.assertFalse(partner.phone)

    def test_known_contact(self):
        contact = self.env["res.partner"].create({"name": "Ann", "email": ANN})
        lead = self._upsert({"email_from": ANN, "contact_name": "Somebody"})
        self.assertSimple(lead)
        self.assertEqual(lead.partner_id, contact)
        self.assertEqual(contact.name, "Ann")

    def test_known_opportunity_of_odoo(self):
        """An open opportunity that was never a prospect: no second one."""
        opportunity = self.env["crm.lead"].create(
            {"name": "Chairs", "type": "opportunity", "email_from": ANN}
        )
        lead = self._upsert({"email_from": ANN, "contact_name": "Ann"})
        self.assertEqual(lead.prospect_opportunity_id, opportunity)
        self.assertEqual(lead.status_id, self.converted)
        self.assertEqual(
            self._opportunities().filtered(lambda lead: lead.type == "opportunity"),
            opportunity,
        )

    def test_after_the_opportunity_is_closed(self):
        lead = self._upsert({"email_from": ANN, "contact_name": "Ann Roy"})
        lead.action_set_won()
        again = self._upsert({"email_from": ANN})
        self.assertNotEqual(again, lead)
        self.assertEqual(again.type, "opportunity")
        self.assertTrue(again.is_repeat)
        self.assertEqual(again.partner_id, lead.partner_id)

    def test_contact_alone(self):
        self._switch("contact")
        lead = self._upsert({"email_from": ANN, "contact_name": "Ann Roy"})
        self.assertEqual(lead.type, "lead")
        self.assertEqual(lead.status_id, self.converted)
        self.assertEqual(lead.prospect_contact_id, self._people())
        again = self._upsert({"email_from": ANN, "function": "Buyer"})
        self.assertEqual(again, lead)
        self.assertEqual(self._people().function, "Buyer")

    def test_several_at_once(self):
        leads = self._upsert(
            *(
                {"email_from": f"{n}@simple.example.com", "name": f"N{n}"}
                for n in "abc"
            ),
            {"email_from": "a@simple.example.com"},
        )
        self.assertEqual(leads[0], leads[3])
        self.assertEqual(set(leads.mapped("type")), {"opportunity"})
        self.assertEqual(len(leads.partner_id), 3)

    def test_mail(self):
        self.team.alias_name = "prospect-simple"
        for subject in ("First", "Second"):
            self.env["mail.thread"].sudo().message_process(
                None, make_mail(f"Ann Roy <{ANN}>", self.team.alias_email, subject)
            )
        lead = self._opportunities()
        self.assertSimple(lead)
        self.assertEqual(lead.name, "First")
        self.assertEqual(lead.team_id, self.team)
        self.assertEqual(lead.partner_id.name, "Ann Roy")
        mails = lead.message_ids.filtered(lambda mail: mail.message_type == "email")
        self.assertEqual(len(mails), 2)

    def test_inbox(self):
        self.registry_enter_test_mode()
        for number in range(2):
            self.env.flush_all()
            message = self.env["prospect.capture"]._receive(
                "form", f"simple-{number}", {"email": ANN, "name": "Ann Roy"}
            )
            self.assertEqual(message.state, "done")
        self.env.invalidate_all()
        self.assertSimple(self._opportunities())

    def test_import(self):
        """By the right of whoever imports, with a receipt of its own."""
        wizard = self._import_wizard(f"Email,Name\n{ANN},Ann Roy\nb@x.example.com,Bo\n")
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        lead = self._opportunities()
        self.assertSimple(lead)
        receipt = lead.prospect_receipt_id
        self.assertEqual(receipt.user_id, self.salesman)
        self.assertEqual(receipt.line_count, 2)
        receipt.with_user(self.salesman).action_undo()
        operation.action_undo()
        self.env.invalidate_all()
        self.assertFalse(self._opportunities())
        self.assertFalse(self._people())

    def test_typing_stays(self):
        lead = (
            self.env["crm.lead"]
            .with_user(self.salesman)
            .create({"name": "Chairs", "email_from": ANN})
        )
        self.assertEqual(lead.type, "opportunity")
        self.assertFalse(lead.status_id)
        self.assertFalse(self._people())
        lead = (
            self.env["crm.lead"]
            .with_user(self.salesman)
            .create({"name": "Tables", "email_from": ANN, "type": "lead"})
        )
        self.assertEqual(lead.type, "lead")
        self.assertEqual(lead.status_id, self.new)

    def test_what_is_refused_stays_open(self):
        """Nothing is lost: the prospect is there, with the reason."""

        reason = "Contacts need a number here."

        def refuse(partners, vals_list):
            if any("Refused" in (vals.get("name") or "") for vals in vals_list):
                raise UserError(reason)
            return create(partners, vals_list)

        create = self.registry["res.partner"].create
        self.patch(
            self.registry["res.partner"], "create", api.model_create_multi(refuse)
        )
        leads = self._upsert(
            {"email_from": "refused@simple.example.com", "contact_name": "Refused"},
            {"email_from": ANN, "contact_name": "Ann"},
        )
        self.assertEqual(leads[0].status_id, self.new)
        self.assertIn("need a number", str(leads[0].message_ids[0].body))
        self.assertSimple(leads[1])

    def test_menus(self):
        menu = self.env.ref("prospect.crm_lead_menu_prospect")
        root = self.env.ref("prospect.prospect_menu_root")
        for user, sees_root in ((self.salesman, False), (self.manager, True)):
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            self.assertNotIn(menu.id, menus)
            self.assertEqual(root.id in menus, sees_root)
        self.env["res.config.settings"].create({"group_use_lead": True}).execute()
        for user in (self.salesman, self.manager):
            menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
            self.assertIn(menu.id, menus)

    def test_back_to_leads(self):
        lead = self._upsert({"email_from": ANN, "contact_name": "Ann Roy"})
        self.env["res.config.settings"].create({"prospect_mode": "classic"}).execute()
        self.assertIn(lead, lead.search(lead._prospect_listed_domain()))
        again = self._upsert({"email_from": "bo@simple.example.com"})
        self.assertEqual((again.type, again.status_id), ("lead", self.new))
        self.assertTrue(self.team.use_leads)


class TestSwitch(ProspectCase):
    """From working with leads to without, and back [BX-33]."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.group_ids = [(4, cls.env.ref("base.group_system").id)]
        # those of other tests' data are none of ours
        cls.env["crm.lead"].search([("type", "=", "lead")]).active = False
        cls.leads = cls.env["crm.lead"].create(
            [
                {
                    "type": "lead",
                    "contact_name": f"Person {n}",
                    "email_from": f"{n}@switch.example.com",
                    "partner_name": "Chairs Ltd" if n == 0 else False,
                    "user_id": cls.salesman.id,
                    "team_id": cls.team.id,
                }
                for n in range(3)
            ]
        )
        cls.call = cls.env.ref("mail.mail_activity_data_call")
        cls.leads[0].activity_schedule("mail.mail_activity_data_call")

    def _mode(self, **values):
        return self.env["prospect.mode"].with_user(self.manager).create(values)

    def test_count_is_shown_first(self):
        wizard = self._mode()
        self.assertEqual(wizard.open_count, 3)
        self.assertEqual(wizard.line_ids.open_count, 3)
        settings = self.env["res.config.settings"].with_user(self.manager).create({})
        self.assertEqual(settings.prospect_mode, "classic")
        self.assertEqual(settings.prospect_open_text, "3")

    def test_convert(self):
        pipeline = self.env["crm.team"].create(
            {"name": "Pipeline", "member_ids": [(4, self.salesman.id)]}
        )
        wizard = self._mode(activities="contact", make_company=True)
        wizard.line_ids.team_id = pipeline
        action = wizard.action_switch()
        self.assertFalse(self.env["crm.lead"]._prospect_uses_leads())
        self.assertEqual(set(self.leads.mapped("type")), {"lead"}, "nothing yet")
        operation = self.env["prospect.operation"].search([("kind", "=", "convert")])[
            :1
        ]
        self.assertEqual(operation.state, "previewed")
        self.assertIn(f"/{operation.id}", action["url"])
        operation = operation.with_user(self.manager)
        operation.action_run()
        self.env.invalidate_all()
        self.assertEqual(set(self.leads.mapped("type")), {"opportunity"})
        self.assertEqual(self.leads.team_id, pipeline)
        self.assertEqual(len(self.leads.partner_id), 3)
        self.assertEqual(self.leads[0].partner_id.parent_id.name, "Chairs Ltd")
        self.assertFalse(self.leads.activity_ids)
        self.assertEqual(len(self.leads[0].partner_id.activity_ids), 1)
        self.assertEqual(self._mode().open_count, 0)
        operation.action_undo()
        self.env.invalidate_all()
        self.assertEqual(set(self.leads.mapped("type")), {"lead"})
        self.assertEqual(self.leads.team_id, self.team)
        self.assertEqual(len(self.leads.activity_ids), 1)

    def test_leave(self):
        self._mode(open="leave").action_switch()
        self.assertFalse(self.env["crm.lead"]._prospect_uses_leads())
        self.assertEqual(set(self.leads.mapped("status_id.name")), {"New"})
        settings = self.env["res.config.settings"].with_user(self.manager).create({})
        self.assertEqual(settings.prospect_mode, "simple")
        self.assertEqual(settings.prospect_open_text, "3")
        action = settings.action_prospect_view_open()
        self.assertEqual(self.leads.search(action["domain"]), self.leads.sorted())
        settings.action_prospect_classic()
        self.assertTrue(self.env["crm.lead"]._prospect_uses_leads())
        self.assertEqual(set(self.leads.mapped("type")), {"lead"})

    def test_companies(self):
        """Each company has its own line, pipeline and conversion."""
        company = self.env["res.company"].create({"name": "Other company"})
        self.manager.company_ids = [(4, company.id)]
        team = self.env["crm.team"].create({"name": "There", "company_id": company.id})
        self.leads[2].write({"user_id": False, "team_id": team.id})
        wizard = self._mode()
        counts = {line.company_id.name: line.open_count for line in wizard.line_ids}
        self.assertEqual(counts["Other company"], 1)
        self.assertEqual(sum(counts.values()), 3)
        before = self.env["prospect.operation"].search([])
        wizard.action_switch()
        made = self.env["prospect.operation"].search([]) - before
        self.assertEqual(sorted(made.mapped("line_count")), [1, 2])
        for operation in made:
            operation.with_user(self.manager).action_run()
        self.env.invalidate_all()
        self.assertEqual(set(self.leads.mapped("type")), {"opportunity"})
        self.assertEqual(self.leads[2].company_id, company)

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_who_may(self):
        self.manager.group_ids = [(3, self.env.ref("base.group_system").id)]
        for user in (self.manager, self.salesman):
            with self.assertRaises(AccessError):
                self.env["prospect.mode"].with_user(user).create({}).action_switch()
        self.assertTrue(self.env["crm.lead"]._prospect_uses_leads())


@tagged("post_install", "-at_install")
class TestSimpleConcurrency(ConcurrentCase):
    """One new person by several channels at once, on real connections."""

    def setUp(self):
        super().setUp()
        self._set_mode(False)
        self.addCleanup(self._set_mode, True)

    def _set_mode(self, uses_leads):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["res.config.settings"].create({"group_use_lead": uses_leads}).execute()
            if uses_leads:
                env["ir.config_parameter"].set_param("prospect.simple_make", False)

    def _find_made(self, env):
        domain = [("email_normalized", "=", ANN)]
        yield env["crm.lead"].search(domain)
        yield env["res.partner"].search(domain)

    def test_parallel_captures(self):
        def capture(cr):
            env = api.Environment(cr, SUPERUSER_ID, {})
            run_again(
                env,
                lambda: env["crm.lead"]._prospect_upsert(
                    [{"email_from": ANN, "contact_name": "Ann Roy"}], cause="form"
                ),
            )

        def website(cr):
            env = api.Environment(cr, SUPERUSER_ID, {})
            leads = env["crm.lead"].with_context(**trusted(prospect_cause="form"))
            values = {"name": "Form", "type": "lead", "email_from": ANN}
            run_again(env, lambda: leads.create(values))

        self._together(capture, capture, website, capture)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
            domain = [("email_normalized", "=", ANN)]
            self.assertEqual(env["res.partner"].search_count(domain), 1)
            opportunities = env["crm.lead"].search(
                [*domain, ("type", "=", "opportunity")]
            )
            self.assertEqual(len(opportunities), 1)
            self.assertEqual(
                opportunities.partner_id.name and len(opportunities.partner_id), 1
            )
