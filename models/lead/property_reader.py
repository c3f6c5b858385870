"""Texts to values of custom fields and properties. Not a model."""

import re

import pytz

from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...tools.figures import MACHINE, make_style
from ...tools.properties import FREE_PROPERTIES, Way, read_property
from ...tools.remarks import remark
from ...tools.texts import clean_text, fold, is_nothing

# What is written in several ways, or means something to a search.
_OTHERS = re.compile(r"[^A-Za-z0-9\s]")
# Texts of one model that are remembered, so that a large file is not kept in memory.
MOST_NAMES = 5_000


def get_style(env, date_order=None):
    """How the language of an environment writes dates and numbers.

    :param str date_order: ``dmy``, ``mdy`` or ``ymd`` where it is known otherwise
    """
    data = env["res.lang"]._get_data(code=env.lang or "en_US")
    if not data:
        return MACHINE
    style = make_style(data.date_format, data.decimal_point, data.thousands_sep)
    return style._replace(dates=date_order) if date_order else style


class PropertyReader:
    """Reads texts as values of properties, in the language of the environment.

    :param env: of the person who imports, or of the inbox
    :param dict options: ``date_order`` where it is not the language's
    """

    def __init__(self, env, options):
        self.env = env
        self.options = options
        self._definitions = {}
        self._names = {}
        self._way = None

    def read(self, name, text, team_id=None):
        """The value of a property, or None, and what is to be told, or None.

        :param str text: cleaned
        :param team_id: of a property of a team; None for those of all prospects
        """
        definition = self._get_definitions(team_id).get(name)
        kind = definition and definition["type"]
        if not text or (kind not in FREE_PROPERTIES and is_nothing(clean_text(text))):
            return None, None
        label = (definition or {}).get("string") or name
        if not definition:
            return None, remark(self.env, "lead.property_unknown", text=text)
        value = read_property(definition, text, self._get_way())
        if value is None:
            code = "lead.property_misfit"
            return None, remark(self.env, code, field=label, text=text)
        return value, None

    def _get_way(self):
        if self._way is None:
            zone = self.env.context.get("tz") or self.env.user.tz or "UTC"
            self._way = Way(
                get_style(self.env, self.options.get("date_order")),
                pytz.timezone(zone) if zone in pytz.all_timezones_set else pytz.UTC,
                self._find,
            )
        return self._way

    def _get_definitions(self, team_id):
        if team_id not in self._definitions:
            if team_id is None:
                items = self.env["prospect.property"]._read_items()
            else:
                team = self.env["crm.team"].browse(team_id or [])
                items = team.lead_properties_definition or []
            self._definitions[team_id] = {item["name"]: item for item in items}
        return self._definitions[team_id]

    def _find(self, model, text):
        """The numbers of the records that are called so and may be read."""
        key = (model, text)
        if key not in self._names:
            if len(self._names) >= MOST_NAMES:
                self._names.clear()
            self._names[key] = self._search(model, text)
        return self._names[key]

    def _search(self, model, text):
        if model not in self.env:
            return []
        records = self.env[model]
        try:
            # any mark and any letter with an accent, then the same to a reader
            pattern = _OTHERS.sub("_", text)
            found = records.search(Domain("display_name", "=ilike", pattern), limit=50)
            found = found.filtered(
                lambda record: fold(record.display_name or "") == fold(text)
            )
        except (AccessError, NotImplementedError, ValueError):
            return []
        return found.ids
