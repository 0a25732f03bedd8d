-- Sums over the runs that ended, for counters that do not fall when old runs are deleted.
ALTER TABLE sync_runs ADD COLUMN IF NOT EXISTS api_errors BIGINT NOT NULL DEFAULT 0;

CREATE TABLE IF NOT EXISTS sync_totals (
    user_id INTEGER PRIMARY KEY REFERENCES users(id) ON DELETE CASCADE,
    runs_success BIGINT NOT NULL DEFAULT 0,
    runs_partial BIGINT NOT NULL DEFAULT 0,
    runs_failed BIGINT NOT NULL DEFAULT 0,
    runs_interrupted BIGINT NOT NULL DEFAULT 0,
    requests BIGINT NOT NULL DEFAULT 0,
    retries BIGINT NOT NULL DEFAULT 0,
    token_refreshes BIGINT NOT NULL DEFAULT 0,
    constraint_violations BIGINT NOT NULL DEFAULT 0,
    conflicts_resolved BIGINT NOT NULL DEFAULT 0,
    entry_errors BIGINT NOT NULL DEFAULT 0,
    api_errors BIGINT NOT NULL DEFAULT 0,
    timed_runs BIGINT NOT NULL DEFAULT 0,
    duration_ms BIGINT NOT NULL DEFAULT 0
);

INSERT INTO sync_totals (user_id, runs_success, runs_partial, runs_failed, runs_interrupted, requests, retries, token_refreshes, constraint_violations, conflicts_resolved, entry_errors, api_errors, timed_runs, duration_ms)
SELECT user_id,
    SUM(CASE WHEN status = 'SUCCESS' THEN 1 ELSE 0 END),
    SUM(CASE WHEN status = 'PARTIAL' THEN 1 ELSE 0 END),
    SUM(CASE WHEN status = 'FAILED' THEN 1 ELSE 0 END),
    SUM(CASE WHEN status = 'INTERRUPTED' THEN 1 ELSE 0 END),
    COALESCE(SUM(requests), 0),
    COALESCE(SUM(retries), 0),
    COALESCE(SUM(token_refreshes), 0),
    COALESCE(SUM(constraint_violations), 0),
    COALESCE(SUM(conflicts_resolved), 0),
    SUM(jsonb_array_length(CASE WHEN jsonb_typeof(errors) = 'array' THEN errors ELSE '[]' END)),
    COALESCE(SUM(api_errors), 0),
    COUNT(duration),
    CAST(SUM(COALESCE(duration, 0)) * 1000 AS BIGINT)
FROM sync_runs
WHERE status <> 'RUNNING' AND user_id IN (SELECT id FROM users)
GROUP BY user_id
ON CONFLICT (user_id) DO NOTHING;
