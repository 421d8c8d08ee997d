WITH `t21` AS (
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
    `t20`.`size`,
    `t6`.`process_version_id` AS `process_version_id_right`,
    `t6`.`process`,
    `t6`.`process_number`,
    `t6`.`stage` AS `stage_right`,
    `t6`.`phase`,
    `t6`.`position`
  FROM (
    SELECT
      `t18`.`deal_id`,
      `t18`.`uid`,
      `t18`.`name`,
      `t18`.`entry_stage`,
      `t18`.`account_id`,
      `t18`.`source`,
      `t18`.`product`,
      `t18`.`engaged_since`,
      `t18`.`engaged_number`,
      `t18`.`buyer_number`,
      `t18`.`seen_until`,
      `t18`.`seen_number`,
      `t18`.`has_history`,
      `t18`.`process_version_id`,
      `t18`.`stage`,
      `t18`.`outcome`,
      `t18`.`proof`,
      `t18`.`basis`,
      `t18`.`amount`,
      `t18`.`currency`,
      `t18`.`owner_id`,
      `t18`.`team_id`,
      `t18`.`expected_close`,
      `t18`.`decided_on`,
      `t18`.`decided_number`,
      `t18`.`rests`,
      `t18`.`industry`,
      `t18`.`country`,
      `t18`.`size`
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
        COALESCE(`t14`.`process_version_id`, `t17`.`process_version_id`) AS `process_version_id`,
        `t15`.`stage`,
        `t15`.`outcome`,
        COALESCE(`t14`.`proof`, `t17`.`proof`) AS `proof`,
        COALESCE(`t14`.`basis`, `t17`.`basis`) AS `basis`,
        `t15`.`amount`,
        `t15`.`currency`,
        `t15`.`owner_id`,
        `t15`.`team_id`,
        `t15`.`expected_close`,
        CASE
          WHEN `t15`.`outcome` = 'open'
          THEN CAST(NULL AS DATE)
          WHEN `t17`.`decided_on` <= CAST('⟦day⟧' AS DATE)
          THEN `t17`.`decided_on`
          ELSE `t15`.`valid_from_on`
        END AS `decided_on`,
        CASE
          WHEN `t15`.`outcome` = 'open'
          THEN CAST(NULL AS INT)
          WHEN `t17`.`decided_on` <= CAST('⟦day⟧' AS DATE)
          THEN `t17`.`decided_number`
          ELSE `t15`.`valid_from_number`
        END AS `decided_number`,
        FALSE AS `rests`,
        `t9`.`account_id` AS `account_id_right`,
        `t9`.`industry`,
        `t9`.`country`,
        `t9`.`size`
      FROM (
        SELECT
          *
        FROM `fact_deal` AS `t2`
        WHERE
          (
            `t2`.`owner_id` = CAST('⟦viewer⟧' AS BIGINT)
          )
          OR IF(
            CAST('⟦teams⟧' AS ARRAY<BIGINT>) IS NULL,
            NULL,
            COALESCE(ARRAY_CONTAINS(CAST('⟦teams⟧' AS ARRAY<BIGINT>), `t2`.`team_id`), FALSE)
          )
          OR `t2`.`deal_id` IN (
            SELECT
              `t5`.`deal_id`
            FROM `fact_deal_member` AS `t5`
            WHERE
              `t5`.`user_id` = CAST('⟦viewer⟧' AS BIGINT)
          )
      ) AS `t17`
      INNER JOIN (
        SELECT
          *
        FROM `fact_deal_span` AS `t3`
        WHERE
          `t3`.`valid_from` < CAST('⟦moment⟧' AS TIMESTAMP)
          AND (
            (
              `t3`.`valid_to` IS NULL
            )
            OR (
              `t3`.`valid_to` >= CAST('⟦moment⟧' AS TIMESTAMP)
            )
          )
      ) AS `t15`
        ON `t17`.`deal_id` = `t15`.`deal_id`
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
      ) AS `t14`
        ON `t17`.`deal_id` = `t14`.`deal_id`
      LEFT OUTER JOIN (
        SELECT
          `t4`.`account_id`,
          `t4`.`industry`,
          `t4`.`country`,
          `t4`.`size`
        FROM `fact_account` AS `t4`
      ) AS `t9`
        ON `t17`.`account_id` = `t9`.`account_id`
    ) AS `t18`
  ) AS `t20`
  LEFT OUTER JOIN `fact_process_stage` AS `t6`
    ON `t20`.`process_version_id` = `t6`.`process_version_id`
    AND `t20`.`stage` = `t6`.`stage`
)
SELECT
  *
FROM (
  SELECT
    `t31`.`segment`,
    `t31`.`process`,
    `t31`.`version`,
    `t31`.`process_version_id`,
    `t31`.`position`,
    `t31`.`stage`,
    `t31`.`phase`,
    `t31`.`fate`,
    `t31`.`is_over`,
    `t31`.`days`,
    COUNT(*) AS `deals`,
    MAX(`t31`.`observed_on`) AS `observed_on`,
    MIN(`t31`.`observed_on`) AS `observed_first`
  FROM (
    SELECT
      `t30`.`segment`,
      `t30`.`process`,
      `t30`.`process_number`,
      `t30`.`process_version_id`,
      `t30`.`position`,
      `t30`.`stage`,
      `t30`.`phase`,
      `t30`.`deal_id`,
      `t30`.`outcome`,
      `t30`.`amount`,
      `t30`.`currency`,
      `t30`.`observed_on`,
      `t30`.`last_version`,
      IF(`t30`.`days` IS NULL, `t30`.`days`, GREATEST(0, `t30`.`days`)) AS `days`,
      `t30`.`begun`,
      `t30`.`is_over`,
      `t30`.`went_on`,
      `t30`.`process_number` AS `version`,
      '' AS `fate`
    FROM (
      SELECT
        `t29`.`segment`,
        `t29`.`process`,
        `t29`.`process_number`,
        `t29`.`process_version_id`,
        `t29`.`position`,
        `t29`.`stage`,
        `t29`.`phase`,
        `t29`.`deal_id`,
        `t29`.`outcome`,
        `t29`.`amount`,
        `t29`.`currency`,
        `t29`.`observed_on`,
        `t29`.`last_version`,
        SUM(
          IF(
            (
              `t29`.`left_at` IS NOT NULL
            )
            AND (
              `t29`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
            ),
            `t29`.`left_number`,
            `t29`.`observed_number`
          ) - `t29`.`entered_number`
        ) AS `days`,
        MIN(`t29`.`entered_number`) AS `begun`,
        BOOL_AND(
          (
            `t29`.`left_at` IS NOT NULL
          )
          AND (
            `t29`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
          )
        ) AS `is_over`,
        BOOL_OR(`t29`.`goes_on`) AS `went_on`
      FROM (
        SELECT
          `t27`.`visit_id`,
          `t27`.`deal_id`,
          `t27`.`process_version_id`,
          `t27`.`stage`,
          `t27`.`status`,
          `t27`.`basis`,
          `t27`.`proof`,
          `t27`.`entered_at`,
          `t27`.`left_at`,
          `t27`.`backfilled`,
          `t27`.`entered_number`,
          `t27`.`left_number`,
          `t27`.`process`,
          `t27`.`process_number`,
          `t27`.`phase`,
          `t27`.`position`,
          `t27`.`segment`,
          `t27`.`outcome`,
          `t27`.`amount`,
          `t27`.`currency`,
          `t27`.`observed_on`,
          `t27`.`observed_number`,
          `t27`.`last_version`,
          COALESCE(
            MAX(`t27`.`position`) OVER (
              PARTITION BY `t27`.`deal_id`, `t27`.`process_version_id`
              ORDER BY `t27`.`entered_at` ASC NULLS LAST, `t27`.`visit_id` ASC NULLS LAST
              ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
            ) > `t27`.`position`,
            FALSE
          ) AS `goes_on`
        FROM (
          SELECT
            `t11`.`visit_id`,
            `t11`.`deal_id`,
            `t11`.`process_version_id`,
            `t11`.`stage`,
            `t11`.`status`,
            `t11`.`basis`,
            `t11`.`proof`,
            `t11`.`entered_at`,
            `t11`.`left_at`,
            `t11`.`backfilled`,
            `t11`.`entered_number`,
            `t11`.`left_number`,
            `t6`.`process`,
            `t6`.`process_number`,
            `t6`.`phase`,
            `t6`.`position`,
            `t25`.`segment`,
            `t25`.`outcome`,
            `t25`.`amount`,
            `t25`.`currency`,
            `t25`.`observed_on`,
            `t25`.`observed_number`,
            `t25`.`last_version`
          FROM (
            SELECT
              *
            FROM `fact_stage_visit` AS `t0`
            WHERE
              `t0`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP) AND `t0`.`status` = 'open'
          ) AS `t11`
          INNER JOIN `fact_process_stage` AS `t6`
            ON `t11`.`process_version_id` = `t6`.`process_version_id`
            AND `t11`.`stage` = `t6`.`stage`
          INNER JOIN (
            SELECT
              `t22`.`deal_id`,
              COALESCE(
                CASE
                  WHEN '⟦by⟧' = 'owner'
                  THEN CAST(`t22`.`owner_id` AS STRING)
                  WHEN '⟦by⟧' = 'team'
                  THEN CAST(`t22`.`team_id` AS STRING)
                  WHEN '⟦by⟧' = 'source'
                  THEN `t22`.`source`
                  WHEN '⟦by⟧' = 'product'
                  THEN `t22`.`product`
                  WHEN '⟦by⟧' = 'industry'
                  THEN `t22`.`industry`
                  WHEN '⟦by⟧' = 'country'
                  THEN `t22`.`country`
                  WHEN '⟦by⟧' = 'size'
                  THEN `t22`.`size`
                  WHEN '⟦by⟧' = 'process'
                  THEN CONCAT(CONCAT(`t22`.`process`, ' '), CAST(`t22`.`process_number` AS STRING))
                  WHEN '⟦by⟧' = 'entry_stage'
                  THEN `t22`.`entry_stage`
                  ELSE ''
                END,
                ''
              ) AS `segment`,
              `t22`.`outcome`,
              `t22`.`amount`,
              `t22`.`currency`,
              LEAST(COALESCE(`t22`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
              LEAST(
                COALESCE(`t22`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                CAST('⟦number⟧' AS BIGINT)
              ) AS `observed_number`,
              `t22`.`process_version_id` AS `last_version`
            FROM `t21` AS `t22`
            WHERE
              `t22`.`has_history`
          ) AS `t25`
            ON `t11`.`deal_id` = `t25`.`deal_id`
        ) AS `t27`
      ) AS `t29`
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
    ) AS `t30`
  ) AS `t31`
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
) AS `t32`
UNION ALL
SELECT
  *
FROM (
  SELECT
    `t26`.`segment`,
    '' AS `process`,
    CAST(-1 AS INT) AS `version`,
    CAST(-1 AS BIGINT) AS `process_version_id`,
    CAST(-1 AS INT) AS `position`,
    '' AS `stage`,
    '' AS `phase`,
    `t26`.`outcome` AS `fate`,
    `t26`.`has_history` AS `is_over`,
    CAST(-1 AS BIGINT) AS `days`,
    `t26`.`deals`,
    `t26`.`observed_on`,
    `t26`.`observed_first`
  FROM (
    SELECT
      `t24`.`segment`,
      `t24`.`outcome`,
      `t24`.`has_history`,
      COUNT(*) AS `deals`,
      MAX(`t24`.`observed_on`) AS `observed_on`,
      MIN(`t24`.`observed_on`) AS `observed_first`
    FROM (
      SELECT
        `t22`.`deal_id`,
        `t22`.`uid`,
        `t22`.`name`,
        COALESCE(
          CASE
            WHEN '⟦by⟧' = 'owner'
            THEN CAST(`t22`.`owner_id` AS STRING)
            WHEN '⟦by⟧' = 'team'
            THEN CAST(`t22`.`team_id` AS STRING)
            WHEN '⟦by⟧' = 'source'
            THEN `t22`.`source`
            WHEN '⟦by⟧' = 'product'
            THEN `t22`.`product`
            WHEN '⟦by⟧' = 'industry'
            THEN `t22`.`industry`
            WHEN '⟦by⟧' = 'country'
            THEN `t22`.`country`
            WHEN '⟦by⟧' = 'size'
            THEN `t22`.`size`
            WHEN '⟦by⟧' = 'process'
            THEN CONCAT(CONCAT(`t22`.`process`, ' '), CAST(`t22`.`process_number` AS STRING))
            WHEN '⟦by⟧' = 'entry_stage'
            THEN `t22`.`entry_stage`
            ELSE ''
          END,
          ''
        ) AS `segment`,
        `t22`.`stage`,
        `t22`.`phase`,
        `t22`.`position`,
        `t22`.`process`,
        `t22`.`process_version_id`,
        `t22`.`outcome`,
        `t22`.`proof`,
        `t22`.`amount`,
        `t22`.`currency`,
        `t22`.`expected_close`,
        `t22`.`owner_id`,
        `t22`.`engaged_since`,
        `t22`.`decided_on`,
        `t22`.`rests`,
        `t22`.`has_history`,
        `t22`.`decided_number`,
        `t22`.`process_number` AS `version`,
        COALESCE(
          `t22`.`decided_number`,
          LEAST(
            COALESCE(`t22`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - `t22`.`engaged_number` AS `engaged_days`,
        COALESCE(
          `t22`.`decided_number`,
          LEAST(
            COALESCE(`t22`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - `t22`.`buyer_number` AS `buyer_days`,
        LEAST(COALESCE(`t22`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
        LEAST(
          COALESCE(`t22`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        ) AS `observed_number`,
        COALESCE(`t22`.`phase` <> 'find', TRUE) OR (
          `t22`.`basis` = 'imported'
        ) AS `in_pipeline`
      FROM `t21` AS `t22`
    ) AS `t24`
    GROUP BY
      1,
      2,
      3
  ) AS `t26`
) AS `t28`
