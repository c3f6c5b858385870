from odoo import api, models, tools
from odoo.tools import SQL
from odoo.tools.mail import email_normalize

from ...tools.phones import read_phone
from ...tools.privacy import PersonSource, get_name_parts

# Add-ons of ours, and those that build on them.
OURS = "prospect"
# Fields whose former values the chatter has.
TRACKED = ("email_from", "phone")


class ProspectPerson(models.AbstractModel):
    """One person, wherever the database holds them: found, counted and erased.

    What is looked for is plain data, see :meth:`_collect`. *Where* is a list of
    :class:`~..tools.privacy.PersonSource`, to which add-ons add theirs by
    :meth:`_prospect_person_sources`. Models of ours, and all dialogs, that nobody has
    named are looked through as well: nothing is forgotten because it is new.
    """

    _name = "prospect.person"
    _description = "Where a Person Is"

    # --- Where ------------------------------------------------------------------------

    @api.model
    def _prospect_person_sources(self):
        """Where people are, and what becomes of it; in the order in which it is done.

        :return: list of :class:`~..tools.privacy.PersonSource`
        """
        source = PersonSource
        lead = {"links": ("lead_id",)}
        return [
            # before the files, which are known by their lines
            source(
                "prospect.operation.line",
                "line",
                parent=("operation_id", "prospect.operation"),
                **lead,
            ),
            source("prospect.operation", "operation"),
            source("prospect.capture", "capture", **lead),
            source(
                "prospect.capture.line",
                "delete",
                parent=("capture_id", "prospect.capture"),
            ),
            source("prospect.key", "delete"),
            source("prospect.undeliverable.address", "delete", of=("email",)),
            source("prospect.notification.event", "delete", **lead),
            source("prospect.segment", told=True),
            source("prospect.list", told=True),
            source("prospect.report.template", told=True),
            source("ir.filters", told=True),
            source("mail.template", told=True),
            source("ir.attachment", "attachment"),
            source("mail.mail", "delete", of=("email_to", "email_cc")),
            source("mail.scheduled.message"),
            source("mail.tracking.value"),
            source("mail.message", "message", contacts=("author_id",)),
            source("mail.notification"),
            source("mail.activity"),
            source("mail.blacklist", "keep"),
            source("phone.blacklist", "keep"),
            source("sms.sms", "delete", of=("number",)),
            source("mailing.trace"),
            source("mailing.contact", "delete", names=False),
            source("calendar.event"),
            source("calendar.attendee"),
            source("ir.logging", "delete"),
            source("crm.lead"),
        ]

    @api.model
    @tools.ormcache()
    def _get_sources(self):
        """All of them: those that are named, dialogs, and the rest of our models.

        Remembered: it only depends on which add-ons there are.
        """
        named = self._prospect_person_sources()
        names = {source.model for source in named}
        dialogs, others = [], []
        for name, model in sorted(self.env.registry.items()):
            if model._abstract or not model._auto or name in names:
                continue
            links = tuple(
                field.name
                for field in model._fields.values()
                if field.store
                and field.type == "many2one"
                and field.comodel_name == "crm.lead"
            )
            if model._transient:
                dialogs.append(PersonSource(name, "drop", links=links))
            elif (model._original_module or "").startswith(OURS):
                others.append(PersonSource(name, links=links))
        skipped = {"prospect.erasure", "prospect.tombstone", "prospect.secret"}
        # what was sent to browsers, at the end: erasing sends as well
        last = [
            PersonSource("res.partner", "contact"),
            PersonSource("bus.bus", "drop"),
        ]
        return tuple(
            source
            for source in [*named, *others, *dialogs, *last]
            if source.model in self.env and source.model not in skipped
        )

    # --- Who --------------------------------------------------------------------------

    @api.model
    def _collect(self, leads, partners, texts=()):
        """What one person is known by, as plain data.

        Beside what the prospects say now: what imports, messages of the inbox, merges
        and the chatter say that they were. What other prospects, contacts or colleagues
        have as well (a switchboard, ``info@``) is theirs, and is not looked for.

        :param leads: the person's prospects
        :param partners: the person's contacts
        :param texts: addresses and numbers that were given by hand
        :return: dict: ``lead_ids``, ``partner_ids``, ``companies`` (empty: all),
            ``tombs`` (of which companies), ``addresses``, ``numbers``, ``names``,
            ``parts`` of names, ``elsewhere`` (what other companies know as well),
            ``shared`` (how many addresses and numbers others have)
        """
        # sudo: addresses of records that the caller may erase
        leads = leads.sudo().with_context(active_test=False)
        partners = partners.sudo().with_context(active_test=False)
        self.env.flush_all()
        addresses, numbers, names = set(), set(), set()
        for lead in leads:
            addresses.add(lead.email_normalized)
            numbers.add(lead.phone_sanitized)
            names.add(lead.contact_name)
        for partner in partners:
            addresses.add(partner.email_normalized)
            numbers.add(partner.phone_sanitized)
            names.add(partner.name)
        country = self.env.company.country_id.code or None
        for text in texts:
            phone = read_phone(text, country)
            addresses.add(email_normalize(text))
            numbers.add(phone and phone.e164)
        self._collect_former(leads.ids, addresses, numbers, names)
        if not leads:
            self._collect_merged(addresses, numbers, names)
        addresses, numbers, names = (
            {" ".join(text.split()) for text in some if text and text.strip()}
            for some in (addresses, numbers, names)
        )
        names = {name for name in names if " " in name}
        companies, tombs = self._get_companies(leads)
        person = {
            "lead_ids": leads.ids,
            "partner_ids": partners.ids,
            "companies": companies,
            "tombs": tombs,
            "parts": get_name_parts(sorted(names)),
            "operation_ids": [],
        }
        here, elsewhere = self._find_held(person, addresses, numbers, names)
        return {
            **person,
            "addresses": sorted(addresses - here),
            "numbers": sorted(numbers - here),
            "names": sorted(name for name in names if name.lower() not in here),
            "elsewhere": sorted(
                text
                for text in {*addresses, *numbers, *names}
                if text in elsewhere or text.lower() in elsewhere
            ),
            "shared": len((addresses | numbers) & here),
        }

    @api.model
    def _get_companies(self, leads):
        """Companies in which somebody is erased, and those that refuse them then.

        A prospect of no company is everybody's: it is erased for the companies in which
        the person works who erases, or for all.

        :return: (ids, empty: all; ids, 0: all)
        """
        # sudo: ids of companies alone
        everything = set(self.env["res.company"].sudo()._search([]).get_result_ids())
        chosen = set(leads.company_id.ids)
        if not leads or any(not lead.company_id for lead in leads):
            chosen |= set(self.env.companies.ids)
        if chosen >= everything:
            return [], [0]
        return sorted(chosen), sorted(chosen)

    @api.model
    def _collect_former(self, lead_ids, addresses, numbers, names):
        """Add what the prospects were known by before, from receipts and histories."""
        if not lead_ids:
            return
        for key, phone, values in self.env.execute_query(
            SQL(
                "SELECT key, phone, values FROM prospect_operation_line"
                " WHERE lead_id = ANY(%s)",
                lead_ids,
            )
        ):
            if key:
                (addresses if key.startswith("e:") else numbers).add(key[2:])
            numbers.add(phone)
            values = values if isinstance(values, dict) else {}
            for row in ((values.get("trace") or {}).get("lost") or {}).values():
                addresses.add(row.get("email_normalized"))
                numbers.add(row.get("phone_sanitized"))
                names.add(row.get("contact_name"))
        for (email,) in self.env.execute_query(
            SQL(
                "SELECT email_normalized FROM prospect_capture WHERE lead_id = ANY(%s)",
                lead_ids,
            )
        ):
            addresses.add(email)
        for old, new in self.env.execute_query(
            SQL(
                """SELECT value.old_value_char, value.new_value_char
                     FROM mail_tracking_value AS value
                     JOIN mail_message AS message ON message.id = value.mail_message_id
                     JOIN ir_model_fields AS field ON field.id = value.field_id
                    WHERE message.model = 'crm.lead' AND message.res_id = ANY(%s)
                      AND field.name = ANY(%s)""",
                lead_ids,
                list(TRACKED),
            )
        ):
            for text in (old, new):
                phone = text and read_phone(text)
                addresses.add(email_normalize(text) if text else None)
                numbers.add(phone and phone.e164)

    @api.model
    def _collect_merged(self, addresses, numbers, names):
        """Add what snapshots of merges say of who is known by an address alone."""
        wanted = [text for text in {*addresses, *numbers} if text]
        for email, phone, name in self.env.execute_query(
            SQL(
                """SELECT row.value ->> 'email_normalized',
                          row.value ->> 'phone_sanitized',
                          row.value ->> 'contact_name'
                     FROM prospect_operation_line AS line
                     JOIN prospect_operation AS operation
                       ON operation.id = line.operation_id
               CROSS JOIN LATERAL jsonb_each(
                          CASE jsonb_typeof(line.values #> '{trace,lost}')
                          WHEN 'object' THEN line.values #> '{trace,lost}'
                          ELSE '{}' END) AS row
                    WHERE operation.kind = 'merge'
                      AND (row.value ->> 'email_normalized' = ANY(%(wanted)s)
                           OR row.value ->> 'phone_sanitized' = ANY(%(wanted)s))""",
                wanted=wanted,
            )
        ):
            addresses.add(email)
            numbers.add(phone)
            names.add(name)

    @api.model
    def _find_held(self, person, addresses, numbers, names):
        """What others have too: in the companies of the person, and in others.

        :return: two sets of addresses, numbers and names in small letters
        """
        here, elsewhere = set(), set()
        facts = {
            "emails": list(addresses),
            "phones": list(numbers),
            "names": [name.lower() for name in names],
        }
        companies = person["companies"]
        for table, name, ids in (
            ("crm_lead", "contact_name", person["lead_ids"]),
            ("res_partner", "name", person["partner_ids"]),
        ):
            for email, phone, called, company_id in self.env.execute_query(
                SQL(
                    """SELECT email_normalized, phone_sanitized, lower(%(name)s),
                              company_id
                         FROM %(table)s
                        WHERE id != ALL(%(ids)s)
                          AND (email_normalized = ANY(%(emails)s)
                               OR phone_sanitized = ANY(%(phones)s)
                               OR lower(%(name)s) = ANY(%(names)s))""",
                    table=SQL.identifier(table),
                    name=SQL.identifier(name),
                    ids=ids,
                    **facts,
                )
            ):
                is_here = not companies or not company_id or company_id in companies
                (here if is_here else elsewhere).update(
                    text for text in (email, phone, called) if text
                )
        return here, elsewhere
