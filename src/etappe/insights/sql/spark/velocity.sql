SELECT
  `t0`.`segment`,
  `t0`.`currency`,
  `t0`.`outcome`,
  `t0`.`in_pipeline`,
  `t0`.`engaged_days` AS `days`,
  COUNT(*) AS `deals`,
  COUNT(`t0`.`amount`) AS `with_amount`,
  SUM(`t0`.`amount`) AS `amount`,
  SUM(CAST(`t0`.`amount` AS DOUBLE) * CAST(`t0`.`amount` AS DOUBLE)) AS `squares`,
  MAX(`t0`.`observed_on`) AS `observed_on`,
  MIN(`t0`.`observed_on`) AS `observed_first`
FROM `deals` AS `t0`
GROUP BY
  1,
  2,
  3,
  4,
  5
