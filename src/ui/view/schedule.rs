//! Output of `schedule status`: the job that starts syncs regularly.

use serde::Serialize;

use super::key_value_lines;

/// The scheduled job of malsync.
#[derive(Clone, Debug)]
pub struct ScheduleView {
    /// Scheduler that runs the job.
    pub scheduler: &'static str,
    /// Interval between two starts.
    pub interval: String,
    /// Command line, as in the job file.
    pub command: String,
    /// Files or entries that define the job.
    pub files: Vec<String>,
    /// True if the scheduler will start the job. `None` if unknown.
    pub is_active: Option<bool>,
    /// Time of the next start, as text from the scheduler.
    pub next_run: Option<String>,
}

/// JSON object of `schedule status --json`.
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

/// Returns the job as JSON. `None` means no job is installed.
#[must_use]
pub fn to_json(view: Option<&ScheduleView>) -> ScheduleJson<'_> {
    let Some(view) = view else { return ScheduleJson::default() };
    ScheduleJson {
        installed: true,
        scheduler: Some(view.scheduler),
        every: Some(&view.interval),
        command: Some(&view.command),
        places: &view.files,
        active: view.is_active,
        next: view.next_run.as_deref(),
    }
}

impl ScheduleView {
    /// Returns the job as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let inactive_note =
            if self.is_active == Some(false) { ", but not started. Run: malsync schedule install" } else { "" };
        let mut lines = vec![("scheduled", format!("every {} by {}{inactive_note}", self.interval, self.scheduler))];
        lines.extend(self.next_run.iter().map(|next| ("next", next.clone())));
        lines.push(("command", self.command.clone()));
        lines.extend(self.files.iter().map(|file| ("in", file.clone())));
        key_value_lines(&lines, None)
    }
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::json_line::to_json_line;
    use crate::ui::style::strip_styles;

    #[test]
    fn schedule_text_and_json_name_the_job_files() {
        let mut view = ScheduleView {
            scheduler: "systemd",
            interval: "6h".into(),
            command: "\"/usr/bin/malsync\" \"sync\"".into(),
            files: vec!["/h/malsync.service".into(), "/h/malsync.timer".into()],
            is_active: Some(true),
            next_run: Some("Wed 2026-11-25 04:17:00 UTC".into()),
        };
        assert_snapshot!(strip_styles(&view.to_text()), @r#"
        scheduled  every 6h by systemd
        next       Wed 2026-11-25 04:17:00 UTC
        command    "/usr/bin/malsync" "sync"
        in         /h/malsync.service
        in         /h/malsync.timer
        "#);
        view.is_active = Some(false);
        assert!(strip_styles(&view.to_text()).contains("not started. Run: malsync schedule install"));
        assert_snapshot!(to_json_line(&to_json(Some(&view))), @r#"{"installed":true,"scheduler":"systemd","every":"6h","command":"\"/usr/bin/malsync\" \"sync\"","places":["/h/malsync.service","/h/malsync.timer"],"active":false,"next":"Wed 2026-11-25 04:17:00 UTC"}"#);
        assert_snapshot!(to_json_line(&to_json(None)), @r#"{"installed":false,"scheduler":null,"every":null,"command":null,"places":[],"active":null,"next":null}"#);
    }
}
