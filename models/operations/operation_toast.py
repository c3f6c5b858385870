from odoo import models

# What is undone from a toast. An import has a page of its own, on which its person is.
TOASTED = ("bulk", "convert", "merge")


class ProspectOperation(models.Model):
    """What the toast says after an operation, which has a button *Undo*."""

    _name = "prospect.operation"
    _inherit = ["prospect.operation"]

    def get_undo_toast(self):
        """The toast of an operation that has run.

        :return: a dict with ``message``, or False where there is nothing to undo, or
            nobody who may
        """
        self.ensure_one()
        if (
            self.kind not in TOASTED
            or self.state != "done"
            or not self.change_count
            or not self.may_undo
        ):
            return False
        return {"message": self.name}

    def get_undone_toast(self):
        """What the toast says after its undo.

        :return: ``message``, and ``is_clean``: all of it was taken back
        """
        self.ensure_one()
        if self.state != "undone":
            message = self.env._("%(operation)s is being undone.", operation=self.name)
        elif self.kept_count or self.impossible_count:
            message = self.env._(
                "%(operation)s was undone, except for what has changed since.",
                operation=self.name,
            )
        else:
            message = self.env._("%(operation)s was undone.", operation=self.name)
        return {
            "message": message,
            "is_clean": not (self.kept_count or self.impossible_count),
        }

    def _get_toast_action(self, following=None, button=None):
        """Show the toast of an operation that has just run, then go on.

        :param dict following: the action that follows; nothing closes the dialog
        :param dict button: the action of a button *Open*
        """
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "prospect_undo_toast",
            "params": {
                "operation_id": self.id,
                **({"next": following} if following else {}),
                **({"open": button} if button else {}),
            },
        }
