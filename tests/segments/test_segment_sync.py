import random
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.prospect.models.segments import segment_sync as prospect_segment_sync
from odoo.addons.prospect.tools.transactions import run_again

from ..common import ConcurrentCase
from .test_segments import SegmentCase


class SyncCase(SegmentCase):
    """A list of the manager's, and a segment of Lyon."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.list = (
            cls.env["prospect.list"].with_user(cls.manager).create({"name": "Synced"})
        )
        cls.lyon = cls._segment(
            "[('city', '=', 'Lyon')]", user=cls.manager, is_shared=True
        )

    @classmethod
    def _lead(cls, **values):
        cls.number = getattr(cls, "number", 0) + 1
        return cls._prospect(
            contact_name=f"Person {cls.number}",
            email_from=f"person{cls.number}@example.com",
            **values,
        )

    def _sync(self, mode="add", user=None, segment=None, prospect_list=None, **values):
        user = user or self.manager
        return (
            self.env["prospect.segment.sync"]
            .with_user(user)
            .create(
                {
                    "segment_id": (segment or self.lyon).id,
                    "list_id": (prospect_list or self.list).id,
                    "mode": mode,
                    **values,
                }
            )
            .sudo()
        )

    def _refresh(self, sync):
        """What the job does with one sync."""
        self.env.flush_all()
        while sync._refresh_step():
            pass
        self.env.flush_all()
        self.env.invalidate_all()

    def _rebuild(self, sync):
        """A refresh that looks at all prospects."""
        sync.write({"since": False, "phase": False})
        self._refresh(sync)
        self.assertTrue(sync.is_full)

    def _age(self):
        """What there is was written long before the last refresh."""
        self.env.flush_all()
        for table, column in (
            ("crm_lead", "write_date"),
            ("prospect_membership", "date"),
            ("prospect_status_change", "date"),
        ):
            self.env.cr.execute(
                f"UPDATE {table} SET {column} = now() - interval '2 days'"
            )
        self.env.invalidate_all()
        syncs = self.env["prospect.segment.sync"].search([])
        syncs.filtered("since").write(
            {"since": fields.Datetime.now() - timedelta(days=1)}
        )

    def _members(self, prospect_list=None):
        prospect_list = prospect_list or self.list
        return (
            self.env["crm.lead"]
            .with_context(active_test=False)
            .search([("list_ids", "in", prospect_list.ids)], order="id")
        )

    def _causes(self, lead):
        return [
            (row.action, row.cause)
            for row in self.env["prospect.membership"].search(
                [("lead_id", "=", lead.id), ("list_id", "=", self.list.id)], order="id"
            )
        ]


class TestSegmentSync(SyncCase):
    """A list synced from a segment."""

    def test_add_only(self):
        lyon, paris = self._lead(city="Lyon"), self._lead(city="Paris")
        by_hand = self._lead(city="Paris", list_ids=[(4, self.list.id)])
        sync = self._sync()
        self._refresh(sync)
        self.assertEqual(self._members(), lyon + by_hand)
        self.assertEqual((sync.joined_count, sync.left_count), (1, 0))
        self.assertEqual(self._causes(lyon), [("join", "segment")])
        self.assertTrue(sync.full_at)
        self._age()
        (lyon + paris).city = "Lyon"
        lyon.city = "Nantes"
        self._refresh(sync)
        self.assertFalse(sync.is_full)
        self.assertEqual(sync.looked_count, 2)
        self.assertEqual(self._members(), lyon + paris + by_hand, "nobody leaves")
        self.assertReplay(self._members())

    def test_taken_off(self):
        """Who was taken off a list that is only added to stays off."""
        lead = self._lead(city="Lyon")
        sync = self._sync()
        self._refresh(sync)
        lead.with_user(self.salesman)._prospect_lists_change(remove=self.list)
        self._refresh(sync)
        self._rebuild(sync)
        self.assertFalse(self._members())
        lead.with_user(self.salesman)._prospect_lists_change(add=self.list)
        self._rebuild(sync)
        self.assertEqual(self._members(), lead)
        # what the mirror once took off comes back
        sync.mode = "mirror"
        lead.city = "Paris"
        self._rebuild(sync)
        self.assertFalse(self._members())
        sync.mode = "add"
        lead.city = "Lyon"
        self._rebuild(sync)
        self.assertEqual(self._members(), lead)
        self.assertReplay(lead)

    def test_mirror(self):
        lyon, paris = self._lead(city="Lyon"), self._lead(city="Paris")
        by_hand = self._lead(city="Paris", list_ids=[(4, self.list.id)])
        sync = self._sync("mirror")
        self._refresh(sync)
        self.assertEqual(self._members(), lyon)
        self.assertEqual((sync.joined_count, sync.left_count), (1, 1))
        self.assertEqual(
            self._causes(by_hand), [("join", "manual"), ("leave", "segment")]
        )
        self._age()
        lyon._prospect_lists_change(remove=self.list)
        paris._prospect_lists_change(add=self.list)
        self._refresh(sync)
        self.assertFalse(sync.is_full, "changes of lists have a date too")
        self.assertEqual(self._members(), lyon)
        self._age()
        lyon.action_archive()
        self._refresh(sync)
        self.assertFalse(self._members())
        lyon.action_unarchive()
        self._refresh(sync)
        self.assertEqual(self._members(), lyon)
        self.assertReplay(lyon + paris + by_hand)

    def test_rights(self):
        """A list gets whom the person who syncs it may put there, and nobody else."""
        mine = self._lead(city="Lyon")
        theirs = self._lead(city="Lyon", user_id=self.manager.id)
        own = self.env["prospect.list"].with_user(self.salesman).create({"name": "Own"})
        (theirs + self._lead(user_id=self.manager.id))._prospect_lists_change(add=own)
        sync = self._sync("mirror", user=self.salesman, prospect_list=own)
        self._refresh(sync)
        self.assertEqual(len(self._members(own)), 3)
        self.assertIn(mine, self._members(own))
        self.assertEqual(sync.kept_count, 2, "out of reach, and told")
        self.assertFalse(sync.error)

    def test_whose(self):
        own = self.env["prospect.list"].with_user(self.salesman).create({"name": "Own"})
        with self.assertRaises(AccessError):
            self._sync(user=self.salesman)
        with self.assertRaises(AccessError):
            self._sync(user=self.salesman, prospect_list=own, user_id=self.manager.id)
        sync = self._sync(user=self.salesman, prospect_list=own)
        self.assertEqual(sync.user_id, self.salesman)
        mine = sync.with_user(self.salesman)
        for vals in ({"user_id": self.manager.id}, {"since": "2026-01-01"}):
            with self.assertRaises(AccessError):
                mine.write(vals)
        with self.assertRaises(AccessError):
            sync.with_user(self.colleague).action_refresh()
        sent = (
            self.env["prospect.segment.sync"]
            .with_user(self.salesman)
            .with_context(
                default_user_id=self.manager.id, default_since="2099-01-01 00:00:00"
            )
        )
        sync.unlink()
        sync = sent.create({"segment_id": self.lyon.id, "list_id": own.id})
        self.assertEqual(sync.sudo().user_id, self.salesman)
        self.assertFalse(sync.sudo().since)
        private = self._segment(user=self.manager)
        sync.unlink()
        with self.assertRaises(AccessError):
            self._sync(user=self.salesman, prospect_list=own, segment=private)

    def test_somebody_elses_filter(self):
        """Nobody runs a filter with another person's rights without their leave."""
        self._lead(city="Lyon")
        paris = self._lead(city="Paris", user_id=self.manager.id)
        segment = self._segment(
            "[('city', '=', 'Lyon')]", user=self.salesman, is_shared=True
        )
        sync = self._sync("mirror", segment=segment)
        self._refresh(sync)
        self.assertEqual(len(self._members()), 1)
        segment.domain = "[('city', '=', 'Paris')]"
        with mute_logger("odoo.addons.prospect.models.segments.segment_sync"):
            self._refresh(sync)
        self.assertIn("changed the filter", sync.error)
        self.assertEqual(len(self._members()), 1, "as it was")
        sync.with_user(self.manager).action_agree()
        self.assertEqual(self._members(), paris)
        self.assertFalse(sync.error)
        segment.with_user(self.manager).domain = "[('city', '=', 'Lyon')]"
        self._refresh(sync)
        self.assertFalse(sync.error, "they agree by changing it")
        self.assertEqual(len(self._members()), 1)

    def test_user_gone(self):
        sync = self._sync()
        self.manager.active = False
        self._refresh(sync)
        self.assertIn("who has left", sync.error)

    def test_deleted_custom_field(self):
        """A filter on a custom field that was deleted is broken: it does not find
        nobody, which would empty the list.
        """
        size = self.env["prospect.property"].create(
            {"name": "Shoe size", "kind": "integer"}
        )
        lead = self._lead(properties={size.key: 42})
        segment = self._segment(
            f"[('properties.{size.key}', '=', 42)]", user=self.manager
        )
        sync = self._sync("mirror", segment=segment)
        self._refresh(sync)
        self.assertEqual(self._members(), lead)
        size.unlink()
        sync.write({"since": False, "full_at": False})
        with mute_logger("odoo.addons.prospect.models.segments.segment_sync"):
            self._refresh(sync)
        self.assertIn("a custom field was deleted", sync.error)
        self.assertEqual(self._members(), lead)

    def test_broken_filter(self):
        """A filter that broke is told, and stops nobody else's list."""
        other = self.env["prospect.list"].with_user(self.manager).create({"name": "B"})
        lead = self._lead(city="Lyon")
        broken = self._segment(user=self.manager)
        syncs = self._sync(segment=broken) + self._sync(prospect_list=other)
        self.env.cr.execute(
            "UPDATE prospect_segment SET domain = '[(''gone'', ''='', 1)]'"
            " WHERE id = %s",
            [broken.id],
        )
        self.env.invalidate_all()
        syncs[0].filter_text = broken._get_filter_text()
        syncs[0].full_at = syncs[0].since = fields.Datetime.now()
        with (
            mute_logger("odoo.addons.prospect.models.segments.segment_sync"),
            patch.object(
                self.registry["ir.cron"], "_commit_progress", lambda *a, **k: 1
            ),
        ):
            self.env["prospect.segment.sync"]._cron_refresh()
        self.assertIn("cannot be used", syncs[0].error)
        self.assertEqual(self._members(other), lead)
        self.assertFalse(syncs[1].error)

    def test_reactions(self):
        """What joining starts is started where it is wanted, once a batch."""
        calls = []

        def note(leads, prospect_list):
            calls.append((leads, prospect_list))

        leads = self._lead(city="Lyon") + self._lead(city="Lyon")
        other = self.env["prospect.list"].with_user(self.manager).create({"name": "B"})
        with patch.object(self.registry["crm.lead"], "_prospect_on_list_joined", note):
            self._refresh(self._sync())
            self.assertFalse(calls)
            self._refresh(self._sync(prospect_list=other, is_reacting=True))
        self.assertEqual(
            [(set(found), which) for found, which in calls], [(set(leads), other)]
        )

    def test_company(self):
        """A list of one company gets nobody of another one."""
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.manager.company_ids += elsewhere
        self.salesman.company_ids += elsewhere
        here = self._lead(city="Lyon")
        there = self._lead(city="Lyon", team_id=False)
        there.company_id = elsewhere
        self._refresh(self._sync())
        self.assertEqual(self.list.company_id, self.env.company)
        self.assertEqual(self._members(), here)
        list_there = self.env["prospect.list"].create(
            {"name": "There", "company_id": elsewhere.id, "user_id": self.manager.id}
        )
        here.company_id = self.env.company
        self._refresh(self._sync(prospect_list=list_there))
        self.assertEqual(self._members(list_there), there)
        self.manager.company_ids -= elsewhere
        sync = self.env["prospect.segment.sync"].search(
            [("list_id", "=", list_there.id)]
        )
        self._rebuild_refused(sync, "Elsewhere")

    def _rebuild_refused(self, sync, reason):
        sync.write({"since": False, "phase": False})
        with mute_logger("odoo.addons.prospect.models.segments.segment_sync"):
            self._refresh(sync)
        self.assertIn(reason, sync.error)

    def test_untraced(self):
        """What leaves no trace on a prospect is found, and said."""
        for text, found in (
            ("[('city', '=', 'Lyon'), ('user_id', '=', uid)]", []),
            ("[('list_ids', 'in', [1]), ('tag_ids', 'in', [1])]", []),
            ("[('status_id.kind', '=', 'new'), ('prospect_text', 'ilike', 'a')]", []),
            ("[('create_date', '>=', '2026-01-01')]", []),
            ("[('create_date', '>=', '=monday')]", ["Created on"]),
            ("[('date_deadline', '<', context_today())]", ["the day"]),
            ("[('activity_ids', '=', False)]", ["Activities"]),
            ("[('source_id.prospect_channel', '=', 'checkout')]", ["Source"]),
            ("[('user_id', 'ilike', 'Anne')]", ["Salesperson"]),
            ("[('is_flagged', '=', True)]", ["Flagged"]),
        ):
            with self.subTest(text=text):
                segment = self._segment(text, user=self.manager)
                self.assertEqual(segment._get_untraced(), found)
        segment = self._segment(
            "[('source_id.name', '=', 'Sync X')]", user=self.manager
        )
        sync = self._sync("mirror", segment=segment)
        source = self.env["utm.source"].create({"name": "Sync Y"})
        lead = self._lead(source_id=source.id)
        self._refresh(sync)
        source.name = "Sync X"
        self._refresh(sync)
        self.assertFalse(self._members(), "not before an hour has passed")
        sync.full_at -= timedelta(hours=1)
        self._refresh(sync)
        self.assertEqual(self._members(), lead)
        self.assertEqual(sync.untraced, "Source")

    def test_day(self):
        """Each sync is rebuilt in full once a day, whatever is known of changes."""
        lead = self._lead(city="Lyon")
        sync = self._sync()
        self._refresh(sync)
        self._age()
        self.env.cr.execute("DELETE FROM prospect_list_crm_lead_rel")
        self.env.cr.execute("DELETE FROM prospect_membership")
        self._refresh(sync)
        self.assertFalse(self._members())
        sync.full_at -= timedelta(days=1)
        self._refresh(sync)
        self.assertEqual(self._members(), lead)

    def test_many(self):
        """Batches, each a transaction of the job's; and too many changes: all are
        looked at.
        """
        leads = self.env["crm.lead"].concat(
            *(self._lead(city="Lyon") for _i in range(7))
        )
        sync = self._sync("mirror")
        with patch.object(prospect_segment_sync, "BATCH", 3):
            self.env.flush_all()
            self.assertTrue(sync._refresh_step())
            self.assertEqual(len(self._members()), 3)
            self._refresh(sync)
            self.assertEqual(self._members(), leads)
            self.assertEqual(sync.joined_count, 7)
            leads.city = "Paris"
            with patch.object(prospect_segment_sync, "MANY", 5):
                self._refresh(sync)
        self.assertTrue(sync.is_full)
        self.assertFalse(self._members())
        self.assertEqual(sync.left_count, 7)
        self.assertReplay(leads)

    def test_queries(self):
        """As many queries for three changed prospects as for thirty."""
        leads = self.env["crm.lead"].concat(
            *(self._lead(city="Lyon") for _i in range(33))
        )
        sync = self._sync("mirror")
        self._refresh(sync)
        queries = []
        for changed in (leads[:3], leads[3:]):
            self._age()
            changed.city = "Paris"
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            sync._refresh_step()
            queries.append(self.env.cr.sql_log_count - before)
            self.assertEqual(sync.left_count, len(changed))
        self.assertLessEqual(queries[1], queries[0])

    def test_start(self):
        """The dialog says who joins and leaves, and asks before members go."""
        self._lead(city="Lyon")
        self._lead(list_ids=[(4, self.list.id)])
        wizard = self.env["prospect.segment.sync.start"].with_user(self.manager)
        with Form(wizard.with_context(default_segment_id=self.lyon.id)) as form:
            self.assertEqual((form.join_count, form.leave_count), (1, 0))
            form.list_id = self.list
            self.assertEqual((form.join_count, form.leave_count), (1, 0))
            form.mode = "mirror"
            self.assertEqual((form.join_count, form.leave_count), (1, 1))
        wizard = form.record
        with self.assertRaisesRegex(UserError, "would"):
            wizard.action_start()
        self.assertEqual(len(self._members()), 1)
        wizard.is_confirmed = True
        action = wizard.action_start()
        sync = self.env["prospect.segment.sync"].browse(action["res_id"])
        self.assertEqual(sync.mode, "mirror")
        self.assertEqual(self._members().mapped("city"), ["Lyon"])
        again = wizard.create(
            {"segment_id": self._segment(user=self.manager).id, "list_id": self.list.id}
        )
        with self.assertRaisesRegex(UserError, "is synced from the segment"):
            again.action_start()
        new = wizard.create({"segment_id": self.lyon.id})
        new.action_start()
        made = self.lyon.sync_ids.list_id - self.list
        self.assertEqual(made.name, "Lyon")
        self.assertEqual(len(self._members(made)), 1)

    def test_deleted(self):
        """The list stays when the segment goes, and the other way round."""
        lead = self._lead(city="Lyon")
        segment = self._segment("[('city', '=', 'Lyon')]", user=self.manager)
        self._refresh(self._sync("mirror", segment=segment))
        segment.unlink()
        self.assertEqual(self._members(), lead)
        self._refresh(self._sync("mirror"))
        self.list.unlink()
        self.assertFalse(self.lyon.sync_ids)
        self.assertReplay(lead)


class TestSegmentSyncRandom(SyncCase):
    """Whatever happens to prospects, what changed is enough to know."""

    EDITS = 25
    ROUNDS = 4

    def setUp(self):
        super().setUp()
        self.random = random.Random(20260131)
        self.tags = self.env["crm.tag"].create([{"name": "A"}, {"name": "B"}])
        self.lists = self.env["prospect.list"].create([{"name": "X"}, {"name": "Y"}])
        self.leads = self.env["crm.lead"].concat(*(self._random() for _i in range(40)))

    def _random(self):
        return self._lead(
            city=self.random.choice(["Lyon", "Paris", False]),
            user_id=self.random.choice([self.salesman.id, self.manager.id, False]),
        )

    def _edit(self):
        """One random change, made in one of the ways that there are."""
        leads = self.leads.exists()
        lead = self.random.choice(leads)
        some = leads.browse(self.random.sample(leads.ids, 3))
        edit = self.random.choice(
            (
                lambda: lead.write({"city": self.random.choice(["Lyon", "Paris"])}),
                lambda: some.write(
                    {"user_id": self.random.choice([False, self.salesman.id])}
                ),
                lambda: lead.write(
                    {"tag_ids": [(4, self.random.choice(self.tags.ids))]}
                ),
                lambda: lead.write({"tag_ids": [(3, self.tags[0].id)]}),
                lambda: some._prospect_lists_change(add=self.random.choice(self.lists)),
                lambda: some._prospect_lists_change(remove=self.lists),
                lambda: some._prospect_lists_change(add=self.list),
                lambda: some._prospect_lists_change(remove=self.list, cause="bulk"),
                lambda: lead.write({"status_id": self.in_progress.id}),
                lambda: lead.write({"status_id": self.converted.id}),
                lead.action_set_lost,
                lead.action_archive,
                lead.action_unarchive,
                lead.unlink,
                lambda: some.filtered("active").merge_opportunity(),
                lambda: setattr(self, "leads", self.leads + self._random()),
                lambda: (
                    lead.partner_id or lead.write({"email_from": "new@example.com"})
                ),
                lambda: lead._prospect_lists_change(
                    add=self.lists[0], remove=self.lists[1] | self.list
                ),
            )
        )
        try:
            with self.env.cr.savepoint():
                edit()
        except UserError:
            # what Odoo refuses (merging one alone) is no change
            self.env.invalidate_all()

    def _check_random(self, mode, text):
        segment = self._segment(text, user=self.manager)
        self.assertFalse(segment._get_untraced())
        sync = self._sync(mode, segment=segment)
        self._refresh(sync)
        for number in range(self.ROUNDS):
            self._age()
            for _edit in range(self.EDITS):
                self._edit()
            self._refresh(sync)
            self.assertFalse(sync.error)
            self.assertFalse(sync.is_full)
            members = self._members()
            self._rebuild(sync)
            self.assertEqual(self._members(), members, f"round {number}")
            self.assertEqual((sync.joined_count, sync.left_count), (0, 0))
            if mode == "mirror":
                found = segment.env["crm.lead"].search(segment._get_domain())
                self.assertEqual(set(members.ids), set(found.ids))
            self.assertReplay(self.leads.exists())

    def test_mirror(self):
        self._check_random("mirror", "[('city', '=', 'Lyon')]")

    def test_mirror_relations(self):
        self._check_random(
            "mirror",
            f"['|', ('tag_ids', 'in', {self.tags.ids}), '&',"
            f" ('list_ids', 'in', {self.lists[0].ids}), ('user_id', '=', False)]",
        )

    def test_mirror_status(self):
        self._check_random(
            "mirror",
            "[('status_id.kind', 'in', ['new', 'open', 'junk']),"
            f" ('list_ids', 'not in', {self.lists[1].ids})]",
        )

    def test_add(self):
        self._check_random("add", "['|', ('city', '=', 'Lyon'), ('user_id', '=', uid)]")


@tagged("post_install", "-at_install")
class TestSegmentSyncConcurrency(ConcurrentCase):
    """Real connections."""

    def _find_made(self, env):
        yield env["crm.lead"].search([("city", "=", "Synctown")])
        yield env["prospect.list"].search([("name", "=", "Synctown")])
        yield env["prospect.segment"].search([("name", "=", "Synctown")])
        yield self._find_triggers(env, "prospect.ir_cron_member_count")
        yield self._find_triggers(env, "prospect.ir_cron_segment_sync")
        yield self._find_triggers(env, "prospect.ir_cron_flag")

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.admin = env.ref("base.user_admin").id
            values = {"name": "Synctown", "user_id": self.admin}
            segment = env["prospect.segment"].create(
                {**values, "domain": "[('city', '=', 'Synctown')]"}
            )
            prospect_list = env["prospect.list"].create({**values, "company_id": False})
            self.sync = (
                env["prospect.segment.sync"]
                .create(
                    {
                        "segment_id": segment.id,
                        "list_id": prospect_list.id,
                        "mode": "mirror",
                        "user_id": self.admin,
                    }
                )
                .id
            )
        self._refresh()

    def _refresh(self):
        with self.registry.cursor() as cr:
            sync = self._env(cr)["prospect.segment.sync"].browse(self.sync)
            while sync._refresh_step():
                pass
            return sync.is_full, sync.joined_count

    def _make(self, env, number):
        return env["crm.lead"].create(
            {
                "type": "lead",
                "contact_name": f"Sync {number}",
                "city": "Synctown",
                "user_id": self.admin,
            }
        )

    def test_open_transaction(self):
        """What a long transaction wrote before a refresh and commits later counts."""
        with (
            self.registry.cursor() as slow,
            patch.object(prospect_segment_sync, "OVERLAP", timedelta(0)),
        ):
            self._make(self._env(slow), 1)
            self._env(slow).flush_all()
            self.env_flush(slow)
            with self.registry.cursor() as quick:
                self._make(self._env(quick), 2)
            self.assertEqual(self._refresh(), (False, 1))
            slow.commit()  # pylint: disable=invalid-commit
            self.assertEqual(self._refresh(), (False, 1), "the slow one, once")
            self.assertEqual(self._refresh(), (False, 0))

    @staticmethod
    def env_flush(cr):
        """Write all that is pending of a transaction."""
        cr.flush()

    def test_together(self):
        """Two jobs at once, and somebody who changes the members by hand."""
        with self.registry.cursor() as cr:
            for number in range(20):
                self._make(self._env(cr), number)

        def job(cr):
            run_again(
                self._env(cr),
                lambda: (
                    self._env(cr)["prospect.segment.sync"]
                    .browse(self.sync)
                    ._refresh_step()
                ),
            )

        def person(cr):
            def work():
                env = self._env(cr)
                lists = env["prospect.list"].search([("name", "=", "Synctown")])
                leads = env["crm.lead"].search([("city", "=", "Synctown")], limit=5)
                leads._prospect_lists_change(add=lists)

            run_again(self._env(cr), work)

        self._together(job, job, person)
        self._refresh()
        with self.registry.cursor() as cr:
            cr.execute(
                """SELECT lead_id, count(*) FROM prospect_membership
                    WHERE list_name = 'Synctown' GROUP BY lead_id"""
            )
            rows = cr.fetchall()
        self.assertEqual(len(rows), 20)
        self.assertEqual({count for _lead, count in rows}, {1}, "each joined once")
