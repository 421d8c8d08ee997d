WITH `t18` AS (
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
    `t17`.`size`,
    `t5`.`process_version_id` AS `process_version_id_right`,
    `t5`.`process`,
    `t5`.`process_number`,
    `t5`.`stage` AS `stage_right`,
    `t5`.`phase`,
    `t5`.`position`
  FROM (
    SELECT
      `t15`.`deal_id`,
      `t15`.`uid`,
      `t15`.`name`,
      `t15`.`entry_stage`,
      `t15`.`account_id`,
      `t15`.`source`,
      `t15`.`product`,
      `t15`.`engaged_since`,
      `t15`.`engaged_number`,
      `t15`.`buyer_number`,
      `t15`.`seen_until`,
      `t15`.`seen_number`,
      `t15`.`has_history`,
      `t15`.`process_version_id`,
      `t15`.`stage`,
      `t15`.`outcome`,
      `t15`.`proof`,
      `t15`.`basis`,
      `t15`.`amount`,
      `t15`.`currency`,
      `t15`.`owner_id`,
      `t15`.`team_id`,
      `t15`.`expected_close`,
      `t15`.`decided_on`,
      `t15`.`decided_number`,
      `t15`.`rests`,
      `t15`.`industry`,
      `t15`.`country`,
      `t15`.`size`
    FROM (
      SELECT
        `t6`.`deal_id`,
        `t6`.`uid`,
        `t6`.`name`,
        `t6`.`entry_stage`,
        `t6`.`account_id`,
        `t6`.`source`,
        `t6`.`product`,
        `t6`.`engaged_since`,
        `t6`.`engaged_number`,
        `t6`.`buyer_number`,
        `t6`.`seen_until`,
        `t6`.`seen_number`,
        `t6`.`has_history`,
        COALESCE(`t13`.`process_version_id`, `t6`.`process_version_id`) AS `process_version_id`,
        `t14`.`stage`,
        `t14`.`outcome`,
        COALESCE(`t13`.`proof`, `t6`.`proof`) AS `proof`,
        COALESCE(`t13`.`basis`, `t6`.`basis`) AS `basis`,
        `t14`.`amount`,
        `t14`.`currency`,
        `t14`.`owner_id`,
        `t14`.`team_id`,
        `t14`.`expected_close`,
        CASE
          WHEN `t14`.`outcome` = 'open'
          THEN CAST(NULL AS DATE)
          WHEN `t6`.`decided_on` <= CAST('⟦day⟧' AS DATE)
          THEN `t6`.`decided_on`
          ELSE `t14`.`valid_from_on`
        END AS `decided_on`,
        CASE
          WHEN `t14`.`outcome` = 'open'
          THEN CAST(NULL AS INT)
          WHEN `t6`.`decided_on` <= CAST('⟦day⟧' AS DATE)
          THEN `t6`.`decided_number`
          ELSE `t14`.`valid_from_number`
        END AS `decided_number`,
        FALSE AS `rests`,
        `t9`.`account_id` AS `account_id_right`,
        `t9`.`industry`,
        `t9`.`country`,
        `t9`.`size`
      FROM `fact_deal` AS `t6`
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
      ) AS `t14`
        ON `t6`.`deal_id` = `t14`.`deal_id`
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
      ) AS `t13`
        ON `t6`.`deal_id` = `t13`.`deal_id`
      LEFT OUTER JOIN (
        SELECT
          `t4`.`account_id`,
          `t4`.`industry`,
          `t4`.`country`,
          `t4`.`size`
        FROM `fact_account` AS `t4`
      ) AS `t9`
        ON `t6`.`account_id` = `t9`.`account_id`
    ) AS `t15`
  ) AS `t17`
  LEFT OUTER JOIN `fact_process_stage` AS `t5`
    ON `t17`.`process_version_id` = `t5`.`process_version_id`
    AND `t17`.`stage` = `t5`.`stage`
)
SELECT
  *
FROM (
  SELECT
    `t28`.`segment`,
    `t28`.`process`,
    `t28`.`version`,
    `t28`.`process_version_id`,
    `t28`.`position`,
    `t28`.`stage`,
    `t28`.`phase`,
    `t28`.`fate`,
    `t28`.`is_over`,
    `t28`.`outcome`,
    `t28`.`currency`,
    `t28`.`recent`,
    `t28`.`days`,
    COUNT(*) AS `deals`,
    COUNT(`t28`.`amount`) AS `with_amount`,
    SUM(`t28`.`amount`) AS `amount`,
    MAX(`t28`.`observed_on`) AS `observed_on`,
    MIN(`t28`.`observed_on`) AS `observed_first`
  FROM (
    SELECT
      `t27`.`segment`,
      `t27`.`process`,
      `t27`.`process_number`,
      `t27`.`process_version_id`,
      `t27`.`position`,
      `t27`.`stage`,
      `t27`.`phase`,
      `t27`.`deal_id`,
      `t27`.`outcome`,
      `t27`.`amount`,
      `t27`.`currency`,
      `t27`.`observed_on`,
      `t27`.`last_version`,
      IF(`t27`.`days` IS NULL, `t27`.`days`, GREATEST(0, `t27`.`days`)) AS `days`,
      `t27`.`begun`,
      `t27`.`is_over`,
      `t27`.`went_on`,
      `t27`.`process_number` AS `version`,
      CASE
        WHEN `t27`.`went_on`
        OR (
          (
            `t27`.`process_version_id` = `t27`.`last_version`
          )
          AND (
            `t27`.`outcome` = 'won'
          )
        )
        THEN 'on'
        WHEN (
          `t27`.`process_version_id` = `t27`.`last_version`
        )
        AND `t27`.`outcome` IN ('lost', 'declined', 'disqualified')
        THEN 'out'
        ELSE 'still'
      END AS `fate`,
      IF(`t27`.`begun` > (
        CAST('⟦number⟧' AS BIGINT) - 365
      ), 1, 0) AS `recent`
    FROM (
      SELECT
        `t26`.`segment`,
        `t26`.`process`,
        `t26`.`process_number`,
        `t26`.`process_version_id`,
        `t26`.`position`,
        `t26`.`stage`,
        `t26`.`phase`,
        `t26`.`deal_id`,
        `t26`.`outcome`,
        `t26`.`amount`,
        `t26`.`currency`,
        `t26`.`observed_on`,
        `t26`.`last_version`,
        SUM(
          IF(
            (
              `t26`.`left_at` IS NOT NULL
            )
            AND (
              `t26`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
            ),
            `t26`.`left_number`,
            `t26`.`observed_number`
          ) - `t26`.`entered_number`
        ) AS `days`,
        MIN(`t26`.`entered_number`) AS `begun`,
        BOOL_AND(
          (
            `t26`.`left_at` IS NOT NULL
          )
          AND (
            `t26`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
          )
        ) AS `is_over`,
        BOOL_OR(`t26`.`goes_on`) AS `went_on`
      FROM (
        SELECT
          `t24`.`visit_id`,
          `t24`.`deal_id`,
          `t24`.`process_version_id`,
          `t24`.`stage`,
          `t24`.`status`,
          `t24`.`basis`,
          `t24`.`proof`,
          `t24`.`entered_at`,
          `t24`.`left_at`,
          `t24`.`backfilled`,
          `t24`.`entered_number`,
          `t24`.`left_number`,
          `t24`.`process`,
          `t24`.`process_number`,
          `t24`.`phase`,
          `t24`.`position`,
          `t24`.`segment`,
          `t24`.`outcome`,
          `t24`.`amount`,
          `t24`.`currency`,
          `t24`.`observed_on`,
          `t24`.`observed_number`,
          `t24`.`last_version`,
          COALESCE(
            MAX(`t24`.`position`) OVER (
              PARTITION BY `t24`.`deal_id`, `t24`.`process_version_id`
              ORDER BY `t24`.`entered_at` ASC NULLS LAST, `t24`.`visit_id` ASC NULLS LAST
              ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
            ) > `t24`.`position`,
            FALSE
          ) AS `goes_on`
        FROM (
          SELECT
            `t10`.`visit_id`,
            `t10`.`deal_id`,
            `t10`.`process_version_id`,
            `t10`.`stage`,
            `t10`.`status`,
            `t10`.`basis`,
            `t10`.`proof`,
            `t10`.`entered_at`,
            `t10`.`left_at`,
            `t10`.`backfilled`,
            `t10`.`entered_number`,
            `t10`.`left_number`,
            `t5`.`process`,
            `t5`.`process_number`,
            `t5`.`phase`,
            `t5`.`position`,
            `t22`.`segment`,
            `t22`.`outcome`,
            `t22`.`amount`,
            `t22`.`currency`,
            `t22`.`observed_on`,
            `t22`.`observed_number`,
            `t22`.`last_version`
          FROM (
            SELECT
              *
            FROM `fact_stage_visit` AS `t0`
            WHERE
              `t0`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP) AND `t0`.`status` = 'open'
          ) AS `t10`
          INNER JOIN `fact_process_stage` AS `t5`
            ON `t10`.`process_version_id` = `t5`.`process_version_id`
            AND `t10`.`stage` = `t5`.`stage`
          INNER JOIN (
            SELECT
              `t19`.`deal_id`,
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
              `t19`.`outcome`,
              `t19`.`amount`,
              `t19`.`currency`,
              LEAST(COALESCE(`t19`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
              LEAST(
                COALESCE(`t19`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                CAST('⟦number⟧' AS BIGINT)
              ) AS `observed_number`,
              `t19`.`process_version_id` AS `last_version`
            FROM `t18` AS `t19`
            WHERE
              `t19`.`has_history`
          ) AS `t22`
            ON `t10`.`deal_id` = `t22`.`deal_id`
        ) AS `t24`
      ) AS `t26`
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
    ) AS `t27`
  ) AS `t28`
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
) AS `t29`
UNION ALL
SELECT
  *
FROM (
  SELECT
    `t23`.`segment`,
    '' AS `process`,
    CAST(-1 AS INT) AS `version`,
    CAST(-1 AS BIGINT) AS `process_version_id`,
    CAST(-1 AS INT) AS `position`,
    '' AS `stage`,
    '' AS `phase`,
    `t23`.`outcome` AS `fate`,
    `t23`.`has_history` AS `is_over`,
    `t23`.`outcome`,
    '' AS `currency`,
    -1 AS `recent`,
    CAST(-1 AS BIGINT) AS `days`,
    `t23`.`deals`,
    CAST(-1 AS BIGINT) AS `with_amount`,
    CAST(-1 AS DECIMAL(38, 4)) AS `amount`,
    `t23`.`observed_on`,
    `t23`.`observed_first`
  FROM (
    SELECT
      `t21`.`segment`,
      `t21`.`outcome`,
      `t21`.`has_history`,
      COUNT(*) AS `deals`,
      MAX(`t21`.`observed_on`) AS `observed_on`,
      MIN(`t21`.`observed_on`) AS `observed_first`
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
      FROM `t18` AS `t19`
    ) AS `t21`
    GROUP BY
      1,
      2,
      3
  ) AS `t23`
) AS `t25`
