from odoo import api, models

from ...tools.matching import identity_keys
from ...tools.people import Terms
from ...tools.trusted import read_trusted

# What a person is known by, of the fields that people type.
KEY_FIELDS = frozenset(("assistant_email", "email_from", "partner_id", "phone"))


class CrmLead(models.Model):
    """The door of the gate, and what keeps people who type from passing by it."""

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    # Odoo's index on e-mails is made for parts of them: a thousand times slower
    _prospect_email_idx = models.Index(
        "(email_normalized) WHERE is_listed IS TRUE AND email_normalized IS NOT NULL"
    )
    # whoever has nothing but a number is looked for by each row with both
    _prospect_bare_phone_idx = models.Index(
        "(phone_sanitized) WHERE is_listed IS TRUE AND email_normalized IS NULL"
        " AND phone_sanitized IS NOT NULL"
    )

    @api.model
    def _prospect_upsert(
        self,
        rows,
        policy="update",
        defaults=None,
        cause=None,
        channel="",
        is_proved=False,
        keep_apart=False,
    ):
        """Create or update prospects, a batch at once, and say what became of each row.

        Who is the same person, by e-mail, phone and names, is said by
        ``tools/identity.py``; a row without e-mail and phone never matches [CO-09]. An
        open prospect is updated; a
        converted one and junk stay, and the person comes back as a new prospect
        (``is_repeat``) that is linked to the same contact [BX-34]. Looked for in the
        company of the row and among those of no company.

        :param list rows: dicts of values of ``crm.lead``; relations as records or
            numbers, lists and tags as records, numbers or commands
        :param str policy: for existing people: ``update`` (new values win), ``fill``
            (only what is empty), ``skip``, or ``create`` (nobody is matched)
        :param dict defaults: values of new prospects only, such as source or team
        :param str cause: of the histories, else the context's ``prospect_cause``
        :param str channel: by which they came, of ``CHANNELS``: who types an address
            into a form has not proved that it is theirs, a mail changes no field
        :param bool is_proved: they have: by a link of their own, or a log-in
        :param bool keep_apart: people who share a personal address are several
        :return: a dict per row, in their order: ``outcome`` (created, updated,
            unchanged, repeat, skipped or failed), ``reason``, ``lead_id``, ``before``
            and ``after`` (the fields that change), ``left_alone`` (e-mail and phone
            that differ from those of the contact) and ``told`` (code and values of what
            people are told: another name, several people with one address)
        :raises psycopg2.errors.SerializationFailure: when the same person came in
            elsewhere at the same time: the whole transaction has to run again, which
            Odoo does for requests, and ``prospect.operation`` for its batches
        :raises ValueError: for a policy that does not exist
        """
        terms = Terms(policy, defaults or {}, channel, is_proved, keep_apart)
        return self.env["prospect.gate"]._upsert(rows, terms, cause)

    @api.model
    def _prospect_gate_simplify(self, incoming):
        """Do at once what follows from rows that were written; wings add theirs."""

    # --- Who types --------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._prospect_touch_keys()
        return leads

    def write(self, vals):
        result = super().write(vals)
        if KEY_FIELDS & vals.keys():
            self._prospect_touch_keys()
        return result

    def _prospect_touch_keys(self):
        """Let whoever captures the same person at the same moment look again.

        The gate itself has taken the keys before it wrote.
        """
        if read_trusted(self.env.context, "prospect_batch"):
            return
        # sudo: the keys alone, of prospects that the person has just written
        self.env["prospect.key"].sudo()._touch(self.sudo()._prospect_get_keys())

    def _prospect_get_keys(self):
        """What prospects are known by, as ``prospect.key`` takes it."""
        return {
            key
            for lead in self
            for key in identity_keys(
                lead.email_normalized, lead.phone_sanitized, lead.assistant_email
            )
        }

    # --- Contact --------------------------------------------------------------------

    def _get_partner_email_update(self, force_void=True):
        # what arrives through the gate never changes a contact, nor is changed by it
        if read_trusted(self.env.context, "prospect_keep_contact"):
            return False
        return super()._get_partner_email_update(force_void=force_void)

    def _get_partner_phone_update(self, force_void=True):
        if read_trusted(self.env.context, "prospect_keep_contact"):
            return False
        return super()._get_partner_phone_update(force_void=force_void)
