//! Options of the output, from flags and environment.

/// When to print colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorMode {
    /// Only on a terminal that supports colors, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always, regardless of terminal and environment.
    Always,
    /// Never.
    Never,
}

/// Output options from flags and environment.
#[derive(Clone, Debug, Default)]
pub struct UiOptions {
    /// Number of `-v` flags.
    pub verbosity: u8,
    /// `-q`: print only results and errors.
    pub quiet: bool,
    /// `--color`
    pub color: ColorMode,
    /// `--no-progress`
    pub no_progress: bool,
    /// `NO_COLOR` is set.
    pub no_color: bool,
    /// `TERM=dumb`: a terminal without cursor control or colors.
    pub dumb_terminal: bool,
    /// `COLUMNS`: width used if the terminal does not report one.
    pub columns: Option<usize>,
    /// `LINES`: height used if the terminal does not report one.
    pub lines: Option<usize>,
    /// Command line of the pager for long output. Empty disables paging, `None` means the default pager.
    pub pager: Option<String>,
    /// `LESS` is set, so malsync passes no options of its own to `less`.
    pub has_less_variable: bool,
    /// `JOURNAL_STREAM`: device and inode of the stream that systemd connected to its journal.
    pub journal_stream: Option<String>,
    /// `RUST_LOG`
    pub rust_log: Option<String>,
}
