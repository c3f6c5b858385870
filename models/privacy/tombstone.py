import hmac
from collections import defaultdict

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.mail import email_normalize

from ...tools.phones import read_phone

SECRET = "tombstone"
PURPOSE = "prospect"


class ProspectTombstone(models.Model):
    """That somebody was erased, so that nobody brings them back unawares.

    One row for each e-mail address and each number of the person, for a company and a
    purpose. Neither address nor number is in it: a digest with the key of the database
    (HMAC), by which a given address is recognised. A plain hash of a number would be
    broken in seconds. Digests of two companies have nothing in common.

    It refuses every channel, until a sales administrator lifts it and says why; who has
    erased and who has lifted stays.
    """

    _name = "prospect.tombstone"
    _inherit = ["prospect.cached.mixin"]
    _description = "Erased Person"
    _order = "id desc"
    _rec_name = "digest"
    _prospect_cached_fnames = frozenset(("digest", "lifted_at"))

    digest = fields.Char(
        required=True, readonly=True, export_string_translation=False, copy=False
    )
    kind = fields.Selection(
        selection=[("email", "E-mail address"), ("phone", "Phone number")],
        string="Of",
        required=True,
        readonly=True,
    )
    purpose = fields.Selection(
        selection=[(PURPOSE, "Prospecting")],
        required=True,
        readonly=True,
        default=PURPOSE,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: for all companies.",
    )
    erasure_id = fields.Many2one(
        comodel_name="prospect.erasure",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Erased By",
        readonly=True,
        ondelete="set null",
        default=lambda self: self.env.user,
    )
    date = fields.Datetime(
        string="Erased On",
        required=True,
        readonly=True,
        default=lambda self: self.env.cr.now(),
    )
    lifted_at = fields.Datetime(string="Lifted On", readonly=True)
    lift_user_id = fields.Many2one(
        comodel_name="res.users", string="Lifted By", readonly=True, ondelete="set null"
    )
    lift_reason = fields.Char(string="Why It Was Lifted", readonly=True)
    address = fields.Char(
        string="E-mail or Number",
        compute="_compute_address",
        search="_search_address",
        help="To look for: the address itself is kept nowhere.",
    )

    _digest_unique = models.UniqueIndex("(digest) WHERE lifted_at IS NULL")
    _digest_idx = models.Index("(digest)")

    def _compute_address(self):
        """Nobody knows it."""
        self.address = False

    def _search_address(self, operator, value):
        """Those of an address or a number: a search by its digests."""
        if operator not in ("in", "ilike", "=ilike", "like", "=like"):
            return NotImplemented
        texts = [value] if isinstance(value, str) else value
        company = self.env.company
        items = set()
        for text in texts:
            text = str(text or "").strip(" %")
            email = email_normalize(text)
            phone = read_phone(text, company.country_id.code or None)
            if email:
                items |= {(0, "email", email)}
            elif phone:
                items |= {(0, "phone", phone.e164)}
        digests = self._get_digests(items, self.env.companies.ids)
        return Domain("digest", "in", list(digests))

    @api.depends("kind", "date", "erasure_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for tombstone in self:
            tombstone.display_name = f"{kinds.get(tombstone.kind)} #{tombstone.id}"

    # --- Asking ---------------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _has_any(self):
        """Whether anybody at all is refused: remembered, for who types prospects."""
        return bool(
            self.env.execute_query(
                SQL("SELECT 1 FROM prospect_tombstone WHERE lifted_at IS NULL LIMIT 1")
            )
        )

    @api.model
    def _find_refused(self, items, purpose=PURPOSE):
        """Which addresses and numbers are those of erased people.

        With one query where nobody was erased, and two otherwise, however many.

        :param items: (company's number, ``email`` or ``phone``, normalised address);
            company 0: as in any company
        :return: {item: when the person was erased}
        """
        items = {item for item in items if item[2]}
        if not items:
            return {}
        self.flush_model(["digest", "lifted_at"])
        rows = self.env.execute_query(
            SQL(
                """SELECT value FROM prospect_secret
                    WHERE name = %s
                      AND EXISTS (SELECT 1 FROM prospect_tombstone
                                   WHERE lifted_at IS NULL)""",
                SECRET,
            )
        )
        if not rows:
            return {}
        companies = []
        if any(not company for company, _kind, _value in items):
            # sudo: ids of companies alone
            companies = list(
                self.env["res.company"].sudo()._search([]).get_result_ids()
            )
        digests = self._get_digests(items, companies, purpose)
        return {
            item: date
            for digest, date in self.env.execute_query(
                SQL(
                    "SELECT digest, date FROM prospect_tombstone"
                    " WHERE lifted_at IS NULL AND digest = ANY(%s)",
                    list(digests),
                )
            )
            for item in digests[digest]
        }

    @api.model
    def _get_digests(self, items, companies=(), purpose=PURPOSE):
        """{digest: items that have it}.

        An address is looked for in its company, and among those that were erased for
        all companies.

        :param companies: ids of those in which items of company 0 are looked for
        """
        if not items:
            return {}
        # sudo: the key is nobody's to read
        secret = self.env["prospect.secret"].sudo()._get_secret(SECRET)
        digests = defaultdict(list)
        for item in items:
            company, kind, value = item
            for number in {0, company} if company else {0, *companies}:
                digest = self._digest(secret, number, purpose, kind, value)
                digests[digest].append(item)
        return digests

    @api.model
    def _digest(self, secret, company_id, purpose, kind, value):
        text = "\n".join((str(company_id or 0), purpose, kind, value))
        return hmac.digest(secret, text.encode(), "sha256").hex()

    # --- Writing --------------------------------------------------------------------

    @api.model
    def _bury(self, items, erasure=None, purpose=PURPOSE):
        """Refuse addresses and numbers from now on; those that are refused stay.

        :param items: (company's number or 0, kind, normalised address)
        :return: how many are new
        """
        # sudo: the key is nobody's to read, and only this method writes tombstones
        secret = self.env["prospect.secret"].sudo()._get_secret(SECRET)
        tombstones = self.sudo()
        wanted = {
            self._digest(secret, company, purpose, kind, value): (company, kind)
            for company, kind, value in items
        }
        known = tombstones.search(
            [("digest", "in", list(wanted)), ("lifted_at", "=", False)]
        ).mapped("digest")
        return len(
            tombstones.create(
                [
                    {
                        "digest": digest,
                        "kind": kind,
                        "purpose": purpose,
                        "company_id": company or False,
                        "erasure_id": erasure.id if erasure else False,
                        "user_id": erasure.user_id.id if erasure else self.env.uid,
                    }
                    for digest, (company, kind) in wanted.items()
                    if digest not in known
                ]
            )
        )

    def action_lift(self):
        """Ask why, and let the person be entered again."""
        self._check_may_lift()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "prospect.prospect_tombstone_lift_action"
            ),
            "context": {"active_model": self._name, "active_ids": self.ids},
        }

    def _lift(self, reason):
        """Let erased people be entered again: all their addresses and numbers.

        :param str reason: why, in the words of who lifts it
        :raises UserError: without a reason
        """
        self._check_may_lift()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: the reason is kept."))
        tombstones = self.filtered(lambda tombstone: not tombstone.lifted_at)
        siblings = self.search(
            [
                ("erasure_id", "in", tombstones.erasure_id.ids),
                ("lifted_at", "=", False),
            ]
        )
        # sudo: written by this method alone, by who may lift
        (tombstones | siblings).sudo().write(
            {
                "lifted_at": fields.Datetime.now(),
                "lift_user_id": self.env.uid,
                "lift_reason": reason,
            }
        )

    def _check_may_lift(self):
        """:raises AccessError: for anybody but sales administrators of the company"""
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "sales_team.group_sale_manager"
        ):
            raise AccessError(
                self.env._("Only sales administrators let erased people come back.")
            )
