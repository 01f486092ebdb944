//! AWS's resource schemas and list of actions, as cfn-lint has them.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::load::root;

/// What the handlers of a resource type do.
pub(super) struct Schemas {
    folder: PathBuf,
    files: Value,
}

/// The actions of AWS, with their resource types.
pub(super) struct Actions(Value);

/// cfn-lint's data, in the Python that `make setup` installs.
fn data() -> PathBuf {
    let lib = root().join(".venv/lib");
    let versions = fs::read_dir(&lib).expect("`make setup` has run");
    let mut found = versions
        .filter_map(|entry| Some(entry.ok()?.path().join("site-packages/cfnlint/data")))
        .filter(|path| path.is_dir());
    found
        .next()
        .expect("cfn-lint is installed with aws-sam-cli")
}

fn json(path: &Path) -> Value {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("JSON")
}

/// AWS Budgets has no schema; its actions are those of
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbudgetservice.html>.
const BUDGETS: [&str; 2] = ["budgets:ModifyBudget", "budgets:ViewBudget"];

impl Schemas {
    pub(super) fn read() -> Self {
        let folder = data().join("schemas");
        Self {
            // Where budgets and anomaly monitors exist; other types do not differ by Region in their permissions.
            files: json(&folder.join("providers/us-east-1.json")),
            folder,
        }
    }

    /// The actions that create, read, change and delete a resource. Listing is for imports.
    pub(super) fn needs(&self, kind: &str) -> BTreeSet<String> {
        if kind == "AWS::Budgets::Budget" {
            return BUDGETS.map(str::to_owned).into();
        }
        let file = self.files[kind].as_str();
        let file = file.unwrap_or_else(|| panic!("{kind} has no schema"));
        let schema = json(&self.folder.join(format!("resources/{file}.json")));
        let needs: BTreeSet<String> = ["create", "read", "update", "delete"]
            .into_iter()
            .filter_map(|handler| schema["handlers"][handler]["permissions"].as_array())
            .flatten()
            .filter_map(|action| Some(action.as_str()?.to_owned()))
            .collect();
        assert!(!needs.is_empty(), "{kind} has no handlers");
        needs
    }
}

impl Actions {
    pub(super) fn read() -> Self {
        Self(json(&data().join("AdditionalSpecs/Policies.json")))
    }

    /// Whether an action knows resources; nothing where there is no such action. Some schemas name such.
    pub(super) fn knows_resources(&self, action: &str) -> Option<bool> {
        let (service, name) = action.split_once(':')?;
        let action = self.0[service]["Actions"][name.to_lowercase()].as_object()?;
        Some(action.contains_key("Resources"))
    }
}
