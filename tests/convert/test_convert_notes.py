from odoo.tests import tagged

from ..common import ProspectCase


@tagged("post_install", "-at_install")
class TestConvertNotes(ProspectCase):
    def test_notes_as_typed(self):
        """Notes are the same as those of the preview, however they were typed."""
        for number, typed in enumerate(
            (
                "<p>Bonjour<br></p>",
                "<p>Prix &lt; 5 € &amp; co&nbsp;!</p>",
                "plain & simple",
                '<p style="color:red" class="a b">x</p><script>1</script>',
                "<div><p>a</div>",
            )
        ):
            lead = self._prospect(
                contact_name=f"Ana {number}",
                email_from=f"notes{number}@example.com",
                description=typed,
            )
            self.env.flush_all()
            operation = self.env["prospect.operation"]._make_conversion(
                lead, {"make": ["contact"], "link": True}
            )
            operation.action_preview()
            self.env.flush_all()
            self.env.invalidate_all()
            self.env.flush_all()
            self.env.invalidate_all()
            operation.action_run()
            line = operation.line_ids
            with self.subTest(typed=typed):
                self.assertEqual(line.outcome, "updated")
                self.assertFalse(line.is_replanned, line.values)
                self.assertEqual(lead.prospect_contact_id.comment, lead.description)
