//! Faults of the SQLite file during a run. Faults on opening are in `store::sqlite_files` and
//! `store::adopted_databases`, kills in `crash`, concurrent processes in `many_processes`.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use sqlx::{Connection as _, Executor as _, SqliteConnection};

use crate::support::{
    dump::{self, query_count},
    test_env::{CommandOutput, DatabaseKind, TestEnv, block_on},
    wait_until,
};

/// Creates an environment with a list of ten batches, not synced yet.
fn env_with_unsynced_list() -> TestEnv {
    let mut env = TestEnv::with_login(DatabaseKind::Sqlite, 200);
    env.set_var("SYNC_BATCH_SIZE", "20");
    env
}

fn count_entries(env: &TestEnv) -> i64 {
    query_count(env, "(SELECT count(*) FROM user_anime_lists)")
}

fn sidecar_file(env: &TestEnv, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", env.database_file().display()))
}

/// Runs a shell script that ends in `"$@"`, which is a sync.
fn sync_in_shell(env: &TestEnv, script: &str) -> CommandOutput {
    let malsync = env.command(&[]);
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(malsync.get_program()).args(["sync", "--json"]);
    command.env_clear().current_dir(env.home());
    command.envs(malsync.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    env.wait_for_exit(command.spawn().unwrap())
}

#[track_caller]
fn assert_sound_and_heals(env: &TestEnv) {
    assert_eq!(env.query_value("PRAGMA integrity_check").as_deref(), Some("ok"));
    let entries = count_entries(env);
    assert!(entries % 20 == 0 && entries < 200, "{entries}");
    assert_eq!(env.query_value("SELECT last_mal_sync FROM users"), None);
    assert_eq!(env.sync(&[])["status"], "SUCCESS");
    assert_eq!(count_entries(env), 200);
}

async fn lock_file_exclusively(file: &Path) -> SqliteConnection {
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    connection.execute("BEGIN EXCLUSIVE").await.unwrap();
    connection
}

#[test]
fn f_s01_briefly_locked_file_is_waited_for() {
    let env = env_with_unsynced_list();
    let mut other_program = block_on(lock_file_exclusively(&env.database_file()));
    let process = env.spawn(&["sync", "--json"]);
    // The file is open once a lock file exists. From then on the sync waits to write.
    wait_until("the sync holds its lock", || {
        fs::read_dir(env.database_file().parent().unwrap()).unwrap().flatten().any(|file| {
            let name = file.file_name().to_string_lossy().into_owned();
            name.starts_with("malsync.db") && name.contains(".sync-")
        })
    });
    block_on(other_program.execute("ROLLBACK")).unwrap();
    drop(other_program);
    let run = env.wait_for_exit(process).expect_code(0).json();
    assert_eq!((&run["status"], count_entries(&env)), (&"SUCCESS".into(), 200));
}

#[test]
#[ignore = "nightly: waits 30 s for a lock"]
fn f_s01_permanently_locked_file_ends_run() {
    let env = env_with_unsynced_list();
    let before = dump::read_application_tables(&env);
    let output = block_on(async {
        let _theirs = lock_file_exclusively(&env.database_file()).await;
        env.run(&["sync"])
    });
    let output = output.expect_code(6);
    assert!(output.stderr.contains("locked by another program for 30 s"), "{}", output.stderr);
    assert_eq!(dump::read_application_tables(&env), before);
    env.sync(&[]);
}

#[test]
fn f_s04_file_size_limit_ends_run_with_sound_file() {
    let env = env_with_unsynced_list();
    // In 512-byte blocks. The signal is ignored, so a write beyond the limit returns an error.
    let output = sync_in_shell(&env, "trap '' XFSZ; ulimit -f 900; exec \"$@\"").expect_code(6);
    assert!(
        output.stderr.contains("error: database sqlite://") && output.stderr.contains("\nhint: "),
        "{}",
        output.stderr
    );
    assert!(!output.stderr.to_lowercase().contains("rollback"), "the first error is told: {}", output.stderr);
    assert_sound_and_heals(&env);
}

#[test]
fn copy_to_a_disk_that_holds_only_its_log_is_an_error() {
    let env = env_with_unsynced_list();
    env.sync(&[]);
    let map = if fs::metadata("/proc/self").unwrap().uid() == 0 { "" } else { " -r" };
    let mut outcomes = Vec::new();
    for kilobytes in (300..4000).step_by(100) {
        let script = format!(
            "mkdir -p disk; mount -t tmpfs -o size={kilobytes}k none disk || exit 99; \
            $MALSYNC copy --quiet --to sqlite://$PWD/disk/copy.db; code=$?; rm -f alone.db*; \
            [ $code != 0 ] || cp disk/copy.db alone.db; exit $code"
        );
        let output = env.run_in_shell(&format!("exec unshare{map} -m sh -c '{script}'"));
        outcomes.push(output.code);
        if output.code == 0 {
            break;
        }
        assert_eq!(output.code, 6, "{output:?}");
        assert!(output.stderr.contains("disk is full") || output.stderr.contains("disk I/O error"), "{output:?}");
    }
    assert!(outcomes.len() > 2 && outcomes.last() == Some(&0), "{outcomes:?}");
    let url = format!("sqlite://{}", env.home().join("alone.db").display());
    let alone = env.run_in_shell(&format!("DATABASE_URL={url} $MALSYNC users --json")).expect_code(0);
    assert!(alone.stdout.contains("alice"), "the file alone is a whole copy: {alone:?}");
}

#[test]
fn f_s04_full_disk_ends_run_with_sound_file() {
    let env = env_with_unsynced_list();
    let folder = env.database_file().parent().unwrap().to_owned();
    // A small disk that only this process sees. Its files are copied back afterwards.
    let script = format!(
        "cp {0}/malsync.db kept.db; mount -t tmpfs -o size=700k none {0} || exit 99; cp kept.db {0}/malsync.db; \
        cp token.key {0}/ ; \"$@\"; code=$?; cp {0}/malsync.db* .; exit $code",
        folder.display()
    );
    if folder.join("token.key").exists() {
        fs::copy(folder.join("token.key"), env.home().join("token.key")).unwrap();
    }
    let map = if fs::metadata("/proc/self").unwrap().uid() == 0 { "" } else { " -r" };
    let output = sync_in_shell(&env, &format!("exec unshare{map} -m sh -c '{script}' sh \"$@\""));
    let output = output.expect_code(6);
    assert!(
        output.stderr.contains("the disk is full") && output.stderr.contains("hint: free some space"),
        "{}",
        output.stderr
    );
    for ending in ["", "-wal", "-shm"] {
        let out = env.home().join(format!("malsync.db{ending}"));
        let _ = fs::remove_file(sidecar_file(&env, ending));
        if out.exists() {
            fs::copy(out, sidecar_file(&env, ending)).unwrap();
        }
    }
    assert_sound_and_heals(&env);
}

#[test]
fn f_s05_unwritable_file_or_folder_is_named() {
    // Root may write everything unless these capabilities are removed.
    let bound = "exec setpriv --bounding-set=-dac_override,-dac_read_search \"$@\"";
    let script = if fs::metadata("/proc/self").unwrap().uid() == 0 { bound } else { "exec \"$@\"" };
    for (what, mode) in [("file", 0o444), ("folder", 0o555)] {
        let env = env_with_unsynced_list();
        let file = env.database_file();
        let before = dump::read_application_tables(&env);
        let target = if what == "file" { file.as_path() } else { file.parent().unwrap() };
        if what == "folder" {
            for ending in ["-wal", "-shm"] {
                let _ = fs::remove_file(sidecar_file(&env, ending));
            }
        }
        fs::set_permissions(target, fs::Permissions::from_mode(mode)).unwrap();
        let output = sync_in_shell(&env, script).expect_code(6);
        assert!(
            output.stderr.contains("malsync.db") && output.stderr.contains("\nhint: "),
            "{what}: {}",
            output.stderr
        );
        fs::set_permissions(target, fs::Permissions::from_mode(if what == "file" { 0o600 } else { 0o700 })).unwrap();
        assert_eq!(dump::read_application_tables(&env), before, "{what}");
        env.sync(&[]);
    }
}

#[test]
fn f_s06_every_command_refuses_other_kinds_of_files() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 1);
    let file = env.home().join("other");
    let png = b"\x89PNG\r\n\x1a\n".repeat(200);
    fs::write(&file, &png).unwrap();
    let fifo = env.home().join("fifo");
    assert!(Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let link = env.home().join("link");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    for path in [&file, &fifo, &link] {
        env.set_var("DATABASE_URL", &format!("sqlite://{}", path.display()));
        for args in [&["sync"][..], &["login"], &["list"], &["status"]] {
            env.run(args).expect_code(6);
        }
    }
    assert_eq!(fs::read(&file).unwrap(), png);
}

#[test]
fn f_s09_lost_wal_falls_back_to_last_checkpoint() {
    let env = env_with_unsynced_list();
    let mut command = env.command(&["sync", "--json"]);
    let died = env.wait_for_exit(command.env("FAILPOINTS", "batch.begin=4*off->return").spawn().unwrap());
    assert_eq!(died.code, -1);
    assert!(sidecar_file(&env, "-wal").exists(), "the write-ahead log has content");
    fs::remove_file(sidecar_file(&env, "-wal")).unwrap();
    let _ = fs::remove_file(sidecar_file(&env, "-shm"));
    assert_sound_and_heals(&env);
}

#[test]
fn f_s09_file_moved_away_during_run_is_not_recreated() {
    let env = env_with_unsynced_list();
    let (process, gate) = env.spawn_paused_at(&["sync", "--json"], "batch.begin", 3);
    wait_until("three batches are stored", || count_entries(&env) == 60);
    let away = env.home().join("away.db");
    fs::rename(env.database_file(), &away).unwrap();
    drop(gate);
    let output = env.wait_for_exit(process);
    assert!(!env.database_file().exists(), "a new empty database was created: {output:?}");
    assert!(output.code == 6 || output.code == 0, "{output:?}");
    fs::rename(&away, env.database_file()).unwrap();
    assert_eq!(env.query_value("PRAGMA integrity_check").as_deref(), Some("ok"));
    env.sync(&["--force-full"]);
    assert_eq!(count_entries(&env), 200);
}

#[test]
fn f_s11_sync_without_database_names_the_path() {
    // The file may be created: the table of settings says so.
    let env = TestEnv::new(DatabaseKind::Sqlite, 1);
    let output = env.run(&["sync"]).expect_code(4);
    assert!(output.stderr.contains(&env.database_file().display().to_string()), "{}", output.stderr);
    assert!(output.stderr.contains("malsync login"), "{}", output.stderr);
}

#[test]
fn f_s12_database_files_are_private_with_any_umask() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 1);
    let folder = env.database_file().parent().unwrap().to_owned();
    // Kill it as soon as the schema exists, so that nothing can fix permissions later.
    for points in ["migrate.step=return", ""] {
        let script = format!("umask 000; FAILPOINTS='{points}' exec \"$1\" login");
        sync_in_shell(&env, &script);
        let files: Vec<_> = fs::read_dir(&folder).unwrap().flatten().collect();
        assert!(!files.is_empty());
        for file in files {
            let mode = file.metadata().unwrap().permissions().mode() & 0o777;
            let lock = file.path().extension().is_some_and(|ending| ending == "lock");
            assert!(mode == 0o600 || lock && mode & 0o022 == 0, "{}: {mode:o}", file.path().display());
        }
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn f_s12_world_readable_file_warns_always_and_group_readable_in_doctor() {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    let (file, key) = (env.database_file(), env.home().join(".local/share/malsync/token.key"));
    let mode = |file: &Path, mode| fs::set_permissions(file, fs::Permissions::from_mode(mode)).unwrap();
    let doctor = || {
        let mut checks = env.run(&["doctor", "--json"]).json()["checks"].as_array().unwrap().clone();
        checks.retain(|check| check["name"] == "files");
        checks
    };
    assert_eq!(doctor()[0]["level"], "ok");
    for (bits, warned, chmod) in
        [(0o600, false, ""), (0o640, false, "chmod 600 "), (0o604, true, "chmod o-rwx "), (0o666, true, "chmod o-rwx ")]
    {
        mode(&file, bits);
        for args in [&["sync"][..], &["status"], &["list"]] {
            let stderr = env.run(args).expect_code(0).stderr;
            let count =
                stderr.lines().filter(|line| line.contains(" warning: ") && line.contains("malsync.db")).count();
            assert_eq!(count, usize::from(warned), "{bits:o} {args:?}: {stderr}");
            assert!(!warned || stderr.contains(&format!("{chmod}{}", file.display())), "{stderr}");
        }
        let checks = doctor();
        let found = checks.iter().filter(|check| check["level"] == "warn").count();
        assert_eq!(found, usize::from(!chmod.is_empty()), "{bits:o}: {checks:?}");
        assert!(checks[0]["hint"].as_str().unwrap_or_default().contains(chmod), "{checks:?}");
    }
    mode(&file, 0o600);
    mode(&key, 0o644);
    assert!(doctor()[0]["hint"].as_str().unwrap().contains("token.key"));
    mode(&key, 0o600);
    // A file of another user, which only root can create and use.
    let owner = Command::new("chown").arg("65534").arg(&file).status().unwrap();
    if owner.success() {
        let told = env.run(&["status"]).expect_code(0).stderr;
        assert!(told.contains("malsync.db belongs to another user of this machine: chown "), "{told}");
        assert_eq!(doctor()[0]["level"], "warn");
    }
}
