//! Reports the progress of a run or of an edit of many entries: as a bar on a terminal, otherwise as occasional lines.
//!
//! Invariants:
//! 1. Progress is advisory: nothing here fails, and nothing waits for it.
//! 2. A run's bar is visible from the start. Any other bar appears on [`ProgressReporter::show_bar`], called once the work
//!    takes noticeably long.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::{format::format_count, streams::StderrStream};
use crate::control_chars::escape_controls;

/// Minimum time between two progress lines without a terminal.
const PROGRESS_LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Reports the progress of one piece of work. Dropping it removes the bar.
pub struct ProgressReporter {
    output: ProgressOutput,
    total: AtomicU64,
    fetched: AtomicU64,
}

enum ProgressOutput {
    Silent,
    Bar { bar: ProgressBar, labels: ProgressLabels, stderr: Arc<StderrStream> },
    Lines(ProgressLines),
}

/// Texts around the numbers of a bar or line.
struct ProgressLabels {
    /// Name of the work, at the start of the bar.
    activity: String,
    /// Bar templates: before the total is known, and after.
    templates: [&'static str; 2],
    /// Text before the number in a line, and text at its end.
    line_affixes: (String, String),
}

impl ProgressLabels {
    fn for_sync(username: Option<&str>) -> Self {
        let suffix = username.map(|name| format!(" ({})", escape_controls(name))).unwrap_or_default();
        Self {
            activity: format!("syncing{suffix}"),
            templates: [
                "{prefix} {spinner} {human_pos} entries, {msg}",
                "{prefix} [{wide_bar}] {human_pos}/{human_len} entries, {rate}, {eta} left, {msg}",
            ],
            line_affixes: ("synced".to_owned(), format!(" entries{suffix}")),
        }
    }

    fn for_task(activity: &str) -> Self {
        let activity = escape_controls(activity).into_owned();
        let line_affixes = (format!("{activity}:"), " entries".to_owned());
        let templates =
            ["{prefix} {spinner}", "{prefix} [{wide_bar}] {human_pos}/{human_len} entries, {rate}, {eta} left"];
        Self { activity, templates, line_affixes }
    }

    /// Labels for work that counts rows of several tables.
    fn for_rows(activity: &str) -> Self {
        let templates =
            ["{prefix} {spinner}", "{prefix} [{wide_bar}] {human_pos}/{human_len} rows, {rate}, {eta} left"];
        let line_affixes = (format!("{activity}:"), " rows".to_owned());
        Self { activity: activity.to_owned(), templates, line_affixes }
    }
}

/// How progress is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProgressMode {
    /// Not at all.
    Silent,
    /// As a progress bar.
    Bar,
    /// As lines, at most one per [`PROGRESS_LINE_INTERVAL`].
    Lines,
}

/// Returns the time since the work began.
type ElapsedFn = Box<dyn Fn() -> Duration + Send + Sync>;

struct ProgressLines {
    stderr: Arc<StderrStream>,
    /// Text before the number, and text at the end of the line.
    affixes: (String, String),
    elapsed: ElapsedFn,
    /// Time of the next line, in milliseconds since the work began.
    next_line_at_ms: AtomicU64,
}

impl ProgressReporter {
    /// Creates the progress of a run. Its bar is visible at once.
    pub(super) fn for_sync(stderr: &Arc<StderrStream>, username: Option<&str>, mode: ProgressMode) -> Self {
        let progress = Self::new(stderr, ProgressLabels::for_sync(username), mode);
        if let ProgressOutput::Bar { bar, .. } = &progress.output {
            bar.set_message("connecting…");
        }
        progress.show_bar();
        progress
    }

    /// Creates the progress of other work, named `activity`. Its bar is hidden until [`Self::show_bar`].
    pub(super) fn for_task(stderr: &Arc<StderrStream>, activity: &str, mode: ProgressMode) -> Self {
        Self::new(stderr, ProgressLabels::for_task(activity), mode)
    }

    /// Creates the progress of work on rows of several tables. Its bar is hidden until [`Self::show_bar`].
    pub(super) fn for_rows(stderr: &Arc<StderrStream>, activity: &str, mode: ProgressMode) -> Self {
        Self::new(stderr, ProgressLabels::for_rows(activity), mode)
    }

    fn new(stderr: &Arc<StderrStream>, labels: ProgressLabels, mode: ProgressMode) -> Self {
        let output = match mode {
            ProgressMode::Silent => ProgressOutput::Silent,
            ProgressMode::Bar => {
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
                    .with_prefix(labels.activity.clone());
                bar.set_style(bar_style(labels.templates[0]));
                ProgressOutput::Bar { bar, labels, stderr: Arc::clone(stderr) }
            }
            ProgressMode::Lines => {
                let began = Instant::now();
                ProgressOutput::Lines(ProgressLines::new(
                    stderr,
                    labels.line_affixes,
                    Box::new(move || began.elapsed()),
                ))
            }
        };
        Self { output, total: AtomicU64::new(0), fetched: AtomicU64::new(0) }
    }

    #[cfg(test)]
    pub(super) fn lines_with_fake_clock(
        stderr: &Arc<StderrStream>,
        activity: Option<&str>,
        elapsed: ElapsedFn,
    ) -> Self {
        let labels = activity.map_or_else(|| ProgressLabels::for_sync(None), ProgressLabels::for_task);
        let output = ProgressOutput::Lines(ProgressLines::new(stderr, labels.line_affixes, elapsed));
        Self { output, total: AtomicU64::new(0), fetched: AtomicU64::new(0) }
    }

    /// Makes the bar visible. Does nothing if progress is not shown as a bar.
    pub fn show_bar(&self) {
        if let ProgressOutput::Bar { bar, stderr, .. } = &self.output {
            stderr.progress_bars.add(bar.clone()).enable_steady_tick(Duration::from_millis(200));
        }
    }

    /// Sets the total number of entries.
    pub fn set_total(&self, entries: u64) {
        self.total.store(entries, Ordering::Relaxed);
        if let ProgressOutput::Bar { bar, labels, .. } = &self.output {
            bar.set_length(entries);
            bar.set_style(bar_style(labels.templates[1]));
        }
    }

    /// Sets the number of entries fetched so far.
    pub fn set_fetched(&self, entries: u64) {
        self.fetched.store(entries, Ordering::Relaxed);
        self.update(None);
    }

    /// Sets the number of entries stored so far.
    pub fn set_stored(&self, entries: u64) {
        self.update(Some(entries));
    }

    fn update(&self, stored: Option<u64>) {
        let (total, fetched) = (self.total.load(Ordering::Relaxed), self.fetched.load(Ordering::Relaxed));
        match &self.output {
            ProgressOutput::Silent => {}
            ProgressOutput::Bar { bar, .. } => {
                bar.set_message(format!("{} read", format_count(fetched)));
                if let Some(stored) = stored {
                    bar.set_position(stored);
                }
            }
            ProgressOutput::Lines(lines) => {
                if let Some(stored) = stored {
                    lines.print_if_due(stored, total);
                }
            }
        }
    }
}

impl ProgressLines {
    fn new(stderr: &Arc<StderrStream>, affixes: (String, String), elapsed: ElapsedFn) -> Self {
        let next_line_at_ms = AtomicU64::new(to_millis(PROGRESS_LINE_INTERVAL));
        Self { stderr: Arc::clone(stderr), affixes, elapsed, next_line_at_ms }
    }

    fn print_if_due(&self, stored: u64, total: u64) {
        let (now, due) = (to_millis((self.elapsed)()), self.next_line_at_ms.load(Ordering::Relaxed));
        let next = now.saturating_add(to_millis(PROGRESS_LINE_INTERVAL));
        // If two threads find the line due, only one prints it.
        if now < due || self.next_line_at_ms.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_err()
        {
            return;
        }
        let of_total =
            if total >= stored && total > 0 { format!(" of {}", format_count(total)) } else { String::new() };
        let (before, after) = &self.affixes;
        let stamp = self.stderr.stamp.prefix(tracing::Level::INFO);
        self.stderr.write(&format!("{stamp}{before} {}{of_total}{after}\n", format_count(stored)));
    }
}

fn to_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn bar_style(template: &str) -> ProgressStyle {
    let rate = |state: &ProgressState, text: &mut dyn std::fmt::Write| {
        // A bar without its rate is still usable.
        let _ = write!(text, "{:.0}/s", state.per_sec());
    };
    ProgressStyle::with_template(template).expect("the template is sound").with_key("rate", rate).progress_chars("=> ")
}

impl Drop for ProgressReporter {
    fn drop(&mut self) {
        if let ProgressOutput::Bar { bar, .. } = &self.output {
            bar.finish_and_clear();
        }
    }
}
