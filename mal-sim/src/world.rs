//! Everything the simulator knows, behind one lock; and which part of it answers a request.

use crate::anime::Shelf;
use crate::clock::Clock;
use crate::config::Config;
use crate::exchange::{Answer, Request};
use crate::fault::Faults;
use crate::list::List;
use crate::log::Log;
use crate::page::Pages;
use crate::person::Counted;
use crate::rng;
use crate::tokens::Vault;
use crate::{api, authorize, token_endpoint};

/// A user with a list.
#[derive(Debug)]
pub(crate) struct User {
    /// As in paths; compared without regard to case.
    pub(crate) name: String,
    /// MAL's id.
    pub(crate) id: u64,
    /// The list.
    pub(crate) list: List,
    /// Keys of `anime_statistics` that say something else than the list does.
    pub(crate) statistics: serde_json::Map<String, serde_json::Value>,
    /// What the list counted up to, at that version of it.
    pub(crate) counted: Option<(u64, Counted)>,
}

/// How the next authorize requests go.
#[derive(Debug, Default)]
pub(crate) struct Consent {
    /// At once, without a page.
    pub(crate) auto: bool,
    /// Who consents; the first user by default.
    pub(crate) user: Option<String>,
    /// So many requests are denied.
    pub(crate) deny: u32,
}

/// Something that happens to tokens when a user's token has been used so many times more.
#[derive(Clone, Debug)]
pub(crate) struct Later {
    pub(crate) left: u32,
    pub(crate) user: String,
    pub(crate) blow: Blow,
}

/// What happens to the tokens of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Blow {
    pub(crate) access: bool,
    pub(crate) refresh: bool,
    /// Revoked rather than expired.
    pub(crate) revoke: bool,
}

/// Everything there is.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) config: Config,
    /// `http://host:port`, without a slash at the end.
    pub(crate) base: String,
    pub(crate) clock: Clock,
    pub(crate) shelf: Shelf,
    pub(crate) users: Vec<User>,
    pub(crate) vault: Vault,
    pub(crate) consent: Consent,
    pub(crate) later: Vec<Later>,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    pub(crate) pages: Pages,
}

impl World {
    /// A world as the configuration says.
    pub(crate) fn new(config: Config, base: String) -> Self {
        let mut world = Self {
            base,
            clock: Clock::new(),
            shelf: Shelf::new(config.seed),
            users: Vec::new(),
            vault: Vault::new(),
            consent: Consent { auto: config.auto_consent, ..Consent::default() },
            later: Vec::new(),
            faults: Faults::default(),
            log: Log::default(),
            pages: Pages::default(),
            config,
        };
        for name in world.config.users.clone() {
            world.add_user(&name, world.config.entries);
        }
        world
    }

    /// Adds a user; false if there is one of that name.
    pub(crate) fn add_user(&mut self, name: &str, entries: usize) -> bool {
        if self.user(name).is_some() {
            return false;
        }
        let seed = self.config.seed;
        self.users.push(User {
            name: name.to_owned(),
            id: 1000 + rng::Rng::of(&[seed, rng::hash(name)]).next() % 20_000_000,
            list: List::make(seed, name, entries),
            statistics: serde_json::Map::new(),
            counted: None,
        });
        true
    }

    /// A user by name.
    pub(crate) fn user(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name.eq_ignore_ascii_case(name))
    }

    /// A user to be changed.
    pub(crate) fn user_mut(&mut self, name: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.name.eq_ignore_ascii_case(name))
    }

    /// Who consents next.
    pub(crate) fn consenting_user(&self) -> String {
        let first = self.users.first().map(|user| user.name.clone());
        self.consent.user.clone().or(first).unwrap_or_default()
    }

    /// Whether a client id is taken.
    pub(crate) fn knows_client(&self, id: &str) -> bool {
        self.config.client_id.as_deref().is_none_or(|known| known == id)
    }

    /// Milliseconds since 1970 by the simulator's clock.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now().timestamp_millis()
    }

    /// Whose access token a request shows, valid or not.
    pub(crate) fn token_user(&self, request: &Request) -> Option<String> {
        let token = self.vault.access.get(request.bearer()?)?;
        Some(token.user.clone())
    }

    /// Counts a use of a user's token and lets happen what is due.
    pub(crate) fn used(&mut self, user: &str) {
        let mut due = Vec::new();
        self.later.retain_mut(|later| {
            if later.user != user {
                return true;
            }
            if later.left == 0 {
                due.push(later.blow);
                return false;
            }
            later.left -= 1;
            true
        });
        for blow in due {
            self.strike(Some(user), blow);
        }
    }

    /// Expires or revokes the tokens of a user, or of all; says how many.
    pub(crate) fn strike(&mut self, user: Option<&str>, blow: Blow) -> usize {
        let now = self.now_ms();
        let hit = |owner: &str| user.is_none_or(|user| user.eq_ignore_ascii_case(owner));
        let mut count = 0;
        if blow.access {
            for token in self.vault.access.values_mut().filter(|token| hit(&token.user)) {
                count += 1;
                token.revoked |= blow.revoke;
                token.expires = if blow.revoke { token.expires } else { token.expires.min(now) };
            }
        }
        if blow.refresh {
            for token in self.vault.refresh.values_mut().filter(|token| hit(&token.user)) {
                count += 1;
                token.revoked |= blow.revoke;
                token.expires = if blow.revoke { token.expires } else { token.expires.min(now) };
            }
        }
        count
    }

    /// Answers a request as MAL would.
    pub(crate) fn answer(&mut self, request: &Request) -> Answer {
        let segments = request.segments();
        let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("GET" | "POST", ["v1", "oauth2", "authorize"]) => authorize::answer(self, request),
            ("POST", ["v1", "oauth2", "token"]) => token_endpoint::answer(self, request),
            (_, ["v1", "oauth2", "authorize" | "token"]) => Answer::html(405, ""),
            (_, ["v2", rest @ ..]) => api::answer(self, request, rest),
            _ => Answer::html(404, "<h1>404 Not Found</h1>"),
        }
    }
}
