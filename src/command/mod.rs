//! One verb a file: arguments and context in, outcome out.
//!
//! A command answers an [`Exit`] or a [`Failure`]; it writes through `ui` alone and reads the environment through `config`
//! alone. What several commands need is in `context` (what the configuration stands for), `choose` (whom a command is
//! about), `pace` (what the processes share) and `signals`; `everyone` and its `round` are `sync --all-users`.

mod atomic_file;
mod bulk_edit;
mod changes;
mod complete;
mod config;
mod context;
mod database_slots;
mod doctor;
mod edit;
mod entry_filter;
mod entry_sort;
mod export;
mod find_title;
mod first_steps;
mod import;
mod list;
mod login;
mod logout;
mod metrics;
mod monitoring;
mod ordered_results;
mod pin;
mod report;
mod restore;
mod runs;
mod schedule;
mod select_user;
mod show;
mod signals;
mod stats;
mod status;
mod sync;
mod sync_all;
mod token;
mod whoami;

use std::{ffi::OsString, fs, future::Future, path::Path};

use crate::{
    cli::{self, Cli, Command, ParseStop, args},
    config::Environment,
    exit::Exit,
    failure::Failure,
    panic_handler,
    ui::{self, Ui},
};

use self::{context::Context, signals::Signals};

/// Reads the arguments and carries them out: the whole program between `main` and the exit code.
#[must_use]
pub fn main(arguments: impl Iterator<Item = OsString>, environment: Environment) -> Exit {
    let arguments: Vec<OsString> = arguments.collect();
    if let Some(question) = cli::complete::CompletionRequest::from_args(&arguments) {
        complete::run(&question, environment);
        return Exit::Done;
    }
    let no_color = environment.disables_color();
    // What the panic went through may be broken: it is told over streams of its own.
    let ui = || Ui::new(ui::UiOptions { no_color, ..ui::UiOptions::default() });
    let exit = panic_handler::catch_panic(|| dispatch(arguments, environment)).unwrap_or_else(|failure| {
        ui().print_failure(&failure);
        failure.exit
    });
    if let Some(place) = panic_handler::take_last_panic() {
        ui().print_warning(&format!("internal error at {place}, in a task beside; please report it"));
    }
    exit
}

fn dispatch(arguments: Vec<OsString>, environment: Environment) -> Exit {
    let color = color_mode(cli::find_color(&arguments));
    let cli = match cli::parse(arguments) {
        Ok(cli) => cli,
        Err(usage) => return print_usage(usage, color, &environment),
    };
    let ui = Ui::new(ui_options(&cli.global, &environment));
    ui.init_logging();
    run_cli(cli, environment, &ui).unwrap_or_else(|failure| {
        ui.print_failure(&failure);
        failure.exit
    })
}

const fn color_mode(asked: cli::ColorArg) -> ui::ColorMode {
    match asked {
        cli::ColorArg::Auto => ui::ColorMode::Auto,
        cli::ColorArg::Always => ui::ColorMode::Always,
        cli::ColorArg::Never => ui::ColorMode::Never,
    }
}

fn print_usage(usage: ParseStop, color: ui::ColorMode, environment: &Environment) -> Exit {
    let ui = Ui::new(ui::UiOptions { color, no_color: environment.disables_color(), ..ui::UiOptions::default() });
    match usage {
        ParseStop::ShowText(text) => match ui.print(&text) {
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
        rust_log: environment.rust_log().map(str::to_owned),
    }
}

fn run_cli(cli: Cli, environment: Environment, ui: &Ui) -> Result<Exit, Failure> {
    let Cli { global, command } = cli;
    match command {
        Some(Command::Completions { shell }) => ui.print(&cli::completion_script(shell)).map(|()| Exit::Done),
        Some(Command::Man(man)) => write_man_pages(&man, ui),
        command => {
            let signals = Signals::default();
            let context = Context::new(environment, global.config.as_deref(), ui, signals.clone());
            match command {
                Some(command) => block_on(&signals, run_command(command, &context)),
                None => block_on(&signals, first_steps::run(&context)),
            }
        }
    }
}

async fn run_command(command: Command, context: &Context<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Login(args) => login::run(context, &args).await,
        Command::Logout(args) => logout::run(context, &args).await,
        Command::Whoami(args) => whoami::run(context, &args).await,
        Command::Token(args::TokenCommand::Status(args)) => token::show_status(context, &args).await,
        Command::Token(args::TokenCommand::Refresh(args)) => token::refresh_tokens(context, &args).await,
        Command::Token(args::TokenCommand::Export(args)) => token::export_tokens(context, &args).await,
        Command::Sync(args) => monitoring::run_with_monitoring(context, &args).await,
        Command::Status(args) => status::run(context, &args).await,
        Command::Runs(args) => runs::run(context, &args).await,
        Command::List(args) => list::run(context, &args).await,
        Command::Show(args) => show::run(context, &args).await,
        Command::Stats(args) => stats::run(context, &args).await,
        Command::Report(args) => report::run(context, &args).await,
        Command::Edit(args) => edit::run(context, &args).await,
        Command::Pin(args) => pin::pin_fields(context, &args).await,
        Command::Unpin(args) => pin::unpin_fields(context, &args).await,
        Command::Changes(args) => changes::run(context, &args).await,
        Command::Restore(args) => restore::run(context, &args).await,
        Command::Export(args) => export::run(context, &args).await,
        Command::Import(args) => import::run(context, &args).await,
        Command::Doctor(args) => doctor::run(context, &args).await,
        Command::Metrics => metrics::run(context).await,
        Command::Schedule(args) => schedule::run(context, &args),
        Command::Config(command) => config::run(context, &command).await,
        Command::Completions { .. } | Command::Man(_) => Ok(Exit::Done),
    }
}

/// Runs a command to its end, or until signals want it dropped.
fn block_on(signals: &Signals, command: impl Future<Output = Result<Exit, Failure>>) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::new(Exit::Failed, error).context("cannot start"))?;
    let result = runtime.block_on(async {
        tokio::select! {
            biased;
            result = panic_handler::catch_panic_async(command) => result.flatten(),
            exit = signals.listen() => Ok(exit),
        }
    });
    // A keyring that never answers, a terminal that nobody types at: not waited for.
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
        Some(folder) => {
            let write = |path: &Path, page: &[u8]| fs::write(path, page);
            let all = fs::create_dir_all(folder)
                .and_then(|()| pages.iter().try_for_each(|(name, page)| write(&folder.join(name), page)));
            all.map_err(|error| {
                Failure::new(Exit::Failed, error)
                    .context(format!("cannot write manual pages into {}", folder.display()))
            })?;
        }
    }
    Ok(Exit::Done)
}
