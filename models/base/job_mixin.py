from odoo import api, models
from odoo.exceptions import UserError


class ProspectJobMixin(models.AbstractModel):
    """A kind of work that is done in the background, portion by portion.

    The loop is elsewhere, once for all kinds: ``tools/jobs.py``. A kind brings:

    - ``_claim(limit, but)``: what is next, locked so that no other worker takes it; on
      a recordset that is not empty, of these records only. Nothing: there is nothing to
      do;
    - ``_do(rows)``: does what ``_claim`` gave, in the same transaction, and returns how
      many were done; or a generator where it takes several transactions, see
      ``tools/jobs.py``. Whoever works may be anybody, in any company: owner, companies
      and language are taken from the rows (:meth:`_act_as`);
    - ``_get_waiting_domain()``, or ``_left()`` and ``_oldest()``: how much waits, and
      since when;
    - ``_get_failed_domain()`` and ``_get_work_label()``, for *Background Work*;
    - ``_note_failure(rows, error)`` where a failure is told to people.
    """

    _name = "prospect.job.mixin"
    _description = "Work in the Background"

    # how the kind is called, and the scheduled action that works it off
    _work_kind = None
    _work_cron = None
    # whether it is done by the clock, and nothing waits for it
    _work_by_clock = False
    # whether a portion that fails is done again row by row
    _work_splits = False
    # whether what takes several transactions begins anew when it is interrupted
    _work_whole = False

    @api.model
    def _claim(self, limit=None, but=()):
        """What is next, for this transaction; falsy: there is nothing.

        :param int limit: of so many rows; None: as many as are good
        :param list but: what was claimed in this run, and is left for the next one
        """
        raise NotImplementedError

    @api.model
    def _do(self, rows):
        """Do what was claimed.

        :return: how many, or a generator of steps
        """
        raise NotImplementedError

    @api.model
    def _do_next(self, limit=None):
        """Claim and do a portion in the present transaction; how many."""
        rows = self._claim(limit)
        return self._do(rows) if rows else 0

    @api.model
    def _get_waiting_domain(self):
        """Which records wait."""
        return [(0, "=", 1)]

    @api.model
    def _left(self):
        """How many wait."""
        # sudo: the state of the machine, in its job
        return self.sudo().search_count(self._get_waiting_domain())

    @api.model
    def _oldest(self):
        """Since when the oldest one waits, or None."""
        if self._work_by_clock or "create_date" not in self._fields:
            return None
        # sudo: the state of the machine, for its page
        oldest = self.sudo().search(
            self._get_waiting_domain(), order="create_date", limit=1
        )
        return oldest.create_date or None

    @api.model
    def _get_failed_domain(self):
        """Records that have failed for good, for people to look at; None where failures
        are not kept.
        """
        return

    @api.model
    def _get_work_label(self):
        """What the kind is called, for people."""
        # sudo: the title of a model
        return self.env["ir.model"].sudo()._get(self._name).name

    def _note_failure(self, rows, error):
        """Remember what went wrong with a portion, whose transaction was rolled back.

        As it is here: the scheduled action fails, and Odoo logs why.

        :param rows: what was claimed; None when that has failed
        :param Exception error: what was raised
        :return: whether it is tried again at once
        """
        raise error

    @api.model
    def _wake(self, at=None):
        """Have the work done soon, or at a certain time."""
        self.env["prospect.work"]._wake(self._work_kind, at)

    @api.model
    def _wake_once(self):
        """Have the work done soon; several calls of a transaction are one."""
        data = self.env.cr.precommit.data
        name = f"prospect_work_{self._work_kind}"
        if data.get(name):
            return
        data[name] = True
        self.env.cr.precommit.add(lambda: data.pop(name, None))
        self._wake()

    @api.model
    def _cron_work(self):
        """What the scheduled action calls."""
        self.env["prospect.work"]._work_off(self._work_kind)

    def _act_as(self, user, company_ids, lang, gone, **context):
        """``self`` as the person for whom it works, in their companies and language.

        :param user: a ``res.users``, with superuser rights
        :param list company_ids: in which it was asked for; those that they are still in
            count, else their own
        :param str lang: code of a language, else the person's
        :param str gone: what is said when that person has left
        :raises UserError: when that person has left
        """
        if not user or not (user.active or user._is_superuser()):
            raise UserError(gone)
        allowed = user.company_ids.ids
        companies = [number for number in company_ids or () if number in allowed]
        return self.with_user(user).with_context(
            allowed_company_ids=companies or user.company_id.ids,
            lang=lang or user.lang,
            tz=user.tz,
            **context,
        )
