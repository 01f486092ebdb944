//! The alarms of templates and of answers of `DescribeAlarms`, those that cannot be read with the reason.

mod described;
mod stacks;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{cases::Subject, mute::MuteRule, template::InvalidTemplate};

pub use stacks::Files;

/// Alarms, and what is not among them.
#[derive(Debug, Default)]
pub struct Inventory {
    /// In the order of the files.
    pub alarms: Vec<Entry>,
    /// The mute rules.
    pub mutes: Vec<MuteRule>,
    /// Sentences on what is not listed, each with its file.
    pub notes: Vec<String>,
}

/// An alarm.
#[derive(Debug)]
pub struct Entry {
    /// The path of the template or answer.
    pub file: String,
    /// Its logical id, after those of the nested stacks that it is in: `Picket/HeartbeatAlarm`. In an answer its name.
    pub id: String,
    /// Its properties with their functions resolved; those that cannot be are left out.
    pub properties: Value,
    /// The definition, or the reason why there is none.
    pub subject: Result<Subject, InvalidTemplate>,
    /// The parameters without a value on which its properties depend.
    pub open: BTreeSet<String>,
}

impl Entry {
    /// Its name; where it cannot be read, its id.
    pub fn name(&self) -> &str {
        let name = self.properties.get("AlarmName").and_then(Value::as_str);
        name.unwrap_or(&self.id)
    }
}

impl Inventory {
    /// The mute rules of an alarm.
    pub fn mutes_of<'a>(&'a self, entry: &'a Entry) -> impl Iterator<Item = &'a MuteRule> {
        self.mutes.iter().filter(|rule| rule.is_of(entry.name()))
    }

    /// Adds the alarms of a file: a template, with its nested stacks, or an answer of `DescribeAlarms`; or the mute rule of
    /// an answer of `GetAlarmMuteRule`. `parameters` are
    /// those of a template, and pseudo parameters such as `AWS::Region`. Returns a sentence where it is neither.
    pub fn add(
        &mut self,
        path: &str,
        text: &str,
        parameters: &BTreeMap<String, String>,
        files: Files<'_>,
    ) -> Result<(), String> {
        let document = crate::template::document::read(text).map_err(|error| error.to_string())?;
        if described::is_answer(&document) {
            self.add_described(path, &document);
            return Ok(());
        }
        if described::is_mute_rule(&document) {
            self.mutes
                .push(MuteRule::from_properties(&document).map_err(|error| error.to_string())?);
            return Ok(());
        }
        if document
            .get("Resources")
            .and_then(Value::as_object)
            .is_none()
        {
            return Err(
                "it is neither a template (it has no Resources) nor an answer of describe-alarms (it has no \
                 MetricAlarms)"
                    .to_owned(),
            );
        }
        self.add_template(path, &document, parameters, files);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
