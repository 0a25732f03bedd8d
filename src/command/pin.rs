//! `pin` and `unpin`: pinned fields keep their local value in every sync. A pin is the one exception to the merge
//! rules.

use crate::{
    cli::args,
    domain::{
        edit::{EditCommand, EditRecord, EditTarget},
        entry::StoredEntry,
        entry_fields::Field,
        user::User,
    },
    exit::Exit,
    failure::Failure,
    store::{Database, DatabaseAccess, EditOwner, ListQuery},
    sync::edit,
    ui::view::{
        field_state::FieldState,
        pins::{self, FieldPin},
    },
};

use super::{
    context::Context,
    edit::{find_listed_entry, not_in_list_failure},
    entry_details::field_states,
    entry_selection::{find_anime_id, find_optional_anime_id},
};

pub(crate) async fn pin_fields(context: &Context<'_>, args: &args::PinArgs) -> Result<Exit, Failure> {
    context.config()?;
    let access = if args.fields.is_empty() { DatabaseAccess::Read } else { DatabaseAccess::Write };
    let database = context.open_existing(access).await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let pinned_fields = match find_optional_anime_id(context, &database, &user, args.anime.as_ref()).await? {
        Some(mal_id) if !args.fields.is_empty() => {
            let pins = |entry: &StoredEntry| [entry.pinned.as_slice(), &args.fields].concat();
            change_pins(&database, &user, EditCommand::Pin, mal_id, &pins, &|_| args.fields.clone()).await?
        }
        mal_id => {
            if let Some(mal_id) = mal_id {
                find_listed_entry(&database, &user, mal_id).await?;
            }
            let items = database.load_list(user.id, &ListQuery { include_removed: true }).await?;
            let selected = items.iter().filter(|item| mal_id.is_none_or(|mal_id| item.anime.mal_id == mal_id));
            let pinned_fields: Vec<FieldPin> = selected
                .flat_map(|item| to_pinned_fields(&item.stored, &item.anime.title, &item.stored.pinned, None))
                .collect();
            return print_pins(context, &pinned_fields, args.json);
        }
    };
    print_pin_changes(context, &pinned_fields, args.json)
}

pub(crate) async fn unpin_fields(context: &Context<'_>, args: &args::UnpinArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_existing(DatabaseAccess::Write).await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    let named = |entry: &StoredEntry| if args.all { entry.pinned.clone() } else { args.fields.clone() };
    let pins = |entry: &StoredEntry| {
        let removed = named(entry);
        entry.pinned.iter().copied().filter(|field| !removed.contains(field)).collect()
    };
    let mal_id = find_anime_id(context, &database, &user, &args.anime).await?;
    let pinned_fields = change_pins(&database, &user, EditCommand::Unpin, mal_id, &pins, &named).await?;
    if pinned_fields.is_empty() {
        context.ui.print_note("No pinned fields match.");
    }
    print_pin_changes(context, &pinned_fields, args.json)
}

/// Returns true if something of one `pin` or `unpin` is left to undo.
pub(super) async fn can_undo_pin_change(
    database: &Database,
    user: &User,
    records: &[EditRecord],
) -> Result<bool, Failure> {
    Ok(find_undoable_pins(database, user, records).await?.is_some())
}

/// Returns the entry, its title and the fields whose pins are still as one `pin` or `unpin` left them. Returns `None` if
/// there are none.
async fn find_undoable_pins(
    database: &Database,
    user: &User,
    records: &[EditRecord],
) -> Result<Option<(StoredEntry, String, Vec<Field>)>, Failure> {
    let Some(first) = records.first() else { return Ok(None) };
    let was_pinned = first.command == EditCommand::Pin.as_str();
    let named: Vec<Field> = records.iter().filter_map(|record| Field::parse_name(&record.field)).collect();
    let Some((entry, title)) = database.find_entry(user.id, first.mal_id).await? else { return Ok(None) };
    let fields: Vec<Field> = named.into_iter().filter(|field| entry.pinned.contains(field) == was_pinned).collect();
    Ok((!fields.is_empty()).then_some((entry, title, fields)))
}

/// Undoes the records of one `pin` or `unpin`.
pub(super) async fn undo_pin_change(
    context: &Context<'_>,
    database: &Database,
    user: &User,
    records: &[EditRecord],
    flags: args::BulkArgs,
) -> Result<(), Failure> {
    let found = find_undoable_pins(database, user, records).await?;
    let (Some((entry, title, fields)), Some(first)) = (found, records.first()) else { return Ok(()) };
    let (edit_id, mal_id) = (first.edit_id, first.mal_id);
    let was_pinned = first.command == EditCommand::Pin.as_str();
    let pins = |entry: &StoredEntry| -> Vec<Field> {
        let others = entry.pinned.iter().copied().filter(|field| !fields.contains(field));
        others.chain(fields.iter().copied().filter(|_| !was_pinned)).collect()
    };
    if flags.dry_run {
        let after = StoredEntry { pinned: pins(&entry), ..entry.clone() };
        print_pin_changes(context, &to_pinned_fields(&after, &title, &fields, Some(&entry)), flags.json)?;
        context.ui.print_note("(dry run: nothing was written)");
        return Ok(());
    }
    let (command, redo) = match was_pinned {
        true => (EditCommand::UndoPin(edit_id), EditCommand::Pin),
        false => (EditCommand::UndoUnpin(edit_id), EditCommand::Unpin),
    };
    let changed = change_pins(database, user, command, mal_id, &pins, &|_| fields.clone()).await?;
    print_pin_changes(context, &changed, flags.json)?;
    let names: Vec<&str> = fields.iter().map(|field| field.as_str()).collect();
    let redo = format!("malsync {} {mal_id} {}", redo.as_str(), names.join(" "));
    context.ui.print_note(&format!("Undid edit #{edit_id}. To redo it: {redo}"));
    Ok(())
}

/// Selects fields of an entry.
type SelectFieldsFn<'a> = dyn Fn(&StoredEntry) -> Vec<Field> + Send + Sync + 'a;

/// Sets the pinned fields of an entry to `pins`. Returns the pin states of the fields in `named`.
async fn change_pins(
    database: &Database,
    user: &User,
    command: EditCommand,
    mal_id: i32,
    pins: &SelectFieldsFn<'_>,
    named: &SelectFieldsFn<'_>,
) -> Result<Vec<FieldPin>, Failure> {
    let (_, title) = find_listed_entry(database, user, mal_id).await?;
    let decide =
        |_: &EditTarget<'_>, entry: Option<&StoredEntry>| entry.map(|entry| edit::plan_pins(entry, &pins(entry)));
    let summary = database
        .apply_edits(EditOwner::User(user.id), command, &[EditTarget { mal_id, anime: None }], &decide, &())
        .await?;
    let Some((Some(before), after)) = summary.entries.into_iter().next() else {
        return Err(not_in_list_failure(mal_id, user));
    };
    Ok(to_pinned_fields(&after, &title, &named(&before), Some(&before)))
}

/// Returns the pin states of these fields of an entry. `before` is the entry before the command, if it changed pins.
fn to_pinned_fields(entry: &StoredEntry, title: &str, fields: &[Field], before: Option<&StoredEntry>) -> Vec<FieldPin> {
    let pinned_field = |state: FieldState| FieldPin {
        mal_id: entry.mal_id,
        title: title.to_owned(),
        has_changed: before.is_some_and(|before| before.pinned.contains(&state.field) != state.is_pinned),
        state,
    };
    field_states(entry).into_iter().filter(|state| fields.contains(&state.field)).map(pinned_field).collect()
}

fn print_pins(context: &Context<'_>, pinned_fields: &[FieldPin], json: bool) -> Result<Exit, Failure> {
    if json {
        pinned_fields.iter().try_for_each(|pin| context.ui.print_json(&pins::to_json(pin)))?;
    } else if pinned_fields.is_empty() {
        context.ui.print_note("No fields are pinned.");
    } else {
        context.ui.print_table(&pins::to_table(pinned_fields))?;
    }
    Ok(Exit::Done)
}

fn print_pin_changes(context: &Context<'_>, pinned_fields: &[FieldPin], json: bool) -> Result<Exit, Failure> {
    if json {
        pinned_fields.iter().try_for_each(|pin| context.ui.print_json(&pins::to_json(pin)))?;
    } else if !pinned_fields.is_empty() {
        context.ui.print(&pins::to_text(pinned_fields))?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pin_state_tells_what_the_command_changed() {
        let entry = |pinned: &[Field]| StoredEntry { mal_id: 1, pinned: pinned.to_vec(), ..StoredEntry::default() };
        let both = [Field::Score, Field::Status];
        let states = |after: &[Field], before: Option<&StoredEntry>| {
            let pins = to_pinned_fields(&entry(after), "Trigun", &both, before);
            pins.iter().map(|pin| (pin.state.field, pin.state.is_pinned, pin.has_changed)).collect::<Vec<_>>()
        };
        let before = entry(&[Field::Status]);
        assert_eq!(states(&both, Some(&before)), [(Field::Status, true, false), (Field::Score, true, true)]);
        assert_eq!(states(&[], Some(&before)), [(Field::Status, false, true), (Field::Score, false, false)]);
        assert_eq!(states(&both, None), [(Field::Status, true, false), (Field::Score, true, false)]);
    }
}
