//! The schema's versions: what this malsync knows, what a database has, what is still to be done.
//!
//! The rules: applied once, in order, all or none; an applied migration is never edited; a database that a newer malsync
//! has changed is not touched. How they are applied is each database's own matter.

use sqlx::migrate::{Migration, Migrator};

use super::{batch_rows, error::Error, row_reader::SelectList, users};

pub(super) static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");
pub(super) static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// A row of `_sqlx_migrations`.
pub(super) struct AppliedMigration {
    pub(super) version: i64,
    pub(super) checksum: Vec<u8>,
}

/// Which schema a database has, and which this malsync brings it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaVersions {
    /// The newest version applied; 0 is none.
    pub applied: i64,
    /// The newest version known.
    pub latest: i64,
}

impl SchemaVersions {
    pub(super) fn from_applied(known: &Migrator, applied: &[AppliedMigration]) -> Result<Self, Error> {
        pending_migrations(known, applied)?;
        let has = applied.iter().map(|applied| applied.version).max().unwrap_or_default();
        Ok(Self { applied: has, latest: latest_version(known) })
    }

    /// Whether nothing is left to be applied.
    #[must_use]
    pub const fn is_current(self) -> bool {
        self.applied == self.latest
    }
}

fn latest_version(known: &Migrator) -> i64 {
    known.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// The migrations still to be applied.
pub(super) fn pending_migrations<'m>(
    known: &'m Migrator,
    applied: &[AppliedMigration],
) -> Result<Vec<&'m Migration>, Error> {
    let newest = latest_version(known);
    if let Some(newer) = applied.iter().map(|applied| applied.version).filter(|version| *version > newest).max() {
        return Err(Error::fatal(format!(
            "made by a newer malsync: its schema is version {newer}, this one ({}) knows {newest}",
            env!("CARGO_PKG_VERSION")
        ))
        .with_hint("update malsync on this machine"));
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
                .with_hint("use the malsync that made the database, or restore the database from a backup"));
            }
        }
    }
    Ok(pending)
}

/// Statements that read every column that malsync needs and no row: what a table lacks fails here, by name.
pub(super) fn column_probe_queries() -> [String; 4] {
    [
        format!("SELECT {}, created_at, updated_at FROM users WHERE FALSE", users::USER_COLUMNS),
        format!(
            "SELECT {}, a.created_at, a.updated_at FROM anime a WHERE FALSE",
            SelectList::unpacked(&batch_rows::ANIME_COLUMNS)
        ),
        format!(
            "SELECT {}, l.user_id, l.created_at, l.updated_at FROM user_anime_lists l JOIN anime a ON a.id = l.anime_id \
            WHERE FALSE",
            SelectList::unpacked(&batch_rows::ENTRY_COLUMNS)
        ),
        "SELECT client_id, next_at FROM mal_pace WHERE FALSE".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied_fixture(known: &Migrator) -> Vec<AppliedMigration> {
        known
            .iter()
            .map(|migration| AppliedMigration { version: migration.version, checksum: migration.checksum.to_vec() })
            .collect()
    }

    #[test]
    fn both_dialects_have_the_same_versions_and_names() {
        let names = |known: &'static Migrator| -> Vec<_> {
            known.iter().map(|migration| (migration.version, &migration.description)).collect()
        };
        assert_eq!(names(&POSTGRES_MIGRATIONS), names(&SQLITE_MIGRATIONS));
    }

    #[test]
    fn only_unapplied_migrations_are_pending() {
        let mut done = applied_fixture(&POSTGRES_MIGRATIONS);
        assert!(pending_migrations(&POSTGRES_MIGRATIONS, &done).unwrap().is_empty());
        done.pop();
        assert_eq!(pending_migrations(&POSTGRES_MIGRATIONS, &done).unwrap().len(), 1);
        assert_eq!(pending_migrations(&POSTGRES_MIGRATIONS, &[]).unwrap().len(), POSTGRES_MIGRATIONS.iter().count());
    }

    #[test]
    fn newer_schema_and_changed_checksum_are_refused() {
        let mut done = applied_fixture(&SQLITE_MIGRATIONS);
        done.push(AppliedMigration { version: 99, checksum: Vec::new() });
        assert!(pending_migrations(&SQLITE_MIGRATIONS, &done).unwrap_err().to_string().contains("newer malsync"));
        let mut done = applied_fixture(&SQLITE_MIGRATIONS);
        done[0].checksum[0] ^= 1;
        assert!(
            pending_migrations(&SQLITE_MIGRATIONS, &done).unwrap_err().to_string().contains("schema version 1 differs")
        );
    }
}
