//! One anime with everything that is known of it: `show`.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{NONE, column::WholeObject, count, of, or_none, plain, utc};
use crate::{
    domain::{anime::Anime, change::Field, history::Event, list_item::ListItem},
    sync::{
        edit::{base_of, local_edits, set_back},
        resolve::{Settled, value_of},
    },
    ui::{Column, Table, clean, fit, wrap},
};

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The anime; where the user does not have it, with an entry that says nothing.
    pub item: &'a ListItem,
    /// Whether the user has it in the list.
    pub listed: bool,
    /// Whose list it is.
    pub user: &'a str,
    /// What happened to the entry, the newest first.
    pub history: &'a [Event],
    /// There is more of it.
    pub more: bool,
}

/// The object: the fields of `list`, and what only `show` has.
#[derive(Serialize)]
pub struct ShowJson<'a> {
    #[serde(flatten)]
    whole: WholeObject<'a>,
    synopsis: Option<&'a str>,
    mal: Option<Map<String, Value>>,
    history: Vec<EventJson<'a>>,
    listed: bool,
    set_back: Vec<SetBackJson>,
}

#[derive(Serialize)]
struct EventJson<'a> {
    at: String,
    command: &'a str,
    run_id: Option<i64>,
    edit_id: Option<i64>,
    field: &'a str,
    local: &'a Value,
    mal: &'a Value,
    kept: &'a Value,
    conflict: bool,
    rule: Option<&'a str>,
}

#[derive(Serialize)]
struct SetBackJson {
    field: &'static str,
    kept: Value,
    rule: &'static str,
}

/// The anime as scripts read it.
#[must_use]
pub fn json<'a>(shown: &Shown<'a>) -> ShowJson<'a> {
    let item = shown.item;
    let mal = base_of(&item.entry).map(|base| {
        Field::RULED.into_iter().map(|field| (field.as_str().to_owned(), value_of(&base, field))).collect()
    });
    let back = |settled: Settled| SetBackJson {
        field: settled.field.as_str(),
        kept: settled.kept,
        rule: settled.rule.as_str(),
    };
    ShowJson {
        whole: WholeObject { item, listed: shown.listed },
        synopsis: item.anime.synopsis.as_deref(),
        mal,
        history: shown.history.iter().map(event).collect(),
        listed: shown.listed,
        set_back: pending(item).into_iter().map(back).collect(),
    }
}

fn event(event: &Event) -> EventJson<'_> {
    match event {
        Event::Run(change) => EventJson {
            at: utc(change.at),
            command: "sync",
            run_id: Some(change.run_id.0),
            edit_id: None,
            field: &change.field,
            local: &change.local,
            mal: &change.mal,
            kept: &change.kept,
            conflict: change.conflict,
            rule: Some(&change.rule),
        },
        Event::Edit(edit) => EventJson {
            at: utc(edit.at),
            command: &edit.command,
            run_id: None,
            edit_id: Some(edit.edit_id),
            field: &edit.field,
            local: &edit.local,
            mal: &edit.base,
            kept: &edit.kept,
            conflict: false,
            rule: None,
        },
    }
}

/// What the next sync sets back; never a pinned field.
fn pending(item: &ListItem) -> Vec<Settled> {
    set_back(&item.entry).into_iter().filter(|settled| !item.entry.pinned.contains(&settled.field)).collect()
}

/// The anime as people read it, in so many columns; tables are cut to the limit where there is one.
#[must_use]
pub fn text(shown: &Shown<'_>, columns: usize, limit: Option<usize>) -> String {
    let mut text = lines(wrap(&shown.item.anime.title, columns));
    text.push('\n');
    text.push_str(&wrapped_facts(&facts(&shown.item.anime), columns));
    if let Some(synopsis) = &shown.item.anime.synopsis {
        text.push('\n');
        text.push_str(&lines(wrap(synopsis, columns)));
    }
    text.push('\n');
    text.push_str(&entry(shown, columns, limit));
    if !shown.history.is_empty() {
        text.push_str("\nHistory, the newest first\n\n");
        text.push_str(&history(shown.history).render(limit));
    }
    if shown.more {
        text.push_str("there is more of it: --all\n");
    }
    text
}

fn lines(lines: Vec<String>) -> String {
    lines.into_iter().map(|line| line + "\n").collect()
}

/// What is known of the anime, one thing a line; what is not known is left out.
fn facts(anime: &Anime) -> Vec<(&'static str, String)> {
    let names = |named: &[crate::domain::anime::Named]| {
        named.iter().map(|named| named.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let words = |text: &Option<String>| text.as_deref().unwrap_or_default().replace('_', " ");
    let facts = [
        ("English", anime.title_english.clone().filter(|title| *title != anime.title).unwrap_or_default()),
        ("Japanese", anime.title_japanese.clone().unwrap_or_default()),
        ("also", anime.synonyms.join("; ")),
        ("MAL", format!("https://myanimelist.net/anime/{}", anime.mal_id)),
        ("type", kind(anime)),
        ("aired", aired(anime)),
        (
            "season",
            anime.start_season.as_ref().map(|began| format!("{} {}", began.season, began.year)).unwrap_or_default(),
        ),
        ("studios", names(&anime.studios)),
        ("genres", names(&anime.genres)),
        ("source", words(&anime.source)),
        ("rating", words(&anime.rating)),
        ("nsfw", anime.nsfw.clone().filter(|word| word != "white").unwrap_or_default()),
        ("on MAL", standing(anime)),
        ("picture", anime.image_url.clone().unwrap_or_default()),
    ];
    facts.into_iter().filter(|(_, text)| !text.is_empty()).collect()
}

/// `tv, 26 episodes of 24 min`
fn kind(anime: &Anime) -> String {
    let length = anime.average_episode_duration.map(|seconds| match seconds {
        0..60 => format!("{seconds} s"),
        _ => format!("{} min", (seconds + 30) / 60),
    });
    let episodes = match (anime.episodes, length) {
        (Some(number), Some(length)) => Some(format!("{} of {length}", of(number.into(), "episode", "episodes"))),
        (Some(number), None) => Some(of(number.into(), "episode", "episodes")),
        (None, Some(length)) => Some(format!("episodes of {length}")),
        (None, None) => None,
    };
    let kind = anime.media_type.as_ref().map(|kind| kind.replace('_', " "));
    kind.into_iter().chain(episodes).collect::<Vec<_>>().join(", ")
}

/// `1998-04-03 to 1999-04-24, finished airing, saturday 01:00 in Japan`
fn aired(anime: &Anime) -> String {
    let time = match (anime.aired_from, anime.aired_to) {
        (None, None) => None,
        (Some(from), Some(to)) if from == to => Some(from.to_string()),
        (from, to) => Some(format!(
            "{} to {}",
            from.map_or("?".into(), |from| from.to_string()),
            to.map_or("?".into(), |to| to.to_string())
        )),
    };
    let state = anime.status.as_ref().map(|status| status.replace('_', " "));
    let weekly = anime.broadcast.as_ref().map(|on_air| {
        let time = on_air.time.as_ref().map(|time| format!(" {time}")).unwrap_or_default();
        format!("{}{time} in Japan", on_air.day)
    });
    time.into_iter().chain(state).chain(weekly).collect::<Vec<_>>().join(", ")
}

/// What MAL's users make of it.
fn standing(anime: &Anime) -> String {
    let mean = anime.mean.map(|mean| match anime.num_scoring_users {
        Some(users) => format!("mean {mean:.2} of {}", of(users.into(), "score", "scores")),
        None => format!("mean {mean:.2}"),
    });
    let rank = anime.rank.map(|rank| format!("rank {}", count(rank)));
    let popularity = anime.popularity.map(|popularity| format!("popularity {}", count(popularity)));
    let users = anime.num_list_users.map(|users| format!("in {}", of(users.into(), "list", "lists")));
    [mean, rank, popularity, users].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Labels and what stands beside them, in so many columns.
fn wrapped_facts(facts: &[(&str, String)], columns: usize) -> String {
    let widest = facts.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (label, fact) in facts {
        for (index, line) in wrap(fact, columns.saturating_sub(widest + 2)).into_iter().enumerate() {
            let label = if index == 0 { label } else { "" };
            text.push_str(format!("{label:widest$}  {line}").trim_end());
            text.push('\n');
        }
    }
    text
}

/// The entry: each field here and on MAL, and what the next sync makes of it.
fn entry(shown: &Shown<'_>, columns: usize, limit: Option<usize>) -> String {
    let item = shown.item;
    let user = clean(shown.user);
    if !shown.listed {
        return format!("Not in the list of {user}\n");
    }
    let state = match (item.entry.removed_at, &item.entry.base) {
        (Some(at), _) => format!(", no longer on MAL since {}", super::moment(at)),
        (None, None) => ", not seen on MAL yet".to_owned(),
        (None, Some(_)) => String::new(),
    };
    let mut text = format!("In the list of {user}{state}\n\n");
    let (table, told) = fields(item);
    text.push_str(&table.render(limit));
    if told {
        text.push('\n');
        for settled in pending(item) {
            let (field, kept) = (settled.field.as_str(), cell(&settled.kept));
            let line =
                format!("the next sync sets {field} back to {kept}, which MAL has (rule {})", settled.rule.as_str());
            text.push_str(&lines(wrap(&line, columns)));
        }
        let legend = "edited: differs from MAL's value; stays, set back: what the next sync does, should MAL's value still be \
            the same then; pinned: no sync touches it";
        text.push_str(&lines(wrap(legend, columns)));
    }
    if let Some(notes) = item.entry.values.notes.as_deref().filter(|notes| notes.len() > 20 || notes.contains('\n')) {
        text.push_str("\nNotes\n\n");
        text.push_str(&lines(wrap(notes, columns)));
    }
    text
}

/// The table of fields, and whether one of them is marked.
fn fields(item: &ListItem) -> (Table, bool) {
    let base = base_of(&item.entry);
    let edited = local_edits(&item.entry).unwrap_or_default();
    let back = pending(item);
    let mark = |field: Field| {
        let pinned = item.entry.pinned.contains(&field);
        let back = back.iter().find(|settled| settled.field == field);
        match (edited.contains(&field), pinned, back) {
            (false, false, _) => String::new(),
            (false, true, _) => "pinned".to_owned(),
            (true, true, _) => "edited, pinned".to_owned(),
            (true, false, Some(_)) => "edited, set back".to_owned(),
            (true, false, None) if item.is_removed() => "edited".to_owned(),
            (true, false, None) => "edited, stays".to_owned(),
        }
    };
    let marks: Vec<(Field, String)> = Field::RULED.into_iter().map(|field| (field, mark(field))).collect();
    let told = marks.iter().any(|(_, mark)| !mark.is_empty());
    let mut columns = vec![Column::Word("field"), Column::Text("here"), Column::Text("MAL, as last seen")];
    columns.extend(told.then_some(Column::Word("local")));
    let mut table = Table::new(columns);
    for (field, mark) in marks {
        let here = cell(&value_of(&item.entry.values, field));
        let there = base.as_ref().map_or_else(|| NONE.to_owned(), |base| cell(&value_of(base, field)));
        let row = [field.as_str().to_owned(), here, there];
        table.row(row.into_iter().chain(told.then_some(mark)));
    }
    (table, told)
}

/// A value in a table: an empty list is nothing.
fn cell(value: &Value) -> String {
    match value {
        Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        Value::Array(items) if items.is_empty() => NONE.to_owned(),
        value => plain(value),
    }
}

/// The longest value in a remark: few events have one, and it leaves the room to what changed.
const REMARK: usize = 20;

fn history(events: &[Event]) -> Table {
    let mut table = Table::new([
        Column::Word("when (UTC)"),
        Column::Word("by"),
        Column::Word("field"),
        Column::Text("before"),
        Column::Text("after"),
        Column::Word(""),
    ]);
    for event in events {
        let when = event.at().format("%Y-%m-%d %H:%M").to_string();
        let (by, field, before, after, remark) = match event {
            Event::Run(change) => {
                let mal = || clean(&cell(&change.mal)).into_owned();
                let remark =
                    if change.conflict { format!("conflict, MAL had {}", fit(&mal(), REMARK)) } else { String::new() };
                (format!("run {}", change.run_id.0), &change.field, &change.local, &change.kept, remark)
            }
            Event::Edit(edit) => (edit.command.clone(), &edit.field, &edit.local, &edit.kept, String::new()),
        };
        let after = match (field.as_str(), before, after) {
            ("entry", Value::Null, Value::Object(_)) => format!("new: {}", cell(after)),
            (_, _, after) => cell(after),
        };
        table.row([when, by, or_none(Some(field)), cell(before), after, remark]);
    }
    table
}

#[cfg(test)]
#[path = "show_tests.rs"]
mod tests;
