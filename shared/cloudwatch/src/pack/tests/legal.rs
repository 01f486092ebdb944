//! What CloudWatch's documentation says of a request, apart from the code that keeps to it.

use super::*;
use crate::datum::DatumValues;

/// Count and sum of what a datum carries.
pub(super) fn totals(values: &DatumValues) -> (u64, f64) {
    match values {
        DatumValues::Statistics(statistics) => (statistics.count, statistics.sum),
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        DatumValues::Distribution(values) => (
            values.iter().map(|(_, count)| count).sum(),
            values
                .iter()
                .map(|(value, count)| value * *count as f64)
                .sum(),
        ),
    }
}

pub(super) fn assert_legal(request: &Request) {
    let name = |text: &str| (1..=255).contains(&text.len()) && text.is_ascii();
    assert!(name(&request.namespace) && !request.namespace.starts_with("AWS/"));
    assert!((1..=1_000).contains(&request.data.len()));
    assert!(request.bytes() <= 1_000_000);
    let number = |value: f64| value.is_finite() && value.abs() <= 2_f64.powi(360);
    let mut values_of: BTreeMap<_, usize> = BTreeMap::new();
    for datum in &request.data {
        assert!(name(&datum.name) && datum.dimensions.len() <= 30);
        for (key, value) in &datum.dimensions {
            assert!(name(key) && !key.starts_with(':'));
            assert!((1..=1_024).contains(&value.len()) && value.is_ascii());
            assert!(!value.trim().is_empty());
        }
        let age = now().duration_since(datum.at).as_hours();
        assert!((-2..=14 * 24).contains(&age), "{age} hours");
        match &datum.values {
            DatumValues::Statistics(s) => assert!([s.sum, s.min, s.max].into_iter().all(number)),
            DatumValues::Distribution(values) => {
                assert!((1..=150).contains(&values.len()));
                let of_metric = values_of
                    .entry((&datum.name, &datum.dimensions))
                    .or_default();
                *of_metric += values.len();
                assert!(*of_metric <= 150, "{of_metric} values of {}", datum.name);
                assert!(
                    values
                        .iter()
                        .all(|(value, count)| number(*value) && *count > 0)
                );
            }
        }
    }
}
