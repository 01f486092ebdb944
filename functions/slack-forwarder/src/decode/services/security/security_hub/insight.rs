//! The results of an insight.

use crate::decode::{event::Event, lenient::Node, notice::Notice};

/// An insight, or a custom action without findings.
pub(super) fn insight(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let results = detail
        .list("insightResults")
        .into_iter()
        .flat_map(Node::pairs_here);
    let severity = detail.first(&["findings/0/severity", "severity"]);
    event
        .notice(
            severity.as_deref().unwrap_or("INSIGHT"),
            format!(
                "Security Hub: {}",
                detail
                    .first(&["insightName", "actionName", "title"])
                    .unwrap_or_else(|| event.detail_type.to_owned())
            ),
        )
        .because(detail.first(&["actionDescription", "description"]))
        .field("Result type", detail.text("resultType"))
        .code("Insight", detail.text("insightArn"))
        .lines(
            "Results",
            results
                .map(|(name, count)| format!("{name}: {count}"))
                .collect(),
        )
        .console(
            "Open in Security Hub",
            "securityhub/home?region={region}#/insights",
        )
}
