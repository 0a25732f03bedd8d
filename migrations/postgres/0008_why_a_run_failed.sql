-- Why a run failed, in one line, for whoever looks the next morning.
ALTER TABLE sync_runs ADD COLUMN IF NOT EXISTS failure TEXT;
