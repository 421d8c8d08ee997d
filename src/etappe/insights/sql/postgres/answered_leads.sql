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
), "t20" AS (
  SELECT
    "t18"."deal_id",
    "t18"."account_id",
    MIN("t18"."happened_at") AS "went_at",
    MIN("t18"."working_seconds") AS "went_worked",
    MIN("t18"."happened_number") AS "went_number"
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
          AND "t0"."direction" = 'out'
      ) AS "t9"
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
        ON "t9"."account_id" = "t13"."account_id"
    ) AS "t16"
    WHERE
      "t16"."happened_number" >= (
        "t16"."received_number" - 3
      )
  ) AS "t18"
  GROUP BY
    1,
    2
), "t21" AS (
  SELECT
    "t19"."deal_id",
    "t19"."account_id",
    MIN("t19"."happened_at") AS "came_at",
    MIN("t19"."working_seconds") AS "came_worked",
    MIN("t19"."happened_number") AS "came_number"
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
    ) AS "t17"
    WHERE
      "t17"."happened_number" >= (
        "t17"."received_number" - 3
      )
  ) AS "t19"
  GROUP BY
    1,
    2
)
SELECT
  "t52"."uid",
  "t52"."name",
  "t52"."stage",
  "t52"."process_version_id",
  "t52"."outcome",
  "t52"."proof",
  "t52"."amount",
  "t52"."currency",
  "t52"."owner_id",
  "t52"."engaged_since",
  "t52"."decided_on",
  "t52"."received_number",
  "t52"."found",
  "t52"."minutes",
  "t52"."fate_days" AS "days"
FROM (
  SELECT
    "t51"."deal_id",
    "t51"."uid",
    "t51"."name",
    "t51"."segment",
    "t51"."stage",
    "t51"."phase",
    "t51"."position",
    "t51"."process",
    "t51"."process_version_id",
    "t51"."outcome",
    "t51"."proof",
    "t51"."amount",
    "t51"."currency",
    "t51"."expected_close",
    "t51"."owner_id",
    "t51"."engaged_since",
    "t51"."decided_on",
    "t51"."rests",
    "t51"."has_history",
    "t51"."decided_number",
    "t51"."version",
    "t51"."engaged_days",
    "t51"."buyer_days",
    "t51"."observed_on",
    "t51"."observed_number",
    "t51"."in_pipeline",
    "t51"."lead_id",
    "t51"."account_id",
    "t51"."received_number",
    "t51"."accepted_number",
    "t51"."fate",
    "t51"."fate_days",
    "t51"."won_days",
    "t51"."came_at",
    "t51"."came_worked",
    "t51"."came_number",
    "t51"."answered_worked",
    "t51"."answered_number",
    "t51"."went_at",
    "t51"."went_worked",
    "t51"."went_number",
    "t51"."replied_worked",
    "t51"."replied_number",
    "t51"."minutes",
    "t51"."has_answer",
    "t51"."reply_days",
    "t51"."has_reply",
    "t51"."came",
    "t51"."went",
    COUNT(*) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS "found",
    ROW_NUMBER() OVER (
      ORDER BY "t51"."minutes" DESC NULLS LAST, "t51"."deal_id" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "place"
  FROM (
    SELECT
      "t50"."deal_id",
      "t50"."uid",
      "t50"."name",
      "t50"."segment",
      "t50"."stage",
      "t50"."phase",
      "t50"."position",
      "t50"."process",
      "t50"."process_version_id",
      "t50"."outcome",
      "t50"."proof",
      "t50"."amount",
      "t50"."currency",
      "t50"."expected_close",
      "t50"."owner_id",
      "t50"."engaged_since",
      "t50"."decided_on",
      "t50"."rests",
      "t50"."has_history",
      "t50"."decided_number",
      "t50"."version",
      "t50"."engaged_days",
      "t50"."buyer_days",
      "t50"."observed_on",
      "t50"."observed_number",
      "t50"."in_pipeline",
      "t50"."lead_id",
      "t50"."account_id",
      "t50"."received_number",
      "t50"."accepted_number",
      "t50"."fate",
      "t50"."fate_days",
      "t50"."won_days",
      "t50"."came_at",
      "t50"."came_worked",
      "t50"."came_number",
      "t50"."answered_worked",
      "t50"."answered_number",
      "t50"."went_at",
      "t50"."went_worked",
      "t50"."went_number",
      "t50"."replied_worked",
      "t50"."replied_number",
      CAST(CASE
        WHEN CAST(FLOOR(
          CAST((
            COALESCE("t50"."answered_worked", CAST('⟦worked⟧' AS BIGINT)) - "t50"."came_worked"
          ) AS DOUBLE PRECISION) / (
            60
          )
        ) AS BIGINT) IS NULL
        THEN CAST(FLOOR(
          CAST((
            COALESCE("t50"."answered_worked", CAST('⟦worked⟧' AS BIGINT)) - "t50"."came_worked"
          ) AS DOUBLE PRECISION) / (
            60
          )
        ) AS BIGINT)
        ELSE GREATEST(
          0,
          CAST(FLOOR(
            CAST((
              COALESCE("t50"."answered_worked", CAST('⟦worked⟧' AS BIGINT)) - "t50"."came_worked"
            ) AS DOUBLE PRECISION) / (
              60
            )
          ) AS BIGINT)
        )
      END AS INT) AS "minutes",
      "t50"."answered_worked" IS NOT NULL AS "has_answer",
      CAST(CASE
        WHEN (
          COALESCE("t50"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t50"."went_number"
        ) IS NULL
        THEN COALESCE("t50"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t50"."went_number"
        ELSE LEAST(
          31,
          COALESCE("t50"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t50"."went_number"
        )
      END AS INT) AS "reply_days",
      COALESCE((
        "t50"."replied_number" - "t50"."went_number"
      ) <= 30, FALSE) AS "has_reply",
      CAST(CASE
        WHEN CAST(FLOOR(
          CAST((
            COALESCE("t50"."answered_worked", CAST('⟦worked⟧' AS BIGINT)) - "t50"."came_worked"
          ) AS DOUBLE PRECISION) / (
            60
          )
        ) AS BIGINT) IS NULL
        THEN CAST(FLOOR(
          CAST((
            COALESCE("t50"."answered_worked", CAST('⟦worked⟧' AS BIGINT)) - "t50"."came_worked"
          ) AS DOUBLE PRECISION) / (
            60
          )
        ) AS BIGINT)
        ELSE GREATEST(
          0,
          CAST(FLOOR(
            CAST((
              COALESCE("t50"."answered_worked", CAST('⟦worked⟧' AS BIGINT)) - "t50"."came_worked"
            ) AS DOUBLE PRECISION) / (
              60
            )
          ) AS BIGINT)
        )
      END AS INT) IS NOT NULL AS "came",
      CAST(CASE
        WHEN (
          COALESCE("t50"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t50"."went_number"
        ) IS NULL
        THEN COALESCE("t50"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t50"."went_number"
        ELSE LEAST(
          31,
          COALESCE("t50"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t50"."went_number"
        )
      END AS INT) IS NOT NULL AS "went"
    FROM (
      SELECT
        "t49"."deal_id",
        "t49"."uid",
        "t49"."name",
        "t49"."segment",
        "t49"."stage",
        "t49"."phase",
        "t49"."position",
        "t49"."process",
        "t49"."process_version_id",
        "t49"."outcome",
        "t49"."proof",
        "t49"."amount",
        "t49"."currency",
        "t49"."expected_close",
        "t49"."owner_id",
        "t49"."engaged_since",
        "t49"."decided_on",
        "t49"."rests",
        "t49"."has_history",
        "t49"."decided_number",
        "t49"."version",
        "t49"."engaged_days",
        "t49"."buyer_days",
        "t49"."observed_on",
        "t49"."observed_number",
        "t49"."in_pipeline",
        "t49"."lead_id",
        "t49"."account_id",
        "t49"."received_number",
        "t49"."accepted_number",
        "t49"."fate",
        "t49"."fate_days",
        "t49"."won_days",
        "t49"."came_at",
        "t49"."came_worked",
        "t49"."came_number",
        "t49"."answered_worked",
        "t49"."answered_number",
        "t49"."went_at",
        "t49"."went_worked",
        "t49"."went_number",
        "t49"."replied_worked",
        "t49"."replied_number"
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
          "t48"."went_at",
          "t48"."went_worked",
          "t48"."went_number",
          "t41"."deal_id" AS "deal_id_right",
          "t41"."replied_worked",
          "t41"."replied_number"
        FROM (
          SELECT
            "t46"."deal_id",
            "t46"."uid",
            "t46"."name",
            "t46"."segment",
            "t46"."stage",
            "t46"."phase",
            "t46"."position",
            "t46"."process",
            "t46"."process_version_id",
            "t46"."outcome",
            "t46"."proof",
            "t46"."amount",
            "t46"."currency",
            "t46"."expected_close",
            "t46"."owner_id",
            "t46"."engaged_since",
            "t46"."decided_on",
            "t46"."rests",
            "t46"."has_history",
            "t46"."decided_number",
            "t46"."version",
            "t46"."engaged_days",
            "t46"."buyer_days",
            "t46"."observed_on",
            "t46"."observed_number",
            "t46"."in_pipeline",
            "t46"."lead_id",
            "t46"."account_id",
            "t46"."received_number",
            "t46"."accepted_number",
            "t46"."fate",
            "t46"."fate_days",
            "t46"."won_days",
            "t46"."came_at",
            "t46"."came_worked",
            "t46"."came_number",
            "t46"."answered_worked",
            "t46"."answered_number",
            "t46"."went_at",
            "t46"."went_worked",
            "t46"."went_number"
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
              "t26"."deal_id" AS "deal_id_right",
              "t26"."went_at",
              "t26"."went_worked",
              "t26"."went_number"
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
                "t43"."answered_number"
              FROM (
                SELECT
                  "t36"."deal_id",
                  "t36"."uid",
                  "t36"."name",
                  "t36"."segment",
                  "t36"."stage",
                  "t36"."phase",
                  "t36"."position",
                  "t36"."process",
                  "t36"."process_version_id",
                  "t36"."outcome",
                  "t36"."proof",
                  "t36"."amount",
                  "t36"."currency",
                  "t36"."expected_close",
                  "t36"."owner_id",
                  "t36"."engaged_since",
                  "t36"."decided_on",
                  "t36"."rests",
                  "t36"."has_history",
                  "t36"."decided_number",
                  "t36"."version",
                  "t36"."engaged_days",
                  "t36"."buyer_days",
                  "t36"."observed_on",
                  "t36"."observed_number",
                  "t36"."in_pipeline",
                  "t36"."lead_id",
                  "t36"."account_id",
                  "t36"."received_number",
                  "t36"."accepted_number",
                  "t36"."fate",
                  "t36"."fate_days",
                  "t36"."won_days",
                  "t36"."came_at",
                  "t36"."came_worked",
                  "t36"."came_number",
                  "t42"."deal_id" AS "deal_id_right",
                  "t42"."answered_worked",
                  "t42"."answered_number"
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
                    "t32"."came_number"
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
                      "t28"."deal_id" AS "deal_id_right",
                      "t28"."came_at",
                      "t28"."came_worked",
                      "t28"."came_number"
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
                        "t23"."deal_id",
                        "t23"."came_at",
                        "t23"."came_worked",
                        "t23"."came_number"
                      FROM "t21" AS "t23"
                    ) AS "t28"
                      ON "t15"."deal_id" = "t28"."deal_id"
                  ) AS "t32"
                ) AS "t36"
                LEFT OUTER JOIN (
                  SELECT
                    "t38"."deal_id",
                    MIN("t38"."working_seconds") AS "answered_worked",
                    MIN("t38"."happened_number") AS "answered_number"
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
                        "t31"."deal_id",
                        "t31"."came_at"
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
                          "t23"."deal_id",
                          "t23"."account_id",
                          "t23"."came_at"
                        FROM "t21" AS "t23"
                      ) AS "t31"
                        ON "t9"."account_id" = "t31"."account_id"
                    ) AS "t35"
                    WHERE
                      "t35"."happened_at" >= "t35"."came_at"
                  ) AS "t38"
                  GROUP BY
                    1
                ) AS "t42"
                  ON "t36"."deal_id" = "t42"."deal_id"
              ) AS "t43"
            ) AS "t45"
            LEFT OUTER JOIN (
              SELECT
                "t22"."deal_id",
                "t22"."went_at",
                "t22"."went_worked",
                "t22"."went_number"
              FROM "t20" AS "t22"
            ) AS "t26"
              ON "t45"."deal_id" = "t26"."deal_id"
          ) AS "t46"
        ) AS "t48"
        LEFT OUTER JOIN (
          SELECT
            "t37"."deal_id",
            MIN("t37"."working_seconds") AS "replied_worked",
            MIN("t37"."happened_number") AS "replied_number"
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
                "t30"."deal_id",
                "t30"."went_at"
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
                  "t22"."deal_id",
                  "t22"."account_id",
                  "t22"."went_at"
                FROM "t20" AS "t22"
              ) AS "t30"
                ON "t8"."account_id" = "t30"."account_id"
            ) AS "t33"
            WHERE
              "t33"."happened_at" >= "t33"."went_at"
          ) AS "t37"
          GROUP BY
            1
        ) AS "t41"
          ON "t48"."deal_id" = "t41"."deal_id"
      ) AS "t49"
    ) AS "t50"
    WHERE
      (
        (
          CAST('⟦came⟧' AS BOOLEAN) IS NULL
        )
        OR (
          (
            CAST(CASE
              WHEN CAST(FLOOR(
                CAST((
                  COALESCE("t50"."answered_worked", CAST('⟦worked⟧' AS BIGINT)) - "t50"."came_worked"
                ) AS DOUBLE PRECISION) / (
                  60
                )
              ) AS BIGINT) IS NULL
              THEN CAST(FLOOR(
                CAST((
                  COALESCE("t50"."answered_worked", CAST('⟦worked⟧' AS BIGINT)) - "t50"."came_worked"
                ) AS DOUBLE PRECISION) / (
                  60
                )
              ) AS BIGINT)
              ELSE GREATEST(
                0,
                CAST(FLOOR(
                  CAST((
                    COALESCE("t50"."answered_worked", CAST('⟦worked⟧' AS BIGINT)) - "t50"."came_worked"
                  ) AS DOUBLE PRECISION) / (
                    60
                  )
                ) AS BIGINT)
              )
            END AS INT) IS NOT NULL
          ) = CAST('⟦came⟧' AS BOOLEAN)
        )
      )
      AND (
        (
          CAST('⟦has_answer⟧' AS BOOLEAN) IS NULL
        )
        OR (
          (
            "t50"."answered_worked" IS NOT NULL
          ) = CAST('⟦has_answer⟧' AS BOOLEAN)
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
                COALESCE("t50"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t50"."went_number"
              ) IS NULL
              THEN COALESCE("t50"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t50"."went_number"
              ELSE LEAST(
                31,
                COALESCE("t50"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t50"."went_number"
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
            "t50"."replied_number" - "t50"."went_number"
          ) <= 30, FALSE) = CAST('⟦has_reply⟧' AS BOOLEAN)
        )
      )
  ) AS "t51"
) AS "t52"
WHERE
  "t52"."place" >= CAST('⟦skip⟧' AS BIGINT)
  AND "t52"."place" < (
    CAST('⟦skip⟧' AS BIGINT) + 50
  )
ORDER BY
  "t52"."place" ASC
