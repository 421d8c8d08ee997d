SELECT
  `t22`.`segment`,
  COUNT(*) AS `deals`,
  SUM(CAST(`t22`.`outcome` = 'won' AS BIGINT)) AS `won`,
  SUM(CAST(`t22`.`outcome` IN ('lost', 'declined') AS BIGINT)) AS `lost`,
  SUM(CAST(`t22`.`is_no_start` AS BIGINT)) AS `no_start`,
  SUM(CAST(`t22`.`is_starts_after_end` AS BIGINT)) AS `starts_after_end`,
  SUM(CAST(`t22`.`is_no_amount` AS BIGINT)) AS `no_amount`,
  SUM(CAST(`t22`.`is_other_currency` AS BIGINT)) AS `other_currency`,
  SUM(CAST(`t22`.`is_reopened` AS BIGINT)) AS `reopened`,
  SUM(CAST(`t22`.`is_no_time` AS BIGINT)) AS `no_time`,
  SUM(CAST(`t22`.`is_no_history` AS BIGINT)) AS `no_history`,
  SUM(CAST(`t22`.`is_any` AS BIGINT)) AS `any`,
  MAX(`t22`.`observed_on`) AS `observed_on`,
  MIN(`t22`.`observed_on`) AS `observed_first`
FROM (
  SELECT
    `t21`.`deal_id`,
    `t21`.`uid`,
    `t21`.`name`,
    `t21`.`segment`,
    `t21`.`stage`,
    `t21`.`phase`,
    `t21`.`position`,
    `t21`.`process`,
    `t21`.`process_version_id`,
    `t21`.`outcome`,
    `t21`.`proof`,
    `t21`.`amount`,
    `t21`.`currency`,
    `t21`.`expected_close`,
    `t21`.`owner_id`,
    `t21`.`engaged_since`,
    `t21`.`decided_on`,
    `t21`.`rests`,
    `t21`.`has_history`,
    `t21`.`decided_number`,
    `t21`.`version`,
    `t21`.`engaged_days`,
    `t21`.`buyer_days`,
    `t21`.`observed_on`,
    `t21`.`observed_number`,
    `t21`.`in_pipeline`,
    `t21`.`engaged_days` IS NULL AS `is_no_start`,
    COALESCE(`t21`.`engaged_days` < 0, FALSE) AS `is_starts_after_end`,
    (
      `t21`.`amount` IS NULL
    ) AND `t21`.`in_pipeline` AS `is_no_amount`,
    NOT (
      `t21`.`currency` IN (
        SELECT
          `t1`.`currency`
        FROM `fact_workspace` AS `t1`
      )
    ) AS `is_other_currency`,
    `t21`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`status` IN ('lost', 'declined', 'disqualified')
    ) AS `is_reopened`,
    `t21`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`left_at` = `t0`.`entered_at`
    ) AS `is_no_time`,
    NOT (
      `t21`.`has_history`
    ) AS `is_no_history`,
    (
      `t21`.`engaged_days` IS NULL
    )
    OR COALESCE(`t21`.`engaged_days` < 0, FALSE)
    OR (
      (
        `t21`.`amount` IS NULL
      ) AND `t21`.`in_pipeline`
    )
    OR NOT (
      `t21`.`currency` IN (
        SELECT
          `t1`.`currency`
        FROM `fact_workspace` AS `t1`
      )
    )
    OR `t21`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`status` IN ('lost', 'declined', 'disqualified')
    )
    OR `t21`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`left_at` = `t0`.`entered_at`
    )
    OR NOT (
      `t21`.`has_history`
    ) AS `is_any`
  FROM (
    SELECT
      `t20`.`deal_id`,
      `t20`.`uid`,
      `t20`.`name`,
      COALESCE(
        CASE
          WHEN '⟦by⟧' = 'owner'
          THEN CAST(`t20`.`owner_id` AS STRING)
          WHEN '⟦by⟧' = 'team'
          THEN CAST(`t20`.`team_id` AS STRING)
          WHEN '⟦by⟧' = 'source'
          THEN `t20`.`source`
          WHEN '⟦by⟧' = 'product'
          THEN `t20`.`product`
          WHEN '⟦by⟧' = 'industry'
          THEN `t20`.`industry`
          WHEN '⟦by⟧' = 'country'
          THEN `t20`.`country`
          WHEN '⟦by⟧' = 'size'
          THEN `t20`.`size`
          WHEN '⟦by⟧' = 'process'
          THEN CONCAT(CONCAT(`t20`.`process`, ' '), CAST(`t20`.`process_number` AS STRING))
          WHEN '⟦by⟧' = 'entry_stage'
          THEN `t20`.`entry_stage`
          ELSE ''
        END,
        ''
      ) AS `segment`,
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
      `t20`.`process_number` AS `version`,
      COALESCE(
        `t20`.`decided_number`,
        LEAST(
          COALESCE(`t20`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        )
      ) - `t20`.`engaged_number` AS `engaged_days`,
      COALESCE(
        `t20`.`decided_number`,
        LEAST(
          COALESCE(`t20`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        )
      ) - `t20`.`buyer_number` AS `buyer_days`,
      LEAST(COALESCE(`t20`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
      LEAST(
        COALESCE(`t20`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
        CAST('⟦number⟧' AS BIGINT)
      ) AS `observed_number`,
      COALESCE(`t20`.`phase` <> 'find', TRUE) OR (
        `t20`.`basis` = 'imported'
      ) AS `in_pipeline`
    FROM (
      SELECT
        `t19`.`deal_id`,
        `t19`.`uid`,
        `t19`.`name`,
        `t19`.`entry_stage`,
        `t19`.`account_id`,
        `t19`.`source`,
        `t19`.`product`,
        `t19`.`engaged_since`,
        `t19`.`engaged_number`,
        `t19`.`buyer_number`,
        `t19`.`seen_until`,
        `t19`.`seen_number`,
        `t19`.`has_history`,
        `t19`.`process_version_id`,
        `t19`.`stage`,
        `t19`.`outcome`,
        `t19`.`proof`,
        `t19`.`basis`,
        `t19`.`amount`,
        `t19`.`currency`,
        `t19`.`owner_id`,
        `t19`.`team_id`,
        `t19`.`expected_close`,
        `t19`.`decided_on`,
        `t19`.`decided_number`,
        `t19`.`rests`,
        `t19`.`industry`,
        `t19`.`country`,
        `t19`.`size`,
        `t6`.`process_version_id` AS `process_version_id_right`,
        `t6`.`process`,
        `t6`.`process_number`,
        `t6`.`stage` AS `stage_right`,
        `t6`.`phase`,
        `t6`.`position`
      FROM (
        SELECT
          `t17`.`deal_id`,
          `t17`.`uid`,
          `t17`.`name`,
          `t17`.`entry_stage`,
          `t17`.`account_id`,
          `t17`.`source`,
          `t17`.`product`,
          `t17`.`engaged_since`,
          `t17`.`engaged_number`,
          `t17`.`buyer_number`,
          `t17`.`seen_until`,
          `t17`.`seen_number`,
          `t17`.`has_history`,
          `t17`.`process_version_id`,
          `t17`.`stage`,
          `t17`.`outcome`,
          `t17`.`proof`,
          `t17`.`basis`,
          `t17`.`amount`,
          `t17`.`currency`,
          `t17`.`owner_id`,
          `t17`.`team_id`,
          `t17`.`expected_close`,
          `t17`.`decided_on`,
          `t17`.`decided_number`,
          `t17`.`rests`,
          `t17`.`industry`,
          `t17`.`country`,
          `t17`.`size`
        FROM (
          SELECT
            `t7`.`deal_id`,
            `t7`.`uid`,
            `t7`.`name`,
            `t7`.`entry_stage`,
            `t7`.`account_id`,
            `t7`.`source`,
            `t7`.`product`,
            `t7`.`engaged_since`,
            `t7`.`engaged_number`,
            `t7`.`buyer_number`,
            `t7`.`seen_until`,
            `t7`.`seen_number`,
            `t7`.`has_history`,
            COALESCE(`t15`.`process_version_id`, `t7`.`process_version_id`) AS `process_version_id`,
            `t16`.`stage`,
            `t16`.`outcome`,
            COALESCE(`t15`.`proof`, `t7`.`proof`) AS `proof`,
            COALESCE(`t15`.`basis`, `t7`.`basis`) AS `basis`,
            `t16`.`amount`,
            `t16`.`currency`,
            `t16`.`owner_id`,
            `t16`.`team_id`,
            `t16`.`expected_close`,
            CASE
              WHEN `t16`.`outcome` = 'open'
              THEN CAST(NULL AS DATE)
              WHEN `t7`.`decided_on` <= CAST('⟦day⟧' AS DATE)
              THEN `t7`.`decided_on`
              ELSE `t16`.`valid_from_on`
            END AS `decided_on`,
            CASE
              WHEN `t16`.`outcome` = 'open'
              THEN CAST(NULL AS INT)
              WHEN `t7`.`decided_on` <= CAST('⟦day⟧' AS DATE)
              THEN `t7`.`decided_number`
              ELSE `t16`.`valid_from_number`
            END AS `decided_number`,
            FALSE AS `rests`,
            `t12`.`account_id` AS `account_id_right`,
            `t12`.`industry`,
            `t12`.`country`,
            `t12`.`size`
          FROM `fact_deal` AS `t7`
          INNER JOIN (
            SELECT
              *
            FROM `fact_deal_span` AS `t4`
            WHERE
              `t4`.`valid_from` < CAST('⟦moment⟧' AS TIMESTAMP)
              AND (
                (
                  `t4`.`valid_to` IS NULL
                )
                OR (
                  `t4`.`valid_to` >= CAST('⟦moment⟧' AS TIMESTAMP)
                )
              )
          ) AS `t16`
            ON `t7`.`deal_id` = `t16`.`deal_id`
          LEFT OUTER JOIN (
            SELECT
              *
            FROM `fact_stage_visit` AS `t0`
            WHERE
              `t0`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP)
              AND (
                (
                  `t0`.`left_at` IS NULL
                )
                OR (
                  `t0`.`left_at` >= CAST('⟦moment⟧' AS TIMESTAMP)
                )
              )
          ) AS `t15`
            ON `t7`.`deal_id` = `t15`.`deal_id`
          LEFT OUTER JOIN (
            SELECT
              `t5`.`account_id`,
              `t5`.`industry`,
              `t5`.`country`,
              `t5`.`size`
            FROM `fact_account` AS `t5`
          ) AS `t12`
            ON `t7`.`account_id` = `t12`.`account_id`
        ) AS `t17`
      ) AS `t19`
      LEFT OUTER JOIN `fact_process_stage` AS `t6`
        ON `t19`.`process_version_id` = `t6`.`process_version_id`
        AND `t19`.`stage` = `t6`.`stage`
    ) AS `t20`
  ) AS `t21`
) AS `t22`
GROUP BY
  1
