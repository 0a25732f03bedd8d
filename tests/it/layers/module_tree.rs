//! Reads the sources of a crate into a tree of modules: file, items, imports and tokens of each. The tests here find in it
//! who uses whom. Test code is left out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use super::rust_tokens::{Token, TokenKind, tokenize};

/// Position of a module in [`ModuleTree::modules`]. The crate root is 0.
pub(crate) type ModuleId = usize;

/// All modules of one crate.
#[derive(Debug)]
pub(crate) struct ModuleTree {
    pub(crate) modules: Vec<ModuleSource>,
    folder: PathBuf,
}

/// One module, in a file of its own or inline.
#[derive(Debug, Default)]
pub(crate) struct ModuleSource {
    /// Path of the file, relative to the crate's source folder.
    pub(crate) file: String,
    pub(crate) parent: Option<ModuleId>,
    pub(crate) children: BTreeMap<String, ModuleId>,
    /// Names of the types, functions, constants and macros that the module defines.
    pub(crate) items: BTreeSet<String>,
    pub(crate) imports: Vec<ImportedName>,
    /// All tokens but those of `use` declarations and of submodules.
    pub(crate) code: Vec<Token>,
}

/// One name of a `use` declaration.
#[derive(Debug)]
pub(crate) struct ImportedName {
    pub(crate) path: Vec<String>,
    /// The name it gets here, `*` for a glob.
    pub(crate) alias: String,
    pub(crate) is_public: bool,
    pub(crate) line: usize,
}

impl ModuleTree {
    /// Reads the crate whose root is `folder`/lib.rs.
    pub(crate) fn read(folder: &Path) -> Self {
        let mut tree = Self { modules: Vec::new(), folder: folder.to_owned() };
        tree.read_file("lib.rs".to_owned(), None);
        tree
    }

    fn read_file(&mut self, file: String, parent: Option<ModuleId>) -> ModuleId {
        let path = self.folder.join(&file);
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        self.read_module(&tokenize(&text), file, parent)
    }

    fn read_module(&mut self, tokens: &[Token], file: String, parent: Option<ModuleId>) -> ModuleId {
        let id = self.modules.len();
        self.modules.push(ModuleSource { file, parent, ..ModuleSource::default() });
        let mut depth = 0_usize;
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let next_ident = tokens.get(at + 1).and_then(Token::ident);
            match (token.ident(), next_ident) {
                _ if is_test_attribute(&tokens[at..]) => {
                    at = item_end(tokens, at);
                    continue;
                }
                (Some("use"), _) if tokens.get(at + 1).is_some_and(|next| !next.is_punct('<')) => {
                    let end = at + position_of(&tokens[at..], ';');
                    let is_public = is_after_visibility(&self.modules[id].code);
                    read_use_tree(&tokens[at + 1..end], &mut self.modules[id].imports, is_public);
                    at = end + 1;
                    continue;
                }
                (Some("mod"), Some(name)) if depth == 0 => {
                    at = self.read_child(tokens, at, name, id);
                    continue;
                }
                (Some(keyword), Some(name)) if depth == 0 && is_item_keyword(keyword) => {
                    self.modules[id].items.insert(name.to_owned());
                }
                (Some("macro_rules"), None) => {
                    let name = tokens.get(at + 2).and_then(Token::ident);
                    self.modules[id].items.extend(name.map(str::to_owned));
                }
                _ => {}
            }
            depth += usize::from(token.is_punct('{'));
            depth = depth.saturating_sub(usize::from(token.is_punct('}')));
            self.modules[id].code.push(token.clone());
            at += 1;
        }
        id
    }

    /// Reads the submodule declared at `at`; returns the position after the declaration.
    fn read_child(&mut self, tokens: &[Token], at: usize, name: &str, parent: ModuleId) -> usize {
        let (child, end) = if tokens[at + 2].is_punct(';') {
            let file = self.child_file(parent, name);
            (self.read_file(file, Some(parent)), at + 3)
        } else {
            let end = group_end(tokens, at + 2);
            let file = self.modules[parent].file.clone();
            (self.read_module(&tokens[at + 3..end - 1], file, Some(parent)), end)
        };
        self.modules[parent].children.insert(name.to_owned(), child);
        end
    }

    fn child_file(&self, parent: ModuleId, name: &str) -> String {
        let file = &self.modules[parent].file;
        let folder = match file.as_str() {
            "lib.rs" => "",
            _ => file.strip_suffix("mod.rs").or_else(|| file.strip_suffix(".rs")).expect("a Rust file"),
        };
        let folder = if folder.is_empty() || folder.ends_with('/') { folder.to_owned() } else { format!("{folder}/") };
        let single = format!("{folder}{name}.rs");
        if self.folder.join(&single).exists() { single } else { format!("{folder}{name}/mod.rs") }
    }
}

fn is_item_keyword(word: &str) -> bool {
    matches!(word, "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static" | "union")
}

/// Returns true if the last tokens are `pub` or `pub(…)`.
fn is_after_visibility(code: &[Token]) -> bool {
    match code.last() {
        Some(last) if last.is_punct(')') => {
            let open = code.iter().rposition(|token| token.is_punct('('));
            open.is_some_and(|open| is_after_visibility(&code[..open]))
        }
        Some(last) => last.ident() == Some("pub"),
        None => false,
    }
}

/// Returns true if the tokens begin with `#[cfg(test)]` or a `cfg` that demands `test`.
fn is_test_attribute(tokens: &[Token]) -> bool {
    let is_cfg = tokens.first().is_some_and(|token| token.is_punct('#'))
        && tokens.get(1).is_some_and(|token| token.is_punct('['))
        && tokens.get(2).and_then(Token::ident) == Some("cfg");
    let words = || tokens[..position_of(tokens, ']')].iter().filter_map(Token::ident);
    is_cfg && words().any(|word| word == "test") && words().all(|word| word != "not")
}

fn position_of(tokens: &[Token], wanted: char) -> usize {
    tokens.iter().position(|token| token.is_punct(wanted)).expect("a complete source")
}

/// Returns the position after the item, field or variant whose attributes begin at `at`.
fn item_end(tokens: &[Token], mut at: usize) -> usize {
    while tokens[at].is_punct('#') {
        at = group_end(tokens, at + 1);
    }
    let words =
        || tokens[at..].iter().filter_map(Token::ident).filter(|word| !matches!(*word, "pub" | "crate" | "super"));
    let first = words().next().unwrap_or_default();
    let is_function = words().take(3).any(|word| word == "fn");
    let ends_with_semicolon = matches!(first, "use" | "const" | "static" | "type" | "let") && !is_function;
    let is_item = is_function || matches!(first, "struct" | "enum" | "trait" | "impl" | "mod" | "macro_rules");
    while let Some(token) = tokens.get(at) {
        match token.kind {
            TokenKind::Punct('}') => return at,
            TokenKind::Punct(';') => return at + 1,
            TokenKind::Punct(',') if !is_item && !ends_with_semicolon => return at + 1,
            TokenKind::Punct('{' | '(' | '[') => {
                let is_body = token.is_punct('{');
                at = group_end(tokens, at);
                if is_body && !ends_with_semicolon {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    at
}

/// Returns the position after the bracket that closes the one at `at`.
fn group_end(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0_i32;
    loop {
        match tokens[at].kind {
            TokenKind::Punct('{' | '(' | '[') => depth += 1,
            TokenKind::Punct('}' | ')' | ']') => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
}

/// Adds the names that one `use` declaration brings.
fn read_use_tree(tokens: &[Token], imports: &mut Vec<ImportedName>, is_public: bool) {
    let mut reader = UseTreeReader { tokens, at: 0, imports, is_public };
    reader.read(&[]);
}

struct UseTreeReader<'a> {
    tokens: &'a [Token],
    at: usize,
    imports: &'a mut Vec<ImportedName>,
    is_public: bool,
}

impl UseTreeReader<'_> {
    fn read(&mut self, prefix: &[String]) {
        let mut path = prefix.to_vec();
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            match &token.kind {
                TokenKind::PathSeparator => {}
                TokenKind::Punct('*') => self.add(path.clone(), "*", token.line),
                TokenKind::Punct('{') => {
                    while !self.tokens[self.at].is_punct('}') {
                        self.read(&path);
                        self.at += usize::from(self.tokens[self.at].is_punct(','));
                    }
                    self.at += 1;
                    return;
                }
                TokenKind::Ident(word) if word == "as" => {
                    let alias = self.tokens[self.at].ident().expect("a name").to_owned();
                    self.at += 1;
                    return self.add(path, &alias, token.line);
                }
                TokenKind::Ident(word) => {
                    if word != "self" || path.is_empty() {
                        path.push(word.clone());
                    }
                    let next = self.tokens.get(self.at);
                    let goes_on =
                        next.is_some_and(|next| next.kind == TokenKind::PathSeparator || next.ident() == Some("as"));
                    if !goes_on {
                        let alias = path.last().expect("a name").clone();
                        return self.add(path, &alias, token.line);
                    }
                }
                _ => return,
            }
            if self.tokens.get(self.at - 1).is_some_and(|last| last.is_punct('*')) {
                return;
            }
        }
    }

    fn add(&mut self, path: Vec<String>, alias: &str, line: usize) {
        self.imports.push(ImportedName { path, alias: alias.to_owned(), is_public: self.is_public, line });
    }
}
