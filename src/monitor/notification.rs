//! Builds notifications: a text for people, and the same data as JSON for programs.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::{
    ObservedOutcome,
    notification_state::{FailedSync, StateChanges},
};
use crate::secret::redact_tokens;

/// Discord refuses a `content` of more characters.
const MAX_CONTENT_CHARS: usize = 2_000;

/// One notification. Serialized as the JSON that the command receives; [`Notification::webhook_json`] is the webhook's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notification {
    /// The kind of event.
    pub event: NotificationEvent,
    /// One line of text for people.
    pub text: String,
    /// The text under the name that Discord expects, and cut to what Discord takes.
    pub content: String,
    /// Discord: no word in the text mentions anybody.
    pub allowed_mentions: AllowedMentions,
    /// The users concerned.
    pub users: Vec<NotificationSubject>,
    /// The last lines that the command printed.
    pub log: Vec<String>,
    /// malsync's version.
    pub version: &'static str,
}

/// The mentions that Discord acts on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AllowedMentions {
    /// The kinds of mentions: none.
    parse: [&'static str; 0],
}

impl Notification {
    /// Returns the JSON for a webhook: `text` is escaped for Slack and Mattermost.
    ///
    /// # Errors
    ///
    /// Never fails in practice: all values can be written as JSON.
    pub fn webhook_json(&self) -> serde_json::Result<String> {
        let text = self.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        serde_json::to_string(&Self { text, ..self.clone() })
    }
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
    let notification = |event, sentences: Vec<String>, users| {
        let sentences: Vec<_> = sentences.iter().map(|sentence| redact_tokens(sentence)).collect();
        Notification {
            event,
            content: join_within_limit(&sentences),
            text: join_sentences(&sentences),
            allowed_mentions: AllowedMentions::default(),
            users,
            log: log.to_vec(),
            version: env!("CARGO_PKG_VERSION"),
        }
    };
    let name = |user: &str| (!user.is_empty()).then(|| user.to_owned());
    let of_user = |user: &str| if user.is_empty() { String::new() } else { format!(" of {user}") };
    let mut notifications = Vec::new();
    if !changes.failed.is_empty() {
        let describe = |failed: &FailedSync| {
            let hint = failed.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
            let (user, code, summary) = (of_user(&failed.user), failed.exit_code, &failed.summary);
            format!("the sync{user} failed with exit code {code}: {summary}{hint}")
        };
        let subject = |failed: &FailedSync| NotificationSubject {
            username: name(&failed.user),
            exit_code: Some(failed.exit_code),
            ..NotificationSubject::default()
        };
        notifications.push(notification(
            NotificationEvent::Failure,
            changes.failed.iter().map(describe).collect(),
            changes.failed.iter().map(subject).collect(),
        ));
    }
    if !changes.recovered.is_empty() {
        let describe = |user: &String| format!("the sync{} works again", of_user(user));
        let subject = |user: &String| NotificationSubject { username: name(user), ..NotificationSubject::default() };
        let users = changes.recovered.iter().map(subject).collect();
        notifications.push(notification(
            NotificationEvent::Recovery,
            changes.recovered.iter().map(describe).collect(),
            users,
        ));
    }
    if !logins.is_empty() {
        let describe = |(user, expires_at): &(String, DateTime<Utc>)| {
            format!(
                "the login of {user} expires on {} and was not refreshed. Run: malsync login",
                expires_at.format("%Y-%m-%d %H:%M UTC")
            )
        };
        let subject = |(user, expires_at): &(String, DateTime<Utc>)| NotificationSubject {
            username: name(user),
            token_expires_at: Some(expires_at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            ..NotificationSubject::default()
        };
        let users = logins.iter().map(subject).collect();
        notifications.push(notification(NotificationEvent::LoginEnds, logins.iter().map(describe).collect(), users));
    }
    notifications
}

fn join_sentences(sentences: &[String]) -> String {
    format!("malsync: {}", sentences.join("; "))
}

/// Returns the sentences that fit into [`MAX_CONTENT_CHARS`], and how many users are left out. A single sentence that is
/// too long is cut.
fn join_within_limit(sentences: &[String]) -> String {
    let length = |text: &str| text.encode_utf16().count();
    for count in (1..=sentences.len()).rev() {
        let text = match sentences.len() - count {
            0 => join_sentences(sentences),
            1 => format!("{}; and 1 more user", join_sentences(&sentences[..count])),
            left_out => format!("{}; and {left_out} more users", join_sentences(&sentences[..count])),
        };
        if length(&text) <= MAX_CONTENT_CHARS {
            return text;
        }
    }
    let suffix = match sentences.len() {
        0 | 1 => "…".to_owned(),
        count => format!("…; and {} more users", count - 1),
    };
    let mut text = join_sentences(sentences.get(..1).unwrap_or_default());
    while length(&text) + length(&suffix) > MAX_CONTENT_CHARS {
        text.pop();
    }
    text + &suffix
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
        let failed = failed_sync("a", &failed_outcome().summary);
        let changes = StateChanges { failed: vec![failed], recovered: vec!["b".into(), String::new()] };
        let expires_at = "2026-12-01T18:00:00Z".parse().unwrap();
        let notifications = build_notifications(&changes, &[("c".to_owned(), expires_at)], &["WARN x".to_owned()]);
        let lines: Vec<_> =
            notifications.iter().map(|notification| serde_json::to_string(notification).unwrap()).collect();
        assert_snapshot!(lines.join("\n"));
    }

    fn failed_sync(user: &str, summary: &str) -> FailedSync {
        let hint = Some(format!("malsync login --user {user}"));
        FailedSync { user: user.to_owned(), exit_code: 4, summary: summary.to_owned(), hint, has_run: true }
    }

    #[test]
    fn content_is_cut_to_what_discord_takes() {
        let summary = "MAL refused the login of this user, and every further sync will fail until then ".repeat(3);
        for (count, left_out) in [(1, ""), (2, ""), (12, "; and 6 more users"), (1000, "; and 994 more users")] {
            let failed = (0..count).map(|n| failed_sync(&format!("user{n:04}"), &summary)).collect();
            let changes = StateChanges { failed, recovered: Vec::new() };
            let notification = &build_notifications(&changes, &[], &[])[0];
            let content = &notification.content;
            assert!(content.chars().count() <= 2_000, "{count}: {}", content.chars().count());
            assert!(
                content.ends_with(if left_out.is_empty() { "--user user0000" } else { left_out }) || count == 2,
                "{content}"
            );
            assert_eq!((notification.users.len(), notification.text.matches("exit code 4").count()), (count, count));
        }
        for (count, end) in [(1, "😀…"), (3, "😀…; and 2 more users")] {
            let failed = (0..count).map(|_| failed_sync("a", &"😀".repeat(3_000))).collect();
            let changes = StateChanges { failed, recovered: Vec::new() };
            let content = &build_notifications(&changes, &[], &[])[0].content;
            assert!(content.encode_utf16().count() <= 2_000 && content.ends_with(end), "{content}");
        }
    }

    #[test]
    fn webhook_text_cannot_mention_anybody() {
        let changes = StateChanges { failed: vec![failed_sync("a", "<!channel> @everyone & <b>")], recovered: vec![] };
        let notification = &build_notifications(&changes, &[], &[])[0];
        let json: serde_json::Value = serde_json::from_str(&notification.webhook_json().unwrap()).unwrap();
        assert!(json["text"].as_str().unwrap().contains(": &lt;!channel&gt; @everyone &amp; &lt;b&gt;; "), "{json}");
        assert!(json["content"].as_str().unwrap().contains("<!channel> @everyone & <b>"), "{json}");
        assert_eq!(json["allowed_mentions"], serde_json::json!({"parse": []}));
        assert!(notification.text.contains("<!channel>"), "a command gets the text as it is");
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
