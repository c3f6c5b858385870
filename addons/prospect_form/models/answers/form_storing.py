import json
import logging
from contextlib import contextmanager
from hashlib import sha256

from odoo import SUPERUSER_ID, fields, models
from odoo.sql_db import Cursor
from odoo.tools import SQL

from odoo.addons.prospect.tools.remarks import keep, remark

from ..form.field import CHOOSING
from ..public.form import CAMPAIGN, LONGEST_MARK

_logger = logging.getLogger(__name__)

# How often one page may be sent with other contents: people correct themselves.
PAGE_MOST = 5
# What was sent without the page, or by who sees hidden fields: its files are not kept,
# which would fill the disk.
KEPT_IN_WORDS = ("honeypot", "token")


class ProspectForm(models.Model):
    """Writing an answer together with its message of the inbox, in some milliseconds.

    Only for ``prospect.form``. By SQL: hundreds may come at once.
    """

    _name = "prospect.form"
    _inherit = ["prospect.form"]

    def _keep(self, definition, submission, answers, robot):
        """Write an answer and its message, all or nothing, and commit it.

        In a short transaction of its own, without the snapshot of the request, so that
        hundreds at once wait for each other some milliseconds and never fail. Where the
        disk takes no file, the answer is kept without it, and says so: ``no_file``.
        """
        try:
            return self._keep_all(definition, submission, answers, robot)
        except OSError as error:
            words = self._forget_files(definition, answers)
            if words == answers:
                raise
            _logger.error("Form %s: a file could not be kept: %s", self.id, error)
            self.env.cr.rollback()
            self.env.invalidate_all()
            kept = self._keep_all(definition, submission, words, robot)
            return {**kept, "no_file": True}

    def _forget_files(self, definition, answers):
        """Answers with words in place of their files."""
        form = self.with_context(lang=definition["lang"])
        lost = remark(form.env, "form.no_file")
        return {
            key: lost if isinstance(answer, dict) else answer
            for key, answer in answers.items()
        }

    def _keep_all(self, definition, submission, answers, robot):
        """See ``_keep``; files and all."""
        with self._short_transaction():
            form = self.with_user(SUPERUSER_ID).with_context(
                lang=definition["lang"],
                allowed_company_ids=[definition["company_id"]],
            )
            return form._write_all(definition, submission, answers, robot)

    @contextmanager
    def _short_transaction(self, is_durable=True):
        """A transaction of its own on the request's connection, which was only read
        from: a second one for each visitor would exhaust them.

        What counts together (limits, places, figures) is read when its row is free,
        and not as it was when the request began: nobody has to begin again.

        :param bool is_durable: False: a crash may lose it, which is faster
        """
        cr = self.env.cr
        cr.commit()  # pylint: disable=invalid-commit
        if isinstance(cr, Cursor):
            # not the cursor of a test, which shares one transaction
            cr.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        if not is_durable:
            cr.execute("SET LOCAL synchronous_commit = off")
        yield
        self.env.flush_all()
        cr.commit()  # pylint: disable=invalid-commit
        self.env.invalidate_all()

    def _write_all(self, definition, submission, answers, robot):
        """See ``_keep``; in the present transaction."""
        token = submission["token"]
        nonce = token.nonce if token and token.form == definition["id"] else ""
        if definition["answer_max"] and not robot:
            # one after another, so that the last place is given once
            self.env.cr.execute(
                SQL(
                    "SELECT pg_advisory_xact_lock(hashtext(%s), %s)",
                    "prospect_form",
                    definition["id"],
                )
            )
        number, is_new = self._write_message(definition, submission, answers, nonce)
        if not is_new:
            return {"state": "kept", "repeated": True}
        if definition["answer_max"] and not robot and self._is_full(definition, nonce):
            self.env.cr.rollback()
            return {"state": "closed", "reason": "full"}
        sent = self._count_sent(definition, nonce) if nonce else 0
        if not robot and sent >= PAGE_MOST:
            robot = "reused"
        above = self._count_up(definition, submission["machine"], robot)
        robot = robot or above
        if robot in KEPT_IN_WORDS:
            answers = {
                key: answer
                for key, answer in answers.items()
                if not isinstance(answer, dict)
            }
        answer_id = self._write_answer(
            definition, submission, answers, robot, number, nonce
        )
        self._write_answer_values(definition, answers, answer_id)
        if robot:
            message = self.env["prospect.capture"].browse(number)._as_worker()
            reason = message.env["prospect.form"]._describe_robot(robot)
            message._quarantine(reason, message._find_values())
        else:
            self._wake_job()
            if not sent:
                # a correction is no further answer
                self._count(definition, "answers", list(answers))
        return {"state": "kept", "answer_id": answer_id, "robot": robot}

    def _wake_job(self):
        """Call the job of the inbox, when this is committed: as ``_trigger`` does, with
        one query instead of several for each visitor.
        """
        # sudo: visitors may not plan jobs
        job = self.env.ref("prospect.ir_cron_capture").sudo()
        self.env.cr.execute(
            SQL(
                """INSERT INTO ir_cron_trigger (cron_id, call_at)
                   SELECT id, now() AT TIME ZONE 'UTC' FROM ir_cron
                    WHERE id = %s AND active""",
                job.id,
            )
        )
        self.env.cr.postcommit.add(job._notifydb)

    def _write_message(self, definition, submission, answers, nonce):
        """The number of the message of the inbox, and whether it is new.

        The page's nonce and the contents are its key: a double click is one message,
        and a correction is another one.
        """
        inbox = self.env["prospect.capture"]
        values = self._make_values(definition, answers)
        payload = self._make_payload(definition, answers, submission)
        key = nonce or f"none-{int(submission['now'] // 3600)}"
        digest = sha256(
            json.dumps(
                {
                    name: sha256(answer["content"]).hexdigest()
                    if isinstance(answer, dict)
                    else answer
                    for name, answer in answers.items()
                },
                sort_keys=True,
            ).encode()
        ).hexdigest()[:24]
        vals = inbox._prepare_message(
            "form",
            f"form-{definition['id']}:{key}:{digest}",
            payload,
            values,
            definition["policy"],
            {**definition["defaults"], **self._find_campaign(submission)},
            self.env["res.company"].browse(definition["company_id"]),
        )
        return inbox._insert(vals)

    def _find_campaign(self, submission):
        """Campaign and medium of new prospects, of those that exist."""
        campaign, values = submission.get("campaign") or {}, {}
        for mark, fname, model in (
            ("utm_campaign", "campaign_id", "utm.campaign"),
            ("utm_medium", "medium_id", "utm.medium"),
        ):
            if campaign.get(mark):
                found = self.env[model].search([("name", "=", campaign[mark])], limit=1)
                if found:
                    values[fname] = found.id
        return values

    def _is_full(self, definition, nonce):
        """Whether all places are taken; who corrects an answer has a place already."""
        if nonce and self._count_sent(definition, nonce):
            return False
        return self._count_places(self.env.cr, definition) >= definition["answer_max"]

    def _count_sent(self, definition, nonce):
        """How many answers one page has sent already."""
        ((count,),) = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM prospect_form_answer"
                " WHERE nonce = %s AND form_id = %s",
                nonce,
                definition["id"],
            )
        )
        return count

    def _write_answer(self, definition, submission, answers, robot, number, nonce):
        """The number of a new row of ``prospect.form.answer``, written by SQL."""
        campaign = submission.get("campaign") or {}
        now = fields.Datetime.now()
        row = {
            "form_id": definition["id"],
            "company_id": definition["company_id"],
            "capture_id": number,
            "state": "quarantined" if robot else "received",
            "date": now,
            "lang_id": definition["lang_id"] or None,
            "email": self._find_email(definition, answers) or None,
            "nonce": nonce or None,
            "address_hash": submission["machine"] or None,
            "robot": robot or None,
            "origin": (submission.get("origin") or "")[:LONGEST_MARK] or None,
            **{mark: campaign.get(mark) or None for mark in CAMPAIGN},
            "create_uid": self.env.uid,
            "write_uid": self.env.uid,
            "create_date": now,
            "write_date": now,
        }
        ((answer_id,),) = self.env.execute_query(
            SQL(
                "INSERT INTO prospect_form_answer (%s) VALUES (%s) RETURNING id",
                SQL(", ").join(map(SQL.identifier, row)),
                SQL(", ").join(SQL("%s", value) for value in row.values()),
            )
        )
        return answer_id

    def _write_answer_values(self, definition, answers, answer_id):
        """Rows of ``prospect.form.answer.value``, by SQL: one a question, and one a
        choice where several were made.
        """
        columns = (
            *("answer_id", "form_id", "sequence", "field_id", "key", "label", "type"),
            *("choice_id", "value_char", "value_text", "value_number", "value_date"),
            "attachment_id",
        )
        rows = []
        for sequence, question in enumerate(definition["questions"], start=1):
            if question["key"] not in answers:
                continue
            answer = answers[question["key"]]
            for one in answer if isinstance(answer, list) else [answer]:
                columns_of_one = self._split_answer(question, one, answer_id)
                rows += [
                    (
                        *(answer_id, definition["id"], sequence, question["id"]),
                        *(question["key"], question["label"], question["type"]),
                        *columns_of_one,
                    )
                ]
        if rows:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO prospect_form_answer_value (%s) VALUES %s",
                    SQL(", ").join(map(SQL.identifier, columns)),
                    SQL(", ").join(SQL("%s", row) for row in rows),
                ),
                # what a visitor wrote is nothing for the log
                log_exceptions=False,
            )

    def _split_answer(self, question, answer, answer_id):
        """One answer as the columns choice, short, long, number, date, attachment."""
        choice = text = number = day = attachment = None
        short = self._describe_answer(
            {**question, "type": "single"}
            if question["type"] == "multiple"
            else question,
            answer,
        )
        if question["type"] in CHOOSING:
            numbers = {item["key"]: item["id"] for item in question["choices"]}
            choice = numbers.get(answer) or None
        elif isinstance(answer, dict):
            attachment = self._attach(answer, answer_id)
        elif isinstance(answer, bool):
            number = 1
        elif isinstance(answer, (int, float)):
            number = answer
        elif question["type"] == "date":
            day = answer
        elif question["type"] == "text":
            text, short = answer, answer[:200]
        return choice, keep(short), text, number, day, attachment

    def _attach(self, file, answer_id):
        """The number of the attachment of an answer that holds a file."""
        return (
            self.env["ir.attachment"]
            .create(
                {
                    "name": file["name"],
                    "raw": file["content"],
                    "mimetype": file["type"],
                    "res_model": "prospect.form.answer",
                    "res_id": answer_id,
                }
            )
            .id
        )
