//! Files that were uploaded to Slack.

use std::collections::HashMap;

use serde_json::Value;

/// How a PNG begins.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The files, by id.
#[derive(Debug, Default)]
pub(super) struct Files(HashMap<String, File>);

#[derive(Debug)]
struct File {
    length: usize,
    content: Vec<u8>,
    complete: bool,
}

/// No upload of this id is under way, or its bytes are not those that were announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NotAFile;

impl Files {
    /// A new file of so many bytes; its id.
    pub(super) fn expect(&mut self, length: usize) -> String {
        let id = format!("F{:08}", self.0.len() + 1);
        let file = File {
            length,
            content: Vec::new(),
            complete: false,
        };
        self.0.insert(id.clone(), file);
        id
    }

    /// The file's bytes.
    pub(super) fn put(&mut self, id: &str, content: &[u8]) -> Result<(), NotAFile> {
        let file = self.0.get_mut(id).ok_or(NotAFile)?;
        if file.complete || file.length != content.len() {
            return Err(NotAFile);
        }
        file.content = content.to_vec();
        Ok(())
    }

    /// The file is whole.
    pub(super) fn complete(&mut self, id: &str) -> Result<(), NotAFile> {
        let file = self.0.get_mut(id).ok_or(NotAFile)?;
        if file.content.is_empty() {
            return Err(NotAFile);
        }
        file.complete = true;
        Ok(())
    }

    /// A whole file's bytes.
    pub(super) fn get(&self, id: &str) -> Option<Vec<u8>> {
        let file = self.0.get(id).filter(|file| file.complete)?;
        Some(file.content.clone())
    }

    /// Whether every picture of a message is one.
    pub(super) fn shows(&self, payload: &Value) -> bool {
        let blocks = payload["blocks"].as_array().map_or(&[][..], Vec::as_slice);
        let named = blocks
            .iter()
            .filter_map(|block| block["slack_file"]["id"].as_str());
        named
            .into_iter()
            .all(|id| self.get(id).is_some_and(|content| content.starts_with(PNG)))
    }
}
