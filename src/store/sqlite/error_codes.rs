//! Classifies SQLite's result codes.

use crate::store::error::{Error, StoreErrorKind};

/// I/O errors of a file system that lacks what SQLite needs: the shared memory of the write-ahead log (SHMOPEN, SHMLOCK,
/// SHMMAP), or file locks (UNLOCK, RDLOCK, CHECKRESERVEDLOCK, LOCK). A full disk is SHMSIZE.
const MISSING_FILE_SYSTEM_FEATURES: [u32; 7] = [4618, 5130, 5386, 2058, 2314, 3594, 3850];

/// Returns the error for a code of SQLite.
pub(in crate::store) fn classify_sqlite_error(code: u32, message: &str) -> Error {
    let mut error = describe_sqlite_error(code, message);
    // READONLY and CANTOPEN: a `-wal` or `-journal` file that only a writer can process.
    error.needs_writable_file = matches!(code & 0xff, 8 | 14);
    error
}

fn describe_sqlite_error(code: u32, message: &str) -> Error {
    match code & 0xff {
        5 if matches!(code, 517 | 261) => Error::new(StoreErrorKind::Contention, message),
        5 | 6 => Error::fatal("the file has been locked by another program for 30 s")
            .with_hint("stop the program that locks it, then try again"),
        8 | 3 => {
            Error::fatal("cannot write the file").with_hint("check the owner and mode of the file and its \
                directory")
        }
        14 => Error::fatal("cannot open the file").with_hint("check that its directory exists and is writable"),
        10 if MISSING_FILE_SYSTEM_FEATURES.contains(&code) => Error::fatal(format!(
            "the file system of the file has no shared memory or no file locks, as with FUSE or a network share ({message})"
        ))
        .with_hint("move the file to a local disk and change DATABASE_URL, or use PostgreSQL"),
        10 => Error::fatal(format!("cannot read or write the file ({message})"))
            .with_hint("check the disk, its free space and the limits on file sizes (ulimit -f)"),
        13 => Error::fatal("the disk is full").with_hint("free some space, then try again"),
        26 => Error::fatal("the file is not an SQLite database").with_hint("set DATABASE_URL to another file"),
        11 => Error::fatal(format!("the file is damaged ({message})")).with_hint("restore it from a backup"),
        // Too large, a violated constraint or a trigger's RAISE, a wrong type.
        18..=20 => {
            let mut error = Error::new(StoreErrorKind::DataRejected, message);
            error.constraint_violations = 1;
            error
        }
        _ => Error::fatal(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::port::SyncStoreError as _;

    #[test]
    fn sqlite_error_codes_map_to_kinds_and_messages() {
        for (code, kind, expected) in [
            (5, StoreErrorKind::Fatal, "locked"),
            (517, StoreErrorKind::Contention, "locked"),
            (1032, StoreErrorKind::Fatal, "cannot write"),
            (14, StoreErrorKind::Fatal, "cannot open"),
            (13, StoreErrorKind::Fatal, "full"),
            (26, StoreErrorKind::Fatal, "not an SQLite database"),
            (11, StoreErrorKind::Fatal, "damaged"),
            (275, StoreErrorKind::DataRejected, "locked"),
            (1, StoreErrorKind::Fatal, "locked"),
            (5386, StoreErrorKind::Fatal, "FUSE or a network share"),
            (3850, StoreErrorKind::Fatal, "FUSE or a network share"),
            (4874, StoreErrorKind::Fatal, "cannot read or write"),
            (778, StoreErrorKind::Fatal, "cannot read or write"),
        ] {
            let error = classify_sqlite_error(code, "database is locked");
            assert_eq!(error.kind, kind, "{code}");
            assert!(error.to_string().contains(expected), "{code}: {error}");
        }
    }

    #[test]
    fn every_refused_row_counts_as_a_violation() {
        assert_eq!(classify_sqlite_error(1555, "UNIQUE constraint failed").constraint_violations(), 1);
        assert_eq!(classify_sqlite_error(1811, "a trigger raised").constraint_violations(), 1);
        assert_eq!(classify_sqlite_error(20, "datatype mismatch").constraint_violations(), 1);
        assert_eq!(classify_sqlite_error(13, "disk full").constraint_violations(), 0);
    }
}
