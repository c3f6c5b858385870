from odoo import models

from ...tools.remarks import field_label, remark


class ProspectOperation(models.Model):
    """Salespeople who were archived between the preview of an import and its run.

    Nobody gets prospects who has left: they are free, or the rotation takes them.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    def _leave_archived(self, rows, defaults):
        """Leave out the salespeople of rows who have been archived, and say so.

        :param list rows: ``Incoming`` of lines, changed in place
        :param dict defaults: of new prospects
        :return: defaults, without a salesperson who was archived
        """
        named = {row.values.get("user_id") for row in rows}
        named = {*named, defaults.get("user_id")} - {None, False}
        if not named:
            return defaults
        active = set(self._filter_active_users(sorted(named)))
        if named == active:
            return defaults
        for row in rows:
            user_id = row.values.get("user_id")
            if user_id and user_id not in active:
                del row.values["user_id"]
                # sudo: the name of a colleague whom the file has named
                user = self.env["res.users"].sudo().browse(user_id).exists()
                row.notes.append(
                    remark(
                        self.env,
                        "gate.archived_record",
                        field=field_label(self.env, "crm.lead", "user_id"),
                        text=user.name or str(user_id),
                    )
                )
        if defaults.get("user_id") in named - active:
            defaults = {name: defaults[name] for name in defaults if name != "user_id"}
        return defaults
