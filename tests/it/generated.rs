//! Completions and man pages are what the binary makes today.

use std::{fs, path::Path, process::Command};

use tempfile::TempDir;

use crate::support::world::{Kind, World};

const REGENERATE: &str = "regenerate it: see docs/architecture.md, Generated files";

#[test]
fn completions_are_fresh() {
    let world = World::new(Kind::Sqlite, 0);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("completions");
    for (shell, file) in [
        ("bash", "malsync.bash"),
        ("zsh", "_malsync"),
        ("fish", "malsync.fish"),
        ("elvish", "malsync.elv"),
        ("powershell", "_malsync.ps1"),
    ] {
        let made = world.run(&["completions", shell]).expect(0).stdout;
        let kept = fs::read_to_string(folder.join(file)).unwrap_or_default();
        assert!(made == kept, "completions/{file} is stale; {REGENERATE}");
    }
}

#[test]
fn man_pages_are_fresh_and_well_formed() {
    let world = World::new(Kind::Sqlite, 0);
    let made = TempDir::new().unwrap();
    world.run(&["man", "--out-dir", made.path().to_str().unwrap()]).expect(0);
    let names = |folder: &Path| {
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    assert_eq!(names(made.path()), names(&kept), "{REGENERATE}");
    for name in names(&kept) {
        let (made, kept) = (made.path().join(&name), kept.join(&name));
        assert!(fs::read(&made).unwrap() == fs::read(&kept).unwrap(), "man/{} is stale; {REGENERATE}", name.display());
        let lint = Command::new("mandoc").args(["-T", "lint", "-W", "error"]).arg(&kept).output().unwrap();
        assert!(lint.status.success(), "{}", String::from_utf8_lossy(&lint.stdout));
    }
}
