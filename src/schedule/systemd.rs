//! Units for the systemd of a user: a service that syncs once, a timer that starts it.
//!
//! What the service is denied is what malsync and the programs that it may start have no use for. Home folders, `/tmp`, `/run` and `/var` stay as they
//! are: there lie database, key and socket, the bus of the keyring, the folder that the monitor's file is wanted in.

use super::{Job, every::Times, mark};
use crate::domain::duration;

/// The service's name.
pub const SERVICE: &str = "malsync.service";
/// The timer's.
pub const TIMER: &str = "malsync.timer";

/// What the service may do. What takes capabilities away (`ProtectClock=`, `ProtectKernelLogs=`, `ProtectKernelModules=`, …) is not
/// among it: a user's systemd has none to take, and the service would not start (218/CAPABILITIES).
const HARDENED: &str = "\
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

/// The text of [`SERVICE`].
#[must_use]
pub fn service(job: &Job) -> String {
    let environment: String = job
        .environment
        .iter()
        .map(|(name, value)| format!("Environment={}\n", quoted(&format!("{name}={value}"))))
        .collect();
    // The program is no place for a variable; its arguments are.
    let arguments: String = job.arguments.iter().map(|word| format!(" {}", quoted(&word.replace('$', "$$")))).collect();
    format!(
        "\
# {mark}
# `malsync schedule install` writes it anew. What is yours: systemctl --user edit {SERVICE}

[Unit]
Description=Bring the anime list from MyAnimeList into the database

[Service]
Type=oneshot
{environment}ExecStart={program}{arguments}
# Another sync that is going on is no failure. After any other there is no Restart=: the timer comes again.
SuccessExitStatus=7
# A run has its own limits. One that passed all of them must not keep the timer from starting the next.
TimeoutStartSec=12h
Nice=10
# A command of yours (MALSYNC_NOTIFY_COMMAND) lives under these too.
{HARDENED}",
        mark = mark(job.every),
        program = quoted(&job.program),
    )
}

/// The text of [`TIMER`].
#[must_use]
pub fn timer(job: &Job) -> String {
    let Times { hours, minutes } = job.times();
    format!(
        "\
# {mark}
# `malsync schedule install` writes it anew. What is yours: systemctl --user edit {TIMER}

[Unit]
Description=Sync the anime list every {every}

[Timer]
OnCalendar=*-*-* {hours}:{minutes}:00
# Of a time at which the machine was off, the run is made up for.
Persistent=true
# Not everybody at once, and each machine at its own time.
RandomizedDelaySec={spread}
FixedRandomDelay=true

[Install]
WantedBy=timers.target
",
        mark = mark(job.every),
        every = job.every,
        hours = Times::joined(&hours, 2),
        minutes = Times::joined(&minutes, 2),
        spread = duration::show(job.every.spread()),
    )
}

/// The program that an `ExecStart=` of a [`service`] starts.
#[must_use]
pub fn program(command: &str) -> Option<String> {
    Some(shlex::split(command)?.first()?.replace("%%", "%"))
}

/// A word of a unit file that stands for itself.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%"))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::{
        super::{Every, for_tests, found_in},
        *,
    };

    #[test]
    fn a_service_starts_the_job_as_it_is_typed() {
        assert_snapshot!(service(&for_tests("6h")));
    }

    #[test]
    fn a_service_says_which_program_it_starts() {
        let job = for_tests("6h");
        let text = service(&job);
        let command = text.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
        assert_eq!(program(command), Some(job.program));
        assert_eq!(program("\"a"), None);
    }

    /// The package's units say what `schedule install` would, but for whose they are.
    #[test]
    fn a_package_brings_the_same_units() {
        let job = Job {
            program: "/usr/bin/malsync".into(),
            arguments: ["sync", "--all-users", "--quiet"].map(str::to_owned).into(),
            environment: Vec::new(),
            every: Every::parse("1d").unwrap(),
        };
        for (packaged, written) in [
            (include_str!("../../packaging/systemd/malsync.service"), service(&job)),
            (include_str!("../../packaging/systemd/malsync.timer"), timer(&job)),
        ] {
            let said = |text: &str| text.split_once("\n\n").unwrap().1.to_owned();
            assert_eq!(said(packaged), said(&written));
            assert_eq!(found_in(packaged), None, "`schedule remove` leaves it alone");
        }
    }

    #[test]
    fn a_timer_makes_up_for_what_was_missed() {
        assert_snapshot!(timer(&for_tests("6h")));
    }
}
