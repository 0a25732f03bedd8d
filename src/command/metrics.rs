//! `metrics`: prints sync metrics of each user in the Prometheus text format 0.0.4.

use std::fmt::Write as _;

use crate::{
    domain::{
        run::{self, RunStatus},
        run_totals::RunTotals,
        user::User,
    },
    exit::Exit,
    failure::Failure,
    monitor::NotificationState,
    store::Database,
};

use super::{context::Context, notification_file::load_state};

pub(crate) async fn run(context: &Context<'_>) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_to_read().await?;
    context.ui.print_verbatim(&collect_metrics(context, &database).await?)?;
    Ok(Exit::Done)
}

/// Returns the metrics of all users as text.
pub(super) async fn collect_metrics(context: &Context<'_>, database: &Database) -> Result<String, Failure> {
    let mut users = Vec::new();
    for user in database.load_users().await? {
        let totals = database.load_run_totals(user.id).await?;
        if user.login.is_present() || totals != RunTotals::default() {
            let last_run = database.find_last_timed_run(user.id).await?;
            let last_duration = last_run.and_then(|run| run.duration).map(run::to_seconds);
            let entries = database.count_entries(user.id).await?;
            users.push(UserMetrics { user, totals, last_duration, entries });
        }
    }
    Ok(render_metrics(&users) + &render_failures(&load_state(context)))
}

/// Data of one user's metrics.
struct UserMetrics {
    user: User,
    totals: RunTotals,
    /// Duration of the last run that ended, in seconds.
    last_duration: Option<f64>,
    entries: i64,
}

/// Returns the number as Prometheus has it.
#[expect(clippy::cast_precision_loss, reason = "Prometheus values are doubles")]
const fn to_double(number: i64) -> f64 {
    number as f64
}

fn render_metrics(users: &[UserMetrics]) -> String {
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, samples: &dyn Fn(&UserMetrics) -> Vec<(String, f64)>| {
        // Writing to a String does not fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for user in users {
            for (labels, value) in samples(user) {
                let _ = writeln!(text, "{name}{{user=\"{}\"{labels}}} {value}", escape_label(&user.user.username));
            }
        }
    };
    let time = |at: Option<chrono::DateTime<chrono::Utc>>| {
        at.map(|at| (String::new(), to_double(at.timestamp()))).into_iter().collect::<Vec<_>>()
    };
    let single = |value: f64| vec![(String::new(), value)];
    family("malsync_last_complete_sync_timestamp_seconds", "gauge", "Time of the last complete sync.", &|user| {
        time(user.user.last_mal_sync)
    });
    family("malsync_token_expiry_timestamp_seconds", "gauge", "Expiry of the access token.", &|user| {
        time(user.user.login.expires_at)
    });
    family("malsync_needs_login", "gauge", "1 if a new login is required.", &|user| {
        single(f64::from(u8::from(user.user.login.needs_login)))
    });
    family("malsync_entries", "gauge", "Entries in the list.", &|user| single(to_double(user.entries)));
    family("malsync_runs_total", "counter", "Runs by result.", &|user| {
        let ends = [RunStatus::Success, RunStatus::Partial, RunStatus::Failed, RunStatus::Interrupted];
        let label = |status: RunStatus| format!(",status=\"{}\"", status.as_str());
        ends.map(|status| (label(status), to_double(user.totals.runs_with_status(status)))).to_vec()
    });
    family("malsync_last_run_duration_seconds", "gauge", "Duration of the last finished run.", &|user| {
        user.last_duration.map(single).unwrap_or_default()
    });
    family(
        "malsync_token_generation",
        "counter",
        "Token changes: logins, refreshes and logouts, in runs and outside.",
        &|user| single(to_double(user.user.login.generation)),
    );
    for (name, help, value) in RUN_COUNTERS {
        family(name, "counter", help, &|user| single(to_double(value(&user.totals))));
    }
    text + &render_durations(users)
}

/// Renders count and sum of the durations, so that averages can be computed over any time.
fn render_durations(users: &[UserMetrics]) -> String {
    const NAME: &str = "malsync_sync_duration_seconds";
    let mut text = format!("# HELP {NAME} Durations of finished runs.\n# TYPE {NAME} summary\n");
    for user in users {
        let label = escape_label(&user.user.username);
        let seconds = to_double(user.totals.duration_ms) / 1000.0;
        let _ = writeln!(text, "{NAME}_sum{{user=\"{label}\"}} {seconds}");
        let _ = writeln!(text, "{NAME}_count{{user=\"{label}\"}} {}", user.totals.timed_runs);
    }
    text
}

/// Renders how often syncs failed on this host, including failures without a run.
fn render_failures(state: &NotificationState) -> String {
    const NAME: &str = "malsync_sync_failures_total";
    let mut text = format!(
        "# HELP {NAME} Failed syncs on this machine, by exit code and whether a run had started.\n# TYPE {NAME} \
            counter\n"
    );
    for (user, codes) in state.failures() {
        for (code, failures) in codes {
            for (has_run, count) in [(true, failures.runs), (false, failures.not_started)] {
                text += &format!(
                    "{NAME}{{user=\"{}\",exit_code=\"{code}\",begun=\"{has_run}\"}} {count}\n",
                    escape_label(user)
                );
            }
        }
    }
    text
}

/// One of the sums over a user's runs.
type RunTotalFn = fn(&RunTotals) -> i64;

/// Counters summed over all runs: name, help text, value.
const RUN_COUNTERS: [(&str, &str, RunTotalFn); 7] = [
    ("malsync_requests_total", "Requests sent to MAL.", |totals| totals.requests),
    ("malsync_retries_total", "Requests retried after a failure.", |totals| totals.retries),
    ("malsync_api_errors_total", "Requests to MAL that failed, with or without a response.", |totals| {
        totals.api_errors
    }),
    ("malsync_token_refreshes_total", "Token refreshes during runs.", |totals| totals.token_refreshes),
    ("malsync_constraint_violations_total", "Rows that the database refused.", |totals| totals.constraint_violations),
    ("malsync_conflicts_resolved_total", "Conflicts resolved.", |totals| totals.conflicts_resolved),
    ("malsync_entry_errors_total", "Entries that could not be stored.", |totals| totals.entry_errors),
];

/// Escapes a label value: backslash, quote and control characters, including line feeds.
fn escape_label(label: &str) -> String {
    crate::ui::escape_controls(label).replace('\\', "\\\\").replace('"', "\\\"")
}
