-- One row per stage of every published process version.
CREATE VIEW fact_process_stage AS
SELECT
    version.id AS process_version_id,
    process.key AS process,
    version.number AS process_number,
    stage.value ->> 'key' AS stage,
    stage.value ->> 'phase' AS phase,
    stage.position::integer AS position,
    coalesce(version.compiled ->> 'model', '') AS model
FROM playbook_processversion AS version
JOIN playbook_process AS process ON process.id = version.process_id
CROSS JOIN LATERAL jsonb_array_elements(version.compiled -> 'stages') WITH ORDINALITY AS stage (value, position);
