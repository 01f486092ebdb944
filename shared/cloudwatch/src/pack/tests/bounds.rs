//! How few the requests are.

use super::*;
use crate::limits::{MOST_BYTES, MOST_DATA};

/// The lower bound of requests, from the limits themselves: data, bytes, and the data of one metric.
fn least(requests: &[&Request]) -> usize {
    let data = || requests.iter().flat_map(|request| &request.data);
    let bytes: usize = data().map(size::datum).sum();
    let mut of_metric: BTreeMap<_, usize> = BTreeMap::new();
    for datum in data() {
        *of_metric
            .entry((&datum.name, &datum.dimensions))
            .or_default() += 1;
    }
    let most = of_metric.into_values().max().unwrap_or(0);
    (data().count().div_ceil(MOST_DATA))
        .max(bytes.div_ceil(MOST_BYTES))
        .max(most)
}

#[test]
fn small_data_beside_large_ones_share_requests() {
    let large = |i: usize| {
        let mut large = series(&format!("L{i}"), NOON, sketch(150));
        large.key.dimensions = (0..25)
            .map(|d| (format!("{d:0>200}"), "v".repeat(1_024)))
            .collect();
        large
    };
    let small = |i: usize| series(&format!("S{i}"), NOON, one());
    let all: Vec<_> = (0..5_000).map(small).chain((0..120).map(large)).collect();
    let packed = pack(&all, now());
    packed.requests.iter().for_each(assert_legal);
    let requests: Vec<&Request> = packed.requests.iter().collect();
    assert_eq!(least(&requests), 6);
    assert!(packed.requests.len() <= 7, "{}", packed.requests.len());
}

#[test]
fn hours_of_wide_metrics_take_a_request_a_minute_and_no_more() {
    let all: Vec<_> = (0..60)
        .flat_map(|minute| {
            (0..40).map(move |i| series(&format!("M{i}"), NOON - minute, sketch(100)))
        })
        .collect();
    let packed = pack(&all, now());
    packed.requests.iter().for_each(assert_legal);
    assert_eq!(packed.requests.len(), 60);
}

#[test]
fn hours_of_narrow_metrics_share_requests() {
    let all: Vec<_> = (0..60)
        .map(|minute| series("M", NOON - minute, sketch(10)))
        .collect();
    assert_eq!(pack(&all, now()).requests.len(), 4);
}

/// A metric's data: how many minutes, how many values each, how much text.
fn a_metric() -> impl Strategy<Value = (u8, Vec<u8>, usize)> {
    let values = prop_oneof![Just(0), 1..150_u8];
    let minutes = prop_oneof![3 => 1..4_usize, 1 => 1..40_usize];
    (
        0..3_u8,
        minutes.prop_flat_map(move |minutes| prop::collection::vec(values.clone(), minutes)),
        0..4_000_usize,
    )
}

fn data_of(metrics: &[(u8, Vec<u8>, usize)], copies: usize) -> Vec<SeriesMinute> {
    let mut all = Vec::new();
    for (place, (namespace, minutes, text)) in metrics.iter().enumerate() {
        for copy in 0..copies {
            for (minute, values) in minutes.iter().enumerate() {
                let aggregate = match values {
                    0 => one(),
                    values => sketch(u32::from(*values)),
                };
                let minute = NOON - i64::try_from(minute).unwrap();
                let mut series = series(&format!("M{place}x{copy}"), minute, aggregate);
                series.key.namespace = format!("Picket/N{namespace}");
                series.key.dimensions = (0..text / 1_000)
                    .map(|i| (i.to_string(), "v".repeat(1_000)))
                    .collect();
                all.push(series);
            }
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_namespace_takes_at_most_one_request_more_than_the_limits_ask_for(metrics in prop::collection::vec(a_metric(), 1..40), copies in 1..12_usize) {
        let all = data_of(&metrics, copies);
        let packed = pack(&all, now());
        packed.requests.iter().for_each(assert_legal);
        prop_assert_eq!(packed.requests.iter().map(|r| r.data.len()).sum::<usize>(), all.len());
        let mut namespaces: BTreeMap<&str, Vec<&Request>> = BTreeMap::new();
        for request in &packed.requests {
            namespaces.entry(&request.namespace).or_default().push(request);
        }
        for (namespace, requests) in namespaces {
            let least = least(&requests);
            prop_assert!(requests.len() <= least + 1, "{namespace}: {} requests, {least} at least", requests.len());
        }
    }

    /// Dealing alone, which first fit hides where it does well.
    #[test]
    fn dealing_keeps_data_of_one_metric_apart_whatever_their_order(sizes in prop::collection::vec((0..9_usize, 1..200_usize), 1..400)) {
        let data = sizes.iter().map(|(metric, bytes)| need::Need { bytes: *bytes, values: 100, metric: *metric }).collect();
        let needs = Needs { data, wide: vec![true; 9], room: 10_000 };
        let dealt = deal::deal(&needs);
        prop_assert!(dealt.len() <= needs.fewest() + 1, "{} requests, {} at least", dealt.len(), needs.fewest());
        let mut all: Vec<usize> = dealt.concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..sizes.len()).collect::<Vec<_>>());
        for request in dealt {
            let mut metrics: Vec<usize> = request.iter().map(|place| sizes[*place].0).collect();
            metrics.sort_unstable();
            let all = metrics.len();
            metrics.dedup();
            prop_assert_eq!(metrics.len(), all);
        }
    }
}
