from markupsafe import Markup

from odoo import api, models
from odoo.tools import format_date, formatLang

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
        rows = self._describe_targets(plan, self.lead_id, self.is_done)
        rows += self.env["crm.lead"]._prospect_describe_extra(self)
        if plan.get("allowed"):
            rows.append((self.env._("Allowed to"), unpack(self.env, plan["allowed"])))
        return rows

    def _get_told_elsewhere_convert(self):
        return TOLD_ELSEWHERE

    @api.model
    def _describe_targets(self, plan, lead, is_done=False):
        """What is made and linked: [(label, text)].

        :param dict plan: targets, as :class:`~..tools.conversion.Conversion` holds them
        :param lead: the prospect
        :param bool is_done: whether it has been made
        """
        labels = {
            "company": self.env._("Company"),
            "contact": self.env._("Contact"),
            "opportunity": self.env._("Opportunity"),
        }
        return [
            (labels[target], self._describe_target(plan[target], lead, is_done))
            for target in TARGETS
            if plan.get(target)
        ]

    @api.model
    def _describe_target(self, entry, lead, is_done=False):
        """One target in words."""
        if entry["do"] == "turn":
            values = entry.get("values") or {}
            return self._describe_detailed(
                self.env._(
                    "this prospect: %s", values.get("name") or lead.display_name
                ),
                self._describe_values("crm.lead", values),
            )
        if entry["do"] == "same":
            values = {"name": entry["name"], "line": entry["line"]}
            if is_done:
                return self.env._("%(name)s, created by line %(line)s", **values)
            return self.env._("%(name)s, will be created by line %(line)s", **values)
        if entry["do"] == "link":
            whys = self.env["crm.lead"]._prospect_convert_whys()
            return self.env._(
                "%(name)s, existing (%(why)s)",
                name=entry["name"],
                why=whys.get(entry["why"], ""),
            )
        return self._describe_detailed(
            self.env._("%s, created", entry["name"])
            if is_done
            else self.env._("%s, will be created", entry["name"]),
            self._describe_values("res.partner", entry["values"]),
        )

    @api.model
    def _describe_detailed(self, text, details):
        """A target, and its values below."""
        if not details:
            return text
        return Markup("%s<br/><span class='text-muted'>%s</span>") % (
            text,
            ", ".join(details),
        )

    @api.model
    def _describe_values(self, model, values):
        """Values of a new contact or of an opportunity, in words."""
        records = self.env[model]
        texts = []
        # what people know somebody by comes first
        order = {fname: index for index, fname in enumerate(FIRST)}
        for fname in sorted(values, key=lambda fname: order.get(fname, len(order))):
            value = values[fname]
            field = records._fields[fname]
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
            elif field.type == "monetary":
                value = formatLang(
                    self.env, value, currency_obj=self.env.company.currency_id
                )
            elif field.type == "date":
                value = format_date(self.env, value)
            texts.append(
                labelled(
                    self.env, field._description_string(self.env), str(value)[:SHOWN]
                )
            )
        return texts
