SELECT
  `t35`.`segment`,
  `t35`.`outcome`,
  `t35`.`passed_number`,
  `t35`.`days`,
  `t35`.`deals`,
  `t35`.`observed_on`,
  `t35`.`observed_first`,
  '⟦passed⟧' AS `passed`,
  CAST('⟦within⟧' AS BIGINT) AS `within`,
  CAST('⟦window⟧' AS BIGINT) AS `window`
FROM (
  SELECT
    `t34`.`segment`,
    `t34`.`outcome`,
    `t34`.`passed_number`,
    `t34`.`days`,
    COUNT(*) AS `deals`,
    MAX(`t34`.`observed_on`) AS `observed_on`,
    MIN(`t34`.`observed_on`) AS `observed_first`
  FROM (
    SELECT
      `t33`.`deal_id`,
      `t33`.`uid`,
      `t33`.`name`,
      `t33`.`segment`,
      `t33`.`stage`,
      `t33`.`phase`,
      `t33`.`position`,
      `t33`.`process`,
      `t33`.`process_version_id`,
      `t33`.`outcome`,
      `t33`.`proof`,
      `t33`.`amount`,
      `t33`.`currency`,
      `t33`.`expected_close`,
      `t33`.`owner_id`,
      `t33`.`engaged_since`,
      `t33`.`decided_on`,
      `t33`.`rests`,
      `t33`.`has_history`,
      `t33`.`decided_number`,
      `t33`.`version`,
      `t33`.`engaged_days`,
      `t33`.`buyer_days`,
      `t33`.`observed_on`,
      `t33`.`observed_number`,
      `t33`.`in_pipeline`,
      `t33`.`passenger`,
      `t33`.`came_on`,
      IF(`t33`.`is_in_window`, `t33`.`passed_number`, CAST(NULL AS INT)) AS `passed_number`,
      `t33`.`days_after`,
      `t33`.`is_in_window`,
      IF(`t33`.`is_in_window`, `t33`.`days_after`, CAST(NULL AS INT)) AS `days`
    FROM (
      SELECT
        `t32`.`deal_id`,
        `t32`.`uid`,
        `t32`.`name`,
        `t32`.`segment`,
        `t32`.`stage`,
        `t32`.`phase`,
        `t32`.`position`,
        `t32`.`process`,
        `t32`.`process_version_id`,
        `t32`.`outcome`,
        `t32`.`proof`,
        `t32`.`amount`,
        `t32`.`currency`,
        `t32`.`expected_close`,
        `t32`.`owner_id`,
        `t32`.`engaged_since`,
        `t32`.`decided_on`,
        `t32`.`rests`,
        `t32`.`has_history`,
        `t32`.`decided_number`,
        `t32`.`version`,
        `t32`.`engaged_days`,
        `t32`.`buyer_days`,
        `t32`.`observed_on`,
        `t32`.`observed_number`,
        `t32`.`in_pipeline`,
        `t32`.`passenger`,
        `t32`.`came_on`,
        COALESCE(
          `t32`.`came_on`,
          IF(
            (
              `t32`.`outcome` = 'won'
            ) AND (
              `t32`.`passenger` IS NOT NULL
            ),
            `t32`.`decided_number`,
            CAST(NULL AS INT)
          )
        ) AS `passed_number`,
        CAST(LEAST(
          IF(
            (
              IF(`t32`.`outcome` = 'open', `t32`.`observed_number`, `t32`.`decided_number`) - COALESCE(
                `t32`.`came_on`,
                IF(
                  (
                    `t32`.`outcome` = 'won'
                  ) AND (
                    `t32`.`passenger` IS NOT NULL
                  ),
                  `t32`.`decided_number`,
                  CAST(NULL AS INT)
                )
              )
            ) IS NULL,
            IF(`t32`.`outcome` = 'open', `t32`.`observed_number`, `t32`.`decided_number`) - COALESCE(
              `t32`.`came_on`,
              IF(
                (
                  `t32`.`outcome` = 'won'
                ) AND (
                  `t32`.`passenger` IS NOT NULL
                ),
                `t32`.`decided_number`,
                CAST(NULL AS INT)
              )
            ),
            GREATEST(
              0,
              IF(`t32`.`outcome` = 'open', `t32`.`observed_number`, `t32`.`decided_number`) - COALESCE(
                `t32`.`came_on`,
                IF(
                  (
                    `t32`.`outcome` = 'won'
                  ) AND (
                    `t32`.`passenger` IS NOT NULL
                  ),
                  `t32`.`decided_number`,
                  CAST(NULL AS INT)
                )
              )
            )
          ),
          CAST('⟦within⟧' AS BIGINT) + 1
        ) AS INT) AS `days_after`,
        COALESCE(
          (
            COALESCE(
              `t32`.`came_on`,
              IF(
                (
                  `t32`.`outcome` = 'won'
                ) AND (
                  `t32`.`passenger` IS NOT NULL
                ),
                `t32`.`decided_number`,
                CAST(NULL AS INT)
              )
            ) > (
              `t32`.`observed_number` - CAST('⟦window⟧' AS BIGINT)
            )
          )
          AND `t32`.`has_history`,
          FALSE
        ) AS `is_in_window`
      FROM (
        SELECT
          `t31`.`deal_id`,
          `t31`.`uid`,
          `t31`.`name`,
          `t31`.`segment`,
          `t31`.`stage`,
          `t31`.`phase`,
          `t31`.`position`,
          `t31`.`process`,
          `t31`.`process_version_id`,
          `t31`.`outcome`,
          `t31`.`proof`,
          `t31`.`amount`,
          `t31`.`currency`,
          `t31`.`expected_close`,
          `t31`.`owner_id`,
          `t31`.`engaged_since`,
          `t31`.`decided_on`,
          `t31`.`rests`,
          `t31`.`has_history`,
          `t31`.`decided_number`,
          `t31`.`version`,
          `t31`.`engaged_days`,
          `t31`.`buyer_days`,
          `t31`.`observed_on`,
          `t31`.`observed_number`,
          `t31`.`in_pipeline`,
          `t30`.`passenger`,
          `t30`.`came_on`
        FROM (
          SELECT
            `t26`.`deal_id`,
            `t26`.`uid`,
            `t26`.`name`,
            COALESCE(
              CASE
                WHEN '⟦by⟧' = 'owner'
                THEN CAST(`t26`.`owner_id` AS STRING)
                WHEN '⟦by⟧' = 'team'
                THEN CAST(`t26`.`team_id` AS STRING)
                WHEN '⟦by⟧' = 'source'
                THEN `t26`.`source`
                WHEN '⟦by⟧' = 'product'
                THEN `t26`.`product`
                WHEN '⟦by⟧' = 'industry'
                THEN `t26`.`industry`
                WHEN '⟦by⟧' = 'country'
                THEN `t26`.`country`
                WHEN '⟦by⟧' = 'size'
                THEN `t26`.`size`
                WHEN '⟦by⟧' = 'process'
                THEN CONCAT(CONCAT(`t26`.`process`, ' '), CAST(`t26`.`process_number` AS STRING))
                WHEN '⟦by⟧' = 'entry_stage'
                THEN `t26`.`entry_stage`
                ELSE ''
              END,
              ''
            ) AS `segment`,
            `t26`.`stage`,
            `t26`.`phase`,
            `t26`.`position`,
            `t26`.`process`,
            `t26`.`process_version_id`,
            `t26`.`outcome`,
            `t26`.`proof`,
            `t26`.`amount`,
            `t26`.`currency`,
            `t26`.`expected_close`,
            `t26`.`owner_id`,
            `t26`.`engaged_since`,
            `t26`.`decided_on`,
            `t26`.`rests`,
            `t26`.`has_history`,
            `t26`.`decided_number`,
            `t26`.`process_number` AS `version`,
            COALESCE(
              `t26`.`decided_number`,
              LEAST(
                COALESCE(`t26`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                CAST('⟦number⟧' AS BIGINT)
              )
            ) - `t26`.`engaged_number` AS `engaged_days`,
            COALESCE(
              `t26`.`decided_number`,
              LEAST(
                COALESCE(`t26`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                CAST('⟦number⟧' AS BIGINT)
              )
            ) - `t26`.`buyer_number` AS `buyer_days`,
            LEAST(COALESCE(`t26`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
            LEAST(
              COALESCE(`t26`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            ) AS `observed_number`,
            COALESCE(`t26`.`phase` <> 'find', TRUE) OR (
              `t26`.`basis` = 'imported'
            ) AS `in_pipeline`
          FROM (
            SELECT
              `t24`.`deal_id`,
              `t24`.`uid`,
              `t24`.`name`,
              `t24`.`entry_stage`,
              `t24`.`account_id`,
              `t24`.`source`,
              `t24`.`product`,
              `t24`.`engaged_since`,
              `t24`.`engaged_number`,
              `t24`.`buyer_number`,
              `t24`.`seen_until`,
              `t24`.`seen_number`,
              `t24`.`has_history`,
              `t24`.`process_version_id`,
              `t24`.`stage`,
              `t24`.`outcome`,
              `t24`.`proof`,
              `t24`.`basis`,
              `t24`.`amount`,
              `t24`.`currency`,
              `t24`.`owner_id`,
              `t24`.`team_id`,
              `t24`.`expected_close`,
              `t24`.`decided_on`,
              `t24`.`decided_number`,
              `t24`.`rests`,
              `t24`.`industry`,
              `t24`.`country`,
              `t24`.`size`,
              `t6`.`process_version_id` AS `process_version_id_right`,
              `t6`.`process`,
              `t6`.`process_number`,
              `t6`.`stage` AS `stage_right`,
              `t6`.`phase`,
              `t6`.`position`
            FROM (
              SELECT
                `t21`.`deal_id`,
                `t21`.`uid`,
                `t21`.`name`,
                `t21`.`entry_stage`,
                `t21`.`account_id`,
                `t21`.`source`,
                `t21`.`product`,
                `t21`.`engaged_since`,
                `t21`.`engaged_number`,
                `t21`.`buyer_number`,
                `t21`.`seen_until`,
                `t21`.`seen_number`,
                `t21`.`has_history`,
                `t21`.`process_version_id`,
                `t21`.`stage`,
                `t21`.`outcome`,
                `t21`.`proof`,
                `t21`.`basis`,
                `t21`.`amount`,
                `t21`.`currency`,
                `t21`.`owner_id`,
                `t21`.`team_id`,
                `t21`.`expected_close`,
                `t21`.`decided_on`,
                `t21`.`decided_number`,
                `t21`.`rests`,
                `t21`.`industry`,
                `t21`.`country`,
                `t21`.`size`
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
                  COALESCE(`t15`.`process_version_id`, `t17`.`process_version_id`) AS `process_version_id`,
                  `t14`.`stage`,
                  `t14`.`outcome`,
                  COALESCE(`t15`.`proof`, `t17`.`proof`) AS `proof`,
                  COALESCE(`t15`.`basis`, `t17`.`basis`) AS `basis`,
                  `t14`.`amount`,
                  `t14`.`currency`,
                  `t14`.`owner_id`,
                  `t14`.`team_id`,
                  `t14`.`expected_close`,
                  CASE
                    WHEN `t14`.`outcome` = 'open'
                    THEN CAST(NULL AS DATE)
                    WHEN `t17`.`decided_on` <= CAST('⟦day⟧' AS DATE)
                    THEN `t17`.`decided_on`
                    ELSE `t14`.`valid_from_on`
                  END AS `decided_on`,
                  CASE
                    WHEN `t14`.`outcome` = 'open'
                    THEN CAST(NULL AS INT)
                    WHEN `t17`.`decided_on` <= CAST('⟦day⟧' AS DATE)
                    THEN `t17`.`decided_number`
                    ELSE `t14`.`valid_from_number`
                  END AS `decided_number`,
                  FALSE AS `rests`,
                  `t8`.`account_id` AS `account_id_right`,
                  `t8`.`industry`,
                  `t8`.`country`,
                  `t8`.`size`
                FROM (
                  SELECT
                    *
                  FROM `fact_deal` AS `t1`
                  WHERE
                    (
                      `t1`.`owner_id` = CAST('⟦viewer⟧' AS BIGINT)
                    )
                    OR IF(
                      CAST('⟦teams⟧' AS ARRAY<BIGINT>) IS NULL,
                      NULL,
                      COALESCE(ARRAY_CONTAINS(CAST('⟦teams⟧' AS ARRAY<BIGINT>), `t1`.`team_id`), FALSE)
                    )
                    OR `t1`.`deal_id` IN (
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
                  FROM `fact_deal_span` AS `t2`
                  WHERE
                    `t2`.`valid_from` < CAST('⟦moment⟧' AS TIMESTAMP)
                    AND (
                      (
                        `t2`.`valid_to` IS NULL
                      )
                      OR (
                        `t2`.`valid_to` >= CAST('⟦moment⟧' AS TIMESTAMP)
                      )
                    )
                ) AS `t14`
                  ON `t17`.`deal_id` = `t14`.`deal_id`
                LEFT OUTER JOIN (
                  SELECT
                    *
                  FROM `fact_stage_visit` AS `t3`
                  WHERE
                    `t3`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP)
                    AND (
                      (
                        `t3`.`left_at` IS NULL
                      )
                      OR (
                        `t3`.`left_at` >= CAST('⟦moment⟧' AS TIMESTAMP)
                      )
                    )
                ) AS `t15`
                  ON `t17`.`deal_id` = `t15`.`deal_id`
                LEFT OUTER JOIN (
                  SELECT
                    `t4`.`account_id`,
                    `t4`.`industry`,
                    `t4`.`country`,
                    `t4`.`size`
                  FROM `fact_account` AS `t4`
                ) AS `t8`
                  ON `t17`.`account_id` = `t8`.`account_id`
              ) AS `t21`
            ) AS `t24`
            LEFT OUTER JOIN `fact_process_stage` AS `t6`
              ON `t24`.`process_version_id` = `t6`.`process_version_id`
              AND `t24`.`stage` = `t6`.`stage`
          ) AS `t26`
        ) AS `t31`
        LEFT OUTER JOIN (
          SELECT
            `t27`.`passenger`,
            MIN(`t27`.`later_number`) AS `came_on`
          FROM (
            SELECT
              `t25`.`process_version_id`,
              `t25`.`position`,
              `t25`.`entered_at`,
              `t25`.`visit_id`,
              `t25`.`passenger`,
              `t20`.`later_deal`,
              `t20`.`later_version`,
              `t20`.`later`,
              `t20`.`later_at`,
              `t20`.`later_id`,
              `t20`.`later_number`
            FROM (
              SELECT
                `t18`.`process_version_id`,
                `t18`.`position`,
                `t18`.`entered_at`,
                `t18`.`visit_id`,
                `t18`.`deal_id` AS `passenger`
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
                  `t6`.`position`
                FROM (
                  SELECT
                    *
                  FROM `fact_stage_visit` AS `t3`
                  WHERE
                    `t3`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP) AND `t3`.`status` = 'open'
                ) AS `t11`
                INNER JOIN `fact_process_stage` AS `t6`
                  ON `t11`.`process_version_id` = `t6`.`process_version_id`
                  AND `t11`.`stage` = `t6`.`stage`
              ) AS `t18`
              WHERE
                CONCAT(CONCAT(`t18`.`process`, ':'), `t18`.`stage`) = '⟦passed⟧'
            ) AS `t25`
            LEFT OUTER JOIN (
              SELECT
                `t11`.`deal_id` AS `later_deal`,
                `t11`.`process_version_id` AS `later_version`,
                `t6`.`position` AS `later`,
                `t11`.`entered_at` AS `later_at`,
                `t11`.`visit_id` AS `later_id`,
                `t11`.`entered_number` AS `later_number`
              FROM (
                SELECT
                  *
                FROM `fact_stage_visit` AS `t3`
                WHERE
                  `t3`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP) AND `t3`.`status` = 'open'
              ) AS `t11`
              INNER JOIN `fact_process_stage` AS `t6`
                ON `t11`.`process_version_id` = `t6`.`process_version_id`
                AND `t11`.`stage` = `t6`.`stage`
            ) AS `t20`
              ON `t20`.`later_deal` = `t25`.`passenger`
              AND `t20`.`later_version` = `t25`.`process_version_id`
              AND `t20`.`later` > `t25`.`position`
              AND (
                (
                  `t20`.`later_at` > `t25`.`entered_at`
                )
                OR (
                  (
                    `t20`.`later_at` = `t25`.`entered_at`
                  )
                  AND (
                    `t20`.`later_id` > `t25`.`visit_id`
                  )
                )
              )
          ) AS `t27`
          GROUP BY
            1
        ) AS `t30`
          ON `t31`.`deal_id` = `t30`.`passenger`
      ) AS `t32`
      WHERE
        COALESCE(
          (
            COALESCE(
              `t32`.`came_on`,
              IF(
                (
                  `t32`.`outcome` = 'won'
                ) AND (
                  `t32`.`passenger` IS NOT NULL
                ),
                `t32`.`decided_number`,
                CAST(NULL AS INT)
              )
            ) > (
              `t32`.`observed_number` - CAST('⟦window⟧' AS BIGINT)
            )
          )
          AND `t32`.`has_history`,
          FALSE
        )
        OR NOT (
          `t32`.`has_history`
        )
    ) AS `t33`
  ) AS `t34`
  GROUP BY
    1,
    2,
    3,
    4
) AS `t35`
