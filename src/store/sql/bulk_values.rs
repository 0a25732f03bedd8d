//! Bulk rows: passes many rows to one statement.
//!
//! Invariant: as few statements as the database allows, and rows in the given order. PostgreSQL gets one array per
//! column, so that the text is the same for any number of rows and is planned once. SQLite gets VALUES lists in
//! chunks.

use super::{dialect::Dialect, sql_value::SqlValue};

/// Parameters per SQLite statement, constants not counted. SQLite allows four times as many, which would take four
/// times the memory.
const SQLITE_MAX_PARAMS: usize = 8_192;

/// A chunk of rows as an SQL table with its parameters.
pub(in crate::store) struct BulkValues<'a> {
    /// The text after FROM: a table `given` with the columns `constant1`, `constant2`, …, `column1`, `column2`, ….
    pub(in crate::store) sql: String,
    /// Parameters of the statement.
    pub(in crate::store) params: Vec<SqlValue<'a>>,
    /// Number of rows.
    pub(in crate::store) row_count: usize,
}

impl Dialect {
    /// Splits rows into as few chunks as the database allows. `constants` are the values of the first columns, equal
    /// in all rows; each row has a value for each further column.
    pub(in crate::store) fn bulk_chunks<'a>(
        self,
        constants: Vec<SqlValue<'a>>,
        rows: Vec<Vec<SqlValue<'a>>>,
    ) -> BulkChunks<'a> {
        BulkChunks { dialect: self, constants, rows: rows.into_iter() }
    }
}

/// Iterator that builds a chunk at a time.
pub(in crate::store) struct BulkChunks<'a> {
    dialect: Dialect,
    constants: Vec<SqlValue<'a>>,
    rows: std::vec::IntoIter<Vec<SqlValue<'a>>>,
}

impl<'a> Iterator for BulkChunks<'a> {
    type Item = BulkValues<'a>;

    fn next(&mut self) -> Option<BulkValues<'a>> {
        let width = self.rows.as_slice().first()?.len();
        let constants = self.constants.clone();
        Some(match self.dialect {
            Dialect::Postgres => BulkValues::from_arrays(constants, width, self.rows.by_ref()),
            Dialect::Sqlite => {
                BulkValues::from_values(constants, width, self.rows.by_ref().take(SQLITE_MAX_PARAMS / width))
            }
        })
    }
}

impl<'a> BulkValues<'a> {
    /// Builds one `unnest` array per column: the text is the same for any number of rows and is planned once.
    fn from_arrays(
        constants: Vec<SqlValue<'a>>,
        width: usize,
        rows_given: impl Iterator<Item = Vec<SqlValue<'a>>>,
    ) -> Self {
        // Not `vec![Vec::with_capacity(…); width]`: a clone of an empty vector has no capacity.
        let capacity = rows_given.size_hint().0;
        let mut columns: Vec<_> = (0..width).map(|_| Vec::with_capacity(capacity)).collect();
        let mut row_count = 0;
        for row in rows_given {
            row_count += 1;
            columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
        }
        let constant_columns = (1..=constants.len()).map(|n| format!("${n} AS constant{n}"));
        let array_columns = (1..=width).map(|n| format!("unnest(${}) AS column{n}", constants.len() + n));
        let sql = format!("(SELECT {}) AS given", constant_columns.chain(array_columns).collect::<Vec<_>>().join(", "));
        Self { sql, params: constants.into_iter().chain(columns.into_iter().map(SqlValue::Array)).collect(), row_count }
    }

    /// Builds a VALUES list with `?` parameters. SQLite looks up numbered parameters one by one, which is slow for
    /// thousands.
    fn from_values(
        constants: Vec<SqlValue<'a>>,
        width: usize,
        rows_given: impl Iterator<Item = Vec<SqlValue<'a>>>,
    ) -> Self {
        let constant_columns: String = (1..=constants.len()).map(|n| format!("? AS constant{n}, ")).collect();
        let constant_count = constants.len();
        let params: Vec<SqlValue<'a>> = constants.into_iter().chain(rows_given.flatten()).collect();
        let row_count = (params.len() - constant_count) / width;
        let row = format!("({})", vec!["?"; width].join(", "));
        let sql = format!("(SELECT {constant_columns}* FROM (VALUES {})) AS given", vec![row; row_count].join(", "));
        Self { sql, params, row_count }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postgres_gets_one_array_per_column_and_sqlite_gets_chunked_values() {
        let rows = |rows: usize| vec![vec![SqlValue::from(1), SqlValue::text("x")]; rows];
        let chunks =
            |dialect: Dialect, count| dialect.bulk_chunks(vec![SqlValue::from(7)], rows(count)).collect::<Vec<_>>();
        let arrays = chunks(Dialect::Postgres, 40_000);
        assert_eq!((arrays.len(), arrays[0].row_count, arrays[0].params.len()), (1, 40_000, 3));
        assert_eq!(arrays[0].sql, "(SELECT $1 AS constant1, unnest($2) AS column1, unnest($3) AS column2) AS given");
        let values = chunks(Dialect::Sqlite, 2);
        assert_eq!((values.len(), values[0].row_count, values[0].params.len()), (1, 2, 5));
        assert_eq!(values[0].sql, "(SELECT ? AS constant1, * FROM (VALUES (?, ?), (?, ?))) AS given");
        let many = chunks(Dialect::Sqlite, 10_000);
        assert_eq!(many.iter().map(|chunk| chunk.row_count).collect::<Vec<_>>(), [4_096, 4_096, 1_808]);
        assert!(chunks(Dialect::Sqlite, 0).is_empty() && chunks(Dialect::Postgres, 0).is_empty());
    }
}
