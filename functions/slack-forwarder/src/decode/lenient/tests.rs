use serde_json::json;

use super::*;

#[test]
fn what_says_nothing_is_nothing() {
    let value = json!({"a": "None", "b": "null", "c": " ", "d": null, "e": "NaN", "f": [], "g": {}, "h": "x", "i": ["x", null, 2.0], "j": {"k": ["l"]}});
    let look = Node::new(&value);
    for nothing in ["a", "b", "c", "d", "e", "f", "g", "nowhere", "h/x", "j/k/7"] {
        assert_eq!(look.text(nothing), None, "{nothing}");
    }
    assert_eq!(look.text("h").as_deref(), Some("x"));
    assert_eq!(look.text("i").as_deref(), Some("x, 2"));
    assert_eq!(look.text("j/k/0").as_deref(), Some("l"));
}

#[test]
fn times_are_read_in_every_form_that_services_write() {
    for written in [
        json!("2026-11-20T06:03:12Z"),
        json!("2026-11-20T06:03:12.000+0000"),
        json!("2026-11-20 06:03:12"),
        json!("2026-11-20 06:03:12.000000000 +0000 UTC"),
        json!("Nov 20, 2026 6:03:12 AM"),
        json!("Fri Nov 20 06:03:12 UTC 2026"),
        json!("Fri, 20 Nov 2026 06:03:12 GMT"),
        json!(1_795_154_592),
        json!(1_795_154_592_000_i64),
    ] {
        let value = json!({ "at": written });
        let read = Node::new(&value).timestamp("at").map(|at| at.to_string());
        assert_eq!(read.as_deref(), Some("2026-11-20T06:03:12Z"), "{written}");
    }
}
