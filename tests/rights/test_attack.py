"""A salesperson with a script: whatever they call, with whatever they give, says and
changes nothing about records that they may not see.
"""

import ast
import inspect
from collections.abc import Iterator
from functools import partial
from itertools import product

import psycopg2

from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from ..common import ProspectCase

# In every name and text that is hidden, and nowhere else.
MARK = "obsidianite"
# What is refused with a message.
REFUSED = (UserError, psycopg2.IntegrityError)
# Fields that are computed by asking elsewhere, or too large to be of use here.
UNREAD = ("image", "avatar")


@tagged("post_install", "-at_install", "security", "multi_company")
class TestAttack(ProspectCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Company nearby"})
        cls.manager.write({"company_ids": [(4, cls.other.id)]})
        make = cls.env(user=cls.manager)
        make = make(context={**make.context, "allowed_company_ids": [cls.other.id]})
        cls.hidden_list = make["prospect.list"].create(
            {
                "name": MARK,
                "description": MARK,
                "visibility": "private",
                "company_id": False,
            }
        )
        texts = {
            "contact_name": f"Ana {MARK}",
            "email_from": f"{MARK}@x.example.com",
            "partner_name": MARK,
            "street": MARK,
            "city": MARK,
            "function": MARK,
            "description": f"<p>{MARK}</p>",
            "referred": MARK,
            "website": f"https://{MARK}.example.com",
        }
        cls.hidden = make["crm.lead"].create(
            [
                {
                    **texts,
                    "type": kind,
                    # which Odoo shows of what a visible record refers to
                    "name": MARK if kind == "lead" else "Plain",
                    "company_id": cls.other.id,
                    "user_id": cls.manager.id,
                    "team_id": False,
                    "list_ids": [(4, cls.hidden_list.id)] if kind == "lead" else [],
                }
                for kind in ("lead", "lead", "opportunity")
            ]
        )
        lead = cls.hidden[0]
        lead.message_post(body=MARK)
        lead.activity_schedule("mail.mail_activity_data_call", summary=MARK)
        cls.attachment = make["ir.attachment"].create(
            {"name": MARK, "raw": b"a", "res_model": "crm.lead", "res_id": lead.id}
        )
        cls.segment = make["prospect.segment"].create({"name": MARK})
        cls.template = make["prospect.report.template"].create(
            {"name": MARK, "columns": ["name"], "visibility": "private"}
        )
        cls.operation = (
            make["prospect.bulk"]
            .create(
                {"selection": {"ids": cls.hidden[:2].ids}, "function": f"{MARK} buyer"}
            )
            ._make_operation()
        )
        cls.operation.sudo().name = MARK
        cls.operation.action_preview()
        cls.operation.action_run()
        cls.operation.line_ids.flush_recordset()
        # what the salesman sees, and what of it leads to something hidden
        cls.mine = cls._prospect(
            contact_name="Plain",
            email_from="plain@x.example.com",
            user_id=cls.salesman.id,
            list_ids=[(4, cls.hidden_list.id)],
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE crm_lead SET prospect_opportunity_id = %s WHERE id = %s",
            [cls.hidden[2].id, cls.mine.id],
        )
        cls.env.invalidate_all()
        cls.env.cr.precommit.run()
        cls.env.flush_all()
        cls.by_model = {
            "crm.lead": cls.hidden,
            "prospect.list": cls.hidden_list,
            "prospect.segment": cls.segment,
            "prospect.report.template": cls.template,
            "prospect.operation": cls.operation.sudo(),
            "prospect.operation.line": cls.operation.sudo().line_ids,
            "prospect.membership": cls.hidden.membership_ids,
            "prospect.status.change": cls.hidden.status_change_ids,
            "prospect.assignment": cls.hidden.assignment_ids,
            "ir.attachment": cls.attachment,
        }
        # as somebody else asks: not in the company in which they were made
        cls.hidden = cls.env["crm.lead"].browse(cls.hidden.ids)
        cls.by_model = {
            model: cls.env[model].browse(records.ids)
            for model, records in cls.by_model.items()
        }

    # --- What is asked ------------------------------------------------------------

    def _models(self):
        """Models that the salesman may read and that have to do with prospects."""
        for name, model in sorted(self.env.registry.items()):
            if model._abstract or model._transient or not model._auto:
                continue
            ours = name == "crm.lead" or (model._original_module or "").startswith(
                "prospect"
            )
            if not ours and name not in (
                *("mail.message", "mail.activity", "ir.attachment", "mail.followers"),
                *("utm.source", "crm.tag", "mail.tracking.value", "calendar.event"),
            ):
                continue
            records = self.env[name].with_user(self.salesman)
            if records.has_access("read"):
                yield records.with_context(active_test=False)

    def _ask(self, work):
        """What is answered, or that it is refused."""
        self.env.flush_all()
        self.env.invalidate_all()
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint() as savepoint:
                answer = work()
                if isinstance(answer, Iterator):
                    answer = list(answer)
                if isinstance(answer, BaseModel):
                    answer = answer.ids
                said = repr(answer)
                self.env.flush_all()
                self.changed = self._state() != self.before
                savepoint.rollback()
                return said
        except REFUSED as error:
            # a message may name only what was given
            return f"refused: {error}"
        except Exception as error:  # noqa: BLE001 - a call that means nothing
            return f"misused: {type(error).__name__}"
        finally:
            self.env.invalidate_all(flush=False)

    def _state(self):
        """The rows of all that is hidden."""
        rows = []
        for model, records in self.by_model.items():
            self.env.cr.execute(
                SQL(
                    "SELECT to_jsonb(t) FROM %s AS t WHERE id = ANY(%s) ORDER BY id",
                    SQL.identifier(self.env[model]._table),
                    records.ids,
                )
            )
            rows += self.env.cr.fetchall()
        self.env.cr.execute(
            "SELECT lead_id, list_id FROM prospect_list_crm_lead_rel"
            " WHERE lead_id = ANY(%s) OR list_id = %s ORDER BY 1, 2",
            [self.hidden.ids, self.hidden_list.id],
        )
        return rows + self.env.cr.fetchall()

    def setUp(self):
        super().setUp()
        self.before, self.changed = self._state(), False

    def assertNothing(self, work, what):
        """Nothing hidden is said, and nothing of it is changed."""
        self.changed = False
        said = self._ask(work)
        self.assertNotIn(MARK, said, what)
        self.assertFalse(self.changed, what)
        return said

    def _readable(self, records):
        return [
            name
            for name, field in records._fields.items()
            if not name.startswith(UNREAD)
            and records._has_field_access(field, "read")
            and field.type != "binary"
        ]

    # --- Reading ------------------------------------------------------------------

    def test_read(self):
        """All that may be read, at once, as lists, forms and exports do."""
        for records in self._models():
            names = self._readable(records)
            spec = {
                name: {"fields": {"display_name": {}}, "limit": 5}
                if records._fields[name].relational
                else {}
                for name in names
            }
            for work in (
                lambda records=records, names=names: records.search_read([], names),
                lambda records=records, spec=spec: records.web_search_read(
                    [], spec, limit=100
                ),
                lambda records=records: records.name_search("", limit=None),
                lambda records=records: records.name_search(MARK, limit=None),
                lambda records=records: records.web_name_search(
                    MARK, {"display_name": {}}
                ),
            ):
                with self.subTest(model=records._name):
                    self.assertNothing(work, records._name)

    def test_read_by_number(self):
        for model, hidden in self.by_model.items():
            records = hidden.with_user(self.salesman)
            names = self._readable(records)
            for work in (
                lambda records=records, names=names: records.read(names),
                lambda records=records: records.read(["display_name"]),
                lambda records=records, names=names: records.web_read(
                    {name: {} for name in names}
                ),
                lambda records=records: records.export_data(["id", "display_name"]),
                lambda records=records: records.copy(),
                lambda records=records: records.copy_data(),
                lambda records=records: records.get_metadata(),
                lambda records=records: records.write({"active": False}),
                lambda records=records: records.unlink(),
                lambda records=records: records.action_archive(),
            ):
                with self.subTest(model=model):
                    self.assertNothing(work, model)

    def test_export(self):
        """Along relations, two steps far, of what may be seen."""
        leads = self.mine.with_user(self.salesman)
        paths = []
        for name in self._readable(leads):
            field = leads._fields[name]
            if not field.relational:
                continue
            comodel = self.env[field.comodel_name]
            paths += [
                f"{name}/{other}"
                for other in comodel._fields
                if other in ("display_name", "name", "email", "email_from", "body")
            ]
        self.assertIn("prospect_opportunity_id/name", paths)
        for path in paths:
            with self.subTest(path=path):
                self.assertNothing(partial(leads.export_data, ["id", path]), path)

    # --- Asking what is true ------------------------------------------------------

    def _conditions(self, records, depth=2):
        """Conditions that are true only because of something hidden."""
        for name, field in records._fields.items():
            if not field.relational or not field._description_searchable:
                continue
            if not records._has_field_access(field, "read"):
                continue
            comodel = self.env[field.comodel_name]
            if field.comodel_name not in self.by_model:
                continue
            for other, target in comodel._fields.items():
                if target.type not in ("char", "text", "html") or not target.store:
                    continue
                yield Domain(f"{name}.{other}", "ilike", MARK)
                yield Domain(name, "any", [(other, "ilike", MARK)])
                yield Domain(name, "any", [(other, "=like", f"%{MARK}%")])
                if depth > 1 and field.type != "many2one":
                    yield Domain(name, "any", [(other, "not ilike", "zzz")]) & Domain(
                        name, "any", [(other, "ilike", MARK)]
                    )
            yield Domain(name, "ilike", MARK)
            yield Domain(name, "=", MARK)
            yield Domain(name, "in", [MARK])
            yield Domain(f"{name}.display_name", "ilike", MARK)

    def _replace(self, condition, word, other):
        """The same condition with another word."""
        text = repr(list(condition))
        self.assertIn(word, text)
        return Domain(ast.literal_eval(text.replace(word, other)))

    def test_conditions(self):
        """Searched, counted, grouped: as if what is hidden were not there."""
        count = 0
        for records in self._models():
            # what the record itself says may be searched
            shown = records.search([])
            own = set(shown.ids)
            for condition in self._conditions(records):
                count += 1
                with self.subTest(model=records._name, condition=condition):
                    try:
                        found = set(records.search(condition).ids)
                    except UserError:
                        continue
                    self.assertLessEqual(found, own)
                    # Odoo finds any word in records that have no name
                    senseless = self._replace(condition, MARK, "zzzqqq")
                    expected = set(records.search(senseless).ids)
                    self.assertEqual(found, expected, f"{records._name} {condition}")
                    negative = set(records.search(~condition).ids)
                    self.assertEqual(
                        negative, own - found, f"{records._name} {condition}"
                    )
        self.assertGreater(count, 100)

    def test_numbers(self):
        """By the ids of what is hidden, in every relation to several records."""
        for records in self._models():
            own = set(records.search([]).ids)
            for name, field in records._fields.items():
                hidden = self.by_model.get(field.comodel_name or "")
                if not hidden or field.type == "many2one":
                    continue
                if not records._has_field_access(field, "read"):
                    continue
                for operator, value in product(
                    ("in", "=", "child_of", "parent_of", "any"),
                    (hidden.ids, hidden[:1].id, [float(hidden[:1].id)]),
                ):
                    if operator == "any":
                        value = [("id", "in", hidden.ids)]
                    with self.subTest(model=records._name, field=name, by=operator):
                        try:
                            found = set(records.search([(name, operator, value)]).ids)
                        except (UserError, ValueError):
                            continue
                        self.assertFalse(found & own, f"{name} {operator} {value}")

    def test_groups(self):
        """Grouped by each field and along relations, with conditions on the groups."""
        for records in self._models():
            groupable = [
                name
                for name in self._readable(records)
                if records._fields[name].store or records._fields[name].search
            ]
            paths = list(groupable)
            for name in groupable:
                field = records._fields[name]
                if field.type == "many2one" and field.comodel_name in self.by_model:
                    paths += [
                        f"{name}.{other}"
                        for other, target in self.env[
                            field.comodel_name
                        ]._fields.items()
                        if target.store and target.type in ("char", "many2one")
                    ]
            for path in paths:
                with self.subTest(model=records._name, path=path):
                    for work in (
                        lambda records=records, path=path: records.formatted_read_group(
                            [],
                            [path],
                            ["__count", "id:array_agg", "id:recordset"],
                            having=[("__count", ">", 0)],
                        ),
                        lambda records=records, path=path: records.web_read_group(
                            [], [path], ["__count"], auto_unfold=True
                        ),
                    ):
                        said = self.assertNothing(work, f"{records._name} {path}")
                        ids = {str(number) for number in self.hidden.ids}
                        if path == "id" and records._name == "crm.lead":
                            self.assertFalse(ids & set(said.split(", ")))

    def test_panels_and_bars(self):
        leads = self.env["crm.lead"].with_user(self.salesman)
        for name in self._readable(leads):
            field = leads._fields[name]
            if field.type in ("many2one", "many2many", "selection"):
                for method in (
                    "search_panel_select_range",
                    "search_panel_select_multi_range",
                ):
                    for options in (
                        {"enable_counters": True, "expand": True},
                        {"comodel_domain": [("name", "ilike", MARK)], "expand": True},
                        {"group_by": "company_id", "expand": True},
                    ):
                        if field.comodel_name in ("res.company", "res.partner"):
                            continue
                        with self.subTest(field=name, method=method):
                            self.assertNothing(
                                partial(getattr(leads, method), name, **options), name
                            )

    # --- Giving values ------------------------------------------------------------

    def test_forged_values(self):
        """Relations of prospects to what is hidden: made, changed, looked at."""
        leads = self.mine.with_user(self.salesman)
        for name, field in leads._fields.items():
            hidden = self.by_model.get(field.comodel_name or "")
            if not hidden or (field.readonly and not field.inverse):
                continue
            number = hidden[:1].id
            values = (
                [number]
                if field.type == "many2one"
                else [[(4, number)], [(6, 0, [number])], [(1, number, {"name": "x"})]]
            )
            for value in values:
                spec = {
                    name: {"fields": {"display_name": {}, "name": {}}},
                    "display_name": {},
                }
                for work in (
                    lambda name=name, value=value, spec=spec: leads.onchange(
                        {name: value}, [name], spec
                    ),
                    lambda name=name, value=value, spec=spec: leads.web_save(
                        {name: value}, spec
                    ),
                    lambda name=name, value=value, spec=spec: leads.browse().web_save(
                        {"type": "lead", "contact_name": "x", name: value}, spec
                    ),
                    lambda name=name, value=value: leads.with_context(
                        **{f"default_{name}": value}
                    ).default_get(list(leads._fields)),
                ):
                    with self.subTest(field=name, value=value):
                        self.assertNothing(work, name)

    def test_load(self):
        """Odoo's import, with the ids of what is hidden."""
        leads = self.env["crm.lead"].with_user(self.salesman)
        number = str(self.hidden[0].id)
        for header, row in (
            ([".id", "city"], [number, "Rome"]),
            (["contact_name", "list_ids/.id"], ["x", str(self.hidden_list.id)]),
            (["contact_name", "list_ids"], ["x", MARK]),
            (["contact_name", "list_ids/id"], ["x", f"__export__.{MARK}"]),
            (["contact_name", "prospect_opportunity_id/.id"], ["x", number]),
        ):
            with self.subTest(header=header):
                self.changed = False
                said = self._ask(partial(leads.load, header, [row]))
                self.assertFalse(self.changed)
                if not any(MARK in cell for cell in row):
                    self.assertNotIn(MARK, said)

    def test_threads(self):
        """Messages, activities, followers and files of what is hidden."""
        lead = self.hidden[0].with_user(self.salesman)
        env = lead.env
        for model, domain in (
            ("mail.message", [("model", "=", "crm.lead"), ("res_id", "=", lead.id)]),
            ("mail.activity", [("res_model", "=", "crm.lead")]),
            ("mail.activity", [("summary", "ilike", MARK)]),
            ("mail.message", [("body", "ilike", MARK)]),
            ("ir.attachment", [("res_model", "=", "crm.lead"), ("name", "=", MARK)]),
        ):
            found = env[model].search(domain)
            self.assertNotIn(MARK, repr(found.mapped("display_name")), model)
        for work in (
            partial(lead.message_post, body="x"),
            partial(lead.message_subscribe, self.salesman.partner_id.ids),
            partial(lead.activity_schedule, "mail.mail_activity_data_call"),
            partial(
                env["mail.message"].create,
                {"model": "crm.lead", "res_id": lead.id, "body": "x"},
            ),
            partial(
                env["mail.activity"].create,
                {
                    "res_model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "res_id": lead.id,
                },
            ),
            partial(
                env["ir.attachment"].create,
                {"name": "x", "raw": b"x", "res_model": "crm.lead", "res_id": lead.id},
            ),
        ):
            said = self.assertNothing(work, work)
            self.assertTrue(
                said.startswith(("refused", "misused", "False")), (work, said[:300])
            )

    # --- Calling what is public ---------------------------------------------------

    def _methods(self, model):
        """Names of the public methods that our add-ons bring to a model."""
        cls = type(self.env[model])
        for name, function in inspect.getmembers(cls, inspect.isroutine):
            if name.startswith("_") or hasattr(BaseModel, name):
                continue
            try:
                get_public_method(self.env[model], name)
            except (UserError, AttributeError):
                continue
            homes = {
                base.__module__.split(".")[2]
                for base in cls.__mro__
                if name in vars(base) and base.__module__.startswith("odoo.addons.")
            }
            if any(home.startswith("prospect") for home in homes):
                yield name, function

    def _arguments(self):
        number = self.hidden[0].id
        yield ()
        for one in (
            *(number, [number], self.hidden.ids, {"id": number}, {"ids": [number]}),
            *(self.hidden_list.id, [self.hidden_list.id], self.segment.ids),
            *("x", {}, True, False, [("id", "in", self.hidden.ids)]),
            {"email_from": f"{MARK}@x.example.com"},
        ):
            yield (one,)
        yield "x", [number]
        yield [number], ["display_name", "name"]
        yield "lead", {"lead_ids": self.hidden.ids}

    def test_methods(self):
        """Each public method of ours: on what is hidden, and with its numbers."""
        calls = 0
        for records in self._models():
            model = records._name
            for name, function in self._methods(model):
                hidden = self.by_model.get(model, records.browse())
                parameters = len(inspect.signature(function).parameters) - 1
                for target in (hidden[:1], records.browse()):
                    for arguments in self._arguments():
                        if len(arguments) > parameters:
                            continue
                        calls += 1
                        # what is asked for may be said again
                        given = MARK in repr(arguments)
                        work = partial(
                            getattr(target.with_user(self.salesman), name), *arguments
                        )
                        self.changed = False
                        said = self._ask(work)
                        what = f"{model}.{name}{arguments} on {target}"
                        with self.subTest(what=what):
                            self.assertFalse(self.changed, what)
                            if not given:
                                self.assertNotIn(MARK, said, what)
        self.assertGreater(calls, 200)
