//! `edit`: changes an entry here, and says at once what the rules will make of it. Nothing is sent to MAL.

use serde_json::Value;

use crate::{
    cli::{DateEdit, args},
    domain::{
        change::Field,
        edit::{EditCommand, Wanted},
        entry::{Local, Values},
        partial_date::PartialDate,
    },
    exit::Exit,
    failure::Failure,
    sync::{
        edit::{self, base_of},
        resolve::value_of,
    },
};

use super::context::{Context, close};

pub(crate) async fn run(context: &Context<'_>, args: &args::Edit) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open().await?;
    let user = context.user(&database, args.user.name.as_ref()).await?;
    let wanted = [Wanted { mal_id: args.mal_id, anime: None }];
    let decide = |_: &Wanted, entry: Option<&Local>| {
        let before = entry?;
        let after = Local { values: edited(&before.values, args), ..before.clone() };
        Some(edit::edited(Some(before), after))
    };
    let done = database.edit(user.id, EditCommand::Edit, &wanted, &decide).await?;
    let title = database.entry(user.id, args.mal_id).await?.map(|(_, title)| title).unwrap_or_default();
    close(database).await;
    let Some((Some(before), after)) = done.entries.into_iter().next() else {
        let what = format!("anime {} is not in the list of {}", args.mal_id, user.username);
        return Err(Failure::text(Exit::Failed, what).hint("malsync list shows what is, with its ids"));
    };
    let told = tell(&before, &after);
    if told.is_empty() {
        context.ui.out(&format!("{}: nothing to change", crate::ui::clean(&title)))?;
    } else {
        context.ui.out(&format!("{}: {}", crate::ui::clean(&title), told.join("; ")))?;
    }
    for warning in set_back(&after, &before) {
        context.ui.warning(&warning);
    }
    Ok(Exit::Done)
}

fn edited(values: &Values, args: &args::Edit) -> Values {
    let mut values = values.clone();
    if let Some(status) = &args.status {
        values.status.clone_from(status);
    }
    if let Some(score) = args.score {
        values.score = (score > 0).then_some(score);
    }
    if let Some(episodes) = args.episodes {
        values.episodes_watched = Some(episodes);
    }
    set_date(&mut values.start_date, args.start_date);
    set_date(&mut values.finish_date, args.finish_date);
    if let Some(notes) = &args.notes {
        // NUL is what no database takes in a text.
        values.notes = (!notes.is_empty()).then(|| notes.replace('\0', "\u{fffd}"));
    }
    values
}

fn set_date(date: &mut Option<PartialDate>, edit: Option<DateEdit>) {
    match edit {
        Some(DateEdit::Set(set)) => *date = Some(set),
        Some(DateEdit::Clear) => *date = None,
        None => {}
    }
}

/// The columns that changed, as a person reads them.
fn tell(before: &Local, after: &Local) -> Vec<String> {
    let changed = |field: &Field| value_of(&before.values, *field) != value_of(&after.values, *field);
    let line = |field: Field| {
        let (from, to) = (shown(&value_of(&before.values, field)), shown(&value_of(&after.values, field)));
        format!("{} {from} → {to}", field.as_str())
    };
    Field::RULED.into_iter().filter(changed).map(line).collect()
}

/// What the next sync will set back, were MAL's values then what they were when last seen.
fn set_back(after: &Local, before: &Local) -> Vec<String> {
    let edited = |field: Field| value_of(&before.values, field) != value_of(&after.values, field);
    if base_of(after).is_none() || after.removed_at.is_some() {
        // Whether MAL has the entry is not known here; if it has, its status always stands.
        let status = edited(Field::Status)
            .then(|| "the next sync sets status to MAL's, should the entry be on MAL (rule mal)".to_owned());
        return status.into_iter().collect();
    }
    let back = edit::set_back(after).into_iter().filter(|settled| edited(settled.field));
    back.map(|settled| {
        let (field, kept) = (settled.field.as_str(), shown(&settled.kept));
        format!("the next sync sets {field} back to {kept}, which MAL has (rule {})", settled.rule.as_str())
    })
    .collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => crate::ui::clean(text).into_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sync::plan::read_base;

    fn local() -> Local {
        let base = json!({"status": "watching", "score": 8, "num_episodes_watched": 5, "is_rewatching": false});
        let values = read_base(&base).unwrap();
        Local { id: 1, mal_id: 1, values, base: Some(base), ..Local::default() }
    }

    fn warned(edit: impl Fn(&mut Values)) -> Vec<String> {
        let before = local();
        let mut after = before.clone();
        edit(&mut after.values);
        set_back(&after, &before)
    }

    #[test]
    fn an_edit_that_the_rules_will_set_back_is_told() {
        assert_eq!(
            warned(|values| values.status = "dropped".into()),
            ["the next sync sets status back to watching, which MAL has (rule mal)"]
        );
        assert_eq!(warned(|values| values.score = Some(10)).len(), 1);
        assert_eq!(warned(|values| values.episodes_watched = Some(3)).len(), 1);
    }

    #[test]
    fn an_edit_that_stays_is_not() {
        assert!(warned(|values| values.episodes_watched = Some(9)).is_empty());
        assert!(warned(|values| values.notes = Some("mine".into())).is_empty());
        assert!(warned(|values| values.start_date = "2019".parse().ok()).is_empty());
    }

    #[test]
    fn of_an_entry_not_seen_on_mal_the_status_alone_may_be_set_back() {
        let before = Local { base: None, ..local() };
        let mut after = before.clone();
        after.values.score = Some(1);
        assert!(set_back(&after, &before).is_empty());
        after.values.status = "dropped".into();
        let told = set_back(&after, &before);
        assert_eq!(told, ["the next sync sets status to MAL's, should the entry be on MAL (rule mal)"]);
    }
}
