//! The outcome of a probe.

use picket_rules::probes::{Probe, ProbeMetric, ProbeValue};

use crate::failure::{Failure, Reason};

/// The numbers of a probe, and its failure.
#[derive(Debug, Default)]
pub struct ProbeOutcome {
    numbers: Vec<(ProbeValue, f64)>,
    /// The failure, if the probe failed.
    pub failure: Option<Failure>,
}

impl ProbeOutcome {
    /// Creates the outcome of a failed probe without numbers.
    pub fn failed(failure: Failure) -> Self {
        Self {
            numbers: Vec::new(),
            failure: Some(failure),
        }
    }

    /// Records a number. Numbers that are not finite are ignored.
    pub fn note(&mut self, value: ProbeValue, number: f64) {
        if number.is_finite() {
            self.numbers.push((value, number));
        }
    }

    /// Records a failure; the first is kept.
    pub fn fail(&mut self, failure: Failure) {
        self.failure.get_or_insert(failure);
    }

    /// The number of a metric; `None` is missing, which is not zero.
    pub fn number(&self, metric: &ProbeMetric) -> Option<f64> {
        let mut noted = self.numbers.iter();
        noted
            .find(|(value, _)| *value == metric.value)
            .map(|(_, number)| *number)
    }

    /// Adds the latency where the probe succeeded, the availability, and a failure where a metric's number is missing
    /// without one.
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
