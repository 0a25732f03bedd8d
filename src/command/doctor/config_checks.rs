//! Checks that every setting can be read, and lists where each came from. Values are not shown, because some are
//! secret.

use crate::{
    config::{LoadedConfig, SettingOrigin},
    ui::view::doctor::{Check, CheckLevel},
};

use super::check_result::{check_from_failure, new_check};

/// Returns the checks of the configuration. `config check` shows these alone.
pub(crate) fn check_config(loaded: &LoadedConfig) -> Vec<Check> {
    const NAME: &str = "configuration";
    let errors = loaded.errors();
    let mut checks: Vec<_> = errors.iter().map(|error| check_from_failure(NAME, &error.clone().into())).collect();
    checks.extend(loaded.warnings().iter().map(|warning| new_check(NAME, CheckLevel::Warn, warning, None)));
    if checks.is_empty() {
        checks.push(new_check(NAME, CheckLevel::Ok, "configuration is valid", None));
    }
    checks.push(new_check("settings", CheckLevel::Ok, describe_setting_sources(loaded), None));
    // Report a missing client id here. Whether MAL knows the client id is checked in `mal_checks`.
    checks.extend(
        loaded.config_despite_errors().client_id().err().map(|failure| check_from_failure("client id", &failure)),
    );
    checks
}

/// Describes which settings come from the file and which from the environment.
fn describe_setting_sources(loaded: &LoadedConfig) -> String {
    let names_by_origin = |is_wanted: fn(&SettingOrigin) -> bool| {
        let names =
            loaded.displayed_settings().iter().filter(|setting| is_wanted(&setting.origin)).map(|setting| setting.key);
        names.collect::<Vec<_>>().join(", ")
    };
    let or_nothing = |names: String| if names.is_empty() { "none".to_owned() } else { names };
    let from_file = names_by_origin(|origin| matches!(origin, SettingOrigin::File { .. }));
    let file = match loaded.config_file() {
        Some(info) if info.exists => format!("from {}: {}", info.path.display(), or_nothing(from_file)),
        Some(info) => format!("{} does not exist", info.path.display()),
        None => "no configuration directory".to_owned(),
    };
    let from_environment = or_nothing(names_by_origin(|origin| {
        matches!(origin, SettingOrigin::Environment | SettingOrigin::ValueFile { .. })
    }));
    format!("{file}; environment overrides: {from_environment}")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::config::Environment;

    use super::*;

    #[test]
    fn settings_are_listed_by_source_without_values() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("c.toml");
        fs::write(&path, "mal_page_size = 7\nmal_client_secret = 'hunter2'\n").unwrap();
        let environment = Environment::from_pairs([("MAL_CLIENT_ID", "abc"), ("SYNC_BATCH_SIZE", "9")]);
        let description = describe_setting_sources(&LoadedConfig::load(&environment, Some(&path)));
        assert_eq!(
            description,
            format!(
                "from {}: MAL_CLIENT_SECRET, MAL_PAGE_SIZE; environment overrides: MAL_CLIENT_ID, SYNC_BATCH_SIZE",
                path.display()
            )
        );
    }

    #[test]
    fn each_config_error_is_a_check_with_hint() {
        let environment = Environment::from_pairs([("MAL_PAGE_SIZE", "x"), ("SYNC_FULL_EVERY", "y")]);
        let checks = check_config(&LoadedConfig::load(&environment, None));
        let failed: Vec<_> = checks.iter().filter(|check| check.level == CheckLevel::Error).collect();
        assert_eq!(
            failed.iter().map(|check| &*check.name).collect::<Vec<_>>(),
            ["configuration", "configuration", "client id"]
        );
        assert!(failed.iter().all(|check| check.hint.is_some()));
    }
}
