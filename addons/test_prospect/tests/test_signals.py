from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon
from odoo.addons.prospect.tests.common import ProspectCase
from odoo.addons.prospect.tools.signals import check_signals

from .seams import SeamsMixin

MAIL = """\
From: {sender}
To: {to}
Subject: Call me
Message-Id: <{key}@seams.example.com>
{headers}Content-Type: text/plain; charset=utf-8

Please.
"""


@tagged("post_install", "-at_install")
class TestSignals(SeamsMixin, ProspectCase):
    """What happens is emitted once a batch, with keys that never return."""

    def test_list_is_sound(self):
        signals = check_signals(self.env["crm.lead"]._prospect_signal_list())
        self.assertLessEqual(
            {
                *("lead.created", "lead.captured", "lead.status", "lead.assigned"),
                *("lead.list_joined", "lead.list_left", "lead.replied"),
                *("lead.converted", "lead.merged"),
            },
            signals.keys(),
        )
        for signal in signals.values():
            self.assertTrue(signal.sentence, signal.code)
            for fact in signal.facts:
                self.assertTrue(fact.label, (signal.code, fact.name))
                if fact.model:
                    self.assertIn(fact.model, self.env)

    def test_created(self):
        source = self.env.ref("prospect.utm_source_import")
        leads = self.env["crm.lead"].create(
            [
                {
                    "type": "lead",
                    "name": str(number),
                    "user_id": self.salesman.id,
                    "source_id": source.id,
                }
                for number in range(3)
            ]
        )
        rows = self._rows("lead.created")
        self.assertEqual([row["lead_id"] for row in rows], leads.ids)
        self.assertEqual(rows[0]["key"], f"lead.created:{leads[0].id}")
        self.assertFalse(rows[0]["quiet"])
        facts = rows[0]["facts"]
        self.assertEqual(facts["source_id"], source.id)
        self.assertEqual(facts["status_id"], self.new.id)
        self.assertEqual(facts["cause"], "manual")
        signal = check_signals(leads._prospect_signal_list())["lead.created"]
        self.assertEqual(facts.keys(), {fact.name for fact in signal.facts})
        (assigned,) = self._rows("lead.assigned")[:1]
        self.assertEqual(
            assigned["facts"], {"user_id": self.salesman.id, "former_user_id": False}
        )

    def test_status(self):
        leads = self._prospect() + self._prospect()
        self._calls("lead.status")
        keys = set()
        for status in (self.in_progress, self.new, self.in_progress):
            former = leads.status_id
            leads.write({"status_id": status.id})
            rows = self._rows("lead.status")
            self.assertEqual([row["lead_id"] for row in rows], leads.ids)
            self.assertEqual(
                rows[0]["facts"],
                {
                    "status_id": status.id,
                    "former_status_id": former.id,
                    "cause": "manual",
                },
            )
            keys.update(row["key"] for row in rows)
        self.assertEqual(len(keys), 6, "the same change is another happening")

    def test_assigned(self):
        lead = self._prospect()
        self._calls("lead.assigned")
        lead.user_id = self.salesman_all
        (row,) = self._rows("lead.assigned")
        self.assertEqual(
            row["facts"],
            {"user_id": self.salesman_all.id, "former_user_id": self.salesman.id},
        )

    def test_lists(self):
        leads = self._prospect() + self._prospect()
        lists = self.env["prospect.list"].create([{"name": "One"}, {"name": "Two"}])
        leads._prospect_lists_change(add=lists)
        joined = self._calls("lead.list_joined")
        self.assertEqual([len(rows) for (rows,) in joined], [2, 2])
        self.assertEqual(
            {row["facts"]["list_id"] for (rows,) in joined for row in rows},
            set(lists.ids),
        )
        leads._prospect_lists_change(remove=lists[0])
        rows = self._rows("lead.list_left")
        self.assertEqual([row["lead_id"] for row in rows], leads.ids)
        self.assertEqual(rows[0]["facts"], {"list_id": lists[0].id})
        leads[0].write({"list_ids": [(3, lists[1].id)]})
        self.assertEqual(len(self._rows("lead.list_left")), 1)

    def test_bulk(self):
        """A bulk operation emits once for each list, what was joined and left."""
        leads = self._prospect() + self._prospect()
        lists = self.env["prospect.list"].create([{"name": "One"}, {"name": "Two"}])
        leads._prospect_lists_change(add=lists[0])
        self._listen("lead.list_joined", "lead.list_left", "lead.status")
        wizard = self.env["prospect.bulk"].create(
            {
                "selection": {"ids": leads.ids},
                "list_add_ids": lists[1].ids,
                "list_remove_ids": lists[0].ids,
                "status_id": self.in_progress.id,
            }
        )
        operation = wizard._make_operation()
        operation.action_preview()
        self.assertFalse(self._calls("lead.status"), "a preview does nothing")
        operation.action_run()
        self.assertEqual(operation.sudo().state, "done")
        for code in ("lead.list_joined", "lead.list_left", "lead.status"):
            rows = self._rows(code)
            self.assertEqual([row["lead_id"] for row in rows], leads.ids, code)
        self._listen("lead.list_joined", "lead.status")
        operation.action_undo()
        self.assertFalse(self._calls("lead.status"), "nor does an undo")

    def test_import_is_quiet(self):
        """Unless its box is ticked, which takes nothing from the fast write path."""
        for ticked in (False, True):
            with self.subTest(ticked=ticked):
                wizard = self._import_wizard(
                    f"Email,City\nloud{ticked}@seams.example.com,Rome\n",
                    reactions=ticked,
                )
                operation = wizard._make_operation()
                operation.action_preview()
                self.assertFalse(self._calls("lead.created"), "a preview is no news")
                operation.action_run()
                (row,) = self._rows("lead.created")
                self.assertEqual(row["quiet"], not ticked)
                self.assertEqual(row["facts"]["cause"], "import")
                self.assertEqual(row["lead_id"], operation.line_ids.lead_id.id)

    def test_no_query_per_record(self):
        """Neither one for each prospect, nor any where nobody listens."""
        counts = {}
        for heard in ((), ("lead.created", "lead.assigned")):
            for number in (2, 40):
                self._listen(*heard)
                leads = self.env["crm.lead"].create(
                    [{"type": "lead", "name": str(index)} for index in range(number)]
                )
                self.env.flush_all()
                before = self.env.cr.sql_log_count
                leads._prospect_signal_created()
                counts[heard, number] = self.env.cr.sql_log_count - before
        self.assertEqual(
            list(counts.values()), [0, 0, 1, 1], "one query, whatever there is"
        )


@tagged("post_install", "-at_install")
class TestIncoming(SeamsMixin, MailCommon, ProspectCase):
    """What arrives: messages of the inbox, mails and replies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.alias_name = "seams"

    def _mail(self, key, sender="zoe@seams.example.com", headers=""):
        mail = MAIL.format(
            sender=sender, to=self.team.alias_email, key=key, headers=headers
        )
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].sudo().message_process(None, mail)

    def test_replied(self):
        self._mail("first")
        lead = self.env["crm.lead"].search(
            [("email_normalized", "=", "zoe@seams.example.com")]
        )
        (row,) = self._rows("lead.captured")
        self.assertEqual(row["lead_id"], lead.id)
        self.assertEqual(row["facts"]["channel"], "email")
        self.assertFalse(self._calls("replied"), "it has made the prospect")
        self._mail("absent", headers="Auto-Submitted: auto-replied\n")
        self.assertFalse(self._calls("replied"), "nobody has written it")
        self._mail("again")
        ((leads, messages),) = self._calls("replied")
        self.assertEqual(leads, lead)
        self.assertEqual(messages.subject, "Call me")
        (row,) = self._rows("lead.replied")
        self.assertEqual(row["lead_id"], lead.id)
        self.assertEqual(row["key"], f"lead.replied:{messages.id}")
        self._mail(
            "colleague",
            sender=self.salesman.email,
            headers=f"References: {messages.message_id}\n",
        )
        self.assertIn(self.salesman.partner_id, lead.message_ids.author_id)
        self.assertFalse(self._calls("replied"), "a colleague is no prospect")

    def test_captured(self):
        self.registry_enter_test_mode()
        self.env.flush_all()
        message = self.env["prospect.capture"]._receive(
            "form", "seams-1", {"email": "lea@seams.example.com"}
        )
        self.assertEqual(message.state, "done")
        (row,) = self._rows("lead.captured")
        self.assertEqual(row["lead_id"], message.lead_id.id)
        self.assertEqual(
            row["facts"],
            {"channel": "form", "outcome": "created", "capture_id": message.id},
        )
        self.assertEqual(self._calls("outcome"), [("created", message.lead_id.id)])
