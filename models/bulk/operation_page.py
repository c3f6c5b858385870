from odoo import api, models

from ...tools.remarks import number_label, remark, unpack
from ...tools.wording import labelled


class ProspectOperation(models.Model):
    """What the page of an operation says about a bulk operation."""

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    @api.model
    def _get_bulk_name(self, count):
        """What the operation is called.

        :param int count: how many prospects it is about
        """
        if count == 1:
            return remark(self.env, "bulk.name_one")
        return remark(self.env, "bulk.name", count=number_label(self.env, count))

    def _get_run_label_bulk(self, count):
        return self._get_bulk_name(count)

    @api.model
    def _get_notice_bulk(self, has_changes):
        """What the page says over the preview."""
        if has_changes:
            return self.env._(
                "This is a preview: nothing has been written yet. Below is what changes"
                " on each prospect."
            )
        return self.env._("There is nothing to do: no prospect would change.")

    def _get_what_bulk(self):
        """All that was asked for, in words."""
        changes = (self.options or {}).get("changes") or {}
        parts = []
        for fname, link in (changes.get("links") or {}).items():
            label = self._get_bulk_label(fname)
            if link.get("clear"):
                parts.append(self.env._("%(field)s: emptied", field=label))
            for sign, numbers in (("+", link.get("add")), ("-", link.get("remove"))):
                if numbers:
                    names = self._get_bulk_names(fname, numbers)
                    parts.append(labelled(self.env, label, f"{sign} {names}"))
        values = {
            "status_id": changes.get("status_id"),
            "lost_reason_id": changes.get("lost_reason_id"),
        }
        values = {fname: value for fname, value in values.items() if value}
        for fname, value in {**values, **(changes.get("set") or {})}.items():
            label = self._get_bulk_label(fname)
            if not value:
                parts.append(self.env._("%(field)s: emptied", field=label))
            else:
                names = self._get_bulk_names(fname, value)
                parts.append(labelled(self.env, label, names))
        if changes.get("share"):
            parts.append(self._describe_distribution(changes["share"]))
        if changes.get("archive"):
            parts.append(self.env._("Archive"))
        if changes.get("activity"):
            label = self._get_bulk_label("activity_ids")
            text = unpack(self.env, changes["activity"]["text"])
            parts.append(labelled(self.env, label, text))
        return " · ".join(parts)

    @api.model
    def _describe_distribution(self, distribution):
        """Among whom prospects are distributed, in words."""
        # sudo: names alone, of records that the owner of the operation named
        rotation = (
            self.env["prospect.rotation"].sudo().browse(distribution["rotation_id"])
        )
        if distribution["rotation_id"]:
            names = rotation.exists().name or ""
        else:
            names = self._get_bulk_names("user_id", distribution["user_ids"])
        return self.env._("Distribution: %(names)s", names=names)

    @api.model
    def _get_bulk_label(self, fname):
        return self.env["prospect.operation.line"]._get_label(fname)

    @api.model
    def _get_bulk_names(self, fname, value):
        """A value in words."""
        field = self.env["crm.lead"]._fields[fname]
        if not field.relational:
            return value
        numbers = value if isinstance(value, list) else [value]
        # sudo: names alone, of records that the owner of the operation named
        records = self.env[field.comodel_name].sudo().browse(numbers).exists()
        return ", ".join(records.mapped("display_name"))
