//! What PostgreSQL may do in the middle of a run.
