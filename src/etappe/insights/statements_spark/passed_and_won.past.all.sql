SELECT
  `t32`.`segment`,
  `t32`.`outcome`,
  `t32`.`passed_number`,
  `t32`.`days`,
  `t32`.`deals`,
  `t32`.`observed_on`,
  `t32`.`observed_first`,
  '⟦passed⟧' AS `passed`,
  CAST('⟦within⟧' AS BIGINT) AS `within`,
  CAST('⟦window⟧' AS BIGINT) AS `window`
FROM (
  SELECT
    `t31`.`segment`,
    `t31`.`outcome`,
    `t31`.`passed_number`,
    `t31`.`days`,
    COUNT(*) AS `deals`,
    MAX(`t31`.`observed_on`) AS `observed_on`,
    MIN(`t31`.`observed_on`) AS `observed_first`
  FROM (
    SELECT
      `t30`.`deal_id`,
      `t30`.`uid`,
      `t30`.`name`,
      `t30`.`segment`,
      `t30`.`stage`,
      `t30`.`phase`,
      `t30`.`position`,
      `t30`.`process`,
      `t30`.`process_version_id`,
      `t30`.`outcome`,
      `t30`.`proof`,
      `t30`.`amount`,
      `t30`.`currency`,
      `t30`.`expected_close`,
      `t30`.`owner_id`,
      `t30`.`engaged_since`,
      `t30`.`decided_on`,
      `t30`.`rests`,
      `t30`.`has_history`,
      `t30`.`decided_number`,
      `t30`.`version`,
      `t30`.`engaged_days`,
      `t30`.`buyer_days`,
      `t30`.`observed_on`,
      `t30`.`observed_number`,
      `t30`.`in_pipeline`,
      `t30`.`passenger`,
      `t30`.`came_on`,
      IF(`t30`.`is_in_window`, `t30`.`passed_number`, CAST(NULL AS INT)) AS `passed_number`,
      `t30`.`days_after`,
      `t30`.`is_in_window`,
      IF(`t30`.`is_in_window`, `t30`.`days_after`, CAST(NULL AS INT)) AS `days`
    FROM (
      SELECT
        `t29`.`deal_id`,
        `t29`.`uid`,
        `t29`.`name`,
        `t29`.`segment`,
        `t29`.`stage`,
        `t29`.`phase`,
        `t29`.`position`,
        `t29`.`process`,
        `t29`.`process_version_id`,
        `t29`.`outcome`,
        `t29`.`proof`,
        `t29`.`amount`,
        `t29`.`currency`,
        `t29`.`expected_close`,
        `t29`.`owner_id`,
        `t29`.`engaged_since`,
        `t29`.`decided_on`,
        `t29`.`rests`,
        `t29`.`has_history`,
        `t29`.`decided_number`,
        `t29`.`version`,
        `t29`.`engaged_days`,
        `t29`.`buyer_days`,
        `t29`.`observed_on`,
        `t29`.`observed_number`,
        `t29`.`in_pipeline`,
        `t29`.`passenger`,
        `t29`.`came_on`,
        COALESCE(
          `t29`.`came_on`,
          IF(
            (
              `t29`.`outcome` = 'won'
            ) AND (
              `t29`.`passenger` IS NOT NULL
            ),
            `t29`.`decided_number`,
            CAST(NULL AS INT)
          )
        ) AS `passed_number`,
        CAST(LEAST(
          IF(
            (
              IF(`t29`.`outcome` = 'open', `t29`.`observed_number`, `t29`.`decided_number`) - COALESCE(
                `t29`.`came_on`,
                IF(
                  (
                    `t29`.`outcome` = 'won'
                  ) AND (
                    `t29`.`passenger` IS NOT NULL
                  ),
                  `t29`.`decided_number`,
                  CAST(NULL AS INT)
                )
              )
            ) IS NULL,
            IF(`t29`.`outcome` = 'open', `t29`.`observed_number`, `t29`.`decided_number`) - COALESCE(
              `t29`.`came_on`,
              IF(
                (
                  `t29`.`outcome` = 'won'
                ) AND (
                  `t29`.`passenger` IS NOT NULL
                ),
                `t29`.`decided_number`,
                CAST(NULL AS INT)
              )
            ),
            GREATEST(
              0,
              IF(`t29`.`outcome` = 'open', `t29`.`observed_number`, `t29`.`decided_number`) - COALESCE(
                `t29`.`came_on`,
                IF(
                  (
                    `t29`.`outcome` = 'won'
                  ) AND (
                    `t29`.`passenger` IS NOT NULL
                  ),
                  `t29`.`decided_number`,
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
              `t29`.`came_on`,
              IF(
                (
                  `t29`.`outcome` = 'won'
                ) AND (
                  `t29`.`passenger` IS NOT NULL
                ),
                `t29`.`decided_number`,
                CAST(NULL AS INT)
              )
            ) > (
              `t29`.`observed_number` - CAST('⟦window⟧' AS BIGINT)
            )
          )
          AND `t29`.`has_history`,
          FALSE
        ) AS `is_in_window`
      FROM (
        SELECT
          `t26`.`deal_id`,
          `t26`.`uid`,
          `t26`.`name`,
          `t26`.`segment`,
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
          `t26`.`version`,
          `t26`.`engaged_days`,
          `t26`.`buyer_days`,
          `t26`.`observed_on`,
          `t26`.`observed_number`,
          `t26`.`in_pipeline`,
          `t28`.`passenger`,
          `t28`.`came_on`
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
              `t5`.`process_version_id` AS `process_version_id_right`,
              `t5`.`process`,
              `t5`.`process_number`,
              `t5`.`stage` AS `stage_right`,
              `t5`.`phase`,
              `t5`.`position`
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
                  COALESCE(`t14`.`process_version_id`, `t6`.`process_version_id`) AS `process_version_id`,
                  `t13`.`stage`,
                  `t13`.`outcome`,
                  COALESCE(`t14`.`proof`, `t6`.`proof`) AS `proof`,
                  COALESCE(`t14`.`basis`, `t6`.`basis`) AS `basis`,
                  `t13`.`amount`,
                  `t13`.`currency`,
                  `t13`.`owner_id`,
                  `t13`.`team_id`,
                  `t13`.`expected_close`,
                  CASE
                    WHEN `t13`.`outcome` = 'open'
                    THEN CAST(NULL AS DATE)
                    WHEN `t6`.`decided_on` <= CAST('⟦day⟧' AS DATE)
                    THEN `t6`.`decided_on`
                    ELSE `t13`.`valid_from_on`
                  END AS `decided_on`,
                  CASE
                    WHEN `t13`.`outcome` = 'open'
                    THEN CAST(NULL AS INT)
                    WHEN `t6`.`decided_on` <= CAST('⟦day⟧' AS DATE)
                    THEN `t6`.`decided_number`
                    ELSE `t13`.`valid_from_number`
                  END AS `decided_number`,
                  FALSE AS `rests`,
                  `t8`.`account_id` AS `account_id_right`,
                  `t8`.`industry`,
                  `t8`.`country`,
                  `t8`.`size`
                FROM `fact_deal` AS `t6`
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
                ) AS `t13`
                  ON `t6`.`deal_id` = `t13`.`deal_id`
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
                ) AS `t14`
                  ON `t6`.`deal_id` = `t14`.`deal_id`
                LEFT OUTER JOIN (
                  SELECT
                    `t4`.`account_id`,
                    `t4`.`industry`,
                    `t4`.`country`,
                    `t4`.`size`
                  FROM `fact_account` AS `t4`
                ) AS `t8`
                  ON `t6`.`account_id` = `t8`.`account_id`
              ) AS `t18`
            ) AS `t20`
            LEFT OUTER JOIN `fact_process_stage` AS `t5`
              ON `t20`.`process_version_id` = `t5`.`process_version_id`
              AND `t20`.`stage` = `t5`.`stage`
          ) AS `t23`
        ) AS `t26`
        LEFT OUTER JOIN (
          SELECT
            `t24`.`passenger`,
            MIN(`t24`.`later_number`) AS `came_on`
          FROM (
            SELECT
              `t22`.`process_version_id`,
              `t22`.`position`,
              `t22`.`entered_at`,
              `t22`.`visit_id`,
              `t22`.`passenger`,
              `t17`.`later_deal`,
              `t17`.`later_version`,
              `t17`.`later`,
              `t17`.`later_at`,
              `t17`.`later_id`,
              `t17`.`later_number`
            FROM (
              SELECT
                `t15`.`process_version_id`,
                `t15`.`position`,
                `t15`.`entered_at`,
                `t15`.`visit_id`,
                `t15`.`deal_id` AS `passenger`
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
                  `t5`.`position`
                FROM (
                  SELECT
                    *
                  FROM `fact_stage_visit` AS `t3`
                  WHERE
                    `t3`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP) AND `t3`.`status` = 'open'
                ) AS `t10`
                INNER JOIN `fact_process_stage` AS `t5`
                  ON `t10`.`process_version_id` = `t5`.`process_version_id`
                  AND `t10`.`stage` = `t5`.`stage`
              ) AS `t15`
              WHERE
                CONCAT(CONCAT(`t15`.`process`, ':'), `t15`.`stage`) = '⟦passed⟧'
            ) AS `t22`
            LEFT OUTER JOIN (
              SELECT
                `t10`.`deal_id` AS `later_deal`,
                `t10`.`process_version_id` AS `later_version`,
                `t5`.`position` AS `later`,
                `t10`.`entered_at` AS `later_at`,
                `t10`.`visit_id` AS `later_id`,
                `t10`.`entered_number` AS `later_number`
              FROM (
                SELECT
                  *
                FROM `fact_stage_visit` AS `t3`
                WHERE
                  `t3`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP) AND `t3`.`status` = 'open'
              ) AS `t10`
              INNER JOIN `fact_process_stage` AS `t5`
                ON `t10`.`process_version_id` = `t5`.`process_version_id`
                AND `t10`.`stage` = `t5`.`stage`
            ) AS `t17`
              ON `t17`.`later_deal` = `t22`.`passenger`
              AND `t17`.`later_version` = `t22`.`process_version_id`
              AND `t17`.`later` > `t22`.`position`
              AND (
                (
                  `t17`.`later_at` > `t22`.`entered_at`
                )
                OR (
                  (
                    `t17`.`later_at` = `t22`.`entered_at`
                  )
                  AND (
                    `t17`.`later_id` > `t22`.`visit_id`
                  )
                )
              )
          ) AS `t24`
          GROUP BY
            1
        ) AS `t28`
          ON `t26`.`deal_id` = `t28`.`passenger`
      ) AS `t29`
      WHERE
        COALESCE(
          (
            COALESCE(
              `t29`.`came_on`,
              IF(
                (
                  `t29`.`outcome` = 'won'
                ) AND (
                  `t29`.`passenger` IS NOT NULL
                ),
                `t29`.`decided_number`,
                CAST(NULL AS INT)
              )
            ) > (
              `t29`.`observed_number` - CAST('⟦window⟧' AS BIGINT)
            )
          )
          AND `t29`.`has_history`,
          FALSE
        )
        OR NOT (
          `t29`.`has_history`
        )
    ) AS `t30`
  ) AS `t31`
  GROUP BY
    1,
    2,
    3,
    4
) AS `t32`
