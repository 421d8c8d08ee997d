SELECT
  `t2`.`segment`,
  `t2`.`currency`,
  COUNT(*) AS `deals`,
  SUM(CAST(`t2`.`amount` IS NULL AS BIGINT)) AS `without_amount`,
  SUM(`t2`.`amount`) AS `total`,
  MAX(`t2`.`observed_on`) AS `observed_on`,
  MIN(`t2`.`observed_on`) AS `observed_first`,
  MAX(
    IF(
      `t2`.`place` = CAST(FLOOR((
        `t2`.`known` + 9
      ) / (
        10
      )) AS BIGINT),
      `t2`.`amount`,
      NULL
    )
  ) AS `p10`,
  MAX(
    IF(
      `t2`.`place` = CAST(FLOOR((
        `t2`.`known` + 1
      ) / (
        2
      )) AS BIGINT),
      `t2`.`amount`,
      NULL
    )
  ) AS `p50`,
  MAX(
    IF(
      `t2`.`place` = CAST(FLOOR((
        (
          `t2`.`known` * 9
        ) + 9
      ) / (
        10
      )) AS BIGINT),
      `t2`.`amount`,
      NULL
    )
  ) AS `p90`,
  MAX(
    IF(
      `t2`.`place` = GREATEST(
        CAST(FLOOR(
          (
            CAST(`t2`.`known` AS DOUBLE) - (
              1.959963984540054 * SQRT(CAST(`t2`.`known` AS DOUBLE))
            )
          ) / 2.0
        ) AS BIGINT),
        1
      ),
      `t2`.`amount`,
      NULL
    )
  ) AS `low`,
  MAX(
    IF(
      `t2`.`place` = LEAST(
        CAST(CEIL(
          (
            CAST(`t2`.`known` AS DOUBLE) + (
              1.959963984540054 * SQRT(CAST(`t2`.`known` AS DOUBLE))
            )
          ) / 2.0
        ) AS BIGINT) + 1,
        `t2`.`known`
      ),
      `t2`.`amount`,
      NULL
    )
  ) AS `high`
FROM (
  SELECT
    `t1`.`deal_id`,
    `t1`.`uid`,
    `t1`.`name`,
    `t1`.`segment`,
    `t1`.`stage`,
    `t1`.`phase`,
    `t1`.`position`,
    `t1`.`process`,
    `t1`.`process_version_id`,
    `t1`.`outcome`,
    `t1`.`proof`,
    `t1`.`amount`,
    `t1`.`currency`,
    `t1`.`expected_close`,
    `t1`.`owner_id`,
    `t1`.`engaged_since`,
    `t1`.`decided_on`,
    `t1`.`rests`,
    `t1`.`has_history`,
    `t1`.`decided_number`,
    `t1`.`version`,
    `t1`.`engaged_days`,
    `t1`.`buyer_days`,
    `t1`.`observed_on`,
    `t1`.`observed_number`,
    `t1`.`in_pipeline`,
    (
      ROW_NUMBER() OVER (
        PARTITION BY `t1`.`segment`, `t1`.`currency`
        ORDER BY `t1`.`amount` ASC NULLS LAST, `t1`.`deal_id` ASC NULLS LAST
      ) - 1
    ) + 1 AS `place`,
    COUNT(`t1`.`amount`) OVER (
      PARTITION BY `t1`.`segment`, `t1`.`currency`
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS `known`
  FROM (
    SELECT
      *
    FROM `deals` AS `t0`
    WHERE
      `t0`.`outcome` = 'won'
  ) AS `t1`
) AS `t2`
GROUP BY
  1,
  2
