//! "CloudWatch Alarm Configuration Change".

use crate::decode::event::Event;
use crate::decode::{
    lenient::Node,
    notice::{Notice, Status},
};

/// The settings of a changed alarm that are shown: a label, and CloudWatch's name.
const SETTINGS: [(&str, &str); 9] = [
    ("Threshold", "threshold"),
    ("Operator", "comparisonOperator"),
    ("Evaluation periods", "evaluationPeriods"),
    ("Datapoints to alarm", "datapointsToAlarm"),
    ("Missing data", "treatMissingData"),
    ("Rule", "alarmRule"),
    ("Suppressor", "actionsSuppressor"),
    ("Suppressor extension", "actionsSuppressorExtensionPeriod"),
    ("Actions enabled", "actionsEnabled"),
];

pub(super) fn read(event: &Event<'_>) -> Notice {
    let (now, before) = (
        event.detail.at("configuration"),
        event.detail.at("previousConfiguration"),
    );
    let name = event.text_or("alarmName", "an alarm");
    let (state, status) = match event.detail.str("operation") {
        "create" => ("CREATED", Status::Neutral),
        "delete" => ("DELETED", Status::Neutral),
        _ => ("CHANGED", Status::Neutral),
    };
    let changes = changes(now, before);
    let mut notice = event
        .notice(state, format!("Alarm {name}"))
        .status(status)
        .because((!changes.is_empty()).then(|| changes.join("; ")));
    for (label, setting) in SETTINGS {
        notice = notice.field(label, now.text(setting));
    }
    notice
        .field("State", event.text("state/value"))
        .prose(now.text("description"))
        .console_of(
            "Open in CloudWatch",
            "cloudwatch/home?region={region}#alarmsV2:alarm/{}",
            event.text("alarmName").as_deref(),
        )
}

fn changes(now: Node<'_>, before: Node<'_>) -> Vec<String> {
    let change = |(label, setting): &(&str, &str)| {
        let (old, new) = (before.text(setting)?, now.text(setting)?);
        (old != new).then(|| format!("{label}: {old} → {new}"))
    };
    SETTINGS.iter().filter_map(change).collect()
}
