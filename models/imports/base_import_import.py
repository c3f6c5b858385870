from contextlib import suppress

from odoo import models

from ...tools import guess_fields


class BaseImportImport(models.TransientModel):  # pylint: disable=no-wizard-in-models
    """Odoo's *Import records*, which knows the headers of people's files.

    A wizard that lives among the models, because it extends one of Odoo's that
    every import goes through.
    """

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
        settled = {}
        for position, header in enumerate(headers):
            path = (suggestions.get((position, header)) or {}).get("field_path")
            if path and (header.lower() in saved or header == path[-1]):
                settled[position] = path[0]
        guesses = {
            position: field
            for position, field in guess_fields(headers, settled).items()
            if field in known
        }
        taken = set(guesses.values())
        for position, header in enumerate(headers):
            if position in settled:
                continue
            path = (suggestions.get((position, header)) or {}).get("field_path")
            if position in guesses:
                suggestions[position, header] = {
                    "field_path": [guesses[position]],
                    "distance": 0,
                }
            elif path and path[0] in taken:
                # two columns on one field would be joined into one value
                suggestions[position, header] = None
        return suggestions

    def _read_csv(self, options):
        # Odoo guesses from statistics, and takes a short UTF-8 file with one
        # accent for Latin-1. What reads as UTF-8 from end to end is UTF-8.
        if self.res_model == "crm.lead" and not options.get("encoding"):
            with suppress(UnicodeDecodeError):
                text = (self.file or b"").decode("utf-8-sig")
                if not text.isascii():
                    options["encoding"] = "utf-8"
        return super()._read_csv(options)

    def _get_saved_headers(self):
        """Headers, in lower case, that somebody mapped in an earlier import."""
        return {
            mapping["column_name"]
            for mapping in self.env["base_import.mapping"].search_read(
                [("res_model", "=", self.res_model)], ["column_name"]
            )
        }
