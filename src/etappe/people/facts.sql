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

-- One row per contact that was not withdrawn. The records that it names may be private, or lie in the recycle bin: a
-- figure shows groups, never who they are.
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
    (touchpoint.happened_at AT TIME ZONE workspace.zone)::date - DATE '1970-01-01' AS happened_number
FROM people_touchpoint AS touchpoint
CROSS JOIN (SELECT coalesce((SELECT zone FROM fact_workspace), 'UTC') AS zone) AS workspace
WHERE touchpoint.withdrawn_at IS NULL;
