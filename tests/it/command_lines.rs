//! Every command line in the README, in CONTRIBUTING.md and in `docs/` works as it is written.
//!
//! The lines of ```` ```sh ````, ```` ```console ```` and ```` ```cron ```` blocks are run. Those of a document run in
//! their order, in one home folder; each line of a `cron` block has its own. A line that cannot be run in a test is in
//! [`NOT_RUN`], with the reason. Commands inside a sentence or a table are only parsed.

use std::{
    fs,
    os::unix::fs::symlink,
    process::{Command, Stdio},
};

use serde_json::json;

use crate::{
    layers::repository,
    schedule::{CRONTAB_SCRIPT, env_with_config_file, install_program},
    support::{
        terminal::{read_to_end, start_terminal},
        test_env::{DatabaseKind, TestEnv},
    },
};

/// Beginnings of lines that no test runs, and why.
const NOT_RUN: [(&str, &str); 34] = [
    ("cargo run --release --example demo", "builds a release; `./check nightly` runs it"),
    ("./check", "runs all tests, this one too"),
    ("cargo ", "builds or tests the whole workspace; `./check` and `./check nightly` do that"),
    ("CRASH_SEED=", "replays a failure of the crash loop"),
    ("benches/", "measures for an hour"),
    ("tests/broken/", "`./check nightly` runs it"),
    ("fuzz/", "`./check nightly` runs it"),
    ("docs/pictures/make", "draws the pictures again; tests/it/pictures/ compares them"),
    ("packaging/", "`./check nightly` runs it"),
    ("sudo ", "changes the machine; `packaging/try` installs and removes each package in a bare root"),
    ("docker ", "needs Docker; `packaging/try` runs the image"),
    ("git ", "changes a repository"),
    ("systemctl --user ", "needs a user session of systemd; `packaging/try` checks the units"),
    ("journalctl ", "needs a user session of systemd"),
    ("loginctl ", "changes the machine"),
    ("brew ", "needs Homebrew"),
    ("nix ", "needs Nix"),
    ("export DATABASE_URL=", "each test has its own database"),
    ("export MAL_CLIENT_ID=", "each test has its own client ID"),
    ("psql ", "needs a server; tests/it/schema.rs runs the statement on PostgreSQL"),
    ("malsync copy --to postgresql:", "needs a server of that name; tests/it/ copies to PostgreSQL"),
    (
        "DATABASE_URL=sqlite://$HOME/backup/malsync-2026-11-30.db malsync copy --to postgresql:",
        "needs a server of that name",
    ),
    ("malsync config set database_url postgresql:", "each test has its own database"),
    ("malsync completions powershell >> $PROFILE", "a line of PowerShell"),
    ("kubectl ", "needs a cluster"),
    ("rclone ", "needs a remote"),
    ("restic ", "needs restic"),
    ("rsync ", "needs another machine"),
    ("ssh ", "needs another machine"),
    ("scp ", "needs another machine"),
    ("pg_dump ", "needs a server"),
    ("pg_restore ", "needs a server"),
    ("createdb ", "needs a server"),
    ("# ", "a comment"),
];

/// Lines that end with another exit code than 0 when they are run in order.
const OTHER_EXIT_CODES: [(&str, &str, i32); 1] = [("docs/two-way.md", "malsync push --yes", 3)];

/// Languages of blocks that are not command lines.
const OTHER_LANGUAGES: [&str; 12] = [
    "toml",
    "json",
    "yaml",
    "ini",
    "rust",
    "text",
    "markdown",
    "sql",
    "sql postgres",
    "sql sqlite",
    "powershell",
    "html",
];

/// A fenced block of a document.
struct FencedBlock {
    language: String,
    lines: Vec<String>,
}

/// Returns the documents for users and developers by their path from the root, with their text.
fn read_documents() -> Vec<(String, String)> {
    let entries = fs::read_dir(repository().join("docs")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut paths: Vec<_> = names.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}")).collect();
    paths.extend(["README.md".to_owned(), "CONTRIBUTING.md".to_owned()]);
    paths.sort_unstable();
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(repository().join(path)).unwrap())).collect()
}

/// Returns the fenced blocks of a document, without the indentation of a list.
fn fenced_blocks(text: &str) -> Vec<FencedBlock> {
    let mut blocks: Vec<FencedBlock> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        let Some(language) = line.trim_start().strip_prefix("```") else {
            if is_open {
                let block = blocks.last_mut().unwrap();
                block.lines.push(line.trim().to_owned());
            }
            continue;
        };
        is_open = !is_open;
        if is_open {
            blocks.push(FencedBlock { language: language.trim().to_owned(), lines: Vec::new() });
        }
    }
    blocks
}

/// Returns the command lines of a block for a shell: all lines of `sh`, those after a `$` of `console`.
fn shell_lines(block: &FencedBlock) -> Vec<String> {
    let lines = block.lines.iter().filter(|line| !line.is_empty());
    match block.language.as_str() {
        "sh" => lines.cloned().collect(),
        "console" => lines.filter_map(|line| line.strip_prefix("$ ").map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

fn can_be_run(line: &str) -> bool {
    NOT_RUN.iter().all(|(beginning, _)| !line.starts_with(beginning))
}

/// Returns an environment in which the documents' examples are in the list, and `malsync` is in PATH.
pub(crate) fn env_for_documents() -> TestEnv {
    let mut env = TestEnv::new(DatabaseKind::Sqlite, 60);
    let entries = [
        (
            1,
            json!({"node": {"title": "Cowboy Bebop", "num_episodes": 26, "genres": [{"id": 24, "name": "Sci-Fi"}, {"id": 1, "name": "Action"}]},
                   "list_status": {"status": "watching", "score": 7, "num_episodes_watched": 3}}),
        ),
        (
            5,
            json!({"node": {"title": "Cowboy Bebop: Tengoku no Tobira", "num_episodes": 1}, "list_status": {"status": "plan_to_watch"}}),
        ),
        (
            52_991,
            json!({"node": {"title": "Sousou no Frieren", "num_episodes": 28}, "list_status": {"status": "watching", "score": 9}}),
        ),
    ];
    for (id, entry) in entries {
        env.sim.control().patch_entry("alice", id, serde_json::from_value(entry).unwrap()).unwrap();
    }
    install_program(&mut env, "crontab", CRONTAB_SCRIPT);
    symlink(env!("CARGO_BIN_EXE_malsync"), env.home().join("bin/malsync")).unwrap();
    env.set_var("EDITOR", "true");
    for folder in [
        ".local/share/bash-completion/completions",
        ".zfunc",
        "completions",
        "backup",
        ".config/fish/completions",
        ".config/elvish/lib",
    ] {
        fs::create_dir_all(env.home().join(folder)).unwrap();
    }
    env
}

/// Does what the document says that happens between its command lines.
fn prepare_line(env: &TestEnv, document: &str, line: &str) {
    match (document, line) {
        ("docs/two-way.md", "malsync push --yes") => {
            let score_on_mal = |score: u8| {
                let patch = json!({"list_status": {"score": score}});
                env.sim.control().patch_entry("alice", 1, serde_json::from_value(patch).unwrap()).unwrap();
            };
            score_on_mal(7);
            env.sync(&["--force-full"]);
            env.run(&["edit", "1", "--score", "9"]).expect_code(0);
            score_on_mal(3);
        }
        // The push of the example has number 12.
        ("docs/two-way.md", line) if line.starts_with("malsync edit --where status=watching --score 1") => {
            while env.sync(&[])["run_id"].as_i64().unwrap() < 11 {}
        }
        ("docs/schema.md", line) if line.starts_with("sqlite3 malsync.db") => {
            let _ = fs::copy(env.database_file(), env.home().join("malsync.db"));
        }
        _ => (),
    }
}

pub(crate) fn run_line(env: &TestEnv, line: &str) -> (i32, String) {
    let output = env.run_in_shell(line);
    (output.code, output.stdout + &output.stderr)
}

/// Returns true if the command asks before it does something.
pub(crate) fn asks_a_question(line: &str) -> bool {
    let line = line.split(" #").next().unwrap_or_default();
    let commands = ["malsync push", "malsync revert", "malsync restore", "malsync undo", "malsync users delete"];
    commands.iter().any(|command| line.starts_with(command)) && !line.contains("--yes") && !line.contains("--dry-run")
}

/// Runs a line on a terminal, and answers its question.
pub(crate) fn run_and_answer_yes(env: &TestEnv, line: &str) -> (i32, String) {
    let mut terminal = start_terminal(env, &format!("{{ {line}\n}}; echo code=$?"));
    terminal.send_line("y").unwrap();
    let text = read_to_end(&mut terminal);
    let (printed, code) = text.rsplit_once("code=").unwrap();
    (code.trim().parse().unwrap(), printed.to_owned())
}

/// Runs the command lines of a document. Returns those that fail, with what they print.
fn failing_lines(document: &str, text: &str) -> Vec<String> {
    let lines: Vec<_> = fenced_blocks(text).iter().flat_map(shell_lines).filter(|line| can_be_run(line)).collect();
    if lines.is_empty() {
        return Vec::new();
    }
    let env = env_for_documents();
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
    let mut failures = Vec::new();
    for line in lines {
        prepare_line(&env, document, &line);
        let expected = OTHER_EXIT_CODES.iter().find(|(name, other, _)| *name == document && line.starts_with(other));
        let (code, printed) =
            if asks_a_question(&line) { run_and_answer_yes(&env, &line) } else { run_line(&env, &line) };
        if code != expected.map_or(0, |(_, _, code)| *code) {
            failures.push(format!("{document}: {line}\n  exit code {code}: {printed}"));
        }
    }
    failures
}

#[test]
fn command_lines_of_documents_run_as_written() {
    let failures: Vec<_> = read_documents().iter().flat_map(|(document, text)| failing_lines(document, text)).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// No command line hides in a block without a language, or in an indented block.
#[test]
fn blocks_of_documents_name_their_language() {
    let mut faults = Vec::new();
    for (document, text) in read_documents() {
        let known =
            |language: &str| ["sh", "console", "cron"].contains(&language) || OTHER_LANGUAGES.contains(&language);
        let unknown = fenced_blocks(&text).into_iter().filter(|block| !known(&block.language));
        faults.extend(unknown.map(|block| format!("{document}: a block of `{}`: {:?}", block.language, block.lines)));
        let programs = ["malsync", "cargo", "sudo", "docker", "systemctl", "sqlite3", "psql", "export", "$", "./check"];
        let indented = text.lines().filter_map(|line| line.strip_prefix("    "));
        let commands = indented.filter(|line| programs.contains(&line.split(' ').next().unwrap_or_default()));
        faults.extend(commands.map(|line| format!("{document}: indented, not in a block of `sh`: {line}")));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Returns the commands between backticks that begin with `malsync`, as words for a shell.
fn commands_in_sentences(text: &str) -> Vec<Vec<String>> {
    let mut is_block = false;
    let sentences = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_block ^= is_fence;
        !is_block && !is_fence
    });
    let spans = sentences.flat_map(|line| line.split('`').skip(1).step_by(2).map(str::to_owned));
    let commands = spans.filter(|span| span.starts_with("malsync ") && !span.contains(['…', '{']));
    let first = commands
        .map(|span| span.split(['|', '\\', '>', '<', '&', ';']).next().unwrap_or_default().replace(['[', ']'], ""));
    first.filter_map(|command| shlex::split(&command)).collect()
}

/// Returns a word of a command, with a value in place of a placeholder.
fn fill_placeholder(word: &str) -> &str {
    match word {
        "N" | "ID" | "ANIME" | "RUN" => "1",
        "FIELD" => "score",
        "KEY" => "mal_page_size",
        "VALUE" => "7",
        "SHELL" => "bash",
        "DATABASE_URL" => "sqlite://other.db",
        word => word,
    }
}

#[test]
fn commands_in_sentences_can_be_parsed() {
    let env = TestEnv::new(DatabaseKind::Sqlite, 0);
    let mut faults = Vec::new();
    for (document, text) in read_documents() {
        for command in commands_in_sentences(&text) {
            let words: Vec<_> = command.iter().skip(1).map(|word| fill_placeholder(word)).collect();
            // With --help nothing is done; what comes before it must be known.
            let output = env.run(&[&words[..], &["--help"]].concat());
            if output.code != 0 && words[0] != "help" {
                faults.push(format!("{document}: {}\n  {}", command.join(" "), output.stderr));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Returns the commands of the documents' crontab lines, after checking their times.
fn cron_commands() -> Vec<String> {
    let documents = read_documents();
    let blocks = documents.iter().flat_map(|(_, text)| fenced_blocks(text));
    let lines = blocks.filter(|block| block.language == "cron").flat_map(|block| block.lines);
    let commands = lines.filter(|line| !line.is_empty()).map(|line| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let is_time = |field: &&str| field.chars().all(|letter| letter.is_ascii_digit() || "*/,-".contains(letter));
        assert!(fields.len() > 5 && fields[..5].iter().all(is_time), "not a crontab line: {line}");
        assert!(!line.replace("\\%", "").contains('%'), "cron reads % as a line break: {line}");
        let command = line.splitn(6, ' ').last().unwrap().trim().replace("\\%", "%");
        let programs = command.matches("malsync ").count();
        assert_eq!(command.matches("/usr/local/bin/malsync ").count(), programs, "cron's PATH is short: {line}");
        command
    });
    commands.collect()
}

/// Runs a command as cron does: with /bin/sh, four variables, in the home folder. The program is at the path of the
/// command in a mount namespace; where there is none, its path is replaced.
fn run_by_cron(env: &TestEnv, command: &str) -> std::process::Output {
    const INSTALL: &str = "mount -t tmpfs none /usr/local/bin && ln -s \"$0\" /usr/local/bin/malsync && exec env -i \
                           HOME=\"$HOME\" LOGNAME=alice SHELL=/bin/sh PATH=/usr/bin:/bin /bin/sh -c \"$1\"";
    let can_mount = Command::new("unshare")
        .args(["-rm", "mount", "-t", "tmpfs", "none", "/usr/local/bin"])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    let binary = env!("CARGO_BIN_EXE_malsync");
    let mut process = if can_mount {
        let mut process = Command::new("unshare");
        process.args(["-rm", "sh", "-c", INSTALL, binary, command]);
        process
    } else {
        let mut process = Command::new("/bin/sh");
        process.args(["-c", &command.replace("/usr/local/bin/malsync", binary)]);
        process
    };
    process.env_clear().env("HOME", env.home()).env("LOGNAME", "alice").env("SHELL", "/bin/sh");
    process.env("PATH", "/usr/bin:/bin").current_dir(env.home()).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn cron_lines_of_documents_work_in_crons_environment() {
    let commands = cron_commands();
    assert!(!commands.is_empty());
    for command in commands {
        let env = env_with_config_file(4);
        fs::create_dir(env.home().join("backup")).unwrap();
        let printed = |output: &std::process::Output| {
            String::from_utf8([&output.stdout[..], &output.stderr[..]].concat()).unwrap()
        };
        let output = run_by_cron(&env, &command);
        assert!(output.status.success() && printed(&output).is_empty(), "{command}: {}", printed(&output));
        if !command.contains("malsync sync") {
            continue;
        }
        assert_eq!(
            env.run(&["status", "--json"]).expect_code(0).json()["entries"],
            4,
            "{command} synced another database"
        );
        // A failure is reported once, with its exit code each time.
        env.add_faults(&json!([{"match": {"path": "/v2/*"}, "status": 404, "times": 100}]));
        let output = run_by_cron(&env, &command);
        assert!(!output.status.success() && printed(&output).contains("error: "), "{command}: {}", printed(&output));
        let again = run_by_cron(&env, &command);
        assert_eq!((again.status.code(), printed(&again)), (output.status.code(), String::new()), "{command}");
    }
}

#[test]
fn blocks_and_commands_are_found_in_a_document() {
    let text =
        "See `malsync show NAME` and `x`.\n\n   ```sh\n   malsync sync   # now\n   ```\n\n```console\n$ a\nb\n```\n";
    let blocks = fenced_blocks(text);
    assert_eq!(shell_lines(&blocks[0]), ["malsync sync   # now"]);
    assert_eq!(shell_lines(&blocks[1]), ["a"]);
    assert_eq!(commands_in_sentences(text), [["malsync", "show", "NAME"]]);
}
