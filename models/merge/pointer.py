from collections import defaultdict

from odoo import api, models, tools

from ...tools.pointers import CASCADE, Pointer, find_keys

# What stays with the prospect that it is about: receipts, lists, which are joined with
# their history, and followers, of whom Odoo moves those who have written lately.
NOT_MOVED = frozenset(
    {"mail_followers", "prospect_list_crm_lead_rel", "prospect_operation_line"}
)


# What is made again from the histories: neither moved, nor kept, nor restored.
DERIVED = frozenset(
    {"prospect_lifecycle", "prospect_lifecycle_salesperson", "prospect_lifecycle_step"}
)


class ProspectMergePointer(models.AbstractModel):
    """What in the database points at a record, whoever has added it.

    Foreign keys, as the database knows them, and fields with a model and a number, as
    the registry does. Transient models, which are open dialogs, are left out.
    """

    _name = "prospect.merge.pointer"
    _description = "What points at a record"

    @api.model
    @tools.ormcache("model", "table")
    def _get_pointers(self, model, table):
        """All that points at the rows of a table, as a tuple of :class:`Pointer`.

        :param str model: name of the model of the table, or an empty text
        """
        transient = self._get_transient_tables() | DERIVED
        keys = find_keys(self.env.cr, table)
        documents = self._get_documents() if model else []
        return (*(key for key in keys if key.table not in transient), *documents)

    @api.model
    def _get_documents(self):
        """Fields that hold the number of a record of any model, as pointers.

        Odoo deletes such rows with the record.
        """
        pointers = []
        for other in self.env.registry.values():
            if other._abstract or other._transient or not other._auto:
                continue
            for field in other._fields.values():
                if field.type != "many2one_reference" or not field.store:
                    continue
                model_field = other._fields.get(field.model_field)
                if model_field is not None and model_field.store:
                    pointers.append(
                        Pointer(other._table, field.name, CASCADE, model_field.name)
                    )
        return sorted(pointers, key=lambda pointer: (pointer.table, pointer.column))

    @api.model
    def _get_transient_tables(self):
        """Tables of transient models and of their relations."""
        tables = set()
        for model in self.env.registry.values():
            if model._transient:
                tables.add(model._table)
                tables.update(
                    field.relation
                    for field in model._fields.values()
                    if field.type == "many2many" and field.store
                )
        return tables

    @api.model
    def _get_model(self, table):
        """The name of the model of a table, or an empty text."""
        for name, model in self.env.registry.items():
            if model._table == table and not model._abstract:
                return name
        return ""

    @api.model
    def _recompute_moved(self, moved):
        """Compute again what depends on records that were moved by SQL.

        :param dict moved: {pointer: ids of rows, or keys of links}
        """
        names = defaultdict(set)
        for pointer, keys in moved.items():
            if pointer.table == "ir_model_data":
                self.env.registry.clear_cache()
            elif pointer.has_id:
                names[pointer.table, pointer.column].update(keys)
        for (table, column), numbers in names.items():
            model = self._get_model(table)
            if model and column in self.env[model]._fields:
                # sudo: what follows from a merge that was allowed
                records = self.env[model].sudo().browse(numbers)
                records.modified([column])
        self.env.flush_all()
