//! The command line that clap runs: the derived commands with examples, styles, grouped commands, and global help flags.

use clap::{
    Arg, ArgAction, Command, CommandFactory as _, ValueHint,
    builder::{
        Styles,
        styling::{AnsiColor, Style},
    },
};

use super::{
    Cli,
    examples::{CommandExample, find_examples},
    help_sections,
};

const HEADER: Style = Style::new().bold();
const LITERAL: Style = AnsiColor::Cyan.on_default().bold();

const HELP_STYLES: Styles =
    Styles::styled().header(HEADER).usage(HEADER).literal(LITERAL).placeholder(AnsiColor::Cyan.on_default());

/// Headings of the program's help, each with its commands.
const COMMAND_GROUPS: &[(&str, &[&str])] = &[
    ("Common commands", &["login", "sync", "list", "show", "open", "edit", "status"]),
    ("Statistics and files", &["stats", "report", "export", "import", "copy"]),
    ("History and local edits", &["changes", "restore", "undo", "pin", "unpin"]),
    ("Two-way sync", &["diff", "push", "revert"]),
    ("Automation", &["schedule", "runs", "metrics"]),
    ("Login and setup", &["whoami", "users", "token", "logout", "config", "doctor", "completions", "man", "help"]),
];

/// Returns the command line as far as it decides what arguments mean. It is not built yet.
pub(super) fn define_arguments() -> Command {
    Cli::command().styles(HELP_STYLES).disable_help_flag(true).disable_version_flag(true).args(help_flags())
}

/// Returns the command line with all that help, errors and completion show. It is not built yet.
pub(super) fn define_command_line() -> Command {
    let root = define_arguments();
    let groups = render_command_groups(&root);
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}\
         {HEADER}Global options:{HEADER:#}\n{{options}}{{after-help}}"
    );
    add_help_and_value_hints(root, "").help_template(template)
}

/// Returns `--help` and `--version`, as global options like the others.
fn help_flags() -> [Arg; 2] {
    let flag = |name: &'static str, short, action, help: &'static str, order| {
        let flag = Arg::new(name).long(name).short(short).action(action).help(help).display_order(order);
        flag.global(true).help_heading("Global options")
    };
    [
        flag("help", 'h', ArgAction::Help, "Print help (-h for a summary)", 105),
        flag("version", 'V', ArgAction::Version, "Print version", 106),
    ]
}

/// Adds its examples and its long help to the command of this path, and the value hints of its options. Does the same
/// for all commands below it.
fn add_help_and_value_hints(command: Command, path: &str) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|subcommand| subcommand.get_name().to_owned()).collect();
    let with_subcommands = names.into_iter().fold(command, |command, name| {
        let subcommand_path = format!("{path} {name}").trim_start().to_owned();
        command.mut_subcommand(name, |subcommand| add_help_and_value_hints(subcommand, &subcommand_path))
    });
    let with_subcommands = with_subcommands.mut_args(without_file_names);
    let examples = render_examples(find_examples(path));
    match help_sections::long_help_section(path) {
        Some(section) => {
            let section = emphasize_headings(&section);
            with_subcommands.after_long_help(format!("{examples}\n\n{section}")).after_help(examples)
        }
        None => with_subcommands.after_help(examples),
    }
}

/// Keeps shells from completing file names for a value that is none.
fn without_file_names(arg: Arg) -> Arg {
    let is_free = arg.get_value_hint() == ValueHint::Unknown && arg.get_possible_values().is_empty();
    if is_free && arg.get_action().takes_values() { arg.value_hint(ValueHint::Other) } else { arg }
}

fn render_examples(examples: &[CommandExample]) -> String {
    let lines =
        examples.iter().map(|example| format!("\n  # {}\n  {LITERAL}{}{LITERAL:#}", example.purpose, example.line));
    format!("{HEADER}Examples:{HEADER:#}{}", lines.collect::<String>())
}

/// Prints the lines that are headings (`Exit codes:`) in bold.
fn emphasize_headings(section: &str) -> String {
    let is_heading = |line: &str| line.ends_with(':') && !line.contains([',', '.']) && line.len() < 20;
    let line = |line: &str| if is_heading(line) { format!("{HEADER}{line}{HEADER:#}") } else { line.to_owned() };
    section.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Returns the commands under their headings. A command that is in none of [`COMMAND_GROUPS`] is under a last heading,
/// `Other commands`.
fn render_command_groups(root: &Command) -> String {
    let width = root.get_subcommands().map(|command| command.get_name().len()).max().unwrap_or_default();
    let grouped = |name: &str| COMMAND_GROUPS.iter().any(|(_, names)| names.contains(&name));
    let others: Vec<&str> = root.get_subcommands().map(Command::get_name).filter(|name| !grouped(name)).collect();
    let groups = COMMAND_GROUPS.iter().copied().chain([("Other commands", &others[..])]);
    let mut text = String::new();
    for (heading, names) in groups.filter(|(_, names)| !names.is_empty()) {
        text.push_str(&format!("{HEADER}{heading}:{HEADER:#}\n"));
        for name in names {
            let about = root.find_subcommand(name).and_then(Command::get_about).map(ToString::to_string);
            let about = about.unwrap_or_else(|| "Show the help of a command".to_owned());
            text.push_str(&format!("  {LITERAL}{name:<width$}{LITERAL:#}  {about}\n"));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::cli::examples::COMMAND_EXAMPLES;

    #[test]
    fn every_command_is_in_one_group() {
        let grouped: Vec<&str> = COMMAND_GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let root = Cli::command();
        let mut names: Vec<&str> = root.get_subcommands().map(Command::get_name).chain(["help"]).collect();
        names.sort_unstable();
        let mut sorted = grouped;
        sorted.sort_unstable();
        assert_eq!(sorted, names, "COMMAND_GROUPS");
    }

    #[test]
    fn every_command_has_examples() {
        fn collect_paths(command: &Command, path: &str, paths: &mut BTreeSet<String>) {
            paths.insert(path.to_owned());
            for subcommand in command.get_subcommands() {
                collect_paths(subcommand, format!("{path} {}", subcommand.get_name()).trim_start(), paths);
            }
        }
        let mut paths = BTreeSet::new();
        collect_paths(&Cli::command(), "", &mut paths);
        let with_examples: BTreeSet<String> = COMMAND_EXAMPLES.iter().map(|(path, _)| (*path).to_owned()).collect();
        assert_eq!(with_examples, paths, "COMMAND_EXAMPLES");
        for (path, examples) in COMMAND_EXAMPLES {
            assert!((1..=5).contains(&examples.len()), "{path}");
            for example in *examples {
                assert!(example.line.contains("malsync") && !example.purpose.ends_with('.'), "{example:?}");
                assert!(example.line.len() < 78, "{}: fits a terminal of 80 columns", example.line);
            }
        }
    }
}
