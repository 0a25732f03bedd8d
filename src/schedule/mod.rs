//! The texts that make a sync happen by itself: units for systemd, a line for cron, a property list for launchd.
//!
//! The rule: everything here is a pure function of a [`Job`], the same wherever it is asked for, and holds no secret: what a
//! job needs beyond its arguments stands in the configuration file. Who writes the texts, and where, is `command::schedule`.

pub mod cron;
pub mod interval;
pub mod launchd;
pub mod systemd;

pub use interval::ScheduleInterval;
use sha2::{Digest as _, Sha256};

/// What is to be started, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledJob {
    /// The program, by its whole path.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The variables that it needs beside those that every session has: folders, never a setting.
    pub environment: Vec<(String, String)>,
    /// How often.
    pub interval: ScheduleInterval,
}

impl ScheduledJob {
    /// Whether any of the texts has a character that no line can hold.
    #[must_use]
    pub fn has_no_control_chars(&self) -> bool {
        let texts =
            [&self.program].into_iter().chain(&self.arguments).chain(self.environment.iter().map(|(_, value)| value));
        texts.into_iter().all(|text| !text.chars().any(char::is_control))
    }

    /// The minute of the hour: the same for the same job, another on most other machines, so that not everybody asks MAL at once.
    fn minute_of_hour(&self) -> u32 {
        let of = self
            .environment
            .iter()
            .map(|(_, value)| value)
            .chain([&self.program])
            .fold(String::new(), |all, one| all + one);
        u32::from(Sha256::digest(of)[0]) % 60
    }

    /// When it is to be started.
    #[must_use]
    pub fn start_times(&self) -> interval::StartTimes {
        self.interval.start_times(self.minute_of_hour())
    }
}

/// What stands in a text of malsync's own, before how often.
const JOB_MARKER: &str = "written by malsync schedule: every ";

fn job_marker(every: ScheduleInterval) -> String {
    format!("{JOB_MARKER}{every}")
}

/// How often a text says that it has malsync started; none where it is not one of malsync's own.
#[must_use]
pub fn parse_job_marker(text: &str) -> Option<ScheduleInterval> {
    let (_, after) = text.split_once(JOB_MARKER)?;
    ScheduleInterval::parse(after.split_whitespace().next()?).ok()
}

#[cfg(test)]
pub(crate) fn test_job(every: &str) -> ScheduledJob {
    ScheduledJob {
        program: "/opt/my tools/100%/malsync".into(),
        arguments: ["sync", "--user", "o'neil \"$x\" 5%", "--quiet"].map(str::to_owned).into(),
        environment: vec![("XDG_DATA_HOME".into(), "/data/a\\b 'c' 5%".into())],
        interval: ScheduleInterval::parse(every).unwrap(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parse_job_marker_reads_interval_of_own_files_only() {
        let job = test_job("6h");
        let texts = [
            systemd::service_file(&job),
            systemd::timer_file(&job),
            launchd::property_list(&job, "/h"),
            cron::with_job(&job, "x\n"),
        ];
        assert!(texts.iter().all(|text| parse_job_marker(text) == Some(job.interval)));
        assert_eq!(parse_job_marker("[Service]\nExecStart=malsync sync\n"), None);
    }

    #[test]
    fn has_no_control_chars_is_false_for_line_break() {
        let job = test_job("1d");
        assert!(job.has_no_control_chars());
        assert!(!ScheduledJob { arguments: vec!["a\nb".into()], ..job.clone() }.has_no_control_chars());
        assert!(!ScheduledJob { program: "/a\rb".into(), ..job }.has_no_control_chars());
    }
}
