WITH "t5" AS (
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
)
SELECT
  "t13"."segment",
  "t13"."end",
  "t13"."days",
  "t13"."deals",
  "t13"."observed_on",
  "t13"."observed_first",
  "t13"."reading",
  CAST('⟦number⟧' AS BIGINT) AS "number"
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t9"."segment",
      "t9"."end",
      "t9"."days",
      "t9"."deals",
      "t9"."observed_on",
      "t9"."observed_first",
      'accepted' AS "reading"
    FROM (
      SELECT
        "t7"."segment",
        "t7"."end",
        "t7"."days",
        COUNT(*) AS "deals",
        MAX("t7"."observed_on") AS "observed_on",
        MIN("t7"."observed_on") AS "observed_first"
      FROM (
        SELECT
          "t6"."deal_id",
          "t6"."uid",
          "t6"."name",
          "t6"."segment",
          "t6"."stage",
          "t6"."phase",
          "t6"."position",
          "t6"."process",
          "t6"."process_version_id",
          "t6"."outcome",
          "t6"."proof",
          "t6"."amount",
          "t6"."currency",
          "t6"."expected_close",
          "t6"."owner_id",
          "t6"."engaged_since",
          "t6"."decided_on",
          "t6"."rests",
          "t6"."has_history",
          "t6"."decided_number",
          "t6"."version",
          "t6"."engaged_days",
          "t6"."buyer_days",
          "t6"."observed_on",
          "t6"."observed_number",
          "t6"."in_pipeline",
          "t6"."lead_id",
          "t6"."account_id",
          "t6"."received_number",
          "t6"."accepted_number",
          CASE
            WHEN COALESCE("t6"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
            THEN 'accepted'
            WHEN "t6"."outcome" = 'open'
            THEN 'open'
            ELSE 'refused'
          END AS "fate",
          CAST(CASE
            WHEN (
              CASE
                WHEN COALESCE("t6"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                THEN "t6"."accepted_number"
                ELSE COALESCE("t6"."decided_number", "t6"."observed_number")
              END - "t6"."received_number"
            ) IS NULL
            THEN CASE
              WHEN COALESCE("t6"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
              THEN "t6"."accepted_number"
              ELSE COALESCE("t6"."decided_number", "t6"."observed_number")
            END - "t6"."received_number"
            ELSE GREATEST(
              0,
              CASE
                WHEN COALESCE("t6"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                THEN "t6"."accepted_number"
                ELSE COALESCE("t6"."decided_number", "t6"."observed_number")
              END - "t6"."received_number"
            )
          END AS INT) AS "fate_days",
          CAST(CASE
            WHEN (
              COALESCE("t6"."decided_number", "t6"."observed_number") - "t6"."received_number"
            ) IS NULL
            THEN COALESCE("t6"."decided_number", "t6"."observed_number") - "t6"."received_number"
            ELSE GREATEST(
              0,
              COALESCE("t6"."decided_number", "t6"."observed_number") - "t6"."received_number"
            )
          END AS INT) AS "won_days",
          CASE
            WHEN COALESCE("t6"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
            THEN 'accepted'
            WHEN "t6"."outcome" = 'open'
            THEN 'open'
            ELSE 'refused'
          END AS "end",
          CAST(CASE
            WHEN (
              CASE
                WHEN COALESCE("t6"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                THEN "t6"."accepted_number"
                ELSE COALESCE("t6"."decided_number", "t6"."observed_number")
              END - "t6"."received_number"
            ) IS NULL
            THEN CASE
              WHEN COALESCE("t6"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
              THEN "t6"."accepted_number"
              ELSE COALESCE("t6"."decided_number", "t6"."observed_number")
            END - "t6"."received_number"
            ELSE GREATEST(
              0,
              CASE
                WHEN COALESCE("t6"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                THEN "t6"."accepted_number"
                ELSE COALESCE("t6"."decided_number", "t6"."observed_number")
              END - "t6"."received_number"
            )
          END AS INT) AS "days"
        FROM "t5" AS "t6"
        WHERE
          "t6"."received_number" <= CAST('⟦number⟧' AS BIGINT)
          AND "t6"."received_number" > (
            CAST('⟦number⟧' AS BIGINT) - 365
          )
      ) AS "t7"
      GROUP BY
        1,
        2,
        3
    ) AS "t9"
  ) AS "t11"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t10"."segment",
      "t10"."end",
      "t10"."days",
      "t10"."deals",
      "t10"."observed_on",
      "t10"."observed_first",
      'won' AS "reading"
    FROM (
      SELECT
        "t8"."segment",
        "t8"."end",
        "t8"."days",
        COUNT(*) AS "deals",
        MAX("t8"."observed_on") AS "observed_on",
        MIN("t8"."observed_on") AS "observed_first"
      FROM (
        SELECT
          "t6"."deal_id",
          "t6"."uid",
          "t6"."name",
          "t6"."segment",
          "t6"."stage",
          "t6"."phase",
          "t6"."position",
          "t6"."process",
          "t6"."process_version_id",
          "t6"."outcome",
          "t6"."proof",
          "t6"."amount",
          "t6"."currency",
          "t6"."expected_close",
          "t6"."owner_id",
          "t6"."engaged_since",
          "t6"."decided_on",
          "t6"."rests",
          "t6"."has_history",
          "t6"."decided_number",
          "t6"."version",
          "t6"."engaged_days",
          "t6"."buyer_days",
          "t6"."observed_on",
          "t6"."observed_number",
          "t6"."in_pipeline",
          "t6"."lead_id",
          "t6"."account_id",
          "t6"."received_number",
          "t6"."accepted_number",
          CASE
            WHEN COALESCE("t6"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
            THEN 'accepted'
            WHEN "t6"."outcome" = 'open'
            THEN 'open'
            ELSE 'refused'
          END AS "fate",
          CAST(CASE
            WHEN (
              CASE
                WHEN COALESCE("t6"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                THEN "t6"."accepted_number"
                ELSE COALESCE("t6"."decided_number", "t6"."observed_number")
              END - "t6"."received_number"
            ) IS NULL
            THEN CASE
              WHEN COALESCE("t6"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
              THEN "t6"."accepted_number"
              ELSE COALESCE("t6"."decided_number", "t6"."observed_number")
            END - "t6"."received_number"
            ELSE GREATEST(
              0,
              CASE
                WHEN COALESCE("t6"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                THEN "t6"."accepted_number"
                ELSE COALESCE("t6"."decided_number", "t6"."observed_number")
              END - "t6"."received_number"
            )
          END AS INT) AS "fate_days",
          CAST(CASE
            WHEN (
              COALESCE("t6"."decided_number", "t6"."observed_number") - "t6"."received_number"
            ) IS NULL
            THEN COALESCE("t6"."decided_number", "t6"."observed_number") - "t6"."received_number"
            ELSE GREATEST(
              0,
              COALESCE("t6"."decided_number", "t6"."observed_number") - "t6"."received_number"
            )
          END AS INT) AS "won_days",
          "t6"."outcome" AS "end",
          CAST(CASE
            WHEN (
              COALESCE("t6"."decided_number", "t6"."observed_number") - "t6"."received_number"
            ) IS NULL
            THEN COALESCE("t6"."decided_number", "t6"."observed_number") - "t6"."received_number"
            ELSE GREATEST(
              0,
              COALESCE("t6"."decided_number", "t6"."observed_number") - "t6"."received_number"
            )
          END AS INT) AS "days"
        FROM "t5" AS "t6"
        WHERE
          "t6"."received_number" <= CAST('⟦number⟧' AS BIGINT)
          AND "t6"."received_number" > (
            CAST('⟦number⟧' AS BIGINT) - 365
          )
      ) AS "t8"
      GROUP BY
        1,
        2,
        3
    ) AS "t10"
  ) AS "t12"
) AS "t13"
