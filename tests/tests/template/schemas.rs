//! The JSON Schemas for editors take the shipped files and the examples of the reference pages, have the fields of
//! these pages, and refuse a field that is misspelled.

use std::process::Command;

use crate::load::root;

#[test]
fn the_schemas_are_those_of_the_files_and_of_the_reference() {
    let output = Command::new(root().join(".venv/bin/python"))
        .arg(root().join("tests/tests/template/schemas.py"))
        .arg(root())
        .output()
        .expect("the Python of .venv runs");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
