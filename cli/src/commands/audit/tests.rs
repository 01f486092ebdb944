use picket_shared::fleet::RemediationMessage;

use super::*;
use crate::terminal::plain;

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A row of an alarm of six o'clock, written so many minutes later.
pub(crate) fn row(target: &str, outcome: Outcome, step: Option<&str>, minute: u8) -> AuditRow {
    let message = RemediationMessage {
        stack: "picket-dev".into(),
        alarm_name: "throttles".into(),
        alarm_arn: "arn".into(),
        state_changed_at: at("2026-11-20T06:00:00Z"),
        playbook: Some("lambda-throttles".into()),
        target: Some(target.into()),
        outcome,
        text: format!("{outcome}\u{1b}[2J"),
        requests: vec!["lambda:X {\u{9b}}".into()],
        plan: None,
        revert: Some("aws lambda x".into()),
        step: step.map(str::to_owned),
    };
    let (target, entry) = message.audit_key();
    AuditRow {
        target,
        entry,
        recorded_at: at(&format!("2026-11-20T06:{minute:02}:00Z")),
        changed: outcome == Outcome::Done,
        stage: None,
        approved_by: None,
        message,
    }
}

fn printed(rows: &Rows<AuditRow>, json: bool) -> (String, String) {
    let (mut answers, mut complaints) = (Vec::new(), Vec::new());
    let mut output = Output::new(&mut answers, &mut complaints);
    output.use_json(json);
    print(rows, &mut output).unwrap();
    drop(output);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(answers), text(complaints))
}

#[test]
fn a_person_reads_a_table_without_control_characters() {
    let rows = Rows {
        rows: vec![
            row("checkout", Outcome::AwaitingApproval, None, 3),
            AuditRow {
                approved_by: Some("ana\u{1b}[2J".into()),
                ..row("a", Outcome::Done, None, 1)
            },
        ],
        ..Rows::default()
    };
    let lines: Vec<_> = rows
        .rows
        .iter()
        .map(|row| plain(&AuditLine::of(row, 8)))
        .collect();
    assert_eq!(
        lines,
        [
            "2026-11-20 06:03:00  awaiting-approval  checkout  awaiting-approval\\u{1b}[2J\n  lambda:X {\\u{9b}}\n  to put it back: aws lambda x",
            "2026-11-20 06:01:00  done               a         done\\u{1b}[2J\n  lambda:X {\\u{9b}}\n  approved by ana\\u{1b}[2J\n  to put it back: aws lambda x",
        ]
    );
    assert_eq!(printed(&rows, false).1, "");
}

#[test]
fn json_has_a_row_a_line() {
    let rows = Rows {
        rows: vec![AuditRow {
            approved_by: Some("ana".into()),
            ..row("checkout", Outcome::Verified, Some("verified"), 9)
        }],
        ..Rows::default()
    };
    let (answers, _) = printed(&rows, true);
    let value: serde_json::Value = serde_json::from_str(&answers).unwrap();
    for (field, expected) in [
        ("outcome", "verified"),
        ("step", "verified"),
        ("target", "checkout"),
        ("alarm", "throttles"),
        ("recorded_at", "2026-11-20T06:09:00Z"),
        ("state_changed_at", "2026-11-20T06:00:00Z"),
        ("revert", "aws lambda x"),
        ("approved_by", "ana"),
    ] {
        assert_eq!(value[field], expected, "{field}");
    }
    assert!(
        answers.is_ascii() && !answers.contains('\u{1b}'),
        "{answers}"
    );
}

#[test]
fn what_is_left_out_is_said() {
    let rows = Rows {
        rows: Vec::new(),
        unreadable: 2,
        is_whole: false,
    };
    let (answers, complaints) = printed(&rows, false);
    assert_eq!(answers, "");
    assert_eq!(
        complaints,
        "picket: 2 row(s) cannot be read and are left out\npicket: the table has more than 20 MB: rows may be missing; name a target\n"
    );
}
