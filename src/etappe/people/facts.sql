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
