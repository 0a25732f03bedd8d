//! Parses a value that is one of some words, in whatever spelling, and suggests the nearest one.

use std::ffi::OsStr;

use clap::{
    Arg, Command,
    builder::{PossibleValue, TypedValueParser},
    error::Error,
};

use crate::domain::text::closest_match;

/// A parser of words. The words are those that help and completion show.
#[derive(Clone)]
pub(super) struct WordParser<T> {
    words: Vec<&'static str>,
    parse: fn(&str) -> Option<T>,
}

impl<T> WordParser<T> {
    pub(super) const fn new(words: Vec<&'static str>, parse: fn(&str) -> Option<T>) -> Self {
        Self { words, parse }
    }

    fn parse_word(&self, text: &str) -> Result<T, String> {
        (self.parse)(text).ok_or_else(|| {
            let nearest = closest_match(text, self.words.iter().copied());
            let suggestion = nearest.map(|word| format!("did you mean {word}? ")).unwrap_or_default();
            format!("{suggestion}use one of {}", self.words.join(", "))
        })
    }
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for WordParser<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, argument: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        let parse = {
            let parser = self.clone();
            move |text: &str| parser.parse_word(text)
        };
        parse.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.words.iter().map(|word| PossibleValue::new(*word))))
    }
}
