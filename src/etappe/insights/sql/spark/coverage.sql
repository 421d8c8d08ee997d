SELECT
  `t0`.`segment`,
  `t0`.`currency`,
  SUM(
    CAST((
      `t0`.`outcome` = 'open'
    )
    AND `t0`.`in_pipeline`
    AND (
      `t0`.`amount` IS NOT NULL
    ) AS BIGINT)
  ) AS `deals`,
  SUM(IF((
    `t0`.`outcome` = 'open'
  ) AND `t0`.`in_pipeline`, `t0`.`amount`, NULL)) AS `amount`,
  SUM(
    CAST((
      `t0`.`outcome` = 'open'
    )
    AND `t0`.`in_pipeline`
    AND (
      `t0`.`amount` IS NULL
    ) AS BIGINT)
  ) AS `without_amount`,
  SUM(
    CAST((
      `t0`.`outcome` = 'open'
    )
    AND `t0`.`in_pipeline`
    AND (
      `t0`.`expected_close` <= CAST('⟦until⟧' AS DATE)
    )
    AND (
      `t0`.`amount` IS NOT NULL
    ) AS BIGINT)
  ) AS `due`,
  SUM(
    IF(
      (
        `t0`.`outcome` = 'open'
      )
      AND `t0`.`in_pipeline`
      AND (
        `t0`.`expected_close` <= CAST('⟦until⟧' AS DATE)
      ),
      `t0`.`amount`,
      NULL
    )
  ) AS `due_amount`,
  SUM(
    CAST((
      `t0`.`outcome` = 'won'
    )
    AND (
      `t0`.`decided_on` > CAST('⟦since⟧' AS DATE)
    ) AS BIGINT)
  ) AS `won`,
  SUM(
    IF(
      (
        `t0`.`outcome` = 'won'
      )
      AND (
        `t0`.`decided_on` > CAST('⟦since⟧' AS DATE)
      ),
      `t0`.`amount`,
      NULL
    )
  ) AS `won_amount`,
  MAX(`t0`.`observed_on`) AS `observed_on`,
  MIN(`t0`.`observed_on`) AS `observed_first`
FROM `deals` AS `t0`
GROUP BY
  1,
  2
