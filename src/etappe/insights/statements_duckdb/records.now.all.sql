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
              "t11"."account_id" AS "account_id_right",
              "t11"."industry",
              "t11"."country",
              "t11"."size"
            FROM (
              SELECT
                "t3"."deal_id",
                "t3"."uid",
                "t3"."name",
                "t3"."process_version_id",
                "t3"."stage",
                "t3"."status",
                "t3"."outcome",
                "t3"."proof",
                "t3"."basis",
                "t3"."entry_stage",
                "t3"."stage_since_on",
                "t3"."amount",
                "t3"."currency",
                "t3"."owner_id",
                "t3"."team_id",
                "t3"."account_id",
                "t3"."source",
                "t3"."product",
                "t3"."expected_close",
                "t3"."buyer_since",
                "t3"."engaged_since",
                "t3"."rests_until",
                "t3"."leave_reason",
                "t3"."decided_on",
                "t3"."seen_until",
                "t3"."engaged_number",
                "t3"."buyer_number",
                "t3"."decided_number",
                "t3"."seen_number",
                "t3"."has_history",
                COALESCE("t3"."rests_until" > CAST('⟦day⟧' AS DATE), FALSE)
                AND (
                  "t3"."outcome" = 'open'
                ) AS "rests"
              FROM "fact_deal" AS "t3"
            ) AS "t14"
            LEFT OUTER JOIN (
              SELECT
                "t4"."account_id",
                "t4"."industry",
                "t4"."country",
                "t4"."size"
              FROM "fact_account" AS "t4"
            ) AS "t11"
              ON "t14"."account_id" = "t11"."account_id"
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
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'no_start'
        )
        OR (
          "t21"."engaged_days" IS NULL
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'starts_after_end'
        )
        OR COALESCE("t21"."engaged_days" < 0, FALSE)
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
            "t21"."amount" IS NULL
          ) AND "t21"."in_pipeline"
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
          "t21"."currency" IN (
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
        OR "t21"."deal_id" IN (
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
        OR "t21"."deal_id" IN (
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
          "t21"."has_history"
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
            "t21"."engaged_days" IS NULL
          )
          OR COALESCE("t21"."engaged_days" < 0, FALSE)
          OR (
            (
              "t21"."amount" IS NULL
            ) AND "t21"."in_pipeline"
          )
          OR NOT (
            "t21"."currency" IN (
              SELECT
                "t2"."currency"
              FROM "fact_workspace" AS "t2"
            )
          )
          OR "t21"."deal_id" IN (
            SELECT
              "t0"."deal_id"
            FROM "fact_stage_visit" AS "t0"
            WHERE
              "t0"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
              AND "t0"."status" IN ('lost', 'declined', 'disqualified')
          )
          OR "t21"."deal_id" IN (
            SELECT
              "t0"."deal_id"
            FROM "fact_stage_visit" AS "t0"
            WHERE
              "t0"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
              AND "t0"."left_at" = "t0"."entered_at"
          )
          OR NOT (
            "t21"."has_history"
          )
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
              "t5"."process",
              "t5"."process_number",
              "t5"."phase",
              "t5"."position"
            FROM (
              SELECT
                *
              FROM "fact_stage_visit" AS "t0"
              WHERE
                "t0"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ) AND "t0"."status" = 'open'
            ) AS "t12"
            INNER JOIN "fact_process_stage" AS "t5"
              ON "t12"."process_version_id" = "t5"."process_version_id"
              AND "t12"."stage" = "t5"."stage"
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
