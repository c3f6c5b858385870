import io
import time
import zipfile
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools.files import find_type
from ..common import PublicCase

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a4944"
    "4154789c6360000002000100ffff03000006000557bfabd40000000049454e44ae426082"
)


@tagged("post_install", "-at_install", "is_query_count")
class TestReceive(PublicCase):
    """What becomes of an answer."""

    def test_new_person(self):
        """One prospect with all fields and the form's source [BX-06, MO-49, IY-05]."""
        self.form.source_id.prospect_status_id = self.to_clarify
        self.form.user_id = self.salesman
        self.assertEqual(self._send()["state"], "kept")
        lead = self._leads()
        self.assertEqual((lead.first_name, lead.last_name), ("Marie", "Curie"))
        self.assertEqual(lead.email_normalized, "marie.curie@example.com")
        self.assertEqual((lead.type, lead.status_id), ("lead", self.to_clarify))
        self.assertEqual(lead.user_id, self.salesman)
        self.assertEqual(self._status_log(lead), [(False, "To clarify", "form")])
        answer = self._answers()
        self.assertEqual((answer.state, answer.lead_id), ("accepted", lead))
        self.assertEqual(
            answer.value_ids.mapped(lambda value: (value.label, value.value_char)),
            [
                ("First name", "Marie"),
                ("Last name", "Curie"),
                ("E-mail", "marie.curie@example.com"),
                ("Accommodation", "No"),
            ],
        )
        choice = answer.value_ids[3].choice_id
        self.assertEqual(choice, self.form.field_ids[3].choice_ids[1])
        self.assertEqual(answer.capture_id.payload["Accommodation"], "No")

    def test_hidden_answer_is_dropped(self):
        """« No »: hidden, not required, not stored, though it was sent [IY-09]."""
        self.assertEqual(self._send(room="double")["state"], "kept")
        self.assertNotIn("room", self._answers().value_ids.mapped("key"))
        wrong = self._send(accommodation="yes")
        self.assertEqual(set(wrong["errors"]), {"room"})
        self._send(accommodation="yes", room="double")
        value = self._answers()[-1].value_ids.filtered(lambda v: v.key == "room")
        self.assertEqual(value.value_char, "Double")

    def test_known_person(self):
        """By default what is known stays; it is replaced where the form says so."""
        known = self._prospect(
            contact_name="M. Curie", email_from="marie.curie@example.com"
        )
        known.write({"first_name": "Mary", "city": False})
        self._send()
        self.assertEqual(self._answers().lead_id, known)
        self.assertEqual(known.first_name, "Mary")
        self.form.policy = "update"
        self._send()
        self.assertEqual(known.first_name, "Marie")
        self.assertEqual(
            self.env["crm.lead"].search_count(
                [("email_normalized", "=", "marie.curie@example.com")]
            ),
            1,
        )

    def test_sent_twice(self):
        """A double click is one answer; a correction changes one's own prospect."""
        token = self._token()
        for _click in range(2):
            found = self._post(token=token, **self.MARIE).json()
            self.assertEqual(found["state"], "kept")
        self._make_answers()
        self.assertEqual(len(self._answers()), 1)
        lead = self._leads()
        self._post(token=token, **{**self.MARIE, "e_mail": "m.curie@example.com"})
        self._make_answers()
        self.assertEqual(self._leads(), lead)
        self.assertEqual(lead.email_normalized, "m.curie@example.com")
        self.assertEqual(self._answers().lead_id, lead)

    def test_correction_of_somebody_else(self):
        """Nobody changes an existing person by correcting what they sent of them."""
        known = self._prospect(contact_name="Maria", email_from=self.MARIE["e_mail"])
        token = self._token()
        self._post(token=token, **self.MARIE)
        self._make_answers()
        self._post(token=token, **{**self.MARIE, "e_mail": "thief@example.com"})
        self._make_answers()
        self.assertEqual(known.email_normalized, self.MARIE["e_mail"])

    def test_corrected_before_the_job(self):
        """An answer and its correction in one batch are one prospect."""
        token = self._token()
        for email in ("m.curie@example.com", "curie@example.com", "c@example.com"):
            self._post(token=token, **{**self.MARIE, "e_mail": email})
        self._make_answers()
        self.assertEqual(self._leads().email_normalized, "c@example.com")
        self.assertEqual(self._answers().lead_id, self._leads())
        counted = self.env["prospect.form.count"].search(
            [("form_id", "=", self.form.id), ("field_id", "=", False)]
        )
        self.assertEqual(sum(counted.mapped("answers")), 1)

    def test_correction_after_others(self):
        """A prospect of which others have said something is no longer the page's."""
        for touch in (
            lambda lead: lead.with_user(self.salesman).write({"city": "Lyon"}),
            lambda lead: self._send(**{**self.MARIE, "last_name": "Sklodowska"}),
        ):
            token = self._token()
            self._post(token=token, **self.MARIE)
            self._make_answers()
            lead = self._leads()
            touch(lead)
            self.env.flush_all()
            self._post(token=token, **{**self.MARIE, "e_mail": "thief@example.com"})
            self._make_answers()
            self.assertEqual(lead.email_normalized, self.MARIE["e_mail"])
            self._leads().unlink()

    def test_files_of_robots(self):
        """Files of who never opened the page are not kept."""
        self.env["prospect.form.field"].create(
            {"form_id": self.form.id, "label": "Plan", "type": "file", "sequence": 99}
        )
        plan = {"plan": ("plan.pdf", b"%PDF-1.7 robot", "application/pdf")}
        self._post(files=plan, prospect_url="x", **self.MARIE)
        answer = self._answers()
        self.assertEqual(answer.robot, "honeypot")
        self.assertNotIn("plan", answer.value_ids.mapped("key"))
        self._post(files=plan, **self.MARIE)
        self.assertIn("plan", self._answers()[-1].value_ids.mapped("key"))

    def test_full_disk(self):
        """The answer is kept without its file, and everybody is told."""
        self.env["prospect.form.field"].create(
            {"form_id": self.form.id, "label": "Plan", "type": "file", "sequence": 99}
        )
        plan = {"plan": ("plan.pdf", b"%PDF-1.7 full", "application/pdf")}
        full = OSError(28, "No space left on device")
        name = "odoo.addons.prospect_form.models.prospect_form_keeping_mixin"
        with (
            patch.object(
                type(self.env["ir.attachment"]), "_file_write", side_effect=full
            ),
            mute_logger(name),
        ):
            for page in (False, True):
                found = self._post(files=plan, page=page, **self.MARIE)
                self.assertEqual(found.status_code, 200)
                self.assertIn("not your file", found.text)
        answers = self._answers()
        self.assertEqual(len(answers), 2)
        value = answers[0].value_ids.filtered(lambda value: value.key == "plan")
        self.assertFalse(value.attachment_id)
        self.assertEqual(value.value_char, "The file could not be saved.")
        self._make_answers()
        self.assertEqual(self._leads().email_normalized, self.MARIE["e_mail"])

    def test_unpacked_size(self):
        """A workbook that unpacks to far more than a document is none."""
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", b"<workbook/>")
            with archive.open("xl/worksheets/sheet1.xml", "w") as part:
                for _number in range(257):
                    part.write(bytes(1 << 20))
        bomb = file.getvalue()
        size = (257 << 20).to_bytes(4, "little")
        self.assertIn(size, bomb)
        self.assertIsNone(find_type(bomb))
        self.assertIsNone(find_type(bomb.replace(size, bytes(4))))

    def test_strangers_choose_nothing_else(self):
        """Only the form's own questions are read."""
        found = self._send(
            user_id=str(self.salesman.id),
            team_id=str(self.team.id),
            status_id=str(self.junk.id),
            probability="100",
            slug="other",
            lang="xx",
            _params="1",
            kwargs="1",
            debug="1",
        )
        self.assertEqual(found["state"], "kept")
        lead = self._leads()
        self.assertFalse(lead.user_id)
        self.assertEqual(lead.status_id, self.new)

    def test_all_types(self):
        form = self.env["prospect.form"].create({"name": "All types"})
        prop = self.env["prospect.property"].create(
            {"name": "Budget", "kind": "selection", "choices": "Small\nLarge"}
        )
        title = self.env["prospect.title"].search([], limit=1)
        make = self.env["prospect.form.field"].create
        for sequence, values in enumerate(
            [
                {"target": "field", "fname": "title_id", "type": "dropdown"},
                {"target": "field", "fname": "country_id", "type": "dropdown"},
                {"target": "field", "fname": "phone", "type": "phone"},
                {"target": "field", "fname": "website", "type": "char"},
                {"target": "property", "property_id": prop.id, "type": "single"},
                {"type": "integer", "label": "Age"},
                {"type": "float", "label": "Price"},
                {"type": "date", "label": "Day"},
                {"type": "text", "label": "Story"},
                {"type": "consent", "label": "News"},
                {
                    "type": "multiple",
                    "label": "Tools",
                    "choice_ids": [(0, 0, {"name": name}) for name in ("A", "B", "C")],
                },
                {"type": "file", "label": "Plan", "file_kind": "image"},
                {"type": "hidden", "label": "Stand", "default_value": "7"},
            ]
        ):
            make({"form_id": form.id, "sequence": sequence, "label": "x", **values})
        keys = form.field_ids.mapped("key")
        option = self.env["prospect.property"]._read_items()[-1]["selection"][1][0]
        texts = [
            *(str(title.id), "BE", "02 513 89 40", "www.example.com", option),
            *("41", "1 200,50", "2030-01-31", "One\r\ntwo", "1"),
        ]
        data = dict(zip(keys, texts, strict=False))
        data[keys[2] + "__country"] = "BE"
        response = self._post(
            form=form,
            **data,
            **{keys[10]: ["a", "c"], keys[12]: "7"},
            files={keys[11]: ("../plan.png.exe", PNG, "text/html")},
        )
        self.assertEqual(response.json()["state"], "kept", response.text)
        self._make_answers()
        answer = self._answers(form)
        lead = answer.lead_id
        self.assertEqual(lead.title_id, title)
        self.assertEqual(lead.country_id.code, "BE")
        self.assertEqual(lead.phone, "+32 2 513 89 40")
        self.assertEqual(lead.properties[prop.key], "Large")
        values = {value.key: value for value in answer.value_ids}
        self.assertEqual(values["age"].value_number, 41)
        self.assertEqual(values["price"].value_number, 1200.5)
        self.assertEqual(str(values["day"].value_date), "2030-01-31")
        self.assertEqual(values["story"].value_text, "One\ntwo")
        self.assertEqual(values["stand"].value_char, "7")
        tools = answer.value_ids.filtered(lambda value: value.key == "tools")
        self.assertEqual(tools.mapped("value_char"), ["A", "C"])
        attachment = values["plan"].attachment_id
        self.assertEqual((attachment.name, attachment.raw), ("plan.png.png", PNG))
        self.assertEqual(attachment.mimetype, "image/png")

    def test_wrong_input(self):
        """What is wrong is said beside the field, and nothing is kept."""
        found = self._send(last_name=" ", e_mail="marie at example", accommodation="x")
        self.assertEqual(found["state"], "wrong")
        self.assertEqual(set(found["errors"]), {"last_name", "e_mail", "accommodation"})
        self.assertIn("e-mail", found["errors"]["e_mail"])
        self.assertFalse(self._answers())

    def test_files_by_their_contents(self):
        field = self.env["prospect.form.field"].create(
            {"form_id": self.form.id, "label": "Plan", "type": "file", "file_size": 1}
        )
        for content, part in (
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "not accepted"),
            (PNG, "not accepted"),
            (b"%PDF-1.4" + b"0" * 1024 * 1024, "larger than 1 MB"),
        ):
            found = self._post(
                **self.MARIE,
                files={field.key: ("plan.pdf", content, "application/pdf")},
            ).json()
            self.assertIn(part, found["errors"][field.key])
        # a file where none is asked for is nothing at all
        found = self._post(
            **self.MARIE, files={"first_name": ("x.pdf", b"%PDF-1.4", "x/y")}
        ).json()
        self.assertEqual(found["state"], "kept")

    # --- Robots -------------------------------------------------------------------

    def _robot(self, **options):
        """Send as a robot; the message that lies in quarantine."""
        human = self._post(**self.MARIE)
        token = options.pop("token", None) or self._token()
        robot = self._post(token=token, **{**self.MARIE, **options})
        self.assertEqual(
            (robot.status_code, robot.content), (human.status_code, human.content)
        )
        self._make_answers()
        answer = self._answers()[-1]
        self.assertEqual((answer.state, answer.lead_id.ids), ("quarantined", []))
        self.assertEqual(answer.capture_id.state, "quarantined")
        return answer.capture_id

    def test_honeypot(self):
        message = self._robot(prospect_url="https://spam.example.com")
        self.assertIn("a hidden field", message.reason)
        self.assertEqual(
            message.line_ids.filtered(lambda line: line.target == "email_from").value,
            self.MARIE["e_mail"],
        )
        message.with_user(self.manager).action_replay()
        self.env.invalidate_all()
        self.assertEqual(message.state, "done")
        self.assertEqual(message.form_answer_ids.state, "accepted")
        self.assertEqual(message.form_answer_ids.lead_id, message.lead_id)

    def test_too_fast(self):
        self.env["ir.config_parameter"].set_param("prospect_form.least_seconds", "60")
        message = self._robot_only(self._token())
        self.assertIn("faster than anybody", message.reason)

    def _robot_only(self, token):
        self.assertEqual(self._post(token=token, **self.MARIE).json()["state"], "kept")
        self._make_answers()
        return self._answers()[-1].capture_id

    def test_forged_token(self):
        token = self._token()
        other = self._token(self.form.copy())
        for bad in ("x", token[:-1] + ("0" if token[-1] != "0" else "1"), other):
            message = self._robot_only(bad)
            self.assertIn("without opening", message.reason)
        self.assertFalse(self._leads())

    def test_old_page(self):
        """Who comes back after days presses once more, and has lost nothing."""
        token = self._token(now=time.time() - 25 * 3600)
        found = self._post(token=token, **self.MARIE)
        self.assertEqual((found.status_code, found.json()["state"]), (409, "over"))
        self.assertFalse(self._answers())
        page = self._post(token=token, page=True, **self.MARIE)
        self.assertIn('value="marie.curie@example.com"', page.text)
        self._post(token=found.json()["token"], **self.MARIE)
        self._make_answers()
        self.assertEqual(self._answers().state, "accepted")

    def test_same_page_again_and_again(self):
        token = self._token()
        for number in range(8):
            self._post(
                token=token, **{**self.MARIE, "e_mail": f"m{number}@example.com"}
            )
        self._make_answers()
        states = self._answers().mapped("state")
        self.assertEqual(states, ["accepted"] * 5 + ["quarantined"] * 3)

    def test_limits(self):
        settings = self.env["ir.config_parameter"]
        settings.set_param("prospect_form.limit_address", "3")
        found = [
            self._post(**{**self.MARIE, "e_mail": f"m{number}@example.com"})
            for number in range(40)
        ]
        self.assertEqual(
            [response.status_code for response in found], [200] * 30 + [429] * 10
        )
        self._make_answers()
        states = self._answers().mapped("state")
        self.assertEqual(states, ["accepted"] * 3 + ["quarantined"] * 27)
        settings.set_param("prospect_form.limit_address", "1000")
        settings.set_param("prospect_form.limit_form", "30")
        self._send(e_mail="late@example.com")
        self.assertIn("to the form", self._answers()[-1].capture_id.reason)

    def test_robots_do_not_close_the_form(self):
        """A crowd of robots is kept apart, up to a limit; people still come through."""
        settings = self.env["ir.config_parameter"]
        settings.set_param("prospect_form.limit_form", "2")
        found = [
            self._post(prospect_url="x", **{**self.MARIE, "e_mail": f"r{number}@x.com"})
            for number in range(22)
        ]
        self.assertEqual(
            [response.status_code for response in found], [200] * 20 + [429] * 2
        )
        self._send()
        self.assertEqual(self._answers()[-1].state, "accepted")

    def test_choices_that_change(self):
        """Pages know new titles and new choices of custom fields at once."""
        prop = self.env["prospect.property"].create(
            {"name": "Size", "kind": "selection", "choices": "S"}
        )
        make = self.env["prospect.form.field"].create
        for values in (
            {"target": "field", "fname": "title_id", "type": "dropdown"},
            {"target": "property", "property_id": prop.id, "type": "dropdown"},
        ):
            make({"form_id": self.form.id, "label": "x", "sequence": 90, **values})

        def labels():
            questions = self.form._get_definition("en_US")["questions"][-2:]
            return [[one["label"] for one in ask["choices"]] for ask in questions]

        self.assertEqual(labels()[1], ["S"])
        self.env["prospect.title"].create({"name": "Maestro"})
        prop.choices = "S\nM"
        self.assertIn("Maestro", labels()[0])
        self.assertEqual(labels()[1], ["S", "M"])

    # --- Open and closed ----------------------------------------------------------

    def test_closed(self):
        now = fields.Datetime.now()
        self.form.closed_message = "Come back next year."
        for values in (
            {"date_open": now + timedelta(hours=1)},
            {"date_open": False, "date_close": now - timedelta(hours=1)},
            {"date_close": False, "active": False},
        ):
            self.form.write(values)
            found = self._post(**self.MARIE)
            self.assertEqual(
                (found.status_code, found.json()["state"]), (410, "closed")
            )
            self.assertIn(
                "Come back next year.", self._post(page=True, **self.MARIE).text
            )
        self.assertFalse(self._answers())

    def test_most_answers(self):
        self.form.answer_max = 2
        token = self._token()
        self._post(token=token, **self.MARIE)
        # a robot takes no place, and who corrects has one
        self._post(prospect_url="x", **{**self.MARIE, "first_name": "Robot"})
        self._post(**{**self.MARIE, "e_mail": "second@example.com"})
        full = self._post(**{**self.MARIE, "e_mail": "third@example.com"})
        # a correction takes no further place
        self.form.answer_max = 3
        self._post(token=token, **{**self.MARIE, "first_name": "Mary"})
        third = self._post(**{**self.MARIE, "e_mail": "fourth@example.com"})
        self.assertEqual(third.json()["state"], "kept")
        self.form.answer_max = 2
        self.assertEqual(full.json()["state"], "closed")
        again = self._post(token=token, **{**self.MARIE, "first_name": "Marya"})
        self.assertEqual(again.json()["state"], "kept")
        self.assertFalse(
            self._answers().filtered(lambda one: one.email == "third@example.com")
        )

    # --- Confirmation of the address ----------------------------------------------

    def test_double_opt_in(self):
        """No prospect before the address is confirmed; nothing is lost meanwhile."""
        self.form.double_opt_in = True
        self._send()
        answer = self._answers()
        self.assertEqual(
            (answer.state, answer.capture_id.state), ("waiting", "waiting")
        )
        self.assertFalse(self._leads())
        answer.capture_id.with_user(self.manager).action_replay()
        self.env.invalidate_all()
        self.assertEqual(
            answer.state, "waiting", "a person confirms nothing for others"
        )
        answer._confirm()
        self.assertFalse(answer._confirm(), "once")
        self._make_answers()
        self.assertEqual(answer.state, "accepted")
        self.assertEqual(answer.lead_id, self._leads())

    # --- Campaigns ----------------------------------------------------------------

    def test_campaign(self):
        campaign = self.env["utm.campaign"].create({"name": "spring"})
        count = self.env["utm.medium"].search_count([])
        self._send(
            utm_campaign="spring",
            utm_medium="unheard of",
            utm_source="letter",
            prospect_page="https://shop.example.com/fair?secret=1",
        )
        answer = self._answers()
        self.assertEqual(answer.lead_id.campaign_id, campaign)
        self.assertEqual(answer.utm_medium, "unheard of")
        self.assertEqual(self.env["utm.medium"].search_count([]), count)
        self.assertEqual(answer.origin, "https://shop.example.com/fair")
        self.assertEqual(answer.lead_id.source_id, self.form.source_id)

    # --- Hooks --------------------------------------------------------------------

    def test_hook(self):
        """Bridges are called once a batch, after the prospects are there."""
        calls = []

        def note(forms, answers):
            calls.append((answers.ids, answers.mapped("lead_id.email_normalized")))

        self.patch(self.registry["prospect.form"], "_prospect_on_answer", note)
        for number in range(3):
            self._post(**{**self.MARIE, "e_mail": f"m{number}@example.com"})
        self._make_answers()
        self.assertEqual(len(calls), 1)
        self.assertEqual(
            calls[0][1], ["m0@example.com", "m1@example.com", "m2@example.com"]
        )

    def test_queries(self):
        """Receiving an answer costs a fixed number of queries."""
        self._post(**self.MARIE)
        # 30 requests more than one would be 30 times the queries of the form itself
        token = self._token()
        with self.assertQueryCount(40):
            self._post(token=token, **{**self.MARIE, "e_mail": "q@example.com"})
