from odoo import api, models

from ...tools.jobs import drain


class ProspectWork(models.AbstractModel):
    """All kinds of work that are done in the background.

    Each is a model with ``prospect.job.mixin``, which says its name; nothing has to be
    registered here. Scheduled actions work them off. What calls them sooner is
    :meth:`_wake`, and that alone: an add-on that has more workers overrides it.
    """

    _name = "prospect.work"
    _description = "Kinds of Work in the Background"

    @api.model
    def _get_kinds(self):
        """{kind: name of its model}."""
        return {
            model._work_kind: name
            for name, model in self.env.registry.items()
            if getattr(model, "_work_kind", None)
        }

    @api.model
    def _get_work(self, kind):
        """The kind itself, which works for all.

        :raises KeyError: when there is no such kind
        """
        # sudo: the job works for all, each row with its owner's rights
        return self.env[self._get_kinds()[kind]].sudo()

    @api.model
    def _wake(self, kind, at=None):
        """Have a kind of work done soon, or at a certain time.

        The kind alone is passed on, and never who has asked: whoever works takes owner,
        companies and language from the rows.
        """
        # sudo: whoever makes work may not plan jobs
        self.env.ref(self._get_work(kind)._work_cron).sudo()._trigger(at=at)

    @api.model
    def _work_off(self, *kinds):
        """Do all that waits of some kinds, while there is time.

        :return: whether nothing was left for lack of time
        """
        return drain(self.env, [self._get_work(kind) for kind in kinds], self._note)

    @api.model
    def _note(self, work, tally):
        """Keep what was done of a kind, for its page.

        :param work: the kind, or what stands for it
        :param tally: a :class:`~prospect.tools.jobs.Tally`
        """
        # sudo: figures are written by the machine alone
        self.env["prospect.work.figure"].sudo()._note(
            work._work_kind, tally.done, tally.failed, tally.seconds, tally.error
        )

    @api.model
    def _get_label(self, kind):
        """What a kind is called, for people."""
        return self._get_work(kind)._get_work_label()
