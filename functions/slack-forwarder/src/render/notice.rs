//! A notice, in the grammar of an alarm: state and severity first, then why, what and where, since when, and where to
//! go.

use picket_rules::routes::AlertKind;
use picket_shared::Severity;

use super::{footnote, location_fields, mark, since, starts, tags_field};
use crate::{
    decode::{
        lenient::words,
        notice::{Detail, Field, Notice},
    },
    draft::{Draft, limits::FIELDS, mrkdwn::Mrkdwn},
    message::Message,
};

/// A value longer than this does not read well in half a column.
const LONGEST_FIELD: usize = 300;

pub(super) fn draft(
    message: &Message,
    kind: AlertKind,
    notice: &Notice,
    severity: Severity,
) -> Draft {
    let mut last = location_fields(
        notice.location.account.as_deref(),
        notice.location.region.as_deref(),
    );
    last.extend(since(notice.at).or_else(|| starts(notice.starts)));
    last.extend(tags_field(notice.tags.iter()));
    let room = FIELDS.saturating_sub(last.len());
    let (short, long): (Vec<&Field>, Vec<&Field>) = notice
        .fields
        .iter()
        .partition(|field| field.value.chars().count() <= LONGEST_FIELD);
    let mut fields: Vec<(String, Mrkdwn)> =
        short.iter().take(room).map(|field| shown(field)).collect();
    fields.extend(last);
    let rest = short.into_iter().skip(room).chain(long);
    let rest = rest.map(|field| {
        Mrkdwn::new()
            .bold(&field.label)
            .text(": ")
            .text(&field.value)
    });
    Draft {
        headline: headline(notice, severity),
        reason: notice
            .reason
            .as_deref()
            .map_or_else(Mrkdwn::new, |reason| Mrkdwn::new().text(reason)),
        fields,
        detail: notice.detail.iter().map(detail).chain(rest).collect(),
        links: notice.links.clone(),
        footnote: footnote(message, kind),
        ..Draft::default()
    }
}

fn headline(notice: &Notice, severity: Severity) -> String {
    let state = words(&notice.state).to_uppercase();
    format!(
        "{} {state} · {severity} · {}",
        mark(notice.status, severity),
        notice.subject
    )
}

fn shown(field: &Field) -> (String, Mrkdwn) {
    let value = if field.is_code {
        Mrkdwn::new().code(&field.value)
    } else {
        Mrkdwn::new().text(&field.value)
    };
    (field.label.clone(), value)
}

fn detail(detail: &Detail) -> Mrkdwn {
    match detail {
        Detail::Prose(text) => Mrkdwn::new().text(text),
        Detail::Lines(label, lines) => Mrkdwn::new().bold(label).text("\n").fence(lines.join("\n")),
    }
}
