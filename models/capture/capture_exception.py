from odoo import api, fields, models
from odoo.tools.translate import LazyTranslate

from ...tools.remarks import add_remarks, remark
from ...tools.trusted import read_trusted

_lt = LazyTranslate(__name__)
# What an exception stops in the inbox; mails are stopped before they come here.
STOPPED = frozenset(["call"])


class ProspectCapture(models.Model):
    """Calls of exceptions are left out [BX-35].

    Only for ``prospect.capture``. Who replays one has decided otherwise.
    """

    _name = "prospect.capture"
    _inherit = ["prospect.capture"]

    @api.model
    def _leave_exceptions(self, channel, batch):
        """The rest of a batch, without messages that an exception stops.

        :param list batch: of (message, values of ``crm.lead``)
        """
        if channel not in STOPPED or read_trusted(self.env.context, "prospect_by_hand"):
            return batch
        env = batch[0][0].env
        rows = [
            env["prospect.gate"]._read(number, values, message.defaults or {})
            for number, (message, values) in enumerate(batch, start=1)
        ]
        exceptions = env["prospect.exception"]
        found = exceptions._match(
            [row.email for row in rows], [row.phone for row in rows]
        )
        if not found:
            return batch
        left = []
        for row, (message, values) in zip(rows, batch, strict=True):
            company_id = message.company_id.id
            named = [
                value
                for value in (row.email, row.phone)
                if exceptions._is_named(found, value, company_id)
            ]
            if named:
                message._leave_out(named[0], values)
            else:
                left.append((message, values))
        return left

    def _leave_out(self, value, values):
        """Set a message aside, since an exception names who it is from."""
        self.write(
            {
                "state": "ignored",
                "reason": remark(self.env, "capture.exception", value=value),
                "processed_at": fields.Datetime.now(),
            }
        )
        self._spread(values)


add_remarks(
    {
        "capture.exception": _lt(
            "Left out: exception. %(value)s is on the list of exceptions, so that its"
            " calls make no prospect."
        )
    }
)
