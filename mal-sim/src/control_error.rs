//! Why a control operation failed.

/// Why an operation failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ControlError {
    /// There is no user with this name.
    UnknownUser(String),
    /// There is no such path or method below `/_control`.
    UnknownPath,
    /// The request is invalid; the text says why.
    Invalid(String),
}

impl std::fmt::Display for ControlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownUser(name) => write!(f, "there is no user \"{name}\""),
            Self::UnknownPath => f.write_str("there is no such control; see the README"),
            Self::Invalid(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for ControlError {}

/// The result of a control operation.
pub(crate) type ControlResult<T = ()> = Result<T, ControlError>;
