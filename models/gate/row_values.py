"""What the values of a row mean, whatever channel it comes by. Not a model."""

from odoo.tools import plaintext2html

from ...tools.names import read_name, strip_title
from ...tools.phone_cells import is_national, read_phone_cell
from ...tools.remarks import field_label, record_label, remark
from ...tools.texts import clean_lines, clean_marks, clean_text, is_nothing

# Of people, who may be called Null.
PEOPLE = frozenset(("contact_name", "first_name", "last_name"))
# Several values may stand in them, each on its line.
LINES = frozenset(("email_from", "phone"))


def clean_value(field, text):
    """A text as a field keeps it: cleaned, and empty where it says nothing.

    :param field: of ``crm.lead``
    :param str text: from anywhere
    """
    if field.type == "html":
        return clean_marks(text)
    if field.type == "text":
        return clean_lines(text)
    if field.type != "char":
        return clean_text(text)
    text = clean_lines(text) if field.name in LINES else clean_text(text)
    return "" if is_nothing(text, field.name in PEOPLE) else text


def read_titles(env, values):
    """Move titles that stand with names to the field of titles.

    :param dict values: of ``crm.lead``, changed in place
    """
    for fname in ("contact_name", "first_name", "last_name"):
        text = values.get(fname)
        if not text:
            continue
        if fname == "contact_name":
            name = read_name(text)
            kind, plain = name.title, name.plain
        else:
            kind, plain = strip_title(text, bool(values.get("last_name")))
        if not kind or (not plain and fname != "first_name"):
            continue
        title_id = env["prospect.title"]._get_kinds().get(kind)
        if not title_id:
            continue
        if values.setdefault("title_id", title_id) != title_id:
            # two titles: one has its field, and the other stays with the name
            continue
        values[fname] = plain
        if not plain:
            del values[fname]


def read_row_phone(env, row, country_code):
    """The phone of a row: the first number of its cell, and what is told of the rest.

    :param row: an ``Incoming``, changed in place
    :param str country_code: of numbers without prefix, or None
    """
    values = row.values
    text = values["phone"]
    cell = read_phone_cell(text, country_code)
    if not cell.phone:
        values["phone"] = cell.text or text
        row.notes.append(describe_phone(env, values["phone"], cell, country_code))
        return
    row.phone, values["phone"] = cell.phone[:2]
    if cell.rest:
        label = field_label(env, "crm.lead", "phone")
        note = plaintext2html(f"{label}: {', '.join(cell.rest)}")
        field = env["crm.lead"]._fields["description"]
        values["description"] = field.convert_to_column(
            f"{values.get('description') or ''}{note}", env["crm.lead"]
        )
        row.notes.append(remark(env, "gate.several_phones", phone=values["phone"]))


def describe_phone(env, text, cell, country_code):
    """Why a text is no number that people are known by."""
    if cell.problem == "lost_digits":
        return remark(env, "gate.phone_lost_digits", phone=text)
    if country_code and is_national(text):
        # sudo: the name of a country, whoever reads it
        countries = env["res.country"].sudo()
        country = countries.search([("code", "=", country_code)], limit=1)
        if country:
            return remark(
                env,
                "gate.phone_not_in_country",
                phone=text,
                country=record_label(country),
            )
    return remark(env, "gate.phone_invalid", phone=text)
