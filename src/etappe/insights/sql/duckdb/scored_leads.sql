SELECT
  "t17"."uid",
  "t17"."name",
  "t17"."stage",
  "t17"."process_version_id",
  "t17"."outcome",
  "t17"."proof",
  "t17"."amount",
  "t17"."currency",
  "t17"."owner_id",
  "t17"."engaged_since",
  "t17"."decided_on",
  "t17"."received_number",
  "t17"."found",
  "t17"."score",
  "t17"."fate_days" AS "days"
FROM (
  SELECT
    "t16"."deal_id",
    "t16"."uid",
    "t16"."name",
    "t16"."segment",
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
    "t16"."version",
    "t16"."engaged_days",
    "t16"."buyer_days",
    "t16"."observed_on",
    "t16"."observed_number",
    "t16"."in_pipeline",
    "t16"."lead_id",
    "t16"."account_id",
    "t16"."received_number",
    "t16"."accepted_number",
    "t16"."fate",
    "t16"."fate_days",
    "t16"."won_days",
    "t16"."score",
    "t16"."band",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "found",
    ROW_NUMBER() OVER (
      ORDER BY "t16"."score" DESC, "t16"."deal_id" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "place"
  FROM (
    SELECT
      "t15"."deal_id",
      "t15"."uid",
      "t15"."name",
      "t15"."segment",
      "t15"."stage",
      "t15"."phase",
      "t15"."position",
      "t15"."process",
      "t15"."process_version_id",
      "t15"."outcome",
      "t15"."proof",
      "t15"."amount",
      "t15"."currency",
      "t15"."expected_close",
      "t15"."owner_id",
      "t15"."engaged_since",
      "t15"."decided_on",
      "t15"."rests",
      "t15"."has_history",
      "t15"."decided_number",
      "t15"."version",
      "t15"."engaged_days",
      "t15"."buyer_days",
      "t15"."observed_on",
      "t15"."observed_number",
      "t15"."in_pipeline",
      "t15"."lead_id",
      "t15"."account_id",
      "t15"."received_number",
      "t15"."accepted_number",
      "t15"."fate",
      "t15"."fate_days",
      "t15"."won_days",
      "t15"."score",
      CASE
        WHEN "t15"."score" >= 40
        THEN 'high'
        WHEN "t15"."score" >= 15
        THEN 'raised'
        WHEN "t15"."score" >= 1
        THEN 'low'
        ELSE 'none'
      END AS "band"
    FROM (
      SELECT
        "t14".*
        EXCLUDE ("found")
      FROM (
        SELECT
          "t13"."deal_id",
          "t13"."uid",
          "t13"."name",
          "t13"."segment",
          "t13"."stage",
          "t13"."phase",
          "t13"."position",
          "t13"."process",
          "t13"."process_version_id",
          "t13"."outcome",
          "t13"."proof",
          "t13"."amount",
          "t13"."currency",
          "t13"."expected_close",
          "t13"."owner_id",
          "t13"."engaged_since",
          "t13"."decided_on",
          "t13"."rests",
          "t13"."has_history",
          "t13"."decided_number",
          "t13"."version",
          "t13"."engaged_days",
          "t13"."buyer_days",
          "t13"."observed_on",
          "t13"."observed_number",
          "t13"."in_pipeline",
          "t13"."lead_id",
          "t13"."account_id",
          "t13"."received_number",
          "t13"."accepted_number",
          "t13"."fate",
          "t13"."fate_days",
          "t13"."won_days",
          "t13"."found",
          CAST(ROUND(COALESCE("t13"."found", 0.0), 6) AS DOUBLE) AS "score"
        FROM (
          SELECT
            "t12".*
            EXCLUDE ("account_id_right")
          FROM (
            SELECT
              "t11"."deal_id",
              "t11"."uid",
              "t11"."name",
              "t11"."segment",
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
              "t11"."version",
              "t11"."engaged_days",
              "t11"."buyer_days",
              "t11"."observed_on",
              "t11"."observed_number",
              "t11"."in_pipeline",
              "t11"."lead_id",
              "t11"."account_id",
              "t11"."received_number",
              "t11"."accepted_number",
              "t11"."fate",
              "t11"."fate_days",
              "t11"."won_days",
              "t9"."account_id" AS "account_id_right",
              "t9"."found"
            FROM (
              SELECT
                "t7"."deal_id",
                "t7"."uid",
                "t7"."name",
                "t7"."segment",
                "t7"."stage",
                "t7"."phase",
                "t7"."position",
                "t7"."process",
                "t7"."process_version_id",
                "t7"."outcome",
                "t7"."proof",
                "t7"."amount",
                "t7"."currency",
                "t7"."expected_close",
                "t7"."owner_id",
                "t7"."engaged_since",
                "t7"."decided_on",
                "t7"."rests",
                "t7"."has_history",
                "t7"."decided_number",
                "t7"."version",
                "t7"."engaged_days",
                "t7"."buyer_days",
                "t7"."observed_on",
                "t7"."observed_number",
                "t7"."in_pipeline",
                "t7"."lead_id",
                "t7"."account_id",
                "t7"."received_number",
                "t7"."accepted_number",
                CASE
                  WHEN COALESCE("t7"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                  THEN 'accepted'
                  WHEN "t7"."outcome" = 'open'
                  THEN 'open'
                  ELSE 'refused'
                END AS "fate",
                CAST(CASE
                  WHEN (
                    CASE
                      WHEN COALESCE("t7"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                      THEN "t7"."accepted_number"
                      ELSE COALESCE("t7"."decided_number", "t7"."observed_number")
                    END - "t7"."received_number"
                  ) IS NULL
                  THEN CASE
                    WHEN COALESCE("t7"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                    THEN "t7"."accepted_number"
                    ELSE COALESCE("t7"."decided_number", "t7"."observed_number")
                  END - "t7"."received_number"
                  ELSE GREATEST(
                    0,
                    CASE
                      WHEN COALESCE("t7"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                      THEN "t7"."accepted_number"
                      ELSE COALESCE("t7"."decided_number", "t7"."observed_number")
                    END - "t7"."received_number"
                  )
                END AS INT) AS "fate_days",
                CAST(CASE
                  WHEN (
                    COALESCE("t7"."decided_number", "t7"."observed_number") - "t7"."received_number"
                  ) IS NULL
                  THEN COALESCE("t7"."decided_number", "t7"."observed_number") - "t7"."received_number"
                  ELSE GREATEST(
                    0,
                    COALESCE("t7"."decided_number", "t7"."observed_number") - "t7"."received_number"
                  )
                END AS INT) AS "won_days"
              FROM (
                SELECT
                  "t3"."deal_id",
                  "t3"."uid",
                  "t3"."name",
                  "t3"."segment",
                  "t3"."stage",
                  "t3"."phase",
                  "t3"."position",
                  "t3"."process",
                  "t3"."process_version_id",
                  "t3"."outcome",
                  "t3"."proof",
                  "t3"."amount",
                  "t3"."currency",
                  "t3"."expected_close",
                  "t3"."owner_id",
                  "t3"."engaged_since",
                  "t3"."decided_on",
                  "t3"."rests",
                  "t3"."has_history",
                  "t3"."decided_number",
                  "t3"."version",
                  "t3"."engaged_days",
                  "t3"."buyer_days",
                  "t3"."observed_on",
                  "t3"."observed_number",
                  "t3"."in_pipeline",
                  "t5"."lead_id",
                  "t5"."account_id",
                  "t5"."received_number",
                  "t5"."accepted_number"
                FROM "deals" AS "t3"
                INNER JOIN (
                  SELECT
                    "t2"."lead_id",
                    "t2"."account_id",
                    "t2"."received_number",
                    "t2"."accepted_number"
                  FROM "fact_lead" AS "t2"
                ) AS "t5"
                  ON "t3"."deal_id" = "t5"."lead_id"
              ) AS "t7"
              WHERE
                "t7"."received_number" <= CAST('⟦number⟧' AS BIGINT)
            ) AS "t11"
            LEFT OUTER JOIN (
              SELECT
                "t6"."account_id",
                SUM("t6"."worth") AS "found"
              FROM (
                SELECT
                  "t1"."touchpoint_id",
                  "t1"."account_id",
                  "t1"."person_id",
                  "t1"."user_id",
                  "t1"."direction",
                  "t1"."channel",
                  "t1"."act",
                  "t1"."source",
                  "t1"."happened_at",
                  "t1"."happened_number",
                  "t1"."working_seconds",
                  CASE
                    WHEN "t1"."act" = 'opened'
                    THEN 1.0
                    WHEN "t1"."act" = 'viewed'
                    THEN 2.0
                    WHEN "t1"."act" = 'liked'
                    THEN 2.0
                    WHEN "t1"."act" = 'clicked'
                    THEN 4.0
                    WHEN "t1"."act" = 'commented'
                    THEN 6.0
                    WHEN "t1"."act" = 'downloaded'
                    THEN 8.0
                    WHEN "t1"."act" = 'attended'
                    THEN 15.0
                    WHEN "t1"."act" = 'submitted'
                    THEN 20.0
                    WHEN "t1"."act" = 'wrote'
                    THEN 20.0
                    WHEN "t1"."act" = 'called'
                    THEN 25.0
                    WHEN "t1"."act" = 'met'
                    THEN 40.0
                    ELSE 0.0
                  END * (
                    POWER(
                      0.5,
                      (
                        CAST(CAST('⟦number⟧' AS BIGINT) - "t1"."happened_number" AS DOUBLE) / 30.0
                      )
                    )
                  ) AS "worth"
                FROM "fact_touchpoint" AS "t1"
                WHERE
                  "t1"."account_id" IS NOT NULL
                  AND "t1"."happened_number" <= CAST('⟦number⟧' AS BIGINT)
                  AND "t1"."direction" = 'in'
              ) AS "t6"
              GROUP BY
                1
            ) AS "t9"
              ON "t11"."account_id" = "t9"."account_id"
          ) AS "t12"
        ) AS "t13"
      ) AS "t14"
    ) AS "t15"
    WHERE
      (
        (
          CAST('⟦outcomes⟧' AS TEXT[]) IS NULL
        )
        OR ARRAY_CONTAINS(CAST('⟦outcomes⟧' AS TEXT[]), "t15"."outcome")
      )
      AND (
        (
          CAST('⟦received_from⟧' AS BIGINT) IS NULL
        )
        OR (
          "t15"."received_number" >= CAST('⟦received_from⟧' AS BIGINT)
        )
      )
      AND (
        (
          CAST('⟦received_until⟧' AS BIGINT) IS NULL
        )
        OR (
          "t15"."received_number" <= CAST('⟦received_until⟧' AS BIGINT)
        )
      )
      AND (
        (
          '⟦segment⟧' IS NULL
        ) OR (
          "t15"."segment" = '⟦segment⟧'
        )
      )
      AND (
        (
          '⟦fate⟧' IS NULL
        ) OR (
          "t15"."fate" = '⟦fate⟧'
        )
      )
      AND (
        (
          '⟦band⟧' IS NULL
        )
        OR (
          CASE
            WHEN "t15"."score" >= 40
            THEN 'high'
            WHEN "t15"."score" >= 15
            THEN 'raised'
            WHEN "t15"."score" >= 1
            THEN 'low'
            ELSE 'none'
          END = '⟦band⟧'
        )
      )
  ) AS "t16"
) AS "t17"
WHERE
  "t17"."place" >= CAST('⟦skip⟧' AS BIGINT)
  AND "t17"."place" < (
    CAST('⟦skip⟧' AS BIGINT) + 50
  )
ORDER BY
  "t17"."place" ASC
