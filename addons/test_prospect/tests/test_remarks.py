from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.prospect.tests.common import ProspectCase
from odoo.addons.prospect.tools import remarks
from odoo.addons.prospect.tools.remarks import field_label, remark


@tagged("post_install", "-at_install")
class TestRemarks(ProspectCase):
    """A stranger's add-on has sentences of its own, which each reader understands."""

    def setUp(self):
        super().setUp()
        self.env["res.lang"]._activate_lang("fr_FR")
        self.registry_enter_test_mode()
        self.env.flush_all()

    def _receive(self):
        """A message that the add-on refuses, in words."""
        inbox = self.env["prospect.capture"].with_context(lang="fr_FR")

        def refuse(message, _payload):
            label = field_label(message.env, "crm.lead", "city")
            raise UserError(
                remark(message.env, "test_prospect.no_seat", field=label, seats=12)
            )

        with patch.object(type(inbox), "_prospect_map", refuse):
            return inbox._receive("api", "remark-1", {"city": "Brest"})

    def test_said(self):
        message = self._receive()
        self.assertEqual(message.state, "quarantined")
        for lang, words in (
            ("fr_FR", "Ville\xa0: des 12 places, aucune ne reste. Choisissez"),
            ("en_US", "City: of 12 seats, none is left. Choose another day."),
        ):
            self.assertIn(words, message.with_context(lang=lang).reason)

    def test_uninstalled(self):
        """Its code and values are left when it has gone: nothing breaks."""
        message = self._receive()
        texts = {
            code: text
            for code, text in remarks._TEXTS.items()
            if not code.startswith("test_prospect.")
        }
        with patch.object(remarks, "_TEXTS", texts):
            self.assertEqual(
                message.with_context(lang="fr_FR").reason,
                "test_prospect.no_seat (field: Ville, seats: 12)",
            )
            found = self.env["prospect.capture"].search(
                [("reason", "ilike", "no_seat"), ("id", "=", message.id)]
            )
            self.assertTrue(found)
