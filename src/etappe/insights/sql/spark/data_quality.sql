SELECT
  `t6`.`segment`,
  COUNT(*) AS `deals`,
  SUM(CAST(`t6`.`outcome` = 'won' AS BIGINT)) AS `won`,
  SUM(CAST(`t6`.`outcome` IN ('lost', 'declined') AS BIGINT)) AS `lost`,
  SUM(CAST(`t6`.`is_no_start` AS BIGINT)) AS `no_start`,
  SUM(CAST(`t6`.`is_starts_after_end` AS BIGINT)) AS `starts_after_end`,
  SUM(CAST(`t6`.`is_no_amount` AS BIGINT)) AS `no_amount`,
  SUM(CAST(`t6`.`is_other_currency` AS BIGINT)) AS `other_currency`,
  SUM(CAST(`t6`.`is_reopened` AS BIGINT)) AS `reopened`,
  SUM(CAST(`t6`.`is_no_time` AS BIGINT)) AS `no_time`,
  SUM(CAST(`t6`.`is_no_history` AS BIGINT)) AS `no_history`,
  SUM(CAST(`t6`.`is_any` AS BIGINT)) AS `any`,
  MAX(`t6`.`observed_on`) AS `observed_on`,
  MIN(`t6`.`observed_on`) AS `observed_first`
FROM (
  SELECT
    `t0`.`deal_id`,
    `t0`.`uid`,
    `t0`.`name`,
    `t0`.`segment`,
    `t0`.`stage`,
    `t0`.`phase`,
    `t0`.`position`,
    `t0`.`process`,
    `t0`.`process_version_id`,
    `t0`.`outcome`,
    `t0`.`proof`,
    `t0`.`amount`,
    `t0`.`currency`,
    `t0`.`expected_close`,
    `t0`.`owner_id`,
    `t0`.`engaged_since`,
    `t0`.`decided_on`,
    `t0`.`rests`,
    `t0`.`has_history`,
    `t0`.`decided_number`,
    `t0`.`version`,
    `t0`.`engaged_days`,
    `t0`.`buyer_days`,
    `t0`.`observed_on`,
    `t0`.`observed_number`,
    `t0`.`in_pipeline`,
    `t0`.`engaged_days` IS NULL OR ISNAN(`t0`.`engaged_days`) AS `is_no_start`,
    COALESCE(`t0`.`engaged_days` < 0, FALSE) AS `is_starts_after_end`,
    (
      `t0`.`amount` IS NULL
    ) AND `t0`.`in_pipeline` AS `is_no_amount`,
    NOT (
      `t0`.`currency` IN (
        SELECT
          `t2`.`currency`
        FROM `fact_workspace` AS `t2`
      )
    ) AS `is_other_currency`,
    `t0`.`deal_id` IN (
      SELECT
        `t1`.`deal_id`
      FROM `fact_stage_visit` AS `t1`
      WHERE
        `t1`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t1`.`status` IN ('lost', 'declined', 'disqualified')
    ) AS `is_reopened`,
    `t0`.`deal_id` IN (
      SELECT
        `t1`.`deal_id`
      FROM `fact_stage_visit` AS `t1`
      WHERE
        `t1`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t1`.`left_at` = `t1`.`entered_at`
    ) AS `is_no_time`,
    NOT (
      `t0`.`has_history`
    ) AS `is_no_history`,
    `t0`.`engaged_days` IS NULL
    OR ISNAN(`t0`.`engaged_days`)
    OR COALESCE(`t0`.`engaged_days` < 0, FALSE)
    OR (
      (
        `t0`.`amount` IS NULL
      ) AND `t0`.`in_pipeline`
    )
    OR NOT (
      `t0`.`currency` IN (
        SELECT
          `t2`.`currency`
        FROM `fact_workspace` AS `t2`
      )
    )
    OR `t0`.`deal_id` IN (
      SELECT
        `t1`.`deal_id`
      FROM `fact_stage_visit` AS `t1`
      WHERE
        `t1`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t1`.`status` IN ('lost', 'declined', 'disqualified')
    )
    OR `t0`.`deal_id` IN (
      SELECT
        `t1`.`deal_id`
      FROM `fact_stage_visit` AS `t1`
      WHERE
        `t1`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t1`.`left_at` = `t1`.`entered_at`
    )
    OR NOT (
      `t0`.`has_history`
    ) AS `is_any`
  FROM `deals` AS `t0`
) AS `t6`
GROUP BY
  1
