use super::*;

#[test]
fn a_statistic_is_read_as_it_is_written() {
    for text in [
        "Sum",
        "Average",
        "Minimum",
        "Maximum",
        "SampleCount",
        "p99",
        "p99.9",
        "p50",
        "p100",
        "p99.0123456789",
        "tm90",
        "tc99.5",
        "ts10",
        "wm98",
        "IQM",
        "PR(:300)",
        "PR(100:2000)",
        "TM(2%:98%)",
        "TM(150:1000)",
        "TC(5%:)",
        "TS(80:)",
        "WM(10%:90%)",
    ] {
        assert_eq!(text.parse::<Statistic>().unwrap().to_string(), text);
    }
    for text in [
        "sum",
        "p0",
        "p101",
        "p",
        "pinf",
        "p-1",
        "TM99",
        "tm",
        "tm101",
        "iqm",
        "PR(1%:2%)",
        "PR(:)",
        "TM(1%,2%)",
        "XX(1:2)",
        "",
        "é",
    ] {
        assert!(text.parse::<Statistic>().is_err(), "{text}");
    }
}

#[test]
fn statistics_of_values_and_counts() {
    let samples = [Sample::Values(vec![(10.0, 95.0), (900.0, 5.0)])];
    let rows = [
        (Statistic::Sum, 5_450.0),
        (Statistic::Average, 54.5),
        (Statistic::Minimum, 10.0),
        (Statistic::Maximum, 900.0),
        (Statistic::SampleCount, 100.0),
        (Statistic::Percentile(95.0), 10.0),
        (Statistic::Percentile(96.0), 900.0),
        (Statistic::Percentile(100.0), 900.0),
    ];
    for (statistic, value) in rows {
        assert_eq!(statistic.of(&samples), Some(value), "{statistic}");
    }
}

#[test]
fn a_set_has_percentiles_only_where_all_its_values_are_one() {
    let set = |count, sum, minimum, maximum| Sample::Set {
        count,
        sum,
        minimum,
        maximum,
    };
    let p50 = Statistic::Percentile(50.0);
    assert_eq!(p50.of(&[set(3.0, 6.0, 1.0, 3.0)]), None);
    assert_eq!(p50.of(&[set(3.0, 6.0, 2.0, 2.0)]), Some(2.0));
    assert_eq!(p50.of(&[set(1.0, 7.0, 7.0, 7.0)]), Some(7.0));
    assert_eq!(
        Statistic::Sum.of(&[set(3.0, 6.0, 1.0, 3.0), Sample::Values(vec![(4.0, 2.0)])]),
        Some(14.0)
    );
}

#[test]
fn nothing_put_is_nothing_and_not_zero() {
    for statistic in [
        Statistic::Sum,
        Statistic::SampleCount,
        Statistic::Percentile(99.0),
    ] {
        assert_eq!(statistic.of(&[]), None);
    }
}

#[test]
fn a_rare_percentile_needs_many_values() {
    assert!((Statistic::Percentile(99.0).least_samples() - 1_000.0).abs() < 1e-6);
    assert!((Statistic::Percentile(10.0).least_samples() - 100.0).abs() < 1e-6);
    assert!(Statistic::Sum.least_samples() <= 0.0);
}

/// The values 10, 20 … 100, one each.
fn tens() -> Vec<Sample> {
    vec![Sample::Values(
        (1..=10).map(|n| (f64::from(n) * 10.0, 1.0)).collect(),
    )]
}

#[test]
fn statistics_of_a_range_of_the_values() {
    let rows: [(&str, f64); 15] = [
        ("p90", 90.0),
        ("tm90", 50.0),
        ("tc90", 9.0),
        ("ts90", 450.0),
        ("wm90", 54.0),
        ("TM(10%:90%)", 55.0),
        ("WM(10%:90%)", 55.0),
        ("TM(30:60)", 50.0),
        ("TC(30:60)", 3.0),
        ("WM(30:60)", 48.0),
        ("TS(80:)", 190.0),
        ("PR(:30)", 30.0),
        ("PR(30:60)", 30.0),
        ("PR(90:)", 10.0),
        ("IQM", 55.0),
    ];
    for (text, expected) in rows {
        let value = text.parse::<Statistic>().unwrap().of(&tens()).unwrap();
        assert!(
            (value - expected).abs() < 1e-9,
            "{text}: {value}, expected {expected}"
        );
    }
    assert_eq!(
        "TM(1000:2000)".parse::<Statistic>().unwrap().of(&tens()),
        None,
        "nothing is within"
    );
}

#[test]
fn no_extended_statistic_of_negative_values() {
    let samples = [Sample::Values(vec![(-1.0, 1.0), (5.0, 9.0)])];
    for text in [
        "p50", "tm90", "tc90", "ts90", "wm90", "IQM", "PR(:3)", "TM(1:2)",
    ] {
        assert_eq!(
            text.parse::<Statistic>().unwrap().of(&samples),
            None,
            "{text}"
        );
    }
    assert_eq!(Statistic::Minimum.of(&samples), Some(-1.0));
}

#[test]
fn the_hundredth_percentile_needs_no_number_of_values() {
    assert!(Statistic::Percentile(100.0).least_samples() <= 0.0);
}
