SELECT
  "t0"."segment",
  "t0"."currency",
  COUNT(*) FILTER(WHERE
    (
      "t0"."outcome" = 'open'
    )
    AND "t0"."in_pipeline"
    AND (
      "t0"."amount" IS NOT NULL
    )) AS "deals",
  SUM("t0"."amount") FILTER(WHERE
    (
      "t0"."outcome" = 'open'
    ) AND "t0"."in_pipeline") AS "amount",
  COUNT(*) FILTER(WHERE
    (
      "t0"."outcome" = 'open'
    )
    AND "t0"."in_pipeline"
    AND (
      "t0"."amount" IS NULL
    )) AS "without_amount",
  COUNT(*) FILTER(WHERE
    (
      "t0"."outcome" = 'open'
    )
    AND "t0"."in_pipeline"
    AND (
      "t0"."expected_close" <= CAST('⟦until⟧' AS DATE)
    )
    AND (
      "t0"."amount" IS NOT NULL
    )) AS "due",
  SUM("t0"."amount") FILTER(WHERE
    (
      "t0"."outcome" = 'open'
    )
    AND "t0"."in_pipeline"
    AND (
      "t0"."expected_close" <= CAST('⟦until⟧' AS DATE)
    )) AS "due_amount",
  COUNT(*) FILTER(WHERE
    (
      "t0"."outcome" = 'won'
    )
    AND (
      "t0"."decided_on" > CAST('⟦since⟧' AS DATE)
    )) AS "won",
  SUM("t0"."amount") FILTER(WHERE
    (
      "t0"."outcome" = 'won'
    )
    AND (
      "t0"."decided_on" > CAST('⟦since⟧' AS DATE)
    )) AS "won_amount",
  MAX("t0"."observed_on") AS "observed_on",
  MIN("t0"."observed_on") AS "observed_first"
FROM "deals" AS "t0"
GROUP BY
  1,
  2
