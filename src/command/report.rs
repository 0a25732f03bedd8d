//! `report`: the figures of `stats` as one HTML page, to a file or to standard output.

use std::{
    io,
    path::{self, Path},
};

use url::Url;

use crate::{
    auth::browser::{self, Desktop},
    cli::args,
    exit::Exit,
    failure::Failure,
    ui::view::{report, stats},
};

use super::{context::Context, file::replace, stats::Figures};

/// The file that is written where none is named.
const FILE: &str = "malsync-report.html";

pub(crate) async fn run(context: &Context<'_>, args: &args::Report) -> Result<Exit, Failure> {
    let file = file(args, context.ui.answers_a_terminal())?;
    let figures = Figures::read(context, args.user.name.as_ref(), &args.filter, args.top).await?;
    let (about, stats) = (figures.about(), &figures.stats);
    let page = report::page(&about, stats, &stats::sections(&about, stats));
    let Some(file) = file else {
        return context.ui.out(&page).map(|()| Exit::Done);
    };
    replace(file, page.as_bytes()).map_err(|error| {
        Failure::new(Exit::Failed, error)
            .context(format!("cannot write {}", file.display()))
            .hint("--output names another file, - standard output")
    })?;
    context.ui.note(&format!("wrote {}", file.display()));
    if args.open
        && let Err(error) = open(context, file)
    {
        context.ui.warning(&format!("no browser could be started ({error}); open {} yourself", file.display()));
    }
    Ok(Exit::Done)
}

/// Where the page goes; none is standard output.
fn file(args: &args::Report, terminal: bool) -> Result<Option<&Path>, Failure> {
    match args.output.as_deref() {
        Some(output) if output == Path::new("-") && args.open => {
            Err(Failure::usage("--open needs a file, not standard output").hint("malsync report --open"))
        }
        Some(output) if output == Path::new("-") => Ok(None),
        Some(output) => Ok(Some(output)),
        None => Ok((terminal || args.open).then_some(Path::new(FILE))),
    }
}

fn open(context: &Context<'_>, file: &Path) -> io::Result<()> {
    let url = Url::from_file_path(path::absolute(file)?).map_err(|()| io::ErrorKind::InvalidFilename)?;
    let browser = context.config().ok().and_then(|config| config.browser.as_ref());
    let desktop =
        Desktop { browser: browser.map(|browser| browser.value.clone()), display: context.environment.has_display() };
    browser::open(url.as_str(), &desktop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{self, Command};

    #[test]
    fn a_page_goes_where_it_is_of_use() {
        for (line, terminal, expected) in [
            ("malsync report", true, Ok(Some(FILE))),
            ("malsync report", false, Ok(None)),
            ("malsync report --open", false, Ok(Some(FILE))),
            ("malsync report --output x.html", true, Ok(Some("x.html"))),
            ("malsync report --output -", true, Ok(None)),
            ("malsync report --output - --open", false, Err(())),
        ] {
            let Ok(cli::Cli { command: Some(Command::Report(args)), .. }) = cli::parse(line.split(' ')) else {
                panic!()
            };
            let file = file(&args, terminal).map_err(|_| ());
            assert_eq!(file, expected.map(|file| file.map(Path::new)), "{line}");
        }
    }
}
