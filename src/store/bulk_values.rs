//! Many rows in one statement.
//!
//! The rule: as few statements as the database takes, and the rows in the order given. PostgreSQL gets an array a column, so
//! that the text is the same for any number of rows and is planned once; SQLite gets a list of values, in pieces.

use super::sql::{Dialect, SqlValue};

/// How many values a statement of SQLite's binds, beside those that all rows have: it could take four times as many, and would hold as much more memory.
const SQLITE_MAX_PARAMS: usize = 8_192;

/// Rows on their way into a statement.
pub(super) struct BulkValues<'a> {
    /// What stands after FROM: `given`, with the columns `same1`, `same2`, …, `column1`, `column2`, …
    pub(super) sql: String,
    /// The statement's parameters.
    pub(super) params: Vec<SqlValue<'a>>,
    /// How many rows.
    pub(super) row_count: usize,
}

impl Dialect {
    /// Rows on their way into statements, in as few pieces as the database takes; each row has a value for each column, but for
    /// the first ones, that are the same in each.
    pub(super) fn bulk_chunks<'a>(self, same: Vec<SqlValue<'a>>, rows: Vec<Vec<SqlValue<'a>>>) -> BulkChunks<'a> {
        BulkChunks { dialect: self, constants: same, rows: rows.into_iter() }
    }
}

/// Makes a table when it is asked for.
pub(super) struct BulkChunks<'a> {
    dialect: Dialect,
    constants: Vec<SqlValue<'a>>,
    rows: std::vec::IntoIter<Vec<SqlValue<'a>>>,
}

impl<'a> Iterator for BulkChunks<'a> {
    type Item = BulkValues<'a>;

    fn next(&mut self) -> Option<BulkValues<'a>> {
        let width = self.rows.as_slice().first()?.len();
        let same = self.constants.clone();
        Some(match self.dialect {
            Dialect::Postgres => BulkValues::from_arrays(same, width, self.rows.by_ref()),
            Dialect::Sqlite => BulkValues::from_values(same, width, self.rows.by_ref().take(SQLITE_MAX_PARAMS / width)),
        })
    }
}

impl<'a> BulkValues<'a> {
    /// An array a column: the same short text for any number of rows, which the server plans once.
    fn from_arrays(same: Vec<SqlValue<'a>>, width: usize, given: impl Iterator<Item = Vec<SqlValue<'a>>>) -> Self {
        // A clone of an empty list has no room.
        let room = given.size_hint().0;
        let mut columns: Vec<_> = (0..width).map(|_| Vec::with_capacity(room)).collect();
        let mut row_count = 0;
        for row in given {
            row_count += 1;
            columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
        }
        let first = (1..=same.len()).map(|n| format!("${n} AS same{n}"));
        let arrays = (1..=width).map(|n| format!("unnest(${}) AS column{n}", same.len() + n));
        let sql = format!("(SELECT {}) AS given", first.chain(arrays).collect::<Vec<_>>().join(", "));
        Self { sql, params: same.into_iter().chain(columns.into_iter().map(SqlValue::Array)).collect(), row_count }
    }

    /// Numbered parameters are looked up one by one there, which thousands of them feel: they are counted instead.
    fn from_values(same: Vec<SqlValue<'a>>, width: usize, given: impl Iterator<Item = Vec<SqlValue<'a>>>) -> Self {
        let first: String = (1..=same.len()).map(|n| format!("? AS same{n}, ")).collect();
        let count = same.len();
        let params: Vec<SqlValue<'a>> = same.into_iter().chain(given.flatten()).collect();
        let row_count = (params.len() - count) / width;
        let row = format!("({})", vec!["?"; width].join(", "));
        let sql = format!("(SELECT {first}* FROM (VALUES {})) AS given", vec![row; row_count].join(", "));
        Self { sql, params, row_count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postgres_gets_one_array_per_column_and_sqlite_gets_chunked_values() {
        let rows = |rows: usize| vec![vec![SqlValue::from(1), SqlValue::text("x")]; rows];
        let tables = |dialect: Dialect, of| dialect.bulk_chunks(vec![SqlValue::from(7)], rows(of)).collect::<Vec<_>>();
        let arrays = tables(Dialect::Postgres, 40_000);
        assert_eq!((arrays.len(), arrays[0].row_count, arrays[0].params.len()), (1, 40_000, 3));
        assert_eq!(arrays[0].sql, "(SELECT $1 AS same1, unnest($2) AS column1, unnest($3) AS column2) AS given");
        let values = tables(Dialect::Sqlite, 2);
        assert_eq!((values.len(), values[0].row_count, values[0].params.len()), (1, 2, 5));
        assert_eq!(values[0].sql, "(SELECT ? AS same1, * FROM (VALUES (?, ?), (?, ?))) AS given");
        let pieces = tables(Dialect::Sqlite, 10_000);
        assert_eq!(pieces.iter().map(|piece| piece.row_count).collect::<Vec<_>>(), [4_096, 4_096, 1_808]);
        assert!(tables(Dialect::Sqlite, 0).is_empty() && tables(Dialect::Postgres, 0).is_empty());
    }
}
