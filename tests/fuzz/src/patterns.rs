//! Patterns and events made from one another's small alphabet, so that they meet, and what the guide says of them in
//! the plainest code.

mod delimited;
mod json;
mod terms;

use arbitrary::Arbitrary;
use picket_rules::{
    filter::{Event, Lookups, Pattern},
    metrics,
};

/// A pattern of one of the three forms, and an event.
#[derive(Debug, Arbitrary)]
pub enum Case {
    /// `{ … }`
    Json(json::Expression, json::Json),
    /// Words to find.
    Terms(Vec<terms::Term>, Vec<Word>),
    /// `[ … ]`
    Delimited(delimited::Columns, Vec<delimited::Token>),
}

/// A short word.
#[derive(Debug, Clone, Arbitrary)]
pub struct Word(Letter, Option<Letter>, Option<Letter>);

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Letter {
    A,
    B,
    C,
}

impl Word {
    /// The word.
    pub fn text(&self) -> String {
        let letter = |letter: Letter| match letter {
            Letter::A => 'a',
            Letter::B => 'b',
            Letter::C => 'c',
        };
        [Some(self.0), self.1, self.2]
            .into_iter()
            .flatten()
            .map(letter)
            .collect()
    }
}

/// Text with a star at either end.
#[derive(Debug, Clone, Arbitrary)]
pub struct Starred {
    before: bool,
    word: Word,
    after: bool,
    quoted: bool,
}

impl Starred {
    fn written(&self) -> String {
        let star = |there| if there { "*" } else { "" };
        let text = format!(
            "{}{}{}",
            star(self.before),
            self.word.text(),
            star(self.after)
        );
        if self.quoted {
            format!("\"{text}\"")
        } else {
            text
        }
    }

    fn fits(&self, text: &str) -> bool {
        let word = self.word.text();
        match (self.before, self.after) {
            (false, false) => text == word,
            (true, false) => text.ends_with(&word),
            (false, true) => text.starts_with(&word),
            (true, true) => text.contains(&word),
        }
    }

    fn has_star(&self) -> bool {
        self.before || self.after
    }
}

/// How numbers compare.
#[derive(Debug, Clone, Copy, Arbitrary)]
pub enum Operator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl Operator {
    fn written(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }

    fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::NotEqual => left != right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

/// Compares what our patterns say with what the plain code says.
pub fn check(case: &Case) {
    let (pattern, text, expected) = match case {
        Case::Json(expression, json) => {
            let (pattern, text) = (format!("{{ {} }}", expression.written()), json.written());
            (pattern, text, expression.holds(json))
        }
        Case::Terms(terms, words) => terms::case(terms, words),
        Case::Delimited(columns, tokens) => delimited::case(columns, tokens),
    };
    let parsed = match Pattern::parse(&pattern) {
        Ok(parsed) => parsed,
        Err(error) => {
            let message = error.to_string();
            let quotas = ["characters", "wildcards", "fewer parentheses"];
            let is_quota = quotas.iter().any(|quota| message.contains(quota));
            assert!(is_quota, "{pattern}: {message}");
            return;
        }
    };
    let json: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let event = Event {
        text: &text,
        json: json.as_ref(),
        id: None,
        slots: None,
    };
    assert_eq!(parsed.matches(&event), expected, "{pattern} {text}");
    assert_eq!(looked_up(&pattern, &text), expected, "{pattern} {text}");
}

/// What the pattern says as a rule's, of an event of which only its fields were read.
fn looked_up(pattern: &str, text: &str) -> bool {
    let pattern = serde_json::to_string(pattern).expect("a text is always JSON");
    let rules = format!(
        "Workload: w\nRules: [{{ FilterPattern: {pattern}, MetricTransformations: [{{ MetricNamespace: N, MetricName: M, MetricValue: 1 }}] }}]"
    );
    let mut rules = metrics::parse("fuzz.yaml", &rules).expect("the pattern was parsed before");
    let mut lookups = Lookups::default();
    rules.enter(&mut lookups);
    let pattern = &rules.rules[0].pattern;
    let json: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let event = Event {
        text,
        json: json.as_ref(),
        id: None,
        slots: None,
    };
    if json.is_none() || !lookups.suffice() {
        return pattern.matches(&event);
    }
    let mut reader = sonic_rs::Deserializer::from_str(text);
    let slots = lookups.read(&mut reader).expect("serde_json read it");
    pattern.matches(&Event {
        json: None,
        slots: Some(&slots),
        ..event
    })
}
