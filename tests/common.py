"""Test base classes of Prospect, which bridges may use too."""

import os
import threading

from odoo import sql_db
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, TransactionCase, get_db_name

from odoo.addons.mail.tests.common import mail_new_test_user


class ProspectCase(TransactionCase):
    """Records of its own, one user a role, and assertions on the histories.

    - ``salesman``: own documents; ``salesman_all``: all documents; ``manager``:
      sales administrator; ``employee``: no right on sales
    - ``team``: has salesman as member and manager as leader
    - ``new``, ``in_progress``, ``to_clarify``, ``converted``, ``junk``: statuses
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "no_reset_password": True})
        for role, groups in (
            ("salesman", "sales_team.group_sale_salesman"),
            ("salesman_all", "sales_team.group_sale_salesman_all_leads"),
            ("manager", "sales_team.group_sale_manager"),
            ("employee", "base.group_user"),
        ):
            user = mail_new_test_user(
                cls.env,
                login=f"prospect_{role}",
                name=f"Prospect {role}",
                email=f"{role}@prospect.example.com",
                groups=groups,
            )
            setattr(cls, role, user)
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Prospect team",
                "user_id": cls.manager.id,
                "member_ids": [(4, cls.salesman.id)],
                "use_leads": True,
            }
        )
        for name in ("new", "in_progress", "to_clarify", "converted", "junk"):
            setattr(cls, name, cls.env.ref(f"prospect.prospect_status_{name}"))
        cls.reason = cls.env["crm.lost.reason"].create({"name": "Wrong address"})

    @classmethod
    def _prospect(cls, **values):
        """One prospect of the salesman's, with ``values`` over the defaults."""
        values = {
            "type": "lead",
            "contact_name": "Marie Dupont",
            "email_from": "marie.dupont@example.com",
            "user_id": cls.salesman.id,
            "team_id": cls.team.id,
            **values,
        }
        return cls.env["crm.lead"].create(values)

    @classmethod
    def _allow(cls, operation, role, group=None, company=None, scope="own"):
        """One right more than by default; ``group``: the XML ID of one."""
        return cls.env["prospect.right"].create(
            {
                "operation": operation,
                "role": role,
                "group_id": group and cls.env.ref(group).id,
                "company_id": company and company.id,
                "scope": scope,
            }
        )

    def _drain(self, operation):
        """Let the job do what an operation has to do, in a transaction that it may
        commit and roll back.
        """
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            operation = operation.sudo().with_env(self.env(cr=cr, su=True))
            for _batch in operation._work_in_background():
                cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()

    def _status_log(self, lead):
        """[(from, to, cause)] of a prospect's own history, oldest first."""
        return [
            (row.from_id.name or False, row.to_id.name, row.cause)
            for row in self.env["prospect.status.change"].search(
                [("lead_id", "=", lead.id), ("former_lead_id", "=", False)], order="id"
            )
        ]

    def assertReplay(self, leads):
        """Replaying both logs gives the present statuses and members."""
        leads = leads.with_context(active_test=False)
        for lead in leads:
            log = self.env["prospect.status.change"].search(
                [("lead_id", "=", lead.id), ("former_lead_id", "=", False)], order="id"
            )
            replayed = self.env["prospect.status"]
            for row in log:
                self.assertEqual(row.from_id, replayed, "the log has a gap")
                replayed = row.to_id
            self.assertEqual(lead.status_id, replayed)
            members = set()
            for row in self.env["prospect.membership"].search(
                [
                    ("lead_id", "=", lead.id),
                    ("former_lead_id", "=", False),
                    ("list_id", "!=", False),
                ],
                order="id",
            ):
                if row.action == "join":
                    self.assertNotIn(row.list_id.id, members, "joined twice")
                    members.add(row.list_id.id)
                else:
                    self.assertIn(row.list_id.id, members, "left without joining")
                    members.discard(row.list_id.id)
            self.assertEqual(set(lead.list_ids.ids), members)


class ConcurrentCase(BaseCase):
    """Real connections, which commit: each test deletes what it made."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())

    def _together(self, *works):
        """Run functions of a cursor at once, each in its own thread and connection."""
        barrier, errors = threading.Barrier(len(works)), []

        def run(work):
            try:
                with self.registry.cursor() as cr:
                    cr.execute("SELECT 1")  # the snapshot of this transaction
                    barrier.wait(10)
                    work(cr)
            except Exception as error:  # noqa: BLE001 - told by the test
                errors.append(error)

        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertFalse(errors)

    def _fork(self, work):
        """Run a function of a cursor in a process of its own; its number."""
        pid = os.fork()
        if pid:
            return pid
        try:
            # connections are never shared with the parent
            sql_db._Pool = sql_db._Pool_readonly = None
            self.registry._db = sql_db.db_connect(get_db_name())
            with self.registry.cursor() as cr:
                work(cr)
            os._exit(0)
        finally:
            os._exit(1)
