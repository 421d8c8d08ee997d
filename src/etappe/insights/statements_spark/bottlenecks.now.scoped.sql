WITH `t17` AS (
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
    `t16`.`size`,
    `t5`.`process_version_id` AS `process_version_id_right`,
    `t5`.`process`,
    `t5`.`process_number`,
    `t5`.`stage` AS `stage_right`,
    `t5`.`phase`,
    `t5`.`position`
  FROM (
    SELECT
      `t14`.`deal_id`,
      `t14`.`uid`,
      `t14`.`name`,
      `t14`.`process_version_id`,
      `t14`.`stage`,
      `t14`.`status`,
      `t14`.`outcome`,
      `t14`.`proof`,
      `t14`.`basis`,
      `t14`.`entry_stage`,
      `t14`.`stage_since_on`,
      `t14`.`amount`,
      `t14`.`currency`,
      `t14`.`owner_id`,
      `t14`.`team_id`,
      `t14`.`account_id`,
      `t14`.`source`,
      `t14`.`product`,
      `t14`.`expected_close`,
      `t14`.`buyer_since`,
      `t14`.`engaged_since`,
      `t14`.`rests_until`,
      `t14`.`leave_reason`,
      `t14`.`decided_on`,
      `t14`.`seen_until`,
      `t14`.`engaged_number`,
      `t14`.`buyer_number`,
      `t14`.`decided_number`,
      `t14`.`seen_number`,
      `t14`.`has_history`,
      `t14`.`rests`,
      `t14`.`industry`,
      `t14`.`country`,
      `t14`.`size`
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
        `t8`.`account_id` AS `account_id_right`,
        `t8`.`industry`,
        `t8`.`country`,
        `t8`.`size`
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
          COALESCE(`t11`.`rests_until` > CAST('⟦day⟧' AS DATE), FALSE)
          AND (
            `t11`.`outcome` = 'open'
          ) AS `rests`
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
                `t4`.`deal_id`
              FROM `fact_deal_member` AS `t4`
              WHERE
                `t4`.`user_id` = CAST('⟦viewer⟧' AS BIGINT)
            )
        ) AS `t11`
      ) AS `t13`
      LEFT OUTER JOIN (
        SELECT
          `t3`.`account_id`,
          `t3`.`industry`,
          `t3`.`country`,
          `t3`.`size`
        FROM `fact_account` AS `t3`
      ) AS `t8`
        ON `t13`.`account_id` = `t8`.`account_id`
    ) AS `t14`
  ) AS `t16`
  LEFT OUTER JOIN `fact_process_stage` AS `t5`
    ON `t16`.`process_version_id` = `t5`.`process_version_id`
    AND `t16`.`stage` = `t5`.`stage`
)
SELECT
  *
FROM (
  SELECT
    `t27`.`segment`,
    `t27`.`process`,
    `t27`.`version`,
    `t27`.`process_version_id`,
    `t27`.`position`,
    `t27`.`stage`,
    `t27`.`phase`,
    `t27`.`fate`,
    `t27`.`is_over`,
    `t27`.`outcome`,
    `t27`.`currency`,
    `t27`.`recent`,
    `t27`.`days`,
    COUNT(*) AS `deals`,
    COUNT(`t27`.`amount`) AS `with_amount`,
    SUM(`t27`.`amount`) AS `amount`,
    MAX(`t27`.`observed_on`) AS `observed_on`,
    MIN(`t27`.`observed_on`) AS `observed_first`
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
      IF(`t26`.`days` IS NULL, `t26`.`days`, GREATEST(0, `t26`.`days`)) AS `days`,
      `t26`.`begun`,
      `t26`.`is_over`,
      `t26`.`went_on`,
      `t26`.`process_number` AS `version`,
      CASE
        WHEN `t26`.`went_on`
        OR (
          (
            `t26`.`process_version_id` = `t26`.`last_version`
          )
          AND (
            `t26`.`outcome` = 'won'
          )
        )
        THEN 'on'
        WHEN (
          `t26`.`process_version_id` = `t26`.`last_version`
        )
        AND `t26`.`outcome` IN ('lost', 'declined', 'disqualified')
        THEN 'out'
        ELSE 'still'
      END AS `fate`,
      IF(`t26`.`begun` > (
        CAST('⟦number⟧' AS BIGINT) - 365
      ), 1, 0) AS `recent`
    FROM (
      SELECT
        `t25`.`segment`,
        `t25`.`process`,
        `t25`.`process_number`,
        `t25`.`process_version_id`,
        `t25`.`position`,
        `t25`.`stage`,
        `t25`.`phase`,
        `t25`.`deal_id`,
        `t25`.`outcome`,
        `t25`.`amount`,
        `t25`.`currency`,
        `t25`.`observed_on`,
        `t25`.`last_version`,
        SUM(
          IF(
            (
              `t25`.`left_at` IS NOT NULL
            )
            AND (
              `t25`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
            ),
            `t25`.`left_number`,
            `t25`.`observed_number`
          ) - `t25`.`entered_number`
        ) AS `days`,
        MIN(`t25`.`entered_number`) AS `begun`,
        BOOL_AND(
          (
            `t25`.`left_at` IS NOT NULL
          )
          AND (
            `t25`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
          )
        ) AS `is_over`,
        BOOL_OR(`t25`.`goes_on`) AS `went_on`
      FROM (
        SELECT
          `t23`.`visit_id`,
          `t23`.`deal_id`,
          `t23`.`process_version_id`,
          `t23`.`stage`,
          `t23`.`status`,
          `t23`.`basis`,
          `t23`.`proof`,
          `t23`.`entered_at`,
          `t23`.`left_at`,
          `t23`.`backfilled`,
          `t23`.`entered_number`,
          `t23`.`left_number`,
          `t23`.`process`,
          `t23`.`process_number`,
          `t23`.`phase`,
          `t23`.`position`,
          `t23`.`segment`,
          `t23`.`outcome`,
          `t23`.`amount`,
          `t23`.`currency`,
          `t23`.`observed_on`,
          `t23`.`observed_number`,
          `t23`.`last_version`,
          COALESCE(
            MAX(`t23`.`position`) OVER (
              PARTITION BY `t23`.`deal_id`, `t23`.`process_version_id`
              ORDER BY `t23`.`entered_at` ASC NULLS LAST, `t23`.`visit_id` ASC NULLS LAST
              ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
            ) > `t23`.`position`,
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
            `t21`.`segment`,
            `t21`.`outcome`,
            `t21`.`amount`,
            `t21`.`currency`,
            `t21`.`observed_on`,
            `t21`.`observed_number`,
            `t21`.`last_version`
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
              `t18`.`deal_id`,
              COALESCE(
                CASE
                  WHEN '⟦by⟧' = 'owner'
                  THEN CAST(`t18`.`owner_id` AS STRING)
                  WHEN '⟦by⟧' = 'team'
                  THEN CAST(`t18`.`team_id` AS STRING)
                  WHEN '⟦by⟧' = 'source'
                  THEN `t18`.`source`
                  WHEN '⟦by⟧' = 'product'
                  THEN `t18`.`product`
                  WHEN '⟦by⟧' = 'industry'
                  THEN `t18`.`industry`
                  WHEN '⟦by⟧' = 'country'
                  THEN `t18`.`country`
                  WHEN '⟦by⟧' = 'size'
                  THEN `t18`.`size`
                  WHEN '⟦by⟧' = 'process'
                  THEN CONCAT(CONCAT(`t18`.`process`, ' '), CAST(`t18`.`process_number` AS STRING))
                  WHEN '⟦by⟧' = 'entry_stage'
                  THEN `t18`.`entry_stage`
                  ELSE ''
                END,
                ''
              ) AS `segment`,
              `t18`.`outcome`,
              `t18`.`amount`,
              `t18`.`currency`,
              LEAST(COALESCE(`t18`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
              LEAST(
                COALESCE(`t18`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                CAST('⟦number⟧' AS BIGINT)
              ) AS `observed_number`,
              `t18`.`process_version_id` AS `last_version`
            FROM `t17` AS `t18`
            WHERE
              `t18`.`has_history`
          ) AS `t21`
            ON `t10`.`deal_id` = `t21`.`deal_id`
        ) AS `t23`
      ) AS `t25`
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
    ) AS `t26`
  ) AS `t27`
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
) AS `t28`
UNION ALL
SELECT
  *
FROM (
  SELECT
    `t22`.`segment`,
    '' AS `process`,
    CAST(-1 AS INT) AS `version`,
    CAST(-1 AS BIGINT) AS `process_version_id`,
    CAST(-1 AS INT) AS `position`,
    '' AS `stage`,
    '' AS `phase`,
    `t22`.`outcome` AS `fate`,
    `t22`.`has_history` AS `is_over`,
    `t22`.`outcome`,
    '' AS `currency`,
    -1 AS `recent`,
    CAST(-1 AS BIGINT) AS `days`,
    `t22`.`deals`,
    CAST(-1 AS BIGINT) AS `with_amount`,
    CAST(-1 AS DECIMAL(38, 4)) AS `amount`,
    `t22`.`observed_on`,
    `t22`.`observed_first`
  FROM (
    SELECT
      `t20`.`segment`,
      `t20`.`outcome`,
      `t20`.`has_history`,
      COUNT(*) AS `deals`,
      MAX(`t20`.`observed_on`) AS `observed_on`,
      MIN(`t20`.`observed_on`) AS `observed_first`
    FROM (
      SELECT
        `t18`.`deal_id`,
        `t18`.`uid`,
        `t18`.`name`,
        COALESCE(
          CASE
            WHEN '⟦by⟧' = 'owner'
            THEN CAST(`t18`.`owner_id` AS STRING)
            WHEN '⟦by⟧' = 'team'
            THEN CAST(`t18`.`team_id` AS STRING)
            WHEN '⟦by⟧' = 'source'
            THEN `t18`.`source`
            WHEN '⟦by⟧' = 'product'
            THEN `t18`.`product`
            WHEN '⟦by⟧' = 'industry'
            THEN `t18`.`industry`
            WHEN '⟦by⟧' = 'country'
            THEN `t18`.`country`
            WHEN '⟦by⟧' = 'size'
            THEN `t18`.`size`
            WHEN '⟦by⟧' = 'process'
            THEN CONCAT(CONCAT(`t18`.`process`, ' '), CAST(`t18`.`process_number` AS STRING))
            WHEN '⟦by⟧' = 'entry_stage'
            THEN `t18`.`entry_stage`
            ELSE ''
          END,
          ''
        ) AS `segment`,
        `t18`.`stage`,
        `t18`.`phase`,
        `t18`.`position`,
        `t18`.`process`,
        `t18`.`process_version_id`,
        `t18`.`outcome`,
        `t18`.`proof`,
        `t18`.`amount`,
        `t18`.`currency`,
        `t18`.`expected_close`,
        `t18`.`owner_id`,
        `t18`.`engaged_since`,
        `t18`.`decided_on`,
        `t18`.`rests`,
        `t18`.`has_history`,
        `t18`.`decided_number`,
        `t18`.`process_number` AS `version`,
        COALESCE(
          `t18`.`decided_number`,
          LEAST(
            COALESCE(`t18`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - `t18`.`engaged_number` AS `engaged_days`,
        COALESCE(
          `t18`.`decided_number`,
          LEAST(
            COALESCE(`t18`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - `t18`.`buyer_number` AS `buyer_days`,
        LEAST(COALESCE(`t18`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
        LEAST(
          COALESCE(`t18`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        ) AS `observed_number`,
        COALESCE(`t18`.`phase` <> 'find', TRUE) OR (
          `t18`.`basis` = 'imported'
        ) AS `in_pipeline`
      FROM `t17` AS `t18`
    ) AS `t20`
    GROUP BY
      1,
      2,
      3
  ) AS `t22`
) AS `t24`
