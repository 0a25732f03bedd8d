//! Figures: `stats`, and what `report` is made of.
//!
//! [`json`] has every figure as it is; [`sections`] the same in words, rows and bars, for the terminal ([`text`]) and for
//! the report ([`super::report`]), so that both tell one story.

mod json;
mod sections;
mod text;

pub use json::json;
pub(super) use sections::tenths;
pub use sections::{About, Chart, Row, Section, Shape, head, sections};
pub use text::{Look, text};

#[cfg(test)]
pub(super) mod tests;
