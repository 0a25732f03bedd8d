//! Finds the configuration file, creates it, and changes a setting in it.
//!
//! Invariant: a new file is readable by its owner only; an existing one keeps its mode.

use std::{
    fs,
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
};

use crate::{
    config::{self, LoadedConfig, SettingKey},
    exit::Exit,
    failure::Failure,
    private_file::{create_private_dir, create_private_file, read_regular_file},
};

use super::{
    context::Context,
    link_resolver::FinalLink,
    output_file::{NewFileAccess, replace_file},
};

/// The largest configuration file that is changed.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Returns the path of the configuration file: that of `--config`, or the default one.
pub(super) fn config_path(context: &Context<'_>) -> Result<PathBuf, Failure> {
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
pub(super) fn create_sample_file(context: &Context<'_>, path: &Path) -> io::Result<()> {
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

/// Returns the failure of [`create_sample_file`].
pub(super) fn create_failure(path: &Path, error: io::Error) -> Failure {
    let hint =
        "check that its directory exists and is writable, or choose another file: malsync --config FILE config init";
    Failure::new(Exit::Failed, error).context(format!("cannot create {}", path.display())).with_hint(hint)
}

/// Sets a setting in the configuration file, which is created if missing. Returns the file's path, and the configuration
/// as it is now.
///
/// # Errors
/// - Exit code 2: the value is invalid, or the file is.
/// - Exit code 1: the file cannot be written.
pub(super) fn store_setting(
    context: &Context<'_>,
    key: SettingKey,
    value: &str,
) -> Result<(PathBuf, LoadedConfig), Failure> {
    let path = config_path(context)?;
    // Checks the value before a file is created.
    context.loaded.set_in_text("", key, value)?;
    match create_sample_file(context, &path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(create_failure(&path, error)),
        _ => {}
    }
    change_file(&path, |text| context.loaded.set_in_text(text, key, value))?;
    let loaded = LoadedConfig::load(&context.environment, Some(&path));
    Ok((path, loaded))
}

/// Removes a setting from the configuration file, so that it has its default. Returns the file's path, the configuration
/// as it is now, and whether the file had the setting.
///
/// # Errors
/// - Exit code 2: the file is invalid.
/// - Exit code 1: the file cannot be written.
pub(super) fn remove_setting(context: &Context<'_>, key: SettingKey) -> Result<(PathBuf, LoadedConfig, bool), Failure> {
    let path = config_path(context)?;
    let has_changed = path.exists() && change_file(&path, |text| context.loaded.remove_from_text(text, key))?;
    let loaded =
        LoadedConfig::load(&context.environment, Some(&path).filter(|path| path.exists()).map(PathBuf::as_path));
    Ok((path, loaded, has_changed))
}

/// Replaces the text of the file, unless it stays the same. Returns true if it was replaced.
fn change_file(path: &Path, edit: impl FnOnce(&str) -> Result<String, Failure>) -> Result<bool, Failure> {
    let failure =
        |error: io::Error| Failure::new(Exit::Failed, error).context(format!("cannot change {}", path.display()));
    let bytes = read_regular_file(path, MAX_FILE_BYTES).map_err(failure)?;
    let text = String::from_utf8(bytes).map_err(|_| failure(io::Error::other("it is not UTF-8")))?;
    let edited = edit(&text)?;
    if edited == text {
        return Ok(false);
    }
    replace_file(path, edited.as_bytes(), NewFileAccess::Private, FinalLink::Follow).map_err(failure)?;
    Ok(true)
}
