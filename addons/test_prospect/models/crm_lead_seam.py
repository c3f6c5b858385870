from odoo import api, models
from odoo.fields import Domain

from odoo.addons.prospect.tools.reports import ReportColumn
from odoo.addons.prospect.tools.signals import Action, Condition, Fact, Variable

# What the tests want to hear, and what was called since: [(name, records or data)].
# Nothing where no test asks: the other tests count queries.
HEARD = set()
CALLS = []


def note(name, *what):
    if HEARD:
        CALLS.append((name, *what))


class CrmLead(models.Model):
    """Every seam of Prospect, as a stranger's add-on overrides it."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    # --- Signals ----------------------------------------------------------------------

    @api.model
    def _prospect_signal_heard(self):
        return super()._prospect_signal_heard() | HEARD

    @api.model
    def _prospect_on_signal(self, code, rows):
        result = super()._prospect_on_signal(code, rows)
        note(code, rows)
        return result

    # --- What has happened ------------------------------------------------------------

    def _prospect_on_list_left(self, prospect_list):
        result = super()._prospect_on_list_left(prospect_list)
        note("list_left", self, prospect_list)
        return result

    def _prospect_on_replied(self, messages):
        result = super()._prospect_on_replied(messages)
        note("replied", self, messages)
        return result

    @api.model
    def _prospect_on_opted_out(self, rows):
        result = super()._prospect_on_opted_out(rows)
        note("opted_out", rows)
        return result

    @api.model
    def _prospect_before_merge(self, survivor, others):
        result = super()._prospect_before_merge(survivor, others)
        # what it sees: nothing has moved
        note("before_merge", survivor, others, len(others.message_ids))
        return result

    @api.model
    def _prospect_after_unmerge(self, line):
        result = super()._prospect_after_unmerge(line)
        note(
            "after_unmerge", line, {int(lost) for lost in line.values["trace"]["lost"]}
        )
        return result

    # --- Converting -------------------------------------------------------------------

    def _prospect_convert_extra(self, rows, choice):
        result = super()._prospect_convert_extra(rows, choice)
        if HEARD:
            notes = self.env["test.prospect.note"].create(
                [
                    {"lead_id": lead.id, "name": f"Contact {row.contact['id']}"}
                    for lead, row in zip(self, rows, strict=True)
                ]
            )
            for record, row in zip(notes, rows, strict=True):
                row.traces["test_note"] = record.id
        return result

    @api.model
    def _prospect_unconvert_extra(self, lines):
        result = super()._prospect_unconvert_extra(lines)
        numbers = [(line.values["traces"] or {}).get("test_note") for line in lines]
        # sudo: what the conversion has made
        notes = self.env["test.prospect.note"].sudo().browse(filter(None, numbers))
        notes.exists().unlink()
        return result

    @api.model
    def _prospect_describe_extra(self, row):
        rows = super()._prospect_describe_extra(row)
        if HEARD:
            rows = [*rows, ("Note", "one more")]
        return rows

    # --- What there is ----------------------------------------------------------------

    @api.model
    def _prospect_member_domain(self):
        return super()._prospect_member_domain() | Domain("city", "=", "Testville")

    @api.model
    def _prospect_contact_columns(self):
        columns = super()._prospect_contact_columns()
        if not HEARD:
            return columns
        return [
            *columns,
            ReportColumn(
                "test:member",
                "Member",
                "boolean",
                "Tests",
                read=lambda leads: dict.fromkeys(
                    leads.filtered_domain(leads._prospect_member_domain()).ids, True
                ),
            ),
        ]

    @api.model
    def _prospect_condition_list(self):
        city = Fact("city", "City")
        return [
            *super()._prospect_condition_list(),
            Condition("test.city", "Lives in", "_test_lives_in", (city,)),
        ]

    @api.model
    def _prospect_action_list(self):
        city = Fact("city", "City")
        return [
            *super()._prospect_action_list(),
            Action("test.move", "Move to", "_test_move_to", (city,)),
        ]

    @api.model
    def _prospect_variable_list(self):
        return [
            *super()._prospect_variable_list(),
            Variable("test.city", "City", "_test_read_city"),
        ]

    def _test_lives_in(self, settings):
        return self.filtered(lambda lead: lead.city == settings["city"])

    def _test_move_to(self, settings):
        self.write({"city": settings["city"]})

    def _test_read_city(self):
        return {lead.id: lead.city for lead in self}
