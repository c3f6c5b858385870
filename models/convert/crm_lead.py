from collections import Counter, defaultdict
from contextlib import contextmanager

from markupsafe import Markup

from odoo import SUPERUSER_ID, Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.contexts import QUIET
from ...tools.conversion import (
    TARGETS,
    Conversion,
    company_key,
    plain_value,
    targets_of,
)
from ...tools.identity import (
    IS_SILENT,
    is_nobodys,
    is_role,
    judge_email,
    judge_phone,
    read_face,
    relate,
)
from ...tools.matching import identity_key, identity_keys
from ...tools.phones import is_fixed_line
from ...tools.remarks import field_label, remark
from ...tools.rights import find_rule
from ...tools.rows import changed_columns, read_rows
from ...tools.texts import PLAIN_NAME, plain_marks
from ...tools.trusted import trusted
from ...tools.values import clean_email

# What is read of a prospect to know its person again.
FACE_TEXTS = ("contact_name", "first_name", "last_name", "partner_name", "phone")


# What the dialog asks of an opportunity.
OPPORTUNITY_FIELDS = ("name", "expected_revenue", "date_deadline", "stage_id")


class CrmLead(models.Model):
    """What a prospect becomes: a contact, a company, an opportunity, in any
    combination.

    Planning decides for each prospect what is made and what is linked, and touches
    nothing; applying does it, with Odoo's own methods: ``_prepare_customer_values``
    for contacts, ``convert_opportunity`` and ``_handle_salesmen_assignment`` for
    opportunities. An opportunity is the same record [BX-16].

    A *choice* says what is wanted, as plain data:

    - ``make``: list of company, contact, opportunity [BX-26]
    - ``link``: whether existing contacts and companies are linked instead of made again
    - ``contact_id``, ``company_id``, ``opportunity_id``: for one prospect, which one to
      link; False to make a new one, absent to go by the match
    - ``user_id``, ``team_id``: who works on it from now on; absent to leave it so
    - ``user_if_none``: the salesperson of those that have none
    - ``opportunity``: values of the opportunity that a prospect becomes, of
      :data:`OPPORTUNITY_FIELDS`
    - ``leave_lists``, ``copy_tags``, ``copy_notes``: booleans
    - ``activities``: keep, contact (they move to it) or close
    - ``values``: {target: {field of res.partner: value}} for fields that must be filled
    """

    _name = "crm.lead"
    _inherit = ["crm.lead"]

    converted_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    # What the conversion has made or linked; the opportunity is mostly the record
    # itself
    prospect_contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Converted to Contact",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    prospect_company_id = fields.Many2one(
        comodel_name="res.partner",
        string="Converted to Company",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    prospect_opportunity_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Converted to Opportunity",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    prospect_origin_ids = fields.One2many(
        comodel_name="crm.lead",
        inverse_name="prospect_opportunity_id",
        string="Prospects of the Opportunity",
        readonly=True,
        copy=False,
    )
    prospect_origin_count = fields.Integer(
        compute="_compute_prospect_origin_count", export_string_translation=False
    )
    prospect_receipt_id = fields.Many2one(
        comodel_name="prospect.operation",
        string="Receipt of the Conversion",
        compute="_compute_prospect_receipt_id",
    )

    def _prospect_convert_to(self, targets, **choice):
        """Convert prospects in code, with a receipt; for rules and bridges [BX-30].

        As the current user, with their right; in ``sudo()`` as the system, for which
        nobody needs a right. What cannot be converted is in the lines of the receipt.

        :param targets: names of ``contact``, ``company`` and ``opportunity``
        :param choice: what else the dialog asks, see the class
        :return: the ``prospect.operation``, empty when there is nothing to do
        """
        if not self or not targets:
            return self.env["prospect.operation"]
        leads = self.with_user(SUPERUSER_ID) if self.env.su else self
        operation = leads.env["prospect.operation"]._make_conversion(
            leads, {"make": list(targets), "link": True, **choice}
        )
        # it plans first; what is long is planned and run in the background
        operation.action_run()
        return operation.with_env(self.env)

    # --- Plan ---------------------------------------------------------------------

    def _prospect_convert_plan(self, choice, numbers=None, made=None):
        """Decide what becomes of prospects, without touching any.

        :param dict choice: see the class
        :param numbers: those of their lines; else they are counted from 1
        :param dict made: {(target, key): what the lines before make}, added to
        :return: a list of :class:`~..tools.conversion.Conversion`, in the order of
            ``self``
        """
        made = {} if made is None else made
        numbers = numbers or range(1, len(self) + 1)
        rows = [
            Conversion(number, lead.id)
            for number, lead in zip(numbers, self, strict=True)
        ]
        self._prospect_convert_exclude(rows)
        rows_left = [row for row in rows if row.outcome == "updated"]
        leads = self.browse([row.lead_id for row in rows_left])
        existing = leads._prospect_convert_match(choice)
        for lead, row in zip(leads, rows_left, strict=True):
            lead._prospect_convert_plan_one(row, choice, existing[lead.id], made)
        leads._prospect_convert_allow(rows_left)
        return rows

    def _prospect_convert_exclude(self, rows):
        """Leave out what cannot be converted, or not by this person."""
        # sudo: whether they exist still
        existing = set(self.sudo().exists().ids)
        readable = self.browse(existing)._filtered_access("read")
        allowed = set(readable._prospect_filter_right("convert").ids)
        writable = set(readable._filtered_access("write").ids)
        hidden = set(readable._prospect_find_of_hidden().ids)
        readable = set(readable.ids)
        for lead, row in zip(self, rows, strict=True):
            if lead.id not in existing or lead.id not in readable:
                row.stop("failed", remark(self.env, "convert.gone"))
            elif lead.status_kind == "converted":
                row.stop("unchanged", lead._prospect_describe_converted())
            elif lead.status_kind == "junk":
                row.stop("failed", remark(self.env, "convert.junk"))
            elif lead.type != "lead" or not lead.active:
                row.stop("failed", remark(self.env, "convert.not_open"))
            elif lead.id not in allowed:
                row.stop("failed", self._prospect_describe_right("convert"))
            elif lead.id not in writable:
                row.stop("failed", remark(self.env, "convert.may_not_change"))
            elif lead.id in hidden:
                row.stop(
                    "failed",
                    remark(self.env, "convert.hidden_contact"),
                )

    def _prospect_find_of_hidden(self):
        """Those of ``self`` whose contact the person may not see."""
        partners = self.partner_id
        hidden = partners - partners._filtered_access("read")
        return self.filtered(lambda lead: lead.partner_id in hidden)

    def _prospect_describe_converted(self):
        """Who converted a prospect, and when, for people."""
        self.ensure_one()
        # sudo: the name alone
        name = self.sudo().converted_by_id.name
        if not name:
            return remark(self.env, "convert.done")
        return remark(self.env, "convert.done_by", user=name)

    def _prospect_convert_allow(self, rows):
        """Note which rule allows each conversion."""
        if self.env.su:
            return
        rights = self.env["prospect.right"]
        rules = rights._get_held("convert", rights._get_person())
        person = rights._get_person(rules)
        # sudo: the names of the rules, for those whom they allow it
        labels = {
            right.id: (right._get_role_label(), right._get_why())
            for right in rights.sudo().browse(rule.id for rule in rules)
        }
        for facts, row in zip(self._prospect_get_facts(), rows, strict=True):
            rule = find_rule(rules, person, facts)
            row.allowed, row.why = labels[rule.id] if rule else ("", "")

    def _prospect_convert_plan_one(self, row, choice, existing, made):
        """Decide what one prospect becomes.

        :param dict existing: {target: (record, why)} of what the match has found
        """
        self.ensure_one()
        company, contact, opportunity = targets_of(
            set(choice["make"]),
            bool(self.contact_name) or "contact" in existing,
            bool(self.partner_name) or "company" in existing,
        )
        # the person's address and mobile are no firm's
        choice = {**choice, "with_person": contact}
        if company:
            row.company = self._prospect_convert_plan_company(
                row, choice, existing.get("company"), made
            )
        if contact:
            row.contact = self._prospect_convert_plan_contact(
                row, choice, existing.get("contact"), made
            )
        if opportunity:
            row.opportunity = self._prospect_convert_plan_opportunity(
                existing.get("opportunity"), choice
            )
        if row.outcome != "updated":
            # nothing of what was decided before something was found to be missing
            row.stop(row.outcome, row.reason)
            return
        for target in ("company", "contact"):
            entry = getattr(row, target)
            if entry and entry["do"] == "create":
                self._prospect_convert_add_made(target, entry["name"], row, made)
        for target, has_it in (("company", company), ("contact", contact)):
            if target in choice["make"] and not has_it:
                row.notes.append(self._prospect_describe_absent(target))
        self._prospect_convert_plan_values(row, choice)

    def _prospect_describe_absent(self, target):
        if target == "company":
            return remark(self.env, "convert.no_company")
        return remark(self.env, "convert.no_person")

    def _prospect_convert_add_made(self, target, name, row, made):
        """Remember what a line makes: a company by its name, a person by all that
        people are known by.
        """
        if target == "company":
            made.setdefault((target, company_key(name)), row.number)
            return
        face = self._prospect_get_face()
        face.row = row.number
        for key in identity_keys(face.email, face.phone):
            made.setdefault((target, key), []).append(face)

    def _prospect_convert_find_made(self, target, name, choice, made):
        """What an earlier line makes, or None: the same rule as for what is there."""
        if not choice.get("link"):
            return None
        if target == "company":
            key = company_key(name)
            line = made.get((target, key)) if key else None
        else:
            face, _why = self._prospect_judge(
                self._prospect_get_face(),
                lambda key: made.get((target, key), []),
            )
            line = face and face.row
        return line and {"do": "same", "name": name, "line": line}

    def _prospect_get_face(self):
        """A prospect as the table of the gate looks at it."""
        self.ensure_one()
        email = self.email_normalized
        return read_face(
            {fname: self[fname] for fname in FACE_TEXTS},
            number=self.id,
            email=None if not email or is_nobodys(email) else email,
            phone=self.phone_sanitized or None,
            assistant=clean_email(self.assistant_email or "")[0],
        )

    @api.model
    def _prospect_judge(self, one, find):
        """Who a prospect is, of those whom ``find`` gives for a key.

        :param one: its face
        :param find: function of a key of :func:`~..tools.matching.identity_key`
        :return: a face and why, see :meth:`_prospect_convert_whys`; or None, None
        """
        found = find(identity_key(one.email, None)) if one.email else []
        if found:
            verdict = judge_email(one, found)
            why = "email"
            if verdict.face:
                relation = relate(one, verdict.face, companies=is_role(one.email))[0]
                if verdict.is_other:
                    why = "email_other"
                elif is_role(one.email):
                    why = "email_role" if relation == IS_SILENT else "email_name"
            return verdict.face, verdict.face and why
        found = find(identity_key(None, one.phone)) if one.phone else []
        found = [face for face in found if not (one.email and face.email)]
        verdict = judge_phone(one, found)
        why = "phone_alone" if one.email else "phone"
        return verdict.face, verdict.face and why

    def _prospect_convert_plan_company(self, row, choice, existing, made):
        if existing:
            return self._prospect_convert_link_partner(row, *existing)
        name = self.partner_name or self.contact_name or self.name
        same = self._prospect_convert_find_made("company", name, choice, made)
        return same or self._prospect_convert_new("company", name, choice, row)

    def _prospect_convert_plan_contact(self, row, choice, existing, made):
        if not existing:
            name = self.contact_name or self.email_from or self.name
            same = self._prospect_convert_find_made("contact", name, choice, made)
            if same:
                return same
            contact = self._prospect_convert_new("contact", name, choice, row)
            if not row.company and self.partner_id.is_company:
                contact["values"]["parent_id"] = self.partner_id.id
            if row.company or contact["values"].get("parent_id"):
                # the company says it, and what it shares with its people
                contact["values"].pop("company_name", None)
            return contact
        contact = self._prospect_convert_link_partner(row, *existing)
        if row.company:
            self._prospect_convert_plan_join(row, contact, existing[0])
        return contact

    def _prospect_convert_plan_join(self, row, contact, partner):
        """Whether an existing contact is put into the company of its prospect.

        Not who has an account: companies share their documents with their people, and
        the name of the company may be what a visitor has typed.

        :param dict contact: how the contact is linked, changed in place
        """
        # sudo: whether it has an account, and the name of its company, which is a part
        # of its own
        existing = partner.sudo().with_context(active_test=False)
        names = {"contact": partner.display_name, "company": row.company["name"]}
        if existing.parent_id:
            if existing.parent_id.id != row.company.get("id"):
                names["company"] = existing.parent_id.display_name
                row.notes.append(remark(self.env, "convert.stays", **names))
        elif existing.user_ids:
            row.notes.append(
                remark(
                    self.env,
                    "convert.has_account",
                    **names,
                )
            )
        else:
            contact["joins"] = True
            row.notes.append(
                remark(
                    self.env,
                    "convert.joins",
                    **names,
                )
            )

    def _prospect_convert_link_partner(self, row, partner, why):
        if not partner.active:
            row.notes.append(
                remark(self.env, "convert.archived", contact=partner.display_name)
            )
        return self._prospect_convert_link(partner, why)

    @api.model
    def _prospect_convert_link(self, record, why):
        return {"do": "link", "id": record.id, "name": record.display_name, "why": why}

    @api.model
    def _prospect_convert_plan_opportunity(self, existing, choice):
        if existing:
            return self._prospect_convert_link(*existing)
        asked = choice.get("opportunity") or {}
        values = {
            fname: plain_value(asked[fname])
            for fname in OPPORTUNITY_FIELDS
            if asked.get(fname)
        }
        return {"do": "turn", **({"values": values} if values else {})}

    def _prospect_convert_new(self, target, name, choice, row):
        """A contact or company to make, with the values that it gets."""
        values = self._prospect_convert_values(target, name, choice)
        values = {fname: plain_value(value) for fname, value in values.items()}
        missing = self._prospect_convert_missing(target, values)
        if missing:
            row.stop(
                "failed",
                remark(
                    self.env,
                    "convert.missing",
                    fields=[
                        field_label(self.env, "res.partner", fname) for fname in missing
                    ],
                ),
            )
        return {"do": "create", "name": name, "values": values}

    def _prospect_convert_values(self, target, name, choice):
        """What a new contact or company is made of [BX-17, BX-29].

        The hook for fields of one's own: extend it for what other add-ons add to
        prospects and contacts.

        :param str target: ``contact`` or ``company``
        :param str name: its name
        :param dict choice: see the class
        :return: values of ``res.partner``, without empty ones
        """
        self.ensure_one()
        leads = self.with_context(default_user_id=choice.get("user_id") or False)
        values = leads._prepare_customer_values(name, is_company=target == "company")
        if not choice.get("copy_notes", True):
            values.pop("comment", None)
        if target == "company":
            # what belongs to the person
            values.pop("function", None)
            if choice.get("with_person"):
                self._prospect_convert_leave_persons(values)
        values["prospect_source_id"] = self.source_id.id
        values.update(self.env["prospect.conversion.field"]._carry(self, target))
        for fname, value in ((choice.get("values") or {}).get(target) or {}).items():
            if not values.get(fname):
                # what people type for all is for those that lack it
                values[fname] = value
        return {
            fname: value
            for fname, value in values.items()
            if value or (isinstance(value, bool) and fname == "is_company")
        }

    @api.model
    def _prospect_convert_leave_persons(self, values):
        """Take out of a new company's values what its person is reached by: an address
        that several people read and a line of the house are the company's as well.

        :param dict values: changed in place
        """
        if not self.email_normalized or not is_role(self.email_normalized):
            values.pop("email", None)
        if not is_fixed_line(self.phone_sanitized):
            values.pop("phone", None)

    def _prospect_convert_missing(self, target, values):
        """Names of the fields that a new contact must have and nobody gives [BX-28].

        :param str target: ``contact`` or ``company``
        :param dict values: what it would be made of
        """
        partners = self.env["res.partner"]
        required = [
            field.name
            for field in partners._fields.values()
            if field.required
            and field.store
            and field.type != "boolean"
            and not (field.compute or field.related or field.inherited)
            and not values.get(field.name)
        ]
        defaults = partners.default_get(required) if required else {}
        return [fname for fname in required if not defaults.get(fname)]

    def _prospect_convert_plan_values(self, row, choice):
        """What changes on the prospect itself."""
        if row.outcome != "updated":
            return
        status = self.env["prospect.status"]._get_main("converted")
        wanted = {"status_id": status.id}
        if row.opportunity and row.opportunity["do"] == "turn":
            wanted["type"] = "opportunity"
            wanted.update(row.opportunity.get("values") or {})
        if row.customer:
            wanted["partner_id"] = row.customer.get("id") or row.customer["name"]
        for fname in ("user_id", "team_id"):
            if choice.get(fname):
                wanted[fname] = choice[fname]
        if choice.get("user_if_none") and not (self.user_id or wanted.get("user_id")):
            wanted["user_id"] = choice["user_if_none"]
        if choice.get("leave_lists") and self.list_ids:
            row.before["list_ids"], row.after["list_ids"] = self.list_ids.ids, []
        for fname, value in wanted.items():
            current = self._prospect_plain_value(fname)
            if current != value:
                row.before[fname] = current
                row.after[fname] = value

    # --- Match --------------------------------------------------------------------

    def _prospect_convert_match(self, choice):
        """What is known already: {lead id: {target: (record, why)}}.

        Only what the person may see: a link to a hidden contact would show it.
        """
        existing = {lead.id: {} for lead in self}
        for target in TARGETS:
            for lead in self:
                chosen = choice.get(f"{target}_id")
                if chosen and target in choice["make"]:
                    record = lead._prospect_convert_chosen(target, chosen)
                    existing[lead.id][target] = (record, "chosen")
        if not choice.get("link"):
            return existing
        if "contact" in choice["make"] and choice.get("contact_id") is None:
            for number, contact in self._prospect_match_contacts().items():
                existing[number].setdefault("contact", contact)
        if "company" in choice["make"] and choice.get("company_id") is None:
            self._prospect_convert_add_companies(existing)
        return existing

    def _prospect_convert_add_companies(self, existing):
        """Add existing companies to a match: that of the contact, else by link or
        name.
        """
        companies = self._prospect_match_companies()
        partners = self.env["res.partner"].union(
            *(found["contact"][0] for found in existing.values() if "contact" in found)
        )
        parents = partners.parent_id._filtered_access("read")
        for lead in self:
            found = existing[lead.id]
            parent = found["contact"][0].parent_id if "contact" in found else None
            if parent and parent in parents and parent.is_company:
                found["company"] = (parent, "parent")
            elif lead.id in companies:
                found["company"] = companies[lead.id]

    def _prospect_convert_chosen(self, target, number):
        """The record that the person has chosen to link.

        :raises AccessError: when the person may not see it
        :raises UserError: when it is gone, or of another kind than the dialog offers
        """
        model = "crm.lead" if target == "opportunity" else "res.partner"
        record = self.env[model].browse(number).exists()
        record.check_access("read")
        fits = {
            "contact": lambda: not record.is_company,
            "company": lambda: record.is_company,
            "opportunity": lambda: (
                record != self
                and record.type == "opportunity"
                and record.won_status == "pending"
            ),
        }
        if not record or not fits[target]():
            raise UserError(
                {
                    "contact": remark(self.env, "convert.chosen_contact"),
                    "company": remark(self.env, "convert.chosen_company"),
                    "opportunity": remark(self.env, "convert.chosen_opportunity"),
                }[target]
            )
        return record

    def _prospect_match_contacts(self):
        """Existing persons: {lead id: (contact, why)}.

        The contact that it is linked to, else whom the gate would take for the same
        person, see ``tools/identity.py``.
        """
        emails = set(filter(None, self.mapped("email_normalized")))
        phones = set(filter(None, self.mapped("phone_sanitized")))
        partners = self._prospect_search_partners(
            Domain("email_normalized", "in", list(emails))
            | Domain("phone_sanitized", "in", list(phones))
        ).filtered(lambda partner: not partner.is_company)
        known = defaultdict(list)
        for partner in partners:
            face = self._prospect_get_partner_face(partner)
            for key in identity_keys(face.email, face.phone):
                known[key].append((partner, face))
        found = {}
        for lead in self:
            if lead.partner_id and not lead.partner_id.is_company:
                found[lead.id] = (lead.partner_id, "linked")
                continue
            face, why = self._prospect_judge(
                lead._prospect_get_face(),
                lambda key, lead=lead: [
                    face
                    for partner, face in known[key]
                    if lead._prospect_fits_partner(partner)
                ],
            )
            if face:
                found[lead.id] = (partners.browse(face.number), why)
        return found

    @api.model
    def _prospect_get_partner_face(self, partner):
        """A contact as the table of the gate looks at it."""
        # sudo: the name of a company that the person may not see, to compare it alone
        company_name = partner.sudo().parent_id.name or partner.company_name
        return read_face(
            {
                "contact_name": partner.name,
                "partner_name": company_name,
                "phone": partner.phone,
            },
            number=partner.id,
            email=partner.email_normalized or None,
            phone=partner.phone_sanitized or None,
            is_shared=not partner.company_id,
        )

    def _prospect_match_companies(self):
        """Existing companies: {lead id: (company, why)}, by link or by name."""
        names = {company_key(lead.partner_name) for lead in self if lead.partner_name}
        self.env["res.partner"].flush_model(["name", "is_company"])
        numbers = self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE is_company AND %s = ANY(%s)",
                SQL(PLAIN_NAME),
                # the database has its own idea of lower case: Groß is not gross
                [
                    *names,
                    *(
                        plain_marks(lead.partner_name).lower()
                        for lead in self
                        if lead.partner_name
                    ),
                ],
            )
        )
        partners = self._prospect_search_partners(
            Domain("id", "in", [number for (number,) in numbers])
        )
        by_key = {}
        for partner in partners:
            by_key.setdefault(company_key(partner.name), []).append(partner.id)
        found = {}
        for lead in self:
            candidates = partners.browse(by_key.get(company_key(lead.partner_name), []))
            linked = lead.partner_id
            if linked.is_company:
                found[lead.id] = (linked, "linked")
            elif candidates:
                partner = lead._prospect_first_partner(candidates)
                if partner:
                    found[lead.id] = (partner, "name")
        return found

    def _prospect_match_opportunities(self, contact=None):
        """The open opportunity of the same person that was made last, or None.

        :param contact: (contact, why) that the prospect is linked to
        """
        self.ensure_one()
        opportunities = self._get_lead_duplicates(
            (contact and contact[0]) or self.partner_id, self.email_from
        ).filtered(lambda lead: lead.type == "opportunity" and lead != self)
        opportunity = opportunities.sorted("id")[-1:]
        return (opportunity, "person") if opportunity else None

    @api.model
    def _prospect_convert_whys(self):
        """{how something was found: the same in words}."""
        return {
            "chosen": self.env._("chosen by hand"),
            "linked": self.env._("already linked to the prospect"),
            "email": self.env._("same e-mail address"),
            "email_name": self.env._("same name at a shared e-mail address"),
            "email_other": self.env._("same e-mail address, with another name"),
            "email_role": self.env._(
                "the only one who fits at a shared e-mail address"
            ),
            "phone": self.env._("same phone number"),
            "phone_alone": self.env._(
                "same phone number, known without e-mail address"
            ),
            "parent": self.env._("company of the contact"),
            "name": self.env._("same name"),
            "person": self.env._("same person"),
        }

    @api.model
    def _prospect_search_partners(self, domain):
        """Contacts in use that the person may see, oldest first."""
        partners = self.env["res.partner"]
        if domain.is_false():
            return partners
        # operations look at what is archived, too; it is not for new links
        found = partners.with_context(active_test=True).search(domain, order="id")
        return found.with_env(self.env)

    def _prospect_fits_partner(self, partner):
        """Whether a contact belongs to the prospect's company or to none."""
        companies = (False, (self.company_id or self.env.company).id)
        return partner.company_id.id in companies

    def _prospect_first_partner(self, partners):
        """The oldest company that belongs to the prospect's company or to none.

        :param partners: companies, oldest first
        """
        return next(filter(self._prospect_fits_partner, partners), None)

    # --- Apply --------------------------------------------------------------------

    @api.model
    def _prospect_convert_apply(self, rows, choice):
        """Do what was planned; the caller has locked the prospects.

        :param list rows: :class:`~..tools.conversion.Conversion`, those to be done
        :param dict choice: see the class
        """
        if not rows:
            return
        leads = self.browse([row.lead_id for row in rows])
        leads = leads.with_context(**self._prospect_convert_context())
        # the plan has asked for the right, prospect by prospect
        leads = leads._prospect_with_checked(leads)
        columns = leads._prospect_read_columns()
        leads._prospect_convert_make(rows, "company")
        with leads._prospect_convert_trace_companies(rows):
            leads._prospect_convert_make(rows, "contact")
            leads._prospect_convert_join_companies(rows)
        leads._prospect_convert_write(rows)
        leads._prospect_convert_follow(rows, choice)
        leads._prospect_convert_extra(rows, choice)
        leads._prospect_convert_close(rows)
        leads._prospect_convert_log(rows)
        # last: who hands a prospect over may not see it afterwards
        leads._prospect_convert_assign(choice)
        leads._prospect_convert_trace(rows, columns)
        # sudo: what follows from a conversion that was allowed
        leads.sudo()._prospect_notify_left(
            (row.lead_id, list_id)
            for row in rows
            for list_id in row.traces.get("lists") or ()
        )

    @api.model
    def _prospect_convert_context(self):
        """For the writes of a conversion: the status comes last, once for all."""
        return {
            **QUIET,
            **trusted(
                prospect_batch=True,
                prospect_converting=True,
                prospect_keep_contact=True,
            ),
        }

    @api.model
    def _prospect_convert_check_targets(self, rows):
        """Who may not make a target converts nothing at all [BX-27].

        :raises AccessError: saying what is missing
        """
        creates = any(
            target and target["do"] == "create"
            for row in rows
            for target in (row.company, row.contact)
        )
        if creates and not self.env["res.partner"].has_access("create"):
            raise AccessError(remark(self.env, "convert.may_not_create"))

    def _prospect_convert_make(self, rows, target):
        """Make the companies or contacts that are new, all at once."""
        todo = [
            row for row in rows if (getattr(row, target) or {}).get("do") == "create"
        ]
        numbers = {row.number: row for row in rows}
        partners = self.env["res.partner"].with_context(**QUIET)
        vals_list = []
        for row in todo:
            values = dict(getattr(row, target)["values"])
            if target == "contact" and row.company:
                values["parent_id"] = row.company["id"]
            vals_list.append(values)
        for row, partner in zip(todo, partners.create(vals_list), strict=True):
            getattr(row, target)["id"] = partner.id
        for row in rows:
            entry = getattr(row, target)
            if entry and entry["do"] == "same":
                entry["id"] = getattr(numbers[entry["line"]], target)["id"]

    def _prospect_convert_join_companies(self, rows):
        """Put existing contacts of no company into the company of their prospect.

        Odoo then gives them what people share with their company, such as the
        address; all of it goes back with an undo.
        """
        partners = self.env["res.partner"].with_context(**QUIET)
        joins = {
            row.contact["id"]: row
            for row in rows
            if row.contact and row.contact.get("joins")
        }
        joining = (
            partners.browse(joins)
            ._filtered_access("write")
            .filtered(lambda partner: not partner.parent_id)
        )
        if not joining:
            return
        joining.flush_recordset()
        before = read_rows(self.env.cr, joining._table, joining.ids)
        for partner in joining:
            partner.parent_id = joins[partner.id].company["id"]
        joining.flush_recordset()
        after = read_rows(self.env.cr, joining._table, joining.ids)
        for number in joining.ids:
            joins[number].traces["joined"] = {
                "id": number,
                "columns": changed_columns(before[number], after[number]),
            }

    @contextmanager
    def _prospect_convert_trace_companies(self, rows):
        """Remember what existing companies get from their new people.

        Odoo gives a company without an address that of its first person, and
        hands on to all below what one gets. An undo takes it back.
        """
        heads = self._prospect_convert_find_heads(rows)
        # sudo: the columns of whole families, kept for the undo alone
        partners = self.env["res.partner"].sudo().browse(heads)
        fnames = partners._address_fields()
        partners = partners.filtered(
            lambda head: not head.is_company or not any(head[fname] for fname in fnames)
        )
        partners.flush_model()
        family = partners.with_context(active_test=False).search(
            [("id", "child_of", partners.ids)]
        )
        before = read_rows(self.env.cr, family._table, family.ids)
        yield
        family.flush_model()
        after = read_rows(self.env.cr, family._table, family.ids)
        for member in family:
            columns = changed_columns(before[member.id], after[member.id])
            if columns:
                head = member
                while head not in partners:
                    head = head.parent_id
                traces = heads[head.id].traces
                traces.setdefault("family", []).append(
                    {"id": member.id, "columns": columns}
                )

    @api.model
    def _prospect_convert_find_heads(self, rows):
        """{id: row} of existing companies that get people, and of people who join
        one.
        """
        heads = {}
        for row in rows:
            if not row.contact:
                continue
            if row.company and row.company["do"] == "link":
                heads.setdefault(row.company["id"], row)
            if parent_id := row.contact.get("values", {}).get("parent_id"):
                heads.setdefault(parent_id, row)
            if row.contact.get("joins"):
                heads.setdefault(row.contact["id"], row)
        return heads

    def _prospect_convert_write(self, rows):
        """Write the prospects: linked, and turned into opportunities."""
        partners = self.env["res.partner"]
        now = self.env.cr.now()
        for lead, row in zip(self, rows, strict=True):
            customer = partners.browse((row.customer or {}).get("id"))
            if row.opportunity and row.opportunity["do"] == "turn":
                lead.convert_opportunity(customer or lead.partner_id)
                if row.opportunity.get("values"):
                    # a copy: writing adds to what it is given
                    lead.write(dict(row.opportunity["values"]))
            else:
                values = {"date_conversion": now}
                if customer:
                    values["partner_id"] = customer.id
                lead.write(values)

    def _prospect_convert_assign(self, choice):
        """Give the prospects to who works on them from now on."""
        user_id, team_id, others = choice.get("user_id"), choice.get("team_id"), self
        if choice.get("user_if_none") and not user_id:
            unassigned = self.filtered(lambda lead: not lead.user_id)
            others -= unassigned
            if unassigned:
                unassigned._handle_salesmen_assignment(
                    user_ids=[choice["user_if_none"]], team_id=team_id or False
                )
        if others and (user_id or team_id):
            others._handle_salesmen_assignment(
                user_ids=[user_id] if user_id else False, team_id=team_id or False
            )

    def _prospect_convert_follow(self, rows, choice):
        """Lists, tags and activities, as the person has chosen."""
        if choice.get("leave_lists"):
            lists = self.list_ids
            for lead, row in zip(self, rows, strict=True):
                row.traces["lists"] = lead.list_ids.ids
            self._prospect_lists_change(remove=lists, cause="conversion")
        if choice.get("copy_tags"):
            self._prospect_convert_copy_tags(rows)
        activities = choice.get("activities") or "keep"
        if activities != "keep":
            self._prospect_convert_move_activities(rows, activities)

    def _prospect_convert_copy_tags(self, rows):
        """Give contacts the tags of their prospects, by name."""
        partners = self.env["res.partner"].with_context(**QUIET)
        categories = self.env["res.partner.category"]
        names = {
            name
            for lead, row in zip(self, rows, strict=True)
            if row.customer
            for name in lead.tag_ids.mapped("name")
        }
        existing = {
            category.name: category
            for category in categories.search([("name", "in", list(names))])
        }
        made = categories.create(
            [{"name": name} for name in sorted(names - existing.keys())]
        )
        existing.update({category.name: category for category in made})
        for lead, row in zip(self, rows, strict=True):
            if not row.customer or not lead.tag_ids:
                continue
            partner = partners.browse(row.customer["id"])
            wanted = categories.union(*(existing[tag.name] for tag in lead.tag_ids))
            added = wanted - partner.category_id
            if added and partner.has_access("write"):
                partner.category_id = [Command.link(number) for number in added.ids]
                row.traces["tags"] = added.ids
                row.traces["made_tags"] = (added & made).ids

    def _prospect_convert_move_activities(self, rows, how):
        """Move what is planned to the contacts, or close it."""
        activities = self._prospect_find_activities("active")
        # requests to convert are done by the conversion itself
        kind = self._prospect_get_request_type()
        activities = activities.filtered(lambda one: one.activity_type_id != kind)
        by_lead = {}
        for activity in activities:
            by_lead.setdefault(activity.res_id, activities.browse())
            by_lead[activity.res_id] += activity
        model_id = self.env["ir.model"]._get_id("res.partner")
        for lead, row in zip(self, rows, strict=True):
            planned = by_lead.get(lead.id)
            if not planned or (how == "contact" and not row.customer):
                continue
            row.traces["activities"] = planned.ids
            if how == "contact":
                planned.write({"res_model_id": model_id, "res_id": row.customer["id"]})
            else:
                planned.write({"active": False, "prospect_closed": True})
        self.invalidate_recordset(["activity_ids"])

    def _prospect_convert_close(self, rows):
        """Point at the targets, and set the status that says so."""
        for lead, row in zip(self, rows, strict=True):
            # sudo: the pointers are set by the conversion alone
            lead.sudo().write(
                {
                    "prospect_contact_id": (row.contact or {}).get("id"),
                    "prospect_company_id": (row.company or {}).get("id"),
                    "prospect_opportunity_id": (row.opportunity or {}).get("id")
                    or (lead.id if row.opportunity else False),
                }
            )
        status = self.env["prospect.status"]._get_main("converted")
        leads = self.with_context(
            **trusted(prospect_converting=False, prospect_cause="conversion")
        )
        leads.write({"status_id": status.id})

    def _prospect_convert_trace(self, rows, columns):
        """Keep what an undo puts back: every column that has changed."""
        after = self._prospect_read_columns()
        for lead, row in zip(self, rows, strict=True):
            row.traces["columns"] = changed_columns(columns[lead.id], after[lead.id])

    def _prospect_read_columns(self):
        """{lead id: its row in the table}, as plain data."""
        self.flush_recordset()
        return read_rows(self.env.cr, self._table, self.ids)

    def _prospect_convert_react(self, before):
        """Call the hooks, once for all that were converted.

        :param dict before: {lead id: former status id}
        """
        if not self:
            return
        # sudo: what follows from a conversion that was allowed, even when it has handed
        # the prospect over to somebody else
        leads = self.sudo().with_context(**trusted(prospect_batch=False))
        statuses = self.env["prospect.status"]
        leads._prospect_on_status_changed(
            {
                lead.id: (statuses.browse(before[lead.id]), lead.status_id)
                for lead in leads
            }
        )
        leads._prospect_on_converted()

    def _prospect_convert_log(self, rows):
        """Say in both histories what came from what [BX-31]."""
        partners = self.env["res.partner"]
        notes, origins = {}, {}
        for lead, row in zip(self, rows, strict=True):
            made = partners.browse(
                entry["id"] for entry in (row.company, row.contact) if entry
            )
            links = [partner._get_html_link() for partner in made]
            if row.opportunity and row.opportunity["do"] == "link":
                links.append(self.browse(row.opportunity["id"])._get_html_link())
            if row.opportunity and row.opportunity["do"] == "turn":
                links.append(self.env._("opportunity"))
            body = self._prospect_convert_body(links)
            notes[lead.id] = body
            for entry in (row.company, row.contact):
                if entry and entry["do"] == "create":
                    origins[entry["id"]] = self._prospect_origin_body(lead)
        self._message_log_batch(bodies=notes)
        if origins:
            partners.browse(origins)._message_log_batch(bodies=origins)

    @api.model
    def _prospect_convert_body(self, links):
        return self.env._("Converted to: %s", Markup(", ").join(links))

    @api.model
    def _prospect_origin_body(self, lead):
        return self.env._("Created from the prospect %s", lead._get_html_link())

    # --- Pages ----------------------------------------------------------------------

    @api.depends("status_id")
    @api.depends_context("uid")
    def _compute_prospect_receipt_id(self):
        lines = self.env["prospect.operation.line"]
        found = {}
        if lines.has_access("read"):
            found = {
                line.lead_id.id: line.operation_id.id
                for line in lines.search(
                    [
                        ("lead_id", "in", self.ids),
                        ("operation_id.kind", "=", "convert"),
                        ("outcome", "=", "updated"),
                        ("is_done", "=", True),
                        ("undo_outcome", "!=", "reversed"),
                    ],
                    order="id",
                )
            }
        for lead in self:
            lead.prospect_receipt_id = found.get(lead.id, False)

    def _compute_prospect_origin_count(self):
        others = self.search(
            self._prospect_listed_domain()
            & Domain("prospect_opportunity_id", "in", self.ids)
        )
        counts = Counter(
            lead.prospect_opportunity_id.id
            for lead in others
            if lead.prospect_opportunity_id != lead
        )
        for lead in self:
            lead.prospect_origin_count = counts[lead.id]

    def action_prospect_open_converted(self):
        """Open what the prospect was converted to."""
        self.ensure_one()
        return self._prospect_open_converted()

    def action_prospect_open_target(self):
        """Open the contact, company or opportunity that the button names."""
        self.ensure_one()
        target = self.env.context.get("prospect_target")
        if target not in TARGETS:
            target = "opportunity"
        record = self[f"prospect_{target}_id"] or self
        return record._prospect_open_form()

    def action_prospect_open_receipt(self):
        """Open the receipt of the conversion."""
        self.ensure_one()
        return self.prospect_receipt_id.action_open()

    def action_prospect_open_origins(self):
        """Open the prospects that were linked to this opportunity."""
        self.ensure_one()
        return self._prospect_action(
            [("prospect_opportunity_id", "=", self.id), ("id", "!=", self.id)]
        )

    def _prospect_open_form(self):
        return self.redirect_lead_opportunity_view()

    def _prospect_open_converted(self):
        """The page of what prospects were converted to; of many, their list."""
        if len(self) != 1:
            return self._prospect_action([("id", "in", self.ids)])
        target = self.prospect_opportunity_id or self.prospect_contact_id
        return (target or self.prospect_company_id or self)._prospect_open_form()

    def convert_opportunity(self, partner, user_ids=False, team_id=False):
        # those that Odoo leaves out are not converted, and not asked about
        to_convert = self.filtered(
            lambda lead: (
                lead.type == "lead" and lead.active and lead.won_status != "won"
            )
        )
        to_convert._prospect_unchecked()._prospect_check_right("convert")
        leads = self._with_cause("conversion")._prospect_with_checked(to_convert)
        return super(CrmLead, leads).convert_opportunity(
            partner, user_ids=user_ids, team_id=team_id
        )

    def action_set_won(self):
        leads = self.filtered(
            lambda lead: lead.type == "lead" and lead.status_kind != "converted"
        )
        leads._prospect_unchecked()._prospect_check_right("convert")
        return super(CrmLead, self._prospect_with_checked(leads)).action_set_won()

    def action_set_lost(self, **additional_values):
        leads = self.filtered(
            lambda lead: lead.type == "lead" and lead.status_kind == "converted"
        )
        leads._prospect_unchecked()._prospect_check_right("convert")
        leads = self._prospect_with_checked(leads)
        return super(CrmLead, leads).action_set_lost(**additional_values)

    # --- Pages --------------------------------------------------------------------

    @api.model
    def _prospect_get_hidden_actions(self, view_id, view_type):
        """On the pages of prospects only our conversion is offered, with its receipt
        and its undo; Odoo's of many leads stays on its own pages.
        """
        hidden = super()._prospect_get_hidden_actions(view_id, view_type)
        if self._prospect_is_page(view_id):
            get_id = self.env["ir.model.data"]._xmlid_to_res_id
            hidden.add(get_id("crm.action_crm_send_mass_convert"))
        return hidden
