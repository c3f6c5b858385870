from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestLayout(TransactionCase):
    """An add-on in addons/ stands beside the core, whatever the checkout is called."""

    def test_the_add_on_is_installed_beside_the_core(self):
        modules = self.env["ir.module.module"].search(
            [("name", "in", ["prospect", "test_prospect"]), ("state", "=", "installed")]
        )
        self.assertEqual(len(modules), 2)

    def test_its_message_is_translated_by_its_own_file(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        note = self.env["test.prospect.note"].with_context(lang="fr_FR")
        with self.assertRaisesRegex(ValidationError, "Une note doit dire"):
            note.create({"name": " "})
