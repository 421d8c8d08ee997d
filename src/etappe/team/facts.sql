-- The workspace's own settings that figures need: the zone that days are counted in, and the currency it reports in.
CREATE VIEW fact_workspace AS
SELECT workspace.zone, workspace.currency
FROM team_workspace AS workspace;
