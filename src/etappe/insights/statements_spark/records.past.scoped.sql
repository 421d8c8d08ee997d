WITH `t22` AS (
  SELECT
    `t15`.`visit_id`,
    `t15`.`deal_id`,
    `t15`.`process_version_id`,
    `t15`.`stage`,
    `t15`.`status`,
    `t15`.`basis`,
    `t15`.`proof`,
    `t15`.`entered_at`,
    `t15`.`left_at`,
    `t15`.`backfilled`,
    `t15`.`entered_number`,
    `t15`.`left_number`,
    `t7`.`process`,
    `t7`.`process_number`,
    `t7`.`phase`,
    `t7`.`position`
  FROM (
    SELECT
      *
    FROM `fact_stage_visit` AS `t0`
    WHERE
      `t0`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP) AND `t0`.`status` = 'open'
  ) AS `t15`
  INNER JOIN `fact_process_stage` AS `t7`
    ON `t15`.`process_version_id` = `t7`.`process_version_id`
    AND `t15`.`stage` = `t7`.`stage`
)
SELECT
  `t41`.`uid`,
  `t41`.`name`,
  `t41`.`stage`,
  `t41`.`process_version_id`,
  `t41`.`outcome`,
  `t41`.`proof`,
  `t41`.`amount`,
  `t41`.`currency`,
  `t41`.`owner_id`,
  `t41`.`engaged_since`,
  `t41`.`decided_on`,
  `t41`.`days`,
  `t41`.`found`
FROM (
  SELECT
    `t40`.`deal_id`,
    `t40`.`uid`,
    `t40`.`name`,
    `t40`.`segment`,
    `t40`.`stage`,
    `t40`.`phase`,
    `t40`.`position`,
    `t40`.`process`,
    `t40`.`process_version_id`,
    `t40`.`outcome`,
    `t40`.`proof`,
    `t40`.`amount`,
    `t40`.`currency`,
    `t40`.`expected_close`,
    `t40`.`owner_id`,
    `t40`.`engaged_since`,
    `t40`.`decided_on`,
    `t40`.`rests`,
    `t40`.`has_history`,
    `t40`.`decided_number`,
    `t40`.`version`,
    `t40`.`engaged_days`,
    `t40`.`buyer_days`,
    `t40`.`observed_on`,
    `t40`.`observed_number`,
    `t40`.`in_pipeline`,
    `t40`.`days`,
    `t40`.`passenger`,
    `t40`.`came_on`,
    `t40`.`passed_number`,
    `t40`.`days_after`,
    `t40`.`is_in_window`,
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `found`,
    ROW_NUMBER() OVER (ORDER BY `t40`.`days` DESC, `t40`.`deal_id` ASC NULLS LAST) - 1 AS `place`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t38`.`deal_id`,
        `t38`.`uid`,
        `t38`.`name`,
        `t38`.`segment`,
        `t38`.`stage`,
        `t38`.`phase`,
        `t38`.`position`,
        `t38`.`process`,
        `t38`.`process_version_id`,
        `t38`.`outcome`,
        `t38`.`proof`,
        `t38`.`amount`,
        `t38`.`currency`,
        `t38`.`expected_close`,
        `t38`.`owner_id`,
        `t38`.`engaged_since`,
        `t38`.`decided_on`,
        `t38`.`rests`,
        `t38`.`has_history`,
        `t38`.`decided_number`,
        `t38`.`version`,
        `t38`.`engaged_days`,
        `t38`.`buyer_days`,
        `t38`.`observed_on`,
        `t38`.`observed_number`,
        `t38`.`in_pipeline`,
        `t38`.`days`,
        `t38`.`passenger`,
        `t38`.`came_on`,
        COALESCE(
          `t38`.`came_on`,
          IF(
            (
              `t38`.`outcome` = 'won'
            ) AND (
              `t38`.`passenger` IS NOT NULL
            ),
            `t38`.`decided_number`,
            CAST(NULL AS INT)
          )
        ) AS `passed_number`,
        CAST(LEAST(
          IF(
            (
              IF(`t38`.`outcome` = 'open', `t38`.`observed_number`, `t38`.`decided_number`) - COALESCE(
                `t38`.`came_on`,
                IF(
                  (
                    `t38`.`outcome` = 'won'
                  ) AND (
                    `t38`.`passenger` IS NOT NULL
                  ),
                  `t38`.`decided_number`,
                  CAST(NULL AS INT)
                )
              )
            ) IS NULL,
            IF(`t38`.`outcome` = 'open', `t38`.`observed_number`, `t38`.`decided_number`) - COALESCE(
              `t38`.`came_on`,
              IF(
                (
                  `t38`.`outcome` = 'won'
                ) AND (
                  `t38`.`passenger` IS NOT NULL
                ),
                `t38`.`decided_number`,
                CAST(NULL AS INT)
              )
            ),
            GREATEST(
              0,
              IF(`t38`.`outcome` = 'open', `t38`.`observed_number`, `t38`.`decided_number`) - COALESCE(
                `t38`.`came_on`,
                IF(
                  (
                    `t38`.`outcome` = 'won'
                  ) AND (
                    `t38`.`passenger` IS NOT NULL
                  ),
                  `t38`.`decided_number`,
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
              `t38`.`came_on`,
              IF(
                (
                  `t38`.`outcome` = 'won'
                ) AND (
                  `t38`.`passenger` IS NOT NULL
                ),
                `t38`.`decided_number`,
                CAST(NULL AS INT)
              )
            ) > (
              `t38`.`observed_number` - CAST('⟦window⟧' AS BIGINT)
            )
          )
          AND `t38`.`has_history`,
          FALSE
        ) AS `is_in_window`
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
          `t36`.`passenger`,
          `t36`.`came_on`
        FROM (
          SELECT
            `t32`.`deal_id`,
            `t32`.`uid`,
            `t32`.`name`,
            COALESCE(
              CASE
                WHEN '⟦by⟧' = 'owner'
                THEN CAST(`t32`.`owner_id` AS STRING)
                WHEN '⟦by⟧' = 'team'
                THEN CAST(`t32`.`team_id` AS STRING)
                WHEN '⟦by⟧' = 'source'
                THEN `t32`.`source`
                WHEN '⟦by⟧' = 'product'
                THEN `t32`.`product`
                WHEN '⟦by⟧' = 'industry'
                THEN `t32`.`industry`
                WHEN '⟦by⟧' = 'country'
                THEN `t32`.`country`
                WHEN '⟦by⟧' = 'size'
                THEN `t32`.`size`
                WHEN '⟦by⟧' = 'process'
                THEN CONCAT(CONCAT(`t32`.`process`, ' '), CAST(`t32`.`process_number` AS STRING))
                WHEN '⟦by⟧' = 'entry_stage'
                THEN `t32`.`entry_stage`
                ELSE ''
              END,
              ''
            ) AS `segment`,
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
            `t32`.`process_number` AS `version`,
            COALESCE(
              `t32`.`decided_number`,
              LEAST(
                COALESCE(`t32`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                CAST('⟦number⟧' AS BIGINT)
              )
            ) - `t32`.`engaged_number` AS `engaged_days`,
            COALESCE(
              `t32`.`decided_number`,
              LEAST(
                COALESCE(`t32`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                CAST('⟦number⟧' AS BIGINT)
              )
            ) - `t32`.`buyer_number` AS `buyer_days`,
            LEAST(COALESCE(`t32`.`seen_until`, CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS `observed_on`,
            LEAST(
              COALESCE(`t32`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            ) AS `observed_number`,
            COALESCE(`t32`.`phase` <> 'find', TRUE) OR (
              `t32`.`basis` = 'imported'
            ) AS `in_pipeline`,
            CASE
              WHEN '⟦clock⟧' = 'buyer'
              THEN COALESCE(
                `t32`.`decided_number`,
                LEAST(
                  COALESCE(`t32`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                  CAST('⟦number⟧' AS BIGINT)
                )
              ) - `t32`.`buyer_number`
              ELSE COALESCE(
                `t32`.`decided_number`,
                LEAST(
                  COALESCE(`t32`.`seen_number`, CAST('⟦number⟧' AS BIGINT)),
                  CAST('⟦number⟧' AS BIGINT)
                )
              ) - `t32`.`engaged_number`
            END AS `days`
          FROM (
            SELECT
              `t28`.`deal_id`,
              `t28`.`uid`,
              `t28`.`name`,
              `t28`.`entry_stage`,
              `t28`.`account_id`,
              `t28`.`source`,
              `t28`.`product`,
              `t28`.`engaged_since`,
              `t28`.`engaged_number`,
              `t28`.`buyer_number`,
              `t28`.`seen_until`,
              `t28`.`seen_number`,
              `t28`.`has_history`,
              `t28`.`process_version_id`,
              `t28`.`stage`,
              `t28`.`outcome`,
              `t28`.`proof`,
              `t28`.`basis`,
              `t28`.`amount`,
              `t28`.`currency`,
              `t28`.`owner_id`,
              `t28`.`team_id`,
              `t28`.`expected_close`,
              `t28`.`decided_on`,
              `t28`.`decided_number`,
              `t28`.`rests`,
              `t28`.`industry`,
              `t28`.`country`,
              `t28`.`size`,
              `t7`.`process_version_id` AS `process_version_id_right`,
              `t7`.`process`,
              `t7`.`process_number`,
              `t7`.`stage` AS `stage_right`,
              `t7`.`phase`,
              `t7`.`position`
            FROM (
              SELECT
                `t26`.`deal_id`,
                `t26`.`uid`,
                `t26`.`name`,
                `t26`.`entry_stage`,
                `t26`.`account_id`,
                `t26`.`source`,
                `t26`.`product`,
                `t26`.`engaged_since`,
                `t26`.`engaged_number`,
                `t26`.`buyer_number`,
                `t26`.`seen_until`,
                `t26`.`seen_number`,
                `t26`.`has_history`,
                `t26`.`process_version_id`,
                `t26`.`stage`,
                `t26`.`outcome`,
                `t26`.`proof`,
                `t26`.`basis`,
                `t26`.`amount`,
                `t26`.`currency`,
                `t26`.`owner_id`,
                `t26`.`team_id`,
                `t26`.`expected_close`,
                `t26`.`decided_on`,
                `t26`.`decided_number`,
                `t26`.`rests`,
                `t26`.`industry`,
                `t26`.`country`,
                `t26`.`size`
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
                  COALESCE(`t18`.`process_version_id`, `t21`.`process_version_id`) AS `process_version_id`,
                  `t19`.`stage`,
                  `t19`.`outcome`,
                  COALESCE(`t18`.`proof`, `t21`.`proof`) AS `proof`,
                  COALESCE(`t18`.`basis`, `t21`.`basis`) AS `basis`,
                  `t19`.`amount`,
                  `t19`.`currency`,
                  `t19`.`owner_id`,
                  `t19`.`team_id`,
                  `t19`.`expected_close`,
                  CASE
                    WHEN `t19`.`outcome` = 'open'
                    THEN CAST(NULL AS DATE)
                    WHEN `t21`.`decided_on` <= CAST('⟦day⟧' AS DATE)
                    THEN `t21`.`decided_on`
                    ELSE `t19`.`valid_from_on`
                  END AS `decided_on`,
                  CASE
                    WHEN `t19`.`outcome` = 'open'
                    THEN CAST(NULL AS INT)
                    WHEN `t21`.`decided_on` <= CAST('⟦day⟧' AS DATE)
                    THEN `t21`.`decided_number`
                    ELSE `t19`.`valid_from_number`
                  END AS `decided_number`,
                  FALSE AS `rests`,
                  `t13`.`account_id` AS `account_id_right`,
                  `t13`.`industry`,
                  `t13`.`country`,
                  `t13`.`size`
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
                        `t6`.`deal_id`
                      FROM `fact_deal_member` AS `t6`
                      WHERE
                        `t6`.`user_id` = CAST('⟦viewer⟧' AS BIGINT)
                    )
                ) AS `t21`
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
                ) AS `t19`
                  ON `t21`.`deal_id` = `t19`.`deal_id`
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
                ) AS `t18`
                  ON `t21`.`deal_id` = `t18`.`deal_id`
                LEFT OUTER JOIN (
                  SELECT
                    `t5`.`account_id`,
                    `t5`.`industry`,
                    `t5`.`country`,
                    `t5`.`size`
                  FROM `fact_account` AS `t5`
                ) AS `t13`
                  ON `t21`.`account_id` = `t13`.`account_id`
              ) AS `t26`
            ) AS `t28`
            LEFT OUTER JOIN `fact_process_stage` AS `t7`
              ON `t28`.`process_version_id` = `t7`.`process_version_id`
              AND `t28`.`stage` = `t7`.`stage`
          ) AS `t32`
        ) AS `t37`
        LEFT OUTER JOIN (
          SELECT
            `t33`.`passenger`,
            MIN(`t33`.`later_number`) AS `came_on`
          FROM (
            SELECT
              `t30`.`process_version_id`,
              `t30`.`position`,
              `t30`.`entered_at`,
              `t30`.`visit_id`,
              `t30`.`passenger`,
              `t25`.`later_deal`,
              `t25`.`later_version`,
              `t25`.`later`,
              `t25`.`later_at`,
              `t25`.`later_id`,
              `t25`.`later_number`
            FROM (
              SELECT
                `t24`.`process_version_id`,
                `t24`.`position`,
                `t24`.`entered_at`,
                `t24`.`visit_id`,
                `t24`.`deal_id` AS `passenger`
              FROM `t22` AS `t24`
              WHERE
                CONCAT(CONCAT(`t24`.`process`, ':'), `t24`.`stage`) = '⟦passed⟧'
            ) AS `t30`
            LEFT OUTER JOIN (
              SELECT
                `t15`.`deal_id` AS `later_deal`,
                `t15`.`process_version_id` AS `later_version`,
                `t7`.`position` AS `later`,
                `t15`.`entered_at` AS `later_at`,
                `t15`.`visit_id` AS `later_id`,
                `t15`.`entered_number` AS `later_number`
              FROM (
                SELECT
                  *
                FROM `fact_stage_visit` AS `t0`
                WHERE
                  `t0`.`entered_at` < CAST('⟦moment⟧' AS TIMESTAMP) AND `t0`.`status` = 'open'
              ) AS `t15`
              INNER JOIN `fact_process_stage` AS `t7`
                ON `t15`.`process_version_id` = `t7`.`process_version_id`
                AND `t15`.`stage` = `t7`.`stage`
            ) AS `t25`
              ON `t25`.`later_deal` = `t30`.`passenger`
              AND `t25`.`later_version` = `t30`.`process_version_id`
              AND `t25`.`later` > `t30`.`position`
              AND (
                (
                  `t25`.`later_at` > `t30`.`entered_at`
                )
                OR (
                  (
                    `t25`.`later_at` = `t30`.`entered_at`
                  )
                  AND (
                    `t25`.`later_id` > `t30`.`visit_id`
                  )
                )
              )
          ) AS `t33`
          GROUP BY
            1
        ) AS `t36`
          ON `t37`.`deal_id` = `t36`.`passenger`
      ) AS `t38`
    ) AS `t39`
    WHERE
      (
        (
          CAST('⟦outcomes⟧' AS ARRAY<STRING>) IS NULL
        )
        OR IF(
          CAST('⟦outcomes⟧' AS ARRAY<STRING>) IS NULL,
          NULL,
          COALESCE(ARRAY_CONTAINS(CAST('⟦outcomes⟧' AS ARRAY<STRING>), `t39`.`outcome`), FALSE)
        )
      )
      AND (
        (
          '⟦segment⟧' IS NULL
        ) OR (
          `t39`.`segment` = '⟦segment⟧'
        )
      )
      AND (
        (
          '⟦stage⟧' IS NULL
        ) OR (
          `t39`.`stage` = '⟦stage⟧'
        )
      )
      AND (
        (
          '⟦proof⟧' IS NULL
        ) OR (
          `t39`.`proof` = '⟦proof⟧'
        )
      )
      AND (
        (
          '⟦currency⟧' IS NULL
        ) OR (
          `t39`.`currency` = '⟦currency⟧'
        )
      )
      AND (
        (
          '⟦process⟧' IS NULL
        ) OR (
          `t39`.`process` = '⟦process⟧'
        )
      )
      AND (
        (
          CAST('⟦version⟧' AS BIGINT) IS NULL
        )
        OR (
          `t39`.`version` = CAST('⟦version⟧' AS BIGINT)
        )
      )
      AND (
        (
          CAST('⟦rests⟧' AS BOOLEAN) IS NULL
        )
        OR (
          `t39`.`rests` = CAST('⟦rests⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          CAST('⟦in_pipeline⟧' AS BOOLEAN) IS NULL
        )
        OR (
          `t39`.`in_pipeline` = CAST('⟦in_pipeline⟧' AS BOOLEAN)
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
            `t39`.`days` >= 0
          )
        )
        OR (
          (
            '⟦start⟧' = 'unknown'
          ) AND (
            `t39`.`days` IS NULL
          )
        )
        OR (
          (
            '⟦start⟧' = 'after_end'
          ) AND (
            `t39`.`days` < 0
          )
        )
      )
      AND (
        (
          CAST('⟦longer_than⟧' AS BIGINT) IS NULL
        )
        OR (
          `t39`.`days` > CAST('⟦longer_than⟧' AS BIGINT)
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
            `t39`.`amount` IS NOT NULL
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
          ) = `t39`.`has_history`
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
          `t39`.`engaged_days` IS NULL
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'starts_after_end'
        )
        OR COALESCE(`t39`.`engaged_days` < 0, FALSE)
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
            `t39`.`amount` IS NULL
          ) AND `t39`.`in_pipeline`
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
          `t39`.`currency` IN (
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
        OR `t39`.`deal_id` IN (
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
        OR `t39`.`deal_id` IN (
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
          `t39`.`has_history`
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
            `t39`.`engaged_days` IS NULL
          )
          OR COALESCE(`t39`.`engaged_days` < 0, FALSE)
          OR (
            (
              `t39`.`amount` IS NULL
            ) AND `t39`.`in_pipeline`
          )
          OR NOT (
            `t39`.`currency` IN (
              SELECT
                `t1`.`currency`
              FROM `fact_workspace` AS `t1`
            )
          )
          OR `t39`.`deal_id` IN (
            SELECT
              `t0`.`deal_id`
            FROM `fact_stage_visit` AS `t0`
            WHERE
              `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
              AND `t0`.`status` IN ('lost', 'declined', 'disqualified')
          )
          OR `t39`.`deal_id` IN (
            SELECT
              `t0`.`deal_id`
            FROM `fact_stage_visit` AS `t0`
            WHERE
              `t0`.`left_at` < CAST('⟦moment⟧' AS TIMESTAMP)
              AND `t0`.`left_at` = `t0`.`entered_at`
          )
          OR NOT (
            `t39`.`has_history`
          )
        )
      )
      AND (
        (
          '⟦entered⟧' IS NULL
        )
        OR `t39`.`deal_id` IN (
          SELECT
            `t24`.`deal_id`
          FROM `t22` AS `t24`
          WHERE
            CONCAT(
              CONCAT(CONCAT(CONCAT(`t24`.`process`, ':'), CAST(`t24`.`process_number` AS STRING)), ':'),
              `t24`.`stage`
            ) = '⟦entered⟧'
        )
      )
      AND (
        (
          '⟦passed⟧' IS NULL
        )
        OR (
          `t39`.`is_in_window`
          AND (
            (
              (
                CAST('⟦passed_from⟧' AS BIGINT) IS NULL
              )
              OR (
                `t39`.`passed_number` >= CAST('⟦passed_from⟧' AS BIGINT)
              )
            )
            AND (
              (
                CAST('⟦passed_until⟧' AS BIGINT) IS NULL
              )
              OR (
                `t39`.`passed_number` <= CAST('⟦passed_until⟧' AS BIGINT)
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
                  `t39`.`outcome` = 'won'
                )
                AND (
                  `t39`.`days_after` <= CAST('⟦within⟧' AS BIGINT)
                )
              )
            )
          )
        )
      )
  ) AS `t40`
) AS `t41`
WHERE
  `t41`.`place` >= CAST('⟦skip⟧' AS BIGINT)
  AND `t41`.`place` < (
    CAST('⟦skip⟧' AS BIGINT) + 50
  )
ORDER BY
  `t41`.`place` ASC NULLS LAST
