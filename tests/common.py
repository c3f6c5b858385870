"""Test base classes of Prospect, which bridges may use too."""

import io
import os
import signal
import threading
import time
import zipfile
from base64 import b64encode
from pathlib import Path
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields, sql_db
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, TransactionCase, get_db_name, tagged
from odoo.tools import SQL

from odoo.addons.mail.tests.common import mail_new_test_user

# What an undo leaves behind.
LEFT_BY_UNDO = {
    "base_import_mapping",
    "bus_bus",
    "crm_lead_prospect_convert_rel",
    "crm_lead_prospect_merge_rel",
    "ir_attachment",
    "ir_cron_trigger",
    "mail_message",
    "mail_tracking_value",
    "prospect_assignment",
    "prospect_bulk",
    "prospect_bulk_list_add_rel",
    "prospect_bulk_list_remove_rel",
    "prospect_bulk_res_users_rel",
    "prospect_bulk_tag_add_rel",
    "prospect_bulk_tag_remove_rel",
    "prospect_convert",
    "prospect_convert_value",
    # made again by its job
    "prospect_dedupe_index",
    "prospect_dedupe_index_key",
    "prospect_import",
    "prospect_import_column",
    "prospect_import_prospect_list_rel",
    "prospect_import_res_users_rel",
    "prospect_lifecycle",
    "prospect_lifecycle_salesperson",
    "prospect_lifecycle_refresh",
    "prospect_lifecycle_step",
    "prospect_key",
    "prospect_membership",
    "prospect_merge",
    "prospect_notification",
    "prospect_notification_event",
    "prospect_notification_lead_rel",
    "prospect_operation",
    "prospect_operation_line",
    "prospect_stage_change",
    "prospect_status_change",
    "prospect_flag_check",
    "prospect_work_figure",
    "queue_job",
}


# What _tables says of a table that holds what every connection sees.
AS_COMMITTED = "as committed"


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
                # else each prospect without salesperson is a message
                "prospect_popup": False,
            }
        )
        for name in ("new", "in_progress", "to_clarify", "converted", "junk"):
            setattr(cls, name, cls.env.ref(f"prospect.prospect_status_{name}"))
        cls.reason = cls.env["crm.lost.reason"].create({"name": "Wrong address"})

    @staticmethod
    def _today(user, moment=None):
        """The day it is for somebody (or was, at a moment): around midnight that is
        not the server's day.
        """
        user = user.with_context(tz=user.tz or "UTC")
        return fields.Date.context_today(user, moment)

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

    def _import_wizard(self, content, name="people.csv", user=None, **values):
        """An import of a file, as its page makes it; the salesman's own by default."""
        if isinstance(content, str):
            content = content.encode()
        return (
            self.env["prospect.import"]
            .with_user(user or self.salesman)
            .create({"file": b64encode(content), "filename": name, **values})
        )

    def _refuse_rows(self, reason, **values):
        """Let the database refuse new prospects that have these values."""
        make = type(self.env["prospect.gate"])._make

        def refuse(gate, rows):
            if any(values.items() <= row.after.items() for row in rows):
                raise UserError(reason)
            return make(gate, rows)

        self.patch(self.registry["prospect.gate"], "_make", refuse)

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

    def _vacuum(self):
        """Run all that Odoo cleans once a day, as its job does."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            cleaner = self.env(cr=cr, su=True)["ir.autovacuum"]
            job = self.env.ref("base.autovacuum_job")
            cleaner.with_context(cron_id=job.id)._run_vacuum_cleaner()
        self.env.invalidate_all()

    def _status_log(self, lead):
        """[(from, to, cause)] of a prospect's own history, oldest first."""
        return [
            (row.from_id.name or False, row.to_id.name, row.cause)
            for row in self.env["prospect.status.change"].search(
                [("lead_id", "=", lead.id), ("former_lead_id", "=", False)], order="id"
            )
        ]

    def _assignment_log(self, lead):
        """[(from, to, cause)] of who had a prospect, as logins, oldest first."""
        return [
            (
                row.former_assignee_id.login or False,
                row.assignee_id.login or False,
                row.cause,
            )
            for row in self.env["prospect.assignment"].search(
                [("lead_id", "=", lead.id), ("former_lead_id", "=", False)], order="id"
            )
        ]

    def _replay_assignments(self, lead):
        """Whom the history of assignments ends with."""
        owner = self.env["res.users"]
        for row in self.env["prospect.assignment"].search(
            [("lead_id", "=", lead.id), ("former_lead_id", "=", False)], order="id"
        ):
            self.assertEqual(row.former_assignee_id, owner, "the log has a gap")
            self.assertNotEqual(row.assignee_id, owner, "the log has an idle row")
            owner = row.assignee_id
        return owner

    def assertReplay(self, leads):
        """Replaying the logs gives the present statuses, members and salespeople."""
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
            owner = self._replay_assignments(lead)
            # of an opportunity that was never a prospect nothing is logged
            if lead.status_id or owner:
                self.assertEqual(lead.user_id, owner)
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


class TablesMixin:
    """The whole database, to compare it before something and after its undo."""

    def _tables(self):
        """{table: its rows as a text, without who wrote them last and when}.

        Only tables that this transaction has written to are read: those whose rows
        are what another connection sees, and all others, stand there as
        :data:`AS_COMMITTED`.
        """
        self.env.flush_all()
        cr = self.env.cr
        columns = self._columns(cr)
        tables = dict.fromkeys(columns, AS_COMMITTED)
        cr.execute("SHOW track_counts")
        if cr.fetchone() != ("on",):
            raise AssertionError("PostgreSQL does not count what is written")
        # what was rolled back counts as well: more is read than need be, never less
        cr.execute(
            """SELECT relname FROM pg_stat_xact_user_tables
                WHERE schemaname = 'public' AND n_tup_ins + n_tup_upd + n_tup_del > 0"""
        )
        written = {name for (name,) in cr.fetchall()} & set(columns)
        with sql_db.db_connect(get_db_name()).cursor() as other:
            # a table that this transaction alters is locked: an error, and no wait
            other.execute("SET LOCAL lock_timeout = '10s'")
            committed = self._columns(other)
            for table in written:
                rows = self._rows_of(cr, table, columns[table])
                if table not in committed or rows != self._rows_of(
                    other, table, committed[table]
                ):
                    tables[table] = rows
        return tables

    def _columns(self, cr):
        """{table: its columns} of those that are compared."""
        # not of information_schema: its views take seconds for a database of Odoo's
        cr.execute(
            """SELECT c.relname, array_agg(a.attname::text ORDER BY a.attname)
                 FROM pg_class AS c
                 JOIN pg_attribute AS a ON a.attrelid = c.oid
                WHERE c.relnamespace = 'public'::regnamespace
                  AND c.relkind IN ('r', 'p')
                  AND a.attnum > 0 AND NOT a.attisdropped
                  AND a.attname NOT IN ('write_date', 'write_uid')
             GROUP BY c.relname"""
        )
        return {
            table: columns
            for table, columns in cr.fetchall()
            if table not in LEFT_BY_UNDO
        }

    def _rows_of(self, cr, table, columns):
        """A table's content as a text, and its number of rows."""
        cr.execute(
            SQL(
                "SELECT md5(string_agg(row, '|' ORDER BY row)), count(*)"
                " FROM (SELECT ROW(%s)::text AS row FROM %s) AS rows",
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL.identifier(table),
            )
        )
        return cr.fetchone()

    def _leads_table(self):
        """{number: {column: value}} of the prospects, without when they changed."""
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM crm_lead")
        return {
            row["id"]: {
                name: value for name, value in row.items() if name[:6] != "write_"
            }
            for row in self.env.cr.dictfetchall()
        }

    def assertSameTables(self, before):
        """No table differs from what :meth:`_tables` gave before."""
        self.assertEqual(
            {name for name, rows in self._tables().items() if rows != before.get(name)},
            set(),
        )


@tagged("concurrency")
class ConcurrentCase(BaseCase):
    """Real connections, which commit: each test deletes what it made."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self._delete)

    def _delete(self):
        """Delete what a test has committed."""
        with self.registry.cursor() as cr:
            for records in self._find_made(
                api.Environment(cr, SUPERUSER_ID, {"active_test": False})
            ):
                records.unlink()

    def _find_made(self, env):
        """Records to delete after a test, in that order. Classes override it."""
        return []

    def _find_triggers(self, env, job):
        """Calls of a job that a test has planned."""
        domain = [("cron_id", "=", env.ref(job).id)]
        return env["ir.cron.trigger"].search(domain)

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

    def _kill_in(self, model, name, call, work, is_after=False):
        """Run a function of a cursor in a process that is killed in a call of a method.

        :param model: the class of a model, from the registry
        :param str name: of the method
        :param int call: the how manieth call it is, from 1
        :param bool is_after: whether it is killed when the method has done its work
        """
        calls = []
        original = getattr(model, name)

        def method(*args, **options):
            calls.append(name)
            if len(calls) == call and not is_after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = original(*args, **options)
            if len(calls) == call:
                # what is pending is written, and lost with the connection
                args[0].env.flush_all()
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        def patched(cr):
            with patch.object(model, name, method):
                work(cr)

        _pid, status = os.waitpid(self._fork(patched), 0)
        self.assertTrue(os.WIFSIGNALED(status), f"{name} was not called {call} times")
        self.assertEqual(os.WTERMSIG(status), signal.SIGKILL)

    def _kill_until_done(self, work, seconds, attempts, on_killed=None):
        """Run a function of a cursor in a process that is killed after a while, again
        and again, until one ends by itself.

        :param seconds: how long each may live, by its number
        :param int attempts: how many processes at most
        :param on_killed: called after each kill
        :return: how often it was killed, and whether one has ended well
        """
        kills = 0
        for attempt in range(attempts):
            pid = self._fork(work)
            end = time.monotonic() + seconds(attempt)
            done = status = 0
            while not done and time.monotonic() < end:
                done, status = os.waitpid(pid, os.WNOHANG)
                time.sleep(0.005)
            if not done:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                kills += 1
                if on_killed:
                    on_killed()
            elif not status:
                return kills, True
        return kills, False


class AnywhereMixin:
    """Looks for words in the whole database and on the disk, by means of its own."""

    def setUp(self):
        """Files that other tests have left without a row go; others are not ours."""
        super().setUp()
        attachments = self.env["ir.attachment"]
        for path in self._find_paths():
            attachments._mark_for_gc(path)
        attachments._gc_file_store_unsafe()
        self._former_paths = self._find_paths()

    def _find_paths(self):
        """Names of the files of the database."""
        folder = Path(self.env["ir.attachment"]._filestore())
        return {
            path.relative_to(folder).as_posix()
            for path in folder.glob("??/*")
            if path.is_file()
        }

    def _find_anywhere(self, words=(), digits=()):
        """Where something stands: ``table.column`` and paths of files.

        :param words: texts, whatever their case
        :param digits: digits of numbers, whatever stands between them
        :return: {place: how many}
        """
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(
            """SELECT c.table_name, c.column_name
                 FROM information_schema.columns AS c
                 JOIN information_schema.tables AS t USING (table_schema, table_name)
                WHERE c.table_schema = current_schema AND t.table_type = 'BASE TABLE'
                  AND c.data_type IN ('text', 'character varying', 'character', 'json',
                                      'jsonb', 'ARRAY', 'xml')"""
        )
        found = {}
        for table, column in cr.fetchall():
            text = SQL("%s::text", SQL.identifier(column))
            conditions = [SQL("%s ILIKE %s", text, f"%{word}%") for word in words]
            conditions += [
                SQL(
                    "regexp_replace(%s, '[^0-9A-Za-z]', '', 'g') LIKE %s",
                    text,
                    f"%{number}%",
                )
                for number in digits
            ]
            cr.execute(
                SQL(
                    "SELECT count(*) FROM %s WHERE %s",
                    SQL.identifier(table),
                    SQL(" OR ").join(conditions),
                )
            )
            (count,) = cr.fetchone()
            if count:
                found[f"{table}.{column}"] = count
        self.env["ir.attachment"]._gc_file_store_unsafe()
        folder = Path(self.env["ir.attachment"]._filestore())
        for name in self._find_paths() - self._former_paths:
            if self._file_says((folder / name).read_bytes(), words, digits):
                found[name] = 1
        return found

    @staticmethod
    def _file_says(raw, words, digits):
        parts = [raw]
        if raw[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(raw)) as archive:
                parts += [archive.read(name) for name in archive.namelist()]
        return any(
            any(word.lower().encode() in part.lower() for word in words)
            or any(number.encode() in part.replace(b" ", b"") for number in digits)
            for part in parts
        )
