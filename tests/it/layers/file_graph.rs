//! Which file of a crate names what of which other file.
//!
//! A name is followed through re-exports to the file that defines it. A re-export by itself is no use: a `mod.rs` may
//! publish what its submodules define.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::{
    circles::UseGraph,
    module_tree::{ImportedName, ModuleId, ModuleTree},
    rust_tokens::{Token, TokenKind},
};

/// The uses between the files of a crate.
#[derive(Debug, Default)]
pub(crate) struct FileGraph {
    /// From one file to another: the names that are used, each with its line.
    pub(crate) uses: BTreeMap<(String, String), BTreeSet<(usize, String)>>,
    /// The names with which paths into other crates begin, by file. Names of local modules and types are among them.
    pub(crate) outside_names: BTreeMap<String, BTreeSet<String>>,
}

impl FileGraph {
    /// Reads the crate whose root is `folder`/lib.rs.
    pub(crate) fn read(folder: &Path) -> Self {
        let tree = ModuleTree::read(folder);
        let mut graph = Self::default();
        for module in 0..tree.modules.len() {
            graph.add_imports(&tree, module);
            graph.add_paths(&tree, module);
        }
        graph
    }

    fn add_imports(&mut self, tree: &ModuleTree, module: ModuleId) {
        for import in tree.modules[module].imports.iter().filter(|import| !import.is_public) {
            let target = match resolve(tree, module, &import.path, 0) {
                None => {
                    self.add_outside_name(tree, module, &import.path[0]);
                    None
                }
                Some(Target::Module(id)) if import.alias == "*" => Some(Target::Item(id)),
                other => other,
            };
            self.add(tree, module, target, import.line, &import.path);
        }
    }

    fn add_paths(&mut self, tree: &ModuleTree, module: ModuleId) {
        for (line, path) in paths_in(&tree.modules[module].code) {
            let is_imported = tree.modules[module].imports.iter().any(|import| import.alias == path[0]);
            if path.len() > 1 || is_imported {
                let target = resolve(tree, module, &path, 0);
                if target.is_none() {
                    self.add_outside_name(tree, module, &path[0]);
                }
                self.add(tree, module, target, line, &path);
            }
        }
    }

    fn add_outside_name(&mut self, tree: &ModuleTree, module: ModuleId, name: &str) {
        self.outside_names.entry(tree.modules[module].file.clone()).or_default().insert(name.to_owned());
    }

    fn add(&mut self, tree: &ModuleTree, from: ModuleId, target: Option<Target>, line: usize, path: &[String]) {
        let Some(Target::Item(to)) = target else { return };
        let (from, to) = (&tree.modules[from].file, &tree.modules[to].file);
        if from != to {
            self.uses.entry((from.clone(), to.clone())).or_default().insert((line, path.join("::")));
        }
    }

    /// Returns the files that each file uses.
    pub(crate) fn file_uses(&self) -> UseGraph {
        let mut graph = UseGraph::new();
        for (from, to) in self.uses.keys() {
            graph.entry(from.clone()).or_default().insert(to.clone());
        }
        graph
    }

    /// Returns the top-level modules that each top-level module uses.
    pub(crate) fn module_uses(&self) -> UseGraph {
        let mut graph = UseGraph::new();
        for (from, to) in self.uses.keys() {
            let (from, to) = (module_of(from), module_of(to));
            if from != to {
                graph.entry(from.to_owned()).or_default().insert(to.to_owned());
            }
        }
        graph
    }
}

/// Returns the top-level module of a file: `store` for `store/sqlite/mod.rs`.
pub(crate) fn module_of(file: &str) -> &str {
    file.split('/').next().and_then(|first| first.split('.').next()).unwrap_or(file)
}

/// What a path leads to.
#[derive(Clone, Copy, Debug)]
enum Target {
    Module(ModuleId),
    /// Something defined in this module.
    Item(ModuleId),
}

/// More steps than any chain of re-exports has.
const MAX_REEXPORTS: usize = 16;

/// Resolves a path as seen in `module`. Returns `None` for local names and other crates.
fn resolve(tree: &ModuleTree, module: ModuleId, path: &[String], depth: usize) -> Option<Target> {
    if depth > MAX_REEXPORTS {
        return None;
    }
    let mut names = path.iter().map(String::as_str);
    let mut target = match names.next()? {
        "crate" => Target::Module(0),
        "self" => Target::Module(module),
        "super" => Target::Module(tree.modules[module].parent?),
        name => find(tree, module, name, depth)?,
    };
    for name in names {
        let Target::Module(current) = target else { break };
        target = match name {
            "super" => Target::Module(tree.modules[current].parent?),
            name => find(tree, current, name, depth).unwrap_or(Target::Item(current)),
        };
    }
    Some(target)
}

/// Looks one name up in a module: submodules, definitions, imports, glob imports.
fn find(tree: &ModuleTree, module: ModuleId, name: &str, depth: usize) -> Option<Target> {
    let source = &tree.modules[module];
    if let Some(&child) = source.children.get(name) {
        return Some(Target::Module(child));
    }
    if source.items.contains(name) {
        return Some(Target::Item(module));
    }
    let follow = |import: &ImportedName| resolve(tree, module, &import.path, depth + 1);
    if let Some(import) = source.imports.iter().find(|import| import.alias == name && import.path != [name]) {
        return follow(import);
    }
    source.imports.iter().filter(|import| import.alias == "*").find_map(|import| match follow(import)? {
        Target::Module(id) => find(tree, id, name, depth + 1),
        Target::Item(_) => None,
    })
}

/// The paths (of one name or more) in a module's code, each with its line.
fn paths_in(code: &[Token]) -> Vec<(usize, Vec<String>)> {
    let mut paths = Vec::new();
    let mut at = 0;
    while at < code.len() {
        let is_start = at == 0 || !(code[at - 1].is_punct('.') || code[at - 1].kind == TokenKind::PathSeparator);
        let Some(first) = code[at].ident() else {
            at += 1;
            continue;
        };
        let line = code[at].line;
        let mut path = vec![first.to_owned()];
        at += 1;
        while let (Some(TokenKind::PathSeparator), Some(name)) =
            (code.get(at).map(|token| &token.kind), code.get(at + 1).and_then(Token::ident))
        {
            path.push(name.to_owned());
            at += 2;
        }
        if is_start {
            paths.push((line, path));
        }
    }
    paths
}
