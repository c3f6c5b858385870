"""What tests of forms share; other bridges may use it."""

import json
import time

from odoo import SUPERUSER_ID, api
from odoo.tests import HttpCase, tagged

from odoo.addons.prospect.tests.common import ProspectCase


def make_form(env, **values):
    """A form with a conditional question [IY-09]: who stays says in which room."""
    form = env["prospect.form"].create(
        {
            "name": "Spring fair",
            "field_ids": [
                (
                    0,
                    0,
                    {"target": "field", "fname": "first_name", "label": "First name"},
                ),
                (
                    0,
                    0,
                    {
                        "sequence": 11,
                        "target": "field",
                        "fname": "last_name",
                        "label": "Last name",
                        "required": True,
                    },
                ),
                (
                    0,
                    0,
                    {
                        "sequence": 12,
                        "target": "field",
                        "fname": "email_from",
                        "type": "email",
                        "label": "E-mail",
                        "required": True,
                    },
                ),
                (
                    0,
                    0,
                    {
                        "sequence": 13,
                        "label": "Accommodation",
                        "type": "single",
                        "required": True,
                        "choice_ids": [
                            (0, 0, {"name": "Yes"}),
                            (0, 0, {"name": "No", "sequence": 11}),
                        ],
                    },
                ),
                (
                    0,
                    0,
                    {
                        "sequence": 14,
                        "label": "Room",
                        "type": "dropdown",
                        "required": True,
                        "choice_ids": [
                            (0, 0, {"name": "Single"}),
                            (0, 0, {"name": "Double", "sequence": 11}),
                        ],
                    },
                ),
            ],
            **values,
        }
    )
    stay, room = form.field_ids[3:5]
    env["prospect.form.condition"].create(
        {
            "field_id": room.id,
            "question_id": stay.id,
            "operator": "in",
            "choice_ids": [(6, 0, stay.choice_ids[0].ids)],
        }
    )
    return form


class FormCase(ProspectCase):
    """A form, its token, and the job that makes prospects of answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the tests are faster than people
        cls.env["ir.config_parameter"].set_param("prospect_form.least_seconds", "0")
        cls.env["ir.config_parameter"].set_param("prospect_form.limit_address", "1000")
        cls.form = make_form(cls.env)

    def _token(self, form=None, **options):
        """A token, as an opened page of the form has it."""
        form = form or self.form
        definition = form._get_definition("en_US")
        return form._make_token(definition, options.pop("now", time.time()), **options)

    def _make_answers(self):
        """Let the job make prospects of what has come in."""
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["prospect.capture"]._cron_process()
        self.env.invalidate_all()

    def _answers(self, form=None):
        """The answers to the form, oldest first."""
        self.env.invalidate_all()
        return self.env["prospect.form.answer"].search(
            [("form_id", "=", (form or self.form).id)], order="id"
        )

    def _leads(self, domain=()):
        return self.env["crm.lead"].search(
            [("source_id", "=", self.form.source_id.id), *domain]
        )


@tagged("web")
class PublicCase(FormCase, HttpCase):
    """What a visitor does, over HTTP."""

    MARIE = {
        "first_name": "Marie",
        "last_name": "Curie",
        "e_mail": "marie.curie@example.com",
        "accommodation": "no",
    }

    def _post(
        self, form=None, token=None, page=False, files=None, headers=None, **values
    ):
        """Send the form; the answer, as JSON unless ``page``."""
        form = form or self.form
        data = {"prospect_token": token or self._token(form), **values}
        return self.url_open(
            f"/prospect/form/{form.slug}",
            data={key: value for key, value in data.items() if value is not None},
            files=files,
            headers={
                "Accept": "text/html" if page else "application/json",
                **(headers or {}),
            },
            allow_redirects=False,
        )

    def _send(self, form=None, **values):
        """Send the form, and let the job do its work; what the page was told."""
        found = json.loads(self._post(form=form, **{**self.MARIE, **values}).content)
        self._make_answers()
        return found
