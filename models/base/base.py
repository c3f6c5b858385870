from collections import defaultdict

from odoo import Command, api, models, tools
from odoo.exceptions import AccessError, MissingError

from ...tools.choices import (
    OPEN_MODELS,
    RELATIONS,
    is_ours,
    keep_numbers,
    read_choice,
)
from ...tools.remarks import field_label, remark
from ...tools.trusted import read_trusted


class Base(models.AbstractModel):
    """What a client may say of the fields of Prospect and of its bridges.

    A relation of ours points only at what the person may read, whether they say so by
    ``create``, ``write`` or ``onchange``, by ``default_*`` in the context, or by
    a default of their own (``ir.default``). The superuser may name anything, and so may
    code with the context ``trusted(prospect_chosen=True)``.

    The fields of Odoo, also those of our models, are Odoo's matter.
    """

    _name = "base"
    _inherit = ["base"]

    # --- Choices --------------------------------------------------------------------

    @tools.ormcache("self._name")
    def _prospect_choice_names(self):
        """Names of the relations of this model that we have added, as a frozen set."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.type in RELATIONS
            and is_ours(field)
            and getattr(field, "comodel_name", None) not in OPEN_MODELS
        )

    def _prospect_checks_chosen(self):
        """Whether what this environment names is looked at."""
        return not self.env.su and not read_trusted(self.env.context, "prospect_chosen")

    def _prospect_check_chosen(self, vals_list, deep=False):
        """Refuse relations of ours to what the person may not read.

        One query for each model that is named, for all values. What the records of
        ``self`` name already may be named again.

        :param list vals_list: dicts of values, as for ``create``
        :param bool deep: also in the values of lines, which nothing else looks at
        :raises AccessError: naming the field
        """
        if not self._prospect_checks_chosen():
            return
        named = defaultdict(lambda: defaultdict(set))
        self._prospect_find_chosen(vals_list, named, deep)
        for comodel, numbers_by_field in named.items():
            hidden = self._prospect_find_hidden(
                comodel, set().union(*numbers_by_field.values())
            )
            for field, numbers in numbers_by_field.items():
                wrong = numbers & hidden
                if wrong and field.model_name == self._name:
                    wrong -= self._prospect_named_already(field, comodel)
                if wrong:
                    raise AccessError(
                        remark(
                            self.env,
                            "base.hidden_choice",
                            field=field_label(self.env, field.model_name, field.name),
                        )
                    )

    def _prospect_find_chosen(self, vals_list, named, deep=False):
        """Add what values name to ``named``: {model: {field: numbers}}."""
        names = self._prospect_choice_names()
        for vals in vals_list:
            for fname in names & vals.keys():
                field = self._fields[fname]
                comodel, numbers = read_choice(field, vals[fname])
                if numbers and comodel in self.env:
                    named[comodel][field].update(numbers)
            for fname, value in vals.items() if deep else ():
                field = self._fields.get(fname)
                if field is None or field.type not in ("many2many", "one2many"):
                    continue
                lines = [
                    command[2]
                    for command in value or ()
                    if isinstance(command, (list, tuple))
                    and len(command) > 2
                    and command[0] in (Command.CREATE, Command.UPDATE)
                    and isinstance(command[2], dict)
                ]
                if lines:
                    self.env[field.comodel_name]._prospect_find_chosen(
                        lines, named, deep
                    )

    @api.model
    def _prospect_find_hidden(self, comodel, numbers):
        """Those of some numbers that the person may not read, as a set."""
        records = self.env[comodel].browse(sorted(numbers))
        try:
            if records.has_access("read"):
                return set()
        except MissingError:
            # one was deleted since, as under a dialog that stayed open
            records.invalidate_recordset()
        # one of them, or all; what does not exist is said by the database
        records = records.exists()
        return set(records.ids) - set(records._filtered_access("read").ids)

    def _prospect_named_already(self, field, comodel):
        """Numbers that all of ``self`` name already by a field."""
        numbers = None
        # sudo: what is there is compared, and told to nobody
        for record in self.sudo().with_context(active_test=False)._origin.exists():
            value = record[field.name]
            there = set(value.ids) if value and value._name == comodel else set()
            numbers = there if numbers is None else numbers & there
        return numbers or set()

    def _prepare_create_values(self, vals_list):
        """What was handed over or is a default is checked; what Odoo has computed
        from it is not the client's.
        """
        complete = super()._prepare_create_values(vals_list)
        if self._prospect_choice_names() and self._prospect_checks_chosen():
            self.browse()._prospect_check_chosen(
                [
                    {
                        fname: value
                        for fname, value in vals.items()
                        if fname in given
                        or self._fields.get(fname)
                        not in vals.get("__precomputed__", ())
                    }
                    for given, vals in zip(vals_list, complete, strict=True)
                ]
            )
        return complete

    def write(self, vals):
        if not self.env.su and not self._prospect_choice_names().isdisjoint(vals):
            self._prospect_check_chosen([vals])
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        """Nothing is computed from what the person may not see."""
        self._prospect_check_chosen([values], deep=True)
        return super().onchange(values, field_names, fields_spec)

    # --- Defaults -------------------------------------------------------------------

    @api.model
    def _prospect_get_undefaulted(self):
        """Names of fields whose default comes from the model alone: neither from the
        context nor from ``ir.default``, which everybody may write. Models extend it.
        """
        return frozenset()

    @api.model
    def default_get(self, fields):
        refused = self._prospect_get_undefaulted().intersection(fields)
        if refused:
            fields = [fname for fname in fields if fname not in refused]
        values = super().default_get(fields)
        for fname in refused:
            field = self._fields[fname]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, False)
                values[fname] = field.convert_to_write(value, self)
        chosen = self._prospect_choice_names() & values.keys()
        if chosen and self._prospect_checks_chosen():
            self._prospect_drop_hidden(values, chosen)
        return values

    @api.model
    def _prospect_drop_hidden(self, values, fnames):
        """Take what the person may not read out of default values, in place."""
        for fname in fnames:
            field = self._fields[fname]
            comodel, numbers = read_choice(field, values[fname])
            if not numbers or comodel not in self.env:
                continue
            hidden = self._prospect_find_hidden(comodel, set(numbers))
            if not hidden:
                continue
            if field.type in ("many2many", "one2many"):
                known = set(numbers) - hidden
                values[fname] = keep_numbers(values[fname], known)
            else:
                del values[fname]

    @api.model
    def _prospect_resolve(self, vals_list, fnames):
        """Values with the defaults of some fields that they do not name.

        What a guard looks at: Odoo adds defaults (of the context, of ``ir.default``
        and of the model) only after it. Asked once for each set of fields that miss.

        :param list vals_list: dicts, as for ``create``
        :param fnames: names of the fields
        :return: new dicts
        """
        fnames, known, resolved = frozenset(fnames), {}, []
        for vals in vals_list:
            missing = fnames.difference(vals)
            if missing not in known:
                known[missing] = self._prospect_get_defaults(missing)
            resolved.append({**known[missing], **vals})
        return resolved

    @api.model
    def _prospect_get_defaults(self, fnames):
        """Defaults of some fields, as ``create`` takes them."""
        if not fnames:
            return {}
        values = self.default_get(sorted(fnames))
        for fname, value in values.items():
            if (
                self._fields[fname].type == "many2many"
                and value
                and isinstance(value[0], int)
            ):
                values[fname] = [Command.set(value)]
        return values
