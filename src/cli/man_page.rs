//! Manual pages, generated from the command line's definition.

use std::fmt::Write as _;

use clap::Command;
use clap_mangen::Man;

use super::{command_line_definition::define_command_line, examples::find_examples, help_sections};

/// Source line of a manual page.
const MAN_SOURCE: &str = concat!("malsync ", env!("CARGO_PKG_VERSION"));

/// Renders the manual pages, one per command: file name (`malsync.1`, `malsync-sync.1`, …) and content. The first is
/// `malsync.1`. The pages do not depend on host or date.
#[must_use]
pub fn render_man_pages() -> Vec<(String, Vec<u8>)> {
    let mut root = define_command_line().disable_help_subcommand(true);
    root.build();
    let mut pages = Vec::new();
    add_man_pages(&root, "", &mut pages);
    pages
}

fn add_man_pages(command: &Command, path: &str, pages: &mut Vec<(String, Vec<u8>)>) {
    let page = Man::new(command.clone()).source(MAN_SOURCE).manual("malsync manual");
    let text = render_page(&page, command, path).expect("writing to memory does not fail");
    pages.push((page.get_filename(), text.into_bytes()));
    for subcommand in command.get_subcommands().filter(|subcommand| !subcommand.is_hide_set()) {
        add_man_pages(subcommand, format!("{path} {}", subcommand.get_name()).trim_start(), pages);
    }
}

fn render_page(page: &Man, command: &Command, path: &str) -> Result<String, std::io::Error> {
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    if command.has_subcommands() {
        page.render_subcommands_section(&mut text)?;
    }
    page.render_options_section(&mut text)?;
    let text = String::from_utf8(text).expect("a page is made of UTF-8");
    Ok(normalize_roff(&text) + &render_own_sections(path))
}

/// Adapts a page to mandoc.
///
/// - Writes the empty date as `""`. Otherwise the source, which follows it, would be taken for the date.
/// - Replaces a blank line between two line breaks by a vertical space.
/// - Names the section SUBCOMMANDS COMMANDS.
fn normalize_roff(page: &str) -> String {
    page.replacen(&format!(" 1  \"{MAN_SOURCE}\" "), &format!(" 1 \"\" \"{MAN_SOURCE}\" "), 1)
        .replace("\n.br\n\n.br\n", "\n.sp\n")
        .replace(".SH SUBCOMMANDS\n", ".SH COMMANDS\n")
}

/// Returns the sections that clap does not know.
fn render_own_sections(path: &str) -> String {
    let mut page = String::new();
    match path {
        "stats" => page.push_str(&render_preformatted(help_sections::STATS_JSON)),
        "schedule" => page.push_str(&render_preformatted(help_sections::NOTIFICATION_SETTINGS)),
        _ => {}
    }
    page.push_str(&render_definitions("EXIT STATUS", help_sections::EXIT_CODES));
    page.push_str(&render_definitions("ENVIRONMENT", &help_sections::variables_of(path)));
    let _ = write!(page, ".PP\n{}\n", escape_roff(help_sections::SETTING_SOURCES));
    page.push_str(&render_definitions("FILES", help_sections::FILES));
    page.push_str(".SH EXAMPLES\n");
    for example in find_examples(path) {
        let (purpose, line) = (escape_roff(example.purpose), escape_roff(example.line));
        let _ = write!(page, "{purpose}:\n.PP\n.RS 4\n.nf\n{line}\n.fi\n.RE\n.PP\n");
    }
    page.truncate(page.trim_end_matches(".PP\n").len());
    if !path.is_empty() {
        page.push_str(".SH SEE ALSO\n\\fBmalsync\\fR(1)\n");
    }
    page
}

/// Returns a section: its first line is the heading, the others are printed as they are.
fn render_preformatted(section: &str) -> String {
    let (heading, text) = section.split_once(":\n").unwrap_or(("", section));
    format!(".SH {}\n.nf\n{}\n.fi\n", quote_heading(heading), escape_roff(text))
}

fn render_definitions(heading: &str, definitions: &[(&str, &str)]) -> String {
    let items = definitions
        .iter()
        .map(|(term, meaning)| format!(".TP\n\\fB{}\\fR\n{}\n", escape_roff(term), escape_roff(meaning)));
    format!(".SH {}\n{}", quote_heading(heading), items.collect::<String>())
}

fn quote_heading(heading: &str) -> String {
    format!("\"{}\"", heading.to_uppercase())
}

/// Escapes what roff would interpret: backslashes, hyphens, and a control character at the start of a line.
fn escape_roff(text: &str) -> String {
    let escape_line = |line: &str| {
        let line = line.replace('\\', "\\e").replace('-', "\\-");
        if line.starts_with(['.', '\'']) { format!("\\&{line}") } else { line }
    };
    text.lines().map(escape_line).collect::<Vec<_>>().join("\n")
}
