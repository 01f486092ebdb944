//! Postings: what is posted for a message, and where.

use picket_rules::routes::Routes;

use crate::{
    decode::{Decoded, notice::Status},
    draft::Draft,
    message::Message,
    render,
    route::{self, Destination, Topics},
};

/// A draft and its destination.
#[derive(Debug, Clone, PartialEq)]
pub struct Posting {
    /// The destination.
    pub destination: Destination,
    /// The draft, before the limits: an incident may add to it.
    pub draft: Draft,
}

/// Returns the postings of a message, one for each of its destinations; those of PagerDuty only if it `pages`.
pub fn postings(
    message: &Message,
    decoded: &Decoded,
    topics: &Topics,
    routes: &Routes,
    pages: bool,
) -> Vec<Posting> {
    let severity = topics.severity(message);
    route::destinations(routes, message, decoded, severity, pages)
        .into_iter()
        .map(|destination| Posting {
            draft: draft(message, decoded, &destination),
            destination,
        })
        .collect()
}

fn draft(message: &Message, decoded: &Decoded, destination: &Destination) -> Draft {
    let mut draft = render::draft(message, decoded, destination.severity);
    draft.mentions.clone_from(&destination.mentions);
    if let (Status::Bad, Some(limit)) = (decoded.status(), destination.respond_within) {
        let reason = std::mem::take(&mut draft.reason);
        draft.reason = render::with_response_time(reason, limit, decoded.changed_at());
    }
    draft
}
