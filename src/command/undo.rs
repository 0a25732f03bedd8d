//! `undo`: restores the last local edit.

use crate::{
    cli::args,
    exit::Exit,
    failure::Failure,
    store::{DatabaseAccess, EditQuery},
};

use super::{context::Context, restore};

pub(crate) async fn run(context: &Context<'_>, args: &args::UndoArgs) -> Result<Exit, Failure> {
    context.config()?;
    let database = context.open_existing(DatabaseAccess::Write).await?;
    let user = context.select_user(&database, args.user.name.as_ref()).await?;
    // Also a change of pins, which `restore` refuses: an earlier edit is not what the user means.
    let edits = database.load_edits(user.id, &EditQuery::default()).await?;
    let Some(last) = edits.first() else {
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
