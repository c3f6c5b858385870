from datetime import timedelta

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

# How long *Done* can be taken back.
SECONDS = 60


class MailActivity(models.Model):
    """*Done* is taken back by who has just pressed it."""

    _name = "mail.activity"
    _inherit = ["mail.activity"]

    def action_prospect_undo_done(self, message_id):
        """Take back that a task of a prospect is done.

        The task stands there again; what said that it is done, and what was planned in
        its place, goes.

        :param int message_id: what ``action_done`` has answered
        :raises UserError: after a minute, or when the task or the prospect was changed
            since
        :raises AccessError: for anybody but who has marked it as done
        """
        self.ensure_one()
        self.check_access("write")
        message = self._get_done_message(message_id)
        following = self._get_following(message)
        following.unlink()
        message.attachment_ids.write({"res_model": self._name, "res_id": self.id})
        # sudo: a message of the person itself, see _get_done_message
        message.sudo().unlink()
        self.write({"active": True, "feedback": False})
        # figures are of what PostgreSQL says has changed, and nothing says what went
        self.env.flush_all()
        touch = "UPDATE crm_lead SET write_date = write_date WHERE id = %s"
        self.env.cr.execute(SQL(touch, self.res_id))

    def _get_done_message(self, message_id):
        """What was said when the task was done, if that can be taken back."""
        message = self.env["mail.message"].browse(int(message_id)).exists()
        if (
            not message
            or self.res_model != "crm.lead"
            or message.model != self.res_model
            or message.res_id != self.res_id
            or message.mail_activity_type_id != self.activity_type_id
        ):
            raise UserError(self.env._("There is nothing to undo any more."))
        if message.create_uid != self.env.user:
            raise AccessError(
                self.env._("Only the person who marked it as done can undo that.")
            )
        lead = self.env["crm.lead"].browse(self.res_id)
        lead.check_access("write")
        if (
            self.active
            # of another transaction: somebody has changed it since
            or self.write_date != message.create_date
            or message.create_date < self.env.cr.now() - timedelta(seconds=SECONDS)
            or lead.status_id.kind == "junk"
        ):
            raise UserError(
                self.env._(
                    "It is too late to undo this: a minute has passed, or somebody has"
                    " changed it since. Plan a new activity."
                )
            )
        return message

    def _get_following(self, message):
        """What Odoo has planned because the task was done, and nobody has changed."""
        if self.activity_type_id.chaining_type != "trigger":
            return self.browse()
        return self.search(
            [
                ("res_model", "=", self.res_model),
                ("res_id", "=", self.res_id),
                ("create_uid", "=", self.env.uid),
                ("create_date", "=", message.create_date),
                (
                    "activity_type_id",
                    "=",
                    self.activity_type_id.triggered_next_type_id.id,
                ),
                ("id", ">", self.id),
            ]
        ).filtered(lambda activity: activity.write_date == message.create_date)
