//! The way to the redirect of a login on a machine that one reached by SSH: what to type on one's own.
//!
//! Pure. The rule: what the environment says is quoted or left out, and nothing of it is believed but an address and a port.

use std::net::IpAddr;

use url::Url;

/// What brings the redirect's port to the machine where the browser is. `connection` is `SSH_CONNECTION`: that machine's address
/// and port, then this one's. None where the redirect is not on this machine.
#[must_use]
pub fn ssh_command(redirect: &Url, connection: &str, account: Option<&str>) -> Option<String> {
    let port = redirect.port_or_known_default()?;
    let host = redirect.host_str()?;
    super::loopback::LoopbackRedirect::from_redirect_uri(redirect).ok()?;
    let mut words = connection.split_ascii_whitespace().skip(2);
    let here: Option<IpAddr> = words.next().and_then(|word| word.parse().ok());
    let door: Option<u16> = words.next().and_then(|word| word.parse().ok());
    let door = door.filter(|door| *door != 22).map(|door| format!("-p {door} ")).unwrap_or_default();
    // An address behind a gateway may be another one from outside: it is what is known.
    let here = here.map_or_else(|| "THIS-HOST".to_owned(), |address| address.to_string());
    let plain = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    let account = account.filter(plain).map(|name| format!("{name}@")).unwrap_or_default();
    Some(format!("ssh {door}-L {port}:{host}:{port} {account}{here}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command_for(redirect: &str, connection: &str, account: Option<&str>) -> Option<String> {
        ssh_command(&redirect.parse().unwrap(), connection, account)
    }

    #[test]
    fn command_names_the_redirect_and_ssh_ports() {
        let usual = "http://localhost:3005/auth/callback";
        for (redirect, connection, account, typed) in [
            (usual, "198.51.100.7 50022 192.0.2.1 22", Some("ann"), "ssh -L 3005:localhost:3005 ann@192.0.2.1"),
            (usual, "198.51.100.7 50022 192.0.2.1 2222", None, "ssh -p 2222 -L 3005:localhost:3005 192.0.2.1"),
            (usual, "2001:db8::7 50022 2001:db8::1 22", None, "ssh -L 3005:localhost:3005 2001:db8::1"),
            ("http://127.0.0.1:53682/", "a b c d", Some("x y;z"), "ssh -L 53682:127.0.0.1:53682 THIS-HOST"),
            ("http://[::1]:3005/", "", None, "ssh -L 3005:[::1]:3005 THIS-HOST"),
        ] {
            assert_eq!(command_for(redirect, connection, account).as_deref(), Some(typed));
        }
    }

    #[test]
    fn non_loopback_redirect_has_no_tunnel() {
        assert_eq!(command_for("https://example.org/cb", "1.2.3.4 1 5.6.7.8 22", None), None);
    }
}
