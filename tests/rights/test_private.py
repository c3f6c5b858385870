from ..common import ProspectCase


class TestPrivate(ProspectCase):
    """What is private, of no company, is of the companies of its owner."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.company"].create({"name": "Elsewhere"})
        cls.stranger = cls.salesman_all
        cls.stranger.write(
            {"company_ids": [(6, 0, cls.company.ids)], "company_id": cls.company.id}
        )
        cls.manager_env = cls.manager.with_user(cls.manager).env

    def _visible(self, records):
        self.env.invalidate_all()
        return self.manager_env[records._name].search([("id", "in", records.ids)])

    def test_segments(self):
        """Sales administrators manage those of their companies."""
        segments = self.env["prospect.segment"]
        theirs, ours, shared = segments.create(
            [
                {"name": "Theirs", "user_id": self.stranger.id},
                {"name": "Ours", "user_id": self.salesman.id},
                {"name": "All", "user_id": self.stranger.id, "is_shared": True},
            ]
        )
        self.assertEqual(self._visible(theirs | ours | shared), ours | shared)
        self.assertEqual(theirs.with_user(self.stranger).name, "Theirs")

    def test_lists(self):
        """Lists as well, and what syncs them."""
        lists = self.env["prospect.list"]
        values = {"company_id": False, "visibility": "private"}
        theirs, ours, shared = lists.create(
            [
                {**values, "name": "Theirs", "user_id": self.stranger.id},
                {**values, "name": "Ours", "user_id": self.salesman.id},
                {"name": "All", "user_id": self.stranger.id, "company_id": False},
            ]
        )
        self.assertEqual(self._visible(theirs | ours | shared), ours | shared)
        segment = self.env["prospect.segment"].create(
            {"name": "Theirs", "user_id": self.stranger.id}
        )
        sync = self.env["prospect.segment.sync"].create(
            {"list_id": shared.id, "segment_id": segment.id}
        )
        self.assertFalse(self._visible(sync))
        segment.is_shared = True
        self.assertEqual(self._visible(sync), sync)
