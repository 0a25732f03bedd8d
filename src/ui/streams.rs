//! The two streams. Standard output is the answer, standard error the conversation.
//!
//! A reader of the answer that goes away (`| head`) ends the answer quietly; any other failure to write it is a failure of
//! the command. Nobody is told of a conversation that cannot be written.

use std::{
    collections::VecDeque,
    io::{self, IsTerminal, Write},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use indicatif::{MultiProgress, ProgressDrawTarget};

use crate::{exit::Exit, failure::Failure};

/// What malsync writes to, and whether somebody looks at it. Tests bring their own.
pub struct Streams {
    /// Where answers go.
    pub out: Box<dyn Write + Send>,
    /// Where everything else goes.
    pub err: Box<dyn Write + Send>,
    /// Whether standard input is a terminal.
    pub in_terminal: bool,
    /// Whether standard output is one.
    pub out_terminal: bool,
    /// Whether standard error is one.
    pub err_terminal: bool,
    /// The width of standard output's terminal, where the system knows it.
    pub width: Option<usize>,
    /// Its height, likewise.
    pub height: Option<usize>,
}

impl Streams {
    /// The process's own.
    #[must_use]
    pub fn real() -> Self {
        Self {
            out: Box::new(io::stdout()),
            err: Box::new(io::stderr()),
            in_terminal: io::stdin().is_terminal(),
            out_terminal: io::stdout().is_terminal(),
            err_terminal: io::stderr().is_terminal(),
            width: comfy_table::Table::new().width().map(usize::from).filter(|width| *width > 0),
            height: terminal_size::terminal_size().map(|(_, rows)| rows.0.into()).filter(|height| *height > 0),
        }
    }
}

/// Standard output.
pub(super) struct Answer {
    sink: Mutex<Box<dyn Write + Send>>,
    closed: AtomicBool,
    held: Held,
}

impl Answer {
    pub(super) fn new(sink: Box<dyn Write + Send>) -> Self {
        Self { sink: Mutex::new(sink), closed: AtomicBool::new(false), held: Held::default() }
    }

    /// Whether the reader went away.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    pub(super) fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        if self.is_closed() || self.held.takes(bytes) {
            return Ok(());
        }
        let mut sink = lock(&self.sink);
        match sink.write_all(bytes).and_then(|()| sink.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed.store(true, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => Err(Failure::new(Exit::Failed, error).context("standard output cannot be written")),
        }
    }
}

impl Answer {
    pub(super) fn hold_back(&self) {
        self.held.begin();
    }

    pub(super) fn let_go(&self, tell: bool) -> Result<(), Failure> {
        let held = self.held.end();
        if tell { self.write(&held) } else { Ok(()) }
    }
}

/// What is not written before it is known whether it is wanted; none where everything is written at once.
#[derive(Default)]
struct Held(Mutex<Option<Vec<u8>>>);

impl Held {
    fn begin(&self) {
        lock(&self.0).get_or_insert_default();
    }

    fn end(&self) -> Vec<u8> {
        lock(&self.0).take().unwrap_or_default()
    }

    /// Whether it took these.
    fn takes(&self, bytes: &[u8]) -> bool {
        let mut held = lock(&self.0);
        held.as_mut().map(|held| held.extend_from_slice(bytes)).is_some()
    }
}

/// How many lines of the conversation are remembered.
const LAST: usize = 50;

/// Standard error, shared with the progress bars: whoever writes a line moves them out of the way first.
pub(super) struct Conversation {
    sink: Mutex<Box<dyn Write + Send>>,
    last: Mutex<VecDeque<String>>,
    held: Held,
    pub(super) bars: MultiProgress,
}

impl Conversation {
    /// A conversation; bars are drawn on the process's standard error, or not at all.
    pub(super) fn new(sink: Box<dyn Write + Send>, bars: bool) -> Arc<Self> {
        let target = if bars { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        Arc::new(Self { sink: Mutex::new(sink), last: Mutex::default(), held: Held::default(), bars })
    }

    /// Writes a whole piece of text at once.
    pub(super) fn write(&self, text: &str) {
        self.remember(text);
        if self.held.takes(text.as_bytes()) {
            return;
        }
        self.bars.suspend(|| {
            let mut sink = lock(&self.sink);
            // Where standard error is gone there is nobody left to tell.
            let _ = sink.write_all(text.as_bytes()).and_then(|()| sink.flush());
        });
    }
}

impl Conversation {
    fn remember(&self, text: &str) {
        let mut last = lock(&self.last);
        last.extend(text.lines().map(uncolored));
        let surplus = last.len().saturating_sub(LAST);
        last.drain(..surplus);
    }

    /// The last lines that were said, held back or not.
    pub(super) fn last_lines(&self) -> Vec<String> {
        lock(&self.last).iter().cloned().collect()
    }

    pub(super) fn hold_back(&self) {
        self.held.begin();
    }

    pub(super) fn let_go(&self, tell: bool) {
        let held = self.held.end();
        if tell && !held.is_empty() {
            self.write(&String::from_utf8_lossy(&held));
        }
    }
}

/// A line without the colours that a word of it may have.
fn uncolored(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

/// The guarded value, whether or not somebody panicked with it: a stream is never left in between.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
