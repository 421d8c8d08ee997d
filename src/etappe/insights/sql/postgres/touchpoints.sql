WITH "t18" AS (
  SELECT
    "t4"."deal_id",
    "t4"."uid",
    "t4"."name",
    "t4"."segment",
    "t4"."stage",
    "t4"."phase",
    "t4"."position",
    "t4"."process",
    "t4"."process_version_id",
    "t4"."outcome",
    "t4"."proof",
    "t4"."amount",
    "t4"."currency",
    "t4"."expected_close",
    "t4"."owner_id",
    "t4"."engaged_since",
    "t4"."decided_on",
    "t4"."rests",
    "t4"."has_history",
    "t4"."decided_number",
    "t4"."version",
    "t4"."engaged_days",
    "t4"."buyer_days",
    "t4"."observed_on",
    "t4"."observed_number",
    "t4"."in_pipeline",
    "t10"."lead_id",
    "t10"."account_id",
    "t10"."received_number",
    "t10"."accepted_number"
  FROM "deals" AS "t4"
  INNER JOIN (
    SELECT
      "t3"."lead_id",
      "t3"."account_id",
      "t3"."received_number",
      "t3"."accepted_number"
    FROM "fact_lead" AS "t3"
  ) AS "t10"
    ON "t4"."deal_id" = "t10"."lead_id"
), "t32" AS (
  SELECT
    "t30"."deal_id",
    "t30"."account_id",
    MIN("t30"."happened_at") AS "went_at",
    MIN("t30"."working_seconds") AS "went_worked",
    MIN("t30"."happened_number") AS "went_number"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t16"."touchpoint_id",
        "t16"."account_id",
        "t16"."person_id",
        "t16"."user_id",
        "t16"."direction",
        "t16"."channel",
        "t16"."act",
        "t16"."source",
        "t16"."happened_at",
        "t16"."happened_number",
        "t16"."working_seconds",
        "t23"."deal_id",
        "t23"."received_number"
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
      ) AS "t16"
      INNER JOIN (
        SELECT
          "t19"."deal_id",
          "t19"."account_id",
          "t19"."received_number"
        FROM "t18" AS "t19"
        WHERE
          "t19"."received_number" <= CAST('⟦number⟧' AS BIGINT)
          AND "t19"."received_number" > (
            CAST('⟦number⟧' AS BIGINT) - 365
          )
      ) AS "t23"
        ON "t16"."account_id" = "t23"."account_id"
    ) AS "t26"
    WHERE
      "t26"."happened_number" >= (
        "t26"."received_number" - 3
      )
  ) AS "t30"
  GROUP BY
    1,
    2
)
SELECT
  *
FROM (
  SELECT
    "t43"."segment",
    "t43"."channel",
    "t43"."direction",
    "t43"."month",
    "t43"."deals",
    CAST(NULL AS INT) AS "days",
    CAST(NULL AS BOOLEAN) AS "has_reply",
    CAST('⟦day⟧' AS DATE) AS "observed_on",
    CAST('⟦day⟧' AS DATE) AS "observed_first"
  FROM (
    SELECT
      "t39"."segment",
      "t39"."channel",
      "t39"."direction",
      "t39"."month",
      SUM("t39"."deals") AS "deals"
    FROM (
      SELECT
        "t31"."segment",
        "t31"."channel",
        "t31"."direction",
        "t31"."happened_number",
        "t31"."deals",
        CAST((
          (
            EXTRACT(year FROM MAKE_DATE(1970, 1, 1) + MAKE_INTERVAL(days => CAST("t31"."happened_number" AS INT))) * 12
          ) + EXTRACT(month FROM MAKE_DATE(1970, 1, 1) + MAKE_INTERVAL(days => CAST("t31"."happened_number" AS INT)))
        ) - 1 AS INT) AS "month"
      FROM (
        SELECT
          "t29"."segment",
          "t29"."channel",
          "t29"."direction",
          "t29"."happened_number",
          COUNT(*) AS "deals"
        FROM (
          SELECT
            "t14"."touchpoint_id",
            "t14"."account_id",
            "t14"."person_id",
            "t14"."user_id",
            "t14"."direction",
            "t14"."channel",
            "t14"."act",
            "t14"."source",
            "t14"."happened_at",
            "t14"."happened_number",
            "t14"."working_seconds",
            "t25"."segment",
            "t25"."observed_on"
          FROM (
            SELECT
              *
            FROM "fact_touchpoint" AS "t0"
            WHERE
              "t0"."account_id" IS NOT NULL
              AND "t0"."happened_number" <= CAST('⟦number⟧' AS BIGINT)
              AND "t0"."happened_number" > (
                CAST('⟦number⟧' AS BIGINT) - 365
              )
          ) AS "t14"
          INNER JOIN (
            SELECT
              "t9"."account_id",
              "t8"."segment",
              "t8"."observed_on"
            FROM (
              SELECT
                "t1"."deal_id",
                "t1"."segment",
                "t1"."observed_on"
              FROM "deals" AS "t1"
            ) AS "t8"
            INNER JOIN (
              SELECT
                "t2"."deal_id",
                "t2"."account_id"
              FROM "fact_deal" AS "t2"
            ) AS "t9"
              ON "t8"."deal_id" = "t9"."deal_id"
            INNER JOIN (
              SELECT
                "t17"."account_id",
                MAX("t17"."deal_id") AS "newest"
              FROM (
                SELECT
                  "t8"."deal_id",
                  "t8"."segment",
                  "t8"."observed_on",
                  "t9"."account_id"
                FROM (
                  SELECT
                    "t1"."deal_id",
                    "t1"."segment",
                    "t1"."observed_on"
                  FROM "deals" AS "t1"
                ) AS "t8"
                INNER JOIN (
                  SELECT
                    "t2"."deal_id",
                    "t2"."account_id"
                  FROM "fact_deal" AS "t2"
                ) AS "t9"
                  ON "t8"."deal_id" = "t9"."deal_id"
              ) AS "t17"
              GROUP BY
                1
            ) AS "t21"
              ON "t9"."account_id" = "t21"."account_id" AND "t8"."deal_id" = "t21"."newest"
          ) AS "t25"
            ON "t14"."account_id" = "t25"."account_id"
        ) AS "t29"
        GROUP BY
          1,
          2,
          3,
          4
      ) AS "t31"
    ) AS "t39"
    GROUP BY
      1,
      2,
      3,
      4
  ) AS "t43"
) AS "t45"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t51"."segment",
    '' AS "channel",
    'out' AS "direction",
    CAST(NULL AS INT) AS "month",
    "t51"."deals",
    "t51"."reply_days" AS "days",
    "t51"."has_reply",
    CAST('⟦day⟧' AS DATE) AS "observed_on",
    CAST('⟦day⟧' AS DATE) AS "observed_first"
  FROM (
    SELECT
      "t50"."segment",
      "t50"."reply_days",
      "t50"."has_reply",
      COUNT(*) AS "deals"
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
        "t49"."went_at",
        "t49"."went_worked",
        "t49"."went_number",
        "t49"."replied_worked",
        "t49"."replied_number",
        CAST(CASE
          WHEN (
            COALESCE("t49"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t49"."went_number"
          ) IS NULL
          THEN COALESCE("t49"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t49"."went_number"
          ELSE LEAST(
            31,
            COALESCE("t49"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t49"."went_number"
          )
        END AS INT) AS "reply_days",
        COALESCE((
          "t49"."replied_number" - "t49"."went_number"
        ) <= 30, FALSE) AS "has_reply"
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
          "t48"."went_at",
          "t48"."went_worked",
          "t48"."went_number",
          "t48"."replied_worked",
          "t48"."replied_number"
        FROM (
          SELECT
            "t42"."deal_id",
            "t42"."uid",
            "t42"."name",
            "t42"."segment",
            "t42"."stage",
            "t42"."phase",
            "t42"."position",
            "t42"."process",
            "t42"."process_version_id",
            "t42"."outcome",
            "t42"."proof",
            "t42"."amount",
            "t42"."currency",
            "t42"."expected_close",
            "t42"."owner_id",
            "t42"."engaged_since",
            "t42"."decided_on",
            "t42"."rests",
            "t42"."has_history",
            "t42"."decided_number",
            "t42"."version",
            "t42"."engaged_days",
            "t42"."buyer_days",
            "t42"."observed_on",
            "t42"."observed_number",
            "t42"."in_pipeline",
            "t42"."lead_id",
            "t42"."account_id",
            "t42"."received_number",
            "t42"."accepted_number",
            "t42"."fate",
            "t42"."fate_days",
            "t42"."won_days",
            "t42"."went_at",
            "t42"."went_worked",
            "t42"."went_number",
            "t47"."deal_id" AS "deal_id_right",
            "t47"."replied_worked",
            "t47"."replied_number"
          FROM (
            SELECT
              "t38"."deal_id",
              "t38"."uid",
              "t38"."name",
              "t38"."segment",
              "t38"."stage",
              "t38"."phase",
              "t38"."position",
              "t38"."process",
              "t38"."process_version_id",
              "t38"."outcome",
              "t38"."proof",
              "t38"."amount",
              "t38"."currency",
              "t38"."expected_close",
              "t38"."owner_id",
              "t38"."engaged_since",
              "t38"."decided_on",
              "t38"."rests",
              "t38"."has_history",
              "t38"."decided_number",
              "t38"."version",
              "t38"."engaged_days",
              "t38"."buyer_days",
              "t38"."observed_on",
              "t38"."observed_number",
              "t38"."in_pipeline",
              "t38"."lead_id",
              "t38"."account_id",
              "t38"."received_number",
              "t38"."accepted_number",
              "t38"."fate",
              "t38"."fate_days",
              "t38"."won_days",
              "t38"."went_at",
              "t38"."went_worked",
              "t38"."went_number"
            FROM (
              SELECT
                "t28"."deal_id",
                "t28"."uid",
                "t28"."name",
                "t28"."segment",
                "t28"."stage",
                "t28"."phase",
                "t28"."position",
                "t28"."process",
                "t28"."process_version_id",
                "t28"."outcome",
                "t28"."proof",
                "t28"."amount",
                "t28"."currency",
                "t28"."expected_close",
                "t28"."owner_id",
                "t28"."engaged_since",
                "t28"."decided_on",
                "t28"."rests",
                "t28"."has_history",
                "t28"."decided_number",
                "t28"."version",
                "t28"."engaged_days",
                "t28"."buyer_days",
                "t28"."observed_on",
                "t28"."observed_number",
                "t28"."in_pipeline",
                "t28"."lead_id",
                "t28"."account_id",
                "t28"."received_number",
                "t28"."accepted_number",
                "t28"."fate",
                "t28"."fate_days",
                "t28"."won_days",
                "t35"."deal_id" AS "deal_id_right",
                "t35"."went_at",
                "t35"."went_worked",
                "t35"."went_number"
              FROM (
                SELECT
                  "t19"."deal_id",
                  "t19"."uid",
                  "t19"."name",
                  "t19"."segment",
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
                  "t19"."version",
                  "t19"."engaged_days",
                  "t19"."buyer_days",
                  "t19"."observed_on",
                  "t19"."observed_number",
                  "t19"."in_pipeline",
                  "t19"."lead_id",
                  "t19"."account_id",
                  "t19"."received_number",
                  "t19"."accepted_number",
                  CASE
                    WHEN COALESCE("t19"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                    THEN 'accepted'
                    WHEN "t19"."outcome" = 'open'
                    THEN 'open'
                    ELSE 'refused'
                  END AS "fate",
                  CAST(CASE
                    WHEN (
                      CASE
                        WHEN COALESCE("t19"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                        THEN "t19"."accepted_number"
                        ELSE COALESCE("t19"."decided_number", "t19"."observed_number")
                      END - "t19"."received_number"
                    ) IS NULL
                    THEN CASE
                      WHEN COALESCE("t19"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                      THEN "t19"."accepted_number"
                      ELSE COALESCE("t19"."decided_number", "t19"."observed_number")
                    END - "t19"."received_number"
                    ELSE GREATEST(
                      0,
                      CASE
                        WHEN COALESCE("t19"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                        THEN "t19"."accepted_number"
                        ELSE COALESCE("t19"."decided_number", "t19"."observed_number")
                      END - "t19"."received_number"
                    )
                  END AS INT) AS "fate_days",
                  CAST(CASE
                    WHEN (
                      COALESCE("t19"."decided_number", "t19"."observed_number") - "t19"."received_number"
                    ) IS NULL
                    THEN COALESCE("t19"."decided_number", "t19"."observed_number") - "t19"."received_number"
                    ELSE GREATEST(
                      0,
                      COALESCE("t19"."decided_number", "t19"."observed_number") - "t19"."received_number"
                    )
                  END AS INT) AS "won_days"
                FROM "t18" AS "t19"
                WHERE
                  "t19"."received_number" <= CAST('⟦number⟧' AS BIGINT)
                  AND "t19"."received_number" > (
                    CAST('⟦number⟧' AS BIGINT) - 365
                  )
              ) AS "t28"
              LEFT OUTER JOIN (
                SELECT
                  "t33"."deal_id",
                  "t33"."went_at",
                  "t33"."went_worked",
                  "t33"."went_number"
                FROM "t32" AS "t33"
              ) AS "t35"
                ON "t28"."deal_id" = "t35"."deal_id"
            ) AS "t38"
          ) AS "t42"
          LEFT OUTER JOIN (
            SELECT
              "t44"."deal_id",
              MIN("t44"."working_seconds") AS "replied_worked",
              MIN("t44"."happened_number") AS "replied_number"
            FROM (
              SELECT
                *
              FROM (
                SELECT
                  "t15"."touchpoint_id",
                  "t15"."account_id",
                  "t15"."person_id",
                  "t15"."user_id",
                  "t15"."direction",
                  "t15"."channel",
                  "t15"."act",
                  "t15"."source",
                  "t15"."happened_at",
                  "t15"."happened_number",
                  "t15"."working_seconds",
                  "t37"."deal_id",
                  "t37"."went_at"
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
                ) AS "t15"
                INNER JOIN (
                  SELECT
                    "t33"."deal_id",
                    "t33"."account_id",
                    "t33"."went_at"
                  FROM "t32" AS "t33"
                ) AS "t37"
                  ON "t15"."account_id" = "t37"."account_id"
              ) AS "t41"
              WHERE
                "t41"."happened_at" >= "t41"."went_at"
            ) AS "t44"
            GROUP BY
              1
          ) AS "t47"
            ON "t42"."deal_id" = "t47"."deal_id"
        ) AS "t48"
      ) AS "t49"
      WHERE
        CAST(CASE
          WHEN (
            COALESCE("t49"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t49"."went_number"
          ) IS NULL
          THEN COALESCE("t49"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t49"."went_number"
          ELSE LEAST(
            31,
            COALESCE("t49"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t49"."went_number"
          )
        END AS INT) IS NOT NULL
    ) AS "t50"
    GROUP BY
      1,
      2,
      3
  ) AS "t51"
) AS "t52"
