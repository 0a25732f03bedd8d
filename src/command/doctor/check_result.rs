//! Builds the checks of `doctor`, each with its result.

use crate::{
    failure::Failure,
    ui::view::doctor::{Check, CheckLevel},
};

/// Returns a check with its result.
pub(super) fn new_check(name: &str, level: CheckLevel, message: impl Into<String>, hint: Option<&str>) -> Check {
    Check { name: name.to_owned(), level, message: message.into(), hint: hint.map(str::to_owned) }
}

/// Returns a failed check with the message and the first hint of a failure.
pub(super) fn check_from_failure(name: &str, failure: &Failure) -> Check {
    new_check(name, CheckLevel::Error, failure.message(), failure.hints.first().map(String::as_str))
}
