SELECT
  "t30"."uid",
  "t30"."name",
  "t30"."stage",
  "t30"."process_version_id",
  "t30"."outcome",
  "t30"."proof",
  "t30"."amount",
  "t30"."currency",
  "t30"."owner_id",
  "t30"."engaged_since",
  "t30"."decided_on",
  "t30"."days",
  "t30"."found"
FROM (
  SELECT
    "t29"."deal_id",
    "t29"."uid",
    "t29"."name",
    "t29"."segment",
    "t29"."stage",
    "t29"."phase",
    "t29"."position",
    "t29"."process",
    "t29"."process_version_id",
    "t29"."outcome",
    "t29"."proof",
    "t29"."amount",
    "t29"."currency",
    "t29"."expected_close",
    "t29"."owner_id",
    "t29"."engaged_since",
    "t29"."decided_on",
    "t29"."rests",
    "t29"."has_history",
    "t29"."version",
    "t29"."engaged_days",
    "t29"."buyer_days",
    "t29"."observed_on",
    "t29"."observed_number",
    "t29"."in_pipeline",
    "t29"."days",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "found",
    ROW_NUMBER() OVER (
      ORDER BY "t29"."days" DESC, "t29"."deal_id" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "place"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t27"."deal_id",
        "t27"."uid",
        "t27"."name",
        COALESCE(
          CASE
            WHEN '⟦by⟧' = 'owner'
            THEN CAST("t27"."owner_id" AS TEXT)
            WHEN '⟦by⟧' = 'team'
            THEN CAST("t27"."team_id" AS TEXT)
            WHEN '⟦by⟧' = 'source'
            THEN "t27"."source"
            WHEN '⟦by⟧' = 'product'
            THEN "t27"."product"
            WHEN '⟦by⟧' = 'industry'
            THEN "t27"."industry"
            WHEN '⟦by⟧' = 'country'
            THEN "t27"."country"
            WHEN '⟦by⟧' = 'size'
            THEN "t27"."size"
            WHEN '⟦by⟧' = 'process'
            THEN "t27"."process" || ' ' || CAST("t27"."process_number" AS TEXT)
            WHEN '⟦by⟧' = 'entry_stage'
            THEN "t27"."entry_stage"
            ELSE ''
          END,
          ''
        ) AS "segment",
        "t27"."stage",
        "t27"."phase",
        "t27"."position",
        "t27"."process",
        "t27"."process_version_id",
        "t27"."outcome",
        "t27"."proof",
        "t27"."amount",
        "t27"."currency",
        "t27"."expected_close",
        "t27"."owner_id",
        "t27"."engaged_since",
        "t27"."decided_on",
        "t27"."rests",
        "t27"."has_history",
        "t27"."process_number" AS "version",
        COALESCE(
          "t27"."decided_number",
          LEAST(
            COALESCE("t27"."seen_number", CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - "t27"."engaged_number" AS "engaged_days",
        COALESCE(
          "t27"."decided_number",
          LEAST(
            COALESCE("t27"."seen_number", CAST('⟦number⟧' AS BIGINT)),
            CAST('⟦number⟧' AS BIGINT)
          )
        ) - "t27"."buyer_number" AS "buyer_days",
        LEAST(COALESCE("t27"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS "observed_on",
        LEAST(
          COALESCE("t27"."seen_number", CAST('⟦number⟧' AS BIGINT)),
          CAST('⟦number⟧' AS BIGINT)
        ) AS "observed_number",
        COALESCE("t27"."phase" <> 'find', TRUE) OR (
          "t27"."basis" = 'imported'
        ) AS "in_pipeline",
        CASE
          WHEN '⟦clock⟧' = 'buyer'
          THEN COALESCE(
            "t27"."decided_number",
            LEAST(
              COALESCE("t27"."seen_number", CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            )
          ) - "t27"."buyer_number"
          ELSE COALESCE(
            "t27"."decided_number",
            LEAST(
              COALESCE("t27"."seen_number", CAST('⟦number⟧' AS BIGINT)),
              CAST('⟦number⟧' AS BIGINT)
            )
          ) - "t27"."engaged_number"
        END AS "days"
      FROM (
        SELECT
          "t25"."deal_id",
          "t25"."uid",
          "t25"."name",
          "t25"."entry_stage",
          "t25"."account_id",
          "t25"."source",
          "t25"."product",
          "t25"."engaged_since",
          "t25"."engaged_number",
          "t25"."buyer_number",
          "t25"."seen_until",
          "t25"."seen_number",
          "t25"."has_history",
          "t25"."process_version_id",
          "t25"."stage",
          "t25"."outcome",
          "t25"."proof",
          "t25"."basis",
          "t25"."amount",
          "t25"."currency",
          "t25"."owner_id",
          "t25"."team_id",
          "t25"."expected_close",
          "t25"."decided_on",
          "t25"."decided_number",
          "t25"."rests",
          "t25"."industry",
          "t25"."country",
          "t25"."size",
          "t7"."process_version_id" AS "process_version_id_right",
          "t7"."process",
          "t7"."process_number",
          "t7"."stage" AS "stage_right",
          "t7"."phase",
          "t7"."position"
        FROM (
          SELECT
            "t23".*
            EXCLUDE ("account_id_right")
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
              COALESCE("t18"."process_version_id", "t21"."process_version_id") AS "process_version_id",
              "t19"."stage",
              "t19"."outcome",
              COALESCE("t18"."proof", "t21"."proof") AS "proof",
              COALESCE("t18"."basis", "t21"."basis") AS "basis",
              "t19"."amount",
              "t19"."currency",
              "t19"."owner_id",
              "t19"."team_id",
              "t19"."expected_close",
              CASE
                WHEN "t19"."outcome" = 'open'
                THEN CAST(NULL AS DATE)
                WHEN "t21"."decided_on" <= CAST('⟦day⟧' AS DATE)
                THEN "t21"."decided_on"
                ELSE "t19"."valid_from_on"
              END AS "decided_on",
              CASE
                WHEN "t19"."outcome" = 'open'
                THEN CAST(NULL AS INT)
                WHEN "t21"."decided_on" <= CAST('⟦day⟧' AS DATE)
                THEN "t21"."decided_number"
                ELSE "t19"."valid_from_number"
              END AS "decided_number",
              FALSE AS "rests",
              "t13"."account_id" AS "account_id_right",
              "t13"."industry",
              "t13"."country",
              "t13"."size"
            FROM (
              SELECT
                *
              FROM "fact_deal" AS "t3"
              WHERE
                (
                  "t3"."owner_id" = CAST('⟦viewer⟧' AS BIGINT)
                )
                OR ARRAY_CONTAINS(CAST('⟦teams⟧' AS BIGINT[]), "t3"."team_id")
                OR "t3"."deal_id" IN (
                  SELECT
                    "t6"."deal_id"
                  FROM "fact_deal_member" AS "t6"
                  WHERE
                    "t6"."user_id" = CAST('⟦viewer⟧' AS BIGINT)
                )
            ) AS "t21"
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
            ) AS "t19"
              ON "t21"."deal_id" = "t19"."deal_id"
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
            ) AS "t18"
              ON "t21"."deal_id" = "t18"."deal_id"
            LEFT OUTER JOIN (
              SELECT
                "t5"."account_id",
                "t5"."industry",
                "t5"."country",
                "t5"."size"
              FROM "fact_account" AS "t5"
            ) AS "t13"
              ON "t21"."account_id" = "t13"."account_id"
          ) AS "t23"
        ) AS "t25"
        LEFT OUTER JOIN "fact_process_stage" AS "t7"
          ON "t25"."process_version_id" = "t7"."process_version_id"
          AND "t25"."stage" = "t7"."stage"
      ) AS "t27"
    ) AS "t28"
    WHERE
      (
        (
          CAST('⟦outcomes⟧' AS TEXT[]) IS NULL
        )
        OR ARRAY_CONTAINS(CAST('⟦outcomes⟧' AS TEXT[]), "t28"."outcome")
      )
      AND (
        (
          '⟦segment⟧' IS NULL
        ) OR (
          "t28"."segment" = '⟦segment⟧'
        )
      )
      AND (
        (
          '⟦stage⟧' IS NULL
        ) OR (
          "t28"."stage" = '⟦stage⟧'
        )
      )
      AND (
        (
          '⟦proof⟧' IS NULL
        ) OR (
          "t28"."proof" = '⟦proof⟧'
        )
      )
      AND (
        (
          '⟦currency⟧' IS NULL
        ) OR (
          "t28"."currency" = '⟦currency⟧'
        )
      )
      AND (
        (
          '⟦process⟧' IS NULL
        ) OR (
          "t28"."process" = '⟦process⟧'
        )
      )
      AND (
        (
          CAST('⟦version⟧' AS BIGINT) IS NULL
        )
        OR (
          "t28"."version" = CAST('⟦version⟧' AS BIGINT)
        )
      )
      AND (
        (
          CAST('⟦rests⟧' AS BOOLEAN) IS NULL
        )
        OR (
          "t28"."rests" = CAST('⟦rests⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          CAST('⟦in_pipeline⟧' AS BOOLEAN) IS NULL
        )
        OR (
          "t28"."in_pipeline" = CAST('⟦in_pipeline⟧' AS BOOLEAN)
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
            "t28"."days" >= 0
          )
        )
        OR (
          (
            '⟦start⟧' = 'unknown'
          ) AND (
            "t28"."days" IS NULL
          )
        )
        OR (
          (
            '⟦start⟧' = 'after_end'
          ) AND (
            "t28"."days" < 0
          )
        )
      )
      AND (
        (
          CAST('⟦longer_than⟧' AS BIGINT) IS NULL
        )
        OR (
          "t28"."days" > CAST('⟦longer_than⟧' AS BIGINT)
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
            "t28"."amount" IS NOT NULL
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
          ) = "t28"."has_history"
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
          "t28"."engaged_days" IS NULL
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'starts_after_end'
        )
        OR COALESCE("t28"."engaged_days" < 0, FALSE)
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
            "t28"."amount" IS NULL
          ) AND "t28"."in_pipeline"
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
          "t28"."currency" IN (
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
        OR "t28"."deal_id" IN (
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
        OR "t28"."deal_id" IN (
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
          "t28"."has_history"
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
            "t28"."engaged_days" IS NULL
          )
          OR COALESCE("t28"."engaged_days" < 0, FALSE)
          OR (
            (
              "t28"."amount" IS NULL
            ) AND "t28"."in_pipeline"
          )
          OR NOT (
            "t28"."currency" IN (
              SELECT
                "t2"."currency"
              FROM "fact_workspace" AS "t2"
            )
          )
          OR "t28"."deal_id" IN (
            SELECT
              "t0"."deal_id"
            FROM "fact_stage_visit" AS "t0"
            WHERE
              "t0"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
              AND "t0"."status" IN ('lost', 'declined', 'disqualified')
          )
          OR "t28"."deal_id" IN (
            SELECT
              "t0"."deal_id"
            FROM "fact_stage_visit" AS "t0"
            WHERE
              "t0"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
              AND "t0"."left_at" = "t0"."entered_at"
          )
          OR NOT (
            "t28"."has_history"
          )
        )
      )
      AND (
        (
          '⟦entered⟧' IS NULL
        )
        OR "t28"."deal_id" IN (
          SELECT
            "t22"."deal_id"
          FROM (
            SELECT
              "t15"."visit_id",
              "t15"."deal_id",
              "t15"."process_version_id",
              "t15"."stage",
              "t15"."status",
              "t15"."basis",
              "t15"."proof",
              "t15"."entered_at",
              "t15"."left_at",
              "t15"."backfilled",
              "t15"."entered_number",
              "t15"."left_number",
              "t7"."process",
              "t7"."process_number",
              "t7"."phase",
              "t7"."position"
            FROM (
              SELECT
                *
              FROM "fact_stage_visit" AS "t0"
              WHERE
                "t0"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ) AND "t0"."status" = 'open'
            ) AS "t15"
            INNER JOIN "fact_process_stage" AS "t7"
              ON "t15"."process_version_id" = "t7"."process_version_id"
              AND "t15"."stage" = "t7"."stage"
          ) AS "t22"
          WHERE
            "t22"."process" || ':' || CAST("t22"."process_number" AS TEXT) || ':' || "t22"."stage" = '⟦entered⟧'
        )
      )
  ) AS "t29"
) AS "t30"
WHERE
  "t30"."place" >= CAST('⟦skip⟧' AS BIGINT)
  AND "t30"."place" < (
    CAST('⟦skip⟧' AS BIGINT) + 50
  )
ORDER BY
  "t30"."place" ASC
