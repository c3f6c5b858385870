import random
from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo import SUPERUSER_ID, api, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import BaseCase, Form, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon, mail_new_test_user

from ...tools.rotation import Member, Turns
from ...tools.transactions import run_again
from ..common import ConcurrentCase, ProspectCase


class FairnessMixin:
    """How even a sequence of turns is."""

    def assertFair(self, history):
        """Over any stretch, shares differ by at most one per unit of weight.

        :param list history: (who got the turn, {who could take it: weight}) pairs
        """
        people = sorted({person for _taker, able in history for person in able})
        for place, one in enumerate(people):
            for other in people[place + 1 :]:
                self.assertLessEqual(self._find_gap(history, one, other), 1)

    def _find_gap(self, history, one, other):
        """The largest difference of two shares over any stretch with both able."""
        least = most = now = gap = Fraction(0)
        for taker, able in history:
            if one not in able or other not in able:
                least = most = now = Fraction(0)
                continue
            if taker == one:
                now += Fraction(1, able[one])
            elif taker == other:
                now -= Fraction(1, able[other])
            least, most = min(least, now), max(most, now)
            gap = max(gap, most - least)
        return gap


class TestTurns(FairnessMixin, BaseCase):
    """The queue alone, on random days of random teams."""

    def test_any_stretch_is_fair(self):
        for seed in range(150):
            with self.subTest(seed=seed):
                self.assertFair(self._live(random.Random(seed)))

    def _live(self, chance):
        """Turns of people who join, leave, are absent, and come back."""
        weights = {
            number: chance.choice((1, 1, 1, 2, 3, 5, 7, 100))
            for number in range(1, chance.randint(3, 7))
        }
        state, away, history = {}, set(), []
        for _step in range(chance.randint(20, 100)):
            event = chance.random()
            if event < 0.15:
                away ^= {chance.choice(list(weights))}
            elif event < 0.2:
                weights[max(weights) + 1] = chance.choice((1, 2, 3))
            elif event < 0.23 and len(weights) > 2:
                weights.pop(chance.choice(list(weights)))
            away &= set(weights)
            turns = Turns(
                (
                    Member(number, weight, None, "absent" if number in away else None)
                    for number, weight in weights.items()
                ),
                state,
            )
            able = {n: w for n, w in weights.items() if n not in away}
            for taker, skipped in turns.take(chance.choice((1, 1, 1, 2, 5, 30))):
                self.assertEqual(taker is None, not able)
                self.assertLessEqual({number for number, _why in skipped}, away)
                history.append((taker, able))
            state = turns.state
        return history

    def test_back_without_burst(self):
        """Who was away for a hundred turns gets one of each three from then on."""
        people = [Member(1), Member(2), Member(3)]
        away = [Member(1, out="absent"), *people[1:]]
        turns = Turns(away)
        turns.take(100)
        back = Turns(people, turns.state).take(9)
        counts = Counter(key for key, _skipped in back[:3])
        self.assertEqual(counts, {1: 1, 2: 1, 3: 1})
        self.assertEqual(Counter(key for key, _skipped in back), {1: 3, 2: 3, 3: 3})

    def test_one_by_one_is_the_same(self):
        """A batch gives what as many single turns give."""
        people = [Member(1, 3), Member(2, 1), Member(3, 2)]
        batch = [key for key, _skipped in Turns(people).take(50)]
        state, single = {}, []
        for _turn in range(50):
            turns = Turns(people, state)
            single.append(turns.next)
            self.assertEqual(turns.take(1)[0][0], single[-1])
            state = turns.state
        self.assertEqual(single, batch)


class RotationCase(ProspectCase):
    """Three people of the team, and a rotation."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ana, cls.ben, cls.cleo = (
            mail_new_test_user(
                cls.env,
                login=f"turn_{name.lower()}",
                name=name,
                email=f"{name.lower()}@turn.example.com",
                groups="sales_team.group_sale_salesman",
                tz="Europe/Paris",
            )
            for name in ("Ana", "Ben", "Cleo")
        )
        cls.people = cls.ana + cls.ben + cls.cleo
        cls.rotation = cls._rotate(cls.people)
        cls.site = cls.env.ref("prospect.utm_source_form")

    @classmethod
    def _rotate(cls, users, **values):
        return cls.env["prospect.rotation"].create(
            {
                "team_id": cls.team.id,
                "member_ids": [(0, 0, {"user_id": user.id}) for user in users],
                **values,
            }
        )

    def _arrive(self, count=1, user=None, **values):
        """New prospects without salesperson, at once."""
        vals = {
            "type": "lead",
            "name": "Somebody",
            "user_id": False,
            "team_id": self.team.id,
            **values,
        }
        leads = self.env["crm.lead"].with_user(user or SUPERUSER_ID)
        return leads.create([dict(vals) for _number in range(count)]).sudo()

    def _member(self, user):
        return self.rotation.member_ids.filtered(lambda member: member.user_id == user)

    def _names(self, leads):
        return [lead.user_id.name for lead in leads]


class TestRotation(MailCommon, RotationCase):
    def test_two_each_in_order(self):
        """Six new prospects of three people; those made before stay [MO-22]."""
        self.rotation.active = False
        before = self._arrive()
        self.rotation.active = True
        self.assertEqual(self._names(self._arrive(6)), ["Ana", "Ben", "Cleo"] * 2)
        self.assertFalse(before.user_id)
        before.name = "Changed"
        before.team_id = self.env["crm.team"].create({"name": "Another"})
        before.team_id = self.team
        self.assertFalse(before.user_id)

    def test_across_calls(self):
        leads = self.env["crm.lead"]
        for _number in range(4):
            leads += self._arrive()
        self.assertEqual(self._names(leads), ["Ana", "Ben", "Cleo", "Ana"])
        self.assertEqual(self.rotation.next_user_id, self.ben)

    def test_reason(self):
        lead = self._arrive()
        row = lead.assignment_ids
        self.assertRecordValues(
            row,
            [
                {
                    "assignee_id": self.ana.id,
                    "former_assignee_id": False,
                    "cause": "rotation",
                    "rotation_id": self.rotation.id,
                    "reason_text": "It was their turn.",
                }
            ],
        )
        self.assertReplay(lead)
        self.assertEqual(lead.team_id, self.team)
        self.assertTrue(lead.date_open)

    def test_owner_is_kept(self):
        lead = self._arrive(user_id=self.manager.id)
        self.assertEqual(lead.user_id, self.manager)
        self.assertEqual(self.rotation.next_user_id, self.ana)

    def test_left_out(self):
        """Opportunities, junk, converted and archived ones get nobody."""
        for values in (
            {"type": "opportunity"},
            {"status_id": self.junk.id},
            {"status_id": self.converted.id},
            {"active": False},
            {"team_id": False},
            {"team_id": self.env["crm.team"].create({"name": "Other"}).id},
        ):
            with self.subTest(values=values):
                self.assertFalse(self._arrive(**values).user_id)
        self.assertEqual(self.rotation.next_user_id, self.ana)

    def test_weights(self):
        self._member(self.ana).weight = 2
        counts = Counter(self._names(self._arrive(12)))
        self.assertEqual(counts, {"Ana": 6, "Ben": 3, "Cleo": 3})

    def test_sources(self):
        """A source with a rotation of its own; another one goes with all others."""
        site = self._rotate(self.manager, source_ids=[(4, self.site.id)])
        lead = self._arrive(source_id=self.site.id)
        self.assertEqual(lead.user_id, self.manager)
        self.assertEqual(lead.assignment_ids.rotation_id, site)
        self.site.prospect_label = "Our website"
        self.assertEqual(site.display_name, "Prospect team (Our website)")
        self.assertEqual(self._arrive().user_id, self.ana)
        site.active = False
        self.assertEqual(self._arrive(source_id=self.site.id).user_id, self.ben)

    def test_archived_source(self):
        """A rotation for a source that was archived is not for all the others."""
        fair = self.env["utm.source"].create(
            {"name": "Fair", "prospect_channel": "event"}
        )
        only = self._rotate(self.manager, source_ids=[(4, fair.id)])
        self.rotation.active = False
        fair.active = False
        self.assertFalse(self._arrive(source_id=self.site.id).user_id)
        self.assertFalse(self._arrive().user_id)
        self.assertEqual(only.source_ids, fair)
        # nor does it stand in the way of one for all the others
        self.rotation.active = True
        self.assertEqual(self._arrive().user_id, self.ana)

    def test_deleted_source(self):
        fair, show = self.env["utm.source"].create(
            [{"name": name, "prospect_channel": "event"} for name in ("Fair", "Show")]
        )
        only = self._rotate(self.manager, source_ids=[(4, fair.id), (4, show.id)])
        show.unlink()
        with self.assertRaisesRegex(UserError, "for the source Fair"):
            fair.unlink()
        only.unlink()
        fair.unlink()

    # --- Who cannot take a turn ---------------------------------------------------

    def test_archived(self):
        self.ana.active = False
        lead = self._arrive()
        self.assertEqual(lead.user_id, self.ben)
        self.assertEqual(
            lead.assignment_ids.reason_text,
            "It was their turn. Ana was skipped: no longer works here.",
        )
        self.assertEqual(self._member(self.ana).availability, "archived")

    def test_absent_by_dates(self):
        today = self._today(self.ana)
        day = timedelta(days=1)
        for since, until, is_absent in (
            (today, today, True),
            (today - day, today + day, True),
            (today - day, False, True),
            (False, today + day, True),
            (today + 2 * day, today + 3 * day, False),
            (today - 3 * day, today - 2 * day, False),
            (False, today - 2 * day, False),
        ):
            with self.subTest(since=since, until=until):
                member = self._member(self.ana)
                member.write({"absent_from": since, "absent_until": until})
                self.assertEqual(member.availability == "absent", is_absent)
                names = self._names(self._arrive(3))
                self.assertEqual("Ana" in names, not is_absent)

    def test_absent_by_the_calendar(self):
        """Time off of the person's own resource; not that of somebody else."""
        resource = self.env["resource.resource"].create(
            {"name": "Ben", "user_id": self.ben.id}
        )
        now = self.env.cr.now()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holidays",
                "resource_id": resource.id,
                "date_from": now - timedelta(hours=5),
                "date_to": now + timedelta(days=9),
            }
        )
        leads = self._arrive(3)
        self.assertEqual(self._names(leads), ["Ana", "Cleo", "Ana"])
        reason = leads[1].assignment_ids.reason
        until = fields.Date.to_string(self._today(self.ben, now + timedelta(days=9)))
        self.assertEqual(reason["skipped"], [[self.ben.id, "absent", until]])

    def test_company(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.team.company_id = self.env.company
        self.env.flush_all()
        self.ana.write({"company_ids": [(6, 0, company.ids)], "company_id": company.id})
        self.assertEqual(self._arrive().user_id, self.ben)
        self.assertEqual(self._member(self.ana).availability, "company")

    def test_daily_limit(self):
        """A limit counts the person's own day, and what is given in a batch."""
        self._member(self.ana).daily_limit = 2
        self._member(self.ben).daily_limit = 1
        leads = self._arrive(6)
        self.assertEqual(Counter(self._names(leads)), {"Ana": 2, "Ben": 1, "Cleo": 3})
        self.assertEqual(self._member(self.ben).availability, "limit")
        self.assertEqual(
            leads[-1].assignment_ids.reason["skipped"],
            [[self.ana.id, "limit", 2], [self.ben.id, "limit", 1]],
        )
        # yesterday's do not count: as they would be tomorrow
        self.env.cr.execute(
            "UPDATE prospect_assignment SET date = date - interval '1 day'"
            " WHERE rotation_id = %s",
            [self.rotation.id],
        )
        counts = Counter(self._names(self._arrive(6)))
        self.assertEqual(counts, {"Ana": 2, "Ben": 1, "Cleo": 3})

    def test_the_day_is_the_persons_own(self):
        """At 23:30 UTC it is tomorrow in Paris."""
        self._member(self.ana).write({"daily_limit": 1})
        for user in self.ben + self.cleo:
            self._member(user).absent_from = "2020-01-01"
        now = datetime(2026, 3, 10, 22, 30)
        for hours, expected in ((0, self.ana), (0.2, False), (1, self.ana)):
            moment = now + timedelta(hours=hours)
            with patch.object(self.env.cr, "now", lambda moment=moment: moment):
                user = self._arrive().user_id
            self.assertEqual(user, expected or self.env["res.users"])
            # what the page shows is what the limit counts, whoever looks
            member = self._member(self.ana).with_context(tz="Pacific/Auckland")
            member.invalidate_recordset()
            with patch.object(self.env.cr, "now", lambda moment=moment: moment):
                self.assertEqual(member.today_count, 1)

    def test_nobody(self):
        """They stay unassigned; the leader is told once, with why."""
        self.rotation.member_ids.write({"absent_from": "2020-01-01"})
        self.ana.active = False
        with self.mock_mail_gateway(), self.mock_mail_app():
            leads = self._arrive(5)
            leads += self._arrive()
        self.assertEqual(leads.user_id, self.env["res.users"])
        self.assertFalse(leads.assignment_ids)
        told = self._new_msgs.filtered(
            lambda message: self.manager.partner_id in message.notified_partner_ids
        )
        self.assertEqual(len(told), 1)
        self.assertIn("Ana: no longer works here", told.body)
        self.assertIn("Ben: absent", told.body)
        # somebody is back, and gone again: that is news
        self.rotation.member_ids.write({"absent_from": False})
        self.assertEqual(self._arrive().user_id, self.ben)
        self.rotation.member_ids.write({"absent_from": "2020-01-01"})
        with self.mock_mail_gateway(), self.mock_mail_app():
            self._arrive()
        self.assertEqual(len(self._new_msgs.filtered("notified_partner_ids")), 1)

    def test_nobody_and_leader_left(self):
        """A leader who has left reads nothing: the team's page says it."""
        self.manager.active = False
        self.rotation.member_ids.write({"absent_from": "2020-01-01"})
        self._arrive()
        self.assertIn("Nobody in the rotation", self.team.message_ids[0].body)

    def test_nobody_and_no_leader(self):
        self.team.user_id = False
        self.rotation.member_ids.write({"absent_from": "2020-01-01"})
        self._arrive()
        self.assertIn("Nobody in the rotation", self.team.message_ids[0].body)

    def test_without_members(self):
        self.rotation.member_ids.unlink()
        self.assertFalse(self._arrive().user_id)

    # --- Channels -----------------------------------------------------------------

    def test_typing(self):
        """The form puts the person who types; who empties it gets the next one."""
        form = Form(
            self.env["crm.lead"].with_user(self.salesman),
            "prospect.crm_lead_view_form_quick_create",
        )
        form.contact_name = "Typed"
        mine = form.save()
        self.assertEqual(mine.user_id, self.salesman)
        lead = self._arrive(user=self.salesman)
        self.assertEqual(lead.user_id, self.ana)
        self.assertEqual(lead.assignment_ids.user_id, self.salesman)
        self.assertEqual(lead.assignment_ids.cause, "rotation")
        self.assertReplay(lead)
        # whoever added it sees it still
        self.assertTrue(lead.with_user(self.salesman).has_access("read"))

    def test_told_to_the_person_and_to_nobody_else(self):
        for user in (None, self.salesman):
            with self.mock_mail_gateway(), self.mock_mail_app():
                lead = self._arrive(user=user)
                self.flush_tracking()
            # by our own e-mail, not by Odoo's message
            self.assertFalse(self._new_msgs.filtered("notified_partner_ids"))
            events = self.env["prospect.notification.event"].search(
                [("lead_id", "=", lead.id), ("kind", "=", "assigned")]
            )
            self.assertEqual(events.mapped("user_id"), lead.user_id.ids)
            self.assertNotIn(
                "user_id", lead.message_ids.tracking_value_ids.field_id.mapped("name")
            )

    def test_gate(self):
        outcomes = self.env["crm.lead"]._prospect_upsert(
            [{"email_from": f"gate{n}@example.com"} for n in range(3)]
            + [{"email_from": "own@example.com", "user_id": self.manager}],
            defaults={"team_id": self.team.id},
            cause="form",
        )
        leads = self.env["crm.lead"].browse(row["lead_id"] for row in outcomes)
        self.assertEqual(self._names(leads), ["Ana", "Ben", "Cleo", self.manager.name])
        # who exists already stays
        known = self.env["crm.lead"]._prospect_upsert(
            [{"email_from": "gate0@example.com", "city": "Brest"}],
            defaults={"team_id": self.team.id},
        )
        self.assertEqual(known[0]["outcome"], "updated")
        self.assertEqual(leads[0].user_id, self.ana)
        self.assertReplay(leads)

    def test_mail(self):
        self.team.write({"alias_name": "turn-door", "use_leads": True})
        self.env["mail.thread"].sudo().message_process(
            None,
            f"From: anne@example.com\nTo: {self.team.alias_email}\n"
            "Subject: Turn by mail\nMessage-Id: <turn@example.com>\n"
            "Content-Type: text/plain\n\nHello",
        )
        lead = self.env["crm.lead"].search([("name", "=", "Turn by mail")])
        self.assertEqual(lead.user_id, self.ana)

    def test_hook(self):
        told = []
        self.patch(
            self.registry["crm.lead"],
            "_prospect_on_assigned",
            lambda leads, former: told.append((leads.sudo().user_id, former)),
        )
        for user in (None, self.salesman):
            leads = self._arrive(3, user=user)
            self.assertEqual(told, [(self.people, dict.fromkeys(leads.ids, False))])
            told.clear()

    def test_import_does_not_move_it(self):
        """A file goes to whom the import says, not to whose turn it is."""
        wizard = self._import_wizard(
            "Email\none@example.com\ntwo@example.com\n",
            user=self.manager,
            team_id=self.team.id,
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.assertFalse(operation.line_ids.lead_id.user_id)
        self.assertEqual(self.rotation.next_user_id, self.ana)

    def test_queries(self):
        """Nothing is asked where there is no rotation; a batch asks as one."""
        self.rotation.active = False
        self._arrive(user_id=self.ana.id)

        def count(number, **values):
            self.env.flush_all()
            start = self.cr.sql_log_count
            self._arrive(number, **values)
            self.env.flush_all()
            return self.cr.sql_log_count - start

        # the first of each fills Odoo's caches
        given = [count(number, user_id=self.ana.id) for number in (1, 1, 30)][1:]
        self.rotation.active = True
        turns = [count(number) for number in (1, 1, 30)][1:]
        # who comes next: lock, members, position; and who is told
        self.assertLessEqual(turns[0] - given[0], 6)
        self.assertLessEqual(turns[1] - given[1], 6)

    # --- Rights and limits --------------------------------------------------------

    def test_rights(self):
        """Administrators set it up; sales people see whose turn it is."""
        rotation = self.rotation.with_user(self.salesman)
        self.assertEqual(rotation.next_user_id, self.ana)
        with self.assertRaises(AccessError):
            rotation.active = False
        with self.assertRaises(AccessError):
            rotation.member_ids[0].weight = 9
        with self.assertRaises(AccessError):
            self.rotation.with_user(self.employee).read(["name"])
        self.rotation.with_user(self.manager).member_ids[0].weight = 9

    def test_companies(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        team = self.env["crm.team"].create(
            {"name": "Elsewhere", "company_id": company.id}
        )
        with self.assertRaises(ValidationError) as caught:
            self._rotate(self.ana, team_id=team.id)
        self.assertIn("Ana does not work for Elsewhere", str(caught.exception))
        other = self._rotate(self.env["res.users"], team_id=team.id)
        found = self.env["prospect.rotation"].with_user(self.manager).search([])
        self.assertNotIn(other, found)
        self.assertIn(self.rotation, found)

    def test_one_for_each_source(self):
        with self.assertRaises(ValidationError) as caught:
            self._rotate(self.manager)
        self.assertIn("has a rotation for all sources", str(caught.exception))
        site = self._rotate(self.manager, source_ids=[(4, self.site.id)])
        with self.assertRaises(ValidationError) as caught:
            self._rotate(self.manager, source_ids=[(4, self.site.id)])
        self.assertIn(self.site.name, str(caught.exception))
        site.active = False
        self._rotate(self.manager, source_ids=[(4, self.site.id)])
        with self.assertRaises(ValidationError):
            site.active = True

    def test_member_without_access(self):
        """Who sees no prospects would never find theirs."""
        with self.assertRaisesRegex(ValidationError, "no access to prospects"):
            self._rotate(self.employee, source_ids=[(4, self.site.id)])

    def test_members(self):
        member = self._member(self.ana)
        for values in (
            {"weight": 0},
            {"weight": 101},
            {"daily_limit": -1},
            {"absent_from": "2026-02-02", "absent_until": "2026-02-01"},
            {"user_id": self.ben.id},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.cr.savepoint(),
            ):
                member.write(values)
                self.env.flush_all()

    # --- Odoo's own assignment ----------------------------------------------------

    def _host(self):
        """A team that Odoo assigns to, with two prospects and an opportunity."""
        self.rotation.active = False
        self.team.crm_team_member_ids.assignment_max = 300
        leads = self._prospect(user_id=False, email_from="same@example.com")
        leads += self._prospect(user_id=False, email_from="same@example.com")
        leads += self._prospect(
            user_id=False, team_id=False, email_from="t@example.com"
        )
        leads[2].team_id = False
        opportunity = self._prospect(
            user_id=False, type="opportunity", email_from="same@example.com"
        )
        opportunity.team_id = False
        # the quota of a day is not for others who wait in this database
        self.team.assignment_domain = repr([("id", "in", (leads + opportunity).ids)])
        self.env.flush_all()
        return leads, opportunity

    def test_host_leaves_prospects_alone(self):
        leads, opportunity = self._host()
        self.team.with_user(self.manager).action_assign_leads()
        self.assertEqual(len(leads.exists()), 3)
        self.assertEqual(set(leads.mapped("type")), {"lead"})
        self.assertFalse(leads.user_id)
        self.assertFalse(leads[2].team_id)
        self.assertEqual(opportunity.user_id, self.salesman)

    def test_host_where_the_team_asks_for_it(self):
        leads, _opportunity = self._host()
        self.team.prospect_host_assignment = True
        self.team.with_user(self.manager).action_assign_leads()
        lead = leads.exists().filtered(lambda lead: lead.email_from == "t@example.com")
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.user_id, self.salesman)
        self.assertEqual(lead.status_id, self.converted)
        self.assertEqual(self._status_log(lead)[-1][2], "assignment")
        self.assertEqual(self._assignment_log(lead)[-1][2], "assignment")
        self.assertReplay(leads.exists())

    def test_host_by_night(self):
        """The job does the same, as root."""
        leads, _opportunity = self._host()
        self.team.prospect_host_assignment = True
        self.env["crm.team"]._cron_assign_leads()
        self.assertEqual(set(leads.exists().mapped("type")), {"opportunity"})
        self.assertEqual(self._status_log(leads.exists()[0])[-1][2], "assignment")


@tagged("post_install", "-at_install")
class TestRotationConcurrency(FairnessMixin, ConcurrentCase):
    """Prospects that arrive at once, each by a connection of its own."""

    def _find_made(self, env):
        users = env["res.users"].search([("login", "=like", "parallel_turn_%")])
        teams = env["crm.team"].search([("name", "=", "Parallel turns")])
        leads = env["crm.lead"].search([("team_id", "in", teams.ids)])
        return [
            leads,
            env["prospect.rotation"].search([("team_id", "in", teams.ids)]),
            teams,
            users,
            users.partner_id,
        ]

    def test_parallel(self):
        weights = {"a": 1, "b": 1, "c": 2}
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"no_reset_password": True})
            users = {
                name: mail_new_test_user(
                    env,
                    login=f"parallel_turn_{name}",
                    groups="sales_team.group_sale_salesman",
                )
                for name in weights
            }
            team = env["crm.team"].create(
                {"name": "Parallel turns", "user_id": False, "company_id": False}
            )
            env["prospect.rotation"].create(
                {
                    "team_id": team.id,
                    "member_ids": [
                        (0, 0, {"user_id": users[name].id, "weight": weight})
                        for name, weight in weights.items()
                    ],
                }
            )
            team_id = team.id
            ids = {user.id: weights[name] for name, user in users.items()}
        each, threads = 6, 4

        def arrive(cr):
            env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
            for number in range(each):

                def work(number=number):
                    env["crm.lead"].create(
                        [
                            {
                                "type": "lead",
                                "name": "Parallel",
                                "user_id": False,
                                "team_id": team_id,
                            }
                        ]
                        * (1 + number % 2)
                    )

                run_again(env, work, tries=50)
                cr.commit()  # pylint: disable=invalid-commit

        self._together(*[arrive] * threads)
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT assignee_id FROM prospect_assignment AS log"
                " JOIN crm_lead AS lead ON lead.id = log.lead_id"
                " WHERE lead.team_id = %s ORDER BY log.date, log.id",
                [team_id],
            )
            takers = [user_id for (user_id,) in cr.fetchall()]
        self.assertEqual(len(takers), threads * each * 3 // 2)
        # the order of the commits is not that of the rows: the whole must be fair
        shares = [Fraction(takers.count(user), w) for user, w in ids.items()]
        self.assertLessEqual(max(shares) - min(shares), 1)
