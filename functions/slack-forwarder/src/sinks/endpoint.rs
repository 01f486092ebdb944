//! Endpoints of services, on allowed hosts alone.

use std::str::FromStr;

use picket_shared::Severity;
use reqwest::Url;

use crate::sinks::webhook::AllowedHosts;

/// The hosts of Slack's Web API, and this machine for the local line.
const SLACK: &[&str] = &["slack.com", "slack-gov.com", LOCAL];
/// The hosts of PagerDuty's Events API: its two service regions, and this machine for the local line.
const PAGERDUTY: &[&str] = &["events.pagerduty.com", "events.eu.pagerduty.com", LOCAL];
/// The one host that is spoken to without TLS.
const LOCAL: &str = "127.0.0.1";

/// The endpoints of sinks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Webhooks.
    pub webhooks: AllowedHosts,
    /// Slack's Web API.
    pub slack: SlackApiUrl,
    /// PagerDuty's Events API; `None` where nobody is paged.
    pub pagerduty: Option<PagerDutyUrl>,
    /// E-mail.
    pub email: EmailTopics,
}

/// The ARNs of the topics of e-mail addresses. The forwarder publishes to them, and must be subscribed to none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailTopics {
    /// Critical.
    pub critical: String,
    /// Warning.
    pub warning: String,
    /// Info, and the daily digest.
    pub info: String,
}

impl EmailTopics {
    pub(super) fn arn(&self, severity: Severity) -> &str {
        match severity {
            Severity::Critical => &self.critical,
            Severity::Warning => &self.warning,
            Severity::Info => &self.info,
        }
    }
}

/// The beginning of Slack's Web API: `https://slack.com/api`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackApiUrl(String);

/// The beginning of PagerDuty's Events API: `https://events.pagerduty.com`, or `https://events.eu.pagerduty.com` for an
/// account in Europe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagerDutyUrl(String);

/// The reason why a text is not the endpoint of a service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEndpoint {
    /// Not an address.
    #[error("it is not an https:// URL without query")]
    NotHttps,
    /// A host that is not allowed.
    #[error("its host is none of {0}")]
    Host(String),
}

impl SlackApiUrl {
    pub(super) fn method(&self, method: &str) -> String {
        format!("{}/{method}", self.0)
    }
}

impl PagerDutyUrl {
    pub(super) fn enqueue(&self) -> String {
        format!("{}/v2/enqueue", self.0)
    }
}

impl FromStr for SlackApiUrl {
    type Err = InvalidEndpoint;

    fn from_str(text: &str) -> Result<Self, InvalidEndpoint> {
        on(text, SLACK).map(Self)
    }
}

impl FromStr for PagerDutyUrl {
    type Err = InvalidEndpoint;

    fn from_str(text: &str) -> Result<Self, InvalidEndpoint> {
        on(text, PAGERDUTY).map(Self)
    }
}

/// Whether Slack takes pictures at this address: the host that its documentation names, of the same cloud as its API,
/// or this machine where the API is on it.
pub(super) fn is_files_host(url: &Url, api: &SlackApiUrl) -> bool {
    let host = url.host_str().unwrap_or_default();
    let api = Url::parse(&api.0).ok();
    let api_host = api.as_ref().and_then(Url::host_str).unwrap_or_default();
    if api_host == LOCAL {
        return host == LOCAL && url.scheme() == "http";
    }
    url.scheme() == "https" && url.port().is_none() && host == format!("files.{api_host}")
}

fn on(text: &str, hosts: &[&str]) -> Result<String, InvalidEndpoint> {
    let url = Url::parse(text).map_err(|_| InvalidEndpoint::NotHttps)?;
    let host = url.host_str().unwrap_or_default();
    let encrypted = url.scheme() == "https" || (url.scheme() == "http" && host == LOCAL);
    let bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    if !encrypted || !bare {
        Err(InvalidEndpoint::NotHttps)
    } else if hosts.contains(&host) {
        Ok(text.trim_end_matches('/').to_owned())
    } else {
        Err(InvalidEndpoint::Host(hosts[..2].join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_services_own_hosts_are_places() {
        for (url, slack, pagerduty) in [
            ("https://slack.com/api", true, false),
            ("https://slack.com/api/", true, false),
            ("https://slack-gov.com/api", true, false),
            ("https://events.pagerduty.com", false, true),
            ("https://events.eu.pagerduty.com", false, true),
            ("http://127.0.0.1:8080/api", true, true),
            ("http://slack.com/api", false, false),
            ("https://slack.com.evil.example/api", false, false),
            ("https://slack.com@evil.example/api", false, false),
            ("https://slack.com/api?x", false, false),
            ("", false, false),
        ] {
            assert_eq!(url.parse::<SlackApiUrl>().is_ok(), slack, "{url}");
            assert_eq!(url.parse::<PagerDutyUrl>().is_ok(), pagerduty, "{url}");
        }
        let europe: PagerDutyUrl = "https://events.eu.pagerduty.com/".parse().unwrap();
        assert_eq!(
            europe.enqueue(),
            "https://events.eu.pagerduty.com/v2/enqueue"
        );
    }
}
