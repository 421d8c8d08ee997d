SELECT
  "t23"."uid",
  "t23"."name",
  "t23"."stage",
  "t23"."process_version_id",
  "t23"."outcome",
  "t23"."proof",
  "t23"."amount",
  "t23"."currency",
  "t23"."owner_id",
  "t23"."engaged_since",
  "t23"."decided_on",
  "t23"."days",
  "t23"."found"
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
    "t22"."version",
    "t22"."engaged_days",
    "t22"."buyer_days",
    "t22"."observed_on",
    "t22"."observed_number",
    "t22"."in_pipeline",
    "t22"."days",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "found",
    ROW_NUMBER() OVER (
      ORDER BY "t22"."days" DESC, "t22"."deal_id" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "place"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t20"."deal_id",
        "t20"."uid",
        "t20"."name",
        COALESCE(
          CASE
            WHEN '⟦by⟧' = 'owner'
            THEN CAST("t20"."owner_id" AS TEXT)
            WHEN '⟦by⟧' = 'team'
            THEN CAST("t20"."team_id" AS TEXT)
            WHEN '⟦by⟧' = 'source'
            THEN "t20"."source"
            WHEN '⟦by⟧' = 'product'
            THEN "t20"."product"
            WHEN '⟦by⟧' = 'industry'
            THEN "t20"."industry"
            WHEN '⟦by⟧' = 'country'
            THEN "t20"."country"
            WHEN '⟦by⟧' = 'size'
            THEN "t20"."size"
            WHEN '⟦by⟧' = 'process'
            THEN "t20"."process" || ' ' || CAST("t20"."process_number" AS TEXT)
            WHEN '⟦by⟧' = 'entry_stage'
            THEN "t20"."entry_stage"
            ELSE ''
          END,
          ''
        ) AS "segment",
        "t20"."stage",
        "t20"."phase",
        "t20"."position",
        "t20"."process",
        "t20"."process_version_id",
        "t20"."outcome",
        "t20"."proof",
        "t20"."amount",
        "t20"."currency",
        "t20"."expected_close",
        "t20"."owner_id",
        "t20"."engaged_since",
        "t20"."decided_on",
        "t20"."rests",
        "t20"."has_history",
        "t20"."process_number" AS "version",
        COALESCE(
          "t20"."decided_number",
          LEAST(
            COALESCE("t20"."seen_number", CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - "t20"."engaged_number" AS "engaged_days",
        COALESCE(
          "t20"."decided_number",
          LEAST(
            COALESCE("t20"."seen_number", CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - "t20"."buyer_number" AS "buyer_days",
        LEAST(COALESCE("t20"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS "observed_on",
        LEAST(
          COALESCE("t20"."seen_number", CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        ) AS "observed_number",
        COALESCE("t20"."phase" <> 'find', TRUE) OR (
          "t20"."basis" = 'imported'
        ) AS "in_pipeline",
        CASE
          WHEN '⟦clock⟧' = 'buyer'
          THEN COALESCE(
            "t20"."decided_number",
            LEAST(
              COALESCE("t20"."seen_number", CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            )
          ) - "t20"."buyer_number"
          ELSE COALESCE(
            "t20"."decided_number",
            LEAST(
              COALESCE("t20"."seen_number", CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            )
          ) - "t20"."engaged_number"
        END AS "days"
      FROM (
        SELECT
          "t18"."deal_id",
          "t18"."uid",
          "t18"."name",
          "t18"."entry_stage",
          "t18"."account_id",
          "t18"."source",
          "t18"."product",
          "t18"."engaged_since",
          "t18"."engaged_number",
          "t18"."buyer_number",
          "t18"."seen_until",
          "t18"."seen_number",
          "t18"."has_history",
          "t18"."process_version_id",
          "t18"."stage",
          "t18"."outcome",
          "t18"."proof",
          "t18"."basis",
          "t18"."amount",
          "t18"."currency",
          "t18"."owner_id",
          "t18"."team_id",
          "t18"."expected_close",
          "t18"."decided_on",
          "t18"."decided_number",
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
              "t6"."deal_id",
              "t6"."uid",
              "t6"."name",
              "t6"."entry_stage",
              "t6"."account_id",
              "t6"."source",
              "t6"."product",
              "t6"."engaged_since",
              "t6"."engaged_number",
              "t6"."buyer_number",
              "t6"."seen_until",
              "t6"."seen_number",
              "t6"."has_history",
              COALESCE("t14"."process_version_id", "t6"."process_version_id") AS "process_version_id",
              "t13"."stage",
              "t13"."outcome",
              COALESCE("t14"."proof", "t6"."proof") AS "proof",
              COALESCE("t14"."basis", "t6"."basis") AS "basis",
              "t13"."amount",
              "t13"."currency",
              "t13"."owner_id",
              "t13"."team_id",
              "t13"."expected_close",
              CASE
                WHEN "t13"."outcome" = 'open'
                THEN CAST(NULL AS DATE)
                WHEN "t6"."decided_on" <= CAST('⟦day⟧' AS DATE)
                THEN "t6"."decided_on"
                ELSE "t13"."valid_from_on"
              END AS "decided_on",
              CASE
                WHEN "t13"."outcome" = 'open'
                THEN CAST(NULL AS INT)
                WHEN "t6"."decided_on" <= CAST('⟦day⟧' AS DATE)
                THEN "t6"."decided_number"
                ELSE "t13"."valid_from_number"
              END AS "decided_number",
              FALSE AS "rests",
              "t8"."account_id" AS "account_id_right",
              "t8"."industry",
              "t8"."country",
              "t8"."size"
            FROM "fact_deal" AS "t6"
            INNER JOIN (
              SELECT
                *
              FROM "fact_deal_span" AS "t3"
              WHERE
                "t3"."valid_from" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
                AND (
                  (
                    "t3"."valid_to" IS NULL
                  )
                  OR (
                    "t3"."valid_to" >= CAST('⟦moment⟧' AS TIMESTAMPTZ)
                  )
                )
            ) AS "t13"
              ON "t6"."deal_id" = "t13"."deal_id"
            LEFT OUTER JOIN (
              SELECT
                *
              FROM "fact_stage_visit" AS "t2"
              WHERE
                "t2"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
                AND (
                  (
                    "t2"."left_at" IS NULL
                  )
                  OR (
                    "t2"."left_at" >= CAST('⟦moment⟧' AS TIMESTAMPTZ)
                  )
                )
            ) AS "t14"
              ON "t6"."deal_id" = "t14"."deal_id"
            LEFT OUTER JOIN (
              SELECT
                "t4"."account_id",
                "t4"."industry",
                "t4"."country",
                "t4"."size"
              FROM "fact_account" AS "t4"
            ) AS "t8"
              ON "t6"."account_id" = "t8"."account_id"
          ) AS "t16"
        ) AS "t18"
        LEFT OUTER JOIN "fact_process_stage" AS "t5"
          ON "t18"."process_version_id" = "t5"."process_version_id"
          AND "t18"."stage" = "t5"."stage"
      ) AS "t20"
    ) AS "t21"
    WHERE
      (
        (
          CAST('⟦outcomes⟧' AS TEXT[]) IS NULL
        )
        OR ARRAY_CONTAINS(CAST('⟦outcomes⟧' AS TEXT[]), "t21"."outcome")
      )
      AND (
        (
          '⟦segment⟧' IS NULL
        ) OR (
          "t21"."segment" = '⟦segment⟧'
        )
      )
      AND (
        (
          '⟦stage⟧' IS NULL
        ) OR (
          "t21"."stage" = '⟦stage⟧'
        )
      )
      AND (
        (
          '⟦proof⟧' IS NULL
        ) OR (
          "t21"."proof" = '⟦proof⟧'
        )
      )
      AND (
        (
          '⟦currency⟧' IS NULL
        ) OR (
          "t21"."currency" = '⟦currency⟧'
        )
      )
      AND (
        (
          '⟦process⟧' IS NULL
        ) OR (
          "t21"."process" = '⟦process⟧'
        )
      )
      AND (
        (
          CAST('⟦version⟧' AS BIGINT) IS NULL
        )
        OR (
          "t21"."version" = CAST('⟦version⟧' AS BIGINT)
        )
      )
      AND (
        (
          CAST('⟦rests⟧' AS BOOLEAN) IS NULL
        )
        OR (
          "t21"."rests" = CAST('⟦rests⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          CAST('⟦in_pipeline⟧' AS BOOLEAN) IS NULL
        )
        OR (
          "t21"."in_pipeline" = CAST('⟦in_pipeline⟧' AS BOOLEAN)
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
            "t21"."days" >= 0
          )
        )
        OR (
          (
            '⟦start⟧' = 'unknown'
          ) AND (
            "t21"."days" IS NULL
          )
        )
        OR (
          (
            '⟦start⟧' = 'after_end'
          ) AND (
            "t21"."days" < 0
          )
        )
      )
      AND (
        (
          CAST('⟦longer_than⟧' AS BIGINT) IS NULL
        )
        OR (
          "t21"."days" > CAST('⟦longer_than⟧' AS BIGINT)
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
            "t21"."amount" IS NOT NULL
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
          ) = "t21"."has_history"
        )
      )
      AND (
        (
          '⟦entered⟧' IS NULL
        )
        OR "t21"."deal_id" IN (
          SELECT
            "t15"."deal_id"
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
              FROM "fact_stage_visit" AS "t2"
              WHERE
                "t2"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ) AND "t2"."status" = 'open'
            ) AS "t10"
            INNER JOIN "fact_process_stage" AS "t5"
              ON "t10"."process_version_id" = "t5"."process_version_id"
              AND "t10"."stage" = "t5"."stage"
          ) AS "t15"
          WHERE
            "t15"."process" || ':' || CAST("t15"."process_number" AS TEXT) || ':' || "t15"."stage" = '⟦entered⟧'
        )
      )
  ) AS "t22"
) AS "t23"
WHERE
  "t23"."place" >= CAST('⟦skip⟧' AS BIGINT)
  AND "t23"."place" < (
    CAST('⟦skip⟧' AS BIGINT) + 50
  )
ORDER BY
  "t23"."place" ASC
