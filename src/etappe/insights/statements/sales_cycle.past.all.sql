WITH "t16" AS (
  SELECT
    "t15"."deal_id",
    "t15"."uid",
    "t15"."name",
    "t15"."entry_stage",
    "t15"."account_id",
    "t15"."source",
    "t15"."product",
    "t15"."buyer_since",
    "t15"."engaged_since",
    "t15"."seen_until",
    "t15"."process_version_id",
    "t15"."stage",
    "t15"."outcome",
    "t15"."proof",
    "t15"."basis",
    "t15"."amount",
    "t15"."currency",
    "t15"."owner_id",
    "t15"."team_id",
    "t15"."decided_on",
    "t15"."rests",
    "t15"."industry",
    "t15"."country",
    "t15"."size",
    "t5"."process_version_id" AS "process_version_id_right",
    "t5"."process",
    "t5"."process_number",
    "t5"."stage" AS "stage_right",
    "t5"."phase",
    "t5"."position"
  FROM (
    SELECT
      "t13"."deal_id",
      "t13"."uid",
      "t13"."name",
      "t13"."entry_stage",
      "t13"."account_id",
      "t13"."source",
      "t13"."product",
      "t13"."buyer_since",
      "t13"."engaged_since",
      "t13"."seen_until",
      "t13"."process_version_id",
      "t13"."stage",
      "t13"."outcome",
      "t13"."proof",
      "t13"."basis",
      "t13"."amount",
      "t13"."currency",
      "t13"."owner_id",
      "t13"."team_id",
      "t13"."decided_on",
      "t13"."rests",
      "t13"."industry",
      "t13"."country",
      "t13"."size"
    FROM (
      SELECT
        "t6"."deal_id",
        "t6"."uid",
        "t6"."name",
        "t6"."entry_stage",
        "t6"."account_id",
        "t6"."source",
        "t6"."product",
        "t6"."buyer_since",
        "t6"."engaged_since",
        "t6"."seen_until",
        COALESCE("t12"."process_version_id", "t6"."process_version_id") AS "process_version_id",
        "t11"."stage",
        "t11"."outcome",
        COALESCE("t12"."proof", "t6"."proof") AS "proof",
        COALESCE("t12"."basis", "t6"."basis") AS "basis",
        "t11"."amount",
        "t11"."currency",
        "t11"."owner_id",
        "t11"."team_id",
        CASE
          WHEN "t11"."outcome" = 'open'
          THEN CAST(NULL AS DATE)
          WHEN "t6"."decided_on" <= CAST('⟦day⟧' AS DATE)
          THEN "t6"."decided_on"
          ELSE "t11"."valid_from_on"
        END AS "decided_on",
        FALSE AS "rests",
        "t8"."account_id" AS "account_id_right",
        "t8"."industry",
        "t8"."country",
        "t8"."size"
      FROM "fact_deal" AS "t6"
      INNER JOIN (
        SELECT
          *
        FROM "fact_deal_span" AS "t2"
        WHERE
          "t2"."valid_from" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
          AND (
            (
              "t2"."valid_to" IS NULL
            )
            OR (
              "t2"."valid_to" >= CAST('⟦moment⟧' AS TIMESTAMPTZ)
            )
          )
      ) AS "t11"
        ON "t6"."deal_id" = "t11"."deal_id"
      LEFT OUTER JOIN (
        SELECT
          *
        FROM "fact_stage_visit" AS "t3"
        WHERE
          "t3"."entered_at" < CAST('⟦moment⟧' AS TIMESTAMPTZ)
          AND (
            (
              "t3"."left_at" IS NULL
            )
            OR (
              "t3"."left_at" >= CAST('⟦moment⟧' AS TIMESTAMPTZ)
            )
          )
      ) AS "t12"
        ON "t6"."deal_id" = "t12"."deal_id"
      LEFT OUTER JOIN (
        SELECT
          "t4"."account_id",
          "t4"."industry",
          "t4"."country",
          "t4"."size"
        FROM "fact_account" AS "t4"
      ) AS "t8"
        ON "t6"."account_id" = "t8"."account_id"
    ) AS "t13"
  ) AS "t15"
  LEFT OUTER JOIN "fact_process_stage" AS "t5"
    ON "t15"."process_version_id" = "t5"."process_version_id"
    AND "t15"."stage" = "t5"."stage"
)
SELECT
  *
FROM (
  SELECT
    "t18"."segment",
    "t18"."clock",
    "t18"."outcome",
    "t18"."days",
    "t18"."rests",
    "t18"."in_pipeline",
    COUNT(*) AS "deals",
    MAX("t18"."observed_on") AS "observed_on",
    MIN("t18"."observed_on") AS "observed_first"
  FROM (
    SELECT
      "t17"."deal_id",
      "t17"."uid",
      "t17"."name",
      COALESCE(
        CASE
          WHEN '⟦by⟧' = 'owner'
          THEN CAST("t17"."owner_id" AS VARCHAR)
          WHEN '⟦by⟧' = 'team'
          THEN CAST("t17"."team_id" AS VARCHAR)
          WHEN '⟦by⟧' = 'source'
          THEN "t17"."source"
          WHEN '⟦by⟧' = 'product'
          THEN "t17"."product"
          WHEN '⟦by⟧' = 'industry'
          THEN "t17"."industry"
          WHEN '⟦by⟧' = 'country'
          THEN "t17"."country"
          WHEN '⟦by⟧' = 'size'
          THEN "t17"."size"
          WHEN '⟦by⟧' = 'process'
          THEN "t17"."process" || ' ' || CAST("t17"."process_number" AS VARCHAR)
          WHEN '⟦by⟧' = 'entry_stage'
          THEN "t17"."entry_stage"
          ELSE ''
        END,
        ''
      ) AS "segment",
      "t17"."stage",
      "t17"."phase",
      "t17"."position",
      "t17"."process",
      "t17"."process_version_id",
      "t17"."outcome",
      "t17"."proof",
      "t17"."amount",
      "t17"."currency",
      "t17"."owner_id",
      "t17"."engaged_since",
      "t17"."decided_on",
      "t17"."rests",
      "t17"."process_number" AS "version",
      CAST(EXTRACT(epoch FROM CAST(COALESCE(
        "t17"."decided_on",
        LEAST(COALESCE("t17"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE))
      ) AS TIMESTAMP) - CAST("t17"."engaged_since" AS TIMESTAMP)) / 86400 AS BIGINT) AS "engaged_days",
      CAST(EXTRACT(epoch FROM CAST(COALESCE(
        "t17"."decided_on",
        LEAST(COALESCE("t17"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE))
      ) AS TIMESTAMP) - CAST("t17"."buyer_since" AS TIMESTAMP)) / 86400 AS BIGINT) AS "buyer_days",
      LEAST(COALESCE("t17"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS "observed_on",
      COALESCE("t17"."phase" <> 'find', TRUE) OR (
        "t17"."basis" = 'imported'
      ) AS "in_pipeline",
      'engaged' AS "clock",
      CAST(EXTRACT(epoch FROM CAST(COALESCE(
        "t17"."decided_on",
        LEAST(COALESCE("t17"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE))
      ) AS TIMESTAMP) - CAST("t17"."engaged_since" AS TIMESTAMP)) / 86400 AS BIGINT) AS "days"
    FROM "t16" AS "t17"
  ) AS "t18"
  GROUP BY
    1,
    2,
    3,
    4,
    5,
    6
) AS "t20"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t19"."segment",
    "t19"."clock",
    "t19"."outcome",
    "t19"."days",
    "t19"."rests",
    "t19"."in_pipeline",
    COUNT(*) AS "deals",
    MAX("t19"."observed_on") AS "observed_on",
    MIN("t19"."observed_on") AS "observed_first"
  FROM (
    SELECT
      "t17"."deal_id",
      "t17"."uid",
      "t17"."name",
      COALESCE(
        CASE
          WHEN '⟦by⟧' = 'owner'
          THEN CAST("t17"."owner_id" AS VARCHAR)
          WHEN '⟦by⟧' = 'team'
          THEN CAST("t17"."team_id" AS VARCHAR)
          WHEN '⟦by⟧' = 'source'
          THEN "t17"."source"
          WHEN '⟦by⟧' = 'product'
          THEN "t17"."product"
          WHEN '⟦by⟧' = 'industry'
          THEN "t17"."industry"
          WHEN '⟦by⟧' = 'country'
          THEN "t17"."country"
          WHEN '⟦by⟧' = 'size'
          THEN "t17"."size"
          WHEN '⟦by⟧' = 'process'
          THEN "t17"."process" || ' ' || CAST("t17"."process_number" AS VARCHAR)
          WHEN '⟦by⟧' = 'entry_stage'
          THEN "t17"."entry_stage"
          ELSE ''
        END,
        ''
      ) AS "segment",
      "t17"."stage",
      "t17"."phase",
      "t17"."position",
      "t17"."process",
      "t17"."process_version_id",
      "t17"."outcome",
      "t17"."proof",
      "t17"."amount",
      "t17"."currency",
      "t17"."owner_id",
      "t17"."engaged_since",
      "t17"."decided_on",
      "t17"."rests",
      "t17"."process_number" AS "version",
      CAST(EXTRACT(epoch FROM CAST(COALESCE(
        "t17"."decided_on",
        LEAST(COALESCE("t17"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE))
      ) AS TIMESTAMP) - CAST("t17"."engaged_since" AS TIMESTAMP)) / 86400 AS BIGINT) AS "engaged_days",
      CAST(EXTRACT(epoch FROM CAST(COALESCE(
        "t17"."decided_on",
        LEAST(COALESCE("t17"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE))
      ) AS TIMESTAMP) - CAST("t17"."buyer_since" AS TIMESTAMP)) / 86400 AS BIGINT) AS "buyer_days",
      LEAST(COALESCE("t17"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS "observed_on",
      COALESCE("t17"."phase" <> 'find', TRUE) OR (
        "t17"."basis" = 'imported'
      ) AS "in_pipeline",
      'buyer' AS "clock",
      CAST(EXTRACT(epoch FROM CAST(COALESCE(
        "t17"."decided_on",
        LEAST(COALESCE("t17"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE))
      ) AS TIMESTAMP) - CAST("t17"."buyer_since" AS TIMESTAMP)) / 86400 AS BIGINT) AS "days"
    FROM "t16" AS "t17"
  ) AS "t19"
  GROUP BY
    1,
    2,
    3,
    4,
    5,
    6
) AS "t21"
