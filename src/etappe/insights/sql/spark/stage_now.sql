SELECT
  `t1`.`segment`,
  `t1`.`process`,
  `t1`.`version`,
  `t1`.`process_version_id`,
  `t1`.`position`,
  `t1`.`stage`,
  `t1`.`phase`,
  `t1`.`currency`,
  `t1`.`proof`,
  COUNT(*) AS `deals`,
  SUM(`t1`.`amount`) AS `amount`,
  SUM(CAST(`t1`.`amount` IS NULL AS BIGINT)) AS `without_amount`,
  MAX(`t1`.`observed_on`) AS `observed_on`,
  MIN(`t1`.`observed_on`) AS `observed_first`
FROM (
  SELECT
    *
  FROM `deals` AS `t0`
  WHERE
    `t0`.`outcome` = 'open'
) AS `t1`
GROUP BY
  1,
  2,
  3,
  4,
  5,
  6,
  7,
  8,
  9
