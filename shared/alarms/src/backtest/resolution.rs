//! The period of the data.

use jiff::SignedDuration;

use crate::Definition;

/// Seconds of a datapoint, and hours that CloudWatch keeps them (API reference, `GetMetricData`: data of less than 60 s
/// for 3 hours, of 60 s for 15 days, of 300 s for 63 days, of 3,600 s for 455 days). A coarser datapoint is made of finer
/// ones.
const KEPT: [(u32, i64); 4] = [(10, 3), (60, 15 * 24), (300, 63 * 24), (3_600, 455 * 24)];

/// How far Metrics Insights queries reach back, beyond the three hours that an alarm sees of them.
pub const OF_INSIGHTS: SignedDuration = SignedDuration::from_hours(14 * 24);

/// How long CloudWatch keeps data of a period.
pub fn kept(seconds: u32) -> SignedDuration {
    let made_of = KEPT
        .iter()
        .rfind(|(finer, _)| seconds.is_multiple_of(*finer));
    let (_, hours) = made_of.unwrap_or(&KEPT[0]);
    SignedDuration::from_hours(*hours)
}

/// Seconds of the finest data of which all of an age are kept and which divide an alarm's period. Where there are none,
/// of those that are kept longest: older ones do not exist. The alarm's own period where its statistic cannot be made of
/// finer data.
pub fn resolution(definition: &Definition, age: SignedDuration) -> u32 {
    let period = definition.period;
    if reads_whole_periods(definition) {
        return period;
    }
    let mut divisors = KEPT
        .iter()
        .filter(|(seconds, _)| period.is_multiple_of(*seconds));
    let longest = divisors.clone().next_back();
    let enough = divisors.find(|(_, hours)| SignedDuration::from_hours(*hours) >= age);
    enough.or(longest).map_or(period, |(seconds, _)| *seconds)
}

/// How long CloudWatch keeps what an alarm reads. Metrics Insights queries reach back two weeks (user guide, "Metrics
/// Insights quotas").
pub(super) fn kept_for(definition: &Definition, seconds: u32) -> SignedDuration {
    if definition.queries().is_empty() {
        kept(seconds)
    } else {
        kept(seconds).min(OF_INSIGHTS)
    }
}

/// Whether an alarm's datapoints must be of its own period: percentiles and other extended statistics cannot be made of
/// shorter ones, and AWS computes bands and the groups of queries for periods.
pub(super) fn reads_whole_periods(definition: &Definition) -> bool {
    let extended = definition
        .inputs()
        .iter()
        .any(|input| input.statistic.is_extended());
    let is_computed = !definition.supplied().is_empty() || !definition.queries().is_empty();
    extended || definition.ignores_low_samples || is_computed
}
