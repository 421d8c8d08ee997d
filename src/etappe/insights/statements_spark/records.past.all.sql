WITH `t19` AS (
  SELECT
    `t14`.`visit_id`,
    `t14`.`deal_id`,
    `t14`.`process_version_id`,
    `t14`.`stage`,
    `t14`.`status`,
    `t14`.`basis`,
    `t14`.`proof`,
    `t14`.`entered_at`,
    `t14`.`left_at`,
    `t14`.`backfilled`,
    `t14`.`entered_number`,
    `t14`.`left_number`,
    `t6`.`process`,
    `t6`.`process_number`,
    `t6`.`phase`,
    `t6`.`position`
  FROM (
    SELECT
      *
    FROM `fact_stage_visit` AS `t0`
    WHERE
      `t0`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP) AND `t0`.`status` = 'open'
  ) AS `t14`
  INNER JOIN `fact_process_stage` AS `t6`
    ON `t14`.`process_version_id` = `t6`.`process_version_id`
    AND `t14`.`stage` = `t6`.`stage`
)
SELECT
  `t38`.`uid`,
  `t38`.`name`,
  `t38`.`stage`,
  `t38`.`process_version_id`,
  `t38`.`outcome`,
  `t38`.`proof`,
  `t38`.`amount`,
  `t38`.`currency`,
  `t38`.`owner_id`,
  `t38`.`engaged_since`,
  `t38`.`decided_on`,
  `t38`.`days`,
  `t38`.`found`
FROM (
  SELECT
    `t37`.`deal_id`,
    `t37`.`uid`,
    `t37`.`name`,
    `t37`.`segment`,
    `t37`.`stage`,
    `t37`.`phase`,
    `t37`.`position`,
    `t37`.`process`,
    `t37`.`process_version_id`,
    `t37`.`outcome`,
    `t37`.`proof`,
    `t37`.`amount`,
    `t37`.`currency`,
    `t37`.`expected_close`,
    `t37`.`owner_id`,
    `t37`.`engaged_since`,
    `t37`.`decided_on`,
    `t37`.`rests`,
    `t37`.`has_history`,
    `t37`.`decided_number`,
    `t37`.`version`,
    `t37`.`engaged_days`,
    `t37`.`buyer_days`,
    `t37`.`observed_on`,
    `t37`.`observed_number`,
    `t37`.`in_pipeline`,
    `t37`.`days`,
    `t37`.`passenger`,
    `t37`.`came_on`,
    `t37`.`passed_number`,
    `t37`.`days_after`,
    `t37`.`is_in_window`,
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `found`,
    ROW_NUMBER() OVER (ORDER BY `t37`.`days` DESC, `t37`.`deal_id` ASC NULLS LAST) - 1 AS `place`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t35`.`deal_id`,
        `t35`.`uid`,
        `t35`.`name`,
        `t35`.`segment`,
        `t35`.`stage`,
        `t35`.`phase`,
        `t35`.`position`,
        `t35`.`process`,
        `t35`.`process_version_id`,
        `t35`.`outcome`,
        `t35`.`proof`,
        `t35`.`amount`,
        `t35`.`currency`,
        `t35`.`expected_close`,
        `t35`.`owner_id`,
        `t35`.`engaged_since`,
        `t35`.`decided_on`,
        `t35`.`rests`,
        `t35`.`has_history`,
        `t35`.`decided_number`,
        `t35`.`version`,
        `t35`.`engaged_days`,
        `t35`.`buyer_days`,
        `t35`.`observed_on`,
        `t35`.`observed_number`,
        `t35`.`in_pipeline`,
        `t35`.`days`,
        `t35`.`passenger`,
        `t35`.`came_on`,
        COALESCE(
          `t35`.`came_on`,
          IF(
            (
              `t35`.`outcome` = 'won'
            ) AND (
              `t35`.`passenger` IS NOT NULL
            ),
            `t35`.`decided_number`,
            CAST(NULL AS INT)
          )
        ) AS `passed_number`,
        CAST(LEAST(
          IF(
            (
              IF(`t35`.`outcome` = 'open', `t35`.`observed_number`, `t35`.`decided_number`) - COALESCE(
                `t35`.`came_on`,
                IF(
                  (
                    `t35`.`outcome` = 'won'
                  ) AND (
                    `t35`.`passenger` IS NOT NULL
                  ),
                  `t35`.`decided_number`,
                  CAST(NULL AS INT)
                )
              )
            ) IS NULL,
            IF(`t35`.`outcome` = 'open', `t35`.`observed_number`, `t35`.`decided_number`) - COALESCE(
              `t35`.`came_on`,
              IF(
                (
                  `t35`.`outcome` = 'won'
                ) AND (
                  `t35`.`passenger` IS NOT NULL
                ),
                `t35`.`decided_number`,
                CAST(NULL AS INT)
              )
            ),
            GREATEST(
              0,
              IF(`t35`.`outcome` = 'open', `t35`.`observed_number`, `t35`.`decided_number`) - COALESCE(
                `t35`.`came_on`,
                IF(
                  (
                    `t35`.`outcome` = 'won'
                  ) AND (
                    `t35`.`passenger` IS NOT NULL
                  ),
                  `t35`.`decided_number`,
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
              `t35`.`came_on`,
              IF(
                (
                  `t35`.`outcome` = 'won'
                ) AND (
                  `t35`.`passenger` IS NOT NULL
                ),
                `t35`.`decided_number`,
                CAST(NULL AS INT)
              )
            ) > (
              `t35`.`observed_number` - CAST('⟦window⟧' AS BIGINT)
            )
          )
          AND `t35`.`has_history`,
          FALSE
        ) AS `is_in_window`
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
          `t32`.`days`,
          `t34`.`passenger`,
          `t34`.`came_on`
        FROM (
          SELECT
            `t28`.`deal_id`,
            `t28`.`uid`,
            `t28`.`name`,
            COALESCE(
              CASE
                WHEN '⟦by⟧' = 'owner'
                THEN CAST(`t28`.`owner_id` AS STRING)
                WHEN '⟦by⟧' = 'team'
                THEN CAST(`t28`.`team_id` AS STRING)
                WHEN '⟦by⟧' = 'source'
                THEN `t28`.`source`
                WHEN '⟦by⟧' = 'product'
                THEN `t28`.`product`
                WHEN '⟦by⟧' = 'industry'
                THEN `t28`.`industry`
                WHEN '⟦by⟧' = 'country'
                THEN `t28`.`country`
                WHEN '⟦by⟧' = 'size'
                THEN `t28`.`size`
                WHEN '⟦by⟧' = 'process'
                THEN CONCAT(CONCAT(`t28`.`process`, ' '), CAST(`t28`.`process_number` AS STRING))
                WHEN '⟦by⟧' = 'entry_stage'
                THEN `t28`.`entry_stage`
                ELSE ''
              END,
              ''
            ) AS `segment`,
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
            `t28`.`process_number` AS `version`,
            COALESCE(
              `t28`.`decided_number`,
              LEAST(
                COALESCE(`t28`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                CAST('⟦number⟧' AS BIGINT)
              )
            ) - `t28`.`engaged_number` AS `engaged_days`,
            COALESCE(
              `t28`.`decided_number`,
              LEAST(
                COALESCE(`t28`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                CAST('⟦number⟧' AS BIGINT)
              )
            ) - `t28`.`buyer_number` AS `buyer_days`,
            LEAST(COALESCE(`t28`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
            LEAST(
              COALESCE(`t28`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            ) AS `observed_number`,
            COALESCE(`t28`.`phase` <> 'find', TRUE) OR (
              `t28`.`basis` = 'imported'
            ) AS `in_pipeline`,
            CASE
              WHEN '⟦clock⟧' = 'buyer'
              THEN COALESCE(
                `t28`.`decided_number`,
                LEAST(
                  COALESCE(`t28`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                  CAST('⟦number⟧' AS BIGINT)
                )
              ) - `t28`.`buyer_number`
              ELSE COALESCE(
                `t28`.`decided_number`,
                LEAST(
                  COALESCE(`t28`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                  CAST('⟦number⟧' AS BIGINT)
                )
              ) - `t28`.`engaged_number`
            END AS `days`
          FROM (
            SELECT
              `t25`.`deal_id`,
              `t25`.`uid`,
              `t25`.`name`,
              `t25`.`entry_stage`,
              `t25`.`account_id`,
              `t25`.`source`,
              `t25`.`product`,
              `t25`.`engaged_since`,
              `t25`.`engaged_number`,
              `t25`.`buyer_number`,
              `t25`.`seen_until`,
              `t25`.`seen_number`,
              `t25`.`has_history`,
              `t25`.`process_version_id`,
              `t25`.`stage`,
              `t25`.`outcome`,
              `t25`.`proof`,
              `t25`.`basis`,
              `t25`.`amount`,
              `t25`.`currency`,
              `t25`.`owner_id`,
              `t25`.`team_id`,
              `t25`.`expected_close`,
              `t25`.`decided_on`,
              `t25`.`decided_number`,
              `t25`.`rests`,
              `t25`.`industry`,
              `t25`.`country`,
              `t25`.`size`,
              `t6`.`process_version_id` AS `process_version_id_right`,
              `t6`.`process`,
              `t6`.`process_number`,
              `t6`.`stage` AS `stage_right`,
              `t6`.`phase`,
              `t6`.`position`
            FROM (
              SELECT
                `t23`.`deal_id`,
                `t23`.`uid`,
                `t23`.`name`,
                `t23`.`entry_stage`,
                `t23`.`account_id`,
                `t23`.`source`,
                `t23`.`product`,
                `t23`.`engaged_since`,
                `t23`.`engaged_number`,
                `t23`.`buyer_number`,
                `t23`.`seen_until`,
                `t23`.`seen_number`,
                `t23`.`has_history`,
                `t23`.`process_version_id`,
                `t23`.`stage`,
                `t23`.`outcome`,
                `t23`.`proof`,
                `t23`.`basis`,
                `t23`.`amount`,
                `t23`.`currency`,
                `t23`.`owner_id`,
                `t23`.`team_id`,
                `t23`.`expected_close`,
                `t23`.`decided_on`,
                `t23`.`decided_number`,
                `t23`.`rests`,
                `t23`.`industry`,
                `t23`.`country`,
                `t23`.`size`
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
                  COALESCE(`t17`.`process_version_id`, `t7`.`process_version_id`) AS `process_version_id`,
                  `t18`.`stage`,
                  `t18`.`outcome`,
                  COALESCE(`t17`.`proof`, `t7`.`proof`) AS `proof`,
                  COALESCE(`t17`.`basis`, `t7`.`basis`) AS `basis`,
                  `t18`.`amount`,
                  `t18`.`currency`,
                  `t18`.`owner_id`,
                  `t18`.`team_id`,
                  `t18`.`expected_close`,
                  CASE
                    WHEN `t18`.`outcome` = 'open'
                    THEN CAST(NULL AS DATE)
                    WHEN `t7`.`decided_on` <= CAST('⟦day⟧' AS DATE)
                    THEN `t7`.`decided_on`
                    ELSE `t18`.`valid_from_on`
                  END AS `decided_on`,
                  CASE
                    WHEN `t18`.`outcome` = 'open'
                    THEN CAST(NULL AS INT)
                    WHEN `t7`.`decided_on` <= CAST('⟦day⟧' AS DATE)
                    THEN `t7`.`decided_number`
                    ELSE `t18`.`valid_from_number`
                  END AS `decided_number`,
                  FALSE AS `rests`,
                  `t13`.`account_id` AS `account_id_right`,
                  `t13`.`industry`,
                  `t13`.`country`,
                  `t13`.`size`
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
                ) AS `t18`
                  ON `t7`.`deal_id` = `t18`.`deal_id`
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
                ) AS `t17`
                  ON `t7`.`deal_id` = `t17`.`deal_id`
                LEFT OUTER JOIN (
                  SELECT
                    `t5`.`account_id`,
                    `t5`.`industry`,
                    `t5`.`country`,
                    `t5`.`size`
                  FROM `fact_account` AS `t5`
                ) AS `t13`
                  ON `t7`.`account_id` = `t13`.`account_id`
              ) AS `t23`
            ) AS `t25`
            LEFT OUTER JOIN `fact_process_stage` AS `t6`
              ON `t25`.`process_version_id` = `t6`.`process_version_id`
              AND `t25`.`stage` = `t6`.`stage`
          ) AS `t28`
        ) AS `t32`
        LEFT OUTER JOIN (
          SELECT
            `t30`.`passenger`,
            MIN(`t30`.`later_number`) AS `came_on`
          FROM (
            SELECT
              `t27`.`process_version_id`,
              `t27`.`position`,
              `t27`.`entered_at`,
              `t27`.`visit_id`,
              `t27`.`passenger`,
              `t22`.`later_deal`,
              `t22`.`later_version`,
              `t22`.`later`,
              `t22`.`later_at`,
              `t22`.`later_id`,
              `t22`.`later_number`
            FROM (
              SELECT
                `t21`.`process_version_id`,
                `t21`.`position`,
                `t21`.`entered_at`,
                `t21`.`visit_id`,
                `t21`.`deal_id` AS `passenger`
              FROM `t19` AS `t21`
              WHERE
                CONCAT(CONCAT(`t21`.`process`, ':'), `t21`.`stage`) = '⟦passed⟧'
            ) AS `t27`
            LEFT OUTER JOIN (
              SELECT
                `t14`.`deal_id` AS `later_deal`,
                `t14`.`process_version_id` AS `later_version`,
                `t6`.`position` AS `later`,
                `t14`.`entered_at` AS `later_at`,
                `t14`.`visit_id` AS `later_id`,
                `t14`.`entered_number` AS `later_number`
              FROM (
                SELECT
                  *
                FROM `fact_stage_visit` AS `t0`
                WHERE
                  `t0`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP) AND `t0`.`status` = 'open'
              ) AS `t14`
              INNER JOIN `fact_process_stage` AS `t6`
                ON `t14`.`process_version_id` = `t6`.`process_version_id`
                AND `t14`.`stage` = `t6`.`stage`
            ) AS `t22`
              ON `t22`.`later_deal` = `t27`.`passenger`
              AND `t22`.`later_version` = `t27`.`process_version_id`
              AND `t22`.`later` > `t27`.`position`
              AND (
                (
                  `t22`.`later_at` > `t27`.`entered_at`
                )
                OR (
                  (
                    `t22`.`later_at` = `t27`.`entered_at`
                  )
                  AND (
                    `t22`.`later_id` > `t27`.`visit_id`
                  )
                )
              )
          ) AS `t30`
          GROUP BY
            1
        ) AS `t34`
          ON `t32`.`deal_id` = `t34`.`passenger`
      ) AS `t35`
    ) AS `t36`
    WHERE
      (
        (
          CAST('⟦outcomes⟧' AS ARRAY<STRING>) IS NULL
        )
        OR IF(
          CAST('⟦outcomes⟧' AS ARRAY<STRING>) IS NULL,
          NULL,
          COALESCE(ARRAY_CONTAINS(CAST('⟦outcomes⟧' AS ARRAY<STRING>), `t36`.`outcome`), FALSE)
        )
      )
      AND (
        (
          '⟦segment⟧' IS NULL
        ) OR (
          `t36`.`segment` = '⟦segment⟧'
        )
      )
      AND (
        (
          '⟦stage⟧' IS NULL
        ) OR (
          `t36`.`stage` = '⟦stage⟧'
        )
      )
      AND (
        (
          '⟦proof⟧' IS NULL
        ) OR (
          `t36`.`proof` = '⟦proof⟧'
        )
      )
      AND (
        (
          '⟦currency⟧' IS NULL
        ) OR (
          `t36`.`currency` = '⟦currency⟧'
        )
      )
      AND (
        (
          '⟦process⟧' IS NULL
        ) OR (
          `t36`.`process` = '⟦process⟧'
        )
      )
      AND (
        (
          CAST('⟦version⟧' AS BIGINT) IS NULL
        )
        OR (
          `t36`.`version` = CAST('⟦version⟧' AS BIGINT)
        )
      )
      AND (
        (
          CAST('⟦rests⟧' AS BOOLEAN) IS NULL
        )
        OR (
          `t36`.`rests` = CAST('⟦rests⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          CAST('⟦in_pipeline⟧' AS BOOLEAN) IS NULL
        )
        OR (
          `t36`.`in_pipeline` = CAST('⟦in_pipeline⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          '⟦start⟧' IS NULL
        )
        OR (
          (
            '⟦start⟧' = 'known'
          ) AND (
            `t36`.`days` >= 0
          )
        )
        OR (
          (
            '⟦start⟧' = 'unknown'
          ) AND (
            `t36`.`days` IS NULL
          )
        )
        OR (
          (
            '⟦start⟧' = 'after_end'
          ) AND (
            `t36`.`days` < 0
          )
        )
      )
      AND (
        (
          CAST('⟦longer_than⟧' AS BIGINT) IS NULL
        )
        OR (
          `t36`.`days` > CAST('⟦longer_than⟧' AS BIGINT)
        )
      )
      AND (
        (
          '⟦amount⟧' IS NULL
        )
        OR (
          (
            '⟦amount⟧' = 'known'
          ) = (
            `t36`.`amount` IS NOT NULL
          )
        )
      )
      AND (
        (
          '⟦history⟧' IS NULL
        )
        OR (
          (
            '⟦history⟧' = 'known'
          ) = `t36`.`has_history`
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'no_start'
        )
        OR (
          `t36`.`engaged_days` IS NULL
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'starts_after_end'
        )
        OR COALESCE(`t36`.`engaged_days` < 0, FALSE)
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'no_amount'
        )
        OR (
          (
            `t36`.`amount` IS NULL
          ) AND `t36`.`in_pipeline`
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'other_currency'
        )
        OR NOT (
          `t36`.`currency` IN (
            SELECT
              `t1`.`currency`
            FROM `fact_workspace` AS `t1`
          )
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'reopened'
        )
        OR `t36`.`deal_id` IN (
          SELECT
            `t0`.`deal_id`
          FROM `fact_stage_visit` AS `t0`
          WHERE
            `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
            AND `t0`.`status` IN ('lost', 'declined', 'disqualified')
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'no_time'
        )
        OR `t36`.`deal_id` IN (
          SELECT
            `t0`.`deal_id`
          FROM `fact_stage_visit` AS `t0`
          WHERE
            `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
            AND `t0`.`left_at` = `t0`.`entered_at`
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'no_history'
        )
        OR NOT (
          `t36`.`has_history`
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        ) OR (
          '⟦oddity⟧' <> 'one_deal'
        ) OR TRUE
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        ) OR (
          '⟦oddity⟧' <> 'none_won'
        ) OR FALSE
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        ) OR (
          '⟦oddity⟧' <> 'none_lost'
        ) OR FALSE
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'any'
        )
        OR (
          (
            `t36`.`engaged_days` IS NULL
          )
          OR COALESCE(`t36`.`engaged_days` < 0, FALSE)
          OR (
            (
              `t36`.`amount` IS NULL
            ) AND `t36`.`in_pipeline`
          )
          OR NOT (
            `t36`.`currency` IN (
              SELECT
                `t1`.`currency`
              FROM `fact_workspace` AS `t1`
            )
          )
          OR `t36`.`deal_id` IN (
            SELECT
              `t0`.`deal_id`
            FROM `fact_stage_visit` AS `t0`
            WHERE
              `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
              AND `t0`.`status` IN ('lost', 'declined', 'disqualified')
          )
          OR `t36`.`deal_id` IN (
            SELECT
              `t0`.`deal_id`
            FROM `fact_stage_visit` AS `t0`
            WHERE
              `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
              AND `t0`.`left_at` = `t0`.`entered_at`
          )
          OR NOT (
            `t36`.`has_history`
          )
        )
      )
      AND (
        (
          '⟦entered⟧' IS NULL
        )
        OR `t36`.`deal_id` IN (
          SELECT
            `t21`.`deal_id`
          FROM `t19` AS `t21`
          WHERE
            CONCAT(
              CONCAT(CONCAT(CONCAT(`t21`.`process`, ':'), CAST(`t21`.`process_number` AS STRING)), ':'),
              `t21`.`stage`
            ) = '⟦entered⟧'
        )
      )
      AND (
        (
          '⟦passed⟧' IS NULL
        )
        OR (
          `t36`.`is_in_window`
          AND (
            (
              (
                CAST('⟦passed_from⟧' AS BIGINT) IS NULL
              )
              OR (
                `t36`.`passed_number` >= CAST('⟦passed_from⟧' AS BIGINT)
              )
            )
            AND (
              (
                CAST('⟦passed_until⟧' AS BIGINT) IS NULL
              )
              OR (
                `t36`.`passed_number` <= CAST('⟦passed_until⟧' AS BIGINT)
              )
            )
          )
          AND (
            (
              CAST('⟦in_time⟧' AS BOOLEAN) IS NULL
            )
            OR (
              CAST('⟦in_time⟧' AS BOOLEAN) = (
                (
                  `t36`.`outcome` = 'won'
                )
                AND (
                  `t36`.`days_after` <= CAST('⟦within⟧' AS BIGINT)
                )
              )
            )
          )
        )
      )
  ) AS `t37`
) AS `t38`
WHERE
  `t38`.`place` >= CAST('⟦skip⟧' AS BIGINT)
  AND `t38`.`place` < (
    CAST('⟦skip⟧' AS BIGINT) + 50
  )
ORDER BY
  `t38`.`place` ASC NULLS LAST
