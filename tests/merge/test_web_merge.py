"""Merging in a browser."""

from odoo.tests import tagged

from ..lead.test_web import WebCase
from .test_merge import MergeCase


@tagged("post_install", "-at_install")
class TestWebMerge(WebCase, MergeCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager.tour_enabled = False
        others = cls.anne | cls.twin | cls.third
        cls.env["crm.lead"].search([("id", "not in", others.ids)]).active = False
        cls.twin.message_post(body="Hello")

    def test_merge(self):
        """A sales administrator compares, chooses, merges and takes it back."""
        self.start_tour(
            "/odoo/prospects?view_type=list", "prospect_merge", login="prospect_manager"
        )
        self.assertEqual(len((self.anne | self.twin | self.third).exists()), 3)
        self.assertEqual(self.anne.email_from, "anne@merge.example.com")
