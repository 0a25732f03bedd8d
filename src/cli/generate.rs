//! Generates completion scripts and manual pages from the clap definition.

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use super::Cli;

/// Source line of a manual page.
const MAN_SOURCE: &str = concat!("malsync ", env!("CARGO_PKG_VERSION"));

/// Returns the completion script of a shell: clap's own. For bash, zsh and fish it is extended by calls to
/// [`super::complete`].
#[must_use]
pub fn completion_script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "malsync", &mut script);
    let text = String::from_utf8(script).expect("a script is made of UTF-8");
    match shell {
        // Without candidates of its own, bash completes and quotes file names itself (`complete -o default`). Names that
        // `compgen` returns would be split and expanded, and inserted unquoted.
        Shell::Bash => inject_dynamic_completion(
            &text.replace("COMPREPLY=($(compgen -f \"${cur}\"))", "COMPREPLY=()"),
            include_str!("generate/values.bash"),
        ),
        // If clap offers no candidates, zsh shows a message and no longer completes flags. Offer an empty list instead.
        Shell::Zsh => {
            inject_dynamic_completion(&text.replace(":' \\\n", ":()' \\\n"), include_str!("generate/values.zsh"))
        }
        // Lines with this ending belong to flags whose values clap does not know.
        Shell::Fish => {
            include_str!("generate/values.fish").to_owned()
                + "\n"
                + &text.replace(" -r -f\n", " -r -f -a '(__malsync_values)'\n")
        }
        _ => text,
    }
}

/// Inserts `function` before a bash or zsh script's own function, which then calls it first.
fn inject_dynamic_completion(script: &str, function: &str) -> String {
    const FUNCTION_START: &str = "_malsync() {\n";
    script.replacen(FUNCTION_START, &format!("{function}\n{FUNCTION_START}    _malsync_values && return 0\n"), 1)
}

/// Renders the manual pages, one per command: file name (`malsync.1`, `malsync-sync.1`, …) and content. The first is
/// `malsync.1`. The pages do not depend on host or date.
#[must_use]
pub fn render_man_pages() -> Vec<(String, Vec<u8>)> {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    let mut pages = Vec::new();
    add_man_pages(&root, &mut pages);
    pages
}

/// Adapts a page to mandoc: quotes the empty date, so that the source is not taken for it, and merges a line break
/// beside a blank line into that line.
fn normalize_roff(page: &str) -> String {
    page.replacen(&format!(" 1  \"{MAN_SOURCE}\" "), &format!(" 1 \"\" \"{MAN_SOURCE}\""), 1)
        .replace("\n.br\n\n.br\n", "\n.sp\n")
}

fn add_man_pages(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) {
    let page = clap_mangen::Man::new(command.clone()).source(MAN_SOURCE);
    let mut text = Vec::new();
    page.render(&mut text).expect("writing to memory does not fail");
    let text = String::from_utf8(text).expect("a page is made of UTF-8");
    pages.push((page.get_filename(), normalize_roff(&text).into_bytes()));
    for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
        add_man_pages(subcommand, pages);
    }
}
