from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmLead(models.Model):
    """What other add-ons override, beside the hooks of ``crm_lead.py``.

    Each does nothing here, is called once a batch and is one of ``tools.hooks.HOOKS``.
    An override calls ``super()`` first and returns what it gives. See
    ``docs/extend.rst``.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    # --- What has happened ----------------------------------------------------------

    def _prospect_on_list_left(self, prospect_list):
        """``self`` have left one list. Bridges override it.

        By hand, by a bulk operation, a segment, the end of their time, a bounced mail,
        or because the list is about to be deleted. Not in an undo.

        :param prospect_list: one ``prospect.list``
        """

    def _prospect_on_replied(self, messages):
        """``self`` have written a mail. Bridges override it.

        Called after ``tools.mails`` has judged: no automatic mail, no mail that came
        back, none of a colleague's, and not the mail that has made the prospect.

        :param messages: ``mail.message``, with superuser rights; ``res_id`` says of
            which of ``self`` each is
        """

    @api.model
    def _prospect_on_opted_out(self, rows):
        """Some addresses are not to be written to any more. Bridges override it.

        Also of addresses that are no prospect's. Not for mails that came back.

        :param list rows: dicts of ``channel`` (email, sms or phone), ``address``
            (normalised), ``lead_ids`` (prospects that have it), ``purpose_id`` and
            ``company_id`` (False: all of them) and ``at``
        """

    @api.model
    def _prospect_record_opt_outs(self, rows):
        """Write down opt-outs that a file says, in a register of one's own.

        An override gives what ``super()`` leaves, without what it has written down
        itself; what nobody has written down goes on Odoo's blacklist. Whoever writes
        them down calls :meth:`_prospect_on_opted_out`.

        :param list rows: dicts of ``channel`` (email or sms), ``address`` (normalised),
            ``lead_id``, ``company_id`` and ``note`` (how it is known)
        :return: the rows that are left
        """
        return rows

    @api.model
    def _prospect_describe_opt_outs(self):
        """Where opt-outs of files are written down, in words; "": Odoo's blacklist."""
        return ""

    @api.model
    def _prospect_opt_out(self, channel, addresses, purpose_id=False, company_id=False):
        """Call :meth:`_prospect_on_opted_out` for some addresses, in one query.

        :param str channel: ``email``, ``sms`` or ``phone``
        :param addresses: normalised e-mail addresses, or numbers
        :param int purpose_id: what is not wanted any more; False: anything
        :param int company_id: whose it is not wanted; False: anybody's
        """
        addresses = sorted(filter(None, set(addresses)))
        if not addresses:
            return
        fname = "email_normalized" if channel == "email" else "phone_sanitized"
        self.flush_model([fname, "is_listed"])
        found = dict(
            self.env.execute_query(
                SQL(
                    "SELECT %(column)s, array_agg(id ORDER BY id) FROM crm_lead"
                    " WHERE is_listed IS TRUE AND %(column)s = ANY(%(addresses)s)"
                    " GROUP BY 1",
                    column=SQL.identifier(fname),
                    addresses=addresses,
                )
            )
        )
        self._prospect_on_opted_out(
            [
                {
                    "channel": channel,
                    "address": address,
                    "lead_ids": found.get(address, []),
                    "purpose_id": purpose_id,
                    "company_id": company_id,
                    "at": self.env.cr.now(),
                }
                for address in addresses
            ]
        )

    # --- Merging ----------------------------------------------------------------------

    @api.model
    def _prospect_before_merge(self, survivor, others):
        """Prospects are about to become one, before anything has moved.

        Whoever merges. What is written here is undone with the merge where it points
        at one of the prospects; the rest is for :meth:`_prospect_after_unmerge`.

        :param survivor: the prospect that is left
        :param others: those that go
        """

    @api.model
    def _prospect_after_unmerge(self, line):
        """A merge was undone: the prospects are back, with what pointed at them.

        :param line: its ``prospect.operation.line``, whose ``values`` hold
            ``survivor_id`` and ``trace``, of which ``lost`` names those that are back
        """

    # --- Converting -------------------------------------------------------------------

    def _prospect_convert_extra(self, rows, choice):
        """Make what else becomes of prospects that are converted, after their contacts.

        What an undo needs is put into ``row.traces`` under a key of one's own.

        :param list rows: ``tools.conversion.Conversion``, whose ``contact`` and
            ``company`` hold the ``id`` of what was made or linked
        :param dict choice: what was chosen for all of them
        """

    @api.model
    def _prospect_unconvert_extra(self, lines):
        """Take back what :meth:`_prospect_convert_extra` has made, before the contacts.

        :param lines: ``prospect.operation.line``; ``values["traces"]`` is what was kept
        """

    @api.model
    def _prospect_describe_extra(self, row):
        """What else becomes of one prospect, for the preview and the receipt.

        :param row: the ``prospect.operation.line`` of a conversion
        :return: a list of (label, text)
        """
        return []

    # --- What there is ----------------------------------------------------------------

    @api.model
    def _prospect_member_domain(self):
        """Prospects who are members of something: nobody, for the core.

        An override gives ``super()._prospect_member_domain() | ...``.
        """
        return Domain.FALSE

    @api.model
    def _prospect_contact_columns(self):
        """What is known about the contacts of prospects, beyond their fields.

        Pages of other bridges show them, and reports offer them.

        :return: a list of ``tools.reports.ReportColumn``
        """
        return []

    @api.model
    def _prospect_condition_list(self):
        """What can be asked about prospects: a list of ``tools.signals.Condition``."""
        return []

    @api.model
    def _prospect_action_list(self):
        """What can be done with prospects: a list of ``tools.signals.Action``."""
        return []

    @api.model
    def _prospect_variable_list(self):
        """What texts can say of prospects: a list of ``tools.signals.Variable``."""
        return []
