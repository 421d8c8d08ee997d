WITH `t12` AS (
  SELECT
    `t3`.`deal_id`,
    `t3`.`uid`,
    `t3`.`name`,
    `t3`.`segment`,
    `t3`.`stage`,
    `t3`.`phase`,
    `t3`.`position`,
    `t3`.`process`,
    `t3`.`process_version_id`,
    `t3`.`outcome`,
    `t3`.`proof`,
    `t3`.`amount`,
    `t3`.`currency`,
    `t3`.`expected_close`,
    `t3`.`owner_id`,
    `t3`.`engaged_since`,
    `t3`.`decided_on`,
    `t3`.`rests`,
    `t3`.`has_history`,
    `t3`.`decided_number`,
    `t3`.`version`,
    `t3`.`engaged_days`,
    `t3`.`buyer_days`,
    `t3`.`observed_on`,
    `t3`.`observed_number`,
    `t3`.`in_pipeline`,
    `t5`.`lead_id`,
    `t5`.`account_id`,
    `t5`.`received_number`,
    `t5`.`accepted_number`
  FROM `deals` AS `t3`
  INNER JOIN (
    SELECT
      `t2`.`lead_id`,
      `t2`.`account_id`,
      `t2`.`received_number`,
      `t2`.`accepted_number`
    FROM `fact_lead` AS `t2`
  ) AS `t5`
    ON `t3`.`deal_id` = `t5`.`lead_id`
), `t22` AS (
  SELECT
    `t20`.`deal_id`,
    `t20`.`account_id`,
    MIN(`t20`.`happened_at`) AS `went_at`,
    MIN(`t20`.`working_seconds`) AS `went_worked`,
    MIN(`t20`.`happened_number`) AS `went_number`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t10`.`touchpoint_id`,
        `t10`.`account_id`,
        `t10`.`person_id`,
        `t10`.`user_id`,
        `t10`.`direction`,
        `t10`.`channel`,
        `t10`.`act`,
        `t10`.`source`,
        `t10`.`happened_at`,
        `t10`.`happened_number`,
        `t10`.`working_seconds`,
        `t15`.`deal_id`,
        `t15`.`received_number`
      FROM (
        SELECT
          *
        FROM `fact_touchpoint` AS `t0`
        WHERE
          `t0`.`account_id` IS NOT NULL
          AND `t0`.`happened_number` <= CAST('⟦number⟧' AS BIGINT)
          AND `t0`.`happened_number` > (
            CAST('⟦number⟧' AS BIGINT) - 395
          )
          AND `t0`.`direction` = 'out'
      ) AS `t10`
      INNER JOIN (
        SELECT
          `t13`.`deal_id`,
          `t13`.`account_id`,
          `t13`.`received_number`
        FROM `t12` AS `t13`
        WHERE
          `t13`.`received_number` <= CAST('⟦number⟧' AS BIGINT)
          AND `t13`.`received_number` > (
            CAST('⟦number⟧' AS BIGINT) - 365
          )
      ) AS `t15`
        ON `t10`.`account_id` = `t15`.`account_id`
    ) AS `t16`
    WHERE
      `t16`.`happened_number` >= (
        `t16`.`received_number` - 30
      )
  ) AS `t20`
  GROUP BY
    1,
    2
), `t23` AS (
  SELECT
    `t21`.`deal_id`,
    `t21`.`account_id`,
    MIN(`t21`.`happened_at`) AS `came_at`,
    MIN(`t21`.`working_seconds`) AS `came_worked`,
    MIN(`t21`.`happened_number`) AS `came_number`
  FROM (
    SELECT
      *
    FROM (
      SELECT
        `t11`.`touchpoint_id`,
        `t11`.`account_id`,
        `t11`.`person_id`,
        `t11`.`user_id`,
        `t11`.`direction`,
        `t11`.`channel`,
        `t11`.`act`,
        `t11`.`source`,
        `t11`.`happened_at`,
        `t11`.`happened_number`,
        `t11`.`working_seconds`,
        `t15`.`deal_id`,
        `t15`.`received_number`
      FROM (
        SELECT
          *
        FROM `fact_touchpoint` AS `t0`
        WHERE
          `t0`.`account_id` IS NOT NULL
          AND `t0`.`happened_number` <= CAST('⟦number⟧' AS BIGINT)
          AND `t0`.`happened_number` > (
            CAST('⟦number⟧' AS BIGINT) - 395
          )
          AND `t0`.`direction` = 'in'
      ) AS `t11`
      INNER JOIN (
        SELECT
          `t13`.`deal_id`,
          `t13`.`account_id`,
          `t13`.`received_number`
        FROM `t12` AS `t13`
        WHERE
          `t13`.`received_number` <= CAST('⟦number⟧' AS BIGINT)
          AND `t13`.`received_number` > (
            CAST('⟦number⟧' AS BIGINT) - 365
          )
      ) AS `t15`
        ON `t11`.`account_id` = `t15`.`account_id`
    ) AS `t17`
    WHERE
      `t17`.`happened_number` >= (
        `t17`.`received_number` - 30
      )
  ) AS `t21`
  GROUP BY
    1,
    2
)
SELECT
  `t53`.`segment`,
  `t53`.`has_answer`,
  `t53`.`minutes`,
  COUNT(*) AS `deals`,
  MAX(`t53`.`observed_on`) AS `observed_on`,
  MIN(`t53`.`observed_on`) AS `observed_first`
FROM (
  SELECT
    `t52`.`deal_id`,
    `t52`.`uid`,
    `t52`.`name`,
    `t52`.`segment`,
    `t52`.`stage`,
    `t52`.`phase`,
    `t52`.`position`,
    `t52`.`process`,
    `t52`.`process_version_id`,
    `t52`.`outcome`,
    `t52`.`proof`,
    `t52`.`amount`,
    `t52`.`currency`,
    `t52`.`expected_close`,
    `t52`.`owner_id`,
    `t52`.`engaged_since`,
    `t52`.`decided_on`,
    `t52`.`rests`,
    `t52`.`has_history`,
    `t52`.`decided_number`,
    `t52`.`version`,
    `t52`.`engaged_days`,
    `t52`.`buyer_days`,
    `t52`.`observed_on`,
    `t52`.`observed_number`,
    `t52`.`in_pipeline`,
    `t52`.`lead_id`,
    `t52`.`account_id`,
    `t52`.`received_number`,
    `t52`.`accepted_number`,
    `t52`.`fate`,
    `t52`.`fate_days`,
    `t52`.`won_days`,
    `t52`.`came_at`,
    `t52`.`came_worked`,
    `t52`.`came_number`,
    `t52`.`answered_worked`,
    `t52`.`answered_number`,
    `t52`.`went_at`,
    `t52`.`went_worked`,
    `t52`.`went_number`,
    `t52`.`replied_worked`,
    `t52`.`replied_number`,
    CAST(IF(
      CAST(FLOOR(
        (
          COALESCE(`t52`.`answered_worked`, CAST('⟦worked⟧' AS BIGINT)) - `t52`.`came_worked`
        ) / (
          60
        )
      ) AS BIGINT) IS NULL,
      CAST(FLOOR(
        (
          COALESCE(`t52`.`answered_worked`, CAST('⟦worked⟧' AS BIGINT)) - `t52`.`came_worked`
        ) / (
          60
        )
      ) AS BIGINT),
      GREATEST(
        0,
        CAST(FLOOR(
          (
            COALESCE(`t52`.`answered_worked`, CAST('⟦worked⟧' AS BIGINT)) - `t52`.`came_worked`
          ) / (
            60
          )
        ) AS BIGINT)
      )
    ) AS INT) AS `minutes`,
    `t52`.`answered_worked` IS NOT NULL AS `has_answer`,
    CAST(IF(
      (
        COALESCE(`t52`.`replied_number`, CAST('⟦number⟧' AS BIGINT)) - `t52`.`went_number`
      ) IS NULL,
      COALESCE(`t52`.`replied_number`, CAST('⟦number⟧' AS BIGINT)) - `t52`.`went_number`,
      LEAST(
        31,
        COALESCE(`t52`.`replied_number`, CAST('⟦number⟧' AS BIGINT)) - `t52`.`went_number`
      )
    ) AS INT) AS `reply_days`,
    COALESCE((
      `t52`.`replied_number` - `t52`.`went_number`
    ) <= 30, FALSE) AS `has_reply`
  FROM (
    SELECT
      `t51`.`deal_id`,
      `t51`.`uid`,
      `t51`.`name`,
      `t51`.`segment`,
      `t51`.`stage`,
      `t51`.`phase`,
      `t51`.`position`,
      `t51`.`process`,
      `t51`.`process_version_id`,
      `t51`.`outcome`,
      `t51`.`proof`,
      `t51`.`amount`,
      `t51`.`currency`,
      `t51`.`expected_close`,
      `t51`.`owner_id`,
      `t51`.`engaged_since`,
      `t51`.`decided_on`,
      `t51`.`rests`,
      `t51`.`has_history`,
      `t51`.`decided_number`,
      `t51`.`version`,
      `t51`.`engaged_days`,
      `t51`.`buyer_days`,
      `t51`.`observed_on`,
      `t51`.`observed_number`,
      `t51`.`in_pipeline`,
      `t51`.`lead_id`,
      `t51`.`account_id`,
      `t51`.`received_number`,
      `t51`.`accepted_number`,
      `t51`.`fate`,
      `t51`.`fate_days`,
      `t51`.`won_days`,
      `t51`.`came_at`,
      `t51`.`came_worked`,
      `t51`.`came_number`,
      `t51`.`answered_worked`,
      `t51`.`answered_number`,
      `t51`.`went_at`,
      `t51`.`went_worked`,
      `t51`.`went_number`,
      `t51`.`replied_worked`,
      `t51`.`replied_number`
    FROM (
      SELECT
        `t50`.`deal_id`,
        `t50`.`uid`,
        `t50`.`name`,
        `t50`.`segment`,
        `t50`.`stage`,
        `t50`.`phase`,
        `t50`.`position`,
        `t50`.`process`,
        `t50`.`process_version_id`,
        `t50`.`outcome`,
        `t50`.`proof`,
        `t50`.`amount`,
        `t50`.`currency`,
        `t50`.`expected_close`,
        `t50`.`owner_id`,
        `t50`.`engaged_since`,
        `t50`.`decided_on`,
        `t50`.`rests`,
        `t50`.`has_history`,
        `t50`.`decided_number`,
        `t50`.`version`,
        `t50`.`engaged_days`,
        `t50`.`buyer_days`,
        `t50`.`observed_on`,
        `t50`.`observed_number`,
        `t50`.`in_pipeline`,
        `t50`.`lead_id`,
        `t50`.`account_id`,
        `t50`.`received_number`,
        `t50`.`accepted_number`,
        `t50`.`fate`,
        `t50`.`fate_days`,
        `t50`.`won_days`,
        `t50`.`came_at`,
        `t50`.`came_worked`,
        `t50`.`came_number`,
        `t50`.`answered_worked`,
        `t50`.`answered_number`,
        `t50`.`went_at`,
        `t50`.`went_worked`,
        `t50`.`went_number`,
        `t43`.`deal_id` AS `deal_id_right`,
        `t43`.`replied_worked`,
        `t43`.`replied_number`
      FROM (
        SELECT
          `t48`.`deal_id`,
          `t48`.`uid`,
          `t48`.`name`,
          `t48`.`segment`,
          `t48`.`stage`,
          `t48`.`phase`,
          `t48`.`position`,
          `t48`.`process`,
          `t48`.`process_version_id`,
          `t48`.`outcome`,
          `t48`.`proof`,
          `t48`.`amount`,
          `t48`.`currency`,
          `t48`.`expected_close`,
          `t48`.`owner_id`,
          `t48`.`engaged_since`,
          `t48`.`decided_on`,
          `t48`.`rests`,
          `t48`.`has_history`,
          `t48`.`decided_number`,
          `t48`.`version`,
          `t48`.`engaged_days`,
          `t48`.`buyer_days`,
          `t48`.`observed_on`,
          `t48`.`observed_number`,
          `t48`.`in_pipeline`,
          `t48`.`lead_id`,
          `t48`.`account_id`,
          `t48`.`received_number`,
          `t48`.`accepted_number`,
          `t48`.`fate`,
          `t48`.`fate_days`,
          `t48`.`won_days`,
          `t48`.`came_at`,
          `t48`.`came_worked`,
          `t48`.`came_number`,
          `t48`.`answered_worked`,
          `t48`.`answered_number`,
          `t48`.`went_at`,
          `t48`.`went_worked`,
          `t48`.`went_number`
        FROM (
          SELECT
            `t47`.`deal_id`,
            `t47`.`uid`,
            `t47`.`name`,
            `t47`.`segment`,
            `t47`.`stage`,
            `t47`.`phase`,
            `t47`.`position`,
            `t47`.`process`,
            `t47`.`process_version_id`,
            `t47`.`outcome`,
            `t47`.`proof`,
            `t47`.`amount`,
            `t47`.`currency`,
            `t47`.`expected_close`,
            `t47`.`owner_id`,
            `t47`.`engaged_since`,
            `t47`.`decided_on`,
            `t47`.`rests`,
            `t47`.`has_history`,
            `t47`.`decided_number`,
            `t47`.`version`,
            `t47`.`engaged_days`,
            `t47`.`buyer_days`,
            `t47`.`observed_on`,
            `t47`.`observed_number`,
            `t47`.`in_pipeline`,
            `t47`.`lead_id`,
            `t47`.`account_id`,
            `t47`.`received_number`,
            `t47`.`accepted_number`,
            `t47`.`fate`,
            `t47`.`fate_days`,
            `t47`.`won_days`,
            `t47`.`came_at`,
            `t47`.`came_worked`,
            `t47`.`came_number`,
            `t47`.`answered_worked`,
            `t47`.`answered_number`,
            `t28`.`deal_id` AS `deal_id_right`,
            `t28`.`went_at`,
            `t28`.`went_worked`,
            `t28`.`went_number`
          FROM (
            SELECT
              `t45`.`deal_id`,
              `t45`.`uid`,
              `t45`.`name`,
              `t45`.`segment`,
              `t45`.`stage`,
              `t45`.`phase`,
              `t45`.`position`,
              `t45`.`process`,
              `t45`.`process_version_id`,
              `t45`.`outcome`,
              `t45`.`proof`,
              `t45`.`amount`,
              `t45`.`currency`,
              `t45`.`expected_close`,
              `t45`.`owner_id`,
              `t45`.`engaged_since`,
              `t45`.`decided_on`,
              `t45`.`rests`,
              `t45`.`has_history`,
              `t45`.`decided_number`,
              `t45`.`version`,
              `t45`.`engaged_days`,
              `t45`.`buyer_days`,
              `t45`.`observed_on`,
              `t45`.`observed_number`,
              `t45`.`in_pipeline`,
              `t45`.`lead_id`,
              `t45`.`account_id`,
              `t45`.`received_number`,
              `t45`.`accepted_number`,
              `t45`.`fate`,
              `t45`.`fate_days`,
              `t45`.`won_days`,
              `t45`.`came_at`,
              `t45`.`came_worked`,
              `t45`.`came_number`,
              `t45`.`answered_worked`,
              `t45`.`answered_number`
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
                `t38`.`lead_id`,
                `t38`.`account_id`,
                `t38`.`received_number`,
                `t38`.`accepted_number`,
                `t38`.`fate`,
                `t38`.`fate_days`,
                `t38`.`won_days`,
                `t38`.`came_at`,
                `t38`.`came_worked`,
                `t38`.`came_number`,
                `t44`.`deal_id` AS `deal_id_right`,
                `t44`.`answered_worked`,
                `t44`.`answered_number`
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
                  `t34`.`lead_id`,
                  `t34`.`account_id`,
                  `t34`.`received_number`,
                  `t34`.`accepted_number`,
                  `t34`.`fate`,
                  `t34`.`fate_days`,
                  `t34`.`won_days`,
                  `t34`.`came_at`,
                  `t34`.`came_worked`,
                  `t34`.`came_number`
                FROM (
                  SELECT
                    `t19`.`deal_id`,
                    `t19`.`uid`,
                    `t19`.`name`,
                    `t19`.`segment`,
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
                    `t19`.`version`,
                    `t19`.`engaged_days`,
                    `t19`.`buyer_days`,
                    `t19`.`observed_on`,
                    `t19`.`observed_number`,
                    `t19`.`in_pipeline`,
                    `t19`.`lead_id`,
                    `t19`.`account_id`,
                    `t19`.`received_number`,
                    `t19`.`accepted_number`,
                    `t19`.`fate`,
                    `t19`.`fate_days`,
                    `t19`.`won_days`,
                    `t30`.`deal_id` AS `deal_id_right`,
                    `t30`.`came_at`,
                    `t30`.`came_worked`,
                    `t30`.`came_number`
                  FROM (
                    SELECT
                      `t13`.`deal_id`,
                      `t13`.`uid`,
                      `t13`.`name`,
                      `t13`.`segment`,
                      `t13`.`stage`,
                      `t13`.`phase`,
                      `t13`.`position`,
                      `t13`.`process`,
                      `t13`.`process_version_id`,
                      `t13`.`outcome`,
                      `t13`.`proof`,
                      `t13`.`amount`,
                      `t13`.`currency`,
                      `t13`.`expected_close`,
                      `t13`.`owner_id`,
                      `t13`.`engaged_since`,
                      `t13`.`decided_on`,
                      `t13`.`rests`,
                      `t13`.`has_history`,
                      `t13`.`decided_number`,
                      `t13`.`version`,
                      `t13`.`engaged_days`,
                      `t13`.`buyer_days`,
                      `t13`.`observed_on`,
                      `t13`.`observed_number`,
                      `t13`.`in_pipeline`,
                      `t13`.`lead_id`,
                      `t13`.`account_id`,
                      `t13`.`received_number`,
                      `t13`.`accepted_number`,
                      CASE
                        WHEN COALESCE(`t13`.`accepted_number` <= CAST('⟦number⟧' AS BIGINT), FALSE)
                        THEN 'accepted'
                        WHEN `t13`.`outcome` = 'open'
                        THEN 'open'
                        ELSE 'refused'
                      END AS `fate`,
                      CAST(IF(
                        (
                          IF(
                            COALESCE(`t13`.`accepted_number` <= CAST('⟦number⟧' AS BIGINT), FALSE),
                            `t13`.`accepted_number`,
                            COALESCE(`t13`.`decided_number`, `t13`.`observed_number`)
                          ) - `t13`.`received_number`
                        ) IS NULL,
                        IF(
                          COALESCE(`t13`.`accepted_number` <= CAST('⟦number⟧' AS BIGINT), FALSE),
                          `t13`.`accepted_number`,
                          COALESCE(`t13`.`decided_number`, `t13`.`observed_number`)
                        ) - `t13`.`received_number`,
                        GREATEST(
                          0,
                          IF(
                            COALESCE(`t13`.`accepted_number` <= CAST('⟦number⟧' AS BIGINT), FALSE),
                            `t13`.`accepted_number`,
                            COALESCE(`t13`.`decided_number`, `t13`.`observed_number`)
                          ) - `t13`.`received_number`
                        )
                      ) AS INT) AS `fate_days`,
                      CAST(IF(
                        (
                          COALESCE(`t13`.`decided_number`, `t13`.`observed_number`) - `t13`.`received_number`
                        ) IS NULL,
                        COALESCE(`t13`.`decided_number`, `t13`.`observed_number`) - `t13`.`received_number`,
                        GREATEST(
                          0,
                          COALESCE(`t13`.`decided_number`, `t13`.`observed_number`) - `t13`.`received_number`
                        )
                      ) AS INT) AS `won_days`
                    FROM `t12` AS `t13`
                    WHERE
                      `t13`.`received_number` <= CAST('⟦number⟧' AS BIGINT)
                      AND `t13`.`received_number` > (
                        CAST('⟦number⟧' AS BIGINT) - 365
                      )
                  ) AS `t19`
                  LEFT OUTER JOIN (
                    SELECT
                      `t25`.`deal_id`,
                      `t25`.`came_at`,
                      `t25`.`came_worked`,
                      `t25`.`came_number`
                    FROM `t23` AS `t25`
                  ) AS `t30`
                    ON `t19`.`deal_id` = `t30`.`deal_id`
                ) AS `t34`
              ) AS `t38`
              LEFT OUTER JOIN (
                SELECT
                  `t40`.`deal_id`,
                  MIN(`t40`.`working_seconds`) AS `answered_worked`,
                  MIN(`t40`.`happened_number`) AS `answered_number`
                FROM (
                  SELECT
                    *
                  FROM (
                    SELECT
                      `t10`.`touchpoint_id`,
                      `t10`.`account_id`,
                      `t10`.`person_id`,
                      `t10`.`user_id`,
                      `t10`.`direction`,
                      `t10`.`channel`,
                      `t10`.`act`,
                      `t10`.`source`,
                      `t10`.`happened_at`,
                      `t10`.`happened_number`,
                      `t10`.`working_seconds`,
                      `t33`.`deal_id`,
                      `t33`.`came_at`
                    FROM (
                      SELECT
                        *
                      FROM `fact_touchpoint` AS `t0`
                      WHERE
                        `t0`.`account_id` IS NOT NULL
                        AND `t0`.`happened_number` <= CAST('⟦number⟧' AS BIGINT)
                        AND `t0`.`happened_number` > (
                          CAST('⟦number⟧' AS BIGINT) - 395
                        )
                        AND `t0`.`direction` = 'out'
                    ) AS `t10`
                    INNER JOIN (
                      SELECT
                        `t25`.`deal_id`,
                        `t25`.`account_id`,
                        `t25`.`came_at`
                      FROM `t23` AS `t25`
                    ) AS `t33`
                      ON `t10`.`account_id` = `t33`.`account_id`
                  ) AS `t37`
                  WHERE
                    `t37`.`happened_at` >= `t37`.`came_at`
                ) AS `t40`
                GROUP BY
                  1
              ) AS `t44`
                ON `t38`.`deal_id` = `t44`.`deal_id`
            ) AS `t45`
          ) AS `t47`
          LEFT OUTER JOIN (
            SELECT
              `t24`.`deal_id`,
              `t24`.`went_at`,
              `t24`.`went_worked`,
              `t24`.`went_number`
            FROM `t22` AS `t24`
          ) AS `t28`
            ON `t47`.`deal_id` = `t28`.`deal_id`
        ) AS `t48`
      ) AS `t50`
      LEFT OUTER JOIN (
        SELECT
          `t39`.`deal_id`,
          MIN(`t39`.`working_seconds`) AS `replied_worked`,
          MIN(`t39`.`happened_number`) AS `replied_number`
        FROM (
          SELECT
            *
          FROM (
            SELECT
              `t9`.`touchpoint_id`,
              `t9`.`account_id`,
              `t9`.`person_id`,
              `t9`.`user_id`,
              `t9`.`direction`,
              `t9`.`channel`,
              `t9`.`act`,
              `t9`.`source`,
              `t9`.`happened_at`,
              `t9`.`happened_number`,
              `t9`.`working_seconds`,
              `t32`.`deal_id`,
              `t32`.`went_at`
            FROM (
              SELECT
                *
              FROM `fact_touchpoint` AS `t0`
              WHERE
                `t0`.`account_id` IS NOT NULL
                AND `t0`.`happened_number` <= CAST('⟦number⟧' AS BIGINT)
                AND `t0`.`happened_number` > (
                  CAST('⟦number⟧' AS BIGINT) - 395
                )
                AND `t0`.`direction` = 'in'
                AND `t0`.`act` IN ('wrote', 'called', 'met', 'attended', 'submitted', 'commented')
            ) AS `t9`
            INNER JOIN (
              SELECT
                `t24`.`deal_id`,
                `t24`.`account_id`,
                `t24`.`went_at`
              FROM `t22` AS `t24`
            ) AS `t32`
              ON `t9`.`account_id` = `t32`.`account_id`
          ) AS `t35`
          WHERE
            `t35`.`happened_at` >= `t35`.`went_at`
        ) AS `t39`
        GROUP BY
          1
      ) AS `t43`
        ON `t50`.`deal_id` = `t43`.`deal_id`
    ) AS `t51`
  ) AS `t52`
) AS `t53`
GROUP BY
  1,
  2,
  3
