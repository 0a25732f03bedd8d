//! Completion scripts and manual pages, made from the same description that the arguments are read by.

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use super::Cli;

/// What a page says it is of.
const MAN_SOURCE: &str = concat!("malsync ", env!("CARGO_PKG_VERSION"));

/// The completion script of a shell: clap's, and in bash, zsh and fish the questions that [`super::complete`] answers.
#[must_use]
pub fn completion_script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "malsync", &mut script);
    let text = String::from_utf8(script).expect("a script is made of UTF-8");
    match shell {
        Shell::Bash => inject_dynamic_completion(&text, include_str!("generate/values.bash")),
        // Where clap has nothing to offer, zsh would show a message and no longer complete the flags.
        Shell::Zsh => {
            inject_dynamic_completion(&text.replace(":' \\\n", ":()' \\\n"), include_str!("generate/values.zsh"))
        }
        // Each line that ends so is one of a flag whose values clap does not know.
        Shell::Fish => {
            include_str!("generate/values.fish").to_owned()
                + "\n"
                + &text.replace(" -r -f\n", " -r -f -a '(__malsync_values)'\n")
        }
        _ => text,
    }
}

/// A script of bash or zsh with a function before its own, which is asked first.
fn inject_dynamic_completion(script: &str, function: &str) -> String {
    const FUNCTION_START: &str = "_malsync() {\n";
    script.replacen(FUNCTION_START, &format!("{function}\n{FUNCTION_START}    _malsync_values && return 0\n"), 1)
}

/// The manual pages, one a command: file name (`malsync.1`, `malsync-sync.1`, …) and content. The first is `malsync.1`.
/// The pages are the same wherever and whenever they are made.
#[must_use]
pub fn render_man_pages() -> Vec<(String, Vec<u8>)> {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    let mut pages = Vec::new();
    add_man_pages(&root, &mut pages);
    pages
}

/// The page as mandoc wants it: the empty date in quotes, lest the source be taken for it, and no line break beside a blank
/// line, which is one already.
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
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        add_man_pages(sub, pages);
    }
}
