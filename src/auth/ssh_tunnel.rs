//! Builds the `ssh -L` command that forwards the redirect's port, for a login on a host reached by SSH. Pure.
//!
//! Invariant: of the environment only an address, a port and a plain user name are used; anything else is left out.

use std::net::IpAddr;

use url::Url;

/// Returns the command to run on the machine with the browser. `connection` is `SSH_CONNECTION`: that machine's address
/// and port, then this host's. Returns `None` if the redirect is not on this host.
#[must_use]
pub fn ssh_command(redirect_uri: &Url, connection: &str, user: Option<&str>) -> Option<String> {
    let port = redirect_uri.port_or_known_default()?;
    let host = redirect_uri.host_str()?;
    super::loopback::LoopbackRedirect::from_redirect_uri(redirect_uri).ok()?;
    let mut fields = connection.split_ascii_whitespace().skip(2);
    let host_address: Option<IpAddr> = fields.next().and_then(|word| word.parse().ok());
    let ssh_port: Option<u16> = fields.next().and_then(|word| word.parse().ok());
    let ssh_port =
        ssh_port.filter(|ssh_port| *ssh_port != 22).map(|ssh_port| format!("-p {ssh_port} ")).unwrap_or_default();
    // Behind a gateway the external address may differ; this is the only one known.
    let host_address = host_address.map_or_else(|| "THIS-HOST".to_owned(), |address| address.to_string());
    let is_plain = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    let user = user.filter(is_plain).map(|name| format!("{name}@")).unwrap_or_default();
    Some(format!("ssh {ssh_port}-L {port}:{host}:{port} {user}{host_address}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command_for(redirect: &str, connection: &str, user: Option<&str>) -> Option<String> {
        ssh_command(&redirect.parse().unwrap(), connection, user)
    }

    #[test]
    fn command_names_the_redirect_and_ssh_ports() {
        let default_redirect = "http://localhost:3005/auth/callback";
        for (redirect, connection, user, command) in [
            (
                default_redirect,
                "198.51.100.7 50022 192.0.2.1 22",
                Some("ann"),
                "ssh -L 3005:localhost:3005 ann@192.0.2.1",
            ),
            (
                default_redirect,
                "198.51.100.7 50022 192.0.2.1 2222",
                None,
                "ssh -p 2222 -L 3005:localhost:3005 192.0.2.1",
            ),
            (default_redirect, "2001:db8::7 50022 2001:db8::1 22", None, "ssh -L 3005:localhost:3005 2001:db8::1"),
            ("http://127.0.0.1:53682/", "a b c d", Some("x y;z"), "ssh -L 53682:127.0.0.1:53682 THIS-HOST"),
            ("http://[::1]:3005/", "", None, "ssh -L 3005:[::1]:3005 THIS-HOST"),
        ] {
            assert_eq!(command_for(redirect, connection, user).as_deref(), Some(command));
        }
    }

    #[test]
    fn non_loopback_redirect_has_no_tunnel() {
        assert_eq!(command_for("https://example.org/cb", "1.2.3.4 1 5.6.7.8 22", None), None);
    }
}
