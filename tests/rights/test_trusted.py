"""Context keys that a client sends do nothing: only Python code is believed."""

from odoo.tests import HttpCase, tagged

from ...tools.trusted import trusted
from ..common import ProspectCase

# Everything that our code reads from the context, as a client would send it.
SENT = {
    "prospect_batch": True,
    "prospect_cause": "won",
    "prospect_computed": True,
    "prospect_keep_contact": True,
    "prospect_mail": True,
    "prospect_no_automation": True,
    "prospect_reading": True,
    "prospect_write_path": "standard",
}
HOOKS = (
    "_prospect_on_created",
    "_prospect_on_list_joined",
    "_prospect_on_status_changed",
    "_prospect_on_updated",
)


@tagged("post_install", "-at_install", "web", "security")
class TestTrusted(ProspectCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contexts = (
            SENT,
            # the words that our own objects are written with
            {key: f"trusted({value!r})" for key, value in SENT.items()},
            {key: {"value": value} for key, value in SENT.items()},
            {key: [value] for key, value in SENT.items()},
        )

    def setUp(self):
        super().setUp()
        self.called = []
        for name in HOOKS:
            self.patch(
                self.registry["crm.lead"],
                name,
                lambda leads, *args, hook=name: self.called.append(hook),
            )

    def _by_json(self, model, method, *args, context=None):
        """Call a public method as the web client does, as the salesman."""
        self.authenticate(self.salesman.login, self.salesman.login)
        result = self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {
                "model": model,
                "method": method,
                "args": list(args),
                "kwargs": {"context": context or {}},
            },
        )
        self.env.invalidate_all()
        return result

    def _by_xml(self, model, method, *args, context=None):
        """The same as an other program does."""
        login = self.salesman.login
        result = self.xmlrpc_object.execute_kw(
            self.env.cr.dbname,
            self.salesman.id,
            login,
            model,
            method,
            list(args),
            {"context": context or {}},
        )
        self.env.invalidate_all()
        return result

    def test_hooks_and_histories(self):
        """They are called, and the cause is that a person did it."""
        guests = self.env["prospect.list"].create({"name": "Guests"})
        for number, (context, call) in enumerate(
            (context, call)
            for context in self.contexts
            for call in (self._by_json, self._by_xml)
        ):
            with self.subTest(context=context, call=call.__name__):
                self.called.clear()
                values = {
                    "type": "lead",
                    "email_from": f"sent{number}@x.example.com",
                    "list_ids": [(4, guests.id)],
                }
                (lead_id,) = call("crm.lead", "create", [values], context=context)
                self.assertEqual(set(self.called), {HOOKS[0], HOOKS[1]})
                lead = self.env["crm.lead"].browse(lead_id)
                self.assertEqual(lead.email_normalized, values["email_from"])
                self.called.clear()
                call(
                    "crm.lead",
                    "write",
                    [lead_id],
                    {"status_id": self.in_progress.id},
                    context=context,
                )
                self.assertEqual(set(self.called), {HOOKS[2], HOOKS[3]})
                self.assertEqual(
                    self._status_log(lead),
                    [(False, "New", "manual"), ("New", "In progress", "manual")],
                )
                self.assertEqual(lead.membership_ids.cause, "manual")

    def test_contact(self):
        """Odoo's e-mail of the contact follows the lead's, as in Odoo."""
        for context in self.contexts:
            with self.subTest(context=context):
                partner = self.env["res.partner"].create({"name": "Ana"})
                partner.email = "old@x.example.com"
                lead = self._prospect(
                    partner_id=partner.id, email_from="old@x.example.com"
                )
                self._by_json(
                    "crm.lead",
                    "write",
                    [lead.id],
                    {"email_from": "new@x.example.com"},
                    context=context,
                )
                self.assertEqual(partner.email, "new@x.example.com")

    def test_import(self):
        """The write path and the automation are not the client's to choose."""
        for number, context in enumerate(self.contexts):
            with self.subTest(context=context):
                self.called.clear()
                rows = "".join(
                    f"write_path{number}.{n}@x.example.com\n" for n in range(4)
                )
                operation = self._import_wizard(
                    f"Email\n{rows}", reactions=True
                )._make_operation()
                self._by_json(
                    "prospect.operation", "action_run", [operation.id], context=context
                )
                self.assertEqual(operation.created_count, 4)
                self.assertNotIn("asked for", operation.write_path)
                self.assertIn(HOOKS[0], self.called)
                causes = operation.line_ids.lead_id.status_change_ids
                self.assertEqual(set(causes.mapped("cause")), {"import"})

    def test_junk_status(self):
        """The dialog's choice of a junk status is the dialog's."""
        other = self.env["prospect.status"].create({"name": "Spam", "kind": "junk"})
        lead = self._prospect()
        self._by_json(
            "crm.lead",
            "action_set_lost",
            [lead.id],
            context={"prospect_junk_status_id": other.id},
        )
        self.assertEqual(lead.status_id, self.junk)
        lead = self._prospect()
        wizard = (
            self.env["crm.lead.lost"]
            .with_context(prospect_junk=True)
            .create({"lead_ids": lead.ids, "junk_status_id": other.id})
        )
        wizard.action_lost_reason_apply()
        self.assertEqual(lead.status_id, other)

    def test_python_is_believed(self):
        """What a bridge says is what counts, and survives the whole write."""
        context = trusted(prospect_cause="form", prospect_batch=True)
        leads = self.env["crm.lead"].with_context(**context)
        lead = leads.create({"type": "lead", "email_from": "form@x.example.com"})
        self.assertFalse(self.called)
        self.assertEqual(self._status_log(lead), [(False, "New", "form")])
        self.assertIs(lead.env, leads.with_context(**trusted(prospect_batch=True)).env)
