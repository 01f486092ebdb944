//! What came of asking.

use picket_rules::probes::{Probe, ProbeMetric, ProbeValue};

use crate::failure::{Failure, Reason};

/// A probe's numbers, and why there are not more of them.
#[derive(Debug, Default)]
pub struct Outcome {
    numbers: Vec<(ProbeValue, f64)>,
    /// Why the probe failed, if it did.
    pub failure: Option<Failure>,
}

impl Outcome {
    /// A probe that failed, with nothing to show.
    pub fn failed(failure: Failure) -> Self {
        Self {
            numbers: Vec::new(),
            failure: Some(failure),
        }
    }

    /// Takes note of a number. One that is not finite is none.
    pub fn note(&mut self, value: ProbeValue, number: f64) {
        if number.is_finite() {
            self.numbers.push((value, number));
        }
    }

    /// Takes note of a failure; the first is kept.
    pub fn fail(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }

    /// The number that a metric takes; `None` is missing, which is not zero.
    pub fn number(&self, metric: &ProbeMetric) -> Option<f64> {
        let mut noted = self.numbers.iter();
        noted
            .find(|(value, _)| *value == metric.value)
            .map(|(_, number)| *number)
    }

    /// The outcome whole: how long it took where it was answered well, whether it was available, and a failure where a metric's
    /// number is missing and nothing says why.
    #[must_use]
    pub fn complete(mut self, probe: &Probe, milliseconds: f64) -> Self {
        let answered = self.failure.is_none();
        if answered {
            self.note(ProbeValue::Latency, milliseconds);
        }
        let outage = self
            .failure
            .as_ref()
            .map(|failure| failure.reason.is_outage());
        match outage {
            None => self.note(ProbeValue::Availability, 100.0),
            Some(true) => self.note(ProbeValue::Availability, 0.0),
            Some(false) => {}
        }
        let missing: Vec<_> = probe
            .metrics
            .iter()
            .filter(|metric| answered && self.number(metric).is_none())
            // An address without TLS has no certificate.
            .filter(|metric| metric.value != ProbeValue::CertificateDays)
            .map(|metric| metric.value.to_string())
            .collect();
        if !missing.is_empty() {
            self.fail(Failure::new(
                Reason::Answer,
                format!("the answer has no number for {}", missing.join(", ")),
            ));
        }
        self
    }
}
