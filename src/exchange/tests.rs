//! Written, read.
