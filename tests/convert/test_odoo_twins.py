from lxml import etree

from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from ..common import ProspectCase

LOST = "crm.crm_lead_lost_action"
CONVERT = "crm.action_crm_send_mass_convert"
OURS = (
    ("prospect.crm_lead_view_list", "list"),
    ("prospect.crm_lead_view_kanban", "kanban"),
    ("prospect.crm_lead_view_kanban_flagged", "kanban"),
    ("prospect.crm_lead_view_form", "form"),
)


@tagged("post_install", "-at_install")
class TestOdooTwins(ProspectCase):
    """What Odoo offers for leads makes room for what we offer for prospects."""

    def _offered(self, view, kind, **context):
        """External ids of Odoo's twins in the menu *Actions* of a page."""
        leads = self.env["crm.lead"].with_user(self.manager).with_context(**context)
        number = self.env.ref(view).id if isinstance(view, str) else view
        views = leads.get_views([(number, kind)], {"toolbar": True})["views"]
        actions = views[kind]["toolbar"].get("action", ())
        numbers = {action["id"] for action in actions}
        return {name for name in (LOST, CONVERT) if self.env.ref(name).id in numbers}

    def test_actions(self):
        for view, kind in OURS:
            self.assertFalse(self._offered(view, kind), view)
        # Odoo's own pages keep them
        self.assertEqual(self._offered(False, "list"), {LOST, CONVERT})
        self.assertEqual(
            self._offered("crm.crm_case_tree_view_oppor", "list"), {LOST, CONVERT}
        )
        self.assertEqual(self._offered(False, "form"), {LOST})

    def test_actions_of_other_pages(self):
        """A page that is chosen by the context, and one that is made from ours."""
        page = "prospect.crm_lead_view_form"
        self.assertFalse(self._offered(False, "form", form_view_ref=page))
        made = self.env["ir.ui.view"].create(
            {
                "name": "made from ours",
                "model": "crm.lead",
                "mode": "primary",
                "inherit_id": self.env.ref("prospect.crm_lead_view_list").id,
                "arch": "<list position='attributes'/>",
            }
        )
        self.assertFalse(self._offered(made.id, "list"))

    def _buttons(self, view):
        """{name: button} of the buttons on a form, as the person gets it."""
        leads = self.env["crm.lead"].with_user(self.manager)
        arch = leads.get_view(self.env.ref(view).id, "form")["arch"]
        buttons = {}
        for button in etree.fromstring(arch).iter("button"):
            buttons.setdefault(button.get("name"), []).append(button)
        return buttons

    def _shown(self, view, lead):
        """What is shown of each pair of twins on the form of a record."""
        names = {
            "convert": (
                self.env.ref("crm.action_crm_lead2opportunity_partner").id,
                self.env.ref("prospect.prospect_convert_action").id,
            ),
            "lost": (
                self.env.ref(LOST).id,
                self.env.ref("prospect.crm_lead_lost_action_junk").id,
            ),
            "alike": (
                "action_show_potential_duplicates",
                "action_prospect_open_duplicates",
                "action_prospect_open_colleagues",
            ),
        }
        buttons = self._buttons(view)
        lead.invalidate_recordset()
        with Form(lead.with_user(self.manager), view=view) as form:
            values = {name: form[name] for name in form._view["fields"]}
        values["id"] = lead.id
        # as the web client reads them
        known = {
            name: value
            for name, value in values.items()
            if isinstance(value, str | int | float | bool | type(None))
        }
        shown = {}
        for twin, choices in names.items():
            shown[twin] = [
                choices.index(name)
                for name in choices
                for button in buttons.get(str(name), ())
                if not safe_eval(button.get("invisible") or "False", known)
            ]
        return shown

    def test_form(self):
        """On both forms a prospect has ours, an opportunity has Odoo's."""
        values = {"email_from": "twins@odoo-twins.test", "partner_name": "Twins"}
        lead = self._prospect(**values)
        self._prospect(**values)
        prospects = {"convert": [1], "lost": [1], "alike": [1, 2]}
        for view in ("crm.crm_lead_view_form", "prospect.crm_lead_view_form"):
            self.assertEqual(self._shown(view, lead), prospects, view)
        opportunity = self.env["crm.lead"].create(
            {"name": "Twins", "type": "opportunity", **values}
        )
        self.assertEqual(
            self._shown("crm.crm_lead_view_form", opportunity),
            {"convert": [], "lost": [0], "alike": [0]},
        )
        # what is not shown on our form is not computed for it
        arch = self.env["crm.lead"].get_view(
            self.env.ref("prospect.crm_lead_view_form").id, "form"
        )["arch"]
        self.assertNotIn("duplicate_lead_count", arch.replace("prospect_", ""))

    def test_calls(self):
        """Odoo's *Lost* and *Convert* work for who calls them."""
        lead, other, third = (self._prospect() for _number in range(3))
        lead.with_user(self.manager).action_set_lost(lost_reason_id=self.reason.id)
        self.assertEqual(lead.status_id, self.junk)
        self.assertEqual(lead.lost_reason_id, self.reason)
        action = self.env.ref(LOST)
        self.assertEqual(action.res_model, "crm.lead.lost")
        wizard = (
            self.env["crm.lead.lost"]
            .with_user(self.manager)
            .create({"lead_ids": other.ids, "lost_reason_id": self.reason.id})
        )
        wizard.action_lost_reason_apply()
        self.assertEqual(other.status_id, self.junk)
        self.assertFalse(other.active)
        wizard = (
            self.env[self.env.ref(CONVERT).res_model]
            .with_user(self.manager)
            .with_context(active_model="crm.lead", active_ids=third.ids)
            .create({"deduplicate": False})
        )
        wizard.action_mass_convert()
        self.assertEqual(third.type, "opportunity")
        self.assertEqual(third.status_id, self.converted)
        self.assertReplay(lead | other | third)
