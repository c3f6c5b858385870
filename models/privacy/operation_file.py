import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .person_erase import LINE_VALUES

_logger = logging.getLogger(__name__)

# Days that files of imports are kept after the last undo is possible.
PARAMETER = "prospect.import_file_days"
DAYS = 30


class ProspectOperation(models.Model):
    """Files of imports go some time after the import can no longer be undone."""

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    @api.model
    def _get_file_days(self):
        """Days that files are kept after the last undo is possible; 0: for ever."""
        # sudo: the setting is read by the job
        text = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        return int(text) if (text or "").strip().isdigit() else DAYS

    @api.autovacuum
    def _gc_files(self):
        """Delete the files of imports whose time is over, and what their lines say.

        An undo is possible as long as there are lines, see ``_gc_lines``; where these
        are kept for ever, the time begins when the import has ended, since no undo
        needs the file. An import that never ran, and one that was undone, counts from
        its last change. Receipts stay, with their counts.
        """
        days = self._get_file_days()
        if not days:
            return
        # sudo: the setting is read by the job
        parameters = self.env["ir.config_parameter"].sudo()
        kept = int(parameters.get_param("prospect.operation_days", 180))
        self.flush_model()
        self.env["prospect.operation.line"].flush_model()
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """SELECT operation.id, operation.attachment_id
                     FROM prospect_operation AS operation
                    WHERE operation.attachment_id IS NOT NULL
                      AND operation.state NOT IN ('queued', 'running')
                      AND CASE
                          WHEN operation.started_at IS NULL
                               OR operation.state = 'undone'
                          THEN operation.write_date < %(over)s
                          WHEN %(for_ever)s
                          THEN COALESCE(operation.finished_at, operation.write_date)
                               < %(over)s
                          ELSE operation.write_date < %(past)s
                               AND NOT EXISTS (
                                   SELECT 1 FROM prospect_operation_line AS line
                                    WHERE line.operation_id = operation.id
                                      AND line.is_done)
                          END""",
                over=now - timedelta(days=days),
                past=now - timedelta(days=days + max(kept, 0)),
                for_ever=kept <= 0,
            )
        )
        if not rows:
            return
        ids = [operation_id for operation_id, _file_id in rows]
        self.env.cr.execute(
            SQL(
                """UPDATE prospect_operation_line AS line
                      SET %s, reason = NULL
                     FROM prospect_operation AS operation
                    WHERE operation.id = line.operation_id
                      AND operation.id = ANY(%s)
                      AND operation.state = 'undone'""",
                SQL(", ").join(
                    SQL("%s = NULL", SQL.identifier(name)) for name in LINE_VALUES
                ),
                ids,
            )
        )
        never_run = self.browse(ids).filtered(lambda one: not one.started_at)
        for operation in never_run:
            # a plan without its file is made anew, or not at all
            operation._forget_plan()
        never_run._set(state="draft", todo=False, line_count=0)
        self.env["prospect.operation.line"].invalidate_model()
        # sudo: files of operations, which nobody deletes by hand
        files = self.env["ir.attachment"].sudo()
        files.browse({file_id for _operation_id, file_id in rows}).exists().unlink()
        self._collect_files_later()

    @api.model
    def _collect_files_later(self):
        """Take deleted files off the disk as soon as this is committed, and not when
        Odoo's next clean-up comes.
        """
        registry = self.env.registry

        def collect():
            try:
                with registry.cursor() as cr:
                    env = self.env(cr=cr, su=True)
                    env["ir.attachment"]._gc_file_store()
            except Exception as error:  # noqa: BLE001 - the next clean-up does it
                _logger.warning("Files were not deleted yet: %s", error)

        self.env.cr.postcommit.add(collect)
