//! Files that commands write: devices and pipes are never replaced, and no planted link is followed.

use std::{
    fs,
    os::unix::{
        fs::{FileTypeExt as _, MetadataExt as _, symlink},
        net::UnixListener,
    },
    process::Command,
};

use super::{give_to_stranger, is_root, make_pipe, make_shared_folder};
use crate::support::test_env::{DatabaseKind, TestEnv};

/// Creates an environment with a synced list of three entries.
fn synced_env() -> TestEnv {
    let env = TestEnv::with_login(DatabaseKind::Sqlite, 3);
    env.sync(&[]);
    env
}

#[test]
fn f_e12_device_is_written_to_and_never_replaced() {
    let mut env = synced_env();
    if is_root() {
        // A device of the test's own, so that a fault does not break the machine.
        let device = env.home().join("null");
        let status = Command::new("mknod").arg(&device).args(["c", "1", "3"]).status().unwrap();
        if status.success() {
            let path = device.to_str().unwrap();
            env.run(&["export", "--output", path, "--format", "json"]).expect_code(0);
            env.run(&["report", "--output", path]).expect_code(0);
            env.set_var("MALSYNC_METRICS_FILE", path);
            let output = env.run(&["sync", "--force-full"]).expect_code(0);
            assert!(!output.stderr.contains("MALSYNC_METRICS_FILE"), "{output:?}");
            assert!(fs::symlink_metadata(&device).unwrap().file_type().is_char_device(), "the device is still one");
        }
    }
    let output = env.run(&["export", "--output", "/dev/full", "--format", "json"]).expect_code(1);
    assert!(output.stderr.contains("error: cannot write /dev/full: No space left"), "{output:?}");
}

#[test]
fn f_e12_pipe_is_written_to_and_a_pipe_without_reader_delays_no_sync() {
    let mut env = synced_env();
    let pipe = env.home().join("pipe");
    make_pipe(&pipe);
    let reader = Command::new("cat").arg(&pipe).stdout(std::process::Stdio::piped()).spawn().unwrap();
    env.run(&["export", "--output", pipe.to_str().unwrap(), "--format", "ndjson"]).expect_code(0);
    let read = reader.wait_with_output().unwrap().stdout;
    assert_eq!(String::from_utf8(read).unwrap().lines().count(), 3);
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
    // A shell's process substitution is a pipe too.
    let output = env.run_in_shell(
        "$MALSYNC export --format ndjson --output >(cat >copy); until [ $(wc -l <copy) -ge 3 ]; do :; done; cat copy",
    );
    assert_eq!(output.stdout.lines().count(), 3, "{output:?}");
    let output = env.run_in_shell("$MALSYNC export --format ndjson --output /dev/stdout | cat");
    assert_eq!(output.stdout.lines().count(), 3, "{output:?}");
    let output =
        env.run_in_shell("echo first >log; $MALSYNC export --format ndjson --output /dev/stdout >>log; cat log");
    assert_eq!(output.stdout.lines().count(), 4, "the file that the shell has open goes on: {output:?}");

    env.set_var("MALSYNC_METRICS_FILE", pipe.to_str().unwrap());
    let output = env.run(&["sync", "--force-full"]).expect_code(0);
    assert!(output.stderr.contains("warning: MALSYNC_METRICS_FILE: "), "{output:?}");
    assert!(fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
}

#[test]
fn f_e12_folder_and_socket_are_errors() {
    let mut env = synced_env();
    let socket = env.home().join("socket");
    let _socket = UnixListener::bind(&socket).unwrap();
    let folder = env.home().to_owned();
    for (path, reason) in [(folder, "it is a directory"), (socket, "it is not a plain file, device or pipe")] {
        let path = path.to_str().unwrap();
        for args in [&["export", "--format", "json", "--output", path][..], &["report", "--output", path]] {
            let output = env.run(args).expect_code(1);
            assert!(output.stderr.contains(&format!("error: cannot write {path}: {reason}")), "{output:?}");
        }
        env.set_var("MALSYNC_METRICS_FILE", path);
        let output = env.run(&["sync", "--force-full"]).expect_code(0);
        assert!(output.stderr.contains(&format!("MALSYNC_METRICS_FILE: {path}: {reason}")), "{output:?}");
    }
}

#[test]
fn f_e04_link_of_another_account_in_a_shared_folder_is_refused() {
    if !is_root() {
        return;
    }
    let mut env = synced_env();
    let shared = env.home().join("shared");
    make_shared_folder(&shared);
    let (victim, victims) = (env.home().join("victim"), env.home().join("victims"));
    fs::write(&victim, "old").unwrap();
    fs::create_dir(&victims).unwrap();
    for (name, target) in [("file", &victim), ("folder", &victims)] {
        symlink(target, shared.join(name)).unwrap();
        give_to_stranger(&shared.join(name));
    }
    for path in ["shared/file", "shared/folder/x"] {
        for args in [&["export", "--format", "json", "--output", path][..], &["report", "--output", path]] {
            let output = env.run(args).expect_code(1);
            assert!(output.stderr.contains("is a link that another account created"), "{output:?}");
        }
        env.set_var("MALSYNC_METRICS_FILE", env.home().join(path).to_str().unwrap());
        let output = env.run(&["sync", "--force-full"]).expect_code(0);
        assert!(output.stderr.contains("is a link that another account created"), "{output:?}");
    }
    assert_eq!(fs::read_to_string(&victim).unwrap(), "old");
    assert_eq!(fs::read_dir(&victims).unwrap().count(), 0);
    // Other links are followed: an own link in a shared folder, and another account's link in an own folder.
    symlink(&victim, shared.join("own")).unwrap();
    symlink(&victim, env.home().join("given")).unwrap();
    give_to_stranger(&env.home().join("given"));
    for path in ["shared/own", "given"] {
        fs::write(&victim, "old").unwrap();
        env.run(&["export", "--format", "json", "--output", path]).expect_code(0);
        assert_ne!(fs::read_to_string(&victim).unwrap(), "old", "{path}");
    }
}

#[test]
fn f_e04_default_report_is_never_written_through_a_link() {
    let env = synced_env();
    let (victim, report) = (env.home().join(".bashrc"), env.home().join("malsync-report.html"));
    fs::write(&victim, "old").unwrap();
    symlink(&victim, &report).unwrap();
    let output = env.run(&["report", "--open"]).expect_code(1);
    assert!(output.stderr.contains("cannot write malsync-report.html: it is a link"), "{output:?}");
    assert!(output.stderr.contains("hint: choose another file with --output"), "{output:?}");
    assert_eq!(fs::read_to_string(&victim).unwrap(), "old");
    fs::remove_file(&report).unwrap();
    env.run(&["report", "--open"]).expect_code(0);
    assert_eq!(fs::metadata(&report).unwrap().mode() & 0o777, 0o600);
    // Manual pages have names that others can guess, too.
    symlink(&victim, env.home().join("malsync.1")).unwrap();
    let output = env.run(&["man", "--out-dir", "."]).expect_code(1);
    assert!(output.stderr.contains("it is a link"), "{output:?}");
    assert_eq!(fs::read_to_string(&victim).unwrap(), "old");
}

#[test]
fn f_e06_pipe_in_place_of_the_notification_state_stops_no_sync() {
    let mut env = synced_env();
    env.set_var("MALSYNC_NOTIFY_COMMAND", "true");
    let state = env.home().join(".local/share/malsync/syncs.json");
    let _ = fs::remove_file(&state);
    make_pipe(&state);
    // Stopped by force if they wait for a writer.
    for command in ["sync --force-full", "metrics"] {
        env.run_in_shell(&format!("timeout -s KILL 60 $MALSYNC {command}")).expect_code(0);
    }
    assert!(fs::symlink_metadata(&state).unwrap().file_type().is_fifo());
}
