"""Both write paths write the same: every column of every table."""

import csv
import io
import random
import sys
import types
from base64 import b64encode
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from ...models.gate import crm_lead_fast as prospect_lead_fast_mixin
from ...tools.trusted import trusted
from ..common import ProspectCase

# Odoo asks its paid service about new leads; the fast path spares that. Both write
# paths let the job look for flagged prospects, by ids of leads that have no name here.
UNCOMPARED = {"ir_cron_trigger", "prospect_flag_check"}
# What the operation says of itself.
OWN = {"write_path", "started_at", "finished_at"}
# Written by whoever happens to flush.
FLUSHED = {"ir_attachment", "prospect_operation"}
HEADER = [
    *("Contact name", "First name", "Last name", "Company", "Email", "Phone"),
    *("Street", "Zip", "City", "State", "Country", "Language", "Salutation", "Role"),
    *("Website", "Notes", "Tags", "Lists", "Source", "Status", "Salesperson"),
    *("Sales team", "Assistant email"),
]


class TwinCase(ProspectCase):
    """Runs something twice in one transaction and compares what it leaves behind."""

    # columns of crm_lead
    uncompared = frozenset()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france = cls.env.ref("base.fr")
        cls.lists = cls.env["prospect.list"].create(
            [{"name": "Twin fair"}, {"name": "Twin \\ “letter”", "company_id": False}]
        )
        cls.tags = cls.env["crm.tag"].create(
            [{"name": f"Twin {number}"} for number in range(4)]
        )
        cls.sources = cls.env["utm.source"].create(
            [{"name": f"Twin source {number}"} for number in range(3)]
        )
        cls.team.lead_properties_definition = [
            {"name": "size", "type": "char", "string": "Size", "default": "small"}
        ]
        cls._learn()

    @classmethod
    def _learn(cls):
        """Scoring that makes a difference for each of its fields."""
        stages = cls.env["crm.stage"].search([])
        values = [
            *(("stage_id", str(stage.id), 80, 120) for stage in stages),
            *(
                ("country_id", str(cls.france.id), 70, 20),
                ("email_state", "correct", 60, 30),
            ),
            *(("email_state", "incorrect", 5, 60), ("email_state", "False", 15, 40)),
            *(("phone_state", "correct", 50, 10), ("phone_state", "False", 10, 50)),
            *(("source_id", str(cls.sources[0].id), 9, 3),),
            *(("tag_id", str(tag.id), 40, 25) for tag in cls.tags[:2]),
        ]
        frequencies = cls.env["crm.lead.scoring.frequency"]
        frequencies.search([]).unlink()
        frequencies.create(
            [
                {
                    "variable": variable,
                    "value": value,
                    "won_count": won,
                    "lost_count": lost,
                    "team_id": team,
                }
                for team in (False, cls.team.id)
                for variable, value, won, lost in values
            ]
        )

    # --- Two runs -----------------------------------------------------------------

    def _twins(self, run):
        """What ``run(write_path)`` changes by either write path: two dicts of
        tables.
        """
        self.env.flush_all()
        # what the records of the test itself still have to say
        self.cr.precommit.run()
        outcomes, names = [], set()
        for write_path in ("standard", "fast"):
            sequences = self._sequences()
            # colours of new tags
            random.seed(1)
            savepoint = self.cr.savepoint(flush=False)
            touched = self._counters()
            run(write_path)
            self.env.flush_all()
            names |= {
                name
                for name, counters in self._counters().items()
                if counters != touched.get(name)
            }
            leads = self._lead_names()
            dump = {name: self._dump(name, leads) for name in names}
            outcomes.append((dump, leads))
            savepoint.rollback()
            savepoint.close(rollback=True)
            self.cr.precommit.clear()
            self.env.invalidate_all(flush=False)
            for name, value in sequences:
                self.cr.execute(
                    "SELECT setval(%s, %s, %s)", [name, value or 1, value is not None]
                )
        base = {name: self._dump(name, outcomes[0][1]) for name in names}
        return [
            {
                name: (
                    sorted(set(rows) - set(base[name])),
                    sorted(set(base[name]) - set(rows)),
                )
                for name, rows in dump.items()
            }
            for dump, _leads in outcomes
        ]

    def _sequences(self):
        self.cr.execute(
            "SELECT schemaname || '.' || sequencename, last_value"
            " FROM pg_sequences WHERE schemaname = 'public'"
        )
        return self.cr.fetchall()

    def _counters(self):
        """{table: rows inserted, updated and deleted in this transaction}."""
        self.cr.execute(
            "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del"
            " FROM pg_stat_xact_user_tables"
        )
        return {name: counters for name, *counters in self.cr.fetchall()}

    def _lead_names(self):
        """{number of a new lead: the line that made it}."""
        self.cr.execute(
            "SELECT lead_id, min(number) FROM prospect_operation_line"
            " WHERE outcome IN ('created', 'repeat') AND lead_id IS NOT NULL"
            " GROUP BY lead_id"
        )
        return {lead_id: f"line {number}" for lead_id, number in self.cr.fetchall()}

    def _dump(self, table, leads):
        """All rows of a table as texts, leads by the line that made them."""
        self.cr.execute(
            """SELECT kcu.column_name
                 FROM information_schema.table_constraints tc
                 JOIN information_schema.key_column_usage kcu USING (constraint_name)
                 JOIN information_schema.constraint_column_usage ccu
                USING (constraint_name)
                WHERE tc.constraint_type = 'FOREIGN KEY' AND tc.table_name = %s
                  AND ccu.table_name = 'crm_lead'""",
            [table],
        )
        links = {name for (name,) in self.cr.fetchall()}
        if table == "crm_lead":
            links.add("id")
        elif table == "prospect_operation_state":
            # of any model, in the order of their ids
            links.add("number")
        elif table == "prospect_notification_event":
            # a queue without foreign keys
            links.add("lead_id")
        elif table == "mail_message":
            # of any model
            links.add("res_id")
        rows = self.env.execute_query_dict(
            SQL("SELECT * FROM %s", SQL.identifier(table))
        )
        return [
            "\n".join(
                f"{name}={leads.get(value, value) if name in links else value!r}"
                for name, value in sorted(row.items())
                if name not in OWN
                and (name != "id" or name in links)
                and (name != "write_uid" or table not in FLUSHED)
                and (name not in self.uncompared or table != "crm_lead")
            )
            for row in rows
        ]

    def assertTwins(self, run):
        """Both write paths leave the same behind."""
        standard, fast = self._twins(run)
        self.assertEqual(set(standard) - UNCOMPARED, set(fast) - UNCOMPARED)
        self.assertIn("crm_lead", standard)
        for name in sorted(set(standard) - UNCOMPARED):
            with self.subTest(table=name):
                for ours, theirs in zip(fast[name], standard[name], strict=True):
                    self.assertEqual(len(ours), len(theirs))
                    for our_row, their_row in zip(ours, theirs, strict=True):
                        mine, yours = our_row.split("\n"), their_row.split("\n")
                        self.assertEqual(
                            [line for line in mine if line not in yours],
                            [line for line in yours if line not in mine],
                            our_row,
                        )
        return standard

    # --- Imports ------------------------------------------------------------------

    def _run_import(self, text, write_path, user, by_sql=None, **values):
        """Import a file; ``by_sql`` gathers how many leads were made by COPY."""
        copied = prospect_lead_fast_mixin.copy_lines

        def copy_lines(cr, table, columns, lines):
            lines = list(lines)
            if by_sql is not None and table == "crm_lead":
                by_sql.append(len(lines))
            copied(cr, table, columns, lines)

        wizard = (
            self.env["prospect.import"]
            .with_user(user)
            .with_context(**trusted(prospect_write_path=write_path))
            .create(
                {"file": b64encode(text.encode()), "filename": "twin.csv", **values}
            )
        )
        operation = wizard._make_operation()
        with (
            patch.object(prospect_lead_fast_mixin, "copy_lines", copy_lines),
            patch.object(fields.Datetime, "now", self.cr.now),
        ):
            for action in (operation.action_preview, operation.action_run):
                action()
                if operation.state == "queued":
                    for _batch in operation.sudo()._work_in_background():
                        pass
        self.assertEqual(operation.state, "done", operation.error)
        return operation


@tagged("post_install", "-at_install")
class TestImportTwin(TwinCase):
    def _file(self, seed, rows, **columns):
        """A file of odd and even people; ``columns`` say what stands in some."""
        chance = random.Random(seed)
        pick = chance.choice
        firsts = [
            "Ana",
            "Zoë",
            "李",
            "مريم",
            "Jean-Luc",
            "🙂",
            "O'Neil",
            "",
            "a\tb",
            "\\N",
        ]
        lasts = ["Silva", "de la Tour", "LEFÈVRE", "Ng", "", "x" * 60, "a\\b", "Ó"]
        emails = [
            *("n{}@acme.example.com", "N{}@Acme.example.com", "n{}@gmail.com"),
            *("Zoë <z{}@x.example.com>", "é{}@exämple.com", "not an address {}", ""),
            *("a{0}@x.example.com; b{0}@x.example.com", "o'n{}@x.example.com"),
        ]
        phones = [
            *("06 12 34 5{}", "+33 6 98 76 5{}", "+1 202-555-01{}", "0032470123{}"),
            *("call me", "12", "", "", "+5511987654{}", "+39 06 698 5{}", "0612"),
        ]
        choices = {
            "Contact name": ["", "", "Marie {}", "Dupont, Jean {}"],
            "First name": firsts,
            "Last name": lasts,
            "Company": ["", "Acme {}", "Œuvre & fils"],
            "Email": emails,
            "Phone": phones,
            "Street": ["", "{} rue “de la Paix”"],
            "Zip": ["", "75001"],
            "City": ["", "Paris", "Łódź"],
            "State": ["", "California", "Nowhere"],
            "Country": ["", "France", "BE", "États-Unis", "Atlantis"],
            "Language": ["", "fr", "English"],
            "Salutation": ["", "Mme", "Dr."],
            "Role": ["", "CEO"],
            "Website": ["", "acme.example.com", "https://x.example.com/{}"],
            "Notes": ["", "one\\two", "a <b> & c\nsecond line"],
            "Tags": ["", "Twin 0", "Twin 1,Twin 2", "Fresh {}", "Twin 0;New tag"],
            "Lists": ["", "Twin fair", "Made by the file"],
            "Source": ["", *self.sources.mapped("name"), "nobody knows"],
            "Status": [""],
            "Salesperson": [""],
            "Sales team": [""],
            "Assistant email": ["", "assistant{}@x.example.com", "nobody"],
        } | columns
        file = io.StringIO()
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for number in range(rows):
            # some people come twice
            number = pick((number, number, number, number // 2))
            writer.writerow(
                [pick(choices[name]).format(10 + number % 90) for name in HEADER]
            )
        return file.getvalue()

    def _compare(self, text, user=None, least=1, **values):
        """Import by both write paths; at least so many leads are made by SQL."""
        by_sql = []
        write_paths = {}

        def run(write_path):
            by_sql.clear()
            operation = self._run_import(
                text, write_path, user or self.salesman, by_sql, **values
            )
            write_paths[write_path] = operation.write_path

        tables = self.assertTwins(run)
        self.assertGreaterEqual(sum(by_sql), least)
        self.assertTrue(write_paths["fast"].startswith(("Fast", "Rapide")), write_paths)
        self.assertTrue(write_paths["standard"].startswith("Standard"), write_paths)
        return tables

    def test_people(self):
        """Names, addresses and ids of all kinds, some of them twice."""
        for seed in range(3):
            with self.subTest(seed=seed):
                tables = self._compare(
                    self._file(seed, 120), least=40, country_id=self.france.id
                )
                for name in (
                    *("crm_tag_rel", "prospect_status_change", "prospect_membership"),
                    *("prospect_list_crm_lead_rel", "prospect_list", "crm_tag"),
                ):
                    self.assertIn(name, tables)

    def test_owners_teams_and_statuses(self):
        """Junk and converted ones too, which the ORM writes on both write paths."""
        other = self.env["crm.team"].create({"name": "Twin team", "use_leads": True})
        statuses = ["", "New", "In progress", "Junk", "Converted"]
        owners = ["", self.salesman.login, self.manager.login]
        self._compare(
            self._file(
                7,
                80,
                Status=statuses,
                Salesperson=owners,
                **{"Sales team": ["", other.name, self.team.name]},
            ),
            user=self.manager,
            least=20,
            list_ids=self.lists.ids,
        )

    def test_options_of_the_file(self):
        self._compare(
            self._file(11, 60),
            user=self.manager,
            status_id=self.in_progress.id,
            user_id=self.salesman.id,
            team_id=self.team.id,
            list_ids=self.lists.ids,
            reactions=True,
        )

    def test_known_people(self):
        """Updates, contacts and those who come back, by each policy."""
        partner = self.env["res.partner"].create(
            {"name": "Marie", "email": "n11@acme.example.com", "phone": "+33100"}
        )
        self._prospect(email_from="n10@acme.example.com", city="Lyon")
        self._prospect(email_from="n11@acme.example.com", partner_id=partner.id)
        self._prospect(email_from="n12@gmail.com", status_id=self.junk.id)
        closed = self._prospect(email_from="n13@gmail.com", partner_id=partner.id)
        closed.status_id = self.converted
        self._prospect(email_from=False, phone="+33 6 98 76 51 15")
        for policy in ("update", "fill", "skip", "create"):
            with self.subTest(policy=policy):
                self._compare(self._file(5, 60), policy=policy)

    def test_companies(self):
        """A team of another company, whose prospects may not join every list."""
        other = self.env["res.company"].create({"name": "Twin company"})
        self.manager.company_ids += other
        team = self.env["crm.team"].create(
            {"name": "Twin abroad", "company_id": other.id, "use_leads": True}
        )
        self._compare(
            self._file(3, 40, Lists=[""]), user=self.manager, team_id=team.id, least=10
        )
        self._compare(self._file(3, 40), user=self.manager, team_id=team.id, least=0)

    def test_without_scoring(self):
        """Nothing won yet, then nothing learnt at all.

        Odoo gives no score to the first lead that it looks at, and then the same to
        all others; which one is first depends on their numbers in the database.
        """
        self.uncompared = {"automated_probability", "probability"}
        frequencies = self.env["crm.lead.scoring.frequency"].search([])
        frequencies.won_count = 0
        self._compare(self._file(9, 30), least=10)
        frequencies.unlink()
        scores = []

        def run(write_path):
            self._run_import(self._file(10, 30), write_path, self.salesman)
            self.cr.execute(
                "SELECT probability, automated_probability, count(*) FROM crm_lead"
                " WHERE id IN (SELECT lead_id FROM prospect_operation_line"
                " WHERE outcome = 'created') GROUP BY 1, 2 ORDER BY 1, 2"
            )
            scores.append(self.cr.fetchall())

        self.assertTwins(run)
        self.assertEqual(scores[0], scores[1])

    def test_large(self):
        """More than one batch, in French."""
        self.salesman.lang = "fr_FR"
        rows = "".join(
            f"P{number},p{number}@x.example.com,Ville {number % 7}\n"
            for number in range(2300)
        )
        self._compare(f"Nom,E-mail,Ville\n{rows}p,p0@x.example.com,Pise\n", least=2300)


@tagged("post_install", "-at_install")
class TestWritePath(TwinCase):
    """Whoever has a say in new leads sends them the slow way, and is named."""

    def _write_path(self):
        self.imports = getattr(self, "imports", 0) + 1
        rows = "".join(
            f"p{number}.{self.imports}@x.example.com,Rome\n" for number in "12"
        )
        operation = self._run_import(f"Email,City\n{rows}", "fast", self.salesman)
        self.assertEqual(operation.created_count, 2)
        return operation.write_path

    def assertStandard(self, words):
        write_path = self._write_path()
        self.assertTrue(write_path.startswith("Standard"), write_path)
        self.assertIn(words, write_path)

    def test_fast(self):
        self.assertTrue(self._write_path().startswith("Fast"))

    def test_patched_method(self):
        model = self.registry["crm.lead"]
        self.patch(model, "create", model.create)
        self.assertStandard("crm.lead.create")

    def test_patched_mixin(self):
        model = self.registry["mail.thread.blacklist"]
        name = "_compute_email_normalized"
        self.patch(model, name, getattr(model, name))
        self.assertStandard("_compute_email_normalized")

    def test_unknown_add_on(self):
        """A class of an add-on that the twin test has not seen."""
        write_path = self.registry["prospect.write.path"]
        covered = write_path._get_module
        self.registry.clear_cache()
        self.addCleanup(self.registry.clear_cache)
        self.patch(
            write_path,
            "_get_module",
            staticmethod(
                lambda cls: (
                    "sales_team" if covered(cls) == "crm_iap_enrich" else covered(cls)
                )
            ),
        )
        self.assertTrue(self._write_path().startswith("Fast"))
        self.registry.clear_cache()
        self.patch(
            write_path,
            "_get_module",
            staticmethod(
                lambda cls: "stranger" if covered(cls) == "crm" else covered(cls)
            ),
        )
        self.assertStandard("stranger")

    def test_bridges_say_so(self):
        """What bridges say of themselves is true of their classes as they are now."""
        write_path = self.env["prospect.write.path"]
        for name, package in sorted(sys.modules.items()):
            said = getattr(package, "PROSPECT_COVERED", None)
            addon = name.removeprefix("odoo.addons.")
            if said is None or addon not in self.registry._init_modules:
                continue
            with self.subTest(addon=addon):
                self.assertEqual(
                    said,
                    write_path._get_digests(addon),
                    "the classes have changed: when all other tests of this file pass,"
                    " this is what PROSPECT_COVERED has to be",
                )

    def test_add_on_that_says_so(self):
        """An add-on is believed as long as its classes are those that were tested."""
        write_path = self.registry["prospect.write.path"]
        known = write_path._get_module
        self.addCleanup(self.registry.clear_cache)
        self.patch(
            write_path,
            "_get_module",
            staticmethod(
                lambda cls: "stranger" if known(cls) == "crm_iap_enrich" else known(cls)
            ),
        )
        digests = self.env["prospect.write.path"]._get_digests("stranger")
        self.assertIn("crm.lead", digests)
        package = types.ModuleType("stranger")
        with patch.dict(sys.modules, {"odoo.addons.stranger": package}):
            self.registry.clear_cache()
            self.assertStandard("stranger")
            package.PROSPECT_COVERED = digests
            self.registry.clear_cache()
            self.assertTrue(self._write_path().startswith("Fast"))
            package.PROSPECT_COVERED = {**digests, "crm.lead": "0" * 16}
            self.registry.clear_cache()
            self.assertStandard("stranger")

    def test_default_value(self):
        self.env["ir.default"].set("crm.lead", "city", "Lyon")
        self.assertStandard("City")

    def test_trigger(self):
        self.cr.execute(
            """CREATE FUNCTION twin_trigger() RETURNS trigger LANGUAGE plpgsql
               AS 'BEGIN RETURN NEW; END';
               CREATE TRIGGER twin_trigger BEFORE INSERT ON crm_lead
               FOR EACH ROW EXECUTE FUNCTION twin_trigger()"""
        )
        self.assertStandard("twin_trigger")

    def test_own_computed_field(self):
        # by SQL: the registry would keep the field when the test is over
        self.cr.execute(
            """INSERT INTO ir_model_fields (name, model, model_id, field_description,
                                            ttype, state, store, related)
               SELECT 'x_twin', model, id, '{"en_US": "Twin of the city"}', 'char',
                      'manual', TRUE, 'city'
                 FROM ir_model WHERE model = 'crm.lead'"""
        )
        self.assertStandard("Twin of the city")

    def test_switched_off(self):
        self.env["ir.config_parameter"].set_param("prospect.write.path", "standard")
        self.assertStandard("asked for")

    def test_bad_rows_fail_alone(self):
        """What the database refuses goes row by row, the slow way."""
        gate = self.env["crm.lead"].with_context(
            tracking_disable=True, **trusted(prospect_write_path="fast")
        )
        rows = [{"email_from": f"p{number}@x.example.com"} for number in range(5)]
        rows[2]["country_id"] = 999_999_999
        outcomes = gate._prospect_upsert(rows)
        self.assertEqual(
            [outcome["outcome"] for outcome in outcomes],
            ["created", "created", "failed", "created", "created"],
        )
        leads = gate.browse(
            [outcome["lead_id"] for outcome in outcomes if outcome["lead_id"]]
        )
        self.assertEqual(len(leads.exists()), 4)
        self.assertReplay(leads)
