//! Sends pings and notifications. Errors are short and name only the host, because a URL may contain a key.

use std::{io, process::Stdio, time::Duration};

use reqwest::header::CONTENT_TYPE;
use url::Url;

use super::Notification;
use crate::{
    child_process::{new_command, run_to_end},
    domain::user_agent::DEFAULT_USER_AGENT,
    http::{
        client::{self, ConnectionRoute},
        proxy,
    },
    secret::Secret,
};

/// Time limit for the HTTP response.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);
/// Time limit for the command.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);

/// The argument of the command that stands for the notification's text.
const TEXT_PLACEHOLDER: &str = "%s";

/// The kind of a ping. A *check* is a URL of a service such as healthchecks.io, which expects a ping from each sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PingKind {
    /// The sync starts.
    Start,
    /// The sync succeeded.
    Success,
    /// The sync failed.
    Fail,
}

impl PingKind {
    /// Returns the check's URL for this kind.
    fn ping_url(self, check: &Url) -> Url {
        let mut url = check.clone();
        let suffix = match self {
            Self::Start => "start",
            Self::Success => return url,
            Self::Fail => "fail",
        };
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(suffix);
        }
        url
    }
}

/// Pings a check.
///
/// # Errors
///
/// Fails if the check does not respond, or responds with an error status.
pub async fn send_ping(check: &Secret, kind: PingKind, body: String) -> Result<(), String> {
    let url = Url::parse(check.expose()).map_err(|_| "no address".to_owned())?;
    post_body(&kind.ping_url(&url), "text/plain; charset=utf-8", body).await
}

/// Sends a notification to a webhook.
///
/// # Errors
///
/// As for [`send_ping`].
pub async fn send_webhook(address: &Secret, notification: &Notification) -> Result<(), String> {
    let url = Url::parse(address.expose()).map_err(|_| "no address".to_owned())?;
    let body = notification.webhook_json().map_err(|error| error.to_string())?;
    post_body(&url, "application/json", body).await
}

async fn post_body(url: &Url, content_type: &'static str, body: String) -> Result<(), String> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let http_client = client::build_client(RESPONSE_TIMEOUT, ConnectionRoute::for_url(url), DEFAULT_USER_AGENT)
        .map_err(|error| error.to_string())?;
    let response = http_client.post(url.clone()).header(CONTENT_TYPE, content_type).body(body).send().await;
    let response =
        response.map_err(|error| client::from_reqwest(error, &proxy::host_label(url), RESPONSE_TIMEOUT).to_string())?;
    if response.status().is_success() { Ok(()) } else { Err(format!("{host} returned {}", response.status().as_u16())) }
}

/// Runs a command with the JSON on its stdin. The notification's text replaces each argument `%s`, or is appended as the
/// last argument.
///
/// # Errors
///
/// Fails if the command cannot be started, fails, or exceeds the time limit; then it is killed.
pub async fn run_command(command_line: &[String], notification: &Notification) -> Result<(), String> {
    let (name, arguments) = command_line.split_first().ok_or("nothing to start")?;
    let mut arguments = arguments.to_vec();
    // Only whole words: inside a shell's script the text would be executed.
    if arguments.iter().any(|word| word == TEXT_PLACEHOLDER) {
        arguments
            .iter_mut()
            .filter(|word| *word == TEXT_PLACEHOLDER)
            .for_each(|word| word.clone_from(&notification.text));
    } else {
        arguments.push(notification.text.clone());
    }
    let mut command = new_command(name);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let input = serde_json::to_string(notification).unwrap_or_default();
    match run_to_end(command, input.as_bytes(), COMMAND_TIMEOUT).await {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!("{name} failed ({})", output.status)),
        Err(error) if error.kind() == io::ErrorKind::TimedOut => {
            Err(format!("{name} took longer than {} s", COMMAND_TIMEOUT.as_secs()))
        }
        Err(error) => Err(format!("{name}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ping_url_appends_kind_to_path_and_keeps_query() {
        for (check, start, success) in [
            ("https://hc-ping.com/uuid", "https://hc-ping.com/uuid/start", "https://hc-ping.com/uuid"),
            (
                "http://10.0.0.1:8000/ping/k/slug/?create=1",
                "http://10.0.0.1:8000/ping/k/slug/start?create=1",
                "http://10.0.0.1:8000/ping/k/slug/?create=1",
            ),
            ("https://x.example.org", "https://x.example.org/start", "https://x.example.org/"),
        ] {
            let check = Url::parse(check).unwrap();
            assert_eq!(PingKind::Start.ping_url(&check).as_str(), start);
            assert_eq!(PingKind::Success.ping_url(&check).as_str(), success);
            assert_eq!(PingKind::Fail.ping_url(&check).as_str(), start.replace("/start", "/fail"));
        }
    }
}
