use proptest::prelude::*;

use super::*;

fn sketch_of(values: &[f64]) -> Sketch {
    let mut sketch = Sketch::of(values[0]).unwrap();
    for value in &values[1..] {
        assert!(sketch.add(*value));
    }
    sketch
}

fn close(a: f64, b: f64, magnitude: f64) -> bool {
    (a - b).abs() <= 1e-9 * magnitude.max(1.0)
}

#[test]
fn values_are_exact_up_to_150_and_bucketed_from_151() {
    let values: Vec<f64> = (1..=150).map(f64::from).collect();
    let mut sketch = sketch_of(&values);
    assert_eq!(
        sketch.values(),
        values.iter().map(|v| (*v, 1)).collect::<Vec<_>>()
    );
    sketch.add(151.0);
    assert!(sketch.exact_values().is_none());
    assert!(sketch.values().len() <= 150);
}

#[test]
fn a_bucket_over_five_decades_is_at_most_four_and_a_half_percent_wide() {
    let values: Vec<f64> = (0..10_000)
        .map(|i| 10_f64.powf(f64::from(i) / 2_000.0))
        .collect();
    let (scale, _) = sketch_of(&values).stored_buckets().unwrap();
    assert!(
        2_f64.powf(2_f64.powi(-i32::from(scale))) <= 1.0906,
        "scale {scale}"
    );
}

#[test]
fn what_is_not_finite_is_refused() {
    assert!(Sketch::of(f64::NAN).is_none());
    assert!(Sketch::of_all(&[]).is_none());
    assert!(Sketch::of_all(&[1.0, f64::NAN, 2.0]).is_none());
    let mut sketch = Sketch::of(1.0).unwrap();
    assert!(!sketch.add(f64::INFINITY));
    assert_eq!(sketch.statistics().count, 1);
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        -1e6..1e6_f64,
        Just(0.0),
        Just(-0.0),
        1e-9..1e-3_f64,
        (0..40_i32).prop_map(f64::from)
    ]
}

proptest! {
    #[test]
    fn merging_in_any_order_gives_the_same_buckets(values in prop::collection::vec(number(), 2..600), cut in 1_usize..599) {
        let cut = cut.min(values.len() - 1);
        let whole = sketch_of(&values);
        let (left, right) = (sketch_of(&values[..cut]), sketch_of(&values[cut..]));
        let (mut forward, mut backward) = (left.clone(), right.clone());
        forward.merge(&right);
        backward.merge(&left);
        let shape = |s: &Sketch| s.stored_buckets().map(|(scale, b)| (scale, b.iter().map(|b| (b.sign, b.index, b.count)).collect::<Vec<_>>()));
        prop_assert_eq!(shape(&whole), shape(&forward));
        prop_assert_eq!(shape(&whole), shape(&backward));
        prop_assert_eq!(whole.exact_values(), forward.exact_values());
    }

    #[test]
    fn many_values_at_once_give_what_one_after_another_gives(values in prop::collection::vec(number(), 1..600)) {
        let (whole, at_once) = (sketch_of(&values), Sketch::of_all(&values).unwrap());
        let shape = |s: &Sketch| s.stored_buckets().map(|(scale, b)| (scale, b.iter().map(|b| (b.sign, b.index, b.count)).collect::<Vec<_>>()));
        prop_assert_eq!(shape(&whole), shape(&at_once));
        prop_assert_eq!(whole.exact_values(), at_once.exact_values());
        prop_assert_eq!(whole.statistics(), at_once.statistics());
    }

    #[test]
    fn what_is_sent_has_the_count_and_the_sum(values in prop::collection::vec(number(), 1..600)) {
        let sketch = sketch_of(&values);
        let sent = sketch.values();
        let magnitude: f64 = values.iter().map(|v| v.abs()).sum();
        prop_assert!(sent.len() <= 150);
        prop_assert_eq!(sent.iter().map(|(_, n)| n).sum::<u64>(), values.len() as u64);
        #[expect(clippy::cast_precision_loss, reason = "600 values at most")]
        let sum: f64 = sent.iter().map(|(v, n)| v * *n as f64).sum();
        prop_assert!(close(sum, values.iter().sum(), magnitude));
        let min = values.iter().copied().fold(f64::INFINITY, f64::min);
        let max = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        prop_assert_eq!((sketch.statistics().min, sketch.statistics().max), (min, max));
    }
}
