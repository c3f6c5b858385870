"""Guards look at what will be written, defaults among it."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form

from ..common import ProspectCase


class TestDefaults(ProspectCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guests = cls.env["prospect.list"].create({"name": "Guests"})
        cls.won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        cls.stage = cls.env["crm.stage"].search([("is_won", "=", False)], limit=1)

    def _leads(self, **context):
        return self.env["crm.lead"].with_user(self.salesman).with_context(**context)

    def _set(self, model, fname, value):
        """A default of the salesman's own, which every employee may set."""
        self.env["ir.default"].with_user(self.salesman).set(
            model, fname, value, user_id=True
        )
        self.env.flush_all()

    def _forbid_converting(self):
        self.env["prospect.right"].search([("operation", "=", "convert")]).unlink()

    # --- The guards -----------------------------------------------------------------

    def test_converted(self):
        """Nobody converts by a default who may not convert."""
        self._forbid_converting()
        for context in (
            {
                "default_type": "opportunity",
                "default_status_id": self.converted.id,
                "default_stage_id": self.won.id,
            },
            {"default_type": "lead", "default_status_id": self.converted.id},
            {"default_type": "lead", "default_stage_id": self.won.id},
        ):
            with self.subTest(context=context), self.assertRaises(AccessError):
                self._leads(**context).create({"name": "Opportunity"})
            with self.subTest(context=context), self.assertRaises(AccessError):
                self._leads(**context).name_create("Opportunity")
            values = {key.removeprefix("default_"): val for key, val in context.items()}
            with self.assertRaises(AccessError):
                self._leads().create({"name": "Opportunity", **values})

    def test_converted_by_own_default(self):
        """The second door: ``ir.default``."""
        self._forbid_converting()
        self._set("crm.lead", "status_id", self.converted.id)
        with self.assertRaises(AccessError):
            self._leads().create({"name": "Opportunity", "type": "opportunity"})
        self._set("crm.lead", "status_id", self.new.id)
        self._set("crm.lead", "stage_id", self.won.id)
        with self.assertRaises(AccessError):
            self._leads().create({"name": "Opportunity", "type": "lead"})

    def test_whose(self):
        """The right is asked of whom it will belong to."""
        self._forbid_converting()
        self._allow("convert", "assigned")
        context = {"default_type": "lead", "default_status_id": self.converted.id}
        lead = self._leads(**context).create({"name": "Mine"})
        self.assertEqual(lead.user_id, self.salesman)
        with self.assertRaises(AccessError):
            self._leads(**context, default_user_id=self.manager.id).create(
                {"name": "Theirs"}
            )

    def test_junk(self):
        """Junk by a default is lost, as junk by a value is."""
        lead = self._leads(default_type="lead", default_status_id=self.junk.id).create(
            {"name": "Spam"}
        )
        self.assertEqual((lead.active, lead.won_status), (False, "lost"))
        self.assertEqual(self._status_log(lead), [(False, "Junk", "manual")])

    def test_lists(self):
        """A member by a default has a history, and a membership that ends."""
        self.guests.write({"duration_number": 2, "duration_unit": "days"})
        context = {"default_type": "lead", "default_list_ids": [(4, self.guests.id)]}
        by_context = self._leads(**context).create({"name": "By context"})
        self._set("crm.lead", "list_ids", self.guests.ids)
        by_default = self._leads().create({"name": "By default", "type": "lead"})
        for lead in by_context | by_default:
            self.assertEqual(lead.list_ids, self.guests)
            self.assertEqual(lead.membership_ids.action, "join")
            self.assertTrue(lead.membership_ids.expires_at)
            self.assertTrue(all(lead._prospect_read_expiries(self.guests.id).values()))
            self.assertReplay(lead)

    def test_closed_list(self):
        """Nobody joins a closed list by a default."""
        yesterday = fields.Date.context_today(self.guests) - timedelta(days=2)
        self.guests.date_end = yesterday
        context = {"default_type": "lead", "default_list_ids": [(4, self.guests.id)]}
        with self.assertRaises(UserError):
            self._leads(**context).create({"name": "Late"})

    def test_technical(self):
        """What only the model sets is nobody's default."""
        partner = self.env["res.partner"].create({"name": "Ana"})
        own = self._prospect()
        values = {
            "converted_by_id": self.manager.id,
            "is_repeat": True,
            "is_flagged": True,
            "prospect_contact_id": partner.id,
            "prospect_opportunity_id": own.id,
            "flag_reasons": ["email"],
            "status_change_ids": [(0, 0, {"to_id": self.new.id})],
        }
        context = {f"default_{fname}": value for fname, value in values.items()}
        leads = self._leads(default_type="lead", **context)
        self.assertFalse(values.keys() & leads.default_get(list(values)).keys())
        self._set("crm.lead", "is_repeat", True)
        self._set("crm.lead", "converted_by_id", self.manager.id)
        plain = self._leads().create({"name": "Plain", "type": "lead"})
        for lead in leads.create({"name": "Plain"}) | plain:
            self.assertFalse(lead.converted_by_id)
            self.assertFalse(lead.is_repeat)
            self.assertFalse(lead.prospect_contact_id)
            self.assertFalse(lead.prospect_opportunity_id)
            self.assertEqual(len(lead.status_change_ids), 1)

    def test_sources(self):
        """Nobody configures a source by a default who may not do so by hand."""
        sources = self.env["utm.source"].with_user(self.salesman)
        with self.assertRaises(AccessError):
            sources.with_context(default_prospect_channel="form").name_create("Fair")
        for fname, value in (
            ("prospect_channel", "form"),
            ("prospect_list_ids", self.guests.ids),
            ("prospect_status_id", self.in_progress.id),
            ("sequence", 1),
        ):
            self._set("utm.source", fname, value)
        number, _name = sources.name_create("Fair")
        source = self.env["utm.source"].browse(number)
        self.assertFalse(source.prospect_channel)
        self.assertFalse(source.prospect_list_ids)
        self.assertFalse(source.prospect_status_id)
        self.assertEqual((source.sequence, source.active), (100, True))

    def test_another_default_status(self):
        """There is one default status, by whatever it is made."""
        statuses = self.env["prospect.status"].with_user(self.manager)
        former = self.env["prospect.status"].search([("is_default", "=", True)])
        made = statuses.with_context(default_is_default=True).create(
            {"name": "Fresh", "kind": "new"}
        )
        self.assertTrue(made.is_default)
        self.assertFalse(former.is_default)

    def test_once_for_each_set(self):
        """Defaults are asked once for each set of missing fields, not for each row."""
        asked = []
        default_get = type(self.env["crm.lead"]).default_get

        def count(leads, fnames):
            if "list_ids" in fnames and len(fnames) < 10:
                asked.append(fnames)
            return default_get(leads, fnames)

        self.patch(self.registry["crm.lead"], "default_get", count)
        self._leads().create(
            [
                {
                    "name": f"Row {number}",
                    "type": "lead",
                    "email_from": f"r{number}@x.y",
                }
                for number in range(12)
            ]
        )
        self.assertEqual(len(asked), 1)

    # --- Odoo's own ways go on --------------------------------------------------

    def test_pipeline(self):
        """New in a column of the pipeline, Won among them: no conversion."""
        self._forbid_converting()
        for stage in self.stage | self.won:
            context = {"default_type": "opportunity", "default_stage_id": stage.id}
            opportunity = self._leads(**context).create({"name": "Opportunity"})
            self.assertEqual(
                (opportunity.type, opportunity.stage_id), ("opportunity", stage)
            )
            self.assertFalse(opportunity.status_id)
            self.assertFalse(opportunity.converted_by_id)
            number, _name = self._leads(**context).name_create("Quick")
            self.assertEqual(self.env["crm.lead"].browse(number).stage_id, stage)

    def test_opportunity_of_something(self):
        """From a contact, a team, a quotation, the calendar, the mail plug-in."""
        self._forbid_converting()
        partner = self.env["res.partner"].create(
            {"name": "Ana", "email": "ana@x.example.com"}
        )
        for context in (
            {"default_partner_id": partner.id},
            {"default_team_id": self.team.id, "default_user_id": self.salesman.id},
            {"default_partner_id": partner.id, "default_name": "Quotation"},
            {"default_res_model": "crm.lead", "default_res_id": 0},
        ):
            for values in ({"type": "opportunity"}, {}):
                context = {"default_type": "opportunity", **context}
                opportunity = self._leads(**context).create(
                    {"name": "Opportunity", **values}
                )
                self.assertEqual(opportunity.type, "opportunity")
                self.assertFalse(opportunity.status_id)
        action = partner.with_user(self.salesman).action_view_opportunity()
        context = action.get("context") or {}
        context = context if isinstance(context, dict) else {}
        context = {key: context[key] for key in context if key[:8] == "default_"}
        self.assertEqual(self._leads(**context).create({"name": "X"}).name, "X")

    def test_columns(self):
        """Quick create in a column of status, source and list."""
        source = self.env["utm.source"].create({"name": "Fair"})
        page = self.env["crm.lead"]._prospect_action([])["context"]
        for context, fname, value in (
            ({"default_status_id": self.in_progress.id}, "status_id", self.in_progress),
            ({"default_source_id": source.id}, "source_id", source),
            ({"default_list_ids": [self.guests.id]}, "list_ids", self.guests),
            ({"default_list_ids": [(4, self.guests.id)]}, "list_ids", self.guests),
        ):
            with self.subTest(context=context):
                form = Form(
                    self._leads(**{**page, **context}),
                    view="prospect.crm_lead_view_form_quick_create",
                )
                form.contact_name = "Anne Le Goff"
                lead = form.save()
                self.assertEqual(lead[fname], value)
                self.assertReplay(lead)

    def test_copy(self):
        """A copy inside such an action is a new prospect."""
        lead = self._prospect()
        context = {
            "default_type": "opportunity",
            "default_list_ids": [(4, self.guests.id)],
        }
        copied = lead.with_user(self.salesman).with_context(**context).copy()
        self.assertEqual((copied.type, copied.status_id), ("lead", self.new))
        self.assertReplay(copied)

    def test_load(self):
        """Odoo's import with a type for all rows."""
        for kind in ("lead", "opportunity"):
            result = self._leads(default_type=kind).load(
                ["name", "email_from"], [[f"Row of {kind}", f"{kind}@x.example.com"]]
            )
            lead = self.env["crm.lead"].browse(result["ids"])
            self.assertEqual(lead.type, kind)
            self.assertEqual(bool(lead.status_id), kind == "lead")

    def test_for_another_model(self):
        """What the context says for other models is theirs."""
        lead = self._leads(
            default_type="lead",
            default_no_such_field=7,
            default_prospect_channel="form",
        ).create({"name": "Plain"})
        self.assertEqual(lead.status_id, self.new)

    def test_rotation(self):
        """Whose turn it is looks at what was handed over, as before."""
        self.env["prospect.rotation"].create(
            {
                "team_id": self.team.id,
                "member_ids": [(0, 0, {"user_id": self.manager.id})],
            }
        )
        context = {"default_type": "lead", "default_team_id": self.team.id}
        leads = self.env["crm.lead"].with_context(**context)
        lead = leads.create({"name": "Free", "user_id": False})
        self.assertEqual(lead.user_id, self.manager)
        lead = leads.create({"name": "Mine", "user_id": self.salesman.id})
        self.assertEqual(lead.user_id, self.salesman)
