//! The schema's versions: what this malsync knows, what a database has, what is still to be done.
//!
//! The rules: applied once, in order, all or none; an applied migration is never edited; a database that a newer malsync
//! has changed is not touched. How they are applied is each database's own matter.

use sqlx::migrate::{Migration, Migrator};

use super::{error::Error, row::Select, rows, users};

pub(super) static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
pub(super) static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");

/// A row of `_sqlx_migrations`.
pub(super) struct Applied {
    pub(super) version: i64,
    pub(super) checksum: Vec<u8>,
}

/// Which schema a database has, and which this malsync brings it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The newest version applied; 0 is none.
    pub has: i64,
    /// The newest version known.
    pub known: i64,
}

impl Schema {
    pub(super) fn of(known: &Migrator, applied: &[Applied]) -> Result<Self, Error> {
        pending(known, applied)?;
        let has = applied.iter().map(|applied| applied.version).max().unwrap_or_default();
        Ok(Self { has, known: newest(known) })
    }

    /// Whether nothing is left to be applied.
    #[must_use]
    pub const fn is_current(self) -> bool {
        self.has == self.known
    }
}

fn newest(known: &Migrator) -> i64 {
    known.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// The migrations still to be applied.
pub(super) fn pending<'m>(known: &'m Migrator, applied: &[Applied]) -> Result<Vec<&'m Migration>, Error> {
    let newest = newest(known);
    if let Some(newer) = applied.iter().map(|applied| applied.version).filter(|version| *version > newest).max() {
        return Err(Error::fatal(format!(
            "made by a newer malsync: its schema is version {newer}, this one ({}) knows {newest}",
            env!("CARGO_PKG_VERSION")
        ))
        .hint("update malsync on this machine"));
    }
    let mut pending = Vec::new();
    for migration in known.iter() {
        match applied.iter().find(|applied| applied.version == migration.version) {
            None => pending.push(migration),
            Some(applied) if *applied.checksum == *migration.checksum => {}
            Some(_) => {
                return Err(Error::fatal(format!(
                    "schema version {} differs from this malsync's: it was applied with other statements",
                    migration.version
                ))
                .hint("use the malsync that made the database, or restore the database from a backup"));
            }
        }
    }
    Ok(pending)
}

/// Statements that read every column that malsync needs and no row: what a table lacks fails here, by name.
pub(super) fn probes() -> [String; 4] {
    [
        format!("SELECT {}, created_at, updated_at FROM users WHERE FALSE", users::COLUMNS),
        format!("SELECT {}, a.created_at, a.updated_at FROM anime a WHERE FALSE", Select::plain(&rows::ANIME)),
        format!(
            "SELECT {}, l.user_id, l.created_at, l.updated_at FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE FALSE",
            Select::plain(&rows::LOCAL)
        ),
        "SELECT client_id, next_at FROM mal_pace WHERE FALSE".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(known: &Migrator) -> Vec<Applied> {
        known
            .iter()
            .map(|migration| Applied { version: migration.version, checksum: migration.checksum.to_vec() })
            .collect()
    }

    #[test]
    fn both_dialects_have_the_same_versions_and_names() {
        let names = |known: &'static Migrator| -> Vec<_> {
            known.iter().map(|migration| (migration.version, &migration.description)).collect()
        };
        assert_eq!(names(&POSTGRES), names(&SQLITE));
    }

    #[test]
    fn only_what_is_missing_is_pending() {
        let mut done = applied(&POSTGRES);
        assert!(pending(&POSTGRES, &done).unwrap().is_empty());
        done.pop();
        assert_eq!(pending(&POSTGRES, &done).unwrap().len(), 1);
        assert_eq!(pending(&POSTGRES, &[]).unwrap().len(), POSTGRES.iter().count());
    }

    #[test]
    fn a_newer_schema_and_other_statements_are_refused() {
        let mut done = applied(&SQLITE);
        done.push(Applied { version: 99, checksum: Vec::new() });
        assert!(pending(&SQLITE, &done).unwrap_err().to_string().contains("newer malsync"));
        let mut done = applied(&SQLITE);
        done[0].checksum[0] ^= 1;
        assert!(pending(&SQLITE, &done).unwrap_err().to_string().contains("schema version 1 differs"));
    }
}
