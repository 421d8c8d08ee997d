SELECT
  "t26"."uid",
  "t26"."name",
  "t26"."stage",
  "t26"."process_version_id",
  "t26"."outcome",
  "t26"."proof",
  "t26"."amount",
  "t26"."currency",
  "t26"."owner_id",
  "t26"."engaged_since",
  "t26"."decided_on",
  "t26"."days",
  "t26"."found"
FROM (
  SELECT
    "t25"."deal_id",
    "t25"."uid",
    "t25"."name",
    "t25"."segment",
    "t25"."stage",
    "t25"."phase",
    "t25"."position",
    "t25"."process",
    "t25"."process_version_id",
    "t25"."outcome",
    "t25"."proof",
    "t25"."amount",
    "t25"."currency",
    "t25"."expected_close",
    "t25"."owner_id",
    "t25"."engaged_since",
    "t25"."decided_on",
    "t25"."rests",
    "t25"."has_history",
    "t25"."version",
    "t25"."engaged_days",
    "t25"."buyer_days",
    "t25"."observed_on",
    "t25"."observed_number",
    "t25"."in_pipeline",
    "t25"."days",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "found",
    ROW_NUMBER() OVER (
      ORDER BY "t25"."days" DESC, "t25"."deal_id" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "place"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t23"."deal_id",
        "t23"."uid",
        "t23"."name",
        COALESCE(
          CASE
            WHEN '⟦by⟧' = 'owner'
            THEN CAST("t23"."owner_id" AS TEXT)
            WHEN '⟦by⟧' = 'team'
            THEN CAST("t23"."team_id" AS TEXT)
            WHEN '⟦by⟧' = 'source'
            THEN "t23"."source"
            WHEN '⟦by⟧' = 'product'
            THEN "t23"."product"
            WHEN '⟦by⟧' = 'industry'
            THEN "t23"."industry"
            WHEN '⟦by⟧' = 'country'
            THEN "t23"."country"
            WHEN '⟦by⟧' = 'size'
            THEN "t23"."size"
            WHEN '⟦by⟧' = 'process'
            THEN "t23"."process" || ' ' || CAST("t23"."process_number" AS TEXT)
            WHEN '⟦by⟧' = 'entry_stage'
            THEN "t23"."entry_stage"
            ELSE ''
          END,
          ''
        ) AS "segment",
        "t23"."stage",
        "t23"."phase",
        "t23"."position",
        "t23"."process",
        "t23"."process_version_id",
        "t23"."outcome",
        "t23"."proof",
        "t23"."amount",
        "t23"."currency",
        "t23"."expected_close",
        "t23"."owner_id",
        "t23"."engaged_since",
        "t23"."decided_on",
        "t23"."rests",
        "t23"."has_history",
        "t23"."process_number" AS "version",
        COALESCE(
          "t23"."decided_number",
          LEAST(
            COALESCE("t23"."seen_number", CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - "t23"."engaged_number" AS "engaged_days",
        COALESCE(
          "t23"."decided_number",
          LEAST(
            COALESCE("t23"."seen_number", CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - "t23"."buyer_number" AS "buyer_days",
        LEAST(COALESCE("t23"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS "observed_on",
        LEAST(
          COALESCE("t23"."seen_number", CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        ) AS "observed_number",
        COALESCE("t23"."phase" <> 'find', TRUE) OR (
          "t23"."basis" = 'imported'
        ) AS "in_pipeline",
        CASE
          WHEN '⟦clock⟧' = 'buyer'
          THEN COALESCE(
            "t23"."decided_number",
            LEAST(
              COALESCE("t23"."seen_number", CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            )
          ) - "t23"."buyer_number"
          ELSE COALESCE(
            "t23"."decided_number",
            LEAST(
              COALESCE("t23"."seen_number", CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            )
          ) - "t23"."engaged_number"
        END AS "days"
      FROM (
        SELECT
          "t21"."deal_id",
          "t21"."uid",
          "t21"."name",
          "t21"."entry_stage",
          "t21"."account_id",
          "t21"."source",
          "t21"."product",
          "t21"."engaged_since",
          "t21"."engaged_number",
          "t21"."buyer_number",
          "t21"."seen_until",
          "t21"."seen_number",
          "t21"."has_history",
          "t21"."process_version_id",
          "t21"."stage",
          "t21"."outcome",
          "t21"."proof",
          "t21"."basis",
          "t21"."amount",
          "t21"."currency",
          "t21"."owner_id",
          "t21"."team_id",
          "t21"."expected_close",
          "t21"."decided_on",
          "t21"."decided_number",
          "t21"."rests",
          "t21"."industry",
          "t21"."country",
          "t21"."size",
          "t6"."process_version_id" AS "process_version_id_right",
          "t6"."process",
          "t6"."process_number",
          "t6"."stage" AS "stage_right",
          "t6"."phase",
          "t6"."position"
        FROM (
          SELECT
            "t19".*
            EXCLUDE ("account_id_right")
          FROM (
            SELECT
              "t17"."deal_id",
              "t17"."uid",
              "t17"."name",
              "t17"."entry_stage",
              "t17"."account_id",
              "t17"."source",
              "t17"."product",
              "t17"."engaged_since",
              "t17"."engaged_number",
              "t17"."buyer_number",
              "t17"."seen_until",
              "t17"."seen_number",
              "t17"."has_history",
              COALESCE("t15"."process_version_id", "t17"."process_version_id") AS "process_version_id",
              "t14"."stage",
              "t14"."outcome",
              COALESCE("t15"."proof", "t17"."proof") AS "proof",
              COALESCE("t15"."basis", "t17"."basis") AS "basis",
              "t14"."amount",
              "t14"."currency",
              "t14"."owner_id",
              "t14"."team_id",
              "t14"."expected_close",
              CASE
                WHEN "t14"."outcome" = 'open'
                THEN CAST(NULL AS DATE)
                WHEN "t17"."decided_on" <= CAST('⟦day⟧' AS DATE)
                THEN "t17"."decided_on"
                ELSE "t14"."valid_from_on"
              END AS "decided_on",
              CASE
                WHEN "t14"."outcome" = 'open'
                THEN CAST(NULL AS INT)
                WHEN "t17"."decided_on" <= CAST('⟦day⟧' AS DATE)
                THEN "t17"."decided_number"
                ELSE "t14"."valid_from_number"
              END AS "decided_number",
              FALSE AS "rests",
              "t8"."account_id" AS "account_id_right",
              "t8"."industry",
              "t8"."country",
              "t8"."size"
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
                    "t5"."deal_id"
                  FROM "fact_deal_member" AS "t5"
                  WHERE
                    "t5"."user_id" = CAST('⟦viewer⟧' AS BIGINT)
                )
            ) AS "t17"
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
            ) AS "t14"
              ON "t17"."deal_id" = "t14"."deal_id"
            LEFT OUTER JOIN (
              SELECT
                *
              FROM "fact_stage_visit" AS "t1"
              WHERE
                "t1"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
                AND (
                  (
                    "t1"."left_at" IS NULL
                  )
                  OR (
                    "t1"."left_at" >= CAST('⟦moment⟧' AS TIMESTAMPTZ)
                  )
                )
            ) AS "t15"
              ON "t17"."deal_id" = "t15"."deal_id"
            LEFT OUTER JOIN (
              SELECT
                "t4"."account_id",
                "t4"."industry",
                "t4"."country",
                "t4"."size"
              FROM "fact_account" AS "t4"
            ) AS "t8"
              ON "t17"."account_id" = "t8"."account_id"
          ) AS "t19"
        ) AS "t21"
        LEFT OUTER JOIN "fact_process_stage" AS "t6"
          ON "t21"."process_version_id" = "t6"."process_version_id"
          AND "t21"."stage" = "t6"."stage"
      ) AS "t23"
    ) AS "t24"
    WHERE
      (
        (
          CAST('⟦outcomes⟧' AS TEXT[]) IS NULL
        )
        OR ARRAY_CONTAINS(CAST('⟦outcomes⟧' AS TEXT[]), "t24"."outcome")
      )
      AND (
        (
          '⟦segment⟧' IS NULL
        ) OR (
          "t24"."segment" = '⟦segment⟧'
        )
      )
      AND (
        (
          '⟦stage⟧' IS NULL
        ) OR (
          "t24"."stage" = '⟦stage⟧'
        )
      )
      AND (
        (
          '⟦proof⟧' IS NULL
        ) OR (
          "t24"."proof" = '⟦proof⟧'
        )
      )
      AND (
        (
          '⟦currency⟧' IS NULL
        ) OR (
          "t24"."currency" = '⟦currency⟧'
        )
      )
      AND (
        (
          '⟦process⟧' IS NULL
        ) OR (
          "t24"."process" = '⟦process⟧'
        )
      )
      AND (
        (
          CAST('⟦version⟧' AS BIGINT) IS NULL
        )
        OR (
          "t24"."version" = CAST('⟦version⟧' AS BIGINT)
        )
      )
      AND (
        (
          CAST('⟦rests⟧' AS BOOLEAN) IS NULL
        )
        OR (
          "t24"."rests" = CAST('⟦rests⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          CAST('⟦in_pipeline⟧' AS BOOLEAN) IS NULL
        )
        OR (
          "t24"."in_pipeline" = CAST('⟦in_pipeline⟧' AS BOOLEAN)
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
            "t24"."days" >= 0
          )
        )
        OR (
          (
            '⟦start⟧' = 'unknown'
          ) AND (
            "t24"."days" IS NULL
          )
        )
        OR (
          (
            '⟦start⟧' = 'after_end'
          ) AND (
            "t24"."days" < 0
          )
        )
      )
      AND (
        (
          CAST('⟦longer_than⟧' AS BIGINT) IS NULL
        )
        OR (
          "t24"."days" > CAST('⟦longer_than⟧' AS BIGINT)
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
            "t24"."amount" IS NOT NULL
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
          ) = "t24"."has_history"
        )
      )
      AND (
        (
          '⟦entered⟧' IS NULL
        )
        OR "t24"."deal_id" IN (
          SELECT
            "t18"."deal_id"
          FROM (
            SELECT
              "t11"."visit_id",
              "t11"."deal_id",
              "t11"."process_version_id",
              "t11"."stage",
              "t11"."status",
              "t11"."basis",
              "t11"."proof",
              "t11"."entered_at",
              "t11"."left_at",
              "t11"."backfilled",
              "t11"."entered_number",
              "t11"."left_number",
              "t6"."process",
              "t6"."process_number",
              "t6"."phase",
              "t6"."position"
            FROM (
              SELECT
                *
              FROM "fact_stage_visit" AS "t1"
              WHERE
                "t1"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ) AND "t1"."status" = 'open'
            ) AS "t11"
            INNER JOIN "fact_process_stage" AS "t6"
              ON "t11"."process_version_id" = "t6"."process_version_id"
              AND "t11"."stage" = "t6"."stage"
          ) AS "t18"
          WHERE
            "t18"."process" || ':' || CAST("t18"."process_number" AS TEXT) || ':' || "t18"."stage" = '⟦entered⟧'
        )
      )
  ) AS "t25"
) AS "t26"
WHERE
  "t26"."place" >= CAST('⟦skip⟧' AS BIGINT)
  AND "t26"."place" < (
    CAST('⟦skip⟧' AS BIGINT) + 50
  )
ORDER BY
  "t26"."place" ASC
