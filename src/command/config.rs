//! `config`: every setting with its value and where it came from, and the file that holds them. Works with a broken
//! configuration.
//!
//! The rule: a file that is there is changed by the user's editor alone; one that is made is its owner's.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use crate::{
    cli::args,
    config::{self, Loaded},
    exit::Exit,
    failure::Failure,
    ui::view::{
        self,
        settings::{self, SettingView},
    },
};

use super::{context::Context, doctor};

pub(crate) async fn run(context: &Context<'_>, command: &args::Config) -> Result<Exit, Failure> {
    match command {
        args::Config::Show(args) => show(context, args),
        args::Config::Path => path(context),
        args::Config::Check(args) => check(context, args),
        args::Config::Init => init(context),
        args::Config::Edit => edit(context).await,
    }
}

fn show(context: &Context<'_>, args: &args::Json) -> Result<Exit, Failure> {
    let shown = context.loaded.shown();
    if args.json {
        shown.iter().try_for_each(|shown| context.ui.json(shown))?;
    } else {
        let views = shown.iter().map(|shown| SettingView {
            key: shown.key,
            value: shown.value.as_deref(),
            origin: shown.origin.to_string(),
        });
        context.ui.table(&settings::table(views))?;
    }
    for error in context.loaded.errors() {
        context.ui.warning(&error.to_string());
    }
    Ok(Exit::Done)
}

fn path(context: &Context<'_>) -> Result<Exit, Failure> {
    let path = file(context)?;
    context.ui.out(&view::path(&path))?;
    if !path.exists() {
        context.ui.note("there is no such file yet: malsync config init makes it");
    }
    Ok(Exit::Done)
}

fn check(context: &Context<'_>, args: &args::Json) -> Result<Exit, Failure> {
    let checks = doctor::configuration(&context.loaded);
    if args.json {
        context.ui.json(&view::doctor::json(&checks))?;
    } else {
        context.ui.out(&view::doctor::screen(&checks, context.ui.limit()))?;
    }
    context.config()?.client_id().map(|_| Exit::Done)
}

fn init(context: &Context<'_>) -> Result<Exit, Failure> {
    let path = file(context)?;
    match make(context, &path) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(Failure::text(
                Exit::Failed,
                format!("{} is there already, and stays as it is", path.display()),
            )
            .hint("malsync config edit; for a new one, move it away first"));
        }
        Err(error) => return Err(cannot_make(&path, error)),
    }
    let path = view::path(&path);
    context.ui.out(&format!("made {path}; put your client id into it: malsync config edit"))?;
    Ok(Exit::Done)
}

async fn edit(context: &Context<'_>) -> Result<Exit, Failure> {
    let path = file(context)?;
    match make(context, &path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(cannot_make(&path, error)),
        _ => {}
    }
    loop {
        context.ui.edit(&path, context.environment.editor())?;
        let loaded = Loaded::read(&context.environment, Some(&path));
        let wrong: Vec<_> = loaded.errors().iter().filter(|error| error.is_of_the_file()).collect();
        let Some((first, rest)) = wrong.split_first() else {
            loaded.warnings().iter().for_each(|warning| context.ui.warning(warning));
            context.ui.out(&format!("{}: every setting can be read", view::path(&path)))?;
            return Ok(Exit::Done);
        };
        let failure = Failure::from((*first).clone());
        rest.iter().for_each(|error| context.ui.warning(&error.to_string()));
        if !context.ui.can_ask() {
            return Err(failure);
        }
        context.ui.failure(&failure);
        let answer = context.ask("edit it again? [Y/n]").await?;
        let answer = answer.map(|answer| answer.trim().to_ascii_lowercase());
        if answer.is_none_or(|answer| answer.starts_with('n')) {
            let what = format!("{} is as you left it, and cannot be used", path.display());
            return Err(Failure::usage(what).hint("malsync config edit"));
        }
    }
}

/// The file that is spoken of: the one of `--config`, or the default one.
fn file(context: &Context<'_>) -> Result<PathBuf, Failure> {
    match context.loaded.file() {
        Some(seen) => Ok(seen.path.clone()),
        None => context.loaded.as_far_as_read().folders.config().map(|folder| folder.join("config.toml")),
    }
}

/// Makes the sample file, its owner's alone; its folder too, where that is malsync's own. One that is there stays.
fn make(context: &Context<'_>, path: &Path) -> io::Result<()> {
    if let Ok(own) = context.loaded.as_far_as_read().folders.config()
        && path.starts_with(own)
    {
        let mut folder = DirBuilder::new();
        folder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.create(own)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(config::sample().as_bytes()).and_then(|()| file.sync_all()).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}

fn cannot_make(path: &Path, error: io::Error) -> Failure {
    let hint =
        "check that its folder exists and can be written, or name another file: malsync --config FILE config init";
    Failure::new(Exit::Failed, error).context(format!("cannot make {}", path.display())).hint(hint)
}
