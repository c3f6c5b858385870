from collections import defaultdict

import pytz

from odoo import models

from odoo.addons.prospect.tools.reports import ReportColumn, XlsxReport, format_moment

# Answers that are read at once.
BATCH = 1000


class ProspectForm(models.Model):
    """The answers of a form as a workbook, one column a question. Only for
    ``prospect.form``.
    """

    _name = "prospect.form"
    _inherit = ["prospect.form"]

    def action_download_answers(self):
        """Download the answers that the person sees, if they may export."""
        self.ensure_one()
        self.env["prospect.right"]._check("export")
        return {
            "type": "ir.actions.act_url",
            "url": f"/prospect/form-answers/{self.id}",
            "target": "download",
        }

    def _write_sheet(self, file):
        """Write the answers into a binary file, batch by batch, as the person.

        :raises AccessError: for who may not export
        """
        self.ensure_one()
        self.env["prospect.right"]._check("export")
        self.check_access("read")
        questions = self._get_sheet_questions()
        columns = [*self._get_sheet_columns(), *questions.values()]
        report = XlsxReport(file, columns, self.env._("Answers"))
        answers = self.env["prospect.form.answer"].search([("form_id", "=", self.id)])
        for start in range(0, len(answers), BATCH):
            batch = answers[start : start + BATCH]
            batch.lead_id._prospect_check_right("export")
            report.append(self._read_sheet(batch, questions))
            batch.invalidate_recordset()
        report.close()

    def _get_sheet_columns(self):
        """What is known of an answer beside what was answered."""
        fields_ = self.env["prospect.form.answer"]._fields
        section = self.env._("Answers")
        return [
            ReportColumn(
                fname, fields_[fname]._description_string(self.env), kind, section
            )
            for fname, kind in (
                ("date", "datetime"),
                ("lead_id", "text"),
                ("email", "text"),
                ("state", "text"),
                ("utm_campaign", "text"),
            )
        ]

    def _get_sheet_questions(self):
        """{key: column}: the questions in their order, then those that are gone."""
        section = self.env._("Answers")
        labels = {
            ask.key: ask.label
            for ask in self.field_ids.sorted()
            if ask.type != "section"
        }
        groups = self.env["prospect.form.answer.value"]._read_group(
            [("form_id", "=", self.id)], ["key"], ["label:max"]
        )
        labels.update((key, label) for key, label in groups if key not in labels)
        return {
            key: ReportColumn(key, label or key, "text", section)
            for key, label in labels.items()
        }

    def _read_sheet(self, answers, questions):
        """The cells of some answers: one list a column."""
        states = dict(answers._fields["state"]._description_selection(self.env))
        zone = self.env.tz
        texts = defaultdict(lambda: defaultdict(list))
        for value in answers.value_ids:
            texts[value.key][value.answer_id.id].append(value._get_text())
        # sudo: as on the pages, the name of the prospect of a visible answer
        leads = answers.lead_id.sudo()
        names = {lead.id: lead.display_name for lead in leads}
        return [
            [
                format_moment(pytz.utc.localize(answer.date).astimezone(zone), False)
                for answer in answers
            ],
            [names.get(answer.lead_id.id) for answer in answers],
            [answer.email or None for answer in answers],
            [states[answer.state] for answer in answers],
            [answer.utm_campaign or None for answer in answers],
            *(
                [", ".join(texts[key][answer.id]) or None for answer in answers]
                for key in questions
            ),
        ]
