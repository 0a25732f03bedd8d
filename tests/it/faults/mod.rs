//! The fault catalogue, injected into the built binary: `f_l…` logins, `f_t…` tokens, `f_h…` HTTP, `f_d…` data,
//! `f_p…` PostgreSQL, `f_s…` SQLite, `f_c…` processes and terminals, `f_e…` other accounts. docs/reliability.md lists the tests of each row.

mod accounts;
mod data;
mod http;
mod login;
mod migrations;
mod postgres;
mod postgres_sessions;
mod process;
mod reading;
mod sqlite;
mod tokens;
