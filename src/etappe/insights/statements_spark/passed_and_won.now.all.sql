SELECT
  `t28`.`segment`,
  `t28`.`outcome`,
  `t28`.`passed_number`,
  `t28`.`days`,
  `t28`.`deals`,
  `t28`.`observed_on`,
  `t28`.`observed_first`,
  '⟦passed⟧' AS `passed`,
  CAST('⟦within⟧' AS BIGINT) AS `within`,
  CAST('⟦window⟧' AS BIGINT) AS `window`
FROM (
  SELECT
    `t27`.`segment`,
    `t27`.`outcome`,
    `t27`.`passed_number`,
    `t27`.`days`,
    COUNT(*) AS `deals`,
    MAX(`t27`.`observed_on`) AS `observed_on`,
    MIN(`t27`.`observed_on`) AS `observed_first`
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
      `t26`.`passenger`,
      `t26`.`came_on`,
      IF(`t26`.`is_in_window`, `t26`.`passed_number`, CAST(NULL AS INT)) AS `passed_number`,
      `t26`.`days_after`,
      `t26`.`is_in_window`,
      IF(`t26`.`is_in_window`, `t26`.`days_after`, CAST(NULL AS INT)) AS `days`
    FROM (
      SELECT
        `t25`.`deal_id`,
        `t25`.`uid`,
        `t25`.`name`,
        `t25`.`segment`,
        `t25`.`stage`,
        `t25`.`phase`,
        `t25`.`position`,
        `t25`.`process`,
        `t25`.`process_version_id`,
        `t25`.`outcome`,
        `t25`.`proof`,
        `t25`.`amount`,
        `t25`.`currency`,
        `t25`.`expected_close`,
        `t25`.`owner_id`,
        `t25`.`engaged_since`,
        `t25`.`decided_on`,
        `t25`.`rests`,
        `t25`.`has_history`,
        `t25`.`decided_number`,
        `t25`.`version`,
        `t25`.`engaged_days`,
        `t25`.`buyer_days`,
        `t25`.`observed_on`,
        `t25`.`observed_number`,
        `t25`.`in_pipeline`,
        `t25`.`passenger`,
        `t25`.`came_on`,
        COALESCE(
          `t25`.`came_on`,
          IF(
            (
              `t25`.`outcome` = 'won'
            ) AND (
              `t25`.`passenger` IS NOT NULL
            ),
            `t25`.`decided_number`,
            CAST(NULL AS INT)
          )
        ) AS `passed_number`,
        CAST(LEAST(
          IF(
            (
              IF(`t25`.`outcome` = 'open', `t25`.`observed_number`, `t25`.`decided_number`) - COALESCE(
                `t25`.`came_on`,
                IF(
                  (
                    `t25`.`outcome` = 'won'
                  ) AND (
                    `t25`.`passenger` IS NOT NULL
                  ),
                  `t25`.`decided_number`,
                  CAST(NULL AS INT)
                )
              )
            ) IS NULL,
            IF(`t25`.`outcome` = 'open', `t25`.`observed_number`, `t25`.`decided_number`) - COALESCE(
              `t25`.`came_on`,
              IF(
                (
                  `t25`.`outcome` = 'won'
                ) AND (
                  `t25`.`passenger` IS NOT NULL
                ),
                `t25`.`decided_number`,
                CAST(NULL AS INT)
              )
            ),
            GREATEST(
              0,
              IF(`t25`.`outcome` = 'open', `t25`.`observed_number`, `t25`.`decided_number`) - COALESCE(
                `t25`.`came_on`,
                IF(
                  (
                    `t25`.`outcome` = 'won'
                  ) AND (
                    `t25`.`passenger` IS NOT NULL
                  ),
                  `t25`.`decided_number`,
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
              `t25`.`came_on`,
              IF(
                (
                  `t25`.`outcome` = 'won'
                ) AND (
                  `t25`.`passenger` IS NOT NULL
                ),
                `t25`.`decided_number`,
                CAST(NULL AS INT)
              )
            ) > (
              `t25`.`observed_number` - CAST('⟦window⟧' AS BIGINT)
            )
          )
          AND `t25`.`has_history`,
          FALSE
        ) AS `is_in_window`
      FROM (
        SELECT
          `t22`.`deal_id`,
          `t22`.`uid`,
          `t22`.`name`,
          `t22`.`segment`,
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
          `t22`.`version`,
          `t22`.`engaged_days`,
          `t22`.`buyer_days`,
          `t22`.`observed_on`,
          `t22`.`observed_number`,
          `t22`.`in_pipeline`,
          `t24`.`passenger`,
          `t24`.`came_on`
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
              `t4`.`process_version_id` AS `process_version_id_right`,
              `t4`.`process`,
              `t4`.`process_number`,
              `t4`.`stage` AS `stage_right`,
              `t4`.`phase`,
              `t4`.`position`
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
                  `t6`.`account_id` AS `account_id_right`,
                  `t6`.`industry`,
                  `t6`.`country`,
                  `t6`.`size`
                FROM (
                  SELECT
                    `t1`.`deal_id`,
                    `t1`.`uid`,
                    `t1`.`name`,
                    `t1`.`process_version_id`,
                    `t1`.`stage`,
                    `t1`.`status`,
                    `t1`.`outcome`,
                    `t1`.`proof`,
                    `t1`.`basis`,
                    `t1`.`entry_stage`,
                    `t1`.`stage_since_on`,
                    `t1`.`amount`,
                    `t1`.`currency`,
                    `t1`.`owner_id`,
                    `t1`.`team_id`,
                    `t1`.`account_id`,
                    `t1`.`source`,
                    `t1`.`product`,
                    `t1`.`expected_close`,
                    `t1`.`buyer_since`,
                    `t1`.`engaged_since`,
                    `t1`.`rests_until`,
                    `t1`.`leave_reason`,
                    `t1`.`decided_on`,
                    `t1`.`seen_until`,
                    `t1`.`engaged_number`,
                    `t1`.`buyer_number`,
                    `t1`.`decided_number`,
                    `t1`.`seen_number`,
                    `t1`.`has_history`,
                    COALESCE(`t1`.`rests_until` > CAST('⟦day⟧' AS DATE), FALSE)
                    AND (
                      `t1`.`outcome` = 'open'
                    ) AS `rests`
                  FROM `fact_deal` AS `t1`
                ) AS `t10`
                LEFT OUTER JOIN (
                  SELECT
                    `t2`.`account_id`,
                    `t2`.`industry`,
                    `t2`.`country`,
                    `t2`.`size`
                  FROM `fact_account` AS `t2`
                ) AS `t6`
                  ON `t10`.`account_id` = `t6`.`account_id`
              ) AS `t14`
            ) AS `t16`
            LEFT OUTER JOIN `fact_process_stage` AS `t4`
              ON `t16`.`process_version_id` = `t4`.`process_version_id`
              AND `t16`.`stage` = `t4`.`stage`
          ) AS `t19`
        ) AS `t22`
        LEFT OUTER JOIN (
          SELECT
            `t20`.`passenger`,
            MIN(`t20`.`later_number`) AS `came_on`
          FROM (
            SELECT
              `t18`.`process_version_id`,
              `t18`.`position`,
              `t18`.`entered_at`,
              `t18`.`visit_id`,
              `t18`.`passenger`,
              `t13`.`later_deal`,
              `t13`.`later_version`,
              `t13`.`later`,
              `t13`.`later_at`,
              `t13`.`later_id`,
              `t13`.`later_number`
            FROM (
              SELECT
                `t11`.`process_version_id`,
                `t11`.`position`,
                `t11`.`entered_at`,
                `t11`.`visit_id`,
                `t11`.`deal_id` AS `passenger`
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
                  `t4`.`position`
                FROM (
                  SELECT
                    *
                  FROM `fact_stage_visit` AS `t3`
                  WHERE
                    `t3`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP) AND `t3`.`status` = 'open'
                ) AS `t8`
                INNER JOIN `fact_process_stage` AS `t4`
                  ON `t8`.`process_version_id` = `t4`.`process_version_id`
                  AND `t8`.`stage` = `t4`.`stage`
              ) AS `t11`
              WHERE
                CONCAT(CONCAT(`t11`.`process`, ':'), `t11`.`stage`) = '⟦passed⟧'
            ) AS `t18`
            LEFT OUTER JOIN (
              SELECT
                `t8`.`deal_id` AS `later_deal`,
                `t8`.`process_version_id` AS `later_version`,
                `t4`.`position` AS `later`,
                `t8`.`entered_at` AS `later_at`,
                `t8`.`visit_id` AS `later_id`,
                `t8`.`entered_number` AS `later_number`
              FROM (
                SELECT
                  *
                FROM `fact_stage_visit` AS `t3`
                WHERE
                  `t3`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP) AND `t3`.`status` = 'open'
              ) AS `t8`
              INNER JOIN `fact_process_stage` AS `t4`
                ON `t8`.`process_version_id` = `t4`.`process_version_id`
                AND `t8`.`stage` = `t4`.`stage`
            ) AS `t13`
              ON `t13`.`later_deal` = `t18`.`passenger`
              AND `t13`.`later_version` = `t18`.`process_version_id`
              AND `t13`.`later` > `t18`.`position`
              AND (
                (
                  `t13`.`later_at` > `t18`.`entered_at`
                )
                OR (
                  (
                    `t13`.`later_at` = `t18`.`entered_at`
                  )
                  AND (
                    `t13`.`later_id` > `t18`.`visit_id`
                  )
                )
              )
          ) AS `t20`
          GROUP BY
            1
        ) AS `t24`
          ON `t22`.`deal_id` = `t24`.`passenger`
      ) AS `t25`
      WHERE
        COALESCE(
          (
            COALESCE(
              `t25`.`came_on`,
              IF(
                (
                  `t25`.`outcome` = 'won'
                ) AND (
                  `t25`.`passenger` IS NOT NULL
                ),
                `t25`.`decided_number`,
                CAST(NULL AS INT)
              )
            ) > (
              `t25`.`observed_number` - CAST('⟦window⟧' AS BIGINT)
            )
          )
          AND `t25`.`has_history`,
          FALSE
        )
        OR NOT (
          `t25`.`has_history`
        )
    ) AS `t26`
  ) AS `t27`
  GROUP BY
    1,
    2,
    3,
    4
) AS `t28`
