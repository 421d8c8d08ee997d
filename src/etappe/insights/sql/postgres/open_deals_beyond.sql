SELECT
  "t0"."segment",
  "t0"."outcome",
  "t0"."rests",
  "t0"."in_pipeline",
  "t0"."engaged_days",
  COUNT(*) AS "deals",
  MAX("t0"."observed_on") AS "observed_on",
  MIN("t0"."observed_on") AS "observed_first"
FROM "deals" AS "t0"
GROUP BY
  1,
  2,
  3,
  4,
  5
