"""The pictures of the documentation show what is there, and it is noticed if not."""

import json
import shutil
import tempfile
import unittest
from pathlib import Path

from house import pictures

SHOT = {"name": "list", "shows": ["views/*.xml"], "path": "/odoo"}


class TestPictures(unittest.TestCase):
    def setUp(self):
        self.top = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.top)
        self.write("README.rst", ".. image:: static/description/list.png\n")
        self.write("docs/a.rst", "Nothing.\n")
        self.write("views/list.xml", "<list/>")
        self.write("static/description/list.png", "picture")
        self.write_list(SHOT)
        pictures.write_sums(["list"], self.top)

    def write(self, name, text):
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def write_list(self, *shots):
        self.write("bin/lib/shots.json", json.dumps({"shots": shots}))

    def assertComplaint(self, *words):
        """There is one complaint, and it has these words."""
        found = list(pictures.complaints(self.top))
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])

    def test_right(self):
        self.assertEqual(list(pictures.complaints(self.top)), [])

    def test_what_is_shown_changes(self):
        self.write("views/list.xml", "<list><field/></list>")
        self.assertComplaint("list.png is older than what it shows", "bin/shots list")
        pictures.write_sums(["list"], self.top)
        self.assertEqual(list(pictures.complaints(self.top)), [])

    def test_what_is_shown_is_changed_back(self):
        """Digests and not dates: what is as it was needs no new picture."""
        self.write("views/list.xml", "<list><field/></list>")
        self.write("views/list.xml", "<list/>")
        self.assertEqual(list(pictures.complaints(self.top)), [])

    def test_a_new_file_is_shown(self):
        self.write("views/other.xml", "<form/>")
        self.assertComplaint("older")

    def test_it_is_taken_in_another_way(self):
        self.write_list({**SHOT, "path": "/odoo/prospects"})
        self.assertComplaint("older")

    def test_put_there_by_hand(self):
        self.write("static/description/list.png", "another picture")
        self.assertComplaint("not the one that bin/shots took last")

    def test_missing(self):
        (self.top / "static/description/list.png").unlink()
        self.assertComplaint("is missing", "bin/shots list")

    def test_a_page_names_one_that_nobody_takes(self):
        self.write("docs/b/c.rst", ".. image:: ../../static/description/new.png\n")
        self.assertComplaint("docs/b/c.rst", "new.png is not in bin/lib/shots.json")

    def test_no_page_names_it(self):
        self.write("README.rst", "Nothing.\n")
        self.assertComplaint("no page shows list")

    def test_it_shows_nothing(self):
        self.write_list({**SHOT, "shows": ["views/*.xml", "views/gone/*"]})
        self.assertComplaint("shows nothing that is here: views/gone/*")
        self.write_list({**SHOT, "shows": []})
        self.assertComplaint("shows is empty")

    def test_forgotten(self):
        """What is taken no more leaves the notes with the next run."""
        self.write("README.rst", "Nothing.\n")
        self.write_list()
        self.assertEqual(len(list(pictures.complaints(self.top))), 2)
        (self.top / "static/description/list.png").unlink()
        self.assertComplaint("bin/lib/shots.sum: list is not in")
        pictures.write_sums([], self.top)
        self.assertEqual(list(pictures.complaints(self.top)), [])

    def test_this_checkout(self):
        """Each picture is in the list and in a page, and shows something."""
        shots, named = pictures.read_list(), pictures.read_named()
        self.assertEqual(set(shots), set(named))
        for name, shot in shots.items():
            for pattern in shot["shows"]:
                with self.subTest(picture=name, pattern=pattern):
                    self.assertTrue(pictures.shown_files(pattern))
