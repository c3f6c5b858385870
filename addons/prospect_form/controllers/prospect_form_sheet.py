import io

from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import content_disposition, request

from odoo.addons.prospect.tools.reports import XlsxReport


class ProspectFormSheetController(http.Controller):
    """The answers of a form as a file, for who may export."""

    @http.route(
        "/prospect/form-answers/<int:form_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def prospect_form_answers(self, form_id):
        """A workbook; a form that is not there is told from a secret one by nobody."""
        form = request.env["prospect.form"].browse(form_id).exists()
        file = io.BytesIO()
        try:
            form.ensure_one()._write_sheet(file)
        except (AccessError, MissingError, ValueError):
            raise request.not_found() from None
        name = f"{form.slug or form.id}.{XlsxReport.extension}"
        return request.make_response(
            file.getvalue(),
            headers=[
                ("Content-Type", XlsxReport.mimetype),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", "private, no-store"),
            ],
        )
