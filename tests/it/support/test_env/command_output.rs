//! What a command of the built binary printed, and how it ended.

use serde_json::Value;

/// What a command printed, and how it ended.
#[derive(Debug)]
pub(crate) struct CommandOutput {
    /// The exit code, or -1 if a signal ended the process.
    pub(crate) code: i32,
    /// The signal that ended the process.
    pub(crate) signal: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl CommandOutput {
    /// Asserts the exit code, and returns the output.
    #[track_caller]
    pub(crate) fn expect_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Returns the JSON object on standard output. Fails unless there is exactly one.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        let lines = self.json_lines();
        assert_eq!(lines.len(), 1, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        lines.into_iter().next().unwrap()
    }

    /// Returns the JSON objects on standard output, one per line.
    #[track_caller]
    pub(crate) fn json_lines(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }
}
