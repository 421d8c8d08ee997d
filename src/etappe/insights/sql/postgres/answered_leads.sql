WITH "t10" AS (
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
), "t18" AS (
  SELECT
    "t17"."deal_id",
    "t17"."account_id",
    MIN("t17"."happened_at") AS "came_at",
    MIN("t17"."working_seconds") AS "came_worked",
    MIN("t17"."happened_number") AS "came_number"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t8"."touchpoint_id",
        "t8"."account_id",
        "t8"."person_id",
        "t8"."user_id",
        "t8"."direction",
        "t8"."channel",
        "t8"."act",
        "t8"."source",
        "t8"."happened_at",
        "t8"."happened_number",
        "t8"."working_seconds",
        "t13"."deal_id",
        "t13"."received_number"
      FROM (
        SELECT
          *
        FROM "fact_touchpoint" AS "t0"
        WHERE
          "t0"."account_id" IS NOT NULL
          AND "t0"."happened_number" <= CAST('⟦number⟧' AS BIGINT)
          AND "t0"."happened_number" > (
            CAST('⟦number⟧' AS BIGINT) - 368
          )
          AND "t0"."direction" = 'in'
          AND "t0"."act" IN ('wrote', 'called', 'met', 'attended', 'submitted', 'commented')
      ) AS "t8"
      INNER JOIN (
        SELECT
          "t11"."deal_id",
          "t11"."account_id",
          "t11"."received_number"
        FROM "t10" AS "t11"
        WHERE
          "t11"."received_number" <= CAST('⟦number⟧' AS BIGINT)
          AND "t11"."received_number" > (
            CAST('⟦number⟧' AS BIGINT) - 365
          )
          AND (
            (
              CAST('⟦outcomes⟧' AS VARCHAR[]) IS NULL
            )
            OR CAST(CAST('⟦outcomes⟧' AS VARCHAR[]) AS VARCHAR[]) @> ARRAY[CAST("t11"."outcome" AS VARCHAR)]
          )
          AND (
            (
              CAST('⟦received_from⟧' AS BIGINT) IS NULL
            )
            OR (
              "t11"."received_number" >= CAST('⟦received_from⟧' AS BIGINT)
            )
          )
          AND (
            (
              CAST('⟦received_until⟧' AS BIGINT) IS NULL
            )
            OR (
              "t11"."received_number" <= CAST('⟦received_until⟧' AS BIGINT)
            )
          )
          AND (
            (
              '⟦segment⟧' IS NULL
            ) OR (
              "t11"."segment" = '⟦segment⟧'
            )
          )
          AND (
            (
              '⟦fate⟧' IS NULL
            )
            OR (
              CASE
                WHEN COALESCE("t11"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                THEN 'accepted'
                WHEN "t11"."outcome" = 'open'
                THEN 'open'
                ELSE 'refused'
              END = '⟦fate⟧'
            )
          )
      ) AS "t13"
        ON "t8"."account_id" = "t13"."account_id"
    ) AS "t16"
    WHERE
      "t16"."happened_number" >= (
        "t16"."received_number" - 3
      )
  ) AS "t17"
  GROUP BY
    1,
    2
), "t37" AS (
  SELECT
    "t36"."deal_id",
    "t36"."account_id",
    MIN("t36"."happened_at") AS "went_at",
    MIN("t36"."working_seconds") AS "went_worked",
    MIN("t36"."happened_number") AS "went_number"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t9"."touchpoint_id",
        "t9"."account_id",
        "t9"."person_id",
        "t9"."user_id",
        "t9"."direction",
        "t9"."channel",
        "t9"."act",
        "t9"."source",
        "t9"."happened_at",
        "t9"."happened_number",
        "t9"."working_seconds",
        "t34"."deal_id",
        "t34"."received_number"
      FROM (
        SELECT
          *
        FROM "fact_touchpoint" AS "t0"
        WHERE
          "t0"."account_id" IS NOT NULL
          AND "t0"."happened_number" <= CAST('⟦number⟧' AS BIGINT)
          AND "t0"."happened_number" > (
            CAST('⟦number⟧' AS BIGINT) - 368
          )
          AND "t0"."direction" = 'out'
      ) AS "t9"
      INNER JOIN (
        SELECT
          "t32"."deal_id",
          "t32"."account_id",
          "t32"."received_number"
        FROM (
          SELECT
            "t31"."deal_id",
            "t31"."uid",
            "t31"."name",
            "t31"."segment",
            "t31"."stage",
            "t31"."phase",
            "t31"."position",
            "t31"."process",
            "t31"."process_version_id",
            "t31"."outcome",
            "t31"."proof",
            "t31"."amount",
            "t31"."currency",
            "t31"."expected_close",
            "t31"."owner_id",
            "t31"."engaged_since",
            "t31"."decided_on",
            "t31"."rests",
            "t31"."has_history",
            "t31"."decided_number",
            "t31"."version",
            "t31"."engaged_days",
            "t31"."buyer_days",
            "t31"."observed_on",
            "t31"."observed_number",
            "t31"."in_pipeline",
            "t31"."lead_id",
            "t31"."account_id",
            "t31"."received_number",
            "t31"."accepted_number",
            "t31"."fate",
            "t31"."fate_days",
            "t31"."won_days",
            "t31"."came_at",
            "t31"."came_worked",
            "t31"."came_number",
            "t31"."answered_worked",
            "t31"."answered_number"
          FROM (
            SELECT
              "t27"."deal_id",
              "t27"."uid",
              "t27"."name",
              "t27"."segment",
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
              "t27"."decided_number",
              "t27"."version",
              "t27"."engaged_days",
              "t27"."buyer_days",
              "t27"."observed_on",
              "t27"."observed_number",
              "t27"."in_pipeline",
              "t27"."lead_id",
              "t27"."account_id",
              "t27"."received_number",
              "t27"."accepted_number",
              "t27"."fate",
              "t27"."fate_days",
              "t27"."won_days",
              "t27"."came_at",
              "t27"."came_worked",
              "t27"."came_number",
              "t30"."deal_id" AS "deal_id_right",
              "t30"."answered_worked",
              "t30"."answered_number"
            FROM (
              SELECT
                "t24"."deal_id",
                "t24"."uid",
                "t24"."name",
                "t24"."segment",
                "t24"."stage",
                "t24"."phase",
                "t24"."position",
                "t24"."process",
                "t24"."process_version_id",
                "t24"."outcome",
                "t24"."proof",
                "t24"."amount",
                "t24"."currency",
                "t24"."expected_close",
                "t24"."owner_id",
                "t24"."engaged_since",
                "t24"."decided_on",
                "t24"."rests",
                "t24"."has_history",
                "t24"."decided_number",
                "t24"."version",
                "t24"."engaged_days",
                "t24"."buyer_days",
                "t24"."observed_on",
                "t24"."observed_number",
                "t24"."in_pipeline",
                "t24"."lead_id",
                "t24"."account_id",
                "t24"."received_number",
                "t24"."accepted_number",
                "t24"."fate",
                "t24"."fate_days",
                "t24"."won_days",
                "t24"."came_at",
                "t24"."came_worked",
                "t24"."came_number"
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
                  "t21"."deal_id" AS "deal_id_right",
                  "t21"."came_at",
                  "t21"."came_worked",
                  "t21"."came_number"
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
                    CASE
                      WHEN COALESCE("t11"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                      THEN 'accepted'
                      WHEN "t11"."outcome" = 'open'
                      THEN 'open'
                      ELSE 'refused'
                    END AS "fate",
                    CAST(CASE
                      WHEN (
                        CASE
                          WHEN COALESCE("t11"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                          THEN "t11"."accepted_number"
                          ELSE COALESCE("t11"."decided_number", "t11"."observed_number")
                        END - "t11"."received_number"
                      ) IS NULL
                      THEN CASE
                        WHEN COALESCE("t11"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                        THEN "t11"."accepted_number"
                        ELSE COALESCE("t11"."decided_number", "t11"."observed_number")
                      END - "t11"."received_number"
                      ELSE GREATEST(
                        0,
                        CASE
                          WHEN COALESCE("t11"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                          THEN "t11"."accepted_number"
                          ELSE COALESCE("t11"."decided_number", "t11"."observed_number")
                        END - "t11"."received_number"
                      )
                    END AS INT) AS "fate_days",
                    CAST(CASE
                      WHEN (
                        COALESCE("t11"."decided_number", "t11"."observed_number") - "t11"."received_number"
                      ) IS NULL
                      THEN COALESCE("t11"."decided_number", "t11"."observed_number") - "t11"."received_number"
                      ELSE GREATEST(
                        0,
                        COALESCE("t11"."decided_number", "t11"."observed_number") - "t11"."received_number"
                      )
                    END AS INT) AS "won_days"
                  FROM "t10" AS "t11"
                  WHERE
                    "t11"."received_number" <= CAST('⟦number⟧' AS BIGINT)
                    AND "t11"."received_number" > (
                      CAST('⟦number⟧' AS BIGINT) - 365
                    )
                    AND (
                      (
                        CAST('⟦outcomes⟧' AS VARCHAR[]) IS NULL
                      )
                      OR CAST(CAST('⟦outcomes⟧' AS VARCHAR[]) AS VARCHAR[]) @> ARRAY[CAST("t11"."outcome" AS VARCHAR)]
                    )
                    AND (
                      (
                        CAST('⟦received_from⟧' AS BIGINT) IS NULL
                      )
                      OR (
                        "t11"."received_number" >= CAST('⟦received_from⟧' AS BIGINT)
                      )
                    )
                    AND (
                      (
                        CAST('⟦received_until⟧' AS BIGINT) IS NULL
                      )
                      OR (
                        "t11"."received_number" <= CAST('⟦received_until⟧' AS BIGINT)
                      )
                    )
                    AND (
                      (
                        '⟦segment⟧' IS NULL
                      ) OR (
                        "t11"."segment" = '⟦segment⟧'
                      )
                    )
                    AND (
                      (
                        '⟦fate⟧' IS NULL
                      )
                      OR (
                        CASE
                          WHEN COALESCE("t11"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                          THEN 'accepted'
                          WHEN "t11"."outcome" = 'open'
                          THEN 'open'
                          ELSE 'refused'
                        END = '⟦fate⟧'
                      )
                    )
                ) AS "t15"
                LEFT OUTER JOIN (
                  SELECT
                    "t19"."deal_id",
                    "t19"."came_at",
                    "t19"."came_worked",
                    "t19"."came_number"
                  FROM "t18" AS "t19"
                ) AS "t21"
                  ON "t15"."deal_id" = "t21"."deal_id"
              ) AS "t24"
            ) AS "t27"
            LEFT OUTER JOIN (
              SELECT
                "t28"."deal_id",
                MIN("t28"."working_seconds") AS "answered_worked",
                MIN("t28"."happened_number") AS "answered_number"
              FROM (
                SELECT
                  *
                FROM (
                  SELECT
                    "t9"."touchpoint_id",
                    "t9"."account_id",
                    "t9"."person_id",
                    "t9"."user_id",
                    "t9"."direction",
                    "t9"."channel",
                    "t9"."act",
                    "t9"."source",
                    "t9"."happened_at",
                    "t9"."happened_number",
                    "t9"."working_seconds",
                    "t23"."deal_id",
                    "t23"."came_at"
                  FROM (
                    SELECT
                      *
                    FROM "fact_touchpoint" AS "t0"
                    WHERE
                      "t0"."account_id" IS NOT NULL
                      AND "t0"."happened_number" <= CAST('⟦number⟧' AS BIGINT)
                      AND "t0"."happened_number" > (
                        CAST('⟦number⟧' AS BIGINT) - 368
                      )
                      AND "t0"."direction" = 'out'
                  ) AS "t9"
                  INNER JOIN (
                    SELECT
                      "t19"."deal_id",
                      "t19"."account_id",
                      "t19"."came_at"
                    FROM "t18" AS "t19"
                  ) AS "t23"
                    ON "t9"."account_id" = "t23"."account_id"
                ) AS "t26"
                WHERE
                  "t26"."happened_at" >= "t26"."came_at"
              ) AS "t28"
              GROUP BY
                1
            ) AS "t30"
              ON "t27"."deal_id" = "t30"."deal_id"
          ) AS "t31"
        ) AS "t32"
      ) AS "t34"
        ON "t9"."account_id" = "t34"."account_id"
    ) AS "t35"
    WHERE
      "t35"."happened_number" >= (
        "t35"."received_number" - 3
      )
  ) AS "t36"
  GROUP BY
    1,
    2
)
SELECT
  "t55"."uid",
  "t55"."name",
  "t55"."stage",
  "t55"."process_version_id",
  "t55"."outcome",
  "t55"."proof",
  "t55"."amount",
  "t55"."currency",
  "t55"."owner_id",
  "t55"."engaged_since",
  "t55"."decided_on",
  "t55"."received_number",
  "t55"."found",
  "t55"."minutes",
  "t55"."fate_days" AS "days"
FROM (
  SELECT
    "t54"."deal_id",
    "t54"."uid",
    "t54"."name",
    "t54"."segment",
    "t54"."stage",
    "t54"."phase",
    "t54"."position",
    "t54"."process",
    "t54"."process_version_id",
    "t54"."outcome",
    "t54"."proof",
    "t54"."amount",
    "t54"."currency",
    "t54"."expected_close",
    "t54"."owner_id",
    "t54"."engaged_since",
    "t54"."decided_on",
    "t54"."rests",
    "t54"."has_history",
    "t54"."decided_number",
    "t54"."version",
    "t54"."engaged_days",
    "t54"."buyer_days",
    "t54"."observed_on",
    "t54"."observed_number",
    "t54"."in_pipeline",
    "t54"."lead_id",
    "t54"."account_id",
    "t54"."received_number",
    "t54"."accepted_number",
    "t54"."fate",
    "t54"."fate_days",
    "t54"."won_days",
    "t54"."came_at",
    "t54"."came_worked",
    "t54"."came_number",
    "t54"."answered_worked",
    "t54"."answered_number",
    "t54"."minutes",
    "t54"."has_answer",
    "t54"."went_at",
    "t54"."went_worked",
    "t54"."went_number",
    "t54"."replied_worked",
    "t54"."replied_number",
    "t54"."reply_days",
    "t54"."has_reply",
    "t54"."came",
    "t54"."went",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "found",
    ROW_NUMBER() OVER (
      ORDER BY "t54"."minutes" DESC NULLS LAST, "t54"."deal_id" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "place"
  FROM (
    SELECT
      "t53"."deal_id",
      "t53"."uid",
      "t53"."name",
      "t53"."segment",
      "t53"."stage",
      "t53"."phase",
      "t53"."position",
      "t53"."process",
      "t53"."process_version_id",
      "t53"."outcome",
      "t53"."proof",
      "t53"."amount",
      "t53"."currency",
      "t53"."expected_close",
      "t53"."owner_id",
      "t53"."engaged_since",
      "t53"."decided_on",
      "t53"."rests",
      "t53"."has_history",
      "t53"."decided_number",
      "t53"."version",
      "t53"."engaged_days",
      "t53"."buyer_days",
      "t53"."observed_on",
      "t53"."observed_number",
      "t53"."in_pipeline",
      "t53"."lead_id",
      "t53"."account_id",
      "t53"."received_number",
      "t53"."accepted_number",
      "t53"."fate",
      "t53"."fate_days",
      "t53"."won_days",
      "t53"."came_at",
      "t53"."came_worked",
      "t53"."came_number",
      "t53"."answered_worked",
      "t53"."answered_number",
      "t53"."minutes",
      "t53"."has_answer",
      "t53"."went_at",
      "t53"."went_worked",
      "t53"."went_number",
      "t53"."replied_worked",
      "t53"."replied_number",
      CAST(CASE
        WHEN (
          COALESCE("t53"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t53"."went_number"
        ) IS NULL
        THEN COALESCE("t53"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t53"."went_number"
        ELSE LEAST(
          31,
          COALESCE("t53"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t53"."went_number"
        )
      END AS INT) AS "reply_days",
      COALESCE((
        "t53"."replied_number" - "t53"."went_number"
      ) <= 30, FALSE) AS "has_reply",
      "t53"."minutes" IS NOT NULL AS "came",
      CAST(CASE
        WHEN (
          COALESCE("t53"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t53"."went_number"
        ) IS NULL
        THEN COALESCE("t53"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t53"."went_number"
        ELSE LEAST(
          31,
          COALESCE("t53"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t53"."went_number"
        )
      END AS INT) IS NOT NULL AS "went"
    FROM (
      SELECT
        "t52"."deal_id",
        "t52"."uid",
        "t52"."name",
        "t52"."segment",
        "t52"."stage",
        "t52"."phase",
        "t52"."position",
        "t52"."process",
        "t52"."process_version_id",
        "t52"."outcome",
        "t52"."proof",
        "t52"."amount",
        "t52"."currency",
        "t52"."expected_close",
        "t52"."owner_id",
        "t52"."engaged_since",
        "t52"."decided_on",
        "t52"."rests",
        "t52"."has_history",
        "t52"."decided_number",
        "t52"."version",
        "t52"."engaged_days",
        "t52"."buyer_days",
        "t52"."observed_on",
        "t52"."observed_number",
        "t52"."in_pipeline",
        "t52"."lead_id",
        "t52"."account_id",
        "t52"."received_number",
        "t52"."accepted_number",
        "t52"."fate",
        "t52"."fate_days",
        "t52"."won_days",
        "t52"."came_at",
        "t52"."came_worked",
        "t52"."came_number",
        "t52"."answered_worked",
        "t52"."answered_number",
        "t52"."minutes",
        "t52"."has_answer",
        "t52"."went_at",
        "t52"."went_worked",
        "t52"."went_number",
        "t52"."replied_worked",
        "t52"."replied_number"
      FROM (
        SELECT
          "t48"."deal_id",
          "t48"."uid",
          "t48"."name",
          "t48"."segment",
          "t48"."stage",
          "t48"."phase",
          "t48"."position",
          "t48"."process",
          "t48"."process_version_id",
          "t48"."outcome",
          "t48"."proof",
          "t48"."amount",
          "t48"."currency",
          "t48"."expected_close",
          "t48"."owner_id",
          "t48"."engaged_since",
          "t48"."decided_on",
          "t48"."rests",
          "t48"."has_history",
          "t48"."decided_number",
          "t48"."version",
          "t48"."engaged_days",
          "t48"."buyer_days",
          "t48"."observed_on",
          "t48"."observed_number",
          "t48"."in_pipeline",
          "t48"."lead_id",
          "t48"."account_id",
          "t48"."received_number",
          "t48"."accepted_number",
          "t48"."fate",
          "t48"."fate_days",
          "t48"."won_days",
          "t48"."came_at",
          "t48"."came_worked",
          "t48"."came_number",
          "t48"."answered_worked",
          "t48"."answered_number",
          "t48"."minutes",
          "t48"."has_answer",
          "t48"."went_at",
          "t48"."went_worked",
          "t48"."went_number",
          "t51"."deal_id" AS "deal_id_right",
          "t51"."replied_worked",
          "t51"."replied_number"
        FROM (
          SELECT
            "t45"."deal_id",
            "t45"."uid",
            "t45"."name",
            "t45"."segment",
            "t45"."stage",
            "t45"."phase",
            "t45"."position",
            "t45"."process",
            "t45"."process_version_id",
            "t45"."outcome",
            "t45"."proof",
            "t45"."amount",
            "t45"."currency",
            "t45"."expected_close",
            "t45"."owner_id",
            "t45"."engaged_since",
            "t45"."decided_on",
            "t45"."rests",
            "t45"."has_history",
            "t45"."decided_number",
            "t45"."version",
            "t45"."engaged_days",
            "t45"."buyer_days",
            "t45"."observed_on",
            "t45"."observed_number",
            "t45"."in_pipeline",
            "t45"."lead_id",
            "t45"."account_id",
            "t45"."received_number",
            "t45"."accepted_number",
            "t45"."fate",
            "t45"."fate_days",
            "t45"."won_days",
            "t45"."came_at",
            "t45"."came_worked",
            "t45"."came_number",
            "t45"."answered_worked",
            "t45"."answered_number",
            "t45"."minutes",
            "t45"."has_answer",
            "t45"."went_at",
            "t45"."went_worked",
            "t45"."went_number"
          FROM (
            SELECT
              "t43"."deal_id",
              "t43"."uid",
              "t43"."name",
              "t43"."segment",
              "t43"."stage",
              "t43"."phase",
              "t43"."position",
              "t43"."process",
              "t43"."process_version_id",
              "t43"."outcome",
              "t43"."proof",
              "t43"."amount",
              "t43"."currency",
              "t43"."expected_close",
              "t43"."owner_id",
              "t43"."engaged_since",
              "t43"."decided_on",
              "t43"."rests",
              "t43"."has_history",
              "t43"."decided_number",
              "t43"."version",
              "t43"."engaged_days",
              "t43"."buyer_days",
              "t43"."observed_on",
              "t43"."observed_number",
              "t43"."in_pipeline",
              "t43"."lead_id",
              "t43"."account_id",
              "t43"."received_number",
              "t43"."accepted_number",
              "t43"."fate",
              "t43"."fate_days",
              "t43"."won_days",
              "t43"."came_at",
              "t43"."came_worked",
              "t43"."came_number",
              "t43"."answered_worked",
              "t43"."answered_number",
              "t43"."minutes",
              "t43"."has_answer",
              "t41"."deal_id" AS "deal_id_right",
              "t41"."went_at",
              "t41"."went_worked",
              "t41"."went_number"
            FROM (
              SELECT
                "t32"."deal_id",
                "t32"."uid",
                "t32"."name",
                "t32"."segment",
                "t32"."stage",
                "t32"."phase",
                "t32"."position",
                "t32"."process",
                "t32"."process_version_id",
                "t32"."outcome",
                "t32"."proof",
                "t32"."amount",
                "t32"."currency",
                "t32"."expected_close",
                "t32"."owner_id",
                "t32"."engaged_since",
                "t32"."decided_on",
                "t32"."rests",
                "t32"."has_history",
                "t32"."decided_number",
                "t32"."version",
                "t32"."engaged_days",
                "t32"."buyer_days",
                "t32"."observed_on",
                "t32"."observed_number",
                "t32"."in_pipeline",
                "t32"."lead_id",
                "t32"."account_id",
                "t32"."received_number",
                "t32"."accepted_number",
                "t32"."fate",
                "t32"."fate_days",
                "t32"."won_days",
                "t32"."came_at",
                "t32"."came_worked",
                "t32"."came_number",
                "t32"."answered_worked",
                "t32"."answered_number",
                CAST(CASE
                  WHEN CAST(FLOOR(
                    CAST((
                      COALESCE(
                        "t32"."answered_worked",
                        (
                          (
                            (
                              CAST(FLOOR(
                                CAST((
                                  CASE
                                    WHEN (
                                      "t32"."outcome" = 'open'
                                    ) OR "t32"."outcome" IN ('lost', 'declined')
                                    THEN "t32"."observed_number"
                                    ELSE "t32"."decided_number"
                                  END + 1 + 3
                                ) AS DOUBLE PRECISION) / (
                                  7
                                )
                              ) AS BIGINT) * 5
                            ) + LEAST(
                              (
                                CASE
                                  WHEN (
                                    "t32"."outcome" = 'open'
                                  ) OR "t32"."outcome" IN ('lost', 'declined')
                                  THEN "t32"."observed_number"
                                  ELSE "t32"."decided_number"
                                END + 1 + 3
                              ) % 7,
                              5
                            )
                          ) - 3
                        ) * 36000
                      ) - "t32"."came_worked"
                    ) AS DOUBLE PRECISION) / (
                      60
                    )
                  ) AS BIGINT) IS NULL
                  THEN CAST(FLOOR(
                    CAST((
                      COALESCE(
                        "t32"."answered_worked",
                        (
                          (
                            (
                              CAST(FLOOR(
                                CAST((
                                  CASE
                                    WHEN (
                                      "t32"."outcome" = 'open'
                                    ) OR "t32"."outcome" IN ('lost', 'declined')
                                    THEN "t32"."observed_number"
                                    ELSE "t32"."decided_number"
                                  END + 1 + 3
                                ) AS DOUBLE PRECISION) / (
                                  7
                                )
                              ) AS BIGINT) * 5
                            ) + LEAST(
                              (
                                CASE
                                  WHEN (
                                    "t32"."outcome" = 'open'
                                  ) OR "t32"."outcome" IN ('lost', 'declined')
                                  THEN "t32"."observed_number"
                                  ELSE "t32"."decided_number"
                                END + 1 + 3
                              ) % 7,
                              5
                            )
                          ) - 3
                        ) * 36000
                      ) - "t32"."came_worked"
                    ) AS DOUBLE PRECISION) / (
                      60
                    )
                  ) AS BIGINT)
                  ELSE GREATEST(
                    0,
                    CAST(FLOOR(
                      CAST((
                        COALESCE(
                          "t32"."answered_worked",
                          (
                            (
                              (
                                CAST(FLOOR(
                                  CAST((
                                    CASE
                                      WHEN (
                                        "t32"."outcome" = 'open'
                                      ) OR "t32"."outcome" IN ('lost', 'declined')
                                      THEN "t32"."observed_number"
                                      ELSE "t32"."decided_number"
                                    END + 1 + 3
                                  ) AS DOUBLE PRECISION) / (
                                    7
                                  )
                                ) AS BIGINT) * 5
                              ) + LEAST(
                                (
                                  CASE
                                    WHEN (
                                      "t32"."outcome" = 'open'
                                    ) OR "t32"."outcome" IN ('lost', 'declined')
                                    THEN "t32"."observed_number"
                                    ELSE "t32"."decided_number"
                                  END + 1 + 3
                                ) % 7,
                                5
                              )
                            ) - 3
                          ) * 36000
                        ) - "t32"."came_worked"
                      ) AS DOUBLE PRECISION) / (
                        60
                      )
                    ) AS BIGINT)
                  )
                END AS INT) AS "minutes",
                "t32"."answered_worked" IS NOT NULL AS "has_answer"
              FROM (
                SELECT
                  "t31"."deal_id",
                  "t31"."uid",
                  "t31"."name",
                  "t31"."segment",
                  "t31"."stage",
                  "t31"."phase",
                  "t31"."position",
                  "t31"."process",
                  "t31"."process_version_id",
                  "t31"."outcome",
                  "t31"."proof",
                  "t31"."amount",
                  "t31"."currency",
                  "t31"."expected_close",
                  "t31"."owner_id",
                  "t31"."engaged_since",
                  "t31"."decided_on",
                  "t31"."rests",
                  "t31"."has_history",
                  "t31"."decided_number",
                  "t31"."version",
                  "t31"."engaged_days",
                  "t31"."buyer_days",
                  "t31"."observed_on",
                  "t31"."observed_number",
                  "t31"."in_pipeline",
                  "t31"."lead_id",
                  "t31"."account_id",
                  "t31"."received_number",
                  "t31"."accepted_number",
                  "t31"."fate",
                  "t31"."fate_days",
                  "t31"."won_days",
                  "t31"."came_at",
                  "t31"."came_worked",
                  "t31"."came_number",
                  "t31"."answered_worked",
                  "t31"."answered_number"
                FROM (
                  SELECT
                    "t27"."deal_id",
                    "t27"."uid",
                    "t27"."name",
                    "t27"."segment",
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
                    "t27"."decided_number",
                    "t27"."version",
                    "t27"."engaged_days",
                    "t27"."buyer_days",
                    "t27"."observed_on",
                    "t27"."observed_number",
                    "t27"."in_pipeline",
                    "t27"."lead_id",
                    "t27"."account_id",
                    "t27"."received_number",
                    "t27"."accepted_number",
                    "t27"."fate",
                    "t27"."fate_days",
                    "t27"."won_days",
                    "t27"."came_at",
                    "t27"."came_worked",
                    "t27"."came_number",
                    "t30"."deal_id" AS "deal_id_right",
                    "t30"."answered_worked",
                    "t30"."answered_number"
                  FROM (
                    SELECT
                      "t24"."deal_id",
                      "t24"."uid",
                      "t24"."name",
                      "t24"."segment",
                      "t24"."stage",
                      "t24"."phase",
                      "t24"."position",
                      "t24"."process",
                      "t24"."process_version_id",
                      "t24"."outcome",
                      "t24"."proof",
                      "t24"."amount",
                      "t24"."currency",
                      "t24"."expected_close",
                      "t24"."owner_id",
                      "t24"."engaged_since",
                      "t24"."decided_on",
                      "t24"."rests",
                      "t24"."has_history",
                      "t24"."decided_number",
                      "t24"."version",
                      "t24"."engaged_days",
                      "t24"."buyer_days",
                      "t24"."observed_on",
                      "t24"."observed_number",
                      "t24"."in_pipeline",
                      "t24"."lead_id",
                      "t24"."account_id",
                      "t24"."received_number",
                      "t24"."accepted_number",
                      "t24"."fate",
                      "t24"."fate_days",
                      "t24"."won_days",
                      "t24"."came_at",
                      "t24"."came_worked",
                      "t24"."came_number"
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
                        "t21"."deal_id" AS "deal_id_right",
                        "t21"."came_at",
                        "t21"."came_worked",
                        "t21"."came_number"
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
                          CASE
                            WHEN COALESCE("t11"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                            THEN 'accepted'
                            WHEN "t11"."outcome" = 'open'
                            THEN 'open'
                            ELSE 'refused'
                          END AS "fate",
                          CAST(CASE
                            WHEN (
                              CASE
                                WHEN COALESCE("t11"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                                THEN "t11"."accepted_number"
                                ELSE COALESCE("t11"."decided_number", "t11"."observed_number")
                              END - "t11"."received_number"
                            ) IS NULL
                            THEN CASE
                              WHEN COALESCE("t11"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                              THEN "t11"."accepted_number"
                              ELSE COALESCE("t11"."decided_number", "t11"."observed_number")
                            END - "t11"."received_number"
                            ELSE GREATEST(
                              0,
                              CASE
                                WHEN COALESCE("t11"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                                THEN "t11"."accepted_number"
                                ELSE COALESCE("t11"."decided_number", "t11"."observed_number")
                              END - "t11"."received_number"
                            )
                          END AS INT) AS "fate_days",
                          CAST(CASE
                            WHEN (
                              COALESCE("t11"."decided_number", "t11"."observed_number") - "t11"."received_number"
                            ) IS NULL
                            THEN COALESCE("t11"."decided_number", "t11"."observed_number") - "t11"."received_number"
                            ELSE GREATEST(
                              0,
                              COALESCE("t11"."decided_number", "t11"."observed_number") - "t11"."received_number"
                            )
                          END AS INT) AS "won_days"
                        FROM "t10" AS "t11"
                        WHERE
                          "t11"."received_number" <= CAST('⟦number⟧' AS BIGINT)
                          AND "t11"."received_number" > (
                            CAST('⟦number⟧' AS BIGINT) - 365
                          )
                          AND (
                            (
                              CAST('⟦outcomes⟧' AS VARCHAR[]) IS NULL
                            )
                            OR CAST(CAST('⟦outcomes⟧' AS VARCHAR[]) AS VARCHAR[]) @> ARRAY[CAST("t11"."outcome" AS VARCHAR)]
                          )
                          AND (
                            (
                              CAST('⟦received_from⟧' AS BIGINT) IS NULL
                            )
                            OR (
                              "t11"."received_number" >= CAST('⟦received_from⟧' AS BIGINT)
                            )
                          )
                          AND (
                            (
                              CAST('⟦received_until⟧' AS BIGINT) IS NULL
                            )
                            OR (
                              "t11"."received_number" <= CAST('⟦received_until⟧' AS BIGINT)
                            )
                          )
                          AND (
                            (
                              '⟦segment⟧' IS NULL
                            ) OR (
                              "t11"."segment" = '⟦segment⟧'
                            )
                          )
                          AND (
                            (
                              '⟦fate⟧' IS NULL
                            )
                            OR (
                              CASE
                                WHEN COALESCE("t11"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                                THEN 'accepted'
                                WHEN "t11"."outcome" = 'open'
                                THEN 'open'
                                ELSE 'refused'
                              END = '⟦fate⟧'
                            )
                          )
                      ) AS "t15"
                      LEFT OUTER JOIN (
                        SELECT
                          "t19"."deal_id",
                          "t19"."came_at",
                          "t19"."came_worked",
                          "t19"."came_number"
                        FROM "t18" AS "t19"
                      ) AS "t21"
                        ON "t15"."deal_id" = "t21"."deal_id"
                    ) AS "t24"
                  ) AS "t27"
                  LEFT OUTER JOIN (
                    SELECT
                      "t28"."deal_id",
                      MIN("t28"."working_seconds") AS "answered_worked",
                      MIN("t28"."happened_number") AS "answered_number"
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          "t9"."touchpoint_id",
                          "t9"."account_id",
                          "t9"."person_id",
                          "t9"."user_id",
                          "t9"."direction",
                          "t9"."channel",
                          "t9"."act",
                          "t9"."source",
                          "t9"."happened_at",
                          "t9"."happened_number",
                          "t9"."working_seconds",
                          "t23"."deal_id",
                          "t23"."came_at"
                        FROM (
                          SELECT
                            *
                          FROM "fact_touchpoint" AS "t0"
                          WHERE
                            "t0"."account_id" IS NOT NULL
                            AND "t0"."happened_number" <= CAST('⟦number⟧' AS BIGINT)
                            AND "t0"."happened_number" > (
                              CAST('⟦number⟧' AS BIGINT) - 368
                            )
                            AND "t0"."direction" = 'out'
                        ) AS "t9"
                        INNER JOIN (
                          SELECT
                            "t19"."deal_id",
                            "t19"."account_id",
                            "t19"."came_at"
                          FROM "t18" AS "t19"
                        ) AS "t23"
                          ON "t9"."account_id" = "t23"."account_id"
                      ) AS "t26"
                      WHERE
                        "t26"."happened_at" >= "t26"."came_at"
                    ) AS "t28"
                    GROUP BY
                      1
                  ) AS "t30"
                    ON "t27"."deal_id" = "t30"."deal_id"
                ) AS "t31"
              ) AS "t32"
            ) AS "t43"
            LEFT OUTER JOIN (
              SELECT
                "t38"."deal_id",
                "t38"."went_at",
                "t38"."went_worked",
                "t38"."went_number"
              FROM "t37" AS "t38"
            ) AS "t41"
              ON "t43"."deal_id" = "t41"."deal_id"
          ) AS "t45"
        ) AS "t48"
        LEFT OUTER JOIN (
          SELECT
            "t49"."deal_id",
            MIN("t49"."working_seconds") AS "replied_worked",
            MIN("t49"."happened_number") AS "replied_number"
          FROM (
            SELECT
              *
            FROM (
              SELECT
                "t8"."touchpoint_id",
                "t8"."account_id",
                "t8"."person_id",
                "t8"."user_id",
                "t8"."direction",
                "t8"."channel",
                "t8"."act",
                "t8"."source",
                "t8"."happened_at",
                "t8"."happened_number",
                "t8"."working_seconds",
                "t44"."deal_id",
                "t44"."went_at"
              FROM (
                SELECT
                  *
                FROM "fact_touchpoint" AS "t0"
                WHERE
                  "t0"."account_id" IS NOT NULL
                  AND "t0"."happened_number" <= CAST('⟦number⟧' AS BIGINT)
                  AND "t0"."happened_number" > (
                    CAST('⟦number⟧' AS BIGINT) - 368
                  )
                  AND "t0"."direction" = 'in'
                  AND "t0"."act" IN ('wrote', 'called', 'met', 'attended', 'submitted', 'commented')
              ) AS "t8"
              INNER JOIN (
                SELECT
                  "t38"."deal_id",
                  "t38"."account_id",
                  "t38"."went_at"
                FROM "t37" AS "t38"
              ) AS "t44"
                ON "t8"."account_id" = "t44"."account_id"
            ) AS "t46"
            WHERE
              "t46"."happened_at" >= "t46"."went_at"
          ) AS "t49"
          GROUP BY
            1
        ) AS "t51"
          ON "t48"."deal_id" = "t51"."deal_id"
      ) AS "t52"
    ) AS "t53"
    WHERE
      (
        (
          CAST('⟦came⟧' AS BOOLEAN) IS NULL
        )
        OR (
          (
            "t53"."minutes" IS NOT NULL
          ) = CAST('⟦came⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          CAST('⟦has_answer⟧' AS BOOLEAN) IS NULL
        )
        OR (
          "t53"."has_answer" = CAST('⟦has_answer⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          CAST('⟦went⟧' AS BOOLEAN) IS NULL
        )
        OR (
          (
            CAST(CASE
              WHEN (
                COALESCE("t53"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t53"."went_number"
              ) IS NULL
              THEN COALESCE("t53"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t53"."went_number"
              ELSE LEAST(
                31,
                COALESCE("t53"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t53"."went_number"
              )
            END AS INT) IS NOT NULL
          ) = CAST('⟦went⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          CAST('⟦has_reply⟧' AS BOOLEAN) IS NULL
        )
        OR (
          COALESCE((
            "t53"."replied_number" - "t53"."went_number"
          ) <= 30, FALSE) = CAST('⟦has_reply⟧' AS BOOLEAN)
        )
      )
  ) AS "t54"
) AS "t55"
WHERE
  "t55"."place" >= CAST('⟦skip⟧' AS BIGINT)
  AND "t55"."place" < (
    CAST('⟦skip⟧' AS BIGINT) + 50
  )
ORDER BY
  "t55"."place" ASC
