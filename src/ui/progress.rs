//! Progress of a run: a bar on a terminal, elsewhere a line now and then.
//!
//! Progress is advisory: nothing here can fail, and nothing waits for it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressState, ProgressStyle};

use super::{clean::clean, streams::Conversation, view::count};
use crate::sync::port::Progress;

/// How far apart lines are where there is no terminal.
const EVERY: Duration = Duration::from_secs(10);

/// Watches one run. Its bar goes when it does.
pub struct Bar {
    way: Way,
    total: AtomicU64,
    fetched: AtomicU64,
}

enum Way {
    Silent,
    Drawn(ProgressBar),
    Lines(Lines),
}

/// The time since the run began.
type Elapsed = Box<dyn Fn() -> Duration + Send + Sync>;

struct Lines {
    conversation: Arc<Conversation>,
    whose: String,
    elapsed: Elapsed,
    /// When the next line is due, in milliseconds since the run began.
    due: AtomicU64,
}

impl Bar {
    pub(super) fn new(conversation: &Arc<Conversation>, whose: Option<&str>, silent: bool, bars: bool) -> Self {
        let whose = whose.map(|name| format!(" ({})", clean(name))).unwrap_or_default();
        let way = if silent {
            Way::Silent
        } else if bars {
            let bar = conversation.bars.add(ProgressBar::no_length()).with_prefix(format!("syncing{whose}"));
            bar.set_style(style("{prefix} {spinner} {human_pos} entries, {msg}"));
            bar.set_message("asking MAL");
            bar.enable_steady_tick(Duration::from_millis(200));
            Way::Drawn(bar)
        } else {
            let began = Instant::now();
            Way::Lines(Lines::new(conversation, whose, Box::new(move || began.elapsed())))
        };
        Self { way, total: AtomicU64::new(0), fetched: AtomicU64::new(0) }
    }

    #[cfg(test)]
    pub(super) fn lines(conversation: &Arc<Conversation>, whose: &str, elapsed: Elapsed) -> Self {
        let way = Way::Lines(Lines::new(conversation, whose.to_owned(), elapsed));
        Self { way, total: AtomicU64::new(0), fetched: AtomicU64::new(0) }
    }

    fn show(&self, stored: Option<u64>) {
        let (total, fetched) = (self.total.load(Ordering::Relaxed), self.fetched.load(Ordering::Relaxed));
        match &self.way {
            Way::Silent => {}
            Way::Drawn(bar) => {
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
    fn new(conversation: &Arc<Conversation>, whose: String, elapsed: Elapsed) -> Self {
        let due = AtomicU64::new(milliseconds(EVERY));
        Self { conversation: Arc::clone(conversation), whose, elapsed, due }
    }

    fn tell(&self, stored: u64, total: u64) {
        let (now, due) = (milliseconds((self.elapsed)()), self.due.load(Ordering::Relaxed));
        let next = now.saturating_add(milliseconds(EVERY));
        // Of two threads that see it due, one tells it.
        if now < due || self.due.compare_exchange(due, next, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return;
        }
        let of = if total >= stored && total > 0 { format!(" of {}", count(total)) } else { String::new() };
        self.conversation.write(&format!("synced {}{of} entries{}\n", count(stored), self.whose));
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
        if let Way::Drawn(bar) = &self.way {
            bar.set_length(entries);
            bar.set_style(style("{prefix} [{bar:24}] {human_pos}/{human_len} entries, {rate}, {eta} left, {wide_msg}"));
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
        if let Way::Drawn(bar) = &self.way {
            bar.finish_and_clear();
        }
    }
}
