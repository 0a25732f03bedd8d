//! Names the dated files of `export --dir`, and deletes the oldest ones.
//!
//! Invariant: [`DatedFileName::prune`] deletes only files of exactly the dated name.

use std::{fs, io, path::Path};

use chrono::NaiveDate;

/// Pattern of the dated file names of one user.
pub(super) struct DatedFileName {
    prefix: String,
    suffix: String,
}

impl DatedFileName {
    /// Creates the pattern for a user and a file extension.
    pub(super) fn for_user(user: &str, ending: &str) -> Self {
        let mut prefix = "malsync-".to_owned();
        for byte in user.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => prefix.push(byte.into()),
                // Escaped, so that names are unique per user and contain no path separator.
                other => prefix.push_str(&format!("%{other:02X}")),
            }
        }
        prefix.push('-');
        Self { prefix, suffix: format!(".{ending}") }
    }

    /// Returns the file name of a day.
    pub(super) fn file_name(&self, day: NaiveDate) -> String {
        format!("{}{}{}", self.prefix, day.format("%Y-%m-%d"), self.suffix)
    }

    /// Returns the day of a dated file. Returns `None` if the name does not match the pattern.
    fn parse_day(&self, name: &str) -> Option<NaiveDate> {
        let day = name.strip_prefix(&self.prefix)?.strip_suffix(&self.suffix)?;
        let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
        (self.file_name(day) == name).then_some(day)
    }

    /// Deletes all but the newest `keep` dated files. The file of the day `written` always stays, whatever the other
    /// dates are. Returns the number of deleted files.
    pub(super) fn prune(&self, directory: &Path, keep: u32, written: NaiveDate) -> io::Result<usize> {
        let mut days = Vec::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            if entry.file_type()?.is_file()
                && let Some(day) = entry.file_name().to_str().and_then(|name| self.parse_day(name))
                && day != written
            {
                days.push(day);
            }
        }
        days.sort_unstable();
        let keep_others = usize::try_from(keep).unwrap_or(usize::MAX).saturating_sub(1);
        let delete_count = days.len().saturating_sub(keep_others);
        days[..delete_count].iter().try_for_each(|day| fs::remove_file(directory.join(self.file_name(*day))))?;
        Ok(delete_count)
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;
    use crate::command::test_folders::file_names;

    #[test]
    fn prune_deletes_only_oldest_files_of_the_exact_name() {
        let home = TempDir::new().unwrap();
        let others = [
            "malsync-ann-2001-01-01.xml",
            "malsync-ann-2001-01-01.xml.gz.bak",
            "malsync-ann-2001-02-30.xml.gz",
            "malsync-ann-2001-1-1.xml.gz",
            "malsync-ann-b-2001-01-01.xml.gz",
            "malsync-bob-2001-01-01.xml.gz",
            "other",
        ];
        let ours =
            ["2001-01-01", "2001-01-02", "2002-01-01", "2999-01-01"].map(|day| format!("malsync-ann-{day}.xml.gz"));
        others.iter().copied().chain(ours.iter().map(String::as_str)).for_each(|name| {
            fs::write(home.path().join(name), "").unwrap();
        });
        fs::create_dir(home.path().join("malsync-ann-2000-01-01.xml.gz")).unwrap();
        let dated = DatedFileName::for_user("ann", "xml.gz");
        let written = NaiveDate::from_ymd_opt(2002, 1, 1).unwrap();
        assert_eq!(dated.prune(home.path(), 9, written).unwrap(), 0);
        assert_eq!(dated.prune(home.path(), 2, written).unwrap(), 2);
        let remaining = file_names(home.path());
        assert!(others.iter().all(|name| remaining.contains(&(*name).to_owned())), "{remaining:?}");
        assert!(
            remaining.contains(&ours[2]) && remaining.contains(&ours[3]) && remaining.len() == others.len() + 3,
            "{remaining:?}"
        );
        assert_eq!(dated.prune(home.path(), 1, written).unwrap(), 1, "the file just written stays");
        assert!(file_names(home.path()).contains(&ours[2]));
    }

    #[test]
    fn file_name_escapes_username_without_collisions() {
        let day = NaiveDate::from_ymd_opt(2026, 1, 2).unwrap();
        assert_eq!(DatedFileName::for_user("../a b", "csv.gz").file_name(day), "malsync-..%2Fa%20b-2026-01-02.csv.gz");
        assert_ne!(
            DatedFileName::for_user("a%20b", "csv").file_name(day),
            DatedFileName::for_user("a b", "csv").file_name(day)
        );
    }
}
