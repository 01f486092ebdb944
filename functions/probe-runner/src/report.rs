//! Outcomes → series.

use picket_shared::series::{OWN_NAMESPACE, SeriesKey, SeriesMinute};

use crate::{config::ActiveProbe, outcome::ProbeOutcome};

/// The metric of failed probes: by stack, by probe, and by probe and reason.
pub const PROBE_FAILED: &str = "ProbeFailed";

/// Creates the series of a tick's outcomes. `ProbeFailed` of the stack is published even where no probe was due: if it
/// is missing, the probe runner does not run.
pub fn series(
    environment: &str,
    stack: &str,
    minute: i64,
    outcomes: &[(&ActiveProbe, ProbeOutcome)],
) -> Vec<SeriesMinute> {
    let series = |namespace: &str, name: &str, unit: &str, dimensions: &[(&str, &str)], value| {
        SeriesMinute::single(
            SeriesKey::new(namespace, name, unit, dimensions),
            minute,
            value,
        )
    };
    let failed = |dimensions: &[(&str, &str)], value| {
        series(OWN_NAMESPACE, PROBE_FAILED, "Count", dimensions, value)
    };
    let mut all = Vec::new();
    let mut failures = 0_u32;
    for (active, outcome) in outcomes {
        let own = [("Stack", stack), ("Probe", active.id.as_str())];
        all.push(failed(&own, f64::from(u8::from(outcome.failure.is_some()))));
        if let Some(failure) = &outcome.failure {
            failures += 1;
            let [of_stack, of_probe] = own;
            all.push(failed(
                &[of_stack, of_probe, ("Reason", failure.reason.as_str())],
                1.0,
            ));
        }
        for metric in &active.probe.metrics {
            let (namespace, name) = (metric.namespace.as_str(), metric.name.as_str());
            let environment = [(picket_rules::metrics::ENVIRONMENT, environment)];
            all.extend(
                outcome.number(metric).map(|number| {
                    series(namespace, name, metric.unit.as_str(), &environment, number)
                }),
            );
        }
    }
    all.push(failed(&[("Stack", stack)], f64::from(failures)));
    all
}
