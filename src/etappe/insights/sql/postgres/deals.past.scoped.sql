SELECT
  "t19"."deal_id",
  "t19"."uid",
  "t19"."name",
  COALESCE(
    CASE
      WHEN '⟦by⟧' = 'owner'
      THEN CAST("t19"."owner_id" AS VARCHAR)
      WHEN '⟦by⟧' = 'team'
      THEN CAST("t19"."team_id" AS VARCHAR)
      WHEN '⟦by⟧' = 'source'
      THEN "t19"."source"
      WHEN '⟦by⟧' = 'product'
      THEN "t19"."product"
      WHEN '⟦by⟧' = 'industry'
      THEN "t19"."industry"
      WHEN '⟦by⟧' = 'country'
      THEN "t19"."country"
      WHEN '⟦by⟧' = 'size'
      THEN "t19"."size"
      WHEN '⟦by⟧' = 'model'
      THEN "t19"."model"
      WHEN '⟦by⟧' = 'process'
      THEN "t19"."process" || ' ' || CAST("t19"."process_number" AS VARCHAR)
      WHEN '⟦by⟧' = 'entry_stage'
      THEN "t19"."entry_stage"
      ELSE ''
    END,
    ''
  ) AS "segment",
  "t19"."stage",
  "t19"."phase",
  "t19"."position",
  "t19"."process",
  "t19"."process_version_id",
  "t19"."outcome",
  "t19"."proof",
  "t19"."amount",
  "t19"."currency",
  "t19"."expected_close",
  "t19"."owner_id",
  "t19"."engaged_since",
  "t19"."decided_on",
  "t19"."rests",
  "t19"."has_history",
  "t19"."decided_number",
  "t19"."process_number" AS "version",
  CASE
    WHEN (
      "t19"."same_day_minutes" IS NOT NULL
    )
    AND (
      "t19"."decided_number" = "t19"."engaged_number"
    )
    THEN CAST("t19"."same_day_minutes" AS DOUBLE PRECISION) / 1440.0
    ELSE CAST(COALESCE(
      "t19"."decided_number",
      LEAST(
        COALESCE("t19"."seen_number", CAST('⟦number⟧' AS BIGINT)),
        CAST('⟦number⟧' AS BIGINT)
      )
    ) - "t19"."engaged_number" AS DOUBLE PRECISION)
  END AS "engaged_days",
  CASE
    WHEN (
      "t19"."same_day_minutes" IS NOT NULL
    )
    AND (
      "t19"."decided_number" = "t19"."buyer_number"
    )
    THEN CAST("t19"."same_day_minutes" AS DOUBLE PRECISION) / 1440.0
    ELSE CAST(COALESCE(
      "t19"."decided_number",
      LEAST(
        COALESCE("t19"."seen_number", CAST('⟦number⟧' AS BIGINT)),
        CAST('⟦number⟧' AS BIGINT)
      )
    ) - "t19"."buyer_number" AS DOUBLE PRECISION)
  END AS "buyer_days",
  LEAST(COALESCE("t19"."seen_until", CAST('⟦day⟧' AS DATE)), CAST('⟦day⟧' AS DATE)) AS "observed_on",
  LEAST(
    COALESCE("t19"."seen_number", CAST('⟦number⟧' AS BIGINT)),
    CAST('⟦number⟧' AS BIGINT)
  ) AS "observed_number",
  COALESCE("t19"."phase" <> 'find', TRUE) OR (
    "t19"."basis" = 'imported'
  ) AS "in_pipeline"
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
    "t18"."same_day_minutes",
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
    "t6"."process_version_id" AS "process_version_id_right",
    "t6"."process",
    "t6"."process_number",
    "t6"."stage" AS "stage_right",
    "t6"."phase",
    "t6"."position",
    "t6"."model"
  FROM (
    SELECT
      "t16"."deal_id",
      "t16"."uid",
      "t16"."name",
      "t16"."entry_stage",
      "t16"."account_id",
      "t16"."source",
      "t16"."product",
      "t16"."engaged_since",
      "t16"."engaged_number",
      "t16"."buyer_number",
      "t16"."same_day_minutes",
      "t16"."seen_until",
      "t16"."seen_number",
      "t16"."has_history",
      "t16"."process_version_id",
      "t16"."stage",
      "t16"."outcome",
      "t16"."proof",
      "t16"."basis",
      "t16"."amount",
      "t16"."currency",
      "t16"."owner_id",
      "t16"."team_id",
      "t16"."expected_close",
      "t16"."decided_on",
      "t16"."decided_number",
      "t16"."rests",
      "t16"."industry",
      "t16"."country",
      "t16"."size"
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
        COALESCE("t13"."process_version_id", "t15"."process_version_id") AS "process_version_id",
        "t12"."stage",
        "t12"."outcome",
        COALESCE("t13"."proof", "t15"."proof") AS "proof",
        COALESCE("t13"."basis", "t15"."basis") AS "basis",
        "t12"."amount",
        "t12"."currency",
        "t12"."owner_id",
        "t12"."team_id",
        "t12"."expected_close",
        CASE
          WHEN "t12"."outcome" = 'open'
          THEN CAST(NULL AS DATE)
          WHEN "t15"."decided_on" <= CAST('⟦day⟧' AS DATE)
          THEN "t15"."decided_on"
          ELSE "t12"."valid_from_on"
        END AS "decided_on",
        CASE
          WHEN "t12"."outcome" = 'open'
          THEN CAST(NULL AS INT)
          WHEN "t15"."decided_on" <= CAST('⟦day⟧' AS DATE)
          THEN "t15"."decided_number"
          ELSE "t12"."valid_from_number"
        END AS "decided_number",
        FALSE AS "rests",
        "t8"."account_id" AS "account_id_right",
        "t8"."industry",
        "t8"."country",
        "t8"."size"
      FROM (
        SELECT
          *
        FROM "fact_deal" AS "t1"
        WHERE
          (
            "t1"."owner_id" = CAST('⟦viewer⟧' AS BIGINT)
          )
          OR CAST(CAST('⟦teams⟧' AS BIGINT[]) AS BIGINT[]) @> ARRAY[CAST("t1"."team_id" AS BIGINT)]
          OR "t1"."deal_id" IN (
            SELECT
              "t5"."deal_id"
            FROM "fact_deal_member" AS "t5"
            WHERE
              "t5"."user_id" = CAST('⟦viewer⟧' AS BIGINT)
          )
      ) AS "t15"
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
      ) AS "t12"
        ON "t15"."deal_id" = "t12"."deal_id"
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
      ) AS "t13"
        ON "t15"."deal_id" = "t13"."deal_id"
      LEFT OUTER JOIN (
        SELECT
          "t4"."account_id",
          "t4"."industry",
          "t4"."country",
          "t4"."size"
        FROM "fact_account" AS "t4"
      ) AS "t8"
        ON "t15"."account_id" = "t8"."account_id"
    ) AS "t16"
  ) AS "t18"
  LEFT OUTER JOIN "fact_process_stage" AS "t6"
    ON "t18"."process_version_id" = "t6"."process_version_id"
    AND "t18"."stage" = "t6"."stage"
) AS "t19"
