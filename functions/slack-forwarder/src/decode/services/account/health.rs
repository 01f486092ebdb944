//! AWS Health and Trusted Advisor.

use crate::decode::event::{Event, last_part};
use crate::decode::{
    lenient::words,
    notice::{Location, Notice, Status},
};
use crate::draft::time::utc;

pub(super) fn read(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let service = event.text_or("service", "AWS");
    let code = event.text_or("eventTypeCode", event.detail_type);
    let category = event.text_or("eventTypeCategory", "event");
    let event_status = detail.text("statusCode");
    let status = match (event_status.as_deref(), category.as_str()) {
        (Some("closed"), _) => Status::Good,
        (_, "issue") => Status::Bad,
        (_, "investigation") => Status::Unknown,
        _ => Status::Neutral,
    };
    let state = format!(
        "{}{}",
        words(&category),
        event_status
            .as_deref()
            .map(|status| format!(" {status}"))
            .unwrap_or_default()
    );
    let english = detail
        .list("eventDescription")
        .into_iter()
        .find(|entry| entry.str("language").starts_with("en"));
    let description = english
        .and_then(|entry| entry.text("latestDescription"))
        .or_else(|| detail.text("eventDescription/0/latestDescription"));
    let starts = detail.timestamp("startTime");
    let sent = event.whole.timestamp("time");
    let is_to_come = event_status.as_deref() == Some("upcoming")
        || starts.zip(sent).is_some_and(|(starts, sent)| starts > sent);
    let affected = Location::new(detail.text("affectedAccount"), detail.text("eventRegion"));
    let notice = event.notice(&state, format!("{service}: {}", words(&code)));
    let notice = if is_to_come && starts.is_some() {
        notice.starts(starts)
    } else {
        notice.at(starts)
    };
    notice
        .status(status)
        .location(affected.or(event.location()))
        .because(description)
        .field("Service", detail.text("service"))
        .field("Scope", detail.text("eventScopeCode"))
        .field("Affected", detail.each("affectedEntities", "entityValue"))
        .field("Page", page(event))
        .field(
            "Action",
            detail.text("actionability").map(|action| words(&action)),
        )
        .field("Ends", ends(event))
        .console_of(
            "Open in AWS Health",
            "health/home?region={region}#/account/event-log?eventID={}&eventTab=details",
            detail.text("eventArn").as_deref(),
        )
        .incident(detail.text("eventArn"))
        .copies(communication(event))
}

/// `1 of 3`: a list of resources that is too long for one event is several, each with a part of it.
/// <https://docs.aws.amazon.com/health/latest/ug/pagnation-of-health-events.html>
fn page(event: &Event<'_>) -> Option<String> {
    let (page, pages) = (event.text("page")?, event.text("totalPages")?);
    (pages != "1").then(|| format!("{page} of {pages}"))
}

fn ends(event: &Event<'_>) -> Option<String> {
    let time = event.detail.timestamp("endTime").map(utc);
    time.or_else(|| event.text("endTime"))
}

/// What an event and its copies share: AWS Health sends a global event to us-east-1 and to the backup Region,
/// us-west-2, and every other one to us-west-2 too. With the account, since an organization's view has the same
/// communication for each of its accounts, and the page, since a long list of resources is several events.
/// <https://docs.aws.amazon.com/health/latest/ug/aws-health-events-eventbridge-schema.html>
fn communication(event: &Event<'_>) -> Option<String> {
    let detail = event.detail;
    let arn = detail.text("eventArn")?;
    let id = detail.text("communicationId")?;
    let account = detail.text("affectedAccount").unwrap_or_default();
    let page = detail.text("page").unwrap_or_default();
    let key = format!("{arn}/{id}/{account}/{page}");
    (key.len() <= COPIES).then_some(key)
}

/// The longest key: DynamoDB's limit of a partition key is 2,048 bytes, and an ARN of Health has 1,600 characters at
/// most. A longer one is not from AWS.
const COPIES: usize = 1_900;

pub(super) fn advisor(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let state = event.text_or("status", "CHANGED");
    let status = match state.to_ascii_uppercase().as_str() {
        "ERROR" | "RED" | "WARN" | "YELLOW" => Status::Bad,
        "OK" | "GREEN" => Status::Good,
        _ => Status::Neutral,
    };
    let items = detail
        .pairs("check-item-detail")
        .into_iter()
        .map(|(name, value)| format!("{name}: {value}"));
    let resource = detail.first(&["resource_id", "resource-id"]);
    event
        .notice(
            &state,
            format!(
                "Trusted Advisor: {}",
                event.text_or("check-name", "a check")
            ),
        )
        .status(status)
        .because(
            resource
                .as_deref()
                .map(|resource| format!("Found at {}", last_part(resource))),
        )
        .code("Resource", resource.clone())
        .lines("Details", items.collect())
        .console(
            "Open Trusted Advisor",
            "trustedadvisor/home?region={region}#/dashboard",
        )
}

#[cfg(test)]
mod tests;
