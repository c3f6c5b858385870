from markupsafe import Markup

from odoo import api, models

from ...tools.conversion import TARGETS
from ...tools.remarks import unpack
from ...tools.wording import labelled
from ..operations.operation_line import SHOWN

# Changed fields that the targets speak of.
TOLD_ELSEWHERE = frozenset({"status_id", "type", "partner_id"})
# What people know somebody by.
FIRST = ("email", "phone", "function", "street", "street2", "zip", "city")


class ProspectOperationLine(models.Model):
    """What a line of a conversion makes and links, in words."""

    _name = "prospect.operation.line"
    _inherit = ["prospect.operation.line"]

    def _get_who_convert(self):
        return self._get_who_by_lead()

    def _describe_more_convert(self):
        plan = self.values or {}
        if not any(map(plan.get, TARGETS)):
            return []
        rows = self._describe_targets(plan, self.lead_id)
        rows += self.env["crm.lead"]._prospect_describe_extra(self)
        if plan.get("allowed"):
            rows.append((self.env._("Allowed to"), unpack(self.env, plan["allowed"])))
        return rows

    def _get_told_elsewhere_convert(self):
        return TOLD_ELSEWHERE

    @api.model
    def _describe_targets(self, plan, lead):
        """What is made and linked: [(label, text)].

        :param dict plan: targets, as :class:`~..tools.conversion.Conversion` holds them
        :param lead: the prospect
        """
        labels = {
            "company": self.env._("Company"),
            "contact": self.env._("Contact"),
            "opportunity": self.env._("Opportunity"),
        }
        return [
            (labels[target], self._describe_target(plan[target], lead))
            for target in TARGETS
            if plan.get(target)
        ]

    @api.model
    def _describe_target(self, entry, lead):
        """One target in words."""
        if entry["do"] == "turn":
            return self.env._("this prospect: %s", lead.display_name)
        if entry["do"] == "same":
            return self.env._(
                "%(name)s, created by line %(line)s",
                name=entry["name"],
                line=entry["line"],
            )
        if entry["do"] == "link":
            whys = self.env["crm.lead"]._prospect_convert_whys()
            return self.env._(
                "%(name)s, existing (%(why)s)",
                name=entry["name"],
                why=whys.get(entry["why"], ""),
            )
        details = ", ".join(self._describe_contact_values(entry["values"]))
        return Markup("%s<br/><span class='text-muted'>%s</span>") % (
            self.env._("%s, new", entry["name"]),
            details,
        )

    @api.model
    def _describe_contact_values(self, values):
        """Values of a new contact, in words."""
        partners = self.env["res.partner"]
        texts = []
        # what people know somebody by comes first
        order = {fname: index for index, fname in enumerate(FIRST)}
        for fname in sorted(values, key=lambda fname: order.get(fname, len(order))):
            value = values[fname]
            field = partners._fields[fname]
            if fname in ("name", "is_company", "type") or not value:
                continue
            if field.type == "many2one":
                # sudo: the name alone, of what the prospect has
                record = self.env[field.comodel_name].sudo().browse(value)
                value = record.display_name
            elif field.type == "html":
                value = self._plain_text(value)
            elif field.type == "selection":
                value = dict(field._description_selection(self.env)).get(value, value)
            elif field.type == "many2many":
                continue
            texts.append(
                labelled(
                    self.env, field._description_string(self.env), str(value)[:SHOWN]
                )
            )
        return texts
