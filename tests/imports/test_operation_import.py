"""The import as an operation: plan, run, receipt, undo."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.prospect.tools.remarks import unpack

from ..common import ProspectCase


@tagged("post_install", "-at_install")
class TestOperationImport(ProspectCase):
    def _import(self, text, **values):
        """An operation on a file, previewed."""
        operation = self._import_wizard(text, **values)._make_operation()
        operation.action_preview()
        self.assertEqual(operation.state, "previewed", operation.error)
        return operation

    def _counts(self, operation):
        return {
            name: operation[f"{name}_count"]
            for name in (
                *("created", "updated", "unchanged"),
                *("repeat", "skipped", "failed"),
            )
            if operation[f"{name}_count"]
        }

    def _lead(self, email):
        return self.env["crm.lead"].search(
            [("email_normalized", "=", email), ("active", "in", [True, False])]
        )

    def test_preview_then_run(self):
        known = self._prospect(email_from="known@x.example.com", city="Lyon")
        before = self.env["crm.lead"].search_count([])
        operation = self._import(
            "Prénom;Nom;E-mail;Ville;Étiquettes\n"
            "Ana;Silva;ana@x.example.com;Porto;VIP,Salon\n"
            "Marie;Dupont;KNOWN@x.example.com;Paris;\n"
            "Ana;Silva;ana@x.example.com;Lisbonne;\n"
            ";;;Nulle part;\n"
        )
        self.assertEqual(self.env["crm.lead"].search_count([]), before)
        self.assertFalse(self.env["crm.tag"].search([("name", "=", "VIP")]))
        predicted = self._counts(operation)
        self.assertEqual(predicted, {"created": 1, "updated": 2, "failed": 1})
        lines = operation.line_ids.sorted("number")
        self.assertEqual(lines.mapped("number"), [2, 3, 4, 5])
        self.assertEqual(lines[1].before, {"city": "Lyon"})
        self.assertEqual(lines[1].after, {"city": "Paris"})
        self.assertEqual(lines[2].target_number, 2)
        self.assertIn("Lyon", lines[1].changes)
        self.assertIn("VIP", lines[0].changes)
        self.assertTrue(lines[3].reason)

        operation.action_run()
        self.assertEqual(operation.state, "done")
        self.assertEqual(self._counts(operation), predicted)
        self.assertFalse(operation.replanned_count)
        ana = self._lead("ana@x.example.com")
        self.assertRecordValues(
            ana,
            [
                {
                    "contact_name": "Ana Silva",
                    "city": "Lisbonne",
                    "create_uid": self.salesman.id,
                    "source_id": self.env.ref("prospect.utm_source_import").id,
                }
            ],
        )
        self.assertEqual(set(ana.tag_ids.mapped("name")), {"VIP", "Salon"})
        self.assertEqual(known.city, "Paris")
        self.assertEqual(self._status_log(ana), [(False, "New", "import")])
        self.assertReplay(ana + known)

        again = self._import(
            "Prénom;Nom;E-mail;Ville;Étiquettes\n"
            "Ana;Silva;ana@x.example.com;Lisbonne;VIP\n"
        )
        self.assertEqual(self._counts(again), {"unchanged": 1})

    def test_undo(self):
        known = self._prospect(email_from="known@x.example.com", city="Lyon")
        prospect_list = self.env["prospect.list"].create({"name": "Fair"})
        operation = self._import(
            "Email,City,Tags\nnew@x.example.com,Rome,Undone\n"
            "known@x.example.com,Paris,Undone\n",
            list_ids=prospect_list.ids,
        )
        operation.action_run()
        self.assertEqual(prospect_list.member_count, 2)
        self.assertEqual(known.list_ids, prospect_list)
        operation.action_undo()
        self.assertEqual(operation.state, "undone")
        self.assertRecordValues(
            operation, [{"reversed_count": 2, "kept_count": 0, "impossible_count": 0}]
        )
        self.assertFalse(self._lead("new@x.example.com"))
        self.assertEqual(known.city, "Lyon")
        self.assertFalse(known.list_ids)
        self.assertEqual(prospect_list.member_count, 0)
        self.assertFalse(self.env["crm.tag"].search([("name", "=", "Undone")]))
        self.assertReplay(known)
        operation.action_undo()
        self.assertEqual(operation.reversed_count, 2)
        self.assertEqual(operation.line_count, 2, "the receipt stays")
        with self.assertRaises(UserError):
            operation.action_run()

    def test_cancelled_preview(self):
        """A plan that was stopped is made anew; it never runs by halves."""
        operation = self._import_wizard("Email\na@x.example.com\n")._make_operation()
        operation.sudo()._set(state="running", todo="plan")
        operation.action_cancel()
        self.assertEqual(operation.state, "draft")
        operation.action_run()
        self.assertEqual((operation.state, operation.created_count), ("done", 1))

    def test_policies_and_status(self):
        """IE-16: the status of the file is everybody's."""
        known = self._prospect(email_from="known@x.example.com")
        text = "Email\nknown@x.example.com\nnew@x.example.com\n"
        skipped = self._import(text, policy="skip")
        self.assertEqual(self._counts(skipped), {"created": 1, "skipped": 1})
        operation = self._import(text, status_id=self.in_progress.id)
        operation.action_run()
        self.assertEqual(known.status_id, self.in_progress)
        self.assertEqual(self._lead("new@x.example.com").status_id, self.in_progress)
        self.assertEqual(self._status_log(known)[-1], ("New", "In progress", "import"))
        twice = self._import(text, policy="create")
        self.assertEqual(self._counts(twice), {"created": 2})

    def test_the_world_moves_between_preview_and_run(self):
        operation = self._import("Email,City\nsoon@x.example.com,Rome\n")
        self._prospect(email_from="soon@x.example.com", city="Oslo")
        operation.action_run()
        self.assertEqual(self._counts(operation), {"updated": 1})
        self.assertEqual(operation.replanned_count, 1)
        self.assertEqual(self._lead("soon@x.example.com").city, "Rome")

    def test_undo_keeps_what_people_touched(self):
        known = self._prospect(email_from="known@x.example.com", city="Lyon")
        operation = self._import(
            "Email,City,Role\nnew@x.example.com,Rome,CEO\nknown@x.example.com,Paris,CEO\n"
        )
        operation.action_run()
        # another transaction, later: the clock of this one stands still
        self.env.cr.execute(
            "UPDATE prospect_operation_line SET stamp = stamp - interval '1 hour'"
            " WHERE operation_id = %s",
            [operation.id],
        )
        self._lead("new@x.example.com").city = "Milan"
        known.city = "Nice"
        operation.action_undo()
        self.assertRecordValues(operation, [{"kept_count": 2, "reversed_count": 0}])
        self.assertEqual(known.city, "Nice")
        self.assertFalse(known.function, "what nobody touched goes back")
        self.assertTrue(self._lead("new@x.example.com"))
        reasons = operation.line_ids.mapped("undo_reason")
        self.assertTrue(all(reasons), reasons)
        self.assertIn("City", " ".join(reasons))

    def test_bad_files(self):
        for text, words in (
            ("", "empty"),
            ("Email,City\n", "no row"),
            (b"%PDF-1.7\n%abc", "not a table"),
            ("Pet,Colour\ndog,red\n", "identifies people"),
        ):
            with self.subTest(text=text), self.assertRaises(UserError) as caught:
                self._import_wizard(text)._make_operation().action_preview()
            self.assertIn(words, str(caught.exception))

    def test_values_are_read(self):
        operation = self._import(
            "Email,Phone,Country,Language,Civilité,Commercial,Source,Statut,Notes,Siret\n"
            "a@x.example.com,33612345678.0,fr,English,Mme,"
            f"{self.salesman.login},Facebook,In progress,Bonjour,123\n"
            "not an address,,Nowhere,Klingon,,,,,,\n"
            "b@x.example.com,06 12 34 56 79,,,,,,,,\n"
            f"{'x' * 2000}@x.example.com,,,,,,,,,\n",
            user=self.manager,
            country_id=self.env.ref("base.fr").id,
        )
        self.assertEqual(self._counts(operation), {"created": 2, "failed": 2})
        operation.action_run()
        lead = self._lead("a@x.example.com")
        self.assertRecordValues(
            lead,
            [
                {
                    "phone": "+33 6 12 34 56 78",
                    "phone_sanitized": "+33612345678",
                    "country_id": self.env.ref("base.fr").id,
                    "lang_id": self.env.ref("base.lang_en").id,
                    "user_id": self.salesman.id,
                    "team_id": self.team.id,
                    "source_id": self.env.ref("crm.utm_source_facebook").id
                    if self.env.ref("crm.utm_source_facebook", False)
                    else lead.source_id.id,
                    "status_id": self.in_progress.id,
                }
            ],
        )
        self.assertTrue(lead.title_id)
        self.assertIn("Bonjour", lead.description)
        self.assertEqual(self._lead("b@x.example.com").phone_sanitized, "+33612345679")
        reasons = " ".join(filter(None, operation.line_ids.mapped("reason")))
        for words in ("Nowhere", "Klingon", "not an address", "2014"):
            self.assertIn(words, reasons)

    def test_rights(self):
        with self.assertRaises(AccessError):
            self._import_wizard("Email\na@x.example.com\n", user=self.employee)
        operation = self._import("Email\na@x.example.com\n")
        theirs = operation.with_user(self.salesman_all)
        for method in ("action_run", "action_undo", "action_cancel", "action_preview"):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(theirs, method)()
        with self.assertRaises(AccessError):
            operation.write({"state": "done"})
        operation.with_user(self.manager).action_run()
        self.assertEqual(self._lead("a@x.example.com").create_uid, self.salesman)

    def test_large_ones_run_in_the_background(self):
        rows = "".join(f"p{n}@x.example.com,Rome\n" for n in range(2300))
        text = f"Email,City\n{rows}p0@x.example.com,Pisa\n"
        operation = self._import(text)
        self.assertEqual(self._counts(operation), {"created": 2300, "updated": 1})
        operation.action_run()
        self.assertEqual(operation.state, "queued")
        self._drain(operation)
        self.assertEqual(operation.state, "done", operation.error)
        self.assertEqual(self._counts(operation), {"created": 2300, "updated": 1})
        self.assertEqual(self._lead("p0@x.example.com").city, "Pisa")

    def test_the_job(self):
        """The job finds what waits, does it and says how far it is."""
        operation = self._import("Email\njob@x.example.com\n")
        operation.sudo()._set(state="queued", todo="run")
        self.env.flush_all()
        cron = self.env.ref("prospect.ir_cron_operation")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual((operation.state, operation.created_count), ("done", 1))
        self.assertEqual(self._lead("job@x.example.com").create_uid, self.salesman)

    def test_properties(self):
        """A column goes to a property of the team, and comes back by the undo."""
        self.team.lead_properties_definition = [
            {"name": "aaaa", "string": "Budget", "type": "integer"},
            {"name": "bbbb", "string": "Interest", "type": "char"},
        ]
        known = self._prospect(email_from="known@x.example.com")
        known.lead_properties = {"aaaa": 5, "bbbb": "Yoga"}
        wizard = self._import_wizard(
            "Email,Budget,Interest\n"
            "new@x.example.com,1 200,Pilates\n"
            "known@x.example.com,7,\n"
            "odd@x.example.com,much,\n",
            team_id=self.team.id,
        )
        wizard._guess_columns()
        wizard.column_ids[1].target = "property.aaaa"
        wizard.column_ids[2].target = "property.bbbb"
        operation = wizard._make_operation()
        operation.action_run()
        self.assertEqual(operation.state, "done", operation.error)
        self.assertEqual(
            dict(self._lead("new@x.example.com").lead_properties),
            {"aaaa": 1200, "bbbb": "Pilates"},
        )
        self.assertEqual(dict(known.lead_properties), {"aaaa": 7, "bbbb": "Yoga"})
        self.assertIn("much", self._lead("odd@x.example.com").description)
        operation.action_undo()
        self.assertEqual(dict(known.lead_properties), {"aaaa": 5, "bbbb": "Yoga"})
        self.assertFalse(operation.line_ids.filtered("undo_reason"))

    def test_properties_of_another_team(self):
        """Left out, which is told once by the plan and once by the run."""
        self.team.lead_properties_definition = [
            {"name": "aaaa", "string": "Budget", "type": "integer"},
        ]
        other = self.env["crm.team"].create({"name": "Without properties"})
        known = self._prospect(email_from="known@x.example.com", team_id=other.id)
        wizard = self._import_wizard(
            "Email,Budget,City\nknown@x.example.com,7,Rome\n", team_id=self.team.id
        )
        wizard._guess_columns()
        wizard.column_ids[1].target = "property.aaaa"
        operation = wizard._make_operation()
        operation.action_preview()
        told = operation.line_ids.reason
        self.assertIn("left out", told)
        operation.action_run()
        self.assertEqual((known.city, operation.line_ids.reason), ("Rome", told))
        self.assertFalse(operation.replanned_count)

    def test_only_files_of_their_own(self):
        """No file of anybody else is read through the field of the wizard."""
        secret = self.env["ir.attachment"].create(
            {"name": "salaries.csv", "raw": b"Email\nboss@x.example.com\n"}
        )
        theirs = self._import_wizard(
            "Email\nours@x.example.com\n", user=self.salesman_all
        )
        operation = theirs._make_operation()
        wizards = self.env["prospect.import"].with_user(self.salesman)
        for values in (
            {"attachment_id": secret.id},
            {"attachment_id": theirs.attachment_id.id},
            {
                "attachment_id": theirs.attachment_id.id,
                "operation_id": operation.id,
            },
        ):
            with self.subTest(values=values):
                with self.assertRaises(AccessError):
                    wizards.create(values)
                # a default that names something hidden is dropped
                wizard = wizards.with_context(
                    **{f"default_{name}": value for name, value in values.items()}
                ).create({})
                with self.assertRaises(UserError):
                    wizard._make_operation()
                try:
                    self.assertFalse(wizard.file)
                except AccessError:
                    continue
        self.assertFalse(secret.res_model)

    def test_remarks_in_another_language(self):
        """What was noticed when the file was read is kept, and never told twice."""
        self.env["res.lang"]._activate_lang("fr_FR")
        closed = self._prospect(email_from="closed@x.example.com")
        closed.status_id = self.converted
        self._prospect(email_from="known@x.example.com")
        operation = self._import_wizard(
            "Email,Country\nclosed@x.example.com,Nowhere\nknown@x.example.com,Nowhere\n"
            "closed@x.example.com,Elsewhere\n"
        )._make_operation()
        operation._set(options={**operation.options, "lang": "fr_FR"})
        operation.action_preview()
        lines = operation.line_ids.sorted("number")
        french = lines.with_context(lang="fr_FR").mapped("reason")
        remarks = lines.mapped("remarks")
        said = unpack(self.env(context={"lang": "fr_FR"}), remarks)
        self.assertEqual([len(texts) for texts in remarks], [1, 1, 1])
        self.assertIn("Nowhere", said[0][0])
        self.assertEqual(french[0].split("\n")[1:], said[0])
        operation._set(options={**operation.options, "lang": "en_US"})
        operation.action_run()
        self.assertEqual(lines.mapped("outcome"), ["repeat", "unchanged", "unchanged"])
        self.assertEqual(lines.mapped("remarks"), remarks)
        self.assertEqual(lines.with_context(lang="fr_FR").mapped("reason"), french)
        said = unpack(self.env(context={"lang": "en_US"}), remarks)
        lines = lines.with_context(lang="en_US")
        self.assertEqual(
            lines[0].reason.split("\n"),
            ["Exists as a converted or junk prospect.", *said[0]],
        )
        self.assertNotEqual(lines[0].reason, french[0])
        self.assertEqual(lines[1].reason, said[1][0])

    def test_ids_of_prospects(self):
        """IY-19: an extract of ours changes the very prospects that it names."""
        closed = self._prospect(email_from="closed@x.example.com")
        closed.status_id = self.converted
        opened = self._prospect(email_from="open@x.example.com")
        wizard = self._import_wizard(
            "ID,Email,City\n"
            f"{closed.id},closed@x.example.com,Rome\n"
            f"{opened.id},mended@x.example.com,Pisa\n"
            "999999999,nobody@x.example.com,Bari\n"
            "²,odd@x.example.com,Como\n"
        )
        wizard._guess_columns()
        wizard.column_ids[0].target = "id"
        operation = wizard._make_operation()
        operation.action_preview()
        predicted = self._counts(operation)
        self.assertEqual(predicted, {"updated": 2, "failed": 2})
        operation.action_run()
        self.assertEqual(self._counts(operation), predicted)
        self.assertEqual((closed.city, opened.city), ("Rome", "Pisa"))
        self.assertEqual(opened.email_normalized, "mended@x.example.com")
        self.assertEqual(len(self._lead("closed@x.example.com")), 1)

    def test_hidden_people_are_not_named(self):
        theirs = self._prospect(
            email_from="theirs@x.example.com", user_id=self.salesman_all.id
        )
        for policy, outcome in (("update", "failed"), ("skip", "skipped")):
            operation = self._import("Email\ntheirs@x.example.com\n", policy=policy)
            self.assertEqual(self._counts(operation), {outcome: 1})
            self.assertFalse(operation.line_ids.lead_id)
            operation.action_run()
            self.assertEqual(self._counts(operation), {outcome: 1})
        self.assertFalse(theirs.city)

    def test_refused_first_row(self):
        """When the first of several rows is refused, the others are one person."""
        reason = "Rome is refused"
        self._refuse_rows(reason, city="Rome")
        outcomes = self.env["crm.lead"]._prospect_upsert(
            [
                {"email_from": "many@x.example.com", "city": "Rome"},
                {"email_from": "many@x.example.com", "city": "Pisa"},
                {"email_from": "many@x.example.com", "city": "Bari"},
            ]
        )
        self.assertEqual(outcomes[0]["reason"], reason)
        self.assertEqual(len(self._lead("many@x.example.com")), 1)
        self.assertEqual(self._lead("many@x.example.com").city, "Bari")
