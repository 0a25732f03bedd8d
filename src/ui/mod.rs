//! User interface: the only code that writes to stdout and stderr (tables, JSON, progress, logs).
//!
//! Entry points: [`Ui`] prints, [`view`] formats each command's output.
//!
//! Invariants:
//! 1. Text from outside is escaped before it is printed: for people by [`escape_controls()`], as JSON by [`json_line`](crate::json_line).
//! 2. Nothing here makes decisions, queries a database or ends the process.

mod editor;
mod format;
mod line_stamp;
mod log;
mod options;
mod pager;
mod progress;
mod qr;
mod streams;
mod style;
mod table;
mod terminal_text;
pub mod view;
mod wrap;

use std::{borrow::Cow, path::Path, sync::Arc};

use anstyle::Style;
use line_stamp::LineStamp;
pub use options::{ColorMode, UiOptions};
use progress::ProgressMode;
pub use progress::{ProgressReporter, RetryNotice};
use serde::Serialize;
pub use streams::{BufferedOutput, Streams};
use streams::{StderrStream, StdoutStream};
pub use style::anime_url;
pub(crate) use style::strip_styles;
use style::{BAD, CAUTION, HINT, PLAIN};
pub use table::{TableCell, TableColumn, TableStyle, TextTable};
pub use terminal_text::{display_width, truncate_to_width};

pub use crate::control_chars::escape_controls;
pub use wrap::wrap_text;

use crate::failure::Failure;

/// Terminal width in columns if neither the terminal nor `COLUMNS` gives one.
const DEFAULT_TERMINAL_WIDTH: usize = 80;
/// Terminal height in lines if neither the terminal nor `LINES` gives one.
const DEFAULT_TERMINAL_HEIGHT: usize = 24;

/// Prints results to stdout and everything else to stderr.
pub struct Ui {
    stdout: StdoutStream,
    stderr: Arc<StderrStream>,
    options: UiOptions,
    is_stdin_terminal: bool,
    is_stderr_terminal: bool,
    color_stdout: bool,
    color_stderr: bool,
    links_stdout: bool,
    terminal_width: Option<usize>,
    terminal_height: usize,
}

impl Ui {
    /// Creates a `Ui` on the process's own streams.
    #[must_use]
    pub fn new(options: UiOptions) -> Self {
        Self::with_streams(options, Streams::from_process())
    }

    /// Creates a `Ui` on the given streams.
    #[must_use]
    pub fn with_streams(options: UiOptions, streams: Streams) -> Self {
        let use_color = |terminal: bool| match options.color {
            ColorMode::Auto => terminal && streams.understands_escapes && !options.no_color && !options.dumb_terminal,
            ColorMode::Always => true,
            ColorMode::Never => false,
        };
        let stderr_file = streams.stderr_file.as_deref();
        let stamp = LineStamp::for_stderr(streams.is_stderr_terminal, stderr_file, options.journal_stream.as_deref());
        let draw_bars = streams.is_stderr_terminal && !options.dumb_terminal && !options.quiet && !options.no_progress;
        let width = streams.terminal_width.or(options.columns).unwrap_or(DEFAULT_TERMINAL_WIDTH);
        Self {
            color_stdout: use_color(streams.is_stdout_terminal),
            color_stderr: use_color(streams.is_stderr_terminal),
            links_stdout: streams.supports_hyperlinks && use_color(streams.is_stdout_terminal),
            terminal_width: streams.is_stdout_terminal.then_some(width),
            terminal_height: streams.terminal_height.or(options.lines).unwrap_or(DEFAULT_TERMINAL_HEIGHT),
            is_stdin_terminal: streams.is_stdin_terminal,
            is_stderr_terminal: streams.is_stderr_terminal,
            stdout: StdoutStream::new(streams.stdout),
            stderr: StderrStream::new(streams.stderr, draw_bars, stamp, streams.is_stderr_terminal.then_some(width)),
            options,
        }
    }

    /// Prints prose to stdout, wrapped at words if stdout is a terminal. The text must be escaped already. Adds a missing final
    /// newline; a closed pipe is not an error.
    ///
    /// # Errors
    ///
    /// Fails with exit code 1 if stdout cannot be written.
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        match self.terminal_width {
            Some(columns) => self.print_verbatim(&wrap::wrap_prose(text, columns)),
            None => self.print_verbatim(text),
        }
    }

    /// Prints text to stdout as [`Ui::print`] does, but never wraps it: it is laid out already, or is to be copied.
    ///
    /// # Errors
    ///
    /// As for [`Ui::print`].
    pub fn print_verbatim(&self, text: &str) -> Result<(), Failure> {
        let text = self.styled_for_stdout(text);
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        self.print_bytes(format!("{text}{end}").as_bytes())
    }

    /// Prints bytes to stdout unchanged: CSV, scripts, manual pages.
    ///
    /// # Errors
    ///
    /// As for [`Ui::print`].
    pub fn print_bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        // Stdout and stderr may be the same terminal; hide the progress bar while writing.
        self.stderr.progress_bars.suspend(|| self.stdout.write(bytes))
    }

    /// Prints a value to stdout as one line of JSON.
    ///
    /// # Errors
    ///
    /// As for [`Ui::print`].
    pub fn print_json(&self, value: &impl Serialize) -> Result<(), Failure> {
        self.print_verbatim(&crate::json_line::to_json_line(value))
    }

    /// Prints a table to stdout, fitted to the terminal width if stdout is a terminal.
    ///
    /// # Errors
    ///
    /// As for [`Ui::print`].
    pub fn print_table(&self, table: &TextTable) -> Result<(), Failure> {
        self.print_verbatim(&table.render_styled(self.table_style()))
    }

    /// Returns how tables on stdout look.
    #[must_use]
    pub const fn table_style(&self) -> TableStyle {
        TableStyle { limit: self.terminal_width, colors: self.color_stdout, links: self.links_stdout }
    }

    /// Returns the text with its styles, or without them if stdout has no colors.
    fn styled_for_stdout<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.color_stdout || !text.contains('\u{1b}') {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(style::strip_styles(text))
        }
    }

    /// Prints escaped text to stdout. If `paged` is true and the text is longer than the terminal, shows it in the pager.
    ///
    /// # Errors
    ///
    /// As for [`Ui::print`].
    pub fn print_paged(&self, text: &str, paged: bool) -> Result<(), Failure> {
        if paged && self.is_too_long(text) { self.print_in_pager(text, 0) } else { self.print_verbatim(text) }
    }

    /// Prints a table to stdout as [`Ui::print_paged`] does. Its header stays visible if the pager can keep it.
    ///
    /// # Errors
    ///
    /// As for [`Ui::print`].
    pub fn print_paged_table(&self, table: &TextTable, paged: bool) -> Result<(), Failure> {
        let text = table.render_styled(self.table_style());
        if !paged || !self.is_too_long(&text) {
            return self.print_verbatim(&text);
        }
        let features = pager::detect_features(self.options.pager.as_deref());
        let style = TableStyle { links: self.links_stdout && features.shows_links, ..self.table_style() };
        let header_lines = u8::from(features.keeps_header && table.has_header());
        self.print_in_pager(&table.render_styled(style), header_lines)
    }

    /// Returns true if stdout is a terminal that can run a pager, and the text has more lines than it.
    fn is_too_long(&self, text: &str) -> bool {
        text.lines().count() >= self.terminal_height && self.terminal_width.is_some() && !self.options.dumb_terminal
    }

    fn print_in_pager(&self, text: &str, header_lines: u8) -> Result<(), Failure> {
        let text = &*self.styled_for_stdout(text);
        let command_line = self.options.pager.as_deref();
        match pager::run_pager(text, command_line, self.options.has_less_variable, header_lines) {
            pager::PagerResult::Shown => return Ok(()),
            pager::PagerResult::NotShown(None) => {}
            pager::PagerResult::NotShown(Some(warning)) => self.print_warning(&warning),
        }
        self.print_verbatim(text)
    }

    /// Opens a file in an editor and waits until the editor exits. `editor` is a command line; `None` means the default editor.
    ///
    /// # Errors
    ///
    /// Fails with exit code 1 if the editor cannot be started or exits with an error.
    pub fn edit_file(&self, file: &Path, editor: Option<&str>) -> Result<(), Failure> {
        self.stderr.progress_bars.suspend(|| editor::edit_file(file, editor))
    }

    /// Returns the width of the terminal on stdout in columns. Returns `None` if stdout is not a terminal.
    #[must_use]
    pub const fn terminal_width(&self) -> Option<usize> {
        self.terminal_width
    }

    /// Returns true if the reader of stdout has closed it: further output is pointless.
    #[must_use]
    pub fn is_stdout_closed(&self) -> bool {
        self.stdout.is_closed()
    }

    /// Prints a note to stderr; silent with `-q`.
    pub fn print_note(&self, text: &str) {
        if !self.options.quiet {
            self.write_message("", PLAIN, text);
        }
    }

    /// Prints a line `warning: TEXT` to stderr; silent with `-q`. Off a terminal it has a stamp, as log lines have.
    pub fn print_warning(&self, text: &str) {
        if !self.options.quiet {
            let stamp = self.stderr.stamp.prefix(tracing::Level::WARN);
            self.write_stamped_message(&stamp, "warning: ", CAUTION.bold(), text);
        }
    }

    /// Prints a failure to stderr, even with `-q`: a line `error: TEXT`, a line `hint: TEXT` if there are hints,
    /// then the lines of a script that the user can run elsewhere.
    pub fn print_failure(&self, failure: &Failure) {
        self.write_message("error: ", BAD.bold(), &failure.message());
        self.print_hints(&failure.hints);
        for line in failure.script.iter().flat_map(|script| script.lines()) {
            self.write_message("", PLAIN, line);
        }
    }

    /// Prints hints to stderr as one line `hint: TEXT`. Prints nothing if there are none.
    pub fn print_hints(&self, hints: &[String]) {
        if !hints.is_empty() {
            self.write_message("hint: ", HINT.bold(), &hints.join("; "));
        }
    }

    /// Prints a text as a QR code to stderr, or a warning if it does not fit.
    pub fn print_qr(&self, text: &str) {
        let Some((code, width)) = qr::render_qr(text, self.color_stderr) else {
            return self.print_warning("the URL is too long for a QR code");
        };
        if self.is_stderr_terminal && width > self.output_width() {
            return self.print_warning(&format!("the terminal is too narrow for the QR code ({width} columns needed)"));
        }
        self.stderr.write(&code);
    }

    /// Prints a question to stderr and leaves the cursor after it. Call only if [`Ui::is_interactive`].
    pub fn print_prompt(&self, question: &str) {
        self.stderr.write(&format!("{} ", self.stderr.wrap_message(question, 0)));
    }

    /// Prints a line that belongs to a question, to stderr.
    pub fn print_question_line(&self, text: &str) {
        self.stderr.write(&format!("{}\n", self.stderr.wrap_message(text, 0)));
    }

    /// Returns true if a person can answer prompts: stdin and stderr are terminals.
    #[must_use]
    pub const fn is_interactive(&self) -> bool {
        self.is_stdin_terminal && self.is_stderr_terminal
    }

    /// Returns true if stdout may be colored.
    #[must_use]
    pub const fn has_stdout_color(&self) -> bool {
        self.color_stdout
    }

    /// Returns the width for output in columns: the terminal's, else `COLUMNS`, else the default.
    #[must_use]
    pub fn output_width(&self) -> usize {
        self.terminal_width.or(self.options.columns).unwrap_or(DEFAULT_TERMINAL_WIDTH)
    }

    /// Returns true if stdout is a terminal.
    #[must_use]
    pub const fn is_stdout_terminal(&self) -> bool {
        self.terminal_width.is_some()
    }

    /// Returns true if only results and errors are printed (`-q`).
    #[must_use]
    pub const fn is_quiet(&self) -> bool {
        self.options.quiet
    }

    /// Returns true if `-v` was given at least once.
    #[must_use]
    pub const fn is_verbose(&self) -> bool {
        self.options.verbosity > 0
    }

    /// Shows the progress of a user's sync. Off a terminal its lines name the user if `names_user` is true.
    #[must_use]
    pub fn sync_progress(&self, username: &str, names_user: bool) -> ProgressReporter {
        ProgressReporter::for_sync(&self.stderr, (username, names_user), self.progress_mode(), self.color_stderr)
    }

    /// Creates the progress of other work, such as `Importing`. Its bar appears when [`ProgressReporter::show_bar`] is called.
    #[must_use]
    pub fn task_progress(&self, activity: &str) -> ProgressReporter {
        ProgressReporter::for_task(&self.stderr, activity, self.progress_mode(), self.color_stderr)
    }

    /// Creates the progress of work on rows of several tables. Its bar appears when [`ProgressReporter::show_bar`] is called.
    #[must_use]
    pub fn row_progress(&self, activity: &str) -> ProgressReporter {
        ProgressReporter::for_rows(&self.stderr, activity, self.progress_mode(), self.color_stderr)
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

    /// Buffers all output from now on, until [`Ui::finish_buffering`].
    pub fn start_buffering(&self) {
        self.stdout.start_buffering();
        self.stderr.start_buffering();
    }

    /// Ends buffering: prints or discards the buffered output.
    pub fn finish_buffering(&self, output: BufferedOutput) {
        self.stderr.finish_buffering(output);
        // A failed write to stdout is reported by the next one.
        let _ = self.stdout.finish_buffering(output);
    }

    /// Returns the most recent lines written to stderr, without colors.
    #[must_use]
    pub fn recent_messages(&self) -> Vec<String> {
        self.stderr.recent_lines()
    }

    /// Sends the process's logs to stderr from now on. Does nothing if logging is initialized already.
    pub fn init_logging(&self) {
        if let Some(warning) = log::init(&self.options, &self.stderr, self.color_stderr) {
            self.print_warning(&warning);
        }
    }

    fn write_message(&self, label: &str, style: Style, text: &str) {
        self.write_stamped_message("", label, style, text);
    }

    /// Writes a label and a text to stderr. On a terminal the text is wrapped, and further lines are indented by the label.
    fn write_stamped_message(&self, stamp: &str, label: &str, style: Style, text: &str) {
        let text = self.stderr.wrap_message(text, display_width(label));
        let label = if self.color_stderr && !label.is_empty() { style::paint(label, style) } else { label.to_owned() };
        self.stderr.write(&format!("{stamp}{label}{text}\n"));
    }
}

#[cfg(test)]
mod tests;
