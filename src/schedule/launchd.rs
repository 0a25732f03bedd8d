//! A property list for the user's launchd (macOS). launchd runs one missed start when the machine wakes up.

use super::{ScheduledJob, interval::StartTimes, job_marker};

/// The agent's label and file name.
pub const AGENT_LABEL: &str = "malsync.sync";

/// Returns the content of the agent's `.plist` file for a user with this home directory.
#[must_use]
pub fn property_list(job: &ScheduledJob, home: &str) -> String {
    let text = |text: &str| format!("<string>{}</string>", html_escape::encode_text(text));
    let words: String =
        [&job.program].into_iter().chain(&job.arguments).map(|word| format!("\n    {}", text(word))).collect();
    let variables: String =
        job.environment.iter().map(|(name, value)| format!("\n    <key>{name}</key>{}", text(value))).collect();
    let StartTimes { hours, minutes } = job.start_times();
    let minute = |minute: u32| format!("<key>Minute</key><integer>{minute}</integer>");
    let times: Vec<String> = if hours.is_empty() {
        minutes.iter().map(|minute_of_hour| minute(*minute_of_hour)).collect()
    } else {
        let at_hour = |hour: &u32| format!("<key>Hour</key><integer>{hour}</integer>{}", minute(minutes[0]));
        hours.iter().map(at_hour).collect()
    };
    let times: String = times.iter().map(|time| format!("\n    <dict>{time}</dict>")).collect();
    // `Umask` is decimal: 63 is 0o077.
    format!(
        "\
<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">
<!-- {marker} -->
<plist version=\"1.0\">
<dict>
  <key>Label</key>{label}
  <key>ProgramArguments</key>
  <array>{words}
  </array>
  <key>EnvironmentVariables</key>
  <dict>{variables}
  </dict>
  <key>StartCalendarInterval</key>
  <array>{times}
  </array>
  <key>ProcessType</key><string>Background</string>
  <key>Umask</key><integer>63</integer>
  <key>StandardErrorPath</key>{log}
</dict>
</plist>
",
        marker = job_marker(job.interval),
        label = text(AGENT_LABEL),
        log = text(&format!("{home}/Library/Logs/malsync.log")),
    )
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::{super::test_job, *};

    #[test]
    fn property_list_is_valid_xml_for_any_path() {
        let mut job = test_job("12h");
        job.arguments.push("<a&b>".into());
        let list = property_list(&job, "/Users/al & co");
        let mut reader = quick_xml::Reader::from_str(&list);
        while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
        assert_snapshot!(list);
    }
}
