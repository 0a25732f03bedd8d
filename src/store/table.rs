//! Many rows in one statement.
//!
//! The rule: as few statements as the database takes, and the rows in the order given. PostgreSQL gets an array a column, so
//! that the text is the same for any number of rows and is planned once; SQLite gets a list of values, in pieces.

use super::sql::{Bind, Dialect};

/// How many values a statement of SQLite's binds, beside those that all rows have: it could take four times as many, and would hold as much more memory.
const SQLITE_BINDS: usize = 8_192;

/// Rows on their way into a statement.
pub(super) struct Table<'a> {
    /// What stands after FROM: `given`, with the columns `same1`, `same2`, …, `column1`, `column2`, …
    pub(super) sql: String,
    /// The statement's parameters.
    pub(super) binds: Vec<Bind<'a>>,
    /// How many rows.
    pub(super) rows: usize,
}

impl Dialect {
    /// Rows on their way into statements, in as few pieces as the database takes; each row has a value for each column, but for
    /// the first ones, that are the same in each.
    pub(super) fn tables<'a>(self, same: Vec<Bind<'a>>, rows: Vec<Vec<Bind<'a>>>) -> Tables<'a> {
        Tables { dialect: self, same, rows: rows.into_iter() }
    }
}

/// Makes a table when it is asked for.
pub(super) struct Tables<'a> {
    dialect: Dialect,
    same: Vec<Bind<'a>>,
    rows: std::vec::IntoIter<Vec<Bind<'a>>>,
}

impl<'a> Iterator for Tables<'a> {
    type Item = Table<'a>;

    fn next(&mut self) -> Option<Table<'a>> {
        let width = self.rows.as_slice().first()?.len();
        let same = self.same.clone();
        Some(match self.dialect {
            Dialect::Postgres => Table::of_arrays(same, width, self.rows.by_ref()),
            Dialect::Sqlite => Table::of_values(same, width, self.rows.by_ref().take(SQLITE_BINDS / width)),
        })
    }
}

impl<'a> Table<'a> {
    /// An array a column: the same short text for any number of rows, which the server plans once.
    fn of_arrays(same: Vec<Bind<'a>>, width: usize, given: impl Iterator<Item = Vec<Bind<'a>>>) -> Self {
        // A clone of an empty list has no room.
        let room = given.size_hint().0;
        let mut columns: Vec<_> = (0..width).map(|_| Vec::with_capacity(room)).collect();
        let mut rows = 0;
        for row in given {
            rows += 1;
            columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
        }
        let first = (1..=same.len()).map(|n| format!("${n} AS same{n}"));
        let arrays = (1..=width).map(|n| format!("unnest(${}) AS column{n}", same.len() + n));
        let sql = format!("(SELECT {}) AS given", first.chain(arrays).collect::<Vec<_>>().join(", "));
        Self { sql, binds: same.into_iter().chain(columns.into_iter().map(Bind::Column)).collect(), rows }
    }

    /// Numbered parameters are looked up one by one there, which thousands of them feel: they are counted instead.
    fn of_values(same: Vec<Bind<'a>>, width: usize, given: impl Iterator<Item = Vec<Bind<'a>>>) -> Self {
        let first: String = (1..=same.len()).map(|n| format!("? AS same{n}, ")).collect();
        let count = same.len();
        let binds: Vec<Bind<'a>> = same.into_iter().chain(given.flatten()).collect();
        let rows = (binds.len() - count) / width;
        let row = format!("({})", vec!["?"; width].join(", "));
        let sql = format!("(SELECT {first}* FROM (VALUES {})) AS given", vec![row; rows].join(", "));
        Self { sql, binds, rows }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_arrays_by_column_in_one_database_and_counted_values_in_the_other() {
        let rows = |rows: usize| vec![vec![Bind::from(1), Bind::text("x")]; rows];
        let tables = |dialect: Dialect, of| dialect.tables(vec![Bind::from(7)], rows(of)).collect::<Vec<_>>();
        let arrays = tables(Dialect::Postgres, 40_000);
        assert_eq!((arrays.len(), arrays[0].rows, arrays[0].binds.len()), (1, 40_000, 3));
        assert_eq!(arrays[0].sql, "(SELECT $1 AS same1, unnest($2) AS column1, unnest($3) AS column2) AS given");
        let values = tables(Dialect::Sqlite, 2);
        assert_eq!((values.len(), values[0].rows, values[0].binds.len()), (1, 2, 5));
        assert_eq!(values[0].sql, "(SELECT ? AS same1, * FROM (VALUES (?, ?), (?, ?))) AS given");
        let pieces = tables(Dialect::Sqlite, 10_000);
        assert_eq!(pieces.iter().map(|piece| piece.rows).collect::<Vec<_>>(), [4_096, 4_096, 1_808]);
        assert!(tables(Dialect::Sqlite, 0).is_empty() && tables(Dialect::Postgres, 0).is_empty());
    }
}
