SELECT
  `t18`.`segment`,
  COUNT(*) AS `deals`,
  SUM(CAST(`t18`.`outcome` = 'won' AS BIGINT)) AS `won`,
  SUM(CAST(`t18`.`outcome` IN ('lost', 'declined') AS BIGINT)) AS `lost`,
  SUM(CAST(`t18`.`is_no_start` AS BIGINT)) AS `no_start`,
  SUM(CAST(`t18`.`is_starts_after_end` AS BIGINT)) AS `starts_after_end`,
  SUM(CAST(`t18`.`is_no_amount` AS BIGINT)) AS `no_amount`,
  SUM(CAST(`t18`.`is_other_currency` AS BIGINT)) AS `other_currency`,
  SUM(CAST(`t18`.`is_reopened` AS BIGINT)) AS `reopened`,
  SUM(CAST(`t18`.`is_no_time` AS BIGINT)) AS `no_time`,
  SUM(CAST(`t18`.`is_no_history` AS BIGINT)) AS `no_history`,
  SUM(CAST(`t18`.`is_any` AS BIGINT)) AS `any`,
  MAX(`t18`.`observed_on`) AS `observed_on`,
  MIN(`t18`.`observed_on`) AS `observed_first`
FROM (
  SELECT
    `t17`.`deal_id`,
    `t17`.`uid`,
    `t17`.`name`,
    `t17`.`segment`,
    `t17`.`stage`,
    `t17`.`phase`,
    `t17`.`position`,
    `t17`.`process`,
    `t17`.`process_version_id`,
    `t17`.`outcome`,
    `t17`.`proof`,
    `t17`.`amount`,
    `t17`.`currency`,
    `t17`.`expected_close`,
    `t17`.`owner_id`,
    `t17`.`engaged_since`,
    `t17`.`decided_on`,
    `t17`.`rests`,
    `t17`.`has_history`,
    `t17`.`decided_number`,
    `t17`.`version`,
    `t17`.`engaged_days`,
    `t17`.`buyer_days`,
    `t17`.`observed_on`,
    `t17`.`observed_number`,
    `t17`.`in_pipeline`,
    `t17`.`engaged_days` IS NULL AS `is_no_start`,
    COALESCE(`t17`.`engaged_days` < 0, FALSE) AS `is_starts_after_end`,
    (
      `t17`.`amount` IS NULL
    ) AND `t17`.`in_pipeline` AS `is_no_amount`,
    NOT (
      `t17`.`currency` IN (
        SELECT
          `t1`.`currency`
        FROM `fact_workspace` AS `t1`
      )
    ) AS `is_other_currency`,
    `t17`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`status` IN ('lost', 'declined', 'disqualified')
    ) AS `is_reopened`,
    `t17`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`left_at` = `t0`.`entered_at`
    ) AS `is_no_time`,
    NOT (
      `t17`.`has_history`
    ) AS `is_no_history`,
    (
      `t17`.`engaged_days` IS NULL
    )
    OR COALESCE(`t17`.`engaged_days` < 0, FALSE)
    OR (
      (
        `t17`.`amount` IS NULL
      ) AND `t17`.`in_pipeline`
    )
    OR NOT (
      `t17`.`currency` IN (
        SELECT
          `t1`.`currency`
        FROM `fact_workspace` AS `t1`
      )
    )
    OR `t17`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`status` IN ('lost', 'declined', 'disqualified')
    )
    OR `t17`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`left_at` = `t0`.`entered_at`
    )
    OR NOT (
      `t17`.`has_history`
    ) AS `is_any`
  FROM (
    SELECT
      `t16`.`deal_id`,
      `t16`.`uid`,
      `t16`.`name`,
      COALESCE(
        CASE
          WHEN '⟦by⟧' = 'owner'
          THEN CAST(`t16`.`owner_id` AS STRING)
          WHEN '⟦by⟧' = 'team'
          THEN CAST(`t16`.`team_id` AS STRING)
          WHEN '⟦by⟧' = 'source'
          THEN `t16`.`source`
          WHEN '⟦by⟧' = 'product'
          THEN `t16`.`product`
          WHEN '⟦by⟧' = 'industry'
          THEN `t16`.`industry`
          WHEN '⟦by⟧' = 'country'
          THEN `t16`.`country`
          WHEN '⟦by⟧' = 'size'
          THEN `t16`.`size`
          WHEN '⟦by⟧' = 'process'
          THEN CONCAT(CONCAT(`t16`.`process`, ' '), CAST(`t16`.`process_number` AS STRING))
          WHEN '⟦by⟧' = 'entry_stage'
          THEN `t16`.`entry_stage`
          ELSE ''
        END,
        ''
      ) AS `segment`,
      `t16`.`stage`,
      `t16`.`phase`,
      `t16`.`position`,
      `t16`.`process`,
      `t16`.`process_version_id`,
      `t16`.`outcome`,
      `t16`.`proof`,
      `t16`.`amount`,
      `t16`.`currency`,
      `t16`.`expected_close`,
      `t16`.`owner_id`,
      `t16`.`engaged_since`,
      `t16`.`decided_on`,
      `t16`.`rests`,
      `t16`.`has_history`,
      `t16`.`decided_number`,
      `t16`.`process_number` AS `version`,
      COALESCE(
        `t16`.`decided_number`,
        LEAST(
          COALESCE(`t16`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        )
      ) - `t16`.`engaged_number` AS `engaged_days`,
      COALESCE(
        `t16`.`decided_number`,
        LEAST(
          COALESCE(`t16`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        )
      ) - `t16`.`buyer_number` AS `buyer_days`,
      LEAST(COALESCE(`t16`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
      LEAST(
        COALESCE(`t16`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
        CAST('⟦number⟧' AS BIGINT)
      ) AS `observed_number`,
      COALESCE(`t16`.`phase` <> 'find', TRUE) OR (
        `t16`.`basis` = 'imported'
      ) AS `in_pipeline`
    FROM (
      SELECT
        `t15`.`deal_id`,
        `t15`.`uid`,
        `t15`.`name`,
        `t15`.`process_version_id`,
        `t15`.`stage`,
        `t15`.`status`,
        `t15`.`outcome`,
        `t15`.`proof`,
        `t15`.`basis`,
        `t15`.`entry_stage`,
        `t15`.`stage_since_on`,
        `t15`.`amount`,
        `t15`.`currency`,
        `t15`.`owner_id`,
        `t15`.`team_id`,
        `t15`.`account_id`,
        `t15`.`source`,
        `t15`.`product`,
        `t15`.`expected_close`,
        `t15`.`buyer_since`,
        `t15`.`engaged_since`,
        `t15`.`rests_until`,
        `t15`.`leave_reason`,
        `t15`.`decided_on`,
        `t15`.`seen_until`,
        `t15`.`engaged_number`,
        `t15`.`buyer_number`,
        `t15`.`decided_number`,
        `t15`.`seen_number`,
        `t15`.`has_history`,
        `t15`.`rests`,
        `t15`.`industry`,
        `t15`.`country`,
        `t15`.`size`,
        `t5`.`process_version_id` AS `process_version_id_right`,
        `t5`.`process`,
        `t5`.`process_number`,
        `t5`.`stage` AS `stage_right`,
        `t5`.`phase`,
        `t5`.`position`
      FROM (
        SELECT
          `t13`.`deal_id`,
          `t13`.`uid`,
          `t13`.`name`,
          `t13`.`process_version_id`,
          `t13`.`stage`,
          `t13`.`status`,
          `t13`.`outcome`,
          `t13`.`proof`,
          `t13`.`basis`,
          `t13`.`entry_stage`,
          `t13`.`stage_since_on`,
          `t13`.`amount`,
          `t13`.`currency`,
          `t13`.`owner_id`,
          `t13`.`team_id`,
          `t13`.`account_id`,
          `t13`.`source`,
          `t13`.`product`,
          `t13`.`expected_close`,
          `t13`.`buyer_since`,
          `t13`.`engaged_since`,
          `t13`.`rests_until`,
          `t13`.`leave_reason`,
          `t13`.`decided_on`,
          `t13`.`seen_until`,
          `t13`.`engaged_number`,
          `t13`.`buyer_number`,
          `t13`.`decided_number`,
          `t13`.`seen_number`,
          `t13`.`has_history`,
          `t13`.`rests`,
          `t13`.`industry`,
          `t13`.`country`,
          `t13`.`size`
        FROM (
          SELECT
            `t12`.`deal_id`,
            `t12`.`uid`,
            `t12`.`name`,
            `t12`.`process_version_id`,
            `t12`.`stage`,
            `t12`.`status`,
            `t12`.`outcome`,
            `t12`.`proof`,
            `t12`.`basis`,
            `t12`.`entry_stage`,
            `t12`.`stage_since_on`,
            `t12`.`amount`,
            `t12`.`currency`,
            `t12`.`owner_id`,
            `t12`.`team_id`,
            `t12`.`account_id`,
            `t12`.`source`,
            `t12`.`product`,
            `t12`.`expected_close`,
            `t12`.`buyer_since`,
            `t12`.`engaged_since`,
            `t12`.`rests_until`,
            `t12`.`leave_reason`,
            `t12`.`decided_on`,
            `t12`.`seen_until`,
            `t12`.`engaged_number`,
            `t12`.`buyer_number`,
            `t12`.`decided_number`,
            `t12`.`seen_number`,
            `t12`.`has_history`,
            `t12`.`rests`,
            `t10`.`account_id` AS `account_id_right`,
            `t10`.`industry`,
            `t10`.`country`,
            `t10`.`size`
          FROM (
            SELECT
              `t3`.`deal_id`,
              `t3`.`uid`,
              `t3`.`name`,
              `t3`.`process_version_id`,
              `t3`.`stage`,
              `t3`.`status`,
              `t3`.`outcome`,
              `t3`.`proof`,
              `t3`.`basis`,
              `t3`.`entry_stage`,
              `t3`.`stage_since_on`,
              `t3`.`amount`,
              `t3`.`currency`,
              `t3`.`owner_id`,
              `t3`.`team_id`,
              `t3`.`account_id`,
              `t3`.`source`,
              `t3`.`product`,
              `t3`.`expected_close`,
              `t3`.`buyer_since`,
              `t3`.`engaged_since`,
              `t3`.`rests_until`,
              `t3`.`leave_reason`,
              `t3`.`decided_on`,
              `t3`.`seen_until`,
              `t3`.`engaged_number`,
              `t3`.`buyer_number`,
              `t3`.`decided_number`,
              `t3`.`seen_number`,
              `t3`.`has_history`,
              COALESCE(`t3`.`rests_until` > CAST('⟦day⟧' AS DATE), FALSE)
              AND (
                `t3`.`outcome` = 'open'
              ) AS `rests`
            FROM `fact_deal` AS `t3`
          ) AS `t12`
          LEFT OUTER JOIN (
            SELECT
              `t4`.`account_id`,
              `t4`.`industry`,
              `t4`.`country`,
              `t4`.`size`
            FROM `fact_account` AS `t4`
          ) AS `t10`
            ON `t12`.`account_id` = `t10`.`account_id`
        ) AS `t13`
      ) AS `t15`
      LEFT OUTER JOIN `fact_process_stage` AS `t5`
        ON `t15`.`process_version_id` = `t5`.`process_version_id`
        AND `t15`.`stage` = `t5`.`stage`
    ) AS `t16`
  ) AS `t17`
) AS `t18`
GROUP BY
  1
