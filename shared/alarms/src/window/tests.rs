use super::*;
use crate::definition::tests::sum_alarm;

fn starts(definition: &Definition, now: &str) -> Vec<String> {
    let window = Window::of(definition, now.parse().unwrap());
    let mut texts: Vec<String> = window.starts.iter().map(Timestamp::to_string).collect();
    texts.push(window.end.to_string());
    texts
}

fn alarm(period: u32, evaluation_periods: u32) -> Definition {
    Definition {
        period,
        evaluation_periods,
        ..sum_alarm(1, 1)
    }
}

fn wall_clock(period: u32, zone: &str) -> Definition {
    Definition {
        alignment: Alignment::wall_clock(Some(zone)).unwrap(),
        ..alarm(period, 1)
    }
}

#[test]
fn a_window_ends_with_the_last_whole_minute_and_slides_by_one() {
    let definition = alarm(300, 1);
    assert_eq!(
        starts(&definition, "2026-11-20T10:07:59Z"),
        [
            "2026-11-20T09:52:00Z",
            "2026-11-20T09:57:00Z",
            "2026-11-20T10:02:00Z",
            "2026-11-20T10:07:00Z"
        ]
    );
    assert_eq!(
        starts(&definition, "2026-11-20T10:08:00Z")[3],
        "2026-11-20T10:08:00Z"
    );
}

#[test]
fn three_periods_are_evaluated_over_a_range_of_five() {
    let window = Window::of(&sum_alarm(3, 2), Timestamp::from_second(600).unwrap());
    assert_eq!(window.starts.len(), 5);
    assert_eq!(window.end, Timestamp::from_second(600).unwrap());
}

#[test]
fn a_datapoint_is_of_the_period_in_which_it_lies() {
    let window = Window::of(&sum_alarm(1, 1), Timestamp::from_second(600).unwrap());
    let at = |second: i64, value: f64| Datapoint {
        at: Timestamp::from_second(second).unwrap(),
        value,
        samples: None,
    };
    // Periods of 420, 480 and 540; before, within, of the same period, and at the end of the range.
    let placed = window.place(&[
        at(419, 1.0),
        at(420, 2.0),
        at(479, 3.0),
        at(540, 4.0),
        at(600, 5.0),
    ]);
    let values: Vec<Option<f64>> = placed.iter().map(|one| one.map(|one| one.value)).collect();
    assert_eq!(values, [Some(3.0), None, Some(4.0)]);
}

#[test]
fn high_resolution_alarms_step_every_ten_seconds_whatever_their_period() {
    for period in [10, 20, 30] {
        let definition = alarm(period, 1);
        assert_eq!(definition.step(), 10, "{period}");
        let end = Window::of(&definition, "2026-11-20T10:00:47Z".parse().unwrap()).end;
        assert_eq!(end.to_string(), "2026-11-20T10:00:40Z", "{period}");
    }
}

#[test]
fn an_interval_of_more_than_a_day_steps_every_hour() {
    for (period, periods, step) in [
        (3_600, 24, 60),
        (3_600, 25, 3_600),
        (86_400, 1, 60),
        (86_400, 7, 3_600),
    ] {
        assert_eq!(alarm(period, periods).step(), step, "{periods} of {period}");
    }
    let end = Window::of(&alarm(86_400, 2), "2026-11-20T10:59:59Z".parse().unwrap()).end;
    assert_eq!(
        end.to_string(),
        "2026-11-20T10:00:00Z",
        "data up to the last full hour"
    );
}

#[test]
fn a_wall_clock_window_ends_at_the_last_boundary() {
    let rows = [
        (60, "UTC", "2026-11-20T10:07:59Z", "2026-11-20T10:07:00Z"),
        (300, "Z", "2026-11-20T10:07:59Z", "2026-11-20T10:05:00Z"),
        (3_600, "UTC", "2026-11-20T10:07:59Z", "2026-11-20T10:00:00Z"),
        (
            3_600,
            "+05:30",
            "2026-11-20T10:07:59Z",
            "2026-11-20T09:30:00Z",
        ),
        (
            86_400,
            "UTC+05:30",
            "2026-11-20T10:07:59Z",
            "2026-11-19T18:30:00Z",
        ),
        (
            86_400,
            "America/New_York",
            "2026-11-20T10:07:59Z",
            "2026-11-20T05:00:00Z",
        ),
        (
            604_800,
            "UTC",
            "2026-11-22T23:59:00Z",
            "2026-11-16T00:00:00Z",
        ),
        (
            604_800,
            "UTC",
            "2026-11-23T00:00:00Z",
            "2026-11-23T00:00:00Z",
        ),
    ];
    for (period, zone, now, end) in rows {
        let texts = starts(&wall_clock(period, zone), now);
        assert_eq!(texts.last().unwrap(), end, "{period} {zone}");
    }
}

/// New York leaves daylight saving time on 1 November 2026, at 06:00 UTC: that day has 25 hours.
#[test]
fn a_day_of_a_zone_with_daylight_saving_time_can_have_25_hours() {
    let texts = starts(
        &wall_clock(86_400, "America/New_York"),
        "2026-11-02T12:00:00Z",
    );
    assert_eq!(
        texts,
        [
            "2026-10-30T04:00:00Z",
            "2026-10-31T04:00:00Z",
            "2026-11-01T04:00:00Z",
            "2026-11-02T05:00:00Z"
        ]
    );
    // An offset has no daylight saving time.
    assert_eq!(
        starts(&wall_clock(86_400, "-04:00"), "2026-11-02T12:00:00Z")[3],
        "2026-11-02T04:00:00Z"
    );
}

#[test]
fn a_time_zone_is_a_name_or_an_offset_of_whole_five_minutes() {
    for text in ["Europe/Berlin", "+00:05", "UTC-09:30", "Z"] {
        assert!(Alignment::wall_clock(Some(text)).is_ok(), "{text}");
    }
    for text in [
        "Mars/Olympus",
        "+05:32",
        "+5:30",
        "+05:60",
        "UTC+",
        "+99:00",
        "",
    ] {
        assert!(Alignment::wall_clock(Some(text)).is_err(), "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn periods_follow_one_another_and_are_over(
        second in 1_600_000_000_i64..2_000_000_000, zone in 0_usize..4, period in 0_usize..5,
    ) {
        let zone = ["Australia/Lord_Howe", "America/New_York", "+05:45", "Asia/Kathmandu"][zone];
        let period = clock::WALL_CLOCK_PERIODS[period];
        let now = Timestamp::from_second(second).unwrap();
        let window = Window::of(&Definition { evaluation_periods: 3, ..wall_clock(period, zone) }, now);
        proptest::prop_assert!(window.end <= now);
        for (start, end) in window.periods() {
            proptest::prop_assert!(start < end, "{start} {end}");
        }
    }
}
