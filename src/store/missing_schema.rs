//! What a command that creates no database asks for, and why there may be none.

/// What a command does with a database that it does not create.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseAccess {
    /// It only reads. A file or server that refuses writes is read.
    Read,
    /// It may write.
    Write,
}

/// Why a database has none of malsync's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingSchema {
    /// There is no database, or it has no table that malsync would use.
    NoTables,
    /// The tables were made by an application from the same schema, which malsync can take over.
    ApplicationTables {
        /// True if the application stored MAL tokens.
        has_tokens: bool,
    },
}
