//! What another account of the machine, or a hostile file, can reach.

mod config_access;
mod planted_objects;
mod written_files;

use std::{
    os::unix::fs::{PermissionsExt as _, chown},
    path::Path,
    process::Command,
};

/// The uid and gid of `nobody`, another account.
const STRANGER: u32 = 65_534;

/// Returns true for root, which can act as another account.
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Gives a file, or a link itself, to another account.
fn give_to_stranger(path: &Path) {
    std::os::unix::fs::lchown(path, Some(STRANGER), Some(STRANGER)).unwrap();
}

/// Makes a named pipe.
fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Makes a folder like /tmp: every account may write to it, and it is sticky.
fn make_shared_folder(path: &Path) {
    std::fs::create_dir(path).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o1777)).unwrap();
    if is_root() {
        chown(path, Some(0), Some(0)).unwrap();
    }
}
