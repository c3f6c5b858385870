"""Generated files: what is predicted happens, and what happened can be undone."""

import random
from base64 import b64encode
from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.prospect.models.imports import operation as prospect_operation_import
from odoo.addons.prospect.models.operations import operation as prospect_operation

from ..common import ProspectCase, TablesMixin


@tagged("post_install", "-at_install")
class TestImportGenerated(TablesMixin, ProspectCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.fr")
        partner = cls.env["res.partner"].create(
            {"name": "Client", "email": "p3@gen.example.com", "phone": "+33100000003"}
        )
        tag = cls.env["crm.tag"].create({"name": "Known tag"})
        cls.known = cls.env["crm.lead"]
        for number in range(12):
            cls.known += cls._prospect(
                contact_name=f"Known {number}",
                email_from=f"p{number}@gen.example.com" if number % 3 else False,
                phone=f"+3361234560{number}" if number < 10 else False,
                city="Lyon" if number % 2 else False,
                tag_ids=[(6, 0, tag.ids)] if number % 4 == 0 else False,
                partner_id=partner.id if number == 3 else False,
            )
        cls.known[1].status_id = cls.converted
        cls.known[2].status_id = cls.junk
        cls.known[4].status_id = cls.in_progress
        # Odoo's scores wait for a job after a loss: else each write would move them
        cls.env["crm.lead"].search([])._compute_probabilities()
        cls.env.flush_all()
        # the messages about these changes, that would wait for the commit
        cls.env.cr.precommit.run()

    def _file(self, chance, rows):
        """A file in which many rows are about the same few people."""
        lines = ["E-mail;Téléphone;Prénom;Nom;Ville;Étiquettes;Listes;Notes"]
        for _row in range(rows):
            person = chance.randrange(25)
            cells = [
                chance.choice(
                    [f"p{person}@gen.example.com", f"P{person}@Gen.example.com", ""]
                ),
                chance.choice(["", "", f"06 12 34 56 {person:02}", "call me"]),
                chance.choice(["Ana", "Zoé", "José", ""]),
                chance.choice(["Silva", "O'Neill", "李", ""]),
                chance.choice(["Lyon", "Paris", "", ""]),
                chance.choice(["", "Known tag", "New tag, Other tag"]),
                chance.choice(["", "", "Generated list"]),
                chance.choice(["", "", "a\\b 'c' \"\"d"]),
            ]
            lines.append(";".join(cells))
        return "\n".join(lines).encode("cp1252", "replace")

    def _import(self, content, **values):
        operation = (
            self.env["prospect.import"]
            .with_user(self.manager)
            .create({"file": b64encode(content), "filename": "gen.csv", **values})
            ._make_operation()
        )
        operation.action_preview()
        return operation

    def _outcomes(self, operation):
        return [
            (line.number, line.outcome, line.target_number)
            for line in operation.line_ids.sorted("number")
        ]

    def test_update(self):
        self._check_file(1, "update")

    def test_update_other(self):
        self._check_file(4, "update")

    def test_fill(self):
        self._check_file(2, "fill")

    def test_skip(self):
        self._check_file(3, "skip")

    def test_create(self):
        self._check_file(5, "create")

    def _check_file(self, seed, policy):
        chance = random.Random(seed)
        content = self._file(chance, 130)
        before, leads_before = self._tables(), self._leads_table()
        with (
            patch.object(prospect_operation_import, "PLAN_BATCH", 17),
            patch.object(prospect_operation, "BATCH", 23),
            patch.object(prospect_operation, "SMALL", 100_000),
        ):
            operation = self._import(content, policy=policy)
            predicted = self._outcomes(operation)
            counts = {
                name: operation[name]
                for name in operation._fields
                if name.endswith("_count") and name not in ("done_count", "todo_count")
            }
            self.assertEqual(
                self._tables(), before, "the preview has changed something"
            )
            operation.action_run()
            self.assertEqual(operation.state, "done", operation.error)
            for line in operation.line_ids.filtered("is_replanned"):
                self.assertFalse(line.read(), "the run does what the preview showed")
            self.assertEqual(self._outcomes(operation), predicted)
            for name, value in counts.items():
                self.assertEqual(operation[name], value, name)
            leads = operation.line_ids.lead_id
            self.assertReplay(leads)
            if policy != "create":
                emails = leads.filtered(
                    lambda lead: lead.status_kind in ("new", "open")
                ).filtered("email_normalized")
                self.assertEqual(
                    len(emails), len(set(emails.mapped("email_normalized")))
                )
                again = self._import(content, policy=policy)
                wanted = {"failed", "skipped" if policy == "skip" else "unchanged"}
                others = again.line_ids.filtered(
                    lambda line: line.key and line.outcome not in wanted
                )
                if policy == "skip":
                    self.assertFalse(others)
            operation.action_undo()
            self.assertEqual(operation.state, "undone", operation.error)
            self.assertEqual(
                operation.line_ids.filtered("undo_reason").mapped("undo_reason"), []
            )
            for number, row in self._leads_table().items():
                self.assertEqual(row, leads_before.get(number))
            self.assertSameTables(before)
