//! Money: Cost Anomaly Detection, as JSON and as an event.

use picket_shared::money::dollars;

use crate::decode::event::Event;
use crate::{
    decode::{
        lenient::Node,
        notice::{Location, Notice, Status},
    },
    draft::number,
};

pub(super) fn is_anomaly(document: Node<'_>) -> bool {
    document.has_all(&["anomalyId", "impact"])
}

pub(super) fn anomaly_event(event: &Event<'_>) -> Notice {
    let location = event.location();
    anomaly_of(event.detail).location(location)
}

pub(super) fn anomaly(document: Node<'_>) -> Notice {
    anomaly_of(document).location(Location::new(document.text("accountId"), None))
}

fn anomaly_of(anomaly: Node<'_>) -> Notice {
    let subject = anomaly.first(&["dimensionalValue", "monitorName", "anomalyId"]);
    let causes = anomaly.list("rootCauses").into_iter().filter_map(|cause| {
        let parts = [
            "service",
            "usageType",
            "region",
            "linkedAccountName",
            "linkedAccount",
        ];
        let named: Vec<String> = parts.iter().filter_map(|part| cause.text(part)).collect();
        let share = cause
            .decimal("impact/contribution")
            .map(|amount| format!(" ({})", dollars(amount)));
        (!named.is_empty()).then(|| named.join(" · ") + &share.unwrap_or_default())
    });
    Notice::new(
        "COST ANOMALY",
        subject.unwrap_or_else(|| "an account".to_owned()),
    )
    .status(Status::Bad)
    .because(impact(anomaly))
    .field("From", anomaly.text("anomalyStartDate"))
    .field("To", anomaly.text("anomalyEndDate"))
    .field(
        "Score",
        anomaly
            .number("anomalyScore/currentScore")
            .map(number::value),
    )
    .field("Monitor", anomaly.first(&["monitorName", "monitorType"]))
    .field("Subscription", anomaly.first(&["subscriptionName"]))
    .field("Account name", anomaly.text("accountName"))
    .lines("Root causes", causes.collect())
    .at(anomaly.timestamp("anomalyStartDate"))
    .aws_link("Open the anomaly", anomaly.text("anomalyDetailsLink"))
    .incident(anomaly.text("anomalyId"))
}

/// `$120 more than expected: $150 against $30 (+400 %)`
fn impact(anomaly: Node<'_>) -> Option<String> {
    let total = anomaly.decimal("impact/totalImpact")?;
    let against = match (
        anomaly.decimal("impact/totalActualSpend"),
        anomaly.decimal("impact/totalExpectedSpend"),
    ) {
        (Some(actual), Some(expected)) => {
            format!(": {} against {}", dollars(actual), dollars(expected))
        }
        _ => String::new(),
    };
    let percent = anomaly
        .number("impact/totalImpactPercentage")
        .map(|percent| format!(" (+{} %)", number::value(percent.round())));
    Some(format!(
        "{} more than expected{against}{}",
        dollars(total),
        percent.unwrap_or_default()
    ))
}
