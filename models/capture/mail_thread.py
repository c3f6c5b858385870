from odoo import api, models
from odoo.tools import SQL

from ...tools.mails import automatic_header
from ...tools.transactions import run_again
from ...tools.trusted import trusted


class MailThread(models.AbstractModel):
    """The mail gateway: nothing is lost, and existing people join their prospect."""

    _name = "mail.thread"
    _inherit = ["mail.thread"]

    @api.model
    def message_process(
        self,
        model,
        message,
        custom_values=None,
        save_original=False,
        strip_attachments=False,
        thread_id=None,
    ):
        """Process a mail, again when it met another one of the same person.

        Whoever fetches mails marks one that fails as handled, and it would be lost.
        A mail that is part of a larger transaction is left to that one's owner: the
        rollback of a new try would take the owner's work away.
        """

        def process():
            return super(MailThread, self).message_process(
                model,
                message,
                custom_values=dict(custom_values) if custom_values else custom_values,
                save_original=save_original,
                strip_attachments=strip_attachments,
                thread_id=thread_id,
            )

        if self._prospect_has_written():
            return process()
        return run_again(self.env, process)

    @api.model
    def message_route(
        self, message, message_dict, model=None, thread_id=None, custom_values=None
    ):
        """Send mails of existing people to their prospect, and automatic ones nowhere.

        Here and not later, so that Odoo's guards against loops count the messages
        of one prospect; and not earlier, so that an alias looks at ``From`` where it
        takes mails of some people only.
        """
        routes = super().message_route(
            message,
            message_dict,
            model=model,
            thread_id=thread_id,
            custom_values=custom_values,
        )
        return self.env["crm.lead"]._prospect_mail_routes(message, message_dict, routes)

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        thread = self.with_context(**trusted(prospect_mail=True))
        result = super(MailThread, thread)._message_route_process(
            message, message_dict, routes
        )
        if not automatic_header(message):
            self.env["crm.lead"]._prospect_find_replies(message_dict, routes)
        return result

    @api.model
    def _prospect_has_written(self):
        """Whether the transaction has changed anything, so that it belongs to somebody.

        The database numbers a transaction when it first writes or locks a row.
        """
        self.env.flush_all()
        ((number,),) = self.env.execute_query(
            SQL("SELECT pg_current_xact_id_if_assigned()::text")
        )
        return number is not None
