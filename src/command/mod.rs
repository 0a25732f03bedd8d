//! The commands, and what they share. A command has a file or a folder with its name: arguments and context in, outcome
//! out. Entry point: [`main`].
//!
//! A command returns an [`Exit`] or a [`Failure`]. It writes only through `ui` and reads the environment only through
//! `config`.
//!
//! Shared parts:
//! - `context`: what the configuration stands for (database, transport, token store).
//! - `select_user`: the user that a command is about.
//! - `database_slots`: request slots shared by all processes.
//! - `signals`: graceful shutdown. `terminal_input`: questions to the user.
//! - `repeated_sync` (`sync --every`), then `monitoring`, then `sync`: the way of `malsync sync`. `sync_user`: the sync
//!   of one user. `sync_all`, `ordered_results`: `sync --all-users`. `run_lock`, `run_account`: what a sync and a push
//!   need first.
//! - `monitoring`, `notification_file`, `observed_outcomes`: reports of how syncs end.
//! - `output_file`, `link_resolver`: every file that a command writes. `dated_files`: the files of `export --dir`.
//! - `entry_selection`, `entry_filter`, `entry_sort`, `find_title`: the entries that a command is about.
//! - `entry_details`, `waiting_values`, `open_push_conflicts`: what views show of local edits and pushes.
//! - `bulk_edit`: changes many entries, for `edit`, `restore`, `revert` and `undo`.
//! - `first_steps`: what `malsync` without a command prints. `meant_command`: completes a hint.

mod bulk_edit;
mod changes;
mod client_id_setup;
mod complete;
mod config;
mod config_file;
mod context;
mod copy;
mod database_slots;
mod dated_files;
mod diff;
mod doctor;
mod edit;
mod entry_details;
mod entry_filter;
mod entry_selection;
mod entry_sort;
mod export;
mod find_title;
mod first_steps;
mod import;
mod import_plan;
mod link_resolver;
mod list;
mod login;
mod logout;
mod long_line_input;
mod meant_command;
mod metrics;
mod monitoring;
mod notification_file;
mod observed_outcomes;
mod open;
mod open_push_conflicts;
mod ordered_results;
mod output_file;
mod pin;
mod progress;
mod push;
mod repeated_sync;
mod report;
mod restore;
mod revert;
mod run_account;
mod run_lock;
mod runs;
mod schedule;
mod select_user;
mod show;
mod signals;
mod stats;
mod status;
mod sync;
mod sync_all;
mod sync_user;
mod terminal_input;
#[cfg(test)]
mod test_folders;
mod token;
mod undo;
mod users;
mod waiting_values;
mod whoami;

use std::{ffi::OsString, fs, future::Future, path::Path, time::Duration};

use crate::{
    cli::{self, Cli, Command, ParseStop, args},
    config::Environment,
    exit::Exit,
    failure::Failure,
    panic_handler,
    ui::{self, Ui},
};

use self::{
    context::Context,
    link_resolver::FinalLink,
    output_file::{NewFileAccess, replace_file},
    signals::Signals,
};

/// Parses the arguments and runs the command: the whole program between `main` and the exit code.
#[must_use]
pub fn main(arguments: impl Iterator<Item = OsString>, environment: Environment) -> Exit {
    let arguments: Vec<OsString> = arguments.collect();
    if let Some(request) = cli::complete::CompletionRequest::from_args(&arguments) {
        complete::run(&request, environment);
        return Exit::Done;
    }
    let no_color = environment.disables_color();
    // The panic may have left the first `Ui` broken, so its failure is printed with a new one.
    let ui = || Ui::new(ui::UiOptions { no_color, ..ui::UiOptions::default() });
    let exit = panic_handler::catch_panic(|| dispatch(&arguments, environment)).unwrap_or_else(|failure| {
        ui().print_failure(&failure);
        failure.exit
    });
    if let Some(location) = panic_handler::take_last_panic() {
        ui().print_warning(&format!("internal error at {location}, in a background task; please report it"));
    }
    exit
}

fn dispatch(arguments: &[OsString], environment: Environment) -> Exit {
    let color = color_mode(cli::find_color(arguments));
    let cli = match cli::parse(arguments) {
        Ok(cli) => cli,
        Err(stop) => return print_parse_stop(stop, color, &environment),
    };
    let ui = Ui::new(ui_options(&cli.global, &environment));
    ui.init_logging();
    run_cli(cli, environment, &ui).unwrap_or_else(|failure| {
        let failure = meant_command::add_meant_command(failure, arguments);
        ui.print_failure(&failure);
        failure.exit
    })
}

const fn color_mode(arg: cli::ColorArg) -> ui::ColorMode {
    match arg {
        cli::ColorArg::Auto => ui::ColorMode::Auto,
        cli::ColorArg::Always => ui::ColorMode::Always,
        cli::ColorArg::Never => ui::ColorMode::Never,
    }
}

fn print_parse_stop(stop: ParseStop, color: ui::ColorMode, environment: &Environment) -> Exit {
    let ui = Ui::new(ui::UiOptions {
        color,
        no_color: environment.disables_color(),
        dumb_terminal: environment.is_dumb_terminal(),
        ..ui::UiOptions::default()
    });
    match stop {
        ParseStop::ShowText(text) => match ui.print(if ui.has_stdout_color() { &text.colored } else { &text.plain }) {
            Ok(()) => Exit::Done,
            Err(failure) => {
                ui.print_failure(&failure);
                failure.exit
            }
        },
        ParseStop::WrongUsage(failure) => {
            ui.print_failure(&failure);
            failure.exit
        }
    }
}

fn ui_options(global: &cli::GlobalArgs, environment: &Environment) -> ui::UiOptions {
    ui::UiOptions {
        verbosity: global.verbose,
        quiet: global.quiet,
        color: color_mode(global.color),
        no_progress: global.no_progress,
        no_color: environment.disables_color(),
        dumb_terminal: environment.is_dumb_terminal(),
        columns: environment.terminal_columns(),
        lines: environment.terminal_lines(),
        pager: environment.pager_command().map(str::to_owned),
        has_less_variable: environment.has_less_options(),
        journal_stream: environment.journal_stream().map(str::to_owned),
        rust_log: environment.rust_log().map(str::to_owned),
    }
}

fn run_cli(cli: Cli, environment: Environment, ui: &Ui) -> Result<Exit, Failure> {
    let Cli { global, command } = cli;
    match command {
        Some(Command::Completions { shell }) => ui.print_verbatim(&cli::completion_script(shell)).map(|()| Exit::Done),
        Some(Command::Man(man)) => write_man_pages(&man, ui),
        command => {
            let config_file = global.config.as_deref();
            let context = Context::new(environment, config_file, ui, Signals::default());
            match command {
                Some(Command::Login(args)) => run_login(context, config_file, &args),
                Some(command) => block_on(&context, run_command(command, &context)),
                None => block_on(&context, first_steps::run(&context)),
            }
        }
    }
}

/// Logs in. On a terminal, first asks for a client id if there is none, and asks again as long as MAL rejects it.
fn run_login(mut context: Context<'_>, config_file: Option<&Path>, args: &args::LoginArgs) -> Result<Exit, Failure> {
    let mut needs_client_id = client_id_setup::is_missing(&context);
    loop {
        if needs_client_id {
            let exit = block_on(&context, client_id_setup::ask_and_store(&context))?;
            if exit != Exit::Done {
                return Ok(exit);
            }
            context = Context::new(context.environment, config_file, context.ui, Signals::default());
        }
        match block_on(&context, login::run(&context, args)) {
            Err(failure) if client_id_setup::is_rejected(&context, &failure) => context.ui.print_failure(&failure),
            result => return result,
        }
        needs_client_id = true;
    }
}

async fn run_command(command: Command, context: &Context<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Logout(args) => logout::run(context, &args).await,
        Command::Whoami(args) => whoami::run(context, &args).await,
        Command::Token(args::TokenCommand::Status(args)) => token::show_status(context, &args).await,
        Command::Token(args::TokenCommand::Refresh(args)) => token::refresh_tokens(context, &args).await,
        Command::Token(args::TokenCommand::Export(args)) => token::export_tokens(context, &args).await,
        Command::Sync(args) => repeated_sync::run(context, &args).await,
        Command::Status(args) => status::run(context, &args).await,
        Command::Runs(args) => runs::run(context, &args).await,
        Command::List(args) => list::run(context, &args).await,
        Command::Show(args) => show::run(context, &args).await,
        Command::Stats(args) => stats::run(context, &args).await,
        Command::Report(args) => report::run(context, &args).await,
        Command::Open(args) => open::run(context, &args).await,
        Command::Edit(args) => edit::run(context, &args).await,
        Command::Pin(args) => pin::pin_fields(context, &args).await,
        Command::Unpin(args) => pin::unpin_fields(context, &args).await,
        Command::Diff(args) => diff::run(context, &args).await,
        Command::Push(args) => push::run(context, &args).await,
        Command::Revert(args) => revert::run(context, &args).await,
        Command::Changes(args) => changes::run(context, &args).await,
        Command::Restore(args) => restore::run(context, &args).await,
        Command::Undo(args) => undo::run(context, &args).await,
        Command::Export(args) => export::run(context, &args).await,
        Command::Import(args) => import::run(context, &args).await,
        Command::Copy(args) => copy::run(context, &args).await,
        Command::Users(args) => users::run(context, &args).await,
        Command::Doctor(args) => doctor::run(context, &args).await,
        Command::Metrics => metrics::run(context).await,
        Command::Schedule(args) => schedule::run(context, &args).await,
        Command::Config(command) => config::run(context, &command).await,
        // `run_cli` handles these.
        Command::Login(_) | Command::Completions { .. } | Command::Man(_) => Ok(Exit::Done),
    }
}

/// Maximum wait for the databases to close after a signal that ends the process at once.
const CLOSE_AFTER_SIGNAL_TIMEOUT: Duration = Duration::from_millis(200);

/// Runs a command to its end, or drops it when [`Signals::listen`] returns. Then closes the databases it opened.
fn block_on(context: &Context<'_>, command: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(Exit::Failed, error).context("cannot start"))?;
    let result = runtime.block_on(async {
        let result = tokio::select! {
            biased;
            result = panic_handler::catch_panic_async(command) => result.flatten(),
            exit = context.signals.listen() => {
                let _ = tokio::time::timeout(CLOSE_AFTER_SIGNAL_TIMEOUT, context.close_databases()).await;
                return Ok(exit);
            }
        };
        context.close_databases().await;
        result
    });
    // Do not wait for blocked threads, such as an unresponsive keyring or a read of the terminal.
    runtime.shutdown_background();
    result
}

fn write_man_pages(man: &args::ManArgs, ui: &Ui) -> Result<Exit, Failure> {
    let pages = cli::render_man_pages();
    match &man.out_dir {
        None => {
            let main = pages.iter().find(|(name, _)| name == "malsync.1");
            ui.print_bytes(main.map(|(_, page)| page.as_slice()).unwrap_or_default())?;
        }
        Some(directory) => {
            let write = |path: &Path, page: &[u8]| replace_file(path, page, NewFileAccess::Shared, FinalLink::Refuse);
            let result = fs::create_dir_all(directory)
                .and_then(|()| pages.iter().try_for_each(|(name, page)| write(&directory.join(name), page)));
            result.map_err(|error| {
                Failure::new(Exit::Failed, error)
                    .context(format!("cannot write manual pages into {}", directory.display()))
            })?;
        }
    }
    Ok(Exit::Done)
}
