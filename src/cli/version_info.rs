//! `--version --json`: what a bug report or a script needs to know about this binary.

use std::ffi::OsString;

use serde::Serialize;

use crate::json_line::to_json_line;

/// What this binary was built from.
#[derive(Serialize)]
struct VersionInfo {
    version: &'static str,
    /// The commit. `None` if the build was not told (`MALSYNC_COMMIT`).
    commit: Option<&'static str>,
    /// The platform, as Rust names it.
    target: &'static str,
    features: &'static [&'static str],
}

/// Returns the JSON if the arguments are exactly `--version` (or `-V`) and `--json`, the program name first.
pub(super) fn version_json(args: &[OsString]) -> Option<String> {
    let mut flags: Vec<_> = args.iter().skip(1).map(OsString::as_os_str).collect();
    flags.sort_unstable();
    let is_requested = flags == ["--json", "--version"] || flags == ["--json", "-V"];
    is_requested.then(|| {
        to_json_line(&VersionInfo {
            version: env!("CARGO_PKG_VERSION"),
            commit: option_env!("MALSYNC_COMMIT").filter(|commit| !commit.is_empty()),
            target: env!("MALSYNC_TARGET"),
            features: if cfg!(feature = "failpoints") { &["failpoints"] } else { &[] },
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json_for(flags: &[&str]) -> Option<String> {
        version_json(&[&["malsync"], flags].concat().into_iter().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn version_with_json_names_version_and_target() {
        for flags in [["--version", "--json"], ["--json", "--version"], ["-V", "--json"]] {
            let info: serde_json::Value = serde_json::from_str(&json_for(&flags).unwrap()).unwrap();
            assert_eq!(info["version"], env!("CARGO_PKG_VERSION"));
            assert!(info["target"].as_str().unwrap().contains(std::env::consts::ARCH));
            assert!(info["features"].is_array() && info.as_object().unwrap().contains_key("commit"));
        }
        for flags in [&["--version"][..], &["--json"], &["status", "--version", "--json"]] {
            assert_eq!(json_for(flags), None, "{flags:?}");
        }
    }
}
