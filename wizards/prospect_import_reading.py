import re

from odoo import api, fields, models

from ..models.lead.property_reader import get_style
from ..tools.phone_cells import count_valid, find_phone_country, pick_national
from ..tools.properties import CUSTOM, PROPERTY, READ_PROPERTIES

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d{2})(?!\d)")


class ProspectImport(models.TransientModel):
    """How the texts of a file are meant: in which country phones, in which order dates.

    Found by what is in the file, said over the table, and changed there.
    """

    _name = "prospect.import"
    _inherit = ["prospect.import"]

    country_id = fields.Many2one(default=None)
    phone_samples = fields.Json(readonly=True, export_string_translation=False)
    country_hint = fields.Char(compute="_compute_country_hint")
    company_country_id = fields.Many2one(
        comodel_name="res.country",
        compute="_compute_company_country_id",
        export_string_translation=False,
    )
    date_order = fields.Selection(
        selection=[
            ("dmy", "Day, month, year"),
            ("mdy", "Month, day, year"),
            ("ymd", "Year, month, day"),
        ],
        string="Order of Dates",
        help="Of dates such as 01/02/2026, which can be read in two ways.",
    )
    has_dates = fields.Boolean(readonly=True, export_string_translation=False)

    @api.depends_context("company")
    def _compute_company_country_id(self):
        # sudo: the country of the company, whoever may read it
        self.company_country_id = self.env.company.sudo().country_id

    @api.depends("country_id", "phone_samples")
    @api.depends_context("lang")
    def _compute_country_hint(self):
        """In which country numbers are read, and how many of the sample fit."""
        for wizard in self:
            samples = wizard.phone_samples or []
            country = wizard.country_id
            if not samples:
                wizard.country_hint = False
            elif not country:
                wizard.country_hint = self.env._(
                    "Numbers without prefix are not understood: choose their country."
                )
            else:
                wizard.country_hint = self.env._(
                    "Numbers without prefix are read as in %(country)s: %(valid)s of"
                    " the first %(count)s are valid there.",
                    country=country.name,
                    valid=count_valid(samples, country.code),
                    count=len(samples),
                )

    def action_company_country(self):
        """Read phones in the country of the company, after all."""
        self.ensure_one()
        self.country_id = self.company_country_id
        return True

    def _guess_reading(self, samples):
        """Find the country of phones and the order of dates.

        What a person has chosen stays.

        :param list samples: rows of the file
        """
        self.ensure_one()
        places = self.column_ids.filtered(lambda column: column.target == "phone")
        texts = [row[column.position] for column in places for row in samples]
        self.phone_samples = pick_national(texts)
        if not self.country_id:
            code, _valid, _count = find_phone_country(texts, self._get_own_countries())
            countries = self.env["res.country"]
            self.country_id = (
                code and countries.search([("code", "=", code)], limit=1)
            ) or self.company_country_id
        found = [
            (int(one), int(two))
            for row in samples
            for one, two in _DAY.findall(" ".join(row))
        ]
        self.has_dates = bool(found)
        if not self.date_order:
            order = get_style(self.env).dates
            days = any(one > 12 >= two for one, two in found)
            months = any(two > 12 >= one for one, two in found)
            if days != months:
                order = "dmy" if days else "mdy"
            self.date_order = order

    @api.model
    def _get_own_countries(self):
        """Two letters of the countries that are at home here, best first."""
        region = (self.env.lang or "").partition("_")[2]
        # sudo: the countries of one's own company and address
        return [
            code
            for code in (
                self.company_country_id.code or self.env.company.sudo().country_id.code,
                self.env.user.sudo().partner_id.country_id.code,
                region if len(region) == 2 else None,
            )
            if code
        ]

    def _get_labels(self):
        """With the labels of custom fields and properties as they stand alone."""
        labels = super()._get_labels()
        alone, twice = {}, set()
        items = [(CUSTOM, item) for item in self.env["prospect.property"]._read_items()]
        teams = self.env["crm.team"]
        if teams.has_access("read"):
            items += [
                (PROPERTY, item)
                for team in teams.search([])
                for item in team.lead_properties_definition or []
            ]
        for prefix, item in items:
            label = item.get("string")
            if not label or item["type"] not in READ_PROPERTIES:
                continue
            target = f"{prefix}{item['name']}"
            former = alone.setdefault(label.casefold(), target)
            if former != target and not former.startswith(CUSTOM):
                # of two teams: nobody knows which one is meant
                twice.add(label.casefold())
        for label, target in alone.items():
            if label not in twice:
                labels.setdefault(label, target)
        return labels

    def _get_options(self):
        return {**super()._get_options(), "date_order": self.date_order}

    @api.model
    def _from_operation(self, operation):
        wizard = super()._from_operation(operation)
        order = (operation.options or {}).get("date_order")
        if order:
            wizard.date_order = order
        return wizard
