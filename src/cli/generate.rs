//! Generates completion scripts from the command line's definition.

use clap_complete::Shell;

use super::command_line_definition::define_command_line;

/// Returns the completion script of a shell: clap's own. For bash, zsh and fish it is extended by calls to
/// [`super::complete`].
#[must_use]
pub fn completion_script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut define_command_line(), "malsync", &mut script);
    let text = String::from_utf8(script).expect("a script is made of UTF-8");
    match shell {
        // Without candidates of its own, bash completes and quotes file names itself (`complete -o default`). Names that
        // `compgen` returns would be split and expanded, and inserted unquoted.
        Shell::Bash => inject_dynamic_completion(
            &text.replace("COMPREPLY=($(compgen -f \"${cur}\"))", "COMPREPLY=()"),
            include_str!("generate/values.bash"),
        ),
        // If clap offers no candidates, zsh shows a message and no longer completes flags. Offer an empty list instead.
        Shell::Zsh => {
            inject_dynamic_completion(&text.replace(":' \\\n", ":()' \\\n"), include_str!("generate/values.zsh"))
        }
        // Lines with this ending belong to flags whose values clap does not know.
        Shell::Fish => {
            include_str!("generate/values.fish").to_owned()
                + "\n"
                + &text.replace(" -r -f\n", " -r -f -a '(__malsync_values)'\n")
        }
        _ => text,
    }
}

/// Inserts `function` before a bash or zsh script's own function, which then calls it first.
fn inject_dynamic_completion(script: &str, function: &str) -> String {
    const FUNCTION_START: &str = "_malsync() {\n";
    script.replacen(FUNCTION_START, &format!("{function}\n{FUNCTION_START}    _malsync_values && return 0\n"), 1)
}
