from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import convert, format_datetime

from ...tools.given import is_number, is_numbers, is_text, takes

# The groups that are columns from the start.
GROUPS = (
    "sales_team.group_sale_salesman",
    "sales_team.group_sale_salesman_all_leads",
    "sales_team.group_sale_manager",
    "base.group_allow_export",
)
RELATIONS = ("creator", "supervisor", "assigned")
DEFAULTS = "data/prospect_right_data.xml"
# Changes that the page shows.
SHOWN_CHANGES = 10


class ProspectRight(models.Model):
    """The page of ``prospect.right``: operations as rows, roles as columns.

    Who may read and write the table may call it; everything goes through the ORM.
    """

    _name = "prospect.right"
    _inherit = ["prospect.right"]

    @api.model
    @takes(company_id=is_number, group_ids=is_numbers)
    def get_matrix(self, company_id=False, group_ids=()):
        """All that the page shows.

        :param int company_id: the company whose own rights are shown; False: what
            holds in all companies
        :param group_ids: groups that are columns though they have no right yet
        :return: dict of ``roles`` (columns), ``operations`` (rows with their cells),
            ``companies`` and ``changes``
        """
        self.check_access("read")
        rights = self._get_all()
        cells = rights._get_cells()
        roles = self._get_roles(rights.group_id, group_ids)
        return {
            "roles": roles,
            "operations": [
                self._get_row(operation, label, roles, cells, company_id or 0)
                for operation, label in self._get_operations()
            ],
            "companies": [
                {"id": company.id, "name": company.name}
                for company in self.env.user.company_ids
            ],
            "changes": self._get_changes(),
        }

    @api.model
    @takes(
        operation=is_text,
        role=is_text,
        group_id=is_number,
        company_id=is_number,
        scope=is_text,
    )
    def set_cell(self, operation, role, group_id, company_id, scope):
        """Give, change or take away one right.

        :param str scope: ``own``, ``team`` or ``all``; False: no right
        :raises UserError: for a cell that there is not
        """
        self.check_access("write")
        if scope and scope not in self._get_scopes(operation, role):
            raise UserError(self.env._("This role cannot have this right."))
        right = self.with_context(active_test=False).search(
            [
                ("operation", "=", operation),
                ("role", "=", role),
                ("group_id", "=", group_id or False),
                ("company_id", "=", company_id or False),
            ]
        )
        if right:
            right.write({"active": bool(scope), **({"scope": scope} if scope else {})})
        elif scope:
            self.create(
                {
                    "operation": operation,
                    "role": role,
                    "group_id": group_id,
                    "company_id": company_id,
                    "scope": scope,
                }
            )

    @api.model
    def reset_defaults(self):
        """Go back to the rights as they were installed, in all companies."""
        self.check_access("unlink")
        before = self._get_all()._get_cells()
        # sudo: an installation of the data; the history is written below
        system = self.with_user(SUPERUSER_ID)
        system._get_all(archived=True).unlink()
        convert.convert_file(system.env, "prospect", DEFAULTS, {}, mode="init")
        after = self._get_all()._get_cells()
        self.env["prospect.right.change"]._append(before, after)

    @api.model
    def _get_all(self, archived=False):
        """All rows of the table, which has some dozens."""
        rights = self.with_context(active_test=not archived)
        # pylint: disable=no-search-all
        return rights.search([])

    # --- Columns and rows -----------------------------------------------------------

    @api.model
    def _get_roles(self, groups, group_ids):
        """The columns: relations to the prospect, then groups."""
        first = groups.browse()
        for xmlid in GROUPS:
            first |= self.env.ref(xmlid, raise_if_not_found=False) or first
        more = (groups | groups.browse(group_ids).exists()) - first
        labels = dict(self._fields["role"]._description_selection(self.env))
        helps = self._get_role_helps()
        return [
            {
                "key": role,
                "role": role,
                "group_id": False,
                "label": labels[role],
                "help": helps[role],
            }
            for role in RELATIONS
        ] + [
            {
                "key": f"group-{group.id}",
                "role": "group",
                "group_id": group.id,
                "label": group.full_name,
                "help": self.env._("All members of this group of users."),
            }
            for group in first + more
        ]

    @api.model
    def _get_role_helps(self):
        """{role: who that is, in words}."""
        return {
            "creator": self.env._(
                "Who created or imported the prospect, even if somebody else works "
                "on it now."
            ),
            "supervisor": self._get_supervisor_help(),
            "assigned": self.env._("Who it is assigned to at present."),
        }

    @api.model
    def _get_supervisor_help(self):
        """Who a supervisor is, in words. Bridges add theirs."""
        return self.env._(
            "The leader of a sales team of the creator; for what a web form or an "
            "e-mail brought in, the leader of its team."
        )

    @api.model
    def _get_operations(self):
        return self._fields["operation"]._description_selection(self.env)

    @api.model
    def _get_row(self, operation, label, roles, cells, company_id):
        """One operation with a cell for each role."""
        return {
            "operation": operation,
            "label": label,
            "help": self._get_operation_helps()[operation],
            "cells": [
                self._get_page_cell(operation, role, cells, company_id)
                for role in roles
            ],
            "is_empty": not any(cell[0] == operation for cell in cells),
        }

    @api.model
    def _get_operation_helps(self):
        """{operation: what it is, in words}."""
        return {
            "convert": self.env._(
                "Turn a prospect into a contact, a company or an opportunity, and "
                "undo it."
            ),
            "import": self.env._("Import a file of prospects."),
            "bulk": self.env._("Change many prospects at once."),
            "export": self.env._(
                "Download prospects. Odoo also requires its own group “%(group)s”.",
                group=self.env.ref("base.group_allow_export").full_name,
            ),
            "merge": self.env._("Merge several prospects into one."),
            "undo": self.env._(
                "Undo an import, a bulk change or a conversion. Own: those that the "
                "person ran."
            ),
            "approve": self.env._("Accept or refuse those who wait for an answer."),
            "delete": self.env._("Delete prospects for good, with their history."),
        }

    @api.model
    def _get_page_cell(self, operation, role, cells, company_id):
        """One cell: its scope, those it can have, and what it has from elsewhere."""
        key = (operation, role["role"], role["group_id"] or 0)
        return {
            "key": role["key"],
            "scope": cells.get((*key, company_id), False),
            "scopes": list(self._get_scopes(operation, role["role"])),
            "inherited": self._get_inherited(key, cells, company_id),
        }

    @api.model
    def _get_inherited(self, key, cells, company_id):
        """What a role has beside its own cell: (scope, from where) of the widest.

        From all companies, or from a group that its members belong to as well.
        """
        operation, role, group_id = key
        found = []
        if company_id and (*key, 0) in cells:
            found.append((cells[(*key, 0)], self.env._("all companies")))
        # sudo: what a group implies, for those who look at the matrix
        implied = self.env["res.groups"].browse(group_id or []).sudo().all_implied_ids
        for group in implied.filtered(lambda group: group.id != group_id):
            for company in {0, company_id}:
                scope = cells.get((operation, role, group.id, company))
                if scope:
                    found.append((scope, group.full_name))
        if not found:
            return False
        widest = max(found, key=lambda pair: ("own", "team", "all").index(pair[0]))
        return {"scope": widest[0], "source": widest[1]}

    @api.model
    def _get_changes(self):
        """The last changes, newest first, as the page shows them."""
        changes = self.env["prospect.right.change"]
        operations = dict(self._get_operations())
        # sudo: the name of a colleague
        return [
            {
                "id": change.id,
                "date": format_datetime(self.env, change.date, dt_format="short"),
                "user": change.user_id.sudo().name or "",
                "right": operations.get(change.operation, ""),
                "role": change.role or "",
                "company": change.company_name or "",
                "old": change.old_scope or False,
                "new": change.new_scope or False,
            }
            for change in changes.search([], limit=SHOWN_CHANGES)
        ]
