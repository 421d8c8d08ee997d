WITH `t10` AS (
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
), `t18` AS (
  SELECT
    `t17`.`deal_id`,
    `t17`.`account_id`,
    MIN(`t17`.`happened_at`) AS `came_at`,
    MIN(`t17`.`working_seconds`) AS `came_worked`,
    MIN(`t17`.`happened_number`) AS `came_number`
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
        `t13`.`deal_id`,
        `t13`.`received_number`
      FROM (
        SELECT
          *
        FROM `fact_touchpoint` AS `t0`
        WHERE
          `t0`.`account_id` IS NOT NULL
          AND `t0`.`happened_number` <= CAST('⟦number⟧' AS BIGINT)
          AND `t0`.`happened_number` > (
            CAST('⟦number⟧' AS BIGINT) - 368
          )
          AND `t0`.`direction` = 'in'
          AND `t0`.`act` IN ('wrote', 'called', 'met', 'attended', 'submitted', 'commented')
      ) AS `t9`
      INNER JOIN (
        SELECT
          `t11`.`deal_id`,
          `t11`.`account_id`,
          `t11`.`received_number`
        FROM `t10` AS `t11`
        WHERE
          `t11`.`received_number` <= CAST('⟦number⟧' AS BIGINT)
          AND `t11`.`received_number` > (
            CAST('⟦number⟧' AS BIGINT) - 365
          )
      ) AS `t13`
        ON `t9`.`account_id` = `t13`.`account_id`
    ) AS `t14`
    WHERE
      `t14`.`happened_number` >= (
        `t14`.`received_number` - 3
      )
  ) AS `t17`
  GROUP BY
    1,
    2
)
SELECT
  `t33`.`segment`,
  `t33`.`has_answer`,
  `t33`.`has_ended`,
  `t33`.`minutes`,
  COUNT(*) AS `deals`,
  MAX(`t33`.`observed_on`) AS `observed_on`,
  MIN(`t33`.`observed_on`) AS `observed_first`
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
    `t32`.`lead_id`,
    `t32`.`account_id`,
    `t32`.`received_number`,
    `t32`.`accepted_number`,
    `t32`.`fate`,
    `t32`.`fate_days`,
    `t32`.`won_days`,
    `t32`.`came_at`,
    `t32`.`came_worked`,
    `t32`.`came_number`,
    `t32`.`answered_worked`,
    `t32`.`answered_number`,
    CAST(IF(
      CAST(FLOOR(
        (
          COALESCE(
            `t32`.`answered_worked`,
            (
              (
                (
                  CAST(FLOOR(
                    (
                      IF(
                        (
                          `t32`.`outcome` = 'open'
                        ) OR `t32`.`outcome` IN ('lost', 'declined'),
                        `t32`.`observed_number`,
                        `t32`.`decided_number`
                      ) + 1 + 3
                    ) / (
                      7
                    )
                  ) AS BIGINT) * 5
                ) + LEAST(
                  (
                    IF(
                      (
                        `t32`.`outcome` = 'open'
                      ) OR `t32`.`outcome` IN ('lost', 'declined'),
                      `t32`.`observed_number`,
                      `t32`.`decided_number`
                    ) + 1 + 3
                  ) % 7,
                  5
                )
              ) - 3
            ) * 36000
          ) - `t32`.`came_worked`
        ) / (
          60
        )
      ) AS BIGINT) IS NULL,
      CAST(FLOOR(
        (
          COALESCE(
            `t32`.`answered_worked`,
            (
              (
                (
                  CAST(FLOOR(
                    (
                      IF(
                        (
                          `t32`.`outcome` = 'open'
                        ) OR `t32`.`outcome` IN ('lost', 'declined'),
                        `t32`.`observed_number`,
                        `t32`.`decided_number`
                      ) + 1 + 3
                    ) / (
                      7
                    )
                  ) AS BIGINT) * 5
                ) + LEAST(
                  (
                    IF(
                      (
                        `t32`.`outcome` = 'open'
                      ) OR `t32`.`outcome` IN ('lost', 'declined'),
                      `t32`.`observed_number`,
                      `t32`.`decided_number`
                    ) + 1 + 3
                  ) % 7,
                  5
                )
              ) - 3
            ) * 36000
          ) - `t32`.`came_worked`
        ) / (
          60
        )
      ) AS BIGINT),
      GREATEST(
        0,
        CAST(FLOOR(
          (
            COALESCE(
              `t32`.`answered_worked`,
              (
                (
                  (
                    CAST(FLOOR(
                      (
                        IF(
                          (
                            `t32`.`outcome` = 'open'
                          ) OR `t32`.`outcome` IN ('lost', 'declined'),
                          `t32`.`observed_number`,
                          `t32`.`decided_number`
                        ) + 1 + 3
                      ) / (
                        7
                      )
                    ) AS BIGINT) * 5
                  ) + LEAST(
                    (
                      IF(
                        (
                          `t32`.`outcome` = 'open'
                        ) OR `t32`.`outcome` IN ('lost', 'declined'),
                        `t32`.`observed_number`,
                        `t32`.`decided_number`
                      ) + 1 + 3
                    ) % 7,
                    5
                  )
                ) - 3
              ) * 36000
            ) - `t32`.`came_worked`
          ) / (
            60
          )
        ) AS BIGINT)
      )
    ) AS INT) AS `minutes`,
    `t32`.`answered_worked` IS NOT NULL AS `has_answer`,
    `t32`.`outcome` <> 'open' AS `has_ended`
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
      `t31`.`lead_id`,
      `t31`.`account_id`,
      `t31`.`received_number`,
      `t31`.`accepted_number`,
      `t31`.`fate`,
      `t31`.`fate_days`,
      `t31`.`won_days`,
      `t31`.`came_at`,
      `t31`.`came_worked`,
      `t31`.`came_number`,
      `t31`.`answered_worked`,
      `t31`.`answered_number`
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
        `t27`.`lead_id`,
        `t27`.`account_id`,
        `t27`.`received_number`,
        `t27`.`accepted_number`,
        `t27`.`fate`,
        `t27`.`fate_days`,
        `t27`.`won_days`,
        `t27`.`came_at`,
        `t27`.`came_worked`,
        `t27`.`came_number`,
        `t30`.`deal_id` AS `deal_id_right`,
        `t30`.`answered_worked`,
        `t30`.`answered_number`
      FROM (
        SELECT
          `t24`.`deal_id`,
          `t24`.`uid`,
          `t24`.`name`,
          `t24`.`segment`,
          `t24`.`stage`,
          `t24`.`phase`,
          `t24`.`position`,
          `t24`.`process`,
          `t24`.`process_version_id`,
          `t24`.`outcome`,
          `t24`.`proof`,
          `t24`.`amount`,
          `t24`.`currency`,
          `t24`.`expected_close`,
          `t24`.`owner_id`,
          `t24`.`engaged_since`,
          `t24`.`decided_on`,
          `t24`.`rests`,
          `t24`.`has_history`,
          `t24`.`decided_number`,
          `t24`.`version`,
          `t24`.`engaged_days`,
          `t24`.`buyer_days`,
          `t24`.`observed_on`,
          `t24`.`observed_number`,
          `t24`.`in_pipeline`,
          `t24`.`lead_id`,
          `t24`.`account_id`,
          `t24`.`received_number`,
          `t24`.`accepted_number`,
          `t24`.`fate`,
          `t24`.`fate_days`,
          `t24`.`won_days`,
          `t24`.`came_at`,
          `t24`.`came_worked`,
          `t24`.`came_number`
        FROM (
          SELECT
            `t16`.`deal_id`,
            `t16`.`uid`,
            `t16`.`name`,
            `t16`.`segment`,
            `t16`.`stage`,
            `t16`.`phase`,
            `t16`.`position`,
            `t16`.`process`,
            `t16`.`process_version_id`,
            `t16`.`outcome`,
            `t16`.`proof`,
            `t16`.`amount`,
            `t16`.`currency`,
            `t16`.`expected_close`,
            `t16`.`owner_id`,
            `t16`.`engaged_since`,
            `t16`.`decided_on`,
            `t16`.`rests`,
            `t16`.`has_history`,
            `t16`.`decided_number`,
            `t16`.`version`,
            `t16`.`engaged_days`,
            `t16`.`buyer_days`,
            `t16`.`observed_on`,
            `t16`.`observed_number`,
            `t16`.`in_pipeline`,
            `t16`.`lead_id`,
            `t16`.`account_id`,
            `t16`.`received_number`,
            `t16`.`accepted_number`,
            `t16`.`fate`,
            `t16`.`fate_days`,
            `t16`.`won_days`,
            `t21`.`deal_id` AS `deal_id_right`,
            `t21`.`came_at`,
            `t21`.`came_worked`,
            `t21`.`came_number`
          FROM (
            SELECT
              `t11`.`deal_id`,
              `t11`.`uid`,
              `t11`.`name`,
              `t11`.`segment`,
              `t11`.`stage`,
              `t11`.`phase`,
              `t11`.`position`,
              `t11`.`process`,
              `t11`.`process_version_id`,
              `t11`.`outcome`,
              `t11`.`proof`,
              `t11`.`amount`,
              `t11`.`currency`,
              `t11`.`expected_close`,
              `t11`.`owner_id`,
              `t11`.`engaged_since`,
              `t11`.`decided_on`,
              `t11`.`rests`,
              `t11`.`has_history`,
              `t11`.`decided_number`,
              `t11`.`version`,
              `t11`.`engaged_days`,
              `t11`.`buyer_days`,
              `t11`.`observed_on`,
              `t11`.`observed_number`,
              `t11`.`in_pipeline`,
              `t11`.`lead_id`,
              `t11`.`account_id`,
              `t11`.`received_number`,
              `t11`.`accepted_number`,
              CASE
                WHEN COALESCE(`t11`.`accepted_number` <= CAST('⟦number⟧' AS BIGINT), FALSE)
                THEN 'accepted'
                WHEN `t11`.`outcome` = 'open'
                THEN 'open'
                ELSE 'refused'
              END AS `fate`,
              CAST(IF(
                (
                  IF(
                    COALESCE(`t11`.`accepted_number` <= CAST('⟦number⟧' AS BIGINT), FALSE),
                    `t11`.`accepted_number`,
                    COALESCE(`t11`.`decided_number`, `t11`.`observed_number`)
                  ) - `t11`.`received_number`
                ) IS NULL,
                IF(
                  COALESCE(`t11`.`accepted_number` <= CAST('⟦number⟧' AS BIGINT), FALSE),
                  `t11`.`accepted_number`,
                  COALESCE(`t11`.`decided_number`, `t11`.`observed_number`)
                ) - `t11`.`received_number`,
                GREATEST(
                  0,
                  IF(
                    COALESCE(`t11`.`accepted_number` <= CAST('⟦number⟧' AS BIGINT), FALSE),
                    `t11`.`accepted_number`,
                    COALESCE(`t11`.`decided_number`, `t11`.`observed_number`)
                  ) - `t11`.`received_number`
                )
              ) AS INT) AS `fate_days`,
              CAST(IF(
                (
                  COALESCE(`t11`.`decided_number`, `t11`.`observed_number`) - `t11`.`received_number`
                ) IS NULL,
                COALESCE(`t11`.`decided_number`, `t11`.`observed_number`) - `t11`.`received_number`,
                GREATEST(
                  0,
                  COALESCE(`t11`.`decided_number`, `t11`.`observed_number`) - `t11`.`received_number`
                )
              ) AS INT) AS `won_days`
            FROM `t10` AS `t11`
            WHERE
              `t11`.`received_number` <= CAST('⟦number⟧' AS BIGINT)
              AND `t11`.`received_number` > (
                CAST('⟦number⟧' AS BIGINT) - 365
              )
          ) AS `t16`
          LEFT OUTER JOIN (
            SELECT
              `t19`.`deal_id`,
              `t19`.`came_at`,
              `t19`.`came_worked`,
              `t19`.`came_number`
            FROM `t18` AS `t19`
          ) AS `t21`
            ON `t16`.`deal_id` = `t21`.`deal_id`
        ) AS `t24`
      ) AS `t27`
      LEFT OUTER JOIN (
        SELECT
          `t28`.`deal_id`,
          MIN(`t28`.`working_seconds`) AS `answered_worked`,
          MIN(`t28`.`happened_number`) AS `answered_number`
        FROM (
          SELECT
            *
          FROM (
            SELECT
              `t8`.`touchpoint_id`,
              `t8`.`account_id`,
              `t8`.`person_id`,
              `t8`.`user_id`,
              `t8`.`direction`,
              `t8`.`channel`,
              `t8`.`act`,
              `t8`.`source`,
              `t8`.`happened_at`,
              `t8`.`happened_number`,
              `t8`.`working_seconds`,
              `t23`.`deal_id`,
              `t23`.`came_at`
            FROM (
              SELECT
                *
              FROM `fact_touchpoint` AS `t0`
              WHERE
                `t0`.`account_id` IS NOT NULL
                AND `t0`.`happened_number` <= CAST('⟦number⟧' AS BIGINT)
                AND `t0`.`happened_number` > (
                  CAST('⟦number⟧' AS BIGINT) - 368
                )
                AND `t0`.`direction` = 'out'
            ) AS `t8`
            INNER JOIN (
              SELECT
                `t19`.`deal_id`,
                `t19`.`account_id`,
                `t19`.`came_at`
              FROM `t18` AS `t19`
            ) AS `t23`
              ON `t8`.`account_id` = `t23`.`account_id`
          ) AS `t26`
          WHERE
            `t26`.`happened_at` >= `t26`.`came_at`
        ) AS `t28`
        GROUP BY
          1
      ) AS `t30`
        ON `t27`.`deal_id` = `t30`.`deal_id`
    ) AS `t31`
  ) AS `t32`
) AS `t33`
GROUP BY
  1,
  2,
  3,
  4
