//! A simulator of the MyAnimeList API v2 and its OAuth2 server: MAL as far as a client can tell.
//!
//! For tests of any MAL client. It runs in a test's own process ([`Sim::start`]) or on its own (`mal-sim`), has lists
//! of any size made from a seed, can be moved ([`Control`], `/_control`), made to fail ([`Rule`]) and asked what it
//! was asked ([`Logged`]).
//!
//! It keeps to what is known of the real API: recorded answers and what authors of live clients found out. Where
//! sources disagree there is a switch in [`Config`]; where nothing is known, the code says "inferred".
//!
//! ```
//! use mal_sim::{Config, Rule, Sim};
//!
//! # fn main() -> std::io::Result<()> {
//! let sim = Sim::start_blocking(Config { entries: 250, ..Config::default() })?;
//! let tokens = sim.control().issue_tokens("alice").expect("alice is there by default");
//! sim.control().fault(Rule::on("/v2/*").status(503).times(2)).expect("the rule makes sense");
//! assert!(sim.api_url().ends_with("/v2"));
//! assert!(tokens.refresh_token.starts_with("def502"));
//! # Ok(())
//! # }
//! ```
//!
//! The map: `exchange` is a request and an answer; `world` holds everything and sends a request to `authorize`,
//! `token_endpoint` or `api` (`page`, `person`, `detail`); `list`, `entry`, `status`, `anime`, `catalogue` are the
//! data, `fields` and `encode` how MAL writes it; `ops` is what tests can do, by `control` or `control_http`; `serve`,
//! `fault`, `wire` put it on the network and break it.

mod anime;
mod api;
mod authorize;
mod catalogue;
mod clock;
mod config;
mod control;
mod control_http;
mod detail;
mod encode;
mod entry;
mod exchange;
mod fault;
mod fault_build;
mod fields;
mod gzip;
mod list;
mod log;
mod oauth_error;
mod ops;
mod page;
mod person;
mod rng;
mod serve;
mod sim;
mod status;
mod token_endpoint;
mod tokens;
mod wire;
mod words;
mod world;

pub use config::{Config, DeleteAbsent, OverLimit, parse_duration};
pub use control::Control;
pub use fault::{After, Call, FOREVER, Match, Rule, Trickle};
pub use log::Logged;
pub use ops::{ControlError, Patch, TokenAction, TokenRequest, Tokens, Which};
pub use sim::{Sim, parse_faults};
