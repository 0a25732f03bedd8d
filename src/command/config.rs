//! `config`: shows every setting with its value and origin, changes one, and creates, edits or checks the configuration
//! file. Works with an invalid configuration.

use std::io::ErrorKind;

use crate::{
    cli::args,
    config::{DisplayedSetting, LoadedConfig, SettingKey, SettingOrigin},
    exit::Exit,
    failure::Failure,
    ui::view::{
        self,
        settings::{self, SettingView},
    },
};

use super::{
    config_file::{config_path, create_failure, create_sample_file, remove_setting, store_setting},
    context::Context,
    doctor,
    terminal_input::{DefaultAnswer, read_secret_stdin},
};

pub(crate) async fn run(context: &Context<'_>, command: &args::ConfigCommand) -> Result<Exit, Failure> {
    match command {
        args::ConfigCommand::Show(args) => print_settings(context, args),
        args::ConfigCommand::Path => print_path(context),
        args::ConfigCommand::Check(args) => print_checks(context, args),
        args::ConfigCommand::Get(args) => print_setting(context, &args.key),
        args::ConfigCommand::Set(args) => set_setting(context, args).await,
        args::ConfigCommand::Unset(args) => unset_setting(context, &args.key),
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
            origin: origin_text(setting),
        });
        context.ui.print_table(&settings::to_table(views))?;
        let is_in_file = |setting: &DisplayedSetting| matches!(setting.origin, SettingOrigin::File { .. });
        if let Some(file) = context.loaded.config_file().filter(|_| settings.iter().any(is_in_file)) {
            context.ui.print(&format!("\nConfiguration file: {}", view::format_path(&file.path)))?;
        }
    }
    for error in context.loaded.errors() {
        context.ui.print_warning(&error.to_string());
    }
    Ok(Exit::Done)
}

/// Returns the origin without the directory of the file, whose path is below the table.
fn origin_text(setting: &DisplayedSetting) -> String {
    match &setting.origin {
        SettingOrigin::File { path, line } => {
            format!("{}:{line}", path.file_name().unwrap_or_default().to_string_lossy())
        }
        SettingOrigin::ValueFile { .. } => format!("{}_FILE", setting.key),
        origin => origin.to_string(),
    }
}

/// Returns the setting with this name.
///
/// # Errors
/// Exit code 2 if there is none. The hint names the nearest.
fn find_setting(name: &str) -> Result<SettingKey, Failure> {
    SettingKey::from_typed_name(name).ok_or_else(|| {
        let hint = match SettingKey::closest_match(name) {
            Some(key) => format!("did you mean `{}`?", key.file_key()),
            None => "list all settings with malsync config show".to_owned(),
        };
        Failure::usage_error(format!("unknown setting `{name}`")).with_hint(hint)
    })
}

fn print_setting(context: &Context<'_>, name: &str) -> Result<Exit, Failure> {
    let key = find_setting(name)?;
    if let Some(error) = context.loaded.errors().iter().find(|error| error.concerns(key)) {
        return Err(error.clone().into());
    }
    let Some(value) = find_displayed(&context.loaded, key).and_then(|setting| setting.value.as_ref()) else {
        let name = key.file_key();
        return Err(Failure::from_text(Exit::Failed, format!("{name} is not set"))
            .with_hint(format!("malsync config set {name} VALUE")));
    };
    context.ui.print_verbatim(&crate::ui::escape_controls(value)).map(|()| Exit::Done)
}

/// The longest value read from standard input.
const MAX_VALUE_BYTES: u64 = 64 * 1024;

async fn set_setting(context: &Context<'_>, args: &args::ConfigSetArgs) -> Result<Exit, Failure> {
    let key = find_setting(&args.key)?;
    let value = match args.value.as_str() {
        "-" => read_value().await?,
        value => value.to_owned(),
    };
    let (path, loaded) = store_setting(context, key, &value)?;
    print_warnings_after_change(context, &loaded, key);
    let shown = key.masked(&value);
    context.ui.print(&settings::stored_text(&key.file_key(), &shown, &path))?;
    Ok(Exit::Done)
}

fn unset_setting(context: &Context<'_>, name: &str) -> Result<Exit, Failure> {
    let key = find_setting(name)?;
    let (path, loaded, was_set) = remove_setting(context, key)?;
    print_warnings_after_change(context, &loaded, key);
    let setting = find_displayed(&loaded, key).filter(|setting| setting.origin == SettingOrigin::Default);
    let value = setting.map(|setting| setting.value.as_deref().unwrap_or("not set"));
    context.ui.print(&settings::removed_text(&key.file_key(), value, &path, was_set))?;
    Ok(Exit::Done)
}

fn find_displayed(loaded: &LoadedConfig, key: SettingKey) -> Option<&DisplayedSetting> {
    loaded.displayed_settings().iter().find(|setting| setting.key == key.variable_name())
}

/// Prints the warnings of the changed configuration, and one if the environment overrides the setting.
fn print_warnings_after_change(context: &Context<'_>, loaded: &LoadedConfig, key: SettingKey) {
    loaded.warnings().iter().for_each(|warning| context.ui.print_warning(warning));
    let is_overridden = |setting: &DisplayedSetting| {
        matches!(setting.origin, SettingOrigin::Environment | SettingOrigin::ValueFile { .. })
    };
    if find_displayed(loaded, key).is_some_and(is_overridden) {
        let variable = key.variable_name();
        context.ui.print_warning(&format!("{variable} is set in the environment and overrides the file"));
    }
}

/// Reads a value from standard input, without the line break at its end.
async fn read_value() -> Result<String, Failure> {
    let failure = |error| Failure::new(Exit::Failed, error).context("cannot read the value");
    let bytes = read_secret_stdin(MAX_VALUE_BYTES).await.map_err(failure)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Failure::usage_error("the value is not UTF-8"))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn print_path(context: &Context<'_>) -> Result<Exit, Failure> {
    let path = config_path(context)?;
    context.ui.print_verbatim(&view::format_path(&path))?;
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
        context.ui.print_verbatim(&view::doctor::to_text(&checks, context.ui.terminal_width()))?;
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
