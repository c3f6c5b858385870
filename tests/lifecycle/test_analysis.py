from datetime import timedelta
from itertools import pairwise

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged

from ..common import ProspectCase


class AnalysisCase(ProspectCase):
    """Prospects whose histories are written by hand, hour by hour.

    Five prospects of the salesman, from the source *Fair* where nothing else is said:

    ====  ========================================================================
    A     arrived; after 2 h In progress; after 50 h Converted; won for 1,000
    B     arrived; after 4 h In progress; after 28 h Junk
    C     arrived, flagged, without salesperson and source
    D     arrived; after 1 h Converted; reopened (In progress) after 25 h
    E     30 days before the others: after 10 h In progress
    ====  ========================================================================
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # nothing of anybody else
        cls.env["crm.lead"].with_context(active_test=False).search(
            [("status_id", "!=", False)]
        ).unlink()
        cls.fair, cls.web = cls.env["utm.source"].create(
            [
                {"name": "Fair of the test", "prospect_channel": "event"},
                {"name": "Web of the test", "prospect_channel": "form"},
            ]
        )
        # a working day at noon, so that no zone or second moves it to another day
        cls.start = fields.Datetime.now().replace(
            hour=12, minute=0, second=0, microsecond=0
        ) - timedelta(days=20)
        cls.env["res.users"].search([]).tz = "Europe/Paris"
        cls.leads = {}
        for name in "ABCDE":
            cls.leads[name] = cls._prospect(
                contact_name=name,
                email_from=f"{name.lower()}.fair@example.com",
                source_id=cls.fair.id,
            )
        cls.leads["C"].write({"user_id": False, "source_id": False})
        cls.leads["C"].sudo().is_flagged = True
        new, open_, won, junk = (cls.new, cls.in_progress, cls.converted, cls.junk)
        cls.leads["A"].write({"type": "opportunity", "expected_revenue": 1000})
        cls.leads["A"].action_set_won()
        cls.leads["B"].status_id = junk
        for name, status in (("D", open_), ("E", open_)):
            cls.leads[name].status_id = status
        cls._write_history("A", [(0, new), (2, open_), (50, won)])
        cls._write_history("B", [(0, new), (4, open_), (28, junk)])
        cls._write_history("C", [(0, new)])
        cls._write_history("D", [(0, new), (1, won), (25, open_)])
        cls._write_history("E", [(-720, new), (-710, open_)])
        cls.env["prospect.lifecycle.refresh"]._refresh()

    @classmethod
    def _write_history(cls, name, visits, user=None, cause="manual", former=None):
        """The history of statuses of one prospect: (hours since the start, status)."""
        cls.env.flush_all()
        lead = cls.leads[name]
        if not former:
            cls.env.cr.execute(
                "DELETE FROM prospect_status_change WHERE lead_id = %s", [lead.id]
            )
            cls.env.cr.execute(
                "UPDATE prospect_assignment SET date = %s WHERE lead_id = %s",
                [cls.start + timedelta(hours=visits[0][0]), lead.id],
            )
        old = cls.env["prospect.status"]
        for hours, status in visits:
            cls.env["prospect.status.change"].sudo()._append(
                [
                    {
                        "lead_id": lead.id,
                        "former_lead_id": former,
                        "date": cls.start + timedelta(hours=hours),
                        "user_id": (user or cls.salesman).id,
                        "cause": cause,
                        "from_id": old.id,
                        "to_id": status.id,
                        "from_name": old.name,
                        "to_name": status.name,
                        "from_kind": old.kind,
                        "to_kind": status.kind,
                    }
                ]
            )
            old = status

    def _page(self, kind, user=None, **filters):
        """A page as somebody reads it; the manager, 30 days, where nothing is said."""
        analysis = self.env["prospect.analysis"].with_user(user or self.manager)
        return analysis.get_page(kind, {"period": "30", **filters})

    def _steps(self, page, opportunities=False):
        """{label: (count, total, this far or further, of, left, median, 90 %)}."""
        return {
            step["label"]: (
                step["count"]["value"],
                step["rate"]["of"],
                step["from_before"] and step["from_before"]["value"],
                step["from_before"] and step["from_before"]["of"],
                step["median"]["of"],
                step["median"]["value"] and round(step["median"]["value"] * 24, 2),
                step["tail"]["value"] and round(step["tail"]["value"] * 24, 2),
            )
            for step in page["steps"] + page["exits"]
            if step["count"]["value"]
            and (step["kind"] == "opportunity") is opportunities
        }

    def _rows(self, page):
        """{label of the line: values of its cells}."""
        return {
            row.get("label") or row["date"]: [cell["value"] for cell in row["cells"]]
            for row in page["rows"]
        }


@tagged("post_install", "-at_install")
class TestFunnel(AnalysisCase):
    """Figures against those computed by hand, whatever happens to the prospects."""

    def test_funnel(self):
        page = self._page("funnel")
        steps = self._steps(page)
        self.assertEqual(page["total"]["value"], 4)
        self.assertEqual(page["previous_total"], 1)
        self.assertEqual(
            steps,
            {
                # times in hours: of A, B and D it was 2, 4 and 1
                "New": (4, 4, None, None, 3, 2, 4),
                "In progress": (3, 4, 3, 4, 2, 24, 48),
                "Converted": (2, 4, 2, 2, 1, 24, 24),
                "Junk": (1, 4, None, None, 0, None, None),
            },
        )
        stages = self._steps(page, opportunities=True)
        self.assertEqual(stages[self.leads["A"].stage_id.name][:2], (1, 4))
        # the period before has E alone, which is in progress
        before = {step["label"]: step["previous"] for step in page["steps"]}
        before = before["In progress"]
        self.assertEqual((before["value"], before["of"]), (1, 1))

    def test_filters(self):
        other = self.env["crm.team"].create({"name": "Another team"})
        guests = self.env["prospect.list"].create({"name": "Guests"})
        self.leads["B"].team_id = other
        self.leads["A"].list_ids = guests
        for filters, count in (
            ({}, 4),
            ({"period": "90"}, 5),
            ({"period": "all"}, 5),
            ({"period": "7"}, 0),
            ({"team": other.id}, 1),
            ({"person": self.salesman.id}, 3),
            ({"person": 0}, 1),
            ({"source": self.fair.id}, 3),
            ({"source": 0}, 1),
            ({"list": guests.id}, 1),
            # nobody works on C, which is of all companies
            ({"company": self.env.company.id}, 3),
            (
                {
                    "period": "custom",
                    "date_from": str((self.start - timedelta(days=31)).date()),
                    "date_to": str((self.start - timedelta(days=29)).date()),
                },
                1,
            ),
        ):
            page = self._page("funnel", **filters)
            self.assertEqual(page["total"]["value"], count, filters)

    def test_filters_bad(self):
        for filters in (
            {"period": "soon"},
            {"period": "custom"},
            {"period": "custom", "date_from": "2026-02-31", "date_to": "2026-03-01"},
            {"period": "custom", "date_from": "2026-03-02", "date_to": "2026-03-01"},
            {"team": "1 OR 1=1"},
            {"team": [1]},
            {"team": "²"},
            {"source": "9" * 30},
            {"person": "--1"},
            # the first digits of a year that somebody types
            {"period": "custom", "date_from": "0002-11-22", "date_to": "2026-11-22"},
            {"period": "custom", "date_from": "2026-11-22", "date_to": "9999-12-31"},
            {"interval": "year"},
        ):
            with self.assertRaises(UserError):
                self._page("funnel", **filters)
        with self.assertRaises(UserError):
            self._page("everything")

    def test_skipped_stages(self):
        """A step is compared with the one that is shown above it."""
        lead = self._prospect(
            contact_name="Opportunity", email_from="opportunity.fair@example.com"
        )
        lead.convert_opportunity(False)
        page = self._page("funnel")
        opportunities = [
            step["label"] for step in page["steps"] if step["kind"] == "opportunity"
        ]
        self.assertEqual(len(opportunities), 2, "the first stage and the won one")
        for before, step in pairwise(page["steps"]):
            above = before["from_before"] or page["total"]
            self.assertEqual(
                step["from_before"]["of"],
                above["value"],
                (step["label"], opportunities),
            )

    def test_language(self):
        """Steps have the names that the reader knows, whoever has written them."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.in_progress.with_context(lang="fr_FR").name = "En cours de route"
        self.env["prospect.lifecycle.refresh"]._refresh(full=True)
        for lang, name in (("fr_FR", "En cours de route"), ("en_US", "In progress")):
            steps = self.env["prospect.lifecycle.step"].with_context(lang=lang)
            groups = dict(steps._read_group([], ["name"], ["__count"]))
            self.assertEqual(groups[name], 4)
            # no stage of an opportunity among those of a status of the same name
            self.assertEqual(groups[self.new.with_context(lang=lang).name], 5)
            self.assertEqual(steps.search_count([("name", "=", name)]), 4)

    def test_deleted_status(self):
        """What a deleted status was called can still be read, and opened."""
        calling = self.env["prospect.status"].create({"name": "Calling"})
        self._write_history(
            "B", [(0, self.new), (1, calling), (3, self.in_progress), (28, self.junk)]
        )
        self.assertEqual(self._steps(self._page("funnel"))["Calling"][0], 1)
        calling.unlink()
        page = self._page("funnel")
        self.assertEqual(self._steps(page)["Calling (deleted)"][:2], (1, 4))
        self.assertEqual(self._steps(page)["Calling (deleted)"][4:], (1, 2, 2))

    def test_renamed_status(self):
        self.in_progress.name = "Working on it"
        self.assertEqual(self._steps(self._page("funnel"))["Working on it"][0], 3)

    def test_undone(self):
        """A status that was undone was never reached."""
        self._write_history("B", [(0, self.new), (4, self.converted)])
        self.assertEqual(self._steps(self._page("funnel"))["Converted"][0], 3)
        self.env["prospect.status.change"].sudo()._append(
            [
                {
                    "lead_id": self.leads["B"].id,
                    "date": self.start + timedelta(hours=5),
                    "cause": "undo",
                    "from_id": self.converted.id,
                    "to_id": self.new.id,
                    "from_name": "Converted",
                    "to_name": "New",
                    "from_kind": "converted",
                    "to_kind": "new",
                }
            ]
        )
        page = self._page("funnel")
        self.assertEqual(self._steps(page)["Converted"][0], 2)

    def test_merged_and_unmerged(self):
        """Two that were merged count once, and twice again after the undo."""
        wizard = self.env["prospect.merge"].create(
            {"lead_ids": (self.leads["B"] + self.leads["E"]).ids}
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        merged = self.leads["B"].exists() or self.leads["E"]
        page = self._page("funnel", period="90")
        self.assertEqual(page["total"]["value"], 4)
        self.assertEqual(self._steps(page)["New"][0], 4)
        lifecycle = self.env["prospect.lifecycle"].search([("lead_id", "=", merged.id)])
        # since the first of them
        self.assertEqual(lifecycle.arrived_at, self.start - timedelta(hours=720))
        operation.action_undo()
        page = self._page("funnel", period="90")
        self.assertEqual(page["total"]["value"], 5)
        self.assertEqual(self._steps(page)["New"][0], 5)
        self.assertEqual(self._steps(page)["Junk"][0], 1)

    def test_imported_again(self):
        """The same person in a file once more changes no figure."""
        before = self._steps(self._page("funnel"))
        wizard = self._import_wizard(
            "E-mail;City\nc.fair@example.com;Lyon\n", policy="update", user=self.manager
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.assertEqual(self.leads["C"].city, "Lyon")
        self.assertEqual(self._steps(self._page("funnel")), before)

    def test_deleted_prospect(self):
        self.leads["D"].unlink()
        page = self._page("funnel")
        self.assertEqual(page["total"]["value"], 3)
        self.assertEqual(self._steps(page)["Converted"][0], 1)

    def test_stages(self):
        """Each stage of an opportunity is logged, whatever has moved it [BX-56]."""
        stages = self.env["crm.stage"].search([("is_won", "=", False)], limit=2)
        before = self._steps(self._page("funnel"), opportunities=True)
        lead = self._prospect(
            contact_name="Opportunity", email_from="opportunity.fair@example.com"
        )
        lead.convert_opportunity(False)
        leads = lead.with_context(tracking_disable=True)
        for stage in stages:
            leads.stage_id = stage
        names = self.env["prospect.stage.change"].search(
            [("lead_id", "=", lead.id)], order="id"
        )
        self.assertEqual(names[-1].to_name, stages[-1].name)
        leads.stage_id = stages[-1]
        self.assertEqual(
            self.env["prospect.stage.change"].search_count([("lead_id", "=", lead.id)]),
            len(names),
            "nothing has changed",
        )
        steps = self._steps(self._page("funnel"), opportunities=True)
        for stage in stages:
            former = before.get(stage.name, (0,))[0]
            self.assertEqual(steps[stage.name][0], former + 1)


@tagged("post_install", "-at_install")
class TestTables(AnalysisCase):
    """Cohorts, people and sources against figures computed by hand."""

    def test_cohorts(self):
        for interval in ("week", "month"):
            page = self._page("cohorts", interval=interval, period="90")
            labels = [column["label"] for column in page["columns"]]
            total = dict(
                zip(labels, (cell["value"] for cell in page["total"]), strict=True)
            )
            self.assertEqual(
                {label: value for label, value in total.items() if value},
                {
                    "Prospects": 5,
                    "New": 1,
                    "In progress": 2,
                    "Converted": 1,
                    "Junk": 1,
                    "Converted in 7 days": 2,
                    "Converted in 30 days": 2,
                    "Converted in 90 days": 2,
                },
            )
            lines = list(self._rows(page).values())
            self.assertEqual(
                [sum(column) for column in zip(*lines, strict=True)],
                [cell["value"] for cell in page["total"]],
            )

    def test_people(self):
        """A conversion is of who had the prospect then."""
        self.leads["D"].user_id = self.salesman_all
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE prospect_assignment SET date = %s
                WHERE lead_id = %s AND assignee_id = %s""",
            [
                self.start + timedelta(hours=24),
                self.leads["D"].id,
                self.salesman_all.id,
            ],
        )
        rows = self._rows(self._page("people"))
        # A after 2 h, B after 4 h, D after 1 h; C had the salesman first
        self.assertEqual(rows[self.salesman.name][:5], [4, 3, 2, 1, 2])
        self.assertAlmostEqual(rows[self.salesman.name][5], 1 / 24)
        self.assertEqual(rows[self.salesman_all.name][:4], [1, 0, 0, 0])

    def _share_rates(self):
        """Two people with figures, and one who sees the prospects of both."""
        self.leads["D"].user_id = self.salesman_all
        self.env["prospect.lifecycle.refresh"]._refresh()
        return self.salesman_all

    def test_own_first(self):
        """Who reads the page stands above who has more."""
        reader = self._share_rates()
        self.assertEqual(
            list(self._rows(self._page("people"))),
            [self.salesman.name, reader.name],
        )
        self.assertEqual(
            list(self._rows(self._page("people", user=reader))),
            [reader.name, self.salesman.name],
        )

    def test_own_rates(self):
        """Where the settings say so nobody but an administrator sees others' rates."""
        reader = self._share_rates()
        for name in "AD":
            self.leads[name].activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=self.leads[name].user_id.id,
                date_deadline=self.start.date(),
            )
        before = self._rows(self._page("people"))
        settings = self.env["res.config.settings"].create({})
        settings.prospect_own_rates = True
        settings.execute()
        self.assertTrue(self.env["res.config.settings"].create({}).prospect_own_rates)
        self.assertEqual(self._rows(self._page("people")), before)
        self.assertEqual(
            self._rows(self._page("people", user=reader)),
            {reader.name: before[reader.name]},
        )
        dashboard = self.env["prospect.dashboard"].with_user(reader).get_page()
        self.assertEqual(list(self._rows(dashboard["people"])), [reader.name])
        rows = self.env["prospect.lifecycle.salesperson"].with_user(reader).search([])
        self.assertEqual(rows.person_id, reader)
        for kind in ("funnel", "cohorts", "people", "sources"):
            with self.subTest(kind=kind):
                self._page(kind, user=reader, person=reader.id)
                with self.assertRaises(AccessError):
                    self._page(kind, user=reader, person=self.salesman.id)
        choices = self._page("people", user=reader)["choices"]["person"]
        self.assertEqual([choice["id"] for choice in choices], [reader.id])
        summary = self.env["prospect.summary"].with_user(reader).create({})
        summary.write(
            {
                "date_from": self.start.date() - timedelta(days=1),
                "date_to": self.start.date() + timedelta(days=1),
            }
        )
        names = {row["name"] for row in summary.get_page()["people"]}
        self.assertLessEqual(names, {reader.name, "Unassigned"})
        settings.prospect_own_rates = False
        settings.execute()
        after = self._rows(self._page("people", user=reader))
        self.assertEqual(set(after), set(before))

    def test_people_merged(self):
        """A conversion is of who had the prospect that converted, and of nobody who
        had one that was merged with it.
        """
        self.leads["B"].status_id = self.in_progress
        self._write_history("B", [(0, self.new), (4, self.in_progress)])
        self._write_history("E", [(-720, self.new), (10, self.converted)])
        self.env.cr.execute(
            "UPDATE prospect_assignment SET assignee_id = %s WHERE lead_id = %s",
            [self.salesman_all.id, self.leads["E"].id],
        )
        self.env.cr.execute(
            "UPDATE crm_lead SET user_id = %s WHERE id = %s",
            [self.salesman_all.id, self.leads["E"].id],
        )
        self.env.invalidate_all()
        for is_merged in (False, True):
            rows = self._rows(self._page("people", period="90"))
            # A and D
            self.assertEqual(rows[self.salesman.name][2], 2)
            self.assertEqual(rows[self.salesman_all.name][2], 1)
            if not is_merged:
                wizard = self.env["prospect.merge"].create(
                    {"lead_ids": (self.leads["B"] + self.leads["E"]).ids}
                )
                operation = wizard._make_operation()
                operation.action_preview()
                operation.action_run()

    def test_machine(self):
        """What an automation sends is nobody's contact."""
        self.leads["C"].with_user(SUPERUSER_ID).message_post(
            body="Welcome",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        self.env["prospect.lifecycle.refresh"]._refresh()
        self.assertFalse(self.leads["C"].lifecycle_ids.contacted)

    def test_contact(self):
        """Mails and done activities are contacts; notes and machines are not."""
        lead = self.leads["C"].with_user(self.salesman_all)
        lead.message_post(
            body="A note", message_type="comment", subtype_xmlid="mail.mt_note"
        )
        lifecycle = Domain("lead_id", "=", lead.id)
        refresh = self.env["prospect.lifecycle.refresh"]
        refresh._refresh()
        lifecycles = self.env["prospect.lifecycle"]
        self.assertFalse(lifecycles.search(lifecycle).contacted)
        lead.message_post(
            body="Good morning",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        refresh._refresh()
        self.assertEqual(lifecycles.search(lifecycle).contacted, 1)
        lead = self.leads["E"].with_user(self.salesman_all)
        self.env.cr.execute(
            "DELETE FROM prospect_status_change WHERE lead_id = %s AND from_id > 0",
            [lead.id],
        )
        lifecycle = Domain("lead_id", "=", lead.id)
        refresh._refresh()
        self.assertFalse(lifecycles.search(lifecycle).contacted)
        lead.activity_schedule(
            "mail.mail_activity_data_call", user_id=self.salesman_all.id
        ).action_feedback()
        refresh._refresh()
        self.assertEqual(lifecycles.search(lifecycle).contacted, 1)

    def test_overdue(self):
        yesterday = fields.Date.today() - timedelta(days=3)
        for _number in range(2):
            # two on one prospect: one prospect
            self.leads["A"].activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=yesterday,
                user_id=self.salesman.id,
            )
        rows = self._rows(self._page("people"))
        self.assertEqual(rows[self.salesman.name][-1], 1)
        # whatever the period, and only where the filters look
        for filters, found in (
            ({"period": "7"}, True),
            ({"person": self.salesman.id, "source": self.fair.id}, True),
            ({"source": self.web.id}, False),
            ({"team": 0}, False),
            ({"person": 0}, False),
            ({"person": self.salesman_all.id}, False),
        ):
            rows = self._rows(self._page("people", **filters))
            self.assertEqual(self.salesman.name in rows, found, filters)

    def test_sources(self):
        self.env["prospect.source.cost"].create(
            [
                {"source_id": self.fair.id, "amount": 300, "date": self.start.date()},
                {
                    "source_id": self.fair.id,
                    "amount": 900,
                    "date": self.start.date() - timedelta(days=35),
                },
                {"source_id": self.web.id, "amount": 50, "date": self.start.date()},
            ]
        )
        page = self._page("sources")
        rows = self._rows(page)
        fair = rows["Fair of the test"]
        self.assertEqual(fair[:5], [3, 2, 1, 0, 1000])
        # D after 1 h, A after 50 h: half of them within an hour
        self.assertAlmostEqual(fair[5], 1 / 24)
        self.assertEqual(fair[6:], [300, 150])
        self.assertEqual(rows["Web of the test"][:1], [0])
        self.assertEqual(rows["Web of the test"][6:], [50, None])
        self.assertEqual(rows["No source"][:4], [1, 0, 0, 1])
        self.assertEqual(
            [cell["value"] for cell in page["total"]][:5], [4, 2, 1, 1, 1000]
        )
        # E came in the days before, when the fair had cost 900
        line = next(row for row in page["rows"] if row["label"] == self.fair.name)
        self.assertEqual(
            [cell["previous"]["value"] for cell in line["cells"]],
            [1, 0, 0, 0, 0, None, 900, None],
        )
        self.assertEqual(page["total"][0]["previous"]["value"], 1)
        # costs are of a source as a whole
        for filters in ({"team": self.team.id}, {"team": 0}, {"person": 0}):
            page = self._page("sources", **filters)
            costs = {row["cells"][6]["value"] for row in page["rows"]}
            self.assertLessEqual(costs, {None}, filters)

    def test_shared_opportunity(self):
        """The revenue of an opportunity of two prospects is earned once."""
        self.leads["D"].sudo().prospect_opportunity_id = self.leads["A"]
        rows = self._rows(self._page("sources"))
        self.assertEqual(rows["Fair of the test"][4], 1000)

    def test_growth(self):
        guests = self.env["prospect.list"].create({"name": "Guests"})
        leads = self.leads["B"] + self.leads["C"] + self.leads["E"]
        leads.list_ids = guests
        self.leads["C"].list_ids = False
        growth = self.env["prospect.list.growth"].with_user(self.manager)
        domain = [("list_id", "=", guests.id)]

        def figures():
            return growth._read_group(
                domain, [], ["joined:sum", "left:sum", "growth:sum"]
            )[0]

        self.assertEqual(figures(), (3, 1, 2))
        wizard = self.env["prospect.merge"].create(
            {"lead_ids": (self.leads["B"] + self.leads["E"]).ids}
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
        self.assertEqual(figures()[2], 1)
        operation.action_undo()
        self.assertEqual(figures(), (3, 1, 2))

    def test_growth_restricted(self):
        """Who sees a restricted list sees how it grows."""
        few = self.env["prospect.list"].create(
            {
                "name": "Few",
                "visibility": "restricted",
                "user_id": self.manager.id,
                "allowed_user_ids": [(6, 0, self.salesman_all.ids)],
            }
        )
        self.leads["B"].list_ids = few
        for user, count in ((self.salesman_all, 1), (self.salesman, 0)):
            growth = self.env["prospect.list.growth"].with_user(user)
            self.assertEqual(growth.search_count([("list_id", "=", few.id)]), count)

    def test_printed(self):
        """The paper has the figures of the pages."""
        days = {
            "date_from": (self.start - timedelta(days=2)).date(),
            "date_to": (self.start + timedelta(days=2)).date(),
        }
        summary = self.env["prospect.summary"].with_user(self.manager).create(days)
        printed = summary.get_page()
        period = {name: str(day) for name, day in days.items()}
        page = self._page("sources", period="custom", **period)
        self.assertEqual(
            {row["name"]: row["new"] for row in printed["sources"]},
            {self.fair.name: 3, "No source": 1},
        )
        self.assertEqual(
            [
                [row[name] for name in ("new", "converted", "junk")]
                for row in printed["sources"]
            ],
            # without sources that have cost something and brought nobody
            [row[:3] for row in self._rows(page).values() if row[0]],
        )
        page = self._page("funnel", period="custom", **period)
        self.assertEqual(
            [(step["name"], step["count"], step["of"]) for step in printed["funnel"]],
            [
                (
                    step["label"] + " (opportunity)" * (step["kind"] == "opportunity"),
                    step["rate"]["value"],
                    step["rate"]["of"],
                )
                for step in page["steps"] + page["exits"]
            ],
        )
        self.assertEqual(printed["cards"][0]["count"], page["total"]["value"])
        summary.date_from = "0020-01-01"
        with self.assertRaises(UserError):
            summary.get_page()

    def test_cost_is_of_managers(self):
        values = {"source_id": self.fair.id, "amount": 1}
        with self.assertRaises(AccessError):
            self.env["prospect.source.cost"].with_user(self.salesman).create(values)


@tagged("post_install", "-at_install")
class TestClickThrough(AnalysisCase):
    """Every figure opens as many prospects as it says, to whoever reads it."""

    def _walk(self, node, model="crm.lead"):
        """(cell, model) of all figures of a page, wherever they stand."""
        if isinstance(node, dict):
            if {"value", "open", "type"} <= node.keys():
                yield node, model
            for value in node.values():
                yield from self._walk(value, node.get("model", model))
        elif isinstance(node, list):
            for value in node:
                yield from self._walk(value, model)

    def _check_page(self, page, user):
        """How many figures were opened; each has as many records as it says."""
        opened = 0
        for cell, model in self._walk(page):
            if not cell["open"]:
                continue
            records = self.env[model].with_user(user).with_context(active_test=False)
            count = records.search_count(cell["open"])
            if cell["type"] in ("count", "rate"):
                self.assertEqual(count, cell["value"], cell)
            elif cell["type"] in ("days", "hours"):
                self.assertEqual(count, cell["of"] or 0, cell)
            elif cell["value"]:
                self.assertTrue(count, cell)
            opened += 1
        return opened

    def test_click_through(self):
        """All pages, with several filters, for people who see all and who see some."""
        guests = self.env["prospect.list"].create({"name": "Guests"})
        (self.leads["A"] + self.leads["B"]).list_ids = guests
        # archived without being junk: counts, and can be opened
        self.leads["D"].active = False
        # done is not overdue, also where the page shows what is archived
        self.leads["B"].activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.today() - timedelta(days=1),
            user_id=self.salesman.id,
        ).action_feedback()
        self.leads["E"].user_id = self.salesman_all
        self.leads["A"].activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.today() - timedelta(days=1),
            user_id=self.salesman.id,
        )
        zones = {self.manager: "Pacific/Auckland", self.salesman: "America/Lima"}
        for user in (self.manager, self.salesman, self.salesman_all):
            user.tz = zones.get(user)
            for kind in ("funnel", "cohorts", "people", "sources"):
                for filters in (
                    {"period": "90", "interval": "week"},
                    {"period": "all"},
                    {"period": "30", "source": self.fair.id},
                    {"period": "30", "list": guests.id, "team": self.team.id},
                    {"period": "90", "person": self.salesman.id},
                    {"period": "90", "company": self.env.company.id},
                    {"period": "7"},
                ):
                    page = self._page(kind, user=user, **filters)
                    opened = self._check_page(page, user)
                    if filters["period"] in ("all", "90"):
                        self.assertGreater(opened, 5, (kind, filters))
            page = self.env["prospect.dashboard"].with_user(user).get_page()
            self.assertGreater(self._check_page(page, user), 15)

    def test_deleted_status(self):
        calling = self.env["prospect.status"].create({"name": "Calling"})
        self._write_history("B", [(0, self.new), (1, calling), (28, self.junk)])
        self._page("funnel")
        calling.unlink()
        page = self._page("funnel")
        self.assertIn("Calling (deleted)", self._steps(page))
        self.assertGreater(self._check_page(page, self.manager), 5)


@tagged("post_install", "-at_install")
class TestAnalysisRights(AnalysisCase):
    """Figures are of the prospects that the reader sees."""

    def test_salesperson(self):
        other = self.env["res.users"].create(
            {
                "name": "Another salesperson",
                "login": "analysis_other",
                "group_ids": [
                    (6, 0, self.env.ref("sales_team.group_sale_salesman").ids)
                ],
            }
        )
        # nobody works on C, which all see
        self.assertEqual(self._page("funnel", user=self.salesman)["total"]["value"], 4)
        self.assertEqual(self._page("funnel", user=other)["total"]["value"], 1)
        self.leads["A"].user_id = other
        self.assertEqual(self._page("funnel", user=other)["total"]["value"], 2)
        self.assertEqual(self._page("funnel", user=self.salesman)["total"]["value"], 3)
        people = self._rows(self._page("people", user=other))
        self.assertEqual(people[other.name][0], 1)
        for model in ("", ".step", ".salesperson"):
            lifecycles = self.env[f"prospect.lifecycle{model}"].with_user(other)
            self.assertEqual(
                lifecycles.search([]).lead_id, self.leads["A"] + self.leads["C"]
            )
            hidden = self.env[f"prospect.lifecycle{model}"].search(
                [("lead_id", "=", self.leads["B"].id)], limit=1
            )
            with self.assertRaises(AccessError):
                hidden.with_user(other).read(["arrived_at"])

    def test_handed_over(self):
        """Who hands a prospect over does not see it, also before figures are new."""
        self.env["prospect.lifecycle.refresh"]._refresh()
        self.leads["A"].user_id = self.salesman_all
        self.env.flush_all()
        lifecycles = self.env["prospect.lifecycle"].with_user(self.salesman)
        self.assertNotIn(self.leads["A"], lifecycles.search([]).lead_id)

    def test_companies(self):
        company = self.env["res.company"].create({"name": "Another company"})
        self.leads["B"].write({"team_id": False, "user_id": False})
        self.leads["B"].company_id = company
        self.assertEqual(self._page("funnel")["total"]["value"], 3)
        self.manager.company_ids += company
        analysis = self.env["prospect.analysis"].with_user(self.manager)
        both = (self.env.company + company).ids
        page = analysis.with_context(allowed_company_ids=both).get_page(
            "funnel", {"period": "30"}
        )
        self.assertEqual(page["total"]["value"], 4)

    def test_nobody_else(self):
        for model, args in (("analysis", ("funnel",)), ("dashboard", ())):
            with self.assertRaises(AccessError):
                self.env[f"prospect.{model}"].with_user(self.employee).get_page(*args)

    def test_read_only(self):
        lifecycle = self.env["prospect.lifecycle"].search([], limit=1)
        for user in (self.salesman, self.manager):
            with self.assertRaises(AccessError):
                lifecycle.with_user(user).write({"converted": 1})
            with self.assertRaises(AccessError):
                lifecycle.with_user(user).unlink()


@tagged("post_install", "-at_install")
class TestRefresh(AnalysisCase):
    """Figures follow what changes, whatever changed it."""

    def test_large(self):
        """Above a size pages read what the job has made, and say how old it is."""
        self.patch(self.registry["crm.lead"], "_prospect_is_large", lambda _leads: True)
        before = self._page("funnel")
        self._prospect(contact_name="F", email_from="f.fair@example.com")
        page = self._page("funnel", period="7")
        self.assertTrue(page["is_large"])
        self.assertEqual(page["moment"], before["moment"])
        self.assertEqual(page["total"]["value"], 0)
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr, su=True)["prospect.lifecycle.refresh"]._cron_refresh()
        self.env.invalidate_all()
        self.assertEqual(self._page("funnel", period="7")["total"]["value"], 1)

    def test_full(self):
        """Made again from nothing, figures are the same."""
        before = {kind: self._rows(self._page(kind)) for kind in ("people", "sources")}
        steps = self._steps(self._page("funnel"))
        self.env.cr.execute("DELETE FROM prospect_lifecycle_refresh")
        self.env.cr.execute("DELETE FROM prospect_lifecycle")
        self.env["prospect.lifecycle.refresh"]._refresh(full=True)
        self.assertEqual(self._steps(self._page("funnel")), steps)
        for kind, rows in before.items():
            self.assertEqual(self._rows(self._page(kind)), rows)

    def test_update(self):
        """After an update of the add-on all are made again."""
        self.env.cr.execute("UPDATE prospect_lifecycle SET converted = 1")
        self.env["prospect.lifecycle"].invalidate_model(flush=False)
        refresh = self.env["prospect.lifecycle.refresh"]
        refresh.init()
        refresh._refresh()
        self.assertEqual(
            self.env["prospect.lifecycle"].search([("converted", "=", 1)]).lead_id,
            self.leads["A"] + self.leads["D"],
        )

    def test_one_row_each(self):
        """Refreshing again and again never doubles a prospect."""
        refresh = self.env["prospect.lifecycle.refresh"]
        for full in (False, True, False):
            refresh._refresh(full=full)
        lifecycles = self.env["prospect.lifecycle"].search([])
        self.assertEqual(len(lifecycles), len(lifecycles.lead_id))
        for lead in self.leads.values():
            steps = lead.lifecycle_step_ids
            keys = [(step.status_id, step.stage_id) for step in steps]
            self.assertEqual(len(keys), len(set(keys)))


@tagged("post_install", "-at_install")
class TestDashboard(AnalysisCase):
    """What the first page of Reporting says."""

    def _alerts(self, user):
        page = self.env["prospect.dashboard"].with_user(user).get_page()
        return {alert["name"]: alert["cell"]["value"] for alert in page["alerts"]}

    def test_today(self):
        lead = self._prospect(contact_name="F", email_from="f.fair@example.com")
        lead.status_id = self.junk
        page = self.env["prospect.dashboard"].with_user(self.manager).get_page()
        today = {entry["label"]: entry["cell"]["value"] for entry in page["today"]}
        self.assertEqual(today, {"Arrived": 1, "Converted": 0, "Junk": 1})
        week = {entry["label"]: entry["cell"]["value"] for entry in page["week"]}
        self.assertEqual(week["Arrived"], 1)
        self.assertEqual(week["Junk"], 1)
        self.assertEqual(page["funnel"]["total"]["value"], 5)

    def test_today_undone(self):
        """What was undone has not happened, and an undo brings nothing new."""
        lead = self._prospect(contact_name="F", email_from="f.fair@example.com")
        figures = self.env["prospect.figures"].with_user(self.manager)
        midnight = fields.Datetime.now().replace(hour=0, minute=0, second=0)
        day = midnight - timedelta(days=1), midnight + timedelta(days=2)

        def count():
            page = self.env["prospect.dashboard"].with_user(self.manager).get_page()
            today = {entry["label"]: entry["cell"] for entry in page["today"]}
            junk = today["Junk"]
            opened = self.env["crm.lead"].with_user(self.manager)
            self.assertEqual(opened.search_count(junk["open"]), junk["value"])
            totals = figures._get_totals(figures._get_leads(), *day)
            self.assertEqual(totals["junk"], junk["value"])
            return junk["value"]

        self.assertEqual(count(), 0)
        # F was not junk before, B was for long
        for leads, status, then in (
            (lead, self.junk, 1),
            (self.leads["B"], self.in_progress, 0),
        ):
            wizard = self.env["prospect.bulk"].create(
                {"selection": {"ids": leads.ids}, "status_id": status.id}
            )
            operation = wizard._make_operation()
            operation.action_preview()
            operation.action_run()
            self.assertEqual(count(), then)
            operation.action_undo()
            self.assertEqual(count(), 0)

    def test_alerts(self):
        self.assertEqual(self._alerts(self.manager)["unassigned"], 1)
        self.assertEqual(self._alerts(self.manager)["flagged"], 1)
        self.assertNotIn("quarantined", self._alerts(self.salesman))
        self.leads["A"].activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.today() - timedelta(days=1),
            user_id=self.salesman.id,
        )
        self.assertEqual(self._alerts(self.salesman)["overdue"], 1)
        self.assertNotIn("overdue", self._alerts(self.manager))
