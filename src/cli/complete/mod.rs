//! What a shell asks when a value is to be completed: `malsync __complete SHELL LINE`, which the scripts of `malsync completions`
//! type, and nobody else.
//!
//! Flags and words that never change stand in the scripts; here are the values that only this malsync, or its database,
//! knows. The rule: whatever the line is, it is read without a complaint; what makes no sense has no place.

mod answer;
mod line;
mod place;

use std::ffi::OsString;

pub use answer::{Candidate, MOST};
pub use place::{Place, What};

use self::line::Line;

/// The word after the program's name that makes it a question.
pub(super) const WORD: &str = "__complete";

/// The shells whose scripts ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    Bash,
    Fish,
    Zsh,
}

/// What a shell asks.
#[derive(Clone, Debug)]
pub struct Question {
    asker: Asker,
    line: Line,
    /// Whether bash puts the candidates themselves into the line, one after the other.
    inserts_each: bool,
    /// What is to be completed; none where the script knows all that there is.
    pub place: Option<Place>,
}

impl Question {
    /// The question that these arguments are, the program's name first; none where they are something else.
    #[must_use]
    pub fn read(arguments: &[OsString]) -> Option<Self> {
        let mut words = arguments.iter().skip(1).map(|word| word.to_string_lossy());
        if words.next()? != WORD {
            return None;
        }
        let asker = match words.next().as_deref() {
            Some("bash") => Asker::Bash,
            Some("zsh") => Asker::Zsh,
            _ => Asker::Fish,
        };
        let line = words.next().unwrap_or_default();
        let breaks = words.next().unwrap_or_default();
        // bash(1), COMP_TYPE: menu-complete, insert-completions.
        let inserts_each = matches!(words.next().as_deref(), Some("37" | "42"));
        let line = Line::read(&line, asker, &breaks);
        let place = Place::of(&line, asker);
        Some(Self { asker, line, inserts_each, place })
    }
}
