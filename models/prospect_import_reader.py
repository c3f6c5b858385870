"""Rows of a file to rows of the gate. Not a model: it lives as long as one reading."""

import unicodedata

from odoo.fields import Domain
from odoo.tools import plaintext2html

from ..tools.values import clean_email, clean_phone_text, split_cell

# Longer texts belong in the notes; nothing is cut off.
LONGEST = 1000
# Longest name of a tag or a list that an import makes.
LONGEST_NAME = 80


def fold(text):
    """A name without case, accents and double blanks, to find it again.

    >>> fold(" Côte  d'Ivoire ")
    "cote d'ivoire"
    """
    text = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).split())


class ImportReader:
    """Reads the cells of a file as values of ``crm.lead``.

    Names of countries, sources, tags, lists, people are looked up once for each
    distinct text.

    :param env: environment of the person who imports
    :param dict options: of the operation: ``mapping`` ({position: target}), ``notes``
        (positions that go to the notes), ``values`` (of all rows), ``defaults`` (of new
        prospects), ``country_id`` (of national phone numbers), ``create_missing``
    :param list header: names of the columns
    """

    def __init__(self, env, options, header):
        self.env = env
        self.options = options
        self.header = header
        mapping = {
            int(position): target
            for position, target in (options.get("mapping") or {}).items()
            if int(position) < len(header)
        }
        self.plain = [
            (position, target)
            for position, target in mapping.items()
            if not hasattr(self, f"_read_{target}")
        ]
        # the country is needed to read states and phones
        self.special = sorted(
            (
                (position, target, getattr(self, f"_read_{target}"))
                for position, target in mapping.items()
                if hasattr(self, f"_read_{target}")
            ),
            key=lambda column: column[1] != "country_id",
        )
        self.notes = [
            position
            for position in options.get("notes") or []
            if position < len(header) and position not in mapping
        ]
        self.gate = env["crm.lead"].with_context(
            prospect_country_id=options.get("country_id") or False
        )
        self.missing = {"list_ids": {}, "tag_ids": {}}
        self._tables = {}
        self._found = {}

    def read(self, number, cells):
        """One row of the file as a row of the gate.

        :param int number: its line
        :param list cells: its texts
        """
        values, remarks, notes = dict(self.options.get("values") or {}), [], []
        for position, target in self.plain:
            text = cells[position].strip()
            if text:
                values[target] = " ".join(text.split())
        for position, target, read in self.special:
            text = cells[position].strip()
            if text:
                read(text, values, remarks)
        for position in self.notes:
            if cells[position].strip():
                notes.append(f"{self.header[position]}: {cells[position].strip()}")
        if notes:
            known = values.get("description")
            text = "\n".join([known, *notes] if known else notes)
            values["description"] = text
        too_long = next(
            (
                fname
                for fname, value in values.items()
                if isinstance(value, str)
                and len(value) > LONGEST
                and fname != "description"
            ),
            None,
        )
        length = len(values[too_long]) if too_long else 0
        if too_long:
            values[too_long] = values[too_long][:20]
        if values.get("description"):
            values["description"] = str(plaintext2html(values["description"]))
        row = self.gate._prospect_gate_read(
            number, values, self.options.get("defaults")
        )
        row.notes[:0] = remarks
        if too_long:
            row.fail(
                self.env._(
                    "%(field)s: %(count)s characters, where %(limit)s are allowed. Put"
                    " long texts in the notes.",
                    field=self._label(too_long),
                    count=length,
                    limit=LONGEST,
                )
            )
        return row

    def _label(self, fname):
        return self.gate._fields[fname]._description_string(self.env)

    # --- Columns that need more than their text -------------------------------------

    def _read_id(self, text, values, remarks):
        if text.split(".")[0].isdigit():
            values["id"] = int(text.split(".")[0])
        else:
            remarks.append(
                self.env._("“%(text)s” is not the number of a prospect.", text=text)
            )

    def _read_email_from(self, text, values, remarks):
        address, problem = clean_email(text)
        values["email_from"] = address or text
        if problem == "several":
            remarks.append(
                self.env._(
                    "Several e-mail addresses in one cell: %(email)s is used, all are"
                    " in the notes.",
                    email=address,
                )
            )
            self._add_note(values, text)

    def _read_assistant_email(self, text, values, remarks):
        address, _problem = clean_email(text)
        values["assistant_email"] = address or text

    def _read_phone(self, text, values, _remarks):
        values["phone"] = clean_phone_text(text) or text

    def _read_description(self, text, values, _remarks):
        self._add_note(values, text)

    def _add_note(self, values, text):
        known = values.get("description")
        values["description"] = f"{known}\n{text}" if known else text

    def _read_country_id(self, text, values, remarks):
        self._resolve("country_id", text, values, remarks)

    def _read_lang_id(self, text, values, remarks):
        self._resolve("lang_id", text.replace("-", "_"), values, remarks)

    def _read_source_id(self, text, values, remarks):
        self._resolve("source_id", text, values, remarks)

    def _read_status_id(self, text, values, remarks):
        self._resolve("status_id", text, values, remarks)

    def _read_user_id(self, text, values, remarks):
        self._resolve("user_id", text, values, remarks)

    def _read_team_id(self, text, values, remarks):
        self._resolve("team_id", text, values, remarks)

    def _read_civility_id(self, text, values, remarks):
        self._resolve("civility_id", text.rstrip("."), values, remarks)

    def _read_state_id(self, text, values, remarks):
        country_id = values.get("country_id") or 0
        found = self._find("state_id", fold(text))
        states = [state for state, country in found if country_id in (0, country)]
        if len(states) == 1:
            values["state_id"] = states[0]
        else:
            remarks.append(self._tell_unknown("state_id", text, states))

    def _read_tag_ids(self, text, values, remarks):
        self._read_names("tag_ids", text, values, remarks)

    def _read_list_ids(self, text, values, remarks):
        self._read_names("list_ids", text, values, remarks)

    def _read_names(self, fname, text, values, remarks):
        """Several names in a cell; those that nobody knows are made by the run."""
        found = list(values.get(fname, ()))
        for name in split_cell(text):
            known = self._find(fname, fold(name))
            if known:
                found.append(known[0])
            elif self.options.get("create_missing") and len(name) <= LONGEST_NAME:
                found.append(self.missing[fname].setdefault(fold(name), name))
            else:
                remarks.append(self._tell_unknown(fname, name, known))
        values[fname] = sorted(set(found), key=str)

    def _resolve(self, fname, text, values, remarks):
        """The one record that a text names, or a remark."""
        found = self._find(fname, fold(text))
        if len(found) == 1:
            values[fname] = found[0]
        else:
            remarks.append(self._tell_unknown(fname, text, found))

    def _tell_unknown(self, fname, text, found):
        if len(found) > 1:
            return self.env._(
                "%(field)s “%(text)s” can be several: left empty.",
                field=self._label(fname),
                text=text,
            )
        return self.env._(
            "%(field)s “%(text)s” is not known: left empty.",
            field=self._label(fname),
            text=text,
        )

    # --- Names ----------------------------------------------------------------------

    def _find(self, fname, name):
        """Numbers of the records that a folded name means, as a list."""
        if fname not in self._tables:
            table = {}
            for text, number in getattr(self, f"_names_of_{fname}")():
                if text:
                    numbers = table.setdefault(fold(text), [])
                    if number not in numbers:
                        numbers.append(number)
            self._tables[fname] = table
        return self._tables[fname].get(name, [])

    def _translated(self, records, *fnames):
        """(text, number) of translated fields, in all languages that are installed."""
        for code, _name in self.env["res.lang"].get_installed():
            for record in records.with_context(lang=code):
                for fname in fnames:
                    yield record[fname], record.id

    def _names_of_country_id(self):
        countries = self.env["res.country"].search([])
        yield from ((country.code, country.id) for country in countries)
        yield from self._translated(countries, "name")

    def _names_of_state_id(self):
        for state in self.env["res.country.state"].search([]):
            yield state.name, (state.id, state.country_id.id)
            yield state.code, (state.id, state.country_id.id)

    def _names_of_lang_id(self):
        languages = self.env["res.lang"].search([])
        seen = set()
        for language in languages:
            yield language.code, language.id
            for part in language.name.split("/"):
                yield part, language.id
            if language.iso_code:
                yield language.iso_code, language.id
            short = language.code[:2]
            if short not in seen:
                seen.add(short)
                yield short, language.id
        english = {"french": "fr", "english": "en", "anglais": "en", "francais": "fr"}
        for name, short in english.items():
            match = languages.filtered(lambda lang, s=short: lang.code.startswith(s))
            if match:
                yield name, match[0].id

    def _names_of_source_id(self):
        sources = self.env["utm.source"].search([])
        yield from ((source.name, source.id) for source in sources)
        yield from self._translated(sources, "prospect_label")

    def _names_of_status_id(self):
        yield from self._translated(self.env["prospect.status"].search([]), "name")

    def _names_of_civility_id(self):
        civilities = self.env["prospect.civility"].search([])
        for text, number in self._translated(civilities, "name", "full_name"):
            yield (text or "").rstrip("."), number

    def _names_of_team_id(self):
        yield from self._translated(self.env["crm.team"].search([]), "name")

    def _names_of_user_id(self):
        users = self.env["res.users"].search(
            Domain("share", "=", False)
            & Domain("company_ids", "in", self.env.companies.ids)
        )
        for user in users:
            yield from ((text, user.id) for text in {user.login, user.email, user.name})

    def _names_of_tag_ids(self):
        yield from self._translated(self.env["crm.tag"].search([]), "name")

    def _names_of_list_ids(self):
        lists = self.env["prospect.list"].search([])
        yield from ((prospect_list.name, prospect_list.id) for prospect_list in lists)
