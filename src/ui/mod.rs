//! The only code that writes to standard output and standard error: tables, JSON, progress, logs.
//!
//! Every text from outside is cleaned of what steers a terminal before it gets there ([`clean()`]), or escaped ([`json`]).
//! What the answers look like is in [`view`]; nothing here decides, asks a database or ends the process.

pub mod csv;
mod editor;
pub mod json;
mod log;
mod pager;
mod progress;
mod qr;
mod streams;
mod table;
mod terminal_text;
pub mod view;
mod wrap;

use std::{path::Path, sync::Arc};

use progress::ProgressMode;
pub use progress::ProgressReporter;
use serde::Serialize;
pub use streams::Streams;
use streams::{StderrStream, StdoutStream};
pub use table::{TableColumn, TextTable};
pub use terminal_text::{display_width, escape_controls, truncate_to_width};
pub use wrap::wrap_text;

use crate::failure::Failure;

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorMode {
    /// On a terminal that can, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Everywhere, whatever the environment says.
    Always,
    /// Nowhere.
    Never,
}

/// What flags and environment say about how to talk.
#[derive(Clone, Debug, Default)]
pub struct UiOptions {
    /// How often `-v` was given.
    pub verbosity: u8,
    /// `-q`: answers and errors alone.
    pub quiet: bool,
    /// `--color`
    pub color: ColorMode,
    /// `--no-progress`
    pub no_progress: bool,
    /// `NO_COLOR` is set.
    pub no_color: bool,
    /// `TERM=dumb`: a terminal that can do nothing but print.
    pub dumb_terminal: bool,
    /// `COLUMNS`, where the terminal does not know its own width.
    pub columns: Option<usize>,
    /// `LINES`, likewise for its height.
    pub lines: Option<usize>,
    /// What long answers are read with on a terminal: a command line, or an empty one for nothing; none is the usual.
    pub pager: Option<String>,
    /// `LESS` is set: less behaves as it is told there.
    pub has_less_variable: bool,
    /// `RUST_LOG`
    pub rust_log: Option<String>,
}

/// The width of a terminal that does not say.
const DEFAULT_TERMINAL_WIDTH: usize = 80;
/// The height of a terminal that does not say.
const DEFAULT_TERMINAL_HEIGHT: usize = 24;

/// Talks to whoever started malsync.
pub struct Ui {
    stdout: StdoutStream,
    stderr: Arc<StderrStream>,
    options: UiOptions,
    is_stdin_terminal: bool,
    is_stderr_terminal: bool,
    color_stdout: bool,
    color_stderr: bool,
    terminal_width: Option<usize>,
    terminal_height: usize,
}

impl Ui {
    /// Talks over the process's streams.
    #[must_use]
    pub fn new(options: UiOptions) -> Self {
        Self::with_streams(options, Streams::from_process())
    }

    /// Talks over these streams.
    #[must_use]
    pub fn with_streams(options: UiOptions, streams: Streams) -> Self {
        let able = |terminal: bool| match options.color {
            ColorMode::Auto => terminal && !options.no_color && !options.dumb_terminal,
            ColorMode::Always => true,
            ColorMode::Never => false,
        };
        let bars = streams.is_stderr_terminal && !options.dumb_terminal && !options.quiet && !options.no_progress;
        let width = streams.terminal_width.or(options.columns).unwrap_or(DEFAULT_TERMINAL_WIDTH);
        Self {
            color_stdout: able(streams.is_stdout_terminal),
            color_stderr: able(streams.is_stderr_terminal),
            terminal_width: streams.is_stdout_terminal.then_some(width),
            terminal_height: streams.terminal_height.or(options.lines).unwrap_or(DEFAULT_TERMINAL_HEIGHT),
            is_stdin_terminal: streams.is_stdin_terminal,
            is_stderr_terminal: streams.is_stderr_terminal,
            stdout: StdoutStream::new(streams.stdout),
            stderr: StderrStream::new(streams.stderr, bars),
            options,
        }
    }

    /// Prints an answer: lines that are clean already. A missing end of line is added; a closed pipe is no error.
    ///
    /// # Errors
    ///
    /// Exit code 1 where standard output cannot be written.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        self.print_bytes(format!("{text}{end}").as_bytes())
    }

    /// Prints bytes as they are: CSV, scripts, manual pages.
    ///
    /// # Errors
    ///
    /// As for [`Ui::out`].
    pub fn print_bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        // Both streams may be the same terminal, with a bar on it.
        self.stderr.progress_bars.suspend(|| self.stdout.write(bytes))
    }

    /// Prints an object on one line.
    ///
    /// # Errors
    ///
    /// As for [`Ui::out`].
    pub fn print_json(&self, value: &impl Serialize) -> Result<(), Failure> {
        self.print(&json::to_json_line(value))
    }

    /// Prints a table, cut to the terminal where there is one.
    ///
    /// # Errors
    ///
    /// As for [`Ui::out`].
    pub fn print_table(&self, table: &TextTable) -> Result<(), Failure> {
        self.print(&table.render(self.terminal_width))
    }

    /// Prints an answer of lines that are clean already; one that is longer than the terminal through the pager, if wanted.
    ///
    /// # Errors
    ///
    /// As for [`Ui::out`].
    pub fn print_paged(&self, text: &str, paged: bool) -> Result<(), Failure> {
        let long = text.lines().count() >= self.terminal_height;
        if paged && long && self.terminal_width.is_some() && !self.options.dumb_terminal {
            match pager::run_pager(text, self.options.pager.as_deref(), self.options.has_less_variable) {
                pager::PagerResult::Shown => return Ok(()),
                pager::PagerResult::NotShown(None) => {}
                pager::PagerResult::NotShown(Some(why)) => self.print_warning(&why),
            }
        }
        self.print(text)
    }

    /// Has a person change a file in the editor of this command line (none is the usual), and waits for the end of it.
    ///
    /// # Errors
    ///
    /// Exit code 1 where it cannot be started or does not end well.
    pub fn edit_file(&self, file: &Path, editor: Option<&str>) -> Result<(), Failure> {
        self.stderr.progress_bars.suspend(|| editor::edit_file(file, editor))
    }

    /// The columns of the terminal that answers go to, where it is one.
    #[must_use]
    pub const fn terminal_width(&self) -> Option<usize> {
        self.terminal_width
    }

    /// Whether whoever read the answer went away: there is no point in more of it.
    #[must_use]
    pub fn is_stdout_closed(&self) -> bool {
        self.stdout.is_closed()
    }

    /// Says something in passing; silent with `-q`.
    pub fn print_note(&self, text: &str) {
        if !self.options.quiet {
            self.write_message("", "", text);
        }
    }

    /// Says that something is not as it should be, on a line of its own; silent with `-q`.
    pub fn print_warning(&self, text: &str) {
        if !self.options.quiet {
            self.write_message("warning: ", "33", text);
        }
    }

    /// Says what went wrong and what to do about it: one line `error: WHAT`, then one line `hint: WHAT TO DO`
    /// where there is something to do, then what is to be run elsewhere, as it stands. Never silent.
    pub fn print_failure(&self, failure: &Failure) {
        self.write_message("error: ", "31", &failure.message());
        if !failure.hints.is_empty() {
            self.write_message("hint: ", "36", &failure.hints.join("; "));
        }
        for line in failure.script.iter().flat_map(|script| script.lines()) {
            self.write_message("", "", line);
        }
    }

    /// Shows a text as a QR code on standard error; where it does not fit there, says so.
    pub fn print_qr(&self, text: &str) {
        let Some((code, columns)) = qr::render_qr(text, self.color_stderr) else {
            return self.print_warning("this is too long for a QR code");
        };
        if self.is_stderr_terminal && columns > self.output_width() {
            return self
                .print_warning(&format!("the terminal is too narrow for a QR code, which takes {columns} columns"));
        }
        self.stderr.write(&code);
    }

    /// Asks, and leaves the cursor after the question. Only where [`Ui::can_ask`].
    pub fn print_prompt(&self, question: &str) {
        self.stderr.write(&format!("{} ", escape_controls(question)));
    }

    /// Whether a person is there to answer: standard input and standard error are a terminal.
    #[must_use]
    pub const fn is_interactive(&self) -> bool {
        self.is_stdin_terminal && self.is_stderr_terminal
    }

    /// Whether answers may be coloured.
    #[must_use]
    pub const fn has_stdout_color(&self) -> bool {
        self.color_stdout
    }

    /// How many columns an answer may take: the terminal's, else what `COLUMNS` says, else the usual.
    #[must_use]
    pub fn output_width(&self) -> usize {
        self.terminal_width.or(self.options.columns).unwrap_or(DEFAULT_TERMINAL_WIDTH)
    }

    /// Whether a person looks at the answer.
    #[must_use]
    pub const fn is_stdout_terminal(&self) -> bool {
        self.terminal_width.is_some()
    }

    /// Whether only answers and errors are wanted (`-q`).
    #[must_use]
    pub const fn is_quiet(&self) -> bool {
        self.options.quiet
    }

    /// Whether more is wanted than usual (`-v`).
    #[must_use]
    pub const fn is_verbose(&self) -> bool {
        self.options.verbosity > 0
    }

    /// Shows the progress of a run. `whose` is named where several users' lists are synced.
    #[must_use]
    pub fn sync_progress(&self, whose: Option<&str>) -> ProgressReporter {
        ProgressReporter::for_sync(&self.stderr, whose, self.progress_mode())
    }

    /// The progress of other work, `importing` or the like; its bar is shown once [`Bar::appear`] is called.
    #[must_use]
    pub fn task_progress(&self, doing: &str) -> ProgressReporter {
        ProgressReporter::for_task(&self.stderr, doing, self.progress_mode())
    }

    const fn progress_mode(&self) -> ProgressMode {
        if self.options.quiet || self.options.no_progress {
            ProgressMode::Silent
        } else if self.is_stderr_terminal && !self.options.dumb_terminal {
            ProgressMode::Bar
        } else {
            ProgressMode::Lines
        }
    }

    /// From now on, says nothing: what would have been said is kept until [`Ui::let_go`].
    pub fn start_buffering(&self) {
        self.stdout.start_buffering();
        self.stderr.start_buffering();
    }

    /// Says what was held back, or forgets it, and holds nothing back any more.
    pub fn finish_buffering(&self, tell: bool) {
        self.stderr.finish_buffering(tell);
        // Whoever does not take the answer is told so by the next one.
        let _ = self.stdout.finish_buffering(tell);
    }

    /// The last lines of the conversation, without colours.
    #[must_use]
    pub fn recent_messages(&self) -> Vec<String> {
        self.stderr.recent_lines()
    }

    /// Sends the logs of the process to standard error from now on. Does nothing where that was done before.
    pub fn init_logging(&self) {
        if let Some(warning) = log::init(&self.options, &self.stderr, self.color_stderr) {
            self.print_warning(&warning);
        }
    }

    fn write_message(&self, word: &str, color: &str, text: &str) {
        let text = escape_controls(text);
        let line = if self.color_stderr && !word.is_empty() {
            format!("\x1b[1;{color}m{word}\x1b[0m{text}\n")
        } else {
            format!("{word}{text}\n")
        };
        self.stderr.write(&line);
    }
}

#[cfg(test)]
mod tests;
