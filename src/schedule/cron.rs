//! A job in a crontab, between two lines of malsync's own. What stands around them is the user's, and stays to the byte.

use super::{Job, every::Times, mark};

const END: &str = "# end of malsync schedule";

/// The table without malsync's own lines, and those, where it has them.
#[must_use]
pub fn split(table: &str) -> (String, Option<String>) {
    let (mut rest, mut own) = (String::new(), String::new());
    let mut inside = false;
    for line in table.split_inclusive('\n') {
        inside |= line.starts_with(&format!("# {}", super::MARK));
        if inside { &mut own } else { &mut rest }.push_str(line);
        inside &= line.trim_end() != END;
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
pub fn with(job: &Job, table: &str) -> String {
    let (mut rest, _) = split(table);
    if !rest.is_empty() && !rest.ends_with('\n') {
        rest.push('\n');
    }
    format!("{rest}# {}\n{}\n{END}\n", mark(job.every), line(job))
}

/// The lines of the table, malsync's own left out, that start malsync for a sync.
#[must_use]
pub fn others(table: &str) -> Vec<String> {
    let syncs = |line: &&str| {
        let mut words = line.split_whitespace();
        !line.trim_start().starts_with('#') && line.contains("malsync") && words.any(|word| word == "sync")
    };
    split(table).0.lines().filter(syncs).map(str::to_owned).collect()
}

/// The program that a line of malsync's own starts: what stands before it are times and variables.
#[must_use]
pub fn program(line: &str) -> Option<String> {
    shlex::split(&line.replace("\\%", "%"))?.into_iter().find(|word| word.starts_with('/'))
}

fn line(job: &Job) -> String {
    let Times { hours, minutes } = job.times();
    let environment =
        job.environment.iter().map(|(name, value)| format!("{name}={} ", quoted(value))).collect::<String>();
    let words = [&job.program].into_iter().chain(&job.arguments).map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    // Cron would end the line at a bare percent sign.
    let command = format!("{environment}{words}").replace('%', "\\%");
    format!("{} {} * * * {command}", Times::joined(&minutes, 1), Times::joined(&hours, 1))
}

/// A word for the shell.
fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| String::new(), std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::{super::for_tests, *};

    #[test]
    fn a_job_stands_between_two_lines_of_its_own() {
        assert_snapshot!(with(&for_tests("6h"), "MAILTO=me\n0 1 * * * backup"));
    }

    #[test]
    fn it_is_never_there_twice_and_its_going_leaves_the_rest_to_the_byte() {
        for table in ["", "0 1 * * * backup\n", "# a\n\n\n0 1 * * * backup\n"] {
            let once = with(&for_tests("6h"), table);
            let twice = with(&for_tests("1d"), &once);
            assert_eq!(twice.matches("malsync' sync").count(), 1, "{twice}");
            assert_eq!(split(&twice).0, table);
            // A line that comes after stays after it.
            let (rest, own) = split(&format!("{once}0 2 * * * more\n"));
            assert_eq!(rest, format!("{table}0 2 * * * more\n"));
            assert!(own.unwrap().ends_with("# end of malsync schedule\n"));
        }
    }

    #[test]
    fn where_its_end_is_gone_no_other_line_goes_with_it() {
        let table = with(&for_tests("1d"), "").replace("# end of malsync schedule\n", "0 1 * * * backup\n");
        assert_eq!(split(&table).0, "0 1 * * * backup\n");
    }

    #[test]
    fn a_line_says_which_program_it_starts() {
        let job = for_tests("6h");
        assert_eq!(program(&line(&job)), Some(job.program));
        assert_eq!(program("17 4 * * * 'a"), None);
    }

    #[test]
    fn a_line_by_hand_is_seen() {
        let by_hand = "17 4 * * * MAL_CLIENT_ID=x malsync sync --quiet";
        let table = with(&for_tests("1d"), &format!("# malsync sync \n{by_hand}\n0 1 * * * malsync export --dir b\n"));
        assert_eq!(others(&table), [by_hand]);
    }
}
