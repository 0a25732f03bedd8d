//! A D-Bus session for one test environment, with a real Secret Service or one that never responds.
//!
//! The session ends when the value is dropped, and when the test binary ends in any way: its shell
//! reads from a pipe that this process holds open.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
};

use super::test_env::TestEnv;

/// What owns the name of the Secret Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecretServiceKind {
    /// gnome-keyring, unlocked.
    Unlocked,
    /// Accepts every call and answers none.
    Unresponsive,
}

/// A running D-Bus session.
pub(crate) struct KeyringSession {
    process: Child,
    address: String,
}

impl KeyringSession {
    /// Starts a session. Commands of `env` use it from now on.
    pub(crate) fn start(env: &mut TestEnv, service: SecretServiceKind) -> Self {
        super::assert_test_is_named_after("keyring");
        let folder = env.home().join(format!("bus-{service:?}"));
        fs::create_dir_all(&folder).unwrap();
        // No service files: nothing is started automatically.
        let config = format!(
            "<busconfig><type>session</type><listen>unix:path={}/socket</listen><auth>EXTERNAL</auth>\
             <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
             <allow own=\"*\"/></policy></busconfig>",
            folder.display()
        );
        fs::write(folder.join("bus.conf"), config).unwrap();
        let serve = match service {
            SecretServiceKind::Unlocked => {
                "printf a-password | gnome-keyring-daemon --foreground --unlock --components=secrets"
            }
            SecretServiceKind::Unresponsive => "dbus-test-tool black-hole --name=org.freedesktop.secrets",
        };
        let script = format!(
            "{serve} >/dev/null 2>&1 & \
             until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
             string:org.freedesktop.secrets | grep -q true; do sleep 0.05; done; \
             echo \"$DBUS_SESSION_BUS_ADDRESS\"; exec cat >/dev/null"
        );
        let mut process = Self::isolate_command(env, Command::new("dbus-run-session"))
            .arg(format!("--config-file={}", folder.join("bus.conf").display()))
            .args(["--", "sh", "-c", &script])
            .env("XDG_DATA_HOME", folder.join("data"))
            .env("XDG_CACHE_HOME", folder.join("cache"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the tests need dbus-run-session (Debian: dbus)");
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        assert!(!address.is_empty(), "the session did not start: is gnome-keyring (or dbus-tests) installed?");
        env.set_var("DBUS_SESSION_BUS_ADDRESS", &address);
        Self { process, address }
    }

    /// Makes `env` find no session, while this one keeps running.
    pub(crate) fn disconnect(&self, env: &mut TestEnv) {
        let nowhere = format!("unix:path={}/no-bus", env.home().display());
        env.set_var("DBUS_SESSION_BUS_ADDRESS", &nowhere);
    }

    /// Makes `env` find the session again.
    pub(crate) fn reconnect(&self, env: &mut TestEnv) {
        env.set_var("DBUS_SESSION_BUS_ADDRESS", &self.address);
    }

    /// Locks the keyring. Nobody can be asked for its password.
    pub(crate) fn lock_keyring(&self, env: &TestEnv) {
        let locked = self
            .command(env, "dbus-send")
            .args(["--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets"])
            .args(["org.freedesktop.Secret.Service.Lock"])
            .arg("array:objpath:/org/freedesktop/secrets/collection/login")
            .output()
            .unwrap();
        assert!(locked.status.success(), "{locked:?}");
    }

    /// Returns a command for a program in this session.
    pub(crate) fn command(&self, env: &TestEnv, program: &str) -> Command {
        let mut command = Self::isolate_command(env, Command::new(program));
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.address);
        command
    }

    /// Returns what `secret-tool` finds of malsync: attributes and secrets.
    pub(crate) fn search_with_secret_tool(&self, env: &TestEnv) -> String {
        let found = self.command(env, "secret-tool").args(["search", "--all", "service", "malsync"]).output().unwrap();
        // secret-tool prints attributes to standard error.
        [found.stdout, found.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat()
    }

    #[expect(clippy::disallowed_methods, reason = "system programs are found in the PATH of the tests")]
    fn isolate_command(env: &TestEnv, mut command: Command) -> Command {
        command.env_clear().env("HOME", env.home()).env("PATH", std::env::var("PATH").unwrap());
        command
    }
}

impl Drop for KeyringSession {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
