"""Answers on the prospect: shown, found, reported; and who is told of them."""

from io import BytesIO

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.prospect_form.models.public.form import TRAP

from ..consents import ConsentCase


@tagged("post_install", "-at_install")
class TestAnswers(ConsentCase):
    def test_on_the_prospect(self):
        """The prospect shows what was answered, with the words of that time."""
        self._send(accommodation="yes", room="double")
        lead = self._leads()
        self.assertEqual(lead.form_answer_count, 1)
        self.assertIn("Accommodation: Yes\nRoom: Double", lead.form_answer_ids.summary)
        self.form.field_ids[3].label = "Do you stay?"
        self.assertIn("Accommodation: Yes", lead.form_answer_ids.summary)
        action = lead.with_user(self.salesman).action_open_form_answers()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self._answers())

    def test_in_the_language_of_the_reader(self):
        """Questions and choices that have not changed since, for who reads French."""
        self.env["res.lang"]._activate_lang("fr_FR")
        stay, room = self.form.field_ids[3:5]
        french = {"lang": "fr_FR"}
        stay.with_context(**french).label = "Hébergement"
        room.with_context(**french).label = "Chambre"
        for choice, name in zip(room.choice_ids, ("Simple", "Grande"), strict=True):
            choice.with_context(**french).name = name
        country = self.env["prospect.form.field"].create(
            {
                "form_id": self.form.id,
                "sequence": 20,
                "target": "field",
                "fname": "country_id",
                "type": "dropdown",
                "label": "Country",
            }
        )
        robot = self.env["prospect.form.field"].create(
            {
                "form_id": self.form.id,
                "sequence": 21,
                "label": "Vegetarian",
                "type": "boolean",
            }
        )
        country.with_context(**french).label = "Pays"
        robot.with_context(**french).label = "Végétarien"
        germany = self.env.ref("base.de")
        self._send(
            accommodation="yes",
            room="double",
            **{country.key: germany.code, robot.key: "1"},
        )
        answer = self._answers()
        mine = answer.with_user(self.salesman).with_context(**french)
        for text in (
            "Hébergement : ",
            "Chambre : Grande",
            "Pays : Allemagne",
            "Végétarien : Oui",
        ):
            self.assertIn(text.replace(" :", ":"), mine.summary)
        self.assertIn("Country: Germany", answer.summary)
        self.assertIn("Vegetarian: Yes", answer.summary)
        self.assertIn("Chambre", mine.capture_id.sudo().payload_html)
        self.assertIn("Grande", mine.capture_id.sudo().payload_html)
        self.assertIn("Double", answer.capture_id.payload_html)
        leads = self.env["crm.lead"].with_user(self.salesman).with_context(**french)
        for text in ("Végétarien: Oui", "Chambre: Grande", "Room: Double"):
            found = leads.search([("form_answer_text", "ilike", text)])
            self.assertEqual(found, answer.lead_id, text)
        self.assertFalse(leads.search([("form_answer_text", "ilike", "Room: Yes")]))
        # who has changed the question since has asked another one
        room.label = "Which room?"
        room.with_context(**french).label = "Quelle chambre ?"
        self.env.invalidate_all()
        self.assertIn("Room: Grande", mine.summary)

    def test_as_many_as_the_button_says(self):
        """The button of a form opens just the answers that it counts."""
        self._send()
        self._send(e_mail="pierre@example.com")
        self._send(e_mail="robot@example.com", **{TRAP: "x"})
        leads = self._answers().lead_id
        pierre = leads.filtered(lambda lead: lead.email_from == "pierre@example.com")
        self.assertTrue(pierre)
        pierre.user_id = self.manager
        for user in (self.salesman, self.manager):
            form = self.form.with_user(user)
            form.invalidate_recordset()
            action = form.action_view_answers()
            found = self.env[action["res_model"]].with_user(user)
            self.assertEqual(
                form.kept_answer_count, found.search_count(action["domain"])
            )
        # one cache for all who look
        self.form.invalidate_recordset()
        self.assertEqual(self.form.with_user(self.salesman).kept_answer_count, 1)

    def test_search(self):
        """Prospects are found by their answers, and by a question with its answer."""
        self._send(accommodation="yes", room="double")
        self._send(e_mail="pierre@example.com")
        marie, pierre = self._answers().lead_id
        leads = self.env["crm.lead"].with_user(self.salesman)
        mine = [("id", "in", (marie + pierre).ids)]

        def found(*domain):
            return leads.search([*mine, *domain])

        for domain, expected in (
            (("form_answer_text", "ilike", "doub"), marie),
            (("form_answer_text", "ilike", "Accommodation: no"), pierre),
            (("form_answer_text", "=", "Room: Double"), marie),
            (("form_answer_text", "not ilike", "double"), pierre),
            (("form_answer_text", "!=", False), marie + pierre),
            (("form_answer_text", "=", False), leads.browse()),
            (("form_answer_text", "ilike", "Room: No"), leads.browse()),
            (("form_answer_ids.form_id.name", "ilike", "spring"), marie + pierre),
            (("form_answer_ids.value_ids.value_char", "=", "Double"), marie),
        ):
            self.assertEqual(found(domain), expected, domain)

    def test_rights(self):
        """Who does not see the prospect does not see the answers."""
        self._send()
        answer = self._answers()
        answer.lead_id.user_id = self.manager
        values = self.env["prospect.form.answer.value"]
        mine = self.env["prospect.form.answer"].with_user(self.salesman)
        self.assertFalse(mine.search([]))
        self.assertFalse(values.with_user(self.salesman).search([]))
        hidden = self.env["crm.lead"].with_user(self.salesman)
        self.assertFalse(hidden.search([("form_answer_text", "ilike", "Curie")]))
        answer.lead_id.user_id = self.salesman
        self.assertEqual(mine.search([]), answer)
        for user in (self._portal(), self.env.ref("base.public_user"), self.employee):
            with self.assertRaises(AccessError):
                self.env["prospect.form.answer"].with_user(user).search([])
        with self.assertRaises(AccessError):
            answer.with_user(self.manager).write({"email": "x@example.com"})

    def test_report(self):
        """Each free question is a column; several choices are one text."""
        many = self.env["prospect.form.field"].create(
            {
                "form_id": self.form.id,
                "sequence": 30,
                "label": "Interests",
                "type": "multiple",
                "choice_ids": [
                    Command.create({"name": "Wine"}),
                    Command.create({"name": "Cheese", "sequence": 11}),
                ],
            }
        )
        self._send(interests=["wine", "cheese"])
        lead = self._leads()
        leads = self.env["crm.lead"].with_user(self.salesman)
        columns, gone = leads._prospect_report_find(
            [f"form:{many.id}", f"form:{self.form.field_ids[3].id}"]
        )
        self.assertFalse(gone)
        self.assertEqual(
            [column.label for column in columns],
            ["Spring fair: Interests", "Spring fair: Accommodation"],
        )
        self.assertEqual(
            [column.read(leads.browse(lead.id)) for column in columns],
            [{lead.id: "Wine, Cheese"}, {lead.id: "No"}],
        )
        # the last answer counts
        self._send(interests=["cheese"], first_name="Maria")
        self.assertEqual(columns[0].read(leads.browse(lead.id)), {lead.id: "Cheese"})

    def test_report_file(self):
        """A report by mail has the columns."""
        self._send()
        lead = self._leads()
        lead.user_id = self.salesman
        question = self.form.field_ids[3]
        reports = self.env["prospect.report"].with_user(self.manager)
        self.assertIn(
            f"form:{question.id}",
            {
                column.key
                for column in reports.env["crm.lead"]._prospect_report_columns()
            },
        )

    def test_file(self):
        """The answers as a workbook: a column for each question, also of one that is
        gone; for who may export.
        """
        self._send(accommodation="yes", room="double", last_name="=1+1")
        self._send(e_mail="pierre@example.com")
        self.form.field_ids[4].unlink()
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        path = f"/prospect/form-answers/{self.form.id}"
        self.authenticate("prospect_manager", "prospect_manager")
        response = self.url_open(path)
        self.assertEqual(response.status_code, 200)
        sheet = load_workbook(BytesIO(response.content)).active
        rows = [
            dict(zip(self._row(sheet[1]), self._row(row), strict=True)) for row in sheet
        ]
        self.assertEqual(len(rows), 3)
        pierre, marie = rows[1:]
        self.assertEqual(marie["Room"], "Double")
        self.assertEqual(marie["Last name"], "=1+1")
        self.assertEqual(sheet.cell(3, 7).data_type, "s", "never a formula")
        self.assertEqual(pierre["Accommodation"], "No")
        self.assertIsNone(pierre["Room"])
        self.authenticate("prospect_salesman", "prospect_salesman")
        self.assertEqual(self.url_open(path).status_code, 404)
        with self.assertRaises(AccessError):
            self.form.with_user(self.salesman).action_download_answers()

    @staticmethod
    def _row(cells):
        return [cell.value for cell in cells]

    def test_fast_write_path(self):
        """The bridge leaves imports fast: nothing here decides what is stored."""
        found = self.env["prospect.write.path"]._find_extender()
        self.assertNotEqual((found or ("",))[0], "prospect_form", found)

    def test_notified(self):
        """Staff hear of an answer by the rule of the form's source [MO-27]."""
        for model in ("rule", "event", ""):
            name = "prospect.notification" + (f".{model}" if model else "")
            self.env[name].search([]).unlink()
        group = self.env["res.groups"].create({"name": "Recipients"})
        self.manager.group_ids = [Command.link(group.id)]
        rule = {
            "name": "Of this form",
            "group_ids": [Command.link(group.id)],
            "source_ids": [Command.link(self.form.source_id.id)],
            "by_inbox": True,
        }
        self.env["prospect.notification.rule"].create(rule)
        self._send()
        messages = self._describe()
        self.assertEqual(messages.user_id, self.manager)
        self.assertEqual(messages.lead_ids, self._leads())
        # robots, and who exists already, are no news
        self._send(prospect_url="spam", e_mail="robot@example.com")
        self._send(first_name="Maria")
        self.assertEqual(self._describe(), messages)
        # another form's source is another one's rule
        other = self.form.copy()
        self._send(form=other, e_mail="pierre@example.com")
        self.assertEqual(self._describe(), messages)

    def _describe(self):
        """What the job of notifications does, here."""
        self.env.flush_all()
        while self.env["prospect.notification.event"]._do_next():
            pass
        while self.env["prospect.notification"]._do_next():
            pass
        self.env.invalidate_all()
        return self.env["prospect.notification"].search([], order="id")
