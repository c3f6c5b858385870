"""Figures of mailings: each with its denominator, and equal to its rows."""

from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.mailing_mailing_figures import FIGURES
from .common import MailingCase

SENT = datetime(2026, 3, 2, 9, 0)


@tagged("post_install", "-at_install")
class TestFigures(MailingCase):
    def _sent(self, **values):
        """A mailing that has left, and its traces in the order of the guests."""
        mailing = self._mailing(**values)
        with freeze_time(SENT):
            traces = self._send(mailing)
        traces = [traces[lead] for lead in self.people]
        for trace in traces:
            # the database's clock is not the frozen one
            trace.sent_datetime = SENT
        return mailing, traces

    def _assert_figures(self, mailing, **expected):
        self.env.invalidate_all()
        self.assertEqual(
            {name: round(mailing[f"prospect_{name}"], 2) for name in expected}, expected
        )

    def test_numbers_of_the_mission(self):
        """IY-22 to IY-27: 10 sent, 8 delivered, 2 clickers, 4 openers ..."""
        mailing, traces = self._sent()
        traces[8].set_bounced()
        traces[9].set_failed(failure_type="mail_email_invalid")
        for trace in traces[:4]:
            trace.set_opened()
        for trace in (traces[0], traces[0], traces[1]):
            trace.set_clicked()
        for trace, hours in ((traces[2], 1), (traces[3], 3)):
            with freeze_time(SENT + timedelta(hours=hours)):
                trace.set_replied()
            with freeze_time(SENT + timedelta(hours=50)):
                # the first answer counts
                trace.set_replied()
        self.env["mailing.trace"]._prospect_note_unsubscribed(
            mailing.sudo(), traces[5].res_id, traces[5].email
        )
        self._assert_figures(
            mailing,
            sent_count=10,
            delivered_count=8,
            delivery_rate=80,
            error_count=2,
            error_rate=20,
            clicked_count=2,
            click_rate=25,
            opened_count=4,
            open_rate=50,
            answered_count=2,
            answer_hours=2,
            answer_hours_median=2,
            answer_hours_p90=2.8,
            unsubscribed_count=1,
            unsubscribe_rate=12.5,
        )

    def test_nobody_answered(self):
        """No answer is no time, and no mail no rate."""
        mailing, _traces = self._sent()
        self._assert_figures(mailing, answered_count=0, answer_rate=0)
        row = self.env["prospect.mailing.figure"]._read_group(
            [("mailing_id", "=", mailing.id)],
            aggregates=["answer_hours:avg", "answer_hours_median:avg"],
        )
        self.assertEqual(row, [(False, False)])

    def test_unsubscribed_from_another_mailing(self):
        mailing, _traces = self._sent()
        other, traces = self._sent()
        self.env["mailing.trace"]._prospect_note_unsubscribed(
            other.sudo(), traces[0].res_id, traces[0].email
        )
        self._assert_figures(mailing, unsubscribed_count=0)
        self._assert_figures(other, unsubscribed_count=1)

    def test_left_out_are_not_sent(self):
        """One mail an address: the others are no errors [IY-18]."""
        self.people[1].email_from = self.people[0].email_from
        mailing, traces = self._sent()
        self._assert_figures(mailing, sent_count=9, delivered_count=9, error_count=0)
        left_out = self.env["prospect.mailing.figure"].search(
            [("mailing_id", "=", mailing.id), ("left_out_count", "=", 1)]
        )
        self.assertEqual(len(left_out), 1)
        self.assertIn(left_out.lead_id, self.people[:2])
        self.assertIn(left_out.id, [trace.id for trace in traces])

    def test_mails_to_myself(self):
        """Tests of a mailing are in no figure."""
        mailing, traces = self._sent()
        traces[0].is_test_trace = True
        self._assert_figures(mailing, sent_count=9)

    def test_equal_to_their_rows(self):
        """Every count of a mailing is that of the rows which it opens."""
        mailing, traces = self._sent()
        for trace in traces[:7]:
            trace.set_opened()
        for trace in traces[:3]:
            trace.set_clicked()
            trace._prospect_note_hit("click", "Firefox/140.0")
        traces[4].set_replied()
        traces[9].set_bounced()
        traces[8].set_canceled()
        self.env.flush_all()
        self.env.invalidate_all()
        figures = self.env["prospect.mailing.figure"]
        for name, spec in FIGURES.items():
            field, _, aggregate = spec.partition(":")
            if aggregate != "sum":
                continue
            action = mailing.with_context(
                prospect_figure=field
            ).action_prospect_figures()
            self.assertEqual(
                figures.search_count(action["domain"]), mailing[name], name
            )
        # what a client invents opens all
        for name in ("no_field", "email", 5, ["sent_count"], "sent_count OR 1=1"):
            action = mailing.with_context(prospect_figure=name)
            action = action.action_prospect_figures()
            self.assertEqual(action["domain"], [("mailing_id", "=", mailing.id)])

    def test_types_add_up(self):
        """IY-28: by type and over all, a rate is that of all mails together."""
        figures = self.env["prospect.mailing.figure"]
        mailings = self.env["mailing.mailing"]
        for name, opened in (("invitation", 4), ("invitation", 2), ("thanks", 9)):
            mailing, traces = self._sent(prospect_type=name)
            mailings += mailing
            for trace in traces[:opened]:
                trace.set_opened()
        domain = [("mailing_id", "in", mailings.ids)]
        rows = figures.formatted_read_group(
            domain, ["prospect_type"], ["sent_count:sum", "open_rate:avg"]
        )
        self.assertEqual(
            {
                row["prospect_type"]: (row["sent_count:sum"], row["open_rate:avg"])
                for row in rows
            },
            {"invitation": (20, 30), "thanks": (10, 90)},
        )
        row = figures.formatted_read_group(domain, [], ["open_rate:avg"])[0]
        self.assertEqual(row["open_rate:avg"], 50)

    def test_time_until_opened(self):
        mailing, traces = self._sent()
        for trace, hours in zip(traces, (0.5, 2, 8, 30, 100), strict=False):
            with freeze_time(SENT + timedelta(hours=hours)):
                trace.set_opened()
        rows = self.env["prospect.mailing.figure"]._read_group(
            [("mailing_id", "=", mailing.id), ("opened_count", "=", 1)],
            ["opened_within"],
            ["__count"],
        )
        self.assertEqual(
            dict(rows), {"hour": 1, "hours": 1, "day": 1, "days": 1, "later": 1}
        )

    def test_who_may_read(self):
        """Salespeople without a right on mailings see no figures and no error."""
        mailing, _traces = self._sent()
        with self.assertRaises(AccessError):
            self.env["prospect.mailing.figure"].with_user(self.employee).search([])
        self.assertFalse(
            self.env["prospect.mailing.figure"]
            .with_user(self.employee)
            .has_access("read")
        )
        self.assertTrue(mailing.with_user(self.salesman_all).prospect_sent_count)

    def test_queries(self):
        """All figures of many mailings in one query."""
        mailings = self.env["mailing.mailing"]
        for _number in range(3):
            mailings += self._sent()[0]
        self.env.flush_all()
        self.env.invalidate_all()
        self.env["prospect.mailing.figure"].has_access("read")
        with self.assertQueryCount(1):
            mailings.mapped("prospect_sent_count")
