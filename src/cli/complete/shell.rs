//! The shells that can ask the binary for candidates.

/// Shells whose scripts request completions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CompletionShell {
    Bash,
    Fish,
    Zsh,
}

impl CompletionShell {
    /// Returns the shell of this name. Returns fish if the name is unknown.
    pub(super) fn from_name(name: &str) -> Self {
        match name {
            "bash" => Self::Bash,
            "zsh" => Self::Zsh,
            _ => Self::Fish,
        }
    }
}
