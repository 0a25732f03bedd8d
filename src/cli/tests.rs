//! Tests of the command line as the help and the README document them.

use clap::CommandFactory;
use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::domain::{
    entry_fields::{EntryValues, Field},
    test_values::every_field_set,
};

fn parse_line(line: &str) -> Cli {
    parse(line.split(' ')).unwrap_or_else(|usage| panic!("{line}: {usage:?}"))
}

fn usage_error(line: &str) -> String {
    match parse(line.split(' ')) {
        Err(ParseStop::WrongUsage(failure)) => {
            assert_eq!(failure.exit.code(), 2);
            format!("error: {}\nhint: {}", failure.message(), failure.hints.join("\nhint: "))
        }
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn clap_accepts_the_command_definition() {
    Cli::command().debug_assert();
}

#[test]
fn every_documented_command_line_of_a_push_is_accepted() {
    for line in [
        "malsync diff cowboy 5 --status watching --removed=only --user alice --json --no-pager",
        "malsync push 5 --field score --field finish-date --add --dry-run --yes --max 30 --force --user id:1 --json",
        "malsync revert cowboy --field episodes --dry-run --yes --json",
        "malsync edit 5 --score 9 --push --max 3",
        "malsync sync --push --max 3 --every 6h --all-users --json",
        "malsync schedule install --push",
    ] {
        parse_line(line);
    }
    for line in ["malsync sync --max 3", "malsync edit 5 --score 9 --max 3", "malsync sync --every 9m"] {
        usage_error(line);
    }
}

#[test]
fn command_line_without_arguments_is_accepted() {
    assert!(parse_line("malsync").command.is_none());
}

#[test]
fn every_documented_command_line_is_accepted() {
    for line in [
        "malsync login --user alice --email a@example.org --no-browser --paste --timeout 5m --force --json",
        "malsync logout --user alice",
        "malsync logout --all",
        "malsync whoami --user id:1 --json",
        "malsync token status --user alice --json",
        "malsync token refresh --json",
        "malsync sync --user alice --force-full --dry-run --prune --allow-shrink --json",
        "malsync sync --all-users --json",
        "malsync status --user alice --run 7 --json",
        "malsync status --max-age 26h --json",
        "malsync runs --user alice --limit 5 --json",
        "malsync list --user alice --status on_hold --search x --sort -score --limit 3 --removed --json",
        "malsync list --status on-hold --csv",
        "malsync list --sort -score,title --columns mal_id,title --removed=only --ndjson --no-pager",
        "malsync list --removed --sort -season --sort title",
        "malsync show 5 --user alice --limit 3 --json",
        "malsync show cowboy bebop --all --no-pager",
        "malsync list cowboy bebop --status watching -n 3",
        "malsync open 5",
        "malsync open cowboy bebop --user a",
        "malsync undo",
        "malsync undo --dry-run --yes --json --force --user a",
        "malsync stats --user alice --genre Action --top 3 --ascii",
        "malsync stats --json",
        "malsync stats --no-pager",
        "malsync report --user alice --status completed --top 3 --output x.html --open",
        "malsync report -o -",
        "malsync edit 5 --user a --status dropped --score 0 --episodes 2147483647 --start-date 2019 --notes -x",
        "malsync edit 5 --finish-date=",
        "malsync edit --where status=watching --where edited --tags a,b --priority 2 --rewatch-value 5 --yes --dry-run",
        "malsync edit 5 --times-rewatched 2 --rewatching true --json",
        "malsync pin",
        "malsync pin 5 --json",
        "malsync pin 5 status episodes start-date is_rewatching --user a",
        "malsync unpin 5 score",
        "malsync unpin 5 --all --json",
        "malsync changes --since 7d --until 2026-01-02 --field episodes --local --no-pager",
        "malsync changes --since 3mo --until 2w",
        "malsync restore --run 3 --anime 5 --dry-run --yes --json --force",
        "malsync restore --change 9",
        "malsync restore --edit 9 --user a",
        "malsync changes --user a --run 7 --anime 5 --conflicts --limit 9 --json",
        "malsync export --user a --format mal-xml --output list.xml --gzip --status watching --removed",
        "malsync export --dir backups --keep 7 --format json",
        "malsync export --output -",
        "malsync import list.xml.gz --user a --dry-run --json",
        "malsync import -",
        "malsync copy --to sqlite:///backup/list.db --with-tokens --json",
        "malsync users",
        "malsync users --json",
        "malsync users list --json",
        "malsync users rename alice carol --json",
        "malsync users delete id:3 --yes --json",
    ] {
        parse_line(line);
    }
}

#[test]
fn every_documented_command_line_about_the_program_is_accepted() {
    for line in [
        "malsync doctor --json",
        "malsync metrics",
        "malsync sync --all-users --quiet --tell-once",
        "malsync schedule install --every 6h --user alice --with systemd --dry-run",
        "malsync schedule install",
        "malsync schedule status --json",
        "malsync schedule remove --dry-run",
        "malsync config show --json",
        "malsync config get MAL_PAGE_SIZE",
        "malsync config set mal_page_size 50",
        "malsync config set mal_client_secret -",
        "malsync completions bash",
        "malsync completions powershell",
        "malsync man --out-dir out",
        "malsync -vv --config x.toml --color never --no-progress status",
    ] {
        parse_line(line);
    }
}

#[test]
fn global_flags_work_before_and_after_the_command() {
    for line in ["malsync -vvv --color always sync", "malsync sync -vvv --color always"] {
        let global = parse_line(line).global;
        assert_eq!((global.verbose, global.color), (3, ColorArg::Always));
    }
    assert!(parse_line("malsync token status -q").global.quiet);
}

#[test]
fn status_is_converted_to_mals_spelling() {
    let Some(Command::List(list)) = parse_line("malsync list --status plan-to-watch").command else { panic!() };
    assert_eq!(list.filter.status, ["plan_to_watch"]);
}

#[test]
fn invalid_command_lines_are_rejected() {
    for line in [
        "malsync sync --user a --all-users",
        "malsync logout --user a --all",
        "malsync list --json --csv",
        "malsync list --sort --json",
        "malsync list --sort title,",
        "malsync list --removed=yes",
        "malsync show",
        "malsync show 5 --all --limit 3",
        "malsync stats --top 0",
        "malsync stats --ascii --json",
        "malsync status --run x",
        "malsync status --run 1 --max-age 1h",
        "malsync status --max-age 26",
        "malsync login --timeout 5",
        "malsync login --email=",
        "malsync edit 5",
        "malsync edit",
        "malsync edit 0 --score 1",
        "malsync edit 2147483648 --score 1",
        "malsync edit 5 --score 11",
        "malsync edit 5 --score -1",
        "malsync edit 5 --score 7.5",
        "malsync edit 5 --episodes 2147483648",
        "malsync edit 5 --start-date 2023-02-30",
        "malsync edit 5 --status watchin",
        "malsync export --output x --dir y",
        "malsync export --keep 3",
        "malsync export --dir x --keep 0",
        "malsync export --format xml2",
        "malsync import",
        "malsync import x --user id:x",
        "malsync token",
        "malsync config",
        "malsync completions tcsh",
        "malsync -q -v sync",
        "malsync sync --user id:x",
        "malsync runs --limit -1",
        "malsync sync extra",
    ] {
        let text = usage_error(line);
        assert_eq!(text.lines().count(), 2, "{line}: {text}");
    }
}

#[test]
fn usage_error_is_one_line_and_a_hint() {
    assert_snapshot!(usage_error("malsync snyc"), @r#"
    error: unrecognized subcommand 'snyc'
    hint: a similar subcommand exists: 'sync'. For help, run: malsync --help
    "#);
    assert_snapshot!(usage_error("malsync sync --forse-full"), @r#"
    error: unexpected argument '--forse-full' found
    hint: a similar argument exists: '--force-full'. For help, run: malsync sync --help
    "#);
    assert_snapshot!(usage_error("malsync list --status rewatching"), @r#"
    error: invalid value 'rewatching' for '--status <STATUS>': did you mean watching? use one of watching, completed, on_hold, dropped, plan_to_watch
    hint: MAL has a flag for rewatching: use --rewatching. For help, run: malsync list --help
    "#);
    assert_snapshot!(usage_error("malsync token"), @r#"
    error: 'malsync token' requires a subcommand but one was not provided [subcommands: status, refresh, export, help]
    hint: For help, run: malsync token --help
    "#);
    assert_snapshot!(usage_error("malsync edit 5"), @r#"
    error: nothing to change
    hint: give a new value, like --score 8, --episodes +1 or --status completed. For help, run: malsync edit --help
    "#);
    assert_snapshot!(usage_error("malsync login --timeout 5"), @r#"
    error: invalid value '5' for '--timeout <DURATION>': invalid duration; examples: 90s, 5m, 1h30m, 7d
    hint: For help, run: malsync login --help
    "#);
    assert_snapshot!(usage_error("malsync edit 5 --score -3"), @r#"
    error: invalid value '-3' for '--score <N>': use a whole number from 0 to 10, like 8
    hint: For help, run: malsync edit --help
    "#);
    assert_snapshot!(usage_error("malsync list --limit x"), @r#"
    error: invalid value 'x' for '--limit <N>': use a whole number from 0 to 4294967295, like 20
    hint: For help, run: malsync list --help
    "#);
    assert_snapshot!(usage_error("malsync show --limit -3"), @r#"
    error: unexpected argument '-3' found
    hint: For help, run: malsync show --help
    "#);
    assert_snapshot!(usage_error("malsync search cowboy"), @r#"
    error: unrecognized subcommand 'search'
    hint: to search your list: malsync list TEXT. For help, run: malsync --help
    "#);
    assert_snapshot!(usage_error("malsync edit Cowboy Bebop --score 8"), @r#"
    error: unexpected argument 'Bebop' found
    hint: quote a title of several words, like 'Cowboy Bebop'. For help, run: malsync edit --help
    "#);
    assert_snapshot!(usage_error("malsync edit 1 8"), @r#"
    error: unexpected argument '8' found
    hint: values have flags, like --score 8 or --episodes +1. For help, run: malsync edit --help
    "#);
    assert_snapshot!(usage_error("malsync list --score 12"), @r#"
    error: invalid value '12' for '--score <RANGE>': a score is from 1 to 10; use one like 8, a range like 7..9, 7.. or ..5, or none
    hint: For help, run: malsync list --help
    "#);
    assert_snapshot!(usage_error("malsync list --score 8..3"), @r#"
    error: invalid value '8..3' for '--score <RANGE>': the range 8..3 is empty; put the lower end first: 3..8
    hint: For help, run: malsync list --help
    "#);
    assert_snapshot!(usage_error("malsync sync --user a --all-users"), @r#"
    error: the argument '--user <NAME>' cannot be used with '--all-users'
    hint: For help, run: malsync sync --help
    "#);
}

#[test]
fn help_and_version_are_shown() {
    for line in ["malsync -h", "malsync --help", "malsync sync --help", "malsync help sync", "malsync -V"] {
        assert!(matches!(parse(line.split(' ')), Err(ParseStop::ShowText(_))), "{line}");
    }
    let Err(ParseStop::ShowText(version)) = parse(["malsync", "--version"]) else { panic!() };
    assert_eq!(version.plain, concat!("malsync ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn every_shell_has_a_completion_script() {
    for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::Elvish, Shell::PowerShell] {
        assert!(completion_script(shell).contains("force-full"), "{shell}");
    }
    // The insertion points in clap's scripts still exist.
    for (shell, call) in [(Shell::Bash, "_malsync_values && return 0"), (Shell::Zsh, "_malsync_values && return 0")] {
        assert_eq!(completion_script(shell).matches(call).count(), 1, "{shell}");
    }
    let fish = completion_script(Shell::Fish);
    let users = fish.lines().filter(|line| line.contains(" -l user ")).collect::<Vec<_>>();
    assert!(users.len() > 9 && users.iter().all(|line| line.ends_with(" -r -f -a '(__malsync_values)'")), "{users:?}");
}

#[test]
fn where_accepts_list_flags_and_suggests_them_on_error() {
    let filter = |flags: &[&str]| {
        let flags = flags.iter().flat_map(|flag| ["--where", *flag]);
        let args: Vec<&str> = ["malsync", "edit", "--score", "1"].into_iter().chain(flags).collect();
        match parse(args).unwrap().command {
            Some(Command::Edit(edit)) => edit.parse_filter(),
            other => panic!("{other:?}"),
        }
    };
    let parsed =
        filter(&["status=watching", "genre=Action", "genre=Sci-Fi", "search=a b", "score=7..", "edited"]).unwrap();
    assert_eq!(
        (parsed.status, parsed.genre),
        (vec!["watching".to_owned()], vec!["Action".to_owned(), "Sci-Fi".to_owned()])
    );
    assert_eq!((parsed.search.as_deref(), parsed.edited), (Some("a b"), true));
    let failure = filter(&["stauts=watching"]).unwrap_err();
    assert_eq!(failure.message(), "unknown --where key \"stauts\"");
    assert!(
        failure.hints[0].starts_with("did you mean status? use KEY=VALUE with one of status, search, "),
        "{:?}",
        failure.hints
    );
    for invalid in ["status=happy", "score=x", "edited=1", "search=", "search"] {
        let failure = filter(&[invalid]).unwrap_err();
        assert!(failure.exit.code() == 2 && !failure.message().contains('\n'), "{failure:?}");
    }
}

#[test]
fn edit_flag_sets_or_clears_its_field_only() {
    let before = EntryValues { is_rewatching: false, rewatch_episodes: None, ..every_field_set() };
    let edited_value = |flag: &str, text: &str| {
        let command = parse(["malsync", "edit", "1", flag, text]).unwrap().command;
        let Some(Command::Edit(edit)) = command else { panic!("{command:?}") };
        let after = edit.apply_to(&before, "2026-11-30".parse().unwrap());
        let changed = Field::SYNCED_FIELDS.into_iter().filter(|field| after.get(*field) != before.get(*field));
        let changed: Vec<Field> = changed.collect();
        assert_eq!(changed.len(), 1, "{flag} changes {changed:?}");
        (changed[0], after.field_json(changed[0]))
    };
    for (flag, text, field, value) in [
        ("--status", "on-hold", Field::Status, json!("on_hold")),
        ("--score", "9", Field::Score, json!(9)),
        ("--score", "0", Field::Score, json!(null)),
        ("--episodes", "0", Field::EpisodesWatched, json!(0)),
        ("--start-date", "2019-05-01", Field::StartDate, json!("2019-05-01")),
        ("--start-date", "", Field::StartDate, json!(null)),
        ("--start-date", "Today", Field::StartDate, json!("2026-11-30")),
        ("--finish-date", "yesterday", Field::FinishDate, json!("2026-11-29")),
        ("--finish-date", "", Field::FinishDate, json!(null)),
        ("--notes", "a\0b", Field::Notes, json!("a\u{fffd}b")),
        ("--notes", "", Field::Notes, json!(null)),
        ("--times-rewatched", "0", Field::TimesRewatched, json!(0)),
        ("--rewatch-value", "0", Field::RewatchValue, json!(0)),
        ("--priority", "1", Field::Priority, json!(1)),
        ("--tags", "b, a", Field::Tags, json!(["b", "a"])),
        ("--tags", "", Field::Tags, json!([])),
        ("--add-tags", "b, c, B", Field::Tags, json!(["a", "b", "c"])),
        ("--remove-tags", "A, z", Field::Tags, json!(["b"])),
    ] {
        assert_eq!(edited_value(flag, text), (field, value), "{flag} {text:?}");
    }
}

/// Flags of `edit` for an entry with 12 episodes watched, 3 in a rewatch or none, and 1 rewatch; expected counts.
#[test]
fn edit_of_episodes_while_rewatching_sets_those_of_the_rewatch() {
    let not_again = EntryValues {
        episodes_watched: Some(12),
        is_rewatching: false,
        rewatch_episodes: None,
        times_rewatched: 1,
        ..every_field_set()
    };
    let again = EntryValues { is_rewatching: true, rewatch_episodes: Some(3), ..not_again.clone() };
    for (before, flags, expected) in [
        (&not_again, "--episodes +1", (13, false, None, 1)),
        (&not_again, "--episodes -20", (0, false, None, 1)),
        (&not_again, "--episodes 5", (5, false, None, 1)),
        (&not_again, "--rewatching true", (12, true, Some(0), 1)),
        (&not_again, "--rewatching true --episodes 4", (12, true, Some(4), 1)),
        (&not_again, "--rewatching true --episodes +1", (12, true, Some(1), 1)),
        (&again, "--episodes +1", (12, true, Some(4), 1)),
        (&again, "--episodes=-1", (12, true, Some(2), 1)),
        (&again, "--episodes 0", (12, true, Some(0), 1)),
        (&again, "--rewatching true", (12, true, Some(0), 1)),
        (&again, "--rewatching false", (12, false, None, 1)),
        (&again, "--rewatching false --times-rewatched +1 --episodes +1", (13, false, None, 2)),
        (&again, "--status completed", (12, true, Some(3), 1)),
        (&again, "--times-rewatched -5", (12, true, Some(3), 0)),
        (&again, "--times-rewatched +2147483647", (12, true, Some(3), i32::MAX)),
    ] {
        let command = parse(["malsync", "edit", "1"].into_iter().chain(flags.split(' '))).unwrap().command;
        let Some(Command::Edit(edit)) = command else { panic!("{command:?}") };
        let after = edit.apply_to(before, "2026-11-30".parse().unwrap());
        let counts = (after.is_rewatching, after.rewatch_episodes, after.times_rewatched);
        assert_eq!(
            (after.episodes_watched, counts),
            (Some(expected.0), (expected.1, expected.2, expected.3)),
            "{flags}"
        );
    }
    for invalid in ["--score +1", "--priority +1", "--rewatch-value +1", "--episodes ++1", "--episodes 2147483648"] {
        assert!(parse(["malsync", "edit", "1"].into_iter().chain(invalid.split(' '))).is_err(), "{invalid}");
    }
}
