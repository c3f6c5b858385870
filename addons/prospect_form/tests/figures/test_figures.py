from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import FormCase


class FiguresCase(FormCase):
    """A form that was seen and answered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first, cls.last, cls.mail, cls.stay, cls.room = cls.form.field_ids
        today = fields.Date.today()
        cls._counts(today, False, views=40, starts=20, answers=10)
        cls._counts(today - timedelta(days=20), False, views=60, starts=10, answers=5)
        cls._counts(today, cls.first, views=40, starts=20, answers=20, stops=1)
        cls._counts(today, cls.mail, views=40, starts=15, answers=12, stops=8)
        cls._counts(today, cls.room, views=5, starts=5, answers=4, stops=1)
        yes, no = cls.stay.choice_ids
        for choice, number in ((yes, 3), (no, 1)):
            for _ in range(number):
                cls._answer(choice)
        cls._answer(yes, state="quarantined")
        cls._answer(yes, date=fields.Datetime.now() - timedelta(days=40))

    @classmethod
    def _counts(cls, day, field, **figures):
        cls.env["prospect.form.count"].create(
            {
                "form_id": cls.form.id,
                "day": day,
                "field_id": field and field.id,
                **figures,
            }
        )

    @classmethod
    def _answer(cls, choice, **values):
        """An answer with one choice, of a prospect of the salesman's."""
        answer = cls.env["prospect.form.answer"].create(
            {
                "form_id": cls.form.id,
                "company_id": cls.form.company_id.id,
                "date": fields.Datetime.now(),
                "state": "accepted",
                "lead_id": cls._prospect().id,
                **values,
            }
        )
        cls.env["prospect.form.answer.value"].create(
            {
                "answer_id": answer.id,
                "form_id": cls.form.id,
                "field_id": choice.field_id.id,
                "key": choice.field_id.key,
                "choice_id": choice.id,
                "value_char": choice.name,
            }
        )
        return answer


@tagged("post_install", "-at_install", "is_query_count")
class TestFigures(FiguresCase):
    """Figures of a form: each number is what opens behind it."""

    def _page(self, user=None, period=7):
        figures = self.env["prospect.form.figures"].with_user(user or self.manager)
        return figures.get_page(self.form.id, {"period": period})

    def _totals(self, **options):
        return {
            total["name"]: (total["cell"]["value"], total["cell"]["of"])
            for total in self._page(**options)["totals"]
        }

    def test_totals(self):
        self.assertEqual(
            self._totals(),
            {
                "views": (40, None),
                "starts": (20, 40),
                "answers": (10, 40),
                "stayed": (10, 20),
                "kept": (4, None),
                "quarantined": (1, None),
            },
        )
        whole = self._totals(period="all")
        self.assertEqual(whole["answers"], (15, 100))
        self.assertEqual(whole["kept"], (5, None))

    def test_questions(self):
        rows = {row["key"]: row for row in self._page()["questions"]}
        self.assertEqual(list(rows), self.form.field_ids.mapped("key"))
        mail = rows["e_mail"]
        self.assertEqual((mail["answered"]["value"], mail["answered"]["of"]), (12, 40))
        self.assertEqual((mail["stops"]["value"], mail["stops"]["of"]), (8, 10))
        self.assertEqual(rows["room"]["shown"]["value"], 5)
        self.assertIn("Accommodation is Yes", rows["room"]["condition"])

    def test_choices(self):
        charts = {chart["key"]: chart for chart in self._page()["choices"]}
        stay = charts["accommodation"]
        self.assertEqual(stay["of"], 4)
        self.assertEqual(
            [(row["label"], row["cell"]["value"]) for row in stay["rows"]],
            [("Yes", 3), ("No", 1)],
        )
        self.assertEqual(charts["room"]["rows"], [])

    def test_every_number_opens(self):
        """As many answers as a number says; days whose sum it is."""
        page = self._page(period="all")
        cells = [(total["name"], total["cell"]) for total in page["totals"]]
        figure = {"views": "views", "starts": "starts", "answers": "answers"}
        for name, cell in cells:
            records = (
                self.env[cell["model"]].with_user(self.manager).search(cell["open"])
            )
            if cell["model"] == "prospect.form.answer":
                self.assertEqual(len(records), cell["value"], name)
            else:
                column = figure.get(name, "answers")
                self.assertEqual(sum(records.mapped(column)), cell["value"], name)
        for row in page["questions"]:
            for name, column in (("answered", "answers"), ("stops", "stops")):
                cell = row[name]
                records = self.env[cell["model"]].search(cell["open"])
                self.assertEqual(sum(records.mapped(column)), cell["value"], row["key"])
        numbers = [row["cell"] for chart in page["choices"] for row in chart["rows"]]
        self.assertEqual(len(numbers), 2)
        for cell in numbers:
            self.assertEqual(
                self.env[cell["model"]].search_count(cell["open"]), cell["value"]
            )

    def test_salesperson(self):
        """Salespeople count the answers of their own prospects."""
        self.env["prospect.form.answer"].search(
            [], limit=1
        ).lead_id.user_id = self.manager
        page = self._page(user=self.salesman, period="all")
        self.assertFalse(page["sees_all"])
        totals = {total["name"]: total["cell"] for total in page["totals"]}
        self.assertEqual(totals["views"]["value"], 100)
        self.assertEqual(
            totals["kept"]["value"],
            self.env["prospect.form.answer"]
            .with_user(self.salesman)
            .search_count(totals["kept"]["open"]),
        )
        self.assertLess(totals["kept"]["value"], 6)

    def test_refused(self):
        with self.assertRaises(AccessError):
            self._page(user=self.employee)
        with self.assertRaises(UserError):
            self._page(period="12")
        with self.assertRaises(UserError):
            self.env["prospect.form.figures"].get_page(10**8)

    def test_in_short(self):
        """What the card of a form shows; no query for each form."""
        form = self.form
        self.assertEqual((form.view_count, form.start_count), (100, 30))
        self.assertEqual((form.answer_count, form.completion_text), (15, "15%"))
        forms = form | form.copy() | form.copy()
        forms.invalidate_recordset()
        forms.mapped("name")
        with self.assertQueryCount(1):
            forms.mapped("view_count")
        self.assertEqual(forms[1].completion_text, "-")
