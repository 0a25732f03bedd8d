//! The SQL fragments that differ between the two databases, side by side: those that several queries use.
//!
//! Every choice between the databases is a `match` without a wildcard for the dialect, so that the compiler names all of them
//! when a variant is added.

/// SQL dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Dialect {
    Postgres,
    Sqlite,
}

impl Dialect {
    /// Returns true if rows can be locked one by one. SQLite's write transaction locks the whole file.
    pub(in crate::store) const fn has_row_locks(self) -> bool {
        match self {
            Self::Postgres => true,
            Self::Sqlite => false,
        }
    }

    /// Returns true if the time comes from the machine's clock, because the database is a file and has none.
    pub(in crate::store) const fn uses_machine_clock(self) -> bool {
        match self {
            Self::Postgres => false,
            Self::Sqlite => true,
        }
    }

    /// Returns true if a query packs its columns into one JSON array. A column by itself costs more in SQLite.
    pub(in crate::store) const fn packs_columns(self) -> bool {
        match self {
            Self::Postgres => false,
            Self::Sqlite => true,
        }
    }

    /// Returns the clause that locks selected rows until the transaction ends. Empty for SQLite.
    pub(in crate::store) const fn for_update_sql(self, table: &'static str) -> &'static str {
        match (self, table.as_bytes()) {
            (Self::Sqlite, _) => "",
            (Self::Postgres, b"l") => " FOR NO KEY UPDATE OF l",
            (Self::Postgres, b"a") => " FOR NO KEY UPDATE OF a",
            (Self::Postgres, _) => " FOR NO KEY UPDATE",
        }
    }

    /// Returns the statement that begins a read-only snapshot transaction.
    pub(in crate::store) const fn begin_snapshot_sql(self) -> &'static str {
        match self {
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
            Self::Sqlite => "BEGIN DEFERRED",
        }
    }

    /// Returns the statement that checks deferred constraints now instead of at COMMIT. Returns `None` for SQLite, where
    /// no constraint of ours is deferred.
    pub(in crate::store) const fn check_constraints_sql(self) -> Option<&'static str> {
        match self {
            Self::Postgres => Some("SET CONSTRAINTS ALL IMMEDIATE"),
            Self::Sqlite => None,
        }
    }

    /// Returns a query for the next number `n` of `list_edits`, which no other transaction gets.
    pub(in crate::store) const fn next_edit_id_sql(self) -> &'static str {
        match self {
            Self::Postgres => "SELECT nextval(pg_get_serial_sequence('list_edits', 'id')) AS n",
            // The next row id, which is unused: the transaction locks the whole file until COMMIT.
            Self::Sqlite => "SELECT coalesce(max(seq), 0) + 1 AS n FROM sqlite_sequence WHERE name = 'list_edits'",
        }
    }

    /// Returns the name of the product.
    pub(in crate::store) const fn product_name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::Sqlite => "SQLite",
        }
    }

    /// Returns a query for the `version` of the database's program.
    pub(in crate::store) const fn version_sql(self) -> &'static str {
        match self {
            Self::Postgres => "SELECT split_part(current_setting('server_version'), ' ', 1) AS version",
            Self::Sqlite => "SELECT sqlite_version() AS version",
        }
    }

    /// Returns a query for the size of the database in `bytes`.
    pub(in crate::store) const fn size_sql(self) -> &'static str {
        match self {
            Self::Postgres => "SELECT pg_database_size(current_database()) AS bytes",
            Self::Sqlite => "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()",
        }
    }

    /// Returns a query for whether the table or view `$1` exists, as `found`.
    pub(in crate::store) const fn table_exists_sql(self) -> &'static str {
        match self {
            Self::Postgres => "SELECT to_regclass($1) IS NOT NULL AS found",
            Self::Sqlite => "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = $1) AS found",
        }
    }

    /// Returns an aggregate of a column of all rows as one JSON array. Without rows it is null or an empty array.
    pub(in crate::store) fn json_list_sql(self, column: &str) -> String {
        match self {
            Self::Postgres => format!("json_agg({column})"),
            Self::Sqlite => format!("json_group_array({column})"),
        }
    }

    /// Returns a table `pair (id, name)` of the pairs in parameter 1, which is JSON.
    pub(in crate::store) const fn id_name_pairs_sql(self) -> &'static str {
        match self {
            Self::Postgres => "(SELECT (p->>0)::int AS id, p->>1 AS name FROM jsonb_array_elements($1) AS p) AS pair",
            Self::Sqlite => "(SELECT value->>0 AS id, value->>1 AS name FROM json_each($1)) AS pair",
        }
    }

    /// Returns a condition `anime_id IN (…)` for the MAL ids in parameter `n`, which uses the entries' unique key. With a
    /// plain join SQLite would scan the user's whole list.
    pub(in crate::store) fn anime_id_in_list(self, n: usize) -> String {
        format!("anime_id IN (SELECT id FROM anime WHERE {})", self.in_list("mal_id", n))
    }

    /// Returns a condition: `column` is one of the ids in parameter `n`.
    pub(in crate::store) fn in_list(self, column: &str, n: usize) -> String {
        match self {
            Self::Postgres => format!("{column} = ANY(${n})"),
            Self::Sqlite => format!("{column} IN (SELECT value FROM json_each(${n}))"),
        }
    }
}
