SELECT
  *
FROM (
  SELECT
    "t13"."segment",
    "t13"."process",
    "t13"."version",
    "t13"."process_version_id",
    "t13"."position",
    "t13"."stage",
    "t13"."phase",
    "t13"."fate",
    "t13"."is_over",
    COUNT(*) AS "deals",
    MAX("t13"."observed_on") AS "observed_on",
    MIN("t13"."observed_on") AS "observed_first"
  FROM (
    SELECT
      "t12"."segment",
      "t12"."process",
      "t12"."process_number",
      "t12"."process_version_id",
      "t12"."position",
      "t12"."stage",
      "t12"."phase",
      "t12"."deal_id",
      "t12"."outcome",
      "t12"."amount",
      "t12"."currency",
      "t12"."observed_on",
      "t12"."last_version",
      CASE WHEN "t12"."days" IS NULL THEN "t12"."days" ELSE GREATEST(0, "t12"."days") END AS "days",
      "t12"."begun",
      "t12"."is_over",
      "t12"."went_on",
      "t12"."process_number" AS "version",
      CASE
        WHEN "t12"."went_on"
        OR (
          (
            "t12"."process_version_id" = "t12"."last_version"
          )
          AND (
            "t12"."outcome" = 'won'
          )
        )
        THEN 'on'
        WHEN (
          "t12"."process_version_id" = "t12"."last_version"
        )
        AND "t12"."outcome" IN ('lost', 'declined', 'disqualified')
        THEN 'out'
        ELSE 'still'
      END AS "fate"
    FROM (
      SELECT
        "t11"."segment",
        "t11"."process",
        "t11"."process_number",
        "t11"."process_version_id",
        "t11"."position",
        "t11"."stage",
        "t11"."phase",
        "t11"."deal_id",
        "t11"."outcome",
        "t11"."amount",
        "t11"."currency",
        "t11"."observed_on",
        "t11"."last_version",
        SUM(
          CASE
            WHEN (
              "t11"."left_at" IS NOT NULL
            )
            AND (
              "t11"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
            )
            THEN "t11"."left_number"
            ELSE "t11"."observed_number"
          END - "t11"."entered_number"
        ) AS "days",
        MIN("t11"."entered_number") AS "begun",
        BOOL_AND(
          (
            "t11"."left_at" IS NOT NULL
          )
          AND (
            "t11"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
          )
        ) AS "is_over",
        BOOL_OR("t11"."goes_on") AS "went_on"
      FROM (
        SELECT
          "t10"."visit_id",
          "t10"."deal_id",
          "t10"."process_version_id",
          "t10"."stage",
          "t10"."status",
          "t10"."basis",
          "t10"."proof",
          "t10"."entered_at",
          "t10"."left_at",
          "t10"."backfilled",
          "t10"."entered_number",
          "t10"."left_number",
          "t10"."process",
          "t10"."process_number",
          "t10"."phase",
          "t10"."position",
          "t10"."segment",
          "t10"."outcome",
          "t10"."amount",
          "t10"."currency",
          "t10"."observed_on",
          "t10"."observed_number",
          "t10"."last_version",
          COALESCE(
            MAX("t10"."position") OVER (
              PARTITION BY "t10"."deal_id", "t10"."process_version_id"
              ORDER BY "t10"."entered_at" ASC, "t10"."visit_id" ASC
              ROWS BETWEEN 1 following AND UNBOUNDED FOLLOWING
            ) > "t10"."position",
            FALSE
          ) AS "goes_on"
        FROM (
          SELECT
            "t8"."visit_id",
            "t8"."deal_id",
            "t8"."process_version_id",
            "t8"."stage",
            "t8"."status",
            "t8"."basis",
            "t8"."proof",
            "t8"."entered_at",
            "t8"."left_at",
            "t8"."backfilled",
            "t8"."entered_number",
            "t8"."left_number",
            "t3"."process",
            "t3"."process_number",
            "t3"."phase",
            "t3"."position",
            "t6"."segment",
            "t6"."outcome",
            "t6"."amount",
            "t6"."currency",
            "t6"."observed_on",
            "t6"."observed_number",
            "t6"."last_version"
          FROM (
            SELECT
              *
            FROM "fact_stage_visit" AS "t1"
            WHERE
              "t1"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ) AND "t1"."status" = 'open'
          ) AS "t8"
          INNER JOIN "fact_process_stage" AS "t3"
            ON "t8"."process_version_id" = "t3"."process_version_id"
            AND "t8"."stage" = "t3"."stage"
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
          ) AS "t6"
            ON "t8"."deal_id" = "t6"."deal_id"
        ) AS "t10"
      ) AS "t11"
      GROUP BY
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        10,
        11,
        12,
        13
    ) AS "t12"
  ) AS "t13"
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
) AS "t14"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t5"."segment",
    '' AS "process",
    CAST(-1 AS INT) AS "version",
    CAST(-1 AS BIGINT) AS "process_version_id",
    CAST(-1 AS INT) AS "position",
    '' AS "stage",
    '' AS "phase",
    "t5"."outcome" AS "fate",
    "t5"."has_history" AS "is_over",
    "t5"."deals",
    "t5"."observed_on",
    "t5"."observed_first"
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
  ) AS "t5"
) AS "t9"
