"""The index of duplicates: kept up to date by a job, and nobody is lost on the way."""

import time
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.prospect.models.duplicates import (
    duplicate_scan as prospect_duplicate_scan,
)
from odoo.addons.prospect.tools.persons import get_keys, read_person
from odoo.addons.prospect.tools.transactions import run_again

from ..common import ConcurrentCase, ProspectCase

DOMAIN = "index.prospect.example.com"


@tagged("post_install", "-at_install")
class TestDuplicateIndex(ProspectCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Identity = cls.env["prospect.dedupe.index"]
        cls.Progress = cls.env["prospect.dedupe.cursor"]

    hours = 0

    def _keep(self):
        """What the job does, to its end."""
        self.env.flush_all()
        count = 0
        while batch := self.Progress._work(50):
            count += batch
        self.env.invalidate_all()
        return count

    def _write_later(self, records):
        """The test's clock stands still: what was written is newer than before."""
        self.env.flush_all()
        self.hours += 1
        self.env.cr.execute(
            f"UPDATE {records._table} SET write_date = now() + %s * interval '1 hour'"
            " WHERE id = ANY(%s)",
            [self.hours, records.ids],
        )
        records.invalidate_recordset()

    def _keys(self, number):
        self.env.cr.execute(
            "SELECT key FROM prospect_dedupe_index_key WHERE number = %s", [number]
        )
        return {key for (key,) in self.env.cr.fetchall()}

    def _changed_at(self, number):
        return self.Identity.browse(number).changed_at

    def test_kept(self):
        """Who comes, changes, closes, comes back and goes: their keys say the same."""
        lead = self._prospect(phone="+33 6 12 34 56 78")
        contact = self.env["res.partner"].create({"name": "Ana Index"})
        self.assertFalse(self._keys(lead.id), "known in the transaction that writes")
        self._keep()
        keys = self._keys(lead.id)
        self.assertEqual(keys, self._get_keys(lead))
        self.assertTrue(self.Identity.browse(-contact.id).exists())
        lead.email_from = "other@one.test"
        self._write_later(lead)
        self._keep()
        self.assertNotEqual(self._keys(lead.id), keys)
        self.assertEqual(self._keys(lead.id), self._get_keys(lead))
        lead.status_id = self.junk
        self._write_later(lead)
        self._keep()
        self.assertFalse(self._keys(lead.id))
        self.assertFalse(self.Identity.browse(lead.id).exists())
        lead.status_id = self.new
        self._write_later(lead)
        contact.active = False
        self._write_later(contact)
        self._keep()
        self.assertEqual(self._keys(lead.id), self._get_keys(lead))
        self.assertFalse(self.Identity.browse(-contact.id).exists())
        number = lead.id
        lead.with_user(self.manager).unlink()
        self.assertFalse(self._keys(number))

    def test_what_is_the_same_stays(self):
        """A change of the name leaves the keys of address and number where they are."""

        def rows():
            self.env.cr.execute(
                "SELECT key, ctid FROM prospect_dedupe_index_key WHERE number = %s",
                [lead.id],
            )
            return dict(self.env.cr.fetchall())

        lead = self._prospect(phone="+33 6 12 34 56 78", zip="35000")
        self._keep()
        before = rows()
        lead.contact_name = "Paul Roux"
        self._write_later(lead)
        self._keep()
        after = rows()
        self.assertEqual(set(after), self._get_keys(lead))
        same = set(before) & set(after)
        self.assertEqual(len(same), 2, "e-mail and phone")
        self.assertEqual([before[key] for key in same], [after[key] for key in same])

    def _get_keys(self, lead):
        return get_keys(
            read_person(
                lead.first_name,
                lead.last_name,
                lead.contact_name,
                lead.partner_name,
                lead.email_normalized,
                lead.phone_sanitized,
                lead.zip,
            )
        )

    def test_only_identity(self):
        """A change of something else leaves the keys: nothing to compare again."""
        lead = self._prospect()
        self._keep()
        self.env.cr.execute(
            "UPDATE prospect_dedupe_index SET changed_at = '2020-01-01' WHERE id = %s",
            [lead.id],
        )
        lead.description = "Met at the fair"
        self._write_later(lead)
        self._keep()
        self.assertEqual(self._changed_at(lead.id).year, 2020)
        lead.contact_name = "Somebody Else"
        self._write_later(lead)
        self._keep()
        self.assertGreater(self._changed_at(lead.id).year, 2020)

    def test_nothing_to_do(self):
        """What is known is not read again, however much there is."""
        for number in range(60):
            self._prospect(contact_name=f"Many {number}")
        self.assertGreaterEqual(self._keep(), 60)
        self.assertEqual(self._keep(), 0)
        self.assertEqual(self.Progress._count_unread(), 0)
        before = self.cr.sql_log_count
        self._keep()
        self.assertLessEqual(self.cr.sql_log_count - before, 12)

    def test_past_the_dates(self):
        """What is written without Odoo's date is found by the daily round."""
        lead = self._prospect()
        self._keep()
        self._keep()
        self.env.cr.execute("UPDATE prospect_dedupe_cursor SET since = now()")
        self.env.cr.execute(
            "UPDATE crm_lead SET write_date = '2020-01-01', email_normalized = 'x@y.z'"
            " WHERE id = %s",
            [lead.id],
        )
        self.env.invalidate_all()
        self._keep()
        self.assertNotEqual(self._keys(lead.id), self._get_keys(lead))
        self.Identity._gc_identities()
        self._keep()
        self.assertEqual(self._keys(lead.id), self._get_keys(lead))

    def test_one_name_twice(self):
        """Who has one name for both is nobody's duplicate: least of all their own."""
        lead = self._prospect(
            contact_name="Martin Martin", partner_name="Morvan", zip="35000"
        )
        self.env.flush_all()
        scan = self.env["prospect.duplicate.scan"]._make(is_full=True)
        for _batch in scan._work_in_background(commits=False):
            pass
        pairs = self.env["prospect.duplicate.pair"].search(
            ["|", ("left_number", "=", lead.id), ("right_number", "=", lead.id)]
        )
        self.assertFalse(pairs)

    def test_undo_of_a_merge(self):
        """Who comes back with an old date is known again at once."""
        lead = self._prospect()
        # an index that knows nobody waits for its first round
        self._prospect(contact_name="Paul Stays", email_from="paul@example.com")
        self._keep()
        keys = self._keys(lead.id)
        self.Identity._forget(lead.ids)
        self.assertFalse(self._keys(lead.id))
        self.Identity._refresh(lead.ids)
        self.assertEqual(self._keys(lead.id), keys)


@tagged("post_install", "-at_install")
class TestDuplicateIndexConcurrency(ConcurrentCase):
    def _find_made(self, env):
        leads = env["crm.lead"].search([("email_from", "like", f"@{DOMAIN}")])
        scans = env["prospect.duplicate.scan"].search([])
        pairs = env["prospect.duplicate.pair"].search([])
        return (
            pairs,
            scans,
            leads,
            self._find_triggers(env, "prospect.ir_cron_duplicate"),
        )

    def _delete(self):
        result = super()._delete()
        with self.registry.cursor() as cr:
            cr.execute("TRUNCATE prospect_dedupe_index, prospect_dedupe_index_key")
            self._env(cr)["prospect.dedupe.cursor"]._begin_anew()
        return result

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _make_people(self, count):
        """Committed prospects, three of each."""
        with self.registry.cursor() as cr:
            self._env(cr)["crm.lead"].create(
                [
                    {
                        "name": f"Person {number}",
                        "type": "lead",
                        "contact_name": f"Ana{number // 3} Index",
                        "email_from": f"ana{number // 3}@{DOMAIN}",
                        "zip": "35000",
                    }
                    for number in range(count)
                ]
            )

    def _make_scan(self):
        with self.registry.cursor() as cr:
            return self._env(cr)["prospect.duplicate.scan"]._make(is_full=True).id

    def _drain(self, cr, scan_id, pause=0.0):
        """What the job does: batch by batch, each committed."""
        scan = self._env(cr)["prospect.duplicate.scan"].browse(scan_id)
        for _batch in scan._work_in_background():
            cr.commit()  # pylint: disable=invalid-commit
            time.sleep(pause)

    def _read_pairs(self):
        """What was found, and by how many keys everybody is known."""
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT left_number, right_number, score, reasons, fingerprint, state"
                " FROM prospect_duplicate_pair ORDER BY 1, 2"
            )
            pairs = cr.fetchall()
            cr.execute(
                """SELECT identity.id, keys, digest,
                          array(SELECT key FROM prospect_dedupe_index_key
                                 WHERE number = identity.id ORDER BY key)
                     FROM prospect_dedupe_index AS identity ORDER BY identity.id"""
            )
            known = [
                (number, sorted(keys), digest, one_by_one)
                for number, keys, digest, one_by_one in cr.fetchall()
            ]
        return pairs, known

    def _begin_anew(self):
        with self.registry.cursor() as cr:
            cr.execute("TRUNCATE prospect_dedupe_index, prospect_dedupe_index_key")
            cr.execute("DELETE FROM prospect_duplicate_pair")
            self._env(cr)["prospect.dedupe.cursor"]._begin_anew()

    @mute_logger("odoo.sql_db")
    def test_killed_at_any_point(self):
        """A search is killed again and again; the next call of the job goes on, and
        finds what a search finds that nobody disturbs.
        """
        self._make_people(240)
        self._begin_anew()
        constants = patch.multiple(prospect_duplicate_scan, BATCH=20, PART=20)
        with constants, self.registry.cursor() as cr:
            scan_id = self._make_scan()
            self._drain(cr, scan_id)
        expected = self._read_pairs()
        self.assertGreaterEqual(len(expected[0]), 240)
        with self.registry.cursor() as cr:
            following = self._env(cr)["prospect.duplicate.scan"]._make()
            self.assertEqual((following.is_full, following.todo_count), (False, 0))
            cr.rollback()
        for _number, keys, _digest, one_by_one in expected[1]:
            self.assertEqual(keys, one_by_one)
        self._begin_anew()
        scan_id, phases = self._make_scan(), set()
        with constants:
            kills, _is_done = self._kill_until_done(
                lambda cr: self._drain(cr, scan_id, 0.02),
                # a little more each time, so that something is committed in the end
                lambda attempt: 0.15 + 0.01 * attempt,
                60,
                lambda: phases.add(self._get_phase(scan_id)),
            )
        self.assertGreater(kills, 2, "the test has killed nothing")
        self.assertTrue(phases - {("read", 0, 0)}, "nothing was committed before")
        with self.registry.cursor() as cr:
            self._drain(cr, scan_id)
            scan = self._env(cr)["prospect.duplicate.scan"].browse(scan_id)
            self.assertEqual((scan.state, scan.error), ("done", False))
            self.assertEqual(scan.found_count, len(expected[0]))
        self.assertEqual(self._read_pairs(), expected)

    def _get_phase(self, scan_id):
        with self.registry.cursor() as cr:
            scan = self._env(cr)["prospect.duplicate.scan"].browse(scan_id)
            return scan.phase, scan.done_count, scan.cursor

    def test_committed_late(self):
        """A transaction that began before the job read, and ended after it."""
        self._make_people(3)
        with self.registry.cursor() as late:
            self._env(late)["crm.lead"].create(
                {
                    "name": "Late",
                    "type": "lead",
                    "contact_name": "Late Index",
                    "email_from": f"late@{DOMAIN}",
                }
            )
            self._env(late).flush_all()
            for _round in range(3):
                self._keep()
            self.assertNotIn("Late", self._get_existing())
        self._make_people(3)
        self._keep()
        self.assertIn("Late", self._get_existing())

    def _keep(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            while env["prospect.dedupe.cursor"]._work(50):
                pass

    def _get_existing(self):
        with self.registry.cursor() as cr:
            leads = self._env(cr)["crm.lead"].search([("email_from", "like", DOMAIN)])
            known = self._env(cr)["prospect.dedupe.index"].search(
                [("id", "in", leads.ids)]
            )
            return leads.browse(known.ids).mapped("name")

    @mute_logger("odoo.sql_db", "odoo.addons.prospect.tools.transactions")
    def test_two_at_once(self):
        """Two that keep the index at once: one runs again, nothing is doubled."""
        self._make_people(60)
        self._begin_anew()

        def keep(cr):
            env = self._env(cr)
            progress = env["prospect.dedupe.cursor"]
            while run_again(env, lambda: progress._work(10)):
                cr.commit()  # pylint: disable=invalid-commit
            cr.commit()  # pylint: disable=invalid-commit

        self._together(keep, keep)
        for _number, keys, _digest, one_by_one in self._read_pairs()[1]:
            self.assertEqual(keys, one_by_one)
        self.assertGreaterEqual(len(self._get_existing()), 60)

    def test_job(self):
        """The job keeps the index where nobody has asked for a search."""
        self._make_people(3)
        with self.registry.cursor() as cr:
            self._env(cr)["prospect.duplicate.scan"]._cron_work()
        self.assertEqual(len(self._get_existing()), 3)
