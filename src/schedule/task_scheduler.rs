//! A task for the Task Scheduler of Windows. A start that was missed is made up for.
//!
//! The order of the elements matters: it is the one of files that Windows exports.

use super::{ScheduledJob, job_marker};

/// The task's name, and its path in the Task Scheduler.
pub const TASK_NAME: &str = "malsync";

/// Returns the task's XML. `account` is the Windows account that it runs as, `DOMAIN\NAME`; without it Windows takes the
/// account that registers the task.
#[must_use]
pub fn task_xml(job: &ScheduledJob, account: Option<&str>) -> String {
    let text = |text: &str| html_escape::encode_text(text).into_owned();
    let times = job.start_times();
    // No hours means every hour.
    let (hour, minute) = (times.hours.first().copied().unwrap_or_default(), times.minutes[0]);
    let starts_per_day = times.hours.len().max(1) * times.minutes.len() * if times.hours.is_empty() { 24 } else { 1 };
    let repetition = repetition_xml(starts_per_day);
    let arguments: Vec<_> = job.arguments.iter().map(|argument| quote_argument(argument)).collect();
    format!(
        "\
<?xml version=\"1.0\" encoding=\"UTF-16\"?>
<Task version=\"1.2\" xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\">
  <RegistrationInfo>
    <Description>{marker} (remove it with malsync schedule remove)</Description>
    <URI>\\{TASK_NAME}</URI>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>{repetition}
      <StartBoundary>2026-01-01T{hour:02}:{minute:02}:00</StartBoundary>
      <Enabled>true</Enabled>
      <RandomDelay>PT{delay}S</RandomDelay>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id=\"Author\">{user}
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>
    <Enabled>true</Enabled>
    <ExecutionTimeLimit>PT12H</ExecutionTimeLimit>
    <Priority>7</Priority>
  </Settings>
  <Actions Context=\"Author\">
    <Exec>
      <Command>{command}</Command>
      <Arguments>{arguments}</Arguments>
    </Exec>
  </Actions>
</Task>
",
        marker = job_marker(job.interval),
        delay = job.interval.random_delay().as_secs(),
        user = account.map(|name| format!("\n      <UserId>{}</UserId>", text(name))).unwrap_or_default(),
        command = text(&job.program),
        arguments = text(&arguments.join(" ")),
    )
}

/// Returns the element that starts the task so many times a day. Returns an empty text for one start.
fn repetition_xml(starts_per_day: usize) -> String {
    if starts_per_day <= 1 {
        return String::new();
    }
    format!(
        "\n      <Repetition>\n        <Interval>PT{}M</Interval>\n        <Duration>P1D</Duration>\n        \
         <StopAtDurationEnd>false</StopAtDurationEnd>\n      </Repetition>",
        24 * 60 / starts_per_day
    )
}

/// Returns the program of a task and its whole command line. Returns `None` if the XML has no command.
#[must_use]
pub fn parse_command(xml: &str) -> Option<(String, String)> {
    let content_of = |name: &str| {
        let (_, rest) = xml.split_once(&format!("<{name}>"))?;
        let (content, _) = rest.split_once(&format!("</{name}>"))?;
        Some(html_escape::decode_html_entities(content).into_owned())
    };
    let program = content_of("Command")?;
    let command = format!("{program} {}", content_of("Arguments").unwrap_or_default());
    Some((program, command.trim_end().to_owned()))
}

/// Quotes an argument as the programs of Windows split their command line: in double quotes, with a backslash before a
/// quote, and backslashes doubled before a quote.
fn quote_argument(argument: &str) -> String {
    if !argument.is_empty() && !argument.contains([' ', '\t', '"']) {
        return argument.to_owned();
    }
    let mut quoted = String::from("\"");
    let mut backslashes = 0;
    for c in argument.chars() {
        match c {
            '\\' => backslashes += 1,
            '"' => {
                quoted.push_str(&"\\".repeat(backslashes + 1));
                backslashes = 0;
            }
            _ => backslashes = 0,
        }
        quoted.push(c);
    }
    quoted.push_str(&"\\".repeat(backslashes));
    quoted.push('"');
    quoted
}

/// Returns a text as the Task Scheduler reads it from a file: UTF-16 with a byte order mark.
#[must_use]
pub fn encode_utf16(text: &str) -> Vec<u8> {
    std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// Returns the text of a file of [`encode_utf16`].
#[must_use]
pub fn decode_utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units).trim_start_matches('\u{feff}').to_owned()
}

/// Returns the next start in a line that `schtasks /query /fo csv /nh` prints. Returns `None` if there is none.
#[must_use]
pub fn parse_next_run(line: &str) -> Option<String> {
    let next = line.trim().split("\",\"").nth(1)?;
    // Without a next start there is a word in Windows' language.
    next.contains(|c: char| c.is_ascii_digit()).then(|| next.to_owned())
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::{super::test_job, *};

    #[test]
    fn task_is_valid_xml_and_is_read_back() {
        let mut job = test_job("6h");
        job.program = "C:\\Program Files\\m&m\\malsync.exe".into();
        let xml = task_xml(&job, Some("PC\\al"));
        let mut reader = quick_xml::Reader::from_str(&xml);
        while !matches!(reader.read_event().unwrap(), quick_xml::events::Event::Eof) {}
        let (program, command) = parse_command(&xml).unwrap();
        assert_eq!(program, job.program);
        assert_eq!(command, format!("{program} sync --user \"o'neil \\\"$x\\\" 5%\" --quiet"));
        assert_eq!(decode_utf16(&encode_utf16(&xml)), xml);
        assert_snapshot!(xml);
    }

    #[test]
    fn repetition_fills_the_day_with_the_interval() {
        for (interval, repetition) in
            [("5m", Some("PT5M")), ("1h", Some("PT60M")), ("8h", Some("PT480M")), ("12h", Some("PT720M")), ("1d", None)]
        {
            let xml = task_xml(&test_job(interval), None);
            let found = xml.split_once("<Interval>").and_then(|(_, rest)| rest.split_once("</Interval>"));
            assert_eq!(found.map(|(interval, _)| interval), repetition, "{interval}");
        }
    }

    #[test]
    fn arguments_are_quoted_as_windows_splits_them() {
        for (argument, quoted) in [
            ("sync", "sync"),
            ("", "\"\""),
            ("C:\\a b\\", "\"C:\\a b\\\\\""),
            ("C:\\a", "C:\\a"),
            ("say \"hi\"", "\"say \\\"hi\\\"\""),
            ("a\\\"b c", "\"a\\\\\\\"b c\""),
        ] {
            assert_eq!(quote_argument(argument), quoted);
        }
    }

    #[test]
    fn next_run_is_read_from_csv_and_a_word_is_none() {
        assert_eq!(
            parse_next_run("\"\\malsync\",\"12/1/2026 4:31:00 AM\",\"Ready\"\r\n").unwrap(),
            "12/1/2026 4:31:00 AM"
        );
        assert_eq!(parse_next_run("\"\\malsync\",\"N/A\",\"Disabled\"\r\n"), None);
        assert_eq!(parse_next_run(""), None);
    }
}
