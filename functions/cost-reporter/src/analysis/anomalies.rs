//! Anomalies: a service far from the median of its weekday, and what AWS Cost Anomaly Detection found, as one list.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use picket_shared::fleet::{AwsAnomaly, CostAnomaly, FirstSeen, UsualCost};
use rust_decimal::Decimal;

use super::{Days, Settings, usual::usual};
use crate::{
    amount,
    answer::{Anomaly, RootCause},
    day::Day,
    reads::Reads,
};

/// Median absolute deviations from the median: three standard deviations of a normal distribution, 3 × 1.4826.
const DEVIATIONS: Decimal = Decimal::from_parts(44_478, 0, 0, false, 4);
/// The part of the median that a deviation must exceed too: four weeks of equal amounts have no deviation at all.
const PART: Decimal = Decimal::from_parts(2, 0, 0, false, 1);
/// Anomalies of a report; each is one line.
const MOST: usize = 10;

/// The anomalies, the largest first. A service that is new is not listed: it has no usual amount.
pub(super) fn anomalies(
    days: &Days<'_>,
    reads: &Reads,
    settings: &Settings,
    first_seen: &[FirstSeen],
) -> Vec<CostAnomaly> {
    let mut found = BTreeMap::<String, CostAnomaly>::new();
    if let Some(day) = days.compared() {
        for anomaly in ours(days, day, settings) {
            if first_seen.iter().all(|seen| seen.name != anomaly.service) {
                found.insert(anomaly.service.clone(), anomaly);
            }
        }
    }
    for (service, anomaly) in theirs(reads, settings) {
        let entry = found.entry(service.clone()).or_insert(CostAnomaly {
            service,
            amount: None,
            usual: None,
            aws: Vec::new(),
        });
        entry.aws.push(anomaly);
    }
    let mut anomalies: Vec<_> = found.into_values().collect();
    anomalies.sort_by_key(|anomaly| std::cmp::Reverse(size(anomaly)));
    anomalies.truncate(MOST);
    anomalies
}

fn ours(days: &Days<'_>, day: Date, settings: &Settings) -> Vec<CostAnomaly> {
    let Some(now) = days.whole(day) else {
        return Vec::new();
    };
    let weeks = (1..=crate::reads::plan::WEEKS).filter_map(|week| days.before(day, 7 * week));
    let services: BTreeSet<&String> = weeks
        .flat_map(|(_, day)| day.usage.keys())
        .chain(now.usage.keys())
        .collect();
    let usage = |day: &Day, service: &String| day.usage.get(service).copied().unwrap_or_default();
    services
        .into_iter()
        .filter_map(|service| {
            let usual = usual(days, day, |day| usage(day, service))?;
            let amount = usage(now, service);
            is_unusual(amount, usual, settings.floor).then(|| CostAnomaly {
                service: service.clone(),
                amount: Some(amount),
                usual: Some(usual.median),
                aws: Vec::new(),
            })
        })
        .collect()
}

/// Whether an amount is far from the usual one: by the floor, by the deviations, and by a part of the median.
fn is_unusual(amount: Decimal, usual: UsualCost, floor: Decimal) -> bool {
    let limits = [
        Some(floor),
        usual.deviation.checked_mul(DEVIATIONS),
        usual.median.abs().checked_mul(PART),
    ];
    let distance = amount::add(amount, -usual.median).map(|change| change.abs());
    let limits: Option<Vec<_>> = limits.into_iter().collect();
    match (distance, limits) {
        (Some(distance), Some(limits)) => limits.into_iter().all(|limit| distance > limit),
        _ => false,
    }
}

/// AWS's anomalies by service, one an id: pages may repeat one, and the newest state has the largest impact.
fn theirs(reads: &Reads, settings: &Settings) -> Vec<(String, AwsAnomaly)> {
    let mut by_id = BTreeMap::<&str, &Anomaly>::new();
    for anomaly in reads.anomalies.iter().flat_map(|page| &page.anomalies) {
        let known = by_id.entry(&anomaly.anomaly_id).or_insert(anomaly);
        if anomaly.impact.total_impact > known.impact.total_impact {
            *known = anomaly;
        }
    }
    by_id
        .into_values()
        .filter(|anomaly| anomaly.impact.total_impact.abs() >= settings.floor)
        .map(|anomaly| {
            let root = root(anomaly);
            let service = root.and_then(|root| root.service.clone());
            let service = service.or_else(|| anomaly.dimension_value.clone());
            let service = service.filter(|service| !service.is_empty());
            let found = AwsAnomaly {
                id: anomaly.anomaly_id.clone(),
                impact: anomaly.impact.total_impact,
                start: anomaly
                    .period
                    .anomaly_start_date
                    .clone()
                    .unwrap_or_default(),
                end: anomaly.period.anomaly_end_date.clone(),
                cause: root.and_then(cause),
            };
            (service.unwrap_or_else(|| "the account".to_owned()), found)
        })
        .collect()
}

/// The root cause with the largest part.
fn root(anomaly: &Anomaly) -> Option<&RootCause> {
    let part = |cause: &&RootCause| cause.impact.as_ref().map(|impact| impact.contribution);
    anomaly.root_causes.iter().reduce(|largest, cause| {
        if part(&cause) > part(&largest) {
            cause
        } else {
            largest
        }
    })
}

fn cause(root: &RootCause) -> Option<String> {
    let parts = [&root.usage_type, &root.region, &root.linked_account];
    let parts: Vec<_> = parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .map(String::as_str)
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The larger of its deviation and AWS's impact.
fn size(anomaly: &CostAnomaly) -> Decimal {
    let own = match (anomaly.amount, anomaly.usual) {
        (Some(amount), Some(usual)) => amount::add(amount, -usual).unwrap_or_default().abs(),
        _ => Decimal::ZERO,
    };
    let impacts = anomaly.aws.iter().map(|aws| aws.impact.abs());
    impacts.fold(own, Decimal::max)
}
