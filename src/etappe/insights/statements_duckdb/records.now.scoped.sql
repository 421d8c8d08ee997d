SELECT
  "t22"."uid",
  "t22"."name",
  "t22"."stage",
  "t22"."process_version_id",
  "t22"."outcome",
  "t22"."proof",
  "t22"."amount",
  "t22"."currency",
  "t22"."owner_id",
  "t22"."engaged_since",
  "t22"."decided_on",
  "t22"."days",
  "t22"."found"
FROM (
  SELECT
    "t21"."deal_id",
    "t21"."uid",
    "t21"."name",
    "t21"."segment",
    "t21"."stage",
    "t21"."phase",
    "t21"."position",
    "t21"."process",
    "t21"."process_version_id",
    "t21"."outcome",
    "t21"."proof",
    "t21"."amount",
    "t21"."currency",
    "t21"."expected_close",
    "t21"."owner_id",
    "t21"."engaged_since",
    "t21"."decided_on",
    "t21"."rests",
    "t21"."has_history",
    "t21"."version",
    "t21"."engaged_days",
    "t21"."buyer_days",
    "t21"."observed_on",
    "t21"."observed_number",
    "t21"."in_pipeline",
    "t21"."days",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "found",
    ROW_NUMBER() OVER (
      ORDER BY "t21"."days" DESC, "t21"."deal_id" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "place"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t19"."deal_id",
        "t19"."uid",
        "t19"."name",
        COALESCE(
          CASE
            WHEN '⟦by⟧' = 'owner'
            THEN CAST("t19"."owner_id" AS TEXT)
            WHEN '⟦by⟧' = 'team'
            THEN CAST("t19"."team_id" AS TEXT)
            WHEN '⟦by⟧' = 'source'
            THEN "t19"."source"
            WHEN '⟦by⟧' = 'product'
            THEN "t19"."product"
            WHEN '⟦by⟧' = 'industry'
            THEN "t19"."industry"
            WHEN '⟦by⟧' = 'country'
            THEN "t19"."country"
            WHEN '⟦by⟧' = 'size'
            THEN "t19"."size"
            WHEN '⟦by⟧' = 'process'
            THEN "t19"."process" || ' ' || CAST("t19"."process_number" AS TEXT)
            WHEN '⟦by⟧' = 'entry_stage'
            THEN "t19"."entry_stage"
            ELSE ''
          END,
          ''
        ) AS "segment",
        "t19"."stage",
        "t19"."phase",
        "t19"."position",
        "t19"."process",
        "t19"."process_version_id",
        "t19"."outcome",
        "t19"."proof",
        "t19"."amount",
        "t19"."currency",
        "t19"."expected_close",
        "t19"."owner_id",
        "t19"."engaged_since",
        "t19"."decided_on",
        "t19"."rests",
        "t19"."has_history",
        "t19"."process_number" AS "version",
        COALESCE(
          "t19"."decided_number",
          LEAST(
            COALESCE("t19"."seen_number", CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - "t19"."engaged_number" AS "engaged_days",
        COALESCE(
          "t19"."decided_number",
          LEAST(
            COALESCE("t19"."seen_number", CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - "t19"."buyer_number" AS "buyer_days",
        LEAST(COALESCE("t19"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS "observed_on",
        LEAST(
          COALESCE("t19"."seen_number", CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        ) AS "observed_number",
        COALESCE("t19"."phase" <> 'find', TRUE) OR (
          "t19"."basis" = 'imported'
        ) AS "in_pipeline",
        CASE
          WHEN '⟦clock⟧' = 'buyer'
          THEN COALESCE(
            "t19"."decided_number",
            LEAST(
              COALESCE("t19"."seen_number", CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            )
          ) - "t19"."buyer_number"
          ELSE COALESCE(
            "t19"."decided_number",
            LEAST(
              COALESCE("t19"."seen_number", CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            )
          ) - "t19"."engaged_number"
        END AS "days"
      FROM (
        SELECT
          "t18"."deal_id",
          "t18"."uid",
          "t18"."name",
          "t18"."process_version_id",
          "t18"."stage",
          "t18"."status",
          "t18"."outcome",
          "t18"."proof",
          "t18"."basis",
          "t18"."entry_stage",
          "t18"."stage_since_on",
          "t18"."amount",
          "t18"."currency",
          "t18"."owner_id",
          "t18"."team_id",
          "t18"."account_id",
          "t18"."source",
          "t18"."product",
          "t18"."expected_close",
          "t18"."buyer_since",
          "t18"."engaged_since",
          "t18"."rests_until",
          "t18"."leave_reason",
          "t18"."decided_on",
          "t18"."seen_until",
          "t18"."engaged_number",
          "t18"."buyer_number",
          "t18"."decided_number",
          "t18"."seen_number",
          "t18"."has_history",
          "t18"."rests",
          "t18"."industry",
          "t18"."country",
          "t18"."size",
          "t5"."process_version_id" AS "process_version_id_right",
          "t5"."process",
          "t5"."process_number",
          "t5"."stage" AS "stage_right",
          "t5"."phase",
          "t5"."position"
        FROM (
          SELECT
            "t16".*
            EXCLUDE ("account_id_right")
          FROM (
            SELECT
              "t14"."deal_id",
              "t14"."uid",
              "t14"."name",
              "t14"."process_version_id",
              "t14"."stage",
              "t14"."status",
              "t14"."outcome",
              "t14"."proof",
              "t14"."basis",
              "t14"."entry_stage",
              "t14"."stage_since_on",
              "t14"."amount",
              "t14"."currency",
              "t14"."owner_id",
              "t14"."team_id",
              "t14"."account_id",
              "t14"."source",
              "t14"."product",
              "t14"."expected_close",
              "t14"."buyer_since",
              "t14"."engaged_since",
              "t14"."rests_until",
              "t14"."leave_reason",
              "t14"."decided_on",
              "t14"."seen_until",
              "t14"."engaged_number",
              "t14"."buyer_number",
              "t14"."decided_number",
              "t14"."seen_number",
              "t14"."has_history",
              "t14"."rests",
              "t7"."account_id" AS "account_id_right",
              "t7"."industry",
              "t7"."country",
              "t7"."size"
            FROM (
              SELECT
                "t11"."deal_id",
                "t11"."uid",
                "t11"."name",
                "t11"."process_version_id",
                "t11"."stage",
                "t11"."status",
                "t11"."outcome",
                "t11"."proof",
                "t11"."basis",
                "t11"."entry_stage",
                "t11"."stage_since_on",
                "t11"."amount",
                "t11"."currency",
                "t11"."owner_id",
                "t11"."team_id",
                "t11"."account_id",
                "t11"."source",
                "t11"."product",
                "t11"."expected_close",
                "t11"."buyer_since",
                "t11"."engaged_since",
                "t11"."rests_until",
                "t11"."leave_reason",
                "t11"."decided_on",
                "t11"."seen_until",
                "t11"."engaged_number",
                "t11"."buyer_number",
                "t11"."decided_number",
                "t11"."seen_number",
                "t11"."has_history",
                COALESCE("t11"."rests_until" > CAST('⟦day⟧' AS DATE), FALSE)
                AND (
                  "t11"."outcome" = 'open'
                ) AS "rests"
              FROM (
                SELECT
                  *
                FROM "fact_deal" AS "t2"
                WHERE
                  (
                    "t2"."owner_id" = CAST('⟦viewer⟧' AS BIGINT)
                  )
                  OR ARRAY_CONTAINS(CAST('⟦teams⟧' AS BIGINT[]), "t2"."team_id")
                  OR "t2"."deal_id" IN (
                    SELECT
                      "t4"."deal_id"
                    FROM "fact_deal_member" AS "t4"
                    WHERE
                      "t4"."user_id" = CAST('⟦viewer⟧' AS BIGINT)
                  )
              ) AS "t11"
            ) AS "t14"
            LEFT OUTER JOIN (
              SELECT
                "t3"."account_id",
                "t3"."industry",
                "t3"."country",
                "t3"."size"
              FROM "fact_account" AS "t3"
            ) AS "t7"
              ON "t14"."account_id" = "t7"."account_id"
          ) AS "t16"
        ) AS "t18"
        LEFT OUTER JOIN "fact_process_stage" AS "t5"
          ON "t18"."process_version_id" = "t5"."process_version_id"
          AND "t18"."stage" = "t5"."stage"
      ) AS "t19"
    ) AS "t20"
    WHERE
      (
        (
          CAST('⟦outcomes⟧' AS TEXT[]) IS NULL
        )
        OR ARRAY_CONTAINS(CAST('⟦outcomes⟧' AS TEXT[]), "t20"."outcome")
      )
      AND (
        (
          '⟦segment⟧' IS NULL
        ) OR (
          "t20"."segment" = '⟦segment⟧'
        )
      )
      AND (
        (
          '⟦stage⟧' IS NULL
        ) OR (
          "t20"."stage" = '⟦stage⟧'
        )
      )
      AND (
        (
          '⟦proof⟧' IS NULL
        ) OR (
          "t20"."proof" = '⟦proof⟧'
        )
      )
      AND (
        (
          '⟦currency⟧' IS NULL
        ) OR (
          "t20"."currency" = '⟦currency⟧'
        )
      )
      AND (
        (
          '⟦process⟧' IS NULL
        ) OR (
          "t20"."process" = '⟦process⟧'
        )
      )
      AND (
        (
          CAST('⟦version⟧' AS BIGINT) IS NULL
        )
        OR (
          "t20"."version" = CAST('⟦version⟧' AS BIGINT)
        )
      )
      AND (
        (
          CAST('⟦rests⟧' AS BOOLEAN) IS NULL
        )
        OR (
          "t20"."rests" = CAST('⟦rests⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          CAST('⟦in_pipeline⟧' AS BOOLEAN) IS NULL
        )
        OR (
          "t20"."in_pipeline" = CAST('⟦in_pipeline⟧' AS BOOLEAN)
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
            "t20"."days" >= 0
          )
        )
        OR (
          (
            '⟦start⟧' = 'unknown'
          ) AND (
            "t20"."days" IS NULL
          )
        )
        OR (
          (
            '⟦start⟧' = 'after_end'
          ) AND (
            "t20"."days" < 0
          )
        )
      )
      AND (
        (
          CAST('⟦longer_than⟧' AS BIGINT) IS NULL
        )
        OR (
          "t20"."days" > CAST('⟦longer_than⟧' AS BIGINT)
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
            "t20"."amount" IS NOT NULL
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
          ) = "t20"."has_history"
        )
      )
      AND (
        (
          '⟦entered⟧' IS NULL
        )
        OR "t20"."deal_id" IN (
          SELECT
            "t12"."deal_id"
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
              "t5"."process",
              "t5"."process_number",
              "t5"."phase",
              "t5"."position"
            FROM (
              SELECT
                *
              FROM "fact_stage_visit" AS "t1"
              WHERE
                "t1"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ) AND "t1"."status" = 'open'
            ) AS "t10"
            INNER JOIN "fact_process_stage" AS "t5"
              ON "t10"."process_version_id" = "t5"."process_version_id"
              AND "t10"."stage" = "t5"."stage"
          ) AS "t12"
          WHERE
            "t12"."process" || ':' || CAST("t12"."process_number" AS TEXT) || ':' || "t12"."stage" = '⟦entered⟧'
        )
      )
  ) AS "t21"
) AS "t22"
WHERE
  "t22"."place" >= CAST('⟦skip⟧' AS BIGINT)
  AND "t22"."place" < (
    CAST('⟦skip⟧' AS BIGINT) + 50
  )
ORDER BY
  "t22"."place" ASC
