//! Schema versions: which migrations this malsync has, which a database has, and which are pending.
//!
//! Invariants:
//! 1. Migrations are applied once, in order, all or none.
//! 2. An applied migration is never edited.
//! 3. A database changed by a newer malsync is not touched.
//!
//! `postgres::migrate` and `sqlite::migrate` apply them.

use sqlx::migrate::{Migration, Migrator};

use super::{
    error::Error,
    tables::{ANIME_TABLE, DeclaredTable, ENTRY_TABLE, RUN_TABLE, TOTALS_TABLE, USER_TABLE},
};

pub(super) static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");
pub(super) static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Selects all [`AppliedMigration`]s.
pub(super) const APPLIED_SQL: &str = "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version";

/// A row of `_sqlx_migrations`.
#[derive(sqlx::FromRow)]
pub(super) struct AppliedMigration {
    pub(super) version: i64,
    pub(super) checksum: Vec<u8>,
}

/// Selects whether another application stored MAL tokens in its table `users`. Fails if the table has no such columns.
pub(super) const APPLICATION_TOKENS_SQL: &str = "SELECT EXISTS (SELECT 1 FROM users \
    WHERE coalesce(mal_access_token, '') <> '' OR coalesce(mal_refresh_token, '') <> '')";

/// Returns the error for an older schema that cannot be migrated, because nothing may be written there.
pub(super) fn outdated_schema_error(schema: SchemaVersions, reason: &str) -> Error {
    Error::fatal(format!(
        "created by an older version of malsync: its schema is version {}, this version needs {}, and {reason}",
        schema.applied, schema.latest
    ))
    .with_hint("run once with write access to the database: malsync status")
}

/// Schema version of a database and the one that this malsync migrates it to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaVersions {
    /// Latest applied version; 0 if none.
    pub applied: i64,
    /// Latest version that this malsync knows.
    pub latest: i64,
}

impl SchemaVersions {
    pub(super) fn from_applied(migrator: &Migrator, applied: &[AppliedMigration]) -> Result<Self, Error> {
        pending_migrations(migrator, applied)?;
        let latest_applied = applied.iter().map(|applied| applied.version).max().unwrap_or_default();
        Ok(Self { applied: latest_applied, latest: latest_version(migrator) })
    }

    /// Returns true if no migration is pending.
    #[must_use]
    pub const fn is_current(self) -> bool {
        self.applied == self.latest
    }
}

fn latest_version(migrator: &Migrator) -> i64 {
    migrator.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// Returns the migrations that are not applied yet. Fails if the database was migrated by a newer malsync or a
/// checksum differs.
pub(super) fn pending_migrations<'m>(
    migrator: &'m Migrator,
    applied: &[AppliedMigration],
) -> Result<Vec<&'m Migration>, Error> {
    let latest = latest_version(migrator);
    if let Some(newer) = applied.iter().map(|applied| applied.version).filter(|version| *version > latest).max() {
        return Err(Error::fatal(format!(
            "created by a newer version of malsync: its schema is version {newer}, this one ({}) supports {latest}",
            env!("CARGO_PKG_VERSION")
        ))
        .with_hint("update malsync on this machine"));
    }
    let mut pending = Vec::new();
    for migration in migrator.iter() {
        match applied.iter().find(|applied| applied.version == migration.version) {
            None => pending.push(migration),
            Some(applied) if *applied.checksum == *migration.checksum => {}
            Some(_) => {
                return Err(Error::fatal(format!(
                    "schema version {} differs from this version's: it was applied with other statements",
                    migration.version
                ))
                .with_hint(
                    "use the malsync version that created the database, or restore the database from a \
                    backup",
                ));
            }
        }
    }
    Ok(pending)
}

/// Returns statements that select every column malsync needs of users, anime, entries, runs, totals and `mal_pace`, and
/// return zero rows. A missing column makes its statement fail with the column's name.
pub(super) fn column_probe_queries() -> [String; 6] {
    let probe =
        |table: DeclaredTable| format!("SELECT {} FROM {} WHERE FALSE", table.column_names().join(", "), table.name);
    [
        probe(USER_TABLE),
        probe(ANIME_TABLE),
        probe(ENTRY_TABLE),
        probe(RUN_TABLE),
        probe(TOTALS_TABLE),
        "SELECT client_id, next_at FROM mal_pace WHERE FALSE".to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied_fixture(migrator: &Migrator) -> Vec<AppliedMigration> {
        migrator
            .iter()
            .map(|migration| AppliedMigration { version: migration.version, checksum: migration.checksum.to_vec() })
            .collect()
    }

    #[test]
    fn both_dialects_have_the_same_versions_and_names() {
        let names = |migrator: &'static Migrator| -> Vec<_> {
            migrator.iter().map(|migration| (migration.version, &migration.description)).collect()
        };
        assert_eq!(names(&POSTGRES_MIGRATIONS), names(&SQLITE_MIGRATIONS));
    }

    #[test]
    fn only_unapplied_migrations_are_pending() {
        let mut applied = applied_fixture(&POSTGRES_MIGRATIONS);
        assert!(pending_migrations(&POSTGRES_MIGRATIONS, &applied).unwrap().is_empty());
        applied.pop();
        assert_eq!(pending_migrations(&POSTGRES_MIGRATIONS, &applied).unwrap().len(), 1);
        assert_eq!(pending_migrations(&POSTGRES_MIGRATIONS, &[]).unwrap().len(), POSTGRES_MIGRATIONS.iter().count());
    }

    #[test]
    fn newer_schema_and_changed_checksum_are_refused() {
        let mut applied = applied_fixture(&SQLITE_MIGRATIONS);
        applied.push(AppliedMigration { version: 99, checksum: Vec::new() });
        assert!(pending_migrations(&SQLITE_MIGRATIONS, &applied).unwrap_err().to_string().contains("newer version"));
        let mut applied = applied_fixture(&SQLITE_MIGRATIONS);
        applied[0].checksum[0] ^= 1;
        assert!(
            pending_migrations(&SQLITE_MIGRATIONS, &applied)
                .unwrap_err()
                .to_string()
                .contains("schema version 1 differs")
        );
    }
}
