//! YAML with CloudFormation's tags.

use std::collections::{BTreeMap, BTreeSet};

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};
use picket_rules::syntax_message;
use serde_json::{Map, Value};

use super::{InvalidDocument, scalar};

/// Nodes of a document with its aliases expanded. A template has at most 1 MB (CloudFormation User Guide, "Quotas") and
/// a node takes some bytes of it; aliases of aliases could be any number.
const MOST_NODES: usize = 200_000;

/// Nested nodes: the limit of JSON readers.
const DEEPEST: usize = 128;

const CORE: &str = "tag:yaml.org,2002:";

pub(super) fn read(text: &str) -> Result<Value, InvalidDocument> {
    let mut options = Options::default();
    options.emit_comments = false;
    let mut reader = Reader {
        events: Parser::new_from_str_with_options(text, options),
        anchors: BTreeMap::new(),
    };
    let mut document = None;
    loop {
        let (event, span) = reader.event()?;
        match event {
            Event::StreamEnd => return Ok(document.unwrap_or(Value::Null)),
            Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
            _ if document.is_some() => {
                return Err(refused(
                    &span,
                    "a template is one YAML document, and here is another",
                ));
            }
            event => document = Some(reader.node(event, &span)?.value),
        }
    }
}

struct Reader<'input> {
    events: Parser<'input, StrInput<'input>>,
    anchors: BTreeMap<usize, Node>,
}

/// A value with its extent, aliases expanded.
#[derive(Clone)]
struct Node {
    value: Value,
    nodes: usize,
    depth: usize,
}

/// The nodes within another one.
#[derive(Default)]
struct Extent {
    nodes: usize,
    depth: usize,
}

impl Extent {
    fn add(&mut self, node: &Node, span: &Span) -> Result<(), InvalidDocument> {
        self.nodes += node.nodes;
        self.depth = self.depth.max(node.depth);
        if self.nodes > MOST_NODES || self.depth >= DEEPEST {
            return Err(refused(
                span,
                "more than a template can hold is nested here",
            ));
        }
        Ok(())
    }

    fn of(self, value: Value) -> Node {
        Node {
            value,
            nodes: self.nodes + 1,
            depth: self.depth + 1,
        }
    }
}

impl<'input> Reader<'input> {
    fn event(&mut self) -> Result<(Event<'input>, Span), InvalidDocument> {
        match self.events.next() {
            Some(event) => event.map_err(|error| scan(&error)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn node(&mut self, event: Event<'input>, span: &Span) -> Result<Node, InvalidDocument> {
        let (anchor, node) = match event {
            Event::Alias(anchor) => {
                let known = self.anchors.get(&anchor).cloned();
                return known.ok_or_else(|| refused(span, "an alias within its own anchor"));
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value = scalar_value(&text, style, tag.as_deref(), span)?;
                (anchor, Extent::default().of(value))
            }
            Event::SequenceStart(_, anchor, tag) => {
                let (list, extent) = self.sequence()?;
                (
                    anchor,
                    extent.of(tagged(list.into(), tag.as_deref(), span)?),
                )
            }
            Event::MappingStart(_, anchor, tag) => {
                let (map, extent) = self.mapping()?;
                (anchor, extent.of(tagged(map.into(), tag.as_deref(), span)?))
            }
            _ => return Err(refused(span, "the document ends here, within a value")),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn sequence(&mut self) -> Result<(Vec<Value>, Extent), InvalidDocument> {
        let (mut list, mut extent) = (Vec::new(), Extent::default());
        loop {
            let (event, span) = self.event()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok((list, extent));
            }
            let node = self.node(event, &span)?;
            extent.add(&node, &span)?;
            list.push(node.value);
        }
    }

    fn mapping(&mut self) -> Result<(Map<String, Value>, Extent), InvalidDocument> {
        let (mut own, mut merged, mut extent) = (Map::new(), Map::new(), Extent::default());
        let mut keys = BTreeSet::new();
        loop {
            let (event, span) = self.event()?;
            let (key, is_merge) = match event {
                Event::MappingEnd => break,
                Event::Scalar(key, style, ..) => {
                    let is_merge = key == "<<" && style == ScalarStyle::Plain;
                    (key.into_owned(), is_merge)
                }
                _ => return Err(refused(&span, "a key must be a text")),
            };
            if !keys.insert(key.clone()) {
                return Err(refused(&span, format!("the key {key:?} is there twice")));
            }
            let (event, at) = self.event()?;
            let node = self.node(event, &at)?;
            extent.add(&node, &at)?;
            if is_merge {
                merge(&mut merged, node.value, &at)?;
            } else {
                own.insert(key, node.value);
            }
        }
        for (key, value) in merged {
            own.entry(key).or_insert(value);
        }
        Ok((own, extent))
    }
}

/// Adds the keys of a mapping, or of a list of them of which the first has precedence (<https://yaml.org/type/merge.html>).
fn merge(
    merged: &mut Map<String, Value>,
    value: Value,
    span: &Span,
) -> Result<(), InvalidDocument> {
    let list = match value {
        Value::Array(list) => list,
        one => vec![one],
    };
    for one in list {
        let Value::Object(map) = one else {
            return Err(refused(span, "<< merges mappings, and this is none"));
        };
        for (key, value) in map {
            merged.entry(key).or_insert(value);
        }
    }
    Ok(())
}

fn scalar_value(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    span: &Span,
) -> Result<Value, InvalidDocument> {
    match tag {
        None if style == ScalarStyle::Plain => Ok(scalar::plain(text)),
        None => Ok(text.into()),
        Some(tag) => match core(tag) {
            Some("str" | "timestamp") => Ok(text.into()),
            Some("int" | "float" | "bool" | "null") => Ok(scalar::plain(text)),
            _ => tagged(text.into(), Some(tag), span),
        },
    }
}

/// A value with its tag as a function.
fn tagged(value: Value, tag: Option<&Tag>, span: &Span) -> Result<Value, InvalidDocument> {
    let Some(tag) = tag else {
        return Ok(value);
    };
    if let Some("map" | "seq" | "str") = core(tag) {
        return Ok(value);
    }
    let name = tag.suffix();
    if tag.handle() != "!" {
        return Err(refused(span, format!("CloudFormation has no tag {tag}")));
    }
    let (function, argument) = match (name, &value) {
        // The non-specific tag.
        ("", _) => return Ok(value),
        ("Ref" | "Condition", _) => (name.to_owned(), value),
        ("GetAtt", Value::String(path)) => {
            let parts: Vec<&str> = path.splitn(2, '.').collect();
            ("Fn::GetAtt".to_owned(), parts.into())
        }
        _ => (format!("Fn::{name}"), value),
    };
    Ok(Value::Object(Map::from_iter([(function, argument)])))
}

fn core(tag: &Tag) -> Option<&str> {
    (tag.handle() == CORE).then(|| tag.suffix())
}

fn refused(span: &Span, reason: impl Into<String>) -> InvalidDocument {
    InvalidDocument::Yaml {
        line: span.start.line(),
        column: span.start.col() + 1,
        reason: reason.into(),
    }
}

fn scan(error: &ScanError) -> InvalidDocument {
    let at = error.marker();
    InvalidDocument::Yaml {
        line: at.line(),
        column: at.col() + 1,
        reason: syntax_message(error.info()),
    }
}
