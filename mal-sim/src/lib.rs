//! A simulator of the MyAnimeList API v2 and its OAuth2 server, for tests of any MAL client.
//!
//! It runs in the test's own process ([`Sim::start`]) or as a command (`mal-sim`). Lists of any size are generated from
//! a seed. Tests change its state ([`SimControl`], `/_control`), script faults ([`FaultRule`]) and read the request log
//! ([`LoggedRequest`]).
//!
//! Its behaviour follows what is known of the real API: recorded responses and findings of authors of live clients. If
//! sources disagree, [`SimConfig`] has a switch. If nothing is known, the code says "inferred".
//!
//! ```
//! use mal_sim::{FaultRule, Sim, SimConfig};
//!
//! # fn main() -> std::io::Result<()> {
//! let sim = Sim::start_blocking(SimConfig { entries: 250, ..SimConfig::default() })?;
//! let tokens = sim.control().issue_tokens("alice").expect("alice exists by default");
//! sim.control().add_fault(FaultRule::for_path("/v2/*").status(503).times(2)).expect("the rule is valid");
//! assert!(sim.api_url().ends_with("/v2"));
//! assert!(tokens.refresh_token.starts_with("def502"));
//! # Ok(())
//! # }
//! ```
//!
//! Modules:
//!
//! 1. Requests: `http_message` is a request and a response. `state` holds the whole state and routes a request to
//!    `oauth_authorize`, `oauth_token` or `api` (`list_page`, `current_user`, `anime_details`).
//! 2. Data: `sim_list`, `sim_entry`, `watch_status`, `anime_json`, `catalogue`. `field_selection` and `php_json` define
//!    how MAL serializes it.
//! 3. Control: `test_operations` is what tests can do, through `control` or `control_http`.
//! 4. Network: `server`, `fault_rule` and `response_stream` serve the responses and apply faults to them.

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
