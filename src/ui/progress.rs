//! Reports the progress of a run or of an edit of many entries: as a bar on a terminal, otherwise as occasional lines.
//!
//! Invariants:
//! 1. Progress is advisory: nothing here fails, and nothing waits for it.
//! 2. A run's bar is visible from the start. Any other bar appears on [`ProgressReporter::show_bar`], called once the work
//!    takes noticeably long.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
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
    retry_notice: RetryNotice,
}

enum ProgressOutput {
    Silent,
    Bar { bar: ProgressBar, labels: ProgressLabels, stderr: Arc<StderrStream>, has_color: bool },
    Lines(ProgressLines),
}

/// Bar with a known total: `Syncing alice ━━━━━╸━━━ 600/1,200  ~10s left`.
const BAR_TEMPLATE: &str = "{prefix} {bar:30} {human_pos}/{human_len}  {left}";
/// The same bar with colors.
const COLORED_BAR_TEMPLATE: &str = "{prefix} {bar:30.green/black.bright} {human_pos}/{human_len}  {left}";
/// Filled part, its end, and the rest of a bar.
const BAR_CHARS: &str = "━╸━";

/// A pause before a request is repeated, shown instead of the remaining time.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    until: Instant,
    is_rate_limited: bool,
}

/// Tells the bar of a run that the API client waits before it repeats a request.
#[derive(Clone, Debug, Default)]
pub struct RetryNotice(Arc<Mutex<Option<Waiting>>>);

impl RetryNotice {
    /// Shows for `delay` that the request is repeated then. `is_rate_limited` is the reason.
    pub fn set(&self, delay: Duration, is_rate_limited: bool) {
        let until = Instant::now() + delay;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Waiting { until, is_rate_limited });
    }

    /// Returns the text while the pause lasts: `rate limited, trying again in 4s`.
    fn text(&self, now: Instant) -> Option<String> {
        let waiting = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        let remaining = waiting.until.checked_duration_since(now).filter(|remaining| !remaining.is_zero())?;
        let reason = if waiting.is_rate_limited { "rate limited, " } else { "" };
        Some(format!("{reason}trying again in {}s", remaining.as_secs_f64().ceil()))
    }
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
    fn for_sync(username: &str, names_user: bool) -> Self {
        let name = escape_controls(username).into_owned();
        let suffix = if names_user { format!(" ({name})") } else { String::new() };
        Self {
            activity: format!("Syncing {name}"),
            templates: ["{prefix} {spinner} {msg}", BAR_TEMPLATE],
            line_affixes: ("Synced".to_owned(), format!(" entries{suffix}")),
        }
    }

    fn for_task(activity: &str) -> Self {
        let activity = escape_controls(activity).into_owned();
        let line_affixes = (format!("{activity}:"), " entries".to_owned());
        let templates = ["{prefix} {spinner}", BAR_TEMPLATE];
        Self { activity, templates, line_affixes }
    }

    /// Labels for work that counts rows of several tables.
    fn for_rows(activity: &str) -> Self {
        let templates = ["{prefix} {spinner}", BAR_TEMPLATE];
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
    pub(super) fn for_sync(
        stderr: &Arc<StderrStream>,
        (username, names_user): (&str, bool),
        mode: ProgressMode,
        has_color: bool,
    ) -> Self {
        let progress = Self::new(stderr, ProgressLabels::for_sync(username, names_user), mode, has_color);
        if let ProgressOutput::Bar { bar, .. } = &progress.output {
            bar.set_message("connecting…");
        }
        progress.show_bar();
        progress
    }

    /// Creates the progress of other work, named `activity`. Its bar is hidden until [`Self::show_bar`].
    pub(super) fn for_task(stderr: &Arc<StderrStream>, activity: &str, mode: ProgressMode, has_color: bool) -> Self {
        Self::new(stderr, ProgressLabels::for_task(activity), mode, has_color)
    }

    /// Creates the progress of work on rows of several tables. Its bar is hidden until [`Self::show_bar`].
    pub(super) fn for_rows(stderr: &Arc<StderrStream>, activity: &str, mode: ProgressMode, has_color: bool) -> Self {
        Self::new(stderr, ProgressLabels::for_rows(activity), mode, has_color)
    }

    /// Returns the handle with which the API client announces a pause before a retry.
    #[must_use]
    pub fn retry_notice(&self) -> RetryNotice {
        self.retry_notice.clone()
    }

    fn new(stderr: &Arc<StderrStream>, labels: ProgressLabels, mode: ProgressMode, has_color: bool) -> Self {
        let retry_notice = RetryNotice::default();
        let output = match mode {
            ProgressMode::Silent => ProgressOutput::Silent,
            ProgressMode::Bar => {
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
                    .with_prefix(labels.activity.clone());
                bar.set_style(bar_style(labels.templates[0], &retry_notice));
                ProgressOutput::Bar { bar, labels, stderr: Arc::clone(stderr), has_color }
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
        Self { output, total: AtomicU64::new(0), fetched: AtomicU64::new(0), retry_notice }
    }

    #[cfg(test)]
    pub(super) fn lines_with_fake_clock(
        stderr: &Arc<StderrStream>,
        activity: Option<&str>,
        elapsed: ElapsedFn,
    ) -> Self {
        let labels = activity.map_or_else(|| ProgressLabels::for_sync("alice", false), ProgressLabels::for_task);
        let output = ProgressOutput::Lines(ProgressLines::new(stderr, labels.line_affixes, elapsed));
        let retry_notice = RetryNotice::default();
        Self { output, total: AtomicU64::new(0), fetched: AtomicU64::new(0), retry_notice }
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
        if let ProgressOutput::Bar { bar, labels, has_color, .. } = &self.output {
            let template = if *has_color { COLORED_BAR_TEMPLATE } else { labels.templates[1] };
            bar.set_length(entries);
            bar.set_style(bar_style(template, &self.retry_notice));
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
                bar.set_message(format!("{} fetched", format_count(fetched)));
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

fn bar_style(template: &str, retry_notice: &RetryNotice) -> ProgressStyle {
    let retry_notice = retry_notice.clone();
    let left = move |state: &ProgressState, text: &mut dyn std::fmt::Write| {
        let waiting = retry_notice.text(Instant::now());
        // A bar without this text is still usable.
        let _ = text.write_str(&waiting.unwrap_or_else(|| remaining_text(state.pos(), state.eta())));
    };
    ProgressStyle::with_template(template)
        .expect("the template is sound")
        .with_key("left", left)
        .progress_chars(BAR_CHARS)
}

/// Returns the estimate of the remaining time: `~10s left`. Returns an empty text before there is one.
fn remaining_text(position: u64, remaining: Duration) -> String {
    if position == 0 || remaining.is_zero() {
        return String::new();
    }
    match remaining.as_secs() {
        seconds @ 0..60 => format!("~{}s left", seconds.max(1)),
        seconds @ 60..3_600 => format!("~{}m left", seconds.div_ceil(60)),
        seconds => format!("~{}h left", seconds.div_ceil(3_600)),
    }
}

impl Drop for ProgressReporter {
    fn drop(&mut self) {
        if let ProgressOutput::Bar { bar, .. } = &self.output {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_remaining_time_is_shown_before_the_first_entry() {
        for (position, seconds, text) in
            [(0, 0, ""), (0, 10, ""), (5, 0, ""), (600, 10, "~10s left"), (600, 61, "~2m left"), (1, 7_200, "~2h left")]
        {
            assert_eq!(remaining_text(position, Duration::from_secs(seconds)), text);
        }
        assert_eq!(remaining_text(5, Duration::from_millis(300)), "~1s left");
    }

    #[test]
    fn pause_is_shown_until_it_ends() {
        let notice = RetryNotice::default();
        let now = Instant::now();
        assert_eq!(notice.text(now), None);
        *notice.0.lock().unwrap() = Some(Waiting { until: now + Duration::from_millis(3_200), is_rate_limited: true });
        assert_eq!(notice.text(now).as_deref(), Some("rate limited, trying again in 4s"));
        assert_eq!(notice.text(now + Duration::from_secs(4)), None);
        *notice.0.lock().unwrap() = Some(Waiting { until: now + Duration::from_secs(2), is_rate_limited: false });
        assert_eq!(notice.text(now).as_deref(), Some("trying again in 2s"));
    }
}
