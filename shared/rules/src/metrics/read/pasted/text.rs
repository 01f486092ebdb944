//! What is pasted, as YAML.

use std::borrow::Cow;

/// The fields of a rule that have no effect here, so that what a stack would put there is of no interest.
const WITHOUT_EFFECT: [&str; 2] = ["LogGroupName", "FilterName"];

/// The text as YAML without functions: no tags (`!Ref`, `!Sub`) of values that have no effect, and JSON below `Rules`
/// indented by a space, since YAML has nothing of a value at the margin.
pub(in crate::metrics::read) fn as_yaml(text: &str) -> String {
    let (mut flow, mut yaml) = (Flow::default(), String::with_capacity(text.len()));
    for line in text.split_inclusive('\n') {
        yaml.push_str(flow.indent(line));
        let fields = WITHOUT_EFFECT.iter();
        let line = fields.fold(Cow::Borrowed(line), |line, field| {
            without_tag(&line, field).map_or(line, Cow::Owned)
        });
        yaml.push_str(&line);
    }
    yaml
}

/// The line without the tag of a field's value, where it has one.
fn without_tag(line: &str, field: &str) -> Option<String> {
    let (before, after) = line.split_once(field)?;
    let start = before.trim_end().chars().next_back();
    let is_key = matches!(start, None | Some('-' | '{' | ',' | '"'));
    let value = after.trim_start_matches(['"', ':', ' ']);
    if !is_key || !value.starts_with('!') {
        return None;
    }
    let tag = value.find([' ', '\n', '\r']).unwrap_or(value.len());
    let kept = &line[..line.len() - value.len()];
    Some(format!("{kept}{}{}", " ".repeat(tag), &value[tag..]))
}

/// Where a text is in the brackets of the value of `Rules`.
#[derive(Debug, Default)]
struct Flow {
    /// Whether the line with `Rules` is behind, and no line of another kind after it.
    is_awaited: bool,
    depth: usize,
    quote: Option<char>,
}

impl Flow {
    /// What a line is to begin with.
    fn indent(&mut self, line: &str) -> &'static str {
        if let Some(value) = line.strip_prefix("Rules:") {
            *self = Self {
                is_awaited: true,
                ..Self::default()
            };
            self.read(value);
            return "";
        }
        let was_within = self.depth > 0;
        self.read(line);
        if was_within || self.depth > 0 {
            " "
        } else {
            ""
        }
    }

    fn read(&mut self, text: &str) {
        let value = text.trim_start();
        if self.depth == 0 {
            let is_flow = self.is_awaited && value.starts_with(['{', '[']);
            self.is_awaited &= value.is_empty() || value.starts_with('#');
            if !is_flow {
                return;
            }
        }
        let (mut is_escaped, mut before) = (false, ' ');
        for letter in value.chars() {
            match (self.quote, letter) {
                (None, '#') if before.is_whitespace() => return,
                _ if is_escaped => is_escaped = false,
                (Some('"'), '\\') => is_escaped = true,
                (Some(open), _) => self.quote = self.quote.filter(|_| open != letter),
                (None, '"' | '\'') => self.quote = Some(letter),
                (None, '{' | '[') => self.depth += 1,
                (None, '}' | ']') => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            before = letter;
        }
    }
}
