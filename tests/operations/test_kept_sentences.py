"""What is kept is said in the language of who reads it, whoever ran."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.translate import LazyTranslate

from odoo.addons.prospect.tools import remarks
from odoo.addons.prospect.tools.remarks import (
    Remark,
    field_label,
    keep,
    pack,
    remark,
    say,
    unpack,
)

from ..common import ProspectCase

FR, EN = "fr_FR", "en_US"


class KeptCase(ProspectCase):
    """A French salesman and an English sales administrator."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang(FR)
        cls.salesman.lang = FR
        cls.manager.lang = EN

    def _as(self, user, record):
        """A record as its reader has it, in their language."""
        return record.with_user(user).with_context(lang=user.lang)

    def assertSaid(self, record, fname, french, english):
        """Both readers have the sentence in their own language, by all doors."""
        self.env.flush_all()
        self.env.invalidate_all()
        for user in (self.salesman, self.manager):
            words = {FR: french, EN: english}[user.lang]
            mine = self._as(user, record)
            self.assertIn(words, mine[fname], user.lang)
            ((value,),) = (list(row.values())[1:] for row in mine.read([fname]))
            self.assertNotIsInstance(value, Remark, "as text, for any protocol")
            self.assertEqual(value, mine[fname])
            (exported,) = mine.sudo().export_data([fname])["datas"]
            self.assertEqual(exported, [value])


@tagged("post_install", "-at_install")
class TestKeptSentences(KeptCase):
    def _french(self, model):
        return self.env[model].with_user(self.salesman).with_context(lang=FR)

    # --- Operations -------------------------------------------------------------------

    def _import(self, content, user=None, **values):
        user = user or self.salesman
        wizard = self._import_wizard(content, user=user, **values)
        operation = wizard.with_context(lang=user.lang)._make_operation()
        return operation.with_context(lang=user.lang)

    ROWS = (
        "First name,Last name,Email,Country,Phone\n"
        "Ana,Silva,ana@kept.example.com,Atlantis,\n"
        ",,,,\n"
        ",,,France,\n"
        "Bob,Roy,bob@kept.example.com,,12\n"
        "Marie,Dupont,marie.dupont@example.com,,\n"
    )

    def test_import(self):
        self._prospect()
        operation = self._import(self.ROWS, policy="skip")
        operation.action_preview()
        operation.action_run()
        lines = operation.sudo().line_ids.sorted("number")
        self.assertFalse(operation.replanned_count)
        self.assertFalse(any(lines.mapped("is_replanned")))
        reasons = lines.grouped("outcome")
        self.assertSaid(
            reasons["failed"][0],
            "reason",
            "Ni e-mail, ni téléphone, ni nom",
            "No e-mail, phone or name: give one of them.",
        )
        self.assertSaid(reasons["skipped"], "reason", "Existe déjà.", "Already exists.")
        country, phone = reasons["created"].sorted("number")
        self.assertSaid(
            country,
            "reason",
            "Pays",
            "Country “Atlantis” does not exist: left empty.",
        )
        self.assertSaid(phone, "reason", "« 12 »", "“12” is not")
        self.assertSaid(operation, "name", "Import de people.csv", "Import of people")
        self.assertSaid(operation, "display_name", "Import de", "Import of")
        self.assertSaid(
            operation, "write_path", "en SQL.", "Fast: all rows in one pass."
        )

    def test_import_by_the_other(self):
        """English runs, French reads."""
        self.salesman.lang, self.manager.lang = EN, FR
        operation = self._import(self.ROWS, policy="skip")
        operation.action_preview()
        operation.action_run()
        self.assertFalse(operation.replanned_count)
        line = operation.sudo().line_ids.filtered(lambda one: one.outcome == "failed")
        self.assertSaid(
            line[0],
            "reason",
            "Ni e-mail, ni téléphone, ni nom",
            "No e-mail, phone or name: give one of them.",
        )

    def test_planned_in_one_language_and_run_in_another(self):
        """The plan is what was shown, in whatever language."""
        operation = self._import(self.ROWS, policy="skip")
        operation.action_preview()
        operation.sudo().options = {**operation.options, "lang": EN}
        operation.action_run()
        self.assertEqual(operation.state, "done", operation.error)
        self.assertFalse(operation.replanned_count)
        failed = operation.sudo().line_ids.filtered(lambda ln: ln.outcome == "failed")
        self.assertSaid(
            failed[0], "reason", "Ni e-mail", "No e-mail, phone or name: give one"
        )

    def test_rejected_file(self):
        operation = self._import(self.ROWS)
        operation.action_run()
        for user, words in (
            (self.salesman, "Ni e-mail, ni téléphone, ni nom"),
            (self.manager, "No e-mail, phone or name"),
        ):
            _name, file = self._as(user, operation)._write_rejected()
            with file:
                self.assertIn(words, file.read().decode("utf-8-sig"))

    def test_unreadable_file(self):
        """What stops an operation in the background."""
        operation = self._import("Email\nana@kept.example.com")
        with patch.object(type(operation), "_is_small", return_value=False):
            operation.action_preview()
        operation.sudo().attachment_id.unlink()
        self._drain(operation)
        self.assertEqual(operation.state, "failed")
        self.assertSaid(
            operation,
            "error",
            "Le fichier de cet import",
            "The file of this import has been deleted",
        )

    def _bulk(self, leads, **values):
        wizard = self._french("prospect.bulk").create(
            {"selection": {"ids": leads.ids}, **values}
        )
        return wizard._make_operation().with_context(lang=FR)

    def test_bulk(self):
        """What the planner says in SQL, and what an undo leaves."""
        leads = self._prospect() + self._prospect(email_from="b@kept.example.com")
        leads[0].partner_id = self.env["res.partner"].create({"name": "Kept"})
        call = self.env.ref("mail.mail_activity_data_call")
        call.with_context(lang=FR).name = "Appel"
        call.with_context(lang=EN).name = "Call"
        operation = self._bulk(
            leads,
            phone="+33 1 99 00 12 34",
            function="Buyer",
            activity_type_id=call.id,
            activity_date="2030-01-31",
        )
        operation.action_preview()
        operation.action_run()
        self.assertEqual(operation.state, "done", operation.error)
        self.assertFalse(operation.replanned_count)
        self.assertSaid(operation, "name", "Modifier 2 prospects", "Change 2 prospects")
        line = operation.sudo().line_ids.filtered(lambda one: one.lead_id == leads[0])
        self.assertSaid(
            line,
            "reason",
            "Téléphone",
            "Unchanged, as on the contact: Phone.",
        )
        self.assertSaid(line, "changes", "Appel (31/01/2030)", "Call (01/31/2030)")
        self.assertSaid(operation, "what", "Appel (31/01/2030)", "Call (01/31/2030)")
        self.env.flush_all()
        leads[1].function = "Boss"
        self.env.flush_all()
        self.env.cr.precommit.run()
        operation.action_undo()
        line = operation.sudo().line_ids.filtered(lambda one: one.lead_id == leads[1])
        self.assertEqual(line.undo_outcome, "kept")
        self.assertSaid(
            line,
            "undo_reason",
            "Poste",
            "Changed since, and left as is: Job Position",
        )

    def test_conversion(self):
        lead = (
            self.env["crm.lead"]
            .with_user(self.salesman)
            .create(
                {
                    "type": "lead",
                    "contact_name": "Ana Silva",
                    "partner_name": "Kept SA",
                    "email_from": "ana@kept.example.com",
                    "user_id": self.salesman.id,
                    "team_id": self.team.id,
                }
            )
        )
        junk = self._prospect(status_id=self.junk.id, create_uid=self.salesman.id)
        wizard = self._french("prospect.convert").create(
            {
                "lead_ids": [(6, 0, (lead + junk).ids)],
                "make_contact": True,
                "make_company": False,
                "make_opportunity": True,
            }
        )
        operation = wizard._make_operation().with_context(lang=FR)
        operation.action_preview()
        operation.action_run()
        self.assertSaid(
            operation, "name", "Conversion de 2 prospects", "Conversion of 2 prospects"
        )
        done = operation.sudo().line_ids.filtered(lambda one: one.lead_id == lead)
        left = operation.sudo().line_ids - done
        self.assertSaid(left, "reason", "écarté", "It is junk: restore it first.")
        self.assertSaid(done, "changes", "Créateur", "Creator")
        self.env.flush_all()
        lead.sudo().phone = "+33 6 12 34 56 78"
        lead.sudo().expected_revenue = 12
        lead.sudo().partner_id = False
        self.env.flush_all()
        operation.action_undo()
        self.assertEqual(done.undo_outcome, "kept")
        self.assertSaid(done, "undo_reason", "depuis", "since: ")

    def test_merge(self):
        """A plan of several lines, and what a merge leaves."""
        anne = self._prospect(contact_name="Anne Roy", city="Brest")
        twin = self._prospect(
            contact_name="Anne Roy",
            city="Quimper",
            user_id=self.manager.id,
            email_from="a@kept.example.com",
        )
        operation = (
            self.env["prospect.operation"]
            .with_user(self.manager)
            .with_context(lang=FR)
            ._make_merge([{"lead_ids": (anne + twin).ids}], automatic=True)
        )
        operation.action_preview()
        line = operation.sudo().line_ids
        self.assertEqual(line.outcome, "skipped")
        self.env.flush_all()
        for lang, words, city in (
            (FR, "À fusionner", "Adresse : Brest"),
            (EN, "To be merged by hand:", "Address: Brest"),
        ):
            lines = line.with_context(lang=lang).reason.split("\n")
            self.assertIn(words, lines[0])
            self.assertTrue([text for text in lines[1:] if city in text], lines)
        self.assertIn("Fusion de", operation.with_context(lang=FR).name)
        self.assertIn("Merge of Anne Roy", operation.with_context(lang=EN).name)

    # --- Elsewhere --------------------------------------------------------------------

    def test_inbox(self):
        self.registry_enter_test_mode()
        self.env.flush_all()
        self.env.company.partner_id.lang = FR
        self.env.flush_all()
        inbox = self.env["prospect.capture"].with_context(lang=EN)
        message = inbox._receive("form", "kept-1", {"city": "Brest"})
        self.assertEqual(message.state, "quarantined")
        self.assertIn("No e-mail, phone or name", message.reason, "to who sent it")
        self.env.invalidate_all()
        for lang, words in ((FR, "Ni e-mail"), (EN, "No e-mail, phone or name")):
            self.assertIn(words, message.with_context(lang=lang).reason)

    def test_ignored_mail(self):
        self.env["prospect.capture"].with_context(lang=FR)._keep_ignored(
            "email",
            "<kept@example.com>",
            {"from": "ana@kept.example.com", "subject": "Absente"},
            remark(self.env, "capture.automatic_mail", header="Auto-Submitted"),
        )
        message = self.env["prospect.capture"].search(
            [("event_key", "=", "<kept@example.com>")]
        )
        for lang, words, label in (
            (FR, "automatique", "Objet"),
            (EN, "An automatic mail, as its header Auto-Submitted says.", "Subject"),
        ):
            said = message.with_context(lang=lang)
            self.assertIn(words, said.reason)
            self.assertIn(label, said.payload_html)

    def test_segments(self):
        """Kept by a job, read by people."""
        segment = self.env["prospect.segment"].create({"name": "Kept"})
        error = segment.with_context(lang=FR)._make_error(
            remark(segment.env, "segments.custom_field")
        )
        count = self.env["prospect.segment.count"].create(
            {
                "segment_id": segment.id,
                "key": "kept",
                "user_id": self.env.uid,
                "error": remarks.read_error(error),
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIn(
            "cannot be used: a custom field was deleted. Choose",
            count.with_context(lang=EN).error,
        )
        self.assertIn(
            "un champ personnalisé a été supprimé", count.with_context(lang=FR).error
        )

    def test_rights(self):
        """A refusal names roles and fields as the reader knows them."""
        french = self.env["crm.lead"].with_context(lang=FR)
        text = french._prospect_describe_right("convert")
        self.assertIn("Créateur", text)
        english = say(self.env(context={"lang": EN}), keep(text))
        self.assertEqual(
            english, french.with_context(lang=EN)._prospect_describe_right("convert")
        )
        self.assertIn("Creator", english)


@tagged("post_install", "-at_install")
class TestRemarks(KeptCase):
    """The mechanism: what is kept, and what is read."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.french = cls.env(context={"lang": FR})
        cls.english = cls.env(context={"lang": EN})
        cls.line = cls.env["prospect.operation.line"].create(
            {
                "operation_id": cls.env["prospect.operation"]
                .create({"name": "Kept", "kind": "bulk"})
                .id,
                "number": 1,
            }
        )

    def _kept(self):
        """What the column of the line holds."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT reason FROM prospect_operation_line WHERE id = %s", [self.line.id]
        )
        return self.env.cr.fetchone()[0]

    def _said(self, lang):
        self.env.invalidate_all()
        return self.line.with_context(lang=lang).reason

    def test_short(self):
        """Without values, a code is all that is kept."""
        self.line.reason = remark(self.french, "gate.exists")
        self.assertEqual(self._kept(), '{"code": "gate.exists"}')
        self.assertEqual(self._said(FR), "Existe déjà.")
        self.assertEqual(self._said(EN), "Already exists.")

    def test_old_text(self):
        """What former versions have kept stays what it is, beside what is new."""
        self.line.reason = "Vieux texte : 100 %\n{deux}"
        self.assertEqual(self._kept(), "Vieux texte : 100 %\n{deux}")
        self.assertEqual(self._said(EN), "Vieux texte : 100 %\n{deux}")
        self.line.reason = remarks.join_remarks(
            [self.line.reason, remark(self.french, "gate.exists")]
        )
        self.assertEqual(self._said(EN), "Vieux texte : 100 %\n{deux}\nAlready exists.")

    def test_copy(self):
        """What is read can be written again, and loses nothing."""
        self.line.reason = remark(
            self.french,
            "gate.no_record",
            field=field_label(self.french, "crm.lead", "country_id"),
            text="Atlantis",
        )
        kept = self._kept()
        for lang in (EN, FR):
            self.line.reason = self._said(lang)
            self.assertEqual(self._kept(), kept)
        self.assertEqual(
            self._said(EN), "Country “Atlantis” does not exist: left empty."
        )
        copied = self.line.with_context(lang=EN).copy()
        self.assertIn("Pays", copied.with_context(lang=FR).reason)

    def test_add_on_has_gone(self):
        """Neither an unknown code nor other values than it has now are an error."""
        kept = (
            '{"code": "gone.away"}',
            '{"code": "gone.late", "values": {"nr": 3, "of": {"code": "gate.exists"}}}',
            '{"code": "gate.no_record", "values": {"old": "value"}}',
            '{"code": "field", "values": {"model": "gone.model", "name": "size"}}',
            '{"code": "record", "values": {"other": 1}}',
            '{"code": "gate.exists", "values": 3}',
            '{"code": "broken',
        )
        self.line.reason = "x"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE prospect_operation_line SET reason = %s WHERE id = %s",
            ["\n".join(kept), self.line.id],
        )
        self.assertEqual(
            self._said(EN).split("\n"),
            [
                "gone.away",
                "gone.late (nr: 3, of: Already exists.)",
                "gate.no_record (old: value)",
                "size",
                "record (other: 1)",
                "Already exists.",
                '{"code": "broken',
            ],
        )

    def test_stranger(self):
        """What a stranger writes is never taken for a sentence of ours."""
        text = '{"code": "gate.exists"}'
        self.line.reason = text
        self.assertEqual(self._said(FR), text)
        self.line.reason = remark(self.french, "capture.failed", error=text)
        self.assertIn(text, self._said(EN))
        self.assertEqual(unpack(self.english, pack(text)), text)

    def test_values(self):
        """Lists, labels, numbers and remarks inside remarks."""
        text = remark(
            self.french,
            "imports.standard",
            reason=remark(
                self.french,
                "operations.left_so",
                fields=[
                    field_label(self.french, "crm.lead", name)
                    for name in ("country_id", "city")
                ],
            ),
        )
        said = say(self.english, keep(text))
        self.assertIn("Country and City", said)
        self.assertEqual(keep(said), keep(text), "the same, in another language")
        self.assertEqual(keep(unpack(self.english, pack(text))), keep(text))
        self.assertIn("Pays et Ville", text)

    def test_errors(self):
        """An exception says it in words, and keeps what they were made of."""
        error = UserError(remark(self.french, "gate.exists"))
        self.assertEqual(str(error), "Existe déjà.")
        self.assertIsInstance(remarks.read_error(error), Remark)
        self.assertEqual(remarks.read_error(UserError("So.")), "So.")
        self.assertEqual(remarks.read_error(ValueError(1, 2)), "(1, 2)")

    def test_search(self):
        """People find sentences by their own words, and by what they were made of."""
        self.line.reason = remark(
            self.french, "gate.no_record", field="Pays", text="Atlantis"
        )
        lines = self.env["prospect.operation.line"]
        mine = [("id", "=", self.line.id)]

        def found(lang, operator, text):
            return bool(
                lines.with_context(lang=lang).search(
                    [*mine, ("reason", operator, text)]
                )
            )

        self.assertTrue(found(EN, "ilike", "does NOT exist"))
        self.assertFalse(found(FR, "ilike", "does not exist"))
        self.assertTrue(found(FR, "ilike", "existe pas"))
        self.assertTrue(found(EN, "ilike", "atlantis"))
        self.assertFalse(found(EN, "not ilike", "does not exist"))
        self.assertTrue(found(EN, "not ilike", "no such words"))
        self.line.reason = remark(self.french, "gate.exists")
        self.assertTrue(found(EN, "=", "Already exists."))
        self.assertTrue(found(FR, "in", ["Existe déjà."]))
        self.assertFalse(found(FR, "=", "Already exists."))
        self.assertFalse(found(EN, "!=", "Already exists."))
        self.assertTrue(found(EN, "!=", False))

    def test_one_code(self):
        """No two sentences have one code."""
        with self.assertRaises(ValueError):
            # by another name than ours, which would have it translated
            lazy = LazyTranslate(__name__)
            remarks.add_remarks({"gate.exists": lazy("Another one.")})
        with self.assertRaises(KeyError):
            remark(self.env, "nobody.has.added")

    def test_all_have_their_french(self):
        """Each sentence is translated, with the same placeholders."""
        for code, lazy in remarks._TEXTS.items():
            if not hasattr(lazy, "_source"):
                continue
            with self.subTest(code):
                english = remarks._make_text(self.english, lazy, {})
                french = remarks._make_text(self.french, lazy, {})
                self.assertNotEqual(english, french)
                self.assertEqual(
                    sorted(remarks._PLACEHOLDER.findall(english)),
                    sorted(remarks._PLACEHOLDER.findall(french)),
                )
