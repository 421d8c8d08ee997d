WITH `t15` AS (
  SELECT
    `t12`.`visit_id`,
    `t12`.`deal_id`,
    `t12`.`process_version_id`,
    `t12`.`stage`,
    `t12`.`status`,
    `t12`.`basis`,
    `t12`.`proof`,
    `t12`.`entered_at`,
    `t12`.`left_at`,
    `t12`.`backfilled`,
    `t12`.`entered_number`,
    `t12`.`left_number`,
    `t5`.`process`,
    `t5`.`process_number`,
    `t5`.`phase`,
    `t5`.`position`
  FROM (
    SELECT
      *
    FROM `fact_stage_visit` AS `t0`
    WHERE
      `t0`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP) AND `t0`.`status` = 'open'
  ) AS `t12`
  INNER JOIN `fact_process_stage` AS `t5`
    ON `t12`.`process_version_id` = `t5`.`process_version_id`
    AND `t12`.`stage` = `t5`.`stage`
)
SELECT
  `t34`.`uid`,
  `t34`.`name`,
  `t34`.`stage`,
  `t34`.`process_version_id`,
  `t34`.`outcome`,
  `t34`.`proof`,
  `t34`.`amount`,
  `t34`.`currency`,
  `t34`.`owner_id`,
  `t34`.`engaged_since`,
  `t34`.`decided_on`,
  `t34`.`days`,
  `t34`.`found`
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
    `t33`.`days`,
    `t33`.`passenger`,
    `t33`.`came_on`,
    `t33`.`passed_number`,
    `t33`.`days_after`,
    `t33`.`is_in_window`,
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `found`,
    ROW_NUMBER() OVER (ORDER BY `t33`.`days` DESC, `t33`.`deal_id` ASC NULLS LAST) - 1 AS `place`
  FROM (
    SELECT
      *
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
        `t31`.`days`,
        `t31`.`passenger`,
        `t31`.`came_on`,
        COALESCE(
          `t31`.`came_on`,
          IF(
            (
              `t31`.`outcome` = 'won'
            ) AND (
              `t31`.`passenger` IS NOT NULL
            ),
            `t31`.`decided_number`,
            CAST(NULL AS INT)
          )
        ) AS `passed_number`,
        CAST(LEAST(
          IF(
            (
              IF(`t31`.`outcome` = 'open', `t31`.`observed_number`, `t31`.`decided_number`) - COALESCE(
                `t31`.`came_on`,
                IF(
                  (
                    `t31`.`outcome` = 'won'
                  ) AND (
                    `t31`.`passenger` IS NOT NULL
                  ),
                  `t31`.`decided_number`,
                  CAST(NULL AS INT)
                )
              )
            ) IS NULL,
            IF(`t31`.`outcome` = 'open', `t31`.`observed_number`, `t31`.`decided_number`) - COALESCE(
              `t31`.`came_on`,
              IF(
                (
                  `t31`.`outcome` = 'won'
                ) AND (
                  `t31`.`passenger` IS NOT NULL
                ),
                `t31`.`decided_number`,
                CAST(NULL AS INT)
              )
            ),
            GREATEST(
              0,
              IF(`t31`.`outcome` = 'open', `t31`.`observed_number`, `t31`.`decided_number`) - COALESCE(
                `t31`.`came_on`,
                IF(
                  (
                    `t31`.`outcome` = 'won'
                  ) AND (
                    `t31`.`passenger` IS NOT NULL
                  ),
                  `t31`.`decided_number`,
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
              `t31`.`came_on`,
              IF(
                (
                  `t31`.`outcome` = 'won'
                ) AND (
                  `t31`.`passenger` IS NOT NULL
                ),
                `t31`.`decided_number`,
                CAST(NULL AS INT)
              )
            ) > (
              `t31`.`observed_number` - CAST('⟦window⟧' AS BIGINT)
            )
          )
          AND `t31`.`has_history`,
          FALSE
        ) AS `is_in_window`
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
          `t29`.`days`,
          `t30`.`passenger`,
          `t30`.`came_on`
        FROM (
          SELECT
            `t25`.`deal_id`,
            `t25`.`uid`,
            `t25`.`name`,
            COALESCE(
              CASE
                WHEN '⟦by⟧' = 'owner'
                THEN CAST(`t25`.`owner_id` AS STRING)
                WHEN '⟦by⟧' = 'team'
                THEN CAST(`t25`.`team_id` AS STRING)
                WHEN '⟦by⟧' = 'source'
                THEN `t25`.`source`
                WHEN '⟦by⟧' = 'product'
                THEN `t25`.`product`
                WHEN '⟦by⟧' = 'industry'
                THEN `t25`.`industry`
                WHEN '⟦by⟧' = 'country'
                THEN `t25`.`country`
                WHEN '⟦by⟧' = 'size'
                THEN `t25`.`size`
                WHEN '⟦by⟧' = 'process'
                THEN CONCAT(CONCAT(`t25`.`process`, ' '), CAST(`t25`.`process_number` AS STRING))
                WHEN '⟦by⟧' = 'entry_stage'
                THEN `t25`.`entry_stage`
                ELSE ''
              END,
              ''
            ) AS `segment`,
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
            `t25`.`process_number` AS `version`,
            COALESCE(
              `t25`.`decided_number`,
              LEAST(
                COALESCE(`t25`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                CAST('⟦number⟧' AS BIGINT)
              )
            ) - `t25`.`engaged_number` AS `engaged_days`,
            COALESCE(
              `t25`.`decided_number`,
              LEAST(
                COALESCE(`t25`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                CAST('⟦number⟧' AS BIGINT)
              )
            ) - `t25`.`buyer_number` AS `buyer_days`,
            LEAST(COALESCE(`t25`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
            LEAST(
              COALESCE(`t25`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            ) AS `observed_number`,
            COALESCE(`t25`.`phase` <> 'find', TRUE) OR (
              `t25`.`basis` = 'imported'
            ) AS `in_pipeline`,
            CASE
              WHEN '⟦clock⟧' = 'buyer'
              THEN COALESCE(
                `t25`.`decided_number`,
                LEAST(
                  COALESCE(`t25`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                  CAST('⟦number⟧' AS BIGINT)
                )
              ) - `t25`.`buyer_number`
              ELSE COALESCE(
                `t25`.`decided_number`,
                LEAST(
                  COALESCE(`t25`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                  CAST('⟦number⟧' AS BIGINT)
                )
              ) - `t25`.`engaged_number`
            END AS `days`
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
                  `t11`.`account_id` AS `account_id_right`,
                  `t11`.`industry`,
                  `t11`.`country`,
                  `t11`.`size`
                FROM (
                  SELECT
                    `t3`.`deal_id`,
                    `t3`.`uid`,
                    `t3`.`name`,
                    `t3`.`process_version_id`,
                    `t3`.`stage`,
                    `t3`.`status`,
                    `t3`.`outcome`,
                    `t3`.`proof`,
                    `t3`.`basis`,
                    `t3`.`entry_stage`,
                    `t3`.`stage_since_on`,
                    `t3`.`amount`,
                    `t3`.`currency`,
                    `t3`.`owner_id`,
                    `t3`.`team_id`,
                    `t3`.`account_id`,
                    `t3`.`source`,
                    `t3`.`product`,
                    `t3`.`expected_close`,
                    `t3`.`buyer_since`,
                    `t3`.`engaged_since`,
                    `t3`.`rests_until`,
                    `t3`.`leave_reason`,
                    `t3`.`decided_on`,
                    `t3`.`seen_until`,
                    `t3`.`engaged_number`,
                    `t3`.`buyer_number`,
                    `t3`.`decided_number`,
                    `t3`.`seen_number`,
                    `t3`.`has_history`,
                    COALESCE(`t3`.`rests_until` > CAST('⟦day⟧' AS DATE), FALSE)
                    AND (
                      `t3`.`outcome` = 'open'
                    ) AS `rests`
                  FROM `fact_deal` AS `t3`
                ) AS `t14`
                LEFT OUTER JOIN (
                  SELECT
                    `t4`.`account_id`,
                    `t4`.`industry`,
                    `t4`.`country`,
                    `t4`.`size`
                  FROM `fact_account` AS `t4`
                ) AS `t11`
                  ON `t14`.`account_id` = `t11`.`account_id`
              ) AS `t19`
            ) AS `t21`
            LEFT OUTER JOIN `fact_process_stage` AS `t5`
              ON `t21`.`process_version_id` = `t5`.`process_version_id`
              AND `t21`.`stage` = `t5`.`stage`
          ) AS `t25`
        ) AS `t29`
        LEFT OUTER JOIN (
          SELECT
            `t26`.`passenger`,
            MIN(`t26`.`later_number`) AS `came_on`
          FROM (
            SELECT
              `t23`.`process_version_id`,
              `t23`.`position`,
              `t23`.`entered_at`,
              `t23`.`visit_id`,
              `t23`.`passenger`,
              `t18`.`later_deal`,
              `t18`.`later_version`,
              `t18`.`later`,
              `t18`.`later_at`,
              `t18`.`later_id`,
              `t18`.`later_number`
            FROM (
              SELECT
                `t17`.`process_version_id`,
                `t17`.`position`,
                `t17`.`entered_at`,
                `t17`.`visit_id`,
                `t17`.`deal_id` AS `passenger`
              FROM `t15` AS `t17`
              WHERE
                CONCAT(CONCAT(`t17`.`process`, ':'), `t17`.`stage`) = '⟦passed⟧'
            ) AS `t23`
            LEFT OUTER JOIN (
              SELECT
                `t12`.`deal_id` AS `later_deal`,
                `t12`.`process_version_id` AS `later_version`,
                `t5`.`position` AS `later`,
                `t12`.`entered_at` AS `later_at`,
                `t12`.`visit_id` AS `later_id`,
                `t12`.`entered_number` AS `later_number`
              FROM (
                SELECT
                  *
                FROM `fact_stage_visit` AS `t0`
                WHERE
                  `t0`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP) AND `t0`.`status` = 'open'
              ) AS `t12`
              INNER JOIN `fact_process_stage` AS `t5`
                ON `t12`.`process_version_id` = `t5`.`process_version_id`
                AND `t12`.`stage` = `t5`.`stage`
            ) AS `t18`
              ON `t18`.`later_deal` = `t23`.`passenger`
              AND `t18`.`later_version` = `t23`.`process_version_id`
              AND `t18`.`later` > `t23`.`position`
              AND (
                (
                  `t18`.`later_at` > `t23`.`entered_at`
                )
                OR (
                  (
                    `t18`.`later_at` = `t23`.`entered_at`
                  )
                  AND (
                    `t18`.`later_id` > `t23`.`visit_id`
                  )
                )
              )
          ) AS `t26`
          GROUP BY
            1
        ) AS `t30`
          ON `t29`.`deal_id` = `t30`.`passenger`
      ) AS `t31`
    ) AS `t32`
    WHERE
      (
        (
          CAST('⟦outcomes⟧' AS ARRAY<STRING>) IS NULL
        )
        OR IF(
          CAST('⟦outcomes⟧' AS ARRAY<STRING>) IS NULL,
          NULL,
          COALESCE(ARRAY_CONTAINS(CAST('⟦outcomes⟧' AS ARRAY<STRING>), `t32`.`outcome`), FALSE)
        )
      )
      AND (
        (
          '⟦segment⟧' IS NULL
        ) OR (
          `t32`.`segment` = '⟦segment⟧'
        )
      )
      AND (
        (
          '⟦stage⟧' IS NULL
        ) OR (
          `t32`.`stage` = '⟦stage⟧'
        )
      )
      AND (
        (
          '⟦proof⟧' IS NULL
        ) OR (
          `t32`.`proof` = '⟦proof⟧'
        )
      )
      AND (
        (
          '⟦currency⟧' IS NULL
        ) OR (
          `t32`.`currency` = '⟦currency⟧'
        )
      )
      AND (
        (
          '⟦process⟧' IS NULL
        ) OR (
          `t32`.`process` = '⟦process⟧'
        )
      )
      AND (
        (
          CAST('⟦version⟧' AS BIGINT) IS NULL
        )
        OR (
          `t32`.`version` = CAST('⟦version⟧' AS BIGINT)
        )
      )
      AND (
        (
          CAST('⟦rests⟧' AS BOOLEAN) IS NULL
        )
        OR (
          `t32`.`rests` = CAST('⟦rests⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          CAST('⟦in_pipeline⟧' AS BOOLEAN) IS NULL
        )
        OR (
          `t32`.`in_pipeline` = CAST('⟦in_pipeline⟧' AS BOOLEAN)
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
            `t32`.`days` >= 0
          )
        )
        OR (
          (
            '⟦start⟧' = 'unknown'
          ) AND (
            `t32`.`days` IS NULL
          )
        )
        OR (
          (
            '⟦start⟧' = 'after_end'
          ) AND (
            `t32`.`days` < 0
          )
        )
      )
      AND (
        (
          CAST('⟦longer_than⟧' AS BIGINT) IS NULL
        )
        OR (
          `t32`.`days` > CAST('⟦longer_than⟧' AS BIGINT)
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
            `t32`.`amount` IS NOT NULL
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
          ) = `t32`.`has_history`
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
          `t32`.`engaged_days` IS NULL
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'starts_after_end'
        )
        OR COALESCE(`t32`.`engaged_days` < 0, FALSE)
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
            `t32`.`amount` IS NULL
          ) AND `t32`.`in_pipeline`
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
          `t32`.`currency` IN (
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
        OR `t32`.`deal_id` IN (
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
        OR `t32`.`deal_id` IN (
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
          `t32`.`has_history`
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
            `t32`.`engaged_days` IS NULL
          )
          OR COALESCE(`t32`.`engaged_days` < 0, FALSE)
          OR (
            (
              `t32`.`amount` IS NULL
            ) AND `t32`.`in_pipeline`
          )
          OR NOT (
            `t32`.`currency` IN (
              SELECT
                `t1`.`currency`
              FROM `fact_workspace` AS `t1`
            )
          )
          OR `t32`.`deal_id` IN (
            SELECT
              `t0`.`deal_id`
            FROM `fact_stage_visit` AS `t0`
            WHERE
              `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
              AND `t0`.`status` IN ('lost', 'declined', 'disqualified')
          )
          OR `t32`.`deal_id` IN (
            SELECT
              `t0`.`deal_id`
            FROM `fact_stage_visit` AS `t0`
            WHERE
              `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
              AND `t0`.`left_at` = `t0`.`entered_at`
          )
          OR NOT (
            `t32`.`has_history`
          )
        )
      )
      AND (
        (
          '⟦entered⟧' IS NULL
        )
        OR `t32`.`deal_id` IN (
          SELECT
            `t17`.`deal_id`
          FROM `t15` AS `t17`
          WHERE
            CONCAT(
              CONCAT(CONCAT(CONCAT(`t17`.`process`, ':'), CAST(`t17`.`process_number` AS STRING)), ':'),
              `t17`.`stage`
            ) = '⟦entered⟧'
        )
      )
      AND (
        (
          '⟦passed⟧' IS NULL
        )
        OR (
          `t32`.`is_in_window`
          AND (
            (
              (
                CAST('⟦passed_from⟧' AS BIGINT) IS NULL
              )
              OR (
                `t32`.`passed_number` >= CAST('⟦passed_from⟧' AS BIGINT)
              )
            )
            AND (
              (
                CAST('⟦passed_until⟧' AS BIGINT) IS NULL
              )
              OR (
                `t32`.`passed_number` <= CAST('⟦passed_until⟧' AS BIGINT)
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
                  `t32`.`outcome` = 'won'
                )
                AND (
                  `t32`.`days_after` <= CAST('⟦within⟧' AS BIGINT)
                )
              )
            )
          )
        )
      )
  ) AS `t33`
) AS `t34`
WHERE
  `t34`.`place` >= CAST('⟦skip⟧' AS BIGINT)
  AND `t34`.`place` < (
    CAST('⟦skip⟧' AS BIGINT) + 50
  )
ORDER BY
  `t34`.`place` ASC NULLS LAST
