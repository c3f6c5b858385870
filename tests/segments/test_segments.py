from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import mail_new_test_user

from ..common import ProspectCase


class SegmentCase(ProspectCase):
    """Nobody's prospects but those of a test, and segments of two people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"].with_context(active_test=False).search([]).unlink()
        cls.colleague = mail_new_test_user(
            cls.env,
            login="prospect_colleague",
            name="Prospect colleague",
            groups="sales_team.group_sale_salesman",
        )

    @classmethod
    def _segment(cls, domain="[]", user=None, **values):
        """A segment of the salesman's, or of another user's."""
        user = user or cls.salesman
        values = {"name": "Lyon", "domain": domain, "user_id": user.id, **values}
        return cls.env["prospect.segment"].with_user(user).create(values)

    def _found(self, segment, user=None):
        """The prospects in a segment, as somebody sees them."""
        segment = segment.with_user(user or self.salesman)
        return segment.env["crm.lead"].search(segment._get_domain())


class TestSegmentDomain(SegmentCase):
    """Which prospects a segment has."""

    def test_user_and_day(self):
        """The same text means each person's own, and moves with the day."""
        mine = self._prospect(email_from="a@example.com")
        theirs = self._prospect(
            email_from="b@example.com", user_id=self.salesman_all.id
        )
        segment = self._segment("[('user_id', '=', uid)]", is_shared=True)
        self.assertEqual(self._found(segment), mine)
        self.assertEqual(self._found(segment, self.salesman_all), theirs)
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = now() - interval '20 days'"
            " WHERE id = %s",
            [mine.id],
        )
        self.env.invalidate_all()
        week = "(context_today() - relativedelta(days=7)).strftime('%Y-%m-%d')"
        for text in (
            f"[('create_date', '>=', {week})]",
            "[('create_date', '>=', 'today -7d')]",
        ):
            segment.domain = text
            self.assertEqual(self._found(segment, self.salesman_all), theirs)

    def test_page(self):
        """Junk is in it, archived prospects are not, converted ones if wanted."""
        junk = self._prospect(status_id=self.junk.id)
        archived = self._prospect()
        archived.action_archive()
        converted = self._prospect(status_id=self.converted.id)
        segment = self._segment(f"[('team_id', '=', {self.team.id})]")
        self.assertEqual(set(self._found(segment)), set(junk + converted))
        segment.exclude_converted = True
        self.assertEqual(self._found(segment), junk)
        self.assertFalse(archived.is_listed)

    def test_refused(self):
        """A filter that cannot be used is refused, in words."""
        for text in (
            "[('no_such_field', '=', 1)]",
            "[('user_id', '=', ",
            "[('name', '=', __import__('os').system('true'))]",
            "[('name', '=', ().__class__)]",
            "[('id', '=', 'abc')]",
            "[('create_date', '>', 'someday')]",
            "['&', ('id', '=', 1)]",
            "42",
        ):
            with (
                self.subTest(text=text),
                self.assertRaisesRegex(ValidationError, "cannot be used"),
            ):
                self._segment(text)
        segment = self._segment()
        with self.assertRaises(ValidationError):
            segment.domain = "[('nothing', '=', 1)]"

    def test_hidden_field(self):
        """Nobody learns by a segment what they may not read."""
        field = self.env["crm.lead"]._fields["assistant_email"]
        with (
            patch.object(field, "groups", "base.group_system"),
            self.assertRaises(ValidationError),
        ):
            self._segment("[('assistant_email', '=', 'a@example.com')]")

    def test_hidden_list(self):
        private = self.env["prospect.list"].create(
            {"name": "Private", "visibility": "private", "user_id": self.manager.id}
        )
        self._prospect(list_ids=[(4, private.id)])
        text = f"[('list_ids', 'in', [{private.id}])]"
        segment = self._segment(text, user=self.manager, is_shared=True)
        self.assertEqual(len(self._found(segment, self.manager)), 1)
        self.assertFalse(self._found(segment, self.salesman))

    def test_checkouts(self):
        """The menu and the tab show the same prospects [MO-31]."""
        source = self.env.ref("prospect.utm_source_checkout")
        lead = self._prospect(source_id=source.id)
        self._prospect(email_from="b@example.com")
        segment = self.env.ref("prospect.prospect_segment_checkout")
        self.assertEqual(self._found(segment), lead)
        menu = self.env.ref("prospect.prospect_segment_action_checkout")
        action = menu.with_user(self.salesman).run()
        leads = self.env["crm.lead"].with_user(self.salesman)
        self.assertEqual(leads.search(Domain(action["domain"])), lead)
        segment.active = False
        self.assertTrue(menu.with_user(self.salesman).run()["domain"])

    def test_presets(self):
        week = self._prospect(email_from="a@example.com")
        unassigned = self._prospect(email_from="b@example.com", user_id=False)
        converted = self._prospect(
            email_from="c@example.com", status_id=self.converted.id
        )
        flagged = self._prospect(email_from="d@mailinator.com")
        flagged._prospect_flag("honeypot")
        week.activity_schedule("mail.mail_activity_data_todo", user_id=self.manager.id)
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = now() - interval '20 days'"
            " WHERE id <> %s",
            [week.id],
        )
        self.env.invalidate_all()
        for name, leads in (
            ("new_this_week", week),
            ("unassigned", unassigned),
            ("without_activity", unassigned + flagged),
            ("converted", converted),
            ("flagged", flagged),
        ):
            with self.subTest(name=name):
                segment = self.env.ref(f"prospect.prospect_segment_{name}")
                self.assertEqual(
                    set(self._found(segment, self.manager)), set(leads), name
                )
        self.assertEqual(len(self._found(segment, self.manager)), 1)


class TestSegmentRights(SegmentCase):
    """Who sees and changes which segment."""

    def test_private(self):
        segment = self._segment()
        self.assertEqual(segment.user_id, self.salesman)
        with self.assertRaises(AccessError):
            segment.with_user(self.colleague).read(["name"])
        with self.assertRaises(AccessError):
            segment.with_user(self.employee).read(["name"])
        self.assertNotIn(
            segment.id,
            [
                tab["id"]
                for tab in segment.with_user(self.manager).get_bar()["segments"]
            ],
            "an administrator may read it, and does not have the tab",
        )

    def test_shared(self):
        segment = self._segment(is_shared=True)
        self.assertEqual(segment.with_user(self.colleague).name, "Lyon")
        self.assertFalse(segment.with_user(self.colleague).can_edit)
        self.assertTrue(segment.can_edit)
        for work in (
            lambda: segment.with_user(self.colleague).write({"name": "Mine"}),
            lambda: segment.with_user(self.colleague).unlink(),
        ):
            with self.assertRaises(AccessError):
                work()
        segment.with_user(self.manager).name = "Grand Lyon"
        self.assertEqual(segment.name, "Grand Lyon")

    def test_groups(self):
        group = self.env["res.groups"].create({"name": "Callers"})
        with self.assertRaisesRegex(ValidationError, "Callers"):
            self._segment(is_shared=True, group_ids=[(4, group.id)])
        segment = self._segment(
            user=self.manager, is_shared=True, group_ids=[(4, group.id)]
        )
        with self.assertRaises(AccessError):
            segment.with_user(self.colleague).read(["name"])
        group.user_ids = [(4, self.colleague.id)]
        self.assertEqual(segment.with_user(self.colleague).name, "Lyon")

    def test_nobody_elses(self):
        with self.assertRaises(AccessError):
            self.env["prospect.segment"].with_user(self.salesman).create(
                {"name": "Theirs", "user_id": self.colleague.id}
            )
        segment = self._segment()
        for work in (
            lambda: segment.write({"is_preset": True}),
            lambda: segment.create({"name": "Preset", "is_preset": True}),
        ):
            with self.assertRaises(AccessError):
                work()
        with self.assertRaisesRegex(AccessError, "share it instead"):
            segment.user_id = self.colleague
        segment.with_user(self.manager).user_id = self.colleague
        segment = self._segment()
        sent = segment.with_context(default_is_preset=True).create({"name": "Preset"})
        self.assertFalse(sent.is_preset)

    def test_presets_stay(self):
        preset = self.env.ref("prospect.prospect_segment_converted")
        with self.assertRaisesRegex(UserError, "Archive"):
            preset.with_user(self.manager).unlink()
        preset.with_user(self.manager).active = False
        bar = preset.with_user(self.salesman).get_bar()
        self.assertNotIn(preset.id, [tab["id"] for tab in bar["segments"]])
        with self.assertRaises(AccessError):
            preset.with_user(self.salesman).active = True

    def test_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids += company
        segment = self._segment(user=self.manager, is_shared=True)
        segment.sudo().company_id = company
        bar = segment.with_user(self.salesman).get_bar()
        self.assertNotIn(segment.id, [tab["id"] for tab in bar["segments"]])

    def test_order(self):
        """Each person's own order, and what they have hidden."""
        own = [self._segment(name=name, is_shared=True) for name in "abc"]
        ids = [segment.id for segment in own]
        segments = own[0].browse()

        def bar(user):
            return [
                tab["id"]
                for tab in segments.with_user(user).get_bar()["segments"]
                if tab["id"] in ids and not tab["is_hidden"]
            ]

        self.assertEqual(bar(self.salesman), ids)
        segments.with_user(self.salesman).set_order([ids[2], ids[0], ids[1]])
        segments.with_user(self.salesman).set_order([ids[2], ids[1], ids[0]])
        self.assertEqual(bar(self.salesman), [ids[2], ids[1], ids[0]])
        self.assertEqual(bar(self.colleague), ids)
        own[1].with_user(self.colleague).set_hidden(True)
        self.assertEqual(bar(self.colleague), [ids[0], ids[2]])
        self.assertEqual(len(bar(self.salesman)), 3)
        own[1].with_user(self.colleague).is_shown = True
        self.assertEqual(bar(self.colleague), ids)
        ids.append(self._segment(name="d").id)
        self.assertEqual(bar(self.salesman), [ids[2], ids[1], ids[0], ids[3]])
        private = self._segment(user=self.manager)
        with self.assertRaises(AccessError):
            private.with_user(self.colleague).set_hidden(True)

    def test_copy(self):
        segment = self._segment(user=self.manager, is_shared=True)
        copied = segment.with_user(self.salesman).copy()
        self.assertEqual(copied.user_id, self.salesman)
        self.assertFalse(copied.is_shared)

    def test_actions(self):
        """What the menu of a tab offers, as far as the person may."""
        lead = self._prospect()
        segment = self._segment()
        methods = [action["method"] for action in segment._get_segment_actions()]
        self.assertEqual(methods, ["action_open", "action_bulk", "action_sync"])
        self.salesman.group_ids += self.env.ref("base.group_allow_export")
        methods = [action["method"] for action in segment._get_segment_actions()]
        self.assertIn("action_export", methods)
        self.assertEqual(
            segment.env["crm.lead"].search(segment.action_export()["params"]["domain"]),
            lead,
        )
        action = segment.action_bulk()
        wizard = (
            self.env["prospect.bulk"]
            .with_user(self.salesman)
            .with_context(**action["context"])
            .create({"partner_name": "ACME"})
        )
        self.assertEqual(wizard.count, 1)
        for right in self.env["prospect.right"].search([("operation", "=", "bulk")]):
            right.unlink()
        methods = [action["method"] for action in segment._get_segment_actions()]
        self.assertNotIn("action_bulk", methods)


class TestSegmentCount(SegmentCase):
    """Numbers that reveal to nobody what they may not see."""

    def setUp(self):
        super().setUp()
        self._prospect(email_from="a@example.com")
        self._prospect(email_from="b@example.com", user_id=self.manager.id)
        self.segment = self._segment(user=self.manager, is_shared=True)
        self.counts = self.env["prospect.segment.count"]

    def _count(self, user, segment=None):
        segment = segment or self.segment
        return segment.with_user(user).get_counts(segment.ids)[segment.id]["count"]

    def _large(self):
        leads = self.registry["crm.lead"]
        return patch.object(leads, "_prospect_is_large", lambda self: True)

    def _run(self):
        """What the job does."""
        while self.counts._do_next():
            pass

    def test_live(self):
        self.assertEqual(self._count(self.manager), 2)
        self.assertEqual(self._count(self.salesman), 1)
        self.assertFalse(self.counts.search([]), "nothing is kept of a small table")

    def test_broken(self):
        """A segment that broke later says so; the others are counted."""
        self.env.cr.execute(
            "UPDATE prospect_segment SET domain = '[(''gone'', ''='', 1)]'"
            " WHERE id = %s",
            [self.segment.id],
        )
        self.env.invalidate_all()
        other = self._segment()
        counts = other.get_counts((self.segment + other).ids)
        self.assertIsNone(counts[self.segment.id]["count"])
        self.assertIn("cannot be used", counts[self.segment.id]["error"])
        self.assertEqual(counts[other.id]["count"], 1)

    def test_kept(self):
        """Of a large table a page shows what the job counted, and counts nothing."""
        with self._large():
            with patch.object(
                self.registry["prospect.segment.count"],
                "_run",
                side_effect=AssertionError("counted live"),
            ):
                self.assertIsNone(self._count(self.manager))
                self.assertIsNone(self._count(self.salesman))
            self._run()
            self.assertEqual(self._count(self.manager), 2)
            self.assertEqual(self._count(self.salesman), 1)
            self._prospect(email_from="c@example.com")
            self.assertEqual(self._count(self.manager), 2, "as it was kept")
            self._run()
            self.assertEqual(self._count(self.manager), 2, "fresh enough")
            self.env.cr.execute(
                "UPDATE prospect_segment_count"
                "   SET counted_at = counted_at - interval '1 hour'"
            )
            self.env.invalidate_all()
            self._run()
            self.assertEqual(self._count(self.manager), 3)
            self.assertEqual(self._count(self.salesman), 2)

    def test_shared_by_equals(self):
        """Who sees everything shares one number, the others have their own."""
        with self._large():
            for user in (self.manager, self.salesman_all):
                self._count(user)
            self.assertEqual(len(self.counts.search([])), 1)
            for user in (self.salesman, self.colleague):
                self._count(user)
            self.assertEqual(len(self.counts.search([])), 3)
            mine = self._segment(
                "[('user_id', '=', uid)]", user=self.manager, is_shared=True
            )
            for user in (self.manager, self.salesman_all):
                self._count(user, mine)
            self._run()
            self.assertEqual(self._count(self.manager, mine), 1)
            self.assertEqual(self._count(self.salesman_all, mine), 0)

    def test_right_lost(self):
        """Who no longer sees everything has no longer that number."""
        with self._large():
            self._count(self.salesman_all)
            self._run()
            self.assertEqual(self._count(self.salesman_all), 2)
            self.salesman_all.group_ids -= self.env.ref(
                "sales_team.group_sale_salesman_all_leads"
            )
            self.salesman_all.group_ids += self.env.ref(
                "sales_team.group_sale_salesman"
            )
            self.assertIsNone(self._count(self.salesman_all))

    def test_forgotten(self):
        with self._large():
            self._count(self.manager)
        row = self.counts.search([])
        row.wanted_at -= timedelta(hours=3)
        self.assertFalse(self.counts._claim(), "nobody looks at it")
        row.wanted_at -= timedelta(days=8)
        self.counts._gc_counts()
        self.assertFalse(row.exists())

    def test_tables_refused(self):
        """Orders and counts are nobody's to read or write by request."""
        for name in ("prospect.segment.count", "prospect.segment.order"):
            with self.assertRaises(AccessError):
                self.env[name].with_user(self.manager).search([])
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env["prospect.segment.order"].create(
                [{"user_id": self.env.uid, "segment_id": self.segment.id}] * 2
            )
