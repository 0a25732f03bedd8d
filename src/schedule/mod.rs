//! The texts that make a sync happen by itself: units for systemd, a line for cron, a property list for launchd.
//!
//! The rule: everything here is a pure function of a [`Job`], the same wherever it is asked for, and holds no secret: what a
//! job needs beyond its arguments stands in the configuration file. Who writes the texts, and where, is `command::schedule`.

pub mod cron;
pub mod every;
pub mod launchd;
pub mod systemd;

pub use every::Every;
use sha2::{Digest as _, Sha256};

/// What is to be started, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// The program, by its whole path.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The variables that it needs beside those that every session has: folders, never a setting.
    pub environment: Vec<(String, String)>,
    /// How often.
    pub every: Every,
}

impl Job {
    /// Whether any of the texts has a character that no line can hold.
    #[must_use]
    pub fn fits_a_line(&self) -> bool {
        let texts =
            [&self.program].into_iter().chain(&self.arguments).chain(self.environment.iter().map(|(_, value)| value));
        texts.into_iter().all(|text| !text.chars().any(char::is_control))
    }

    /// The minute of the hour: the same for the same job, another on most other machines, so that not everybody asks MAL at once.
    fn minute(&self) -> u32 {
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
    pub fn times(&self) -> every::Times {
        self.every.times(self.minute())
    }
}

/// What stands in a text of malsync's own, before how often.
const MARK: &str = "written by malsync schedule: every ";

fn mark(every: Every) -> String {
    format!("{MARK}{every}")
}

/// How often a text says that it has malsync started; none where it is not one of malsync's own.
#[must_use]
pub fn found_in(text: &str) -> Option<Every> {
    let (_, after) = text.split_once(MARK)?;
    Every::parse(after.split_whitespace().next()?).ok()
}

#[cfg(test)]
pub(crate) fn for_tests(every: &str) -> Job {
    Job {
        program: "/opt/my tools/100%/malsync".into(),
        arguments: ["sync", "--user", "o'neil \"$x\" 5%", "--quiet"].map(str::to_owned).into(),
        environment: vec![("XDG_DATA_HOME".into(), "/data/a\\b 'c' 5%".into())],
        every: Every::parse(every).unwrap(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_malsync_s_own_says_how_often_and_no_other_does() {
        let job = for_tests("6h");
        let texts = [systemd::service(&job), systemd::timer(&job), launchd::list(&job, "/h"), cron::with(&job, "x\n")];
        assert!(texts.iter().all(|text| found_in(text) == Some(job.every)));
        assert_eq!(found_in("[Service]\nExecStart=malsync sync\n"), None);
    }

    #[test]
    fn a_line_break_fits_no_line() {
        let job = for_tests("1d");
        assert!(job.fits_a_line());
        assert!(!Job { arguments: vec!["a\nb".into()], ..job.clone() }.fits_a_line());
        assert!(!Job { program: "/a\rb".into(), ..job }.fits_a_line());
    }
}
