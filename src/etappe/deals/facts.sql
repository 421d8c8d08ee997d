-- Days are days in the workspace's zone (fact_workspace, defined by the room below). A column `..._number` is a day as a
-- number, counted from 1970-01-01: whole days between two of them are a subtraction on every engine.

-- One row per deal as it stands now. What lies in the recycle bin counts nowhere.
--   outcome     open, won, lost, declined, disqualified. A customer who cancelled later was won.
--   decided_on  the day the sale was decided; empty while the deal is open.
--   same_day_minutes  minutes from its first stage to the decision, where both lie on the day that our clock started: days
--               are all that is known of other starts. Empty where nobody knows the time of day.
--   has_history whether its way through the stages is known: it was made here, or an import told more of it than where it
--               stands.
--   seen_until  the day up to which an imported deal was seen: the "data as of" day of its import, until somebody acts on
--               the deal here. Empty: it is seen up to the present.
CREATE VIEW fact_deal AS
SELECT
    deal.id AS deal_id,
    deal.uid::text AS uid,
    deal.name,
    deal.process_version_id,
    deal.stage,
    deal.status,
    CASE deal.status WHEN 'cancelled' THEN 'won' ELSE deal.status END AS outcome,
    deal.proof,
    deal.basis,
    deal.entry_stage,
    (deal.stage_since AT TIME ZONE workspace.zone)::date AS stage_since_on,
    deal.amount,
    deal.currency,
    deal.owner_id,
    deal.team_id,
    deal.account_id,
    deal.source,
    deal.product,
    deal.expected_close,
    deal.buyer_since,
    deal.engaged_since,
    deal.rests_until,
    deal.leave_reason,
    decided.decided_on,
    CASE deal.basis WHEN 'imported' THEN deal.data_as_of END AS seen_until,
    deal.engaged_since - DATE '1970-01-01' AS engaged_number,
    deal.buyer_since - DATE '1970-01-01' AS buyer_number,
    decided.decided_on - DATE '1970-01-01' AS decided_number,
    CASE deal.basis WHEN 'imported' THEN deal.data_as_of END - DATE '1970-01-01' AS seen_number,
    CASE WHEN decided.decided_on = deal.engaged_since THEN (
        SELECT nullif(floor(extract(epoch FROM decided.decided_at - min(visit.entered_at)) / 60), 0)::int
        FROM deals_stagevisit AS visit
        WHERE visit.deal_id = deal.id AND visit.voided_at IS NULL
        HAVING (min(visit.entered_at) AT TIME ZONE workspace.zone)::date = decided.decided_on
    ) END AS same_day_minutes,
    (
        SELECT count(*) <> 1
        FROM deals_stagevisit AS visit
        WHERE visit.deal_id = deal.id AND visit.voided_at IS NULL AND visit.basis = 'imported'
    ) AS has_history
FROM deals_deal AS deal
CROSS JOIN (SELECT coalesce((SELECT zone FROM fact_workspace), 'UTC') AS zone) AS workspace
CROSS JOIN LATERAL (
    SELECT moment.decided_at, (moment.decided_at AT TIME ZONE workspace.zone)::date AS decided_on
    FROM (SELECT
        CASE
            WHEN deal.status <> 'cancelled' THEN deal.closed_at
            ELSE (
                SELECT min(visit.entered_at)
                FROM deals_stagevisit AS visit
                WHERE visit.deal_id = deal.id AND visit.status = 'won' AND visit.voided_at IS NULL AND NOT EXISTS (
                    SELECT FROM deals_stagevisit AS later
                    WHERE later.deal_id = deal.id AND later.id > visit.id AND later.voided_at IS NULL
                        AND later.status NOT IN ('won', 'cancelled')
                )
            )
        END AS decided_at
    ) AS moment
) AS decided
WHERE deal.archived_at IS NULL;

-- One row per stay of a deal in a stage and status. left_at is empty while the deal is there.
CREATE VIEW fact_stage_visit AS
SELECT
    visit.id AS visit_id,
    visit.deal_id,
    visit.process_version_id,
    visit.stage,
    visit.status,
    visit.basis,
    visit.proof,
    visit.entered_at,
    visit.left_at,
    visit.backfilled,
    (visit.entered_at AT TIME ZONE workspace.zone)::date - DATE '1970-01-01' AS entered_number,
    (visit.left_at AT TIME ZONE workspace.zone)::date - DATE '1970-01-01' AS left_number
FROM deals_stagevisit AS visit
CROSS JOIN (SELECT coalesce((SELECT zone FROM fact_workspace), 'UTC') AS zone) AS workspace
WHERE visit.voided_at IS NULL
    AND visit.deal_id NOT IN (SELECT deal.id FROM deals_deal AS deal WHERE deal.archived_at IS NOT NULL);

-- One row per span of time in which a deal stood unchanged; valid_to (not included) is empty for the present one.
-- World time for spans that an import filled in, the time of recording otherwise.
CREATE VIEW fact_deal_span AS
SELECT
    span.deal_id,
    lower(span.valid) AS valid_from,
    upper(span.valid) AS valid_to,
    (lower(span.valid) AT TIME ZONE workspace.zone)::date AS valid_from_on,
    (lower(span.valid) AT TIME ZONE workspace.zone)::date - DATE '1970-01-01' AS valid_from_number,
    span.stage,
    span.status,
    CASE span.status WHEN 'cancelled' THEN 'won' ELSE span.status END AS outcome,
    span.amount,
    span.currency,
    span.owner_id,
    span.team_id,
    span.expected_close
FROM deals_dealspan AS span
CROSS JOIN (SELECT coalesce((SELECT zone FROM fact_workspace), 'UTC') AS zone) AS workspace
WHERE NOT isempty(span.valid)
    AND span.deal_id NOT IN (SELECT deal.id FROM deals_deal AS deal WHERE deal.archived_at IS NOT NULL);

-- One row per colleague in a deal team; they see the deal.
CREATE VIEW fact_deal_member AS
SELECT
    member.deal_id,
    member.user_id
FROM deals_member AS member;

-- One row per lead: a deal that began in, or passed through, a stage of the phase find.
--   received_at     when it first came to such a stage.
--   accepted_number the day it first went on from there: to a stage of another phase, or to being won.
--   refused_number  the day it left early without that, and did not come back.
CREATE VIEW fact_lead AS
SELECT
    deal.deal_id AS lead_id,
    deal.account_id,
    deal.source,
    deal.owner_id,
    deal.team_id,
    way.received_at,
    (way.received_at AT TIME ZONE workspace.zone)::date - DATE '1970-01-01' AS received_number,
    (way.accepted_at AT TIME ZONE workspace.zone)::date - DATE '1970-01-01' AS accepted_number,
    CASE WHEN way.accepted_at IS NULL THEN deal.decided_number END AS refused_number,
    CASE WHEN deal.outcome = 'won' THEN deal.decided_number END AS won_number,
    CASE
        WHEN way.accepted_at IS NOT NULL THEN 'accepted'
        WHEN deal.outcome = 'open' THEN 'open'
        ELSE 'refused'
    END AS lead_status,
    deal.seen_number
FROM fact_deal AS deal
CROSS JOIN (SELECT coalesce((SELECT zone FROM fact_workspace), 'UTC') AS zone) AS workspace
CROSS JOIN LATERAL (
    SELECT first.entered_at AS received_at, (
        SELECT min(visit.entered_at)
        FROM deals_stagevisit AS visit
        JOIN fact_process_stage AS stage USING (process_version_id, stage)
        WHERE visit.deal_id = deal.deal_id AND visit.voided_at IS NULL AND visit.id > first.id
            AND (stage.phase <> 'find' OR visit.status IN ('won', 'cancelled'))
    ) AS accepted_at
    FROM deals_stagevisit AS first
    JOIN fact_process_stage AS stage USING (process_version_id, stage)
    WHERE first.deal_id = deal.deal_id AND first.voided_at IS NULL AND stage.phase = 'find'
    ORDER BY first.id
    LIMIT 1
) AS way;
