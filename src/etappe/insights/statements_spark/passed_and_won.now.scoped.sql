SELECT
  `t31`.`segment`,
  `t31`.`outcome`,
  `t31`.`passed_number`,
  `t31`.`days`,
  `t31`.`deals`,
  `t31`.`observed_on`,
  `t31`.`observed_first`,
  '⟦passed⟧' AS `passed`,
  CAST('⟦within⟧' AS BIGINT) AS `within`,
  CAST('⟦window⟧' AS BIGINT) AS `window`
FROM (
  SELECT
    `t30`.`segment`,
    `t30`.`outcome`,
    `t30`.`passed_number`,
    `t30`.`days`,
    COUNT(*) AS `deals`,
    MAX(`t30`.`observed_on`) AS `observed_on`,
    MIN(`t30`.`observed_on`) AS `observed_first`
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
      IF(`t29`.`is_in_window`, `t29`.`passed_number`, CAST(NULL AS INT)) AS `passed_number`,
      `t29`.`days_after`,
      `t29`.`is_in_window`,
      IF(`t29`.`is_in_window`, `t29`.`days_after`, CAST(NULL AS INT)) AS `days`
    FROM (
      SELECT
        `t28`.`deal_id`,
        `t28`.`uid`,
        `t28`.`name`,
        `t28`.`segment`,
        `t28`.`stage`,
        `t28`.`phase`,
        `t28`.`position`,
        `t28`.`process`,
        `t28`.`process_version_id`,
        `t28`.`outcome`,
        `t28`.`proof`,
        `t28`.`amount`,
        `t28`.`currency`,
        `t28`.`expected_close`,
        `t28`.`owner_id`,
        `t28`.`engaged_since`,
        `t28`.`decided_on`,
        `t28`.`rests`,
        `t28`.`has_history`,
        `t28`.`decided_number`,
        `t28`.`version`,
        `t28`.`engaged_days`,
        `t28`.`buyer_days`,
        `t28`.`observed_on`,
        `t28`.`observed_number`,
        `t28`.`in_pipeline`,
        `t28`.`passenger`,
        `t28`.`came_on`,
        COALESCE(
          `t28`.`came_on`,
          IF(
            (
              `t28`.`outcome` = 'won'
            ) AND (
              `t28`.`passenger` IS NOT NULL
            ),
            `t28`.`decided_number`,
            CAST(NULL AS INT)
          )
        ) AS `passed_number`,
        CAST(LEAST(
          IF(
            (
              IF(`t28`.`outcome` = 'open', `t28`.`observed_number`, `t28`.`decided_number`) - COALESCE(
                `t28`.`came_on`,
                IF(
                  (
                    `t28`.`outcome` = 'won'
                  ) AND (
                    `t28`.`passenger` IS NOT NULL
                  ),
                  `t28`.`decided_number`,
                  CAST(NULL AS INT)
                )
              )
            ) IS NULL,
            IF(`t28`.`outcome` = 'open', `t28`.`observed_number`, `t28`.`decided_number`) - COALESCE(
              `t28`.`came_on`,
              IF(
                (
                  `t28`.`outcome` = 'won'
                ) AND (
                  `t28`.`passenger` IS NOT NULL
                ),
                `t28`.`decided_number`,
                CAST(NULL AS INT)
              )
            ),
            GREATEST(
              0,
              IF(`t28`.`outcome` = 'open', `t28`.`observed_number`, `t28`.`decided_number`) - COALESCE(
                `t28`.`came_on`,
                IF(
                  (
                    `t28`.`outcome` = 'won'
                  ) AND (
                    `t28`.`passenger` IS NOT NULL
                  ),
                  `t28`.`decided_number`,
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
              `t28`.`came_on`,
              IF(
                (
                  `t28`.`outcome` = 'won'
                ) AND (
                  `t28`.`passenger` IS NOT NULL
                ),
                `t28`.`decided_number`,
                CAST(NULL AS INT)
              )
            ) > (
              `t28`.`observed_number` - CAST('⟦window⟧' AS BIGINT)
            )
          )
          AND `t28`.`has_history`,
          FALSE
        ) AS `is_in_window`
      FROM (
        SELECT
          `t27`.`deal_id`,
          `t27`.`uid`,
          `t27`.`name`,
          `t27`.`segment`,
          `t27`.`stage`,
          `t27`.`phase`,
          `t27`.`position`,
          `t27`.`process`,
          `t27`.`process_version_id`,
          `t27`.`outcome`,
          `t27`.`proof`,
          `t27`.`amount`,
          `t27`.`currency`,
          `t27`.`expected_close`,
          `t27`.`owner_id`,
          `t27`.`engaged_since`,
          `t27`.`decided_on`,
          `t27`.`rests`,
          `t27`.`has_history`,
          `t27`.`decided_number`,
          `t27`.`version`,
          `t27`.`engaged_days`,
          `t27`.`buyer_days`,
          `t27`.`observed_on`,
          `t27`.`observed_number`,
          `t27`.`in_pipeline`,
          `t25`.`passenger`,
          `t25`.`came_on`
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
              `t21`.`deal_id`,
              `t21`.`uid`,
              `t21`.`name`,
              `t21`.`process_version_id`,
              `t21`.`stage`,
              `t21`.`status`,
              `t21`.`outcome`,
              `t21`.`proof`,
              `t21`.`basis`,
              `t21`.`entry_stage`,
              `t21`.`stage_since_on`,
              `t21`.`amount`,
              `t21`.`currency`,
              `t21`.`owner_id`,
              `t21`.`team_id`,
              `t21`.`account_id`,
              `t21`.`source`,
              `t21`.`product`,
              `t21`.`expected_close`,
              `t21`.`buyer_since`,
              `t21`.`engaged_since`,
              `t21`.`rests_until`,
              `t21`.`leave_reason`,
              `t21`.`decided_on`,
              `t21`.`seen_until`,
              `t21`.`engaged_number`,
              `t21`.`buyer_number`,
              `t21`.`decided_number`,
              `t21`.`seen_number`,
              `t21`.`has_history`,
              `t21`.`rests`,
              `t21`.`industry`,
              `t21`.`country`,
              `t21`.`size`,
              `t5`.`process_version_id` AS `process_version_id_right`,
              `t5`.`process`,
              `t5`.`process_number`,
              `t5`.`stage` AS `stage_right`,
              `t5`.`phase`,
              `t5`.`position`
            FROM (
              SELECT
                `t19`.`deal_id`,
                `t19`.`uid`,
                `t19`.`name`,
                `t19`.`process_version_id`,
                `t19`.`stage`,
                `t19`.`status`,
                `t19`.`outcome`,
                `t19`.`proof`,
                `t19`.`basis`,
                `t19`.`entry_stage`,
                `t19`.`stage_since_on`,
                `t19`.`amount`,
                `t19`.`currency`,
                `t19`.`owner_id`,
                `t19`.`team_id`,
                `t19`.`account_id`,
                `t19`.`source`,
                `t19`.`product`,
                `t19`.`expected_close`,
                `t19`.`buyer_since`,
                `t19`.`engaged_since`,
                `t19`.`rests_until`,
                `t19`.`leave_reason`,
                `t19`.`decided_on`,
                `t19`.`seen_until`,
                `t19`.`engaged_number`,
                `t19`.`buyer_number`,
                `t19`.`decided_number`,
                `t19`.`seen_number`,
                `t19`.`has_history`,
                `t19`.`rests`,
                `t19`.`industry`,
                `t19`.`country`,
                `t19`.`size`
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
                  `t7`.`account_id` AS `account_id_right`,
                  `t7`.`industry`,
                  `t7`.`country`,
                  `t7`.`size`
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
                          `t4`.`deal_id`
                        FROM `fact_deal_member` AS `t4`
                        WHERE
                          `t4`.`user_id` = CAST('⟦viewer⟧' AS BIGINT)
                      )
                  ) AS `t11`
                ) AS `t16`
                LEFT OUTER JOIN (
                  SELECT
                    `t2`.`account_id`,
                    `t2`.`industry`,
                    `t2`.`country`,
                    `t2`.`size`
                  FROM `fact_account` AS `t2`
                ) AS `t7`
                  ON `t16`.`account_id` = `t7`.`account_id`
              ) AS `t19`
            ) AS `t21`
            LEFT OUTER JOIN `fact_process_stage` AS `t5`
              ON `t21`.`process_version_id` = `t5`.`process_version_id`
              AND `t21`.`stage` = `t5`.`stage`
          ) AS `t23`
        ) AS `t27`
        LEFT OUTER JOIN (
          SELECT
            `t22`.`passenger`,
            MIN(`t22`.`later_number`) AS `came_on`
          FROM (
            SELECT
              `t18`.`process_version_id`,
              `t18`.`position`,
              `t18`.`entered_at`,
              `t18`.`visit_id`,
              `t18`.`passenger`,
              `t14`.`later_deal`,
              `t14`.`later_version`,
              `t14`.`later`,
              `t14`.`later_at`,
              `t14`.`later_id`,
              `t14`.`later_number`
            FROM (
              SELECT
                `t12`.`process_version_id`,
                `t12`.`position`,
                `t12`.`entered_at`,
                `t12`.`visit_id`,
                `t12`.`deal_id` AS `passenger`
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
              ) AS `t12`
              WHERE
                CONCAT(CONCAT(`t12`.`process`, ':'), `t12`.`stage`) = '⟦passed⟧'
            ) AS `t18`
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
            ) AS `t14`
              ON `t14`.`later_deal` = `t18`.`passenger`
              AND `t14`.`later_version` = `t18`.`process_version_id`
              AND `t14`.`later` > `t18`.`position`
              AND (
                (
                  `t14`.`later_at` > `t18`.`entered_at`
                )
                OR (
                  (
                    `t14`.`later_at` = `t18`.`entered_at`
                  )
                  AND (
                    `t14`.`later_id` > `t18`.`visit_id`
                  )
                )
              )
          ) AS `t22`
          GROUP BY
            1
        ) AS `t25`
          ON `t27`.`deal_id` = `t25`.`passenger`
      ) AS `t28`
      WHERE
        COALESCE(
          (
            COALESCE(
              `t28`.`came_on`,
              IF(
                (
                  `t28`.`outcome` = 'won'
                ) AND (
                  `t28`.`passenger` IS NOT NULL
                ),
                `t28`.`decided_number`,
                CAST(NULL AS INT)
              )
            ) > (
              `t28`.`observed_number` - CAST('⟦window⟧' AS BIGINT)
            )
          )
          AND `t28`.`has_history`,
          FALSE
        )
        OR NOT (
          `t28`.`has_history`
        )
    ) AS `t29`
  ) AS `t30`
  GROUP BY
    1,
    2,
    3,
    4
) AS `t31`
