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
          "t22"."deal_id",
          "t22"."uid",
          "t22"."name",
          "t22"."process_version_id",
          "t22"."stage",
          "t22"."status",
          "t22"."outcome",
          "t22"."proof",
          "t22"."basis",
          "t22"."entry_stage",
          "t22"."stage_since_on",
          "t22"."amount",
          "t22"."currency",
          "t22"."owner_id",
          "t22"."team_id",
          "t22"."account_id",
          "t22"."source",
          "t22"."product",
          "t22"."expected_close",
          "t22"."buyer_since",
          "t22"."engaged_since",
          "t22"."rests_until",
          "t22"."leave_reason",
          "t22"."decided_on",
          "t22"."seen_until",
          "t22"."engaged_number",
          "t22"."buyer_number",
          "t22"."decided_number",
          "t22"."seen_number",
          "t22"."has_history",
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
              "t12"."account_id" AS "account_id_right",
              "t12"."industry",
              "t12"."country",
              "t12"."size"
            FROM (
              SELECT
                "t15"."deal_id",
                "t15"."uid",
                "t15"."name",
                "t15"."process_version_id",
                "t15"."stage",
                "t15"."status",
                "t15"."outcome",
                "t15"."proof",
                "t15"."basis",
                "t15"."entry_stage",
                "t15"."stage_since_on",
                "t15"."amount",
                "t15"."currency",
                "t15"."owner_id",
                "t15"."team_id",
                "t15"."account_id",
                "t15"."source",
                "t15"."product",
                "t15"."expected_close",
                "t15"."buyer_since",
                "t15"."engaged_since",
                "t15"."rests_until",
                "t15"."leave_reason",
                "t15"."decided_on",
                "t15"."seen_until",
                "t15"."engaged_number",
                "t15"."buyer_number",
                "t15"."decided_number",
                "t15"."seen_number",
                "t15"."has_history",
                COALESCE("t15"."rests_until" > CAST('⟦day⟧' AS DATE), FALSE)
                AND (
                  "t15"."outcome" = 'open'
                ) AS "rests"
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
                      "t5"."deal_id"
                    FROM "fact_deal_member" AS "t5"
                    WHERE
                      "t5"."user_id" = CAST('⟦viewer⟧' AS BIGINT)
                  )
              ) AS "t15"
            ) AS "t18"
            LEFT OUTER JOIN (
              SELECT
                "t4"."account_id",
                "t4"."industry",
                "t4"."country",
                "t4"."size"
              FROM "fact_account" AS "t4"
            ) AS "t12"
              ON "t18"."account_id" = "t12"."account_id"
          ) AS "t20"
        ) AS "t22"
        LEFT OUTER JOIN "fact_process_stage" AS "t6"
          ON "t22"."process_version_id" = "t6"."process_version_id"
          AND "t22"."stage" = "t6"."stage"
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
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'no_start'
        )
        OR (
          "t24"."engaged_days" IS NULL
        )
      )
      AND (
        (
          '⟦oddity⟧' IS NULL
        )
        OR (
          '⟦oddity⟧' <> 'starts_after_end'
        )
        OR COALESCE("t24"."engaged_days" < 0, FALSE)
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
            "t24"."amount" IS NULL
          ) AND "t24"."in_pipeline"
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
          "t24"."currency" IN (
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
        OR "t24"."deal_id" IN (
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
        OR "t24"."deal_id" IN (
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
          "t24"."has_history"
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
            "t24"."engaged_days" IS NULL
          )
          OR COALESCE("t24"."engaged_days" < 0, FALSE)
          OR (
            (
              "t24"."amount" IS NULL
            ) AND "t24"."in_pipeline"
          )
          OR NOT (
            "t24"."currency" IN (
              SELECT
                "t2"."currency"
              FROM "fact_workspace" AS "t2"
            )
          )
          OR "t24"."deal_id" IN (
            SELECT
              "t0"."deal_id"
            FROM "fact_stage_visit" AS "t0"
            WHERE
              "t0"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
              AND "t0"."status" IN ('lost', 'declined', 'disqualified')
          )
          OR "t24"."deal_id" IN (
            SELECT
              "t0"."deal_id"
            FROM "fact_stage_visit" AS "t0"
            WHERE
              "t0"."left_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
              AND "t0"."left_at" = "t0"."entered_at"
          )
          OR NOT (
            "t24"."has_history"
          )
        )
      )
      AND (
        (
          '⟦entered⟧' IS NULL
        )
        OR "t24"."deal_id" IN (
          SELECT
            "t16"."deal_id"
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
          ) AS "t16"
          WHERE
            "t16"."process" || ':' || CAST("t16"."process_number" AS TEXT) || ':' || "t16"."stage" = '⟦entered⟧'
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
