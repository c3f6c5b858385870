import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.prospect.tests.common import ConcurrentCase
from odoo.addons.prospect.tools.transactions import own_transaction

NAME = "Seams: own transaction"


@tagged("post_install", "-at_install")
class TestOwnTransaction(ConcurrentCase):
    """Real connections: what is committed apart is there for everybody."""

    def _find_made(self, env):
        return (env["prospect.list"].search([("name", "like", NAME)]),)

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _read(self, number):
        """The name of a list, on a connection of its own."""
        with self.registry.cursor() as cr:
            return self._env(cr)["prospect.list"].browse(number).exists().name

    def test_the_caller_may_write_to_the_row(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["prospect.list"].search_count([])  # its snapshot
            with own_transaction(env) as own:
                number = own["prospect.list"].create({"name": NAME}).id
                own.cr.execute("SHOW transaction_isolation")
                self.assertEqual(own.cr.fetchone()[0], "read committed")
            self.assertEqual(self._read(number), NAME)
            record = env["prospect.list"].browse(number)
            self.assertTrue(record.exists())
            record.name = f"{NAME} 2"
        self.assertEqual(self._read(number), f"{NAME} 2")

    def test_it_sees_what_others_commit_meanwhile(self):
        with self.registry.cursor() as cr, own_transaction(self._env(cr)) as own:
            domain = [("name", "=", f"{NAME} of another")]
            self.assertFalse(own["prospect.list"].search_count(domain))
            with self.registry.cursor() as other:
                self._env(other)["prospect.list"].create({"name": f"{NAME} of another"})
            self.assertEqual(own["prospect.list"].search_count(domain), 1)

    def test_what_raises_leaves_nothing(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            with self.assertRaises(KeyError), own_transaction(env) as own:
                number = own["prospect.list"].create({"name": NAME}).id
                own.flush_all()
                raise KeyError
        self.assertFalse(self._read(number))

    def test_refused_where_the_caller_has_written(self):
        def in_database(env):
            env.cr.execute("SELECT id FROM res_company ORDER BY id LIMIT 1 FOR UPDATE")

        def in_memory(env):
            env["prospect.list"].search([], limit=1).name = NAME

        with self.registry.cursor() as cr:
            self._env(cr)["prospect.list"].create({"name": NAME})
        for write in (in_database, in_memory):
            with self.subTest(write=write.__name__), self.registry.cursor() as cr:
                env = self._env(cr)
                write(env)
                with self.assertRaises(RuntimeError), own_transaction(env):
                    self.fail("it has begun")
                env.invalidate_all(flush=False)
                cr.rollback()

    @mute_logger("odoo.sql_db")
    def test_a_savepoint_of_the_caller_raises(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            with (
                self.assertRaises(psycopg2.Error),
                cr.savepoint(),
                own_transaction(env),
            ):
                pass
            cr.rollback()


@tagged("post_install", "-at_install")
class TestOwnTransactionInTests(TransactionCase):
    def test_savepoints_instead_of_connections(self):
        """A test keeps what it has made, and finds what was made apart."""
        self.registry_enter_test_mode()
        mine = self.env["prospect.list"].create({"name": NAME})
        self.env.flush_all()
        with own_transaction(self.env) as own:
            number = own["prospect.list"].create({"name": f"{NAME} 2"}).id
        self.assertTrue(mine.exists())
        self.assertEqual(self.env["prospect.list"].browse(number).name, f"{NAME} 2")
