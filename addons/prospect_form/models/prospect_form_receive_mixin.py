import json
import time
from contextlib import contextmanager
from hashlib import sha256

from odoo import SUPERUSER_ID, api, fields, models
from odoo.sql_db import Cursor
from odoo.tools import SQL, hmac

from ..tools.addresses import machine_of
from ..tools.answers import Bad, read_answers
from ..tools.files import KINDS, TYPES, find_type, name_file
from ..tools.tokens import is_over, read_token
from .prospect_form_field import CHOOSING
from .prospect_form_public_mixin import TOKEN_HOURS

# Answers in an hour that are believed: from one machine, and to one form. What is above
# lies in quarantine; what is far above is refused, and the visitor told to come later.
LIMITS = (
    ("address", "prospect_form.limit_address", 30),
    ("form", "prospect_form.limit_form", 2000),
)
FAR = 10
# How often one page may be sent with other contents: people correct themselves.
PAGE_MOST = 5
# Where addresses and pages say what brought the visitor.
CAMPAIGN = ("utm_source", "utm_medium", "utm_campaign")
LONGEST_MARK = 200
# A field that is filled in though nobody sees it.
TRAP = "prospect_url"


class ProspectFormReceiveMixin(models.AbstractModel):
    """What becomes of an answer. Only for ``prospect.form``.

    ``_receive_submission`` reads it, and keeps it in one short transaction together
    with its message of the inbox. The job of the inbox makes prospects of messages, by
    batches; then ``_prospect_on_answer`` is called, in the same transaction.
    """

    _name = "prospect.form.receive.mixin"
    _description = "What becomes of the answers of a form"

    # --- For bridges and the other parts ----------------------------------------------

    @api.model
    def _prospect_on_answer(self, answers):
        """Called after the gate has made or updated the prospects of answers, in the
        transaction that did it; all answers of a batch at once, with superuser rights.

        :param answers: ``prospect.form.answer`` that are accepted, with ``lead_id``
        """

    @api.model
    def _prospect_on_answer_waiting(self, answers):
        """Called when answers of forms with ``double_opt_in`` begin to wait for their
        confirmation: no prospect exists yet. In the job's transaction.

        ``answers._confirm()`` lets them go on.

        :param answers: ``prospect.form.answer`` in the state ``waiting``
        """

    @api.model
    def _prospect_prepare_values(self, definition, answers, values):
        """Values of the prospect that an answer gives, before it is handed over.

        :param dict definition: see ``_get_definition``
        :param dict answers: what was sent, by key of the question, clean
        :param dict values: of ``crm.lead``: plain, as ``_prospect_upsert`` takes them
        :return: the values
        """
        return values

    @api.model
    def _prospect_check_robot(self, definition, submission):
        """Why what was sent seems to be a robot's: a code of ``_tell_robot``, or False.

        :param dict definition: see ``_get_definition``
        :param dict submission: see ``_receive_submission``, with ``token`` read
        """
        token = submission["token"]
        if (submission.get("trap") or "").strip():
            return "honeypot"
        if not token or token.form != definition["id"]:
            return "token"
        if submission["now"] < token.ready:
            return "fast"
        if not submission.get("captcha", True):
            return "captcha"
        return False

    @api.model
    def _tell_robot(self, code):
        """Why something seems to be a robot's, for people."""
        return {
            "honeypot": self.env._(
                "Probably a robot: a field that people do not see was filled in."
            ),
            "token": self.env._(
                "Probably a robot: it was sent without opening the form's page."
            ),
            "fast": self.env._(
                "Probably a robot: it was sent faster than anybody could fill it in."
            ),
            "captcha": self.env._("Probably a robot: the captcha was not passed."),
            "reused": self.env._(
                "Probably a robot: the same page was sent again and again."
            ),
            "address": self.env._(
                "Too many answers from one machine within an hour. Replay it if they"
                " are people's."
            ),
            "form": self.env._(
                "Too many answers to the form within an hour. Replay it if they are"
                " people's."
            ),
        }.get(code, code)

    # --- Reading ------------------------------------------------------------------------

    def _receive_submission(self, definition, submission):
        """Take in what was sent with the form.

        :param dict definition: see ``_get_definition``
        :param dict submission: what came: ``posted`` {key: [texts]}, ``uploads`` {key:
            file}, ``token`` (a text), ``trap`` (a text), ``address`` (the machine's),
            ``origin`` (the page that shows the form), ``campaign`` {utm_source: text},
            ``captcha`` (False: it was not passed)
        :return: dict: ``state`` is ``kept`` (also of what a robot sent, and of what was
            sent twice), ``wrong`` (with ``errors``, {key: text}), ``over`` (the page
            was opened too long ago: to be sent again with a new token, of ``nonce``),
            ``closed`` (with ``reason``) or ``busy`` (far too much comes in)
        """
        self.ensure_one()
        now = submission.setdefault("now", time.time())
        closed = self._get_closed_reason(definition)
        if closed and closed != "full":
            return {"state": "closed", "reason": closed}
        submission["token"] = token = read_token(
            submission.get("token"), self._sign_token
        )
        hours = self._get_number(TOKEN_HOURS, 24)
        if token and token.form == definition["id"] and is_over(token, now, hours):
            return {"state": "over", "nonce": token.nonce}
        answers, errors = read_answers(
            definition["questions"],
            submission["posted"],
            submission.get("uploads"),
            self._read_file,
        )
        if errors:
            return {"state": "wrong", "errors": self._tell_errors(definition, errors)}
        machine = machine_of(submission.get("address"))
        submission["machine"] = (
            hmac(self.sudo().env, "prospect_form-address", machine)[:32]
            if machine
            else ""
        )
        if self._is_busy(definition, submission["machine"]):
            return {"state": "busy"}
        robot = self._prospect_check_robot(definition, submission)
        return self._keep(definition, submission, answers, robot)

    @api.model
    def _read_file(self, question, upload):
        """A file that was sent: {"name", "type", "content"}.

        :raises Bad: when the form does not take it
        """
        most = question["file_size"] * 1024 * 1024
        content = upload.read(most + 1)
        if not content:
            return None
        if len(content) > most:
            raise Bad("size", most=question["file_size"])
        kind = find_type(content)
        if kind not in KINDS[question["file_kind"]]:
            raise Bad("kind")
        return {
            "name": name_file(upload.filename, kind),
            "type": TYPES[kind][1],
            "content": content,
        }

    @api.model
    def _tell_errors(self, definition, errors):
        """{key: what is wrong and what to do, for the visitor}."""
        form = self.with_context(lang=definition["lang"])
        types = {question["key"]: question["type"] for question in definition["questions"]}
        return {
            key: form._tell_error(types[key], code, params)
            for key, (code, params) in errors.items()
        }

    @api.model
    def _tell_error(self, kind, code, params):
        if code == "required":
            if kind in CHOOSING:
                return self.env._("Please choose an answer.")
            if kind in ("consent", "boolean"):
                return self.env._("Please tick this box to go on.")
            if kind == "file":
                return self.env._("Please choose a file.")
            return self.env._("Please fill in this field.")
        if code == "long":
            return self.env._("Please write %(most)s characters at most.", **params)
        if code == "size":
            return self.env._("This file is larger than %(most)s MB.", **params)
        return {
            "number": self.env._("Please write a number, such as 12."),
            "date": self.env._("Please choose a date."),
            "choice": self.env._("Please choose one of the answers."),
            "phone": self.env._(
                "This is no phone number. Example: +33 6 12 34 56 78"
            ),
            "email": self.env._("This is no e-mail address. Example: ana@example.com"),
            "url": self.env._("This is no web address. Example: https://example.com"),
            "kind": self.env._("Files of this type are not accepted here."),
        }[code]

    # --- Values -------------------------------------------------------------------------

    @api.model
    def _make_values(self, definition, answers):
        """Values of ``crm.lead``, plain: only fields that the form asks for."""
        values = {}
        for question in definition["questions"]:
            key = question["key"]
            if key not in answers:
                continue
            answer = answers[key]
            if question["target"] == "field":
                values[question["fname"]] = self._make_value(question, answer)
            elif question["target"] == "property" and question["property"]:
                properties = values.setdefault("properties", {})
                properties[question["property"]] = self._make_value(question, answer)
        values.setdefault("lang_id", definition["lang_id"])
        return self._prospect_prepare_values(definition, answers, values)

    @api.model
    def _make_value(self, question, answer):
        """The value of a field for an answer: of a choice, what it stands for."""
        if question["type"] not in CHOOSING:
            return answer
        values = {choice["key"]: choice["value"] for choice in question["choices"]}
        if isinstance(answer, list):
            return [values[key] for key in answer]
        return values[answer]

    @api.model
    def _find_email(self, definition, answers):
        """The visitor's address, or an empty text."""
        asked = [ask for ask in definition["questions"] if ask["type"] == "email"]
        asked.sort(key=lambda ask: ask["fname"] != "email_from")
        return next(
            (answers[ask["key"]] for ask in asked if ask["key"] in answers), ""
        )

    @api.model
    def _make_payload(self, definition, answers, submission):
        """What was sent, in the words of the form, as it lies in the inbox."""
        payload = {}
        for question in definition["questions"]:
            if question["key"] in answers:
                label = question["label"] or question["key"]
                if label in payload:
                    label = f"{label} ({question['key']})"
                payload[label] = self._tell_answer(question, answers[question["key"]])
        campaign = submission.get("campaign") or {}
        payload.update({mark: campaign[mark] for mark in CAMPAIGN if campaign.get(mark)})
        return payload

    @api.model
    def _tell_answer(self, question, answer):
        """An answer as a text."""
        if isinstance(answer, dict):
            return answer["name"]
        if isinstance(answer, bool):
            return self.env._("Yes") if answer else self.env._("No")
        labels = {choice["key"]: choice["label"] for choice in question["choices"]}
        if isinstance(answer, list):
            return ", ".join(labels[key] for key in answer)
        if question["type"] in CHOOSING:
            return labels[answer]
        return str(answer)

    # --- Keeping ------------------------------------------------------------------------

    def _keep(self, definition, submission, answers, robot):
        """Write an answer and its message, all or nothing, and commit it.

        In a short transaction of its own, without the snapshot of the request, so that
        hundreds at once wait for each other some milliseconds and never fail.
        """
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
        if not robot and nonce and self._count_sent(definition, nonce) >= PAGE_MOST:
            robot = "reused"
        robot = robot or self._count_up(definition, submission["machine"])
        answer_id = self._write_answer(
            definition, submission, answers, robot, number, nonce
        )
        self._write_answer_values(definition, answers, answer_id)
        if robot:
            message = self.env["prospect.capture"].browse(number)._as_worker()
            reason = message.env["prospect.form"]._tell_robot(robot)
            message._quarantine(reason, message._find_values())
        else:
            self.env["prospect.capture"]._trigger_job()
            self._count(definition, "answers", list(answers))
        return {"state": "kept", "answer_id": answer_id, "robot": robot}

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
        """Campaign and medium of new prospects, where they exist: visitors make none."""
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
        choice where several were made."""
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
                rows.append(
                    (
                        *(answer_id, definition["id"], sequence, question["id"]),
                        *(question["key"], question["label"], question["type"]),
                        *self._split_answer(question, one, answer_id),
                    )
                )
        if rows:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO prospect_form_answer_value (%s) VALUES %s",
                    SQL(", ").join(map(SQL.identifier, columns)),
                    SQL(", ").join(SQL("%s", row) for row in rows),
                )
            )

    def _split_answer(self, question, answer, answer_id):
        """One answer as the columns choice, short, long, number, date, attachment."""
        choice = text = number = day = attachment = None
        short = self._tell_answer(
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
        return choice, short, text, number, day, attachment

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

    # --- Limits and figures ---------------------------------------------------------------

    @api.model
    def _get_limits(self, definition, machine):
        """[(code, key of the counter, how many in an hour)]."""
        keys = {"address": machine and f"a:{machine}", "form": f"f:{definition['id']}"}
        return [
            (code, keys[code], self._get_number(parameter, default))
            for code, parameter, default in LIMITS
            if keys[code]
        ]

    def _is_busy(self, definition, machine):
        """Whether so much comes in that nothing more is kept."""
        limits = {key: most for _code, key, most in self._get_limits(definition, machine)}
        rows = self.env.execute_query(
            SQL(
                "SELECT key, count FROM prospect_form_limit WHERE key IN %s"
                " AND hour = date_trunc('hour', now() AT TIME ZONE 'UTC')",
                tuple(limits),
            )
        )
        return any(count >= limits[key] * FAR for key, count in rows)

    def _count_up(self, definition, machine):
        """Count one more answer; the code of the limit that it is above, or False."""
        limits = self._get_limits(definition, machine)
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO prospect_form_limit (key, hour, count)
                   VALUES %s
              ON CONFLICT (key, hour) DO UPDATE
                      SET count = prospect_form_limit.count + 1
                RETURNING key, count""",
                SQL(", ").join(
                    SQL("(%s, date_trunc('hour', now() AT TIME ZONE 'UTC'), 1)", key)
                    for _code, key, _most in sorted(limits, key=lambda limit: limit[1])
                ),
            )
        )
        counts = dict(rows)
        return next((code for code, key, most in limits if counts[key] > most), False)

    @api.model
    def _count(self, definition, figure, keys=(), whole=True):
        """Count a view, a start, an answer or a stop of a form and of its questions.

        :param str figure: a column of ``prospect.form.count``
        :param keys: of questions for which it counts too
        :param bool whole: it counts for the form itself
        """
        numbers = {question["key"]: question["id"] for question in definition["questions"]}
        found = {numbers[key] for key in keys if key in numbers}
        rows = [*([None] if whole else []), *sorted(found)]
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO prospect_form_count
                               (form_id, field_id, day, views, starts, answers, stops)
                        VALUES %s
                   ON CONFLICT (form_id, COALESCE(field_id, 0), day) DO UPDATE
                           SET %s = prospect_form_count.%s + 1""",
                SQL(", ").join(
                    SQL(
                        "(%s, %s, (now() AT TIME ZONE 'UTC')::date, %s, %s, %s, %s)",
                        *(definition["id"], number),
                        *(
                            int(figure == name)
                            for name in ("views", "starts", "answers", "stops")
                        ),
                    )
                    for number in rows
                ),
                SQL.identifier(figure),
                SQL.identifier(figure),
            )
        )

    def _receive_beacon(self, definition, kind, keys, last=""):
        """Count what a page has seen; nothing else is kept of the visitor.

        :param str kind: ``view``, ``start`` or ``leave``
        :param dict keys: of ``leave``: {"shown": [keys], "touched": [keys]}
        :param str last: of ``leave``: the question that was touched last
        """
        with self._short_transaction(is_durable=False):
            if kind in ("view", "start"):
                self._count(definition, f"{kind}s")
            elif kind == "leave":
                self._count(definition, "views", keys.get("shown", ()), whole=False)
                self._count(definition, "starts", keys.get("touched", ()), whole=False)
                if last:
                    self._count(definition, "stops", [last], whole=False)
