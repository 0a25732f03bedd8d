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

use super::{clean::clean, streams::Conversation, view::count};
use crate::sync::port::Progress;

/// How far apart lines are where there is no terminal.
const EVERY: Duration = Duration::from_secs(10);

/// Watches one piece of work. Its bar goes when it does.
pub struct Bar {
    way: Way,
    total: AtomicU64,
    fetched: AtomicU64,
}

enum Way {
    Silent,
    Drawn { bar: ProgressBar, words: Words, conversation: Arc<Conversation> },
    Lines(Lines),
}

/// How the work is told of.
struct Words {
    /// What goes on, at the bar's beginning.
    doing: String,
    /// The bar before it is known how much there is to do, and afterwards.
    templates: [&'static str; 2],
    /// What stands in a line before the number, and at its end.
    line: (String, String),
}

impl Words {
    fn of_sync(whose: Option<&str>) -> Self {
        let whose = whose.map(|name| format!(" ({})", clean(name))).unwrap_or_default();
        Self {
            doing: format!("syncing{whose}"),
            templates: [
                "{prefix} {spinner} {human_pos} entries, {msg}",
                "{prefix} [{wide_bar}] {human_pos}/{human_len} entries, {rate}, {eta} left, {msg}",
            ],
            line: ("synced".to_owned(), whose),
        }
    }

    fn of(doing: &str) -> Self {
        let doing = clean(doing).into_owned();
        let line = (format!("{doing}:"), String::new());
        let templates =
            ["{prefix} {spinner}", "{prefix} [{wide_bar}] {human_pos}/{human_len} entries, {rate}, {eta} left"];
        Self { doing, templates, line }
    }
}

/// How progress is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// Not at all.
    Silent,
    /// As a bar.
    Drawn,
    /// In lines, now and then.
    Lines,
}

/// The time since the work began.
type Elapsed = Box<dyn Fn() -> Duration + Send + Sync>;

struct Lines {
    conversation: Arc<Conversation>,
    /// What stands before the number, and at the line's end.
    words: (String, String),
    elapsed: Elapsed,
    /// When the next line is due, in milliseconds since the work began.
    due: AtomicU64,
}

impl Bar {
    /// The progress of a run, there from the start.
    pub(super) fn of_sync(conversation: &Arc<Conversation>, whose: Option<&str>, way: Manner) -> Self {
        let bar = Self::new(conversation, Words::of_sync(whose), way);
        if let Way::Drawn { bar, .. } = &bar.way {
            bar.set_message("asking MAL");
        }
        bar.appear();
        bar
    }

    /// The progress of other work, in these words.
    pub(super) fn of(conversation: &Arc<Conversation>, doing: &str, way: Manner) -> Self {
        Self::new(conversation, Words::of(doing), way)
    }

    fn new(conversation: &Arc<Conversation>, words: Words, manner: Manner) -> Self {
        let way = match manner {
            Manner::Silent => Way::Silent,
            Manner::Drawn => {
                let bar =
                    ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()).with_prefix(words.doing.clone());
                bar.set_style(style(words.templates[0]));
                Way::Drawn { bar, words, conversation: Arc::clone(conversation) }
            }
            Manner::Lines => {
                let began = Instant::now();
                Way::Lines(Lines::new(conversation, words.line, Box::new(move || began.elapsed())))
            }
        };
        Self { way, total: AtomicU64::new(0), fetched: AtomicU64::new(0) }
    }

    #[cfg(test)]
    pub(super) fn lines(conversation: &Arc<Conversation>, doing: Option<&str>, elapsed: Elapsed) -> Self {
        let words = doing.map_or_else(|| Words::of_sync(None), Words::of);
        let way = Way::Lines(Lines::new(conversation, words.line, elapsed));
        Self { way, total: AtomicU64::new(0), fetched: AtomicU64::new(0) }
    }

    /// Draws the bar from now on, where one is drawn at all.
    pub fn appear(&self) {
        if let Way::Drawn { bar, conversation, .. } = &self.way {
            conversation.bars.add(bar.clone()).enable_steady_tick(Duration::from_millis(200));
        }
    }

    fn show(&self, stored: Option<u64>) {
        let (total, fetched) = (self.total.load(Ordering::Relaxed), self.fetched.load(Ordering::Relaxed));
        match &self.way {
            Way::Silent => {}
            Way::Drawn { bar, .. } => {
                bar.set_message(format!("{} read", count(fetched)));
                if let Some(stored) = stored {
                    bar.set_position(stored);
                }
            }
            Way::Lines(lines) => {
                if let Some(stored) = stored {
                    lines.tell(stored, total);
                }
            }
        }
    }
}

impl Lines {
    fn new(conversation: &Arc<Conversation>, words: (String, String), elapsed: Elapsed) -> Self {
        let due = AtomicU64::new(milliseconds(EVERY));
        Self { conversation: Arc::clone(conversation), words, elapsed, due }
    }

    fn tell(&self, stored: u64, total: u64) {
        let (now, due) = (milliseconds((self.elapsed)()), self.due.load(Ordering::Relaxed));
        let next = now.saturating_add(milliseconds(EVERY));
        // Of two threads that see it due, one tells it.
        if now < due || self.due.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return;
        }
        let of = if total >= stored && total > 0 { format!(" of {}", count(total)) } else { String::new() };
        let (before, after) = &self.words;
        self.conversation.write(&format!("{before} {}{of} entries{after}\n", count(stored)));
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn style(template: &str) -> ProgressStyle {
    let rate = |state: &ProgressState, text: &mut dyn std::fmt::Write| {
        // A bar that lacks its rate is still a bar.
        let _ = write!(text, "{:.0}/s", state.per_sec());
    };
    ProgressStyle::with_template(template).expect("the template is sound").with_key("rate", rate).progress_chars("=> ")
}

impl Progress for Bar {
    fn expect(&self, entries: u64) {
        self.total.store(entries, Ordering::Relaxed);
        if let Way::Drawn { bar, words, .. } = &self.way {
            bar.set_length(entries);
            bar.set_style(style(words.templates[1]));
        }
    }

    fn fetched(&self, entries: u64) {
        self.fetched.store(entries, Ordering::Relaxed);
        self.show(None);
    }

    fn stored(&self, entries: u64) {
        self.show(Some(entries));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Way::Drawn { bar, .. } = &self.way {
            bar.finish_and_clear();
        }
    }
}
