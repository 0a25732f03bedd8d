//! `schedule`, with fake scheduler programs, and with a real systemd.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::test_env::{CLIENT_ID, CommandOutput, DatabaseKind, TestEnv};

/// Homebrew and Nix replace the file behind a link with each version.
#[test]
fn job_starts_the_program_by_the_path_as_it_was_called() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 1);
    install_program(&mut env, "crontab", CRONTAB_SCRIPT);
    let install = |call: &str| {
        let line = format!(
            "mkdir -p \"$HOME/opt/bin\"; ln -sf $MALSYNC \"$HOME/opt/bin/malsync\"; {call} schedule install --with cron --dry-run"
        );
        env.run_in_shell(&line).expect_code(0).stdout
    };
    let link = env.home().join("opt/bin/malsync").display().to_string();
    for call in
        ["PATH=\"$HOME/opt/bin:$PATH\" malsync", "\"$HOME/opt/bin/malsync\"", "\"$HOME\"/opt/../opt/bin/malsync"]
    {
        let lines = install(call);
        assert!(lines.contains(&link) || lines.contains("/opt/../opt/bin/malsync"), "{call}: {lines}");
    }
    let lines = install("cd \"$HOME/opt/bin\"; ./malsync");
    assert!(lines.contains(env!("CARGO_BIN_EXE_malsync")) && !lines.contains(&link), "a relative path: {lines}");
}

/// Installs a script as a program that is found first in PATH. It records its calls in the file `asked`.
pub(crate) fn install_program(env: &mut TestEnv, name: &str, script: &str) {
    let folder = env.home().join("bin");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\necho \"{name} $*\" >> \"$HOME/asked\"\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", folder.display());
    env.set_var("PATH", &path);
}

/// Returns the calls of the fake programs since the last time.
pub(crate) fn take_program_calls(env: &TestEnv) -> Vec<String> {
    let file = env.home().join("asked");
    let asked = fs::read_to_string(&file).unwrap_or_default();
    let _ = fs::remove_file(file);
    asked.lines().map(str::to_owned).collect()
}

/// Creates an environment whose settings are in the configuration file, as a scheduled job needs it.
pub(crate) fn env_with_config_file(entries: usize) -> TestEnv {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, entries);
    let folder = env.home().join(".config/malsync");
    fs::create_dir_all(&folder).unwrap();
    let settings = [
        ("mal_client_id", CLIENT_ID.to_owned()),
        ("mal_api_url", env.sim.api_url()),
        ("mal_auth_url", env.sim.auth_url()),
        ("mal_api_rate_limit", "100000".to_owned()),
        ("sync_min_interval", "0s".to_owned()),
        ("malsync_token_store", "database".to_owned()),
    ];
    let text: String = settings.iter().map(|(name, value)| format!("{name} = \"{value}\"\n")).collect();
    fs::write(folder.join("config.toml"), text).unwrap();
    fs::set_permissions(folder.join("config.toml"), fs::Permissions::from_mode(0o600)).unwrap();
    for (name, _) in settings {
        env.set_var(&name.to_ascii_uppercase(), "");
    }
    env.set_var("SYNC_RETRY_BASE_MS", "");
    env
}

#[test]
fn scheduler_that_does_not_answer_ends_the_command() {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 1);
    install_program(&mut env, "crontab", "exec sleep 600");
    env.set_var("FAILPOINTS", "schedule.program_limit=return(500)");
    for args in [&["install", "--with", "cron"][..], &["remove"]] {
        let refused = env.run(&[&["schedule"], args].concat()).expect_code(1);
        assert!(refused.stderr.contains("cannot read the crontab: crontab: no response"), "{}", refused.stderr);
    }
    assert_eq!(
        env.run(&["schedule", "status"]).expect_code(0).stdout,
        "No sync is scheduled. Run: malsync schedule install\n"
    );
}

pub(crate) fn unit_paths(env: &TestEnv) -> [PathBuf; 2] {
    ["malsync.service", "malsync.timer"].map(|name| env.home().join(".config/systemd/user").join(name))
}

fn run_schedule(env: &TestEnv, words: &[&str]) -> CommandOutput {
    env.run(&[&["schedule"], words].concat())
}

#[test]
fn systemd_timer_is_installed_reported_and_removed() {
    let mut env = env_with_config_file(0);
    install_program(&mut env, "systemctl", "case \"$2\" in show) echo 'Wed 2026-11-25 04:17:00 UTC';; esac");
    install_program(&mut env, "crontab", "echo 'no crontab for root' >&2; exit 1");
    let output = run_schedule(&env, &["install", "--with", "systemd", "--every", "6h"]).expect_code(0);
    assert_eq!(output.stderr, "", "no warning");
    assert!(output.stdout.contains("a sync every 6h, next run Wed 2026-11-25 04:17:00 UTC"), "{output:?}");
    let systemctl_calls = [
        "systemctl --user daemon-reload",
        "systemctl --user enable malsync.timer",
        "systemctl --user restart malsync.timer",
    ];
    assert!(systemctl_calls.iter().all(|words| was_called_once(&env, words)), "{:?}", take_program_calls(&env));
    let texts = unit_paths(&env).map(|path| fs::read_to_string(path).unwrap());
    assert!(texts[0].contains("\nSuccessExitStatus=7\n") && !texts[0].contains("\nRestart="), "{}", texts[0]);
    assert!(
        texts[1].contains("\nPersistent=true\n") && texts[1].contains("\nRandomizedDelaySec=36m\n"),
        "{}",
        texts[1]
    );
    assert!(!texts.concat().contains(CLIENT_ID));
    verify_units(&env);

    let again = run_schedule(&env, &["install", "--with", "systemd", "--every", "6h"]).expect_code(0);
    assert_eq!(again.stdout.matches("is up to date").count(), 2, "{again:?}");
    let status = run_schedule(&env, &["status", "--json"]).expect_code(0).json();
    assert_eq!(
        (&status["installed"], &status["scheduler"], &status["every"], &status["active"]),
        (&true.into(), &"systemd".into(), &"6h".into(), &true.into())
    );
    run_schedule(&env, &["install", "--with", "systemd", "--every", "1h", "--user", "alice"]).expect_code(0);
    let service = fs::read_to_string(&unit_paths(&env)[0]).unwrap();
    assert!(service.contains(" \"sync\" \"--user=alice\" \"--quiet\"\n"), "{service}");

    // Files that the user added stay.
    let own = unit_paths(&env)[0].with_extension("service.d").join("override.conf");
    fs::create_dir(own.parent().unwrap()).unwrap();
    fs::write(&own, "[Service]\nNice=19\n").unwrap();
    let stdout = run_schedule(&env, &["remove", "--dry-run"]).expect_code(0).stdout;
    assert!(stdout.contains("Would delete") && unit_paths(&env)[0].exists(), "{stdout}");
    run_schedule(&env, &["remove"]).expect_code(0);
    assert!(unit_paths(&env).iter().all(|path| !path.exists()) && own.exists());
    assert_eq!(run_schedule(&env, &["status", "--json"]).expect_code(0).json()["installed"], false);
    assert_eq!(run_schedule(&env, &["remove"]).expect_code(0).stdout, "");
}

fn was_called_once(env: &TestEnv, words: &str) -> bool {
    let asked = fs::read_to_string(env.home().join("asked")).unwrap_or_default();
    asked.lines().filter(|line| *line == words).count() == 1
}

/// Asserts that systemd accepts the units.
fn verify_units(env: &TestEnv) {
    let runtime = env.home().join("run");
    fs::create_dir_all(&runtime).unwrap();
    let mut verify = Command::new("systemd-analyze");
    verify.args(["--user", "verify"]).args(unit_paths(env)).env("XDG_RUNTIME_DIR", runtime).env("HOME", env.home());
    let output = verify.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}");
    assert_eq!(stderr.lines().filter(|line| line.contains("malsync")).collect::<Vec<_>>(), Vec::<&str>::new());
}

#[test]
fn foreign_systemd_unit_is_not_touched() {
    let mut env = env_with_config_file(0);
    install_program(&mut env, "systemctl", "");
    let [service, _] = unit_paths(&env);
    fs::create_dir_all(service.parent().unwrap()).unwrap();
    fs::write(&service, "[Service]\nExecStart=/usr/bin/malsync sync\n").unwrap();
    let output = run_schedule(&env, &["install", "--with", "systemd"]).expect_code(1);
    assert!(output.stderr.contains("was not written by `malsync schedule`\nhint: move it away"), "{output:?}");
    run_schedule(&env, &["remove"]).expect_code(0);
    assert!(fs::read_to_string(&service).unwrap().contains("/usr/bin/malsync sync"));
}

#[test]
fn shell_only_settings_are_named_and_never_written() {
    let mut env = env_with_config_file(0);
    install_program(&mut env, "systemctl", "");
    env.set_var("DATABASE_URL", "postgres://me:hunter2hunter2@127.0.0.1:1/anime");
    env.set_var("MAL_PAGE_SIZE", "50");
    for flags in [&["--dry-run"][..], &[]] {
        let output = run_schedule(&env, &[&["install", "--with", "systemd"], flags].concat()).expect_code(0);
        assert!(
            output.stderr.contains("warning: DATABASE_URL, MAL_PAGE_SIZE are only set in this shell"),
            "{output:?}"
        );
        assert!(output.stderr.contains("malsync/config.toml: database_url = …; mal_page_size = …\n"), "{output:?}");
        assert!(!(output.stdout + &output.stderr).contains("hunter2"));
    }
    let texts = unit_paths(&env).map(|path| fs::read_to_string(path).unwrap());
    assert!(!texts.concat().contains("hunter2"));
    let output = env.run(&["--config", "none.toml", "schedule", "install", "--with", "systemd"]).expect_code(2);
    assert!(output.stderr.starts_with("error: no configuration file"), "{output:?}");
}

#[test]
fn schedule_dry_run_writes_nothing_and_missing_scheduler_is_named() {
    let mut env = env_with_config_file(0);
    env.set_var("PATH", "/nowhere");
    for scheduler in ["systemd", "cron", "launchd"] {
        let stdout = run_schedule(&env, &["install", "--with", scheduler, "--dry-run"]).expect_code(0).stdout;
        assert!(
            stdout.contains("Would write ") && stdout.contains("written by malsync schedule: every 1d"),
            "{stdout}"
        );
    }
    assert!(!env.home().join(".config/systemd").exists() && !env.home().join("Library").exists());
    let output = run_schedule(&env, &["install", "--with", "cron"]).expect_code(1);
    assert!(output.stderr.starts_with("error: no crontab program on this machine\nhint: "), "{output:?}");
    let output = run_schedule(&env, &["install", "--with", "systemd"]).expect_code(1);
    assert!(output.stderr.contains("cannot start the timer: systemctl: "), "{output:?}");
    let line = output.stderr.lines().last().unwrap();
    assert!(line.contains(" * * * ") && line.ends_with("/malsync sync --all-users --quiet --tell-once"), "{output:?}");
    let program = line.split("* * * ").nth(1).unwrap().split(' ').find(|word| word.ends_with("/malsync")).unwrap();
    assert!(program.starts_with('/'), "{program}");
}

/// A fake `crontab` that keeps its table in a file.
pub(crate) const CRONTAB_SCRIPT: &str = "case \"$1\" in
-l) cat \"$HOME/table\" 2>/dev/null || { echo 'no crontab for me' >&2; exit 1; };;
-r) rm \"$HOME/table\";;
-) cat > \"$HOME/table\";;
esac";

#[test]
fn crontab_line_works_as_installed_and_is_removed_completely() {
    let mut env = env_with_config_file(7);
    // Characters with a special meaning for cron and for the shell.
    let data = env.home().join("da ta 5% 'x'");
    fs::rename(env.home().join(".local/share"), &data).unwrap();
    env.set_var("XDG_DATA_HOME", data.to_str().unwrap());
    install_program(&mut env, "crontab", CRONTAB_SCRIPT);
    install_program(&mut env, "systemctl", "");
    let table = env.home().join("table");
    let before = "MAILTO=me\n0 1 * * * backup --to /mnt\n# 0 2 * * * malsync sync --force-full\n";
    fs::write(&table, before).unwrap();
    let output = run_schedule(&env, &["install", "--with", "cron", "--every", "15m"]).expect_code(0);
    assert!(output.stderr.contains("Cron skips syncs while the machine is off"), "{output:?}");
    let output = run_schedule(&env, &["install", "--with", "cron"]).expect_code(0);
    assert!(output.stdout.starts_with("Added to the crontab:\n"), "{output:?}");
    let after = fs::read_to_string(&table).unwrap();
    assert!(after.starts_with(before) && after.matches("--tell-once").count() == 1, "{after}");
    let output = run_schedule(&env, &["install", "--with", "cron"]).expect_code(0);
    assert!(output.stdout.starts_with("The crontab is up to date:\n"), "{output:?}");

    // As cron runs it: the text after five fields, with \% for %, in a shell with an empty environment.
    let line = after.lines().find(|line| line.contains("--tell-once")).unwrap();
    let fields: Vec<_> = line.splitn(6, ' ').collect();
    assert_eq!((fields[1], &fields[2..5]), ("4", &["*", "*", "*"][..]), "{line}");
    let mut job = Command::new("/bin/sh");
    job.args(["-c", &fields[5].replace("\\%", "%")]).env_clear().env("HOME", env.home()).env("PATH", "/usr/bin:/bin");
    let output = job.output().unwrap();
    let words = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!((output.status.code(), words.as_str()), (Some(0), ""), "{line}");
    assert_eq!(env.run(&["status", "--json"]).expect_code(0).json()["entries"], 7);

    // Installing with another scheduler removes the cron line, so that the job does not run twice.
    let output = run_schedule(&env, &["install", "--with", "systemd"]).expect_code(0);
    assert!(output.stdout.contains("Removed from the crontab:\n"), "{output:?}");
    assert_eq!(fs::read_to_string(&table).unwrap(), before);
    run_schedule(&env, &["install", "--with", "cron"]).expect_code(0);
    assert!(unit_paths(&env).iter().all(|path| !path.exists()));
    run_schedule(&env, &["remove"]).expect_code(0);
    assert_eq!(fs::read_to_string(&table).unwrap(), before);
    fs::remove_file(&table).unwrap();
    run_schedule(&env, &["install", "--with", "cron"]).expect_code(0);
    run_schedule(&env, &["remove"]).expect_code(0);
    assert!(!table.exists(), "an empty crontab is removed");
}

#[test]
fn unreadable_crontab_is_not_overwritten() {
    let mut env = env_with_config_file(0);
    install_program(&mut env, "crontab", "echo 'you may not' >&2; exit 1");
    let output = run_schedule(&env, &["install", "--with", "cron"]).expect_code(1);
    assert!(output.stderr.starts_with("error: cannot read the crontab: crontab: you may not\nhint: "), "{output:?}");
    assert_eq!(take_program_calls(&env), ["crontab -l"]);
}

#[test]
fn launchd_agent_is_loaded_and_removed() {
    let mut env = env_with_config_file(0);
    install_program(&mut env, "launchctl", "");
    install_program(&mut env, "id", "echo 501");
    run_schedule(&env, &["install", "--with", "launchd", "--every", "12h"]).expect_code(0);
    let file = env.home().join("Library/LaunchAgents/malsync.sync.plist");
    assert_eq!(
        take_program_calls(&env)[1..3],
        [
            "launchctl bootout gui/501/malsync.sync".to_owned(),
            format!("launchctl bootstrap gui/501 {}", file.display())
        ]
    );
    let status = run_schedule(&env, &["status", "--json"]).expect_code(0).json();
    assert_eq!((&status["scheduler"], &status["every"]), (&"launchd".into(), &"12h".into()));
    assert!(status["command"].as_str().unwrap().ends_with(" sync --all-users --quiet"), "{status}");
    run_schedule(&env, &["remove"]).expect_code(0);
    assert!(!file.exists());
}

/// Prepares a systemd user instance for another user: namespaces, a control group, a marker that systemd runs here,
/// and a readable copy of the binary.
const NAMESPACE_SCRIPT: &str = r#"
set -e
mount -t tmpfs none /run/systemd && mkdir /run/systemd/system
umount -R /sys/fs/cgroup 2>/dev/null || true
mkdir -p /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup
group=/sys/fs/cgroup/malsync-test-$$; mkdir -p $group && echo $$ > $group/cgroup.procs
export XDG_RUNTIME_DIR=$HOME/run; mkdir -p -m 700 "$XDG_RUNTIME_DIR"
cp "$MALSYNC" "$HOME/malsync" && export MALSYNC="$HOME/malsync"
chown -R 65534:65534 "$HOME" $group
exec setpriv --reuid 65534 --regid 65534 --clear-groups sh -e "$HOME/inside"
"#;

/// The commands of that user.
const USER_SESSION_SCRIPT: &str = r#"
for systemd in /lib/systemd/systemd /usr/lib/systemd/systemd; do [ -x $systemd ] && break; done
$systemd --user > "$HOME/systemd.log" 2>&1 & manager=$!
trap 'kill $manager; wait $manager || true' EXIT
for _ in $(seq 600); do systemctl --user is-system-running 2>/dev/null | grep -qE 'running|degraded' && break; sleep 0.1; done
"$MALSYNC" schedule install --every 1h
"$MALSYNC" schedule status --json
how() { systemctl --user show malsync.service --property=$1 --value; }
systemctl --user start malsync.service && echo "first: $(how Result) $(how ExecMainStatus)"
"$MALSYNC" status --json
mv "$HOME/.config/malsync/config.toml" "$HOME/.config/malsync/away"
systemctl --user start malsync.service 2>/dev/null || echo "broken: $(how ExecMainStatus) $(how NRestarts)"
"$MALSYNC" schedule remove
systemctl --user list-timers --no-pager --no-legend | grep malsync || echo gone
"#;

#[test]
fn real_systemd_runs_installed_timer_and_service() {
    let mut env = env_with_config_file(7);
    let data = env.home().join("da ta 5% $x");
    fs::rename(env.home().join(".local/share"), &data).unwrap();
    env.set_var("XDG_DATA_HOME", data.to_str().unwrap());
    if !can_create_namespaces() {
        // Without root this test cannot run. CI runs as root.
        return;
    }
    fs::write(env.home().join("inside"), USER_SESSION_SCRIPT).unwrap();
    let output =
        env.run_in_shell(&format!("exec unshare --mount sh -c {}", shlex::try_quote(NAMESPACE_SCRIPT).unwrap()));
    let log = fs::read_to_string(env.home().join("systemd.log")).unwrap_or_default();
    assert_eq!(output.code, 0, "{output:?}\n{log}");
    for words in [
        "Started malsync.timer: a sync every 1h, next run ",
        "\"active\":true",
        "first: success 0\n",
        "\"entries\":7,",
        // The service is not restarted.
        "broken: 2 0\n",
    ] {
        assert!(output.stdout.contains(words), "{words}: {output:?}\n{log}");
    }
    assert!(output.stdout.ends_with("gone\n"), "{output:?}");
}

fn can_create_namespaces() -> bool {
    let tried = Command::new("unshare").args(["--mount", "sh", "-c", "mount -t tmpfs none /run/systemd"]).output();
    tried.is_ok_and(|output| output.status.success()) && Path::new("/usr/bin/systemctl").exists()
}

#[test]
fn task_of_windows_is_written_as_utf16_and_registered() {
    let mut env = env_with_config_file(0);
    let file = env.home().join(".local/share/malsync/malsync-task.xml");
    let install = ["install", "--with", "task-scheduler", "--every", "6h"];
    let stdout = run_schedule(&env, &[&install[..], &["--dry-run"]].concat()).expect_code(0).stdout;
    assert!(stdout.contains("Would run schtasks /create /tn malsync /xml ") && !file.exists(), "{stdout}");
    install_program(&mut env, "schtasks", "exit 0");
    let output = run_schedule(&env, &install).expect_code(0);
    assert!(output.stdout.contains("Registered the task malsync: a sync every 6h"), "{output:?}");
    assert_eq!(take_program_calls(&env), [format!("schtasks /create /tn malsync /xml {} /f", file.display())]);
    let bytes = fs::read(&file).unwrap();
    assert!(bytes.starts_with(&[0xff, 0xfe]) && bytes.len().is_multiple_of(2));

    install_program(&mut env, "schtasks", "echo 'ERROR: Access is denied.' >&2; exit 1");
    let output = run_schedule(&env, &install).expect_code(1);
    assert!(output.stderr.contains("cannot register the task: schtasks: ERROR: Access is denied."), "{output:?}");
    assert!(output.stderr.contains("hint: try it by hand: schtasks /create /tn malsync /xml "), "{output:?}");
}
