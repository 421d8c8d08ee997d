SELECT
  "t27"."uid",
  "t27"."name",
  "t27"."stage",
  "t27"."process_version_id",
  "t27"."outcome",
  "t27"."proof",
  "t27"."amount",
  "t27"."currency",
  "t27"."owner_id",
  "t27"."engaged_since",
  "t27"."decided_on",
  "t27"."days",
  "t27"."found"
FROM (
  SELECT
    "t26"."deal_id",
    "t26"."uid",
    "t26"."name",
    "t26"."segment",
    "t26"."stage",
    "t26"."phase",
    "t26"."position",
    "t26"."process",
    "t26"."process_version_id",
    "t26"."outcome",
    "t26"."proof",
    "t26"."amount",
    "t26"."currency",
    "t26"."expected_close",
    "t26"."owner_id",
    "t26"."engaged_since",
    "t26"."decided_on",
    "t26"."rests",
    "t26"."has_history",
    "t26"."version",
    "t26"."engaged_days",
    "t26"."buyer_days",
    "t26"."observed_on",
    "t26"."observed_number",
    "t26"."in_pipeline",
    "t26"."days",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "found",
    ROW_NUMBER() OVER (
      ORDER BY "t26"."days" DESC, "t26"."deal_id" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "place"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t24"."deal_id",
        "t24"."uid",
        "t24"."name",
        COALESCE(
          CASE
            WHEN '⟦by⟧' = 'owner'
            THEN CAST("t24"."owner_id" AS TEXT)
            WHEN '⟦by⟧' = 'team'
            THEN CAST("t24"."team_id" AS TEXT)
            WHEN '⟦by⟧' = 'source'
            THEN "t24"."source"
            WHEN '⟦by⟧' = 'product'
            THEN "t24"."product"
            WHEN '⟦by⟧' = 'industry'
            THEN "t24"."industry"
            WHEN '⟦by⟧' = 'country'
            THEN "t24"."country"
            WHEN '⟦by⟧' = 'size'
            THEN "t24"."size"
            WHEN '⟦by⟧' = 'process'
            THEN "t24"."process" || ' ' || CAST("t24"."process_number" AS TEXT)
            WHEN '⟦by⟧' = 'entry_stage'
            THEN "t24"."entry_stage"
            ELSE ''
          END,
          ''
        ) AS "segment",
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
        "t24"."process_number" AS "version",
        COALESCE(
          "t24"."decided_number",
          LEAST(
            COALESCE("t24"."seen_number", CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - "t24"."engaged_number" AS "engaged_days",
        COALESCE(
          "t24"."decided_number",
          LEAST(
            COALESCE("t24"."seen_number", CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - "t24"."buyer_number" AS "buyer_days",
        LEAST(COALESCE("t24"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS "observed_on",
        LEAST(
          COALESCE("t24"."seen_number", CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        ) AS "observed_number",
        COALESCE("t24"."phase" <> 'find', TRUE) OR (
          "t24"."basis" = 'imported'
        ) AS "in_pipeline",
        CASE
          WHEN '⟦clock⟧' = 'buyer'
          THEN COALESCE(
            "t24"."decided_number",
            LEAST(
              COALESCE("t24"."seen_number", CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            )
          ) - "t24"."buyer_number"
          ELSE COALESCE(
            "t24"."decided_number",
            LEAST(
              COALESCE("t24"."seen_number", CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            )
          ) - "t24"."engaged_number"
        END AS "days"
      FROM (
        SELECT
          "t22"."deal_id",
          "t22"."uid",
          "t22"."name",
          "t22"."entry_stage",
          "t22"."account_id",
          "t22"."source",
          "t22"."product",
          "t22"."engaged_since",
          "t22"."engaged_number",
          "t22"."buyer_number",
          "t22"."seen_until",
          "t22"."seen_number",
          "t22"."has_history",
          "t22"."process_version_id",
          "t22"."stage",
          "t22"."outcome",
          "t22"."proof",
          "t22"."basis",
          "t22"."amount",
          "t22"."currency",
          "t22"."owner_id",
          "t22"."team_id",
          "t22"."expected_close",
          "t22"."decided_on",
          "t22"."decided_number",
          "t22"."rests",
          "t22"."industry",
          "t22"."country",
          "t22"."size",
          "t6"."process_version_id" AS "process_version_id_right",
          "t6"."process",
          "t6"."process_number",
          "t6"."stage" AS "stage_right",
          "t6"."phase",
          "t6"."position"
        FROM (
          SELECT
            "t20".*
            EXCLUDE ("account_id_right")
          FROM (
            SELECT
              "t7"."deal_id",
              "t7"."uid",
              "t7"."name",
              "t7"."entry_stage",
              "t7"."account_id",
              "t7"."source",
              "t7"."product",
              "t7"."engaged_since",
              "t7"."engaged_number",
              "t7"."buyer_number",
              "t7"."seen_until",
              "t7"."seen_number",
              "t7"."has_history",
              COALESCE("t17"."process_version_id", "t7"."process_version_id") AS "process_version_id",
              "t18"."stage",
              "t18"."outcome",
              COALESCE("t17"."proof", "t7"."proof") AS "proof",
              COALESCE("t17"."basis", "t7"."basis") AS "basis",
              "t18"."amount",
              "t18"."currency",
              "t18"."owner_id",
              "t18"."team_id",
              "t18"."expected_close",
              CASE
                WHEN "t18"."outcome" = 'open'
                THEN CAST(NULL AS DATE)
                WHEN "t7"."decided_on" <= CAST('⟦day⟧' AS DATE)
                THEN "t7"."decided_on"
                ELSE "t18"."valid_from_on"
              END AS "decided_on",
              CASE
                WHEN "t18"."outcome" = 'open'
                THEN CAST(NULL AS INT)
                WHEN "t7"."decided_on" <= CAST('⟦day⟧' AS DATE)
                THEN "t7"."decided_number"
                ELSE "t18"."valid_from_number"
              END AS "decided_number",
              FALSE AS "rests",
              "t13"."account_id" AS "account_id_right",
              "t13"."industry",
              "t13"."country",
              "t13"."size"
            FROM "fact_deal" AS "t7"
            INNER JOIN (
              SELECT
                *
              FROM "fact_deal_span" AS "t4"
              WHERE
                "t4"."valid_from" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
                AND (
                  (
                    "t4"."valid_to" IS NULL
                  )
                  OR (
                    "t4"."valid_to" >= CAST('⟦moment⟧' AS TIMESTAMPTZ)
                  )
                )
            ) AS "t18"
              ON "t7"."deal_id" = "t18"."deal_id"
            LEFT OUTER JOIN (
              SELECT
                *
              FROM "fact_stage_visit" AS "t0"
              WHERE
                "t0"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
                AND (
                  (
                    "t0"."left_at" IS NULL
                  )
                  OR (
                    "t0"."left_at" >= CAST('⟦moment⟧' AS TIMESTAMPTZ)
                  )
                )
            ) AS "t17"
              ON "t7"."deal_id" = "t17"."deal_id"
            LEFT OUTER JOIN (
              SELECT
                "t5"."account_id",
                "t5"."industry",
                "t5"."country",
                "t5"."size"
              FROM "fact_account" AS "t5"
            ) AS "t13"
              ON "t7"."account_id" = "t13"."account_id"
          ) AS "t20"
        ) AS "t22"
        LEFT OUTER JOIN "fact_process_stage" AS "t6"
          ON "t22"."process_version_id" = "t6"."process_version_id"
          AND "t22"."stage" = "t6"."stage"
      ) AS "t24"
    ) AS "t25"
    WHERE
      (
        (
          CAST('⟦outcomes⟧' AS TEXT[]) IS NULL
        )
        OR ARRAY_CONTAINS(CAST('⟦outcomes⟧' AS TEXT[]), "t25"."outcome")
      )
      AND (
        (
          '⟦segment⟧' IS NULL
        ) OR (
          "t25"."segment" = '⟦segment⟧'
        )
      )
      AND (
        (
          '⟦stage⟧' IS NULL
        ) OR (
          "t25"."stage" = '⟦stage⟧'
        )
      )
      AND (
        (
          '⟦proof⟧' IS NULL
        ) OR (
          "t25"."proof" = '⟦proof⟧'
        )
      )
      AND (
        (
          '⟦currency⟧' IS NULL
        ) OR (
          "t25"."currency" = '⟦currency⟧'
        )
      )
      AND (
        (
          '⟦process⟧' IS NULL
        ) OR (
          "t25"."process" = '⟦process⟧'
        )
      )
      AND (
        (
          CAST('⟦version⟧' AS BIGINT) IS NULL
        )
        OR (
          "t25"."version" = CAST('⟦version⟧' AS BIGINT)
        )
      )
      AND (
        (
          CAST('⟦rests⟧' AS BOOLEAN) IS NULL
        )
        OR (
          "t25"."rests" = CAST('⟦rests⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          CAST('⟦in_pipeline⟧' AS BOOLEAN) IS NULL
        )
        OR (
          "t25"."in_pipeline" = CAST('⟦in_pipeline⟧' AS BOOLEAN)
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
            "t25"."days" >= 0
          )
        )
        OR (
          (
            '⟦start⟧' = 'unknown'
          ) AND (
            "t25"."days" IS NULL
          )
        )
        OR (
          (
            '⟦start⟧' = 'after_end'
          ) AND (
            "t25"."days" < 0
          )
        )
      )
      AND (
        (
          CAST('⟦longer_than⟧' AS BIGINT) IS NULL
        )
        OR (
          "t25"."days" > CAST('⟦longer_than⟧' AS BIGINT)
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
            "t25"."amount" IS NOT NULL
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
          ) = "t25"."has_history"
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
          "t25"."engaged_days" IS NULL
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'starts_after_end'
        )
        OR COALESCE("t25"."engaged_days" < 0, FALSE)
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
            "t25"."amount" IS NULL
          ) AND "t25"."in_pipeline"
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
          "t25"."currency" IN (
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
        OR "t25"."deal_id" IN (
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
        OR "t25"."deal_id" IN (
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
          "t25"."has_history"
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
            "t25"."engaged_days" IS NULL
          )
          OR COALESCE("t25"."engaged_days" < 0, FALSE)
          OR (
            (
              "t25"."amount" IS NULL
            ) AND "t25"."in_pipeline"
          )
          OR NOT (
            "t25"."currency" IN (
              SELECT
                "t2"."currency"
              FROM "fact_workspace" AS "t2"
            )
          )
          OR "t25"."deal_id" IN (
            SELECT
              "t0"."deal_id"
            FROM "fact_stage_visit" AS "t0"
            WHERE
              "t0"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
              AND "t0"."status" IN ('lost', 'declined', 'disqualified')
          )
          OR "t25"."deal_id" IN (
            SELECT
              "t0"."deal_id"
            FROM "fact_stage_visit" AS "t0"
            WHERE
              "t0"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
              AND "t0"."left_at" = "t0"."entered_at"
          )
          OR NOT (
            "t25"."has_history"
          )
        )
      )
      AND (
        (
          '⟦entered⟧' IS NULL
        )
        OR "t25"."deal_id" IN (
          SELECT
            "t19"."deal_id"
          FROM (
            SELECT
              "t14"."visit_id",
              "t14"."deal_id",
              "t14"."process_version_id",
              "t14"."stage",
              "t14"."status",
              "t14"."basis",
              "t14"."proof",
              "t14"."entered_at",
              "t14"."left_at",
              "t14"."backfilled",
              "t14"."entered_number",
              "t14"."left_number",
              "t6"."process",
              "t6"."process_number",
              "t6"."phase",
              "t6"."position"
            FROM (
              SELECT
                *
              FROM "fact_stage_visit" AS "t0"
              WHERE
                "t0"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ) AND "t0"."status" = 'open'
            ) AS "t14"
            INNER JOIN "fact_process_stage" AS "t6"
              ON "t14"."process_version_id" = "t6"."process_version_id"
              AND "t14"."stage" = "t6"."stage"
          ) AS "t19"
          WHERE
            "t19"."process" || ':' || CAST("t19"."process_number" AS TEXT) || ':' || "t19"."stage" = '⟦entered⟧'
        )
      )
  ) AS "t26"
) AS "t27"
WHERE
  "t27"."place" >= CAST('⟦skip⟧' AS BIGINT)
  AND "t27"."place" < (
    CAST('⟦skip⟧' AS BIGINT) + 50
  )
ORDER BY
  "t27"."place" ASC
