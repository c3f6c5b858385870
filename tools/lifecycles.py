"""The lifecycles of prospects, made from the histories by SQL.

Each statement inserts the lifecycles of the leads in ``%(ids)s``, whose old ones were
deleted before. ``%(comment)s`` is the subtype of messages that are sent;
``%(opportunity)s`` how a stage of opportunities is called in each language, ``{}``
being its name: a status may have the same.

How histories are read:

- A *visit* is the time between two rows of one history. What a merge has brought keeps
  a history of its own beside the survivor's (``former_lead_id``), so that the two do
  not cut each other into pieces; the first time of either is the first time.
- A visit that an undo has ended never was.
- Time in a status is of the survivor's own visits, where it has any there.
- A conversion is of the history in which it came first: of who had that prospect then,
  and of nobody who had another one that was merged with it. Junk is of the survivor's.
- What the machine sends, in the name of the user ``%(robot)s``, is no contact.
"""

# Of advisory locks: any number that nobody else has.
LOCK = 1_909_2026_1122

_VISITS = """
    chain AS (
        SELECT row.lead_id, row.to_id, row.to_name, row.to_kind, row.cause, row.user_id,
               row.from_name, row.from_kind, row.date AS entered,
               COALESCE(row.former_lead_id, 0) AS former,
               lead(row.date) OVER history AS left_at,
               lead(row.cause) OVER history AS left_by
          FROM prospect_status_change AS row
         WHERE row.lead_id = ANY(%(ids)s)
        WINDOW history AS (
               PARTITION BY row.lead_id, COALESCE(row.former_lead_id, 0)
               ORDER BY row.date, row.id)),
    visit AS (
        SELECT * FROM chain
         WHERE to_name IS NOT NULL AND left_by IS DISTINCT FROM 'undo')
"""

# What somebody who works here has sent to a prospect or done for it: from ``message``,
# of whom ``person`` is the author.
CONTACT = """
          FROM mail_message AS message
          JOIN res_users AS person
            ON person.partner_id = message.author_id AND person.share IS NOT TRUE
           AND person.id <> %(robot)s
         WHERE message.model = 'crm.lead'
           AND (message.message_type IN ('email_outgoing', 'sms')
                OR message.message_type = 'comment'
                   AND message.subtype_id = %(comment)s
                OR message.mail_activity_type_id IS NOT NULL)
"""

_CONTACTS = f"""
    contact AS (
        SELECT lead_id, user_id, entered AS moment
          FROM visit
         WHERE user_id <> %(robot)s AND from_name IS NOT NULL AND from_kind = 'new'
           AND to_kind NOT IN ('new', 'junk')
           AND cause IN ('manual', 'bulk', 'conversion', 'won')
         UNION ALL
        SELECT message.res_id, person.id, message.date
        {CONTACT}
           AND message.res_id = ANY(%(ids)s))
"""

_LEADS = """
    prospect AS (
        SELECT lead.*, visited.arrived_at, visited.converted_at, visited.junk_at,
               visited.converted_in,
               CASE WHEN lead.type = 'opportunity' THEN lead.id
                    ELSE lead.prospect_opportunity_id END AS opportunity_id
          FROM crm_lead AS lead
          JOIN (SELECT lead_id, min(entered) AS arrived_at,
                       min(entered) FILTER (WHERE to_kind = 'converted')
                           AS converted_at,
                       (array_agg(former ORDER BY entered, former)
                           FILTER (WHERE to_kind = 'converted'))[1] AS converted_in,
                       COALESCE(
                           max(entered) FILTER (WHERE to_kind = 'junk' AND former = 0
                                                AND cause <> 'undo'),
                           max(entered) FILTER (WHERE to_kind = 'junk')) AS junk_at
                  FROM visit
              GROUP BY lead_id) AS visited ON visited.lead_id = lead.id
         WHERE lead.status_id IS NOT NULL)
"""

LIFECYCLES = f"""
    WITH {_VISITS}, {_CONTACTS}, {_LEADS}
    INSERT INTO prospect_lifecycle (
           lead_id, arrived_at, company_id, team_id, user_id, source_id, status_id,
           medium_id, campaign_id, country_id, contacted_at, converted_at, junk_at,
           hours_to_contact, days_to_conversion, is_flagged, is_repeat, contacted,
           converted, junk, flagged, conversion_rate, revenue_won, reached)
    SELECT prospect.id, prospect.arrived_at, prospect.company_id, prospect.team_id,
           prospect.user_id, prospect.source_id, prospect.status_id,
           prospect.medium_id, prospect.campaign_id, prospect.country_id,
           contacted.moment, prospect.converted_at,
           CASE WHEN status.kind = 'junk' THEN prospect.junk_at END,
           extract(epoch FROM contacted.moment - prospect.arrived_at) / 3600,
           extract(epoch FROM prospect.converted_at - prospect.arrived_at) / 86400,
           COALESCE(prospect.is_flagged, FALSE), COALESCE(prospect.is_repeat, FALSE),
           (contacted.moment IS NOT NULL)::int,
           (prospect.converted_at IS NOT NULL)::int,
           (status.kind = 'junk')::int,
           COALESCE(prospect.is_flagged, FALSE)::int,
           CASE WHEN prospect.converted_at IS NULL THEN 0 ELSE 100 END,
           CASE WHEN opportunity.won_status = 'won' AND NOT EXISTS (
                     SELECT FROM crm_lead AS older
                      WHERE older.id < prospect.id AND older.status_id IS NOT NULL
                        AND (older.prospect_opportunity_id = opportunity.id
                             OR older.id = opportunity.id AND older.type =
                             'opportunity'))
                THEN COALESCE(opportunity.expected_revenue, 0) ELSE 0 END,
           steps.reached
      FROM prospect
      JOIN prospect_status AS status ON status.id = prospect.status_id
 LEFT JOIN (SELECT contact.lead_id, min(contact.moment) AS moment
              FROM contact JOIN prospect AS met ON met.id = contact.lead_id
             WHERE contact.moment >= met.arrived_at
          GROUP BY contact.lead_id) AS contacted ON contacted.lead_id = prospect.id
 LEFT JOIN (SELECT lead_id, array_agg(COALESCE(status_id, -stage_id)) AS reached
              FROM prospect_lifecycle_step
             WHERE lead_id = ANY(%(ids)s)
          GROUP BY lead_id) AS steps ON steps.lead_id = prospect.id
 LEFT JOIN crm_lead AS opportunity
        ON opportunity.id = prospect.opportunity_id AND opportunity.won_status = 'won'
  ORDER BY prospect.arrived_at, prospect.id
        ON CONFLICT DO NOTHING
"""

STEPS = f"""
    WITH {_VISITS}, {_LEADS},
    stage_chain AS (
        SELECT prospect.id AS lead_id, row.to_id, row.to_name, row.date AS entered,
               lead(row.date) OVER (
                   PARTITION BY prospect.id, COALESCE(row.former_lead_id, 0)
                       ORDER BY row.date, row.id) AS left_at,
               COALESCE(row.former_lead_id, 0) AS former
          FROM prospect
          JOIN prospect_stage_change AS row ON row.lead_id = prospect.opportunity_id),
    stay AS (
        SELECT lead_id, to_id AS status_id, NULL::int AS stage_id, to_name AS name,
               to_kind AS kind, entered, left_at, former
          FROM visit
         UNION ALL
        SELECT lead_id, NULL, to_id, to_name, 'opportunity', entered, left_at, former
          FROM stage_chain
         WHERE to_name IS NOT NULL
         UNION ALL
        -- where an opportunity stands now, which may be from before its history
        SELECT prospect.id, NULL, opportunity.stage_id, stage.name->>'en_US',
               'opportunity', COALESCE(opportunity.date_last_stage_update,
               opportunity.create_date), NULL, 0
          FROM prospect
          JOIN crm_lead AS opportunity
            ON opportunity.id = prospect.opportunity_id AND opportunity.type =
            'opportunity'
          JOIN crm_stage AS stage ON stage.id = opportunity.stage_id
         WHERE NOT EXISTS (
               SELECT FROM stage_chain
                WHERE stage_chain.lead_id = prospect.id
                  AND stage_chain.to_id = opportunity.stage_id)),
    opportunity_stage AS (
        SELECT stage.id, (
               SELECT jsonb_object_agg(lang.code, replace(
                          lang.pattern, '{{}}',
                          COALESCE(stage.name->>lang.code, stage.name->>'en_US')))
                 FROM jsonb_each_text(%(opportunity)s::jsonb) AS lang (code, pattern)
               ) AS name
          FROM crm_stage AS stage),
    step AS (
        SELECT lead_id, status_id, stage_id,
               CASE WHEN COALESCE(status_id, stage_id) IS NULL THEN name END AS gone,
               max(name) AS name, max(kind) AS kind, min(entered) AS reached_at,
               CASE WHEN NOT bool_or(left_at IS NULL AND former = 0)
                    THEN COALESCE(
                         sum(extract(epoch FROM left_at - entered))
                             FILTER (WHERE former = 0),
                         sum(extract(epoch FROM left_at - entered))) END AS seconds
          FROM stay
      GROUP BY lead_id, status_id, stage_id,
               CASE WHEN COALESCE(status_id, stage_id) IS NULL THEN name END)
    INSERT INTO prospect_lifecycle_step (
           lead_id, arrived_at, company_id, team_id, user_id, source_id, status_id,
           stage_id, name, kind, reached_at, days, minutes, has_left, prospects)
    SELECT prospect.id, prospect.arrived_at, prospect.company_id, prospect.team_id,
           prospect.user_id, prospect.source_id, step.status_id, step.stage_id,
           COALESCE(status.name, opportunity_stage.name,
                    jsonb_build_object('en_US', step.name)),
           step.kind, GREATEST(step.reached_at, prospect.arrived_at),
           step.seconds / 86400, step.seconds / 60, step.seconds IS NOT NULL, 1
      FROM step
      JOIN prospect ON prospect.id = step.lead_id
 LEFT JOIN prospect_status AS status ON status.id = step.status_id
 LEFT JOIN opportunity_stage ON opportunity_stage.id = step.stage_id
  ORDER BY prospect.arrived_at, prospect.id
"""

PERSONS = f"""
    WITH {_VISITS}, {_CONTACTS}, {_LEADS},
    hold AS (
        SELECT row.lead_id, row.assignee_id, row.date AS since,
               COALESCE(row.former_lead_id, 0) AS former,
               lead(row.date) OVER (
                   PARTITION BY row.lead_id, COALESCE(row.former_lead_id, 0)
                       ORDER BY row.date, row.id) AS until
          FROM prospect_assignment AS row
         WHERE row.lead_id = ANY(%(ids)s)),
    held AS (
        SELECT hold.lead_id, hold.assignee_id AS person_id,
               min(hold.since) AS received_at,
               bool_or(hold.former = prospect.converted_in
                       AND hold.since <= prospect.converted_at
                       AND (hold.until IS NULL OR hold.until > prospect.converted_at))
                   AS has_converted,
               bool_or(hold.former = 0 AND hold.since <= prospect.junk_at
                       AND (hold.until IS NULL OR hold.until > prospect.junk_at))
                   AS has_junked
          FROM hold JOIN prospect ON prospect.id = hold.lead_id
         WHERE hold.assignee_id IS NOT NULL
      GROUP BY hold.lead_id, hold.assignee_id),
    met AS (
        SELECT contact.lead_id, contact.user_id, min(contact.moment) AS moment
          FROM contact JOIN prospect ON prospect.id = contact.lead_id
         WHERE contact.moment >= prospect.arrived_at
      GROUP BY contact.lead_id, contact.user_id)
    INSERT INTO prospect_lifecycle_salesperson (
           lead_id, arrived_at, company_id, team_id, user_id, source_id, person_id,
           received_at, contacted_at, converted_at, hours_to_contact,
           days_to_conversion, received, contacted, converted, junk, conversion_rate)
    SELECT prospect.id, prospect.arrived_at, prospect.company_id, prospect.team_id,
           prospect.user_id, prospect.source_id, held.person_id, held.received_at,
           met.moment, CASE WHEN held.has_converted THEN prospect.converted_at END,
           CASE WHEN met.moment IS NOT NULL
                THEN GREATEST(
                     extract(epoch FROM met.moment - held.received_at) / 3600, 0)
           END,
           CASE WHEN held.has_converted
                THEN GREATEST(extract(
                     epoch FROM prospect.converted_at - held.received_at) / 86400, 0)
           END,
           1, (met.moment IS NOT NULL)::int, COALESCE(held.has_converted, FALSE)::int,
           COALESCE(held.has_junked AND status.kind = 'junk', FALSE)::int,
           CASE WHEN held.has_converted THEN 100 ELSE 0 END
      FROM held
      JOIN prospect ON prospect.id = held.lead_id
      JOIN prospect_status AS status ON status.id = prospect.status_id
 LEFT JOIN met ON met.lead_id = held.lead_id AND met.user_id = held.person_id
  ORDER BY prospect.arrived_at, prospect.id
"""
