"""Every term of ours has its French."""

import unittest

import polib

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests.common import get_db_name

from house import terms
from house.places import addon_sources


class TestTranslations(unittest.TestCase):
    def test_french_typography(self):
        """Spaces that do not break, apostrophes: what bin/i18n mends, and what not."""
        for text, mended in {
            "Que faire ? « Rien » : voir": "Que faire\xa0? «\xa0Rien\xa0»\xa0: voir",
            "l'adresse...": "l\N{RIGHT SINGLE QUOTATION MARK}adresse…",
            "%(share)s % de %(count)s, %s %%": "%(share)s\xa0% de %(count)s, %s\xa0%%",
            '<p style="a: 1" t-if="b == \'c\'">': '<p style="a: 1" t-if="b == \'c\'">',
            '<b invisible="n != 1">un :</b>': '<b invisible="n != 1">un\xa0:</b>',
            "https://example.com?a=1;b=2": "https://example.com?a=1;b=2",
        }.items():
            self.assertEqual(terms.mend_french(text), mended)
            self.assertEqual(terms.mend_french(mended), mended, "it stays")

    def test_code_is_kept(self):
        """A translation changes texts, also those of attributes, and no expression."""
        term = polib.POEntry(msgid='<b invisible="n != 1" title="New">one</b>')
        for text, differs in {
            '<b invisible="n != 1" title="Nouveau">un</b>': False,
            '<b invisible="n\xa0!= 1" title="Nouveau">un</b>': True,
            '<b title="Nouveau">un</b>': True,
            "": False,
        }.items():
            term.msgstr = text
            self.assertEqual(terms.code_differs(term), differs, text)

    def test_every_term_is_translated(self):
        with Registry(get_db_name()).cursor() as cr:
            exported = terms.export(
                api.Environment(cr, SUPERUSER_ID, {}), list(addon_sources())
            )
        for addon, found in exported.items():
            folder = addon_sources()[addon] / "i18n"
            with self.subTest(addon=addon, file="pot"):
                written = {entry.msgid for entry in terms.read(folder / f"{addon}.pot")}
                self.assertEqual(
                    {entry.msgid for entry in found}, written, "run bin/i18n"
                )
            for language in terms.LANGUAGES:
                with self.subTest(addon=addon, language=language):
                    wrong = list(
                        terms.complaints(found, terms.read(folder / f"{language}.po"))
                    )
                    self.assertFalse(
                        wrong, "\n".join(["run bin/i18n, then translate:", *wrong])
                    )
