//! Opens a page in the user's browser, without waiting for it.
//!
//! The browser inherits none of our secrets. That is why the platform's opener is started here and not by a library,
//! which would pass the whole environment on.
//!
//! Whether a window really opened is unknown, so the caller shows the URL as well.

use std::{
    io::{self, ErrorKind},
    process::{Child, Stdio},
};

use crate::child_process::new_command;

/// What is known about the desktop. `config` reads it from the environment.
#[derive(Clone, Debug, Default)]
pub struct Desktop {
    /// `BROWSER`: a command line with `%s` in place of the URL, or the URL appended. Several are separated by `:` and
    /// tried in turn.
    pub browser: Option<String>,
    /// True if `DISPLAY` or `WAYLAND_DISPLAY` is set.
    pub has_display: bool,
}

/// Opens `url`.
///
/// # Errors
/// No browser could be started. `NotFound` if there is no command to try.
pub fn open_url(url: &str, desktop: &Desktop) -> io::Result<()> {
    let mut last_error = io::Error::from(ErrorKind::NotFound);
    for command in candidate_commands(url, desktop) {
        match spawn_browser(&command) {
            Ok(mut child) => {
                // Reap the child on a thread of its own.
                let _ = std::thread::Builder::new().name("browser".into()).spawn(move || child.wait());
                return Ok(());
            }
            Err(error) => last_error = error,
        }
    }
    Err(last_error)
}

/// Returns the command lines to try, in order.
fn candidate_commands(url: &str, desktop: &Desktop) -> Vec<Vec<String>> {
    let command =
        |words: &[&str]| words.iter().map(|&word| word.to_owned()).chain([url.to_owned()]).collect::<Vec<_>>();
    if let Some(browser) = desktop.browser.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let mut candidates = vec![browser];
        if cfg!(unix) && browser.contains(':') {
            candidates.extend(browser.split(':'));
        }
        let mut commands: Vec<_> =
            candidates.into_iter().filter_map(|text| insert_url(shlex::split(text)?, url)).collect();
        if std::path::Path::new(browser).is_file() {
            // A path that contains blanks or backslashes.
            commands.insert(0, command(&[browser]));
        }
        return commands;
    }
    if cfg!(windows) {
        vec![command(&["rundll32.exe", "url.dll,FileProtocolHandler"])]
    } else if cfg!(target_os = "macos") {
        vec![command(&["/usr/bin/open"])]
    } else if desktop.has_display {
        vec![command(&["xdg-open"]), command(&["gio", "open"]), command(&["x-www-browser"])]
    } else {
        Vec::new()
    }
}

fn insert_url(mut words: Vec<String>, url: &str) -> Option<Vec<String>> {
    if words.is_empty() {
        return None;
    }
    if words.iter().skip(1).any(|word| word.contains("%s")) {
        words.iter_mut().skip(1).for_each(|word| *word = word.replace("%s", url));
    } else {
        words.push(url.to_owned());
    }
    Some(words)
}

fn spawn_browser(words: &[String]) -> io::Result<Child> {
    let (program, arguments) = words.split_first().ok_or(ErrorKind::NotFound)?;
    let mut command = new_command(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // Ctrl-C must reach malsync, not the browser.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn()
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "http://localhost:3005/login/n&x=%2F^";

    fn commands_for(browser: &str) -> Vec<Vec<String>> {
        candidate_commands(URL, &Desktop { browser: Some(browser.into()), has_display: false })
    }

    #[test]
    fn browser_variable_is_split_into_words_and_gets_the_url() {
        assert_eq!(commands_for("firefox"), [["firefox", URL]]);
        assert_eq!(commands_for("'my browser' --new \"a b\""), [["my browser", "--new", "a b", URL]]);
        assert_eq!(commands_for("b --url=%s -x"), [["b", &format!("--url={URL}"), "-x"]]);
        assert_eq!(commands_for("b 'unclosed"), Vec::<Vec<String>>::new());
        assert_eq!(commands_for("b; rm -rf $HOME"), [["b;", "rm", "-rf", "$HOME", URL]], "not run by a shell");
        #[cfg(unix)]
        assert_eq!(commands_for("a:b"), [["a:b", URL], ["a", URL], ["b", URL]]);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn without_browser_and_display_no_command_is_tried() {
        assert!(candidate_commands(URL, &Desktop::default()).is_empty());
        assert!(candidate_commands(URL, &Desktop { browser: Some(" ".into()), has_display: false }).is_empty());
        assert_eq!(candidate_commands(URL, &Desktop { browser: None, has_display: true })[0], ["xdg-open", URL]);
        assert_eq!(open_url(URL, &Desktop::default()).unwrap_err().kind(), ErrorKind::NotFound);
    }

    #[cfg(unix)]
    #[test]
    fn browser_process_gets_the_url_and_no_secrets() {
        let dir = tempfile::tempdir().unwrap();
        let output_path = dir.path().join("out");
        let script = format!("printf %s \"$1\" > '{0}'; env >> '{0}'", output_path.display());
        let words = ["sh", "-c", &script, "sh", URL].map(str::to_owned);
        let mut command = spawn_browser(&words).unwrap();
        assert!(command.wait().unwrap().success());
        let output = std::fs::read_to_string(output_path).unwrap();
        assert!(output.starts_with(URL));
        assert!(crate::secret::SECRET_ENV_VARS.iter().all(|name| !output.contains(&format!("{name}="))));
    }

    #[cfg(unix)]
    #[test]
    fn missing_browser_fails_and_hanging_browser_is_not_waited_for() {
        let missing = Desktop { browser: Some("/nowhere/browser".into()), has_display: true };
        assert!(open_url(URL, &missing).is_err());
        let hanging = Desktop { browser: Some("sh -c 'exec sleep 5'".into()), has_display: true };
        open_url(URL, &hanging).unwrap();
    }
}
