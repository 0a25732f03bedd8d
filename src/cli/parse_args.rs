//! Parses the command line. An error of clap's becomes one line of what is wrong, and a hint.

use std::ffi::OsString;

use clap::{
    Command, FromArgMatches as _, ValueEnum as _,
    error::{ContextKind, ContextValue, Error, ErrorKind},
};

use super::{
    Cli, ColorArg, clap_error,
    command_line_definition::{define_arguments, define_command_line},
    tried_words, version_info,
};
use crate::failure::Failure;

/// Why parsing did not produce arguments.
#[derive(Debug)]
pub enum ParseStop {
    /// Help or version text: print it on standard output and exit with 0.
    ShowText(HelpText),
    /// The arguments are invalid: exit code 2.
    WrongUsage(Failure),
}

/// A text that was requested instead of a command.
#[derive(Debug)]
pub struct HelpText {
    /// Without colors.
    pub plain: String,
    /// With escape sequences for colors.
    pub colored: String,
}

/// Parses the arguments, the program name first.
///
/// # Errors
///
/// [`ParseStop::ShowText`] if help or the version is requested, [`ParseStop::WrongUsage`] if the arguments are invalid.
pub fn parse(args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Cli, ParseStop> {
    let args: Vec<OsString> = args.into_iter().map(Into::into).collect();
    if let Some(json) = version_info::version_json(&args) {
        return Err(ParseStop::ShowText(HelpText { plain: json.clone(), colored: json }));
    }
    let parse_by = |mut command: Command| {
        command.try_get_matches_from_mut(&args).and_then(|matches| Cli::from_arg_matches(&matches))
    };
    // The help texts take longer than the parsing, and are needed only for what is printed.
    let parsed = parse_by(define_arguments()).or_else(|_| parse_by(define_command_line()));
    parsed.map_err(|error| stop_from_clap(&error, &args))
}

/// Returns the value of `--color`, even if the arguments are otherwise invalid.
#[must_use]
pub fn find_color(args: &[OsString]) -> ColorArg {
    let words = || args.iter().map(|arg| arg.to_string_lossy());
    let separate_values =
        words().zip(words().skip(1)).filter(|(flag, _)| flag == "--color").map(|(_, value)| value.into_owned());
    let joined_values = words().filter_map(|arg| arg.strip_prefix("--color=").map(str::to_owned));
    separate_values
        .chain(joined_values)
        .rev()
        .find_map(|value| ColorArg::from_str(&value, false).ok())
        .unwrap_or_default()
}

/// Converts clap's error for these arguments.
fn stop_from_clap(error: &Error, args: &[OsString]) -> ParseStop {
    let styled = error.render();
    let text = styled.to_string();
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return ParseStop::ShowText(HelpText { plain: text, colored: styled.ansi().to_string() });
    }
    let paragraphs = clap_error::split_paragraphs(&text);
    let mut message = paragraphs.first().map_or("", |first| first.trim_start_matches("error: "));
    // Drop the tip on passing a word with a dash as a value: a flag was meant.
    let is_helpful = |tip: &&str| !tip.starts_with("to pass '-");
    let tips: Vec<&str> =
        paragraphs.iter().filter_map(|paragraph| paragraph.strip_prefix("tip: ")).filter(is_helpful).collect();
    let path = command_path(args);
    let mut better_tip = tried_word_tip(error, &path).or_else(|| title_or_value_tip(error, &path));
    better_tip = better_tip.or_else(|| tried_flag_tip(error, &path));
    if is_edit_without_values(message, &path) {
        message = "nothing to change";
        better_tip = Some("give a new value, like --score 8, --episodes +1 or --status completed".to_owned());
    }
    let tips = better_tip.as_deref().map_or(tips, |tip| vec![tip]);
    let tips: String = tips.into_iter().map(|tip| format!("{tip}. ")).collect();
    let hint = format!("{tips}For help, run: {path} --help");
    ParseStop::WrongUsage(Failure::usage_error(message).with_hint(hint))
}

/// Returns true for an `edit` that names an anime, but no value: clap's message would list every flag.
fn is_edit_without_values(message: &str, command_path: &str) -> bool {
    command_path == "malsync edit" && message.contains("<--status <STATUS>|") && !message.contains("ANIME")
}

/// Returns the tip for a word that people try as a command.
fn tried_word_tip(error: &Error, command_path: &str) -> Option<String> {
    match error.get(ContextKind::InvalidSubcommand) {
        Some(ContextValue::String(word)) if command_path == "malsync" => tried_words::find_hint(word),
        _ => None,
    }
}

/// Returns the tip for a flag or a status that people try.
fn tried_flag_tip(error: &Error, command_path: &str) -> Option<String> {
    let text_of = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let argument = text_of(ContextKind::InvalidArg)?;
    match error.kind() {
        ErrorKind::UnknownArgument => tried_words::find_flag_hint(argument, command_path),
        ErrorKind::ValueValidation if argument.starts_with("--status") => {
            let is_rewatching = text_of(ContextKind::InvalidValue).is_some_and(|value| value == "rewatching");
            let flag = if command_path == "malsync edit" { "--rewatching true" } else { "--rewatching" };
            is_rewatching.then(|| format!("MAL has a flag for rewatching: use {flag}"))
        }
        _ => None,
    }
}

/// Returns the tip for a word too many after an anime: the next word of a title without quotes, or a value without its flag.
fn title_or_value_tip(error: &Error, command_path: &str) -> Option<String> {
    if !["malsync edit", "malsync pin", "malsync unpin"].contains(&command_path) {
        return None;
    }
    let text_of = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let argument = text_of(ContextKind::InvalidArg)?;
    match error.kind() {
        ErrorKind::UnknownArgument if argument.parse::<i32>().is_ok() => {
            Some("values have flags, like --score 8 or --episodes +1".to_owned())
        }
        ErrorKind::UnknownArgument if !argument.starts_with('-') => {
            Some("quote a title of several words, like 'Cowboy Bebop'".to_owned())
        }
        ErrorKind::ValueValidation if argument.contains("[FIELD]") => {
            Some("quote a title of several words, like 'Cowboy Bebop'".to_owned())
        }
        _ => None,
    }
}

/// Returns the command path named by the arguments, as far as it can be recognized.
fn command_path(args: &[OsString]) -> String {
    let root = define_command_line();
    let mut command = &root;
    let mut names = vec![root.get_name()];
    for arg in args.iter().skip(1).filter_map(|arg| arg.to_str()) {
        if let Some(subcommand) = command.find_subcommand(arg) {
            names.push(subcommand.get_name());
            command = subcommand;
        }
    }
    names.join(" ")
}
