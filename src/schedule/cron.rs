//! A job in a crontab, between two lines of malsync's own. What stands around them is the user's, and stays to the byte.

use super::{ScheduledJob, interval::StartTimes, job_marker};

const END_MARKER: &str = "# end of malsync schedule";

/// The table without malsync's own lines, and those, where it has them.
#[must_use]
pub fn split_own_lines(table: &str) -> (String, Option<String>) {
    let (mut rest, mut own) = (String::new(), String::new());
    let mut inside = false;
    for line in table.split_inclusive('\n') {
        inside |= line.starts_with(&format!("# {}", super::JOB_MARKER));
        if inside { &mut own } else { &mut rest }.push_str(line);
        inside &= line.trim_end() != END_MARKER;
    }
    // Somebody took the end away: what follows the job's line is not malsync's.
    if inside {
        let at = own.match_indices('\n').nth(1).map_or(own.len(), |(at, _)| at + 1);
        rest.push_str(&own.split_off(at));
    }
    (rest, (!own.is_empty()).then_some(own))
}

/// The table with the job in it, once.
#[must_use]
pub fn with_job(job: &ScheduledJob, table: &str) -> String {
    let (mut rest, _) = split_own_lines(table);
    if !rest.is_empty() && !rest.ends_with('\n') {
        rest.push('\n');
    }
    format!("{rest}# {}\n{}\n{END_MARKER}\n", job_marker(job.interval), job_line(job))
}

/// The lines of the table, malsync's own left out, that start malsync for a sync.
#[must_use]
pub fn foreign_jobs(table: &str) -> Vec<String> {
    let syncs = |line: &&str| {
        let mut words = line.split_whitespace();
        !line.trim_start().starts_with('#') && line.contains("malsync") && words.any(|word| word == "sync")
    };
    split_own_lines(table).0.lines().filter(syncs).map(str::to_owned).collect()
}

/// The program that a line of malsync's own starts: what stands before it are times and variables.
#[must_use]
pub fn parse_program(line: &str) -> Option<String> {
    shlex::split(&line.replace("\\%", "%"))?.into_iter().find(|word| word.starts_with('/'))
}

fn job_line(job: &ScheduledJob) -> String {
    let StartTimes { hours, minutes } = job.start_times();
    let environment =
        job.environment.iter().map(|(name, value)| format!("{name}={} ", shell_quote(value))).collect::<String>();
    let words =
        [&job.program].into_iter().chain(&job.arguments).map(|word| shell_quote(word)).collect::<Vec<_>>().join(" ");
    // Cron would end the line at a bare percent sign.
    let command = format!("{environment}{words}").replace('%', "\\%");
    format!("{} {} * * * {command}", StartTimes::join_numbers(&minutes, 1), StartTimes::join_numbers(&hours, 1))
}

/// A word for the shell.
fn shell_quote(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| String::new(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::{super::test_job, *};

    #[test]
    fn with_job_adds_job_between_marker_lines() {
        assert_snapshot!(with_job(&test_job("6h"), "MAILTO=me\n0 1 * * * backup"));
    }

    #[test]
    fn with_job_replaces_old_job_and_removal_restores_the_table() {
        for table in ["", "0 1 * * * backup\n", "# a\n\n\n0 1 * * * backup\n"] {
            let once = with_job(&test_job("6h"), table);
            let twice = with_job(&test_job("1d"), &once);
            assert_eq!(twice.matches("malsync' sync").count(), 1, "{twice}");
            assert_eq!(split_own_lines(&twice).0, table);
            // A line that comes after stays after it.
            let (rest, own) = split_own_lines(&format!("{once}0 2 * * * more\n"));
            assert_eq!(rest, format!("{table}0 2 * * * more\n"));
            assert!(own.unwrap().ends_with("# end of malsync schedule\n"));
        }
    }

    #[test]
    fn split_own_lines_keeps_foreign_lines_if_end_marker_is_missing() {
        let table = with_job(&test_job("1d"), "").replace("# end of malsync schedule\n", "0 1 * * * backup\n");
        assert_eq!(split_own_lines(&table).0, "0 1 * * * backup\n");
    }

    #[test]
    fn parse_program_returns_program_of_job_line() {
        let job = test_job("6h");
        assert_eq!(parse_program(&job_line(&job)), Some(job.program));
        assert_eq!(parse_program("17 4 * * * 'a"), None);
    }

    #[test]
    fn foreign_jobs_returns_manually_added_sync() {
        let by_hand = "17 4 * * * MAL_CLIENT_ID=x malsync sync --quiet";
        let table =
            with_job(&test_job("1d"), &format!("# malsync sync \n{by_hand}\n0 1 * * * malsync export --dir b\n"));
        assert_eq!(foreign_jobs(&table), [by_hand]);
    }
}
