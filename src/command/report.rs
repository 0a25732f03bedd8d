//! `report`: writes the statistics of `stats` as one HTML page, to a file or to standard output.

use std::{
    io,
    path::{self, Path},
};

use url::Url;

use crate::{
    auth::browser,
    cli::args,
    exit::Exit,
    failure::Failure,
    ui::view::{report, stats},
};

use super::{
    context::Context,
    entry_filter::FilterPurpose,
    link_resolver::FinalLink,
    output_file::{NewFileAccess, replace_file, write_output},
    stats::UserStats,
};

/// Output file if `--output` is not given.
const DEFAULT_OUTPUT_FILE: &str = "malsync-report.html";

pub(crate) async fn run(context: &Context<'_>, args: &args::ReportArgs) -> Result<Exit, Failure> {
    let file = output_path(args, context.ui.is_stdout_terminal())?;
    let user_stats =
        UserStats::load(context, args.user.name.as_ref(), &args.filter, FilterPurpose::Saving, args.top).await?;
    let (scope, stats) = (user_stats.scope(), &user_stats.stats);
    if stats.entries == 0 && args.filter != Default::default() {
        return Err(Failure::from_text(Exit::Failed, "no entries match the filters: nothing was written"));
    }
    let page = report::render_page(&scope, stats, &stats::build_sections(&scope, stats));
    let Some(file) = file else {
        return context.ui.print_verbatim(&page).map(|()| Exit::Done);
    };
    // Others can guess the default name, and plant a link there.
    let written = match args.output {
        Some(_) => write_output(file, page.into_bytes(), NewFileAccess::Private).await,
        None => replace_file(file, page.as_bytes(), NewFileAccess::Private, FinalLink::Refuse),
    };
    written.map_err(|error| {
        Failure::new(Exit::Failed, error)
            .context(format!("cannot write {}", file.display()))
            .with_hint("choose another file with --output, or - for standard output")
    })?;
    context.ui.print_note(&format!("Wrote {}", file.display()));
    if args.open
        && let Err(error) = open_in_browser(context, file)
    {
        context.ui.print_warning(&format!("could not start a browser ({error}); open {} yourself", file.display()));
    }
    Ok(Exit::Done)
}

/// Returns the file to write. Returns `None` for standard output.
fn output_path(args: &args::ReportArgs, is_terminal: bool) -> Result<Option<&Path>, Failure> {
    match args.output.as_deref() {
        Some(output) if output == Path::new("-") && args.open => {
            Err(Failure::usage_error("--open needs a file, not standard output").with_hint("malsync report --open"))
        }
        Some(output) if output == Path::new("-") => Ok(None),
        Some(output) => Ok(Some(output)),
        None => Ok((is_terminal || args.open).then_some(Path::new(DEFAULT_OUTPUT_FILE))),
    }
}

fn open_in_browser(context: &Context<'_>, file: &Path) -> io::Result<()> {
    let url = Url::from_file_path(path::absolute(file)?).map_err(|()| io::ErrorKind::InvalidFilename)?;
    browser::open_url(url.as_str(), &context.desktop())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{self, Command};

    #[test]
    fn output_path_depends_on_terminal_and_flags() {
        for (line, terminal, expected) in [
            ("malsync report", true, Ok(Some(DEFAULT_OUTPUT_FILE))),
            ("malsync report", false, Ok(None)),
            ("malsync report --open", false, Ok(Some(DEFAULT_OUTPUT_FILE))),
            ("malsync report --output x.html", true, Ok(Some("x.html"))),
            ("malsync report --output -", true, Ok(None)),
            ("malsync report --output - --open", false, Err(())),
        ] {
            let Ok(cli::Cli { command: Some(Command::Report(args)), .. }) = cli::parse(line.split(' ')) else {
                panic!()
            };
            let file = output_path(&args, terminal).map_err(|_| ());
            assert_eq!(file, expected.map(|file| file.map(Path::new)), "{line}");
        }
    }
}
