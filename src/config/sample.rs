//! Renders the file that `config init` writes: every setting, commented out.
//!
//! Invariants: the text is made from [`SettingKey`], so it cannot differ from `config show`; unchanged, it sets
//! nothing.

use super::setting_key::SettingKey;

const SAMPLE_HEADER: &str = "\
# The settings of malsync. A line that begins with #name shows the default, or an example if there is none;
# uncomment it to change the setting. Environment variables (MAL_PAGE_SIZE for mal_page_size) override this file.
# `malsync config show` prints the effective values and their source, `malsync config check` validates this file.
#
# First: choose \"Create ID\" at https://myanimelist.net/apiconfig, with app type \"other\" and the redirect URL below,
# and put the client ID that MAL shows into the next line.
";

/// Returns the text of the file.
#[must_use]
pub fn render_sample_config() -> String {
    let mut text = SAMPLE_HEADER.to_owned();
    for key in SettingKey::ALL {
        let description = key.description();
        let suffix = if key.default_text().is_none() { " (not set)" } else { "" };
        text += &format!("\n# {description}{suffix}\n#{} = {}\n", key.file_key(), toml_literal(key.example_text()));
    }
    text
}

/// Returns a TOML literal: a number as it is, any other text in quotes.
fn toml_literal(text: &str) -> String {
    if text.parse::<f64>().is_ok() { text.to_owned() } else { toml::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::config::{Environment, LoadedConfig, SettingOrigin};

    fn load_text(text: &str) -> LoadedConfig {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("config.toml");
        std::fs::write(&path, text).unwrap();
        LoadedConfig::load(&Environment::default(), Some(&path))
    }

    #[test]
    fn sample_sets_nothing() {
        let loaded = load_text(&render_sample_config());
        assert!(loaded.valid_config().is_ok());
        assert!(loaded.displayed_settings().iter().all(|setting| setting.origin == SettingOrigin::Default));
    }

    #[test]
    fn uncommented_sample_sets_every_setting_to_its_default() {
        let uncommented: String = render_sample_config()
            .lines()
            .map(|line| format!("{}\n", line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')).unwrap_or(line)))
            .collect();
        let loaded = load_text(&uncommented);
        assert_eq!(loaded.displayed_settings().len(), SettingKey::ALL.len());
        for (setting, key) in loaded.displayed_settings().iter().zip(SettingKey::ALL) {
            assert!(matches!(setting.origin, SettingOrigin::File { .. }), "{}", setting.key);
            assert_eq!(
                setting.error.is_some(),
                key == SettingKey::MalsyncTokenKey,
                "the example of a token key is not a valid key"
            );
            if let Some(default) = key.default_text() {
                assert_eq!(setting.value.as_deref(), Some(default));
            }
        }
    }

    #[test]
    fn sample_lines_fit_and_look_as_expected() {
        let text = render_sample_config();
        assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
        let first: Vec<_> = text.lines().skip(7).take(9).collect();
        assert_snapshot!(first.join("\n"), @r##"
        # client ID of your app at MAL (not set)
        #mal_client_id = "0123456789abcdef0123456789abcdef"

        # only for apps of type "web" (not set)
        #mal_client_secret = "the-secret-that-MAL-shows"

        # must match a redirect URL registered at MAL
        #mal_redirect_uri = "http://localhost:3005/auth/callback"
        "##);
    }
}
