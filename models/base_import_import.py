from odoo import models

from ..tools import guess_fields


class BaseImportImport(models.TransientModel):
    _inherit = "base_import.import"

    def _get_mapping_suggestions(self, headers, header_types, fields_tree):
        """Know the headers that files of people really carry [MO-38].

        What somebody chose before (a saved mapping) still wins, and so does a
        header that is a technical field name, as an export writes it.
        """
        suggestions = super()._get_mapping_suggestions(
            headers, header_types, fields_tree
        )
        if self.res_model != "crm.lead":
            return suggestions
        known = {field["name"] for field in fields_tree}
        saved = self._get_saved_headers()
        kept, free = set(), []
        for position, header in enumerate(headers):
            path = (suggestions.get((position, header)) or {}).get("field_path")
            if path and (header.lower() in saved or header == path[-1]):
                kept.add(path[0])
            else:
                free.append(position)
        guesses = guess_fields([headers[position] for position in free])
        ours = {
            free[index]: field
            for index, field in guesses.items()
            if field in known and field not in kept
        }
        taken = set(ours.values())
        for position in free:
            key = (position, headers[position])
            path = (suggestions.get(key) or {}).get("field_path")
            if position in ours:
                suggestions[key] = {"field_path": [ours[position]], "distance": 0}
            elif path and path[0] in taken:
                # two columns on one field would be joined into one value
                suggestions[key] = None
        return suggestions

    def _get_saved_headers(self):
        """Headers, in lower case, that somebody mapped in an earlier import."""
        return {
            mapping["column_name"]
            for mapping in self.env["base_import.mapping"].search_read(
                [("res_model", "=", self.res_model)], ["column_name"]
            )
        }
