from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools.remarks import remark
from ...tools.rotation import Member, Turns
from ...tools.wording import labelled


class ProspectOperation(models.Model):
    """Distributing prospects among people, where a kind of operation does so [MO-22].

    What to distribute is ``{"user_ids": numbers, "rotation_id": number or False}``: the
    same number for each of the people, or as a rotation would. Who gets which prospect
    is part of the plan (``distribute_user_id`` of its lines), so that the run does what
    the preview shows; the position of a rotation moves when it has run.
    """

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    # {"counts": [[user id, how many]], "shift": what the rotation has to move by}
    shared = fields.Json(readonly=True, export_string_translation=False)
    distribute_text = fields.Char(
        string="Distribution", compute="_compute_distribute_text", compute_sudo=False
    )

    @api.depends("shared")
    @api.depends_context("lang")
    def _compute_distribute_text(self):
        """How many each gets."""
        for operation in self:
            counts = (operation.shared or {}).get("counts") or []
            # sudo: the names alone, of colleagues whom the owner has chosen
            users = self.env["res.users"].sudo().browse(user for user, _n in counts)
            names = {user.id: user.name for user in users.exists()}
            operation.distribute_text = " · ".join(
                labelled(self.env, names.get(user_id, f"#{user_id}"), count)
                for user_id, count in counts
            )

    def _get_distribution(self):
        """What is distributed, False where nothing is."""
        return self._of_kind("get_share", default=False)

    def _get_distribution_key(self):
        """What the histories say: the number of the rotation, 0 for chosen people, or
        None where nothing is distributed.
        """
        distribution = self._get_distribution()
        return (distribution["rotation_id"] or 0) if distribution else None

    def _start(self, todo):
        if todo == "plan" and self.shared:
            self._set(shared=False)
        return super()._start(todo)

    def _distribute_lines(self, line_ids):
        """Fix who gets the prospects of some lines, in their order.

        :param list line_ids: ids of lines
        """
        if not line_ids:
            return
        users, shift = self._get_distribution_turns(len(line_ids))
        self.env.cr.execute(
            SQL(
                """UPDATE prospect_operation_line AS line
                      SET distribute_user_id = taken.user_id
                     FROM unnest(%s::int[], %s::int[]) AS taken (line_id, user_id)
                    WHERE line.id = taken.line_id""",
                line_ids,
                users,
            )
        )
        self.env["prospect.operation.line"].invalidate_model()
        counts = Counter(users)
        self._set(
            shared={
                "counts": [[user, counts[user]] for user in dict.fromkeys(users)],
                "shift": shift,
            }
        )

    def _get_distribution_turns(self, count):
        """Whose turn it is ``count`` times.

        :return: ids of users, and what the rotation will have to move by
        :raises UserError: when nobody of the rotation can take prospects now
        """
        distribution = self._get_distribution()
        rotation = self.env["prospect.rotation"].browse(
            distribution["rotation_id"] or []
        )
        if not rotation:
            user_ids = self._filter_active_users(distribution["user_ids"])
            if not user_ids:
                raise UserError(
                    self.env._(
                        "Everybody who was to get prospects is archived: choose others."
                    )
                )
            turns = Turns(map(Member, user_ids))
            return [user_id for user_id, _skipped in turns.take(count)], {}
        # sudo: whether it is still there
        if not rotation.sudo().exists():
            raise UserError(remark(self.env, "operations.no_rotation"))
        users, shift = rotation._plan_turns(count)
        if not users:
            raise UserError(
                remark(
                    self.env,
                    "operations.nobody_in_rotation",
                    rotation=rotation.sudo().name,
                )
            )
        return users, shift

    @api.model
    def _filter_active_users(self, user_ids):
        """Those of some people who are not archived, in the same order.

        They may have left between a preview and its run.
        """
        # sudo: whether colleagues are there, whoever may read them
        users = self.env["res.users"].sudo().browse(user_ids).exists()
        active = set(users.filtered("active").ids)
        return [user_id for user_id in user_ids if user_id in active]

    def _get_distribution_substitute(self, number):
        """Who gets a prospect that the plan had not foreseen.

        :param int number: of its line
        """
        users = [user_id for user_id, _n in (self.shared or {}).get("counts") or ()]
        users = users or (self._get_distribution() or {}).get("user_ids") or ()
        users = self._filter_active_users(users)
        return users[number % len(users)] if users else False

    def _finish(self):
        shift = (self.shared or {}).get("shift")
        if shift and self.todo == "run":
            rotation_id = (self._get_distribution() or {}).get("rotation_id")
            self.env["prospect.rotation"].browse(rotation_id or [])._shift(shift)
        return super()._finish()
