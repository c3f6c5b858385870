import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, format_datetime

from odoo.addons.prospect.tools.given import is_text, is_values, takes

# What the preview takes from a page that is not saved yet.
PREVIEWED = (
    "name",
    "intro",
    "button_label",
    "thanks",
    "closed_message",
    "colour_primary",
    "colour_background",
    "colour_text",
    "font",
    "width",
    "double_opt_in",
    "field_ids",
)
# Of the answers that are counted: not those that seem to be a robot's.
KEPT = ("state", "in", ("received", "waiting", "accepted"))


class ProspectForm(models.Model):
    """What those who make a form see of it: its state, its figures in short, how it
    looks [IY-04, MO-50]. Only for ``prospect.form``.
    """

    _name = "prospect.form"
    _inherit = ["prospect.form"]

    state = fields.Selection(
        selection=[
            ("open", "Open to answers"),
            ("early", "Not open yet"),
            ("late", "Closed"),
            ("full", "Full"),
            ("archived", "Archived"),
        ],
        compute="_compute_state",
    )
    state_text = fields.Char(
        compute="_compute_state",
        help="Why nobody can answer now, and what to do about it.",
    )
    view_count = fields.Integer(
        string="Views", compute="_compute_figures", help="How often the page was seen."
    )
    start_count = fields.Integer(
        string="Starts",
        compute="_compute_figures",
        help="How often somebody began to fill it in.",
    )
    answer_count = fields.Integer(
        string="Answers Sent",
        compute="_compute_figures",
        help="Without those of robots.",
    )
    kept_answer_count = fields.Integer(
        string="Answers Kept",
        compute="_compute_kept_answer_count",
        help="Answers that you may read, without those of robots.",
    )
    completion_text = fields.Char(
        string="Completed",
        compute="_compute_figures",
        help="How many of the views have led to an answer.",
    )
    qr_code = fields.Binary(
        string="QR Code",
        compute="_compute_qr_code",
        export_string_translation=False,
        help="The form's address, to be printed.",
    )

    # --- State and figures ------------------------------------------------------------

    @api.depends("active", "date_open", "date_close", "answer_max")
    def _compute_state(self):
        now = fields.Datetime.now()
        places = self._count_all_places()
        for form in self:
            if not form.active:
                form.state = "archived"
            elif form.date_open and now < form.date_open:
                form.state = "early"
            elif form.date_close and now >= form.date_close:
                form.state = "late"
            elif form.answer_max and places.get(form._origin.id, 0) >= form.answer_max:
                form.state = "full"
            else:
                form.state = "open"
            form.state_text = form._describe_form_state()

    def _count_all_places(self):
        """{id: answers that count towards the maximum}, of forms that have one."""
        limited = self._origin.filtered("answer_max")
        if not limited:
            return {}
        self.env["prospect.form.answer"].flush_model(["form_id", "state"])
        # whoever sees the form may know that it is full, whose answers they are or not
        rows = self.env.execute_query(
            SQL(
                "SELECT form_id, count(*) FROM prospect_form_answer"
                " WHERE form_id IN %s AND state NOT IN ('quarantined', 'ignored')"
                " GROUP BY form_id",
                tuple(limited.ids),
            )
        )
        return dict(rows)

    def _describe_form_state(self):
        """Why nobody can answer now, in words; nothing for a form that is open."""
        self.ensure_one()
        if self.state == "archived":
            return self.env._(
                "The form is archived: its page is gone. Unarchive it to open it again."
            )
        if self.state == "early":
            return self.env._(
                "Nobody can answer yet: the form opens on %(date)s.",
                date=format_datetime(self.env, self.date_open),
            )
        if self.state == "late":
            return self.env._(
                "Nobody can answer any more: the form closed on %(date)s. Change the"
                " date to open it again.",
                date=format_datetime(self.env, self.date_close),
            )
        if self.state == "full":
            return self.env._(
                "Nobody can answer any more: all %(most)s answers are in. Raise the"
                " maximum to open it again.",
                most=self.answer_max,
            )
        return False

    def _compute_figures(self):
        rows = self.env["prospect.form.count"]._read_group(
            [("form_id", "in", self._origin.ids), ("field_id", "=", False)],
            ["form_id"],
            ["views:sum", "starts:sum", "answers:sum"],
        )
        figures = {form.id: numbers for form, *numbers in rows}
        for form in self:
            views, starts, answers = figures.get(form._origin.id, (0, 0, 0))
            form.view_count = views
            form.start_count = starts
            form.answer_count = answers
            # who blocks scripts is not seen, but answers
            of = max(views, answers)
            form.completion_text = (
                self.env._("%(share)s%%", share=round(100 * answers / of))
                if of
                else "-"
            )

    def _compute_kept_answer_count(self):
        counts = dict(
            self.env["prospect.form.answer"]._read_group(
                [("form_id", "in", self._origin.ids), KEPT], ["form_id"], ["__count"]
            )
        )
        for form in self:
            form.kept_answer_count = counts.get(form._origin, 0)

    @api.depends("slug")
    def _compute_qr_code(self):
        for form in self:
            form.qr_code = form.public_url and base64.b64encode(form._get_qr_code())

    # --- Preview ----------------------------------------------------------------------

    @takes(changes=is_values, lang=is_text)
    def get_preview(self, changes=None, lang=None):
        """The page as visitors would see it, with what is not saved yet.

        :param dict changes: values of ``write`` that are not saved; others than what
            shows are left out
        :param str lang: code of a language; by default the person's, if the form has it
        :return: dict: ``html``, ``lang`` and ``languages`` [(code, name)]
        """
        self.ensure_one()
        self.check_access("read")
        langs = [(code, name) for code, _url, name in self._get_languages()]
        codes = [code for code, _name in langs]
        if lang not in codes:
            lang = self._choose_language(self.env.lang)
        values = {
            fname: value
            for fname, value in (changes or {}).items()
            if fname in PREVIEWED
        }
        if values and not self.has_access("write"):
            raise AccessError(
                self.env._("Only people who may change a form can try changes.")
            )
        page = self._get_preview_page(values, lang)
        return {"html": str(page), "lang": lang, "languages": langs}

    def _get_preview_page(self, values, lang):
        """The page as HTML, with values that are not saved."""
        if lang != self.env.lang:
            # what is being written is in the person's language
            values = {
                fname: value
                for fname, value in values.items()
                if not self._fields[fname].translate
            }
        # in memory only: nothing is written, and what is kept of pages stays as it is
        draft = self.with_context(lang=lang)
        # with the person's rights: changes may name questions of any form
        draft = draft.new(values, origin=draft) if values else draft
        questions = draft._get_questions()
        for number, question in enumerate(questions):
            # questions get their keys when they are saved
            question["key"] = question["key"] or f"new_{number}"
        definition = {
            **self.with_context(lang=lang)._get_definition(lang),
            "texts": draft._get_texts(),
            "look": draft._get_look(),
            "questions": questions,
        }
        # sudo: the page is made of the definition; the rest is for everybody
        form = self.with_context(lang=lang).sudo()
        page = form._get_page_values(
            definition, given=form._find_prefilled(definition, {}), preview=True
        )
        # links would leave the preview; the buttons above it choose the language
        page["languages"] = ()
        page["captcha"] = False
        return self.env["ir.qweb"]._render("prospect_form.page", page, lang=lang)

    # --- Buttons ----------------------------------------------------------------------

    def action_open_page(self):
        """Open the form as visitors see it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.public_url, "target": "new"}

    def action_figures(self):
        """Where people stop, and what they answer."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "prospect_form.prospect_form_action_figures"
        )
        return {
            **action,
            "name": self.env._("Figures: %(form)s", form=self.name),
            "params": {"form_id": self.id},
            "context": {"active_id": self.id, "active_model": self._name},
        }

    def action_download_qr(self):
        """Save the QR code, as a picture to print."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/qr_code/{self.slug}.svg"
            "?download=true",
            "target": "download",
        }

    def action_view_answers(self):
        """What visitors have sent: as many as the button says."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answers: %(form)s", form=self.name),
            "res_model": "prospect.form.answer",
            "view_mode": "list,form",
            "domain": [("form_id", "=", self.id), KEPT],
            "context": {"create": False},
        }

    def action_duplicate(self):
        """Open a copy: with its questions, choices and conditions."""
        copy = self.copy()
        return copy.get_formview_action()
