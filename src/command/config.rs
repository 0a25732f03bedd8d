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
    if args.json {
        loaded.shown().iter().try_for_each(|shown| ui.json(shown))?;
    } else {
        let view = loaded.shown().iter().map(|shown| SettingView {
            key: shown.key,
            value: shown.value.as_deref(),
            origin: &shown.origin,
        });
        ui.table(&settings::table(view))?;
    }
    loaded.warnings().iter().for_each(|warning| ui.warning(warning));
    for error in loaded.errors() {
        ui.warning(&error.to_string());
    }
    Ok(Exit::Done)
}
