//! SES: what became of a mail, over SNS and as events; mail received, over SNS and as a function's own event.

use crate::decode::event::Event;
use crate::{
    decode::{
        lenient::Node,
        notice::{Location, Notice, Status},
    },
    message::Message,
};

pub(super) fn is_sns(document: Node<'_>) -> bool {
    document.has("mail")
        && (document.has("notificationType")
            || document.has("eventType")
            || document.has("receipt"))
}

pub(super) fn sns(document: Node<'_>) -> Notice {
    of_mail(document, Location::default())
}

pub(super) fn event(event: &Event<'_>) -> Notice {
    if event.detail.has("mail") {
        return of_mail(event.detail, event.location());
    }
    let detail = event.detail;
    event
        .notice(
            event.detail_type,
            format!("SES {}", event.resource().unwrap_or_default()),
        )
        .because(detail.first(&["data/description", "description", "reason"]))
        .field("Impact", detail.first(&["data/impact", "impact"]))
        .console("Open in SES", "ses/home?region={region}#/account")
}

pub(super) fn is_received(document: Node<'_>) -> bool {
    document.str("Records/0/eventSource") == "aws:ses"
}

pub(super) fn received(document: Node<'_>) -> Notice {
    of_mail(document.at("Records/0/ses"), Location::default())
}

/// SES's message about the topic itself, sent when the topic is configured for notifications.
pub(super) fn is_greeting(document: Node<'_>) -> bool {
    document.str("notificationType") == "AmazonSnsSubscriptionSucceeded"
}

pub(super) fn greeting(document: Node<'_>) -> Notice {
    Notice::new("SUBSCRIBED", "SES notifications")
        .status(Status::Neutral)
        .because(document.text("message"))
}

pub(super) fn is_greeting_text(text: &str) -> bool {
    text.starts_with("Successfully validated SNS topic for Amazon SES")
}

pub(super) fn greeting_text(text: &str, _: &Message) -> Notice {
    Notice::new("SUBSCRIBED", "SES events")
        .status(Status::Neutral)
        .because(Some(text.trim().to_owned()))
}

/// The kind, its state, status, the path of its details, and the path of the recipients in them.
const KINDS: [(&str, &str, Status, &str, &str); 11] = [
    (
        "Bounce",
        "BOUNCED",
        Status::Bad,
        "bounce",
        "bouncedRecipients",
    ),
    (
        "Complaint",
        "COMPLAINT",
        Status::Bad,
        "complaint",
        "complainedRecipients",
    ),
    (
        "Delivery",
        "DELIVERED",
        Status::Good,
        "delivery",
        "recipients",
    ),
    (
        "Received",
        "RECEIVED",
        Status::Neutral,
        "receipt",
        "recipients",
    ),
    ("Reject", "REJECTED", Status::Bad, "reject", ""),
    ("Send", "SENT", Status::Progress, "send", ""),
    ("Open", "OPENED", Status::Neutral, "open", ""),
    ("Click", "CLICKED", Status::Neutral, "click", ""),
    (
        "Rendering Failure",
        "RENDERING FAILED",
        Status::Bad,
        "failure",
        "",
    ),
    (
        "DeliveryDelay",
        "DELAYED",
        Status::Bad,
        "deliveryDelay",
        "delayedRecipients",
    ),
    (
        "Subscription",
        "SUBSCRIPTION",
        Status::Neutral,
        "subscription",
        "",
    ),
];

fn of_mail(document: Node<'_>, location: Location) -> Notice {
    let named = document.first(&["notificationType", "eventType"]);
    let kind = named.unwrap_or_else(|| {
        if document.has("receipt") {
            "Received"
        } else {
            "Mail"
        }
        .to_owned()
    });
    let known = KINDS.iter().find(|(name, ..)| *name == kind);
    let (state, status, at, who) = known.map_or(
        (kind.as_str(), Status::Neutral, "mail", ""),
        |(_, state, status, at, who)| (*state, *status, *at, *who),
    );
    let (mail, about) = (document.at("mail"), document.at(at));
    let people = about
        .each(who, "emailAddress")
        .or_else(|| about.text(who))
        .or_else(|| mail.text("destination"));
    let verdicts = [
        "spamVerdict",
        "virusVerdict",
        "spfVerdict",
        "dkimVerdict",
        "dmarcVerdict",
    ]
    .iter()
    .filter_map(|name| {
        let status = about.text(&format!("{name}/status"))?;
        (status != "PASS").then(|| format!("{} {status}", name.trim_end_matches("Verdict")))
    });
    let verdicts: Vec<String> = verdicts.collect();
    let kind_of = match (about.text("bounceType"), about.text("bounceSubType")) {
        (Some(kind), Some(sub)) => Some(format!("{kind}, {sub}")),
        (one, other) => one.or(other),
    };
    let diagnosis = about
        .list(who)
        .first()
        .and_then(|person| person.text("diagnosticCode"));
    let subject = mail.text("commonHeaders/subject");
    Notice::new(
        state,
        format!(
            "SES mail to {}",
            people
                .clone()
                .unwrap_or_else(|| "an unknown address".to_owned())
        ),
    )
    .status(status)
    .location(
        location
            .or(Location::of_arn(mail.str("sourceArn")))
            .or(Location::new(mail.text("sendingAccountId"), None)),
    )
    .because(
        diagnosis
            .or_else(|| {
                about.first(&[
                    "complaintFeedbackType",
                    "reason",
                    "errorMessage",
                    "smtpResponse",
                    "delayType",
                ])
            })
            .or_else(|| (!verdicts.is_empty()).then(|| verdicts.join(", "))),
    )
    .field("Kind", kind_of)
    .field("To", people)
    .field("From", mail.first(&["source", "commonHeaders/from"]))
    .field("Subject", subject)
    .field("Agent", about.text("userAgent"))
    .field("Action", about.text("action/type"))
    .code("Mail", mail.text("messageId"))
    .at(about
        .timestamp("timestamp")
        .or_else(|| mail.timestamp("timestamp")))
    .console("Open in SES", "ses/home?region={region}#/account")
}
