//! What is said: a text for people, the same and its parts as JSON for programs.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::{ObservedOutcome, notification_state::StateChanges};
use crate::secret::redact_tokens;

/// Something to be told once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notification {
    /// What happened.
    pub event: NotificationEvent,
    /// For people, on one line.
    pub text: String,
    /// The same, under the name by which Discord takes it.
    pub content: String,
    /// Whom it is about.
    pub users: Vec<NotificationSubject>,
    /// The last lines that the command printed.
    pub log: Vec<String>,
    /// malsync's version.
    pub version: &'static str,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationEvent {
    /// Syncs fail, or fail otherwise than before.
    Failure,
    /// Syncs that failed work again.
    Recovery,
    /// A login ends within seven days, and was not renewed.
    LoginEnds,
}

/// A user whom a notice is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct NotificationSubject {
    /// The name; none where the command got to no user.
    pub username: Option<String>,
    /// How the sync ended, where it failed.
    pub exit_code: Option<u8>,
    /// The end of the login, where the notice is about that.
    pub token_expires_at: Option<String>,
}

/// The notices for what is new, with the end of the log.
#[must_use]
pub fn build_notifications(
    news: &StateChanges,
    logins: &[(String, DateTime<Utc>)],
    log: &[String],
) -> Vec<Notification> {
    let notice = |event, text: String, users| {
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
    let whose = |user: &str| if user.is_empty() { String::new() } else { format!(" of {user}") };
    let mut notices = Vec::new();
    if !news.failed.is_empty() {
        let told = |end: &ObservedOutcome| {
            let first = end.summary.lines().next().unwrap_or_default();
            let hint = end.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
            format!("the sync{} failed with exit code {}: {first}{hint}", whose(&end.user), end.exit.code())
        };
        let text = format!("malsync: {}", news.failed.iter().map(told).collect::<Vec<_>>().join("; "));
        let about = |end: &ObservedOutcome| NotificationSubject {
            username: name(&end.user),
            exit_code: Some(end.exit.code()),
            ..NotificationSubject::default()
        };
        notices.push(notice(NotificationEvent::Failure, text, news.failed.iter().map(about).collect()));
    }
    if !news.recovered.is_empty() {
        let told: Vec<_> = news.recovered.iter().map(|user| format!("the sync{} works again", whose(user))).collect();
        let about = |user: &String| NotificationSubject { username: name(user), ..NotificationSubject::default() };
        let users = news.recovered.iter().map(about).collect();
        notices.push(notice(NotificationEvent::Recovery, format!("malsync: {}", told.join("; ")), users));
    }
    if !logins.is_empty() {
        let told = |(user, end): &(String, DateTime<Utc>)| {
            format!(
                "the login of {user} ends on {} and was not renewed: malsync login",
                end.format("%Y-%m-%d %H:%M UTC")
            )
        };
        let about = |(user, end): &(String, DateTime<Utc>)| NotificationSubject {
            username: name(user),
            token_expires_at: Some(end.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            ..NotificationSubject::default()
        };
        let text = format!("malsync: {}", logins.iter().map(told).collect::<Vec<_>>().join("; "));
        notices.push(notice(NotificationEvent::LoginEnds, text, logins.iter().map(about).collect()));
    }
    notices
}

/// What a check is sent at the end of a sync: each user's in a few lines, then the end of the log.
#[must_use]
pub fn ping_body(ends: &[ObservedOutcome], log: &[String]) -> String {
    let mut text = String::new();
    for end in ends {
        if !end.is_success() {
            text += &format!("exit code {}\n", end.exit.code());
        }
        text += &format!("{}\n", end.summary.trim_end());
        text.extend(end.hint.iter().map(|hint| format!("hint: {hint}\n")));
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
        let told = "user has no MyAnimeList access token (user a)".to_owned();
        ObservedOutcome {
            user: "a".into(),
            exit: Exit::Login,
            has_run: false,
            summary: told,
            hint: Some("malsync login --user a".into()),
        }
    }

    #[test]
    fn notification_has_text_for_people_and_fields_for_programs() {
        let news = StateChanges { failed: vec![failed_outcome()], recovered: vec!["b".into(), String::new()] };
        let end = "2026-12-01T18:00:00Z".parse().unwrap();
        let notices = build_notifications(&news, &[("c".to_owned(), end)], &["WARN x".to_owned()]);
        let lines: Vec<_> = notices.iter().map(|notice| serde_json::to_string(notice).unwrap()).collect();
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
