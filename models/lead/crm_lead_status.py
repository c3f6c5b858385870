from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools.remarks import field_label, remark
from ...tools.trusted import read_trusted, trusted

# What only the model itself sets.
CONVERSION_FIELDS = (
    *("converted_by_id", "prospect_company_id"),
    *("prospect_contact_id", "prospect_opportunity_id"),
)
SUSPICION_FIELDS = {"undeliverable_address_id", "is_flagged", "flag_reasons"}
TECHNICAL_FIELDS = {
    "is_listed",
    "is_repeat",
    "prospect_contact_at",
    "prospect_opened_at",
    *CONVERSION_FIELDS,
    *SUSPICION_FIELDS,
}


class CrmLead(models.Model):
    """How the status of a prospect follows Odoo, and Odoo the status."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    @api.model
    def _prospect_prepare_create(self, vals, default_type):
        """Complete what a door of any kind hands over for one new lead.

        :param dict vals: the values, changed in place
        :param str default_type: the type of leads that name none
        """
        self._prospect_check_technical(vals)
        if {"first_name", "last_name"} & set(vals) or vals.get("contact_name"):
            self._prospect_complete_names(vals)
        if not (vals.get("name") or "").strip() and not self.env.context.get(
            "default_name"
        ):
            partner = self.env["res.partner"].browse(vals.get("partner_id"))
            vals["name"] = (
                self._prospect_get_title(vals)
                or partner.name
                or self.env._("New prospect")
            )
        if vals.get("type", default_type) == "lead" and not vals.get("status_id"):
            vals["status_id"] = self._prospect_get_first_status(vals).id
        if vals.get("status_id"):
            # sudo: read by whoever makes a lead, a portal user for instance
            status = self.env["prospect.status"].sudo().browse(vals["status_id"])
            if status.kind == "junk":
                vals.update(
                    active=False,
                    probability=0,
                    automated_probability=0,
                    date_closed=fields.Datetime.now(),
                )
        return vals

    @api.model
    def _prospect_get_first_status(self, vals):
        """The status of a new lead that names none."""
        statuses = self.env["prospect.status"]
        if vals.get("active", True) is False and vals.get("probability") == 0:
            return self._prospect_get_junk_status()
        return statuses._get_default()

    @api.model
    def _prospect_check_technical(self, vals):
        """Refuse what only the model sets, from anybody else.

        :raises AccessError: naming the fields
        """
        fnames = TECHNICAL_FIELDS & set(vals)
        if fnames and not self.env.su:
            raise AccessError(
                remark(
                    self.env,
                    "lead.technical_fields",
                    fields=[
                        field_label(self.env, self._name, fname)
                        for fname in sorted(fnames)
                    ],
                )
            )

    def _prospect_sync_status(self, before):
        """Follow what Odoo did to leads: lost, restored, won or converted.

        :param dict before: {lead id: (status id, type, won status)} before it;
            a lead that is not in it was just created
        """
        moves = defaultdict(self.browse)
        for lead in self:
            _status, *old = before.get(lead.id, (False, lead.type, "pending"))
            move = lead._prospect_get_host_move(*old)
            if move:
                moves[move] += lead
        for (cause, kind), leads in moves.items():
            if kind == "previous":
                leads._prospect_restore_status()
            else:
                status = self.env["prospect.status"]
                if kind == "junk":
                    status = self._prospect_get_junk_status()
                else:
                    status = status._get_main(kind) if kind else status._get_default()
                leads._with_cause(cause).status_id = status

    @api.model
    def _prospect_get_junk_status(self):
        """Where lost prospects go: the junk status that the dialog was opened for."""
        status = self.env["prospect.status"].browse(
            read_trusted(self.env.context, "prospect_junk_status_id")
        )
        if status.exists().kind == "junk":
            return status
        return self.env["prospect.status"]._get_main("junk")

    def _prospect_get_host_move(self, old_type, old_won_status):
        """(cause, kind of status to go to) after Odoo changed a lead, or None.

        The kind is ``previous`` to go back, and empty for the default status.
        """
        self.ensure_one()
        kind = self.status_kind
        if kind == "junk" and self.active and self.won_status != "lost":
            if self.won_status == "won":
                return "won", "converted"
            return "restore", "previous"
        if self.type == "lead":
            return self._prospect_get_lead_move(old_type, old_won_status)
        if old_type == "lead" and kind and kind != "converted":
            return "conversion", "converted"
        return None

    def _prospect_get_lead_move(self, old_type, old_won_status):
        """The same for what is a lead now, and not junk that was restored."""
        kind = self.status_kind
        changed = (self.type, self.won_status) != (old_type, old_won_status)
        if changed and self.won_status == "lost" and kind != "junk":
            return "lost", "junk"
        if old_type == "opportunity" and kind in (False, "converted"):
            return "manual", ""
        if changed and self.won_status == "won" and kind != "converted":
            return "won", "converted"
        return None

    def _prospect_restore_status(self):
        """Give restored prospects the status that they had before the junk."""
        default = self.env["prospect.status"]._get_default()
        previous = self._prospect_get_status_before_junk()
        groups = defaultdict(self.browse)
        for lead in self:
            groups[previous.get(lead.id) or default] += lead
        for status, leads in groups.items():
            leads._with_cause("restore").status_id = status

    def _prospect_get_status_before_junk(self):
        """{lead id: the status that it had before it last became junk}."""
        previous = {}
        # sudo: the history decides, also rows about a time before the person's
        changes = self.env["prospect.status.change"].sudo()
        for change in changes.search(
            [
                ("lead_id", "in", self.ids),
                ("to_kind", "=", "junk"),
                ("former_lead_id", "=", False),
            ],
            order="date, id",
        ):
            if change.from_kind != "junk":
                previous[change.lead_id.id] = change.from_id.sudo(False)
        return previous

    def _prospect_apply_status(self, before):
        """Do what Odoo's Lost and Restore do, where the new status asks for it.

        :param dict before: {lead id: (status id, ...)} before the status was written
        """
        # sudo: kinds are read whoever may read the statuses
        statuses = self.env["prospect.status"].sudo()
        former = {
            lead.id: statuses.browse(before[lead.id][0]).kind
            for lead in self
            if lead.id in before
        }
        reopened = self.filtered(
            lambda lead: (
                lead.type == "lead"
                and lead.won_status == "won"
                and former.get(lead.id) == "converted" != lead.status_kind
            )
        )
        if reopened:
            # Odoo neither loses nor reopens what stands in a won stage
            reopened.stage_id = reopened._stage_find(domain=[("is_won", "=", False)])
        junk = self.filtered(lambda lead: lead.status_kind == "junk")
        to_lose = junk.filtered(lambda lead: lead.won_status != "lost")
        if to_lose:
            to_lose.action_set_lost()
        to_restore = (self - junk).filtered(
            lambda lead: (
                former.get(lead.id) == "junk"
                and (not lead.active or lead.won_status == "lost")
            )
        )
        if to_restore:
            to_restore.action_restore()

    def _prospect_log_status(self, before):
        """Write one row for each prospect whose status is not what it was.

        :param dict before: {lead id: (status id, ...)}; created ones are not in it
        """
        # sudo: names and kinds are kept whoever may read the statuses
        statuses = self.env["prospect.status"].sudo()
        changed = {
            lead: statuses.browse(before.get(lead.id, (False,))[0])
            for lead in self
            if lead.status_id.id != before.get(lead.id, (False,))[0]
        }
        if not changed:
            return
        log = self.env["prospect.status.change"]
        cause = log._get_cause()
        # sudo: the history is written by the change itself, by nobody's right
        log.sudo()._append(
            [
                {
                    "lead_id": lead.id,
                    "from_id": old.id,
                    "to_id": lead.status_id.id,
                    "from_name": old.name,
                    "to_name": lead.sudo().status_id.name,
                    "from_kind": old.kind,
                    "to_kind": lead.status_kind,
                    "cause": cause,
                }
                for lead, old in changed.items()
            ]
        )
        leads = self.browse([lead.id for lead in changed])
        leads.invalidate_recordset(["status_change_ids"])
        leads._prospect_close_activities(changed)
        self._prospect_mark_conversion(changed)
        if before and not read_trusted(self.env.context, "prospect_batch"):
            leads._prospect_on_status_changed(
                {
                    lead.id: (old.sudo(False), lead.status_id)
                    for lead, old in changed.items()
                }
            )

    def _prospect_mark_conversion(self, changed):
        """Remember who converted the prospects that have just become so."""
        converted = self.browse(
            lead.id
            for lead, old in changed.items()
            if lead.status_kind == "converted" != old.kind
        )
        left = self.browse(
            lead.id
            for lead, old in changed.items()
            if old.kind == "converted" != lead.status_kind
        )
        if left:
            left.write(dict.fromkeys(CONVERSION_FIELDS, False))
        if converted:
            converted.filtered(
                lambda lead: not lead.converted_by_id
            ).converted_by_id = self.env.uid
            for lead in converted:
                # whichever way it was converted, the opportunity is found from the
                # prospect
                if lead.type == "opportunity" and not lead.prospect_opportunity_id:
                    lead.prospect_opportunity_id = lead
            if not read_trusted(self.env.context, "prospect_batch"):
                converted._prospect_on_converted()

    def _prospect_close_activities(self, changed):
        """Close what is to be done with junk, and open it again after a restore."""
        to_junk, from_junk = self.browse(), self.browse()
        for lead, old in changed.items():
            if lead.status_kind == "junk" != old.kind:
                to_junk += lead
            elif old.kind == "junk" != lead.status_kind:
                from_junk += lead
        if to_junk:
            to_junk._prospect_find_activities("active").write(
                {"active": False, "prospect_closed": True}
            )
        if from_junk:
            from_junk._prospect_find_activities("prospect_closed").write(
                {"active": True, "prospect_closed": False}
            )
        (to_junk + from_junk).invalidate_recordset(["activity_ids"])

    def _prospect_find_activities(self, flag):
        """The activities of all people on ``self`` that have a flag set.

        :param str flag: ``active`` for what is planned, ``prospect_closed`` for what
            the junk has closed
        """
        # sudo: the plans of all colleagues end with the prospect, and move with it
        return (
            self.env["mail.activity"]
            .sudo()
            .with_context(active_test=False, mail_activity_quick_update=True)
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    (flag, "=", True),
                ]
            )
        )

    def _with_cause(self, cause):
        """``self`` with a cause for the logs, unless the context names one."""
        if read_trusted(self.env.context, "prospect_cause"):
            return self
        return self.with_context(**trusted(prospect_cause=cause))

    def _prospect_move_closed_activities(self, merged):
        """Odoo moves what is planned; what the junk had closed moves too."""
        activities = merged._prospect_find_activities("prospect_closed")
        activities.write({"res_id": self.id})
        if self.status_kind != "junk":
            activities.write({"active": True, "prospect_closed": False})

    def _prospect_merge_status(self):
        """The status of what a merge leaves, ``self`` being sorted, survivor first.

        What ends as an opportunity is converted if any of them was a prospect;
        otherwise the survivor keeps its own.
        """
        if any(lead.type == "opportunity" for lead in self) and self.status_id:
            if self[0].status_kind == "converted":
                return self[0].status_id
            return self.env["prospect.status"]._get_main("converted")
        return self[0].status_id
