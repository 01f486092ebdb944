//! SES: what became of a mail, over SNS and as events; mail received, over SNS and as a function's own event.

use crate::decode::event::Event;
use crate::{
    decode::{
        lenient::Look,
        notice::{Mood, Notice, Place},
    },
    message::Message,
};

pub(super) fn is_sns(document: Look<'_>) -> bool {
    document.has("mail")
        && (document.has("notificationType")
            || document.has("eventType")
            || document.has("receipt"))
}

pub(super) fn sns(document: Look<'_>) -> Notice {
    of_mail(document, Place::default())
}

pub(super) fn event(event: &Event<'_>) -> Notice {
    if event.detail.has("mail") {
        return of_mail(event.detail, event.place());
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

pub(super) fn is_received(document: Look<'_>) -> bool {
    document.str("Records/0/eventSource") == "aws:ses"
}

pub(super) fn received(document: Look<'_>) -> Notice {
    of_mail(document.at("Records/0/ses"), Place::default())
}

/// SES about the topic itself, when somebody names it as the place for notifications.
pub(super) fn is_greeting(document: Look<'_>) -> bool {
    document.str("notificationType") == "AmazonSnsSubscriptionSucceeded"
}

pub(super) fn greeting(document: Look<'_>) -> Notice {
    Notice::new("SUBSCRIBED", "SES notifications")
        .mood(Mood::Neutral)
        .because(document.text("message"))
}

pub(super) fn is_greeting_text(text: &str) -> bool {
    text.starts_with("Successfully validated SNS topic for Amazon SES")
}

pub(super) fn greeting_text(text: &str, _: &Message) -> Notice {
    Notice::new("SUBSCRIBED", "SES events")
        .mood(Mood::Neutral)
        .because(Some(text.trim().to_owned()))
}

/// The kind, its state, mood, where its details stand, and whom it concerns there.
const KINDS: [(&str, &str, Mood, &str, &str); 11] = [
    (
        "Bounce",
        "BOUNCED",
        Mood::Bad,
        "bounce",
        "bouncedRecipients",
    ),
    (
        "Complaint",
        "COMPLAINT",
        Mood::Bad,
        "complaint",
        "complainedRecipients",
    ),
    (
        "Delivery",
        "DELIVERED",
        Mood::Good,
        "delivery",
        "recipients",
    ),
    (
        "Received",
        "RECEIVED",
        Mood::Neutral,
        "receipt",
        "recipients",
    ),
    ("Reject", "REJECTED", Mood::Bad, "reject", ""),
    ("Send", "SENT", Mood::Progress, "send", ""),
    ("Open", "OPENED", Mood::Neutral, "open", ""),
    ("Click", "CLICKED", Mood::Neutral, "click", ""),
    (
        "Rendering Failure",
        "RENDERING FAILED",
        Mood::Bad,
        "failure",
        "",
    ),
    (
        "DeliveryDelay",
        "DELAYED",
        Mood::Bad,
        "deliveryDelay",
        "delayedRecipients",
    ),
    (
        "Subscription",
        "SUBSCRIPTION",
        Mood::Neutral,
        "subscription",
        "",
    ),
];

fn of_mail(document: Look<'_>, place: Place) -> Notice {
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
    let (state, mood, at, who) = known.map_or(
        (kind.as_str(), Mood::Neutral, "mail", ""),
        |(_, state, mood, at, who)| (*state, *mood, *at, *who),
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
            people.clone().unwrap_or_else(|| "somebody".to_owned())
        ),
    )
    .mood(mood)
    .place(
        place
            .or(Place::of_arn(mail.str("sourceArn")))
            .or(Place::new(mail.text("sendingAccountId"), None)),
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
        .moment("timestamp")
        .or_else(|| mail.moment("timestamp")))
    .console("Open in SES", "ses/home?region={region}#/account")
}
