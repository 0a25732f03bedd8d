//! What stands before a log line, so that it can be placed in time: nothing on a terminal, the time in a file, the
//! priority in the journal of systemd, which adds the time itself.
//!
//! Results, notes and the lines `error:` and `hint:` carry no stamp.

use chrono::SecondsFormat;
use tracing::Level;

use crate::clock::{Clock as _, SystemClock};

/// What stands before a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum LineStamp {
    /// Nothing.
    #[default]
    None,
    /// The time as RFC 3339.
    Time,
    /// The priority as journald reads it: `<3>` to `<7>`.
    Priority,
}

impl LineStamp {
    /// Returns the stamp for lines on stderr. `stderr_file` is its device and inode as `DEVICE:INODE`; systemd names those
    /// of the journal in `JOURNAL_STREAM`.
    pub(super) fn for_stderr(is_terminal: bool, stderr_file: Option<&str>, journal_stream: Option<&str>) -> Self {
        match stderr_file {
            _ if is_terminal => Self::None,
            Some(file) if journal_stream == Some(file) => Self::Priority,
            _ => Self::Time,
        }
    }

    /// Returns the stamp with a space behind it where it needs one.
    pub(super) fn prefix(self, level: Level) -> String {
        match self {
            Self::None => String::new(),
            Self::Time => format!("{} ", SystemClock.now().to_rfc3339_opts(SecondsFormat::Millis, true)),
            Self::Priority => format!("<{}>", journal_priority(level)),
        }
    }
}

/// Returns the priority of syslog: 3 is an error, 7 is for debugging.
const fn journal_priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        Level::DEBUG | Level::TRACE => 7,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamp_depends_on_where_stderr_goes() {
        for (is_terminal, file, journal, expected) in [
            (true, Some("1:2"), None, LineStamp::None),
            (true, Some("1:2"), Some("1:2"), LineStamp::None),
            (false, Some("1:2"), Some("1:2"), LineStamp::Priority),
            (false, Some("1:2"), Some("1:3"), LineStamp::Time),
            (false, Some("1:2"), None, LineStamp::Time),
            (false, None, Some("1:2"), LineStamp::Time),
            (false, None, None, LineStamp::Time),
        ] {
            assert_eq!(LineStamp::for_stderr(is_terminal, file, journal), expected);
        }
    }

    #[test]
    fn prefix_is_a_time_or_a_priority() {
        let time = LineStamp::Time.prefix(Level::INFO);
        assert!(chrono::DateTime::parse_from_rfc3339(time.strip_suffix(' ').unwrap()).is_ok(), "{time}");
        let levels = [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE];
        assert_eq!(levels.map(|level| LineStamp::Priority.prefix(level)), ["<3>", "<4>", "<6>", "<7>", "<7>"]);
        assert_eq!(LineStamp::None.prefix(Level::ERROR), "");
    }
}
