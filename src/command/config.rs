//! `config show`: every setting with its value and where it came from. Works with a broken configuration.

use std::path::Path;

use crate::{
    cli::args,
    config::{Environment, Loaded},
    exit::Exit,
    failure::Failure,
    ui::{
        Ui,
        view::settings::{self, SettingView},
    },
};

pub(crate) fn show(
    args: &args::Json,
    environment: &Environment,
    file: Option<&Path>,
    ui: &Ui,
) -> Result<Exit, Failure> {
    let loaded = Loaded::read(environment, file);
    let settings = loaded.shown().iter().map(|shown| SettingView {
        key: shown.key,
        value: shown.value.as_deref(),
        origin: &shown.origin,
        error: shown.error.as_deref(),
    });
    if args.json {
        for setting in settings {
            ui.json(&setting)?;
        }
    } else {
        ui.table(&settings::table(settings))?;
    }
    for error in loaded.errors() {
        ui.warning(&error.to_string());
    }
    Ok(Exit::Done)
}
