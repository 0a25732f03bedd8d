//! One verb a file: arguments and context in, outcome out.
//!
//! A command answers an [`Exit`] or a [`Failure`]; it writes through `ui` alone and reads the environment through `config`
//! alone. What several commands need is in `context` (what the configuration stands for), `choose` (whom a command is
//! about), `pace` (what the processes share) and `signals`; `everyone` and its `round` are `sync --all-users`.

mod bulk;
mod changes;
mod choose;
mod complete;
mod config;
mod context;
mod doctor;
mod edit;
mod everyone;
mod export;
mod file;
mod filter;
mod find;
mod import;
mod list;
mod login;
mod logout;
mod metrics;
mod monitor;
mod order;
mod pace;
mod pin;
mod report;
mod restore;
mod round;
mod runs;
mod schedule;
mod show;
mod signals;
mod stats;
mod status;
mod sync;
mod token;
mod welcome;
mod whoami;

use std::{ffi::OsString, fs, future::Future, path::Path};

use crate::{
    cli::{self, Cli, Command, Usage, args},
    config::Environment,
    crash,
    exit::Exit,
    failure::Failure,
    ui::{self, Ui},
};

use self::{context::Context, signals::Signals};

/// Reads the arguments and carries them out: the whole program between `main` and the exit code.
#[must_use]
pub fn main(arguments: impl Iterator<Item = OsString>, environment: Environment) -> Exit {
    let arguments: Vec<OsString> = arguments.collect();
    if let Some(question) = cli::complete::Question::read(&arguments) {
        complete::run(&question, environment);
        return Exit::Done;
    }
    let no_color = environment.no_color();
    // What the panic went through may be broken: it is told over streams of its own.
    let ui = || Ui::new(ui::Options { no_color, ..ui::Options::default() });
    let exit = crash::caught(|| obey(arguments, environment)).unwrap_or_else(|failure| {
        ui().failure(&failure);
        failure.exit
    });
    if let Some(place) = crash::untold() {
        ui().warning(&format!("internal error at {place}, in a task beside; please report it"));
    }
    exit
}

fn obey(arguments: Vec<OsString>, environment: Environment) -> Exit {
    let color = color(cli::color_of(&arguments));
    let cli = match cli::parse(arguments) {
        Ok(cli) => cli,
        Err(usage) => return usage_of(usage, color, &environment),
    };
    let ui = Ui::new(options(&cli.global, &environment));
    ui.start_logs();
    run(cli, environment, &ui).unwrap_or_else(|failure| {
        ui.failure(&failure);
        failure.exit
    })
}

const fn color(asked: cli::Color) -> ui::Color {
    match asked {
        cli::Color::Auto => ui::Color::Auto,
        cli::Color::Always => ui::Color::Always,
        cli::Color::Never => ui::Color::Never,
    }
}

fn usage_of(usage: Usage, color: ui::Color, environment: &Environment) -> Exit {
    let ui = Ui::new(ui::Options { color, no_color: environment.no_color(), ..ui::Options::default() });
    match usage {
        Usage::Show(text) => match ui.out(&text) {
            Ok(()) => Exit::Done,
            Err(failure) => {
                ui.failure(&failure);
                failure.exit
            }
        },
        Usage::Wrong(failure) => {
            ui.failure(&failure);
            failure.exit
        }
    }
}

fn options(global: &cli::Global, environment: &Environment) -> ui::Options {
    ui::Options {
        verbose: global.verbose,
        quiet: global.quiet,
        color: color(global.color),
        no_progress: global.no_progress,
        no_color: environment.no_color(),
        dumb_terminal: environment.dumb_terminal(),
        columns: environment.columns(),
        lines: environment.lines(),
        pager: environment.pager().map(str::to_owned),
        less_is_told: environment.has_less(),
        rust_log: environment.rust_log().map(str::to_owned),
    }
}

fn run(cli: Cli, environment: Environment, ui: &Ui) -> Result<Exit, Failure> {
    let Cli { global, command } = cli;
    match command {
        Some(Command::Completions { shell }) => ui.out(&cli::completions(shell)).map(|()| Exit::Done),
        Some(Command::Man(man)) => man_pages(&man, ui),
        command => {
            let signals = Signals::default();
            let context = Context::new(environment, global.config.as_deref(), ui, signals.clone());
            match command {
                Some(command) => block_on(&signals, carry_out(command, &context)),
                None => block_on(&signals, welcome::run(&context)),
            }
        }
    }
}

async fn carry_out(command: Command, context: &Context<'_>) -> Result<Exit, Failure> {
    match command {
        Command::Login(args) => login::run(context, &args).await,
        Command::Logout(args) => logout::run(context, &args).await,
        Command::Whoami(args) => whoami::run(context, &args).await,
        Command::Token(args::Token::Status(args)) => token::status(context, &args).await,
        Command::Token(args::Token::Refresh(args)) => token::refresh(context, &args).await,
        Command::Token(args::Token::Export(args)) => token::export(context, &args).await,
        Command::Sync(args) => monitor::watched(context, &args).await,
        Command::Status(args) => status::run(context, &args).await,
        Command::Runs(args) => runs::run(context, &args).await,
        Command::List(args) => list::run(context, &args).await,
        Command::Show(args) => show::run(context, &args).await,
        Command::Stats(args) => stats::run(context, &args).await,
        Command::Report(args) => report::run(context, &args).await,
        Command::Edit(args) => edit::run(context, &args).await,
        Command::Pin(args) => pin::pin(context, &args).await,
        Command::Unpin(args) => pin::unpin(context, &args).await,
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
            result = crash::caught_in(command) => result.flatten(),
            exit = signals.listen() => Ok(exit),
        }
    });
    // A keyring that never answers, a terminal that nobody types at: not waited for.
    runtime.shutdown_background();
    result
}

fn man_pages(man: &args::Man, ui: &Ui) -> Result<Exit, Failure> {
    let pages = cli::man_pages();
    match &man.out_dir {
        None => {
            let main = pages.iter().find(|(name, _)| name == "malsync.1");
            ui.out_bytes(main.map(|(_, page)| page.as_slice()).unwrap_or_default())?;
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
