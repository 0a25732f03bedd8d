//! Tests of help texts and manual pages.

use insta::assert_snapshot;

use super::{command_line_definition::define_command_line, man_page::render_man_pages, *};

#[test]
fn every_command_and_flag_has_help_without_full_stop() {
    fn check(command: &clap::Command) {
        let about = command.get_about().unwrap_or_default().to_string();
        assert!(!about.is_empty() && !about.ends_with('.'), "{}: {about:?}", command.get_name());
        for arg in command.get_arguments().filter(|arg| !["help", "version"].contains(&arg.get_id().as_str())) {
            let help = arg.get_help().unwrap_or_default().to_string();
            assert!(!help.is_empty() && !help.ends_with('.'), "{} {}: {help:?}", command.get_name(), arg.get_id());
        }
        command.get_subcommands().for_each(check);
    }
    check(&define_command_line());
}

/// The help of every command, as a terminal of 80 columns shows it.
#[test]
fn help_of_every_command_is_as_recorded() {
    fn add_help(command: &mut clap::Command, text: &mut String) {
        let title = command.get_bin_name().unwrap_or_default().to_owned();
        text.push_str(&format!("==== {title} --help\n\n{}\n", command.render_long_help()));
        for subcommand in command.get_subcommands_mut().filter(|subcommand| subcommand.get_name() != "help") {
            add_help(subcommand, text);
        }
    }
    let mut root = define_command_line().term_width(80);
    root.build();
    let mut text = String::new();
    add_help(&mut root, &mut text);
    assert_snapshot!("help", text);
}

#[test]
fn help_is_colored_only_in_its_colored_form() {
    for line in ["malsync --help", "malsync list -h"] {
        let Err(ParseStop::ShowText(help)) = parse(line.split(' ')) else { panic!("{line}") };
        assert!(!help.plain.contains('\x1b') && help.colored.contains("\x1b[1mExamples:\x1b[0m"), "{line}: {help:?}");
    }
}

/// The options for a user, a status, an output file, a limit and a dry run have the same short flag in every command.
/// No other option has one, except for the global ones.
#[test]
fn short_flags_stand_for_the_same_option_everywhere() {
    fn check(command: &clap::Command) {
        for arg in command.get_arguments() {
            let expected = match arg.get_long() {
                Some("user") => Some('u'),
                Some("status") => Some('s'),
                Some("output") => Some('o'),
                Some("limit" | "dry-run") => Some('n'),
                Some("verbose") => Some('v'),
                Some("quiet") => Some('q'),
                Some("help") => Some('h'),
                Some("version") => Some('V'),
                _ => None,
            };
            assert_eq!(arg.get_short(), expected, "{} {arg}", command.get_name());
        }
        command.get_subcommands().for_each(check);
    }
    check(&define_command_line());
    let command = parse("malsync list -u alice -s watching,dropped -n 3".split(' ')).unwrap().command;
    let Some(Command::List(list)) = command else { panic!("{command:?}") };
    assert_eq!((list.limit, list.filter.status.len()), (Some(3), 2));
    let command = parse(["malsync", "sync", "-n"]).unwrap().command;
    assert!(matches!(command, Some(Command::Sync(args::SyncArgs { dry_run: true, .. }))), "{command:?}");
}

#[test]
fn every_command_has_a_man_page() {
    let names: Vec<String> = render_man_pages().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names[0], "malsync.1");
    for name in ["malsync-sync.1", "malsync-token.1", "malsync-token-status.1", "malsync-config-show.1"] {
        assert!(names.iter().any(|page| page == name), "{name} in {names:?}");
    }
    assert_eq!(names.len(), 49);
}

#[test]
fn man_page_has_version_and_no_date() {
    for (name, page) in render_man_pages() {
        let page = String::from_utf8(page).unwrap();
        let title = name.trim_end_matches(".1");
        let header = format!(".TH {title} 1 \"\" \"malsync {}\" \"malsync manual\"\n", env!("CARGO_PKG_VERSION"));
        for section in ["\"EXIT STATUS\"", "\"ENVIRONMENT\"", "\"FILES\"", "EXAMPLES"] {
            assert!(page.contains(&format!("\n.SH {section}\n")), "{name} has {section}");
        }
        assert!(page.contains(&header) && !page.contains("\n.br\n\n"), "{name}: {page}");
    }
}

#[test]
fn manual_lists_every_setting() {
    let (_, page) = render_man_pages().swap_remove(0);
    let page = String::from_utf8(page).unwrap();
    let documented = include_str!("../../docs/configuration.md").lines();
    let variables: Vec<&str> = documented.filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert!(variables.len() > 20, "{variables:?}");
    let is_name = |text: &&str| text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    for variable in variables.into_iter().filter(is_name) {
        assert!(page.contains(variable), "{variable} is missing in src/cli/help_sections.rs");
    }
}
