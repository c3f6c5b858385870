"""The register of consents: appended, never edited; who sees it [BX-54]."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import RegisterCase


@tagged("post_install", "-at_install")
class TestRegister(RegisterCase):
    # --- Append only ----------------------------------------------------------------

    def test_append_only(self):
        """Nobody edits, adds or deletes rows: not even with superuser rights."""
        texts = self.env["prospect.consent.text"]
        digest = texts._keep(["<p>Yes</p>"])["<p>Yes</p>"]
        text = texts.search([("digest", "=", digest)])
        row = self._given(self._prospect(), text_id=text.id).with_user(self.env.user)
        # an AccessError is a UserError
        for user in (self.salesman, self.manager, self.env.user):
            mine = row.with_user(user)
            with self.assertRaises(UserError):
                mine.write({"action": "withdrawn"})
            with self.assertRaises(UserError):
                mine.text_id.write({"content": "No"})
        for user in (self.salesman, self.manager):
            with self.assertRaises(AccessError):
                self.env["prospect.consent"].with_user(user).create(
                    {
                        "action": "given",
                        "purpose_id": self.events.id,
                        "channel": "email",
                        "email_normalized": "marie.curie@example.com",
                    }
                )
        with self.assertRaises(UserError):
            row.sudo().write({"action": "withdrawn"})
        with self.assertRaises(UserError):
            row.sudo().text_id.unlink()
        for user in (self.salesman, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).unlink()
            with self.assertRaises(AccessError):
                row.with_user(user).sudo().unlink()
        self.assertEqual(self._told(), [("given", "newsletter", "email", "manual")])

    def test_without_address(self):
        """Nobody has agreed where there is no address; the other rows are written."""
        one, two = self._prospect(email_from=False), self._prospect()
        self._given(one)
        self._given(two)
        self.assertEqual(self._rows().lead_id, two)

    def test_purposes(self):
        """A purpose is found by its code or its name, or made; its code stays, and it
        cannot be deleted once somebody has agreed to it.
        """
        purposes = self.env["prospect.consent.purpose"]
        self.assertEqual(purposes._find("newsletter"), self.newsletter)
        self.assertEqual(purposes._find("").code, "request")
        fairs = purposes._find("Trade fairs")
        self.assertEqual((fairs.name, fairs.code), ("Trade fairs", "trade_fairs"))
        self.assertEqual(purposes._find("trade FAIRS"), fairs)
        fairs.code = "changed"
        self.assertEqual(fairs.code, "trade_fairs")
        self._given(self._prospect())
        with self.assertRaises(UserError):
            self.newsletter.unlink()
        fairs.unlink()

    # --- Rights -----------------------------------------------------------------------

    def test_rights(self):
        """Sales people see the register of their prospects, visitors nothing."""
        row = self._given(self._prospect())
        other = new_test_user(
            self.env, "prospect_other", "sales_team.group_sale_salesman"
        )
        register = self.env["prospect.consent"]
        for user, seen in (
            (self.salesman, row),
            (self.salesman_all, row),
            (self.manager, row),
            (other, register),
        ):
            self.assertEqual(register.with_user(user).search([]), seen, user.login)
        for user in (self.employee, self._portal(), self.env.ref("base.public_user")):
            for model in ("prospect.consent", "prospect.consent.text"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])
            with self.assertRaises(AccessError):
                self.env["prospect.consent.record"].with_user(user).create(
                    {"lead_id": row.lead_id.id}
                )
        with self.assertRaises(AccessError):
            self.newsletter.with_user(self.salesman).name = "Mine"
        self.newsletter.with_user(self.manager).name = "Letters"

    def test_multi_company(self):
        """A company neither sees another one's register, nor is bound by it."""
        row = self._given(self._prospect(email_from="marie.curie@example.com"))
        company = self.env["res.company"].create({"name": "Other company"})
        self.manager.company_ids += company
        register = self.env["prospect.consent"].with_user(self.manager)
        self.assertFalse(
            register.with_context(allowed_company_ids=company.ids).search([])
        )
        stranger = self._prospect(
            email_from="marie.curie@example.com",
            company_id=company.id,
            user_id=False,
            team_id=False,
        )
        self.assertFalse(stranger.consent_purpose_ids)
        self.assertTrue(row.lead_id.consent_purpose_ids)

    # --- How it stands ----------------------------------------------------------------

    def test_search(self):
        """Prospects are found by what they agree to, and by what they withdrew."""
        yes, no, none = (
            self._prospect(email_from=f"{name}@example.com")
            for name in ("yes", "no", "none")
        )
        for lead in (yes, no):
            self._record(
                lead, action="given", purpose_id=self.newsletter.id, note="Call"
            )
        self._record(no, purpose_id=self.newsletter.id)
        leads = self.env["crm.lead"].with_user(self.salesman)
        mine = [("id", "in", (yes + no + none).ids)]

        def found(*domain):
            return leads.search([*mine, *domain])

        number = self.newsletter.id
        self.assertEqual(found(("consent_purpose_ids", "in", [number])), yes)
        self.assertEqual(found(("consent_purpose_ids", "=", number)), yes)
        self.assertEqual(found(("consent_email_ids", "in", [number])), yes)
        self.assertFalse(found(("consent_sms_ids", "in", [number])))
        self.assertEqual(found(("consent_purpose_ids", "not in", [number])), no + none)
        self.assertEqual(found(("consent_purpose_ids", "ilike", "newsl")), yes)
        self.assertEqual(found(("consent_purpose_ids.code", "=", "newsletter")), yes)
        self.assertEqual(found(("consent_purpose_ids", "!=", False)), yes)
        self.assertEqual(found(("consent_purpose_ids", "=", False)), no + none)
        self.assertEqual(found(("consent_withdrawn_ids", "in", [number])), no)
        self.assertFalse(found(("consent_purpose_ids", "in", [self.events.id])))
        both = yes + no + none
        self.assertEqual(
            both.filtered_domain([("consent_purpose_ids", "in", [number])]), yes
        )

    def test_queries(self):
        """How it stands is one query, for one prospect as for fifty."""
        leads = self.env["crm.lead"]
        for number in range(50):
            leads += self._prospect(email_from=f"person{number}@example.com")
        self.env["prospect.consent"]._append(
            [
                {
                    "action": "given",
                    "purpose_id": self.newsletter.id,
                    "address": lead.email_normalized,
                    "lead_id": lead.id,
                }
                for lead in leads
            ]
        )
        counts = []
        for some in (leads[:1], leads):
            self.env.invalidate_all()
            self.env.flush_all()
            some.mapped("email_normalized")
            before = self.env.cr.sql_log_count
            self.assertEqual(
                set(some.mapped("consent_purpose_ids.id")), {self.newsletter.id}
            )
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    @mute_logger("odoo.models.unlink")
    def test_report(self):
        """How each consent stands is a column of the reports."""
        yes = self._prospect(email_from="yes@example.com")
        no = self._prospect(email_from="no@example.com")
        for lead in (yes, no):
            self._record(
                lead, action="given", purpose_id=self.newsletter.id, note="Call"
            )
        self._record(no, purpose_id=self.newsletter.id)
        leads = self.env["crm.lead"].with_user(self.salesman)
        ((column,), gone) = leads._prospect_report_find(["consent:newsletter:email"])
        self.assertFalse(gone)
        self.assertEqual(column.label, "Newsletter by E-mail")
        self.assertEqual(
            column.read(leads.browse((yes + no).ids)),
            {yes.id: "Given", no.id: "Withdrawn"},
        )

    # --- Erasing ----------------------------------------------------------------------

    def test_erased(self):
        """Who is to be forgotten is: the fact stays, and whose it was cannot be read
        from it.
        """
        row = self._given(self._prospect())
        admin = self.env.ref("base.user_admin")
        row.with_user(admin).sudo().unlink()
        self.env.invalidate_all()
        self.assertTrue(row.erased_at)
        for fname in ("email_normalized", "phone_sanitized", "lead_id", "note"):
            self.assertFalse(row[fname], fname)
        self.assertEqual(row.purpose_id, self.newsletter)
        self.assertEqual(row.address_hash, row._hash("marie.dupont@example.com"))
