SELECT
  "t18"."segment",
  "t18"."outcome",
  "t18"."passed_number",
  "t18"."days",
  "t18"."deals",
  "t18"."observed_on",
  "t18"."observed_first",
  '⟦passed⟧' AS "passed",
  CAST('⟦within⟧' AS BIGINT) AS "within",
  CAST('⟦window⟧' AS BIGINT) AS "window"
FROM (
  SELECT
    "t17"."segment",
    "t17"."outcome",
    "t17"."passed_number",
    "t17"."days",
    COUNT(*) AS "deals",
    MAX("t17"."observed_on") AS "observed_on",
    MIN("t17"."observed_on") AS "observed_first"
  FROM (
    SELECT
      "t16"."deal_id",
      "t16"."uid",
      "t16"."name",
      "t16"."segment",
      "t16"."stage",
      "t16"."phase",
      "t16"."position",
      "t16"."process",
      "t16"."process_version_id",
      "t16"."outcome",
      "t16"."proof",
      "t16"."amount",
      "t16"."currency",
      "t16"."expected_close",
      "t16"."owner_id",
      "t16"."engaged_since",
      "t16"."decided_on",
      "t16"."rests",
      "t16"."has_history",
      "t16"."decided_number",
      "t16"."version",
      "t16"."engaged_days",
      "t16"."buyer_days",
      "t16"."observed_on",
      "t16"."observed_number",
      "t16"."in_pipeline",
      "t16"."passenger",
      "t16"."came_on",
      CASE WHEN "t16"."is_in_window" THEN "t16"."passed_number" ELSE CAST(NULL AS INT) END AS "passed_number",
      "t16"."days_after",
      "t16"."is_in_window",
      CASE WHEN "t16"."is_in_window" THEN "t16"."days_after" ELSE CAST(NULL AS INT) END AS "days"
    FROM (
      SELECT
        "t15"."deal_id",
        "t15"."uid",
        "t15"."name",
        "t15"."segment",
        "t15"."stage",
        "t15"."phase",
        "t15"."position",
        "t15"."process",
        "t15"."process_version_id",
        "t15"."outcome",
        "t15"."proof",
        "t15"."amount",
        "t15"."currency",
        "t15"."expected_close",
        "t15"."owner_id",
        "t15"."engaged_since",
        "t15"."decided_on",
        "t15"."rests",
        "t15"."has_history",
        "t15"."decided_number",
        "t15"."version",
        "t15"."engaged_days",
        "t15"."buyer_days",
        "t15"."observed_on",
        "t15"."observed_number",
        "t15"."in_pipeline",
        "t15"."passenger",
        "t15"."came_on",
        COALESCE(
          "t15"."came_on",
          CASE
            WHEN (
              "t15"."outcome" = 'won'
            ) AND (
              "t15"."passenger" IS NOT NULL
            )
            THEN "t15"."decided_number"
            ELSE CAST(NULL AS INT)
          END
        ) AS "passed_number",
        CAST(LEAST(
          CASE
            WHEN (
              CASE
                WHEN "t15"."outcome" = 'open'
                THEN "t15"."observed_number"
                ELSE "t15"."decided_number"
              END - COALESCE(
                "t15"."came_on",
                CASE
                  WHEN (
                    "t15"."outcome" = 'won'
                  ) AND (
                    "t15"."passenger" IS NOT NULL
                  )
                  THEN "t15"."decided_number"
                  ELSE CAST(NULL AS INT)
                END
              )
            ) IS NULL
            THEN CASE
              WHEN "t15"."outcome" = 'open'
              THEN "t15"."observed_number"
              ELSE "t15"."decided_number"
            END - COALESCE(
              "t15"."came_on",
              CASE
                WHEN (
                  "t15"."outcome" = 'won'
                ) AND (
                  "t15"."passenger" IS NOT NULL
                )
                THEN "t15"."decided_number"
                ELSE CAST(NULL AS INT)
              END
            )
            ELSE GREATEST(
              0,
              CASE
                WHEN "t15"."outcome" = 'open'
                THEN "t15"."observed_number"
                ELSE "t15"."decided_number"
              END - COALESCE(
                "t15"."came_on",
                CASE
                  WHEN (
                    "t15"."outcome" = 'won'
                  ) AND (
                    "t15"."passenger" IS NOT NULL
                  )
                  THEN "t15"."decided_number"
                  ELSE CAST(NULL AS INT)
                END
              )
            )
          END,
          CAST('⟦within⟧' AS BIGINT) + 1
        ) AS INT) AS "days_after",
        COALESCE(
          (
            COALESCE(
              "t15"."came_on",
              CASE
                WHEN (
                  "t15"."outcome" = 'won'
                ) AND (
                  "t15"."passenger" IS NOT NULL
                )
                THEN "t15"."decided_number"
                ELSE CAST(NULL AS INT)
              END
            ) > (
              "t15"."observed_number" - CAST('⟦window⟧' AS BIGINT)
            )
          )
          AND "t15"."has_history",
          FALSE
        ) AS "is_in_window"
      FROM (
        SELECT
          "t3"."deal_id",
          "t3"."uid",
          "t3"."name",
          "t3"."segment",
          "t3"."stage",
          "t3"."phase",
          "t3"."position",
          "t3"."process",
          "t3"."process_version_id",
          "t3"."outcome",
          "t3"."proof",
          "t3"."amount",
          "t3"."currency",
          "t3"."expected_close",
          "t3"."owner_id",
          "t3"."engaged_since",
          "t3"."decided_on",
          "t3"."rests",
          "t3"."has_history",
          "t3"."decided_number",
          "t3"."version",
          "t3"."engaged_days",
          "t3"."buyer_days",
          "t3"."observed_on",
          "t3"."observed_number",
          "t3"."in_pipeline",
          "t14"."passenger",
          "t14"."came_on"
        FROM "deals" AS "t3"
        LEFT OUTER JOIN (
          SELECT
            "t12"."passenger",
            MIN("t12"."later_number") AS "came_on"
          FROM (
            SELECT
              "t11"."process_version_id",
              "t11"."position",
              "t11"."entered_at",
              "t11"."visit_id",
              "t11"."passenger",
              "t9"."later_deal",
              "t9"."later_version",
              "t9"."later",
              "t9"."later_at",
              "t9"."later_id",
              "t9"."later_number"
            FROM (
              SELECT
                "t7"."process_version_id",
                "t7"."position",
                "t7"."entered_at",
                "t7"."visit_id",
                "t7"."deal_id" AS "passenger"
              FROM (
                SELECT
                  "t6"."visit_id",
                  "t6"."deal_id",
                  "t6"."process_version_id",
                  "t6"."stage",
                  "t6"."status",
                  "t6"."basis",
                  "t6"."proof",
                  "t6"."entered_at",
                  "t6"."left_at",
                  "t6"."backfilled",
                  "t6"."entered_number",
                  "t6"."left_number",
                  "t4"."process",
                  "t4"."process_number",
                  "t4"."phase",
                  "t4"."position",
                  "t4"."model"
                FROM (
                  SELECT
                    *
                  FROM "fact_stage_visit" AS "t1"
                  WHERE
                    "t1"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ) AND "t1"."status" = 'open'
                ) AS "t6"
                INNER JOIN "fact_process_stage" AS "t4"
                  ON "t6"."process_version_id" = "t4"."process_version_id"
                  AND "t6"."stage" = "t4"."stage"
              ) AS "t7"
              WHERE
                "t7"."process" || ':' || "t7"."stage" = '⟦passed⟧'
            ) AS "t11"
            LEFT OUTER JOIN (
              SELECT
                "t6"."deal_id" AS "later_deal",
                "t6"."process_version_id" AS "later_version",
                "t4"."position" AS "later",
                "t6"."entered_at" AS "later_at",
                "t6"."visit_id" AS "later_id",
                "t6"."entered_number" AS "later_number"
              FROM (
                SELECT
                  *
                FROM "fact_stage_visit" AS "t1"
                WHERE
                  "t1"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ) AND "t1"."status" = 'open'
              ) AS "t6"
              INNER JOIN "fact_process_stage" AS "t4"
                ON "t6"."process_version_id" = "t4"."process_version_id"
                AND "t6"."stage" = "t4"."stage"
            ) AS "t9"
              ON "t9"."later_deal" = "t11"."passenger"
              AND "t9"."later_version" = "t11"."process_version_id"
              AND "t9"."later" > "t11"."position"
              AND (
                (
                  "t9"."later_at" > "t11"."entered_at"
                )
                OR (
                  (
                    "t9"."later_at" = "t11"."entered_at"
                  )
                  AND (
                    "t9"."later_id" > "t11"."visit_id"
                  )
                )
              )
          ) AS "t12"
          GROUP BY
            1
        ) AS "t14"
          ON "t3"."deal_id" = "t14"."passenger"
      ) AS "t15"
      WHERE
        COALESCE(
          (
            COALESCE(
              "t15"."came_on",
              CASE
                WHEN (
                  "t15"."outcome" = 'won'
                ) AND (
                  "t15"."passenger" IS NOT NULL
                )
                THEN "t15"."decided_number"
                ELSE CAST(NULL AS INT)
              END
            ) > (
              "t15"."observed_number" - CAST('⟦window⟧' AS BIGINT)
            )
          )
          AND "t15"."has_history",
          FALSE
        )
        OR NOT (
          "t15"."has_history"
        )
    ) AS "t16"
  ) AS "t17"
  GROUP BY
    1,
    2,
    3,
    4
) AS "t18"
