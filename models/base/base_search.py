from odoo import api, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, Query

from ...tools.choices import is_ours

POSITIVE = frozenset({"=", "==", "in"})
NEGATIVE = frozenset({"!=", "<>", "not in"})


class Base(models.AbstractModel):
    """Searches by our relations to many records find by what the person may see.

    Odoo compares numbers with the table of the relation, whatever the rules say of
    the records behind it: somebody could find out who is on a hidden list. Each
    condition on such a relation therefore becomes ``any``, which asks for records
    that the person may see; whatever a client writes, no shape of value is believed.
    """

    _name = "base"
    _inherit = ["base"]

    @tools.ormcache("self._name")
    def _prospect_guarded_relations(self):
        """Names of our relations to many, which the database could say about."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.type in ("many2many", "one2many")
            and is_ours(field)
            and (field.store or field.related)
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        if not self.env.su and self._prospect_guarded_relations():
            domain = Domain(domain).map_conditions(self._prospect_guard_condition)
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _prospect_guard_condition(self, condition):
        """A condition of a domain, by the records that the person may see.

        :raises UserError: for one that makes no sense
        """
        fname = condition.field_expr
        if fname not in self._prospect_guarded_relations():
            # Odoo makes ``any`` of a path, and asks the model at each step
            return condition
        operator, value = condition.operator, condition.value
        if (
            operator.removesuffix("!") in ("any", "not any")
            # from code: no request can carry one
            or isinstance(value, (Domain, Query, SQL))
            # by names, which Odoo asks ``any`` for
            or (operator.endswith("like") and value)
        ):
            return condition
        if operator.endswith("like"):
            is_negative = operator in Domain.NEGATIVE_OPERATORS
            operator = "!=" if is_negative == ("=" in operator) else "="
            value = False
        if operator == "=?":
            found = self._prospect_find_by(fname, value) if value else Domain.TRUE
        elif operator in POSITIVE | NEGATIVE:
            found = self._prospect_find_by(fname, value)
        else:
            raise self._prospect_refuse_condition(condition)
        return ~found if operator in NEGATIVE else found

    def _prospect_refuse_condition(self, condition):
        return UserError(
            self.env._(
                "%(field)s %(operator)s %(value)s: this search is not possible. "
                "Choose records, or whether the field is set.",
                field=condition.field_expr,
                operator=condition.operator,
                value=condition.value,
            )
        )

    @api.model
    def _prospect_find_by(self, fname, value):
        """A domain of what is related to one of some records that the person sees.

        :param value: of a condition: numbers, names, False for none, True for any
        """
        comodel = self.env[self._fields[fname].comodel_name]
        every = Domain.TRUE
        if comodel._active_name:
            # archived ones count, as they do for Odoo
            every = Domain(comodel._active_name, "in", [True, False])
        many = isinstance(value, (list, tuple, set, frozenset)) or hasattr(
            value, "__iter__"
        )
        values = [value] if isinstance(value, str) or not many else list(value)
        numbers, names, found = [], [], []
        for one in values:
            if one is None or one is False:
                found.append(Domain(fname, "not any", every))
            elif one is True:
                found.append(Domain(fname, "any", every))
            elif isinstance(one, str):
                names.append(one)
            elif isinstance(one, int) or (isinstance(one, float) and one.is_integer()):
                numbers.append(int(one))
            else:
                raise self._prospect_refuse_condition(Domain(fname, "in", values))
        # what no number of a record can be would be an error of the database
        numbers = [number for number in numbers if abs(number) < 1 << 31]
        if numbers:
            found.append(Domain(fname, "any", Domain("id", "in", numbers) & every))
        if names:
            found.append(
                Domain(fname, "any", Domain("display_name", "in", names) & every)
            )
        return Domain.OR(found)
