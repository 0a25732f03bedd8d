//! A simulator of the MyAnimeList API v2 and its OAuth2 server, for tests of any MAL client.
//!
//! It runs in the test's own process ([`Sim::start`]) or as a command (`mal-sim`). Lists of any size are generated from
//! a seed. Tests change its state ([`SimControl`], `/_control`), script faults ([`FaultRule`]) and read the request log
//! ([`LoggedRequest`]).
//!
//! Its behaviour follows what is known of the real API. The comments name the source:
//!
//! - "documented": MAL's API reference says so.
//! - "recorded": a stored response of the real API shows it.
//! - "observed": a recorded response or a report by an author of a live client shows it.
//! - "inferred": nothing is known, and the simulator does what is most likely.
//!
//! If sources disagree, [`SimConfig`] has a switch.
//!
//! An anime is called *gray* if its field `nsfw` is `gray` or `black`. MAL sends it only for `nsfw=true`.
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
//! Modules, from the lowest layer to the highest. No file uses one that is listed after it (tests/it/layers of the
//! workspace).
//!
//! 1. Formats: `http_message` is a request and a response. `php_encoding`, `comment_text`, `field_selection`, `paging`,
//!    `gzip_encoder`, `sim_clock` and `sim_date` define how MAL serializes them.
//! 2. Data: `rng` and `word_list` generate it as `sim_config` says. `catalogue`, `anime_json` and `anime_node` are the anime;
//!    `list_status`, `sim_entry`, `entry_patch`, `sim_list`, `list_totals` and `sim_user` the lists; `page_cache` keeps
//!    pages. `token_registry` has the tokens of `sim_tokens`; `fault_rule`, `fault_builder` and `request_matcher` the faults,
//!    `request_log` the log. `state` holds all of it.
//! 3. Requests: `router` hands them to `oauth_authorize`, `oauth_token` (with `oauth_error`) and `api`; `list_page`,
//!    `current_user`, `anime_details`, `anime_search` and `list_status_write` (with `list_status_form`) respond.
//! 4. Control: `test_operations` and `list_dump` are what tests can do, through `control` or `control_http`, with the errors
//!    of `control_error`.
//! 5. Network: `server`, `fault_response` and `fault_stream` serve the responses and apply faults to them. `simulator` starts
//!    it all.

mod anime_details;
mod anime_json;
mod anime_node;
mod anime_search;
mod api;
mod catalogue;
mod comment_text;
mod control;
mod control_error;
mod control_http;
mod current_user;
mod entry_patch;
mod fault_builder;
mod fault_response;
mod fault_rule;
mod fault_stream;
mod field_selection;
mod gzip_encoder;
mod http_message;
mod list_dump;
mod list_page;
mod list_status;
mod list_status_form;
mod list_status_write;
mod list_totals;
mod oauth_authorize;
mod oauth_error;
mod oauth_token;
mod page_cache;
mod paging;
mod php_encoding;
mod request_log;
mod request_matcher;
mod rng;
mod router;
mod server;
mod sim_clock;
mod sim_config;
mod sim_date;
mod sim_entry;
mod sim_list;
mod sim_tokens;
mod sim_user;
mod simulator;
mod state;
mod test_operations;
mod token_registry;
mod word_list;

pub use control::SimControl;
pub use control_error::ControlError;
pub use entry_patch::EntryPatch;
pub use fault_rule::{ControlCall, FaultPoint, FaultRule, TIMES_FOREVER, Trickle};
pub use list_dump::DumpedEntry;
pub use request_log::LoggedRequest;
pub use request_matcher::RequestMatcher;
pub use sim_config::{DeleteAbsent, OverLimit, SimConfig, parse_duration};
pub use sim_tokens::{IssueTokensRequest, SimTokenKind, SimTokens, TokenSelection};
pub use simulator::{Sim, parse_fault_rules};
