SELECT
  *
FROM (
  SELECT
    "t21"."segment",
    "t10"."process",
    "t10"."version",
    "t21"."process_version_id",
    "t21"."position",
    "t10"."stage",
    "t10"."phase",
    "t21"."fate",
    "t21"."is_over",
    "t21"."outcome",
    "t21"."currency",
    "t21"."recent",
    "t21"."days",
    "t21"."deals",
    "t21"."observed_on",
    "t21"."observed_first",
    "t21"."with_amount",
    "t21"."amount"
  FROM (
    SELECT
      "t19"."segment",
      "t19"."process_version_id",
      "t19"."position",
      "t19"."fate",
      "t19"."is_over",
      "t19"."outcome",
      "t19"."currency",
      "t19"."recent",
      "t19"."days",
      COUNT(*) AS "deals",
      MAX("t19"."observed_on") AS "observed_on",
      MIN("t19"."observed_on") AS "observed_first",
      COUNT("t19"."amount") AS "with_amount",
      SUM("t19"."amount") AS "amount"
    FROM (
      SELECT
        "t18"."deal_id",
        "t18"."process_version_id",
        "t18"."position",
        "t18"."first",
        "t18"."last",
        "t18"."left",
        "t18"."entered",
        "t18"."begun",
        "t18"."lasting",
        "t18"."went_on",
        "t18"."segment",
        "t18"."outcome",
        "t18"."amount",
        "t18"."currency",
        "t18"."observed_on",
        "t18"."observed_number",
        "t18"."last_version",
        "t18"."lasting" = 0 AS "is_over",
        CASE
          WHEN "t18"."went_on"
          OR (
            (
              "t18"."process_version_id" = "t18"."last_version"
            )
            AND (
              "t18"."outcome" = 'won'
            )
          )
          THEN 'on'
          WHEN (
            "t18"."process_version_id" = "t18"."last_version"
          )
          AND "t18"."outcome" IN ('lost', 'declined', 'disqualified')
          THEN 'out'
          ELSE 'still'
        END AS "fate",
        CAST(CASE
          WHEN (
            (
              "t18"."left" + (
                "t18"."lasting" * "t18"."observed_number"
              )
            ) - "t18"."entered"
          ) IS NULL
          THEN (
            "t18"."left" + (
              "t18"."lasting" * "t18"."observed_number"
            )
          ) - "t18"."entered"
          ELSE GREATEST(
            0,
            (
              "t18"."left" + (
                "t18"."lasting" * "t18"."observed_number"
              )
            ) - "t18"."entered"
          )
        END AS INT) AS "days",
        CASE WHEN "t18"."begun" > (
          CAST('⟦number⟧' AS BIGINT) - 365
        ) THEN 1 ELSE 0 END AS "recent"
      FROM (
        SELECT
          "t17"."deal_id",
          "t17"."process_version_id",
          "t17"."position",
          "t17"."first",
          "t17"."last",
          "t17"."left",
          "t17"."entered",
          "t17"."begun",
          "t17"."lasting",
          "t17"."went_on",
          "t9"."segment",
          "t9"."outcome",
          "t9"."amount",
          "t9"."currency",
          "t9"."observed_on",
          "t9"."observed_number",
          "t9"."last_version"
        FROM (
          SELECT
            "t15"."deal_id",
            "t15"."process_version_id",
            "t15"."position",
            "t15"."first",
            "t15"."last",
            "t15"."left",
            "t15"."entered",
            "t15"."begun",
            "t15"."lasting",
            COALESCE(
              MAX("t15"."last") OVER (
                PARTITION BY "t15"."deal_id", "t15"."process_version_id"
                ORDER BY "t15"."position" ASC
                ROWS BETWEEN 1 following AND UNBOUNDED FOLLOWING
              ) > "t15"."first",
              FALSE
            ) AS "went_on"
          FROM (
            SELECT
              "t14"."deal_id",
              "t14"."process_version_id",
              "t14"."position",
              MIN("t14"."visit_id") AS "first",
              MAX("t14"."visit_id") AS "last",
              SUM(
                CASE
                  WHEN (
                    "t14"."left_at" IS NOT NULL
                  )
                  AND (
                    "t14"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
                  )
                  THEN "t14"."left_number"
                  ELSE 0
                END
              ) AS "left",
              SUM("t14"."entered_number") AS "entered",
              MIN("t14"."entered_number") AS "begun",
              SUM(
                CASE
                  WHEN (
                    "t14"."left_at" IS NOT NULL
                  )
                  AND (
                    "t14"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
                  )
                  THEN 0
                  ELSE 1
                END
              ) AS "lasting"
            FROM (
              SELECT
                "t12"."visit_id",
                "t12"."deal_id",
                "t12"."process_version_id",
                "t12"."stage",
                "t12"."status",
                "t12"."basis",
                "t12"."proof",
                "t12"."entered_at",
                "t12"."left_at",
                "t12"."backfilled",
                "t12"."entered_number",
                "t12"."left_number",
                "t3"."process",
                "t3"."process_number",
                "t3"."phase",
                "t3"."position",
                "t3"."model"
              FROM (
                SELECT
                  *
                FROM "fact_stage_visit" AS "t2"
                WHERE
                  "t2"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ) AND "t2"."status" = 'open'
              ) AS "t12"
              INNER JOIN "fact_process_stage" AS "t3"
                ON "t12"."process_version_id" = "t3"."process_version_id"
                AND "t12"."stage" = "t3"."stage"
              INNER JOIN (
                SELECT
                  "t0"."deal_id"
                FROM "deals" AS "t0"
                WHERE
                  "t0"."has_history"
              ) AS "t8"
                ON "t12"."deal_id" = "t8"."deal_id"
            ) AS "t14"
            GROUP BY
              1,
              2,
              3
          ) AS "t15"
        ) AS "t17"
        INNER JOIN (
          SELECT
            "t0"."deal_id",
            "t0"."segment",
            "t0"."outcome",
            "t0"."amount",
            "t0"."currency",
            "t0"."observed_on",
            "t0"."observed_number",
            "t0"."process_version_id" AS "last_version"
          FROM "deals" AS "t0"
          WHERE
            "t0"."has_history"
        ) AS "t9"
          ON "t17"."deal_id" = "t9"."deal_id"
      ) AS "t18"
    ) AS "t19"
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
  ) AS "t21"
  INNER JOIN (
    SELECT
      "t1"."process_version_id",
      "t1"."process",
      "t1"."process_number" AS "version",
      "t1"."stage",
      "t1"."phase",
      "t1"."position",
      "t1"."model"
    FROM "fact_process_stage" AS "t1"
  ) AS "t10"
    ON "t21"."process_version_id" = "t10"."process_version_id"
    AND "t21"."position" = "t10"."position"
) AS "t22"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t7"."segment",
    '' AS "process",
    CAST(-1 AS INT) AS "version",
    CAST(-1 AS BIGINT) AS "process_version_id",
    CAST(-1 AS INT) AS "position",
    '' AS "stage",
    '' AS "phase",
    "t7"."outcome" AS "fate",
    "t7"."has_history" AS "is_over",
    "t7"."outcome",
    '' AS "currency",
    -1 AS "recent",
    CAST(-1 AS INT) AS "days",
    "t7"."deals",
    "t7"."observed_on",
    "t7"."observed_first",
    CAST(-1 AS BIGINT) AS "with_amount",
    CAST(-1 AS DECIMAL(38, 4)) AS "amount"
  FROM (
    SELECT
      "t0"."segment",
      "t0"."outcome",
      "t0"."has_history",
      COUNT(*) AS "deals",
      MAX("t0"."observed_on") AS "observed_on",
      MIN("t0"."observed_on") AS "observed_first"
    FROM "deals" AS "t0"
    GROUP BY
      1,
      2,
      3
  ) AS "t7"
) AS "t13"
