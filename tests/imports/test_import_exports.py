"""Exports of other programs, by their own headers: each column where it belongs."""

from odoo.tests import tagged

from .test_import_reading import ReadingCase

# name: (header, a row, what becomes of it); separator: a comma
EXPORTS = {
    "outlook": (
        (
            "First Name,Middle Name,Last Name,Title,Suffix,"
            "E-mail Address,E-mail 2 Address,"
            "Home Phone,Business Phone,Mobile Phone,Business Fax,Assistant's Phone,"
            "Job Title,Department,Company,Business Street,Business City,Business State,"
            "Business Postal Code,Business Country/Region,Home Street,"
            "Home City,Web Page,"
            "Notes,Categories"
        ),
        (
            "Ana,,Roux,Ms.,,ana@exp.example.com,ana2@exp.example.com,01 99 00 00 01,"
            "01 99 00 00 02,,01 99 00 00 03,01 99 00 00 04,Buyer,Sales,"
            "Blue Door,1 rue X,"
            "Lyon,,69001,France,2 rue Y,Nice,https://blue.example.com,Met in May,VIP"
        ),
        {
            "contact_name": "Ana Roux",
            "email_from": "ana@exp.example.com",
            "phone_sanitized": "+33199000002",
            "function": "Buyer",
            "partner_name": "Blue Door",
            "street": "1 rue X",
            "city": "Lyon",
            "zip": "69001",
            "state_id": False,
            "website": "https://blue.example.com",
        },
    ),
    "outlook, french": (
        (
            "Titre,Prénom,Deuxième prénom,Nom,Suffixe,Société,Service,Fonction,"
            "Rue (bureau),Ville (bureau),Code postal (bureau),Pays/Région (bureau),"
            "Rue (domicile),Ville (domicile),Téléphone (domicile),Téléphone (bureau),"
            "Télécopie (bureau),Tél. mobile,Adresse de messagerie,"
            "Adresse de messagerie 2,"
            "Page Web,Notes"
        ),
        (
            "Mme,Ana,,Roux,,Blue Door,Achats,Acheteuse,1 rue X,Lyon,"
            "69001,France,2 rue Y,"
            "Nice,,01 99 00 00 02,,,ana@exp.example.com,,,"
        ),
        {
            "contact_name": "Ana Roux",
            "phone_sanitized": "+33199000002",
            "function": "Acheteuse",
            "partner_name": "Blue Door",
            "street": "1 rue X",
            "city": "Lyon",
            "zip": "69001",
        },
    ),
    "hubspot": (
        (
            "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,"
            "Associated Company,Associated Company IDs,Job Title,Title,Create Date,"
            "City,State/Region,Postal Code,Country/Region,Website URL,Salutation"
        ),
        (
            "51,Ana,Roux,ana@exp.example.com,+33 1 99 00 00 02,,Blue Door,77,Buyer,"
            "Senior,2026-01-31 10:00,Lyon,,69001,France,blue.example.com,Ms."
        ),
        {
            "contact_name": "Ana Roux",
            "partner_name": "Blue Door",
            "function": "Buyer",
            "city": "Lyon",
            "zip": "69001",
            "website": "http://blue.example.com",
        },
    ),
    "hubspot, french": (
        (
            "Prénom,Nom,E-mail,Numéro de téléphone,Propriétaire du contact,"
            "Nom de l'entreprise,Intitulé du poste,Ville,Code postal,Pays/Région"
        ),
        (
            "Ana,Roux,ana@exp.example.com,01 99 00 00 02,,Blue Door,"
            "Acheteuse,Lyon,69001,"
            "France"
        ),
        {
            "contact_name": "Ana Roux",
            "phone_sanitized": "+33199000002",
            "partner_name": "Blue Door",
            "function": "Acheteuse",
        },
    ),
    "salesforce": (
        (
            "Salutation,First Name,Last Name,Title,Company / Account,Mailing Street,"
            "Mailing City,Mailing State/Province,Mailing Zip/Postal Code,"
            "Mailing Country,"
            "Phone,Mobile,Fax,Email,Lead Source,Account Owner"
        ),
        (
            "Ms.,Ana,Roux,Buyer,Blue Door,1 rue X,Lyon,,69001,France,01 99 00 00 02,,,"
            "ana@exp.example.com,,"
        ),
        {
            "contact_name": "Ana Roux",
            "function": "Buyer",
            "partner_name": "Blue Door",
            "street": "1 rue X",
            "zip": "69001",
        },
    ),
    "google": (
        (
            "First Name,Middle Name,Last Name,Name Prefix,Organization Name,"
            "Organization Title,Organization Department,Notes,Labels,E-mail 1 - Label,"
            "E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,"
            "Address 1 - Street,Address 1 - City,Address 1 - Postal Code,"
            "Address 1 - Country,Website 1 - Value"
        ),
        (
            "Ana,,Roux,Ms.,Blue Door,Buyer,Sales,,* myContacts ::: Export VIP,* Work,"
            "ana@exp.example.com,,Mobile,+33 1 99 00 00 02,1 rue X,Lyon,69001,France,"
        ),
        {
            "contact_name": "Ana Roux",
            "partner_name": "Blue Door",
            "function": "Buyer",
            "phone_sanitized": "+33199000002",
            "street": "1 rue X",
            "tag_ids": ["Export VIP"],
        },
    ),
    "google, older": (
        (
            "Name,Given Name,Family Name,Group Membership,E-mail 1 - Type,"
            "E-mail 1 - Value,Phone 1 - Value,Organization 1 - Name,"
            "Organization 1 - Title"
        ),
        (
            "Ana Roux,Ana,Roux,* myContacts,* Work,ana@exp.example.com,"
            "+33 1 99 00 00 02,"
            "Blue Door,Buyer"
        ),
        {
            "contact_name": "Ana Roux",
            "partner_name": "Blue Door",
            "function": "Buyer",
            "tag_ids": [],
        },
    ),
    "mailchimp": (
        (
            "Email Address,First Name,Last Name,Address,Phone Number,MEMBER_RATING,"
            "OPTIN_TIME,OPTIN_IP,LATITUDE,LONGITUDE,TIMEZONE,LEID,EUID,NOTES,TAGS"
        ),
        (
            'ana@exp.example.com,Ana,Roux,"1 rue X, Lyon",01 99 00 00 02,2,'
            "2026-01-31 10:00:00,10.0.0.1,45.7640000,4.8357000,Europe/Paris,1,a1b2,,"
            '"""Export VIP"",""Salon, Paris"""'
        ),
        {
            "contact_name": "Ana Roux",
            "phone_sanitized": "+33199000002",
            "street": "1 rue X, Lyon",
            "tag_ids": ["Export VIP", "Salon, Paris"],
        },
    ),
    "brevo": (
        "CONTACT ID,EMAIL,PRENOM,NOM,SMS,JOB_TITLE,EXT_ID",
        "12,ana@exp.example.com,Ana,Roux,33199000002,Buyer,",
        {
            "contact_name": "Ana Roux",
            "phone_sanitized": "+33199000002",
            "function": "Buyer",
        },
    ),
    "facebook": (
        (
            "id,created_time,ad_id,ad_name,form_id,form_name,is_organic,platform,email,"
            "full_name,phone_number,company_name,job_title,city,zip_code"
        ),
        (
            "l:1,2026-01-31T10:00:00+01:00,ag:1,Ad,f:1,Spring,false,fb,"
            "ana@exp.example.com,Ana Roux,p:+33199000002,Blue Door,Buyer,Lyon,z:69001"
        ),
        {
            "contact_name": "Ana Roux",
            "phone_sanitized": "+33199000002",
            "partner_name": "Blue Door",
            "function": "Buyer",
            "zip": "69001",
        },
    ),
    "facebook, french": (
        (
            "id,ad_name,form_name,adresse_e-mail,nom_complet,numéro_de_téléphone,"
            "nom_de_l'entreprise,intitulé_du_poste,ville"
        ),
        (
            "l:1,Ad,Printemps,ana@exp.example.com,Ana Roux,p:+33199000002,Blue Door,"
            "Acheteuse,Lyon"
        ),
        {
            "contact_name": "Ana Roux",
            "phone_sanitized": "+33199000002",
            "partner_name": "Blue Door",
            "function": "Acheteuse",
        },
    ),
    "pipedrive": (
        (
            "Person - Name,Person - Email - Work,Person - Phone - Mobile,"
            "Organization - Name,Person - Owner,Deal - Title,Person - ID"
        ),
        "Ana Roux,ana@exp.example.com,+33 1 99 00 00 02,Blue Door,,A deal,4",
        {
            "contact_name": "Ana Roux",
            "phone_sanitized": "+33199000002",
            "partner_name": "Blue Door",
            "function": False,
        },
    ),
    "zoho": (
        (
            "Record Id,Lead Owner,Company,First Name,Last Name,Designation,Email,Phone,"
            "Mobile,Street,City,Zip Code,Country"
        ),
        (
            "zcrm_1,,Blue Door,Ana,Roux,Buyer,ana@exp.example.com,"
            "01 99 00 00 02,,1 rue X,"
            "Lyon,69001,France"
        ),
        {
            "contact_name": "Ana Roux",
            "function": "Buyer",
            "partner_name": "Blue Door",
            "street": "1 rue X",
        },
    ),
    "eventbrite": (
        (
            "Order #,Order Date,First Name,Last Name,Email,Quantity,Ticket Type,"
            "Buyer Email,Attendee Status,Home Address 1,Home Address 2,"
            "Home City,Home Zip,"
            "Home Country,Cell Phone,Job Title,Company"
        ),
        (
            "1,2026-01-31,Ana,Roux,ana@exp.example.com,1,Free,boss@exp.example.com,"
            "Attending,1 rue X,Bât. B,Lyon,69001,France,01 99 00 00 02,Buyer,Blue Door"
        ),
        {
            "contact_name": "Ana Roux",
            "email_from": "ana@exp.example.com",
            "street": "1 rue X",
            "street2": "Bât. B",
            "zip": "69001",
            "function": "Buyer",
        },
    ),
    "google forms": (
        (
            "Horodateur,Adresse e-mail,Quel est votre nom ?,Votre prénom,"
            "Quel est votre numéro de téléphone ?,"
            "Dans quelle entreprise travaillez-vous ?"
        ),
        "31/01/2026 10:00:00,ana@exp.example.com,Roux,Ana,01 99 00 00 02,Blue Door",
        {
            "last_name": "Roux",
            "first_name": "Ana",
            "phone_sanitized": "+33199000002",
        },
    ),
    "typeform": (
        (
            '#,What\'s your first name?,"And your last name?",'
            "What is your email address?,"
            "Submit Date (UTC),Network ID"
        ),
        "abc,Ana,Roux,ana@exp.example.com,2026-01-31 10:00:00,f0",
        {"contact_name": "Ana Roux", "email_from": "ana@exp.example.com"},
    ),
    "name with its address": (
        "E-mail,City",
        '"""Roux, Ana"" <ana@exp.example.com>",Lyon',
        {"contact_name": "Ana Roux", "email_from": "ana@exp.example.com"},
    ),
}


@tagged("post_install", "-at_install")
class TestExports(ReadingCase):
    """A table of headers, whatever program has written them [MO-38]."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france = cls.env.ref("base.fr")

    def _import(self, header, *rows, **values):
        content = "\n".join([header, *rows, ""])
        wizard = self._open(content, country_id=self.france.id, **values)
        return wizard, self._run(wizard)

    def test_exports(self):
        for name, (header, row, values) in EXPORTS.items():
            with self.subTest(name=name):
                wizard, operation = self._import(header, row, policy="create")
                lead = self._leads(operation)
                found = {
                    fname: sorted(lead[fname].mapped("name"))
                    if fname == "tag_ids"
                    else lead[fname]
                    for fname in values
                }
                if "state_id" in found:
                    found["state_id"] = found["state_id"].id
                self.assertEqual(found, values, self._targets(wizard))

    def test_specific_before_general(self):
        for header, target in (
            ("Title,Job Title", [False, "function"]),
            ("Job Title,Title", ["function", False]),
            ("Address,Street", [False, "street"]),
            ("URL,Website", [False, "website"]),
            ("Home Phone,Business Phone", [False, "phone"]),
            ("E-mail 2 Address,E-mail Address", [False, "email_from"]),
            ("Mail perso,Mail pro", [False, "email_from"]),
        ):
            with self.subTest(header=header):
                wizard = self._open(f"Nom,{header}\nAna,,\nBob,,\n")
                self.assertEqual(
                    list(self._targets(wizard).values())[1:], target, header
                )

    def test_one_address(self):
        """Street and city are of the same address, the one that is filled in."""
        header = "Nom,Home Street,Home City,Business Street,Business City"
        for row, kept in (
            ("Ana,1 rue X,Lyon,,", "Home"),
            ("Ana,,,2 rue Y,Nice", "Business"),
            ("Ana,1 rue X,Lyon,2 rue Y,Nice", "Business"),
            ("Ana,1 rue X,Lyon,,Nice", "Business"),
        ):
            with self.subTest(row=row):
                targets = self._targets(self._open(f"{header}\n{row}\n"))
                self.assertEqual(targets[f"{kept} City"], "city")
                self.assertEqual(targets[f"{kept} Street"], "street")
                self.assertEqual(sum(map(bool, targets.values())), 3)

    def test_addresses_of_others(self):
        """The owner's address is not the person's."""
        targets = self._targets(
            self._open("Nom,Owner address\nAna,owner@us.example.com\n")
        )
        self.assertFalse(targets["Owner address"])


@tagged("post_install", "-at_install")
class TestOptOuts(ReadingCase):
    """Who opted out elsewhere is not written to from here."""

    ROWS = "Email,{header}\nout@opt.example.com,{yes}\nin@opt.example.com,{no}\n"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # as without any register
        leads = cls.registry["crm.lead"]
        for name, result in (
            ("_prospect_record_opt_outs", lambda self, rows: rows),
            ("_prospect_describe_opt_outs", lambda self: ""),
        ):
            cls.classPatch(leads, name, result)

    def _blacklisted(self):
        found = self.env["mail.blacklist"].search([("email", "like", "@opt.")])
        return sorted(found.mapped("email"))

    def test_headers_and_values(self):
        """Each way of saying so, and of saying no."""
        for header, yes, no in (
            ("Unsubscribed", "TRUE", "FALSE"),
            ("Opt-out", "oui", "non"),
            ("Opt-out", "x", ""),
            ("Email Opt Out", "1", "0"),
            ("UNSUB_TIME", "2026-01-31 10:00:00", ""),
            ("Unsubscribed from all email", "Yes", "No"),
            ("Désinscrit", "Oui", "Non"),
            ("Désabonné de tous les e-mails", "vrai", "faux"),
            ("Blacklisted", "true", "false"),
            ("Ne pas contacter", "oui", ""),
            ("HASOPTEDOUTOFEMAIL", "1", "0"),
            ("Status", "unsubscribed", "subscribed"),
            ("Statut", "Désabonné", "Abonné"),
            ("Email Marketing Status", "Unsubscribed", "Subscribed"),
        ):
            with self.subTest(header=header):
                self.env["mail.blacklist"].sudo().search(
                    [("email", "like", "@opt.")]
                ).unlink()
                wizard = self._open(
                    self.ROWS.format(header=header, yes=yes, no=no), policy="update"
                )
                self.assertEqual(wizard.column_ids[1].target, "opted_out")
                self._run(wizard)
                self.assertEqual(self._blacklisted(), ["out@opt.example.com"])

    def test_preview_says_where(self):
        wizard = self._open(self.ROWS.format(header="Opt-out", yes="oui", no="hm"))
        operation = wizard._make_operation()
        operation.action_preview()
        out, other = operation.line_ids.sorted("number")
        self.assertIn("Odoo’s blacklist", out.reason)  # noqa: RUF001
        self.assertIn("does not say", other.reason)
        self.assertIn("Opted out: 1", operation.what)
        self.assertFalse(self._blacklisted(), "only a preview")
        operation.action_run()
        self.assertEqual(self._blacklisted(), ["out@opt.example.com"])
        self.assertTrue(out.lead_id.is_blacklisted)
        self.assertFalse(other.lead_id.is_blacklisted)
        operation.action_undo()
        self.assertEqual(self._blacklisted(), ["out@opt.example.com"])

    def test_whatever_becomes_of_the_row(self):
        """Also of who is known and unchanged, skipped, or twice in the file."""
        self._prospect(email_from="out@opt.example.com")
        wizard = self._open(
            "Email,Phone,Opt-out\nout@opt.example.com,,oui\n"
            "twice@opt.example.com,,\ntwice@opt.example.com,,oui\n,"
            "06 12 34 56 78,oui\n",
            policy="skip",
            country_id=self.env.ref("base.fr").id,
        )
        operation = self._run(wizard)
        self.assertEqual(
            self._blacklisted(), ["out@opt.example.com", "twice@opt.example.com"]
        )
        numbers = self.env["phone.blacklist"].search([]).mapped("number")
        self.assertIn("+33612345678", numbers)
        self.assertEqual(
            operation.line_ids.filtered("lead_id").mapped("is_done"), [True] * 4
        )

    def test_hook(self):
        """It is called once for the batch; who is listed already stays."""
        called = []
        leads = self.registry["crm.lead"]
        origin = leads._prospect_on_opted_out

        def on_opted_out(model, rows):
            called.append([row["address"] for row in rows])
            return origin(model, rows)

        self.patch(leads, "_prospect_on_opted_out", on_opted_out)
        self.env["mail.blacklist"].sudo()._add("known@opt.example.com")
        called.clear()
        self._run(
            self._open(
                "Email,Unsubscribed\na@opt.example.com,1\nb@opt.example.com,1\n"
                "known@opt.example.com,1\n"
            )
        )
        self.assertEqual(called, [["a@opt.example.com", "b@opt.example.com"]])
