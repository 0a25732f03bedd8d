//! The built binary and the adapters, tested from outside.

mod store;
mod support;
