SELECT
  `t25`.`segment`,
  COUNT(*) AS `deals`,
  SUM(CAST(`t25`.`outcome` = 'won' AS BIGINT)) AS `won`,
  SUM(CAST(`t25`.`outcome` IN ('lost', 'declined') AS BIGINT)) AS `lost`,
  SUM(CAST(`t25`.`is_no_start` AS BIGINT)) AS `no_start`,
  SUM(CAST(`t25`.`is_starts_after_end` AS BIGINT)) AS `starts_after_end`,
  SUM(CAST(`t25`.`is_no_amount` AS BIGINT)) AS `no_amount`,
  SUM(CAST(`t25`.`is_other_currency` AS BIGINT)) AS `other_currency`,
  SUM(CAST(`t25`.`is_reopened` AS BIGINT)) AS `reopened`,
  SUM(CAST(`t25`.`is_no_time` AS BIGINT)) AS `no_time`,
  SUM(CAST(`t25`.`is_no_history` AS BIGINT)) AS `no_history`,
  SUM(CAST(`t25`.`is_any` AS BIGINT)) AS `any`,
  MAX(`t25`.`observed_on`) AS `observed_on`,
  MIN(`t25`.`observed_on`) AS `observed_first`
FROM (
  SELECT
    `t24`.`deal_id`,
    `t24`.`uid`,
    `t24`.`name`,
    `t24`.`segment`,
    `t24`.`stage`,
    `t24`.`phase`,
    `t24`.`position`,
    `t24`.`process`,
    `t24`.`process_version_id`,
    `t24`.`outcome`,
    `t24`.`proof`,
    `t24`.`amount`,
    `t24`.`currency`,
    `t24`.`expected_close`,
    `t24`.`owner_id`,
    `t24`.`engaged_since`,
    `t24`.`decided_on`,
    `t24`.`rests`,
    `t24`.`has_history`,
    `t24`.`decided_number`,
    `t24`.`version`,
    `t24`.`engaged_days`,
    `t24`.`buyer_days`,
    `t24`.`observed_on`,
    `t24`.`observed_number`,
    `t24`.`in_pipeline`,
    `t24`.`engaged_days` IS NULL AS `is_no_start`,
    COALESCE(`t24`.`engaged_days` < 0, FALSE) AS `is_starts_after_end`,
    (
      `t24`.`amount` IS NULL
    ) AND `t24`.`in_pipeline` AS `is_no_amount`,
    NOT (
      `t24`.`currency` IN (
        SELECT
          `t1`.`currency`
        FROM `fact_workspace` AS `t1`
      )
    ) AS `is_other_currency`,
    `t24`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`status` IN ('lost', 'declined', 'disqualified')
    ) AS `is_reopened`,
    `t24`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`left_at` = `t0`.`entered_at`
    ) AS `is_no_time`,
    NOT (
      `t24`.`has_history`
    ) AS `is_no_history`,
    (
      `t24`.`engaged_days` IS NULL
    )
    OR COALESCE(`t24`.`engaged_days` < 0, FALSE)
    OR (
      (
        `t24`.`amount` IS NULL
      ) AND `t24`.`in_pipeline`
    )
    OR NOT (
      `t24`.`currency` IN (
        SELECT
          `t1`.`currency`
        FROM `fact_workspace` AS `t1`
      )
    )
    OR `t24`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`status` IN ('lost', 'declined', 'disqualified')
    )
    OR `t24`.`deal_id` IN (
      SELECT
        `t0`.`deal_id`
      FROM `fact_stage_visit` AS `t0`
      WHERE
        `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
        AND `t0`.`left_at` = `t0`.`entered_at`
    )
    OR NOT (
      `t24`.`has_history`
    ) AS `is_any`
  FROM (
    SELECT
      `t23`.`deal_id`,
      `t23`.`uid`,
      `t23`.`name`,
      COALESCE(
        CASE
          WHEN '⟦by⟧' = 'owner'
          THEN CAST(`t23`.`owner_id` AS STRING)
          WHEN '⟦by⟧' = 'team'
          THEN CAST(`t23`.`team_id` AS STRING)
          WHEN '⟦by⟧' = 'source'
          THEN `t23`.`source`
          WHEN '⟦by⟧' = 'product'
          THEN `t23`.`product`
          WHEN '⟦by⟧' = 'industry'
          THEN `t23`.`industry`
          WHEN '⟦by⟧' = 'country'
          THEN `t23`.`country`
          WHEN '⟦by⟧' = 'size'
          THEN `t23`.`size`
          WHEN '⟦by⟧' = 'process'
          THEN CONCAT(CONCAT(`t23`.`process`, ' '), CAST(`t23`.`process_number` AS STRING))
          WHEN '⟦by⟧' = 'entry_stage'
          THEN `t23`.`entry_stage`
          ELSE ''
        END,
        ''
      ) AS `segment`,
      `t23`.`stage`,
      `t23`.`phase`,
      `t23`.`position`,
      `t23`.`process`,
      `t23`.`process_version_id`,
      `t23`.`outcome`,
      `t23`.`proof`,
      `t23`.`amount`,
      `t23`.`currency`,
      `t23`.`expected_close`,
      `t23`.`owner_id`,
      `t23`.`engaged_since`,
      `t23`.`decided_on`,
      `t23`.`rests`,
      `t23`.`has_history`,
      `t23`.`decided_number`,
      `t23`.`process_number` AS `version`,
      COALESCE(
        `t23`.`decided_number`,
        LEAST(
          COALESCE(`t23`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        )
      ) - `t23`.`engaged_number` AS `engaged_days`,
      COALESCE(
        `t23`.`decided_number`,
        LEAST(
          COALESCE(`t23`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        )
      ) - `t23`.`buyer_number` AS `buyer_days`,
      LEAST(COALESCE(`t23`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
      LEAST(
        COALESCE(`t23`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
        CAST('⟦number⟧' AS BIGINT)
      ) AS `observed_number`,
      COALESCE(`t23`.`phase` <> 'find', TRUE) OR (
        `t23`.`basis` = 'imported'
      ) AS `in_pipeline`
    FROM (
      SELECT
        `t22`.`deal_id`,
        `t22`.`uid`,
        `t22`.`name`,
        `t22`.`entry_stage`,
        `t22`.`account_id`,
        `t22`.`source`,
        `t22`.`product`,
        `t22`.`engaged_since`,
        `t22`.`engaged_number`,
        `t22`.`buyer_number`,
        `t22`.`seen_until`,
        `t22`.`seen_number`,
        `t22`.`has_history`,
        `t22`.`process_version_id`,
        `t22`.`stage`,
        `t22`.`outcome`,
        `t22`.`proof`,
        `t22`.`basis`,
        `t22`.`amount`,
        `t22`.`currency`,
        `t22`.`owner_id`,
        `t22`.`team_id`,
        `t22`.`expected_close`,
        `t22`.`decided_on`,
        `t22`.`decided_number`,
        `t22`.`rests`,
        `t22`.`industry`,
        `t22`.`country`,
        `t22`.`size`,
        `t7`.`process_version_id` AS `process_version_id_right`,
        `t7`.`process`,
        `t7`.`process_number`,
        `t7`.`stage` AS `stage_right`,
        `t7`.`phase`,
        `t7`.`position`
      FROM (
        SELECT
          `t20`.`deal_id`,
          `t20`.`uid`,
          `t20`.`name`,
          `t20`.`entry_stage`,
          `t20`.`account_id`,
          `t20`.`source`,
          `t20`.`product`,
          `t20`.`engaged_since`,
          `t20`.`engaged_number`,
          `t20`.`buyer_number`,
          `t20`.`seen_until`,
          `t20`.`seen_number`,
          `t20`.`has_history`,
          `t20`.`process_version_id`,
          `t20`.`stage`,
          `t20`.`outcome`,
          `t20`.`proof`,
          `t20`.`basis`,
          `t20`.`amount`,
          `t20`.`currency`,
          `t20`.`owner_id`,
          `t20`.`team_id`,
          `t20`.`expected_close`,
          `t20`.`decided_on`,
          `t20`.`decided_number`,
          `t20`.`rests`,
          `t20`.`industry`,
          `t20`.`country`,
          `t20`.`size`
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
            COALESCE(`t16`.`process_version_id`, `t19`.`process_version_id`) AS `process_version_id`,
            `t17`.`stage`,
            `t17`.`outcome`,
            COALESCE(`t16`.`proof`, `t19`.`proof`) AS `proof`,
            COALESCE(`t16`.`basis`, `t19`.`basis`) AS `basis`,
            `t17`.`amount`,
            `t17`.`currency`,
            `t17`.`owner_id`,
            `t17`.`team_id`,
            `t17`.`expected_close`,
            CASE
              WHEN `t17`.`outcome` = 'open'
              THEN CAST(NULL AS DATE)
              WHEN `t19`.`decided_on` <= CAST('⟦day⟧' AS DATE)
              THEN `t19`.`decided_on`
              ELSE `t17`.`valid_from_on`
            END AS `decided_on`,
            CASE
              WHEN `t17`.`outcome` = 'open'
              THEN CAST(NULL AS INT)
              WHEN `t19`.`decided_on` <= CAST('⟦day⟧' AS DATE)
              THEN `t19`.`decided_number`
              ELSE `t17`.`valid_from_number`
            END AS `decided_number`,
            FALSE AS `rests`,
            `t12`.`account_id` AS `account_id_right`,
            `t12`.`industry`,
            `t12`.`country`,
            `t12`.`size`
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
                  `t6`.`deal_id`
                FROM `fact_deal_member` AS `t6`
                WHERE
                  `t6`.`user_id` = CAST('⟦viewer⟧' AS BIGINT)
              )
          ) AS `t19`
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
          ) AS `t17`
            ON `t19`.`deal_id` = `t17`.`deal_id`
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
          ) AS `t16`
            ON `t19`.`deal_id` = `t16`.`deal_id`
          LEFT OUTER JOIN (
            SELECT
              `t5`.`account_id`,
              `t5`.`industry`,
              `t5`.`country`,
              `t5`.`size`
            FROM `fact_account` AS `t5`
          ) AS `t12`
            ON `t19`.`account_id` = `t12`.`account_id`
        ) AS `t20`
      ) AS `t22`
      LEFT OUTER JOIN `fact_process_stage` AS `t7`
        ON `t22`.`process_version_id` = `t7`.`process_version_id`
        AND `t22`.`stage` = `t7`.`stage`
    ) AS `t23`
  ) AS `t24`
) AS `t25`
GROUP BY
  1
