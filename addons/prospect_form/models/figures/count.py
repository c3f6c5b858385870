from odoo import fields, models


class ProspectFormCount(models.Model):
    """How often a form was seen, begun and answered, by day; and its questions.

    Rows without question are of the whole form. ``stops`` of a question counts the
    visitors who have gone with that question as the last one they touched.
    """

    _name = "prospect.form.count"
    _description = "Figures of a Form"
    _order = "day desc, id"
    _log_access = False

    form_id = fields.Many2one(
        comodel_name="prospect.form",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="form_id.company_id")
    field_id = fields.Many2one(
        comodel_name="prospect.form.field",
        string="Question",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    day = fields.Date(required=True, readonly=True)
    views = fields.Integer(readonly=True, default=0)
    starts = fields.Integer(readonly=True, default=0)
    answers = fields.Integer(readonly=True, default=0)
    stops = fields.Integer(readonly=True, default=0)

    _day_unique = models.UniqueIndex("(form_id, COALESCE(field_id, 0), day)")
