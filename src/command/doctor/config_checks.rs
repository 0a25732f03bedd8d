//! Whether every setting can be read, and where each came from. Values are not told: some are secret.

use crate::{
    config::{LoadedConfig, SettingOrigin},
    ui::view::doctor::{Check, CheckLevel},
};

use super::{check_from_failure, new_check};

/// What there is to say of the configuration: `config check` says this alone.
pub(crate) fn check_config(loaded: &LoadedConfig) -> Vec<Check> {
    const NAME: &str = "configuration";
    let errors = loaded.errors();
    let mut checks: Vec<_> = errors.iter().map(|error| check_from_failure(NAME, &error.clone().into())).collect();
    checks.extend(loaded.warnings().iter().map(|warning| new_check(NAME, CheckLevel::Warn, warning, None)));
    if checks.is_empty() {
        checks.push(new_check(NAME, CheckLevel::Ok, "every setting can be read", None));
    }
    checks.push(new_check("settings", CheckLevel::Ok, describe_setting_sources(loaded), None));
    // One that is set is asked for at MAL.
    checks
        .extend(loaded.best_effort_config().client_id().err().map(|failure| check_from_failure("client id", &failure)));
    checks
}

/// Which settings come from where.
fn describe_setting_sources(loaded: &LoadedConfig) -> String {
    let of = |wanted: fn(&SettingOrigin) -> bool| {
        let names = loaded.displayed_settings().iter().filter(|shown| wanted(&shown.origin)).map(|shown| shown.key);
        names.collect::<Vec<_>>().join(", ")
    };
    let or_nothing = |names: String| if names.is_empty() { "nothing".to_owned() } else { names };
    let from_file = of(|origin| matches!(origin, SettingOrigin::File { .. }));
    let file = match loaded.config_file() {
        Some(seen) if seen.exists => format!("from {}: {}", seen.path.display(), or_nothing(from_file)),
        Some(seen) => format!("{} is not there", seen.path.display()),
        None => "there is no folder for a configuration file".to_owned(),
    };
    let from_environment = or_nothing(of(|origin| *origin == SettingOrigin::Environment));
    format!("{file}; from the environment: {from_environment}; the rest by default")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::config::Environment;

    use super::*;

    #[test]
    fn settings_are_listed_by_source_without_values() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        fs::write(&path, "mal_page_size = 7\nmal_client_secret = 'hunter2'\n").unwrap();
        let environment = Environment::from_pairs([("MAL_CLIENT_ID", "abc"), ("SYNC_BATCH_SIZE", "9")]);
        let told = describe_setting_sources(&LoadedConfig::load(&environment, Some(&path)));
        assert_eq!(
            told,
            format!(
                "from {}: MAL_CLIENT_SECRET, MAL_PAGE_SIZE; from the environment: MAL_CLIENT_ID, SYNC_BATCH_SIZE; \
                 the rest by default",
                path.display()
            )
        );
    }

    #[test]
    fn each_config_error_is_a_check_with_hint() {
        let environment = Environment::from_pairs([("MAL_PAGE_SIZE", "x"), ("SYNC_FULL_EVERY", "y")]);
        let checks = check_config(&LoadedConfig::load(&environment, None));
        let broken: Vec<_> = checks.iter().filter(|check| check.level == CheckLevel::Error).collect();
        assert_eq!(
            broken.iter().map(|check| &*check.name).collect::<Vec<_>>(),
            ["configuration", "configuration", "client id"]
        );
        assert!(broken.iter().all(|check| check.hint.is_some()));
    }
}
