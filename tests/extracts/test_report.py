"""Reports of prospects: what is in them, and who gets them."""

import csv
import io
import zipfile
from datetime import date, datetime, timedelta

from python_calamine import CalamineWorkbook

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from odoo.addons.prospect.models.extracts import report as prospect_report
from odoo.addons.prospect.tools.reports import ReportColumn, XlsxReport

from ..common import ProspectCase


class ReportCase(ProspectCase):
    """Three prospects, two lists, and the right to export."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls._allow("export", "group", "sales_team.group_sale_salesman", scope="all")
        cls.salesman.tz = "Europe/Paris"
        cls.fair = cls.env["prospect.list"].create({"name": "Spring fair"})
        cls.club = cls.env["prospect.list"].create({"name": "=Club"})
        cls.web = cls.env["utm.source"].create(
            {"name": "Report site", "prospect_channel": "form"}
        )
        cls.marie = cls._prospect(
            phone="+33 6 12 34 56 78",
            zip="01000",
            source_id=cls.web.id,
            list_ids=[Command.set((cls.fair | cls.club).ids)],
        )
        cls.evil = cls._prospect(
            name='=HYPERLINK("http://evil.example.com")',
            contact_name="@SUM(A1)",
            email_from=False,
            list_ids=[Command.set(cls.fair.ids)],
        )
        cls.plain = cls._prospect(contact_name="-12", email_from="plain@example.com")
        cls.leads = cls.marie | cls.evil | cls.plain
        cls._set_dates(cls.leads, "2026-07-01 22:30:05")

    @classmethod
    def _set_dates(cls, leads, moment):
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = ANY(%s)",
            [moment, leads.ids],
        )
        cls.env.invalidate_all()

    def _ask(self, columns, leads=None, user=None, file_format="xlsx", **values):
        """A report that waits for the job."""
        leads = self.leads if leads is None else leads
        wizard = (
            self.env["prospect.report.ask"]
            .with_user(user or self.salesman)
            .create(
                {
                    "selection": {"ids": leads.ids},
                    "columns": columns,
                    "file_format": file_format,
                    **values,
                }
            )
        )
        return wizard._make_report()

    def _make(self, report):
        """What the job does, in a transaction that it may commit and roll back."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            report = report.sudo().with_env(self.env(cr=cr, su=True))
            for _batch in report._make_in_background():
                cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()

    def _get(self, columns, **values):
        """A report that was made."""
        report = self._ask(columns, **values)
        self._make(report)
        self.assertEqual(report.sudo().state, "done", report.sudo().error)
        return report

    def _read_sheets(self, report):
        """{name of the sheet: rows}, read by another program than ours."""
        raw = report.sudo().attachment_id.raw
        self.assertEqual(raw[:2], b"PK")
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        return {
            name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names
        }

    def _read_rows(self, report):
        """The rows of the first sheet, header first."""
        return next(iter(self._read_sheets(report).values()))

    def _read_text(self, report):
        """The rows of a text file, and its delimiter."""
        raw = report.sudo().attachment_id.raw
        self.assertTrue(raw.startswith(b"\xef\xbb\xbf"))
        text = raw.decode("utf-8-sig")
        delimiter = ";" if ";" in text.partition("\n")[0] else ","
        return list(csv.reader(io.StringIO(text), delimiter=delimiter)), delimiter

    def _mails(self, report):
        return self.env["mail.mail"].search(
            [("model", "=", "prospect.report"), ("res_id", "=", report.id)]
        )


@tagged("-at_install", "post_install", "is_query_count")
class TestReportFile(ReportCase):
    """What is in the file."""

    COLUMNS = ["name", "contact_name", "phone", "zip", "create_date", "lists:all"]

    def test_workbook(self):
        (self.env["prospect.list"].search([]) - self.fair - self.club).active = False
        rows = self._read_rows(self._get(self.COLUMNS))
        lists = self.env["prospect.list"].search([])
        self.assertEqual(
            rows[0],
            [
                *("Prospect", "Contact Name", "Phone", "Zip", "Created on"),
                *lists.mapped("name"),
            ],
        )
        by_name = {row[0]: row for row in rows[1:]}
        self.assertEqual(len(by_name), 3)
        marie = by_name[self.marie.name]
        # in the time zone of the person, a date that can be computed with
        self.assertEqual(marie[4], datetime(2026, 7, 2, 0, 30, 5))
        self.assertEqual(marie[2:4], ["+33 6 12 34 56 78", "01000"])
        yes_no = dict(zip(rows[0][5:], marie[5:], strict=True))
        self.assertEqual(yes_no, {"Spring fair": "Yes", "=Club": "Yes"})
        evil = by_name[self.evil.name]
        self.assertEqual(evil[0], '=HYPERLINK("http://evil.example.com")')
        self.assertEqual(evil[1], "@SUM(A1)")
        yes_no = dict(zip(rows[0][5:], evil[5:], strict=True))
        self.assertEqual(yes_no, {"Spring fair": "Yes", "=Club": "No"})

    def test_no_formula(self):
        """Not one cell of the workbook is a formula, whatever it begins with."""
        raw = self._get(["name", "contact_name", "lists:all"]).sudo().attachment_id.raw
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        self.assertIn("HYPERLINK", sheet)
        self.assertNotIn("<f>", sheet)
        self.assertIn('state="frozen"', sheet)
        self.assertIn("<autoFilter", sheet)
        self.assertIn("<cols>", sheet)

    def test_french(self):
        """Headers, yes and no, and names in the language that was asked for [IE-31]."""
        self.new.with_context(lang="fr_FR").name = "Tout neuf"
        report = self._get(["status_id", f"list:{self.club.id}"], lang="fr_FR")
        rows = self._read_rows(report)
        self.assertEqual(rows[0][1], "=Club")
        self.assertEqual(
            sorted(map(tuple, rows[1:])),
            [("Tout neuf", "Non"), ("Tout neuf", "Non"), ("Tout neuf", "Oui")],
        )

    def test_text(self):
        self.plain.write({"expected_revenue": 1234.5})
        report = self._get(
            [*self.COLUMNS[:5], "expected_revenue", f"list:{self.club.id}"],
            file_format="csv",
            lang="fr_FR",
        )
        rows, delimiter = self._read_text(report)
        self.assertEqual(delimiter, ";")
        self.assertEqual(rows[0][-1], "'=Club")
        by_name = {row[0]: row for row in rows[1:]}
        self.assertEqual(
            by_name[self.marie.name][2:],
            ["+33 6 12 34 56 78", "01000", "2026-07-02 00:30:05", "0", "Oui"],
        )
        evil = by_name['\'=HYPERLINK("http://evil.example.com")']
        self.assertEqual(evil[1], "'@SUM(A1)")
        self.assertEqual(by_name[self.plain.name][5], "1234,5")
        self.assertEqual(by_name[self.plain.name][1], "-12")

    def test_english_text(self):
        rows, delimiter = self._read_text(
            self._get(["email_from", "expected_revenue"], file_format="csv")
        )
        self.assertEqual((delimiter, len(rows)), (",", 4))

    def test_summary(self):
        """The figures of the last sheet, counted by hand."""
        sheets = self._read_sheets(self._get(["name"]))
        lines = [[cell for cell in row if cell != ""] for row in sheets["Summary"]]
        self.assertIn(["Prospects", 3], lines)
        self.assertIn(["Requested by", "Prospect salesman"], lines)
        self.assertIn(["Chosen", "3 ticked prospects"], lines)

        def after(title):
            start = lines.index([title]) + 1
            return (
                lines[start : lines.index([], start)]
                if [] in lines[start:]
                else (lines[start:])
            )

        self.assertEqual(after("By status"), [["New", 3, 1]])
        by_list = {line[0]: line[1:] for line in after("By list")}
        self.assertEqual(by_list["Spring fair"][0], 2)
        self.assertAlmostEqual(by_list["Spring fair"][1], 2 / 3)
        self.assertEqual(by_list["=Club"][0], 1)
        by_source = {line[0]: line[1] for line in after("By source")}
        self.assertEqual(by_source["Report site"], 1)
        self.assertEqual(sum(by_source.values()), 3)

    def test_moments(self):
        """Times are written as the language writes them, by the person's clock."""
        moment = datetime(2026, 7, 1, 22, 30)
        report = self.env["prospect.report"].with_user(self.salesman)
        languages = self.env["res.lang"]
        languages._lang_get("en_US").time_format = "%I:%M:%S %p"
        languages._lang_get("fr_FR").time_format = "%H:%M:%S"
        for lang, text in (("en_US", "12:30 AM"), ("fr_FR", "00:30")):
            told = report.with_context(lang=lang, tz="Europe/Paris")
            self.assertTrue(told._format_moment(moment).endswith(f" {text}"), lang)

    def test_flags_and_tags(self):
        tags = self.env["crm.tag"].create([{"name": "Tag A"}, {"name": "Tag B"}])
        self.marie.tag_ids = tags
        self.evil.email_from = "info@nowhere"
        self.evil._prospect_flag("honeypot")
        rows = self._read_rows(
            self._get(["contact_name", "is_flagged", "flag_reasons", "tag_ids"])
        )
        by_name = {row[0]: row[1:] for row in rows[1:]}
        self.assertEqual(by_name["Marie Dupont"], ["No", "", "Tag A, Tag B"])
        self.assertEqual(by_name["@SUM(A1)"][0], "Yes")
        self.assertIn("Filled in a hidden field of the form", by_name["@SUM(A1)"][1])

    def test_properties(self):
        self.team.lead_properties_definition = [
            {"name": "aaa1", "type": "char", "string": "Badge"},
            {"name": "aaa2", "type": "date", "string": "Visit"},
            {
                "name": "aaa3",
                "type": "selection",
                "string": "Size",
                "selection": [["s", "Small"], ["l", "Large"]],
            },
            {"name": "aaa4", "type": "boolean", "string": "Vip"},
        ]
        self.marie.lead_properties = {
            "aaa1": "B-1",
            "aaa2": "2026-03-04",
            "aaa3": "l",
            "aaa4": True,
        }
        self.env.flush_all()
        rows = self._read_rows(
            self._get(
                ["contact_name", *(f"property:aaa{number}" for number in range(1, 5))]
            )
        )
        self.assertEqual(rows[0][1], "Badge (Prospect team)")
        by_name = {row[0]: row[1:] for row in rows[1:]}
        self.assertEqual(
            by_name["Marie Dupont"], ["B-1", date(2026, 3, 4), "Large", "Yes"]
        )

    def test_properties_of_others(self):
        """What teams of other companies call things is not told."""
        company = self.env["res.company"].create({"name": "Other company"})
        self.env["crm.team"].create(
            {
                "name": "Theirs",
                "company_id": company.id,
                "lead_properties_definition": [
                    {"name": "bbb1", "type": "char", "string": "Secret"}
                ],
            }
        )
        self.env.flush_all()
        leads = self.env["crm.lead"].with_user(self.salesman)
        self.assertNotIn(
            "property:bbb1",
            {column.key for column in leads._prospect_report_columns()},
        )

    def test_order_and_batches(self):
        """In the order of the page, however many batches."""
        self.plain.priority = "3"
        self.patch(prospect_report, "BATCH", 2)
        rows = self._read_rows(self._get(["contact_name"]))
        self.assertEqual(
            [row[0] for row in rows[1:]], ["-12", "@SUM(A1)", "Marie Dupont"]
        )

    def test_order_of_the_page(self):
        """As the page was sorted; what cannot be sorted by is left alone."""
        usual = ["@SUM(A1)", "-12", "Marie Dupont"]
        self.evil.priority, self.plain.priority = "3", "2"
        domain = [("id", "in", self.leads.ids)]
        by_name = self.leads.search(domain, order="contact_name").mapped("contact_name")
        for order, names in (
            ("contact_name ASC", by_name),
            ("priority ASC, contact_name DESC", ["Marie Dupont", "-12", "@SUM(A1)"]),
            (None, usual),
            ("status_kind ASC", usual),
            ("there_is_none", usual),
            ("id; DROP TABLE crm_lead", usual),
            ({"id": 1}, usual),
        ):
            wizard = (
                self.env["prospect.report.ask"]
                .with_user(self.salesman)
                .with_context(
                    prospect_order=order,
                    active_model="crm.lead",
                    active_ids=self.leads.ids,
                )
                .create({"columns": ["contact_name"]})
            )
            samples = {each["key"]: each["samples"] for each in wizard.choices}
            self.assertEqual(samples["contact_name"], names, order)
            report = wizard._make_report()
            self._make(report)
            rows = self._read_rows(report)[1:]
            self.assertEqual([row[0] for row in rows], names, order)

    def test_columns_of_a_bridge(self):
        """A bridge's column is read once a batch, as the person."""
        calls = []

        def read(leads):
            calls.append((leads.env.user, leads.env.su, len(leads)))
            return {self.marie.id: datetime(2026, 1, 1, 12), self.evil.id: False}

        columns = type(self.env["crm.lead"])._prospect_report_columns

        def extended(leads):
            return [
                *columns(leads),
                ReportColumn("x:seen", "Seen", "datetime", "Events", read=read),
            ]

        self.patch(self.registry["crm.lead"], "_prospect_report_columns", extended)
        rows = self._read_rows(self._get(["contact_name", "x:seen"]))
        by_name = {row[0]: row[1] for row in rows[1:]}
        self.assertEqual(by_name["Marie Dupont"], datetime(2026, 1, 1, 13))
        self.assertEqual(by_name["@SUM(A1)"], "")
        self.assertEqual(calls, [(self.salesman, False, 3)])

    def test_all_columns(self):
        """Every column that is offered can be made, in both formats."""
        keys = [
            column.key
            for column in self.env["crm.lead"]
            .with_user(self.salesman)
            ._prospect_report_columns()
        ]
        self.assertEqual(len(keys), len(set(keys)))
        self.assertGreater(len(keys), 50)
        header = self._read_rows(self._get(keys))[0]
        self.assertEqual(len(header), len(keys))
        self.assertEqual(len({label.casefold() for label in header}), len(keys))
        rows, _delimiter = self._read_text(self._get(keys, file_format="csv"))
        self.assertEqual(len(rows), 4)

    def test_many_lists(self):
        """Five hundred lists are five hundred columns, and as few queries."""
        self.env["prospect.list"].create(
            [{"name": f"List {number}"} for number in range(500)]
        )
        report = self._ask(["name", "lists:all"])
        self._make(report)
        with self.assertQueryCount(140):
            self._make(self._ask(["name", "lists:all"]))
        rows = self._read_rows(report)
        self.assertGreaterEqual(len(rows[0]), 502)
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})

    def test_sheets(self):
        """Rows that a sheet does not hold go on in another one."""
        file = io.BytesIO()
        writer = XlsxReport(
            file, [ReportColumn("name", "Name", "text")], "Prospects", rows=3
        )
        writer.append([["a", "b", "c"]])
        writer.append([["d", "e"]])
        writer.close()
        file.seek(0)
        book = CalamineWorkbook.from_filelike(file)
        self.assertEqual(
            [book.get_sheet_by_name(name).to_python() for name in book.sheet_names],
            [[["Name"], ["a"], ["b"]], [["Name"], ["c"], ["d"]], [["Name"], ["e"]]],
        )


@tagged("-at_install", "post_install")
class TestReportRight(ReportCase):
    """Who gets what."""

    def test_no_right(self):
        self.env["prospect.right"].search([("operation", "=", "export")]).unlink()
        with self.assertRaises(AccessError):
            self._ask(["name"])

    def test_right_lost_meanwhile(self):
        report = self._ask(["name"])
        self.env["prospect.right"].search([("operation", "=", "export")]).unlink()
        self._make(report)
        self.assertEqual(report.sudo().state, "failed")
        self.assertFalse(report.sudo().attachment_id)
        self.assertIn("xport", report.sudo().error)

    def test_others_prospects(self):
        """Who sees their own prospects gets their own, whatever they ask for."""
        hidden = self._prospect(
            contact_name="Not Yours", user_id=self.manager.id, team_id=False
        )
        self.env.flush_all()
        report = self._get(["contact_name"], leads=self.leads | hidden)
        names = [row[0] for row in self._read_rows(report)[1:]]
        self.assertNotIn("Not Yours", names)
        self.assertEqual(len(names), 3)

    def test_own_scope(self):
        """Prospects that may be seen and not exported are left out, and it is said."""
        self.env["prospect.right"].search([("operation", "=", "export")]).unlink()
        self._allow("export", "group", "sales_team.group_sale_salesman", scope="own")
        seen = self._prospect(contact_name="Seen", user_id=self.manager.id)
        self.env.flush_all()
        report = self._get(
            ["contact_name"], leads=self.leads | seen, user=self.salesman_all
        )
        self.assertEqual((report.row_count, report.left_out_count), (0, 4))
        self.assertIn("left out", report.notice)

    def test_private_list(self):
        secret = self.env["prospect.list"].create(
            {"name": "Secret", "visibility": "private", "user_id": self.manager.id}
        )
        self.marie.list_ids |= secret
        self.env.flush_all()
        report = self._get(["list_ids", "lists:all", f"list:{secret.id}"])
        sheets = self._read_sheets(report)
        cells = {cell for rows in sheets.values() for row in rows for cell in row}
        self.assertNotIn("Secret", {str(cell) for cell in cells})
        self.assertIn("Columns that no longer exist, or that you cannot see", cells)

    def test_hidden_field(self):
        """A field that the person may not read is no column, asked for or not."""
        self.patch(self.env["crm.lead"]._fields["phone"], "groups", "base.group_system")
        report = self._get(["name", "phone"])
        self.assertEqual(self._read_rows(report)[0], ["Prospect"])

    def test_two_people(self):
        report = self._get(["name"])
        other = report.with_user(self.manager)
        with self.assertRaises(AccessError):
            other.read(["name"])
        with self.assertRaises(AccessError):
            other.action_download()
        with self.assertRaises(AccessError):
            report.attachment_id.with_user(self.manager).read(["raw"])
        self.assertFalse(self.env["prospect.report"].with_user(self.manager).search([]))
        self.assertEqual(
            report.with_user(self.salesman).action_download()["url"],
            f"/prospect/report/{report.id}/download",
        )

    def test_two_companies(self):
        company = self.env["res.company"].create({"name": "Other company"})
        self.salesman.company_ids |= company
        theirs = self._prospect(
            contact_name="Theirs", company_id=company.id, team_id=False
        )
        ours = self._prospect(
            contact_name="Ours", company_id=self.env.company.id, team_id=False
        )
        self.env.flush_all()
        asked = self.env["prospect.report.ask"].with_user(self.salesman)
        for companies, names in (
            (self.env.company, {"Ours"}),
            (self.env.company | company, {"Ours", "Theirs"}),
        ):
            wizard = asked.with_context(allowed_company_ids=companies.ids).create(
                {
                    "selection": {"ids": (theirs | ours).ids},
                    "columns": ["contact_name"],
                }
            )
            report = wizard._make_report()
            self._make(report)
            with self.subTest(companies=len(companies)):
                rows = self._read_rows(report)[1:]
                self.assertEqual({row[0] for row in rows}, names)
        self.assertEqual(report.state, "done")

    def test_written_by_nobody(self):
        report = self._ask(["name"])
        for values in ({"user_id": self.manager.id}, {"state": "done"}):
            with self.assertRaises(AccessError):
                report.write(values)
        with self.assertRaises(AccessError):
            report.create({"name": "Mine"})
        self.assertEqual(report.state, "queued")

    def test_employee(self):
        with self.assertRaises(AccessError):
            self._ask(["name"], user=self.employee)

    @users("prospect_salesman")
    def test_sets(self):
        """Sets of columns are one's own, or everybody's to choose."""
        templates = self.env["prospect.report.template"]
        mine = templates.with_context(prospect_report_columns=["name"]).create(
            {"name": "Mine"}
        )
        self.assertEqual(mine.columns, ["name"])
        self.assertEqual(mine.user_id, self.env.user)
        others = templates.with_user(self.salesman_all)
        self.assertNotIn(mine, others.search([]))
        mine.visibility = "shared"
        self.assertIn(mine, others.search([]))
        with self.assertRaises(AccessError):
            mine.with_user(self.salesman_all).name = "Yours"
        mine.with_user(self.manager).name = "Everybody's"
        self.assertEqual(mine.name, "Everybody's")


@tagged("-at_install", "post_install")
class TestReportJob(ReportCase):
    """How it is made, sent, and cleaned up."""

    def test_sent(self):
        report = self._ask(["name"])
        self.assertEqual(report.state, "queued")
        self.assertFalse(self._mails(report))
        self._make(report)
        mail = self._mails(report)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.recipient_ids, self.salesman.partner_id)
        self.assertEqual(mail.attachment_ids, report.sudo().attachment_id)
        self.assertIn("ready", mail.body_html)
        self.assertTrue(report.is_attached)
        self.assertEqual(report.progress, 100)
        self._make(report)
        self.assertEqual(len(self._mails(report)), 1)

    def test_told(self):
        """A pop-up for the person alone, with what its button needs."""
        report = self._ask(["name"])
        bus = self.env["bus.bus"]
        last = bus.search([], order="id desc", limit=1).id
        self._make(report)
        found = [
            row
            for row in bus.search([("id", ">", last)])
            if "prospect_report" in row.message
        ]
        self.assertEqual(len(found), 1)
        self.assertIn(f'"res.partner",{self.salesman.partner_id.id}', found[0].channel)
        self.assertIn(f'"id":{report.id}', found[0].message)

    def test_large(self):
        """A large file stays here: the mail has a link that works for nobody else."""
        self.env["ir.config_parameter"].set_param("prospect.report_mail", "0")
        report = self._get(["name"])
        mail = self._mails(report)
        self.assertFalse(mail.attachment_ids)
        self.assertIn(f"/prospect/report/{report.id}/download", mail.body_html)
        self.assertNotIn("access_token", mail.body_html)
        self.assertFalse(report.sudo().attachment_id.access_token)

    def test_no_address(self):
        self.salesman.email = False
        report = self._get(["name"])
        self.assertFalse(self._mails(report))
        self.assertIn("download it from this page", report.notice)

    def test_archived_owner(self):
        report = self._ask(["name"])
        self.salesman.active = False
        self._make(report)
        self.assertEqual(report.sudo().state, "failed")
        self.assertFalse(self._mails(report))

    def test_deleted_meanwhile(self):
        report = self._ask(["contact_name"])
        self.evil.unlink()
        self._make(report)
        self.assertEqual(report.row_count, 2)
        self.assertEqual(len(self._read_rows(report)), 3)

    def test_deleted_between_batches(self):
        self.patch(prospect_report, "BATCH", 1)
        report = self._ask(["contact_name"])
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            worker = report.sudo().with_env(self.env(cr=cr, su=True))
            batches = worker._make_in_background()
            next(batches)
            next(batches)
            worker.env["crm.lead"].browse(self.marie.id).unlink()
            for _batch in batches:
                cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()
        self.assertEqual((report.state, report.count, report.row_count), ("done", 3, 2))

    def test_nothing_left(self):
        report = self._ask(["contact_name"])
        self.leads.unlink()
        self._make(report)
        self.assertEqual((report.state, report.row_count), ("done", 0))
        self.assertEqual(self._read_rows(report), [["Contact Name"]])

    def test_nothing_chosen(self):
        for leads, columns in ((self.leads[:0], ["name"]), (self.leads, ["gone"])):
            with self.assertRaises(UserError):
                self._ask(columns, leads=leads)
        self.assertFalse(
            self.env["prospect.report"].search([("user_id", "=", self.salesman.id)])
        )

    def test_list_deleted_meanwhile(self):
        report = self._ask([f"list:{self.club.id}"])
        self.club.unlink()
        self._make(report)
        self.assertEqual(report.state, "failed")
        self.assertIn("choose others", report.error)

    def test_cancelled(self):
        self.patch(prospect_report, "BATCH", 1)
        report = self._ask(["name"])
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            worker = report.sudo().with_env(self.env(cr=cr, su=True))
            batches = worker._make_in_background()
            next(batches)
            next(batches)
            worker.with_user(self.salesman.id).action_cancel()
            for _batch in batches:
                cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()
        self.assertEqual(report.state, "cancelled")
        self.assertFalse(self._mails(report))
        self.assertFalse(report.sudo().attachment_id)
        with self.assertRaises(UserError):
            report.action_cancel()

    @mute_logger("odoo.addons.prospect.models.extracts.report")
    def test_error(self):
        """What nobody has foreseen is tried again, then told."""
        tries = []

        def refuse(reader, ids):
            tries.append(ids)
            raise KeyError("typo")

        self.patch(prospect_report.ReportReader, "fetch", refuse)
        report = self._ask(["name"])
        self._make(report)
        self.assertEqual(len(tries), prospect_report.ATTEMPTS)
        self.assertEqual(report.state, "failed")
        self.assertIn("KeyError", report.error)
        self.assertEqual(len(self._mails(report)), 1)
        self.assertIn("could not be prepared", self._mails(report).body_html)

    def test_stopped_too_often(self):
        report = self._ask(["name"])
        report.sudo().write(
            {"state": "running", "attempt_count": prospect_report.ATTEMPTS}
        )
        self._make(report)
        self.assertEqual(report.state, "failed")
        self.assertIn("CSV", report.error)

    def test_cleaned_up(self):
        self.env["ir.config_parameter"].set_param("prospect.report_days", "3")
        report = self._get(["name"])
        attachment = report.sudo().attachment_id
        self.assertEqual(
            report.expires_at.date(), (fields.Datetime.now() + timedelta(3)).date()
        )
        self.env["prospect.report"]._gc_files()
        self.assertTrue(attachment.exists())
        report.sudo().expires_at = fields.Datetime.now() - timedelta(1)
        self.env["prospect.report"]._gc_files()
        self.assertFalse(attachment.exists())
        self.assertEqual(report.state, "expired")
        with self.assertRaises(UserError):
            report.action_download()

    def test_by_domain(self):
        """All that match, also what the page does not show of itself: junk."""
        self.plain.action_set_lost()
        domain = [("email_from", "=", "plain@example.com"), ("is_listed", "=", True)]
        wizard = (
            self.env["prospect.report.ask"]
            .with_user(self.salesman)
            .with_context(
                prospect_domain=[*domain, ("active", "in", [True, False])],
                active_model="crm.lead",
            )
            .create({"columns": ["contact_name"]})
        )
        self.assertEqual(wizard.count, 1)
        report = wizard._make_report()
        self._make(report)
        self.assertEqual(self._read_rows(report)[1:], [["-12"]])

    def test_choices(self):
        """What the dialog shows before anything is chosen."""
        wizard = (
            self.env["prospect.report.ask"]
            .with_user(self.salesman)
            .create({"selection": {"ids": self.marie.ids}})
        )
        choices = {choice["key"]: choice for choice in wizard.choices}
        self.assertEqual(choices["email_from"]["samples"], ["marie.dupont@example.com"])
        self.assertEqual(choices[f"list:{self.fair.id}"]["samples"], ["Yes"])
        self.assertIn("lists:all", wizard.columns)
        self.assertLessEqual(set(wizard.columns), set(choices))
        wizard.lang = "fr_FR"
        choices = {choice["key"]: choice for choice in wizard.choices}
        self.assertEqual(choices[f"list:{self.fair.id}"]["samples"], ["Oui"])

    def test_told_at_once(self):
        """Whoever asks is told that it will come, and can go on."""
        wizard = (
            self.env["prospect.report.ask"]
            .with_user(self.salesman)
            .create({"selection": {"ids": self.marie.ids}, "name": "For Monday"})
        )
        action = wizard.action_ask()
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(action["params"]["title"], "For Monday")
        self.assertIn("You will get it by e-mail", action["params"]["message"])
        triggers = self.env["ir.cron.trigger"].search(
            [("cron_id", "=", self.env.ref("prospect.ir_cron_report").id)]
        )
        self.assertTrue(triggers)

    def test_last_columns(self):
        """The dialog begins with what was asked for last."""
        self._ask(["email_from", "phone"], file_format="csv")
        wizard = self.env["prospect.report.ask"].with_user(self.salesman).create({})
        self.assertEqual(wizard.columns, ["email_from", "phone"])
        self.assertEqual(wizard.file_format, "csv")
