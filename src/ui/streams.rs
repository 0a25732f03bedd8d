//! The two streams. Standard output is the answer, standard error the conversation.
//!
//! A reader of the answer that goes away (`| head`) ends the answer quietly; any other failure to write it is a failure of
//! the command. Nobody is told of a conversation that cannot be written.

use std::{
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
}

impl Answer {
    pub(super) fn new(sink: Box<dyn Write + Send>) -> Self {
        Self { sink: Mutex::new(sink), closed: AtomicBool::new(false) }
    }

    /// Whether the reader went away.
    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Relaxed)
    }

    pub(super) fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        if self.is_closed() {
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

/// Standard error, shared with the progress bars: whoever writes a line moves them out of the way first.
pub(super) struct Conversation {
    sink: Mutex<Box<dyn Write + Send>>,
    pub(super) bars: MultiProgress,
}

impl Conversation {
    /// A conversation; bars are drawn on the process's standard error, or not at all.
    pub(super) fn new(sink: Box<dyn Write + Send>, bars: bool) -> Arc<Self> {
        let target = if bars { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Arc::new(Self { sink: Mutex::new(sink), bars: MultiProgress::with_draw_target(target) })
    }

    /// Writes a whole piece of text at once.
    pub(super) fn write(&self, text: &str) {
        self.bars.suspend(|| {
            let mut sink = lock(&self.sink);
            // Where standard error is gone there is nobody left to tell.
            let _ = sink.write_all(text.as_bytes()).and_then(|()| sink.flush());
        });
    }
}

/// The guarded value, whether or not somebody panicked with it: a stream is never left in between.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
