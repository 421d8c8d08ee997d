SELECT
  "t19"."uid",
  "t19"."name",
  "t19"."stage",
  "t19"."process_version_id",
  "t19"."outcome",
  "t19"."proof",
  "t19"."amount",
  "t19"."currency",
  "t19"."owner_id",
  "t19"."engaged_since",
  "t19"."decided_on",
  "t19"."days",
  "t19"."found"
FROM (
  SELECT
    "t18"."deal_id",
    "t18"."uid",
    "t18"."name",
    "t18"."segment",
    "t18"."stage",
    "t18"."phase",
    "t18"."position",
    "t18"."process",
    "t18"."process_version_id",
    "t18"."outcome",
    "t18"."proof",
    "t18"."amount",
    "t18"."currency",
    "t18"."expected_close",
    "t18"."owner_id",
    "t18"."engaged_since",
    "t18"."decided_on",
    "t18"."rests",
    "t18"."has_history",
    "t18"."version",
    "t18"."engaged_days",
    "t18"."buyer_days",
    "t18"."observed_on",
    "t18"."observed_number",
    "t18"."in_pipeline",
    "t18"."days",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "found",
    ROW_NUMBER() OVER (
      ORDER BY "t18"."days" DESC, "t18"."deal_id" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "place"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t16"."deal_id",
        "t16"."uid",
        "t16"."name",
        COALESCE(
          CASE
            WHEN '⟦by⟧' = 'owner'
            THEN CAST("t16"."owner_id" AS TEXT)
            WHEN '⟦by⟧' = 'team'
            THEN CAST("t16"."team_id" AS TEXT)
            WHEN '⟦by⟧' = 'source'
            THEN "t16"."source"
            WHEN '⟦by⟧' = 'product'
            THEN "t16"."product"
            WHEN '⟦by⟧' = 'industry'
            THEN "t16"."industry"
            WHEN '⟦by⟧' = 'country'
            THEN "t16"."country"
            WHEN '⟦by⟧' = 'size'
            THEN "t16"."size"
            WHEN '⟦by⟧' = 'process'
            THEN "t16"."process" || ' ' || CAST("t16"."process_number" AS TEXT)
            WHEN '⟦by⟧' = 'entry_stage'
            THEN "t16"."entry_stage"
            ELSE ''
          END,
          ''
        ) AS "segment",
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
        "t16"."process_number" AS "version",
        COALESCE(
          "t16"."decided_number",
          LEAST(
            COALESCE("t16"."seen_number", CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - "t16"."engaged_number" AS "engaged_days",
        COALESCE(
          "t16"."decided_number",
          LEAST(
            COALESCE("t16"."seen_number", CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - "t16"."buyer_number" AS "buyer_days",
        LEAST(COALESCE("t16"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS "observed_on",
        LEAST(
          COALESCE("t16"."seen_number", CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        ) AS "observed_number",
        COALESCE("t16"."phase" <> 'find', TRUE) OR (
          "t16"."basis" = 'imported'
        ) AS "in_pipeline",
        CASE
          WHEN '⟦clock⟧' = 'buyer'
          THEN COALESCE(
            "t16"."decided_number",
            LEAST(
              COALESCE("t16"."seen_number", CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            )
          ) - "t16"."buyer_number"
          ELSE COALESCE(
            "t16"."decided_number",
            LEAST(
              COALESCE("t16"."seen_number", CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            )
          ) - "t16"."engaged_number"
        END AS "days"
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
          "t14"."industry",
          "t14"."country",
          "t14"."size",
          "t4"."process_version_id" AS "process_version_id_right",
          "t4"."process",
          "t4"."process_number",
          "t4"."stage" AS "stage_right",
          "t4"."phase",
          "t4"."position"
        FROM (
          SELECT
            "t12".*
            EXCLUDE ("account_id_right")
          FROM (
            SELECT
              "t10"."deal_id",
              "t10"."uid",
              "t10"."name",
              "t10"."process_version_id",
              "t10"."stage",
              "t10"."status",
              "t10"."outcome",
              "t10"."proof",
              "t10"."basis",
              "t10"."entry_stage",
              "t10"."stage_since_on",
              "t10"."amount",
              "t10"."currency",
              "t10"."owner_id",
              "t10"."team_id",
              "t10"."account_id",
              "t10"."source",
              "t10"."product",
              "t10"."expected_close",
              "t10"."buyer_since",
              "t10"."engaged_since",
              "t10"."rests_until",
              "t10"."leave_reason",
              "t10"."decided_on",
              "t10"."seen_until",
              "t10"."engaged_number",
              "t10"."buyer_number",
              "t10"."decided_number",
              "t10"."seen_number",
              "t10"."has_history",
              "t10"."rests",
              "t6"."account_id" AS "account_id_right",
              "t6"."industry",
              "t6"."country",
              "t6"."size"
            FROM (
              SELECT
                "t2"."deal_id",
                "t2"."uid",
                "t2"."name",
                "t2"."process_version_id",
                "t2"."stage",
                "t2"."status",
                "t2"."outcome",
                "t2"."proof",
                "t2"."basis",
                "t2"."entry_stage",
                "t2"."stage_since_on",
                "t2"."amount",
                "t2"."currency",
                "t2"."owner_id",
                "t2"."team_id",
                "t2"."account_id",
                "t2"."source",
                "t2"."product",
                "t2"."expected_close",
                "t2"."buyer_since",
                "t2"."engaged_since",
                "t2"."rests_until",
                "t2"."leave_reason",
                "t2"."decided_on",
                "t2"."seen_until",
                "t2"."engaged_number",
                "t2"."buyer_number",
                "t2"."decided_number",
                "t2"."seen_number",
                "t2"."has_history",
                COALESCE("t2"."rests_until" > CAST('⟦day⟧' AS DATE), FALSE)
                AND (
                  "t2"."outcome" = 'open'
                ) AS "rests"
              FROM "fact_deal" AS "t2"
            ) AS "t10"
            LEFT OUTER JOIN (
              SELECT
                "t3"."account_id",
                "t3"."industry",
                "t3"."country",
                "t3"."size"
              FROM "fact_account" AS "t3"
            ) AS "t6"
              ON "t10"."account_id" = "t6"."account_id"
          ) AS "t12"
        ) AS "t14"
        LEFT OUTER JOIN "fact_process_stage" AS "t4"
          ON "t14"."process_version_id" = "t4"."process_version_id"
          AND "t14"."stage" = "t4"."stage"
      ) AS "t16"
    ) AS "t17"
    WHERE
      (
        (
          CAST('⟦outcomes⟧' AS TEXT[]) IS NULL
        )
        OR ARRAY_CONTAINS(CAST('⟦outcomes⟧' AS TEXT[]), "t17"."outcome")
      )
      AND (
        (
          '⟦segment⟧' IS NULL
        ) OR (
          "t17"."segment" = '⟦segment⟧'
        )
      )
      AND (
        (
          '⟦stage⟧' IS NULL
        ) OR (
          "t17"."stage" = '⟦stage⟧'
        )
      )
      AND (
        (
          '⟦proof⟧' IS NULL
        ) OR (
          "t17"."proof" = '⟦proof⟧'
        )
      )
      AND (
        (
          '⟦currency⟧' IS NULL
        ) OR (
          "t17"."currency" = '⟦currency⟧'
        )
      )
      AND (
        (
          '⟦process⟧' IS NULL
        ) OR (
          "t17"."process" = '⟦process⟧'
        )
      )
      AND (
        (
          CAST('⟦version⟧' AS BIGINT) IS NULL
        )
        OR (
          "t17"."version" = CAST('⟦version⟧' AS BIGINT)
        )
      )
      AND (
        (
          CAST('⟦rests⟧' AS BOOLEAN) IS NULL
        )
        OR (
          "t17"."rests" = CAST('⟦rests⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          CAST('⟦in_pipeline⟧' AS BOOLEAN) IS NULL
        )
        OR (
          "t17"."in_pipeline" = CAST('⟦in_pipeline⟧' AS BOOLEAN)
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
            "t17"."days" >= 0
          )
        )
        OR (
          (
            '⟦start⟧' = 'unknown'
          ) AND (
            "t17"."days" IS NULL
          )
        )
        OR (
          (
            '⟦start⟧' = 'after_end'
          ) AND (
            "t17"."days" < 0
          )
        )
      )
      AND (
        (
          CAST('⟦longer_than⟧' AS BIGINT) IS NULL
        )
        OR (
          "t17"."days" > CAST('⟦longer_than⟧' AS BIGINT)
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
            "t17"."amount" IS NOT NULL
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
          ) = "t17"."has_history"
        )
      )
      AND (
        (
          '⟦entered⟧' IS NULL
        )
        OR "t17"."deal_id" IN (
          SELECT
            "t11"."deal_id"
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
              "t4"."process",
              "t4"."process_number",
              "t4"."phase",
              "t4"."position"
            FROM (
              SELECT
                *
              FROM "fact_stage_visit" AS "t1"
              WHERE
                "t1"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ) AND "t1"."status" = 'open'
            ) AS "t8"
            INNER JOIN "fact_process_stage" AS "t4"
              ON "t8"."process_version_id" = "t4"."process_version_id"
              AND "t8"."stage" = "t4"."stage"
          ) AS "t11"
          WHERE
            "t11"."process" || ':' || CAST("t11"."process_number" AS TEXT) || ':' || "t11"."stage" = '⟦entered⟧'
        )
      )
  ) AS "t18"
) AS "t19"
WHERE
  "t19"."place" >= CAST('⟦skip⟧' AS BIGINT)
  AND "t19"."place" < (
    CAST('⟦skip⟧' AS BIGINT) + 50
  )
ORDER BY
  "t19"."place" ASC
