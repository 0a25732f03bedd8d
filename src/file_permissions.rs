//! Who else may read or change a file of ours, as its mode and its owner say. Only unix tells; elsewhere a file is nobody else's.
//!
//! The rule: what every account of the machine may do is worth a warning in every run, and so is a stranger's file. A group, or
//! an owner that shares with one, was set up by somebody on purpose: `doctor` alone speaks of it.

use std::{fs::Metadata, path::Path};

/// Who may do what, beside us.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FilePermissions {
    /// Every account of the machine may read it.
    pub others_can_read: bool,
    /// Every account of the machine may write it.
    pub others_can_write: bool,
    /// Its group may read or write it.
    pub group_has_access: bool,
    /// It belongs to an account that is neither this process's nor root.
    pub has_foreign_owner: bool,
    /// Its owner shares it with its group for writing, which is how several accounts keep one file.
    pub group_can_write: bool,
}

impl FilePermissions {
    /// Of an opened file.
    #[cfg(unix)]
    #[must_use]
    pub fn from_metadata(file: &Metadata) -> Self {
        let own = std::fs::metadata("/proc/self").ok().map(|own| std::os::unix::fs::MetadataExt::uid(&own));
        let owner = std::os::unix::fs::MetadataExt::uid(file);
        Self::from_mode(std::os::unix::fs::MetadataExt::mode(file), own.is_some_and(|own| owner != own && owner != 0))
    }

    /// Of an opened file.
    #[cfg(not(unix))]
    #[must_use]
    pub fn of(_: &Metadata) -> Self {
        Self::default()
    }

    /// Of a file of this name; none where there is none, or what is there is no plain file.
    #[must_use]
    pub fn for_path(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().filter(Metadata::is_file).map(|file| Self::from_metadata(&file))
    }

    #[cfg(any(unix, test))]
    fn from_mode(mode: u32, has_foreign_owner: bool) -> Self {
        Self {
            others_can_read: mode & 0o004 != 0,
            others_can_write: mode & 0o002 != 0,
            group_has_access: mode & 0o060 != 0,
            has_foreign_owner,
            group_can_write: mode & 0o020 != 0,
        }
    }

    /// Whether anybody but us may read or write it.
    #[must_use]
    pub const fn is_accessible_to_others(self) -> bool {
        self.others_can_read || self.others_can_write || self.group_has_access
    }

    /// What is amiss that every run should say: what it is, and what to type.
    #[must_use]
    pub fn warning(self, path: &Path) -> Option<(String, String)> {
        let Self { others_can_read: others_read, others_can_write: others_write, .. } = self;
        let (shown, typed) = (path.display(), shell_quote(path));
        if others_read || others_write {
            let may = match (others_read, others_write) {
                (true, true) => "read and change",
                (true, false) => "read",
                (false, _) => "change",
            };
            return Some((format!("every user of this machine may {may} {shown}"), format!("chmod o-rwx {typed}")));
        }
        let stranger = self.has_foreign_owner && !self.group_can_write;
        stranger
            .then(|| (format!("{shown} belongs to another user of this machine"), format!("chown \"$USER\" {typed}")))
    }

    /// Likewise, with what may be as somebody set it up.
    #[must_use]
    pub fn doctor_notice(self, path: &Path) -> Option<(String, String)> {
        let of_group = || {
            let hint = format!("unless it is meant to be shared: chmod 600 {}", shell_quote(path));
            (self.group_has_access || self.has_foreign_owner)
                .then(|| (format!("other users of this machine may read or change {}", path.display()), hint))
        };
        self.warning(path).or_else(of_group)
    }
}

/// A path as it is typed in a shell.
fn shell_quote(path: &Path) -> String {
    let path = path.display().to_string();
    shlex::try_quote(&path).map(std::borrow::Cow::into_owned).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warning_and_notice(mode: u32, foreign: bool) -> [Option<String>; 2] {
        let (rights, path) = (FilePermissions::from_mode(0o100_000 | mode, foreign), Path::new("/a b"));
        [rights.warning(path), rights.doctor_notice(path)]
            .map(|told| told.map(|(what, hint)| format!("{what}: {hint}")))
    }

    #[test]
    fn access_by_others_is_a_warning_and_by_group_a_doctor_notice() {
        let starts = |told: &Option<String>, words: &str| told.as_ref().is_some_and(|told| told.starts_with(words));
        assert_eq!(
            [warning_and_notice(0o600, false), warning_and_notice(0o700, false), warning_and_notice(0o400, false)]
                .concat(),
            vec![None; 6]
        );
        for (mode, may) in [(0o604, "read"), (0o602, "change"), (0o646, "read and change"), (0o666, "read and change")]
        {
            let [alarm, remark] = warning_and_notice(mode, false);
            assert_eq!(
                alarm.as_deref(),
                Some(&*format!("every user of this machine may {may} /a b: chmod o-rwx '/a b'"))
            );
            assert_eq!(alarm, remark, "{mode:o}");
        }
        for (mode, foreign) in [(0o640, false), (0o660, false), (0o660, true)] {
            let [alarm, remark] = warning_and_notice(mode, foreign);
            assert_eq!(alarm, None, "{mode:o} {foreign}: as somebody set it up");
            assert!(starts(&remark, "other users of this machine may read or change /a b: unless"), "{remark:?}");
            assert!(remark.unwrap().ends_with("chmod 600 '/a b'"));
        }
        for mode in [0o600, 0o640] {
            let [alarm, remark] = warning_and_notice(mode, true);
            assert!(starts(&alarm, "/a b belongs to another user") && alarm == remark, "{mode:o}: {alarm:?}");
        }
    }
}
