use serde_json::json;

use super::*;

fn text_of(length: usize) -> Value {
    json!({"type": "mrkdwn", "text": "é".repeat(length)})
}

fn section(length: usize) -> Value {
    json!({"type": "section", "text": text_of(length)})
}

#[test]
fn a_message_is_taken_up_to_each_limit_and_refused_above() {
    let plain = |length: usize| json!({"type": "plain_text", "text": "x".repeat(length)});
    let header = |length| json!({"type": "header", "text": plain(length)});
    let fields = |count, length| json!({"type": "section", "fields": vec![text_of(length); count]});
    let context = |count| json!({"type": "context", "elements": vec![text_of(1); count]});
    let button =
        |length| json!({"type": "button", "text": plain(length), "url": "https://example.com"});
    let actions =
        |count, length| json!({"type": "actions", "elements": vec![button(length); count]});
    let rows = [
        (vec![section(3_000)], vec![section(3_001)]),
        (vec![header(150)], vec![header(151)]),
        (vec![fields(10, 1)], vec![fields(11, 1)]),
        (vec![fields(1, 2_000)], vec![fields(1, 2_001)]),
        (vec![context(10)], vec![context(11)]),
        (vec![actions(25, 75)], vec![actions(26, 1)]),
        (vec![actions(1, 75)], vec![actions(1, 76)]),
        (
            vec![json!({"type": "divider"}); 50],
            vec![json!({"type": "divider"}); 51],
        ),
        (vec![section(1)], vec![section(0)]),
        (
            vec![json!({"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a"})],
            vec![json!({"type": "image", "slack_file": {"id": "F1"}})],
        ),
    ];
    for (legal, illegal) in rows {
        assert_eq!(check(&json!({"text": "t", "blocks": legal})), Ok(()));
        assert_eq!(
            check(&json!({"text": "t", "blocks": illegal}))
                .unwrap_err()
                .code,
            "invalid_blocks"
        );
    }
}

#[test]
fn what_slack_has_other_words_for() {
    let code = |payload: Value| check(&payload).unwrap_err().code;
    assert_eq!(code(json!({})), "no_text");
    assert_eq!(code(json!("hello")), "invalid_payload");
    assert_eq!(code(json!({"text": "x".repeat(40_001)})), "msg_too_long");
    assert_eq!(
        code(json!({"attachments": vec![json!({"text": ""}); 101]})),
        "too_many_attachments"
    );
    let blocks = vec![section(2_900); 5];
    assert_eq!(
        code(json!({"text": "t", "blocks": blocks.clone()})),
        "msg_blocks_too_long"
    );
    assert_eq!(
        code(json!({"text": "t", "attachments": [{"blocks": blocks}]})),
        "msg_blocks_too_long"
    );
    assert_eq!(
        code(json!({"blocks": [{"type": "marquee"}]})),
        "invalid_blocks"
    );
    assert_eq!(
        code(json!({"blocks": [{"type": "header", "text": text_of(1)}]})),
        "invalid_blocks"
    );
}
