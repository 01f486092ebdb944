//! No module imports, directly or through others, a module that imports it.
//!
//! Modules are compared with their siblings: what stands below one counts as its own. Read are `crate::`, `self::` and `super::` paths
//! and `use` of child modules, outside of comments and of `mod tests`; macros are not expanded.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// Circles that stay: the filter grammar, whose selectors hold filters and whose filters hold selectors.
const ALLOWED: [&str; 1] =
    ["shared/rules: filter::{delimited, expression, lookups, parse, selector}"];

/// Crates whose circles are being taken apart; a crate leaves this list when it has none.
const NOT_YET: [&str; 3] = [
    "functions/alarm-remediator",
    "functions/metrics-publisher",
    "functions/slack-forwarder",
];

type Module = Vec<String>;
type Imports = BTreeMap<Module, BTreeSet<Module>>;

#[test]
fn modules_import_one_another_in_one_direction() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let crates = ["functions", "shared"].into_iter().flat_map(|group| {
        let members = fs::read_dir(root.join(group)).expect("the folder is there");
        let members = members.map(|member| member.expect("it can be listed").file_name());
        members.map(move |member| format!("{group}/{}", member.to_string_lossy()))
    });
    let crates = crates.chain(["shared", "cli", "line"].map(str::to_owned));
    let mut circles = BTreeSet::new();
    let mut read = 0;
    for name in crates {
        let source = root.join(&name).join("src");
        if source.join("lib.rs").is_file() && !NOT_YET.contains(&name.as_str()) {
            read += 1;
            circles.extend(circles_of(&imports(&source)).map(|circle| format!("{name}: {circle}")));
        }
    }
    assert!(read >= 10, "{read} crates");
    let expected: BTreeSet<String> = ALLOWED.map(str::to_owned).into();
    assert_eq!(circles, expected);
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
        circles_of(&imports).collect::<Vec<_>>()
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

/// The circles among siblings, as `parent::{child, child}`.
fn circles_of(imports: &Imports) -> impl Iterator<Item = String> {
    let parents: BTreeSet<&[String]> = imports
        .keys()
        .flat_map(|module| (0..module.len()).map(move |length| &module[..length]))
        .collect();
    let circles = parents.into_iter().flat_map(|parent| {
        let edges = siblings(imports, parent);
        let reach: BTreeMap<&String, BTreeSet<&String>> = edges
            .keys()
            .map(|child| (*child, reached(&edges, child)))
            .collect();
        let in_circle = |a: &String, b: &String| reach[a].contains(b) && reach[b].contains(a);
        let circles: BTreeSet<Vec<&String>> = edges
            .keys()
            .map(|a| {
                edges
                    .keys()
                    .copied()
                    .filter(|b| in_circle(a, b))
                    .collect::<Vec<_>>()
            })
            .filter(|circle| circle.len() > 1)
            .collect();
        let parent: String = parent.iter().map(|name| format!("{name}::")).collect();
        let named = |circle: Vec<&String>| {
            let names: Vec<&str> = circle.into_iter().map(String::as_str).collect();
            format!("{parent}{{{}}}", names.join(", "))
        };
        circles.into_iter().map(named).collect::<Vec<_>>()
    });
    circles.collect::<Vec<_>>().into_iter()
}

/// The imports between the children of a module.
fn siblings<'i>(
    imports: &'i Imports,
    parent: &[String],
) -> BTreeMap<&'i String, BTreeSet<&'i String>> {
    let child = |module: &'i Module| module.strip_prefix(parent)?.first();
    let mut edges: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
    for (module, targets) in imports {
        let Some(from) = child(module) else { continue };
        let to = targets.iter().filter_map(child).filter(|to| *to != from);
        edges.entry(from).or_default().extend(to);
    }
    let targets: Vec<&String> = edges.values().flatten().copied().collect();
    for target in targets {
        edges.entry(target).or_default();
    }
    edges
}

fn reached<'i>(
    edges: &BTreeMap<&'i String, BTreeSet<&'i String>>,
    from: &String,
) -> BTreeSet<&'i String> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&String> = edges[from].iter().copied().collect();
    while let Some(next) = open.pop() {
        if reached.insert(next) {
            open.extend(edges[next].iter().copied());
        }
    }
    reached
}
