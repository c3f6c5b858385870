import doctest
import importlib
import pkgutil
import random

from odoo.tests import BaseCase

from odoo.addons.prospect_form import tools
from odoo.addons.prospect_form.tools.answers import read_answers
from odoo.addons.prospect_form.tools.colours import (
    READABLE,
    contrast,
    soften,
    text_on,
    warn_on,
)
from odoo.addons.prospect_form.tools.conditions import find_circle, find_shown
from odoo.addons.prospect_form.tools.files import find_type


class TestTools(BaseCase):
    """The examples in the docstrings of ``tools/`` are its unit tests."""

    def test_doctests(self):
        attempted = 0
        for info in pkgutil.walk_packages(tools.__path__, f"{tools.__name__}."):
            module = importlib.import_module(info.name)
            result = doctest.testmod(module)
            self.assertEqual(result.failed, 0, info.name)
            attempted += result.attempted
        self.assertGreater(attempted, 30)

    def test_colours_can_be_read(self):
        """Whatever colours a form has, what we derive from them can be read."""
        dice = random.Random(7)
        for _turn in range(300):
            background, text = (f"#{dice.randrange(2**24):06x}" for _one in range(2))
            self.assertGreaterEqual(contrast(text_on(background), background), READABLE)
            if contrast(text, background) < READABLE:
                continue
            for derived in (soften(text, background), warn_on(background, text)):
                self.assertGreaterEqual(contrast(derived, background), READABLE)

    def test_random_forms(self):
        """Hidden questions have no answer and no error, in forms of any shape."""
        dice = random.Random(11)
        for _turn in range(300):
            questions = []
            for number in range(dice.randrange(1, 12)):
                kind = dice.choice(["char", "section", "single", "integer"])
                conditions = [
                    (
                        f"q{dice.randrange(12)}",
                        dice.choice(["in", "not_in", "answered"]),
                        dice.choice([["a"], ["b", "1"], []]),
                    )
                    for _one in range(dice.choice([0, 0, 1, 2]))
                ]
                questions.append(
                    {
                        "key": f"q{number}",
                        "type": kind,
                        "mode": dice.choice(["all", "any"]),
                        "required": dice.random() < 0.5,
                        "conditions": conditions,
                        "choices": [{"key": "a"}, {"key": "b"}],
                    }
                )
            posted = {
                f"q{number}": [dice.choice(["a", "b", "1", "", "x"])]
                for number in range(12)
                if dice.random() < 0.7
            }
            answers, errors = read_answers(questions, posted)
            shown = find_shown(
                questions, {key: [t for t in v if t] for key, v in posted.items()}
            )
            self.assertLessEqual(set(answers) | set(errors), shown)
            self.assertFalse(set(answers) & set(errors))
            needed = {
                question["key"]
                for question in questions
                if question["required"]
                and question["key"] in shown
                and question["type"] != "section"
            }
            self.assertLessEqual(needed, set(answers) | set(errors))
            for key in find_circle(questions):
                self.assertIn(key, {question["key"] for question in questions})

    def test_files_are_what_they_hold(self):
        for content in (
            b"<html><script>alert(1)</script>",
            b"GIF89a<script>",
            b"PK\x03\x04 broken",
            b"MZ\x90\x00",
            b"\x00" * 10,
        ):
            self.assertIsNone(find_type(content), content)
