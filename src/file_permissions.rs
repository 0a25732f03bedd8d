//! Checks who else may read or change a file or folder, by its mode and owner. Supported on Unix only; elsewhere
//! nothing is reported.
//!
//! Access for all users or a foreign owner causes a warning on every run. Group access, and a foreign owner who shares
//! the file with a group, are assumed intended: only `doctor` reports them.

use std::{fs::Metadata, path::Path};

use crate::shell_quote::shell_quote;

/// The access that other users have to a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FilePermissions {
    /// All users of the machine may read the file.
    pub others_can_read: bool,
    /// All users of the machine may write the file.
    pub others_can_write: bool,
    /// The file's group may read or write it.
    pub group_has_access: bool,
    /// The owner is neither this process's user nor root.
    pub has_foreign_owner: bool,
    /// The file's group may write it: several users share the file.
    pub group_can_write: bool,
}

impl FilePermissions {
    /// Returns the permissions of the file or folder with this metadata.
    #[cfg(unix)]
    #[must_use]
    pub fn from_metadata(file: &Metadata) -> Self {
        let own_uid = read_own_uid();
        let owner_uid = std::os::unix::fs::MetadataExt::uid(file);
        let mode = std::os::unix::fs::MetadataExt::mode(file);
        let permissions = Self::from_mode(mode, own_uid.is_some_and(|own_uid| owner_uid != own_uid && owner_uid != 0));
        // In a sticky folder nobody replaces the files of others.
        let is_sticky_folder = file.is_dir() && mode & 0o1000 != 0;
        Self { others_can_write: permissions.others_can_write && !is_sticky_folder, ..permissions }
    }

    /// Returns the permissions of the file or folder with this metadata.
    #[cfg(not(unix))]
    #[must_use]
    pub fn from_metadata(_: &Metadata) -> Self {
        Self::default()
    }

    /// Returns the permissions of the file at this path. Returns `None` if it does not exist or is not a regular file.
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

    /// Returns true if any other user may read or write the file.
    #[must_use]
    pub const fn is_accessible_to_others(self) -> bool {
        self.others_can_read || self.others_can_write || self.group_has_access
    }

    /// Returns why a file or folder that decides what malsync does cannot be trusted, and the command that mends it.
    /// Returns `None` if only this account, root and a group may change it.
    #[must_use]
    pub fn distrust_reason(self, path: &Path) -> Option<(String, String)> {
        let path_text = path.display().to_string();
        let quoted_path = shell_quote(&path_text);
        if self.others_can_write {
            return Some((
                format!("every user of this machine can change {path_text}"),
                format!("chmod o-w {quoted_path}"),
            ));
        }
        self.has_foreign_owner.then(|| {
            (format!("{path_text} belongs to another user of this machine"), format!("chown \"$USER\" {quoted_path}"))
        })
    }

    /// Returns the warning for every run and the command that fixes it. Returns `None` if there is nothing to warn
    /// about.
    #[must_use]
    pub fn warning(self, path: &Path) -> Option<(String, String)> {
        let Self { others_can_read: others_read, others_can_write: others_write, .. } = self;
        let path_text = path.display().to_string();
        let quoted_path = shell_quote(&path_text);
        if others_read || others_write {
            let may = match (others_read, others_write) {
                (true, true) => "read and change",
                (true, false) => "read",
                (false, _) => "change",
            };
            return Some((
                format!("every user of this machine can {may} {path_text}"),
                format!("chmod o-rwx {quoted_path}"),
            ));
        }
        let is_foreign = self.has_foreign_owner && !self.group_can_write;
        is_foreign.then(|| {
            (format!("{path_text} belongs to another user of this machine"), format!("chown \"$USER\" {quoted_path}"))
        })
    }

    /// Returns the note for `doctor` and a command: the warning, otherwise access that may be intended.
    #[must_use]
    pub fn doctor_notice(self, path: &Path) -> Option<(String, String)> {
        let intended_access = || {
            let hint =
                format!("unless it is shared on purpose, run: chmod 600 {}", shell_quote(&path.display().to_string()));
            (self.group_has_access || self.has_foreign_owner)
                .then(|| (format!("other users of this machine can read or change {}", path.display()), hint))
        };
        self.warning(path).or_else(intended_access)
    }

    /// Returns the note for `doctor` and a command if a group may change the file or folder.
    #[must_use]
    pub fn group_change_notice(self, path: &Path) -> Option<(String, String)> {
        self.group_can_write.then(|| {
            (
                format!("other users of this machine can change {}", path.display()),
                format!("unless it is shared on purpose, run: chmod g-w {}", shell_quote(&path.display().to_string())),
            )
        })
    }
}

/// Returns the effective user id of this process. Returns `None` on systems that have none.
#[must_use]
pub fn read_own_uid() -> Option<u32> {
    #[cfg(unix)]
    return Some(rustix::process::geteuid().as_raw());
    #[cfg(not(unix))]
    return None;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn warning_and_notice(mode: u32, foreign: bool) -> [Option<String>; 2] {
        let (permissions, path) = (FilePermissions::from_mode(0o100_000 | mode, foreign), Path::new("/a b"));
        [permissions.warning(path), permissions.doctor_notice(path)]
            .map(|message| message.map(|(text, hint)| format!("{text}: {hint}")))
    }

    #[test]
    fn path_that_all_or_a_foreign_owner_may_change_is_distrusted() {
        for (mode, foreign, expected) in [
            (0o644, false, None),
            (0o664, false, None),
            (0o602, false, Some("every user of this machine can change /a b: chmod o-w '/a b'")),
            (0o777, true, Some("every user of this machine can change /a b: chmod o-w '/a b'")),
            (0o600, true, Some("/a b belongs to another user of this machine: chown \"$USER\" '/a b'")),
            (0o660, true, Some("/a b belongs to another user of this machine: chown \"$USER\" '/a b'")),
        ] {
            let reason = FilePermissions::from_mode(mode, foreign).distrust_reason(Path::new("/a b"));
            let reason = reason.map(|(text, command)| format!("{text}: {command}"));
            assert_eq!(reason.as_deref(), expected, "{mode:o} {foreign}");
        }
    }

    #[test]
    fn access_by_others_is_a_warning_and_by_group_a_doctor_notice() {
        let starts_with = |message: &Option<String>, prefix: &str| {
            message.as_ref().is_some_and(|message| message.starts_with(prefix))
        };
        assert_eq!(
            [warning_and_notice(0o600, false), warning_and_notice(0o700, false), warning_and_notice(0o400, false)]
                .concat(),
            vec![None; 6]
        );
        for (mode, may) in [(0o604, "read"), (0o602, "change"), (0o646, "read and change"), (0o666, "read and change")]
        {
            let [warning, notice] = warning_and_notice(mode, false);
            assert_eq!(
                warning.as_deref(),
                Some(&*format!("every user of this machine can {may} /a b: chmod o-rwx '/a b'"))
            );
            assert_eq!(warning, notice, "{mode:o}");
        }
        for (mode, foreign) in [(0o640, false), (0o660, false), (0o660, true)] {
            let [warning, notice] = warning_and_notice(mode, foreign);
            assert_eq!(warning, None, "{mode:o} {foreign}: group access may be intended");
            assert!(starts_with(&notice, "other users of this machine can read or change /a b: unless"), "{notice:?}");
            assert!(notice.unwrap().ends_with("chmod 600 '/a b'"));
        }
        for mode in [0o600, 0o640] {
            let [warning, notice] = warning_and_notice(mode, true);
            assert!(
                starts_with(&warning, "/a b belongs to another user") && warning == notice,
                "{mode:o}: {warning:?}"
            );
        }
    }
}
