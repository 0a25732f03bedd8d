//! The command that a user probably meant: the one that was typed, with one word replaced.

use std::ffi::OsString;

use crate::{failure::Failure, shell_quote::shell_quote};

/// Adds the meant command to the hint, if the failure knows the word to replace and the command line has it.
pub(super) fn add_meant_command(mut failure: Failure, arguments: &[OsString]) -> Failure {
    let command = failure.meant_word.take().and_then(|(typed, meant)| replace_word(arguments, &typed, &meant));
    if let (Some(command), Some(hint)) = (command, failure.hints.last_mut()) {
        hint.push_str(&format!(" Run: {command}"));
    }
    failure
}

/// Returns the command line with `meant` for the word or the value of a flag `typed`. The program is called by its name.
fn replace_word(arguments: &[OsString], typed: &str, meant: &str) -> Option<String> {
    let words: Option<Vec<&str>> = arguments.iter().skip(1).map(|word| word.to_str()).collect();
    let mut is_replaced = false;
    let mut replace = |word: &str| {
        let flag =
            word.strip_suffix(typed).filter(|flag| flag.is_empty() || (flag.starts_with("--") && flag.ends_with('=')));
        match flag.filter(|_| !is_replaced) {
            Some(flag) => {
                is_replaced = true;
                format!("{flag}{}", shell_quote(meant))
            }
            None => shell_quote(word).into_owned(),
        }
    };
    let words: Vec<String> = words?.into_iter().map(&mut replace).collect();
    is_replaced.then(|| format!("malsync {}", words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_has_the_meant_word_once() {
        for (line, expected) in [
            (&["/bin/malsync", "edit", "cowboy bepop", "--score", "3"][..], Some("malsync edit 1 --score 3")),
            (&["malsync", "changes", "--anime=cowboy bepop"], Some("malsync changes --anime=1")),
            (
                &["malsync", "edit", "cowboy bepop", "--notes", "cowboy bepop"],
                Some("malsync edit 1 --notes 'cowboy bepop'"),
            ),
            (&["cowboy bepop", "edit", "x"], None),
        ] {
            let arguments: Vec<OsString> = line.iter().map(Into::into).collect();
            assert_eq!(replace_word(&arguments, "cowboy bepop", "1").as_deref(), expected, "{line:?}");
        }
    }
}
