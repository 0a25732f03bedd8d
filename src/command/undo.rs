//! `undo`: restores the last local edit.

use crate::{
    cli::args,
    domain::edit::EditCommand,
    exit::Exit,
    failure::Failure,
    store::{DatabaseAccess, EditQuery},
};

use super::{context::Context, restore};

pub(crate) async fn run(context: &Context<'_>, args: &args::UndoArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_existing(DatabaseAccess::Write).await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    // `restore` leaves pins alone.
    let pin_commands = [EditCommand::Pin, EditCommand::Unpin].map(EditCommand::as_str);
    let edits = database.load_edits(user.id, &EditQuery::default()).await?;
    let Some(last) = edits.iter().find(|edit| !pin_commands.contains(&edit.command.as_str())) else {
        context.ui.print_note("No local edit to undo");
        return Ok(Exit::Done);
    };
    let restore = args::RestoreArgs {
        user: args.user.clone(),
        run: None,
        anime: None,
        change: None,
        edit: Some(last.edit_id),
        force: args.force,
        bulk: args.bulk,
    };
    restore::run(context, &restore).await
}
