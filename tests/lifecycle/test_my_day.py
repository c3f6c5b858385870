from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..common import ProspectCase

TASK = "mail.mail_activity_data_todo"


class MyDayCase(ProspectCase):
    """What a salesperson has to do, and what others have."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.env.user)

    def _mine(self, name, status=None, **values):
        return self._prospect(
            contact_name=name,
            user_id=self.salesman.id,
            status_id=(status or self.in_progress).id,
            **values,
        )

    def _plan(self, lead, days=0, user=None):
        return lead.activity_schedule(
            TASK,
            date_deadline=self.today + timedelta(days=days),
            user_id=(user or self.salesman).id,
        )

    def _say(self, lead, hours, author=None, subtype="mail.mt_comment", kind="email"):
        """A message of so many hours ago."""
        return self.env["mail.message"].create(
            {
                "model": "crm.lead",
                "res_id": lead.id,
                "message_type": kind,
                "subtype_id": self.env.ref(subtype).id,
                "author_id": author.id if author else False,
                "email_from": "ana@my-day.example.com",
                "subject": f"About {lead.contact_name}",
                "date": self.env.cr.now() - timedelta(hours=hours),
            }
        )

    def _age(self, lead, days):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s",
            (self.env.cr.now() - timedelta(days=days), lead.id),
        )
        self.env.invalidate_all()

    def _page(self, user=None):
        page = self.env["prospect.my.day"].with_user(user or self.salesman).get_page()
        return {section["name"]: section for section in page["sections"]}

    def _names(self, section):
        return [row["lead"]["name"] for row in section["rows"]]


class TestMyDay(MyDayCase):
    """The sections of the page, their order and their figures."""

    def test_tasks(self):
        """What is due or late, the latest first; not what others do, or what rests."""
        due, late = self._mine("Due"), self._mine("Late")
        self._plan(due)
        self._plan(late, days=-2)
        self._plan(self._mine("Tomorrow"), days=1)
        self._plan(self._mine("Somebody else's"), user=self.manager)
        self._plan(self._mine("Converted", status=self.converted))
        archived = self._plan(self._mine("Done"))
        archived.action_feedback()
        section = self._page()["tasks"]
        self.assertEqual(self._names(section), ["Late", "Due"])
        self.assertEqual([row["is_late"] for row in section["rows"]], [True, False])
        self.assertEqual(section["cell"]["value"], 2)
        found = self.env["mail.activity"].search(section["cell"]["open"])
        self.assertEqual(found, (late | due).activity_ids)
        self.assertEqual(section["rows"][0]["task_id"], late.activity_ids.id)
        late.activity_ids.with_user(self.salesman).action_done()
        self.assertEqual(self._names(self._page()["tasks"]), ["Due"])

    def test_undo_done(self):
        """The task is there again, and what said that it was done is not."""
        lead = self._mine("Slip")
        task = self._plan(lead).with_user(self.salesman)
        before = lead.message_ids
        done = task.action_done()
        self.assertFalse(self._page()["tasks"]["rows"])
        self.assertEqual((lead.message_ids - before).ids, [done])
        task.action_prospect_undo_done(done)
        self.env.invalidate_all()
        self.assertTrue(task.active)
        self.assertFalse(task.date_done)
        self.assertEqual(lead.message_ids, before)
        self.assertEqual(self._names(self._page()["tasks"]), ["Slip"])

    def test_undo_following(self):
        """What Odoo has planned in its place goes, what somebody has planned stays."""
        kind = self.env["mail.activity.type"].create(
            {
                "name": "Call first",
                "res_model": "crm.lead",
                "chaining_type": "trigger",
                "triggered_next_type_id": self.env.ref(TASK).id,
            }
        )
        lead = self._mine("Chain")
        other = self._plan(lead, days=3)
        task = lead.activity_schedule(
            activity_type_id=kind.id,
            date_deadline=self.today,
            user_id=self.salesman.id,
        ).with_user(self.salesman)
        done = task.action_done()
        self.assertEqual(len(lead.activity_ids), 2)
        task.action_prospect_undo_done(done)
        self.env.invalidate_all()
        self.assertEqual(lead.activity_ids, task.sudo() | other)

    def test_undo_refused(self):
        """Not by others, nor a minute later, nor after a change."""
        lead = self._mine("Slip")
        task = self._plan(lead).with_user(self.salesman)
        done = task.action_done()
        message = self.env["mail.message"].browse(done)
        with self.assertRaises(AccessError):
            task.with_user(self.manager).action_prospect_undo_done(done)
        other = self._say(lead, 1, author=self.salesman.partner_id)
        with self.assertRaises(UserError):
            task.action_prospect_undo_done(other.id)
        elsewhere = self._plan(self._mine("Other")).with_user(self.salesman)
        with self.assertRaises(UserError):
            elsewhere.action_prospect_undo_done(done)

        def move(table, record, seconds):
            self.env.flush_all()
            self.env.cr.execute(
                f"UPDATE {table} SET create_date = create_date - %(time)s,"
                " write_date = write_date - %(time)s WHERE id = %(id)s",
                {"time": timedelta(seconds=seconds), "id": record.id},
            )
            self.env.invalidate_all()

        move("mail_activity", task, 61)
        move("mail_message", message, 61)
        with self.assertRaises(UserError):
            task.action_prospect_undo_done(done)
        move("mail_activity", task, -2)
        move("mail_message", message, -2)
        move("mail_activity", task, -1)
        with self.assertRaises(UserError):
            # changed a second after it was done
            task.action_prospect_undo_done(done)
        move("mail_activity", task, 1)
        task.action_prospect_undo_done(done)
        self.assertTrue(task.active)

    def test_junk_rests(self):
        lead = self._mine("Junk")
        self._plan(lead)
        lead.action_set_lost(lost_reason_id=self.reason.id)
        self.assertFalse(self._page()["tasks"]["rows"])

    def test_answers(self):
        """The last mail of who has got no answer since."""
        asked, answered = self._mine("Asked"), self._mine("Answered")
        noted, old = self._mine("Noted"), self._mine("Old")
        self._say(asked, 5)
        latest = self._say(asked, 3)
        me = self.salesman.partner_id
        self._say(answered, 3)
        self._say(answered, 2, author=me, kind="comment")
        self._say(noted, 6)
        # a note inside the house is no answer
        self._say(noted, 2, author=me, subtype="mail.mt_note", kind="comment")
        self._say(old, 24 * 30)
        self._say(self._mine("Mine"), 2, author=me)
        self._say(self._prospect(contact_name="Others", user_id=self.manager.id), 1)
        section = self._page()["answers"]
        self.assertEqual(self._names(section), ["Asked", "Noted"])
        self.assertEqual(section["rows"][0]["text"], latest.subject)
        self.assertEqual(section["cell"]["value"], 2)
        self.assertEqual(self.env["crm.lead"].search_count(section["cell"]["open"]), 2)

    def test_new(self):
        first = self._mine("First", status=self.new)
        self._age(first, 2)
        self._mine("Second", status=self.new)
        self._prospect(contact_name="Others", user_id=self.manager.id)
        section = self._page()["new"]
        self.assertEqual(self._names(section), ["Second", "First"])

    def test_waiting(self):
        """Who waits longest comes first; a next step, or a contact, ends it."""
        longest, long = self._mine("Longest"), self._mine("Long")
        planned, written = self._mine("Planned"), self._mine("Written")
        for lead, days in ((longest, 20), (long, 10), (planned, 30), (written, 30)):
            self._age(lead, days)
        self._plan(planned, days=10)
        self._say(written, 2, author=self.salesman.partner_id, kind="comment")
        self._say(longest, 24 * 15, author=self.salesman.partner_id, kind="comment")
        section = self._page()["waiting"]
        self.assertEqual(self._names(section), ["Longest", "Long"])
        self.assertEqual(section["cell"]["value"], 2)

    def test_nothing(self):
        for section in self._page(self.salesman_all).values():
            self.assertEqual(section["rows"], [], section["name"])
            self.assertEqual(section["cell"]["value"], 0)
            self.assertTrue(section["empty"])

    def test_readers(self):
        """Nobody else opens it, and nobody sees more there than elsewhere."""
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "my_day_portal",
                "group_ids": [(6, 0, [self.env.ref("base.group_portal").id])],
            }
        )
        with self.assertRaises(AccessError):
            self._page(portal)
        lead = self._mine("Given away", status=self.new)
        self._plan(lead)
        lead.user_id = self.manager
        page = self._page()
        self.assertFalse(page["tasks"]["rows"])
        self.assertFalse(page["new"]["rows"])

    @tagged("is_query_count")
    def test_queries(self):
        """No more queries for more lines."""
        counts = []
        for size in (1, 8):
            for number in range(size):
                self._plan(self._mine(f"Person {number}"))
                self._say(self._mine(f"Writer {number}", status=self.new), 3)
            self.env.invalidate_all()
            self._page()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._page()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2, counts)


@tagged("post_install", "-at_install", "web")
class TestWebMyDay(HttpCase, MyDayCase):
    """The page in a browser."""

    def _tour(self):
        self.salesman.tour_enabled = False
        task = self._plan(
            self._mine("Lina Faure", phone="+33 1 99 00 55 66", partner_name="Faure"),
            days=-1,
        )
        later = self._plan(self._mine("Marc Girard", email_from="marc@example.com"))
        self.start_tour(
            "/odoo/prospect-my-day", "prospect_my_day", login=self.salesman.login
        )
        self.env.invalidate_all()
        self.assertFalse(task.exists().active)
        self.assertGreater(later.date_deadline, self.today)

    def test_desktop(self):
        self._tour()


@tagged("post_install", "-at_install", "web")
class TestPhoneMyDay(TestWebMyDay):
    """The same on a phone, in French."""

    browser_size = "390x844"
    touch_enabled = True

    def test_desktop(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.salesman.lang = "fr_FR"
        self._tour()
