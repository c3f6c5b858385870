import logging
from ast import literal_eval

from odoo import api, fields, models
from odoo.tools import html2plaintext
from odoo.tools.mail import email_normalize, parse_contact_from_email

from ...tools.identity import judge_email, read_face
from ...tools.mails import automatic_header, mail_source
from ...tools.people import Terms
from ...tools.remarks import remark
from ...tools.texts import clean_text
from ...tools.trusted import read_trusted, trusted
from ...tools.writers import find_writer, is_no_reply
from ..gate.row_values import read_titles

_logger = logging.getLogger(__name__)

# A mail adds a message and changes no field.
MAIL = Terms(channel="email")
# Characters of a refused mail that the inbox shows.
BODY_KEPT = 20_000


class CrmLead(models.Model):
    """What a mail to an alias of prospects becomes [BX-07].

    A mail of an existing person is a message of the open prospect; of an unknown one,
    or of one who was converted or junk, a new prospect. The sender's address proves
    nothing: a mail adds messages and makes prospects, and changes no field of a record
    that is there.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    is_repeat = fields.Boolean(
        string="Returning",
        readonly=True,
        copy=False,
        help="A returning person, who was converted or junk before.",
    )

    @api.model
    def _prospect_mail_routes(self, message, message_dict, routes):
        """The routes of Odoo, with those that would make a prospect settled.

        :param message: the ``email.message.EmailMessage``
        :param dict message_dict: what Odoo has read in it
        :param list routes: (model, record number, values, user number, alias)
        :return: routes, of which those of existing people lead to their open prospect;
            several aliases of one company are one route
        :raises psycopg2.errors.SerializationFailure: when another mail of the person
            came at the same time: ``message_process`` runs again
        """
        if not any(route[0] == self._name for route in routes or ()):
            return routes
        is_new = any(map(self._prospect_mail_is_new, routes))
        sender = email_normalize(message_dict.get("email_from"), strict=False)
        # a colleague's answer is theirs, whoever is to be answered
        writer = (
            self._prospect_mail_set_writer(message, message_dict)
            if is_new or not sender or not self._prospect_mail_is_colleague(sender)
            else None
        )
        if writer:
            routes = self._prospect_mail_unthread(writer, message_dict, routes)
        if not any(map(self._prospect_mail_is_new, routes)):
            return routes
        reason = self._prospect_mail_refusal(message, message_dict)
        if reason:
            self._prospect_mail_refuse(message, message_dict, routes, reason)
            return [route for route in routes if not self._prospect_mail_is_new(route)]
        new = [route for route in routes if self._prospect_mail_is_new(route)]
        rows = self._prospect_mail_match(message_dict, [route[2] for route in new])
        named = self._prospect_mail_exception(message, message_dict, rows)
        if named:
            email = next(iter(named.values()))
            reason = remark(self.env, "capture.exception_mail", email=email)
            self._prospect_mail_refuse(message, message_dict, routes, reason)
        settled = {id(route): row for route, row in zip(new, rows, strict=True)}
        return self._prospect_mail_settle(routes, settled, named)

    def _prospect_mail_settle(self, routes, settled, named):
        """Routes to open prospects, each once, and to new ones.

        :param dict settled: {id of a route: row of the gate} of new ones
        :param named: ids of rows that are left out
        """
        kept, seen = [], set()
        for route in routes:
            row = settled.get(id(route))
            if row is not None and row.number in named:
                continue
            if row is not None and row.key:
                person = row.existing or (row.key, row.company)
                if person in seen:
                    continue
                seen.add(person)
                if row.existing:
                    route = (route[0], row.existing, *route[2:])
                    self._prospect_mail_note(row, row.existing)
            kept.append(route)
        return kept

    def _prospect_mail_is_new(self, route):
        """Whether Odoo would make a lead of this route."""
        return route[0] == "crm.lead" and not route[1]

    # --- Who wrote --------------------------------------------------------------------

    @api.model
    def _prospect_mail_set_writer(self, message, message_dict):
        """Let what Odoo has read of a mail say who wrote it, not who passed it on.

        :return: the :class:`~odoo.addons.prospect.tools.writers.Writer`, or None where
            the sender wrote
        """
        writer = find_writer(message, self._prospect_mail_is_ours)
        if writer:
            message_dict["email_from"] = message_dict["from"] = writer.formatted
            # that of the one who passed it on; Odoo looks for another one
            message_dict["author_id"] = False
        return writer

    @api.model
    def _prospect_mail_unthread(self, writer, message_dict, routes):
        """Routes of a mail that was passed on, without threads of other people.

        Forms give all their mails the same number to answer to: two people would meet.
        The thread is kept where the writer is the prospect, or has written in it.
        """
        kept = []
        for route in routes:
            model, thread_id, _values, _user_id, alias = route
            if (
                model == self._name
                and thread_id
                and not (alias and alias.alias_force_thread_id)
                # sudo: a mail server has no rights
                and not self.sudo().browse(thread_id)._prospect_mail_knows(writer.email)
            ):
                route = self._prospect_mail_renew(route)
                message_dict.pop("parent_id", None)
                message_dict.pop("is_internal", None)
            kept.append(route)
        return kept

    def _prospect_mail_knows(self, email):
        """Whether an address is the prospect's, or one that has written to it.

        Where there is no address at all, nothing contradicts.
        """
        addresses = {self.email_normalized, self.partner_id.email_normalized}
        addresses |= {
            email_normalize(message.email_from, strict=False)
            for message in self.message_ids
            if message.message_type == "email"
        }
        addresses -= {False, None, ""}
        return not addresses or email in addresses

    def _prospect_mail_renew(self, route):
        """A route to a thread as one to a new prospect of the same alias or team."""
        model, thread_id, _values, _user_id, alias = route
        if alias:
            values = literal_eval(alias.alias_defaults)
        else:
            # sudo: a mail server has no rights
            team = self.sudo().browse(thread_id).team_id
            values = {"team_id": team.id} if team else {}
        return (model, 0, values, self.env.uid, alias)

    @api.model
    def _prospect_mail_identity(self, message_dict):
        """Values of who wrote, as the gate distinguishes people.

        An address that nobody reads is nobody's.
        """
        name, _email = parse_contact_from_email(message_dict.get("email_from"))
        email = email_normalize(message_dict.get("email_from"), strict=False)
        values = {"email_from": "" if not email or is_no_reply(email) else email}
        if name and "@" not in name:
            values["contact_name"] = name
        return values

    @api.model
    def _prospect_mail_match(self, message_dict, defaults_list):
        """Who the sender is, for each set of an alias's values.

        :return: rows of the gate; without a key when the sender has no address
        """
        gate = self.env["prospect.gate"]
        rows = [
            self._prospect_mail_read(number, message_dict, defaults)
            for number, defaults in enumerate(defaults_list, start=1)
        ]
        # before looking: another mail of the person makes this one run again
        gate._lock(rows)
        # aliases are no rows about one person
        for row in rows:
            gate._match([row], MAIL)
        return rows

    @api.model
    def _prospect_mail_read(self, number, message_dict, defaults):
        """The sender as a row of the gate, for the values of an alias."""
        values = {
            fname: (defaults or {}).get(fname)
            for fname in ("company_id", "team_id", "user_id")
            if (defaults or {}).get(fname)
        }
        values.update(self._prospect_mail_identity(message_dict))
        return self.env["prospect.gate"]._read(number, values)

    @api.model
    def _prospect_mail_exception(self, message, message_dict, rows):
        """{number of a row: address} of those that an exception stops [BX-35].

        Named may be who wrote, or who has passed the mail on.
        """
        texts = (message_dict.get("email_from"), str(message.get("From") or ""))
        emails = {email_normalize(text, strict=False): True for text in texts if text}
        exceptions = self.env["prospect.exception"]
        found = exceptions._match(emails)
        return {
            row.number: email
            for row in rows
            for email in found
            if exceptions._is_named(found, email, row.company)
        }

    @api.model
    def _prospect_mail_note(self, row, lead_id):
        """Note on a prospect what is told of its mail: it was signed by another name,
        or somebody else has the same address.
        """
        row.lead_id = lead_id
        if not row.outcome:
            row.outcome = "unchanged" if row.existing else "created"
        gate = self.env["prospect.gate"]
        gate._plan_notes([row], MAIL)
        gate._say([row])

    # --- Refused --------------------------------------------------------------------

    @api.model
    def _prospect_mail_refusal(self, message, message_dict):
        """Why a mail makes no prospect, for people, or an empty text."""
        header = automatic_header(message)
        if header:
            return remark(self.env, "capture.automatic_mail", header=header)
        email = email_normalize(message_dict.get("email_from"), strict=False)
        if email and self._prospect_mail_is_ours(email):
            return remark(
                self.env,
                "capture.own_address",
                email=email,
            )
        return ""

    @api.model
    def _prospect_mail_is_ours(self, email):
        """Whether an address is a colleague's, a company's of ours, or one that this
        database receives at.

        :param str email: normalised
        """
        # sudo: the gateway asks for addresses alone
        domains = self.env["mail.alias.domain"].sudo()
        if domains._find_aliases([email]):
            return True
        companies = self.env["res.company"].sudo().search_fetch([], ["email"])
        if email in map(email_normalize, companies.mapped("email")):
            return True
        return self._prospect_mail_is_colleague(email)

    @api.model
    def _prospect_mail_is_colleague(self, email):
        """Whether a normalised address is that of somebody who works here."""
        # sudo: the gateway asks for addresses alone
        return bool(
            self.env["res.users"]
            .sudo()
            .search_count(
                [("email_normalized", "=", email), ("share", "=", False)], limit=1
            )
        )

    @api.model
    def _prospect_mail_refuse(self, message, message_dict, routes, reason):
        """Keep a mail that makes no prospect in the inbox, among what is ignored.

        Whole, with its attachments; what people read of it is cut.
        """
        _logger.info(
            "Mail from %s with Message-Id %s makes no prospect: %s",
            message_dict.get("email_from"),
            message_dict.get("message_id"),
            reason,
        )
        defaults = next(
            (route[2] for route in routes if self._prospect_mail_is_new(route)), None
        )
        body = html2plaintext(message_dict.get("body") or "")
        source = mail_source(message)
        self.env["prospect.capture"]._keep_ignored(
            "email",
            message_dict["message_id"],
            {
                "from": message_dict.get("email_from") or "",
                "to": message_dict.get("to") or "",
                "subject": message_dict.get("subject") or "",
                "body": body[:BODY_KEPT] if source else body,
            },
            reason,
            defaults=defaults,
            source=source,
        )

    # --- New prospects ----------------------------------------------------------------

    @api.model
    def _prospect_mail_values(self, msg_dict, custom_values):
        """Values of a new prospect from a mail, for Odoo's ``message_new``.

        :param dict custom_values: of the alias, which win
        :return: values, whether the person was converted or junk before, whether
            the contact is known under another address, which is to stay, and the row of
            the gate
        """
        values = dict(custom_values or {})
        source = self.env.ref("prospect.utm_source_email", raise_if_not_found=False)
        if source and not values.get("source_id"):
            values["source_id"] = source.id
        if self._prospect_get_simple_targets() or (
            not values.get("type") and self._prospect_uses_leads()
        ):
            values["type"] = "lead"
        self._prospect_add_suggestions(values)
        (row,) = self._prospect_mail_match(msg_dict, [values])
        is_repeat = bool(row.closed and values.get("type") == "lead")
        if is_repeat and not values.get("partner_id"):
            contact_id = self.env["prospect.gate"]._get_contacts([row]).get(row.closed)
            if contact_id:
                values["partner_id"] = contact_id
        if (
            not values.get("partner_id")
            and msg_dict.get("author_id")
            and not self._prospect_mail_is_author(row, msg_dict["author_id"])
        ):
            # somebody else who reads the same address
            values["partner_id"] = False
            msg_dict = {**msg_dict, "author_id": False}
        # sudo: the address alone, of somebody whom the sender may be
        contact = (
            self.env["res.partner"]
            .sudo()
            .browse(values.get("partner_id") or msg_dict.get("author_id") or [])
        )
        name = self._prospect_mail_identity(msg_dict).get("contact_name")
        if name and not contact:
            values.setdefault("contact_name", clean_text(name))
            read_titles(self.env, values)
        keeps = contact.email_normalized != (row.email or False)
        return values, is_repeat, keeps, row

    @api.model
    def _prospect_mail_is_author(self, row, partner_id):
        """Whether the contact that Odoo takes for the sender is the same person."""
        # sudo: the names alone, of somebody whom the sender may be
        partner = self.env["res.partner"].sudo().browse(partner_id)
        if not row.email or partner.is_company:
            return True
        one = read_face(row.values, email=row.email)
        face = read_face(
            {"contact_name": partner.name}, number=partner_id, email=row.email
        )
        return judge_email(one, [face]).face is not None

    def _prospect_mail_recipients(self, partner_ids):
        """People to notify of a mail, without the one whom the prospect may be.

        To be told of a mail would make somebody the contact of every lead with that
        address: for a person to decide, not for a mail.
        """
        if self.partner_id or not self.email_from:
            return partner_ids
        partners = self.env["res.partner"].browse(partner_ids or ())
        return partners.filtered(
            lambda partner: (
                partner.email != self.email_from
                and (
                    not self.email_normalized
                    or partner.email_normalized != self.email_normalized
                )
            )
        ).ids

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """A mail to the alias of a team is a prospect from that channel [BX-07]."""
        values, is_repeat, keeps, row = self._prospect_mail_values(
            msg_dict, custom_values
        )
        leads = self.with_context(
            **trusted(prospect_cause="email", prospect_keep_contact=keeps)
        )
        lead = super(CrmLead, leads).message_new(msg_dict, custom_values=values)
        if is_repeat:
            # sudo: only the gate says who comes back
            lead.sudo().is_repeat = True
        self._prospect_mail_note(row, lead.id)
        return lead.with_env(self.env)

    def message_post(self, **kwargs):
        if read_trusted(self.env.context, "prospect_mail"):
            partner_ids = self._prospect_mail_recipients(kwargs.get("partner_ids"))
            kwargs["partner_ids"] = partner_ids
        return super().message_post(**kwargs)
