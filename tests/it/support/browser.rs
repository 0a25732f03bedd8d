//! A real browser, headless.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

/// A `BROWSER` that opens the page in headless Chromium and writes what it shows into this file of the folder.
pub(crate) fn dumping_to(folder: &Path, file: &str) -> String {
    let script = folder.join("chromium");
    let folder = folder.display();
    let text = format!(
        "#!/bin/sh\nexec chromium --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --disable-quic \
         --no-first-run --disable-background-networking --disable-component-update --disable-sync \
         --user-data-dir={folder}/profile --virtual-time-budget=5000 --dump-dom \"$1\" > {folder}/{file} 2>/dev/null\n"
    );
    fs::write(&script, text).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    script.display().to_string()
}
