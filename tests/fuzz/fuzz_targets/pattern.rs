//! A filter pattern and an event, split at the first line break: what is displayed parses to the same pattern and
//! matches the same.
#![no_main]

use picket_rules::filter::{Event, Pattern};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (pattern, text) = text.split_once('\n').unwrap_or((text, ""));
    let Ok(parsed) = Pattern::parse(pattern) else {
        return;
    };
    let json = serde_json::from_str(text).ok();
    let event = Event {
        text,
        json: json.as_ref(),
        id: None,
        slots: None,
    };
    let (matches, values) = (parsed.matches(&event), parsed.values(&event));
    let shown = parsed.to_string();
    // The normal form may be longer than a pattern may be.
    match Pattern::parse(&shown) {
        Ok(again) => assert_eq!(
            (&again, again.matches(&event), again.values(&event)),
            (&parsed, matches, values),
            "{shown}"
        ),
        Err(error) => assert!(shown.chars().count() > 1024, "{shown}: {error}"),
    }
});
