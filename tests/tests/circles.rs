//! No module imports, directly or through others, a module that imports it.
//!
//! Two views: files, where a module and one below it are no circle; and siblings, where modules below a module count as
//! its own. Read are `crate::`, `self::` and `super::` paths and `use` of child modules, outside of comments and of
//! `mod tests`; macros are not expanded.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The circle that stays: the filter grammar, whose selectors hold filters and whose filters hold selectors.
const GRAMMAR: &str = "shared/rules: filter::{delimited, expression, lookups, parse, selector}";
/// The same circle, between files.
const GRAMMAR_FILES: &str = "shared/rules: {filter::delimited, filter::expression, filter::lookups, filter::parse, filter::selector}";

type Module = Vec<String>;
type Imports = BTreeMap<Module, BTreeSet<Module>>;

#[test]
fn files_import_one_another_in_one_direction() {
    let circles: BTreeSet<String> = crates()
        .iter()
        .flat_map(|(name, imports)| {
            let circles = circles_of(&between_files(imports));
            circles
                .into_iter()
                .map(move |circle| format!("{name}: {circle}"))
        })
        .collect();
    assert_eq!(circles, BTreeSet::from([GRAMMAR_FILES.to_owned()]));
}

#[test]
fn siblings_import_one_another_in_one_direction() {
    let circles: BTreeSet<String> = crates()
        .iter()
        .flat_map(|(name, imports)| {
            let circles = sibling_circles(imports).into_iter();
            circles.map(move |circle| format!("{name}: {circle}"))
        })
        .collect();
    assert_eq!(circles, BTreeSet::from([GRAMMAR.to_owned()]));
}

/// The crates of the workspace, less tests, with the imports of their modules.
fn crates() -> Vec<(String, Imports)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let members = ["functions", "shared"].into_iter().flat_map(|group| {
        let members = fs::read_dir(root.join(group)).expect("the folder is there");
        let members = members.map(|member| member.expect("it can be listed").file_name());
        members.map(move |member| format!("{group}/{}", member.to_string_lossy()))
    });
    let names = members.chain(["shared", "cli", "line"].map(str::to_owned));
    let crates: Vec<_> = names
        .filter(|name| root.join(name).join("src/lib.rs").is_file())
        .map(|name| {
            let imports = imports(&root.join(&name).join("src"));
            (name, imports)
        })
        .collect();
    assert!(crates.len() >= 13, "{} crates", crates.len());
    crates
}

#[test]
fn a_circle_is_found_wherever_it_stands() {
    let module = |path: &str| -> Module { path.split("::").map(str::to_owned).collect() };
    let imports = |edges: &[(&str, &str)]| {
        let mut imports = Imports::new();
        for (from, to) in edges {
            imports.entry(module(to)).or_default();
            imports.entry(module(from)).or_default().insert(module(to));
        }
        sibling_circles(&imports)
    };
    assert_eq!(imports(&[("a", "b"), ("b", "c")]), [""; 0]);
    assert_eq!(
        imports(&[("a", "b"), ("b", "c"), ("c", "a")]),
        ["{a, b, c}"]
    );
    assert_eq!(imports(&[("a::x", "b"), ("b", "a::y")]), ["{a, b}"]);
    assert_eq!(
        imports(&[("a::x", "a::y"), ("a::y", "a::x")]),
        ["a::{x, y}"]
    );
    assert_eq!(imports(&[("a::x", "a"), ("a", "a::x")]), [""; 0]);
}

#[test]
fn paths_are_read_out_of_code() {
    let code = "
        //! `crate::not::me`
        use crate::{a::{B, c::D}, e};
        pub use child::Own;
        fn f() { super::g::h(crate::i::J); std::k::l(); x.crate_name(); }
        #[cfg(test)]
        mod tests { use crate::m; }
    ";
    let paths: Vec<String> = paths(code).iter().map(|path| path.join("::")).collect();
    let expected = [
        "crate::a::B",
        "crate::a::c::D",
        "crate::e",
        "self::child::Own",
        "super::g::h",
        "crate::i::J",
    ];
    assert_eq!(paths, expected);
}

/// The imports of a crate's modules.
fn imports(source: &Path) -> Imports {
    let mut files = Vec::new();
    list(source, &mut files);
    let modules: BTreeMap<Module, String> = files
        .iter()
        .map(|file| {
            let path = file
                .strip_prefix(source)
                .expect("a file below")
                .with_extension("");
            let parts = path.iter().map(|part| part.to_string_lossy().into_owned());
            let module: Module = parts
                .filter(|part| part != "lib" && part != "mod")
                .collect();
            (module, fs::read_to_string(file).expect("it can be read"))
        })
        .collect();
    let imports = modules.iter().map(|(module, code)| {
        let targets = paths(code)
            .into_iter()
            .filter_map(|path| target(module, &path, &modules));
        (
            module.clone(),
            targets.filter(|target| target != module).collect(),
        )
    });
    imports.collect()
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        let is_rust = path.extension().is_some_and(|extension| extension == "rs");
        if path.is_dir() && !path.ends_with("tests") {
            list(&path, files);
        } else if is_rust && !path.ends_with("main.rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
}

/// The module that a path leads to, as far as there is a file.
fn target(from: &Module, path: &[String], modules: &BTreeMap<Module, String>) -> Option<Module> {
    let mut target = if path[0] == "crate" {
        Module::new()
    } else {
        from.clone()
    };
    for part in path {
        match part.as_str() {
            "crate" | "self" => {}
            "super" => drop(target.pop()),
            name => target.push(name.to_owned()),
        }
    }
    while !modules.contains_key(&target) {
        target.pop()?;
    }
    (!target.is_empty()).then_some(target)
}

/// The paths of a file that lead into its own crate.
fn paths(code: &str) -> Vec<Module> {
    let code = code.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default());
    let code = lines.collect::<Vec<_>>().join("\n");
    let tokens = tokens(&code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let begins = at == 0 || tokens[at - 1] != "::";
        match tokens[at] {
            "use" => {
                let mut all = Vec::new();
                at = tree(&tokens, at + 1, &Module::new(), &mut all);
                // A path that begins with no crate is a child module's.
                found.extend(all.into_iter().map(|mut path| {
                    if !["crate", "self", "super"].contains(&path[0].as_str()) {
                        path.insert(0, "self".to_owned());
                    }
                    path
                }));
            }
            "crate" | "super" | "self" if begins && tokens.get(at + 1) == Some(&"::") => {
                at = tree(&tokens, at, &Module::new(), &mut found);
            }
            _ => at += 1,
        }
    }
    let is_foreign =
        |path: &Module| path[0] == "self" && path.get(1).is_some_and(|name| name == "std");
    found.retain(|path| !is_foreign(path));
    found
}

/// Names, `::`, and single other characters.
fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_name = |letter: char| letter.is_alphanumeric() || letter == '_';
        let length = if is_name(first) {
            rest.find(|letter| !is_name(letter)).unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

/// Reads a path with its groups, and returns the index behind it.
fn tree(tokens: &[&str], mut at: usize, before: &Module, found: &mut Vec<Module>) -> usize {
    let mut path = before.clone();
    loop {
        match tokens.get(at).copied() {
            Some("{") => {
                at += 1;
                while tokens.get(at).is_some_and(|token| *token != "}") {
                    let next = tree(tokens, at, &path, found);
                    at = next.max(at + 1);
                }
                return at + 1;
            }
            Some(name) if name.starts_with(|first: char| first.is_alphabetic() || first == '_') => {
                path.push(name.to_owned());
                at += 1;
            }
            _ => break,
        }
        if tokens.get(at) != Some(&"::") {
            break;
        }
        at += 1;
    }
    if path.len() > before.len() {
        found.push(path);
    }
    at
}

/// Imports between files, neither of which stands below the other.
fn between_files(imports: &Imports) -> Imports {
    let is_apart = |a: &Module, b: &Module| !(a.starts_with(b) || b.starts_with(a));
    let apart = imports.iter().map(|(module, targets)| {
        let targets = targets.iter().filter(|target| is_apart(module, target));
        (module.clone(), targets.cloned().collect())
    });
    apart.collect()
}

/// The circles among siblings, as `parent::{child, child}`.
fn sibling_circles(imports: &Imports) -> Vec<String> {
    let parents: BTreeSet<&[String]> = imports
        .keys()
        .flat_map(|module| (0..module.len()).map(move |length| &module[..length]))
        .collect();
    let circles = parents.into_iter().flat_map(|parent| {
        let circles = circles_of(&siblings(imports, parent)).into_iter();
        let parent: String = parent
            .iter()
            .fold(String::new(), |path, name| path + name + "::");
        circles.map(move |circle| format!("{parent}{circle}"))
    });
    circles.collect()
}

/// The imports between the children of a module, each child with all that stands below it.
fn siblings(imports: &Imports, parent: &[String]) -> Imports {
    let child = |module: &Module| Some(vec![module.strip_prefix(parent)?.first()?.clone()]);
    let mut edges = Imports::new();
    for (module, targets) in imports {
        if let Some(from) = child(module) {
            let to = targets.iter().filter_map(child).filter(|to| *to != from);
            edges.entry(from.clone()).or_default().extend(to);
        }
    }
    edges
}

/// Sets of modules each of which reaches the others, as `{module, module}`.
fn circles_of(edges: &Imports) -> BTreeSet<String> {
    let reach: BTreeMap<&Module, BTreeSet<&Module>> = edges
        .keys()
        .map(|module| (module, reached(edges, module)))
        .collect();
    let reaches = |a: &Module, b: &Module| reach.get(a).is_some_and(|reached| reached.contains(b));
    let circles = edges.keys().map(|a| {
        edges
            .keys()
            .filter(|b| reaches(a, b) && reaches(b, a))
            .collect()
    });
    circles
        .filter(|circle: &BTreeSet<&Module>| circle.len() > 1)
        .map(|circle| list_of(&circle))
        .collect()
}

fn reached<'i>(edges: &'i Imports, from: &Module) -> BTreeSet<&'i Module> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Module> = edges[from].iter().collect();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(edges.get(next).into_iter().flatten());
        }
    }
    reached
}

fn list_of(circle: &BTreeSet<&Module>) -> String {
    let names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
    format!("{{{}}}", names.join(", "))
}
