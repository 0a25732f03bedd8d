//! Progress of a run, or of an edit of many entries: a bar on a terminal, elsewhere a line now and then.
//!
//! Progress is advisory: nothing here can fail, and nothing waits for it. A run's bar is there from the start; any other
//! appears when [`Bar::appear`] says so, which is when the work takes longer than anybody would wait without a word.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::{streams::StderrStream, terminal_text::escape_controls, view::format_count};
use crate::sync::port::ProgressObserver;

/// How far apart lines are where there is no terminal.
const PROGRESS_LINE_INTERVAL: Duration = Duration::from_secs(10);

/// Watches one piece of work. Its bar goes when it does.
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

/// How the work is told of.
struct ProgressLabels {
    /// What goes on, at the bar's beginning.
    activity: String,
    /// The bar before it is known how much there is to do, and afterwards.
    templates: [&'static str; 2],
    /// What stands in a line before the number, and at its end.
    line_affixes: (String, String),
}

impl ProgressLabels {
    fn for_sync(whose: Option<&str>) -> Self {
        let whose = whose.map(|name| format!(" ({})", escape_controls(name))).unwrap_or_default();
        Self {
            activity: format!("syncing{whose}"),
            templates: [
                "{prefix} {spinner} {human_pos} entries, {msg}",
                "{prefix} [{wide_bar}] {human_pos}/{human_len} entries, {rate}, {eta} left, {msg}",
            ],
            line_affixes: ("synced".to_owned(), whose),
        }
    }

    fn for_task(doing: &str) -> Self {
        let activity = escape_controls(doing).into_owned();
        let line_affixes = (format!("{activity}:"), String::new());
        let templates =
            ["{prefix} {spinner}", "{prefix} [{wide_bar}] {human_pos}/{human_len} entries, {rate}, {eta} left"];
        Self { activity, templates, line_affixes }
    }
}

/// How progress is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ProgressMode {
    /// Not at all.
    Silent,
    /// As a bar.
    Bar,
    /// In lines, now and then.
    Lines,
}

/// The time since the work began.
type ElapsedFn = Box<dyn Fn() -> Duration + Send + Sync>;

struct ProgressLines {
    stderr: Arc<StderrStream>,
    /// What stands before the number, and at the line's end.
    affixes: (String, String),
    elapsed: ElapsedFn,
    /// When the next line is due, in milliseconds since the work began.
    next_line_at_ms: AtomicU64,
}

impl ProgressReporter {
    /// The progress of a run, there from the start.
    pub(super) fn for_sync(conversation: &Arc<StderrStream>, whose: Option<&str>, way: ProgressMode) -> Self {
        let bar = Self::new(conversation, ProgressLabels::for_sync(whose), way);
        if let ProgressOutput::Bar { bar, .. } = &bar.output {
            bar.set_message("asking MAL");
        }
        bar.show_bar();
        bar
    }

    /// The progress of other work, in these words.
    pub(super) fn for_task(conversation: &Arc<StderrStream>, doing: &str, way: ProgressMode) -> Self {
        Self::new(conversation, ProgressLabels::for_task(doing), way)
    }

    fn new(conversation: &Arc<StderrStream>, words: ProgressLabels, manner: ProgressMode) -> Self {
        let output = match manner {
            ProgressMode::Silent => ProgressOutput::Silent,
            ProgressMode::Bar => {
                let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())
                    .with_prefix(words.activity.clone());
                bar.set_style(bar_style(words.templates[0]));
                ProgressOutput::Bar { bar, labels: words, stderr: Arc::clone(conversation) }
            }
            ProgressMode::Lines => {
                let began = Instant::now();
                ProgressOutput::Lines(ProgressLines::new(
                    conversation,
                    words.line_affixes,
                    Box::new(move || began.elapsed()),
                ))
            }
        };
        Self { output, total: AtomicU64::new(0), fetched: AtomicU64::new(0) }
    }

    #[cfg(test)]
    pub(super) fn lines_with_fake_clock(
        conversation: &Arc<StderrStream>,
        doing: Option<&str>,
        elapsed: ElapsedFn,
    ) -> Self {
        let words = doing.map_or_else(|| ProgressLabels::for_sync(None), ProgressLabels::for_task);
        let output = ProgressOutput::Lines(ProgressLines::new(conversation, words.line_affixes, elapsed));
        Self { output, total: AtomicU64::new(0), fetched: AtomicU64::new(0) }
    }

    /// Draws the bar from now on, where one is drawn at all.
    pub fn show_bar(&self) {
        if let ProgressOutput::Bar { bar, stderr: conversation, .. } = &self.output {
            conversation.progress_bars.add(bar.clone()).enable_steady_tick(Duration::from_millis(200));
        }
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
    fn new(conversation: &Arc<StderrStream>, affixes: (String, String), elapsed: ElapsedFn) -> Self {
        let next_line_at_ms = AtomicU64::new(to_millis(PROGRESS_LINE_INTERVAL));
        Self { stderr: Arc::clone(conversation), affixes, elapsed, next_line_at_ms }
    }

    fn print_if_due(&self, stored: u64, total: u64) {
        let (now, due) = (to_millis((self.elapsed)()), self.next_line_at_ms.load(Ordering::Relaxed));
        let next = now.saturating_add(to_millis(PROGRESS_LINE_INTERVAL));
        // Of two threads that see it due, one tells it.
        if now < due || self.next_line_at_ms.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_err()
        {
            return;
        }
        let of = if total >= stored && total > 0 { format!(" of {}", format_count(total)) } else { String::new() };
        let (before, after) = &self.affixes;
        self.stderr.write(&format!("{before} {}{of} entries{after}\n", format_count(stored)));
    }
}

fn to_millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn bar_style(template: &str) -> ProgressStyle {
    let rate = |state: &ProgressState, text: &mut dyn std::fmt::Write| {
        // A bar that lacks its rate is still a bar.
        let _ = write!(text, "{:.0}/s", state.per_sec());
    };
    ProgressStyle::with_template(template).expect("the template is sound").with_key("rate", rate).progress_chars("=> ")
}

impl ProgressObserver for ProgressReporter {
    fn set_total(&self, entries: u64) {
        self.total.store(entries, Ordering::Relaxed);
        if let ProgressOutput::Bar { bar, labels: words, .. } = &self.output {
            bar.set_length(entries);
            bar.set_style(bar_style(words.templates[1]));
        }
    }

    fn set_fetched(&self, entries: u64) {
        self.fetched.store(entries, Ordering::Relaxed);
        self.update(None);
    }

    fn set_stored(&self, entries: u64) {
        self.update(Some(entries));
    }
}

impl Drop for ProgressReporter {
    fn drop(&mut self) {
        if let ProgressOutput::Bar { bar, .. } = &self.output {
            bar.finish_and_clear();
        }
    }
}
