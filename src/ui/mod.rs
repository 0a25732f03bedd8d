//! The only code that writes to standard output and standard error: tables, JSON, progress, logs.
