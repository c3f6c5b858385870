from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form
from odoo.tools import mute_logger

from ...tools.trusted import trusted
from ..common import ProspectCase


class TestCustomFields(ProspectCase):
    """Fields of one's own on prospects of all teams [BX-64, MO-28]."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # those of the demo data are none of ours
        cls.env["prospect.property"].search([]).unlink()
        fields = cls.env["prospect.property"].with_user(cls.manager)
        cls.size, cls.color, cls.likes = fields.create(
            [
                {"name": "Shoe size", "kind": "integer"},
                {"name": "Colour", "kind": "selection", "choices": "Red\nBlue\n\nRed"},
                {"name": "Likes", "kind": "tags", "choices": "Tea\nCoffee"},
            ]
        )

    def _definition(self):
        return self.env["prospect.property"]._read_items()

    def _values(self, lead):
        """{label: value} of a prospect."""
        lead.invalidate_recordset()
        (row,) = lead.read(["properties"])
        return {item["string"]: item.get("value") for item in row["properties"]}

    def test_rows_are_the_definition(self):
        size, color, likes = self._definition()
        self.assertEqual(
            (size["string"], size["type"], size["name"]),
            ("Shoe size", "integer", self.size.key),
        )
        self.assertEqual([choice[1] for choice in color["selection"]], ["Red", "Blue"])
        self.assertEqual([tag[1] for tag in likes["tags"]], ["Tea", "Coffee"])
        self.assertEqual(self.color.choices, "Red\nBlue")
        fields = self.env["prospect.property"].with_user(self.manager)
        self.assertEqual(
            fields.search([]).mapped("name"), ["Shoe size", "Colour", "Likes"]
        )

    def test_prospects_of_all_teams_and_of_none(self):
        with_team = self._prospect(properties={self.size.key: 42})
        without = self._prospect(
            team_id=False, user_id=False, properties={self.size.key: 38}
        )
        self.assertEqual(self._values(with_team)["Shoe size"], 42)
        self.assertEqual(self._values(without)["Shoe size"], 38)
        # another team: the values stay
        with_team.team_id = self.env["crm.team"].create({"name": "Other"})
        self.assertEqual(self._values(with_team)["Shoe size"], 42)
        leads = self.env["crm.lead"].with_user(self.salesman)
        found = leads.search([(f"properties.{self.size.key}", "=", 42)])
        self.assertEqual(found, with_team)
        groups = leads._read_group(
            [("id", "in", (with_team + without).ids)],
            [f"properties.{self.size.key}"],
            ["__count"],
        )
        self.assertEqual(dict(groups), {42: 1, 38: 1})

    def test_form_and_views(self):
        form = Form(
            self.env["crm.lead"]
            .with_user(self.salesman)
            .with_context(default_type="lead"),
            view="prospect.crm_lead_view_form",
        )
        self.assertIn("properties", form._view["fields"])
        for view in ("list", "search", "form"):
            xmlid = f"prospect.crm_lead_view_{view}"
            arch = self.env["crm.lead"].get_view(self.env.ref(xmlid).id, view)["arch"]
            self.assertIn('name="properties"', arch, view)

    def test_export(self):
        lead = self._prospect(properties={self.size.key: 42, self.color.key: False})
        (row,) = lead.export_data([f"properties.{self.size.key}"])["datas"]
        self.assertEqual(row, [42])

    def test_import_by_both_write_paths(self):
        values = []
        for write_path in ("standard", "fast"):
            content = (
                "Email,Size,Colour,Junk\n"
                f"{write_path}1@x.example.com,42,blue,x\n{write_path}2@x.example.com,huge,Green,\n"
            )
            wizard = self._import_wizard(content)
            wizard._make_operation()
            columns = wizard.column_ids.sorted("position")
            targets = dict(columns._fields["target"]._description_selection(self.env))
            self.assertEqual(targets[f"custom.{self.size.key}"], "Shoe size")
            columns[1].target = f"custom.{self.size.key}"
            columns[2].target = f"custom.{self.color.key}"
            operation = wizard._make_operation()
            operation = operation.with_context(
                **trusted(prospect_write_path=write_path)
            )
            operation.action_preview()
            operation.action_run()
            leads = operation.line_ids.sorted("number").lead_id
            self.env.flush_all()
            self.env.cr.execute(
                "SELECT properties FROM crm_lead WHERE id IN %s ORDER BY id",
                [tuple(leads.ids)],
            )
            values.append(self.env.cr.fetchall())
            self.assertEqual(self._values(leads[0])["Shoe size"], 42)
            blue = self._definition()[1]["selection"][1][0]
            self.assertEqual(self._values(leads[0])["Colour"], blue)
            # what is no such value goes to the notes
            self.assertFalse(self._values(leads[1])["Shoe size"])
            self.assertIn("Size: huge", leads[1].description)
        self.assertEqual(values[0], values[1])

    def test_known_people_keep_the_other_fields(self):
        lead = self._prospect(
            email_from="a@x.example.com", properties={self.size.key: 42}
        )
        red = self._definition()[1]["selection"][0][0]
        self.env["crm.lead"]._prospect_upsert(
            [
                {
                    "email_from": "a@x.example.com",
                    "properties": {self.color.key: red, self.size.key: 40},
                }
            ],
            policy="fill",
        )
        values = lead.properties
        self.assertEqual(values[self.size.key], 42)
        self.assertEqual(values[self.color.key], "Red")

    def test_conversion_carries_them(self):
        self.env["prospect.conversion.field"].create(
            {
                "property_label": "shoe size",
                "target": "contact",
                "target_field_id": self.env["ir.model.fields"]
                ._get("res.partner", "function")
                .id,
            }
        )
        lead = self._prospect(properties={self.size.key: 42})
        lead._prospect_convert_to(["contact", "opportunity"])
        self.assertEqual(lead.partner_id.function, "42")
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(self._values(lead)["Shoe size"], 42)

    def test_changes(self):
        lead = self._prospect(
            properties={self.color.key: self._definition()[1]["selection"][0][0]}
        )
        red = self._definition()[1]["selection"][0][0]
        # another name for a choice, another place, another label
        self.color.write({"choices": "Crimson\nBlue", "name": "Colour of shoes"})
        self.assertEqual(self._definition()[1]["selection"][0], [red, "Crimson"])
        self.assertEqual(self._values(lead)["Colour of shoes"], red)
        self.color.choices = "Blue\nGreen\nCrimson"
        self.assertEqual(
            [choice[1] for choice in self._definition()[1]["selection"]],
            ["Blue", "Green", "Crimson"],
        )
        self.assertEqual(self._definition()[1]["selection"][2][0], red)
        self.likes.sequence = 0
        self.assertEqual(
            [item["string"] for item in self._definition()],
            ["Likes", "Shoe size", "Colour of shoes"],
        )
        with self.assertRaises(UserError):
            self.size.kind = "char"
        with self.assertRaises(ValidationError):
            self.size.name = "LIKES "
        with self.assertRaises(ValidationError):
            self.color.choices = " \n"
        self.color.unlink()
        self.assertEqual(len(self._definition()), 2)
        self.assertNotIn("Colour of shoes", self._values(lead))

    def test_kinds(self):
        """What can be chosen can be made; what needs more says where."""
        fields = self.env["prospect.property"].with_user(self.manager)
        kinds = dict(fields._fields["kind"].selection)
        values = {"choices": "One"}
        for kind in kinds:
            if kind in ("many2many", "many2one", "monetary", "signature"):
                with self.assertRaisesRegex(ValidationError, "form of a prospect"):
                    fields.create({"name": kind, "kind": kind})
                continue
            row = fields.create({"name": kind, "kind": kind, **values})
            self.assertEqual((row.name, row.kind), (kind, kind))
        self._values(self._prospect())

    def test_defaults_of_odoo_editor(self):
        """A default value that was set in the form counts on both write paths."""
        holder = self.env["prospect.property"]._get_holder()
        items = self._definition()
        items[0]["default"] = 41
        holder.properties_definition = items
        values = []
        for write_path in ("standard", "fast"):
            wizard = self._import_wizard(f"Email\n{write_path}@x.example.com\n")
            operation = wizard._make_operation()
            operation = operation.with_context(
                **trusted(prospect_write_path=write_path)
            )
            operation.action_preview()
            operation.action_run()
            values.append(self._values(operation.line_ids.lead_id)["Shoe size"])
        self.assertEqual(values, [41, 41])

    @mute_logger("odoo.addons.base.models.ir_model")
    def test_rights(self):
        for user in (self.salesman, self.salesman_all, self.employee):
            fields = self.env["prospect.property"].with_user(user)
            with self.assertRaises(AccessError):
                fields.create({"name": "Mine"})
            with self.assertRaises(AccessError):
                self.size.with_user(user).name = "Mine"
            with self.assertRaises(AccessError):
                self.size.with_user(user).unlink()
        # by the lead either: the definition is the administrator's
        lead = self._prospect()
        (row,) = lead.with_user(self.salesman).read(["properties"])
        row["properties"][0].update(string="Mine", definition_changed=True)
        with self.assertRaises(AccessError):
            lead.with_user(self.salesman).write({"properties": row["properties"]})

    def test_merge(self):
        first = self._prospect(properties={self.size.key: 42})
        red = self._definition()[1]["selection"][0][0]
        second = self._prospect(properties={self.color.key: red, self.size.key: 40})
        survivor = (first + second)._merge_opportunity()
        values = survivor.properties
        self.assertIn(values[self.size.key], (40, 42))
        self.assertEqual(values[self.color.key], "Red")

    def _bulk(self, leads, **values):
        wizard = self.env["prospect.bulk"].create(
            {"selection": {"ids": leads.ids}, "property_key": self.size.key, **values}
        )
        operation = wizard._make_operation()
        operation.action_preview()
        return operation

    def test_bulk(self):
        """Many get a value at once, keep their others, and get theirs back."""
        first = self._prospect(properties={self.size.key: 42})
        red = self._definition()[1]["selection"][0][0]
        second = self._prospect(properties={self.color.key: red})
        third = self._prospect(properties={self.size.key: 40})
        self.env.flush_all()
        leads = first + second + third
        operation = self._bulk(leads, property_value="40")
        self.assertEqual(
            {line.lead_id: line.outcome for line in operation.line_ids},
            {first: "updated", second: "updated", third: "unchanged"},
        )
        operation.action_run()
        for lead in leads:
            self.assertEqual(self._values(lead)["Shoe size"], 40)
        self.assertEqual(self._values(second)["Colour"], red)
        operation.action_undo()
        self.assertEqual(self._values(first)["Shoe size"], 42)
        self.assertFalse(self._values(second)["Shoe size"])
        self.assertEqual(self._values(second)["Colour"], red)
        operation = self._bulk(leads, clear_property=True)
        operation.action_run()
        self.assertFalse(self._values(first)["Shoe size"])
        self.assertEqual(operation.updated_count, 2)
        for text in ("huge", False):
            with self.assertRaises(UserError):
                self._bulk(leads, property_value=text)
