//! `metrics`: prints sync metrics of each user in the Prometheus text format 0.0.4.

use std::fmt::Write as _;

use crate::{
    domain::{
        run::{Run, RunStatus},
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
    context.ui.print(&collect_metrics(context, &database).await?)?;
    Ok(Exit::Done)
}

/// Returns the metrics of all users as text.
pub(super) async fn collect_metrics(context: &Context<'_>, database: &Database) -> Result<String, Failure> {
    let mut users = Vec::new();
    for user in database.load_users().await? {
        let runs = database.load_runs(Some(user.id), None).await?;
        if user.login.is_present() || !runs.is_empty() {
            let entries = database.count_entries(user.id).await?;
            users.push(UserMetrics { user, runs, entries });
        }
    }
    Ok(render_metrics(&users) + &render_failures(&load_state(context)))
}

/// Data of one user's metrics.
struct UserMetrics {
    user: User,
    runs: Vec<Run>,
    entries: i64,
}

impl UserMetrics {
    fn sum_over_runs(&self, value: impl Fn(&Run) -> i64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "Prometheus values are doubles")]
        let sum = self.runs.iter().map(value).sum::<i64>() as f64;
        sum
    }

    fn count_with_status(&self, status: RunStatus) -> f64 {
        self.sum_over_runs(|run| i64::from(run.status == status))
    }
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
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double")]
        let seconds = at.map(|at| at.timestamp() as f64);
        seconds.map(|seconds| (String::new(), seconds)).into_iter().collect::<Vec<_>>()
    };
    let single = |value: f64| vec![(String::new(), value)];
    family("malsync_last_complete_sync_timestamp_seconds", "gauge", "End of the last complete sync.", &|user| {
        time(user.user.last_mal_sync)
    });
    family("malsync_token_expiry_timestamp_seconds", "gauge", "End of the access token.", &|user| {
        time(user.user.login.expires_at)
    });
    family("malsync_needs_login", "gauge", "1 where MAL wants a new login.", &|user| {
        single(f64::from(u8::from(user.user.login.needs_login)))
    });
    #[expect(clippy::cast_precision_loss, reason = "Prometheus values are doubles")]
    family("malsync_entries", "gauge", "Entries in the list.", &|user| single(user.entries as f64));
    family("malsync_runs_total", "counter", "Runs, by how they ended.", &|user| {
        let ends = [RunStatus::Success, RunStatus::Partial, RunStatus::Failed, RunStatus::Interrupted];
        ends.map(|status| (format!(",status=\"{}\"", status.as_str()), user.count_with_status(status))).to_vec()
    });
    family("malsync_last_run_duration_seconds", "gauge", "Length of the last run that ended.", &|user| {
        let last = user.runs.iter().find_map(|run| run.duration.map(crate::domain::run::to_seconds));
        last.map(single).unwrap_or_default()
    });
    #[expect(clippy::cast_precision_loss, reason = "Prometheus values are doubles")]
    family(
        "malsync_token_generation",
        "counter",
        "Changes of the tokens: logins, refreshes, logouts, in runs and outside.",
        &|user| single(user.user.login.generation as f64),
    );
    for (name, help, value) in RUN_COUNTERS {
        family(name, "counter", help, &|user| single(user.sum_over_runs(value)));
    }
    text
}

/// Renders how often syncs failed on this host, including failures without a run.
fn render_failures(state: &NotificationState) -> String {
    const NAME: &str = "malsync_sync_failures_total";
    let mut text = format!(
        "# HELP {NAME} Syncs on this machine that failed, by exit code, and whether a run had begun.\n# TYPE {NAME} counter\n"
    );
    for (user, codes) in state.failures() {
        for (code, failures) in codes {
            for (has_run, count) in [(true, failures.runs), (false, failures.refused)] {
                text += &format!(
                    "{NAME}{{user=\"{}\",exit_code=\"{code}\",begun=\"{has_run}\"}} {count}\n",
                    escape_label(user)
                );
            }
        }
    }
    text
}

/// Value of a run that is summed over all runs.
type RunValueFn = fn(&Run) -> i64;

/// Counters summed over all runs: name, help text, value.
const RUN_COUNTERS: [(&str, &str, RunValueFn); 6] = [
    ("malsync_requests_total", "Requests sent to MAL.", |run| run.counters.requests),
    ("malsync_retries_total", "Requests repeated after a failure.", |run| run.counters.retries),
    ("malsync_token_refreshes_total", "Token refreshes during runs.", |run| run.counters.token_refreshes),
    ("malsync_constraint_violations_total", "Violations that the database reported.", |run| {
        run.counters.constraint_violations
    }),
    ("malsync_conflicts_resolved_total", "Conflicts settled.", |run| run.counters.conflicts_resolved),
    ("malsync_entry_errors_total", "Entries that could not be stored.", |run| {
        i64::try_from(run.errors.len()).unwrap_or(i64::MAX)
    }),
];

/// Escapes a label value: backslash, quote and control characters, including line feeds.
fn escape_label(label: &str) -> String {
    crate::ui::escape_controls(label).replace('\\', "\\\\").replace('"', "\\\"")
}
