SELECT
  `t21`.`segment`,
  COUNT(*) AS `deals`,
  SUM(CAST(`t21`.`outcome` = 'won' AS BIGINT)) AS `won`,
  SUM(CAST(`t21`.`outcome` IN ('lost', 'declined') AS BIGINT)) AS `lost`,
  SUM(CAST(`t21`.`is_no_start` AS BIGINT)) AS `no_start`,
  SUM(CAST(`t21`.`is_starts_after_end` AS BIGINT)) AS `starts_after_end`,
  SUM(CAST(`t21`.`is_no_amount` AS BIGINT)) AS `no_amount`,
  SUM(CAST(`t21`.`is_other_currency` AS BIGINT)) AS `other_currency`,
  SUM(CAST(`t21`.`is_reopened` AS BIGINT)) AS `reopened`,
  SUM(CAST(`t21`.`is_no_time` AS BIGINT)) AS `no_time`,
  SUM(CAST(`t21`.`is_no_history` AS BIGINT)) AS `no_history`,
  SUM(CAST(`t21`.`is_any` AS BIGINT)) AS `any`,
  MAX(`t21`.`observed_on`) AS `observed_on`,
  MIN(`t21`.`observed_on`) AS `observed_first`
FROM (
  SELECT
    `t20`.`deal_id`,
    `t20`.`uid`,
    `t20`.`name`,
    `t20`.`segment`,
    `t20`.`stage`,
    `t20`.`phase`,
    `t20`.`position`,
    `t20`.`process`,
    `t20`.`process_version_id`,
    `t20`.`outcome`,
    `t20`.`proof`,
    `t20`.`amount`,
    `t20`.`currency`,
    `t20`.`expected_close`,
    `t20`.`owner_id`,
    `t20`.`engaged_since`,
    `t20`.`decided_on`,
    `t20`.`rests`,
    `t20`.`has_history`,
    `t20`.`decided_number`,
    `t20`.`version`,
    `t20`.`engaged_days`,
    `t20`.`buyer_days`,
    `t20`.`observed_on`,
    `t20`.`observed_number`,
    `t20`.`in_pipeline`,
    `t20`.`engaged_days` IS NULL AS `is_no_start`,
    COALESCE(`t20`.`engaged_days` < 0, FALSE) AS `is_starts_after_end`,
    (
      `t20`.`amount` IS NULL
    ) AND `t20`.`in_pipeline` AS `is_no_amount`,
    NOT (
      `t20`.`currency` IN (
        SELECT
          `t1`.`currency`
        FROM `fact_workspace` AS `t1`
      )
    ) AS `is_other_currency`,
    `t20`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`status` IN ('lost', 'declined', 'disqualified')
    ) AS `is_reopened`,
    `t20`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`left_at` = `t0`.`entered_at`
    ) AS `is_no_time`,
    NOT (
      `t20`.`has_history`
    ) AS `is_no_history`,
    (
      `t20`.`engaged_days` IS NULL
    )
    OR COALESCE(`t20`.`engaged_days` < 0, FALSE)
    OR (
      (
        `t20`.`amount` IS NULL
      ) AND `t20`.`in_pipeline`
    )
    OR NOT (
      `t20`.`currency` IN (
        SELECT
          `t1`.`currency`
        FROM `fact_workspace` AS `t1`
      )
    )
    OR `t20`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`status` IN ('lost', 'declined', 'disqualified')
    )
    OR `t20`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`left_at` = `t0`.`entered_at`
    )
    OR NOT (
      `t20`.`has_history`
    ) AS `is_any`
  FROM (
    SELECT
      `t19`.`deal_id`,
      `t19`.`uid`,
      `t19`.`name`,
      COALESCE(
        CASE
          WHEN '⟦by⟧' = 'owner'
          THEN CAST(`t19`.`owner_id` AS STRING)
          WHEN '⟦by⟧' = 'team'
          THEN CAST(`t19`.`team_id` AS STRING)
          WHEN '⟦by⟧' = 'source'
          THEN `t19`.`source`
          WHEN '⟦by⟧' = 'product'
          THEN `t19`.`product`
          WHEN '⟦by⟧' = 'industry'
          THEN `t19`.`industry`
          WHEN '⟦by⟧' = 'country'
          THEN `t19`.`country`
          WHEN '⟦by⟧' = 'size'
          THEN `t19`.`size`
          WHEN '⟦by⟧' = 'process'
          THEN CONCAT(CONCAT(`t19`.`process`, ' '), CAST(`t19`.`process_number` AS STRING))
          WHEN '⟦by⟧' = 'entry_stage'
          THEN `t19`.`entry_stage`
          ELSE ''
        END,
        ''
      ) AS `segment`,
      `t19`.`stage`,
      `t19`.`phase`,
      `t19`.`position`,
      `t19`.`process`,
      `t19`.`process_version_id`,
      `t19`.`outcome`,
      `t19`.`proof`,
      `t19`.`amount`,
      `t19`.`currency`,
      `t19`.`expected_close`,
      `t19`.`owner_id`,
      `t19`.`engaged_since`,
      `t19`.`decided_on`,
      `t19`.`rests`,
      `t19`.`has_history`,
      `t19`.`decided_number`,
      `t19`.`process_number` AS `version`,
      COALESCE(
        `t19`.`decided_number`,
        LEAST(
          COALESCE(`t19`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        )
      ) - `t19`.`engaged_number` AS `engaged_days`,
      COALESCE(
        `t19`.`decided_number`,
        LEAST(
          COALESCE(`t19`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        )
      ) - `t19`.`buyer_number` AS `buyer_days`,
      LEAST(COALESCE(`t19`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
      LEAST(
        COALESCE(`t19`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
        CAST('⟦number⟧' AS BIGINT)
      ) AS `observed_number`,
      COALESCE(`t19`.`phase` <> 'find', TRUE) OR (
        `t19`.`basis` = 'imported'
      ) AS `in_pipeline`
    FROM (
      SELECT
        `t18`.`deal_id`,
        `t18`.`uid`,
        `t18`.`name`,
        `t18`.`process_version_id`,
        `t18`.`stage`,
        `t18`.`status`,
        `t18`.`outcome`,
        `t18`.`proof`,
        `t18`.`basis`,
        `t18`.`entry_stage`,
        `t18`.`stage_since_on`,
        `t18`.`amount`,
        `t18`.`currency`,
        `t18`.`owner_id`,
        `t18`.`team_id`,
        `t18`.`account_id`,
        `t18`.`source`,
        `t18`.`product`,
        `t18`.`expected_close`,
        `t18`.`buyer_since`,
        `t18`.`engaged_since`,
        `t18`.`rests_until`,
        `t18`.`leave_reason`,
        `t18`.`decided_on`,
        `t18`.`seen_until`,
        `t18`.`engaged_number`,
        `t18`.`buyer_number`,
        `t18`.`decided_number`,
        `t18`.`seen_number`,
        `t18`.`has_history`,
        `t18`.`rests`,
        `t18`.`industry`,
        `t18`.`country`,
        `t18`.`size`,
        `t6`.`process_version_id` AS `process_version_id_right`,
        `t6`.`process`,
        `t6`.`process_number`,
        `t6`.`stage` AS `stage_right`,
        `t6`.`phase`,
        `t6`.`position`
      FROM (
        SELECT
          `t16`.`deal_id`,
          `t16`.`uid`,
          `t16`.`name`,
          `t16`.`process_version_id`,
          `t16`.`stage`,
          `t16`.`status`,
          `t16`.`outcome`,
          `t16`.`proof`,
          `t16`.`basis`,
          `t16`.`entry_stage`,
          `t16`.`stage_since_on`,
          `t16`.`amount`,
          `t16`.`currency`,
          `t16`.`owner_id`,
          `t16`.`team_id`,
          `t16`.`account_id`,
          `t16`.`source`,
          `t16`.`product`,
          `t16`.`expected_close`,
          `t16`.`buyer_since`,
          `t16`.`engaged_since`,
          `t16`.`rests_until`,
          `t16`.`leave_reason`,
          `t16`.`decided_on`,
          `t16`.`seen_until`,
          `t16`.`engaged_number`,
          `t16`.`buyer_number`,
          `t16`.`decided_number`,
          `t16`.`seen_number`,
          `t16`.`has_history`,
          `t16`.`rests`,
          `t16`.`industry`,
          `t16`.`country`,
          `t16`.`size`
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
            `t11`.`account_id` AS `account_id_right`,
            `t11`.`industry`,
            `t11`.`country`,
            `t11`.`size`
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
              COALESCE(`t13`.`rests_until` > CAST('⟦day⟧' AS DATE), FALSE)
              AND (
                `t13`.`outcome` = 'open'
              ) AS `rests`
            FROM (
              SELECT
                *
              FROM `fact_deal` AS `t3`
              WHERE
                (
                  `t3`.`owner_id` = CAST('⟦viewer⟧' AS BIGINT)
                )
                OR IF(
                  CAST('⟦teams⟧' AS ARRAY<BIGINT>) IS NULL,
                  NULL,
                  COALESCE(ARRAY_CONTAINS(CAST('⟦teams⟧' AS ARRAY<BIGINT>), `t3`.`team_id`), FALSE)
                )
                OR `t3`.`deal_id` IN (
                  SELECT
                    `t5`.`deal_id`
                  FROM `fact_deal_member` AS `t5`
                  WHERE
                    `t5`.`user_id` = CAST('⟦viewer⟧' AS BIGINT)
                )
            ) AS `t13`
          ) AS `t15`
          LEFT OUTER JOIN (
            SELECT
              `t4`.`account_id`,
              `t4`.`industry`,
              `t4`.`country`,
              `t4`.`size`
            FROM `fact_account` AS `t4`
          ) AS `t11`
            ON `t15`.`account_id` = `t11`.`account_id`
        ) AS `t16`
      ) AS `t18`
      LEFT OUTER JOIN `fact_process_stage` AS `t6`
        ON `t18`.`process_version_id` = `t6`.`process_version_id`
        AND `t18`.`stage` = `t6`.`stage`
    ) AS `t19`
  ) AS `t20`
) AS `t21`
GROUP BY
  1
