//! Templates and the stacks nested in them.

use std::{
    collections::BTreeMap,
    path::{Component, Path, PathBuf},
};

use serde_json::Value;

use super::{Entry, Inventory};
use crate::template::{Given, NestedStack, document, outline};

/// Reads a file, or returns the sentence why it cannot be read.
pub type Files<'a> = &'a dyn Fn(&Path) -> Result<String, String>;

/// Stacks in one another: more than anyone nests, so that a template which nests itself ends.
const DEEPEST: usize = 8;

/// The root stack's name, and the placeholder where none is given.
const STACK_NAME: &str = "AWS::StackName";
const STACK: &str = "{AWS::StackName}";

impl Inventory {
    pub(super) fn add_template(
        &mut self,
        path: &str,
        template: &Value,
        parameters: &BTreeMap<String, String>,
        files: Files<'_>,
    ) {
        let text = |(name, value): (&String, &String)| (name.clone(), Value::from(value.as_str()));
        let mut given = Given {
            stack: STACK.to_owned(),
            values: parameters.iter().map(text).collect(),
            open: std::collections::BTreeSet::new(),
        };
        if let Some(stack) = parameters.get(STACK_NAME) {
            given.stack.clone_from(stack);
        } else {
            given.open.insert(STACK_NAME.to_owned());
        }
        let declared = template.get("Parameters").and_then(Value::as_object);
        for name in parameters.keys().filter(|name| !name.contains("::")) {
            if declared.is_none_or(|declared| !declared.contains_key(name)) {
                self.notes
                    .push(format!("{path}: the template has no parameter {name}"));
            }
        }
        let root = Root { path, files };
        self.add_stack(&root, Path::new(path), &mut Vec::new(), template, &given);
    }

    fn add_stack(
        &mut self,
        root: &Root<'_>,
        path: &Path,
        within: &mut Vec<String>,
        template: &Value,
        given: &Given,
    ) {
        let outline = outline(template, given);
        let file = path.to_string_lossy();
        let notes = outline.notes.into_iter();
        self.notes
            .extend(notes.map(|note| format!("{file}: {note}")));
        self.mutes.extend(outline.mutes);
        for alarm in outline.alarms {
            let id = within.iter().chain([&alarm.id]).cloned();
            self.alarms.push(Entry {
                file: file.clone().into_owned(),
                id: id.collect::<Vec<_>>().join("/"),
                properties: alarm.properties,
                subject: alarm.subject,
                open: alarm.open,
            });
        }
        for stack in outline.stacks {
            within.push(stack.id.clone());
            if let Err(reason) = self.follow(root, path, within, &stack) {
                let id = &stack.id;
                self.notes.push(format!(
                    "{file}: the alarms of the stack {id} are not listed: {reason}"
                ));
            }
            within.pop();
        }
    }

    fn follow(
        &mut self,
        root: &Root<'_>,
        parent: &Path,
        within: &mut Vec<String>,
        stack: &NestedStack,
    ) -> Result<(), String> {
        let location = stack.location.as_ref().map_err(ToString::to_string)?;
        if location.contains("://") {
            return Err(format!(
                "its template is at {location}, and only files are read"
            ));
        }
        if within.len() > DEEPEST {
            return Err(format!(
                "stacks are read {DEEPEST} deep (from {})",
                root.path
            ));
        }
        let folder = parent.parent().unwrap_or(Path::new(""));
        let path = simplified(&folder.join(location));
        let text = (root.files)(&path)?;
        let template =
            document::read(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        self.add_stack(root, &path, within, &template, &stack.given);
        Ok(())
    }
}

/// The template that was named, and the files around it.
struct Root<'a> {
    path: &'a str,
    files: Files<'a>,
}

/// A path without `.` and without `..` after a name.
fn simplified(path: &Path) -> PathBuf {
    let mut simple = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if simple.file_name().is_some() => {
                simple.pop();
            }
            other => simple.push(other),
        }
    }
    simple
}
