from odoo import Command, api, models

from ...tools.identity import is_nobodys
from ...tools.incoming import Incoming
from ...tools.matching import identity_key
from ...tools.remarks import remark
from ...tools.trusted import read_trusted
from ...tools.values import clean_email
from .row_values import clean_value, read_row_phone, read_titles

# What makes a row a person.
IDENTITY_FIELDS = ("contact_name", "first_name", "last_name", "partner_name", "name")
# Types of fields whose values are what is written.
TEXTS = ("char", "selection", "text")


class ProspectGate(models.AbstractModel):
    """Reading: rows with clean values, and what people are known by."""

    _name = "prospect.gate"
    _inherit = ["prospect.gate"]

    @api.model
    def _read(self, number, values, defaults=None, cleaned=frozenset()):
        """One row with clean values and its identity; what cannot be used has failed.

        :param int number: its place
        :param dict values: values of ``crm.lead``, from any channel
        :param cleaned: names of fields whose texts a channel has cleaned already
        """
        row = Incoming(number, {}, notes=list(getattr(values, "remarks", ())))
        values = dict(values)
        row.wanted = values.pop("id", 0) or 0
        fields = self.env["crm.lead"]._fields
        for fname, value in values.items():
            field = fields.get(fname)
            if field is None:
                raise ValueError(f"crm.lead has no field {fname!r}")
            if type(value) is str and field.type in TEXTS:
                # most values, and a file has many
                if fname not in cleaned:
                    value = clean_value(field, value)
            elif type(value) is not int:
                value = self._clean(field, value)
            elif field.type == "many2many":
                value = [value] if value else []
            if value or (value == 0 and value is not False):
                row.values[fname] = value
        read_titles(self.env, row.values)
        self._identify(row, defaults or {})
        # what a channel has told already is told once
        row.notes = list(dict.fromkeys(row.notes))
        return row

    @api.model
    def _clean(self, field, value):
        """A value as plain data: numbers for relations, text without outer blanks."""
        if isinstance(value, models.BaseModel):
            value = value.ids if field.type == "many2many" else value.id
        if field.type == "many2many" and value:
            return self._get_ids(value)
        if field.type in ("date", "datetime") and value:
            return field.to_string(field.convert_to_cache(value, self.env["crm.lead"]))
        if field.type == "html" and value:
            # as it will be stored, so that the same notes are seen to be the same
            value = clean_value(field, value)
            return field.convert_to_column(value, self.env["crm.lead"]) or ""
        if isinstance(value, str):
            return clean_value(field, value)
        return value

    @api.model
    def _get_ids(self, value):
        """Ids of the records that a value of a many2many joins."""
        ids = set()
        for item in [value] if isinstance(value, int) else value:
            if isinstance(item, (int, str)):
                # a text is the name of a tag or list that an import will make
                ids.add(item)
            elif item[0] == Command.LINK:
                ids.add(item[1])
            elif item[0] == Command.SET:
                ids.update(item[2])
        return sorted(ids, key=str)

    @api.model
    def _identify(self, row, defaults):
        """Find e-mail, phone and key of a row."""
        values = row.values
        if values.get("email_from"):
            row.email, _problem = clean_email(values["email_from"])
            if not row.email:
                row.notes.append(
                    remark(self.env, "gate.email_invalid", email=values["email_from"])
                )
            elif is_nobodys(row.email):
                row.notes.append(
                    remark(self.env, "gate.address_no_persons", email=row.email)
                )
                row.email = None
        if values.get("assistant_email"):
            row.assistant, _problem = clean_email(values["assistant_email"])
        if values.get("phone"):
            country_id = values.get("country_id") or defaults.get("country_id")
            read_row_phone(self.env, row, self._get_country(country_id))
        row.key = identity_key(row.email, row.phone)
        if (
            not row.key
            and not row.wanted
            and not any(values.get(fname) for fname in IDENTITY_FIELDS)
        ):
            row.fail(remark(self.env, "gate.nobody"))

    @api.model
    def _get_country(self, country_id):
        """Two letters of the country in which national numbers are read."""
        country_id = country_id or read_trusted(self.env.context, "prospect_country_id")
        if not country_id:
            # sudo: the country of the company, for visitors too
            return self.env.company.sudo().country_id.code or None
        codes = self.env.cr.cache.setdefault("prospect_country_codes", {})
        if country_id not in codes:
            codes[country_id] = self.env["res.country"].browse(country_id).code or None
        return codes[country_id]
