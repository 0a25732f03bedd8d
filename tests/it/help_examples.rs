//! Every example in the help of a command works as it is written.

use std::fs;

use malsync::cli::examples::COMMAND_EXAMPLES;

use crate::{
    command_lines::{asks_a_question, env_for_documents, run_and_answer_yes, run_line},
    schedule::install_program,
    support::test_env::TestEnv,
};

/// The "other machine" of the examples: another home folder and another database.
const SSH_SCRIPT: &str = "shift; export HOME=\"$HOME/server\"; mkdir -p \"$HOME\"; unset DATABASE_URL; exec \"$@\"";

/// Examples that end with another exit code in a test, and why.
const OTHER_EXIT_CODES: [(&str, i32, &str); 1] =
    [("malsync login --paste", 4, "standard input is empty; tests/it/login.rs pastes a URL")];

/// Creates an environment in which alice has a list with an edit and a pin, and bob an imported one.
fn env_for_examples() -> TestEnv {
    let mut env = env_for_documents();
    install_program(&mut env, "ssh", SSH_SCRIPT);
    install_program(&mut env, "nano", "");
    install_program(&mut env, "man", "cat > /dev/null");
    env.run(&["login"]).expect_code(0);
    env.sync(&[]);
    env.run(&["edit", "5", "--score", "8"]).expect_code(0);
    env.run(&["export", "--output", "list.xml"]).expect_code(0);
    env.run(&["export", "--format", "csv", "--output", "bob.csv"]).expect_code(0);
    env.run(&["import", "bob.csv", "--user", "bob"]).expect_code(0);
    env.run(&["pin", "1", "score"]).expect_code(0);
    fs::write(env.home().join("other.toml"), "mal_page_size = 7\n").unwrap();
    fs::create_dir(env.home().join("backups")).unwrap();
    env.run_in_shell("gzip --keep list.xml").expect_code(0);
    env
}

/// Returns the exit code of an example that fails in a test.
fn expected_code(line: &str) -> i32 {
    OTHER_EXIT_CODES.iter().find(|(other, ..)| *other == line).map_or(0, |(_, code, _)| *code)
}

#[test]
fn examples_of_help_run_as_written() {
    let mut failures = Vec::new();
    for (path, examples) in COMMAND_EXAMPLES {
        let env = env_for_examples();
        if *path == "config path" {
            env.run(&["config", "init"]).expect_code(0);
        }
        for example in *examples {
            let line = example.line;
            let (code, printed) =
                if asks_a_question(line) { run_and_answer_yes(&env, line) } else { run_line(&env, line) };
            if code != expected_code(line) {
                failures.push(format!("{path}: {line}\n  exit code {code}: {printed}"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
