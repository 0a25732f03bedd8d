//! The only code that writes to standard output and standard error: tables, JSON, progress, logs.
//!
//! Every text from outside is cleaned of what steers a terminal before it gets there ([`clean()`]), or escaped ([`json`]).
//! What the answers look like is in [`view`]; nothing here decides, asks a database or ends the process.

mod clean;
pub mod csv;
mod editor;
pub mod json;
mod log;
mod pager;
mod progress;
mod qr;
mod streams;
mod table;
pub mod view;
mod wrap;

use std::{path::Path, sync::Arc};

pub use clean::{clean, fit, width};
pub use progress::Bar;
use progress::Manner;
use serde::Serialize;
pub use streams::Streams;
use streams::{Answer, Conversation};
pub use table::{Column, Table};
pub use wrap::wrap;

use crate::failure::Failure;

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
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
pub struct Options {
    /// How often `-v` was given.
    pub verbose: u8,
    /// `-q`: answers and errors alone.
    pub quiet: bool,
    /// `--color`
    pub color: Color,
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
    pub less_is_told: bool,
    /// `RUST_LOG`
    pub rust_log: Option<String>,
}

/// The width of a terminal that does not say.
const USUAL_WIDTH: usize = 80;
/// The height of a terminal that does not say.
const USUAL_HEIGHT: usize = 24;

/// Talks to whoever started malsync.
pub struct Ui {
    answer: Answer,
    conversation: Arc<Conversation>,
    options: Options,
    in_terminal: bool,
    err_terminal: bool,
    color_out: bool,
    color_err: bool,
    limit: Option<usize>,
    height: usize,
}

impl Ui {
    /// Talks over the process's streams.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self::over(options, Streams::real())
    }

    /// Talks over these streams.
    #[must_use]
    pub fn over(options: Options, streams: Streams) -> Self {
        let able = |terminal: bool| match options.color {
            Color::Auto => terminal && !options.no_color && !options.dumb_terminal,
            Color::Always => true,
            Color::Never => false,
        };
        let bars = streams.err_terminal && !options.dumb_terminal && !options.quiet && !options.no_progress;
        let width = streams.width.or(options.columns).unwrap_or(USUAL_WIDTH);
        Self {
            color_out: able(streams.out_terminal),
            color_err: able(streams.err_terminal),
            limit: streams.out_terminal.then_some(width),
            height: streams.height.or(options.lines).unwrap_or(USUAL_HEIGHT),
            in_terminal: streams.in_terminal,
            err_terminal: streams.err_terminal,
            answer: Answer::new(streams.out),
            conversation: Conversation::new(streams.err, bars),
            options,
        }
    }

    /// Prints an answer: lines that are clean already. A missing end of line is added; a closed pipe is no error.
    ///
    /// # Errors
    ///
    /// Exit code 1 where standard output cannot be written.
    pub fn out(&self, text: &str) -> Result<(), Failure> {
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        self.out_bytes(format!("{text}{end}").as_bytes())
    }

    /// Prints bytes as they are: CSV, scripts, manual pages.
    ///
    /// # Errors
    ///
    /// As for [`Ui::out`].
    pub fn out_bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        // Both streams may be the same terminal, with a bar on it.
        self.conversation.bars.suspend(|| self.answer.write(bytes))
    }

    /// Prints an object on one line.
    ///
    /// # Errors
    ///
    /// As for [`Ui::out`].
    pub fn json(&self, value: &impl Serialize) -> Result<(), Failure> {
        self.out(&json::line(value))
    }

    /// Prints a table, cut to the terminal where there is one.
    ///
    /// # Errors
    ///
    /// As for [`Ui::out`].
    pub fn table(&self, table: &Table) -> Result<(), Failure> {
        self.out(&table.render(self.limit))
    }

    /// Prints an answer of lines that are clean already; one that is longer than the terminal through the pager, if wanted.
    ///
    /// # Errors
    ///
    /// As for [`Ui::out`].
    pub fn pages(&self, text: &str, paged: bool) -> Result<(), Failure> {
        let long = text.lines().count() >= self.height;
        if paged && long && self.limit.is_some() && !self.options.dumb_terminal {
            match pager::show(text, self.options.pager.as_deref(), self.options.less_is_told) {
                pager::Shown::Yes => return Ok(()),
                pager::Shown::No(None) => {}
                pager::Shown::No(Some(why)) => self.warning(&why),
            }
        }
        self.out(text)
    }

    /// Has a person change a file in the editor of this command line (none is the usual), and waits for the end of it.
    ///
    /// # Errors
    ///
    /// Exit code 1 where it cannot be started or does not end well.
    pub fn edit(&self, file: &Path, editor: Option<&str>) -> Result<(), Failure> {
        self.conversation.bars.suspend(|| editor::edit(file, editor))
    }

    /// The columns of the terminal that answers go to, where it is one.
    #[must_use]
    pub const fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// Whether whoever read the answer went away: there is no point in more of it.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.answer.is_closed()
    }

    /// Says something in passing; silent with `-q`.
    pub fn note(&self, text: &str) {
        if !self.options.quiet {
            self.say("", "", text);
        }
    }

    /// Says that something is not as it should be, on a line of its own; silent with `-q`.
    pub fn warning(&self, text: &str) {
        if !self.options.quiet {
            self.say("warning: ", "33", text);
        }
    }

    /// Says what went wrong and what to do about it: one line `error: WHAT`, then one line `hint: WHAT TO DO`
    /// where there is something to do, then what is to be run elsewhere, as it stands. Never silent.
    pub fn failure(&self, failure: &Failure) {
        self.say("error: ", "31", &failure.message());
        if !failure.hints.is_empty() {
            self.say("hint: ", "36", &failure.hints.join("; "));
        }
        for line in failure.script.iter().flat_map(|script| script.lines()) {
            self.say("", "", line);
        }
    }

    /// Shows a text as a QR code on standard error; where it does not fit there, says so.
    pub fn qr(&self, text: &str) {
        let Some((code, columns)) = qr::drawn(text, self.color_err) else {
            return self.warning("this is too long for a QR code");
        };
        if self.err_terminal && columns > self.columns() {
            return self.warning(&format!("the terminal is too narrow for a QR code, which takes {columns} columns"));
        }
        self.conversation.write(&code);
    }

    /// Asks, and leaves the cursor after the question. Only where [`Ui::can_ask`].
    pub fn prompt(&self, question: &str) {
        self.conversation.write(&format!("{} ", clean(question)));
    }

    /// Whether a person is there to answer: standard input and standard error are a terminal.
    #[must_use]
    pub const fn can_ask(&self) -> bool {
        self.in_terminal && self.err_terminal
    }

    /// Whether answers may be coloured.
    #[must_use]
    pub const fn colors_answers(&self) -> bool {
        self.color_out
    }

    /// How many columns an answer may take: the terminal's, else what `COLUMNS` says, else the usual.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.limit.or(self.options.columns).unwrap_or(USUAL_WIDTH)
    }

    /// Whether a person looks at the answer.
    #[must_use]
    pub const fn answers_a_terminal(&self) -> bool {
        self.limit.is_some()
    }

    /// Whether only answers and errors are wanted (`-q`).
    #[must_use]
    pub const fn is_quiet(&self) -> bool {
        self.options.quiet
    }

    /// Whether more is wanted than usual (`-v`).
    #[must_use]
    pub const fn is_verbose(&self) -> bool {
        self.options.verbose > 0
    }

    /// Shows the progress of a run. `whose` is named where several users' lists are synced.
    #[must_use]
    pub fn progress(&self, whose: Option<&str>) -> Bar {
        Bar::of_sync(&self.conversation, whose, self.manner())
    }

    /// The progress of other work, `importing` or the like; its bar is shown once [`Bar::appear`] is called.
    #[must_use]
    pub fn progress_of(&self, doing: &str) -> Bar {
        Bar::of(&self.conversation, doing, self.manner())
    }

    const fn manner(&self) -> Manner {
        if self.options.quiet || self.options.no_progress {
            Manner::Silent
        } else if self.err_terminal && !self.options.dumb_terminal {
            Manner::Drawn
        } else {
            Manner::Lines
        }
    }

    /// From now on, says nothing: what would have been said is kept until [`Ui::let_go`].
    pub fn hold_back(&self) {
        self.answer.hold_back();
        self.conversation.hold_back();
    }

    /// Says what was held back, or forgets it, and holds nothing back any more.
    pub fn let_go(&self, tell: bool) {
        self.conversation.let_go(tell);
        // Whoever does not take the answer is told so by the next one.
        let _ = self.answer.let_go(tell);
    }

    /// The last lines of the conversation, without colours.
    #[must_use]
    pub fn last_lines(&self) -> Vec<String> {
        self.conversation.last_lines()
    }

    /// Sends the logs of the process to standard error from now on. Does nothing where that was done before.
    pub fn start_logs(&self) {
        if let Some(warning) = log::start(&self.options, &self.conversation, self.color_err) {
            self.warning(&warning);
        }
    }

    fn say(&self, word: &str, color: &str, text: &str) {
        let text = clean(text);
        let line = if self.color_err && !word.is_empty() {
            format!("\x1b[1;{color}m{word}\x1b[0m{text}\n")
        } else {
            format!("{word}{text}\n")
        };
        self.conversation.write(&line);
    }
}

#[cfg(test)]
mod tests;
