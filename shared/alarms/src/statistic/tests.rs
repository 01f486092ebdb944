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
    ] {
        assert_eq!(text.parse::<Statistic>().unwrap().to_string(), text);
    }
    for text in ["sum", "p0", "p101", "p", "pinf", "p-1", "tm99", "IQM", ""] {
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
