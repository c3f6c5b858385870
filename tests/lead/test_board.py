from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..common import ProspectCase


class BoardCase(ProspectCase):
    """Prospects of some age, whom nobody has opened."""

    @classmethod
    def _age(cls, lead, days):
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s",
            (cls.env.cr.now() - timedelta(days=days), lead.id),
        )
        cls.env.invalidate_all()

    @classmethod
    def _say(cls, lead, author, hours=0, kind="comment", subtype="mail.mt_comment"):
        return cls.env["mail.message"].create(
            {
                "model": "crm.lead",
                "res_id": lead.id,
                "message_type": kind,
                "subtype_id": cls.env.ref(subtype).id,
                "author_id": author.id,
                "date": cls.env.cr.now() - timedelta(hours=hours),
            }
        )


class TestContact(BoardCase):
    """Since when nobody was in contact, and what is marked for it."""

    def test_contact(self):
        """A message of ours is a contact; a note and what they write are none."""
        lead = self._prospect()
        self._age(lead, 20)
        self.assertFalse(lead.prospect_contact_at)
        self.assertEqual(lead.prospect_days, 20)
        self._say(lead, self.salesman.partner_id, subtype="mail.mt_note")
        stranger = self.env["res.partner"].create({"name": "Stranger"})
        self._say(lead, stranger, kind="email")
        self.assertFalse(lead.prospect_contact_at)
        written = lead.write_date
        message = self._say(lead, self.salesman.partner_id, hours=72)
        self.assertEqual(lead.prospect_contact_at, message.date)
        self.assertEqual(lead.prospect_days, 3)
        # an older one that comes in later changes nothing, nor is it a change
        self._say(lead, self.salesman.partner_id, hours=200)
        self.assertEqual(lead.prospect_contact_at, message.date)
        self.assertEqual(lead.write_date, written)

    def test_activity(self):
        lead = self._prospect()
        self._age(lead, 5)
        activity = lead.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.salesman.id
        )
        activity.with_user(self.salesman).action_feedback("Called")
        self.assertTrue(lead.prospect_contact_at)
        self.assertEqual(lead.prospect_days, 0)

    def test_threshold(self):
        """Marked from the days of its status on, and not where there are none."""
        lead = self._prospect()
        self.new.waiting_days = 4
        for days, expected in ((3, False), (4, True), (9, True)):
            self._age(lead, days)
            self.assertEqual(lead.prospect_is_waiting, expected, days)
        self.new.waiting_days = 0
        self.assertFalse(lead.prospect_is_waiting)
        self.converted.waiting_days = 1
        lead.status_id = self.converted
        self.assertFalse(lead.prospect_is_waiting)

    def test_merge(self):
        """Contacts of the one that goes were with the one that stays."""
        kept = self._prospect()
        gone = self._prospect()
        message = self._say(gone, self.salesman.partner_id, hours=30)
        self.env["crm.lead"]._prospect_before_merge(kept, gone)
        self.assertEqual(kept.prospect_contact_at, message.date)

    def test_nobody_writes(self):
        lead = self._prospect().with_user(self.salesman)
        for fname in ("prospect_contact_at", "prospect_opened_at"):
            with self.assertRaises(AccessError):
                lead.write({fname: fields.Datetime.now()})

    def test_opened(self):
        lead = self._prospect()
        self.assertTrue(lead.prospect_is_unread)
        written = lead.write_date
        with self.assertRaises(AccessError):
            lead.with_user(self.employee).prospect_mark_opened()
        lead.with_user(self.salesman).prospect_mark_opened()
        self.assertFalse(lead.prospect_is_unread)
        first = lead.prospect_opened_at
        lead.with_user(self.salesman).prospect_mark_opened()
        self.assertEqual((lead.prospect_opened_at, lead.write_date), (first, written))


class TestTake(BoardCase):
    """Whoever comes first takes a prospect that nobody has."""

    def test_take(self):
        lead = self._prospect(user_id=False)
        lead.with_user(self.salesman).action_prospect_take()
        self.assertEqual(lead.user_id, self.salesman)
        # twice is once
        lead.with_user(self.salesman).action_prospect_take()
        with self.assertRaisesRegex(UserError, "Prospect salesman has already taken"):
            lead.with_user(self.salesman_all).action_prospect_take()
        self.assertEqual(lead.user_id, self.salesman)

    def test_too_late(self):
        """Who sees it no more reads a sentence, which names nobody."""
        lead = self._prospect(user_id=self.manager.id)
        with self.assertRaisesRegex(UserError, "somebody else may have"):
            lead.with_user(self.salesman).action_prospect_take()


class TestTakeBack(BoardCase):
    """A drag is taken back by a write, while nothing came after it."""

    def _drag(self, lead, status, user=None):
        former = lead.status_id
        lead.with_user(user or self.salesman).status_id = status
        self.env.flush_all()
        return former.id, status.id

    def test_back(self):
        lead = self._prospect()
        operations = self.env["prospect.operation"].search_count([])
        moved = self._drag(lead, self.in_progress)
        lead.with_user(self.salesman).prospect_take_back(*moved)
        self.assertEqual(lead.status_id, self.new)
        self.assertEqual(
            [(to, cause) for _from, to, cause in self._status_log(lead)],
            [("New", "manual"), ("In progress", "manual"), ("New", "undo")],
        )
        self.assertEqual(self.env["prospect.operation"].search_count([]), operations)
        with self.assertRaisesRegex(UserError, "has changed since"):
            lead.with_user(self.salesman).prospect_take_back(*moved)

    def test_somebody_after(self):
        lead = self._prospect()
        moved = self._drag(lead, self.in_progress)
        self._drag(lead, self.to_clarify)
        with self.assertRaisesRegex(UserError, "has changed since"):
            lead.with_user(self.salesman).prospect_take_back(*moved)
        self.assertEqual(lead.status_id, self.to_clarify)

    def test_not_mine(self):
        lead = self._prospect()
        moved = self._drag(lead, self.in_progress, user=self.manager)
        with self.assertRaisesRegex(UserError, "has changed since"):
            lead.with_user(self.salesman).prospect_take_back(*moved)
        with self.assertRaises(AccessError):
            lead.with_user(self.employee).prospect_take_back(*moved)

    def test_too_old(self):
        lead = self._prospect()
        moved = self._drag(lead, self.in_progress)
        self.env.cr.execute(
            "UPDATE prospect_status_change SET date = date - interval '61 seconds'"
            " WHERE lead_id = %s",
            (lead.id,),
        )
        self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "too long ago"):
            lead.with_user(self.salesman).prospect_take_back(*moved)
        self.assertEqual(lead.status_id, self.in_progress)


class TestOrder(BoardCase):
    """Each column has an order of its own, which the person chooses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.leads = cls.env["crm.lead"]
        for status in (cls.new, cls.in_progress):
            for name, days, stars in (
                ("Old", 9, "3"),
                ("Late", 1, "0"),
                ("Mid", 5, "1"),
            ):
                lead = cls._prospect(
                    contact_name=name, status_id=status.id, priority=stars
                )
                cls._age(lead, days)
                if name == "Mid":
                    cls._say(lead, cls.salesman.partner_id, hours=1)
                cls.leads |= lead

    def _board(self, sorts=None, order=None, domain=None):
        """The names of each column."""
        leads = self.env["crm.lead"].with_user(self.salesman)
        if sorts is not None:
            leads = leads.with_context(prospect_sorts=sorts)
        groups = leads.web_read_group(
            [("id", "in", self.leads.ids), *(domain or [])],
            ["status_id"],
            ["__count"],
            auto_unfold=True,
            order=order,
            unfold_read_specification={"contact_name": {}},
        )["groups"]
        return {
            group["status_id"][0]: [row["contact_name"] for row in group["__records"]]
            for group in groups
        }

    def test_usual(self):
        """New ones by arrival, the others by their stars."""
        board = self._board({})
        self.assertEqual(board[self.new.id], ["Late", "Mid", "Old"])
        self.assertEqual(board[self.in_progress.id], ["Old", "Mid", "Late"])
        # also beside what the left panel has chosen
        both = [("status_id", "in", [self.new.id, self.in_progress.id])]
        self.assertEqual(self._board({}, domain=both), board)
        # no other page is sorted by that
        self.assertEqual(self._board()[self.new.id], ["Old", "Mid", "Late"])

    def test_chosen(self):
        sorts = {str(self.new.id): "stars", str(self.in_progress.id): "contact"}
        board = self._board(sorts)
        self.assertEqual(board[self.new.id], ["Old", "Mid", "Late"])
        self.assertEqual(board[self.in_progress.id], ["Old", "Late", "Mid"])
        # what a page is sorted by stays, and what is no order is none
        sorted_page = self._board(sorts, order="contact_name")
        self.assertEqual(sorted_page[self.in_progress.id], ["Late", "Mid", "Old"])
        for wrong in ("id; DROP TABLE crm_lead", 7, None, ["arrival"], {}):
            self._board({str(self.in_progress.id): wrong})

    def test_more(self):
        """What is loaded later into a column is in the same order."""
        leads = self.env["crm.lead"].with_context(prospect_sorts={})
        found = leads.web_search_read(
            [("id", "in", self.leads.ids), ("status_id", "=", self.new.id)],
            {"contact_name": {}},
            limit=2,
            offset=1,
            order="",
        )["records"]
        self.assertEqual([row["contact_name"] for row in found], ["Mid", "Old"])

    def test_kept(self):
        """The choice is the person's."""
        settings = self.env["res.users.settings"]
        mine = settings.with_user(self.salesman)._find_or_create_for_user(self.salesman)
        usual = mine._res_users_settings_format(["prospect_sorts"])["prospect_sorts"]
        self.assertEqual(usual[str(self.new.id)], "arrival")
        mine.set_res_users_settings({"prospect_sorts": {str(self.new.id): "stars"}})
        kept = mine._res_users_settings_format(["prospect_sorts"])["prospect_sorts"]
        self.assertEqual(kept[str(self.new.id)], "stars")

    @tagged("is_query_count")
    def test_queries(self):
        """No more queries than a board that is not sorted, but for the settings."""
        counts = []
        for sorts in (None, {}, {str(self.in_progress.id): "contact"}):
            self._board(sorts)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._board(sorts)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(len(set(counts)), 1, counts)


class TestToast(BoardCase):
    """What can be undone from a toast."""

    def _run(self, user=None):
        lead = self._prospect()
        wizard = (
            self.env["prospect.bulk"]
            .with_user(user or self.salesman)
            .with_context(active_model="crm.lead", active_ids=lead.ids)
            .create({"status_id": self.in_progress.id})
        )
        operation = wizard._make_operation()
        self.assertFalse(operation.get_undo_toast())
        operation.action_run()
        return operation

    def test_toast(self):
        operation = self._run()
        self.assertEqual(operation.get_undo_toast(), {"message": operation.name})
        action = operation._get_toast_action({"type": "next"})
        self.assertEqual(action["params"]["operation_id"], operation.id)
        operation.action_undo()
        self.assertFalse(operation.get_undo_toast())
        toast = operation.get_undone_toast()
        self.assertTrue(toast["is_clean"])
        self.assertIn("was undone", toast["message"])

    def test_kept(self):
        operation = self._run()
        operation.line_ids.lead_id.status_id = self.to_clarify
        operation.action_undo()
        toast = operation.get_undone_toast()
        self.assertFalse(toast["is_clean"])
        self.assertIn("except", toast["message"])

    def test_no_right(self):
        operation = self._run()
        self.env["prospect.right"].search([("operation", "=", "undo")]).unlink()
        operation.invalidate_recordset()
        self.assertFalse(operation.with_user(self.salesman).get_undo_toast())


class TestPopup(BoardCase):
    """A team hears of the prospects that nobody has."""

    def _hear(self, **values):
        """(the new prospect, {login: payload} of the pop-ups for it)."""
        events = self.env["prospect.notification.event"]
        events.search([]).unlink()
        before = self.env["prospect.notification"].search([])
        lead = self._prospect(**values)
        sent = {}

        def send(user, kind, payload, **_options):
            if kind == "prospect_notification":
                sent[user.login] = payload

        with patch.object(type(self.env["res.users"]), "_bus_send", send):
            while events._do_next():
                pass
            new = self.env["prospect.notification"].search([]) - before
            new.filtered("by_popup")._send_popup()
        return lead, sent

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.prospect_popup = True

    def test_unassigned(self):
        lead, sent = self._hear(user_id=False)
        self.assertEqual(list(sent), [self.salesman.login])
        payload = sent[self.salesman.login]
        self.assertEqual((payload["model"], payload["id"]), ("crm.lead", lead.id))
        self.assertTrue(payload["can_take"])

    def test_not(self):
        """Who has somebody is no request, nor is that of a team that wants none."""
        self.assertFalse(self._hear()[1])
        self.team.prospect_popup = False
        self.assertFalse(self._hear(user_id=False)[1])


@tagged("post_install", "-at_install", "web")
class TestWebBoard(HttpCase, BoardCase):
    """The board in a browser."""

    lang = "en_US"

    def test_board(self):
        self.env["res.lang"]._activate_lang(self.lang)
        self.salesman.lang = self.lang
        self.salesman.tour_enabled = False
        starred = self._prospect(contact_name="Ana Starr", priority="3")
        self._age(starred, 30)
        late = self._prospect(contact_name="Zoé Roy", user_id=False)
        self.start_tour("/odoo/prospects", "prospect_board", login=self.salesman.login)
        self.env.invalidate_all()
        self.assertEqual(late.user_id, self.salesman)
        self.assertTrue(late.prospect_opened_at)
        self.assertFalse(starred.prospect_opened_at)
        self.assertEqual(late.status_id, self.new)
        self.assertEqual(
            [cause for _from, _to, cause in self._status_log(late)],
            ["manual", "manual", "undo"],
        )


@tagged("post_install", "-at_install", "web")
class TestWebBoardFrench(TestWebBoard):
    """The same in French."""

    lang = "fr_FR"


@tagged("post_install", "-at_install", "web")
class TestPhoneBoard(TestWebBoard):
    """The same on a phone."""

    browser_size = "390x844"
    touch_enabled = True


@tagged("post_install", "-at_install", "web")
class TestPhoneBoardFrench(TestWebBoardFrench):
    """The same on a phone, in French."""

    browser_size = "390x844"
    touch_enabled = True
