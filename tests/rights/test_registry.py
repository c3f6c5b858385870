"""Every model of ours is searched in every way that a page offers."""

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import ProspectCase


@tagged("post_install", "-at_install")
class TestRegistry(ProspectCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["prospect.rotation"].create({"team_id": cls.team.id})
        cls._prospect()

    def _models(self):
        for name, model in sorted(self.env.registry.items()):
            module = model._original_module or ""
            if not model._abstract and module.startswith("prospect"):
                yield self.env[name]

    def _walk(self, user, work):
        """What fails with anything else than a refusal: {model: error}."""
        failed = {}
        for model in self._models():
            model = model.with_user(user)
            try:
                with self.env.cr.savepoint():
                    work(model)
            except AccessError:
                continue
            except Exception as error:  # noqa: BLE001 - told by the test
                failed[model._name] = repr(error)[:200]
        return failed

    def test_search(self):
        """By name, and everything that is shown in a list."""

        def search(model):
            # a page shows some
            model.name_search("a", limit=5)
            model.name_search("", limit=5)
            model.search([("display_name", "not ilike", "zzz")], limit=5)
            model.search([("display_name", "=", "zzz")], limit=5)
            model.web_search_read([], {"id": {}, "display_name": {}}, limit=5)

        for user in (self.salesman, self.manager):
            self.assertFalse(self._walk(user, search))

    def test_groups(self):
        """By each field that a page offers to group by."""
        failed = {}
        for model in self._models():
            fields = model.with_user(self.manager).fields_get(
                attributes=["groupable", "type"]
            )
            for name, facts in fields.items():
                if not facts.get("groupable"):
                    continue
                step = f"{name}:month" if facts["type"][:4] == "date" else name
                work = self._walk_one(model, step)
                if work:
                    failed[f"{model._name}.{name}"] = work
        self.assertFalse(failed)

    def _walk_one(self, model, step):
        try:
            with self.env.cr.savepoint():
                model.with_user(self.manager).web_read_group(
                    [], groupby=[step], aggregates=["__count"], limit=3
                )
        except AccessError:
            return ""
        except Exception as error:  # noqa: BLE001 - told by the test
            return repr(error)[:200]
        return ""

    def test_rotation(self):
        """By the words of its name, which is not stored."""
        source = self.env["utm.source"].create(
            {"name": "Fair of Lyon", "prospect_channel": "manual"}
        )
        team = self.env["crm.team"].create({"name": "South team"})
        rotation = self.env["prospect.rotation"].create(
            {"team_id": team.id, "source_ids": source.ids}
        )
        rotations = self.env["prospect.rotation"].with_user(self.salesman)
        for text in ("South", "Lyon"):
            found = rotations.name_search(text)
            self.assertIn(rotation.id, [number for number, _name in found])
        self.assertNotIn(
            rotation, rotations.search([("name", "not ilike", "South team")])
        )
