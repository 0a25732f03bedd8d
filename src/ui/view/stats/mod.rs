//! Statistics: the output of `stats`, and the content of `report`.
//!
//! [`to_json`] returns every number as it is. [`build_sections`] returns the same data as sentences, rows and bars, for the
//! terminal ([`to_text`]) and for the HTML report ([`super::report`]).

mod json;
mod sections;
mod text;

pub use json::to_json;
pub use sections::{BarDirection, Chart, ChartRow, StatsScope, StatsSection, build_sections, heading_line};
pub(super) use sections::{FINISHED_HEADING, format_days};
pub use text::{TextStyle, to_text};

#[cfg(test)]
pub(super) mod tests;
