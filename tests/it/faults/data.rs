//! What MAL may put into an entry, on both databases.
