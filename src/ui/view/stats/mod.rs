//! Figures: `stats`, and what `report` is made of.
//!
//! [`json`] has every figure as it is; [`sections`] the same in words, rows and bars, for the terminal ([`text`]) and for
//! the report ([`super::report`]), so that both tell one story.

mod json;
mod sections;
mod text;

pub use json::to_json;
pub(super) use sections::format_days;
pub use sections::{BarDirection, Chart, ChartRow, StatsScope, StatsSection, build_sections, heading_line};
pub use text::{TextStyle, to_text};

#[cfg(test)]
pub(super) mod tests;
