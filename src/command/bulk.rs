//! Changing many entries at once, for `edit` and `restore`: what would change, the question, the edit, what was done.
//!
//! The rule: what is told is what was done. The plan is a pure function of an entry; it is shown on the rows as they were
//! read, carried out on the rows as they are then, and told from those.

use std::collections::HashMap;

use crate::{
    cli::args,
    domain::{
        edit::{EditCommand, Edited, Wanted},
        entry::Local,
        user::UserId,
    },
    exit::Exit,
    failure::Failure,
    store::{Database, Whose},
    sync::{edit::outlook, port::Store as _, restore::Left},
    ui::{Bar, view::edited::Told},
};

use super::context::Context;

/// What is to become of one entry: the edit, and what is left alone.
pub(super) type Plan<'a> = dyn Fn(i32, Option<&Local>) -> (Option<Edited>, Vec<Left>) + Send + Sync + 'a;

/// Titles in a question.
const NAMED: usize = 3;

/// A change of many entries.
pub(super) struct Bulk<'a> {
    pub(super) user: UserId,
    pub(super) command: EditCommand,
    /// MAL's ids, in the order in which they are told, with the titles.
    pub(super) entries: &'a [(i32, String)],
    pub(super) plan: &'a Plan<'a>,
    pub(super) flags: args::Bulk,
}

/// What was done, or would be.
pub(super) struct Done {
    pub(super) edit_id: Option<i64>,
    pub(super) told: Vec<Told>,
}

impl Bulk<'_> {
    /// Carries it out; none where the question was answered with no.
    pub(super) async fn run(&self, context: &Context<'_>, database: &Database) -> Result<Option<Done>, Failure> {
        let mut ids: Vec<i32> = self.entries.iter().map(|(mal_id, _)| *mal_id).collect();
        ids.sort_unstable();
        let there = database.entries(self.user, &ids).await?;
        let mut before: HashMap<i32, Option<Local>> =
            there.into_iter().map(|entry| (entry.mal_id, Some(entry))).collect();
        let at = |before: &HashMap<i32, Option<Local>>, mal_id| before.get(&mal_id).cloned().flatten();
        let changes = |mal_id: i32| (self.plan)(mal_id, at(&before, mal_id).as_ref()).0.is_some();
        let changed: Vec<&(i32, String)> = self.entries.iter().filter(|(mal_id, _)| changes(*mal_id)).collect();
        let mut edit_id = None;
        if !self.flags.dry_run && !changed.is_empty() {
            if !self.is_wanted(context, &changed).await? {
                return Ok(None);
            }
            let wanted: Vec<Wanted> =
                changed.iter().map(|(mal_id, _)| Wanted { mal_id: *mal_id, anime: None }).collect();
            let decide = |wanted: &Wanted, entry: Option<&Local>| (self.plan)(wanted.mal_id, entry).0;
            let write =
                async |bar: &Bar| database.edit(Whose::User(self.user), self.command, &wanted, &decide, bar).await;
            let done = context.watched(self.doing(), write).await?;
            edit_id = done.edit_id;
            before.extend(done.entries.into_iter().map(|(before, after)| (after.mal_id, before)));
        }
        let tell = |(mal_id, title): &(i32, String)| {
            let (edited, left) = (self.plan)(*mal_id, at(&before, *mal_id).as_ref());
            let changes = edited.as_ref().map(outlook).unwrap_or_default();
            Told { mal_id: *mal_id, title: title.clone(), changes, left }
        };
        Ok(Some(Done { edit_id, told: self.entries.iter().map(tell).collect() }))
    }

    /// What goes on while it is written.
    const fn doing(&self) -> &'static str {
        match self.command {
            EditCommand::Restore => "restoring",
            _ => "editing",
        }
    }

    /// Asks where more than one entry is to change. Where nobody can answer, `--yes` must have been given.
    async fn is_wanted(&self, context: &Context<'_>, changed: &[&(i32, String)]) -> Result<bool, Failure> {
        if changed.len() < 2 || self.flags.yes {
            return Ok(true);
        }
        let verb = self.command.as_str();
        if !context.ui.can_ask() {
            let what = format!("{verb} would change {} entries, and there is no terminal to ask on", changed.len());
            return Err(
                Failure::text(Exit::Usage, what).hint("--yes goes on without asking, --dry-run shows what it would do")
            );
        }
        let titles: Vec<&str> = changed.iter().take(NAMED).map(|(_, title)| title.as_str()).collect();
        let more = changed.len() - titles.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let question = format!("{verb}: change {} entries ({}{more})? [y/N]", changed.len(), titles.join(", "));
        let answer = context.ask(&question).await?.unwrap_or_default();
        Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }
}
