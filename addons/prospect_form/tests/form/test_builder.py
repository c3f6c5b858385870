import base64
from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..common import FormCase, make_form


@tagged("post_install", "-at_install")
class TestBuilder(FormCase):
    """What those who make a form do and see."""

    def _page(self, form=None, user=None, changes=None, lang="en_US"):
        """The preview, as a parsed page."""
        form = (form or self.form).with_user(user or self.manager)
        form = form.with_context(lang="en_US")
        return html.fromstring(form.get_preview(changes, lang)["html"])

    # --- Preview ----------------------------------------------------------------------

    def test_preview_is_the_page(self):
        page = self._page()
        self.assertEqual(page.findtext(".//h1"), "Spring fair")
        self.assertEqual(
            page.xpath("//form//*[@data-key and contains(@class, 'pf-q')]/@data-key"),
            ["first_name", "last_name", "e_mail", "accommodation", "room"],
        )
        # nothing can be sent from it
        self.assertEqual(page.xpath("//input[@name='prospect_token']/@value"), [""])
        self.assertEqual(page.xpath("//form/@data-preview"), ["1"])
        self.assertFalse(page.xpath("//nav"))

    def test_preview_of_what_is_not_saved(self):
        """Texts, colours and questions are shown before they are saved."""
        first, last = self.form.field_ids[:2]
        changes = {
            "name": "Autumn fair",
            "colour_primary": "#7a1f4b",
            "field_ids": [
                [1, first.id, {"label": "Given name", "sequence": 30}],
                [2, last.id, 0],
                [
                    0,
                    "virtual_1",
                    {"label": "Shoe size", "type": "integer", "sequence": 31},
                ],
            ],
        }
        page = self._page(changes=changes)
        self.assertEqual(page.findtext(".//h1"), "Autumn fair")
        self.assertIn("#7a1f4b", html.tostring(page).decode())
        labels = [
            " ".join(label.text_content().split())
            for label in page.xpath("//form//label")
        ]
        self.assertIn("Given name", labels)
        self.assertEqual(labels[-1], "Shoe size")
        self.assertNotIn("Last name *", labels)
        # and nothing of it is kept
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.form.name, "Spring fair")
        self.assertEqual(
            self.form.field_ids[:2].mapped("label"), ["First name", "Last name"]
        )
        self.assertEqual(self._page().findtext(".//h1"), "Spring fair")

    def test_preview_in_each_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.manager.lang = "en_US"
        self.form.with_context(lang="fr_FR").name = "Salon de printemps"
        found = self.form.with_user(self.manager).get_preview({}, "fr_FR")
        self.assertEqual(
            html.fromstring(found["html"]).findtext(".//h1"), "Salon de printemps"
        )
        self.assertLessEqual(
            {"en_US", "fr_FR"}, {code for code, _name in found["languages"]}
        )
        # what is being written is in the person's language, colours are in all
        changes = {"name": "Autumn fair", "colour_primary": "#7a1f4b"}
        form = self.form.with_user(self.manager).with_context(lang="en_US")
        page = form.get_preview(changes, "fr_FR")["html"]
        self.assertIn("Salon de printemps", page)
        self.assertIn("#7a1f4b", page)
        self.assertIn("Autumn fair", form.get_preview(changes, "en_US")["html"])
        # a language that the form does not have
        self.form.lang_ids = self.env["res.lang"].search([("code", "=", "en_US")])
        self.assertEqual(
            self.form.with_user(self.manager).get_preview({}, "fr_FR")["lang"], "en_US"
        )

    def test_preview_rights(self):
        """Salespeople see the form as it is; only managers try changes."""
        self.assertEqual(
            self._page(user=self.salesman).findtext(".//h1"), "Spring fair"
        )
        with self.assertRaises(AccessError):
            self._page(user=self.salesman, changes={"name": "Mine"})
        with self.assertRaises(AccessError):
            self._page(user=self.employee)
        # what does not show is left out, whoever asks
        page = self._page(changes={"company_id": 12345, "source_id": 1})
        self.assertEqual(page.findtext(".//h1"), "Spring fair")

    def test_preview_of_other_forms(self):
        """Changes that name questions of a form that the person does not see."""
        other = make_form(
            self.env,
            name="Theirs",
            company_id=self.env["res.company"].create({"name": "Other house"}).id,
        )
        other.field_ids[0].label = "A secret question"
        self.env.flush_all()
        for command in (
            [4, other.field_ids[0].id, 0],
            [1, other.field_ids[0].id, {"sequence": 1}],
            [6, 0, other.field_ids.ids],
        ):
            self.env.invalidate_all()
            try:
                page = html.tostring(
                    self._page(changes={"field_ids": [command]})
                ).decode()
            except (AccessError, UserError):
                continue
            self.assertNotIn("A secret question", page, command)

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other house"})
        self.form.company_id = other
        with self.assertRaises(AccessError):
            self._page()
        self.assertFalse(
            self.env["prospect.form"]
            .with_user(self.manager)
            .search([("id", "=", self.form.id)])
        )

    # --- Templates --------------------------------------------------------------------

    def test_templates(self):
        """Each template makes a form that can be answered, in French as well."""
        self.env["res.lang"]._activate_lang("fr_FR")
        forms = self.env["prospect.form"].with_user(self.manager)
        for name, template in forms._get_templates().items():
            form = forms._make_from_template(name)
            self.assertEqual(form.name, template["name"])
            self.assertEqual(len(form.field_ids), len(template["questions"]))
            self.assertEqual(form.state, "open")
            self.assertEqual(
                form.field_ids.sorted().mapped("key"),
                [question["key"] for question in template["questions"]],
            )
            for field in form.field_ids.filtered("has_own_choices"):
                self.assertTrue(field.choice_ids, field.label)
            page = self._page(form, lang="fr_FR")
            self.assertEqual(page.get("lang"), "fr-FR")
        with self.assertRaises(UserError):
            forms._make_from_template("nothing")

    def test_template_conditions(self):
        form = self.env["prospect.form"]._make_from_template("quote")
        asked = form.field_ids.filtered(lambda field: field.key == "decision")
        self.assertEqual(
            asked.condition_text,
            "Shown when Budget is one of 5,000 to 10,000, Above 10,000",
        )

    def test_start(self):
        """A manager begins with a template; salespeople cannot."""
        wizard = Form(self.env["prospect.form.start"].with_user(self.manager))
        wizard.template = "event"
        self.assertIn("How would you take part?", wizard.description)
        wizard.name = "Open day"
        action = wizard.save().action_make()
        form = self.env["prospect.form"].browse(action["res_id"])
        self.assertEqual((form.name, form.slug), ("Open day", "open-day"))
        self.assertEqual(form.source_id.prospect_channel, "form")
        with self.assertRaises(AccessError):
            self.env["prospect.form.start"].with_user(self.salesman).create({})
        with self.assertRaises(AccessError):
            self.env["prospect.form"].with_user(self.salesman)._make_from_template(
                "event"
            )

    # --- Questions --------------------------------------------------------------------

    def test_duplicate(self):
        """A copy has questions, choices and conditions of its own [IY-04]."""
        action = self.form.with_user(self.manager).action_duplicate()
        copied = self.env["prospect.form"].browse(action["res_id"])
        self.assertNotEqual(copied, self.form)
        self.assertNotEqual(copied.slug, self.form.slug)
        self.assertNotEqual(copied.source_id, self.form.source_id)
        for former, new in zip(self.form.field_ids, copied.field_ids, strict=True):
            self.assertEqual(former.label, new.label)
            self.assertEqual(former.condition_text, new.condition_text)
            self.assertEqual(
                former.choice_ids.mapped("name"), new.choice_ids.mapped("name")
            )
        condition = copied.field_ids.condition_ids
        self.assertEqual(condition.question_id.form_id, copied)
        self.assertEqual(condition.choice_ids.field_id, condition.question_id)

    def test_condition_in_words(self):
        stay, room = self.form.field_ids[3:5]
        condition = room.condition_ids
        self.assertEqual(room.condition_text, "Shown when Accommodation is Yes")
        condition.operator = "not_in"
        self.assertEqual(room.condition_text, "Shown when Accommodation is none of Yes")
        self.env["prospect.form.condition"].create(
            {
                "field_id": room.id,
                "question_id": self.form.field_ids[0].id,
                "operator": "answered",
            }
        )
        room.condition_mode = "any"
        self.assertEqual(
            room.condition_text,
            "Shown when Accommodation is none of Yes or First name is answered",
        )
        self.assertFalse(stay.condition_text)

    def test_condition_on_country(self):
        """People write the country's name, answers hold its code."""
        country, question = self.env["prospect.form.field"].create(
            [
                {
                    "form_id": self.form.id,
                    "sequence": 20,
                    "target": "field",
                    "fname": "country_id",
                    "type": "dropdown",
                    "label": "Country",
                },
                {"form_id": self.form.id, "sequence": 21, "label": "Canton"},
            ]
        )
        condition = self.env["prospect.form.condition"].create(
            {
                "field_id": question.id,
                "question_id": country.id,
                "texts": "switzerland\nXX\n",
            }
        )
        self.assertFalse(country.has_own_choices)
        self.assertEqual(condition._get_wanted(), ["CH", "XX"])

    def test_delete_what_others_wait_for(self):
        """A condition is not lost by accident."""
        stay, room = self.form.field_ids[3:5]
        yes, no = stay.choice_ids
        with self.assertRaisesRegex(UserError, "“Room” is shown for some answers"):
            yes.unlink()
        with self.assertRaisesRegex(UserError, "change that condition first"):
            self.form.write({"field_ids": [(2, stay.id)]})
        no.unlink()
        (stay | room).unlink()
        self.assertEqual(len(self.form.field_ids), 3)

    def test_new_question_comes_last(self):
        fields_ = self.env["prospect.form.field"].with_context(
            default_form_id=self.form.id
        )
        self.form.field_ids[0].sequence = 99
        self.assertEqual(fields_.default_get(["sequence"])["sequence"], 100)
        self.assertEqual(fields_.new({}).sequence, 100)

    def test_possible_types(self):
        """A field of prospects is asked for in a way that suits it."""
        with Form(
            self.env["prospect.form.field"].with_context(default_form_id=self.form.id),
            "prospect_form.prospect_form_field_view_form",
        ) as question:
            question.target = "field"
            question.fname = "country_id"
            self.assertEqual(question.type, "dropdown")
            self.assertEqual(question.label, "Country")

    def test_list(self):
        """What the page of all forms shows, of several at once."""
        forms = self.form | self.form.copy()
        rows = forms.with_user(self.salesman).read(
            ["name", "state", "public_url", "view_count", "completion_text"]
        )
        self.assertEqual({row["state"] for row in rows}, {"open"})
        self.assertEqual(len({row["public_url"] for row in rows}), 2)

    # --- State ------------------------------------------------------------------------

    def test_state(self):
        form, now = self.form, fields.Datetime.now()
        self.assertEqual((form.state, form.state_text), ("open", False))
        form.date_open = now + timedelta(days=1)
        self.assertEqual(form.state, "early")
        form.write({"date_open": False, "date_close": now - timedelta(days=1)})
        self.assertEqual(form.state, "late")
        self.assertIn("Nobody can answer any more", form.state_text)
        form.write({"date_close": False, "answer_max": 1})
        self.assertEqual(form.state, "open")
        self.env["prospect.form.answer"].create(
            {"form_id": form.id, "date": now, "state": "accepted"}
        )
        form.invalidate_recordset(["state"])
        self.assertEqual(form.state, "full")
        self.assertIn("Raise the maximum", form.state_text)
        form.active = False
        self.assertEqual(form.state, "archived")

    def test_qr_code(self):
        """The address as a picture, for those who see the form."""
        picture = base64.b64decode(self.form.with_user(self.salesman).qr_code)
        self.assertIn(b"<svg", picture)
        self.assertTrue(picture.lstrip().startswith(b"<"))
        slug = self.form.slug
        self.form.slug = "another"
        self.assertNotEqual(base64.b64decode(self.form.qr_code), picture)
        self.form.slug = slug
        self.assertEqual(base64.b64decode(self.form.qr_code), picture)

    def test_rights(self):
        """Managers write forms, sales people read them, others do not see them."""
        form = self.form.with_user(self.salesman)
        self.assertEqual(form.name, "Spring fair")
        self.assertEqual(form.view_count, 0)
        for work in (
            lambda: form.write({"name": "Mine"}),
            form.copy,
            form.unlink,
            lambda: form.field_ids[0].write({"label": "Mine"}),
            lambda: form.field_ids.choice_ids[0].write({"name": "Mine"}),
            form.field_ids.condition_ids.unlink,
        ):
            with self.assertRaises(AccessError):
                work()
        with self.assertRaises(AccessError):
            self.form.with_user(self.employee).read(["name"])
        # what the source says is the form's to say, for managers
        form = self.form.with_user(self.manager)
        form.write({"list_ids": [(0, 0, {"name": "Guests"})], "team_id": self.team.id})
        self.assertEqual(form.source_id.prospect_list_ids.name, "Guests")
