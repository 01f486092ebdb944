//! The outcome of an HTTP server's answers.

use jiff::{SignedDuration, Timestamp};
use picket_rules::probes::{HttpCheck, ProbeValue};
use reqwest::Url;

use crate::{
    failure::{Failure, Reason},
    outcome::ProbeOutcome,
    ports::Page,
};

/// The number of redirects in a row: a login takes two or three.
pub const MOST_REDIRECTS: usize = 5;
/// The length of a body that is read: enough for a health page, and no server can fill the memory.
pub const MOST_BODY: usize = 64 * 1024;

/// The step after an answer.
#[derive(Debug)]
pub enum Next {
    /// Follow the redirect.
    Follow(Url),
    /// The outcome is complete.
    Done(Box<ProbeOutcome>),
}

/// Determines the step after the answer of `url`, after a number of redirects.
pub fn next(check: &HttpCheck, url: &Url, page: &Page, redirects: usize, now: Timestamp) -> Next {
    let is_good = check.status.iter().any(|range| range.contains(page.status));
    if let (false, 300..=399, Some(location)) = (is_good, page.status, &page.location) {
        return match hop(check, url, location, redirects) {
            Ok(url) => Next::Follow(url),
            Err(failure) => Next::Done(Box::new(ProbeOutcome::failed(failure))),
        };
    }
    let mut outcome = ProbeOutcome::default();
    outcome.note(ProbeValue::Status, f64::from(page.status));
    if let Some(ends) = page.certificate_ends {
        outcome.note(ProbeValue::CertificateDays, days(ends.duration_since(now)));
    }
    if !is_good {
        let good: Vec<_> = check.status.iter().map(ToString::to_string).collect();
        let status = page.status;
        outcome.fail(Failure::new(
            Reason::Status,
            format!("it answered {status}, and {} is good", good.join(", ")),
        ));
    } else if let Some(text) = check
        .body
        .as_ref()
        .filter(|text| !contains(&page.body, text))
    {
        outcome.fail(Failure::new(
            Reason::Body,
            format!("the answer's first 64 KiB do not contain {text:?}"),
        ));
    }
    Next::Done(Box::new(outcome))
}

/// The target of a redirect, if it may be followed: the same host or one in `probes.yaml`, and never from `https` to
/// `http`.
fn hop(check: &HttpCheck, url: &Url, location: &str, redirects: usize) -> Result<Url, Failure> {
    let refused = |why: String| Err(Failure::new(Reason::Redirect, why));
    let Ok(to) = url.join(location) else {
        return refused("it redirects to what is no address".to_owned());
    };
    if redirects >= MOST_REDIRECTS {
        return refused(format!("it redirects more than {MOST_REDIRECTS} times"));
    }
    let downgraded = url.scheme() == "https" && to.scheme() != "https";
    if downgraded || !matches!(to.scheme(), "http" | "https") {
        return refused(format!(
            "it redirects to {}, which is not followed",
            to.scheme()
        ));
    }
    let host = to.host_str().unwrap_or_default();
    let same = (to.host_str(), to.port_or_known_default()) == (url.host_str(), url.port_or_known_default())
        // From http to https of one host, the default port changes.
        || (to.host_str() == url.host_str() && to.port().is_none() && url.port().is_none());
    if same
        || check
            .redirect_hosts
            .iter()
            .any(|allowed| allowed.as_str() == host)
    {
        Ok(to)
    } else {
        refused(format!(
            "it redirects to {host}, which is not followed; name the host in RedirectHosts if it should be"
        ))
    }
}

fn contains(body: &[u8], text: &str) -> bool {
    let text = text.as_bytes();
    body.windows(text.len()).any(|window| window == text)
}

/// Days with fractions; below zero where the certificate has expired.
fn days(left: SignedDuration) -> f64 {
    left.as_secs_f64() / SignedDuration::from_hours(24).as_secs_f64()
}

#[cfg(test)]
mod tests;
