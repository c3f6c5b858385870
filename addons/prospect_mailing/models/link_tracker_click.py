from odoo import api, models
from odoo.http import request


class LinkTrackerClick(models.Model):
    """A click on a link of a mailing: by a person or by a program."""

    _inherit = "link.tracker.click"

    @api.model
    def add_click(self, code, **route_values):
        click = super().add_click(code, **route_values)
        if click and click.mailing_trace_id and request:
            click.mailing_trace_id._prospect_note_hit(
                "click",
                request.httprequest.headers.get("User-Agent"),
                is_head=request.httprequest.method == "HEAD",
                link=click.link_id,
            )
        return click
