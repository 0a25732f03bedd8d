-- Why a run failed, in one line, for whoever looks the next morning.
ALTER TABLE sync_runs ADD COLUMN failure TEXT;
