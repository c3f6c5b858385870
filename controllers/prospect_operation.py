from werkzeug.wsgi import wrap_file

from odoo import http
from odoo.http import content_disposition, request

TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class ProspectOperationController(http.Controller):
    """Files that belong to operations."""

    @http.route(
        "/prospect/operation/<int:operation_id>/rejected",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download_rejected(self, operation_id):
        """The rejected rows of an operation, to mend and import again.

        The same answer for an operation that is not there as for one of somebody else.
        """
        operation = request.env["prospect.operation"].search(
            [("id", "=", operation_id), ("failed_count", ">", 0)]
        )
        if not operation:
            raise request.not_found()
        name, file = operation._write_rejected()
        response = request.make_response(
            wrap_file(request.httprequest.environ, file),
            headers=[
                ("Content-Type", TYPES[name.rpartition(".")[2]]),
                ("Content-Disposition", content_disposition(name)),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        response.direct_passthrough = True
        return response
