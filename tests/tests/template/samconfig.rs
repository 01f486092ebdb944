//! samconfig.toml: complete sections, and no documented command that deploys a template over another template's stack.

use std::{collections::BTreeSet, fs, path::PathBuf};

use crate::load::{root, text};

/// Every section with the template that it deploys.
const SECTIONS: [(&str, &str); 5] = [
    ("default", "template.yaml"),
    ("staging", "template.yaml"),
    ("prod", "template.yaml"),
    ("account", "account.yaml"),
    ("service-events", "service-events.yaml"),
];

/// A table of samconfig.toml.
fn table(section: &str, command: &str) -> String {
    let config = text("samconfig.toml");
    let header = format!("[{section}.{command}.parameters]\n");
    let (_, rest) = config
        .split_once(&header)
        .unwrap_or_else(|| panic!("samconfig.toml has no {header}"));
    rest.split("\n[").next().unwrap_or_default().to_owned()
}

/// The string that a table gives to a key.
fn value(table: &str, key: &str) -> String {
    let prefix = format!("{key} = \"");
    let line = table
        .lines()
        .find_map(|line| line.strip_prefix(&prefix))
        .unwrap_or_else(|| panic!("no {key} in\n{table}"));
    line.trim_end_matches('"').to_owned()
}

#[test]
fn every_section_is_complete_and_has_a_stack_and_a_prefix_of_its_own() {
    let (mut stacks, mut prefixes) = (BTreeSet::new(), BTreeSet::new());
    for (section, template) in SECTIONS {
        let deploy = table(section, "deploy");
        assert_eq!(value(&deploy, "template_file"), template, "{section}");
        assert_eq!(
            value(&table(section, "validate"), "template_file"),
            template
        );
        assert!(table(section, "validate").contains("lint = true"));
        for key in [
            "resolve_s3 = true",
            "confirm_changeset",
            "parameter_overrides",
        ] {
            assert!(deploy.contains(key), "{section}: {key}");
        }
        let stack = value(&table(section, "global"), "stack_name");
        assert!(stack.starts_with("picket-"), "{section}");
        assert!(
            stacks.insert(stack),
            "{section}: the stack of another section"
        );
        assert!(
            prefixes.insert(value(&deploy, "s3_prefix")),
            "{section}: the prefix of another section"
        );
    }
}

#[test]
fn every_environment_names_itself_its_secrets_and_the_rights_to_make_roles() {
    for (section, environment) in [("default", "dev"), ("staging", "staging"), ("prod", "prod")] {
        let deploy = table(section, "deploy");
        for part in [
            "CAPABILITY_IAM".to_owned(),
            "CAPABILITY_AUTO_EXPAND".to_owned(),
            format!("Environment={environment}"),
            format!("SlackParameterPrefix=/picket/{environment}/slack"),
        ] {
            assert!(deploy.contains(&part), "{section}: {part}");
        }
    }
}

#[test]
fn the_account_is_deployed_to_the_region_of_budgets() {
    assert_eq!(value(&table("account", "global"), "region"), "us-east-1");
}

/// What people read or run: documents, scripts, the Makefile and the templates themselves.
fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["", "docs", "docs/decisions", "scripts"] {
        let entries = fs::read_dir(root().join(folder)).expect("the folder can be listed");
        found.extend(entries.filter_map(|entry| Some(entry.ok()?.path())));
    }
    let read = |path: &PathBuf| {
        let ends = ["md", "sh", "py", "yaml", "toml"];
        path.file_name().is_some_and(|name| name == "Makefile")
            || path
                .extension()
                .is_some_and(|end| ends.iter().any(|known| end == *known))
    };
    found.retain(read);
    found
}

/// The words after every `sam deploy` that carries an option.
fn commands(text: &str) -> Vec<Vec<String>> {
    // The Makefile's variable ends in a parenthesis of its own.
    let clean = |word: &str| {
        let is_variable = word.starts_with("$(");
        let around = |c: char| "`\".,;:".contains(c) || (c == ')' && !is_variable);
        word.trim_matches(around).to_owned()
    };
    let words = |line: &str| -> Vec<String> {
        let end = line.find("` ").unwrap_or(line.len());
        line[..end].split_whitespace().map(clean).collect()
    };
    text.replace("\\\n", " ")
        .lines()
        .flat_map(|line| {
            line.split("sam deploy ")
                .skip(1)
                .map(words)
                .collect::<Vec<_>>()
        })
        .filter(|words| {
            words
                .first()
                .is_some_and(|word| word.starts_with("--") || *word == "-t")
        })
        .collect()
}

fn option<'a>(words: &'a [String], names: &[&str]) -> Option<&'a str> {
    let at = words
        .iter()
        .position(|word| names.contains(&word.as_str()))?;
    words.get(at + 1).map(String::as_str)
}

/// Why a command could reach another template's stack.
fn fault(words: &[String]) -> Option<String> {
    let named = option(words, &["-t", "--template", "--template-file"]);
    let section = option(words, &["--config-env"]).unwrap_or("default");
    // The Makefile's variable is one of the environments.
    let section = if section == "$(CONFIG_ENV)" {
        "default"
    } else {
        section
    };
    let Some((_, template)) = SECTIONS.iter().find(|(known, _)| *known == section) else {
        return Some(format!("samconfig.toml has no section {section}"));
    };
    // The Makefile's composed template is the root template with workloads in it.
    let named = named.filter(|named| !named.starts_with("$(COMPOSED)"));
    named
        .filter(|named| named != template)
        .map(|named| format!("[{section}] is for {template}, not for {named}"))
}

#[test]
fn no_documented_command_deploys_a_template_over_another_stack() {
    let mut seen = 0;
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap_or_default();
        for words in commands(&text) {
            seen += 1;
            assert_eq!(fault(&words), None, "{}: {words:?}", path.display());
        }
    }
    assert!(seen >= 5, "{seen} commands were found");
}

#[test]
fn a_template_without_its_section_is_a_fault() {
    for (line, is_fault) in [
        ("`sam deploy -t account.yaml` (its parameters", true),
        (
            "sam deploy --template-file account.yaml --config-env prod",
            true,
        ),
        ("run `sam deploy --config-env accounts`.", true),
        ("run `sam deploy --config-env account`.", false),
        (
            "a stack (`sam deploy --config-env account`) of its own",
            false,
        ),
        ("sam deploy -t account.yaml --config-env account", false),
        ("sam deploy --stack-name picket-two", false),
        ("@$(VENV)/bin/sam deploy --config-env $(CONFIG_ENV)", false),
    ] {
        let found = commands(line);
        assert_eq!(found.len(), 1, "{line}");
        assert_eq!(fault(&found[0]).is_some(), is_fault, "{line}");
    }
}
