SELECT
  "t11"."deal_id",
  "t11"."uid",
  "t11"."name",
  COALESCE(
    CASE
      WHEN '⟦by⟧' = 'owner'
      THEN CAST("t11"."owner_id" AS TEXT)
      WHEN '⟦by⟧' = 'team'
      THEN CAST("t11"."team_id" AS TEXT)
      WHEN '⟦by⟧' = 'source'
      THEN "t11"."source"
      WHEN '⟦by⟧' = 'product'
      THEN "t11"."product"
      WHEN '⟦by⟧' = 'industry'
      THEN "t11"."industry"
      WHEN '⟦by⟧' = 'country'
      THEN "t11"."country"
      WHEN '⟦by⟧' = 'size'
      THEN "t11"."size"
      WHEN '⟦by⟧' = 'model'
      THEN "t11"."model"
      WHEN '⟦by⟧' = 'process'
      THEN "t11"."process" || ' ' || CAST("t11"."process_number" AS TEXT)
      WHEN '⟦by⟧' = 'entry_stage'
      THEN "t11"."entry_stage"
      ELSE ''
    END,
    ''
  ) AS "segment",
  "t11"."stage",
  "t11"."phase",
  "t11"."position",
  "t11"."process",
  "t11"."process_version_id",
  "t11"."outcome",
  "t11"."proof",
  "t11"."amount",
  "t11"."currency",
  "t11"."expected_close",
  "t11"."owner_id",
  "t11"."engaged_since",
  "t11"."decided_on",
  "t11"."rests",
  "t11"."has_history",
  "t11"."decided_number",
  "t11"."process_number" AS "version",
  CASE
    WHEN (
      "t11"."same_day_minutes" IS NOT NULL
    )
    AND (
      "t11"."decided_number" = "t11"."engaged_number"
    )
    THEN CAST("t11"."same_day_minutes" AS DOUBLE) / 1440.0
    ELSE CAST(COALESCE(
      "t11"."decided_number",
      LEAST(
        COALESCE("t11"."seen_number", CAST('⟦number⟧' AS BIGINT)),
        CAST('⟦number⟧' AS BIGINT)
      )
    ) - "t11"."engaged_number" AS DOUBLE)
  END AS "engaged_days",
  CASE
    WHEN (
      "t11"."same_day_minutes" IS NOT NULL
    )
    AND (
      "t11"."decided_number" = "t11"."buyer_number"
    )
    THEN CAST("t11"."same_day_minutes" AS DOUBLE) / 1440.0
    ELSE CAST(COALESCE(
      "t11"."decided_number",
      LEAST(
        COALESCE("t11"."seen_number", CAST('⟦number⟧' AS BIGINT)),
        CAST('⟦number⟧' AS BIGINT)
      )
    ) - "t11"."buyer_number" AS DOUBLE)
  END AS "buyer_days",
  LEAST(COALESCE("t11"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS "observed_on",
  LEAST(
    COALESCE("t11"."seen_number", CAST('⟦number⟧' AS BIGINT)),
    CAST('⟦number⟧' AS BIGINT)
  ) AS "observed_number",
  COALESCE("t11"."phase" <> 'find', TRUE) OR (
    "t11"."basis" = 'imported'
  ) AS "in_pipeline"
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
    "t10"."same_day_minutes",
    "t10"."has_history",
    "t10"."rests",
    "t10"."industry",
    "t10"."country",
    "t10"."size",
    "t3"."process_version_id" AS "process_version_id_right",
    "t3"."process",
    "t3"."process_number",
    "t3"."stage" AS "stage_right",
    "t3"."phase",
    "t3"."position",
    "t3"."model"
  FROM (
    SELECT
      "t8".*
      EXCLUDE ("account_id_right")
    FROM (
      SELECT
        "t7"."deal_id",
        "t7"."uid",
        "t7"."name",
        "t7"."process_version_id",
        "t7"."stage",
        "t7"."status",
        "t7"."outcome",
        "t7"."proof",
        "t7"."basis",
        "t7"."entry_stage",
        "t7"."stage_since_on",
        "t7"."amount",
        "t7"."currency",
        "t7"."owner_id",
        "t7"."team_id",
        "t7"."account_id",
        "t7"."source",
        "t7"."product",
        "t7"."expected_close",
        "t7"."buyer_since",
        "t7"."engaged_since",
        "t7"."rests_until",
        "t7"."leave_reason",
        "t7"."decided_on",
        "t7"."seen_until",
        "t7"."engaged_number",
        "t7"."buyer_number",
        "t7"."decided_number",
        "t7"."seen_number",
        "t7"."same_day_minutes",
        "t7"."has_history",
        "t7"."rests",
        "t5"."account_id" AS "account_id_right",
        "t5"."industry",
        "t5"."country",
        "t5"."size"
      FROM (
        SELECT
          "t1"."deal_id",
          "t1"."uid",
          "t1"."name",
          "t1"."process_version_id",
          "t1"."stage",
          "t1"."status",
          "t1"."outcome",
          "t1"."proof",
          "t1"."basis",
          "t1"."entry_stage",
          "t1"."stage_since_on",
          "t1"."amount",
          "t1"."currency",
          "t1"."owner_id",
          "t1"."team_id",
          "t1"."account_id",
          "t1"."source",
          "t1"."product",
          "t1"."expected_close",
          "t1"."buyer_since",
          "t1"."engaged_since",
          "t1"."rests_until",
          "t1"."leave_reason",
          "t1"."decided_on",
          "t1"."seen_until",
          "t1"."engaged_number",
          "t1"."buyer_number",
          "t1"."decided_number",
          "t1"."seen_number",
          "t1"."same_day_minutes",
          "t1"."has_history",
          COALESCE("t1"."rests_until" > CAST('⟦day⟧' AS DATE), FALSE)
          AND (
            "t1"."outcome" = 'open'
          ) AS "rests"
        FROM "fact_deal" AS "t1"
      ) AS "t7"
      LEFT OUTER JOIN (
        SELECT
          "t2"."account_id",
          "t2"."industry",
          "t2"."country",
          "t2"."size"
        FROM "fact_account" AS "t2"
      ) AS "t5"
        ON "t7"."account_id" = "t5"."account_id"
    ) AS "t8"
  ) AS "t10"
  LEFT OUTER JOIN "fact_process_stage" AS "t3"
    ON "t10"."process_version_id" = "t3"."process_version_id"
    AND "t10"."stage" = "t3"."stage"
) AS "t11"
