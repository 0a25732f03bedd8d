//! Completions and man pages are what the binary makes today.

use std::{fs, path::Path, process::Command};

use rexpect::session::spawn_command;
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

#[test]
fn completions_complete_in_the_shells_themselves() {
    let world = World::new(Kind::Sqlite, 0);
    let folder = world.home().join("scripts");
    fs::create_dir(&folder).unwrap();
    for (shell, file) in [("bash", "malsync.bash"), ("zsh", "_malsync"), ("fish", "malsync.fish")] {
        fs::write(folder.join(file), world.run(&["completions", shell]).expect(0).stdout).unwrap();
    }
    let bash = "source scripts/malsync.bash; COMP_WORDS=(malsync schedule install --with ''); COMP_CWORD=4
                _malsync malsync '' --with; echo \"${COMPREPLY[*]}\"";
    assert_eq!(world.run_in_shell(bash).expect(0).stdout, "systemd cron launchd\n");
    let fish = "exec fish --no-config -c 'source scripts/malsync.fish; complete -C \"malsync schedule st\"'";
    assert_eq!(world.run_in_shell(fish).expect(0).stdout, "status\tShow what was installed, and when it runs next\n");

    let mut zsh = Command::new("zsh");
    zsh.args(["-f", "-i"]).env_clear().env("HOME", world.home()).env("PATH", "/usr/bin:/bin").env("TERM", "dumb");
    let mut zsh = spawn_command(zsh, Some(60_000)).unwrap();
    let start = format!("fpath=({} $fpath); autoload -Uz compinit; compinit -u -D; echo rea''dy", folder.display());
    zsh.send_line(&start).unwrap();
    zsh.exp_string("ready").unwrap();
    zsh.send("malsync schedule install --with sys\t").unwrap();
    zsh.flush().unwrap();
    zsh.exp_string("malsync schedule install --with systemd").unwrap();
}
