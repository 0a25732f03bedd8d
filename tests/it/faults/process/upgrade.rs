//! Databases that earlier releases wrote.
