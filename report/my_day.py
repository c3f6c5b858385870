from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.lifecycles import CONTACT

# Lines of a section; its figure opens the others.
LINES = 10
# Beyond it a figure says "more than".
MOST = 1000
# Days for which what people have said waits on the page.
DAYS = 14
# Days without contact after which a prospect waits.
WAITING_DAYS = 3


class ProspectMyDay(models.AbstractModel):
    """The first page of the app: what a salesperson does today.

    Sections of lines, each about one prospect that can be called, written to and opened
    from there. All is read with the rights of the person. Bridges add sections to
    :meth:`_get_sections`, and what people have said elsewhere to :meth:`_get_said`.
    """

    _name = "prospect.my.day"
    _description = "Day of a Salesperson"

    @api.model
    def get_page(self):
        """All that the page shows.

        :return: ``sections``, a list of dicts: ``name``; ``title``; ``empty``, what
            stands there when there is nothing; ``cell``, the figure that opens all of
            them (see ``prospect.analysis``) and ``model``, of what; ``rows``, the first
            lines: dicts of ``id`` (of the line), ``lead`` (see :meth:`_read_leads`),
            ``text``, ``icon``, ``date`` (of the day, or UTC), ``is_late``, and
            ``task_id``, where there is something to mark done
        :raises AccessError: for those who see no prospects
        """
        self.env["prospect.analysis"]._check_reader()
        return {"sections": self._get_sections()}

    @api.model
    def _get_sections(self):
        """The sections in their order; bridges add theirs."""
        return [
            self._get_tasks(),
            self._get_answers(),
            self._get_new(),
            self._get_waiting(),
        ]

    @api.model
    def _get_mine(self):
        """The prospects of the person that are new or in progress, as a domain."""
        return self._get_at_work() & Domain("user_id", "=", self.env.uid)

    @api.model
    def _get_at_work(self):
        """Prospects that are new or in progress, as a domain: junk rests, and what was
        converted goes on in the pipeline.
        """
        return self.env["crm.lead"]._prospect_listed_domain() & Domain(
            "status_id.kind", "in", ["new", "open"]
        )

    @api.model
    def _get_leads(self):
        """Prospects, archived ones too: junk is archived."""
        return self.env["crm.lead"].with_context(active_test=False)

    @api.model
    def _search_leads(self, domain):
        """The query of prospects that the person sees."""
        return self._get_leads()._search(domain, order=None)

    @api.model
    def _make_section(self, name, title, empty, model, domain, rows):
        """A section; its records are counted up to a thousand."""
        count = self.env[model].search_count(domain, limit=MOST + 1)
        return {
            "name": name,
            "title": title,
            "empty": empty,
            "model": model,
            "cell": {
                **self.env["prospect.analysis"]._cell(min(count, MOST), domain),
                "is_more": count > MOST,
            },
            "rows": rows,
        }

    @api.model
    def _make_lead_section(self, name, title, empty, domain, lines):
        """A section of prospects, each with one line.

        :param domain: of all of them
        :param dict lines: {number of the prospect: (moment, text, icon)}, in their
            order; the first ones are shown
        """
        leads = self._read_leads(list(lines)[:LINES])
        return self._make_section(
            name,
            title,
            empty,
            "crm.lead",
            domain,
            [
                {
                    "id": f"{name}-{lead_id}",
                    "lead": lead,
                    "text": lines[lead_id][1],
                    "icon": lines[lead_id][2],
                    "date": fields.Datetime.to_string(lines[lead_id][0]),
                    "is_late": False,
                }
                for lead_id, lead in leads.items()
            ],
        )

    @api.model
    def _read_leads(self, lead_ids):
        """What a line shows of its prospect: {number: dict}, in the person's rights."""
        return {
            lead.id: {
                "id": lead.id,
                "name": lead.contact_name or lead.name,
                "company": lead.partner_name
                if lead.partner_name != (lead.contact_name or lead.name)
                else False,
                "phone": lead.phone,
                "email": lead.email_normalized,
            }
            for lead in self._get_leads().browse(lead_ids)
        }

    # --- Tasks ------------------------------------------------------------------------

    @api.model
    def _get_tasks(self):
        """What the person has to do today, and should have done before."""
        today = fields.Date.context_today(self)
        domain = (
            Domain("res_model", "=", "crm.lead")
            & Domain("user_id", "=", self.env.uid)
            & Domain("active", "=", True)
            & Domain("date_deadline", "<=", fields.Date.to_string(today))
            & Domain("res_id", "in", self._search_leads(self._get_at_work()))
        )
        activities = self.env["mail.activity"].search(
            domain, order="date_deadline, id", limit=MOST + 1
        )
        first = activities[:LINES]
        leads = self._read_leads(first.mapped("res_id"))
        return self._make_section(
            "tasks",
            self.env._("To do today"),
            self.env._("Nothing is due. Plan the next step of your prospects."),
            "mail.activity",
            # numbers, for a query cannot be sent to the page
            Domain("id", "in", activities.ids),
            [
                {
                    "id": f"task-{activity.id}",
                    "task_id": activity.id,
                    "lead": leads[activity.res_id],
                    "text": activity.summary or activity.activity_type_id.name,
                    "icon": activity.icon or "fa-tasks",
                    "date": fields.Date.to_string(activity.date_deadline),
                    "is_late": activity.date_deadline < today,
                }
                for activity in first
            ],
        )

    # --- What people have said --------------------------------------------------------

    @api.model
    def _get_answers(self):
        """Mails and answers of the person's prospects that nobody has answered yet."""
        mine = self._get_mine()
        said = sorted(self._get_said(mine), key=lambda row: row[1], reverse=True)
        latest = {}
        for lead_id, date, text, icon in said:
            latest.setdefault(lead_id, (date, text, icon))
        return self._make_lead_section(
            "answers",
            self.env._("They wrote"),
            self.env._("Nobody waits for an answer of yours."),
            mine & Domain("id", "in", list(latest)),
            latest,
        )

    @api.model
    def _get_said(self, domain):
        """What prospects have said lately and nobody has answered. Bridges add theirs.

        :param Domain domain: the prospects
        :return: [(number of the prospect, moment, text, icon)]
        """
        query = self._search_leads(domain)
        if query.is_empty():
            return []
        since = self.env.cr.now() - timedelta(days=DAYS)
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (message.res_id)
                          message.res_id, message.date, message.subject
                     FROM mail_message AS message
                    WHERE message.model = 'crm.lead' AND message.res_id IN %s
                      AND message.message_type = 'email' AND message.date >= %s
                      AND NOT EXISTS (
                          SELECT FROM res_users AS person
                           WHERE person.partner_id = message.author_id
                             AND person.share IS NOT TRUE)
                      AND NOT EXISTS (
                          SELECT FROM (%s) AS contact
                           WHERE contact.lead_id = message.res_id
                             AND contact.date > message.date)
                 ORDER BY message.res_id, message.date DESC""",
                query.subselect(),
                since,
                self._get_contacts(),
            )
        )
        return [
            (lead_id, date, subject or self.env._("E-mail"), "fa-envelope-o")
            for lead_id, date, subject in rows
        ]

    @api.model
    def _get_contacts(self):
        """SQL of (lead_id, date) of what somebody who works here did for a prospect.

        A mail or an SMS sent, or an activity done: see ``prospect.lifecycle.refresh``.
        """
        return SQL(
            f"SELECT message.res_id AS lead_id, message.date {CONTACT}",
            robot=SUPERUSER_ID,
            comment=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
        )

    # --- Prospects --------------------------------------------------------------------

    @api.model
    def _get_new(self):
        """New prospects of the person, the latest first."""
        domain = self._get_mine() & Domain("status_id.kind", "=", "new")
        leads = self._get_leads().search(
            domain, order="create_date DESC, id DESC", limit=LINES
        )
        return self._make_lead_section(
            "new",
            self.env._("My new prospects"),
            self.env._("No new prospect is yours."),
            domain,
            {
                lead.id: (
                    lead.create_date,
                    lead.source_id.display_name or "",
                    "fa-user-plus",
                )
                for lead in leads
            },
        )

    @api.model
    def _get_waiting(self):
        """Prospects in progress without contact for days and with nothing planned."""
        mine = self._get_mine()
        domain = (
            mine
            & Domain("status_id.kind", "=", "open")
            & Domain("activity_ids", "=", False)
        )
        query = self._search_leads(domain)
        rows = []
        if not query.is_empty():
            rows = self.env.execute_query(
                SQL(
                    """SELECT lead.id, lead.last
                         FROM (SELECT crm_lead.id, GREATEST(
                                      crm_lead.create_date,
                                      (SELECT max(contact.date)
                                         FROM (%s) AS contact
                                        WHERE contact.lead_id = crm_lead.id)) AS last
                                 FROM crm_lead WHERE crm_lead.id IN %s) AS lead
                        WHERE lead.last < %s
                     ORDER BY lead.last, lead.id LIMIT %s""",
                    self._get_contacts(),
                    query.subselect(),
                    self.env.cr.now() - timedelta(days=WAITING_DAYS),
                    MOST + 1,
                )
            )
        text = self.env._("Nothing planned since the last contact")
        return self._make_lead_section(
            "waiting",
            self.env._("Waiting longest"),
            self.env._("Nobody in progress waits without a next step."),
            mine & Domain("id", "in", [lead_id for lead_id, _last in rows]),
            {lead_id: (last, text, "fa-hourglass-half") for lead_id, last in rows},
        )
