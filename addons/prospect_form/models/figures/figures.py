from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.prospect.tools.given import is_number, is_values, takes
from odoo.addons.prospect.tools.periods import LENGTHS, get_last_days
from odoo.addons.prospect.tools.remarks import say

from ..form.field import CHOOSING
from ..form.form_builder import KEPT

# Answers that count: all but what robots have sent.
COUNTED = KEPT[2]
# Choices of one question that are shown; the others are told by their number.
MOST_CHOICES = 30


class ProspectFormFigures(models.AbstractModel):
    """The figures of a form: how many saw, began and sent it, where people stop, and
    what they answer.

    A figure is a cell, as in ``prospect.analysis``: ``value``, ``type`` (count or
    rate), ``of`` (the denominator) and ``open``: the domain of what is behind it in
    ``model``. What was seen, begun and left is counted by day
    (``prospect.form.count``): its sum is the figure. Answers are rows: as many as the
    figure says, for the same person.
    """

    _name = "prospect.form.figures"
    _description = "Figures of a form"

    @api.model
    @takes(form_id=is_number, filters=is_values)
    def get_page(self, form_id, filters=None):
        """All that the page of a form shows.

        :param int form_id: of ``prospect.form``
        :param dict filters: ``period``: days up to today, or ``all``
        :raises UserError: for what cannot be read
        """
        form = self.env["prospect.form"].browse(form_id).exists()
        if not form:
            raise UserError(self.env._("This form is gone."))
        form.check_access("read")
        period, days = self._read_period(filters or {})
        return {
            "form": {"id": form.id, "name": form.name},
            "filters": {"period": period},
            "totals": self._get_totals(form, days),
            "questions": self._get_question_rows(form, days),
            "choices": self._get_choice_charts(form, days),
            "sees_all": self.env.user.has_group(
                "sales_team.group_sale_salesman_all_leads"
            ),
        }

    @api.model
    def _read_period(self, given):
        """(what is shown, (first day, last day) or None)."""
        period = str(given.get("period") or 90)
        if period == "all":
            return period, None
        if period.isdigit() and int(period) in LENGTHS:
            # days of the figures are those of UTC
            return period, get_last_days(fields.Date.today(), int(period))
        raise UserError(self.env._("There is no such period."))

    # --- Totals -----------------------------------------------------------------------

    @api.model
    def _get_totals(self, form, days):
        """The cells above: [{"name", "label", "help", "cell"}]."""
        counts = self._get_counts_domain(form, days) & Domain("field_id", "=", False)
        ((views, starts, answers),) = self.env["prospect.form.count"]._read_group(
            counts, [], ["views:sum", "starts:sum", "answers:sum"]
        )
        views, starts, answers = views or 0, starts or 0, answers or 0
        seen, begun = max(views, answers), max(starts, answers)
        return [
            self._make_total(
                "views",
                self.env._("Views"),
                self.env._("How often the page was shown."),
                self._cell(views, counts),
            ),
            self._make_total(
                "starts",
                self.env._("Begun"),
                self.env._("How often somebody began to fill it in, of the views."),
                self._cell(starts, counts, of=seen),
            ),
            self._make_total(
                "answers",
                self.env._("Completed"),
                self.env._(
                    "Answers out of the views. Visitors whose browser runs no "
                    "scripts are only counted when they answer."
                ),
                self._cell(answers, counts, of=seen),
            ),
            self._make_total(
                "stayed",
                self.env._("Went to the end"),
                self.env._("Answers of those who began."),
                self._cell(answers, counts, of=begun),
            ),
            *self._get_answer_totals(form, days),
        ]

    @api.model
    def _get_answer_totals(self, form, days):
        """What lies in the list of answers, as the person sees it."""
        answers = self._get_answers_domain(form, days)
        kept = answers & Domain("state", "in", COUNTED)
        robots = answers & Domain("state", "=", "quarantined")
        count = self.env["prospect.form.answer"].search_count
        return [
            self._make_total(
                "kept",
                self.env._("Answers"),
                self.env._("Answers that you may read."),
                self._cell(count(kept), kept, model="prospect.form.answer"),
            ),
            self._make_total(
                "quarantined",
                self.env._("To check"),
                self.env._("Probably sent by robots: they are in the inbox."),
                self._cell(count(robots), robots, model="prospect.form.answer"),
            ),
        ]

    @api.model
    def _make_total(self, name, label, told, cell):
        return {"name": name, "label": label, "help": told, "cell": cell}

    # --- Questions --------------------------------------------------------------------

    @api.model
    def _get_question_rows(self, form, days):
        """A row for each question, in the order of the form."""
        counts = self._get_counts_domain(form, days)
        rows = self.env["prospect.form.count"]._read_group(
            counts & Domain("field_id", "!=", False),
            ["field_id"],
            ["views:sum", "starts:sum", "answers:sum", "stops:sum"],
        )
        figures = {field.id: numbers for field, *numbers in rows}
        all_stops = sum(numbers[3] for numbers in figures.values())
        questions = []
        for field in form.field_ids.sorted():
            if field.type in ("section", "hidden"):
                continue
            shown, touched, answered, stops = figures.get(field.id, (0, 0, 0, 0))
            here = counts & Domain("field_id", "=", field.id)
            seen = max(shown, touched, answered)
            questions.append(
                {
                    "key": field.key,
                    "label": field.label,
                    "condition": field.condition_text or "",
                    "shown": self._cell(seen, here),
                    "answered": self._cell(answered, here, of=seen),
                    "stops": self._cell(stops, here, of=all_stops),
                }
            )
        return questions

    # --- Choices ----------------------------------------------------------------------

    @api.model
    def _get_choice_charts(self, form, days):
        """How often each choice was made: {"label", "of", "rows"} of each question."""
        fields_ = form.field_ids.sorted().filtered(
            lambda field: field.type in (*CHOOSING, "boolean", "consent")
        )
        found = self._read_choices(form, fields_, days)
        answered = self._count_answered(form, fields_, days)
        charts = []
        for field in fields_:
            of = answered.get(field.id, 0)
            made = found.get(field.id, {})
            rows = [
                self._make_choice_row(form, field, text, number, of, days)
                for text, number in sorted(
                    made.items(), key=lambda item: (-item[1], item[0])
                )
            ]
            charts.append(
                {
                    "key": field.key,
                    "label": field.label,
                    "is_multiple": field.type == "multiple",
                    "of": of,
                    "rows": rows[:MOST_CHOICES],
                    "left_out": max(len(rows) - MOST_CHOICES, 0),
                }
            )
        return charts

    @api.model
    def _read_choices(self, form, fields_, days):
        """{id of the question: {(id of the choice, its text): how often}}."""
        rows = self.env["prospect.form.answer.value"]._read_group(
            self._get_values_domain(form, days) & Domain("field_id", "in", fields_.ids),
            ["field_id", "choice_id", "value_char"],
            ["__count"],
        )
        found = {}
        for field, choice, text, number in rows:
            # a choice has one line, whatever language it was made in
            made = found.setdefault(field.id, {})
            name = (choice.id, choice.name if choice else say(self.env, text) or "")
            made[name] = made.get(name, 0) + number
        return found

    @api.model
    def _count_answered(self, form, fields_, days):
        """{id of the question: how many have answered it}."""
        rows = self.env["prospect.form.answer.value"]._read_group(
            self._get_values_domain(form, days) & Domain("field_id", "in", fields_.ids),
            ["field_id"],
            ["answer_id:count_distinct"],
        )
        return {field.id: number for field, number in rows}

    @api.model
    def _make_choice_row(self, form, field, name, number, of, days):
        choice_id, text = name
        chosen = Domain("field_id", "=", field.id) & (
            Domain("choice_id", "=", choice_id)
            if choice_id
            else Domain("choice_id", "=", False) & Domain("value_char", "=", text)
        )
        answers = (
            self._get_answers_domain(form, days)
            & Domain("state", "in", COUNTED)
            & Domain("value_ids", "any", list(chosen))
        )
        return {
            "key": f"{choice_id}:{text}",
            "label": text,
            "cell": self._cell(number, answers, of=of, model="prospect.form.answer"),
        }

    # --- Domains ----------------------------------------------------------------------

    @api.model
    def _get_counts_domain(self, form, days):
        domain = Domain("form_id", "=", form.id)
        if days:
            domain &= Domain("day", ">=", str(days[0])) & Domain(
                "day", "<=", str(days[1])
            )
        return domain

    @api.model
    def _get_answers_domain(self, form, days, fname=""):
        """The answers of a form in a period.

        :param str fname: the way to answers from another model, with its dot
        """
        domain = Domain(f"{fname}form_id", "=", form.id)
        if days:
            after = days[1] + timedelta(days=1)
            domain &= Domain(f"{fname}date", ">=", f"{days[0]} 00:00:00")
            domain &= Domain(f"{fname}date", "<", f"{after} 00:00:00")
        return domain

    @api.model
    def _get_values_domain(self, form, days):
        return self._get_answers_domain(form, days, "answer_id.") & Domain(
            "answer_id.state", "in", COUNTED
        )

    @api.model
    def _cell(self, value, domain, of=None, model="prospect.form.count"):
        """A figure: see the class."""
        return {
            "value": value,
            "type": "count" if of is None else "rate",
            "of": of,
            "open": list(domain),
            "model": model,
        }
