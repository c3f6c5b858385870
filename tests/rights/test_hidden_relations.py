"""Searches by relations say nothing about records that the person may not see."""

import random

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..common import ProspectCase

# {model: {relation: model}} that domains go along.
GRAPH = {
    "crm.lead": {
        "assignment_ids": "prospect.assignment",
        "list_ids": "prospect.list",
        "membership_ids": "prospect.membership",
        "source_id": "utm.source",
        "status_change_ids": "prospect.status.change",
    },
    "prospect.assignment": {"lead_id": "crm.lead"},
    "prospect.list": {},
    "prospect.membership": {"lead_id": "crm.lead", "list_id": "prospect.list"},
    "prospect.status.change": {"lead_id": "crm.lead"},
    "utm.source": {"prospect_list_ids": "prospect.list"},
}
ROUNDS = 300


@tagged("post_install", "-at_install")
class TestHiddenRelations(ProspectCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.secret, cls.shown = cls.env["prospect.list"].create(
            [
                {"name": "Secret", "visibility": "private", "user_id": cls.manager.id},
                {"name": "Shown"},
            ]
        )
        cls.sources = cls.env["utm.source"].create(
            [{"name": "Secret fair"}, {"name": "Shown fair"}, {"name": "Fair"}]
        )
        cls.sources[0].prospect_list_ids = cls.secret
        cls.sources[1].prospect_list_ids = cls.secret | cls.shown
        cls.leads = cls.env["crm.lead"]
        for number, (lists, source, owner) in enumerate(
            [
                (cls.secret, cls.sources[0], cls.salesman),
                (cls.shown, cls.sources[1], cls.salesman),
                (cls.secret | cls.shown, cls.sources[2], cls.salesman),
                (cls.secret.browse(), cls.sources[0], cls.salesman),
                (cls.secret, cls.sources[1], cls.manager),
            ]
        ):
            cls.leads |= cls._prospect(
                email_from=f"hidden{number}@x.example.com",
                list_ids=[(6, 0, lists.ids)],
                source_id=source.id,
                user_id=owner.id,
                team_id=False,
            )
        cls.env.flush_all()

    def _find(self, domain, model="crm.lead", records=None):
        found = self.env[model].with_user(self.salesman)
        domain = [("id", "in", (records or self.leads).ids), *domain]
        return found.with_context(active_test=False).search(domain)

    def test_shapes(self):
        """Ids of all kinds, and "is there any"."""
        hidden = self.secret.id
        for values in ([hidden], [float(hidden)], hidden, float(hidden), [hidden, 0]):
            self.assertFalse(self._find([("list_ids", "in", values)]), values)
            self.assertFalse(self._find([("list_ids", "=", values)]), values)
            found = self._find([("list_ids", "not in", values)])
            self.assertEqual(found, self.leads[:4], values)
        for domain in (
            [("list_ids", "!=", False)],
            [("list_ids", "not in", [False])],
            [("list_ids", "in", [True])],
            [("list_ids", "ilike", "")],
            [("list_ids", "in", [float(self.shown.id), hidden])],
            [("membership_ids", "!=", False)],
            [("membership_ids", "in", self.leads.membership_ids.ids)],
            [("list_ids.id", "in", [hidden, self.shown.id])],
            [("list_ids", "=", "Shown")],
            [("list_ids", "in", ["Secret", "Shown"])],
        ):
            self.assertEqual(self._find(domain), self.leads[1:3], domain)
        self.assertEqual(
            self._find([("list_ids", "=", False)]), self.leads[0] | self.leads[3]
        )
        for value in (hidden, [float(hidden)]):
            found = self._find([("source_id.prospect_list_ids", "in", value)])
            self.assertFalse(found)
        self.assertEqual(
            self._find(
                [("prospect_list_ids", "!=", False)], "utm.source", self.sources
            ),
            self.sources[1],
        )

    def test_nonsense(self):
        """What cannot be meant is said, and no error of the server."""
        for domain in (
            [("list_ids", ">", 3)],
            [("list_ids", "in", [1.5])],
            [("list_ids", "in", [float("inf")])],
        ):
            with self.assertRaises(UserError):
                self._find(domain)

    def test_archived(self):
        """Archived lists are found by their number, as in Odoo."""
        self.shown.active = False
        found = self._find([("list_ids", "in", self.shown.ids)])
        self.assertEqual(found, self.leads[1:3])

    def test_form_lists(self):
        """Lists of a form are those of its source."""
        if "prospect.form" not in self.env:
            self.skipTest("without forms")
        form = self.env["prospect.form"].create(
            {"name": "Fair", "source_id": self.sources[0].id}
        )
        for value in (self.secret.id, [float(self.secret.id)]):
            domain = [("list_ids", "in", value)]
            self.assertFalse(self._find(domain, "prospect.form", form))
        self.assertFalse(self._find([("list_ids", "!=", False)], "prospect.form", form))
        self.sources[0].prospect_list_ids |= self.shown
        self.env.flush_all()
        self.env.invalidate_all()
        (values,) = form.with_user(self.salesman).read(["list_ids"])
        self.assertEqual(values["list_ids"], self.shown.ids)

    # --- Random domains -------------------------------------------------------------

    def test_oracle(self):
        """Whatever is asked, the answer follows from what the person may read."""
        self.visible = {
            model: set(
                self.env[model]
                .with_user(self.salesman)
                .with_context(active_test=False)
                .search([])
                .ids
            )
            for model in GRAPH
        }
        self.random = random.Random(19)
        for number in range(ROUNDS):
            domain = self._make_domain("crm.lead", 3)
            expected = {
                lead.id
                for lead in self.leads
                if lead.id in self.visible["crm.lead"] and self._holds(lead, domain)
            }
            with self.subTest(number=number, domain=domain):
                self.assertEqual(set(self._find(domain).ids), expected)

    def _make_domain(self, model, depth):
        """One or two conditions, nested."""
        first = self._make_condition(model, depth)
        kind = self.random.randrange(4)
        if kind == 0:
            return ["!", first]
        if kind == 1:
            return ["|", first, self._make_condition(model, depth)]
        return [first]

    def _make_condition(self, model, depth):
        relations = GRAPH[model]
        if not relations or depth <= 0:
            records = self._known(model)
            return ("id", "in", self.random.sample(records, min(2, len(records))))
        fname = self.random.choice(sorted(relations))
        many = self.env[model]._fields[fname].type != "many2one"
        if not many or self.random.random() < 0.4:
            operator = self.random.choice(["any", "not any"])
            return (fname, operator, self._make_domain(relations[fname], depth - 1))
        known = self._known(relations[fname])
        values = self.random.sample(known, min(self.random.randrange(1, 3), len(known)))
        if self.random.random() < 0.3:
            values = [float(value) for value in values]
        if self.random.random() < 0.3:
            values.append(False)
        if self.random.random() < 0.2:
            return (fname, self.random.choice(["=", "!="]), self.random.choice(values))
        return (fname, self.random.choice(["in", "not in"]), values)

    def _known(self, model):
        """Ids of the records of the test, hidden ones among them."""
        records = {
            "crm.lead": self.leads,
            "prospect.assignment": self.leads.assignment_ids,
            "prospect.list": self.secret | self.shown,
            "prospect.membership": self.leads.membership_ids,
            "prospect.status.change": self.leads.status_change_ids,
            "utm.source": self.sources,
        }[model]
        return sorted(records.ids)

    def _holds(self, record, domain):
        """Whether a domain holds for a record, for who sees what is visible."""
        if domain[0] == "!":
            return not self._meets(record, domain[1])
        if domain[0] == "|":
            return any(self._meets(record, condition) for condition in domain[1:])
        return self._meets(record, domain[0])

    def _meets(self, record, condition):
        fname, operator, value = condition
        if fname == "id":
            return record.id in value
        field = record._fields[fname]
        visible = self.visible[field.comodel_name]
        related = record[fname].filtered(lambda other: other.id in visible)
        if operator in ("any", "not any"):
            found = any(self._holds(other, value) for other in related)
            return found == (operator == "any")
        values = value if isinstance(value, list) else [value]
        found = bool(
            set(related.ids) & {int(one) for one in values if one is not False}
        )
        found = found or (False in values and not related)
        return found == (operator in ("in", "="))
