SELECT
  `t7`.`uid`,
  `t7`.`name`,
  `t7`.`stage`,
  `t7`.`process_version_id`,
  `t7`.`outcome`,
  `t7`.`proof`,
  `t7`.`amount`,
  `t7`.`currency`,
  `t7`.`owner_id`,
  `t7`.`engaged_since`,
  `t7`.`decided_on`,
  `t7`.`received_number`,
  `t7`.`found`,
  `t7`.`fate_days` AS `days`
FROM (
  SELECT
    `t6`.`deal_id`,
    `t6`.`uid`,
    `t6`.`name`,
    `t6`.`segment`,
    `t6`.`stage`,
    `t6`.`phase`,
    `t6`.`position`,
    `t6`.`process`,
    `t6`.`process_version_id`,
    `t6`.`outcome`,
    `t6`.`proof`,
    `t6`.`amount`,
    `t6`.`currency`,
    `t6`.`expected_close`,
    `t6`.`owner_id`,
    `t6`.`engaged_since`,
    `t6`.`decided_on`,
    `t6`.`rests`,
    `t6`.`has_history`,
    `t6`.`decided_number`,
    `t6`.`version`,
    `t6`.`engaged_days`,
    `t6`.`buyer_days`,
    `t6`.`observed_on`,
    `t6`.`observed_number`,
    `t6`.`in_pipeline`,
    `t6`.`lead_id`,
    `t6`.`account_id`,
    `t6`.`received_number`,
    `t6`.`accepted_number`,
    `t6`.`fate`,
    `t6`.`fate_days`,
    `t6`.`won_days`,
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS `found`,
    ROW_NUMBER() OVER (ORDER BY `t6`.`received_number` DESC, `t6`.`deal_id` ASC NULLS LAST) - 1 AS `place`
  FROM (
    SELECT
      `t5`.`deal_id`,
      `t5`.`uid`,
      `t5`.`name`,
      `t5`.`segment`,
      `t5`.`stage`,
      `t5`.`phase`,
      `t5`.`position`,
      `t5`.`process`,
      `t5`.`process_version_id`,
      `t5`.`outcome`,
      `t5`.`proof`,
      `t5`.`amount`,
      `t5`.`currency`,
      `t5`.`expected_close`,
      `t5`.`owner_id`,
      `t5`.`engaged_since`,
      `t5`.`decided_on`,
      `t5`.`rests`,
      `t5`.`has_history`,
      `t5`.`decided_number`,
      `t5`.`version`,
      `t5`.`engaged_days`,
      `t5`.`buyer_days`,
      `t5`.`observed_on`,
      `t5`.`observed_number`,
      `t5`.`in_pipeline`,
      `t5`.`lead_id`,
      `t5`.`account_id`,
      `t5`.`received_number`,
      `t5`.`accepted_number`,
      CASE
        WHEN COALESCE(`t5`.`accepted_number` <= CAST('⟦number⟧' AS BIGINT), FALSE)
        THEN 'accepted'
        WHEN `t5`.`outcome` = 'open'
        THEN 'open'
        ELSE 'refused'
      END AS `fate`,
      CAST(IF(
        (
          IF(
            COALESCE(`t5`.`accepted_number` <= CAST('⟦number⟧' AS BIGINT), FALSE),
            `t5`.`accepted_number`,
            COALESCE(`t5`.`decided_number`, `t5`.`observed_number`)
          ) - `t5`.`received_number`
        ) IS NULL,
        IF(
          COALESCE(`t5`.`accepted_number` <= CAST('⟦number⟧' AS BIGINT), FALSE),
          `t5`.`accepted_number`,
          COALESCE(`t5`.`decided_number`, `t5`.`observed_number`)
        ) - `t5`.`received_number`,
        GREATEST(
          0,
          IF(
            COALESCE(`t5`.`accepted_number` <= CAST('⟦number⟧' AS BIGINT), FALSE),
            `t5`.`accepted_number`,
            COALESCE(`t5`.`decided_number`, `t5`.`observed_number`)
          ) - `t5`.`received_number`
        )
      ) AS INT) AS `fate_days`,
      CAST(IF(
        (
          COALESCE(`t5`.`decided_number`, `t5`.`observed_number`) - `t5`.`received_number`
        ) IS NULL,
        COALESCE(`t5`.`decided_number`, `t5`.`observed_number`) - `t5`.`received_number`,
        GREATEST(
          0,
          COALESCE(`t5`.`decided_number`, `t5`.`observed_number`) - `t5`.`received_number`
        )
      ) AS INT) AS `won_days`
    FROM (
      SELECT
        `t2`.`deal_id`,
        `t2`.`uid`,
        `t2`.`name`,
        `t2`.`segment`,
        `t2`.`stage`,
        `t2`.`phase`,
        `t2`.`position`,
        `t2`.`process`,
        `t2`.`process_version_id`,
        `t2`.`outcome`,
        `t2`.`proof`,
        `t2`.`amount`,
        `t2`.`currency`,
        `t2`.`expected_close`,
        `t2`.`owner_id`,
        `t2`.`engaged_since`,
        `t2`.`decided_on`,
        `t2`.`rests`,
        `t2`.`has_history`,
        `t2`.`decided_number`,
        `t2`.`version`,
        `t2`.`engaged_days`,
        `t2`.`buyer_days`,
        `t2`.`observed_on`,
        `t2`.`observed_number`,
        `t2`.`in_pipeline`,
        `t4`.`lead_id`,
        `t4`.`account_id`,
        `t4`.`received_number`,
        `t4`.`accepted_number`
      FROM `deals` AS `t2`
      INNER JOIN (
        SELECT
          `t1`.`lead_id`,
          `t1`.`account_id`,
          `t1`.`received_number`,
          `t1`.`accepted_number`
        FROM `fact_lead` AS `t1`
      ) AS `t4`
        ON `t2`.`deal_id` = `t4`.`lead_id`
    ) AS `t5`
    WHERE
      `t5`.`received_number` <= CAST('⟦number⟧' AS BIGINT)
      AND (
        (
          CAST('⟦outcomes⟧' AS ARRAY<STRING>) IS NULL
        )
        OR IF(
          CAST('⟦outcomes⟧' AS ARRAY<STRING>) IS NULL,
          NULL,
          COALESCE(ARRAY_CONTAINS(CAST('⟦outcomes⟧' AS ARRAY<STRING>), `t5`.`outcome`), FALSE)
        )
      )
      AND (
        (
          CAST('⟦received_from⟧' AS BIGINT) IS NULL
        )
        OR (
          `t5`.`received_number` >= CAST('⟦received_from⟧' AS BIGINT)
        )
      )
      AND (
        (
          CAST('⟦received_until⟧' AS BIGINT) IS NULL
        )
        OR (
          `t5`.`received_number` <= CAST('⟦received_until⟧' AS BIGINT)
        )
      )
      AND (
        (
          '⟦segment⟧' IS NULL
        ) OR (
          `t5`.`segment` = '⟦segment⟧'
        )
      )
      AND (
        (
          '⟦fate⟧' IS NULL
        )
        OR (
          CASE
            WHEN COALESCE(`t5`.`accepted_number` <= CAST('⟦number⟧' AS BIGINT), FALSE)
            THEN 'accepted'
            WHEN `t5`.`outcome` = 'open'
            THEN 'open'
            ELSE 'refused'
          END = '⟦fate⟧'
        )
      )
  ) AS `t6`
) AS `t7`
WHERE
  `t7`.`place` >= CAST('⟦skip⟧' AS BIGINT)
  AND `t7`.`place` < (
    CAST('⟦skip⟧' AS BIGINT) + 50
  )
ORDER BY
  `t7`.`place` ASC NULLS LAST
