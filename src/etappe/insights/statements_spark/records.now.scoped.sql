WITH `t16` AS (
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
  `t37`.`uid`,
  `t37`.`name`,
  `t37`.`stage`,
  `t37`.`process_version_id`,
  `t37`.`outcome`,
  `t37`.`proof`,
  `t37`.`amount`,
  `t37`.`currency`,
  `t37`.`owner_id`,
  `t37`.`engaged_since`,
  `t37`.`decided_on`,
  `t37`.`days`,
  `t37`.`found`
FROM (
  SELECT
    `t36`.`deal_id`,
    `t36`.`uid`,
    `t36`.`name`,
    `t36`.`segment`,
    `t36`.`stage`,
    `t36`.`phase`,
    `t36`.`position`,
    `t36`.`process`,
    `t36`.`process_version_id`,
    `t36`.`outcome`,
    `t36`.`proof`,
    `t36`.`amount`,
    `t36`.`currency`,
    `t36`.`expected_close`,
    `t36`.`owner_id`,
    `t36`.`engaged_since`,
    `t36`.`decided_on`,
    `t36`.`rests`,
    `t36`.`has_history`,
    `t36`.`decided_number`,
    `t36`.`version`,
    `t36`.`engaged_days`,
    `t36`.`buyer_days`,
    `t36`.`observed_on`,
    `t36`.`observed_number`,
    `t36`.`in_pipeline`,
    `t36`.`days`,
    `t36`.`passenger`,
    `t36`.`came_on`,
    `t36`.`passed_number`,
    `t36`.`days_after`,
    `t36`.`is_in_window`,
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `found`,
    ROW_NUMBER() OVER (ORDER BY `t36`.`days` DESC, `t36`.`deal_id` ASC NULLS LAST) - 1 AS `place`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t34`.`deal_id`,
        `t34`.`uid`,
        `t34`.`name`,
        `t34`.`segment`,
        `t34`.`stage`,
        `t34`.`phase`,
        `t34`.`position`,
        `t34`.`process`,
        `t34`.`process_version_id`,
        `t34`.`outcome`,
        `t34`.`proof`,
        `t34`.`amount`,
        `t34`.`currency`,
        `t34`.`expected_close`,
        `t34`.`owner_id`,
        `t34`.`engaged_since`,
        `t34`.`decided_on`,
        `t34`.`rests`,
        `t34`.`has_history`,
        `t34`.`decided_number`,
        `t34`.`version`,
        `t34`.`engaged_days`,
        `t34`.`buyer_days`,
        `t34`.`observed_on`,
        `t34`.`observed_number`,
        `t34`.`in_pipeline`,
        `t34`.`days`,
        `t34`.`passenger`,
        `t34`.`came_on`,
        COALESCE(
          `t34`.`came_on`,
          IF(
            (
              `t34`.`outcome` = 'won'
            ) AND (
              `t34`.`passenger` IS NOT NULL
            ),
            `t34`.`decided_number`,
            CAST(NULL AS INT)
          )
        ) AS `passed_number`,
        CAST(LEAST(
          IF(
            (
              IF(`t34`.`outcome` = 'open', `t34`.`observed_number`, `t34`.`decided_number`) - COALESCE(
                `t34`.`came_on`,
                IF(
                  (
                    `t34`.`outcome` = 'won'
                  ) AND (
                    `t34`.`passenger` IS NOT NULL
                  ),
                  `t34`.`decided_number`,
                  CAST(NULL AS INT)
                )
              )
            ) IS NULL,
            IF(`t34`.`outcome` = 'open', `t34`.`observed_number`, `t34`.`decided_number`) - COALESCE(
              `t34`.`came_on`,
              IF(
                (
                  `t34`.`outcome` = 'won'
                ) AND (
                  `t34`.`passenger` IS NOT NULL
                ),
                `t34`.`decided_number`,
                CAST(NULL AS INT)
              )
            ),
            GREATEST(
              0,
              IF(`t34`.`outcome` = 'open', `t34`.`observed_number`, `t34`.`decided_number`) - COALESCE(
                `t34`.`came_on`,
                IF(
                  (
                    `t34`.`outcome` = 'won'
                  ) AND (
                    `t34`.`passenger` IS NOT NULL
                  ),
                  `t34`.`decided_number`,
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
              `t34`.`came_on`,
              IF(
                (
                  `t34`.`outcome` = 'won'
                ) AND (
                  `t34`.`passenger` IS NOT NULL
                ),
                `t34`.`decided_number`,
                CAST(NULL AS INT)
              )
            ) > (
              `t34`.`observed_number` - CAST('⟦window⟧' AS BIGINT)
            )
          )
          AND `t34`.`has_history`,
          FALSE
        ) AS `is_in_window`
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
          `t31`.`passenger`,
          `t31`.`came_on`
        FROM (
          SELECT
            `t29`.`deal_id`,
            `t29`.`uid`,
            `t29`.`name`,
            COALESCE(
              CASE
                WHEN '⟦by⟧' = 'owner'
                THEN CAST(`t29`.`owner_id` AS STRING)
                WHEN '⟦by⟧' = 'team'
                THEN CAST(`t29`.`team_id` AS STRING)
                WHEN '⟦by⟧' = 'source'
                THEN `t29`.`source`
                WHEN '⟦by⟧' = 'product'
                THEN `t29`.`product`
                WHEN '⟦by⟧' = 'industry'
                THEN `t29`.`industry`
                WHEN '⟦by⟧' = 'country'
                THEN `t29`.`country`
                WHEN '⟦by⟧' = 'size'
                THEN `t29`.`size`
                WHEN '⟦by⟧' = 'process'
                THEN CONCAT(CONCAT(`t29`.`process`, ' '), CAST(`t29`.`process_number` AS STRING))
                WHEN '⟦by⟧' = 'entry_stage'
                THEN `t29`.`entry_stage`
                ELSE ''
              END,
              ''
            ) AS `segment`,
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
            `t29`.`process_number` AS `version`,
            COALESCE(
              `t29`.`decided_number`,
              LEAST(
                COALESCE(`t29`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                CAST('⟦number⟧' AS BIGINT)
              )
            ) - `t29`.`engaged_number` AS `engaged_days`,
            COALESCE(
              `t29`.`decided_number`,
              LEAST(
                COALESCE(`t29`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                CAST('⟦number⟧' AS BIGINT)
              )
            ) - `t29`.`buyer_number` AS `buyer_days`,
            LEAST(COALESCE(`t29`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
            LEAST(
              COALESCE(`t29`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            ) AS `observed_number`,
            COALESCE(`t29`.`phase` <> 'find', TRUE) OR (
              `t29`.`basis` = 'imported'
            ) AS `in_pipeline`,
            CASE
              WHEN '⟦clock⟧' = 'buyer'
              THEN COALESCE(
                `t29`.`decided_number`,
                LEAST(
                  COALESCE(`t29`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                  CAST('⟦number⟧' AS BIGINT)
                )
              ) - `t29`.`buyer_number`
              ELSE COALESCE(
                `t29`.`decided_number`,
                LEAST(
                  COALESCE(`t29`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                  CAST('⟦number⟧' AS BIGINT)
                )
              ) - `t29`.`engaged_number`
            END AS `days`
          FROM (
            SELECT
              `t27`.`deal_id`,
              `t27`.`uid`,
              `t27`.`name`,
              `t27`.`process_version_id`,
              `t27`.`stage`,
              `t27`.`status`,
              `t27`.`outcome`,
              `t27`.`proof`,
              `t27`.`basis`,
              `t27`.`entry_stage`,
              `t27`.`stage_since_on`,
              `t27`.`amount`,
              `t27`.`currency`,
              `t27`.`owner_id`,
              `t27`.`team_id`,
              `t27`.`account_id`,
              `t27`.`source`,
              `t27`.`product`,
              `t27`.`expected_close`,
              `t27`.`buyer_since`,
              `t27`.`engaged_since`,
              `t27`.`rests_until`,
              `t27`.`leave_reason`,
              `t27`.`decided_on`,
              `t27`.`seen_until`,
              `t27`.`engaged_number`,
              `t27`.`buyer_number`,
              `t27`.`decided_number`,
              `t27`.`seen_number`,
              `t27`.`has_history`,
              `t27`.`rests`,
              `t27`.`industry`,
              `t27`.`country`,
              `t27`.`size`,
              `t6`.`process_version_id` AS `process_version_id_right`,
              `t6`.`process`,
              `t6`.`process_number`,
              `t6`.`stage` AS `stage_right`,
              `t6`.`phase`,
              `t6`.`position`
            FROM (
              SELECT
                `t25`.`deal_id`,
                `t25`.`uid`,
                `t25`.`name`,
                `t25`.`process_version_id`,
                `t25`.`stage`,
                `t25`.`status`,
                `t25`.`outcome`,
                `t25`.`proof`,
                `t25`.`basis`,
                `t25`.`entry_stage`,
                `t25`.`stage_since_on`,
                `t25`.`amount`,
                `t25`.`currency`,
                `t25`.`owner_id`,
                `t25`.`team_id`,
                `t25`.`account_id`,
                `t25`.`source`,
                `t25`.`product`,
                `t25`.`expected_close`,
                `t25`.`buyer_since`,
                `t25`.`engaged_since`,
                `t25`.`rests_until`,
                `t25`.`leave_reason`,
                `t25`.`decided_on`,
                `t25`.`seen_until`,
                `t25`.`engaged_number`,
                `t25`.`buyer_number`,
                `t25`.`decided_number`,
                `t25`.`seen_number`,
                `t25`.`has_history`,
                `t25`.`rests`,
                `t25`.`industry`,
                `t25`.`country`,
                `t25`.`size`
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
                  `t12`.`account_id` AS `account_id_right`,
                  `t12`.`industry`,
                  `t12`.`country`,
                  `t12`.`size`
                FROM (
                  SELECT
                    `t15`.`deal_id`,
                    `t15`.`uid`,
                    `t15`.`name`,
                    `t15`.`process_version_id`,
                    `t15`.`stage`,
                    `t15`.`status`,
                    `t15`.`outcome`,
                    `t15`.`proof`,
                    `t15`.`basis`,
                    `t15`.`entry_stage`,
                    `t15`.`stage_since_on`,
                    `t15`.`amount`,
                    `t15`.`currency`,
                    `t15`.`owner_id`,
                    `t15`.`team_id`,
                    `t15`.`account_id`,
                    `t15`.`source`,
                    `t15`.`product`,
                    `t15`.`expected_close`,
                    `t15`.`buyer_since`,
                    `t15`.`engaged_since`,
                    `t15`.`rests_until`,
                    `t15`.`leave_reason`,
                    `t15`.`decided_on`,
                    `t15`.`seen_until`,
                    `t15`.`engaged_number`,
                    `t15`.`buyer_number`,
                    `t15`.`decided_number`,
                    `t15`.`seen_number`,
                    `t15`.`has_history`,
                    COALESCE(`t15`.`rests_until` > CAST('⟦day⟧' AS DATE), FALSE)
                    AND (
                      `t15`.`outcome` = 'open'
                    ) AS `rests`
                  FROM (
                    SELECT
                      *
                    FROM `fact_deal` AS `t3`
                    WHERE
                      (
                        `t3`.`owner_id` = CAST('⟦viewer⟧' AS BIGINT)
                      )
                      OR IF(
                        CAST('⟦teams⟧' AS ARRAY<BIGINT>) IS NULL,
                        NULL,
                        COALESCE(ARRAY_CONTAINS(CAST('⟦teams⟧' AS ARRAY<BIGINT>), `t3`.`team_id`), FALSE)
                      )
                      OR `t3`.`deal_id` IN (
                        SELECT
                          `t5`.`deal_id`
                        FROM `fact_deal_member` AS `t5`
                        WHERE
                          `t5`.`user_id` = CAST('⟦viewer⟧' AS BIGINT)
                      )
                  ) AS `t15`
                ) AS `t21`
                LEFT OUTER JOIN (
                  SELECT
                    `t4`.`account_id`,
                    `t4`.`industry`,
                    `t4`.`country`,
                    `t4`.`size`
                  FROM `fact_account` AS `t4`
                ) AS `t12`
                  ON `t21`.`account_id` = `t12`.`account_id`
              ) AS `t25`
            ) AS `t27`
            LEFT OUTER JOIN `fact_process_stage` AS `t6`
              ON `t27`.`process_version_id` = `t6`.`process_version_id`
              AND `t27`.`stage` = `t6`.`stage`
          ) AS `t29`
        ) AS `t33`
        LEFT OUTER JOIN (
          SELECT
            `t28`.`passenger`,
            MIN(`t28`.`later_number`) AS `came_on`
          FROM (
            SELECT
              `t23`.`process_version_id`,
              `t23`.`position`,
              `t23`.`entered_at`,
              `t23`.`visit_id`,
              `t23`.`passenger`,
              `t19`.`later_deal`,
              `t19`.`later_version`,
              `t19`.`later`,
              `t19`.`later_at`,
              `t19`.`later_id`,
              `t19`.`later_number`
            FROM (
              SELECT
                `t18`.`process_version_id`,
                `t18`.`position`,
                `t18`.`entered_at`,
                `t18`.`visit_id`,
                `t18`.`deal_id` AS `passenger`
              FROM `t16` AS `t18`
              WHERE
                CONCAT(CONCAT(`t18`.`process`, ':'), `t18`.`stage`) = '⟦passed⟧'
            ) AS `t23`
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
            ) AS `t19`
              ON `t19`.`later_deal` = `t23`.`passenger`
              AND `t19`.`later_version` = `t23`.`process_version_id`
              AND `t19`.`later` > `t23`.`position`
              AND (
                (
                  `t19`.`later_at` > `t23`.`entered_at`
                )
                OR (
                  (
                    `t19`.`later_at` = `t23`.`entered_at`
                  )
                  AND (
                    `t19`.`later_id` > `t23`.`visit_id`
                  )
                )
              )
          ) AS `t28`
          GROUP BY
            1
        ) AS `t31`
          ON `t33`.`deal_id` = `t31`.`passenger`
      ) AS `t34`
    ) AS `t35`
    WHERE
      (
        (
          CAST('⟦outcomes⟧' AS ARRAY<STRING>) IS NULL
        )
        OR IF(
          CAST('⟦outcomes⟧' AS ARRAY<STRING>) IS NULL,
          NULL,
          COALESCE(ARRAY_CONTAINS(CAST('⟦outcomes⟧' AS ARRAY<STRING>), `t35`.`outcome`), FALSE)
        )
      )
      AND (
        (
          '⟦segment⟧' IS NULL
        ) OR (
          `t35`.`segment` = '⟦segment⟧'
        )
      )
      AND (
        (
          '⟦stage⟧' IS NULL
        ) OR (
          `t35`.`stage` = '⟦stage⟧'
        )
      )
      AND (
        (
          '⟦proof⟧' IS NULL
        ) OR (
          `t35`.`proof` = '⟦proof⟧'
        )
      )
      AND (
        (
          '⟦currency⟧' IS NULL
        ) OR (
          `t35`.`currency` = '⟦currency⟧'
        )
      )
      AND (
        (
          '⟦process⟧' IS NULL
        ) OR (
          `t35`.`process` = '⟦process⟧'
        )
      )
      AND (
        (
          CAST('⟦version⟧' AS BIGINT) IS NULL
        )
        OR (
          `t35`.`version` = CAST('⟦version⟧' AS BIGINT)
        )
      )
      AND (
        (
          CAST('⟦rests⟧' AS BOOLEAN) IS NULL
        )
        OR (
          `t35`.`rests` = CAST('⟦rests⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          CAST('⟦in_pipeline⟧' AS BOOLEAN) IS NULL
        )
        OR (
          `t35`.`in_pipeline` = CAST('⟦in_pipeline⟧' AS BOOLEAN)
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
            `t35`.`days` >= 0
          )
        )
        OR (
          (
            '⟦start⟧' = 'unknown'
          ) AND (
            `t35`.`days` IS NULL
          )
        )
        OR (
          (
            '⟦start⟧' = 'after_end'
          ) AND (
            `t35`.`days` < 0
          )
        )
      )
      AND (
        (
          CAST('⟦longer_than⟧' AS BIGINT) IS NULL
        )
        OR (
          `t35`.`days` > CAST('⟦longer_than⟧' AS BIGINT)
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
            `t35`.`amount` IS NOT NULL
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
          ) = `t35`.`has_history`
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
          `t35`.`engaged_days` IS NULL
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'starts_after_end'
        )
        OR COALESCE(`t35`.`engaged_days` < 0, FALSE)
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
            `t35`.`amount` IS NULL
          ) AND `t35`.`in_pipeline`
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
          `t35`.`currency` IN (
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
        OR `t35`.`deal_id` IN (
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
        OR `t35`.`deal_id` IN (
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
          `t35`.`has_history`
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
            `t35`.`engaged_days` IS NULL
          )
          OR COALESCE(`t35`.`engaged_days` < 0, FALSE)
          OR (
            (
              `t35`.`amount` IS NULL
            ) AND `t35`.`in_pipeline`
          )
          OR NOT (
            `t35`.`currency` IN (
              SELECT
                `t1`.`currency`
              FROM `fact_workspace` AS `t1`
            )
          )
          OR `t35`.`deal_id` IN (
            SELECT
              `t0`.`deal_id`
            FROM `fact_stage_visit` AS `t0`
            WHERE
              `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
              AND `t0`.`status` IN ('lost', 'declined', 'disqualified')
          )
          OR `t35`.`deal_id` IN (
            SELECT
              `t0`.`deal_id`
            FROM `fact_stage_visit` AS `t0`
            WHERE
              `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
              AND `t0`.`left_at` = `t0`.`entered_at`
          )
          OR NOT (
            `t35`.`has_history`
          )
        )
      )
      AND (
        (
          '⟦entered⟧' IS NULL
        )
        OR `t35`.`deal_id` IN (
          SELECT
            `t18`.`deal_id`
          FROM `t16` AS `t18`
          WHERE
            CONCAT(
              CONCAT(CONCAT(CONCAT(`t18`.`process`, ':'), CAST(`t18`.`process_number` AS STRING)), ':'),
              `t18`.`stage`
            ) = '⟦entered⟧'
        )
      )
      AND (
        (
          '⟦passed⟧' IS NULL
        )
        OR (
          `t35`.`is_in_window`
          AND (
            (
              (
                CAST('⟦passed_from⟧' AS BIGINT) IS NULL
              )
              OR (
                `t35`.`passed_number` >= CAST('⟦passed_from⟧' AS BIGINT)
              )
            )
            AND (
              (
                CAST('⟦passed_until⟧' AS BIGINT) IS NULL
              )
              OR (
                `t35`.`passed_number` <= CAST('⟦passed_until⟧' AS BIGINT)
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
                  `t35`.`outcome` = 'won'
                )
                AND (
                  `t35`.`days_after` <= CAST('⟦within⟧' AS BIGINT)
                )
              )
            )
          )
        )
      )
  ) AS `t36`
) AS `t37`
WHERE
  `t37`.`place` >= CAST('⟦skip⟧' AS BIGINT)
  AND `t37`.`place` < (
    CAST('⟦skip⟧' AS BIGINT) + 50
  )
ORDER BY
  `t37`.`place` ASC NULLS LAST
