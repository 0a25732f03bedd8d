//! The output streams: results go to stdout, messages and progress to stderr.
//!
//! Invariants:
//! 1. A closed stdout (`| head`) silently discards further output; any other write error fails the command.
//! 2. Write errors on stderr are ignored.

use std::{
    collections::VecDeque,
    io::{self, IsTerminal, Write},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use indicatif::{MultiProgress, ProgressDrawTarget};

use super::{line_stamp::LineStamp, style::strip_styles, wrap::wrap_prose};
use crate::{control_chars::escape_controls, exit::Exit, failure::Failure};

/// The streams of malsync and the terminals behind them. Tests pass their own.
pub struct Streams {
    /// Receives results.
    pub stdout: Box<dyn Write + Send>,
    /// Receives messages, progress and logs.
    pub stderr: Box<dyn Write + Send>,
    /// True if stdin is a terminal.
    pub is_stdin_terminal: bool,
    /// True if stdout is a terminal.
    pub is_stdout_terminal: bool,
    /// True if stderr is a terminal.
    pub is_stderr_terminal: bool,
    /// True if the terminal understands escape sequences. False in a console window of an old Windows.
    pub understands_escapes: bool,
    /// True if stdout's terminal understands hyperlinks (OSC 8).
    pub supports_hyperlinks: bool,
    /// Device and inode of stderr, as `DEVICE:INODE`. `None` if unknown.
    pub stderr_file: Option<String>,
    /// Width of the terminal in columns. `None` if unknown.
    pub terminal_width: Option<usize>,
    /// Height of the terminal in lines. `None` if unknown.
    pub terminal_height: Option<usize>,
}

impl Streams {
    /// Returns the process's own streams.
    #[must_use]
    pub fn from_process() -> Self {
        let size = terminal_size::terminal_size();
        Self {
            stdout: Box::new(io::stdout()),
            stderr: Box::new(io::stderr()),
            is_stdin_terminal: io::stdin().is_terminal(),
            is_stdout_terminal: io::stdout().is_terminal(),
            is_stderr_terminal: io::stderr().is_terminal(),
            understands_escapes: enable_escapes(),
            supports_hyperlinks: supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout),
            stderr_file: stderr_file(),
            terminal_width: size.map(|(columns, _)| columns.0.into()).filter(|width| *width > 0),
            terminal_height: size.map(|(_, rows)| rows.0.into()).filter(|height| *height > 0),
        }
    }
}

/// Returns true if the terminal understands escape sequences. A console window of Windows must be told to.
#[cfg(windows)]
fn enable_escapes() -> bool {
    anstyle_query::windows::enable_ansi_colors().unwrap_or(false)
}

#[cfg(not(windows))]
const fn enable_escapes() -> bool {
    true
}

#[cfg(unix)]
fn stderr_file() -> Option<String> {
    rustix::fs::fstat(io::stderr()).ok().map(|file| format!("{}:{}", file.st_dev, file.st_ino))
}

#[cfg(not(unix))]
const fn stderr_file() -> Option<String> {
    None
}

/// Stdout.
pub(super) struct StdoutStream {
    sink: Mutex<Box<dyn Write + Send>>,
    is_closed: AtomicBool,
    buffer: OutputBuffer,
}

impl StdoutStream {
    pub(super) fn new(sink: Box<dyn Write + Send>) -> Self {
        Self { sink: Mutex::new(sink), is_closed: AtomicBool::new(false), buffer: OutputBuffer::default() }
    }

    /// Returns true if the reader has closed stdout.
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
            Err(error) => Err(Failure::new(Exit::Failed, error).context("cannot write to standard output")),
        }
    }

    pub(super) fn start_buffering(&self) {
        self.buffer.start();
    }

    pub(super) fn finish_buffering(&self, output: BufferedOutput) -> Result<(), Failure> {
        let buffered = self.buffer.finish();
        match output {
            BufferedOutput::Print => self.write(&buffered),
            BufferedOutput::Discard => Ok(()),
        }
    }
}

/// What happens with buffered output when buffering ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BufferedOutput {
    /// It is printed.
    Print,
    /// It is discarded.
    Discard,
}

/// Output held until the caller knows whether to print it. `None` means unbuffered.
#[derive(Default)]
struct OutputBuffer(Mutex<Option<Vec<u8>>>);

impl OutputBuffer {
    fn start(&self) {
        lock_ignoring_poison(&self.0).get_or_insert_default();
    }

    fn finish(&self) -> Vec<u8> {
        lock_ignoring_poison(&self.0).take().unwrap_or_default()
    }

    /// Appends the bytes and returns true if buffering is on. Returns false otherwise.
    fn try_append(&self, bytes: &[u8]) -> bool {
        let mut buffer = lock_ignoring_poison(&self.0);
        buffer.as_mut().map(|buffer| buffer.extend_from_slice(bytes)).is_some()
    }
}

/// Number of stderr lines kept for [`StderrStream::recent_lines`].
const MAX_RECENT_LINES: usize = 50;

/// Stderr, shared with the progress bars: each write hides the bars first.
pub(super) struct StderrStream {
    sink: Mutex<Box<dyn Write + Send>>,
    recent_lines: Mutex<VecDeque<String>>,
    buffer: OutputBuffer,
    pub(super) progress_bars: MultiProgress,
    /// What stands before a log line, a warning and a line of progress.
    pub(super) stamp: LineStamp,
    /// Width of the terminal in columns. `None` if stderr is not a terminal.
    width: Option<usize>,
}

impl StderrStream {
    /// Creates the stream. Bars are drawn on the process's stderr if `draw_bars` is true, else not at all.
    pub(super) fn new(
        sink: Box<dyn Write + Send>,
        draw_bars: bool,
        stamp: LineStamp,
        width: Option<usize>,
    ) -> Arc<Self> {
        let target = if draw_bars { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bars = MultiProgress::with_draw_target(target);
        Arc::new(Self {
            sink: Mutex::new(sink),
            recent_lines: Mutex::default(),
            buffer: OutputBuffer::default(),
            progress_bars: bars,
            stamp,
            width,
        })
    }

    /// Returns a message as escaped text. On a terminal it is wrapped; it begins at column `indent`, and so do further lines.
    pub(super) fn wrap_message(&self, text: &str, indent: usize) -> String {
        let text = escape_controls(text);
        let Some(width) = self.width else { return text.into_owned() };
        wrap_prose(&text, width.saturating_sub(indent)).replace('\n', &format!("\n{:indent$}", ""))
    }

    /// Writes a text in one piece; progress bars are hidden meanwhile.
    pub(super) fn write(&self, text: &str) {
        self.record_lines(text);
        if self.buffer.try_append(text.as_bytes()) {
            return;
        }
        self.progress_bars.suspend(|| {
            let mut sink = lock_ignoring_poison(&self.sink);
            // There is no other stream to report a stderr error on.
            let _ = sink.write_all(text.as_bytes()).and_then(|()| sink.flush());
        });
    }

    fn record_lines(&self, text: &str) {
        let mut lines = lock_ignoring_poison(&self.recent_lines);
        lines.extend(text.lines().map(strip_styles));
        let surplus = lines.len().saturating_sub(MAX_RECENT_LINES);
        lines.drain(..surplus);
    }

    /// Returns the most recent lines, including buffered ones.
    pub(super) fn recent_lines(&self) -> Vec<String> {
        lock_ignoring_poison(&self.recent_lines).iter().cloned().collect()
    }

    pub(super) fn start_buffering(&self) {
        self.buffer.start();
    }

    pub(super) fn finish_buffering(&self, output: BufferedOutput) {
        let buffered = self.buffer.finish();
        if output == BufferedOutput::Print && !buffered.is_empty() {
            self.write(&String::from_utf8_lossy(&buffered));
        }
    }
}

/// Locks the mutex and ignores poisoning: a panic leaves no stream in an inconsistent state.
fn lock_ignoring_poison<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
