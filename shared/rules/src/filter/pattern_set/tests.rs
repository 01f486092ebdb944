use proptest::prelude::*;

use super::*;
use crate::filter::Lookups;

const PATTERNS: [&str; 12] = [
    "",
    "ERROR -health",
    "[level = ERROR, ...]",
    "{ $.a = \"x\" }",
    "{ $.a = \"y\" && $.b = 1 }",
    "{ $.b >= 1 && $.a = \"x\" }",
    "{ $.a = \"x*\" }",
    "{ $.a NOT EXISTS && $.b = * }",
    "{ $.a NOT EXISTS }",
    "{ ($.a = \"y\") || ($.b = 1) }",
    "{ $.a IS NULL }",
    "{ $.c[*] = 1 && $.a = \"x\" }",
];

fn set(patterns: &[Pattern]) -> PatternSet {
    let mut set = PatternSet::default();
    for (place, pattern) in patterns.iter().enumerate() {
        assert_eq!(set.enter(pattern), place);
    }
    set
}

#[test]
fn equal_patterns_have_one_place() {
    let mut set = PatternSet::default();
    let patterns = ["{ $.a = 1 }", "{ $.b = 1 }", "{  $.a = 1 }"];
    let places = patterns.map(|pattern| set.enter(&Pattern::parse(pattern).unwrap()));
    assert_eq!(places, [0, 1, 0]);
}

fn event() -> impl Strategy<Value = String> {
    let a = prop::sample::select(vec!["\"x\"", "\"y\"", "\"xy\"", "null", "1", "true", "[]"]);
    let b = prop::sample::select(vec!["0", "1", "1.5", "\"1\"", "{}"]);
    let c = prop::sample::select(vec!["[1]", "[2]", "1"]);
    (
        prop::option::of(a),
        prop::option::of(b),
        prop::option::of(c),
    )
        .prop_map(|(a, b, c)| {
            let fields = [("a", a), ("b", b), ("c", c)];
            let fields = fields.map(|(name, value)| Some(format!("\"{name}\":{}", value?)));
            let fields: Vec<String> = fields.into_iter().flatten().collect();
            format!("{{{}}}", fields.join(","))
        })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn together_they_match_what_each_matches_alone(text in prop_oneof![event(), "(ERROR|INFO) (health|x)"], wild: bool) {
        let json: Option<serde_json::Value> = serde_json::from_str(&text).ok();
        // A selector with a wildcard has no slot: such a set looks at the whole event.
        let known = PATTERNS.iter().filter(|pattern| wild || !pattern.contains("[*]"));
        let mut patterns: Vec<Pattern> = known.map(|pattern| Pattern::parse(pattern).unwrap()).collect();
        let mut lookups = Lookups::default();
        for pattern in &mut patterns {
            pattern.enter(&mut lookups);
        }
        let slots = json.as_ref().map(|json| lookups.read(json).unwrap());
        let event = Event {
            text: &text,
            json: json.as_ref(),
            id: None,
            slots: slots.as_ref().filter(|_| lookups.suffice()),
        };
        let mut matches = Matches::default();
        set(&patterns).matches(&event, &mut matches);
        for (place, pattern) in patterns.iter().enumerate() {
            prop_assert_eq!(matches.contains(place), pattern.matches(&event), "{} {}", pattern, text);
        }
    }
}
