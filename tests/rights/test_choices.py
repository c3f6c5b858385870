"""What the person may not see cannot be chosen: no wizard says about it."""

from functools import partial

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools.choices import OPEN_MODELS, RELATIONS, is_ours
from ...tools.trusted import trusted
from ..common import ProspectCase

# In every name and address that is hidden, and nowhere else.
MARK = "hiddenite"


@tagged("post_install", "-at_install")
class TestChoices(ProspectCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        others = {"user_id": cls.manager.id}
        make = cls.env(user=cls.manager)
        lead = cls._prospect(
            **others,
            team_id=False,
            contact_name=f"Ana {MARK}",
            email_from=f"{MARK}@x.example.com",
            phone="+33 1 70 18 99 99",
            partner_name=f"{MARK} company",
        )
        opportunity = cls.env["crm.lead"].create(
            {**others, "type": "opportunity", "name": MARK, "team_id": False}
        )
        cls.hidden = {
            "crm.lead": lead | opportunity,
            "prospect.list": make["prospect.list"].create(
                {"name": MARK, "visibility": "private"}
            ),
            "prospect.segment": make["prospect.segment"].create({"name": MARK}),
            "prospect.report.template": make["prospect.report.template"].create(
                {"name": MARK, "columns": ["name"], "visibility": "private"}
            ),
            "ir.attachment": make["ir.attachment"].create(
                {"name": MARK, "raw": MARK.encode()}
            ),
            "prospect.operation": cls.env["prospect.operation"].create(
                {"kind": "bulk", "name": MARK, "user_id": cls.manager.id}
            ),
            "res.company": cls.env["res.company"].create({"name": MARK}),
        }
        cls.hidden["crm.team"] = cls.env["crm.team"].create(
            {"name": MARK, "company_id": cls.hidden["res.company"].id}
        )
        cls.hidden["prospect.rotation"] = cls.env["prospect.rotation"].create(
            {"team_id": cls.hidden["crm.team"].id}
        )

    def _wizards(self):
        """(model, field, value) of each choice of something hidden in a dialog."""
        for name, model in sorted(self.env.registry.items()):
            if not model._transient or not (model._original_module or "").startswith(
                "prospect"
            ):
                continue
            for field in model._fields.values():
                if field.type not in RELATIONS or field.comodel_name in OPEN_MODELS:
                    continue
                if not is_ours(field) or field.type == "one2many":
                    continue
                for record in self.hidden.get(field.comodel_name, ()):
                    yield (
                        name,
                        field.name,
                        record.id if field.type == "many2one" else [(6, 0, record.ids)],
                    )

    def _other_values(self, model, fname):
        """What else has to be said."""
        values = {}
        for field in self.env[model]._fields.values():
            if not field.required or field.name == fname or field.compute:
                continue
            if field.type == "char":
                values[field.name] = "x"
        return values

    @mute_logger("odoo.sql_db", "odoo.models.unlink")
    def _describe(self, work):
        """What the salesperson is told, or that they are refused."""
        self.env.flush_all()
        self.env.invalidate_all()
        try:
            with self.env.cr.savepoint():
                return repr(work())
        except (UserError, IntegrityError) as error:
            return f"refused: {type(error).__name__}"

    def _create(self, wizard, vals, spec):
        """Make a dialog, and read all of it at once."""
        made = wizard.create(vals)
        self.env.flush_all()
        return made.web_read(spec), made.read(list(spec))

    def test_wizards(self):
        """By values, by defaults of the context, by a form: all fields at once."""
        seen = set()
        for model, fname, value in self._wizards():
            seen.add(f"{model}.{fname}")
            wizard = self.env[model].with_user(self.salesman)
            others = self._other_values(model, fname)
            spec = {
                name: {"fields": {"display_name": {}}} if field.relational else {}
                for name, field in wizard._fields.items()
                if wizard._has_field_access(field, "read")
            }

            context = {f"default_{fname}": value}
            with self.subTest(model=model, field=fname):
                chosen = {**others, fname: value}
                told = self._describe(partial(self._create, wizard, chosen, spec))
                field = wizard._fields[fname]
                if not (field.precompute and field.readonly):
                    self.assertIn("refused", told)
                self.assertNotIn(MARK, told)
                told = self._describe(partial(wizard.onchange, chosen, [fname], spec))
                self.assertNotIn(MARK, told)
                wizard = wizard.with_context(**context)
                told = self._describe(partial(self._create, wizard, others, spec))
                self.assertNotIn(MARK, told)
                told = self._describe(partial(wizard.onchange, {}, [], spec))
                self.assertNotIn(MARK, told)
        self.assertLessEqual(
            {
                "prospect.convert.opportunity_id",
                "prospect.import.attachment_id",
                "prospect.merge.survivor_id",
                "prospect.report.ask.template_id",
                "prospect.segment.sync.start.list_id",
                "prospect.segment.sync.start.segment_id",
            },
            seen,
        )

    def test_consent(self):
        """Address and phone of a hidden prospect, which a wizard has told."""
        if "prospect.consent.record" not in self.env:
            self.skipTest("without the register of consents")
        records = self.env["prospect.consent.record"].with_user(self.salesman)
        hidden, own = self.hidden["crm.lead"][0], self._prospect()
        self.env.invalidate_all()
        for channel in ("email", "sms"):
            with self.assertRaises(AccessError):
                records.create({"lead_id": hidden.id, "channel": channel})
        record = records.create({"lead_id": own.id, "channel": "email"})
        self.assertEqual(record.address, own.email_normalized)
        with self.assertRaises(AccessError):
            record.write({"lead_id": hidden.id})
        with self.assertRaises(AccessError):
            record.onchange({"lead_id": float(hidden.id)}, ["lead_id"], {"address": {}})

    def test_lines(self):
        """Also what the lines of a form name."""
        wizard = self.env["prospect.segment.sync"].with_user(self.salesman)
        hidden = self.hidden["prospect.list"]
        with self.assertRaises(AccessError):
            self.env["prospect.segment"].with_user(self.salesman).onchange(
                {"sync_ids": [(0, "virtual_1", {"list_id": hidden.id})]},
                ["sync_ids"],
                {"sync_ids": {"fields": {"list_id": {}}}},
            )
        with self.assertRaises(AccessError):
            wizard.create({"list_id": hidden.id, "segment_id": 0})

    def test_own_defaults(self):
        """A default that one may not see is none: own ones, and those of colleagues."""
        hidden = self.hidden["prospect.list"]
        shown = self.env["prospect.list"].create({"name": "Shown"})
        self.env["ir.default"].with_user(self.salesman).set(
            "prospect.import", "list_ids", [hidden.id, shown.id], user_id=True
        )
        self.env.flush_all()
        imports = self.env["prospect.import"].with_user(self.salesman)
        defaults = imports.default_get(["list_ids"])
        self.assertEqual(defaults["list_ids"], [(6, 0, shown.ids)])
        self.assertEqual(imports.create({}).list_ids, shown)

    def test_named_already(self):
        """What is there may be said again; code may name anything."""
        own = self._prospect()
        opportunity = self.hidden["crm.lead"][1]
        own.prospect_opportunity_id = opportunity
        source = self.env["utm.source"].create({"name": "Fair"})
        source.prospect_list_ids = self.hidden["prospect.list"]
        people = self.env["prospect.import"].with_user(self.salesman).create({})
        hidden = self.hidden["prospect.rotation"]
        with self.assertRaises(AccessError):
            people.rotation_id = hidden
        people.sudo().rotation_id = hidden
        people.write({"rotation_id": hidden.id})
        people.rotation_id = False
        self.env.flush_all()
        people.with_context(**trusted(prospect_chosen=True)).rotation_id = hidden
        people.rotation_id = False
        with self.assertRaises(AccessError):
            people.with_context(prospect_chosen=True).rotation_id = hidden

    def test_one_query(self):
        """As many queries for many rows as for one."""
        lists = self.env["prospect.list"].create(
            [{"name": f"List {number}"} for number in range(20)]
        )
        people = self.env["prospect.import"].with_user(self.salesman)
        people._prospect_check_chosen([{"list_ids": [(4, lists[0].id)]}])
        counts = []
        for part in (lists[:1], lists):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            people._prospect_check_chosen(
                [{"list_ids": [(4, number)]} for number in part.ids]
            )
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        before = self.cr.sql_log_count
        people.sudo()._prospect_check_chosen([{"list_ids": [(6, 0, lists.ids)]}])
        self.assertEqual(self.cr.sql_log_count, before)
