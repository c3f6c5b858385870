from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.rights import Facts


class ProspectOperation(models.Model):
    """Who may start and undo operations, as ``prospect.right`` says.

    To undo is asked about the one who ran the operation: *own* is one's own, *team*
    those of the members of one's teams.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    may_undo = fields.Boolean(
        compute="_compute_may_undo",
        search="_search_may_undo",
        compute_sudo=False,
        export_string_translation=False,
        help="Whether the current user has the right to undo it.",
    )

    @api.depends("user_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_may_undo(self):
        # sudo: the field is what a rule of access looks at
        granted = self.env["prospect.right"]._get_granted(
            "undo", self.sudo()._get_undo_facts
        )
        for index, operation in enumerate(self):
            operation.may_undo = granted is True or granted[index]

    def _get_undo_facts(self):
        """What the rules look at: who ran each operation, and its company."""
        return [
            Facts(operation.user_id.id, 0, 0, operation.company_id.id or 0)
            for operation in self
        ]

    @api.model
    def _search_may_undo(self, operator, value):
        """Operations by who ran them, a condition for each right that the user has."""
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        rights = self.env["prospect.right"]
        rules = rights._get_held("undo", rights._get_person())
        person = rights._get_person(rules)
        people = {"own": {person.id}, "team": {person.id, *person.mate_ids}}
        domains = []
        for rule in rules:
            domain = Domain.TRUE
            if rule.scope in people:
                domain = Domain("user_id", "in", sorted(people[rule.scope]))
            if rule.company_id:
                domain &= Domain("company_id", "in", [rule.company_id, False])
            domains.append(domain)
        return Domain.OR(domains)

    def _check_right(self):
        """Refuse who may not do operations of this kind.

        :raises AccessError: naming the right and who has it
        """
        rights = self.env["prospect.right"]
        if self.kind in dict(rights._fields["operation"].selection):
            rights._check(self.kind)

    def _check_may_undo(self):
        """Refuse who may not undo it.

        :raises AccessError: naming the right and who has it
        """
        self.check_access("read")
        # asked anew: the rights may have changed since the page was opened
        self.invalidate_recordset(["may_undo"])
        if not self.env.su and not self.may_undo:
            raise self.env["prospect.right"]._make_error("undo", [self.name])
