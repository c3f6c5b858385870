"""Rows of a file to rows of the gate. Not a model: it lives as long as one reading."""

from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...tools.cells import split_names
from ...tools.countries import find_country_code
from ...tools.properties import CUSTOM, PROPERTY
from ...tools.remarks import field_label, remark
from ...tools.trusted import trusted
from ...tools.values import clean_email, fold, read_cell
from ..lead.property_reader import PropertyReader
from .cells import CellReader

# Longer texts belong in the notes; nothing is cut off.
LONGEST = 1000
# Distinct texts that are remembered, so that a large file is not kept in memory.
MOST_CELLS = 20_000
# Longest name of a tag or a list that an import makes.
LONGEST_NAME = 80


class ImportReader(CellReader):
    """Reads the cells of a file as values of ``crm.lead``.

    Names of countries, sources, tags, lists, people are looked up once for each
    distinct text.

    :param env: environment of the person who imports
    :param dict options: of the operation: ``mapping`` ({position: target}), ``notes``
        (positions that go to the notes), ``values`` (of all rows), ``defaults`` (of new
        prospects), ``country_id`` (of national phone numbers), ``create_missing``,
        ``date_order`` (of dates, where it is not the language's)
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
            and not target.startswith((CUSTOM, PROPERTY))
        ]
        self.custom = [
            (position, target.removeprefix(CUSTOM))
            for position, target in mapping.items()
            if target.startswith(CUSTOM)
        ]
        self.properties = [
            (position, target.removeprefix(PROPERTY))
            for position, target in mapping.items()
            if target.startswith(PROPERTY)
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
            **trusted(prospect_country_id=options.get("country_id") or False)
        )
        self._gate = self.gate.env["prospect.gate"]
        # those that come from cells alone, which are cleaned when they are read
        self._cleaned = frozenset(target for _position, target in self.plain)
        self._cleaned -= (options.get("values") or {}).keys()
        self.missing = {"list_ids": {}, "tag_ids": {}}
        # whoever was archived is not found by a name
        self.records = env(context={**env.context, "active_test": True})
        self._properties = PropertyReader(self.records, options)
        self._tables = {}
        self._archived = {}
        self._found = {}
        self._cells = {}

    def read_row(self, number, cells):
        """One row of the file as a row of the gate.

        :param int number: its line
        :param list cells: its texts
        """
        values, remarks = dict(self.options.get("values") or {}), []
        self.opted_out = False
        for position, target in self.plain:
            text = read_cell(cells[position], target)
            if text:
                values[target] = text
        for position, target, read in self.special:
            text = read_cell(cells[position], target)
            if text:
                read(text, values, remarks)
        self._keep_name(cells, values)
        self._read_notes(cells, values, remarks)
        problem = self._shorten(values) or self._refuse_number(values)
        if values.get("description"):
            values["description"] = str(plaintext2html(values["description"]))
        row = self._gate._read(
            number, values, self.options.get("defaults"), self._cleaned
        )
        row.notes[:0] = remarks
        row.opted_out = self.opted_out
        if problem:
            row.fail(problem)
        return row

    def _read_notes(self, cells, values, remarks):
        """Give the cells that are no field's to properties, else to the notes."""
        defaults = self.options.get("defaults") or {}
        team_id = values.get("team_id") or defaults.get("team_id")
        for columns, place, team in (
            (self.custom, "properties", None),
            (self.properties, "lead_properties", team_id or False),
        ):
            for position, name in columns:
                text = read_cell(cells[position], "description")
                value, told = self._properties.read_value(name, text, team)
                if value is not None:
                    values.setdefault(place, {})[name] = value
                if told:
                    self._add_note(values, f"{self.header[position]}: {text}")
                    remarks.append(told)
        for position in self.notes:
            text = read_cell(cells[position], "description")
            if text:
                self._add_note(values, f"{self.header[position]}: {text}")

    def _shorten(self, values):
        """What is wrong with a text that no field can hold, or None."""
        for fname, value in values.items():
            if (
                isinstance(value, str)
                and len(value) > LONGEST
                and fname != "description"
            ):
                values[fname] = value[:20]
                return remark(
                    self.env,
                    "gate.too_long",
                    field=self._label(fname),
                    count=len(value),
                    limit=LONGEST,
                )
        return None

    def _label(self, fname):
        return field_label(self.env, self.gate._name, fname)

    # --- Columns that need more than their text -------------------------------------

    def _refuse_number(self, values):
        """What is wrong with a number that names no prospect, or None: who spoilt the
        key of an extract would get a second prospect [IY-19].
        """
        if not isinstance(values.get("id"), str):
            return None
        return remark(self.env, "gate.no_number", text=values.pop("id"))

    def _read_id(self, text, values, remarks):
        number = text.split(".")[0]
        if number.isascii() and number.isdigit() and len(number) < 10:
            values["id"] = int(number)
        elif "." not in text:
            values["id"] = text[:20]
        else:
            # an identifier of another export: people are known by their addresses
            remarks.append(remark(self.env, "gate.no_number", text=text))

    def _read_email_from(self, text, values, remarks):
        address, problem = clean_email(text)
        values["email_from"] = address or text
        if problem == "several":
            remarks.append(
                remark(
                    self.env,
                    "gate.several_emails",
                    email=address,
                )
            )
            self._add_note(values, text)

    def _read_assistant_email(self, text, values, remarks):
        address, _problem = clean_email(text)
        values["assistant_email"] = address or text

    def _read_description(self, text, values, _remarks):
        self._add_note(values, text)

    def _add_note(self, values, text):
        existing = values.get("description")
        values["description"] = f"{existing}\n{text}" if existing else text

    def _read_country_id(self, text, values, remarks):
        if not self._look_up("country_id", text):
            # what it is called in other languages, and by its codes
            text = find_country_code(text) or text
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

    def _read_title_id(self, text, values, remarks):
        title_id = self.env["prospect.title"]._find_title(text)
        if title_id:
            values["title_id"] = title_id
        else:
            remarks.append(self._describe_unknown("title_id", text, []))

    def _read_state_id(self, text, values, remarks):
        country_id = values.get("country_id") or 0
        found = self._find("state_id", fold(text))
        states = [state for state, country in found if country_id in (0, country)]
        if len(states) == 1:
            values["state_id"] = states[0]
        else:
            remarks.append(self._describe_unknown("state_id", text, states))

    def _read_tag_ids(self, text, values, remarks):
        self._read_names("tag_ids", text, values, remarks)

    def _read_list_ids(self, text, values, remarks):
        self._read_names("list_ids", text, values, remarks)

    def _read_names(self, fname, text, values, remarks):
        """Several names in a cell; those that nobody knows are made by the run."""
        if fname not in values and (fname, text) in self._cells:
            values[fname] = list(self._cells[fname, text])
            return
        found, told = list(values.get(fname, ())), len(remarks)
        for name in split_names(text):
            existing = self._look_up(fname, name)
            if existing:
                found.append(existing[0])
            elif self._is_archived(fname, name):
                remarks.append(self._describe_unknown(fname, name, existing))
            elif self.options.get("create_missing") and len(name) <= LONGEST_NAME:
                found.append(self.missing[fname].setdefault(fold(name), name))
            else:
                remarks.append(self._describe_unknown(fname, name, existing))
        known_cell = fname not in values and len(remarks) == told
        values[fname] = sorted(set(found), key=str)
        if known_cell and len(self._cells) < MOST_CELLS:
            self._cells[fname, text] = list(values[fname])

    def _resolve(self, fname, text, values, remarks):
        """The one record that a text names, or a remark."""
        found = self._look_up(fname, text)
        if len(found) == 1:
            values[fname] = found[0]
        else:
            remarks.append(self._describe_unknown(fname, text, found))

    def _describe_unknown(self, fname, text, found):
        if len(found) > 1:
            return remark(
                self.env,
                "gate.several_records",
                field=self._label(fname),
                text=text,
            )
        return remark(
            self.env,
            "gate.archived_record"
            if self._is_archived(fname, text)
            else "gate.no_record",
            field=self._label(fname),
            text=text,
        )

    # --- Names ----------------------------------------------------------------------

    def _look_up(self, fname, text):
        """The same as ``_find`` for a text of the file, which often comes again."""
        found = self._found.get((fname, text))
        if found is None:
            found = self._find(fname, fold(text))
            if len(self._found) < MOST_CELLS:
                self._found[fname, text] = found
        return found

    def _find(self, fname, name):
        """Ids of the records that a folded name means, as a list."""
        if fname not in self._tables:
            self._tables[fname] = self._make_table(fname)
        return self._tables[fname].get(name, [])

    def _make_table(self, fname):
        """{folded name: ids of the records that are called so}."""
        table = {}
        for text, number in getattr(self, f"_names_of_{fname}")():
            if text:
                numbers = table.setdefault(fold(text), [])
                if number not in numbers:
                    numbers.append(number)
        return table

    def _is_archived(self, fname, text):
        """Whether only somebody or something that was archived is called so."""
        if not hasattr(self, f"_names_of_{fname}"):
            return False
        if fname not in self._archived:
            records = self.records
            self.records = records(context={**records.context, "active_test": False})
            self._archived[fname] = self._make_table(fname)
            self.records = records
        return fold(text) in self._archived[fname]

    def _translated(self, records, *fnames):
        """(text, number) of translated fields, in all languages that are installed."""
        for code, _name in self.env["res.lang"].get_installed():
            for record in records.with_context(lang=code):
                for fname in fnames:
                    yield record[fname], record.id

    def _names_of_country_id(self):
        countries = self.records["res.country"].search([])
        yield from ((country.code, country.id) for country in countries)
        yield from self._translated(countries, "name")

    def _names_of_state_id(self):
        for state in self.records["res.country.state"].search([]):
            yield state.name, (state.id, state.country_id.id)
            yield state.code, (state.id, state.country_id.id)

    def _names_of_lang_id(self):
        languages = self.records["res.lang"].search([])
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
        sources = self.records["utm.source"].search([])
        yield from ((source.name, source.id) for source in sources)
        yield from self._translated(sources, "prospect_label")

    def _names_of_status_id(self):
        yield from self._translated(self.records["prospect.status"].search([]), "name")

    def _names_of_team_id(self):
        yield from self._translated(self.records["crm.team"].search([]), "name")

    def _names_of_user_id(self):
        users = self.records["res.users"].search(
            Domain("share", "=", False)
            & Domain("company_ids", "in", self.env.companies.ids)
        )
        for user in users:
            yield from ((text, user.id) for text in {user.login, user.email, user.name})

    def _names_of_tag_ids(self):
        yield from self._translated(self.records["crm.tag"].search([]), "name")

    def _names_of_list_ids(self):
        lists = self.records["prospect.list"].search([])
        yield from ((prospect_list.name, prospect_list.id) for prospect_list in lists)
