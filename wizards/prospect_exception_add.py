from odoo import api, fields, models
from odoo.exceptions import UserError


class ProspectExceptionAdd(models.TransientModel):
    """Adds several exceptions at once, or those of chosen prospects [BX-35].

    One a line, with a comment after a semicolon.
    """

    _name = "prospect.exception.add"
    _inherit = ["prospect.leads.mixin"]
    _description = "Add to Exceptions"

    lines = fields.Text(
        string="Addresses, Domains and Numbers",
        default=lambda self: self._get_default_lines(),
        help="One a line; a comment may follow after a semicolon.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        help="Whose mails and calls; empty: those of all companies.",
    )
    archives = fields.Boolean(
        string="Archive the Prospects",
        help="They can be restored from Reporting > Archived Prospects.",
    )

    @api.model
    def _get_default_lines(self):
        """What the prospects can be written to and called at, with their names."""
        if self.env.context.get("active_model") != "crm.lead":
            return ""
        leads = self.env["crm.lead"].browse(self.env.context.get("active_ids") or [])
        lines = {}
        for lead in leads._filtered_access("read"):
            name = lead.contact_name or lead.partner_name or ""
            for value in (
                lead.email_normalized or lead.email_from,
                lead.phone_sanitized or lead.phone,
            ):
                if value:
                    lines.setdefault(value, name.replace(";", ","))
        return "\n".join(
            f"{value}; {name}" if name else value for value, name in lines.items()
        )

    def action_add(self):
        """Add the exceptions; those that are there already stay."""
        self.ensure_one()
        rows = self._read_lines()
        if not rows:
            raise UserError(self.env._("Give at least one address, domain or number."))
        added = self._add(rows)
        archived = self.lead_ids.filtered("active") if self.archives else None
        if archived:
            archived.action_archive()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._get_message(added, len(rows)),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _read_lines(self):
        """{key: (value, comment)} of what was typed.

        :raises UserError: for a line that names nothing
        """
        exceptions, rows = self.env["prospect.exception"], {}
        for line in (self.lines or "").splitlines():
            value, _separator, comment = (part.strip() for part in line.partition(";"))
            if not value:
                continue
            _kind, key = exceptions._read_value(value, self.company_id)
            if not key:
                raise UserError(
                    self.env._(
                        "“%(value)s” is no e-mail address, no domain and no phone"
                        " number: correct it, or take its line away.",
                        value=value,
                    )
                )
            rows.setdefault(key, (value, comment))
        return rows

    def _add(self, rows):
        """Make exceptions of rows, but for those that are there already.

        :return: how many were added
        """
        exceptions = self.env["prospect.exception"]
        exceptions.check_access("create")
        # sudo: to switch one on again is what adding it would be
        known = (
            exceptions.sudo()
            .with_context(active_test=False)
            .search(
                [("key", "in", list(rows)), ("company_id", "=", self.company_id.id)]
            )
        )
        archived = known.filtered(lambda exception: not exception.active)
        archived.active = True
        added = exceptions.create(
            [
                {
                    "value": value,
                    "comment": comment or False,
                    "company_id": self.company_id.id,
                }
                for key, (value, comment) in rows.items()
                if key not in known.mapped("key")
            ]
        )
        return len(added) + len(archived)

    def _get_message(self, added, total):
        if added < total:
            return self.env._(
                "%(added)s exceptions added; %(known)s were there already.",
                added=added,
                known=total - added,
            )
        return self.env._("%(added)s exceptions added.", added=added)
