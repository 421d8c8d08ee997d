-- One row per account, with what deals are split by. Private accounts are in it: a figure shows groups, never who they are.
CREATE VIEW fact_account AS
SELECT
    account.id AS account_id,
    account.uid::text AS uid,
    account.name,
    account.industry,
    account.country,
    account.employees,
    CASE
        WHEN account.employees IS NULL THEN ''
        WHEN account.employees < 10 THEN '1-9'
        WHEN account.employees < 50 THEN '10-49'
        WHEN account.employees < 250 THEN '50-249'
        WHEN account.employees < 1000 THEN '250-999'
        ELSE '1000+'
    END AS size
FROM people_account AS account;

-- One row per contact that was not withdrawn. working_seconds counts from 1970-01-01, a Thursday, Monday to Friday from 8
-- to 18 on the workspace's clock, ten hours a day: the difference of two contacts is the working time between them. The
-- records that it names may be private, or lie in the recycle bin: a figure shows groups, never who they are. OFFSET 0 has
-- the clock looked at once per row; without it, it would stand in each of the places that the day is used in.
CREATE VIEW fact_touchpoint AS
SELECT
    touchpoint.id AS touchpoint_id,
    touchpoint.account_id,
    touchpoint.person_id,
    touchpoint.user_id,
    touchpoint.direction,
    touchpoint.channel,
    touchpoint.act,
    touchpoint.source,
    touchpoint.happened_at,
    local.day AS happened_number,
    36000::bigint * ((local.day + 3) / 7 * 5 + least((local.day + 3) % 7, 5) - 3)
        + CASE WHEN (local.day + 3) % 7 < 5 THEN least(greatest(local.second - 28800, 0), 36000) ELSE 0 END
        AS working_seconds
FROM people_touchpoint AS touchpoint
CROSS JOIN (SELECT coalesce((SELECT zone FROM fact_workspace), 'UTC') AS zone) AS workspace
CROSS JOIN LATERAL (
    SELECT floor(date_part('epoch', touchpoint.happened_at AT TIME ZONE workspace.zone))::bigint AS seconds OFFSET 0
) AS clock
CROSS JOIN LATERAL (SELECT (clock.seconds / 86400)::integer AS day, clock.seconds % 86400 AS second) AS local
WHERE touchpoint.withdrawn_at IS NULL;
