from odoo import api, models
from odoo.tools import SQL, formatLang
from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks, remark
from ...tools.values import clean_email

_lt = LazyTranslate(__name__)

add_remarks(
    {
        "import.wide_row": _lt(
            "This row has more cells than the header: values may stand in the wrong"
            " columns."
        ),
        "import.opted_out": _lt("Opted out: goes on Odoo’s blacklist."),  # noqa: RUF001
        "import.opted_out_elsewhere": _lt("Opted out: %(where)s."),
        "import.opt_out_nobody": _lt(
            "Opted out, and neither e-mail nor phone says whom not to write to."
        ),
    }
)


class ProspectOperation(models.Model):
    """What was noticed when the file of an import was read, and who opted out in it."""

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    # --- The file -------------------------------------------------------------------

    @api.model
    def _note_reading(self, table):
        """What was noticed in a table so far, as plain data."""
        return {
            "skipped": table.skipped,
            "has_header": table.has_header,
            "warnings": {name: many for name, many in table.warnings.items() if many},
        }

    def _keep_reading(self, table):
        """Keep what was noticed in the file, and how many in it opted out."""
        self.env["prospect.operation.line"].flush_model()
        ((opted_out,),) = self.env.execute_query(
            SQL(
                """SELECT count(*) FROM prospect_operation_line
                    WHERE operation_id = %s AND outcome != 'failed'
                      AND "values" ? 'opted_out'""",
                self.id,
            )
        )
        noted = {**self._note_reading(table), "opted_out": opted_out}
        self._set(options={**self.options, "noted": noted})

    @api.model
    def _describe_reading(self, noted):
        """What was noticed in a file, as a list of sentences.

        :param dict noted: of ``_note_reading``
        """
        told = []
        skipped = noted.get("skipped")
        if skipped == 1:
            told.append(self.env._("One line above the header is left out."))
        elif skipped:
            told.append(
                self.env._(
                    "%(count)s lines above the header are left out.", count=skipped
                )
            )
        describe = {
            "control": self._describe_reading_control,
            "undecodable": self._describe_reading_control,
            "mixed_encoding": self._describe_reading_mixed,
            "unclosed_quote": self._describe_reading_quote,
            "extra_cells": self._describe_reading_wide,
            "error_cells": self._describe_reading_error,
        }
        for name, count in (noted.get("warnings") or {}).items():
            if name in describe and count:
                number = formatLang(self.env, count, digits=0)
                text = describe[name](number)
                if text not in told:
                    told.append(text)
        return told

    @api.model
    def _describe_reading_control(self, _number):
        return self.env._(
            "There are characters in it that no text has: it is written in another"
            " encoding than the one that was chosen. Choose another one."
        )

    @api.model
    def _describe_reading_mixed(self, number):
        return self.env._(
            "Lines in another encoding than the rest, read by themselves: %(count)s.",
            count=number,
        )

    @api.model
    def _describe_reading_quote(self, number):
        return self.env._(
            "Quotation marks that nothing closes, read as text: %(count)s.",
            count=number,
        )

    @api.model
    def _describe_reading_wide(self, number):
        return self.env._(
            "Rows with more cells than there are columns, joined to the last one:"
            " %(count)s.",
            count=number,
        )

    @api.model
    def _describe_reading_error(self, number):
        return self.env._(
            "Cells with an error of the spreadsheet, left empty: %(count)s.",
            count=number,
        )

    def _get_what_import(self):
        """What the page says of the file: what was noticed when it was read."""
        noted = (self.options or {}).get("noted") or {}
        told = self._describe_reading(noted)
        if noted.get("has_header") is False:
            told.append(self.env._("The first row is one of the people: no header."))
        count = noted.get("opted_out")
        if count:
            told.append(
                self.env._(
                    "Opted out: %(count)s (%(where)s). They stay so if the import is"
                    " undone.",
                    count=formatLang(self.env, count, digits=0),
                    where=self.env["crm.lead"]._prospect_describe_opt_outs()
                    or self.env._("on Odoo’s blacklist"),  # noqa: RUF001
                )
            )
        return " ".join(told)

    # --- Rows -----------------------------------------------------------------------

    def _remark_rows(self, incoming, wide_lines):
        """Remark what the preview is to say of rows beside what is in their cells.

        :param wide_lines: lines with more cells than the header
        """
        where = None
        for row in incoming:
            if row.number in wide_lines:
                row.notes.append(remark(self.env, "import.wide_row"))
            if not row.opted_out or row.outcome == "failed":
                continue
            if where is None:
                where = self.env["crm.lead"]._prospect_describe_opt_outs()
            if not self._get_opt_out(row)["address"]:
                row.notes.append(remark(self.env, "import.opt_out_nobody"))
            elif where:
                row.notes.append(
                    remark(self.env, "import.opted_out_elsewhere", where=where)
                )
            else:
                row.notes.append(remark(self.env, "import.opted_out"))

    @api.model
    def _get_opt_out(self, row):
        """Who does not want to be written to, by one row."""
        email = row.email or clean_email(row.values.get("email_from"))[0]
        return {
            "channel": "email" if email else "sms",
            "address": email or row.phone or "",
            "lead_id": row.lead_id or row.existing or False,
            "company_id": row.company or False,
            "note": self.name,
        }

    def _apply_opt_outs(self, rows):
        """Write down who opted out by rows that were applied, whatever else became of
        them.
        """
        found = {}
        for row in rows:
            if row.opted_out and row.outcome != "failed":
                opt_out = self._get_opt_out(row)
                found.setdefault((opt_out["channel"], opt_out["address"]), opt_out)
        opt_outs = [row for row in found.values() if row["address"]]
        if opt_outs:
            self.env["crm.lead"]._prospect_take_opt_outs(opt_outs)
