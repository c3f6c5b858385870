import hashlib
import inspect
import sys

from odoo import api, models, tools
from odoo.tools import SQL

from ...tools.hooks import HOOKS
from ...tools.remarks import remark
from ...tools.trusted import read_trusted

# Odoo's add-ons whose part in writing a lead the twin test covers, and ours: it imports
# the same files by both write paths, in a database that has them, and compares every
# table.
# Others say it themselves, see ``_says_covered``.
COVERED = frozenset(
    """
    base base_import bus calendar_sms crm crm_iap_enrich crm_iap_mine crm_sms iap_crm
    mail phone_validation portal prospect resource_mail sales_team sms
    snailmail utm web website website_crm website_crm_sms website_mail
    website_sms
    """.split()  # noqa: SIM905 - read as words
)
# Methods that decide what is stored when a lead is created.
WATCHED = frozenset(
    """
    _add_missing_default_values _add_precomputed_values _check_access _check_company
    _check_field_access _compute_field_value _create _prepare_create_values
    _stage_find _validate_fields _write _write_multi check_access create default_get
    flush_model flush_recordset modified new write
    """.split()  # noqa: SIM905 - read as words
)
WATCHED_PREFIXES = (
    "_handle_",
    "_load_records_",
    "_message_auto_subscribe",
    "_phone_format",
    "_phone_get_",
    "_pls_",
    "_prospect_",
    "_track_",
)
# Beside the hooks: what makes columns of reports has no say in what is stored.
REPORTS = "_prospect_report_"
# The service whose every method has a part in writing a lead.
STEPS = "prospect.gate"
MODELS = (
    "crm.lead",
    STEPS,
    "prospect.assignment",
    "prospect.list",
    "prospect.membership",
    "prospect.stage.change",
    "prospect.status.change",
)
TABLES = (
    "crm_lead",
    "crm_tag_rel",
    "prospect_assignment",
    "prospect_list",
    "prospect_list_crm_lead_rel",
    "prospect_membership",
    "prospect_status_change",
)


class ProspectWritePath(models.AbstractModel):
    """Which way prospects are written: by SQL, or one by one through the ORM.

    The fast path gives the same result as the ORM wherever nobody else has a say in
    it. Whether somebody has is asked of the registry (who overrides what, who computes
    what) and of the database (defaults, rules, triggers); the answer is a reason in
    words, for the receipt.
    """

    _name = "prospect.write.path"
    _description = "Write method of prospects"

    @api.model
    def _get_objection(self):
        """Why prospects cannot be written the fast way, or an empty text."""
        return (
            self._find_in_context()
            or self._find_rule()
            or self._find_in_registry()
            or self._find_in_database()
        )

    def _find_in_context(self):
        """What was asked for, in words."""
        context = self.env.context
        # sudo: parameters are read whoever imports
        parameters = self.env["ir.config_parameter"].sudo()
        if "standard" in (
            read_trusted(context, "prospect_write_path"),
            parameters.get_param("prospect.write.path"),
        ):
            return remark(self.env, "write_path.asked_for")
        if not context.get("tracking_disable"):
            return remark(self.env, "write_path.announced")
        defaults = sorted(key[8:] for key in context if key.startswith("default_"))
        if defaults:
            return remark(
                self.env, "write_path.page_defaults", names=", ".join(defaults)
            )
        return ""

    @api.model
    def _is_plain(self):
        """Whether only add-ons that the twin test covers have a say in leads."""
        return not self._find_patches() and not self._find_extender()

    def _describe_extender(self, module, name):
        # sudo: the title of an add-on
        addon = self.env["ir.module.module"].sudo().search([("name", "=", module)])
        return remark(
            self.env,
            "write_path.extended",
            addon=addon.shortdesc or module,
            name=name,
        )

    # --- The registry ---------------------------------------------------------------

    def _find_in_registry(self):
        """Who extends what the fast path replaces, in words."""
        patched = self._find_patches()
        if patched:
            return remark(self.env, "write_path.replaced", name=patched)
        found = self._find_extender()
        return self._describe_extender(*found) if found else ""

    def _find_patches(self):
        """The name of a method that was replaced on the registry's own classes."""
        for model in MODELS:
            for cls in self.env.registry[model].__mro__:
                if getattr(cls, "pool", None) is None:
                    # a class as an add-on wrote it; those of the registry have a pool
                    continue
                for name, value in vars(cls).items():
                    if callable(value) and self._is_watched(model, name):
                        return f"{model}.{name}"
        return ""

    @tools.ormcache()
    def _find_extender(self):
        """(add-on, what it extends) of the first extender that no test covers."""
        for model in MODELS:
            for cls in self.env.registry[model].__mro__:
                module = self._get_module(cls)
                if self._is_covered(module):
                    continue
                for name, value in vars(cls).items():
                    if self._is_watched(model, name) or hasattr(value, "_constrains"):
                        return module, f"{model}.{name}"
            for field in self.env.registry[model]._fields.values():
                found = self._find_extending_field(field)
                if found:
                    return found
        return None

    def _find_extending_field(self, field):
        """The same for one field: computed or filled, or something computed from it."""
        if field.store and (field.compute or field.related or field.default):
            for module in field._modules:
                if not self._is_covered(module):
                    return module, str(field)
        if not field.store:
            return None
        for other in self.env.registry.get_dependent_fields(field):
            for module in other._modules if other.store else ():
                if not self._is_covered(module):
                    return module, str(other)
        return None

    def _is_covered(self, module):
        """Whether the twin test knows what an add-on has to say in new leads."""
        return module in COVERED or self._says_covered(module)

    def _says_covered(self, module):
        """Whether an add-on says that the twin test covers it, as it is now.

        Its ``__init__.py`` has ``PROSPECT_COVERED``, what :meth:`_get_digests` gave
        when the twin test has last passed with it. Changed since, it is a stranger
        again: imports are slower then, never wrong.
        """
        said = getattr(
            sys.modules.get(f"odoo.addons.{module}"), "PROSPECT_COVERED", None
        )
        return said is not None and said == self._get_digests(module)

    @api.model
    def _get_digests(self, module):
        """{model: digest} of the classes by which an add-on extends what is watched.

        None where its source is not there to be read.
        """
        digests = {}
        for model in MODELS:
            classes = [
                cls
                for cls in self.env.registry[model].__mro__
                if self._get_module(cls) == module
                and getattr(cls, "pool", None) is None
            ]
            if not classes:
                continue
            try:
                text = "".join(map(inspect.getsource, classes))
            except (OSError, TypeError):
                return None
            digests[model] = hashlib.sha256(text.encode()).hexdigest()[:16]
        return digests

    @staticmethod
    def _get_module(definition):
        """The add-on in which a class of a model is defined, "base" for the ORM's."""
        parts = definition.__module__.split(".")
        if parts[:2] == ["odoo", "addons"]:
            return parts[2]
        return "base" if parts[0] in ("odoo", "builtins", "typing") else parts[0]

    def _is_watched(self, model, name):
        if name in HOOKS or name.startswith(REPORTS):
            return False
        if model == STEPS:
            return name in self._get_steps(model)
        return (
            name in WATCHED
            or name.startswith(WATCHED_PREFIXES)
            or name in self._get_computing(model)
        )

    @tools.ormcache("model")
    def _get_steps(self, model):
        """Names of our methods of a service; what extends every model is none."""
        return frozenset(
            name
            for cls in self.env.registry[model].__mro__
            if self._get_module(cls) == "prospect"
            and getattr(cls, "_name", None) == model
            for name, value in vars(cls).items()
            if callable(value) and not name.startswith("__")
        )

    @tools.ormcache("model")
    def _get_computing(self, model):
        """Names of the methods that compute stored fields and write back to them."""
        return frozenset(
            method
            for field in self.env.registry[model]._fields.values()
            if field.store
            for method in (field.compute, field.inverse)
            if isinstance(method, str)
        )

    # --- The database ---------------------------------------------------------------

    def _find_rule(self):
        """An active automation rule about leads, in words; it patches their methods."""
        if "base.automation" not in self.env:
            return ""
        # sudo: whether there is any, whoever imports
        rules = self.env["base.automation"].sudo()
        rule = rules.search([("model_id.model", "in", MODELS)], limit=1)
        if not rule:
            return ""
        return remark(self.env, "write_path.rule", rule=rule.name)

    def _find_in_database(self):
        """What somebody has set up that has a say in new leads, in words."""
        # sudo: whether there is any, whoever imports
        env = self.sudo().env
        default = env["ir.default"].search([("field_id.model", "in", MODELS)], limit=1)
        if default:
            return remark(
                self.env,
                "write_path.default",
                field=default.field_id.field_description,
            )
        field = env["ir.model.fields"].search(
            [
                ("model", "in", MODELS),
                ("state", "=", "manual"),
                ("store", "=", True),
                "|",
                ("compute", "!=", False),
                ("related", "!=", False),
            ],
            limit=1,
        )
        if field:
            return remark(
                self.env,
                "write_path.computed",
                field=field.field_description,
            )
        triggers = env.execute_query(
            SQL(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
                " AND tgrelid = ANY(%s::regclass[]) AND tgenabled <> 'D' LIMIT 1",
                list(TABLES),
            )
        )
        if triggers:
            return remark(self.env, "write_path.trigger", name=triggers[0][0])
        return ""
