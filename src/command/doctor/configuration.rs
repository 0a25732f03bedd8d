//! Whether every setting can be read, and where each came from. Values are not told: some are secret.

use crate::{
    config::{Loaded, Origin},
    ui::view::doctor::{Check, Level},
};

use super::{check, from_failure};

/// What there is to say of the configuration: `config check` says this alone.
pub(crate) fn checks(loaded: &Loaded) -> Vec<Check> {
    const NAME: &str = "configuration";
    let errors = loaded.errors();
    let mut checks: Vec<_> = errors.iter().map(|error| from_failure(NAME, &error.clone().into())).collect();
    checks.extend(loaded.warnings().iter().map(|warning| check(NAME, Level::Warn, warning, None)));
    if checks.is_empty() {
        checks.push(check(NAME, Level::Ok, "every setting can be read", None));
    }
    checks.push(check("settings", Level::Ok, origins(loaded), None));
    // One that is set is asked for at MAL.
    checks.extend(loaded.as_far_as_read().client_id().err().map(|failure| from_failure("client id", &failure)));
    checks
}

/// Which settings come from where.
fn origins(loaded: &Loaded) -> String {
    let of = |wanted: fn(&Origin) -> bool| {
        let names = loaded.shown().iter().filter(|shown| wanted(&shown.origin)).map(|shown| shown.key);
        names.collect::<Vec<_>>().join(", ")
    };
    let or_nothing = |names: String| if names.is_empty() { "nothing".to_owned() } else { names };
    let from_file = of(|origin| matches!(origin, Origin::File { .. }));
    let file = match loaded.file() {
        Some(seen) if seen.there => format!("from {}: {}", seen.path.display(), or_nothing(from_file)),
        Some(seen) => format!("{} is not there", seen.path.display()),
        None => "there is no folder for a configuration file".to_owned(),
    };
    let from_environment = or_nothing(of(|origin| *origin == Origin::Environment));
    format!("{file}; from the environment: {from_environment}; the rest by default")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::config::Environment;

    use super::*;

    #[test]
    fn each_setting_is_named_by_where_it_came_from_and_no_value_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("c.toml");
        fs::write(&path, "mal_page_size = 7\nmal_client_secret = 'hunter2'\n").unwrap();
        let environment = Environment::from_pairs([("MAL_CLIENT_ID", "abc"), ("SYNC_BATCH_SIZE", "9")]);
        let told = origins(&Loaded::read(&environment, Some(&path)));
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
    fn every_fault_is_told_with_what_to_do() {
        let environment = Environment::from_pairs([("MAL_PAGE_SIZE", "x"), ("SYNC_FULL_EVERY", "y")]);
        let checks = checks(&Loaded::read(&environment, None));
        let broken: Vec<_> = checks.iter().filter(|check| check.level == Level::Error).collect();
        assert_eq!(
            broken.iter().map(|check| &*check.name).collect::<Vec<_>>(),
            ["configuration", "configuration", "client id"]
        );
        assert!(broken.iter().all(|check| check.hint.is_some()));
    }
}
