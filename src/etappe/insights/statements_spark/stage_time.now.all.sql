WITH `t14` AS (
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
    `t13`.`size`,
    `t4`.`process_version_id` AS `process_version_id_right`,
    `t4`.`process`,
    `t4`.`process_number`,
    `t4`.`stage` AS `stage_right`,
    `t4`.`phase`,
    `t4`.`position`
  FROM (
    SELECT
      `t11`.`deal_id`,
      `t11`.`uid`,
      `t11`.`name`,
      `t11`.`process_version_id`,
      `t11`.`stage`,
      `t11`.`status`,
      `t11`.`outcome`,
      `t11`.`proof`,
      `t11`.`basis`,
      `t11`.`entry_stage`,
      `t11`.`stage_since_on`,
      `t11`.`amount`,
      `t11`.`currency`,
      `t11`.`owner_id`,
      `t11`.`team_id`,
      `t11`.`account_id`,
      `t11`.`source`,
      `t11`.`product`,
      `t11`.`expected_close`,
      `t11`.`buyer_since`,
      `t11`.`engaged_since`,
      `t11`.`rests_until`,
      `t11`.`leave_reason`,
      `t11`.`decided_on`,
      `t11`.`seen_until`,
      `t11`.`engaged_number`,
      `t11`.`buyer_number`,
      `t11`.`decided_number`,
      `t11`.`seen_number`,
      `t11`.`has_history`,
      `t11`.`rests`,
      `t11`.`industry`,
      `t11`.`country`,
      `t11`.`size`
    FROM (
      SELECT
        `t10`.`deal_id`,
        `t10`.`uid`,
        `t10`.`name`,
        `t10`.`process_version_id`,
        `t10`.`stage`,
        `t10`.`status`,
        `t10`.`outcome`,
        `t10`.`proof`,
        `t10`.`basis`,
        `t10`.`entry_stage`,
        `t10`.`stage_since_on`,
        `t10`.`amount`,
        `t10`.`currency`,
        `t10`.`owner_id`,
        `t10`.`team_id`,
        `t10`.`account_id`,
        `t10`.`source`,
        `t10`.`product`,
        `t10`.`expected_close`,
        `t10`.`buyer_since`,
        `t10`.`engaged_since`,
        `t10`.`rests_until`,
        `t10`.`leave_reason`,
        `t10`.`decided_on`,
        `t10`.`seen_until`,
        `t10`.`engaged_number`,
        `t10`.`buyer_number`,
        `t10`.`decided_number`,
        `t10`.`seen_number`,
        `t10`.`has_history`,
        `t10`.`rests`,
        `t7`.`account_id` AS `account_id_right`,
        `t7`.`industry`,
        `t7`.`country`,
        `t7`.`size`
      FROM (
        SELECT
          `t2`.`deal_id`,
          `t2`.`uid`,
          `t2`.`name`,
          `t2`.`process_version_id`,
          `t2`.`stage`,
          `t2`.`status`,
          `t2`.`outcome`,
          `t2`.`proof`,
          `t2`.`basis`,
          `t2`.`entry_stage`,
          `t2`.`stage_since_on`,
          `t2`.`amount`,
          `t2`.`currency`,
          `t2`.`owner_id`,
          `t2`.`team_id`,
          `t2`.`account_id`,
          `t2`.`source`,
          `t2`.`product`,
          `t2`.`expected_close`,
          `t2`.`buyer_since`,
          `t2`.`engaged_since`,
          `t2`.`rests_until`,
          `t2`.`leave_reason`,
          `t2`.`decided_on`,
          `t2`.`seen_until`,
          `t2`.`engaged_number`,
          `t2`.`buyer_number`,
          `t2`.`decided_number`,
          `t2`.`seen_number`,
          `t2`.`has_history`,
          COALESCE(`t2`.`rests_until` > CAST('⟦day⟧' AS DATE), FALSE)
          AND (
            `t2`.`outcome` = 'open'
          ) AS `rests`
        FROM `fact_deal` AS `t2`
      ) AS `t10`
      LEFT OUTER JOIN (
        SELECT
          `t3`.`account_id`,
          `t3`.`industry`,
          `t3`.`country`,
          `t3`.`size`
        FROM `fact_account` AS `t3`
      ) AS `t7`
        ON `t10`.`account_id` = `t7`.`account_id`
    ) AS `t11`
  ) AS `t13`
  LEFT OUTER JOIN `fact_process_stage` AS `t4`
    ON `t13`.`process_version_id` = `t4`.`process_version_id`
    AND `t13`.`stage` = `t4`.`stage`
)
SELECT
  *
FROM (
  SELECT
    `t24`.`segment`,
    `t24`.`process`,
    `t24`.`version`,
    `t24`.`process_version_id`,
    `t24`.`position`,
    `t24`.`stage`,
    `t24`.`phase`,
    `t24`.`fate`,
    `t24`.`is_over`,
    `t24`.`days`,
    COUNT(*) AS `deals`,
    MAX(`t24`.`observed_on`) AS `observed_on`,
    MIN(`t24`.`observed_on`) AS `observed_first`
  FROM (
    SELECT
      `t23`.`segment`,
      `t23`.`process`,
      `t23`.`process_number`,
      `t23`.`process_version_id`,
      `t23`.`position`,
      `t23`.`stage`,
      `t23`.`phase`,
      `t23`.`deal_id`,
      `t23`.`outcome`,
      `t23`.`amount`,
      `t23`.`currency`,
      `t23`.`observed_on`,
      `t23`.`last_version`,
      IF(`t23`.`days` IS NULL, `t23`.`days`, GREATEST(0, `t23`.`days`)) AS `days`,
      `t23`.`begun`,
      `t23`.`is_over`,
      `t23`.`went_on`,
      `t23`.`process_number` AS `version`,
      '' AS `fate`
    FROM (
      SELECT
        `t22`.`segment`,
        `t22`.`process`,
        `t22`.`process_number`,
        `t22`.`process_version_id`,
        `t22`.`position`,
        `t22`.`stage`,
        `t22`.`phase`,
        `t22`.`deal_id`,
        `t22`.`outcome`,
        `t22`.`amount`,
        `t22`.`currency`,
        `t22`.`observed_on`,
        `t22`.`last_version`,
        SUM(
          IF(
            (
              `t22`.`left_at` IS NOT NULL
            )
            AND (
              `t22`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
            ),
            `t22`.`left_number`,
            `t22`.`observed_number`
          ) - `t22`.`entered_number`
        ) AS `days`,
        MIN(`t22`.`entered_number`) AS `begun`,
        BOOL_AND(
          (
            `t22`.`left_at` IS NOT NULL
          )
          AND (
            `t22`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
          )
        ) AS `is_over`,
        BOOL_OR(`t22`.`goes_on`) AS `went_on`
      FROM (
        SELECT
          `t20`.`visit_id`,
          `t20`.`deal_id`,
          `t20`.`process_version_id`,
          `t20`.`stage`,
          `t20`.`status`,
          `t20`.`basis`,
          `t20`.`proof`,
          `t20`.`entered_at`,
          `t20`.`left_at`,
          `t20`.`backfilled`,
          `t20`.`entered_number`,
          `t20`.`left_number`,
          `t20`.`process`,
          `t20`.`process_number`,
          `t20`.`phase`,
          `t20`.`position`,
          `t20`.`segment`,
          `t20`.`outcome`,
          `t20`.`amount`,
          `t20`.`currency`,
          `t20`.`observed_on`,
          `t20`.`observed_number`,
          `t20`.`last_version`,
          COALESCE(
            MAX(`t20`.`position`) OVER (
              PARTITION BY `t20`.`deal_id`, `t20`.`process_version_id`
              ORDER BY `t20`.`entered_at` ASC NULLS LAST, `t20`.`visit_id` ASC NULLS LAST
              ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
            ) > `t20`.`position`,
            FALSE
          ) AS `goes_on`
        FROM (
          SELECT
            `t8`.`visit_id`,
            `t8`.`deal_id`,
            `t8`.`process_version_id`,
            `t8`.`stage`,
            `t8`.`status`,
            `t8`.`basis`,
            `t8`.`proof`,
            `t8`.`entered_at`,
            `t8`.`left_at`,
            `t8`.`backfilled`,
            `t8`.`entered_number`,
            `t8`.`left_number`,
            `t4`.`process`,
            `t4`.`process_number`,
            `t4`.`phase`,
            `t4`.`position`,
            `t18`.`segment`,
            `t18`.`outcome`,
            `t18`.`amount`,
            `t18`.`currency`,
            `t18`.`observed_on`,
            `t18`.`observed_number`,
            `t18`.`last_version`
          FROM (
            SELECT
              *
            FROM `fact_stage_visit` AS `t0`
            WHERE
              `t0`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP) AND `t0`.`status` = 'open'
          ) AS `t8`
          INNER JOIN `fact_process_stage` AS `t4`
            ON `t8`.`process_version_id` = `t4`.`process_version_id`
            AND `t8`.`stage` = `t4`.`stage`
          INNER JOIN (
            SELECT
              `t15`.`deal_id`,
              COALESCE(
                CASE
                  WHEN '⟦by⟧' = 'owner'
                  THEN CAST(`t15`.`owner_id` AS STRING)
                  WHEN '⟦by⟧' = 'team'
                  THEN CAST(`t15`.`team_id` AS STRING)
                  WHEN '⟦by⟧' = 'source'
                  THEN `t15`.`source`
                  WHEN '⟦by⟧' = 'product'
                  THEN `t15`.`product`
                  WHEN '⟦by⟧' = 'industry'
                  THEN `t15`.`industry`
                  WHEN '⟦by⟧' = 'country'
                  THEN `t15`.`country`
                  WHEN '⟦by⟧' = 'size'
                  THEN `t15`.`size`
                  WHEN '⟦by⟧' = 'process'
                  THEN CONCAT(CONCAT(`t15`.`process`, ' '), CAST(`t15`.`process_number` AS STRING))
                  WHEN '⟦by⟧' = 'entry_stage'
                  THEN `t15`.`entry_stage`
                  ELSE ''
                END,
                ''
              ) AS `segment`,
              `t15`.`outcome`,
              `t15`.`amount`,
              `t15`.`currency`,
              LEAST(COALESCE(`t15`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
              LEAST(
                COALESCE(`t15`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                CAST('⟦number⟧' AS BIGINT)
              ) AS `observed_number`,
              `t15`.`process_version_id` AS `last_version`
            FROM `t14` AS `t15`
            WHERE
              `t15`.`has_history`
          ) AS `t18`
            ON `t8`.`deal_id` = `t18`.`deal_id`
        ) AS `t20`
      ) AS `t22`
      GROUP BY
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
        11,
        12,
        13
    ) AS `t23`
  ) AS `t24`
  GROUP BY
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10
) AS `t25`
UNION ALL
SELECT
  *
FROM (
  SELECT
    `t19`.`segment`,
    '' AS `process`,
    CAST(-1 AS INT) AS `version`,
    CAST(-1 AS BIGINT) AS `process_version_id`,
    CAST(-1 AS INT) AS `position`,
    '' AS `stage`,
    '' AS `phase`,
    `t19`.`outcome` AS `fate`,
    `t19`.`has_history` AS `is_over`,
    CAST(-1 AS BIGINT) AS `days`,
    `t19`.`deals`,
    `t19`.`observed_on`,
    `t19`.`observed_first`
  FROM (
    SELECT
      `t17`.`segment`,
      `t17`.`outcome`,
      `t17`.`has_history`,
      COUNT(*) AS `deals`,
      MAX(`t17`.`observed_on`) AS `observed_on`,
      MIN(`t17`.`observed_on`) AS `observed_first`
    FROM (
      SELECT
        `t15`.`deal_id`,
        `t15`.`uid`,
        `t15`.`name`,
        COALESCE(
          CASE
            WHEN '⟦by⟧' = 'owner'
            THEN CAST(`t15`.`owner_id` AS STRING)
            WHEN '⟦by⟧' = 'team'
            THEN CAST(`t15`.`team_id` AS STRING)
            WHEN '⟦by⟧' = 'source'
            THEN `t15`.`source`
            WHEN '⟦by⟧' = 'product'
            THEN `t15`.`product`
            WHEN '⟦by⟧' = 'industry'
            THEN `t15`.`industry`
            WHEN '⟦by⟧' = 'country'
            THEN `t15`.`country`
            WHEN '⟦by⟧' = 'size'
            THEN `t15`.`size`
            WHEN '⟦by⟧' = 'process'
            THEN CONCAT(CONCAT(`t15`.`process`, ' '), CAST(`t15`.`process_number` AS STRING))
            WHEN '⟦by⟧' = 'entry_stage'
            THEN `t15`.`entry_stage`
            ELSE ''
          END,
          ''
        ) AS `segment`,
        `t15`.`stage`,
        `t15`.`phase`,
        `t15`.`position`,
        `t15`.`process`,
        `t15`.`process_version_id`,
        `t15`.`outcome`,
        `t15`.`proof`,
        `t15`.`amount`,
        `t15`.`currency`,
        `t15`.`expected_close`,
        `t15`.`owner_id`,
        `t15`.`engaged_since`,
        `t15`.`decided_on`,
        `t15`.`rests`,
        `t15`.`has_history`,
        `t15`.`decided_number`,
        `t15`.`process_number` AS `version`,
        COALESCE(
          `t15`.`decided_number`,
          LEAST(
            COALESCE(`t15`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - `t15`.`engaged_number` AS `engaged_days`,
        COALESCE(
          `t15`.`decided_number`,
          LEAST(
            COALESCE(`t15`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - `t15`.`buyer_number` AS `buyer_days`,
        LEAST(COALESCE(`t15`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
        LEAST(
          COALESCE(`t15`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        ) AS `observed_number`,
        COALESCE(`t15`.`phase` <> 'find', TRUE) OR (
          `t15`.`basis` = 'imported'
        ) AS `in_pipeline`
      FROM `t14` AS `t15`
    ) AS `t17`
    GROUP BY
      1,
      2,
      3
  ) AS `t19`
) AS `t21`
