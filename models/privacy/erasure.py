import logging
from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.jobs import claim
from .tombstone import PURPOSE

_logger = logging.getLogger(__name__)

# Rows of the database up to which a person is erased while somebody waits.
SMALL = 200_000
MANAGER = "sales_team.group_sale_manager"


class ProspectErasure(models.Model):
    """That somebody was erased, by whom and when, and what became of their data.

    ``queued -> running -> done | failed``

    Step by step, one a source, each in a transaction of its own where the database is
    large: a stop in between loses nothing, and the job goes on. Whom it is about is
    known until it has ended, and by no page. The receipt has counts and no names.
    """

    _name = "prospect.erasure"
    _inherit = ["prospect.job.mixin"]
    _description = "Erasure of a Person"
    _order = "id desc"
    _work_kind = "erasures"
    _work_cron = "prospect.ir_cron_erasure"

    name = fields.Char(compute="_compute_name", search="_search_name")
    state = fields.Selection(
        selection=[
            ("queued", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="queued",
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Erased By",
        readonly=True,
        ondelete="set null",
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        readonly=True,
        help="Empty: of several companies.",
    )
    date = fields.Datetime(
        string="Asked For",
        required=True,
        readonly=True,
        default=lambda self: self.env.cr.now(),
    )
    finished_at = fields.Datetime(string="Finished", readonly=True)
    person = fields.Json(
        readonly=True, groups=fields.NO_ACCESS, export_string_translation=False
    )
    receipt = fields.Json(readonly=True, export_string_translation=False)
    receipt_html = fields.Html(
        string="What Was Done", compute="_compute_receipt_html", sanitize=False
    )
    step_count = fields.Integer(string="Steps", readonly=True)
    done_count = fields.Integer(string="Steps Done", readonly=True)
    progress = fields.Float(compute="_compute_progress", help="In percent.")
    shared_count = fields.Integer(
        string="Shared Addresses",
        readonly=True,
        help="E-mail addresses and numbers that other people have as well: they are"
        " theirs, and were left.",
    )
    error = fields.Text(readonly=True)
    tombstone_ids = fields.One2many(
        comodel_name="prospect.tombstone",
        inverse_name="erasure_id",
        string="Refused from Now On",
        readonly=True,
    )

    _todo_idx = models.Index("(id) WHERE state IN ('queued', 'running')")

    @api.depends_context("lang")
    def _compute_name(self):
        for erasure in self:
            erasure.name = self.env._("Erasure %s", erasure.id or "")

    def _search_name(self, operator, value):
        """By the number that the name has."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        texts = [value] if isinstance(value, str) else value
        if operator != "in" and "" in texts:
            return Domain.TRUE
        words = {word for text in texts for word in str(text or "").split()}
        return Domain(
            "id", "in", [int(word) for word in words if word.isdecimal()][:1000]
        )

    @api.depends("name")
    def _compute_display_name(self):
        for erasure in self:
            erasure.display_name = erasure.name

    @api.depends("done_count", "step_count", "state")
    def _compute_progress(self):
        for erasure in self:
            total = erasure.step_count
            erasure.progress = (
                100
                if erasure.state == "done"
                else 100 * erasure.done_count / total
                if total
                else 0
            )

    @api.depends("receipt")
    @api.depends_context("lang")
    def _compute_receipt_html(self):
        """What became of what, in words: kinds of records and counts."""
        for erasure in self:
            rows = Markup().join(
                Markup("<tr><td>%s</td><td>%s</td><td class='text-end'>%s</td></tr>")
                % (
                    self._describe_model(entry["model"]),
                    self._describe_what(entry["model"], entry["what"]),
                    entry["count"],
                )
                for entry in erasure.receipt or []
            )
            erasure.receipt_html = rows and (
                Markup("<table class='table table-sm'><tbody>%s</tbody></table>") % rows
            )

    @api.model
    def _describe_model(self, name):
        """What records are called; a table without a model is called as it is."""
        if name in self.env:
            # sudo: the title of a model
            return self.env["ir.model"].sudo()._get(name).name or name
        return name

    @api.model
    def _describe_what(self, model, what):
        """What became of records of a model, in words."""
        if what == "kept" and model in ("mail.blacklist", "phone.blacklist"):
            return self.env._("kept: it is what keeps mails and calls from the person")
        return {
            "deleted": self.env._("deleted"),
            "edited": self.env._("emptied of the person"),
            "told": self.env._(
                "named the person, who was taken out: look whether they still serve"
            ),
            "kept": self.env._("kept: something else needs them"),
            "left": self.env._("still name the person: to be looked at by hand"),
        }[what]

    # --- Asking ---------------------------------------------------------------------

    @api.model
    def _check_may_erase(self):
        """:raises AccessError: for anybody but sales administrators"""
        if not self.env.su and not self.env.user.has_group(MANAGER):
            raise AccessError(
                self.env._("Only sales administrators erase people: ask one of them.")
            )

    @api.model
    def _ask(self, leads, partners=None, texts=()):
        """Erase a person, at once or in the background.

        :param leads: all prospects of the person; the caller may change them
        :param partners: contacts of the person, which go where nothing needs them
        :param texts: more addresses and numbers by which the person was known
        :return: the ``prospect.erasure``
        :raises AccessError: for who may not
        :raises UserError: when there is nothing to go by
        """
        self._check_may_erase()
        leads.check_access("write")
        persons = self.env["prospect.person"]
        if partners is None:
            partners = self.env["res.partner"]
        partners.check_access("write")
        person = persons._collect(leads, partners, texts)
        if not (person["lead_ids"] or person["addresses"] or person["numbers"]):
            raise UserError(
                self.env._(
                    "There is nobody to erase: give a prospect, or an e-mail address or"
                    " a number that nobody else has."
                )
            )
        keys = [
            *(f"e:{address}" for address in person["addresses"]),
            *(f"p:{number}" for number in person["numbers"]),
        ]
        # what comes in at the same moment looks again, and meets the tombstone
        self.env["prospect.key"]._touch(keys)
        companies = person["tombs"]
        # sudo: erasures are made by what people may do, and by nobody by hand
        erasure = (
            self.sudo()
            .create(
                {
                    "user_id": self.env.uid,
                    "company_id": companies[0] if len(companies) == 1 else False,
                    "person": person,
                    "receipt": [],
                    "step_count": len(self._get_steps()),
                    "shared_count": person["shared"],
                }
            )
            .with_env(self.env)
        )
        self.env["prospect.tombstone"]._bury(
            [
                (company, kind, value)
                for company in companies
                for kind, values in (
                    ("email", person["addresses"]),
                    ("phone", person["numbers"]),
                )
                for value in values
            ],
            erasure,
            PURPOSE,
        )
        _logger.info("Erasure %s asked for by user %s", erasure.id, self.env.uid)
        erasure._dispatch()
        return erasure

    def _dispatch(self):
        """Erase at once where the database is small, else in the background."""
        ((rows,),) = self.env.execute_query(
            SQL(
                "SELECT COALESCE(sum(n_live_tup), 0) FROM pg_stat_user_tables"
                " WHERE relname IN ('crm_lead', 'mail_message',"
                " 'prospect_operation_line', 'res_partner')"
            )
        )
        if rows > SMALL:
            self._wake()
            return
        while self._work():
            pass

    # --- Doing it -------------------------------------------------------------------

    @api.model
    def _get_steps(self):
        """[(name, source or None)] in their order; see ``prospect.person``."""
        sources = self.env["prospect.person"]._get_sources()
        # prospects after what hangs on them, browsers' messages after all
        last = [source for source in sources if source.how == "contact"]
        sent = [source for source in sources if source.model == "bus.bus"]
        others = [
            source for source in sources if source not in last and source not in sent
        ]
        return [
            *((source.model, source) for source in others),
            ("crm.lead", None),
            *((source.model, source) for source in (*last, *sent)),
            ("", None),
        ]

    def _work(self):
        """Do the next step.

        :return: whether there is more to do
        """
        # sudo: the machine, for who may erase; it knows all records of the companies
        erasure = self.sudo()
        if erasure.state not in ("queued", "running"):
            return False
        steps = self._get_steps()
        model, source = steps[min(erasure.done_count, len(steps) - 1)]
        persons = erasure.env["prospect.person"]
        person = dict(erasure.person)
        if not model:
            erasure._finish(persons._find_rest(person))
            return False
        counts = (
            persons._erase(person, source) if source else persons._erase_leads(person)
        )
        erasure.write(
            {
                "state": "running",
                "person": person,
                "done_count": erasure.done_count + 1,
                "step_count": len(steps),
                "receipt": erasure._add_to_receipt(model, counts),
            }
        )
        return True

    def _add_to_receipt(self, model, counts):
        """The receipt with what one step has done."""
        known = Counter(
            {
                (entry["model"], entry["what"]): entry["count"]
                for entry in self.receipt or []
            }
        )
        known.update({(model, what): count for what, count in counts.items()})
        return [
            {"model": name, "what": what, "count": count}
            for (name, what), count in known.items()
            if count
        ]

    def _finish(self, rest):
        """Close it: the receipt says what is left, and nobody knows whom it was about.

        :param dict rest: {table: how many rows still name the person}
        """
        kept = {entry["model"] for entry in self.receipt if entry["what"] == "kept"}
        models_of = {
            model._table: name
            for name, model in self.env.registry.items()
            if model._auto and not model._abstract
        }
        receipt = list(self.receipt or [])
        for table, count in rest.items():
            name = models_of.get(table, table)
            if name in kept:
                continue
            receipt.append({"model": name, "what": "left", "count": count})
        self.write(
            {
                "state": "done",
                "receipt": receipt,
                "person": False,
                "finished_at": fields.Datetime.now(),
                "done_count": self.step_count,
            }
        )
        self.env.registry.clear_cache()
        _logger.info("Erasure %s is done", self.id)

    @api.model
    def _get_waiting_domain(self):
        return [("state", "in", ("queued", "running"))]

    @api.model
    def _get_work_label(self):
        return self.env._("Erasures")

    @api.model
    def _get_failed_domain(self):
        return [("state", "=", "failed")]

    @api.model
    def _claim(self, limit=None, but=()):
        """The oldest one that waits; its next step is the portion."""
        self.flush_model(["state"])
        found = claim(
            self.env,
            SQL(
                """SELECT id FROM prospect_erasure
                    WHERE state IN ('queued', 'running') AND id <> ALL(%s)
                 ORDER BY id LIMIT 1""",
                [number for rows in but for number in rows],
            ),
        )
        # no list of rows that are done with: the same one comes again, step by step
        return tuple(found)

    @api.model
    def _do(self, rows):
        # sudo: the job works off what administrators have asked for
        erasure = self.sudo().browse(rows)
        erasure.invalidate_recordset()
        erasure._work()
        return 1

    def _note_failure(self, rows, error):
        """It is tried again by hand; who is refused already stays so."""
        if not rows:
            raise error
        _logger.error("Erasure %s failed", rows, exc_info=error)
        # sudo: as above
        self.sudo().browse(rows).write(
            {"state": "failed", "error": type(error).__name__}
        )
        return False

    def action_retry(self):
        """Go on with an erasure that has failed.

        :raises UserError: when it has not
        """
        self.ensure_one()
        self._check_may_erase()
        self.check_access("read")
        if self.state != "failed":
            raise UserError(self.env._("This erasure has not failed."))
        # sudo: the state is written by the machine
        self.sudo().write({"state": "queued", "error": False})
        self._dispatch()

    def action_open(self):
        """Open its receipt."""
        self.ensure_one()
        return self._get_records_action(context={})
