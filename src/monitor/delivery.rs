//! How it gets there. Each way answers what went wrong in a few words that name the host alone: an address may hold a key.

use std::{
    io::Write as _,
    process::{Child, Command, Stdio},
    time::Duration,
};

use reqwest::header::CONTENT_TYPE;
use url::Url;

use super::Notification;
use crate::{
    mal::http::{self, ConnectionRoute},
    secret::{Secret, scrub_env},
};

/// The longest that a listener may take to answer.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest that a command may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(10);
/// How often a command is looked at.
const COMMAND_POLL_INTERVAL: Duration = Duration::from_millis(20);

/// A moment of a sync that a check is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PingKind {
    /// It begins.
    Start,
    /// It ended well.
    Success,
    /// It failed.
    Fail,
}

impl PingKind {
    /// The check's address for it.
    fn ping_url(self, check: &Url) -> Url {
        let mut url = check.clone();
        let word = match self {
            Self::Start => "start",
            Self::Success => return url,
            Self::Fail => "fail",
        };
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(word);
        }
        url
    }
}

/// Pings a check.
///
/// # Errors
///
/// It does not answer, or not with a success.
pub async fn send_ping(check: &Secret, moment: PingKind, body: String) -> Result<(), String> {
    let url = Url::parse(check.expose()).map_err(|_| "no address".to_owned())?;
    post_body(&moment.ping_url(&url), "text/plain; charset=utf-8", body).await
}

/// Sends a notice to a webhook.
///
/// # Errors
///
/// As for [`ping`].
pub async fn send_webhook(address: &Secret, notice: &Notification) -> Result<(), String> {
    let url = Url::parse(address.expose()).map_err(|_| "no address".to_owned())?;
    let body = serde_json::to_string(notice).map_err(|error| error.to_string())?;
    post_body(&url, "application/json", body).await
}

async fn post_body(url: &Url, kind: &'static str, body: String) -> Result<(), String> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let client =
        http::build_client(RESPONSE_TIMEOUT, ConnectionRoute::for_url(url)).map_err(|error| error.to_string())?;
    let answer = client.post(url.clone()).header(CONTENT_TYPE, kind).body(body).send().await;
    let answer = answer.map_err(|error| http::from_reqwest(error, &host, RESPONSE_TIMEOUT).to_string())?;
    if answer.status().is_success() { Ok(()) } else { Err(format!("{host} answered {}", answer.status().as_u16())) }
}

/// Starts a command with the notice's text in place of `%s`, or as its last argument, and the JSON on its input.
///
/// # Errors
///
/// It cannot be started, fails, or takes too long: then it is ended.
pub async fn run_command(words: &[String], notice: &Notification) -> Result<(), String> {
    let (name, arguments) = words.split_first().ok_or("nothing to start")?;
    let mut arguments = arguments.to_vec();
    if arguments.iter().any(|word| word.contains("%s")) {
        arguments.iter_mut().for_each(|word| *word = word.replace("%s", &notice.text));
    } else {
        arguments.push(notice.text.clone());
    }
    let mut command = Command::new(name);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    scrub_env(&mut command);
    let mut child = command.spawn().map_err(|error| format!("{name}: {error}"))?;
    if let (Some(mut input), Ok(text)) = (child.stdin.take(), serde_json::to_string(notice)) {
        // Short enough for a pipe that nobody reads.
        let _ = input.write_all(text.as_bytes());
    }
    wait_for_exit(&mut child).await.map_err(|why| format!("{name} {why}"))
}

async fn wait_for_exit(child: &mut Child) -> Result<(), String> {
    let waited = tokio::time::timeout(COMMAND_TIMEOUT, async {
        loop {
            match child.try_wait() {
                Ok(Some(status)) if status.success() => return Ok(()),
                Ok(Some(status)) => return Err(format!("failed ({status})")),
                Ok(None) => tokio::time::sleep(COMMAND_POLL_INTERVAL).await,
                Err(error) => return Err(error.to_string()),
            }
        }
    });
    match waited.await {
        Ok(result) => result,
        Err(_) => {
            let _ = child.kill();
            let _ = child.wait();
            Err(format!("took longer than {} s", COMMAND_TIMEOUT.as_secs()))
        }
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
