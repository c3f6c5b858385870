from datetime import date, datetime

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ...tools.reports import ReportColumn

# Kinds of columns, by type of field.
KINDS = {
    "boolean": "boolean",
    "char": "text",
    "date": "date",
    "datetime": "datetime",
    "float": "number",
    "html": "text",
    "integer": "integer",
    "many2many": "text",
    "many2one": "text",
    "monetary": "number",
    "selection": "text",
    "text": "text",
}
# What people look for, under the heading where they look for it.
SECTIONS = {
    "prospect": """name status_id title_id first_name last_name contact_name function
        partner_name priority tag_ids description""",
    "contact": """email_from phone assistant_email website street street2 zip city
        state_id country_id lang_id""",
    "work": """user_id team_id company_id lost_reason_id converted_by_id
        prospect_contact_id prospect_company_id prospect_opportunity_id expected_revenue
        probability""",
    "origin": "source_id medium_id campaign_id referred create_uid",
    "dates": """create_date date_open date_conversion date_closed
        date_last_stage_update write_date""",
    "quality": "is_flagged flag_reasons is_repeat message_bounce",
    "lists": "list_ids",
}
# Copies of other fields and figures of the machine, which nobody reads.
TECHNICAL = frozenset(
    """
    active automated_probability color company_currency day_close day_open
    duration_tracking email_cc email_domain_criterion email_normalized email_state id
    is_automated_probability is_listed lead_properties message_main_attachment_id
    phone_sanitized phone_state prorated_revenue recurring_revenue_monthly
    recurring_revenue_monthly_prorated recurring_revenue_prorated won_status write_uid
    """.split()  # noqa: SIM905 - read as words
)
# The columns of somebody who chooses none [IE-31].
DEFAULT = """status_id name first_name last_name partner_name email_from phone city
    country_id user_id source_id create_date lists:all""".split()  # noqa: SIM905
ALL_LISTS = "lists:all"


class CrmLead(models.Model):
    """Which columns a report of prospects can have [IE-31].

    Bridges bring theirs by extending :meth:`_prospect_report_columns`.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_report_columns(self):
        """All columns that the person can choose, under their headings.

        Bridges add ``ReportColumn`` of their own; one with ``read`` is read once a
        batch, by a function of the prospects::

            return [
                *super()._prospect_report_columns(),
                ReportColumn(
                    "event:presence",
                    self.env._("Present"),
                    "boolean",
                    self.env._("Events"),
                    read=lambda leads: leads._get_presence(),
                ),
            ]

        :return: a list of ``ReportColumn``, keys and labels all different
        """
        columns = [
            *self._prospect_report_known_columns(),
            *self._prospect_report_list_columns(),
            *self._prospect_report_property_columns(),
            *self._prospect_contact_columns(),
        ]
        known = {column.field for column in columns}
        return columns + self._prospect_report_other_columns(known)

    @api.model
    def _prospect_report_find(self, keys):
        """The columns of some keys, in their order.

        :param list keys: as the saved sets hold them
        :return: (columns with labels all different, keys that stand for none any more)
        """
        offered = {column.key: column for column in self._prospect_report_columns()}
        chosen, gone = {}, []
        for key in keys:
            if key == ALL_LISTS:
                for each in self._prospect_report_get_list_keys():
                    chosen.setdefault(each, offered[each])
            elif key in offered:
                chosen.setdefault(key, offered[key])
            else:
                gone.append(key)
        return self._prospect_report_distinguish(chosen.values()), gone

    @api.model
    def _prospect_report_distinguish(self, columns):
        """Columns with labels all different: two lists may have the same name."""
        labels, distinct = set(), []
        for column in columns:
            label, number = column.label, 1
            while label.casefold() in labels:
                number += 1
                label = f"{column.label} ({number})"
            labels.add(label.casefold())
            distinct.append(column._replace(label=label))
        return distinct

    @api.model
    def _prospect_report_sections(self):
        """{name: heading}."""
        return {
            "prospect": self.env._("Prospect"),
            "contact": self.env._("Contact details"),
            "work": self.env._("Work"),
            "origin": self.env._("Origin"),
            "dates": self.env._("Dates"),
            "quality": self.env._("Quality"),
            "lists": self.env._("Lists"),
            "properties": self.env._("Properties of teams"),
            "custom": self.env._("Custom fields"),
            "other": self.env._("Other fields"),
        }

    # --- Fields -----------------------------------------------------------------------

    @api.model
    def _prospect_report_known_columns(self):
        sections = self._prospect_report_sections()
        return [
            self._prospect_report_field_column(fname, sections[section])
            for section, fnames in SECTIONS.items()
            for fname in fnames.split()
            if self._prospect_report_has_field(fname)
        ]

    @api.model
    def _prospect_report_other_columns(self, known):
        """Custom fields, then what other add-ons store on prospects."""
        sections = self._prospect_report_sections()
        columns = []
        for is_manual in (True, False):
            section = sections["custom" if is_manual else "other"]
            found = [
                self._prospect_report_field_column(fname, section)
                for fname, field in self._fields.items()
                if fname not in known
                and fname not in TECHNICAL
                and bool(field.manual) is is_manual
                and field.type in KINDS
                and self._prospect_report_has_field(fname)
            ]
            columns += sorted(found, key=lambda column: column.label.casefold())
        return columns

    @api.model
    def _prospect_report_has_field(self, fname):
        """Whether the person can have a field as a column."""
        field = self._fields.get(fname)
        return bool(
            field
            and field.store
            and (
                (field.exportable and field.type in KINDS)
                # kept as data, told in words
                or fname == "flag_reasons"
            )
            and self._has_field_access(field, "read")
        )

    @api.model
    def _prospect_report_field_column(self, fname, section):
        field = self._fields[fname]
        convert = None
        if fname == "flag_reasons":
            convert = self._prospect_report_describe_flags
        elif field.type == "html":
            convert = self._prospect_report_strip
        # as on the Prospects page
        labels = {
            "name": self.env._("Prospect"),
            "user_id": self.env._("Salesperson"),
            "flag_reasons": self.env._("Flag reasons"),
        }
        return ReportColumn(
            fname,
            labels.get(fname) or field._description_string(self.env) or fname,
            KINDS.get(field.type, "text"),
            section,
            fname,
            convert,
        )

    @api.model
    def _prospect_report_describe_flags(self, values):
        """Why prospects are doubtful, in words."""
        return [
            " ".join(map(self._prospect_describe_flag, reasons)) if reasons else None
            for reasons in values
        ]

    @api.model
    def _prospect_report_strip(self, values):
        """Notes without their markup."""
        return [html2plaintext(value).strip() if value else None for value in values]

    # --- Lists ------------------------------------------------------------------------

    @api.model
    def _prospect_report_get_list_keys(self):
        """Keys of the columns of all lists that the person sees, in their order."""
        lists = self.env["prospect.list"]
        return [f"list:{number}" for number in lists._search([], order=lists._order)]

    @api.model
    def _prospect_report_list_columns(self):
        """One Yes/No column for each list that the person sees."""
        section = self._prospect_report_sections()["lists"]
        # all of them are offered; their names are read at once
        # pylint: disable=no-search-all
        lists = self.env["prospect.list"].search_fetch([], ["name"])
        return [
            ReportColumn(f"list:{each.id}", each.name, "boolean", section)
            for each in lists
        ]

    # --- Properties of teams ----------------------------------------------------------

    @api.model
    def _prospect_report_property_columns(self):
        """One column for each property that a team gives its prospects."""
        section = self._prospect_report_sections()["properties"]
        field = self._fields["lead_properties"]
        if not self._has_field_access(field, "read"):
            return []
        # sudo: how the properties are called, for who sees the prospects: of teams of
        # the person's companies, though it may not be their own team
        teams = self.env["crm.team"].sudo().with_context(active_test=False)
        companies = [*self.env.companies.ids, False]
        columns = {}
        for team in teams.search(
            [
                ("lead_properties_definition", "!=", False),
                ("company_id", "in", companies),
            ]
        ):
            for definition in team.lead_properties_definition or ():
                kind = KINDS.get(definition["type"])
                if definition["type"] == "tags":
                    kind = "text"
                comodel = definition.get("comodel")
                if kind and (not comodel or comodel in self.env):
                    key = f"property:{definition['name']}"
                    label = f"{definition.get('string') or key} ({team.name})"
                    columns[key] = ReportColumn(
                        key,
                        label,
                        kind,
                        section,
                        "lead_properties",
                        self._prospect_report_property_converter(definition),
                    )
        return list(columns.values())

    @api.model
    def _prospect_report_property_converter(self, definition):
        """A function that reads one property from the values of all of them."""
        name, kind = definition["name"], definition["type"]
        labels = dict(definition.get("selection") or ())
        labels.update((tag[0], tag[1]) for tag in definition.get("tags") or ())

        def convert(values):
            found = [(value or {}).get(name) for value in values]
            if kind == "many2one":
                return self._prospect_report_name_properties(
                    definition, [[value] if value else [] for value in found]
                )
            if kind == "many2many":
                return self._prospect_report_name_properties(
                    definition, [value or [] for value in found]
                )
            return [
                self._prospect_report_describe(kind, value, labels) for value in found
            ]

        return convert

    @api.model
    def _prospect_report_describe(self, kind, value, labels):
        """One property, as it is in the table, as a plain value."""
        if value is None or value is False:
            return None
        describe = {
            "selection": labels.get,
            "tags": lambda tags: ", ".join(
                labels[tag] for tag in tags if tag in labels
            ),
            "html": lambda text: html2plaintext(text).strip(),
            "date": lambda text: date.fromisoformat(text[:10]),
            "datetime": lambda text: datetime.fromisoformat(text[:19]),
        }.get(kind)
        return describe(value) if describe else value

    @api.model
    def _prospect_report_name_properties(self, definition, links):
        """Names of the records of a property, in one text for each prospect."""
        model = self.env[definition["comodel"]]
        numbers = {number for each in links for number in each}
        # sudo: as on the pages, the name of what a visible prospect refers to
        records = model.sudo().browse(numbers).exists()
        names = {record.id: record.display_name for record in records}
        return [
            ", ".join(names[number] for number in each if number in names)
            for each in links
        ]

    # --- From the pages ---------------------------------------------------------------

    @api.model
    def _prospect_get_hidden_actions(self, view_id, view_type):
        """Reports are offered on the Prospects pages alone."""
        hidden = super()._prospect_get_hidden_actions(view_id, view_type)
        if self._prospect_is_other_page(view_id, view_type):
            get_id = self.env["ir.model.data"]._xmlid_to_res_id
            hidden.add(get_id("prospect.prospect_report_ask_action"))
        return hidden

    @api.model
    def _prospect_report_order(self, order):
        """How the rows of a report are sorted: as a page was, or else as usual.

        :param str order: as for ``search``; one that cannot be read, by whoever sent it
            or because a field is gone since, is as good as none
        """
        if order:
            order = f"{order}, {self._order}"
            try:
                self._search([], order=order)
            except (UserError, ValueError):
                return self._order
        return order or self._order

    @api.model
    def _prospect_report_count(self, selection):
        """How many prospects are chosen, of those that the person sees.

        :param dict selection: ``ids`` or ``domain``, see ``prospect.bulk``
        """
        leads, domain = self.env["prospect.operation"]._get_bulk_search(selection)
        return leads.search_count(domain)
