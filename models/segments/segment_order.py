from odoo import api, fields, models
from odoo.tools import SQL


class ProspectSegmentOrder(models.Model):
    """Where a person has put a tab, or that it is hidden from them [MO-33]."""

    _name = "prospect.segment.order"
    _description = "A Person's Order of Segments"
    _log_access = False

    user_id = fields.Many2one(
        comodel_name="res.users", required=True, readonly=True, ondelete="cascade"
    )
    segment_id = fields.Many2one(
        comodel_name="prospect.segment",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(readonly=True)
    is_hidden = fields.Boolean(readonly=True)

    _user_segment_uniq = models.UniqueIndex("(user_id, segment_id)")

    @api.model
    def _read_own(self):
        """{segment id: (place or None, is hidden)} of the current user."""
        return {
            segment_id: (sequence, is_hidden)
            for segment_id, sequence, is_hidden in self.env.execute_query(
                SQL(
                    "SELECT segment_id, sequence, is_hidden FROM prospect_segment_order"
                    " WHERE user_id = %s",
                    self.env.uid,
                )
            )
        }

    @api.model
    def _sort(self, segments):
        """Segments as the current user has put them; new ones come last."""
        own = self._read_own()
        places = {number: place for number, (place, _hidden) in own.items()}
        order = {segment: number for number, segment in enumerate(segments)}
        return segments.sorted(
            lambda segment: (
                places.get(segment.id) is None,
                places.get(segment.id) or 0,
                order[segment],
            )
        )

    @api.model
    def _get_hidden(self, segments):
        """Those of ``segments`` that the current user has hidden."""
        own = self._read_own()
        return segments._origin.filtered(
            lambda segment: own.get(segment.id, (None, False))[1]
        )

    @api.model
    def _set_order(self, segments):
        """The current user's places of segments: as they are given."""
        if not segments:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO prospect_segment_order (user_id, segment_id, sequence)
                   SELECT %s, segment_id, place
                     FROM unnest(%s) WITH ORDINALITY AS wanted (segment_id, place)
                       ON CONFLICT (user_id, segment_id) DO UPDATE
                      SET sequence = excluded.sequence""",
                self.env.uid,
                segments.ids,
            )
        )
        self.invalidate_model(flush=False)

    @api.model
    def _set_hidden(self, segments, is_hidden):
        """Hide segments from the current user, or show them again."""
        if not segments:
            return
        segments.check_access("read")
        self.env.cr.execute(
            SQL(
                """INSERT INTO prospect_segment_order (user_id, segment_id, is_hidden)
                   SELECT %s, unnest(%s), %s
                       ON CONFLICT (user_id, segment_id) DO UPDATE
                      SET is_hidden = excluded.is_hidden""",
                self.env.uid,
                segments.ids,
                bool(is_hidden),
            )
        )
        self.invalidate_model(flush=False)
        segments.invalidate_recordset(["is_shown"])
