//! `config show`: each setting with its value and where it came from. Secrets are masked here and nowhere else.

use serde::Serialize;

use super::{folders::Folders, key::Key, layers::Layers, origin::Origin};
use crate::secret::{MASK, masked_url};

/// One setting as `config show` prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// The variable's name.
    pub key: &'static str,
    /// The value as it was typed, masked where it is secret; none where it is not set.
    pub value: Option<String>,
    /// `default`, `environment`, or `file PATH:LINE`.
    pub origin: Origin,
    /// What is wrong with the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A setting for `config show`.
pub(super) fn shown(key: Key, layers: &Layers<'_>, folders: &Folders) -> Shown {
    let (value, origin) = match layers.find(key) {
        Some((text, origin)) => (text.ok().map(|text| masked(key, &text)), origin),
        None => (key.default_text().map(str::to_owned).or_else(|| stand_in(key, folders)), Origin::Default),
    };
    let error = layers.error(key).map(ToString::to_string);
    Shown { key: key.variable(), value, origin, error }
}

/// What is used where a setting without a default is not set.
fn stand_in(key: Key, folders: &Folders) -> Option<String> {
    let data = folders.data().ok()?;
    match key {
        Key::DatabaseUrl => Some(format!("sqlite://{}", data.join("malsync.db").display())),
        Key::MalsyncTokenKey => Some(format!("the file {}", data.join("token.key").display())),
        _ => None,
    }
}

fn masked(key: Key, text: &str) -> String {
    match key {
        Key::DatabaseUrl => masked_url(text),
        _ if key.is_secret() => MASK.to_owned(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_masked_wherever_it_stands() {
        for (url, shown) in [
            ("postgresql://me:pw@db.example.org/anime", "postgresql://me:****@db.example.org/anime"),
            ("postgres://me@db/anime", "postgres://me@db/anime"),
            ("postgres://db/anime", "postgres://db/anime"),
            ("postgres://me:p/w?@x@db/anime", "postgres://me:****@db/anime"),
            ("postgres://me:pw@[::1]:x/", "postgres://me:****@[::1]:x/"),
            (
                "postgres://db/a?user=me&password=pw&sslmode=require",
                "postgres://db/a?user=me&password=****&sslmode=require",
            ),
            ("postgres:///a?host=/run&PassWord=pw", "postgres:///a?host=/run&PassWord=****"),
            ("sqlite:///var/lib/a@b:c.db", "sqlite:///var/lib/a@b:c.db"),
            ("me:pw@db", "****"),
        ] {
            assert_eq!(masked_url(url), shown);
        }
    }
}
