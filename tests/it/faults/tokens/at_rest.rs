//! Stored tokens: the key, its file, the rows, a restored backup.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink},
    path::PathBuf,
    process::Command,
};

use malsync_test_macros::on_both;

use super::{age_tokens, list_state, read_token_row, sent_refresh_tokens};
use crate::support::test_env::{DatabaseKind, TestEnv};

fn key_file(env: &TestEnv) -> PathBuf {
    env.home().join(".local/share/malsync/token.key")
}

#[on_both]
fn f_t17_missing_or_different_key_is_named_by_id(kind: DatabaseKind) {
    let mut env = TestEnv::with_login(kind, 3);
    let before = read_token_row(&env);
    let id = before.access.as_ref().unwrap().split('.').nth(1).unwrap().to_owned();
    let kept = fs::read(key_file(&env)).unwrap();
    fs::remove_file(key_file(&env)).unwrap();
    for _ in 0..2 {
        let output = env.run(&["sync"]).expect_code(4);
        assert!(
            output.stderr.contains("cannot decrypt the stored login") && output.stderr.contains(&id),
            "{}",
            output.stderr
        );
        assert!(output.stderr.contains("hint: ") && output.stderr.contains("MALSYNC_TOKEN_KEY"), "{}", output.stderr);
    }
    assert!(!key_file(&env).exists(), "no new key is created for existing tokens");
    fs::write(key_file(&env), &kept).unwrap();
    env.set_var("MALSYNC_TOKEN_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    let output = env.run(&["sync"]).expect_code(4);
    assert!(output.stderr.contains(&id), "{}", output.stderr);
    assert_eq!((read_token_row(&env), list_state(&env)), (before, (0, false)));
    env.set_var("MALSYNC_TOKEN_KEY", "");
    env.sync(&[]);
}

#[on_both]
fn f_t17_new_login_recovers_from_lost_key(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    fs::remove_file(key_file(&env)).unwrap();
    env.run(&["sync"]).expect_code(4);
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
}

#[on_both]
fn f_t18_moved_or_altered_ciphertext_does_not_decrypt(kind: DatabaseKind) {
    let config = mal_sim::SimConfig {
        users: vec!["alice".into(), "bob".into()],
        entries: 3,
        auto_consent: true,
        ..Default::default()
    };
    let env = TestEnv::with_config(kind, config);
    env.run(&["login"]).expect_code(0);
    env.sim.control().set_consenting_user("bob").unwrap();
    env.run(&["login"]).expect_code(0);
    env.sim.control().clear_log();
    let of = |user: &str, column: &str| {
        env.query_value(&format!("SELECT {column} FROM users WHERE username = '{user}'")).unwrap()
    };
    let (access, refresh) = (of("alice", "mal_access_token"), of("alice", "mal_refresh_token"));
    for (what, set) in [
        ("a generation back", "mal_token_generation = mal_token_generation - 1".to_owned()),
        ("the other column", "mal_access_token = mal_refresh_token".to_owned()),
        ("a changed text", format!("mal_access_token = '{}AAAA'", &access[..access.len() - 4])),
        ("another row", format!("mal_access_token = '{}'", of("bob", "mal_access_token"))),
        ("another row", format!("mal_refresh_token = '{}'", of("bob", "mal_refresh_token"))),
    ] {
        let before = read_token_row(&env);
        env.execute_sql(&format!("UPDATE users SET {set} WHERE username = 'alice'"));
        let altered = read_token_row(&env);
        let output = env.run(&["sync", "--user", "alice"]).expect_code(8);
        assert!(output.stderr.contains("the stored login was altered"), "{what}: {}", output.stderr);
        assert_eq!(read_token_row(&env), altered, "{what}");
        env.execute_sql(&format!(
            "UPDATE users SET mal_access_token = '{access}', mal_refresh_token = '{refresh}', \
             mal_token_generation = {} WHERE username = 'alice'",
            before.generation
        ));
    }
    assert_eq!((list_state(&env).0, env.sim.control().logged_requests().len()), (0, 0), "MAL is not asked");
    env.sync(&["--user", "alice"]);
    env.sync(&["--user", "bob"]);
}

#[on_both]
fn f_t19_readable_key_file_warns_and_irregular_one_is_refused(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    let (file, aside) = (key_file(&env), env.home().join("aside.key"));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let output = env.run(&["sync"]).expect_code(0);
    assert!(output.stderr.contains("can be read by other users"), "{}", output.stderr);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();

    // Exits with 1. The fault catalogue asks for 6, but the key file does not belong to the database.
    let refused = |what: &str| {
        let before = read_token_row(&env);
        let output = env.run(&["sync"]).expect_code(1);
        assert!(
            output.stderr.contains("the key file") && output.stderr.contains("hint: "),
            "{what}: {}",
            output.stderr
        );
        assert_eq!(read_token_row(&env), before, "{what}");
    };
    fs::rename(&file, &aside).unwrap();
    symlink(&aside, &file).unwrap();
    refused("a link");
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    refused("a folder");
    fs::remove_dir(&file).unwrap();
    assert!(Command::new("mkfifo").arg(&file).status().unwrap().success());
    refused("a pipe");
    fs::remove_file(&file).unwrap();
    fs::write(&file, "not a key").unwrap();
    refused("something else");
    fs::rename(&aside, &file).unwrap();
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        // Only root can change the owner of a file.
        chown(&file, Some(65534), None).unwrap();
        refused("a file of another user");
        chown(&file, Some(0), None).unwrap();
    }
    env.sync(&[]);
}

#[on_both]
fn f_t05_restored_backup_with_dead_token_causes_no_loop(kind: DatabaseKind) {
    let env = TestEnv::with_login(kind, 3);
    env.sim.control().configure(|config| config.old_refresh_valid = false);
    let backup = read_token_row(&env);
    env.run(&["token", "refresh"]).expect_code(0);
    env.run(&["token", "refresh"]).expect_code(0);
    env.execute_sql(&format!(
        "UPDATE users SET mal_access_token = '{}', mal_refresh_token = '{}', mal_token_generation = {}",
        backup.access.clone().unwrap(),
        backup.refresh.clone().unwrap(),
        backup.generation
    ));
    age_tokens(&env, 40);
    let refreshes_before = sent_refresh_tokens(&env).len();
    env.run(&["sync"]).expect_code(4);
    assert_eq!(read_token_row(&env), super::TokenRow { needs_login: true, ..backup });
    env.run(&["sync"]).expect_code(4);
    assert_eq!(sent_refresh_tokens(&env).len(), refreshes_before + 1);
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
}

#[test]
fn created_files_are_private_with_any_umask() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 3);
    let inner = env.command(&["login"]);
    let mut command = Command::new("sh");
    command.args(["-c", "umask 000; exec \"$0\" login"]).arg(inner.get_program()).env_clear();
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    assert!(command.output().unwrap().status.success());
    let folder = env.home().join(".local/share/malsync");
    assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700);
    let mut files = 0;
    for file in fs::read_dir(&folder).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600, "{}", file.path().display());
        files += 1;
    }
    assert!(files >= 2, "database and key exist");
}
