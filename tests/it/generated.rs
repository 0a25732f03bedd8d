//! Generated completions and man pages are up to date, and work in real shells.

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use malsync_test_macros::on_postgres;
use rexpect::session::{PtySession, spawn_command};
use tempfile::TempDir;

use crate::support::test_env::{DatabaseKind, TestEnv};

/// Gives the completion of values a minute. Users wait for 250 ms, which a busy machine may exceed.
const UNHURRIED_COMPLETION: &str = "complete.limit=return(60000)";

const REGENERATE_HINT: &str = "regenerate it: see docs/architecture.md, Generated files";

#[test]
fn completions_are_up_to_date() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
    for (shell, file) in [
        ("bash", "malsync.bash"),
        ("zsh", "_malsync"),
        ("fish", "malsync.fish"),
        ("elvish", "malsync.elv"),
        ("powershell", "_malsync.ps1"),
    ] {
        let made = env.run(&["completions", shell]).expect_code(0).stdout;
        let kept = fs::read_to_string(folder.join(file)).unwrap_or_default();
        assert!(made == kept, "completions/{file} is stale; {REGENERATE_HINT}");
    }
}

#[test]
fn man_pages_are_up_to_date_and_well_formed() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    let made = TempDir::new().unwrap();
    env.run(&["man", "--out-dir", made.path().to_str().unwrap()]).expect_code(0);
    let names = |folder: &Path| {
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    assert_eq!(names(made.path()), names(&kept), "{REGENERATE_HINT}");
    for name in names(&kept) {
        let (made, kept) = (made.path().join(&name), kept.join(&name));
        assert!(
            fs::read(&made).unwrap() == fs::read(&kept).unwrap(),
            "man/{} is stale; {REGENERATE_HINT}",
            name.display()
        );
        let lint = Command::new("mandoc").args(["-T", "lint", "-W", "error"]).arg(&kept).output().unwrap();
        assert!(lint.status.success(), "{}", String::from_utf8_lossy(&lint.stdout));
    }
}

/// Creates an environment with completion scripts, a list of odd titles, and malsync in PATH.
fn env_with_completion_scripts() -> TestEnv {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 0);
    let folder = env.home().join("scripts");
    fs::create_dir(&folder).unwrap();
    for (shell, file) in [("bash", "malsync.bash"), ("zsh", "_malsync"), ("fish", "malsync.fish")] {
        fs::write(folder.join(file), env.run(&["completions", shell]).expect_code(0).stdout).unwrap();
    }
    let anime = |(id, title): (usize, &str)| {
        format!(
            "<anime><series_animedb_id>{id}</series_animedb_id><series_title><![CDATA[{title}]]></series_title>\
             <my_status>Watching</my_status><my_tags><![CDATA[slow burn, $(touch ran) 'x']]></my_tags></anime>"
        )
    };
    let titles = ["", "It's $5: \"now\"!", "Cowboy Bebop: Tengoku", "Cowboy Bebop", "Cowboy\x1b[2J", "進撃の巨人"];
    let anime: String = titles.into_iter().enumerate().skip(1).map(anime).collect();
    let list = format!("<myanimelist><myinfo><user_name>o'neil b</user_name></myinfo>{anime}</myanimelist>");
    env.run_with_input(&["import", "-"], &list).expect_code(0);
    fs::write(env.home().join("list.xml"), &list).unwrap();
    let programs = env.home().join("bin");
    fs::create_dir(&programs).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_malsync"), programs.join("malsync")).unwrap();
    env.set_var("PATH", &format!("{}:/usr/local/bin:/usr/bin:/bin", programs.display()));
    env.set_var("TERM", "dumb");
    env.set_var("FAILPOINTS", UNHURRIED_COMPLETION);
    env
}

/// Starts a shell on a terminal. `ready` is the command that loads the scripts.
fn start_shell(env: &TestEnv, shell: &[&str], ready: &str) -> PtySession {
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).env_clear().current_dir(env.home());
    command.envs(env.command(&[]).get_envs().filter_map(|(name, value)| Some((name, value?))));
    let mut session = spawn_command(command, Some(180_000)).unwrap();
    // Readline prints nothing on a terminal without echo.
    session.send_line(&format!("stty echo; {ready}; echo rea''dy")).unwrap();
    session.exp_string("ready").unwrap();
    session
}

/// Ends a shell. An interactive shell ignores signals.
fn exit_shell(mut session: PtySession) {
    session.send_line("exit").unwrap();
    session.exp_eof().unwrap();
}

#[test]
fn bash_completes_commands_and_values() {
    let env = env_with_completion_scripts();
    let mut bash = start_shell(&env, &["bash", "--norc", "-i"], "source scripts/malsync.bash");
    for (typed, completed) in [
        ("malsync schedule install --with sys", "malsync schedule install --with systemd "),
        ("malsync list --columns title,sc", "malsync list --columns title,score "),
        ("malsync status --user o", r"malsync status --user o\'neil\ b "),
        ("malsync status --user=o", r"malsync status --user=o\'neil\ b "),
        ("malsync list -u o", r"malsync list -u o\'neil\ b "),
        (r"malsync list --tag \$", r"malsync list --tag \$\(touch\ ran\)\ \'x\' "),
        ("malsync edit --where tag=slow", r"malsync edit --where tag=slow\ burn "),
        ("malsync edit --where gen", "malsync edit --where genre="),
        ("malsync import list.x", "malsync import list.xml "),
        ("malsync pin 1 prio", "malsync pin 1 priority "),
        (r"malsync show cowboy\ bebop:", r"malsync show cowboy\ bebop:\ Tengoku "),
        (r"malsync edit cowboy\ bebop:", r"malsync edit cowboy\ bebop:\ Tengoku "),
        ("malsync edit \"Cowboy Bebop:", "malsync edit \"Cowboy Bebop: Tengoku\" "),
    ] {
        bash.send(&format!("{typed}\t")).unwrap();
        bash.flush().unwrap();
        bash.exp_string(completed).unwrap();
        bash.send_control('u').unwrap();
    }
    // TAB typed twice lists the candidates: commands without flags, and no files.
    for (typed, listed) in
        [("malsync ", "changes "), ("malsync token ", "export "), ("malsync edit --where ", "airing=")]
    {
        bash.send(&format!("{typed}\t\t")).unwrap();
        bash.flush().unwrap();
        let before = bash.exp_string(listed).unwrap();
        assert!(!before.contains("--verbose") && !before.contains("scripts"), "{typed}: {before}");
        bash.send_control('u').unwrap();
        bash.send_line("echo cle''ared").unwrap();
        bash.exp_string("cleared").unwrap();
    }
    // All flags begin with a dash, which must not be inserted.
    for line in ["malsync config path", "malsync config unset mal_page_size"] {
        bash.send_line(&format!("{line} \t\t; echo do''ne")).unwrap();
        let printed = bash.exp_string("done").unwrap();
        assert!(printed.contains("config.toml") && !printed.contains("error:"), "{line}: {printed}");
    }
    for open in ["it", "'It", "\"It"] {
        bash.send_line(&format!("malsync edit {open}\t --score 3; echo do''ne")).unwrap();
        assert!(bash.exp_string("done").unwrap().contains(r#"It's $5: "now"!: score"#), "{open}");
        bash.send_line("malsync undo; echo do''ne").unwrap();
        bash.exp_string("done").unwrap();
        bash.send_line(&format!("malsync show {open}\t--json; echo do''ne")).unwrap();
        assert!(bash.exp_string("done").unwrap().contains(r#""mal_id":1,"title":"It's $5: \"now\"!""#), "{open}");
    }
    exit_shell(bash);
}

#[test]
fn f_e03_completed_file_names_are_quoted_in_bash() {
    let env = env_with_completion_scripts();
    for folder in ["odd", "spaced", "folders"] {
        fs::create_dir(env.home().join(folder)).unwrap();
    }
    fs::write(env.home().join("odd/$(>ran).toml"), "mal_page_size = 7\n").unwrap();
    fs::write(env.home().join("spaced/a b.toml"), "mal_page_size = 7\n").unwrap();
    fs::create_dir(env.home().join("folders/$(>ran) x")).unwrap();
    let mut bash = start_shell(&env, &["bash", "--norc", "-i"], "source scripts/malsync.bash");
    for (line, expected) in [
        ("malsync --config odd/\t config path", "odd/$(>ran).toml"),
        ("malsync --config spaced/\t config path", "spaced/a b.toml"),
        ("malsync --config spaced/a\\ \t config path", "spaced/a b.toml"),
        ("malsync export --format json --output odd/\t; ls odd", "$(>ran).toml"),
        ("malsync report --output odd/\t; ls odd", "$(>ran).toml"),
        ("malsync import odd/\t; ls odd", "$(>ran).toml"),
        ("malsync man --out-dir folders/\t; ls -d folders/*/malsync.1", "folders/$(>ran) x/malsync.1"),
        ("malsync export --dir folders/\t; ls -d folders/*", "folders/$(>ran) x"),
    ] {
        bash.send_line(&format!("{line}; echo do''ne")).unwrap();
        let printed = bash.exp_string("done").unwrap();
        // The echoed line has the quoted name; the answer has it as it is.
        assert!(printed.lines().skip(1).any(|answer| answer.contains(expected)), "{line}: {printed}");
        assert!(!env.home().join("ran").exists(), "{line}: {printed}");
    }
    exit_shell(bash);
}

#[test]
fn zsh_completes_commands_and_values() {
    let env = env_with_completion_scripts();
    let ready = "fpath=($HOME/scripts $fpath); autoload -Uz compinit; compinit -u -D";
    let mut zsh = start_shell(&env, &["zsh", "-f", "-i"], ready);
    for (typed, completed) in [
        ("malsync schedule install --with sys", "malsync schedule install --with systemd"),
        ("malsync list --columns title,sc", "malsync list --columns title,score"),
        ("malsync status --user o", r"malsync status --user o\'neil\ b"),
        ("malsync show --js", "malsync show --json"),
        ("malsync list --tag slow", r"malsync list --tag slow\ burn"),
        (r"malsync list --tag \$", r"malsync list --tag \$\(touch\ ran\)\ \'x\'"),
        ("malsync edit --where tag=slow", r"malsync edit --where tag=slow\ burn"),
        ("malsync edit --where gen", "malsync edit --where genre="),
        ("malsync import list.x", "malsync import list.xml"),
    ] {
        zsh.send(&format!("{typed}\t")).unwrap();
        zsh.flush().unwrap();
        zsh.exp_string(completed).unwrap();
        zsh.send_control('u').unwrap();
    }
    for (typed, title) in [
        ("it\t", r#""title":"It's $5: \"now\"!""#),
        ("'it\t", r#""title":"It's $5: \"now\"!""#),
        ("\"It\t", r#""title":"It's $5: \"now\"!""#),
        ("cowboy\\ bebop:\t", r#""title":"Cowboy Bebop: Tengoku""#),
    ] {
        zsh.send_line(&format!("malsync show {typed}--json; echo do''ne")).unwrap();
        assert!(zsh.exp_string("done").unwrap().contains(title), "{typed}");
    }
    for typed in ["cowboy\\ bebop:\t", "\"Cowboy Bebop:\t"] {
        zsh.send_line(&format!("malsync edit {typed} --score 3; echo do''ne")).unwrap();
        assert!(zsh.exp_string("done").unwrap().contains("Cowboy Bebop: Tengoku: score"), "{typed}");
        zsh.send_line("malsync undo; echo do''ne").unwrap();
        zsh.exp_string("done").unwrap();
    }
    zsh.send_line("malsync config path \t; echo do''ne").unwrap();
    let printed = zsh.exp_string("done").unwrap();
    assert!(printed.contains("config.toml") && !printed.contains("error:"), "{printed}");
    exit_shell(zsh);
}

#[test]
fn fish_completes_commands_and_values() {
    let env = env_with_completion_scripts();
    for (typed, completed) in [
        ("malsync schedule st", "status\tShow the schedule and the next run\n"),
        ("malsync status --user O", "o'neil b\n"),
        ("malsync status --user=o", "--user=o'neil b\n"),
        ("malsync show it", "It's $5: \"now\"!\n"),
        ("malsync show cowboy\\\\ bebop:", "Cowboy Bebop: Tengoku\n"),
        (
            "malsync edit ",
            "1\tIt's $5: \"now\"!\n2\tCowboy Bebop: Tengoku\n3\tCowboy Bebop\n4\tCowboy␛[2J\n5\t進撃の巨人\n",
        ),
        ("malsync edit cowboy\\\\ bebop:", "Cowboy Bebop: Tengoku\n"),
        ("malsync pin 3 sc", "score\n"),
        ("malsync list --tag s", "slow burn\n"),
        ("malsync edit --where tag=s", "tag=slow burn\n"),
        ("malsync edit --where gen", "genre=\n"),
        ("malsync import list", "list.xml\n"),
        ("malsync list --search ", ""),
        ("malsync sync ", ""),
        ("malsync restore --run ", ""),
        ("malsync list --sort title,-up", "title,-updated\n"),
    ] {
        let line = format!("exec fish --no-config -c 'source scripts/malsync.fish; complete -C \"{typed}\"'");
        assert_eq!(env.run_in_shell(&line).expect_code(0).stdout, completed, "{typed}");
    }
}

/// Returns the candidates for a command line. Asserts that nothing else is printed.
fn complete_line(env: &TestEnv, line: &str) -> String {
    let output = env.run(&["__complete", "zsh", line]).expect_code(0);
    assert_eq!(output.stderr, "", "{line}");
    output.stdout
}

#[test]
fn completion_changes_nothing_and_never_waits() {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 3);
    env.set_var("FAILPOINTS", UNHURRIED_COMPLETION);
    let lines = ["malsync show ", "malsync sync --user ", "malsync edit ", "malsync --config none.toml show "];
    assert!(lines.iter().all(|line| complete_line(&env, line).is_empty()));
    assert!(!env.home().join(".local").exists(), "a file was created");

    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
    env.sim.control().clear_log();
    assert_eq!(complete_line(&env, "malsync sync --user A"), "alice\n");
    assert_eq!(complete_line(&env, "malsync show ").lines().count(), 3);
    for (line, sql) in [
        ("malsync list --genre ", "SELECT CAST(count(DISTINCT genre_id) AS TEXT) FROM mal_anime_genres"),
        ("malsync list --studio ", "SELECT CAST(count(DISTINCT studio_id) AS TEXT) FROM mal_anime_studios"),
        ("malsync list --type ", "SELECT CAST(count(DISTINCT media_type) AS TEXT) FROM anime"),
        ("malsync restore --run ", "SELECT CAST(count(*) AS TEXT) FROM sync_runs"),
    ] {
        let candidates = complete_line(&env, line);
        assert_eq!(Some(candidates.lines().count().to_string()), env.query_value(sql), "{line}: {candidates}");
    }
    assert!(complete_line(&env, "malsync stats --season=20").lines().all(|year| year.starts_with("--season=20")));
    assert!(env.sim.control().logged_requests().is_empty(), "MAL is not asked");
    // An old schema is not migrated.
    env.execute_sql("DELETE FROM _sqlx_migrations WHERE version = (SELECT max(version) FROM _sqlx_migrations)");
    let newest = || env.query_value("SELECT CAST(max(version) AS TEXT) FROM _sqlx_migrations");
    let before = newest();
    assert_eq!(complete_line(&env, "malsync show "), "");
    assert_eq!(newest(), before);

    env.set_var("MAL_PAGE_SIZE", "none");
    assert_eq!(complete_line(&env, "malsync show "), "", "no candidates with a broken configuration");
    assert!(complete_line(&env, "malsync list --columns ti").contains("\ntitle\n"), "columns need no configuration");
    env.set_var("MAL_PAGE_SIZE", "");
    env.set_var("RUST_LOG", "trace");
    env.set_var("FAILPOINTS", "");
    // A server that accepts connections and sends nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    env.set_var("DATABASE_URL", &format!("postgres://me@{}/anime", silent.local_addr().unwrap()));
    let began = Instant::now();
    assert_eq!(complete_line(&env, "malsync show "), "");
    assert!(began.elapsed() < Duration::from_secs(9), "a connection is waited for 10 s elsewhere");
    for odd in ["", "malsync show '", "malsync show \\", "malsync --", "\u{1b}[2J", "malsync show -=\u{0301}"] {
        assert_eq!(complete_line(&env, odd), "", "{odd:?}");
    }
}

#[on_postgres]
fn completion_reads_values_from_server() {
    let mut env = TestEnv::with_login(DatabaseKind::Postgres, 60);
    env.set_var("FAILPOINTS", UNHURRIED_COMPLETION);
    env.sync(&[]);
    let titles = complete_line(&env, "malsync show --user alice ");
    assert_eq!(titles.lines().count(), 50, "{titles}");
    assert_eq!(complete_line(&env, "malsync show --user nobody "), "");
    let title = env.query_value("SELECT a.title FROM anime a ORDER BY lower(a.title) LIMIT 1").unwrap();
    let line = format!("malsync show '{}", title.to_lowercase().replace('\'', r"'\''"));
    assert!(complete_line(&env, &line).lines().any(|told| told == title.replace(':', "\\:")), "{title}");
}
