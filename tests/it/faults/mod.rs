//! The catalogue of faults, each injected into the built binary: `f_l…` logins, `f_t…` tokens, `f_h…` HTTP, `f_d…` data,
//! `f_p…` PostgreSQL, `f_s…` SQLite, `f_c…` processes and terminals. `docs/reliability.md` says which row is shown where.

mod data;
mod http;
mod login;
mod migrations;
mod postgres;
mod process;
mod sqlite;
mod tokens;
