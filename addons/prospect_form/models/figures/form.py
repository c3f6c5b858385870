from odoo import api, models
from odoo.tools import SQL

# Answers in an hour that are believed: from one machine, and to one form. What is above
# lies in quarantine; what is far above is refused, and the visitor told to come later.
LIMITS = (
    ("address", "prospect_form.limit_address", 30),
    ("form", "prospect_form.limit_form", 2000),
)
FAR = 10


class ProspectForm(models.Model):
    """Limits and figures of forms: counters that many visitors raise at once.

    Only for ``prospect.form``.
    """

    _name = "prospect.form"
    _inherit = ["prospect.form"]

    @api.model
    def _get_limits(self, definition, machine, robot):
        """[(code, key of the counter, how many in an hour)].

        Robots that were caught are counted apart: they do not close the form to people.
        """
        kind = "r" if robot else "f"
        keys = {
            "address": machine and f"a:{machine}",
            "form": f"{kind}:{definition['id']}",
        }
        return [
            (code, keys[code], self._get_number(parameter, default))
            for code, parameter, default in LIMITS
            if keys[code]
        ]

    def _is_busy(self, definition, machine, robot):
        """Whether so much comes in that nothing more is kept."""
        limits = {
            key: most
            for _code, key, most in self._get_limits(definition, machine, robot)
        }
        rows = self.env.execute_query(
            SQL(
                "SELECT key, count FROM prospect_form_limit WHERE key IN %s"
                " AND hour = date_trunc('hour', now() AT TIME ZONE 'UTC')",
                tuple(limits),
            )
        )
        return any(count >= limits[key] * FAR for key, count in rows)

    def _count_up(self, definition, machine, robot):
        """Count one more answer; the code of the limit that it is above, or False."""
        limits = self._get_limits(definition, machine, robot)
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
        numbers = {
            question["key"]: question["id"] for question in definition["questions"]
        }
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
