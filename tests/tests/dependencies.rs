//! What Cargo.lock may hold, also where cargo-deny is not installed (docs/decisions/0002-one-crypto-provider.md).

const LOCK: &str = include_str!("../../Cargo.lock");
const DENY: &str = include_str!("../../deny.toml");
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

struct Package<'a> {
    name: &'a str,
    version: &'a str,
    source: Option<&'a str>,
}

fn packages() -> Vec<Package<'static>> {
    fn field<'a>(package: &'a str, name: &str) -> Option<&'a str> {
        let value = package
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(" = "));
        value.map(|value| value.trim_matches('"'))
    }
    LOCK.split("[[package]]")
        .skip(1)
        .map(|package| Package {
            name: field(package, "name").expect("every package has a name"),
            version: field(package, "version").expect("every package has a version"),
            source: field(package, "source"),
        })
        .collect()
}

#[test]
fn nothing_banned_is_in_the_lock_file() {
    for banned in [
        "aws-lc-sys",
        "aws-lc-rs",
        "openssl-sys",
        "native-tls",
        "evalexpr",
        "serde_yaml",
    ] {
        assert!(
            packages().iter().all(|package| package.name != banned),
            "{banned} is a dependency"
        );
        assert!(
            DENY.contains(&format!("crate = \"{banned}\"")),
            "deny.toml does not ban {banned}"
        );
    }
}

#[test]
fn there_is_one_rustls_and_it_is_not_the_sdks_old_one() {
    let packages = packages();
    let versions: Vec<_> = packages
        .iter()
        .filter(|package| package.name == "rustls")
        .map(|package| package.version)
        .collect();
    assert!(
        matches!(versions.as_slice(), [version] if version.starts_with("0.23.")),
        "{versions:?}"
    );
}

#[test]
fn everything_comes_from_crates_io_or_from_this_repository() {
    for package in packages() {
        let source = package.source.unwrap_or(CRATES_IO);
        assert_eq!(source, CRATES_IO, "{} {}", package.name, package.version);
    }
}

/// The lock files of the workspaces that this one does not build.
const OTHER_LOCKS: [(&str, &str); 2] = [
    (
        "tests/bench/Cargo.lock",
        include_str!("../bench/Cargo.lock"),
    ),
    ("tests/fuzz/Cargo.lock", include_str!("../fuzz/Cargo.lock")),
];

/// The names of the normal dependencies in a manifest.
fn dependencies(manifest: &str) -> Vec<&str> {
    manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter_map(|line| line.split([' ', '.', '=']).next())
        .filter(|name| !name.is_empty() && !name.starts_with('#'))
        .collect()
}

#[test]
fn the_other_workspaces_lock_files_have_the_crates_dependencies_of_today() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let workspace = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
    let folders = workspace
        .lines()
        .filter_map(|line| line.strip_suffix("\" }")?.split_once(" = { path = \""));
    let mut checked = 0;
    for (name, folder) in folders {
        let manifest = std::fs::read_to_string(root.join(folder).join("Cargo.toml")).unwrap();
        for (path, lock) in OTHER_LOCKS {
            let locked = lock.split("[[package]]").find(|package| {
                package.contains(&format!("\nname = \"{name}\"\n"))
                    && !package.contains("\nsource = ")
            });
            let Some(locked) = locked else { continue };
            for dependency in dependencies(&manifest) {
                let of = |end: &str| locked.contains(&format!("\n \"{dependency}{end}"));
                assert!(
                    of("\"") || of(" "),
                    "{path} lacks {name}'s {dependency}: `cargo update --workspace` in its folder"
                );
                checked += 1;
            }
        }
    }
    assert!(checked >= 60, "only {checked} dependencies were recognized");
}

/// The files whose commands build something, by path.
const SCRIPTS: [(&str, &str); 5] = [
    ("Makefile", include_str!("../../Makefile")),
    (".ci/run", include_str!("../../.ci/run")),
    ("scripts/test.sh", include_str!("../../scripts/test.sh")),
    ("scripts/fuzz.sh", include_str!("../../scripts/fuzz.sh")),
    (
        "scripts/advisories.sh",
        include_str!("../../scripts/advisories.sh"),
    ),
];

/// The subcommands of cargo that resolve dependencies and accept `--locked`.
const RESOLVING: [&str; 10] = [
    "build", "test", "nextest", "clippy", "bench", "doc", "lambda", "run", "fetch", "install",
];

/// The commands of a script that run one of these subcommands.
fn resolving_commands(script: &str) -> impl Iterator<Item = &str> {
    script
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(|line| line.split(['|', '&', ';', '"']))
        .filter(|command| {
            let mut words = command.split_whitespace();
            words.any(|word| word.ends_with("$(CARGO)") || word == "cargo")
                && words.next().is_some_and(|word| RESOLVING.contains(&word))
                && words.next() != Some("--version")
        })
}

#[test]
fn every_build_uses_the_lock_file_as_it_is() {
    for (path, script) in SCRIPTS {
        for command in resolving_commands(script) {
            assert!(command.contains("--locked"), "{path}: {}", command.trim());
        }
    }
    let makefile = resolving_commands(SCRIPTS[0].1).count();
    assert!(makefile >= 13, "only {makefile} commands were recognized");
}

#[test]
fn lint_and_ci_run_every_check_of_cargo_deny() {
    let [(_, makefile), (_, ci), ..] = SCRIPTS;
    assert!(makefile.contains("\ntest: $(LINE_READY) rules "));
    assert!(makefile.contains("\nlint: rules "));
    assert!(makefile.contains("\nrules: $(LINT_READY)\n"));
    assert!(makefile.contains("/cargo-deny --locked check "));
    assert!(makefile.contains(" bans licenses sources\n"));
    // Clippy within the build.
    for command in ["$(DEV_BUILD)", "scripts/test.sh"] {
        assert!(makefile.contains(&format!("$(LINTED) {command}\n")));
    }
    let linted = "\nLINTED := RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings\n";
    assert!(makefile.contains(linted));
    assert!(ci.contains(" make advisories\n") && ci.contains("\nexec make test\n"));
}
