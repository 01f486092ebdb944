//! The outcome of a database's rows.

use picket_rules::probes::{Probe, ProbeValue};

use crate::{
    failure::{Failure, Reason},
    outcome::ProbeOutcome,
    ports::Row,
};

/// Takes the numbers of the single row that a statement must return.
pub fn outcome(probe: &Probe, rows: Vec<Row>) -> ProbeOutcome {
    let mut outcome = ProbeOutcome::default();
    let count = rows.len();
    let Ok([row]) = <[Row; 1]>::try_from(rows) else {
        return ProbeOutcome::failed(Failure::new(
            Reason::Answer,
            format!("the statement returned {count} rows, and one is read"),
        ));
    };
    for (column, number) in row {
        let value = ProbeValue::Column(column);
        let known = probe.metrics.iter().any(|metric| metric.value == value);
        if let Some(number) = number.filter(|_| known) {
            outcome.note(value, number);
        }
    }
    outcome
}
