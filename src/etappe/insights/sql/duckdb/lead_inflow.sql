SELECT
  "t7"."segment",
  "t7"."received_number",
  "t7"."deals",
  "t7"."observed_on",
  "t7"."observed_first",
  CAST('⟦number⟧' AS BIGINT) AS "number"
FROM (
  SELECT
    "t6"."segment",
    "t6"."received_number",
    COUNT(*) AS "deals",
    MAX("t6"."observed_on") AS "observed_on",
    MIN("t6"."observed_on") AS "observed_first"
  FROM (
    SELECT
      "t5"."deal_id",
      "t5"."uid",
      "t5"."name",
      "t5"."segment",
      "t5"."stage",
      "t5"."phase",
      "t5"."position",
      "t5"."process",
      "t5"."process_version_id",
      "t5"."outcome",
      "t5"."proof",
      "t5"."amount",
      "t5"."currency",
      "t5"."expected_close",
      "t5"."owner_id",
      "t5"."engaged_since",
      "t5"."decided_on",
      "t5"."rests",
      "t5"."has_history",
      "t5"."decided_number",
      "t5"."version",
      "t5"."engaged_days",
      "t5"."buyer_days",
      "t5"."observed_on",
      "t5"."observed_number",
      "t5"."in_pipeline",
      "t5"."lead_id",
      "t5"."account_id",
      "t5"."received_number",
      "t5"."accepted_number",
      CASE
        WHEN COALESCE("t5"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
        THEN 'accepted'
        WHEN "t5"."outcome" = 'open'
        THEN 'open'
        ELSE 'refused'
      END AS "fate",
      CAST(CASE
        WHEN (
          CASE
            WHEN COALESCE("t5"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
            THEN "t5"."accepted_number"
            ELSE COALESCE("t5"."decided_number", "t5"."observed_number")
          END - "t5"."received_number"
        ) IS NULL
        THEN CASE
          WHEN COALESCE("t5"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
          THEN "t5"."accepted_number"
          ELSE COALESCE("t5"."decided_number", "t5"."observed_number")
        END - "t5"."received_number"
        ELSE GREATEST(
          0,
          CASE
            WHEN COALESCE("t5"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
            THEN "t5"."accepted_number"
            ELSE COALESCE("t5"."decided_number", "t5"."observed_number")
          END - "t5"."received_number"
        )
      END AS INT) AS "fate_days",
      CAST(CASE
        WHEN (
          COALESCE("t5"."decided_number", "t5"."observed_number") - "t5"."received_number"
        ) IS NULL
        THEN COALESCE("t5"."decided_number", "t5"."observed_number") - "t5"."received_number"
        ELSE GREATEST(
          0,
          COALESCE("t5"."decided_number", "t5"."observed_number") - "t5"."received_number"
        )
      END AS INT) AS "won_days"
    FROM (
      SELECT
        "t2"."deal_id",
        "t2"."uid",
        "t2"."name",
        "t2"."segment",
        "t2"."stage",
        "t2"."phase",
        "t2"."position",
        "t2"."process",
        "t2"."process_version_id",
        "t2"."outcome",
        "t2"."proof",
        "t2"."amount",
        "t2"."currency",
        "t2"."expected_close",
        "t2"."owner_id",
        "t2"."engaged_since",
        "t2"."decided_on",
        "t2"."rests",
        "t2"."has_history",
        "t2"."decided_number",
        "t2"."version",
        "t2"."engaged_days",
        "t2"."buyer_days",
        "t2"."observed_on",
        "t2"."observed_number",
        "t2"."in_pipeline",
        "t4"."lead_id",
        "t4"."account_id",
        "t4"."received_number",
        "t4"."accepted_number"
      FROM "deals" AS "t2"
      INNER JOIN (
        SELECT
          "t1"."lead_id",
          "t1"."account_id",
          "t1"."received_number",
          "t1"."accepted_number"
        FROM "fact_lead" AS "t1"
      ) AS "t4"
        ON "t2"."deal_id" = "t4"."lead_id"
    ) AS "t5"
    WHERE
      "t5"."received_number" <= CAST('⟦number⟧' AS BIGINT)
      AND "t5"."received_number" > (
        CAST('⟦number⟧' AS BIGINT) - 365
      )
  ) AS "t6"
  GROUP BY
    1,
    2
) AS "t7"
