//! Sends own values to MAL: what differs, what is sent, what conflicts, and what MAL made of it.
//!
//! - [`difference`]: what differs from MAL's last value, and why (pure)
//! - [`form_value`]: a value as MAL's form wants it, or why it cannot be sent (pure)
//! - [`plan`]: which fields of an entry are sent, decided against MAL's current values (pure)
//! - [`forecast`]: what a push is expected to do, without asking MAL (pure)
//! - [`record`]: the entry and its change records after MAL's response (pure)
//! - [`engine`]: runs one push: read, decide, write, record, entry by entry. `recorder` stores what MAL took, `tally` counts
//!   it, `finish` writes the run's end
//!
//! See decision 25.

pub mod difference;
pub mod engine;
mod finish;
pub mod forecast;
pub mod form_value;
pub mod plan;
pub mod record;
mod recorder;
mod tally;
