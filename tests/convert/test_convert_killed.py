"""A conversion, and its undo, are killed at several points: whole or not at all."""

import random
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.prospect.models.operations import operation as prospect_operation

from ..common import ConcurrentCase

DOMAIN = "killed.convert.example.com"
FIRM = "Killed Firm of Prospect"
COUNT = 24
LOGGER = "odoo.addons.prospect.models.operations.operation"


@tagged("-at_install", "post_install", "concurrency")
class TestConvertKilled(ConcurrentCase):
    """Two people of each of twelve companies, in batches of six."""

    def setUp(self):
        super().setUp()
        self.startPatcher(patch.object(prospect_operation, "BATCH", 6))
        with self.registry.cursor() as cr:
            env = self._env(cr)
            leads = env["crm.lead"].create(
                [
                    {
                        "type": "lead",
                        "contact_name": f"Killed {number}",
                        "email_from": f"p{number}@{DOMAIN}",
                        "partner_name": f"{FIRM} {number // 2}",
                    }
                    for number in range(COUNT)
                ]
            )
            self.lead_ids = leads.ids
            for lead in leads:
                lead.activity_schedule("mail.mail_activity_data_call")
            operation = env["prospect.operation"]._make_conversion(
                leads,
                {
                    "make": ["contact", "company", "opportunity"],
                    "link": True,
                    "activities": "close",
                },
            )
            operation.action_preview()
            self.assertEqual(operation.updated_count, COUNT, operation.error)
            operation._start("run")
            operation._set(state="queued")
            self.operation_id = operation.id

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {"active_test": False})

    def _find_made(self, env):
        leads = env["crm.lead"].search([("email_from", "like", DOMAIN)])
        partners = env["res.partner"].search(
            ["|", ("name", "=like", f"{FIRM}%"), ("email", "like", DOMAIN)]
        )
        return (
            env["prospect.operation"].browse(self.operation_id).exists(),
            leads,
            partners.filtered("parent_id"),
            partners.exists().filtered(lambda partner: not partner.parent_id),
            self._find_triggers(env, "prospect.ir_cron_operation"),
        )

    def _drain(self, cr):
        """What the job does: batch by batch, each committed."""
        operation = self._env(cr)["prospect.operation"].browse(self.operation_id)
        for _batch in operation._work_in_background():
            cr.commit()  # pylint: disable=invalid-commit
        cr.commit()  # pylint: disable=invalid-commit

    def _check_nothing_by_halves(self):
        """Each prospect is converted with all that belongs to it, or as it was."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            operation = env["prospect.operation"].browse(self.operation_id)
            lines = operation.line_ids
            self.assertEqual(len(lines), COUNT)
            undone = lines.filtered(lambda line: line.undo_outcome == "reversed")
            done = lines.filtered("is_done") - undone
            leads = env["crm.lead"].browse(self.lead_ids)
            self.assertEqual(len(leads.exists()), COUNT)
            converted = leads.filtered(lambda lead: lead.type == "opportunity")
            self.assertEqual(set(converted.ids), set(done.lead_id.ids))
            people = env["res.partner"].search(
                [("email", "like", DOMAIN), ("is_company", "=", False)]
            )
            self.assertEqual(
                sorted(people.mapped("email")), sorted(converted.mapped("email_from"))
            )
            self.assertEqual(set(converted.prospect_contact_id.ids), set(people.ids))
            firms = env["res.partner"].search([("name", "=like", f"{FIRM}%")])
            firms = firms.filtered("is_company")
            self.assertEqual(
                sorted(firms.mapped("name")),
                sorted(set(converted.mapped("partner_name"))),
            )
            for lead in leads:
                kinds = lead.status_change_ids.sorted("id").mapped("to_kind")
                is_converted = lead in converted
                self.assertEqual(kinds[-1] == "converted", is_converted, kinds)
                self.assertLessEqual(kinds.count("converted"), 1)
            return len(done), len(undone)

    def _finish(self):
        with self.registry.cursor() as cr:
            self._drain(cr)

    def _ask_undo(self):
        with self.registry.cursor() as cr:
            operation = self._env(cr)["prospect.operation"].browse(self.operation_id)
            operation._set(undo_user_id=SUPERUSER_ID)
            operation._start("undo")
            operation._set(state="queued")

    def _check_receipt(self, state, **counts):
        with self.registry.cursor() as cr:
            operation = self._env(cr)["prospect.operation"].browse(self.operation_id)
            self.assertEqual((operation.state, operation.error), (state, False))
            for name, count in counts.items():
                self.assertEqual(operation[name], count, name)

    @mute_logger("odoo.sql_db", LOGGER)
    def test_at_each_step(self):
        leads = self.registry["crm.lead"]
        operations = self.registry["prospect.operation"]
        partners = self.registry["res.partner"]
        for model, name, call, is_after in (
            (operations, "_lock_conversion", 1, True),
            (partners, "create", 2, True),
            (leads, "_prospect_convert_apply", 1, True),
            (leads, "_prospect_convert_react", 2, True),
            (operations, "_close_conversion", 3, True),
            (operations, "_keep_states", 1, True),
        ):
            with self.subTest(step=name):
                self._kill_in(model, name, call, self._drain, is_after)
                self._check_nothing_by_halves()
        self._finish()
        self.assertEqual(self._check_nothing_by_halves(), (COUNT, 0))
        self._check_receipt("done", updated_count=COUNT)
        self._ask_undo()
        for model, name, call, is_after in (
            (operations, "_find_obstacles", 1, True),
            (operations, "_unconvert_follow", 4, True),
            (operations, "_delete_targets", 2, True),
            (operations, "_restore_families", 1, True),
            (operations, "_write_answers", 5, True),
        ):
            with self.subTest(step=name):
                self._kill_in(model, name, call, self._drain, is_after)
                self._check_nothing_by_halves()
        self._finish()
        self.assertEqual(self._check_nothing_by_halves(), (0, COUNT))
        self._check_receipt("undone", reversed_count=COUNT, kept_count=0)

    @mute_logger("odoo.sql_db", LOGGER)
    def test_at_any_time(self):
        chance = random.Random(29)

        def kill():
            return self._kill_until_done(
                self._drain,
                lambda attempt: chance.uniform(0.05, 0.3 + attempt / 10),
                30,
                self._check_nothing_by_halves,
            )

        kills, is_done = kill()
        if not is_done:
            self._finish()
        self.assertGreater(kills, 1, "the test has killed nothing")
        self.assertEqual(self._check_nothing_by_halves(), (COUNT, 0))
        self._check_receipt("done", updated_count=COUNT)
        self._ask_undo()
        kills, is_done = kill()
        if not is_done:
            self._finish()
        self.assertGreater(kills, 1, "the test has killed nothing")
        self.assertEqual(self._check_nothing_by_halves(), (0, COUNT))
        self._check_receipt("undone", reversed_count=COUNT, kept_count=0)
