from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import FormCase


@tagged("post_install", "-at_install")
class TestForm(FormCase):
    """Forms as their makers know them [IY-04 to IY-09, MO-48 to MO-50]."""

    def test_address(self):
        """Readable, made from the name, and unique."""
        self.assertEqual(self.form.slug, "spring-fair")
        twins = self.env["prospect.form"].create([{"name": "Café d'été"}] * 2)
        self.assertEqual(twins.mapped("slug"), ["cafe-d-ete", "cafe-d-ete-2"])
        twins[1].slug = "Spring fair"
        self.assertEqual(twins[1].slug, "spring-fair-2")
        self.form.name = "Autumn fair"
        self.assertEqual(self.form.slug, "spring-fair", "addresses are out there")

    def test_source_of_its_own(self):
        """Two forms, two sources [MO-49]."""
        other = self.env["prospect.form"].create({"name": "Spring fair"})
        self.assertNotEqual(other.source_id, self.form.source_id)
        self.assertEqual(other.source_id.prospect_channel, "form")
        self.assertEqual(other.source_id.display_name, "Spring fair")
        other.status_id = self.to_clarify
        self.assertEqual(other.source_id.prospect_status_id, self.to_clarify)
        self.assertFalse(self.form.status_id)

    def test_keys_stay(self):
        name = self.form.field_ids[1]
        self.assertEqual(name.key, "last_name")
        name.write({"label": "Surname", "key": "x"})
        self.assertEqual(name.key, "last_name")
        twin = name.copy({"target": "question", "label": "Last name"})
        self.assertEqual(twin.key, "last_name_2")
        self.assertEqual(self.form.field_ids[3].choice_ids.mapped("key"), ["yes", "no"])

    def test_copy(self):
        """A copy has everything, with conditions on its own questions."""
        copied = self.form.copy()
        self.assertEqual(copied.name, "Spring fair (copy)")
        self.assertEqual(copied.slug, "spring-fair-copy")
        self.assertNotEqual(copied.source_id, self.form.source_id)
        self.assertEqual(
            copied.field_ids.mapped("key"), self.form.field_ids.mapped("key")
        )
        condition = copied.field_ids.condition_ids
        self.assertEqual(condition.question_id, copied.field_ids[3])
        self.assertEqual(condition.choice_ids, copied.field_ids[3].choice_ids[0])
        self.assertEqual(len(self.form.field_ids.condition_ids), 1)

    def test_explicit_list_of_fields(self):
        """Owner, team and status are not a stranger's to choose."""
        for fname in ("user_id", "team_id", "status_id", "tag_ids", "probability"):
            with self.assertRaisesRegex(ValidationError, "Choose the field"):
                self.form.field_ids[0].fname = fname

    def test_types(self):
        email = self.form.field_ids[2]
        with self.assertRaisesRegex(ValidationError, "cannot be of the type"):
            email.type = "integer"
        with self.assertRaisesRegex(ValidationError, "another question"):
            email.copy()

    def test_colours(self):
        """Colours that cannot be read are refused [WCAG 1.4.3]."""
        with self.assertRaisesRegex(ValidationError, "cannot be read"):
            self.form.colour_text = "#999999"
        with self.assertRaisesRegex(ValidationError, "is not a colour"):
            self.form.colour_primary = "red;}body{display:none"
        self.form.write(
            {
                "colour_background": "#101820",
                "colour_text": "#ffffff",
                "colour_primary": "#f2c200",
            }
        )

    def test_thanks_address(self):
        for url in (
            "javascript:alert(1)",
            "//example.com",
            "thanks",
            "data:text/html,x",
        ):
            with self.assertRaises(ValidationError):
                self.form.thanks_url = url
        self.form.thanks_url = "https://example.com/thanks"

    def test_circle(self):
        stay, room = self.form.field_ids[3:5]
        with self.assertRaisesRegex(ValidationError, "depend on each other"):
            self.env["prospect.form.condition"].create(
                {
                    "field_id": stay.id,
                    "question_id": room.id,
                    "operator": "answered",
                }
            )

    def test_condition_of_another_form(self):
        other = self.form.copy()
        with self.assertRaisesRegex(ValidationError, "its own form"):
            other.field_ids[4].condition_ids.question_id = self.form.field_ids[3]

    @mute_logger("odoo.sql_db")
    def test_dates(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            self.form.write({"date_open": "2030-02-01", "date_close": "2030-01-01"})

    def test_rights(self):
        """Managers make forms, salespeople read them, others see nothing."""
        self.form.with_user(self.manager).name = "Fair"
        form = self.form.with_user(self.salesman)
        self.assertEqual(form.name, "Fair")
        with self.assertRaises(AccessError):
            form.name = "Mine"
        with self.assertRaises(AccessError):
            form.field_ids[0].label = "Mine"
        with self.assertRaises(AccessError):
            self.form.with_user(self.employee).read(["name"])
        for model in ("prospect.form", "prospect.form.answer", "prospect.form.field"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.env.ref("base.public_user")).search([])

    def test_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        form = self.env["prospect.form"].create(
            {
                "name": "Away",
                "company_id": company.id,
                "field_ids": [(0, 0, {"label": "Name"})],
            }
        )
        mine = self.env["prospect.form"].with_user(self.manager).search([])
        self.assertIn(self.form, mine)
        self.assertNotIn(form, mine)
        with self.assertRaises(AccessError):
            form.field_ids.with_user(self.manager).read(["label"])

    def test_answered_form_stays(self):
        self.env["prospect.form.answer"].create(
            {"form_id": self.form.id, "date": "2030-01-01"}
        )
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self.form.unlink()

    def test_embed_code(self):
        self.form.name = 'Fair "2030" <b>'
        self.assertIn("/prospect/form/spring-fair?embed=1", self.form.embed_code)
        self.assertNotIn("<b>", self.form.embed_code)
        self.assertIn("data-form=", self.form.embed_script)
        self.assertIn(b"<svg", self.form._get_qr_code())
