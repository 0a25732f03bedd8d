//! What makes syncs happen by themselves: `schedule status`.

use serde::Serialize;

use super::facts;

/// A job of malsync's own.
#[derive(Clone, Debug)]
pub struct ScheduleView {
    /// Whose job it is.
    pub scheduler: &'static str,
    /// How often.
    pub every: String,
    /// What is started, as it stands there.
    pub command: String,
    /// Where it stands.
    pub places: Vec<String>,
    /// Whether it is going to be started; none where nobody can be asked.
    pub active: Option<bool>,
    /// When, in the scheduler's words.
    pub next: Option<String>,
}

/// The object of `schedule status --json`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ScheduleJson<'a> {
    installed: bool,
    scheduler: Option<&'a str>,
    every: Option<&'a str>,
    command: Option<&'a str>,
    places: &'a [String],
    active: Option<bool>,
    next: Option<&'a str>,
}

/// The job as scripts read it; none is no job at all.
#[must_use]
pub fn json(view: Option<&ScheduleView>) -> ScheduleJson<'_> {
    let Some(view) = view else { return ScheduleJson::default() };
    ScheduleJson {
        installed: true,
        scheduler: Some(view.scheduler),
        every: Some(&view.every),
        command: Some(&view.command),
        places: &view.places,
        active: view.active,
        next: view.next.as_deref(),
    }
}

impl ScheduleView {
    /// As people read it.
    #[must_use]
    pub fn text(&self) -> String {
        let asleep = if self.active == Some(false) { ", but not started: malsync schedule install" } else { "" };
        let mut lines = vec![("scheduled", format!("every {} by {}{asleep}", self.every, self.scheduler))];
        lines.extend(self.next.iter().map(|next| ("next", next.clone())));
        lines.push(("command", self.command.clone()));
        lines.extend(self.places.iter().map(|place| ("in", place.clone())));
        facts(&lines)
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::ui::json::line;

    #[test]
    fn a_job_is_told_with_where_it_stands() {
        let mut view = ScheduleView {
            scheduler: "systemd",
            every: "6h".into(),
            command: "\"/usr/bin/malsync\" \"sync\"".into(),
            places: vec!["/h/malsync.service".into(), "/h/malsync.timer".into()],
            active: Some(true),
            next: Some("Wed 2026-11-25 04:17:00 UTC".into()),
        };
        assert_snapshot!(view.text(), @r#"
        scheduled  every 6h by systemd
        next       Wed 2026-11-25 04:17:00 UTC
        command    "/usr/bin/malsync" "sync"
        in         /h/malsync.service
        in         /h/malsync.timer
        "#);
        view.active = Some(false);
        assert!(view.text().contains("not started: malsync schedule install"));
        assert_snapshot!(line(&json(Some(&view))), @r#"{"installed":true,"scheduler":"systemd","every":"6h","command":"\"/usr/bin/malsync\" \"sync\"","places":["/h/malsync.service","/h/malsync.timer"],"active":false,"next":"Wed 2026-11-25 04:17:00 UTC"}"#);
        assert_snapshot!(line(&json(None)), @r#"{"installed":false,"scheduler":null,"every":null,"command":null,"places":[],"active":null,"next":null}"#);
    }
}
