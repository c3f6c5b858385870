from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS
from odoo.tools import formatLang

from ..tools.phones import read_phone
from ..tools.properties import PLAIN_PROPERTIES
from ..tools.remarks import day_label, pack, record_label, remark
from ..tools.values import clean_email

# What is the same for all: given, or emptied by the field clear_<name>.
SETTABLE = (
    *("first_name", "last_name", "function", "partner_name"),
    *("phone", "email_from", "assistant_email"),
    *("source_id", "user_id", "team_id", "country_id", "lang_id"),
)
# Field of the prospect: fields of the wizard that add and remove.
LINKED = {
    "list_ids": ("list_add_ids", "list_remove_ids"),
    "tag_ids": ("tag_add_ids", "tag_remove_ids"),
}


class ProspectBulk(models.TransientModel):
    """Several changes of many prospects at once [IE-20 to IE-24].

    What is left empty stays as it is; what is to be emptied is ticked. What comes
    after (preview, run, receipt, undo) is the page of the operation that this makes.
    In code::

        wizard = env["prospect.bulk"].create(
            {"selection": {"ids": leads.ids}, "partner_name": "ACME"}
        )
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()

    ``selection`` is ``ids``, or ``domain``, for all that match a search however many,
    with ``active_test`` as in its context.
    """

    _name = "prospect.bulk"
    _inherit = ["prospect.distribute.mixin"]
    _description = "Bulk Operation on Prospects"

    selection = fields.Json(
        default=lambda self: self._default_selection(), export_string_translation=False
    )
    count = fields.Integer(string="Prospects", compute="_compute_count")
    title = fields.Char(compute="_compute_title", export_string_translation=False)
    operation_id = fields.Many2one(comodel_name="prospect.operation", readonly=True)
    # Lists and status
    list_add_ids = fields.Many2many(
        comodel_name="prospect.list",
        relation="prospect_bulk_list_add_rel",
        string="Add to Lists",
    )
    list_remove_ids = fields.Many2many(
        comodel_name="prospect.list",
        relation="prospect_bulk_list_remove_rel",
        string="Remove from Lists",
    )
    status_id = fields.Many2one(
        comodel_name="prospect.status",
        domain=[("kind", "!=", "converted")],
        help="Converted prospects keep theirs.",
    )
    status_kind = fields.Selection(
        related="status_id.kind", export_string_translation=False
    )
    junk = fields.Boolean(
        string="Mark as Junk",
        help="They stay on their page as junk. What was planned for them is closed.",
    )
    lost_reason_id = fields.Many2one(
        comodel_name="crm.lost.reason", string="Junk Reason"
    )
    note = fields.Text(
        string="Closing Note", help="Written in the history of each prospect."
    )
    archive = fields.Boolean(help="They leave the Prospects page.")
    # Fields
    first_name = fields.Char()
    last_name = fields.Char()
    function = fields.Char(string="Job Position")
    partner_name = fields.Char(string="Company Name")
    phone = fields.Char()
    email_from = fields.Char(string="Email")
    assistant_email = fields.Char(string="Assistant's Email")
    source_id = fields.Many2one(
        comodel_name="utm.source", domain=[("prospect_channel", "!=", False)]
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        domain=[("share", "=", False)],
        help="Prospects of another team go to the salesperson's own, unless you choose"
        " one. The salesperson gets one e-mail for all of them.",
    )
    team_id = fields.Many2one(comodel_name="crm.team", string="Sales Team")
    country_id = fields.Many2one(comodel_name="res.country")
    lang_id = fields.Many2one(comodel_name="res.lang", string="Language")
    property_key = fields.Selection(
        selection="_get_property_choices", string="Custom Field"
    )
    property_value = fields.Char(
        string="Its Value",
        help="Use the same format as in an import file: a number, a date such as"
        " 2026-01-31, yes or no, or the name of a choice.",
    )
    clear_property = fields.Boolean(string="Empty the custom field")
    tag_add_ids = fields.Many2many(
        comodel_name="crm.tag", relation="prospect_bulk_tag_add_rel", string="Add Tags"
    )
    tag_remove_ids = fields.Many2many(
        comodel_name="crm.tag",
        relation="prospect_bulk_tag_remove_rel",
        string="Remove Tags",
    )
    # What is emptied on purpose
    clear_first_name = fields.Boolean(string="Empty the first name")
    clear_last_name = fields.Boolean(string="Empty the last name")
    clear_function = fields.Boolean(string="Empty the job position")
    clear_partner_name = fields.Boolean(string="Empty the company")
    clear_phone = fields.Boolean(string="Empty the phone")
    clear_email_from = fields.Boolean(string="Empty the email")
    clear_assistant_email = fields.Boolean(string="Empty the assistant's email")
    clear_source_id = fields.Boolean(string="Empty the source")
    clear_user_id = fields.Boolean(string="Empty the salesperson")
    clear_team_id = fields.Boolean(string="Empty the sales team")
    clear_country_id = fields.Boolean(string="Empty the country")
    clear_lang_id = fields.Boolean(string="Empty the language")
    clear_tag_ids = fields.Boolean(string="Remove all tags")
    # Activity
    activity_type_id = fields.Many2one(
        comodel_name="mail.activity.type",
        string="Activity",
        domain=[("res_model", "in", (False, "crm.lead"))],
    )
    activity_summary = fields.Char(string="Summary")
    activity_date = fields.Date(
        string="Due Date",
        compute="_compute_activity_date",
        store=True,
        readonly=False,
    )
    activity_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Assigned to",
        domain=[("share", "=", False)],
        help="Empty: the salesperson of each prospect, or you where there is none.",
    )

    @api.model
    def _get_property_choices(self):
        """The custom fields that can be set for many."""
        return self.env["prospect.property"]._get_import_targets(PLAIN_PROPERTIES)

    @api.model
    def _default_selection(self):
        """What is ticked on the page, or everything that matches its search."""
        context = self.env.context
        if context.get("prospect_domain"):
            return {
                "domain": context["prospect_domain"],
                "active_test": context.get("active_test", True),
            }
        if context.get("active_model", "crm.lead") != "crm.lead":
            return {"ids": []}
        return {"ids": context.get("active_ids") or []}

    @api.depends("selection")
    def _compute_count(self):
        for wizard in self:
            leads, domain = wizard._get_leads()
            wizard.count = leads.search_count(domain)

    @api.depends("count")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for wizard in self:
            wizard.display_name = self.env["prospect.operation"]._get_bulk_name(
                wizard.count
            )

    @api.depends("count")
    @api.depends_context("lang")
    def _compute_title(self):
        for wizard in self:
            wizard.title = (
                self.env._("1 prospect")
                if wizard.count == 1
                else self.env._(
                    "%(count)s prospects",
                    count=formatLang(self.env, wizard.count, digits=0),
                )
            )

    @api.depends("activity_type_id")
    def _compute_activity_date(self):
        for wizard in self:
            if wizard.activity_type_id and not wizard.activity_date:
                wizard.activity_date = wizard.activity_type_id._get_date_deadline()

    def _get_leads(self):
        """The chosen prospects, as an environment and a domain to search in it."""
        return self.env["prospect.operation"]._get_bulk_search(self.selection or {})

    # --- What to do ---------------------------------------------------------------

    def action_preview(self):
        """Make the operation and open its page with the preview."""
        self.ensure_one()
        return self._make_operation().action_preview()

    def _make_operation(self):
        """The changes as an operation, to preview, run and undo.

        :return: a ``prospect.operation`` in draft
        :raises UserError: when nothing is asked for, or things that exclude each other
        :raises AccessError: when the person may not change many prospects at once
        """
        self.ensure_one()
        self.env["prospect.operation"]._check_bulk_right()
        self._check_choices()
        if not self.count:
            raise UserError(
                self.env._("No prospect is chosen. Tick some on the Prospects page.")
            )
        # sudo: operations are made by the machine, and belong to the person
        operations = self.env["prospect.operation"].sudo()
        values = {
            "name": operations._get_bulk_name(self.count),
            "options": {
                "selection": self._get_selection(),
                "count": self.count,
                "changes": self._get_changes(),
                "wizard": self._get_choices(),
                "company_ids": self.env.companies.ids,
                "lang": self.env.lang,
            },
        }
        operation = self.operation_id.exists()
        if operation:
            operation._check_may_act()
        operation = operation.sudo()
        if operation.kind == "bulk" and operation.state in ("draft", "previewed"):
            operation.write({**values, "state": "draft"})
        else:
            operation = operations.create({**values, "kind": "bulk"})
            self.operation_id = operation
        return operation.sudo(False)

    def _get_selection(self):
        """What was chosen, as plain values."""
        selection = self.selection or {}
        self.env["prospect.operation"]._check_bulk_selection(selection)
        if "domain" in selection:
            return {
                "domain": selection["domain"],
                "active_test": bool(selection.get("active_test", True)),
            }
        return {"ids": [int(number) for number in selection.get("ids") or ()]}

    def _get_changes(self):
        """What the operation does, as plain values.

        - ``set``: {field: value, or False to empty it}
        - ``links``: {field: {"add": numbers, "remove": numbers, "clear": bool}}
        - ``status_id``, ``lost_reason_id``, ``note``, ``archive``
        - ``share``: ``user_ids`` or ``rotation_id``, among whom they are distributed
        - ``activity``: ``type_id``, ``summary``, ``date``, ``user_id`` and ``text``
        """
        self.list_add_ids._check_open()
        links = {}
        for fname, (add, remove) in LINKED.items():
            clear = fname == "tag_ids" and self.clear_tag_ids
            if self[add] or self[remove] or clear:
                links[fname] = {
                    "add": sorted(self[add].ids),
                    "remove": sorted(self[remove].ids),
                    "clear": clear,
                }
        status = self._get_status()
        return {
            "set": self._get_values(),
            "links": links,
            "status_id": status.id,
            "lost_reason_id": status.kind == "junk" and self.lost_reason_id.id,
            "note": status.kind == "junk" and self.note,
            "archive": self.archive,
            "share": self._get_distribution(),
            "activity": self._get_activity(),
        }

    def _get_distribution(self):
        distribution = super()._get_distribution()
        if distribution and self.clear_user_id:
            raise UserError(
                self.env._(
                    "%(field)s: either give a value or empty it.",
                    field=self._fields["user_id"]._description_string(self.env),
                )
            )
        return distribution

    def _get_status(self):
        """The status that the prospects go to, empty when they keep theirs."""
        if self.junk and self.status_id.kind != "junk":
            return self.env["prospect.status"]._get_main("junk")
        return self.status_id

    def _get_values(self):
        """{field: value, or False to empty it}."""
        values = {}
        for fname in SETTABLE:
            if self[f"clear_{fname}"]:
                values[fname] = False
            elif self[fname]:
                field = self._fields[fname]
                value = self[fname].id if field.relational else self[fname].strip()
                values[fname] = value
        if values.get("phone"):
            country = self.country_id or self.env.company.country_id
            phone = read_phone(values["phone"], country.code or None)
            if not phone:
                raise UserError(
                    self.env._(
                        "“%(phone)s” is not a phone number. Write it with its country,"
                        " such as +33 6 12 34 56 78.",
                        phone=values["phone"],
                    )
                )
            values["phone"] = phone.international
        if self.property_key:
            values["properties"] = {self.property_key: self._get_property_value()}
        return values

    def _get_property_value(self):
        """The value of the custom field, False to empty it.

        :raises UserError: when the text is no such value, or there is none
        """
        if self.clear_property:
            return False
        text = (self.property_value or "").strip()
        value = self.env["prospect.property"]._read_value(self.property_key, text)
        if not text or value is None:
            labels = dict(self._fields["property_key"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(text)s” is not a valid value for the field %(field)s. Give"
                    " another one, or tick that it is to be emptied.",
                    text=text,
                    field=labels.get(self.property_key, ""),
                )
            )
        return value

    def _get_activity(self):
        """The activity that is planned for each, False when there is none."""
        if not self.activity_type_id:
            return False
        summary = (self.activity_summary or "").strip()
        date = self.activity_date
        text = remark(
            self.env,
            "bulk.activity",
            type=record_label(self.activity_type_id),
            summary=summary,
            day=day_label(self.env, date),
        )
        return {
            "type_id": self.activity_type_id.id,
            "summary": summary,
            "date": fields.Date.to_string(date),
            "user_id": self.activity_user_id.id,
            "text": pack(text),
        }

    # --- Choices that cannot be ---------------------------------------------------

    def _check_choices(self):
        """Refuse what cannot be done, before anything is planned.

        :raises UserError: saying what to change
        :raises AccessError: for records that the person may not see
        """
        for fname, field in self._fields.items():
            if field.relational and fname in self._get_chosen():
                self[fname].check_access("read")
        self._check_together()
        self._check_links()
        self._check_emails()
        self._check_people()
        changes = self._get_changes()
        if not any(changes.values()):
            raise UserError(
                self.env._(
                    "Nothing to do: choose at least one change. What you leave empty"
                    " stays as it is."
                )
            )

    def _check_together(self):
        """Changes that exclude each other."""
        status = self._get_status()
        if self.status_id.kind == "converted":
            raise UserError(
                self.env._(
                    "Prospects are converted with Convert, which creates their "
                    "contact, company or opportunity. Choose another status here."
                )
            )
        if self.junk and self.status_id and self.status_id.kind != "junk":
            raise UserError(
                self.env._(
                    "Choose either Mark as Junk or the status %(status)s: a "
                    "prospect has only one status.",
                    status=self.status_id.name,
                )
            )
        if status.kind == "junk" and (self.archive or self.activity_type_id):
            raise UserError(
                self.env._(
                    "Junk stays on its page and has nothing planned: do not archive it"
                    " or plan an activity at the same time."
                )
            )
        if status.kind != "junk" and (self.lost_reason_id or self.note):
            raise UserError(
                self.env._(
                    "A reason and a closing note apply to junk only: tick Mark as "
                    "Junk, or empty them."
                )
            )
        for fname in SETTABLE:
            if self[fname] and self[f"clear_{fname}"]:
                raise UserError(
                    self.env._(
                        "%(field)s: either give a value or empty it.",
                        field=self._fields[fname]._description_string(self.env),
                    )
                )
        if self.activity_type_id and not self.activity_date:
            raise UserError(self.env._("Give the due date of the activity."))
        if not self.activity_type_id and (self.activity_summary or self.activity_date):
            raise UserError(self.env._("Choose what kind of activity to plan."))

    def _check_links(self):
        """The same list, or the same tag, cannot be added and removed."""
        for add, remove in LINKED.values():
            both = self[add] & self[remove]
            if both:
                raise UserError(
                    self.env._(
                        "%(names)s: either add or remove, not both.",
                        names=", ".join(both.mapped("display_name")),
                    )
                )

    def _check_emails(self):
        """An address is one person's."""
        for fname in ("email_from", "assistant_email"):
            if self[fname] and not clean_email(self[fname])[0]:
                raise UserError(
                    self.env._(
                        "“%(email)s” is not an e-mail address.", email=self[fname]
                    )
                )
        if self.email_from and self.count > 1:
            raise UserError(
                self.env._(
                    "One e-mail address for %(count)s prospects would make them the"
                    " same person. Open them one by one, or leave the e-mail empty.",
                    count=self.count,
                )
            )

    def _check_people(self):
        """Salespeople are colleagues, of a company that the team works for.

        :raises UserError: naming who is not
        """
        for user in self.user_id | self.activity_user_id:
            if user.share or not user.active:
                raise UserError(
                    self.env._("%(user)s is not a colleague of yours.", user=user.name)
                )
        company = self.team_id.company_id
        # sudo: where the salesperson works, whoever may read it
        if company and self.user_id and company not in self.user_id.sudo().company_ids:
            raise UserError(
                self.env._(
                    "%(user)s does not work for %(company)s, to which the team %(team)s"
                    " belongs.",
                    user=self.user_id.name,
                    company=company.name,
                    team=self.team_id.name,
                )
            )

    # --- Back to the choices ------------------------------------------------------

    def _get_choices(self):
        """What was chosen, as values for another wizard."""
        return {
            fname: self[fname].ids
            if field.type == "many2many"
            else self[fname].id
            if field.relational
            else fields.Date.to_string(self[fname])
            if field.type == "date"
            else self[fname]
            for fname, field in self._fields.items()
            if fname in self._get_chosen() and self[fname]
        }

    @api.model
    def _get_chosen(self):
        """Names of the fields that people fill in."""
        return {
            fname
            for fname, field in self._fields.items()
            if fname not in (*MAGIC_COLUMNS, "operation_id", "selection")
            and (field.store or not field.compute)
        }

    @api.model
    def _from_operation(self, operation):
        """The wizard of an operation that was previewed, to change what it does."""
        options = operation.options or {}
        return self.create(
            {
                **(options.get("wizard") or {}),
                "selection": options.get("selection"),
                "operation_id": operation.id,
            }
        )

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Bulk operation"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }
