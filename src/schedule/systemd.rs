//! Units for the user's systemd: a oneshot service and its timer.
//!
//! The sandbox only denies what malsync and the programs that it starts do not need. Home directories, `/tmp`, `/run`
//! and `/var` stay accessible: database, key, socket, the keyring's bus and the metrics file may be there.

use super::{ScheduledJob, interval::StartTimes, job_marker};
use crate::domain::duration;

/// File name of the service unit.
pub const SERVICE_UNIT: &str = "malsync.service";
/// File name of the timer unit.
pub const TIMER_UNIT: &str = "malsync.timer";

/// The sandbox options. Options that drop capabilities (`ProtectClock=`, `ProtectKernelLogs=`, `ProtectKernelModules=`,
/// …) are left out: a user's systemd has none to drop, and the service would fail to start (218/CAPABILITIES).
const HARDENING_OPTIONS: &str = "\
NoNewPrivileges=yes
UMask=0077
LockPersonality=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectSystem=full
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
";

/// Returns the content of [`SERVICE_UNIT`].
#[must_use]
pub fn service_file(job: &ScheduledJob) -> String {
    let environment: String = job
        .environment
        .iter()
        .map(|(name, value)| format!("Environment={}\n", quote_word(&format!("{name}={value}"))))
        .collect();
    // systemd expands variables in arguments, but not in the program's path.
    let arguments: String =
        job.arguments.iter().map(|word| format!(" {}", quote_word(&word.replace('$', "$$")))).collect();
    format!(
        "\
# {marker}
# `malsync schedule install` overwrites this file. For overrides use: systemctl --user edit {SERVICE_UNIT}

[Unit]
Description=Sync the anime list from MyAnimeList into the database

[Service]
Type=oneshot
{environment}ExecStart={program}{arguments}
# 7: another sync is already running. No Restart= after failures: the timer runs the next sync.
SuccessExitStatus=7
# A sync has its own limits. This one keeps a stuck sync from blocking the timer.
TimeoutStartSec=12h
Nice=10
# These also apply to your own command (MALSYNC_NOTIFY_COMMAND).
{HARDENING_OPTIONS}",
        marker = job_marker(job.interval),
        program = quote_word(&job.program),
    )
}

/// Returns the content of [`TIMER_UNIT`].
#[must_use]
pub fn timer_file(job: &ScheduledJob) -> String {
    let StartTimes { hours, minutes } = job.start_times();
    format!(
        "\
# {marker}
# `malsync schedule install` overwrites this file. For overrides use: systemctl --user edit {TIMER_UNIT}

[Unit]
Description=Sync the anime list every {every}

[Timer]
OnCalendar=*-*-* {hours}:{minutes}:00
# Run missed syncs after boot.
Persistent=true
# Spread the load over machines: each has its own fixed delay.
RandomizedDelaySec={spread}
FixedRandomDelay=true

[Install]
WantedBy=timers.target
",
        marker = job_marker(job.interval),
        every = job.interval,
        hours = StartTimes::join_numbers(&hours, 2),
        minutes = StartTimes::join_numbers(&minutes, 2),
        spread = duration::format(job.interval.random_delay()),
    )
}

/// Returns the program in the `ExecStart=` value of a [`service_file`].
#[must_use]
pub fn parse_program(command: &str) -> Option<String> {
    Some(shlex::split(command)?.first()?.replace("%%", "%"))
}

/// Quotes a word for a unit file, so that systemd does not interpret any character.
fn quote_word(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%"))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::{
        super::{ScheduleInterval, parse_job_marker, test_job},
        *,
    };

    #[test]
    fn service_file_quotes_program_and_arguments() {
        assert_snapshot!(service_file(&test_job("6h")));
    }

    #[test]
    fn parse_program_returns_program_of_exec_start() {
        let job = test_job("6h");
        let text = service_file(&job);
        let command = text.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
        assert_eq!(parse_program(command), Some(job.program));
        assert_eq!(parse_program("\"a"), None);
    }

    /// The packaged units equal those of `schedule install`, apart from the header and the user.
    #[test]
    fn packaged_units_match_generated_units() {
        let job = ScheduledJob {
            program: "/usr/bin/malsync".into(),
            arguments: ["sync", "--all-users", "--quiet"].map(str::to_owned).into(),
            environment: Vec::new(),
            interval: ScheduleInterval::parse("1d").unwrap(),
        };
        for (packaged, generated) in [
            (include_str!("../../packaging/systemd/malsync.service"), service_file(&job)),
            (include_str!("../../packaging/systemd/malsync.timer"), timer_file(&job)),
        ] {
            let body = |text: &str| text.split_once("\n\n").unwrap().1.to_owned();
            assert_eq!(body(packaged), body(&generated));
            assert_eq!(parse_job_marker(packaged), None, "`schedule remove` must not delete a packaged unit");
        }
    }

    #[test]
    fn timer_file_catches_up_missed_runs() {
        assert_snapshot!(timer_file(&test_job("6h")));
    }
}
