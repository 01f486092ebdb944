//! Certificate Manager.

use crate::decode::event::Event;
use crate::decode::notice::{Notice, Status};

pub(super) fn certificate(event: &Event<'_>) -> Notice {
    let detail = event.detail;
    let days = detail.text("DaysToExpiry");
    let state = detail.text("Action").unwrap_or_else(|| {
        event
            .detail_type
            .trim_start_matches("ACM Certificate ")
            .to_owned()
    });
    event
        .notice(
            &state,
            format!(
                "Certificate {}",
                detail
                    .first(&["CommonName"])
                    .or_else(|| event.resource())
                    .unwrap_or_default()
            ),
        )
        .status(if event.detail_type.ends_with("Available") {
            Status::Good
        } else {
            Status::Bad
        })
        .because(days.map(|days| format!("{days} days to its expiry")))
        .field("Kind", detail.text("CertificateType"))
        .field("Exported", detail.text("Exported"))
        .field("In use", detail.text("InUse"))
        .code("Certificate", event.resource())
        .console(
            "Open in Certificate Manager",
            "acm/home?region={region}#/certificates/list",
        )
}
