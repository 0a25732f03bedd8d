//! `config`: shows every setting with its value and origin, and creates, edits or checks the configuration file. Works
//! with an invalid configuration.
//!
//! Invariant: an existing file is changed only by the user's editor; a new one is readable by its owner only.

use std::{
    fs,
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use crate::{
    cli::args,
    config::{self, LoadedConfig},
    exit::Exit,
    failure::Failure,
    private_file::{create_private_dir, create_private_file},
    ui::view::{
        self,
        settings::{self, SettingView},
    },
};

use super::{context::Context, doctor, terminal_input::DefaultAnswer};

pub(crate) async fn run(context: &Context<'_>, command: &args::ConfigCommand) -> Result<Exit, Failure> {
    match command {
        args::ConfigCommand::Show(args) => print_settings(context, args),
        args::ConfigCommand::Path => print_path(context),
        args::ConfigCommand::Check(args) => print_checks(context, args),
        args::ConfigCommand::Init => create_config_file(context),
        args::ConfigCommand::Edit => edit_config_file(context).await,
    }
}

fn print_settings(context: &Context<'_>, args: &args::JsonArgs) -> Result<Exit, Failure> {
    let settings = context.loaded.displayed_settings();
    if args.json {
        settings.iter().try_for_each(|setting| context.ui.print_json(setting))?;
    } else {
        let views = settings.iter().map(|setting| SettingView {
            key: setting.key,
            value: setting.value.as_deref(),
            origin: setting.origin.to_string(),
        });
        context.ui.print_table(&settings::to_table(views))?;
    }
    for error in context.loaded.errors() {
        context.ui.print_warning(&error.to_string());
    }
    Ok(Exit::Done)
}

fn print_path(context: &Context<'_>) -> Result<Exit, Failure> {
    let path = config_path(context)?;
    context.ui.print(&view::format_path(&path))?;
    if !path.exists() {
        context.ui.print_note("no such file; create it with malsync config init");
    }
    Ok(Exit::Done)
}

fn print_checks(context: &Context<'_>, args: &args::JsonArgs) -> Result<Exit, Failure> {
    let checks = doctor::check_config(&context.loaded);
    if args.json {
        context.ui.print_json(&view::doctor::to_json(&checks))?;
    } else {
        context.ui.print(&view::doctor::to_text(&checks, context.ui.terminal_width()))?;
    }
    context.config()?.client_id().map(|_| Exit::Done)
}

fn create_config_file(context: &Context<'_>) -> Result<Exit, Failure> {
    let path = config_path(context)?;
    match create_sample_file(context, &path) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return Err(Failure::from_text(
                Exit::Failed,
                format!("{} already exists (not overwritten)", path.display()),
            )
            .with_hint("edit it with malsync config edit, or move it away to create a new one"));
        }
        Err(error) => return Err(create_failure(&path, error)),
    }
    let path = view::format_path(&path);
    context.ui.print(&format!("Created {path}. Next, run malsync config edit, and set mal_client_id"))?;
    Ok(Exit::Done)
}

async fn edit_config_file(context: &Context<'_>) -> Result<Exit, Failure> {
    let path = config_path(context)?;
    match create_sample_file(context, &path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(create_failure(&path, error)),
        _ => {}
    }
    loop {
        context.ui.edit_file(&path, context.environment.editor_command())?;
        let loaded = LoadedConfig::load(&context.environment, Some(&path));
        let errors: Vec<_> = loaded.errors().iter().filter(|error| error.is_in_config_file()).collect();
        let Some((first, rest)) = errors.split_first() else {
            loaded.warnings().iter().for_each(|warning| context.ui.print_warning(warning));
            context.ui.print(&format!("{}: configuration is valid", view::format_path(&path)))?;
            return Ok(Exit::Done);
        };
        let failure = Failure::from((*first).clone());
        rest.iter().for_each(|error| context.ui.print_warning(&error.to_string()));
        if !context.ui.is_interactive() {
            return Err(failure);
        }
        context.ui.print_failure(&failure);
        if !context.confirm("Edit it again?", DefaultAnswer::Yes).await? {
            let message = format!("{} is saved, but not valid", path.display());
            return Err(Failure::usage_error(message).with_hint("malsync config edit"));
        }
    }
}

/// Returns the path of the configuration file: that of `--config`, or the default one.
fn config_path(context: &Context<'_>) -> Result<PathBuf, Failure> {
    match context.loaded.config_file() {
        Some(info) => Ok(info.path.clone()),
        None => context
            .loaded
            .config_despite_errors()
            .directories
            .config_dir()
            .map(|directory| directory.join("config.toml")),
    }
}

/// Creates the sample configuration file with mode 0600. Creates its directory if it is malsync's own. Fails if the
/// file exists.
fn create_sample_file(context: &Context<'_>, path: &Path) -> io::Result<()> {
    if let Ok(own_directory) = context.loaded.config_despite_errors().directories.config_dir()
        && path.starts_with(own_directory)
    {
        create_private_dir(own_directory)?;
    }
    let mut file = create_private_file(path)?;
    file.write_all(config::render_sample_config().as_bytes()).and_then(|()| file.sync_all()).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}

fn create_failure(path: &Path, error: io::Error) -> Failure {
    let hint =
        "check that its directory exists and is writable, or choose another file: malsync --config FILE config init";
    Failure::new(Exit::Failed, error).context(format!("cannot create {}", path.display())).with_hint(hint)
}
