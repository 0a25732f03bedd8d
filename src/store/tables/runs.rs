//! Columns of `sync_runs` and `sync_totals`.

use chrono::{DateTime, TimeDelta, Utc};

use super::codecs::{BOOLEAN, COUNT, TEXT, TEXT_OR_EMPTY, TIME, USER_ID};
use crate::{
    domain::{
        run::{EntryError, Run, RunCounters, RunId, RunStatus, SyncMode, to_seconds},
        run_totals::RunTotals,
    },
    store::{
        error::Error,
        sql::{ColumnCodec, ColumnType, DbRow, SelectColumn, SqlValue, columns},
    },
};

columns!(RunCounters as "r" {
    columns {
        anime_fetched: COUNT("anime_fetched"),
        anime_created: COUNT("anime_created"),
        anime_updated: COUNT("anime_updated"),
        anime_unchanged: COUNT("anime_unchanged"),
        user_lists_created: COUNT("user_lists_created"),
        user_lists_updated: COUNT("user_lists_updated"),
        user_lists_unchanged: COUNT("user_lists_unchanged"),
        user_lists_removed: COUNT("user_lists_removed"),
        user_lists_settled: COUNT("user_lists_settled"),
        pushed_entries: COUNT("pushed_entries"),
        pushed_fields: COUNT("pushed_fields"),
        push_conflicts: COUNT("push_conflicts"),
        conflicts_resolved: COUNT("conflicts_resolved"),
        requests: COUNT("requests"),
        retries: COUNT("retries"),
        token_refreshes: COUNT("token_refreshes"),
        constraint_violations: COUNT("constraint_violations"),
        api_errors: COUNT("api_errors"),
    }
});

columns!(RunTotals as "t" {
    columns {
        runs_success: COUNT("runs_success"),
        runs_partial: COUNT("runs_partial"),
        runs_failed: COUNT("runs_failed"),
        runs_interrupted: COUNT("runs_interrupted"),
        requests: COUNT("requests"),
        retries: COUNT("retries"),
        token_refreshes: COUNT("token_refreshes"),
        constraint_violations: COUNT("constraint_violations"),
        conflicts_resolved: COUNT("conflicts_resolved"),
        entry_errors: COUNT("entry_errors"),
        api_errors: COUNT("api_errors"),
        timed_runs: COUNT("timed_runs"),
        duration_ms: COUNT("duration_ms"),
    }
});

// Selected from `sync_runs r JOIN users u`.
columns!(Run as "r" {
    read_only {
        id: RUN_ID("r.id"),
        user_id: USER_ID("r.user_id"),
        username: TEXT_OR_EMPTY("COALESCE(r.username, u.username)"),
    }
    nested {
        counters: RunCounters,
    }
    columns {
        mode: MODE("mode"),
        force_full: BOOLEAN("force_full"),
        dry_run: BOOLEAN("dry_run"),
        status: STATUS("status"),
        started_at: START_TIME("started_at"),
        finished_at: TIME("finished_at"),
        duration: DURATION("duration"),
        errors: ERROR_LIST("errors"),
        failure: TEXT("failure"),
    }
});

const RUN_ID: ColumnCodec<Option<RunId>, 1> = ColumnCodec {
    types: [ColumnType::Integer],
    bind: |run| [SqlValue::Int(run.map(|run| run.0))],
    read: |row, [name]| Ok(Some(RunId(row.required_i64(name)?))),
};

const MODE: ColumnCodec<SyncMode, 1> = ColumnCodec {
    types: [ColumnType::Text],
    bind: |mode| [SqlValue::text(mode.as_str())],
    read: |row, [name]| Ok(row.optional_text(name)?.and_then(|mode| SyncMode::parse(&mode)).unwrap_or(SyncMode::Full)),
};

const STATUS: ColumnCodec<RunStatus, 1> = ColumnCodec {
    types: [ColumnType::Text],
    bind: |status| [SqlValue::text(status.as_str())],
    read: |row, [name]| {
        Ok(row.optional_text(name)?.and_then(|status| RunStatus::parse(&status)).unwrap_or(RunStatus::Failed))
    },
};

const START_TIME: ColumnCodec<DateTime<Utc>, 1> = ColumnCodec {
    types: [ColumnType::Time],
    bind: |time| [SqlValue::Time(Some(*time))],
    read: |row, [name]| Ok(row.optional_time(name)?.unwrap_or_default()),
};

const DURATION: ColumnCodec<Option<TimeDelta>, 1> = ColumnCodec {
    types: [ColumnType::Float],
    bind: |duration| [SqlValue::Float(duration.map(to_seconds))],
    read: |row, [name]| Ok(row.optional_f64(name)?.and_then(duration_from_seconds)),
};

const ERROR_LIST: ColumnCodec<Vec<EntryError>, 1> = ColumnCodec {
    types: [ColumnType::Json],
    bind: |errors| [SqlValue::json(errors)],
    read: |row, [name]| Ok(row.lenient_json(name)?.unwrap_or_default()),
};

fn duration_from_seconds(seconds: f64) -> Option<TimeDelta> {
    let rounded = std::time::Duration::try_from_secs_f64((seconds * 1000.0).round() / 1000.0).ok()?;
    TimeDelta::from_std(rounded).ok()
}
