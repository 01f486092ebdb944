use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn event_time(time: &str) -> EventTime {
    let json = serde_json::json!({ "time": time });
    let event = Event {
        text: "",
        json: Some(&json),
        id: None,
        slots: None,
    };
    let field: Field = Field::Json("$.time".parse().unwrap());
    Window::at(at("2026-11-20T06:00:00Z")).event_time(
        Some(&field),
        &event,
        None,
        at("2026-11-20T05:59:59Z"),
    )
}

#[test]
fn a_time_is_read_in_every_spelling() {
    for text in [
        "2023-11-16T18:15:46.680Z",
        "2023-11-16T19:15:46.680+01:00",
        "2023-11-16T18:15:46.680",
        "2023-11-16 18:15:46.680",
        "1700158546.680",
        "1700158546680",
        "1.70015854668e9",
    ] {
        assert_eq!(parse(text), Some(at("2023-11-16T18:15:46.680Z")), "{text}");
    }
    for text in [
        "",
        "soon",
        "NaN",
        "inf",
        "1e300",
        "2023-11-16",
        "-1e300",
        "0",
        "0.0",
        "-0",
        "-1",
    ] {
        assert!(
            parse(text).is_none_or(|time| time == at("2023-11-16T00:00:00Z")),
            "{text}"
        );
    }
}

#[test]
fn what_cloudwatch_would_refuse_takes_the_arrivals_time_and_is_counted() {
    let arrival = at("2026-11-20T05:59:59Z");
    for (time, metric, usage, replaced) in [
        (
            "2026-11-20T05:00:00Z",
            at("2026-11-20T05:00:00Z"),
            at("2026-11-20T05:00:00Z"),
            false,
        ),
        (
            "2026-11-06T06:00:00Z",
            at("2026-11-06T06:00:00Z"),
            at("2026-11-06T06:00:00Z"),
            false,
        ),
        (
            "2026-11-06T05:59:59Z",
            arrival,
            at("2026-11-06T05:59:59Z"),
            true,
        ),
        (
            "2026-11-20T08:00:00Z",
            at("2026-11-20T08:00:00Z"),
            at("2026-11-20T08:00:00Z"),
            false,
        ),
        ("2026-11-20T08:00:01Z", arrival, arrival, true),
        ("2036-11-20T06:00:00Z", arrival, arrival, true),
        (
            "2026-10-30T06:00:00Z",
            arrival,
            at("2026-10-30T06:00:00Z"),
            true,
        ),
        ("2026-10-30T05:59:59Z", arrival, arrival, true),
        ("1970-01-01T00:00:00Z", arrival, arrival, true),
        ("-009999-01-02T01:59:59Z", arrival, arrival, true),
        ("0", arrival, arrival, true),
        // Milliseconds cut to a number of 32 bits, and seconds divided by a thousand.
        ("2147483647", arrival, arrival, true),
        ("1795154.4", arrival, arrival, true),
        ("yesterday", arrival, arrival, true),
        ("", arrival, arrival, true),
    ] {
        assert_eq!(
            event_time(time),
            EventTime {
                metric,
                usage,
                replaced
            },
            "{time}"
        );
    }
}

#[test]
fn minutes_before_1970_are_floored_too() {
    assert_eq!(minute(at("1970-01-01T00:01:59Z")), 1);
    assert_eq!(minute(at("1969-12-31T23:59:59Z")), -1);
}
