//! The adapter to the databases: all SQL. One story for PostgreSQL and SQLite.
