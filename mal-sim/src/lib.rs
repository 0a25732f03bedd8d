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

mod anime_details;
mod anime_json;
mod api;
mod catalogue;
mod control;
mod control_http;
mod current_user;
mod fault_builder;
mod fault_rule;
mod field_selection;
mod gzip_encoder;
mod http_message;
mod list_page;
mod oauth_authorize;
mod oauth_error;
mod oauth_token;
mod php_json;
mod request_log;
mod response_stream;
mod rng;
mod server;
mod sim_clock;
mod sim_config;
mod sim_entry;
mod sim_list;
mod simulator;
mod state;
mod test_operations;
mod token_registry;
mod watch_status;
mod word_list;

pub use control::SimControl;
pub use fault_rule::{ControlCall, FaultPoint, FaultRule, RequestMatcher, TIMES_FOREVER, Trickle};
pub use request_log::LoggedRequest;
pub use sim_config::{DeleteAbsent, OverLimit, SimConfig, parse_duration};
pub use simulator::{Sim, parse_fault_rules};
pub use test_operations::{ControlError, EntryPatch, IssueTokensRequest, SimTokens, TokenAction, TokenSelector};
