from odoo.exceptions import AccessError, UserError

from odoo.addons.prospect.models.lead.utm_source import BUILT_IN_SOURCES

from ..common import ProspectCase


class TestUtmSource(ProspectCase):
    """Sources: built in, offered, archived, and those of other apps."""

    def test_built_in(self):
        for xmlid, name, channel in BUILT_IN_SOURCES:
            source = self.env.ref(f"prospect.{xmlid}")
            with self.subTest(source=name):
                self.assertEqual(
                    (source.name, source.prospect_channel), (name, channel)
                )
                with self.assertRaises(UserError):
                    source.unlink()
        sources = self.env["utm.source"].search([("prospect_built_in", "=", True)])
        self.assertEqual(
            sources.mapped("name"), [name for _xmlid, name, _ch in BUILT_IN_SOURCES]
        )

    def test_known_source_is_taken_over(self):
        """Odoo's Facebook is not doubled."""
        self.assertEqual(
            self.env["utm.source"].search_count([("name", "=like", "Facebook%")]), 1
        )
        self.env["utm.source"]._prospect_create_built_in()
        self.assertEqual(
            self.env["utm.source"].search_count([("prospect_built_in", "=", True)]),
            len(BUILT_IN_SOURCES),
        )

    def test_french_label(self):
        source = self.env.ref("prospect.utm_source_form").with_context(lang="fr_FR")
        self.assertEqual(source.display_name, "Formulaire web")
        self.assertEqual(source.name, "Web form")
        found = (
            self.env["utm.source"]
            .with_context(lang="fr_FR")
            .name_search("Formulaire web", operator="=")
        )
        self.assertEqual(found, [(source.id, "Formulaire web")])

    def test_archived_name_is_taken(self):
        """A mailing with the subject of an archived source does not crash."""
        source = self.env["utm.source"].create({"name": "Spring fair"})
        source.active = False
        self.env.flush_all()
        other = self.env["utm.source"].create({"name": "Spring fair"})
        self.assertEqual(other.name, "Spring fair [2]")

    def test_technical_source_is_not_offered(self):
        technical = (
            self.env["utm.source"]
            .with_user(self.employee)
            .create({"name": "A mailing"})
        )
        view = self.env["crm.lead"].get_view(
            self.env.ref("prospect.crm_lead_view_form").id, "form"
        )
        self.assertIn("prospect_channel", view["arch"])
        offered = [("prospect_channel", "!=", False)]
        self.assertNotIn(technical, self.env["utm.source"].search(offered))
        technical.with_user(self.manager).prospect_channel = "manual"
        self.assertIn(technical, self.env["utm.source"].search(offered))

    def test_configured_by_administrators_only(self):
        source = self.env["utm.source"].create(
            {"name": "Fair", "prospect_channel": "manual"}
        )
        for values in (
            {"prospect_channel": "api"},
            {"active": False},
            {"name": "Other"},
            {"sequence": 3},
        ):
            with self.subTest(values=values):
                with self.assertRaises(AccessError):
                    source.with_user(self.salesman).write(values)
                source.with_user(self.manager).write(values)
        with self.assertRaises(AccessError):
            self.env["utm.source"].with_user(self.salesman).create(
                {"name": "New", "prospect_channel": "manual"}
            )
        with self.assertRaises(AccessError):
            self.env["utm.source"].with_user(self.employee).with_context(
                default_prospect_channel="manual"
            ).create({"name": "By the back door"})
        built_in = self.env.ref("prospect.utm_source_form")
        with self.assertRaises(AccessError):
            built_in.with_user(self.manager).prospect_built_in = False
        source.with_user(self.manager).unlink()
        self.assertFalse(source.exists())

    def test_employees_read_sources(self):
        """Also with all fields, as they can in Odoo."""
        rows = self.env["utm.source"].with_user(self.employee).search_read([], limit=3)
        self.assertEqual(len(rows), 3)

    def test_count(self):
        source = self.env["utm.source"].create(
            {"name": "Fair", "prospect_channel": "manual"}
        )
        lead = self._prospect(source_id=source.id)
        self.assertEqual(source.prospect_count, 1)
        action = source.action_view_leads()
        self.assertEqual(self.env["crm.lead"].search(action["domain"]), lead)
