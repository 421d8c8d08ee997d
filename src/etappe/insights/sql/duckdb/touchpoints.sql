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
), "t34" AS (
  SELECT
    "t31"."deal_id",
    "t31"."account_id",
    MIN("t31"."happened_at") AS "went_at",
    MIN("t31"."working_seconds") AS "went_worked",
    MIN("t31"."happened_number") AS "went_number"
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
  ) AS "t31"
  GROUP BY
    1,
    2
), "t35" AS (
  SELECT
    "t32"."deal_id",
    "t32"."account_id",
    MIN("t32"."happened_at") AS "came_at",
    MIN("t32"."working_seconds") AS "came_worked",
    MIN("t32"."happened_number") AS "came_number"
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
          AND "t0"."direction" = 'in'
          AND "t0"."act" IN ('wrote', 'called', 'met', 'attended', 'submitted', 'commented')
      ) AS "t15"
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
        ON "t15"."account_id" = "t23"."account_id"
    ) AS "t27"
    WHERE
      "t27"."happened_number" >= (
        "t27"."received_number" - 3
      )
  ) AS "t32"
  GROUP BY
    1,
    2
)
SELECT
  *
FROM (
  SELECT
    "t52"."segment",
    "t52"."channel",
    "t52"."direction",
    "t52"."month",
    "t52"."deals",
    CAST(NULL AS INT) AS "days",
    CAST(NULL AS BOOLEAN) AS "has_reply",
    CAST('⟦day⟧' AS DATE) AS "observed_on",
    CAST('⟦day⟧' AS DATE) AS "observed_first"
  FROM (
    SELECT
      "t47"."segment",
      "t47"."channel",
      "t47"."direction",
      "t47"."month",
      SUM("t47"."deals") AS "deals"
    FROM (
      SELECT
        "t33"."segment",
        "t33"."channel",
        "t33"."direction",
        "t33"."happened_number",
        "t33"."deals",
        CAST((
          (
            EXTRACT(year FROM MAKE_DATE(1970, 1, 1) + TO_DAYS("t33"."happened_number")) * 12
          ) + EXTRACT(month FROM MAKE_DATE(1970, 1, 1) + TO_DAYS("t33"."happened_number"))
        ) - 1 AS INT) AS "month"
      FROM (
        SELECT
          "t30"."segment",
          "t30"."channel",
          "t30"."direction",
          "t30"."happened_number",
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
        ) AS "t30"
        GROUP BY
          1,
          2,
          3,
          4
      ) AS "t33"
    ) AS "t47"
    GROUP BY
      1,
      2,
      3,
      4
  ) AS "t52"
) AS "t55"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t69"."segment",
    '' AS "channel",
    'out' AS "direction",
    CAST(NULL AS INT) AS "month",
    "t69"."deals",
    "t69"."reply_days" AS "days",
    "t69"."has_reply",
    CAST('⟦day⟧' AS DATE) AS "observed_on",
    CAST('⟦day⟧' AS DATE) AS "observed_first"
  FROM (
    SELECT
      "t68"."segment",
      "t68"."reply_days",
      "t68"."has_reply",
      COUNT(*) AS "deals"
    FROM (
      SELECT
        "t67"."deal_id",
        "t67"."uid",
        "t67"."name",
        "t67"."segment",
        "t67"."stage",
        "t67"."phase",
        "t67"."position",
        "t67"."process",
        "t67"."process_version_id",
        "t67"."outcome",
        "t67"."proof",
        "t67"."amount",
        "t67"."currency",
        "t67"."expected_close",
        "t67"."owner_id",
        "t67"."engaged_since",
        "t67"."decided_on",
        "t67"."rests",
        "t67"."has_history",
        "t67"."decided_number",
        "t67"."version",
        "t67"."engaged_days",
        "t67"."buyer_days",
        "t67"."observed_on",
        "t67"."observed_number",
        "t67"."in_pipeline",
        "t67"."lead_id",
        "t67"."account_id",
        "t67"."received_number",
        "t67"."accepted_number",
        "t67"."fate",
        "t67"."fate_days",
        "t67"."won_days",
        "t67"."came_at",
        "t67"."came_worked",
        "t67"."came_number",
        "t67"."answered_worked",
        "t67"."answered_number",
        "t67"."went_at",
        "t67"."went_worked",
        "t67"."went_number",
        "t67"."replied_worked",
        "t67"."replied_number",
        CAST(CASE
          WHEN CAST(FLOOR(
            (
              COALESCE("t67"."answered_worked", CAST('⟦worked⟧' AS BIGINT)) - "t67"."came_worked"
            ) / (
              60
            )
          ) AS BIGINT) IS NULL
          THEN CAST(FLOOR(
            (
              COALESCE("t67"."answered_worked", CAST('⟦worked⟧' AS BIGINT)) - "t67"."came_worked"
            ) / (
              60
            )
          ) AS BIGINT)
          ELSE GREATEST(
            0,
            CAST(FLOOR(
              (
                COALESCE("t67"."answered_worked", CAST('⟦worked⟧' AS BIGINT)) - "t67"."came_worked"
              ) / (
                60
              )
            ) AS BIGINT)
          )
        END AS INT) AS "minutes",
        "t67"."answered_worked" IS NOT NULL AS "has_answer",
        CAST(CASE
          WHEN (
            COALESCE("t67"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t67"."went_number"
          ) IS NULL
          THEN COALESCE("t67"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t67"."went_number"
          ELSE LEAST(
            31,
            COALESCE("t67"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t67"."went_number"
          )
        END AS INT) AS "reply_days",
        COALESCE((
          "t67"."replied_number" - "t67"."went_number"
        ) <= 30, FALSE) AS "has_reply"
      FROM (
        SELECT
          "t66".*
          EXCLUDE ("deal_id_right")
        FROM (
          SELECT
            "t65"."deal_id",
            "t65"."uid",
            "t65"."name",
            "t65"."segment",
            "t65"."stage",
            "t65"."phase",
            "t65"."position",
            "t65"."process",
            "t65"."process_version_id",
            "t65"."outcome",
            "t65"."proof",
            "t65"."amount",
            "t65"."currency",
            "t65"."expected_close",
            "t65"."owner_id",
            "t65"."engaged_since",
            "t65"."decided_on",
            "t65"."rests",
            "t65"."has_history",
            "t65"."decided_number",
            "t65"."version",
            "t65"."engaged_days",
            "t65"."buyer_days",
            "t65"."observed_on",
            "t65"."observed_number",
            "t65"."in_pipeline",
            "t65"."lead_id",
            "t65"."account_id",
            "t65"."received_number",
            "t65"."accepted_number",
            "t65"."fate",
            "t65"."fate_days",
            "t65"."won_days",
            "t65"."came_at",
            "t65"."came_worked",
            "t65"."came_number",
            "t65"."answered_worked",
            "t65"."answered_number",
            "t65"."went_at",
            "t65"."went_worked",
            "t65"."went_number",
            "t58"."deal_id" AS "deal_id_right",
            "t58"."replied_worked",
            "t58"."replied_number"
          FROM (
            SELECT
              "t63".*
              EXCLUDE ("deal_id_right")
            FROM (
              SELECT
                "t62"."deal_id",
                "t62"."uid",
                "t62"."name",
                "t62"."segment",
                "t62"."stage",
                "t62"."phase",
                "t62"."position",
                "t62"."process",
                "t62"."process_version_id",
                "t62"."outcome",
                "t62"."proof",
                "t62"."amount",
                "t62"."currency",
                "t62"."expected_close",
                "t62"."owner_id",
                "t62"."engaged_since",
                "t62"."decided_on",
                "t62"."rests",
                "t62"."has_history",
                "t62"."decided_number",
                "t62"."version",
                "t62"."engaged_days",
                "t62"."buyer_days",
                "t62"."observed_on",
                "t62"."observed_number",
                "t62"."in_pipeline",
                "t62"."lead_id",
                "t62"."account_id",
                "t62"."received_number",
                "t62"."accepted_number",
                "t62"."fate",
                "t62"."fate_days",
                "t62"."won_days",
                "t62"."came_at",
                "t62"."came_worked",
                "t62"."came_number",
                "t62"."answered_worked",
                "t62"."answered_number",
                "t40"."deal_id" AS "deal_id_right",
                "t40"."went_at",
                "t40"."went_worked",
                "t40"."went_number"
              FROM (
                SELECT
                  "t60".*
                  EXCLUDE ("deal_id_right")
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
                    "t59"."deal_id" AS "deal_id_right",
                    "t59"."answered_worked",
                    "t59"."answered_number"
                  FROM (
                    SELECT
                      "t46".*
                      EXCLUDE ("deal_id_right")
                    FROM (
                      SELECT
                        "t29"."deal_id",
                        "t29"."uid",
                        "t29"."name",
                        "t29"."segment",
                        "t29"."stage",
                        "t29"."phase",
                        "t29"."position",
                        "t29"."process",
                        "t29"."process_version_id",
                        "t29"."outcome",
                        "t29"."proof",
                        "t29"."amount",
                        "t29"."currency",
                        "t29"."expected_close",
                        "t29"."owner_id",
                        "t29"."engaged_since",
                        "t29"."decided_on",
                        "t29"."rests",
                        "t29"."has_history",
                        "t29"."decided_number",
                        "t29"."version",
                        "t29"."engaged_days",
                        "t29"."buyer_days",
                        "t29"."observed_on",
                        "t29"."observed_number",
                        "t29"."in_pipeline",
                        "t29"."lead_id",
                        "t29"."account_id",
                        "t29"."received_number",
                        "t29"."accepted_number",
                        "t29"."fate",
                        "t29"."fate_days",
                        "t29"."won_days",
                        "t42"."deal_id" AS "deal_id_right",
                        "t42"."came_at",
                        "t42"."came_worked",
                        "t42"."came_number"
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
                      ) AS "t29"
                      LEFT OUTER JOIN (
                        SELECT
                          "t37".*
                          EXCLUDE ("account_id")
                        FROM "t35" AS "t37"
                      ) AS "t42"
                        ON "t29"."deal_id" = "t42"."deal_id"
                    ) AS "t46"
                  ) AS "t51"
                  LEFT OUTER JOIN (
                    SELECT
                      "t54"."deal_id",
                      MIN("t54"."working_seconds") AS "answered_worked",
                      MIN("t54"."happened_number") AS "answered_number"
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
                          "t45"."deal_id",
                          "t45"."came_at"
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
                            "t37"."deal_id",
                            "t37"."account_id",
                            "t37"."came_at"
                          FROM "t35" AS "t37"
                        ) AS "t45"
                          ON "t16"."account_id" = "t45"."account_id"
                      ) AS "t50"
                      WHERE
                        "t50"."happened_at" >= "t50"."came_at"
                    ) AS "t54"
                    GROUP BY
                      1
                  ) AS "t59"
                    ON "t51"."deal_id" = "t59"."deal_id"
                ) AS "t60"
              ) AS "t62"
              LEFT OUTER JOIN (
                SELECT
                  "t36".*
                  EXCLUDE ("account_id")
                FROM "t34" AS "t36"
              ) AS "t40"
                ON "t62"."deal_id" = "t40"."deal_id"
            ) AS "t63"
          ) AS "t65"
          LEFT OUTER JOIN (
            SELECT
              "t53"."deal_id",
              MIN("t53"."working_seconds") AS "replied_worked",
              MIN("t53"."happened_number") AS "replied_number"
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
                ) AS "t15"
                INNER JOIN (
                  SELECT
                    "t36"."deal_id",
                    "t36"."account_id",
                    "t36"."went_at"
                  FROM "t34" AS "t36"
                ) AS "t44"
                  ON "t15"."account_id" = "t44"."account_id"
              ) AS "t48"
              WHERE
                "t48"."happened_at" >= "t48"."went_at"
            ) AS "t53"
            GROUP BY
              1
          ) AS "t58"
            ON "t65"."deal_id" = "t58"."deal_id"
        ) AS "t66"
      ) AS "t67"
      WHERE
        CAST(CASE
          WHEN (
            COALESCE("t67"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t67"."went_number"
          ) IS NULL
          THEN COALESCE("t67"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t67"."went_number"
          ELSE LEAST(
            31,
            COALESCE("t67"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t67"."went_number"
          )
        END AS INT) IS NOT NULL
    ) AS "t68"
    GROUP BY
      1,
      2,
      3
  ) AS "t69"
) AS "t70"
