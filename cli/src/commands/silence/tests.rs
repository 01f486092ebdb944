use super::*;

const NOW: &str = "2026-11-20T06:00:00Z";

fn new_silence<'a>(matches: &'a [String], lasts: Option<&str>) -> NewSilence<'a> {
    NewSilence {
        name: "move",
        matches,
        lasts: lasts.map(|text| text.parse().unwrap()),
        until: None,
        reason: "orders move",
        author: "ada",
    }
}

fn written(matches: &[&str], lasts: Option<&str>) -> Result<Written, String> {
    let matches: Vec<String> = matches.iter().map(|&each| each.to_owned()).collect();
    let new_silence = new_silence(&matches, lasts).written(NOW.parse().unwrap());
    new_silence.map(|(written, _)| written)
}

#[test]
fn a_silence_is_written_as_a_route_file_has_it() {
    let matches = [
        "alarm=orders-*",
        "alarm=carts",
        "tags.team=shop",
        "severity=warning",
    ];
    let written = written(&matches, Some("90m")).unwrap();
    let said: Value = serde_json::from_str(&written.text).unwrap();
    assert_eq!(
        said,
        json!({"name": "move", "until": "2026-11-20T07:30:00Z", "reason": "orders move", "author": "ada",
            "match": {"alarm": ["orders-*", "carts"], "severity": ["warning"], "tags": {"team": ["shop"]}}})
    );
    let line = SilenceStatus::of(&written, NOW.parse().unwrap());
    assert_eq!(line.state, State::Active);
    let later = SilenceStatus::of(&written, "2026-11-20T07:30:00Z".parse().unwrap());
    assert_eq!(later.state, State::Over);
}

#[test]
fn what_would_silence_nothing_or_everything_is_refused() {
    for (matches, lasts, expected) in [
        (&["alarm"][..], Some("1h"), "write NAME=PATTERN"),
        (&["colour=red"], Some("1h"), "unknown field `colour`"),
        (&["severity=loud"], Some("1h"), "not a severity"),
        (&[], Some("1h"), "would hide every alert"),
        (&["alarm=*"], Some("1h"), "would hide every alert"),
        (
            &["alarm=orders-*", "alarm=**"],
            Some("1h"),
            "would hide every alert",
        ),
        (
            &["alarm=*", "kind=*"],
            Some("1h"),
            "\"*\" is not a kind of message",
        ),
        (&["alarm="], Some("1h"), "`alarm`: it is empty"),
        (&["tags.team=*"], Some("1h"), "such as the alarm `orders-*`"),
        (&["alarm=a"], Some("-1h"), "over already"),
        (&["alarm=a"], None, "say how long"),
    ] {
        let refused = written(matches, lasts).unwrap_err();
        assert!(refused.contains(expected), "{matches:?}: {refused}");
    }
}

#[test]
fn a_silence_that_cannot_be_read_is_listed_and_said_to_silence_nothing() {
    let broken = Written {
        name: "x".to_owned(),
        text: "{}".to_owned(),
    };
    let line = SilenceStatus::of(&broken, NOW.parse().unwrap());
    assert_eq!(line.state, State::Unreadable);
    assert!(line.to_string().contains("silences nothing"), "{line}");
}
