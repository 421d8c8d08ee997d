WITH "t12" AS (
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
    "t4"."process",
    "t4"."process_number",
    "t4"."phase",
    "t4"."position",
    "t4"."model"
  FROM (
    SELECT
      *
    FROM "fact_stage_visit" AS "t0"
    WHERE
      "t0"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ) AND "t0"."status" = 'open'
  ) AS "t10"
  INNER JOIN "fact_process_stage" AS "t4"
    ON "t10"."process_version_id" = "t4"."process_version_id"
    AND "t10"."stage" = "t4"."stage"
)
SELECT
  "t25"."uid",
  "t25"."name",
  "t25"."stage",
  "t25"."process_version_id",
  "t25"."outcome",
  "t25"."proof",
  "t25"."amount",
  "t25"."currency",
  "t25"."owner_id",
  "t25"."engaged_since",
  "t25"."decided_on",
  "t25"."days",
  "t25"."found"
FROM (
  SELECT
    "t24"."deal_id",
    "t24"."uid",
    "t24"."name",
    "t24"."segment",
    "t24"."stage",
    "t24"."phase",
    "t24"."position",
    "t24"."process",
    "t24"."process_version_id",
    "t24"."outcome",
    "t24"."proof",
    "t24"."amount",
    "t24"."currency",
    "t24"."expected_close",
    "t24"."owner_id",
    "t24"."engaged_since",
    "t24"."decided_on",
    "t24"."rests",
    "t24"."has_history",
    "t24"."decided_number",
    "t24"."version",
    "t24"."engaged_days",
    "t24"."buyer_days",
    "t24"."observed_on",
    "t24"."observed_number",
    "t24"."in_pipeline",
    "t24"."days",
    "t24"."passenger",
    "t24"."came_on",
    "t24"."passed_number",
    "t24"."days_after",
    "t24"."is_in_window",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "found",
    ROW_NUMBER() OVER (
      ORDER BY "t24"."days" DESC, "t24"."deal_id" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "place"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t22"."deal_id",
        "t22"."uid",
        "t22"."name",
        "t22"."segment",
        "t22"."stage",
        "t22"."phase",
        "t22"."position",
        "t22"."process",
        "t22"."process_version_id",
        "t22"."outcome",
        "t22"."proof",
        "t22"."amount",
        "t22"."currency",
        "t22"."expected_close",
        "t22"."owner_id",
        "t22"."engaged_since",
        "t22"."decided_on",
        "t22"."rests",
        "t22"."has_history",
        "t22"."decided_number",
        "t22"."version",
        "t22"."engaged_days",
        "t22"."buyer_days",
        "t22"."observed_on",
        "t22"."observed_number",
        "t22"."in_pipeline",
        "t22"."days",
        "t22"."passenger",
        "t22"."came_on",
        COALESCE(
          "t22"."came_on",
          CASE
            WHEN (
              "t22"."outcome" = 'won'
            ) AND (
              "t22"."passenger" IS NOT NULL
            )
            THEN "t22"."decided_number"
            ELSE CAST(NULL AS INT)
          END
        ) AS "passed_number",
        CAST(LEAST(
          CASE
            WHEN (
              CASE
                WHEN "t22"."outcome" = 'open'
                THEN "t22"."observed_number"
                ELSE "t22"."decided_number"
              END - COALESCE(
                "t22"."came_on",
                CASE
                  WHEN (
                    "t22"."outcome" = 'won'
                  ) AND (
                    "t22"."passenger" IS NOT NULL
                  )
                  THEN "t22"."decided_number"
                  ELSE CAST(NULL AS INT)
                END
              )
            ) IS NULL
            THEN CASE
              WHEN "t22"."outcome" = 'open'
              THEN "t22"."observed_number"
              ELSE "t22"."decided_number"
            END - COALESCE(
              "t22"."came_on",
              CASE
                WHEN (
                  "t22"."outcome" = 'won'
                ) AND (
                  "t22"."passenger" IS NOT NULL
                )
                THEN "t22"."decided_number"
                ELSE CAST(NULL AS INT)
              END
            )
            ELSE GREATEST(
              0,
              CASE
                WHEN "t22"."outcome" = 'open'
                THEN "t22"."observed_number"
                ELSE "t22"."decided_number"
              END - COALESCE(
                "t22"."came_on",
                CASE
                  WHEN (
                    "t22"."outcome" = 'won'
                  ) AND (
                    "t22"."passenger" IS NOT NULL
                  )
                  THEN "t22"."decided_number"
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
              "t22"."came_on",
              CASE
                WHEN (
                  "t22"."outcome" = 'won'
                ) AND (
                  "t22"."passenger" IS NOT NULL
                )
                THEN "t22"."decided_number"
                ELSE CAST(NULL AS INT)
              END
            ) > (
              "t22"."observed_number" - CAST('⟦window⟧' AS BIGINT)
            )
          )
          AND "t22"."has_history",
          FALSE
        ) AS "is_in_window"
      FROM (
        SELECT
          "t11"."deal_id",
          "t11"."uid",
          "t11"."name",
          "t11"."segment",
          "t11"."stage",
          "t11"."phase",
          "t11"."position",
          "t11"."process",
          "t11"."process_version_id",
          "t11"."outcome",
          "t11"."proof",
          "t11"."amount",
          "t11"."currency",
          "t11"."expected_close",
          "t11"."owner_id",
          "t11"."engaged_since",
          "t11"."decided_on",
          "t11"."rests",
          "t11"."has_history",
          "t11"."decided_number",
          "t11"."version",
          "t11"."engaged_days",
          "t11"."buyer_days",
          "t11"."observed_on",
          "t11"."observed_number",
          "t11"."in_pipeline",
          "t11"."days",
          "t21"."passenger",
          "t21"."came_on"
        FROM (
          SELECT
            "t1"."deal_id",
            "t1"."uid",
            "t1"."name",
            "t1"."segment",
            "t1"."stage",
            "t1"."phase",
            "t1"."position",
            "t1"."process",
            "t1"."process_version_id",
            "t1"."outcome",
            "t1"."proof",
            "t1"."amount",
            "t1"."currency",
            "t1"."expected_close",
            "t1"."owner_id",
            "t1"."engaged_since",
            "t1"."decided_on",
            "t1"."rests",
            "t1"."has_history",
            "t1"."decided_number",
            "t1"."version",
            "t1"."engaged_days",
            "t1"."buyer_days",
            "t1"."observed_on",
            "t1"."observed_number",
            "t1"."in_pipeline",
            CASE WHEN '⟦clock⟧' = 'buyer' THEN "t1"."buyer_days" ELSE "t1"."engaged_days" END AS "days"
          FROM "deals" AS "t1"
        ) AS "t11"
        LEFT OUTER JOIN (
          SELECT
            "t19"."passenger",
            MIN("t19"."later_number") AS "came_on"
          FROM (
            SELECT
              "t17"."process_version_id",
              "t17"."position",
              "t17"."entered_at",
              "t17"."visit_id",
              "t17"."passenger",
              "t15"."later_deal",
              "t15"."later_version",
              "t15"."later",
              "t15"."later_at",
              "t15"."later_id",
              "t15"."later_number"
            FROM (
              SELECT
                "t14"."process_version_id",
                "t14"."position",
                "t14"."entered_at",
                "t14"."visit_id",
                "t14"."deal_id" AS "passenger"
              FROM "t12" AS "t14"
              WHERE
                "t14"."process" || ':' || "t14"."stage" = '⟦passed⟧'
            ) AS "t17"
            LEFT OUTER JOIN (
              SELECT
                "t10"."deal_id" AS "later_deal",
                "t10"."process_version_id" AS "later_version",
                "t4"."position" AS "later",
                "t10"."entered_at" AS "later_at",
                "t10"."visit_id" AS "later_id",
                "t10"."entered_number" AS "later_number"
              FROM (
                SELECT
                  *
                FROM "fact_stage_visit" AS "t0"
                WHERE
                  "t0"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ) AND "t0"."status" = 'open'
              ) AS "t10"
              INNER JOIN "fact_process_stage" AS "t4"
                ON "t10"."process_version_id" = "t4"."process_version_id"
                AND "t10"."stage" = "t4"."stage"
            ) AS "t15"
              ON "t15"."later_deal" = "t17"."passenger"
              AND "t15"."later_version" = "t17"."process_version_id"
              AND "t15"."later" > "t17"."position"
              AND (
                (
                  "t15"."later_at" > "t17"."entered_at"
                )
                OR (
                  (
                    "t15"."later_at" = "t17"."entered_at"
                  )
                  AND (
                    "t15"."later_id" > "t17"."visit_id"
                  )
                )
              )
          ) AS "t19"
          GROUP BY
            1
        ) AS "t21"
          ON "t11"."deal_id" = "t21"."passenger"
      ) AS "t22"
    ) AS "t23"
    WHERE
      (
        (
          CAST('⟦outcomes⟧' AS TEXT[]) IS NULL
        )
        OR ARRAY_CONTAINS(CAST('⟦outcomes⟧' AS TEXT[]), "t23"."outcome")
      )
      AND (
        (
          '⟦segment⟧' IS NULL
        ) OR (
          "t23"."segment" = '⟦segment⟧'
        )
      )
      AND (
        (
          '⟦stage⟧' IS NULL
        ) OR (
          "t23"."stage" = '⟦stage⟧'
        )
      )
      AND (
        (
          '⟦proof⟧' IS NULL
        ) OR (
          "t23"."proof" = '⟦proof⟧'
        )
      )
      AND (
        (
          '⟦currency⟧' IS NULL
        ) OR (
          "t23"."currency" = '⟦currency⟧'
        )
      )
      AND (
        (
          '⟦process⟧' IS NULL
        ) OR (
          "t23"."process" = '⟦process⟧'
        )
      )
      AND (
        (
          CAST('⟦version⟧' AS BIGINT) IS NULL
        )
        OR (
          "t23"."version" = CAST('⟦version⟧' AS BIGINT)
        )
      )
      AND (
        (
          CAST('⟦rests⟧' AS BOOLEAN) IS NULL
        )
        OR (
          "t23"."rests" = CAST('⟦rests⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          CAST('⟦in_pipeline⟧' AS BOOLEAN) IS NULL
        )
        OR (
          "t23"."in_pipeline" = CAST('⟦in_pipeline⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          '⟦start⟧' IS NULL
        )
        OR (
          (
            '⟦start⟧' = 'known'
          ) AND (
            "t23"."days" >= 0
          )
        )
        OR (
          (
            '⟦start⟧' = 'unknown'
          ) AND (
            "t23"."days" IS NULL
          )
        )
        OR (
          (
            '⟦start⟧' = 'after_end'
          ) AND (
            "t23"."days" < 0
          )
        )
      )
      AND (
        (
          CAST('⟦longer_than⟧' AS BIGINT) IS NULL
        )
        OR (
          "t23"."days" > CAST('⟦longer_than⟧' AS BIGINT)
        )
      )
      AND (
        (
          '⟦amount⟧' IS NULL
        )
        OR (
          (
            '⟦amount⟧' = 'known'
          ) = (
            "t23"."amount" IS NOT NULL
          )
        )
      )
      AND (
        (
          '⟦history⟧' IS NULL
        )
        OR (
          (
            '⟦history⟧' = 'known'
          ) = "t23"."has_history"
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'no_start'
        )
        OR (
          "t23"."engaged_days" IS NULL
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'starts_after_end'
        )
        OR COALESCE("t23"."engaged_days" < 0, FALSE)
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'no_amount'
        )
        OR (
          (
            "t23"."amount" IS NULL
          ) AND "t23"."in_pipeline"
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'other_currency'
        )
        OR NOT (
          "t23"."currency" IN (
            SELECT
              "t2"."currency"
            FROM "fact_workspace" AS "t2"
          )
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'reopened'
        )
        OR "t23"."deal_id" IN (
          SELECT
            "t0"."deal_id"
          FROM "fact_stage_visit" AS "t0"
          WHERE
            "t0"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
            AND "t0"."status" IN ('lost', 'declined', 'disqualified')
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'no_time'
        )
        OR "t23"."deal_id" IN (
          SELECT
            "t0"."deal_id"
          FROM "fact_stage_visit" AS "t0"
          WHERE
            "t0"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
            AND "t0"."left_at" = "t0"."entered_at"
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'no_history'
        )
        OR NOT (
          "t23"."has_history"
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        ) OR (
          '⟦oddity⟧' <> 'one_deal'
        ) OR TRUE
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        ) OR (
          '⟦oddity⟧' <> 'none_won'
        ) OR FALSE
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        ) OR (
          '⟦oddity⟧' <> 'none_lost'
        ) OR FALSE
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'any'
        )
        OR (
          (
            "t23"."engaged_days" IS NULL
          )
          OR COALESCE("t23"."engaged_days" < 0, FALSE)
          OR (
            (
              "t23"."amount" IS NULL
            ) AND "t23"."in_pipeline"
          )
          OR NOT (
            "t23"."currency" IN (
              SELECT
                "t2"."currency"
              FROM "fact_workspace" AS "t2"
            )
          )
          OR "t23"."deal_id" IN (
            SELECT
              "t0"."deal_id"
            FROM "fact_stage_visit" AS "t0"
            WHERE
              "t0"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
              AND "t0"."status" IN ('lost', 'declined', 'disqualified')
          )
          OR "t23"."deal_id" IN (
            SELECT
              "t0"."deal_id"
            FROM "fact_stage_visit" AS "t0"
            WHERE
              "t0"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
              AND "t0"."left_at" = "t0"."entered_at"
          )
          OR NOT (
            "t23"."has_history"
          )
        )
      )
      AND (
        (
          '⟦entered⟧' IS NULL
        )
        OR "t23"."deal_id" IN (
          SELECT
            "t14"."deal_id"
          FROM "t12" AS "t14"
          WHERE
            "t14"."process" || ':' || CAST("t14"."process_number" AS TEXT) || ':' || "t14"."stage" = '⟦entered⟧'
        )
      )
      AND (
        (
          '⟦passed⟧' IS NULL
        )
        OR (
          "t23"."is_in_window"
          AND (
            (
              (
                CAST('⟦passed_from⟧' AS BIGINT) IS NULL
              )
              OR (
                "t23"."passed_number" >= CAST('⟦passed_from⟧' AS BIGINT)
              )
            )
            AND (
              (
                CAST('⟦passed_until⟧' AS BIGINT) IS NULL
              )
              OR (
                "t23"."passed_number" <= CAST('⟦passed_until⟧' AS BIGINT)
              )
            )
          )
          AND (
            (
              CAST('⟦in_time⟧' AS BOOLEAN) IS NULL
            )
            OR (
              CAST('⟦in_time⟧' AS BOOLEAN) = (
                (
                  "t23"."outcome" = 'won'
                )
                AND (
                  "t23"."days_after" <= CAST('⟦within⟧' AS BIGINT)
                )
              )
            )
          )
        )
      )
  ) AS "t24"
) AS "t25"
WHERE
  "t25"."place" >= CAST('⟦skip⟧' AS BIGINT)
  AND "t25"."place" < (
    CAST('⟦skip⟧' AS BIGINT) + 50
  )
ORDER BY
  "t25"."place" ASC
