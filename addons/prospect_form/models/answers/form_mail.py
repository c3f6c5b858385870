import logging

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.prospect.tools.remarks import read_error, remark
from odoo.addons.prospect.tools.transactions import each_alone

_logger = logging.getLogger(__name__)

# Mails of forms that one address gets in a day at most: anybody can type anybody's.
MAILS_A_DAY = "prospect_form.mails_a_day"
# How often the link to confirm is sent, and the minutes between two of them.
OPT_IN_MOST = 3
OPT_IN_MINUTES = 2


class ProspectForm(models.Model):
    """The mails that visitors get. Only for ``prospect.form``.

    They are given to Odoo's queue by the job that makes prospects of answers: no
    visitor waits for a mail server, and nothing is sent of what is rolled back.
    """

    _name = "prospect.form"
    _inherit = ["prospect.form"]

    opt_in_template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Confirmation E-mail",
        domain=[("model", "=", "prospect.form.answer")],
        ondelete="set null",
        help="Sent with the link to confirm the address. Empty: the usual one.",
    )

    # --- After an answer --------------------------------------------------------------

    @api.model
    def _prospect_on_answer(self, answers):
        """Thank visitors whose form says so, once each [IY-11, IY-12].

        Never called for what lies in quarantine: robots get no mail.
        """
        wanted = answers.filtered(
            lambda answer: (
                answer.form_id.mail_template_id
                and answer.email
                and not answer.confirmation_sent_at
            )
        )
        wanted = wanted._leave_out_corrections()._leave_out_flooded()
        wanted.write({"confirmation_sent_at": fields.Datetime.now()})
        for template, group in wanted.grouped(
            lambda answer: answer.form_id.mail_template_id
        ).items():
            self._send_mails(template, group)
        return super()._prospect_on_answer(answers)

    @api.model
    def _prospect_on_answer_waiting(self, answers):
        """Send the link by which visitors confirm their addresses."""
        for answer in answers.filtered(lambda answer: not answer.email):
            answer.capture_id._quarantine(remark(self.env, "form.no_email"))
        answers.filtered("email")._send_opt_in()
        return super()._prospect_on_answer_waiting(answers)

    @api.model
    def _send_mails(self, template, answers):
        """Give one mail each to Odoo's queue. What a template cannot be made into
        is noted on the answer, whose prospect is there in any case.
        """
        # sudo: a visitor's mail is sent by the form
        template = template.sudo()

        def send(some):
            mails = template.send_mail_batch(some.ids)
            for answer, mail in zip(some, mails, strict=True):
                answer._add_mail_headers(mail)
            self.env.flush_all()

        def refuse(answer, error):
            _logger.warning("Form: no mail for answer %s: %s", answer.id, error)
            answer.mail_error = remark(
                self.env,
                "form.mail_failed",
                error=read_error(error),
            )

        each_alone(self.env.cr, answers, send, refuse)
        # Odoo's own schedule is once an hour
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    @api.model
    def _count_mails(self, emails):
        """{address: mails of forms within a day}."""
        self.env["prospect.form.answer"].flush_model()
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT email,
                              sum(COALESCE(opt_in_count, 0)
                                  + (confirmation_sent_at IS NOT NULL)::int)
                         FROM prospect_form_answer
                        WHERE email = ANY(%s)
                              AND date > (now() AT TIME ZONE 'UTC') - interval '1 day'
                     GROUP BY email""",
                    list(emails),
                )
            )
        )
