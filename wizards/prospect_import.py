from base64 import b64decode, b64encode

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.columns import REPEATABLE, guess_columns
from ..tools.headers import normalize_header
from ..tools.matching import POLICIES, POLICY_CHOICES
from ..tools.remarks import remark
from ..tools.tabular.choices import (
    DELIMITER_CHOICES,
    DELIMITER_NAMES,
    ENCODING_CHOICES,
    choose_encoding,
    name_delimiter,
    read_delimiter,
)
from ..tools.trusted import read_trusted, trusted

# Rows that are looked at to guess the columns, and those that are shown.
SAMPLES = 50
SHOWN_SAMPLES = 3
# Only these of the mapping that people chose are remembered under Odoo's name.
IGNORED = "_ignored"
# How the file is read: changed on the page, it is read again.
READING = ("sheet", "has_header", "delimiter", "encoding")


class ProspectImport(models.TransientModel):
    """Import a file of prospects, in steps: the file, its columns, what to do.

    What comes after (preview, run, receipt, undo) is the page of the operation that
    this makes. In code::

        wizard = env["prospect.import"].create({"file": base64, "filename": "a.csv"})
        operation = wizard._make_operation()
        operation.action_preview()
        operation.action_run()
    """

    _name = "prospect.import"
    _inherit = ["prospect.distribute.mixin"]
    _description = "Import of Prospects"

    step = fields.Selection(
        selection=[
            ("file", "File"),
            ("columns", "Columns"),
            ("options", "What to do"),
        ],
        default="file",
        required=True,
    )
    # The file
    attachment_id = fields.Many2one(comodel_name="ir.attachment", readonly=True)
    file = fields.Binary(
        compute="_compute_file",
        inverse="_inverse_file",
        help="CSV, Excel or OpenDocument. Separator and encoding are detected"
        " automatically, and can be changed with the columns.",
    )
    filename = fields.Char(string="File Name")
    pasted = fields.Text(
        string="Rows of a Spreadsheet",
        help="Copied from a spreadsheet, the header first.",
    )
    has_header = fields.Boolean(
        string="The first row contains the column names", default=True
    )
    # else the first row is looked at
    header_is_chosen = fields.Boolean(readonly=True, export_string_translation=False)
    sheet = fields.Char(help="Of a workbook; empty: the first one that is not empty.")
    sheet_names = fields.Json(readonly=True, export_string_translation=False)
    has_sheets = fields.Boolean(
        compute="_compute_has_sheets", export_string_translation=False
    )
    is_text = fields.Boolean(readonly=True, export_string_translation=False)
    delimiter = fields.Selection(
        selection=DELIMITER_CHOICES,
        string="Separator",
        help="What stands between the columns of a text file.",
    )
    encoding = fields.Selection(
        selection=ENCODING_CHOICES,
        help="How letters are written in a text file. Where accents look wrong, another"
        " one is right.",
    )
    reading_notes = fields.Text(readonly=True, export_string_translation=False)
    row_hint = fields.Integer(string="Rows", readonly=True)
    # The columns
    column_ids = fields.One2many(
        comodel_name="prospect.import.column",
        inverse_name="import_id",
        string="Columns",
    )
    # What to do
    policy = fields.Selection(
        selection=POLICY_CHOICES,
        string="Existing Prospects",
        required=True,
        default="update",
        help="Matched by e-mail address, phone and name. Empty cells never erase"
        " anything.",
    )
    keep_apart = fields.Boolean(
        string="Keep people apart who share an address",
        help="Rows with one personal e-mail address and different names become a"
        " prospect each. Otherwise they are one prospect, and the preview says so.",
    )
    status_id = fields.Many2one(
        comodel_name="prospect.status",
        help="Applied to every row. If empty, new prospects get the default status and"
        " existing ones keep theirs.",
    )
    source_id = fields.Many2one(
        comodel_name="utm.source",
        domain=[("prospect_channel", "!=", False)],
        default=lambda self: self.env.ref(
            "prospect.utm_source_import", raise_if_not_found=False
        ),
        help="For new prospects, unless a column of the file gives it.",
    )
    list_ids = fields.Many2many(
        comodel_name="prospect.list",
        string="Lists",
        default=lambda self: self._get_page_list(),
        help="Everybody in the file joins them.",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        domain=[("use_leads", "=", True)],
        help="For new prospects.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        domain=[("share", "=", False)],
        help="For new prospects. Empty: unassigned.",
    )
    country_id = fields.Many2one(
        comodel_name="res.country",
        string="Country of Phone Numbers",
        help="Country of phone numbers without prefix, where no column gives the"
        " country. Empty: the one in which most numbers in the file are valid.",
    )
    create_missing = fields.Boolean(
        string="Create missing tags and lists", default=True
    )
    reactions = fields.Boolean(
        string="Run automation",
        help="What starts automatically for a new prospect (assignment, notifications, "
        "sequences) starts for imported ones too.",
    )
    operation_id = fields.Many2one(comodel_name="prospect.operation", readonly=True)

    @api.model
    def _get_page_list(self):
        """The list whose page this was opened from."""
        lists = self.env["prospect.list"]
        return lists.browse(self.env.context.get("prospect_list_id") or [])

    @api.depends("attachment_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for wizard in self:
            name = wizard._get_attachment().name
            wizard.display_name = (
                remark(self.env, "imports.name", file=name)
                if name
                else self.env._("Import Prospects")
            )

    @api.model_create_multi
    def create(self, vals_list):
        self.env["prospect.right"]._check("import")
        wizards = super().create(vals_list)
        for wizard, vals in zip(wizards, vals_list, strict=True):
            if not vals.get("has_header", True):
                wizard.header_is_chosen = True
        return wizards

    def write(self, vals):
        """Another sheet, header, separator or encoding is read at once where columns
        are shown.
        """
        is_found = read_trusted(self.env.context, "prospect_reading")
        if "has_header" in vals and not is_found:
            vals = {"header_is_chosen": True, **vals}
        result = super().write(vals)
        if set(READING) & vals.keys() and not is_found:
            for wizard in self.filtered("column_ids"):
                wizard.column_ids.unlink()
                if wizard.step != "file":
                    wizard._guess_columns()
        return result

    @api.depends("sheet_names")
    def _compute_has_sheets(self):
        """Whether there is a sheet to choose."""
        for wizard in self:
            wizard.has_sheets = len(wizard.sheet_names or ()) > 1

    # --- The file -----------------------------------------------------------------

    @api.depends("attachment_id")
    def _compute_file(self):
        for wizard in self:
            raw = wizard._get_attachment().raw
            wizard.file = b64encode(raw) if raw else False

    def _inverse_file(self):
        for wizard in self:
            if wizard.file or wizard.filename:
                wizard._set_content(b64decode(wizard.file or b""), wizard.filename)
            else:
                wizard._forget_file()

    def _get_attachment(self):
        """The file of this wizard, or of the person's operation that it changes.

        Whatever else the field was made to name is not theirs to read.
        """
        # sudo: where the file belongs, before anything of it is read
        attachment = self.attachment_id.sudo()
        owner = (attachment.res_model, attachment.res_id)
        if owner == (self._name, self._origin.id or self.id):
            return attachment
        operation = self.operation_id
        if operation and owner == (operation._name, operation.id):
            operation._check_may_act()
            return attachment
        return attachment.browse()

    def _set_content(self, content, name):
        """Keep a file; what was found about an earlier one is forgotten.

        :param bytes content: what is in it
        :param str name: as the person knows it
        """
        # sudo: sales people may not write attachments without a document
        attachments = self.env["ir.attachment"].sudo()
        try:
            self.attachment_id = attachments.create(
                {
                    "name": name or self.env._("import.csv"),
                    "raw": content,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        except OSError as error:
            operations = self.env["prospect.operation"]
            raise UserError(operations._describe_file_no_room()) from error
        self._forget_columns()

    def _forget_file(self):
        self.attachment_id = False
        self._forget_columns()

    def _forget_columns(self):
        self.column_ids.unlink()
        self.write(
            {
                **dict.fromkeys(("operation_id", "sheet", "sheet_names"), False),
                **dict.fromkeys(("delimiter", "encoding", "reading_notes"), False),
                "header_is_chosen": False,
            }
        )

    def _open_table(self):
        self.ensure_one()
        if self.pasted and not self.attachment_id:
            is_chosen = self.header_is_chosen
            self._set_content(self.pasted.encode(), self.env._("pasted rows"))
            self.header_is_chosen = is_chosen
        attachment = self._get_attachment()
        if not attachment:
            raise UserError(self.env._("Choose a file, or paste rows, to go on."))
        operations = self.env["prospect.operation"]
        return operations._read_table(
            operations._get_file(attachment),
            attachment.name,
            **({"sheet": self.sheet} if self.sheet else {}),
            has_header=self.has_header if self.header_is_chosen else None,
            delimiter=read_delimiter(self.delimiter),
            encoding=self.encoding or None,
        )

    # --- The columns --------------------------------------------------------------

    def _guess_columns(self):
        """Fill the columns with what the file seems to hold.

        Where nobody has said whether the first row is a header, one that looks like
        those below it is none.

        :raises UserError: when the file cannot be read, saying why
        """
        self.ensure_one()
        with self._open_table() as table:
            samples = [cells for _line, cells in table.sample(SAMPLES)]
            if not samples:
                raise UserError(
                    self.env._("The file has a header and no row below it.")
                )
            guesses = guess_columns(
                table.header,
                samples,
                self._get_saved(),
                self._get_labels(),
                self.env["prospect.title"]._get_all_names(),
            )
            wizard = self.with_context(**trusted(prospect_reading=True))
            wizard.row_hint = table.size_hint or 0
            wizard.is_text = bool(table.encoding)
            wizard.has_header = table.has_header
            wizard.delimiter = name_delimiter(table)
            wizard.encoding = choose_encoding(table.encoding)
            wizard.reading_notes = "\n".join(self._describe_reading(table))
            wizard.sheet_names = table.sheets
            wizard.sheet = table.sheet
            self.column_ids = [
                fields.Command.clear(),
                *(
                    fields.Command.create(
                        self._get_column(position, header, samples, guesses)
                    )
                    for position, header in enumerate(table.header)
                ),
            ]
            wizard._guess_reading(samples)

    def _describe_reading(self, table):
        """What the page says of the file, as a list of sentences."""
        operations = self.env["prospect.operation"]
        told = operations._describe_reading(operations._note_reading(table))
        if not (self.header_is_chosen or table.has_header):
            told.append(
                self.env._(
                    "The first row looks like those below it: it is taken for one of"
                    " the people. If it names the columns, say so."
                )
            )
        if table.wide_lines:
            told.append(
                self.env._(
                    "Rows with more cells than the header: %(lines)s. Look whether the"
                    " separator is right.",
                    lines=", ".join(map(str, sorted(table.wide_lines)[:10])),
                )
            )
        return told

    def _get_column(self, position, header, samples, guesses):
        values = []
        for cells in samples:
            text = " ".join(cells[position].split())
            if text and text not in values:
                values.append(text[:40])
        guess = guesses.get(position)
        return {
            "position": position,
            "header": header,
            "samples": " · ".join(values[:SHOWN_SAMPLES]),
            "target": guess.target if guess else False,
            "why": guess.why if guess else False,
        }

    def _get_saved(self):
        """{normalised header: target} that the person chose in earlier imports.

        Kept with Odoo's own memory of imports.
        """
        mappings = self.env["base_import.mapping"].search_read(
            [("res_model", "=", "crm.lead"), ("create_uid", "=", self.env.uid)],
            ["column_name", "field_name"],
        )
        targets = dict(self.env["prospect.import.column"]._get_targets())
        return {
            normalize_header(mapping["column_name"]): None
            if mapping["field_name"] == IGNORED
            else mapping["field_name"]
            for mapping in mappings
            if mapping["field_name"] in targets or mapping["field_name"] == IGNORED
        }

    def _get_labels(self):
        """{label in the interface: target}."""
        targets = self.env["prospect.import.column"]._get_targets()
        return {label: name for name, label in targets if name != "note"}

    def _save_mapping(self):
        """Remember what the person chose by hand, for the next file like this one."""
        # sudo: a memory of the person's own choices, read back by create_uid
        mappings = self.env["base_import.mapping"]
        for column in self.column_ids.filtered(lambda column: column.why == "manual"):
            existing = mappings.search(
                [
                    ("res_model", "=", "crm.lead"),
                    ("column_name", "=", column.header.lower()),
                    ("create_uid", "=", self.env.uid),
                ],
                limit=1,
            )
            values = {"field_name": column.target or IGNORED}
            if existing:
                existing.write(values)
            else:
                mappings.create(
                    {
                        "res_model": "crm.lead",
                        "column_name": column.header.lower(),
                        **values,
                    }
                )

    def _check_columns(self):
        """Refuse a mapping that cannot say who people are.

        :raises UserError: naming what is missing or given twice
        """
        targets = [column.target for column in self.column_ids if column.target]
        identities = {
            *("email_from", "phone", "id"),
            *("contact_name", "first_name", "last_name", "partner_name", "name"),
        }
        if not identities & set(targets):
            raise UserError(
                self.env._(
                    "No column identifies people. Choose the one with their e-mail, "
                    "phone or name."
                )
            )
        labels = dict(self.env["prospect.import.column"]._get_targets())
        for target in sorted(set(targets) - REPEATABLE - {"note"}):
            if targets.count(target) > 1:
                raise UserError(
                    self.env._(
                        "%(field)s is chosen for several columns. Keep one, and put the"
                        " others in the notes.",
                        field=labels[target],
                    )
                )

    # --- Steps --------------------------------------------------------------------

    def action_next(self):
        """Go to the next step, which may find fault with this one."""
        self.ensure_one()
        if self.step == "file":
            if not self.column_ids:
                self._guess_columns()
            self.step = "columns"
        elif self.step == "columns":
            self._check_columns()
            self.step = "options"
        else:
            return self.action_preview()
        return True

    def action_back(self):
        """Go back one step; nothing that was chosen is lost."""
        self.ensure_one()
        self.step = "file" if self.step == "columns" else "columns"
        return True

    def action_guess(self):
        """Read the file again, for instance after choosing another sheet."""
        self.ensure_one()
        self.column_ids.unlink()
        self._guess_columns()
        return True

    def action_note_rest(self):
        """Put the columns that are left out in the notes."""
        self.ensure_one()
        self.column_ids.filtered(lambda column: not column.target).target = "note"
        return True

    def action_preview(self):
        """Make the operation and open its page with the preview."""
        self.ensure_one()
        operation = self._make_operation()
        return operation.action_preview()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Prospects"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    # --- The operation --------------------------------------------------------------

    def _make_operation(self):
        """The import as an operation, to preview, run and undo.

        :return: a ``prospect.operation`` in draft
        :raises UserError: when the file or its columns cannot be used
        :raises AccessError: when the person may not make prospects
        """
        self.ensure_one()
        self.env["prospect.right"]._check("import")
        self.env["crm.lead"].check_access("create")
        if self.policy not in POLICIES:
            raise UserError(self.env._("Choose what to do with existing prospects."))
        if not self.column_ids:
            self._guess_columns()
        self._check_columns()
        self._save_mapping()
        # sudo: operations are made by the machine, and belong to the person
        operations = self.env["prospect.operation"].sudo()
        attachment = self._get_attachment()
        values = {
            "name": remark(self.env, "imports.name", file=attachment.name),
            "options": self._get_options(),
            "attachment_id": attachment.id,
        }
        operation = self.operation_id.exists()
        if operation:
            operation._check_may_act()
        operation = operation.sudo()
        if operation.state in ("draft", "previewed"):
            operation.write({**values, "state": "draft"})
        else:
            operation = operations.create({**values, "kind": "import"})
            self.operation_id = operation
        attachment.write({"res_model": operation._name, "res_id": operation.id})
        return operation.sudo(False)

    def _get_options(self):
        """What the operation needs to know, as plain values."""
        columns = self.column_ids
        distribution = self._get_distribution()
        # sudo: the team of a rotation that the person may see
        team = self.team_id or self.rotation_id.sudo().team_id
        for chosen in (self.source_id, self.team_id, self.status_id, self.list_ids):
            chosen.check_access("read")
        self.list_ids._check_open()
        defaults = {
            "source_id": self.source_id.id,
            "team_id": team.id,
            "user_id": self.user_id.id,
        }
        values = {"status_id": self.status_id.id, "list_ids": self.list_ids.ids}
        return {
            "policy": self.policy,
            "keep_apart": self.keep_apart,
            "mapping": {
                str(column.position): column.target
                for column in columns
                if column.target and column.target != "note"
            },
            "notes": [column.position for column in columns if column.target == "note"],
            "values": {name: value for name, value in values.items() if value},
            "defaults": {name: value for name, value in defaults.items() if value},
            "country_id": self.country_id.id,
            "create_missing": self.create_missing,
            "reactions": self.reactions,
            "share": distribution,
            "sheet": self.sheet,
            "has_header": self.has_header,
            "delimiter": read_delimiter(self.delimiter),
            "encoding": self.encoding,
            "company_ids": self.env.companies.ids,
            "lang": self.env.lang,
        }

    @api.model
    def _from_operation(self, operation):
        """The wizard of an operation that was previewed, to change what it does."""
        options = operation.options or {}
        defaults, values = options.get("defaults") or {}, options.get("values") or {}
        distribution = options.get("share") or {}
        # sudo: the name of the file of an operation that the person sees
        wizard = self.create(
            {
                "attachment_id": operation.attachment_id.id,
                "filename": operation.attachment_id.sudo().name,
                "operation_id": operation.id,
                "step": "options",
                "policy": options.get("policy"),
                "keep_apart": options.get("keep_apart"),
                "status_id": values.get("status_id"),
                "list_ids": values.get("list_ids"),
                "source_id": defaults.get("source_id"),
                "team_id": defaults.get("team_id"),
                "user_id": defaults.get("user_id"),
                "distribute_user_ids": distribution.get("user_ids"),
                "rotation_id": distribution.get("rotation_id"),
                **{
                    name: options.get(name)
                    for name in (
                        *("country_id", "create_missing", "reactions"),
                        *("sheet", "has_header", "encoding"),
                    )
                },
                "delimiter": DELIMITER_NAMES.get(options.get("delimiter")),
                "header_is_chosen": True,
            }
        )
        wizard._guess_columns()
        mapping, notes = options.get("mapping") or {}, options.get("notes") or []
        for column in wizard.column_ids:
            target = mapping.get(str(column.position)) or (
                "note" if column.position in notes else False
            )
            if column.target != target:
                column.target = target
        return wizard
