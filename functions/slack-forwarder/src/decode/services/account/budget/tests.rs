use super::*;
use crate::{draft::mrkdwn::Link, message::Body};

fn read(kind: &str, amount: &str, threshold: &str, budgeted: &str, topic: &str) -> Notice {
    let text = format!(
        "AWS Budget Notification November 20, 2026\nAWS Account 111122223333\n\nBudget Name: Monthly\nBudget Type: Cost\n\
         Budgeted Amount: {budgeted}\nAlert Type: {kind}\nAlert Threshold: {threshold}\n{kind} Amount: {amount}\n"
    );
    let message = Message {
        topic: Some(format!("arn:{topic}:sns:eu-west-1:111122223333:t")),
        ..Message::bare(Body::Text(text.clone()))
    };
    budget(&text, &message)
}

/// Type, amount, threshold and budget of a message, and its state.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Status,
);

const STATES: [Case; 14] = [
    (
        "ACTUAL",
        "$83.12",
        "> $80.00",
        "$100.00",
        "BUDGET THRESHOLD EXCEEDED",
        Status::Bad,
    ),
    (
        "ACTUAL",
        "$100.01",
        "> $80.00",
        "$100.00",
        "BUDGET EXCEEDED",
        Status::Bad,
    ),
    (
        "ACTUAL",
        "$79.99",
        "> $80.00",
        "$100.00",
        "BUDGET BELOW THRESHOLD",
        Status::Neutral,
    ),
    (
        "ACTUAL",
        "$80.00",
        "> $80.00",
        "$100.00",
        "BUDGET AT THRESHOLD",
        Status::Neutral,
    ),
    (
        "ACTUAL",
        "$1,000.00",
        "> $999.00",
        "$900.00",
        "BUDGET EXCEEDED",
        Status::Bad,
    ),
    (
        "ACTUAL",
        "$85.00",
        "> 80%",
        "$100.00",
        "BUDGET THRESHOLD EXCEEDED",
        Status::Bad,
    ),
    (
        "ACTUAL",
        "$75.00",
        "> 80%",
        "$100.00",
        "BUDGET BELOW THRESHOLD",
        Status::Neutral,
    ),
    (
        "ACTUAL",
        "75%",
        "< 80%",
        "100%",
        "BUDGET BELOW THRESHOLD",
        Status::Bad,
    ),
    (
        "ACTUAL",
        "85%",
        "< 80%",
        "100%",
        "BUDGET ABOVE THRESHOLD",
        Status::Neutral,
    ),
    (
        "ACTUAL",
        "$5.00",
        "= $5.00",
        "$100.00",
        "BUDGET AT THRESHOLD",
        Status::Bad,
    ),
    (
        "ACTUAL",
        "120 GB",
        "> 100 GB",
        "100 GB",
        "BUDGET EXCEEDED",
        Status::Bad,
    ),
    (
        "FORECASTED",
        "$131.00",
        "> $100.00",
        "$100.00",
        "BUDGET FORECAST EXCEEDED",
        Status::Bad,
    ),
    (
        "FORECASTED",
        "$90.00",
        "> $80.00",
        "$100.00",
        "BUDGET FORECAST THRESHOLD EXCEEDED",
        Status::Bad,
    ),
    (
        "ACTUAL",
        "unknown",
        "> $80.00",
        "$100.00",
        "BUDGET EXCEEDED",
        Status::Bad,
    ),
];

#[test]
fn a_state_says_which_limit_is_crossed_and_in_which_direction() {
    for (kind, amount, threshold, budgeted, state, status) in STATES {
        let notice = read(kind, amount, threshold, budgeted, "aws");
        assert_eq!(
            (notice.state.as_str(), notice.status),
            (state, status),
            "{amount} {threshold}"
        );
    }
}

#[test]
fn money_has_two_decimals_and_separated_thousands_and_other_amounts_are_as_they_are() {
    for (text, shown) in [
        ("$1234567.5", "$1,234,567.50"),
        ("$1,234.5", "$1,234.50"),
        ("-$3", "-$3.00"),
        ("USD 1234", "USD 1,234.00"),
        ("€0.5", "€0.50"),
        ("75.0%", "75.0%"),
        ("1234 GB", "1234 GB"),
        ("unknown", "unknown"),
        ("", ""),
    ] {
        assert_eq!(Amount::read(text).shown, shown, "{text}");
    }
    let notice = read("ACTUAL", "$12345.6", "> $10000", "$20000", "aws");
    assert_eq!(
        notice.reason.as_deref(),
        Some("ACTUAL $12,345.60 > $10,000.00, of $20,000.00 budgeted")
    );
}

#[test]
fn the_link_is_of_the_partition() {
    for (partition, url) in [
        (
            "aws",
            Some("https://console.aws.amazon.com/billing/home#/budgets"),
        ),
        (
            "aws-cn",
            Some("https://console.amazonaws.cn/billing/home#/budgets"),
        ),
        (
            "aws-us-gov",
            Some("https://console.amazonaws-us-gov.com/billing/home#/budgets"),
        ),
        ("aws-iso", None),
    ] {
        let notice = read("ACTUAL", "$1", "> $1", "$1", partition);
        assert_eq!(notice.links.first().map(Link::url), url);
    }
}

#[test]
fn a_threshold_that_is_not_crossed_is_not_written_as_if_it_were() {
    let reason = |amount: &str| read("ACTUAL", amount, "> $80.00", "$100.00", "aws").reason;
    assert_eq!(
        reason("$83.12").as_deref(),
        Some("ACTUAL $83.12 > $80.00, of $100.00 budgeted")
    );
    assert_eq!(
        reason("$9.5").as_deref(),
        Some("ACTUAL $9.50, and the threshold is > $80.00, of $100.00 budgeted")
    );
}
