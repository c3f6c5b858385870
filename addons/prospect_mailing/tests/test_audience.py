"""Whom a mailing goes to: lists, segments, follow-ups, with whose rights."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import MailingCase


@tagged("post_install", "-at_install")
class TestAudience(MailingCase):
    def test_lists(self):
        """Members of any list, but of the excepted ones, who pass the filter."""
        staff = self.env["prospect.list"].create({"name": "Staff"})
        self.people[:2].list_ids += staff
        mailing = self._mailing(prospect_except_list_ids=[(6, 0, staff.ids)])
        self.assertEqual(self._get_who(mailing), set(range(2, 10)))
        self.assertEqual(mailing.total, 8)
        mailing.mailing_domain = repr([("contact_name", "like", "Guest 5")])
        self.assertEqual(self._get_who(mailing), {5})
        self.assertEqual(mailing.total, 1)

    def test_asked_when_it_leaves(self):
        mailing = self._mailing()
        self.people[3].list_ids -= self.guests
        traces = self._send(mailing)
        self.assertEqual(set(traces), set(self.people - self.people[3]))

    def test_segment_beside_lists(self):
        segment = self.env["prospect.segment"].create(
            {
                "name": "Guest 7",
                "domain": "[('contact_name', '=', 'Guest 7')]",
                "is_shared": True,
            }
        )
        few = self.env["prospect.list"].create({"name": "Few"})
        self.people[1].list_ids += few
        mailing = self._mailing(
            prospect_list_ids=[(6, 0, few.ids)], prospect_segment_id=segment.id
        )
        self.assertEqual(self._get_who(mailing), {1, 7})

    def test_left_out_of_the_audience_alone(self):
        """Doubtful prospects who are in no list of the mailing are not counted."""
        self._prospect(contact_name="Ada", email_from=False)
        self.assertEqual(self._mailing().prospect_left_out_count, 0)
        self.people[0].email_from = False
        mailing = self._mailing()
        self.assertEqual(mailing.prospect_left_out_count, 1)
        self.assertEqual(mailing.total, 9)

    def test_follow_up(self):
        """Who received it and has not answered, opened or clicked until it leaves."""
        former = self._mailing()
        traces = self._send(former)
        people = self.people
        traces[people[0]].set_replied()
        traces[people[1]].set_opened()
        traces[people[2]].set_opened()
        traces[people[2]].set_clicked()
        traces[people[3]].set_bounced()
        self._prospect(
            email_from="new@mailing.prospect.example.com"
        ).list_ids = self.guests
        for who, expected in (
            ("not_answered", {1, 2, *range(4, 10)}),
            # whoever answers has read it
            ("not_opened", set(range(4, 10))),
            ("not_clicked", {0, 1, *range(4, 10)}),
            ("clicked", {2}),
            ("everybody", {0, 1, 2, *range(4, 10)}),
        ):
            mailing = self._mailing(
                prospect_list_ids=[(5, 0, 0)],
                prospect_follow_up_of_id=former.id,
                prospect_follow_up_who=who,
            )
            self.assertEqual(self._get_who(mailing), expected, who)

    def test_follow_up_button(self):
        former = self._mailing(
            campaign_id=self.env["utm.campaign"].create({"name": "A"}).id
        )
        self._send(former)
        context = former.action_prospect_follow_up()["context"]
        mailing = (
            self.env["mailing.mailing"]
            .with_user(self.salesman_all)
            .with_context(**context)
            .create(
                {
                    "subject": context["default_subject"],
                    "email_from": "sales@prospect.example.com",
                }
            )
        )
        self.assertEqual(mailing.prospect_follow_up_of_id, former)
        self.assertEqual(mailing.prospect_type, "follow_up")
        self.assertEqual(mailing.campaign_id, former.campaign_id)
        self.assertEqual(self._get_who(mailing), set(range(10)))

    def test_impossible_follow_ups(self):
        contacts = self.env["mailing.mailing"].create(
            {
                "subject": "To contacts",
                "mailing_model_id": self.env["ir.model"]._get("res.partner").id,
            }
        )
        with self.assertRaisesRegex(ValidationError, "did not go to prospects"):
            self._mailing(prospect_follow_up_of_id=contacts.id)
        mailing = self._mailing()
        with self.assertRaisesRegex(ValidationError, "itself"):
            mailing.prospect_follow_up_of_id = mailing
        with self.assertRaisesRegex(ValidationError, "for mailings to prospects"):
            contacts.prospect_list_ids = self.guests

    def test_nobody(self):
        """A mailing to nobody says so before it is put into the queue."""
        empty = self.env["prospect.list"].create({"name": "Empty"})
        mailing = self._mailing(prospect_list_ids=[(6, 0, empty.ids)])
        with self.assertRaisesRegex(UserError, "Nobody would get"):
            mailing.action_put_in_queue()

    # --- Rights ---------------------------------------------------------------------

    def test_lists_of_others(self):
        """A private list can neither be named nor reached by another responsible."""
        private = self.env["prospect.list"].create(
            {
                "name": "Private",
                "visibility": "private",
                "user_id": self.salesman_all.id,
            }
        )
        self.people[:3].list_ids += private
        names = {"prospect_list_ids": [(6, 0, private.ids)]}
        with self.assertRaises(AccessError):
            self._mailing(self.salesman, **names)
        mailing = self._mailing(self.salesman)
        with self.assertRaises(AccessError):
            mailing.write(names)
        with self.assertRaises(AccessError):
            mailing.write({"prospect_except_list_ids": [(4, private.id)]})
        mailing = self._mailing(**names)
        self.assertEqual(self._get_who(mailing), {0, 1, 2})
        # whoever answers for it must see the list as well
        with self.assertRaises(AccessError):
            mailing.user_id = self.salesman
        # and still does when it leaves
        private.user_id = self.manager
        self.assertEqual(self._get_who(mailing), set())

    def test_prospects_of_the_responsible(self):
        """Odoo sends as the superuser: a salesperson writes to their own alone."""
        self.people[4:].user_id = self.manager
        mailing = self._mailing(self.salesman)
        self.assertEqual(self._get_who(mailing), {0, 1, 2, 3})
        self.assertEqual(set(self._send(mailing)), set(self.people[:4]))
