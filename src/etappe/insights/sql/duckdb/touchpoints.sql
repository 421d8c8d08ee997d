WITH "t20" AS (
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
), "t36" AS (
  SELECT
    "t33"."deal_id",
    "t33"."account_id",
    MIN("t33"."happened_at") AS "went_at",
    MIN("t33"."working_seconds") AS "went_worked",
    MIN("t33"."happened_number") AS "went_number"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t17"."touchpoint_id",
        "t17"."account_id",
        "t17"."person_id",
        "t17"."user_id",
        "t17"."direction",
        "t17"."channel",
        "t17"."act",
        "t17"."source",
        "t17"."happened_at",
        "t17"."happened_number",
        "t17"."working_seconds",
        "t25"."deal_id",
        "t25"."received_number"
      FROM (
        SELECT
          *
        FROM "fact_touchpoint" AS "t0"
        WHERE
          "t0"."account_id" IS NOT NULL
          AND "t0"."happened_number" <= CAST('⟦number⟧' AS BIGINT)
          AND "t0"."happened_number" > (
            CAST('⟦number⟧' AS BIGINT) - 395
          )
          AND "t0"."direction" = 'out'
      ) AS "t17"
      INNER JOIN (
        SELECT
          "t21"."deal_id",
          "t21"."account_id",
          "t21"."received_number"
        FROM "t20" AS "t21"
        WHERE
          "t21"."received_number" <= CAST('⟦number⟧' AS BIGINT)
          AND "t21"."received_number" > (
            CAST('⟦number⟧' AS BIGINT) - 365
          )
      ) AS "t25"
        ON "t17"."account_id" = "t25"."account_id"
    ) AS "t28"
    WHERE
      "t28"."happened_number" >= (
        "t28"."received_number" - 30
      )
  ) AS "t33"
  GROUP BY
    1,
    2
), "t37" AS (
  SELECT
    "t34"."deal_id",
    "t34"."account_id",
    MIN("t34"."happened_at") AS "came_at",
    MIN("t34"."working_seconds") AS "came_worked",
    MIN("t34"."happened_number") AS "came_number"
  FROM (
    SELECT
      *
    FROM (
      SELECT
        "t18"."touchpoint_id",
        "t18"."account_id",
        "t18"."person_id",
        "t18"."user_id",
        "t18"."direction",
        "t18"."channel",
        "t18"."act",
        "t18"."source",
        "t18"."happened_at",
        "t18"."happened_number",
        "t18"."working_seconds",
        "t25"."deal_id",
        "t25"."received_number"
      FROM (
        SELECT
          *
        FROM "fact_touchpoint" AS "t0"
        WHERE
          "t0"."account_id" IS NOT NULL
          AND "t0"."happened_number" <= CAST('⟦number⟧' AS BIGINT)
          AND "t0"."happened_number" > (
            CAST('⟦number⟧' AS BIGINT) - 395
          )
          AND "t0"."direction" = 'in'
      ) AS "t18"
      INNER JOIN (
        SELECT
          "t21"."deal_id",
          "t21"."account_id",
          "t21"."received_number"
        FROM "t20" AS "t21"
        WHERE
          "t21"."received_number" <= CAST('⟦number⟧' AS BIGINT)
          AND "t21"."received_number" > (
            CAST('⟦number⟧' AS BIGINT) - 365
          )
      ) AS "t25"
        ON "t18"."account_id" = "t25"."account_id"
    ) AS "t29"
    WHERE
      "t29"."happened_number" >= (
        "t29"."received_number" - 30
      )
  ) AS "t34"
  GROUP BY
    1,
    2
)
SELECT
  *
FROM (
  SELECT
    "t54"."segment",
    "t54"."channel",
    "t54"."direction",
    "t54"."month",
    "t54"."deals",
    CAST(NULL AS INT) AS "days",
    CAST(NULL AS BOOLEAN) AS "has_reply",
    CAST('⟦day⟧' AS DATE) AS "observed_on",
    CAST('⟦day⟧' AS DATE) AS "observed_first"
  FROM (
    SELECT
      "t49"."segment",
      "t49"."channel",
      "t49"."direction",
      "t49"."month",
      SUM("t49"."deals") AS "deals"
    FROM (
      SELECT
        "t35"."segment",
        "t35"."channel",
        "t35"."direction",
        "t35"."happened_number",
        "t35"."deals",
        CAST((
          (
            EXTRACT(year FROM MAKE_DATE(1970, 1, 1) + TO_DAYS("t35"."happened_number")) * 12
          ) + EXTRACT(month FROM MAKE_DATE(1970, 1, 1) + TO_DAYS("t35"."happened_number"))
        ) - 1 AS INT) AS "month"
      FROM (
        SELECT
          "t32"."segment",
          "t32"."channel",
          "t32"."direction",
          "t32"."happened_number",
          COUNT(*) AS "deals"
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
            "t27"."segment",
            "t27"."observed_on"
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
          ) AS "t15"
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
                "t19"."account_id",
                MAX("t19"."deal_id") AS "newest"
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
              ) AS "t19"
              GROUP BY
                1
            ) AS "t23"
              ON "t9"."account_id" = "t23"."account_id" AND "t8"."deal_id" = "t23"."newest"
          ) AS "t27"
            ON "t15"."account_id" = "t27"."account_id"
        ) AS "t32"
        GROUP BY
          1,
          2,
          3,
          4
      ) AS "t35"
    ) AS "t49"
    GROUP BY
      1,
      2,
      3,
      4
  ) AS "t54"
) AS "t57"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t71"."segment",
    '' AS "channel",
    'out' AS "direction",
    CAST(NULL AS INT) AS "month",
    "t71"."deals",
    "t71"."reply_days" AS "days",
    "t71"."has_reply",
    CAST('⟦day⟧' AS DATE) AS "observed_on",
    CAST('⟦day⟧' AS DATE) AS "observed_first"
  FROM (
    SELECT
      "t70"."segment",
      "t70"."reply_days",
      "t70"."has_reply",
      COUNT(*) AS "deals"
    FROM (
      SELECT
        "t69"."deal_id",
        "t69"."uid",
        "t69"."name",
        "t69"."segment",
        "t69"."stage",
        "t69"."phase",
        "t69"."position",
        "t69"."process",
        "t69"."process_version_id",
        "t69"."outcome",
        "t69"."proof",
        "t69"."amount",
        "t69"."currency",
        "t69"."expected_close",
        "t69"."owner_id",
        "t69"."engaged_since",
        "t69"."decided_on",
        "t69"."rests",
        "t69"."has_history",
        "t69"."decided_number",
        "t69"."version",
        "t69"."engaged_days",
        "t69"."buyer_days",
        "t69"."observed_on",
        "t69"."observed_number",
        "t69"."in_pipeline",
        "t69"."lead_id",
        "t69"."account_id",
        "t69"."received_number",
        "t69"."accepted_number",
        "t69"."fate",
        "t69"."fate_days",
        "t69"."won_days",
        "t69"."came_at",
        "t69"."came_worked",
        "t69"."came_number",
        "t69"."answered_worked",
        "t69"."answered_number",
        "t69"."went_at",
        "t69"."went_worked",
        "t69"."went_number",
        "t69"."replied_worked",
        "t69"."replied_number",
        CAST(CASE
          WHEN CAST(FLOOR(
            (
              COALESCE("t69"."answered_worked", CAST('⟦worked⟧' AS BIGINT)) - "t69"."came_worked"
            ) / (
              60
            )
          ) AS BIGINT) IS NULL
          THEN CAST(FLOOR(
            (
              COALESCE("t69"."answered_worked", CAST('⟦worked⟧' AS BIGINT)) - "t69"."came_worked"
            ) / (
              60
            )
          ) AS BIGINT)
          ELSE GREATEST(
            0,
            CAST(FLOOR(
              (
                COALESCE("t69"."answered_worked", CAST('⟦worked⟧' AS BIGINT)) - "t69"."came_worked"
              ) / (
                60
              )
            ) AS BIGINT)
          )
        END AS INT) AS "minutes",
        "t69"."answered_worked" IS NOT NULL AS "has_answer",
        CAST(CASE
          WHEN (
            COALESCE("t69"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t69"."went_number"
          ) IS NULL
          THEN COALESCE("t69"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t69"."went_number"
          ELSE LEAST(
            31,
            COALESCE("t69"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t69"."went_number"
          )
        END AS INT) AS "reply_days",
        COALESCE((
          "t69"."replied_number" - "t69"."went_number"
        ) <= 30, FALSE) AS "has_reply"
      FROM (
        SELECT
          "t68".*
          EXCLUDE ("deal_id_right")
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
            "t60"."deal_id" AS "deal_id_right",
            "t60"."replied_worked",
            "t60"."replied_number"
          FROM (
            SELECT
              "t65".*
              EXCLUDE ("deal_id_right")
            FROM (
              SELECT
                "t64"."deal_id",
                "t64"."uid",
                "t64"."name",
                "t64"."segment",
                "t64"."stage",
                "t64"."phase",
                "t64"."position",
                "t64"."process",
                "t64"."process_version_id",
                "t64"."outcome",
                "t64"."proof",
                "t64"."amount",
                "t64"."currency",
                "t64"."expected_close",
                "t64"."owner_id",
                "t64"."engaged_since",
                "t64"."decided_on",
                "t64"."rests",
                "t64"."has_history",
                "t64"."decided_number",
                "t64"."version",
                "t64"."engaged_days",
                "t64"."buyer_days",
                "t64"."observed_on",
                "t64"."observed_number",
                "t64"."in_pipeline",
                "t64"."lead_id",
                "t64"."account_id",
                "t64"."received_number",
                "t64"."accepted_number",
                "t64"."fate",
                "t64"."fate_days",
                "t64"."won_days",
                "t64"."came_at",
                "t64"."came_worked",
                "t64"."came_number",
                "t64"."answered_worked",
                "t64"."answered_number",
                "t42"."deal_id" AS "deal_id_right",
                "t42"."went_at",
                "t42"."went_worked",
                "t42"."went_number"
              FROM (
                SELECT
                  "t62".*
                  EXCLUDE ("deal_id_right")
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
                    "t61"."deal_id" AS "deal_id_right",
                    "t61"."answered_worked",
                    "t61"."answered_number"
                  FROM (
                    SELECT
                      "t48".*
                      EXCLUDE ("deal_id_right")
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
                        "t44"."deal_id" AS "deal_id_right",
                        "t44"."came_at",
                        "t44"."came_worked",
                        "t44"."came_number"
                      FROM (
                        SELECT
                          "t21"."deal_id",
                          "t21"."uid",
                          "t21"."name",
                          "t21"."segment",
                          "t21"."stage",
                          "t21"."phase",
                          "t21"."position",
                          "t21"."process",
                          "t21"."process_version_id",
                          "t21"."outcome",
                          "t21"."proof",
                          "t21"."amount",
                          "t21"."currency",
                          "t21"."expected_close",
                          "t21"."owner_id",
                          "t21"."engaged_since",
                          "t21"."decided_on",
                          "t21"."rests",
                          "t21"."has_history",
                          "t21"."decided_number",
                          "t21"."version",
                          "t21"."engaged_days",
                          "t21"."buyer_days",
                          "t21"."observed_on",
                          "t21"."observed_number",
                          "t21"."in_pipeline",
                          "t21"."lead_id",
                          "t21"."account_id",
                          "t21"."received_number",
                          "t21"."accepted_number",
                          CASE
                            WHEN COALESCE("t21"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                            THEN 'accepted'
                            WHEN "t21"."outcome" = 'open'
                            THEN 'open'
                            ELSE 'refused'
                          END AS "fate",
                          CAST(CASE
                            WHEN (
                              CASE
                                WHEN COALESCE("t21"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                                THEN "t21"."accepted_number"
                                ELSE COALESCE("t21"."decided_number", "t21"."observed_number")
                              END - "t21"."received_number"
                            ) IS NULL
                            THEN CASE
                              WHEN COALESCE("t21"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                              THEN "t21"."accepted_number"
                              ELSE COALESCE("t21"."decided_number", "t21"."observed_number")
                            END - "t21"."received_number"
                            ELSE GREATEST(
                              0,
                              CASE
                                WHEN COALESCE("t21"."accepted_number" <= CAST('⟦number⟧' AS BIGINT), FALSE)
                                THEN "t21"."accepted_number"
                                ELSE COALESCE("t21"."decided_number", "t21"."observed_number")
                              END - "t21"."received_number"
                            )
                          END AS INT) AS "fate_days",
                          CAST(CASE
                            WHEN (
                              COALESCE("t21"."decided_number", "t21"."observed_number") - "t21"."received_number"
                            ) IS NULL
                            THEN COALESCE("t21"."decided_number", "t21"."observed_number") - "t21"."received_number"
                            ELSE GREATEST(
                              0,
                              COALESCE("t21"."decided_number", "t21"."observed_number") - "t21"."received_number"
                            )
                          END AS INT) AS "won_days"
                        FROM "t20" AS "t21"
                        WHERE
                          "t21"."received_number" <= CAST('⟦number⟧' AS BIGINT)
                          AND "t21"."received_number" > (
                            CAST('⟦number⟧' AS BIGINT) - 365
                          )
                      ) AS "t31"
                      LEFT OUTER JOIN (
                        SELECT
                          "t39".*
                          EXCLUDE ("account_id")
                        FROM "t37" AS "t39"
                      ) AS "t44"
                        ON "t31"."deal_id" = "t44"."deal_id"
                    ) AS "t48"
                  ) AS "t53"
                  LEFT OUTER JOIN (
                    SELECT
                      "t56"."deal_id",
                      MIN("t56"."working_seconds") AS "answered_worked",
                      MIN("t56"."happened_number") AS "answered_number"
                    FROM (
                      SELECT
                        *
                      FROM (
                        SELECT
                          "t17"."touchpoint_id",
                          "t17"."account_id",
                          "t17"."person_id",
                          "t17"."user_id",
                          "t17"."direction",
                          "t17"."channel",
                          "t17"."act",
                          "t17"."source",
                          "t17"."happened_at",
                          "t17"."happened_number",
                          "t17"."working_seconds",
                          "t47"."deal_id",
                          "t47"."came_at"
                        FROM (
                          SELECT
                            *
                          FROM "fact_touchpoint" AS "t0"
                          WHERE
                            "t0"."account_id" IS NOT NULL
                            AND "t0"."happened_number" <= CAST('⟦number⟧' AS BIGINT)
                            AND "t0"."happened_number" > (
                              CAST('⟦number⟧' AS BIGINT) - 395
                            )
                            AND "t0"."direction" = 'out'
                        ) AS "t17"
                        INNER JOIN (
                          SELECT
                            "t39"."deal_id",
                            "t39"."account_id",
                            "t39"."came_at"
                          FROM "t37" AS "t39"
                        ) AS "t47"
                          ON "t17"."account_id" = "t47"."account_id"
                      ) AS "t52"
                      WHERE
                        "t52"."happened_at" >= "t52"."came_at"
                    ) AS "t56"
                    GROUP BY
                      1
                  ) AS "t61"
                    ON "t53"."deal_id" = "t61"."deal_id"
                ) AS "t62"
              ) AS "t64"
              LEFT OUTER JOIN (
                SELECT
                  "t38".*
                  EXCLUDE ("account_id")
                FROM "t36" AS "t38"
              ) AS "t42"
                ON "t64"."deal_id" = "t42"."deal_id"
            ) AS "t65"
          ) AS "t67"
          LEFT OUTER JOIN (
            SELECT
              "t55"."deal_id",
              MIN("t55"."working_seconds") AS "replied_worked",
              MIN("t55"."happened_number") AS "replied_number"
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
                  "t46"."deal_id",
                  "t46"."went_at"
                FROM (
                  SELECT
                    *
                  FROM "fact_touchpoint" AS "t0"
                  WHERE
                    "t0"."account_id" IS NOT NULL
                    AND "t0"."happened_number" <= CAST('⟦number⟧' AS BIGINT)
                    AND "t0"."happened_number" > (
                      CAST('⟦number⟧' AS BIGINT) - 395
                    )
                    AND "t0"."direction" = 'in'
                    AND "t0"."act" IN ('wrote', 'called', 'met', 'attended', 'submitted', 'commented')
                ) AS "t16"
                INNER JOIN (
                  SELECT
                    "t38"."deal_id",
                    "t38"."account_id",
                    "t38"."went_at"
                  FROM "t36" AS "t38"
                ) AS "t46"
                  ON "t16"."account_id" = "t46"."account_id"
              ) AS "t50"
              WHERE
                "t50"."happened_at" >= "t50"."went_at"
            ) AS "t55"
            GROUP BY
              1
          ) AS "t60"
            ON "t67"."deal_id" = "t60"."deal_id"
        ) AS "t68"
      ) AS "t69"
      WHERE
        CAST(CASE
          WHEN (
            COALESCE("t69"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t69"."went_number"
          ) IS NULL
          THEN COALESCE("t69"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t69"."went_number"
          ELSE LEAST(
            31,
            COALESCE("t69"."replied_number", CAST('⟦number⟧' AS BIGINT)) - "t69"."went_number"
          )
        END AS INT) IS NOT NULL
    ) AS "t70"
    GROUP BY
      1,
      2,
      3
  ) AS "t71"
) AS "t72"
