from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request


class ProspectReportController(http.Controller):
    """The files of reports."""

    @http.route(
        "/prospect/report/<int:report_id>/download",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download(self, report_id):
        """The file of a report, for who has asked for it.

        The same answer for a report that is not there, is not ready, or is somebody
        else's.
        """
        report = request.env["prospect.report"].browse(report_id).exists()
        try:
            report.ensure_one()._check_may_have()
        except (AccessError, MissingError, UserError, ValueError):
            raise request.not_found() from None
        # sudo: the person may have it, which was looked at just now
        stream = report.sudo().attachment_id._to_http_stream()
        response = stream.get_response(as_attachment=True)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "private, no-store"
        return response
