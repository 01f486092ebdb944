//! `picket schema`: JSON Schemas of the files that users write, for editors.

use std::{fmt, io};

use serde::{Serialize, Serializer};

use crate::{
    exit::Exit,
    output::Output,
    schemas::{SCHEMAS, Schema},
};

/// Which formats there are.
#[derive(Debug, Serialize)]
struct Formats {
    formats: Vec<Format>,
}

#[derive(Debug, Serialize)]
struct Format {
    name: &'static str,
    files: &'static str,
}

/// Prints the schema of a format, or the formats.
pub(crate) fn run(format: Option<&str>, output: &mut Output<'_>) -> io::Result<Exit> {
    let chosen = format.and_then(|name| SCHEMAS.iter().find(|schema| schema.name == name));
    match chosen {
        Some(schema) => output.answer(schema)?,
        None => output.answer(&Formats::all())?,
    }
    Ok(Exit::Done)
}

impl Formats {
    fn all() -> Self {
        let format = |Schema { name, files, .. }: Schema| Format { name, files };
        Self {
            formats: SCHEMAS.map(format).into(),
        }
    }
}

impl Serialize for Schema {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value: serde_json::Value =
            serde_json::from_str(self.text).map_err(serde::ser::Error::custom)?;
        value.serialize(serializer)
    }
}

impl fmt::Display for Schema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text.trim_end())
    }
}

impl fmt::Display for Formats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.formats.iter();
        let lines: Vec<String> = lines
            .map(|Format { name, files }| format!("{name:<12} {files}"))
            .collect();
        f.write_str(&lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn answer(format: Option<&str>, json: bool) -> String {
        let mut answers = Vec::new();
        let mut output = Output::new(&mut answers, Vec::new());
        output.use_json(json);
        assert_eq!(run(format, &mut output).unwrap(), Exit::Done);
        drop(output);
        String::from_utf8(answers).unwrap()
    }

    #[test]
    fn a_schema_is_printed_as_the_file_has_it_and_in_a_line() {
        for schema in SCHEMAS {
            assert_eq!(
                answer(Some(schema.name), false),
                schema.text,
                "{}",
                schema.name
            );
            let line = answer(Some(schema.name), true);
            assert_eq!(line.lines().count(), 1);
            let value: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(value["$schema"], "http://json-schema.org/draft-07/schema#");
        }
    }

    #[test]
    fn without_a_format_the_formats_are_listed() {
        let formats = answer(None, false);
        assert_eq!(formats.lines().count(), SCHEMAS.len());
        assert!(formats.starts_with("metrics      workloads/<name>/metrics.yaml\n"));
    }
}
