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
    pub stdout: Box<dyn Write + Send>,
    /// Where everything else goes.
    pub stderr: Box<dyn Write + Send>,
    /// Whether standard input is a terminal.
    pub is_stdin_terminal: bool,
    /// Whether standard output is one.
    pub is_stdout_terminal: bool,
    /// Whether standard error is one.
    pub is_stderr_terminal: bool,
    /// The width of standard output's terminal, where the system knows it.
    pub terminal_width: Option<usize>,
    /// Its height, likewise.
    pub terminal_height: Option<usize>,
}

impl Streams {
    /// The process's own.
    #[must_use]
    pub fn from_process() -> Self {
        Self {
            stdout: Box::new(io::stdout()),
            stderr: Box::new(io::stderr()),
            is_stdin_terminal: io::stdin().is_terminal(),
            is_stdout_terminal: io::stdout().is_terminal(),
            is_stderr_terminal: io::stderr().is_terminal(),
            terminal_width: comfy_table::Table::new().width().map(usize::from).filter(|width| *width > 0),
            terminal_height: terminal_size::terminal_size().map(|(_, rows)| rows.0.into()).filter(|height| *height > 0),
        }
    }
}

/// Standard output.
pub(super) struct StdoutStream {
    sink: Mutex<Box<dyn Write + Send>>,
    is_closed: AtomicBool,
    buffer: OutputBuffer,
}

impl StdoutStream {
    pub(super) fn new(sink: Box<dyn Write + Send>) -> Self {
        Self { sink: Mutex::new(sink), is_closed: AtomicBool::new(false), buffer: OutputBuffer::default() }
    }

    /// Whether the reader went away.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed.load(Ordering::Relaxed)
    }

    pub(super) fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        if self.is_closed() || self.buffer.try_append(bytes) {
            return Ok(());
        }
        let mut sink = lock_ignoring_poison(&self.sink);
        match sink.write_all(bytes).and_then(|()| sink.flush()) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_closed.store(true, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => Err(Failure::new(Exit::Failed, error).context("standard output cannot be written")),
        }
    }
}

impl StdoutStream {
    pub(super) fn start_buffering(&self) {
        self.buffer.start();
    }

    pub(super) fn finish_buffering(&self, tell: bool) -> Result<(), Failure> {
        let held = self.buffer.finish();
        if tell { self.write(&held) } else { Ok(()) }
    }
}

/// What is not written before it is known whether it is wanted; none where everything is written at once.
#[derive(Default)]
struct OutputBuffer(Mutex<Option<Vec<u8>>>);

impl OutputBuffer {
    fn start(&self) {
        lock_ignoring_poison(&self.0).get_or_insert_default();
    }

    fn finish(&self) -> Vec<u8> {
        lock_ignoring_poison(&self.0).take().unwrap_or_default()
    }

    /// Whether it took these.
    fn try_append(&self, bytes: &[u8]) -> bool {
        let mut held = lock_ignoring_poison(&self.0);
        held.as_mut().map(|held| held.extend_from_slice(bytes)).is_some()
    }
}

/// How many lines of the conversation are remembered.
const MAX_RECENT_LINES: usize = 50;

/// Standard error, shared with the progress bars: whoever writes a line moves them out of the way first.
pub(super) struct StderrStream {
    sink: Mutex<Box<dyn Write + Send>>,
    recent_lines: Mutex<VecDeque<String>>,
    buffer: OutputBuffer,
    pub(super) progress_bars: MultiProgress,
}

impl StderrStream {
    /// A conversation; bars are drawn on the process's standard error, or not at all.
    pub(super) fn new(sink: Box<dyn Write + Send>, bars: bool) -> Arc<Self> {
        let target = if bars { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        Arc::new(Self {
            sink: Mutex::new(sink),
            recent_lines: Mutex::default(),
            buffer: OutputBuffer::default(),
            progress_bars: bars,
        })
    }

    /// Writes a whole piece of text at once.
    pub(super) fn write(&self, text: &str) {
        self.record_lines(text);
        if self.buffer.try_append(text.as_bytes()) {
            return;
        }
        self.progress_bars.suspend(|| {
            let mut sink = lock_ignoring_poison(&self.sink);
            // Where standard error is gone there is nobody left to tell.
            let _ = sink.write_all(text.as_bytes()).and_then(|()| sink.flush());
        });
    }
}

impl StderrStream {
    fn record_lines(&self, text: &str) {
        let mut last = lock_ignoring_poison(&self.recent_lines);
        last.extend(text.lines().map(strip_colors));
        let surplus = last.len().saturating_sub(MAX_RECENT_LINES);
        last.drain(..surplus);
    }

    /// The last lines that were said, held back or not.
    pub(super) fn recent_lines(&self) -> Vec<String> {
        lock_ignoring_poison(&self.recent_lines).iter().cloned().collect()
    }

    pub(super) fn start_buffering(&self) {
        self.buffer.start();
    }

    pub(super) fn finish_buffering(&self, tell: bool) {
        let held = self.buffer.finish();
        if tell && !held.is_empty() {
            self.write(&String::from_utf8_lossy(&held));
        }
    }
}

/// A line without the colours that a word of it may have.
fn strip_colors(line: &str) -> String {
    let mut parts = line.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

/// The guarded value, whether or not somebody panicked with it: a stream is never left in between.
fn lock_ignoring_poison<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
