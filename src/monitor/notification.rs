//! Builds notifications: a text for people, and the same data as JSON for programs.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::{ObservedOutcome, notification_state::StateChanges};
use crate::secret::redact_tokens;

/// One notification. Serialized as the JSON that webhook and command receive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notification {
    /// The kind of event.
    pub event: NotificationEvent,
    /// One line of text for people.
    pub text: String,
    /// The same text under the name that Discord expects.
    pub content: String,
    /// The users concerned.
    pub users: Vec<NotificationSubject>,
    /// The last lines that the command printed.
    pub log: Vec<String>,
    /// malsync's version.
    pub version: &'static str,
}

/// The kind of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationEvent {
    /// Syncs fail, or fail with another exit code than before.
    Failure,
    /// Syncs that failed succeed again.
    Recovery,
    /// A login expires within seven days and was not renewed.
    LoginEnds,
}

/// A user concerned by a notification.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NotificationSubject {
    /// The user's name. `None` if the command reached no user.
    pub username: Option<String>,
    /// The exit code. `None` if the sync did not fail.
    pub exit_code: Option<u8>,
    /// Token expiry. `None` if the notification is not about an expiring login.
    pub token_expires_at: Option<String>,
}

/// Returns the notifications for these changes, each with the last log lines.
#[must_use]
pub fn build_notifications(
    changes: &StateChanges,
    logins: &[(String, DateTime<Utc>)],
    log: &[String],
) -> Vec<Notification> {
    let notification = |event, text: String, users| {
        let text = redact_tokens(&text);
        Notification {
            event,
            content: text.clone(),
            text,
            users,
            log: log.to_vec(),
            version: env!("CARGO_PKG_VERSION"),
        }
    };
    let name = |user: &str| (!user.is_empty()).then(|| user.to_owned());
    let of_user = |user: &str| if user.is_empty() { String::new() } else { format!(" of {user}") };
    let mut notifications = Vec::new();
    if !changes.failed.is_empty() {
        let describe = |outcome: &ObservedOutcome| {
            let first = outcome.summary.lines().next().unwrap_or_default();
            let hint = outcome.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
            format!("the sync{} failed with exit code {}: {first}{hint}", of_user(&outcome.user), outcome.exit.code())
        };
        let text = format!("malsync: {}", changes.failed.iter().map(describe).collect::<Vec<_>>().join("; "));
        let subject = |outcome: &ObservedOutcome| NotificationSubject {
            username: name(&outcome.user),
            exit_code: Some(outcome.exit.code()),
            ..NotificationSubject::default()
        };
        notifications.push(notification(
            NotificationEvent::Failure,
            text,
            changes.failed.iter().map(subject).collect(),
        ));
    }
    if !changes.recovered.is_empty() {
        let descriptions: Vec<_> =
            changes.recovered.iter().map(|user| format!("the sync{} works again", of_user(user))).collect();
        let subject = |user: &String| NotificationSubject { username: name(user), ..NotificationSubject::default() };
        let users = changes.recovered.iter().map(subject).collect();
        notifications.push(notification(
            NotificationEvent::Recovery,
            format!("malsync: {}", descriptions.join("; ")),
            users,
        ));
    }
    if !logins.is_empty() {
        let describe = |(user, expires_at): &(String, DateTime<Utc>)| {
            format!(
                "the login of {user} ends on {} and was not renewed: malsync login",
                expires_at.format("%Y-%m-%d %H:%M UTC")
            )
        };
        let subject = |(user, expires_at): &(String, DateTime<Utc>)| NotificationSubject {
            username: name(user),
            token_expires_at: Some(expires_at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            ..NotificationSubject::default()
        };
        let text = format!("malsync: {}", logins.iter().map(describe).collect::<Vec<_>>().join("; "));
        notifications.push(notification(NotificationEvent::LoginEnds, text, logins.iter().map(subject).collect()));
    }
    notifications
}

/// Returns the body of the ping at the end of a sync: the summary of each user, then the last log lines.
#[must_use]
pub fn ping_body(outcomes: &[ObservedOutcome], log: &[String]) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        if !outcome.is_success() {
            text += &format!("exit code {}\n", outcome.exit.code());
        }
        text += &format!("{}\n", outcome.summary.trim_end());
        text.extend(outcome.hint.iter().map(|hint| format!("hint: {hint}\n")));
    }
    if !log.is_empty() {
        text += &format!("\n{}\n", log.join("\n"));
    }
    redact_tokens(&text)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::exit::Exit;

    fn failed_outcome() -> ObservedOutcome {
        let summary = "user has no MyAnimeList access token (user a)".to_owned();
        ObservedOutcome {
            user: "a".into(),
            exit: Exit::Login,
            has_run: false,
            summary,
            hint: Some("malsync login --user a".into()),
        }
    }

    #[test]
    fn notification_has_text_for_people_and_fields_for_programs() {
        let changes = StateChanges { failed: vec![failed_outcome()], recovered: vec!["b".into(), String::new()] };
        let expires_at = "2026-12-01T18:00:00Z".parse().unwrap();
        let notifications = build_notifications(&changes, &[("c".to_owned(), expires_at)], &["WARN x".to_owned()]);
        let lines: Vec<_> =
            notifications.iter().map(|notification| serde_json::to_string(notification).unwrap()).collect();
        assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn ping_body_ends_with_log_and_redacts_tokens() {
        let secret = "def502".repeat(20);
        let text = ping_body(&[failed_outcome()], &[format!("ERROR {secret}")]);
        assert_snapshot!(text, @r"
        exit code 4
        user has no MyAnimeList access token (user a)
        hint: malsync login --user a

        ERROR …
        ");
    }
}
