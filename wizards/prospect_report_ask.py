from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import formatLang

from ..models.extracts.crm_lead import ALL_LISTS, DEFAULT
from ..models.extracts.reader import ReportReader
from ..tools.reports import SHEET_COLUMNS

# Prospects whose values are shown while the columns are chosen.
SAMPLES = 3
SAMPLE_LENGTH = 60


class ProspectReportAsk(models.TransientModel):
    """Which columns, language and format a report has [IE-30, IE-31].

    In code::

        wizard = env["prospect.report.ask"].create(
            {"selection": {"domain": domain}, "columns": ["name", "lists:all"]}
        )
        report = wizard._make_report()
    """

    _name = "prospect.report.ask"
    _description = "Report of Prospects by Mail"

    selection = fields.Json(
        default=lambda self: self._default_selection(), export_string_translation=False
    )
    name = fields.Char(
        string="Title", default=lambda self: self.env._("Prospects"), required=True
    )
    count = fields.Integer(string="Prospects", compute="_compute_count")
    title = fields.Char(
        string="How Many", compute="_compute_count", export_string_translation=False
    )
    template_id = fields.Many2one(
        comodel_name="prospect.report.template", string="Saved Columns"
    )
    columns = fields.Json(
        default=lambda self: self._default_columns(), export_string_translation=False
    )
    choices = fields.Json(compute="_compute_choices", export_string_translation=False)
    file_format = fields.Selection(
        selection=[("xlsx", "Excel (XLSX)"), ("csv", "Text (CSV)")],
        string="Format",
        required=True,
        default=lambda self: self._get_last().file_format or "xlsx",
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        default=lambda self: self.env.lang or self.env.user.lang,
    )
    is_weekly = fields.Boolean(string="Every week")
    weekday = fields.Selection(
        selection=lambda self: (
            self.env["prospect.report.schedule"]
            ._fields["weekday"]
            ._description_selection(self.env)
        ),
        string="Day",
        default="0",
    )

    # --- Defaults ---------------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """Who may not export is told so before choosing anything."""
        self.env["prospect.report"]._check_right()
        return super().default_get(fields)

    @api.model
    def _default_selection(self):
        """What is ticked on the page, or everything that its search shows, as the page
        is sorted.
        """
        context = self.env.context
        selection = self.env["prospect.bulk"]._default_selection()
        if (
            not selection.get("ids")
            and "domain" not in selection
            and context.get("active_model", "crm.lead") == "crm.lead"
            and "active_domain" in context
        ):
            selection = {
                "domain": context["active_domain"],
                "active_test": context.get("active_test", True),
            }
        return {**selection, "order": context.get("prospect_order")}

    @api.model
    def _get_last(self):
        """What the person has asked for last."""
        return self.env["prospect.report"].search(
            [("user_id", "=", self.env.uid)], order="id desc", limit=1
        )

    @api.model
    def _default_columns(self):
        """The columns of the last report that are still there, or the usual ones."""
        leads = self.env["crm.lead"]
        last = self._get_last().columns or DEFAULT
        offered = {column.key for column in leads._prospect_report_columns()}
        return [key for key in last if key in offered or key == ALL_LISTS]

    @api.model
    def _open(self, selection, **values):
        """The dialog for some prospects.

        :param dict selection: ``ids`` or ``domain``
        :param values: other values to begin with
        """
        self.env["prospect.report"]._check_right()
        context = {f"default_{name}": value for name, value in values.items()}
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Report by e-mail"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {**context, "default_selection": selection},
        }

    # --- Shown ------------------------------------------------------------------------

    @api.depends("selection")
    @api.depends_context("lang")
    def _compute_count(self):
        for wizard in self:
            count = self.env["crm.lead"]._prospect_report_count(wizard._get_selection())
            wizard.count = count
            wizard.title = (
                self.env._("1 prospect")
                if count == 1
                else self.env._(
                    "%(count)s prospects", count=formatLang(self.env, count, digits=0)
                )
            )

    @api.depends("selection", "lang")
    def _compute_choices(self):
        """All columns, in the language of the report, with values of some prospects."""
        for wizard in self:
            leads = self.env["crm.lead"].with_context(lang=wizard.lang or self.env.lang)
            columns = leads._prospect_report_columns()
            samples = wizard._get_samples(leads, columns)
            every = {
                "key": ALL_LISTS,
                "label": leads.env._("One column for each list"),
                "kind": "boolean",
                "section": leads._prospect_report_sections()["lists"],
                "samples": [],
            }
            choices = [
                {
                    "key": column.key,
                    "label": column.label,
                    "kind": column.kind,
                    "section": column.section,
                    "samples": texts,
                }
                for column, texts in zip(columns, samples, strict=True)
            ]
            place = next(
                (
                    number
                    for number, choice in enumerate(choices)
                    if choice["section"] == every["section"]
                ),
                len(choices),
            )
            wizard.choices = [*choices[:place], every, *choices[place:]]

    def _get_samples(self, leads, columns):
        """The first values of each column, as texts."""
        selection = self._get_selection()
        chosen, domain = self.env["prospect.operation"]._get_bulk_search(selection)
        order = chosen._prospect_report_order(selection.get("order"))
        ids = list(chosen._search(domain, order=order, limit=SAMPLES))
        batch = ReportReader(leads, columns, as_text=True).fetch(ids)
        return [[self._shorten(value) for value in values] for values in batch.cells]

    @api.model
    def _shorten(self, value):
        text = "" if value is None else " ".join(str(value).split())
        return text if len(text) <= SAMPLE_LENGTH else f"{text[:SAMPLE_LENGTH]}…"

    @api.onchange("template_id")
    def _onchange_template_id(self):
        if self.template_id:
            offered = {choice["key"] for choice in self.choices or ()}
            kept = [key for key in self.template_id.columns if key in offered]
            self.columns = kept or self.columns

    # --- What to do -------------------------------------------------------------------

    def action_ask(self):
        """Ask for the report; a message says that it is being made."""
        self.ensure_one()
        report = self._make_report()
        if self.is_weekly:
            self.env["prospect.report.schedule"]._schedule(report, self.weekday or "0")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "title": report.name,
                "message": report.notice,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_save(self):
        """Keep the columns under the name of the chosen set."""
        self.ensure_one()
        self.template_id.check_access("write")
        self.template_id.columns = self._get_columns()
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Report by e-mail"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _make_report(self):
        """The report, which waits for the job.

        :return: a ``prospect.report``
        :raises UserError: when there is no column, too many, or no prospect
        :raises AccessError: when the person may not export prospects
        """
        self.ensure_one()
        reports = self.env["prospect.report"]
        reports._check_right()
        columns = self._get_columns()
        found, _gone = self.env["crm.lead"]._prospect_report_find(columns)
        if not found:
            raise UserError(self.env._("Choose at least one column."))
        if self.file_format == "xlsx" and len(found) > SHEET_COLUMNS:
            raise UserError(
                self.env._(
                    "An Excel sheet has %(limit)s columns at most, and you have "
                    "chosen %(count)s. Choose fewer, or the text format (CSV).",
                    limit=SHEET_COLUMNS,
                    count=len(found),
                )
            )
        if not self.count:
            raise UserError(
                self.env._(
                    "No prospect is chosen. Tick some on the Prospects page, or search"
                    " for others."
                )
            )
        return reports._ask(
            self._get_selection(), columns, self.file_format, self.lang, self.name
        )

    def _get_selection(self):
        """What was chosen, as plain values."""
        selection = self.selection or {}
        bulk = self.env["prospect.bulk"].new({"selection": selection})
        order = selection.get("order")
        return {**bulk._get_selection(), **({"order": str(order)} if order else {})}

    def _get_columns(self):
        """Keys of the chosen columns, as plain texts, each once."""
        return list(dict.fromkeys(map(str, self.columns or ())))
