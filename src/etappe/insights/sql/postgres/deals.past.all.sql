SELECT
  "t16"."deal_id",
  "t16"."uid",
  "t16"."name",
  COALESCE(
    CASE
      WHEN '⟦by⟧' = 'owner'
      THEN CAST("t16"."owner_id" AS VARCHAR)
      WHEN '⟦by⟧' = 'team'
      THEN CAST("t16"."team_id" AS VARCHAR)
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
      WHEN '⟦by⟧' = 'model'
      THEN "t16"."model"
      WHEN '⟦by⟧' = 'process'
      THEN "t16"."process" || ' ' || CAST("t16"."process_number" AS VARCHAR)
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
  "t16"."decided_number",
  "t16"."process_number" AS "version",
  CASE
    WHEN (
      "t16"."same_day_minutes" IS NOT NULL
    )
    AND (
      "t16"."decided_number" = "t16"."engaged_number"
    )
    THEN CAST("t16"."same_day_minutes" AS DOUBLE PRECISION) / 1440.0
    ELSE CAST(COALESCE(
      "t16"."decided_number",
      LEAST(
        COALESCE("t16"."seen_number", CAST('⟦number⟧' AS BIGINT)),
        CAST('⟦number⟧' AS BIGINT)
      )
    ) - "t16"."engaged_number" AS DOUBLE PRECISION)
  END AS "engaged_days",
  CASE
    WHEN (
      "t16"."same_day_minutes" IS NOT NULL
    )
    AND (
      "t16"."decided_number" = "t16"."buyer_number"
    )
    THEN CAST("t16"."same_day_minutes" AS DOUBLE PRECISION) / 1440.0
    ELSE CAST(COALESCE(
      "t16"."decided_number",
      LEAST(
        COALESCE("t16"."seen_number", CAST('⟦number⟧' AS BIGINT)),
        CAST('⟦number⟧' AS BIGINT)
      )
    ) - "t16"."buyer_number" AS DOUBLE PRECISION)
  END AS "buyer_days",
  LEAST(COALESCE("t16"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS "observed_on",
  LEAST(
    COALESCE("t16"."seen_number", CAST('⟦number⟧' AS BIGINT)),
    CAST('⟦number⟧' AS BIGINT)
  ) AS "observed_number",
  COALESCE("t16"."phase" <> 'find', TRUE) OR (
    "t16"."basis" = 'imported'
  ) AS "in_pipeline"
FROM (
  SELECT
    "t15"."deal_id",
    "t15"."uid",
    "t15"."name",
    "t15"."entry_stage",
    "t15"."account_id",
    "t15"."source",
    "t15"."product",
    "t15"."engaged_since",
    "t15"."engaged_number",
    "t15"."buyer_number",
    "t15"."same_day_minutes",
    "t15"."seen_until",
    "t15"."seen_number",
    "t15"."has_history",
    "t15"."process_version_id",
    "t15"."stage",
    "t15"."outcome",
    "t15"."proof",
    "t15"."basis",
    "t15"."amount",
    "t15"."currency",
    "t15"."owner_id",
    "t15"."team_id",
    "t15"."expected_close",
    "t15"."decided_on",
    "t15"."decided_number",
    "t15"."rests",
    "t15"."industry",
    "t15"."country",
    "t15"."size",
    "t5"."process_version_id" AS "process_version_id_right",
    "t5"."process",
    "t5"."process_number",
    "t5"."stage" AS "stage_right",
    "t5"."phase",
    "t5"."position",
    "t5"."model"
  FROM (
    SELECT
      "t13"."deal_id",
      "t13"."uid",
      "t13"."name",
      "t13"."entry_stage",
      "t13"."account_id",
      "t13"."source",
      "t13"."product",
      "t13"."engaged_since",
      "t13"."engaged_number",
      "t13"."buyer_number",
      "t13"."same_day_minutes",
      "t13"."seen_until",
      "t13"."seen_number",
      "t13"."has_history",
      "t13"."process_version_id",
      "t13"."stage",
      "t13"."outcome",
      "t13"."proof",
      "t13"."basis",
      "t13"."amount",
      "t13"."currency",
      "t13"."owner_id",
      "t13"."team_id",
      "t13"."expected_close",
      "t13"."decided_on",
      "t13"."decided_number",
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
        "t6"."engaged_since",
        "t6"."engaged_number",
        "t6"."buyer_number",
        "t6"."same_day_minutes",
        "t6"."seen_until",
        "t6"."seen_number",
        "t6"."has_history",
        COALESCE("t12"."process_version_id", "t6"."process_version_id") AS "process_version_id",
        "t11"."stage",
        "t11"."outcome",
        COALESCE("t12"."proof", "t6"."proof") AS "proof",
        COALESCE("t12"."basis", "t6"."basis") AS "basis",
        "t11"."amount",
        "t11"."currency",
        "t11"."owner_id",
        "t11"."team_id",
        "t11"."expected_close",
        CASE
          WHEN "t11"."outcome" = 'open'
          THEN CAST(NULL AS DATE)
          WHEN "t6"."decided_on" <= CAST('⟦day⟧' AS DATE)
          THEN "t6"."decided_on"
          ELSE "t11"."valid_from_on"
        END AS "decided_on",
        CASE
          WHEN "t11"."outcome" = 'open'
          THEN CAST(NULL AS INT)
          WHEN "t6"."decided_on" <= CAST('⟦day⟧' AS DATE)
          THEN "t6"."decided_number"
          ELSE "t11"."valid_from_number"
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
) AS "t16"
