"""Rows of a file to rows of the gate. Not a model: it lives as long as one reading."""

from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...tools.phones import split_extension
from ...tools.properties import CUSTOM, PROPERTY, read_property
from ...tools.trusted import trusted
from ...tools.values import clean_email, clean_phone_text, fold, split_cell

# Longer texts belong in the notes; nothing is cut off.
LONGEST = 1000
# Distinct texts that are remembered, so that a large file is not kept in memory.
MOST_CELLS = 20_000
# Longest name of a tag or a list that an import makes.
LONGEST_NAME = 80


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
        self.missing = {"list_ids": {}, "tag_ids": {}}
        self._tables = {}
        self._definitions = {}
        self._custom = None
        self._found = {}
        self._cells = {}

    def read_row(self, number, cells):
        """One row of the file as a row of the gate.

        :param int number: its line
        :param list cells: its texts
        """
        values, remarks = dict(self.options.get("values") or {}), []
        for position, target in self.plain:
            text = cells[position].strip()
            if text:
                values[target] = " ".join(text.split())
        for position, _target, read in self.special:
            text = cells[position].strip()
            if text:
                read(text, values, remarks)
        self._read_notes(cells, values)
        problem = self._shorten(values) or self._refuse_number(values)
        if values.get("description"):
            values["description"] = str(plaintext2html(values["description"]))
        row = self.gate.env["prospect.gate"]._read(
            number, values, self.options.get("defaults")
        )
        row.notes[:0] = remarks
        if problem:
            row.fail(problem)
        return row

    def _read_notes(self, cells, values):
        """Give the cells that are no field's to properties, else to the notes."""
        for position, name in self.custom:
            text = cells[position].strip()
            if text and not self._read_custom(name, text, values):
                self._add_note(values, f"{self.header[position]}: {text}")
        for position, name in self.properties:
            text = cells[position].strip()
            if text and not self._read_property(name, text, values):
                self._add_note(values, f"{self.header[position]}: {text}")
        for position in self.notes:
            text = cells[position].strip()
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
                return self.env._(
                    "%(field)s: %(count)s characters, where %(limit)s are allowed. Put"
                    " long texts in the notes.",
                    field=self._label(fname),
                    count=len(value),
                    limit=LONGEST,
                )
        return None

    def _label(self, fname):
        return self.gate._fields[fname]._description_string(self.env)

    # --- Columns that need more than their text -------------------------------------

    def _refuse_number(self, values):
        """What is wrong with a number that names no prospect, or None: who spoilt the
        key of an extract would get a second prospect [IY-19].
        """
        if not isinstance(values.get("id"), str):
            return None
        return self.env._(
            "“%(text)s” is not the number of a prospect.", text=values.pop("id")
        )

    def _read_id(self, text, values, remarks):
        number = text.split(".")[0]
        if number.isascii() and number.isdigit() and len(number) < 10:
            values["id"] = int(number)
        elif "." not in text:
            values["id"] = text[:20]
        else:
            # an identifier of another export: people are known by their addresses
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
        number, extension = split_extension(text)
        phone = clean_phone_text(number) or number
        values["phone"] = f"{phone} ext. {extension}" if extension else phone

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

    def _read_title_id(self, text, values, remarks):
        self._resolve("title_id", text.rstrip("."), values, remarks)

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
        for name in split_cell(text):
            known = self._look_up(fname, name)
            if known:
                found.append(known[0])
            elif self.options.get("create_missing") and len(name) <= LONGEST_NAME:
                found.append(self.missing[fname].setdefault(fold(name), name))
            else:
                remarks.append(self._describe_unknown(fname, name, known))
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
            return self.env._(
                "%(field)s “%(text)s” can be several: left empty.",
                field=self._label(fname),
                text=text,
            )
        return self.env._(
            "%(field)s “%(text)s” does not exist: left empty.",
            field=self._label(fname),
            text=text,
        )

    # --- Properties -----------------------------------------------------------------

    def _read_custom(self, name, text, values):
        """Give a custom field of all prospects a value.

        :return: whether there is such a field that can hold the text
        """
        if self._custom is None:
            items = self.env["prospect.property"]._read_items()
            self._custom = {item["name"]: item for item in items}
        definition = self._custom.get(name)
        value = read_property(definition, text) if definition else None
        if value is None:
            return False
        values.setdefault("properties", {})[name] = value
        return True

    def _read_property(self, name, text, values):
        """Give a property of the row's team a value.

        :return: whether the team has the property and can hold the text; otherwise it
            goes to the notes
        """
        defaults = self.options.get("defaults") or {}
        team_id = values.get("team_id") or defaults.get("team_id")
        if team_id not in self._definitions:
            team = self.env["crm.team"].browse(team_id or [])
            self._definitions[team_id] = {
                definition["name"]: definition
                for definition in team.lead_properties_definition or []
            }
        definition = self._definitions[team_id].get(name)
        value = read_property(definition, text) if definition else None
        if value is None:
            return False
        values.setdefault("lead_properties", {})[name] = value
        return True

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

    def _names_of_title_id(self):
        titles = self.env["prospect.title"].search([])
        for text, number in self._translated(titles, "name", "full_name"):
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
