//! A job in a crontab, between two marker lines. All other lines belong to the user and stay unchanged to the byte.

use super::{ScheduledJob, interval::StartTimes, job_marker};
use crate::shell_quote::shell_quote;

const END_MARKER: &str = "# end of malsync schedule";

/// Returns the crontab without malsync's lines, and malsync's lines. The latter are `None` if there are none.
#[must_use]
pub fn split_own_lines(crontab: &str) -> (String, Option<String>) {
    let (mut rest, mut own) = (String::new(), String::new());
    let mut is_in_block = false;
    for line in crontab.split_inclusive('\n') {
        // Both marker lines belong to the block.
        is_in_block |= line.starts_with(&format!("# {}", super::JOB_MARKER));
        if is_in_block { &mut own } else { &mut rest }.push_str(line);
        is_in_block &= line.trim_end() != END_MARKER;
    }
    // The end marker is missing: only the start marker and the job line are malsync's.
    if is_in_block {
        let end = own.match_indices('\n').nth(1).map_or(own.len(), |(end, _)| end + 1);
        rest.push_str(&own.split_off(end));
    }
    (rest, (!own.is_empty()).then_some(own))
}

/// Returns the crontab with exactly one job of malsync: this one.
#[must_use]
pub fn with_job(job: &ScheduledJob, crontab: &str) -> String {
    let (mut rest, _) = split_own_lines(crontab);
    if !rest.is_empty() && !rest.ends_with('\n') {
        rest.push('\n');
    }
    format!("{rest}# {}\n{}\n{END_MARKER}\n", job_marker(job.interval), job_line(job))
}

/// Returns the lines outside malsync's block that start `malsync sync`.
#[must_use]
pub fn foreign_jobs(crontab: &str) -> Vec<String> {
    let starts_sync = |line: &&str| {
        let mut words = line.split_whitespace();
        !line.trim_start().starts_with('#') && line.contains("malsync") && words.any(|word| word == "sync")
    };
    split_own_lines(crontab).0.lines().filter(starts_sync).map(str::to_owned).collect()
}

/// Returns the program in a job line. Times and variables stand before it.
#[must_use]
pub fn parse_program(line: &str) -> Option<String> {
    shlex::split(&line.replace("\\%", "%"))?.into_iter().find(|word| word.starts_with('/'))
}

/// Returns the line of a job: the times, and the command with the whole path of the program.
#[must_use]
pub fn job_line(job: &ScheduledJob) -> String {
    let StartTimes { hours, minutes } = job.start_times();
    let environment =
        job.environment.iter().map(|(name, value)| format!("{name}={} ", shell_quote(value))).collect::<String>();
    let words =
        [&job.program].into_iter().chain(&job.arguments).map(|word| shell_quote(word)).collect::<Vec<_>>().join(" ");
    // Cron treats an unescaped percent sign as the end of the command.
    let command = format!("{environment}{words}").replace('%', "\\%");
    format!("{} {} * * * {command}", StartTimes::join_numbers(&minutes, 1), StartTimes::join_numbers(&hours, 1))
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
        for crontab in ["", "0 1 * * * backup\n", "# a\n\n\n0 1 * * * backup\n"] {
            let once = with_job(&test_job("6h"), crontab);
            let twice = with_job(&test_job("1d"), &once);
            assert_eq!(twice.matches("malsync' sync").count(), 1, "{twice}");
            assert_eq!(split_own_lines(&twice).0, crontab);
            // Lines behind the block stay behind it.
            let (rest, own) = split_own_lines(&format!("{once}0 2 * * * more\n"));
            assert_eq!(rest, format!("{crontab}0 2 * * * more\n"));
            assert!(own.unwrap().ends_with("# end of malsync schedule\n"));
        }
    }

    #[test]
    fn split_own_lines_keeps_foreign_lines_if_end_marker_is_missing() {
        let crontab = with_job(&test_job("1d"), "").replace("# end of malsync schedule\n", "0 1 * * * backup\n");
        assert_eq!(split_own_lines(&crontab).0, "0 1 * * * backup\n");
    }

    #[test]
    fn parse_program_returns_program_of_job_line() {
        let job = test_job("6h");
        assert_eq!(parse_program(&job_line(&job)), Some(job.program));
        assert_eq!(parse_program("17 4 * * * 'a"), None);
    }

    #[test]
    fn foreign_jobs_returns_manually_added_sync() {
        let manual_line = "17 4 * * * MAL_CLIENT_ID=x malsync sync --quiet";
        let crontab =
            with_job(&test_job("1d"), &format!("# malsync sync \n{manual_line}\n0 1 * * * malsync export --dir b\n"));
        assert_eq!(foreign_jobs(&crontab), [manual_line]);
    }
}
