//! The templates, decoded by the Python that deploys them.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use serde_json::{Map, Value};

/// The checkout's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests crate lies in the root")
}

/// A file's text, by its path from the root.
pub(crate) fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All templates.
pub(crate) struct Templates(Value);

/// A resource of one of them.
#[derive(Clone, Copy)]
pub(crate) struct Resource<'a> {
    pub(crate) id: &'a str,
    pub(crate) body: &'a Value,
}

impl<'a> Resource<'a> {
    pub(crate) fn kind(self) -> &'a str {
        self.body["Type"].as_str().expect("a resource has a type")
    }

    pub(crate) fn properties(self) -> &'a Value {
        &self.body["Properties"]
    }

    pub(crate) fn condition(self) -> Option<&'a str> {
        self.body["Condition"].as_str()
    }
}

impl Templates {
    /// template.yaml.
    pub(crate) fn source(&self) -> &Value {
        &self.0["source"]
    }

    /// template.yaml as CloudFormation gets it, with the functions' nested stacks in it.
    pub(crate) fn translated(&self) -> &Value {
        &self.0["translated"]
    }

    /// account.yaml.
    pub(crate) fn account(&self) -> &Value {
        &self.0["account"]
    }

    /// service-events.yaml.
    pub(crate) fn service_events(&self) -> &Value {
        &self.0["service-events"]
    }

    /// The functions' nested templates by folder.
    pub(crate) fn functions(&self) -> &Map<String, Value> {
        self.nested("functions")
    }

    /// The workloads' templates by folder.
    pub(crate) fn workloads(&self) -> &Map<String, Value> {
        self.nested("workloads")
    }

    fn nested(&self, folder: &str) -> &Map<String, Value> {
        self.0[folder]
            .as_object()
            .expect("decode.py prints an object")
    }

    /// Every template with its folder: the root's first, as translated.
    pub(crate) fn deployed(&self) -> Vec<(String, &Value)> {
        let workloads = self
            .workloads()
            .iter()
            .map(|(name, template)| (format!("workloads/{name}/"), template));
        std::iter::once((String::new(), self.translated()))
            .chain(workloads)
            .collect()
    }
}

/// A template's resources, of one type or all.
pub(crate) fn resources<'a>(template: &'a Value, kind: &'a str) -> Vec<Resource<'a>> {
    let all = template["Resources"]
        .as_object()
        .expect("a template has resources");
    all.iter()
        .map(|(id, body)| Resource { id, body })
        .filter(|resource| kind.is_empty() || resource.kind() == kind)
        .collect()
}

/// One resource.
pub(crate) fn resource<'a>(template: &'a Value, id: &'a str) -> Resource<'a> {
    let body = &template["Resources"][id];
    assert!(body.is_object(), "{id} is not in the template");
    Resource { id, body }
}

/// The templates, decoded once a process, and once for all processes while no file changes.
pub(crate) fn templates() -> &'static Templates {
    static TEMPLATES: OnceLock<Templates> = OnceLock::new();
    TEMPLATES.get_or_init(|| {
        let cache =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("templates-{:016x}.json", hash()));
        let json = fs::read(&cache).unwrap_or_else(|_| decode(&cache));
        Templates(serde_json::from_slice(&json).expect("decode.py prints JSON"))
    })
}

fn hash() -> u64 {
    let mut hasher = DefaultHasher::new();
    for path in inputs() {
        text(&path).hash(&mut hasher);
    }
    hasher.finish()
}

fn inputs() -> Vec<String> {
    let fixed = [
        "template.yaml",
        "account.yaml",
        "service-events.yaml",
        "tests/tests/template/decode.py",
        "line/requirements.lock",
    ];
    fixed
        .map(str::to_owned)
        .into_iter()
        .chain(nested_templates())
        .collect()
}

/// The nested templates of functions and workloads, by path.
pub(crate) fn nested_templates() -> Vec<String> {
    ["functions", "workloads"]
        .into_iter()
        .flat_map(|folder| {
            with_template(folder)
                .into_iter()
                .map(move |name| format!("{folder}/{name}/template.yaml"))
        })
        .collect()
}

/// The workloads' folders that have a template.
pub(crate) fn workloads() -> Vec<String> {
    with_template("workloads")
}

/// The subfolders that have a template.
fn with_template(folder: &str) -> Vec<String> {
    let folders = fs::read_dir(root().join(folder)).expect("the folder is there");
    let mut names: Vec<String> = folders
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| {
            root()
                .join(folder)
                .join(name)
                .join("template.yaml")
                .exists()
        })
        .collect();
    names.sort();
    names
}

fn decode(cache: &Path) -> Vec<u8> {
    let python = root().join(".venv/bin/python");
    assert!(
        python.exists(),
        "the templates are read with aws-sam-cli, and .venv is not there: run `make setup` first"
    );
    let output = Command::new(python)
        .args([
            root().join("tests/tests/template/decode.py"),
            root().to_owned(),
        ])
        .output()
        .expect("the Python of .venv runs");
    assert!(
        output.status.success(),
        "the templates cannot be decoded:\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    // Renamed into place, so that a test beside this one never reads half of it.
    let part: PathBuf = cache.with_extension(format!("{}.part", std::process::id()));
    fs::write(&part, &output.stdout)
        .and_then(|()| fs::rename(&part, cache))
        .expect("the target folder can be written");
    output.stdout
}

/// What a value is in words: a literal, `Ref:X`, `GetAtt:X.Y` or the text of `Fn::Sub`.
pub(crate) fn word(value: &Value) -> String {
    if let Some(text) = value.as_str() {
        return text.to_owned();
    }
    if let Some(name) = value["Ref"].as_str() {
        return format!("Ref:{name}");
    }
    if let Some(path) = value["Fn::GetAtt"].as_array() {
        let parts: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
        return format!("GetAtt:{}", parts.join("."));
    }
    value["Fn::Sub"]
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A value that may stand alone or in a list, as a list of words.
pub(crate) fn words(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(list) => list.iter().map(word).collect(),
        one => vec![word(one)],
    }
}
