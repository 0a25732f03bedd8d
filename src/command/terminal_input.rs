//! Reads standard input: answers to questions, and pasted lines.
//!
//! Invariant: every read runs on a thread of its own, which does not delay the exit.

use std::io::{self, BufRead as _, Read as _};

use zeroize::Zeroizing;

use crate::{failure::Failure, ui::Ui};

use super::{long_line_input::read_long_line, signals::Signals};

/// The answer to a question if the user presses only Enter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DefaultAnswer {
    Yes,
    No,
}

impl DefaultAnswer {
    /// Returns the choices as printed after a question.
    const fn choices(self) -> &'static str {
        match self {
            Self::Yes => "[Y/n]",
            Self::No => "[y/N]",
        }
    }

    /// Returns true if this line means yes. The end of the input means no.
    fn is_yes(self, line: Option<&str>) -> bool {
        match line.map(|line| line.trim().to_lowercase()).as_deref() {
            Some("y" | "yes") => true,
            Some("") => self == Self::Yes,
            _ => false,
        }
    }
}

/// Prints a question and waits for the answer yes or no. Call only if [`Ui::is_interactive`].
///
/// # Errors
///
/// Fails if a signal comes first; later input is ignored.
pub(super) async fn confirm(
    ui: &Ui,
    signals: &Signals,
    question: &str,
    default: DefaultAnswer,
) -> Result<bool, Failure> {
    let line = ask_line(ui, signals, &format!("{question} {}", default.choices())).await?;
    Ok(default.is_yes(line.as_deref()))
}

/// Prints a question and waits for a line. Returns `None` at the end of the input. Call only if [`Ui::is_interactive`].
///
/// # Errors
///
/// Fails if a signal comes first; later input is ignored.
pub(super) async fn ask_line(ui: &Ui, signals: &Signals, question: &str) -> Result<Option<String>, Failure> {
    ui.print_prompt(question);
    let line = tokio::select! {
        biased;
        () = signals.stop.cancelled() => None,
        line = read_stdin_line() => line.ok().flatten(),
    };
    match signals.first_signal_exit() {
        Some(exit) => Err(Failure::from_text(exit, "stopped before an answer; nothing was changed")),
        None => Ok(line),
    }
}

/// Returns the next line of standard input. Returns `None` at its end.
pub(super) async fn read_stdin_line() -> io::Result<Option<String>> {
    read_on_thread(|| {
        let mut line = String::new();
        let bytes = io::stdin().lock().read_line(&mut line)?;
        Ok((bytes > 0).then_some(line))
    })
    .await
}

/// Returns the next line of a terminal in [`LongLineMode`](super::long_line_input::LongLineMode).
pub(super) async fn read_long_stdin_line() -> io::Result<Option<String>> {
    read_on_thread(|| read_long_line(&mut io::stdin().lock())).await
}

/// Returns all of standard input, but at most `max_bytes`. The memory is zeroed on drop.
pub(super) async fn read_secret_stdin(max_bytes: u64) -> io::Result<Zeroizing<Vec<u8>>> {
    read_on_thread(move || {
        let mut text = Zeroizing::new(Vec::new());
        io::stdin().lock().take(max_bytes).read_to_end(&mut text)?;
        Ok(text)
    })
    .await
}

async fn read_on_thread<T: Send + 'static>(read: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

#[cfg(test)]
mod tests {
    use super::DefaultAnswer::{self, No, Yes};

    #[test]
    fn answer_is_yes_only_if_typed_or_default() {
        for (line, expected) in [
            (Some("y\n"), [true, true]),
            (Some(" YES \r\n"), [true, true]),
            (Some("\n"), [true, false]),
            (Some("n\n"), [false, false]),
            (Some("yo\n"), [false, false]),
            (None, [false, false]),
        ] {
            assert_eq!([Yes, No].map(|default: DefaultAnswer| default.is_yes(line)), expected, "{line:?}");
        }
    }
}
