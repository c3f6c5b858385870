"""What happens once: when the add-on is installed and when it is removed."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from .tools import split_name


def pre_init_hook(env):
    """Make the columns that the ORM would otherwise compute lead by lead."""
    for column, column_type in (
        ("status_id", "int4"),
        ("is_listed", "bool"),
        ("first_name", "varchar"),
        ("last_name", "varchar"),
        ("properties", "jsonb"),
    ):
        if not column_exists(env.cr, "crm_lead", column):
            create_column(env.cr, "crm_lead", column, column_type)


def post_init_hook(env):
    """Turn the leads of the database into prospects, and work with leads."""
    _take_over_leads(env)
    # by the job: a large database has millions
    env["prospect.flag.check"]._want_where(SQL("TRUE"))
    env["res.config.settings"].create({"group_use_lead": True}).execute()
    if env.ref("base.module_prospect").demo:
        from .demo import create_demo  # noqa: PLC0415 - of no use to anybody else

        create_demo(env)


def uninstall_hook(env):
    """Leave to Odoo what it can use: open activities, and sources of leads."""
    env.cr.execute("UPDATE mail_activity SET active = TRUE WHERE prospect_closed")
    # The statuses are deleted before the column that points at them.
    env.cr.execute(
        "ALTER TABLE crm_lead DROP CONSTRAINT IF EXISTS crm_lead_status_id_fkey"
    )
    env["ir.model.data"].search(
        [("module", "=", "prospect"), ("model", "=", "utm.source")]
    ).unlink()


def _take_over_leads(env):
    """Give the leads that were there before a status, names and a first log row.

    In one pass of SQL: a large database has millions. Leads made by this
    installation (its demo data) have gone through ``create`` already.
    """
    _load_names(env)
    statuses = env["prospect.status"]
    default = statuses._get_default()
    converted, junk = statuses._get_main("converted"), statuses._get_main("junk")
    env.cr.execute(
        SQL(
            """
            WITH prospect AS (
                UPDATE crm_lead
                   SET status_id = CASE
                           WHEN crm_lead.type = 'lead' AND NOT crm_lead.active
                            AND crm_lead.lost_reason_id IS NOT NULL THEN %(junk)s
                           WHEN crm_lead.type = 'lead' THEN %(default)s
                           WHEN crm_lead.date_conversion IS NOT NULL THEN %(converted)s
                       END,
                       is_listed = CASE
                           WHEN crm_lead.type = 'lead'
                           THEN crm_lead.active OR crm_lead.lost_reason_id IS NOT NULL
                           ELSE crm_lead.date_conversion IS NOT NULL
                            AND (crm_lead.active OR crm_lead.won_status = 'lost')
                       END,
                       first_name = name.first_name,
                       last_name = name.last_name
                  FROM crm_lead AS old
             LEFT JOIN prospect_tmp_name AS name ON name.name = old.contact_name
                 WHERE old.id = crm_lead.id AND crm_lead.is_listed IS NULL
             RETURNING crm_lead.id, crm_lead.status_id, crm_lead.create_date,
                       crm_lead.create_uid, crm_lead.date_conversion,
                       crm_lead.date_closed, crm_lead.write_date
            )
            INSERT INTO prospect_status_change
                   (lead_id, date, user_id, cause, from_id, from_name, from_kind,
                    to_id, to_name, to_kind)
            SELECT prospect.id,
                   COALESCE(prospect.create_date, now() at time zone 'utc'),
                   prospect.create_uid, 'install', NULL, NULL, NULL,
                   start.id, %(default_name)s, start.kind
              FROM prospect
              JOIN prospect_status AS start ON start.id = %(default)s
             WHERE prospect.status_id IS NOT NULL
             UNION ALL
            SELECT prospect.id,
                   GREATEST(
                       COALESCE(
                           CASE WHEN status.kind = 'junk' THEN prospect.date_closed
                                ELSE prospect.date_conversion END,
                           prospect.write_date, now() at time zone 'utc'
                       ),
                       prospect.create_date
                   ),
                   NULL, 'install', start.id, %(default_name)s, start.kind,
                   status.id,
                   CASE WHEN status.kind = 'junk' THEN %(junk_name)s
                        ELSE %(converted_name)s END,
                   status.kind
              FROM prospect
              JOIN prospect_status AS status ON status.id = prospect.status_id
              JOIN prospect_status AS start ON start.id = %(default)s
             WHERE status.id <> start.id
            """,
            default=default.id,
            default_name=default.name,
            converted=converted.id,
            converted_name=converted.name,
            junk=junk.id,
            junk_name=junk.name,
        )
    )
    env.cr.execute("DROP TABLE prospect_tmp_name")
    _log_owners(env)
    env.invalidate_all()


def _log_owners(env):
    """The first row about who has each prospect, as far as anything is known."""
    env.cr.execute(
        """INSERT INTO prospect_assignment (lead_id, assignee_id, date, user_id, cause)
           SELECT lead.id, lead.user_id,
                  COALESCE(lead.date_open, lead.create_date,
                           now() at time zone 'utc'),
                  lead.create_uid, 'install'
             FROM crm_lead AS lead
            WHERE lead.status_id IS NOT NULL AND lead.user_id IS NOT NULL
              AND NOT EXISTS (
                  SELECT FROM prospect_assignment WHERE lead_id = lead.id)"""
    )


def _load_names(env):
    """Put each distinct contact name of old leads, split, in a temporary table.

    The rules stay in one place, in Python; the update of the leads stays SQL.
    """
    env.cr.execute(
        """CREATE TEMPORARY TABLE prospect_tmp_name (
               name varchar PRIMARY KEY, first_name varchar, last_name varchar
           ) ON COMMIT DROP"""
    )
    env.cr.execute(
        "SELECT DISTINCT contact_name FROM crm_lead"
        " WHERE contact_name IS NOT NULL AND is_listed IS NULL"
    )
    names = [name for (name,) in env.cr.fetchall()]
    if names:
        parts = [split_name(name) for name in names]
        env.cr.execute(
            SQL(
                """INSERT INTO prospect_tmp_name (name, first_name, last_name)
                   SELECT name, NULLIF(first_name, ''), NULLIF(last_name, '')
                     FROM unnest(%s, %s, %s) AS part (name, first_name, last_name)""",
                names,
                [first_name for first_name, _last_name in parts],
                [last_name for _first_name, last_name in parts],
            )
        )
