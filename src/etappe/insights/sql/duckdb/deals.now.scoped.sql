SELECT
  "t14"."deal_id",
  "t14"."uid",
  "t14"."name",
  COALESCE(
    CASE
      WHEN '⟦by⟧' = 'owner'
      THEN CAST("t14"."owner_id" AS TEXT)
      WHEN '⟦by⟧' = 'team'
      THEN CAST("t14"."team_id" AS TEXT)
      WHEN '⟦by⟧' = 'source'
      THEN "t14"."source"
      WHEN '⟦by⟧' = 'product'
      THEN "t14"."product"
      WHEN '⟦by⟧' = 'industry'
      THEN "t14"."industry"
      WHEN '⟦by⟧' = 'country'
      THEN "t14"."country"
      WHEN '⟦by⟧' = 'size'
      THEN "t14"."size"
      WHEN '⟦by⟧' = 'model'
      THEN "t14"."model"
      WHEN '⟦by⟧' = 'process'
      THEN "t14"."process" || ' ' || CAST("t14"."process_number" AS TEXT)
      WHEN '⟦by⟧' = 'entry_stage'
      THEN "t14"."entry_stage"
      ELSE ''
    END,
    ''
  ) AS "segment",
  "t14"."stage",
  "t14"."phase",
  "t14"."position",
  "t14"."process",
  "t14"."process_version_id",
  "t14"."outcome",
  "t14"."proof",
  "t14"."amount",
  "t14"."currency",
  "t14"."expected_close",
  "t14"."owner_id",
  "t14"."engaged_since",
  "t14"."decided_on",
  "t14"."rests",
  "t14"."has_history",
  "t14"."decided_number",
  "t14"."process_number" AS "version",
  CASE
    WHEN (
      "t14"."same_day_minutes" IS NOT NULL
    )
    AND (
      "t14"."decided_number" = "t14"."engaged_number"
    )
    THEN CAST("t14"."same_day_minutes" AS DOUBLE) / 1440.0
    ELSE CAST(COALESCE(
      "t14"."decided_number",
      LEAST(
        COALESCE("t14"."seen_number", CAST('⟦number⟧' AS BIGINT)),
        CAST('⟦number⟧' AS BIGINT)
      )
    ) - "t14"."engaged_number" AS DOUBLE)
  END AS "engaged_days",
  CASE
    WHEN (
      "t14"."same_day_minutes" IS NOT NULL
    )
    AND (
      "t14"."decided_number" = "t14"."buyer_number"
    )
    THEN CAST("t14"."same_day_minutes" AS DOUBLE) / 1440.0
    ELSE CAST(COALESCE(
      "t14"."decided_number",
      LEAST(
        COALESCE("t14"."seen_number", CAST('⟦number⟧' AS BIGINT)),
        CAST('⟦number⟧' AS BIGINT)
      )
    ) - "t14"."buyer_number" AS DOUBLE)
  END AS "buyer_days",
  LEAST(COALESCE("t14"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS "observed_on",
  LEAST(
    COALESCE("t14"."seen_number", CAST('⟦number⟧' AS BIGINT)),
    CAST('⟦number⟧' AS BIGINT)
  ) AS "observed_number",
  COALESCE("t14"."phase" <> 'find', TRUE) OR (
    "t14"."basis" = 'imported'
  ) AS "in_pipeline"
FROM (
  SELECT
    "t13"."deal_id",
    "t13"."uid",
    "t13"."name",
    "t13"."process_version_id",
    "t13"."stage",
    "t13"."status",
    "t13"."outcome",
    "t13"."proof",
    "t13"."basis",
    "t13"."entry_stage",
    "t13"."stage_since_on",
    "t13"."amount",
    "t13"."currency",
    "t13"."owner_id",
    "t13"."team_id",
    "t13"."account_id",
    "t13"."source",
    "t13"."product",
    "t13"."expected_close",
    "t13"."buyer_since",
    "t13"."engaged_since",
    "t13"."rests_until",
    "t13"."leave_reason",
    "t13"."decided_on",
    "t13"."seen_until",
    "t13"."engaged_number",
    "t13"."buyer_number",
    "t13"."decided_number",
    "t13"."seen_number",
    "t13"."same_day_minutes",
    "t13"."has_history",
    "t13"."rests",
    "t13"."industry",
    "t13"."country",
    "t13"."size",
    "t4"."process_version_id" AS "process_version_id_right",
    "t4"."process",
    "t4"."process_number",
    "t4"."stage" AS "stage_right",
    "t4"."phase",
    "t4"."position",
    "t4"."model"
  FROM (
    SELECT
      "t11".*
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
        "t10"."same_day_minutes",
        "t10"."has_history",
        "t10"."rests",
        "t6"."account_id" AS "account_id_right",
        "t6"."industry",
        "t6"."country",
        "t6"."size"
      FROM (
        SELECT
          "t8"."deal_id",
          "t8"."uid",
          "t8"."name",
          "t8"."process_version_id",
          "t8"."stage",
          "t8"."status",
          "t8"."outcome",
          "t8"."proof",
          "t8"."basis",
          "t8"."entry_stage",
          "t8"."stage_since_on",
          "t8"."amount",
          "t8"."currency",
          "t8"."owner_id",
          "t8"."team_id",
          "t8"."account_id",
          "t8"."source",
          "t8"."product",
          "t8"."expected_close",
          "t8"."buyer_since",
          "t8"."engaged_since",
          "t8"."rests_until",
          "t8"."leave_reason",
          "t8"."decided_on",
          "t8"."seen_until",
          "t8"."engaged_number",
          "t8"."buyer_number",
          "t8"."decided_number",
          "t8"."seen_number",
          "t8"."same_day_minutes",
          "t8"."has_history",
          COALESCE("t8"."rests_until" > CAST('⟦day⟧' AS DATE), FALSE)
          AND (
            "t8"."outcome" = 'open'
          ) AS "rests"
        FROM (
          SELECT
            *
          FROM "fact_deal" AS "t1"
          WHERE
            (
              "t1"."owner_id" = CAST('⟦viewer⟧' AS BIGINT)
            )
            OR ARRAY_CONTAINS(CAST('⟦teams⟧' AS BIGINT[]), "t1"."team_id")
            OR "t1"."deal_id" IN (
              SELECT
                "t3"."deal_id"
              FROM "fact_deal_member" AS "t3"
              WHERE
                "t3"."user_id" = CAST('⟦viewer⟧' AS BIGINT)
            )
        ) AS "t8"
      ) AS "t10"
      LEFT OUTER JOIN (
        SELECT
          "t2"."account_id",
          "t2"."industry",
          "t2"."country",
          "t2"."size"
        FROM "fact_account" AS "t2"
      ) AS "t6"
        ON "t10"."account_id" = "t6"."account_id"
    ) AS "t11"
  ) AS "t13"
  LEFT OUTER JOIN "fact_process_stage" AS "t4"
    ON "t13"."process_version_id" = "t4"."process_version_id"
    AND "t13"."stage" = "t4"."stage"
) AS "t14"
