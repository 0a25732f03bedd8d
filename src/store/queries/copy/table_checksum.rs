//! Number of rows and checksum of a table, in whatever order and database the rows are read.

use sha2::{Digest as _, Sha256};

use super::cell_values::{TextRow, comparable_text};
use crate::store::tables::TypedColumn;

/// Number of rows, and the sum of the hashes of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TableChecksum {
    pub(super) rows: u64,
    hash_sum: [u64; 4],
}

impl TableChecksum {
    /// Adds rows with these columns.
    pub(super) fn add_rows(&mut self, columns: &[TypedColumn], rows: &[TextRow]) {
        rows.iter().for_each(|row| self.add_row(columns, row));
    }

    fn add_row(&mut self, columns: &[TypedColumn], row: &TextRow) {
        let mut hash = Sha256::new();
        for ((_, column_type), value) in columns.iter().zip(row) {
            match value {
                None => hash.update([0]),
                Some(value) => {
                    let text = comparable_text(value, *column_type);
                    hash.update([1]);
                    hash.update((text.len() as u64).to_le_bytes());
                    hash.update(text.as_bytes());
                }
            }
        }
        self.rows += 1;
        for (sum, bytes) in self.hash_sum.iter_mut().zip(hash.finalize().as_chunks::<8>().0) {
            *sum = sum.wrapping_add(u64::from_le_bytes(*bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::sql::ColumnType;

    fn checksum_of(rows: &[[Option<&str>; 2]]) -> TableChecksum {
        let columns = [("a", ColumnType::Text), ("b", ColumnType::Text)];
        let rows: Vec<TextRow> =
            rows.iter().map(|row| row.iter().map(|cell| cell.map(str::to_owned)).collect()).collect();
        let mut checksum = TableChecksum::default();
        checksum.add_rows(&columns, &rows);
        checksum
    }

    #[test]
    fn checksum_depends_on_every_value_and_not_on_the_order_of_the_rows() {
        let [one, two] = [[Some("x"), Some("y")], [Some("z"), None]];
        let checksum = checksum_of(&[one, two]);
        assert_eq!(checksum, checksum_of(&[two, one]));
        for other in [
            vec![one],
            vec![one, two, two],
            vec![one, [Some("z"), Some("")]],
            vec![[Some("xy"), Some("")], two],
            vec![[Some("y"), Some("x")], two],
        ] {
            assert_ne!(checksum, checksum_of(&other), "{other:?}");
        }
    }
}
