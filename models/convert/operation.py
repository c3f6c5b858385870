from odoo import api, fields, models
from odoo.tools import SQL, clean_context, formatLang

from ...tools.conversion import Conversion, company_key
from ...tools.remarks import keep, number_label, remark

PLAN_BATCH = 2000


class ProspectOperation(models.Model):
    """The conversion of prospects, as an operation [BX-14 to BX-17, BX-26 to BX-31].

    Its options: ``lead_ids``, and ``choice`` (see ``crm.lead._prospect_convert_to``).
    The values of a line hold the targets: what is made, linked or turned, and after the
    run their numbers and what an undo needs.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    kind = fields.Selection(
        selection_add=[("convert", "Conversion")], ondelete={"convert": "cascade"}
    )

    @api.model
    def _make_conversion(self, leads, choice):
        """A conversion that is not planned yet.

        :param leads: the prospects
        :param dict choice: see ``crm.lead._prospect_convert_to``
        """
        # defaults of a page, or of a request, are not for what it makes
        operations = self.with_context(clean_context(self.env.context))
        # sudo: operations are made by what people may do, and by nobody by hand
        return (
            operations.sudo()
            .create(
                {
                    "name": self._name_conversion(leads),
                    "kind": "convert",
                    "user_id": self.env.uid,
                    "options": {
                        "lead_ids": leads.ids,
                        "choice": choice,
                        "company_ids": self.env.companies.ids,
                        "lang": self.env.lang,
                    },
                }
            )
            .with_env(operations.env)
        )

    @api.model
    def _name_conversion(self, leads):
        if len(leads) == 1:
            return remark(
                self.env, "convert.name_one", prospect=leads.display_name or ""
            )
        return remark(
            self.env, "convert.name", count=number_label(self.env, len(leads))
        )

    # --- Page ---------------------------------------------------------------------

    def _get_what_convert(self):
        """What is made, in words."""
        labels = {
            "contact": self.env._("contact"),
            "company": self.env._("company"),
            "opportunity": self.env._("opportunity"),
        }
        make = (self.options or {}).get("choice", {}).get("make", ())
        return self.env._(
            "Into: %s", ", ".join(labels[target] for target in labels if target in make)
        )

    @api.model
    def _get_run_label_convert(self, count):
        """What the button that converts says.

        :param int count: how many prospects are converted
        """
        if count == 1:
            return self.env._("Convert 1 prospect")
        return self.env._(
            "Convert %(count)s prospects", count=formatLang(self.env, count, digits=0)
        )

    @api.model
    def _get_notice_convert(self, has_changes):
        """What the page says over the preview."""
        if has_changes:
            return self.env._(
                "This is a preview: nothing has been written yet. Below is what each"
                " prospect will become."
            )
        return self.env._(
            "There is nothing to convert: the reasons are below, prospect by prospect."
        )

    # --- Plan ---------------------------------------------------------------------

    def _size_convert(self):
        return len(self.options["lead_ids"])

    def _plan_convert(self):
        """Plan the conversion of the chosen prospects; goes on where it stopped."""
        start = self._get_planned_number()
        made = {}
        leads = self.env["crm.lead"].browse(self.options["lead_ids"])
        for first in range(start, len(leads), PLAN_BATCH):
            batch = leads[first : first + PLAN_BATCH]
            numbers = range(first + 1, first + 1 + len(batch))
            rows = batch._prospect_convert_plan(self._get_choice(), numbers, made)
            self._add_lines(map(self._conversion_line_values, rows))
            yield len(batch)

    def _find_dependent_convert(self, todo):
        """Lines that make or share a contact or a company."""
        dependent = []
        for target in ("contact", "company"):
            entry = SQL("line.values -> %s", target)
            if todo == "run":
                # the line that makes it, which the others name
                key = SQL(
                    "COALESCE((%s) ->> 'line', CASE WHEN (%s) ->> 'do' = 'create'"
                    " THEN line.number::text END)",
                    entry,
                    entry,
                )
            else:
                key = SQL("(%s) ->> 'id'", entry)
            dependent += self._find_dependent_by(key)
        return dependent

    def _get_choice(self):
        return self.options["choice"]

    def _conversion_line_values(self, row):
        """A planned conversion as a line, in the order of ``PLAN_COLUMNS``."""
        return (
            self.id,
            row.number,
            row.outcome,
            keep(row.full_reason),
            row.lead_id,
            row.before or None,
            row.after or None,
            row.as_plan() or None,
            False,
        )

    # --- Run ----------------------------------------------------------------------

    def _apply_batch_convert(self, lines):
        """Convert the prospects of lines: lock, plan again, and do it.

        Of two people who convert one prospect, the second one waits here, and then
        runs again and finds it converted.
        """
        # sudo: people read lines, only the operation writes them
        lines = lines.sudo()
        gone = lines.filtered(lambda line: not line.lead_id)
        gone.write(self._answer_missing())
        lines -= gone
        self._lock_conversion(self.env["crm.lead"].browse(lines.lead_id.ids))
        self.env["crm.lead"]._prospect_convert_check_targets(
            self._read_conversion(line) for line in lines
        )
        self._each_line(lines, self._convert_lines)

    def _convert_lines(self, lines):
        """Convert the prospects of some lines, as they are now."""
        choice = self._get_choice()
        leads = self.env["crm.lead"].browse(lines.lead_id.ids)
        rows = leads._prospect_convert_plan(choice, lines.mapped("number"))
        todo = [row for row in rows if row.outcome == "updated"]
        leads._prospect_convert_apply(todo, choice)
        leads.browse([row.lead_id for row in todo])._prospect_convert_react(
            {row.lead_id: row.before["status_id"] for row in todo}
        )
        self._close_conversion(lines, rows)

    def _read_conversion(self, line):
        """What was planned for a line."""
        return Conversion.from_plan(
            line.number, line.lead_id.id, line.outcome, line.values
        )

    def _answer_missing(self):
        return {
            "outcome": "failed",
            "is_done": True,
            "reason": remark(self.env, "convert.gone"),
        }

    def _lock_conversion(self, leads):
        """Take the prospects and the people that they are about.

        :raises psycopg2.errors.SerializationFailure: when somebody else has changed one
            of them since this transaction began; it is to run again
        """
        if not leads:
            return
        leads.flush_recordset()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM crm_lead WHERE id IN %s ORDER BY id FOR UPDATE",
                tuple(leads.ids),
            )
        )
        # sudo: the keys alone, of prospects whose rights are asked later
        leads = leads.sudo()
        self.env["prospect.key"]._touch(
            leads._prospect_get_keys()
            | {
                f"c:{company_key(lead.partner_name)}"
                for lead in leads
                if lead.partner_name
            }
        )

    def _close_conversion(self, lines, rows):
        """Write down what was done."""
        now = self.env.cr.now()
        for line, row in zip(lines, rows, strict=True):
            planned = self._read_conversion(line)
            line.write(
                {
                    "outcome": row.outcome,
                    "reason": row.full_reason or False,
                    "before": row.before or False,
                    "after": row.after or False,
                    "values": {**row.as_plan(), "traces": row.traces},
                    "is_done": True,
                    "is_replanned": not row.is_as(planned),
                    "stamp": now,
                }
            )

    def _find_left_convert(self, lines):
        """Opportunities that prospects became, and contacts that were made, by these
        lines or by earlier ones.
        """
        # sudo: lines belong to the operation, of which they are
        lines = lines.sudo()
        lines.invalidate_recordset()
        made, others, turned = set(), set(), set()
        for line in lines.filtered(lambda line: line.outcome == "updated"):
            for target in ("contact", "company"):
                entry = line.values.get(target) or {}
                if entry.get("id"):
                    (made if entry["do"] == "create" else others).add(entry["id"])
            if (line.values.get("opportunity") or {}).get("do") == "turn":
                turned.add(line.lead_id.id)
        # sudo: the state of the machine
        states = self.env["prospect.operation.state"].sudo()
        made.update(states._find_kept(self, "res.partner", others))
        return {"crm.lead": turned, "res.partner": made}

    def _get_conversion_action(self):
        """After the run: of one prospect what it became, else the receipt."""
        self.ensure_one()
        if self.state == "done" and self.line_count == 1:
            lead = self.line_ids.filtered(
                lambda line: line.outcome == "updated"
            ).lead_id
            # who has handed it over may not see it any more
            if lead and lead.has_access("read"):
                return lead._prospect_open_converted()
        return self.action_open()

    # --- After an import ----------------------------------------------------------

    def _finish_import(self):
        """Without leads, what a file has made is converted as well [BX-23]."""
        result = super()._finish_import()
        self._as_worker()._convert_imported()
        return result

    def _convert_imported(self):
        """Convert the new prospects of an import, as an operation of its own: by the
        right of whoever imports, with a receipt and an undo.
        """
        targets = self.env["crm.lead"]._prospect_get_simple_targets()
        if not targets:
            return
        lines = self.env["prospect.operation.line"].search(
            [("operation_id", "=", self.id), ("outcome", "in", ("created", "repeat"))]
        )
        leads = self.env["crm.lead"].browse(lines.lead_id.ids)
        leads._prospect_convert_to(targets)
