//! Many rows in one statement.
//!
//! The rule: as few statements as the database takes, and the rows in the order given. PostgreSQL gets an array a column, so
//! that the text is the same for any number of rows and is planned once; SQLite gets a list of values, in pieces.

use super::sql::{Bind, Dialect};

/// How many values a statement of SQLite's binds, but for one: it could take four times as many, and would hold as much more memory.
const SQLITE_BINDS: usize = 8_192;

/// Rows on their way into a statement.
pub(super) struct Table {
    /// What stands after FROM; its columns are `column1`, `column2`, …
    pub(super) sql: String,
    /// The statement's first parameters.
    pub(super) binds: Vec<Bind>,
    /// How many rows.
    pub(super) rows: usize,
}

impl Dialect {
    /// Rows on their way into statements, in as few pieces as the database takes; each row has a value for each column.
    pub(super) fn tables(self, mut rows: Vec<Vec<Bind>>) -> Vec<Table> {
        let mut tables = Vec::new();
        while !rows.is_empty() {
            let rest = match self {
                Self::Postgres => Vec::new(),
                Self::Sqlite => rows.split_off(rows.len().min(SQLITE_BINDS / rows[0].len())),
            };
            tables.push(self.table(rows));
            rows = rest;
        }
        tables
    }

    fn table(self, given: Vec<Vec<Bind>>) -> Table {
        let (rows, width) = (given.len(), given.first().map_or(0, Vec::len));
        match self {
            // An array a column: the same short text for any number of rows, which the server plans once.
            Self::Postgres => {
                let mut columns = vec![Vec::with_capacity(rows); width];
                for row in given {
                    columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
                }
                let names = |of: fn(usize) -> String| (1..=width).map(of).collect::<Vec<_>>().join(", ");
                let (arrays, names) = (names(|n| format!("${n}")), names(|n| format!("column{n}")));
                let sql = format!("unnest({arrays}) AS given ({names})");
                Table { sql, binds: columns.into_iter().map(Bind::Column).collect(), rows }
            }
            // Numbered parameters are looked up one by one there, which thousands of them feel: they are counted instead.
            Self::Sqlite => {
                let row = format!("({})", vec!["?"; width].join(", "));
                let sql = format!("(VALUES {}) AS given", vec![row; rows].join(", "));
                Table { sql, binds: given.into_iter().flatten().collect(), rows }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_arrays_by_column_in_one_database_and_counted_values_in_the_other() {
        let rows = |rows: usize| vec![vec![Bind::from(1), Bind::text("x")]; rows];
        let tables = Dialect::Postgres.tables(rows(40_000));
        assert_eq!((tables.len(), tables[0].rows, tables[0].binds.len()), (1, 40_000, 2));
        assert_eq!(tables[0].sql, "unnest($1, $2) AS given (column1, column2)");
        let tables = Dialect::Sqlite.tables(rows(2));
        assert_eq!((tables.len(), tables[0].rows, tables[0].binds.len()), (1, 2, 4));
        assert_eq!(tables[0].sql, "(VALUES (?, ?), (?, ?)) AS given");
        let tables = Dialect::Sqlite.tables(rows(10_000));
        assert_eq!(tables.iter().map(|table| table.rows).collect::<Vec<_>>(), [4_096, 4_096, 1_808]);
        assert!(Dialect::Sqlite.tables(Vec::new()).is_empty());
    }
}
