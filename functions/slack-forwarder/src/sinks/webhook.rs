//! A webhook's URL: a secret that is posted to, and nothing else.

use std::{fmt, str::FromStr};

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

/// The one host that is spoken to without TLS: this machine, for the local line.
const LOCAL: &str = "127.0.0.1";

/// The hosts that may be posted to. An alert names resources and accounts, and a wrong URL would send them anywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHosts(Vec<String>);

/// A webhook's URL whose host is allowed. Shows itself as nothing but its type.
#[derive(Debug, Clone)]
pub struct Webhook(SecretString);

/// Why a list of hosts cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotHosts {
    /// No host at all.
    #[error("it names no host; write for example hooks.slack.com")]
    Empty,
    /// Something that is not a host's name.
    #[error("{0:?} is not a host's name: write it without scheme, port and path")]
    NotAHost(String),
}

/// Why a parameter's value is not a webhook. Never holds the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAWebhook {
    /// Not a URL.
    #[error("its value is not a URL")]
    NotAUrl,
    /// Not `https`.
    #[error("its value is not an https:// URL")]
    NotHttps,
    /// A host that is not in the list.
    #[error("its value is a URL on the host {0}, which SLACK_ALLOWED_HOSTS does not allow")]
    Host(String),
}

impl FromStr for AllowedHosts {
    type Err = NotHosts;

    fn from_str(text: &str) -> Result<Self, NotHosts> {
        let hosts: Vec<String> = text
            .split(',')
            .map(|host| host.trim().to_ascii_lowercase())
            .filter(|host| !host.is_empty())
            .collect();
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        if let Some(wrong) = hosts.iter().find(|host| !host.bytes().all(legal)) {
            return Err(NotHosts::NotAHost(wrong.clone()));
        }
        if hosts.is_empty() {
            Err(NotHosts::Empty)
        } else {
            Ok(Self(hosts))
        }
    }
}

impl fmt::Display for AllowedHosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(","))
    }
}

impl Webhook {
    /// The webhook that a parameter holds.
    pub fn new(secret: &SecretString, allowed: &AllowedHosts) -> Result<Self, NotAWebhook> {
        let text = secret.expose_secret().trim();
        let url = Url::parse(text).map_err(|_| NotAWebhook::NotAUrl)?;
        let host = url.host_str().ok_or(NotAWebhook::NotAUrl)?;
        if !allowed.0.iter().any(|allowed| allowed == host) {
            return Err(NotAWebhook::Host(host.to_owned()));
        }
        if url.scheme() != "https" && !(url.scheme() == "http" && host == LOCAL) {
            return Err(NotAWebhook::NotHttps);
        }
        Ok(Self(SecretString::from(text)))
    }

    /// The URL, for the request alone.
    pub(crate) fn into_secret(self) -> SecretString {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> AllowedHosts {
        "hooks.slack.com, 127.0.0.1".parse().unwrap()
    }

    #[test]
    fn only_an_allowed_host_over_https_is_a_webhook() {
        for (url, refused) in [
            ("https://hooks.slack.com/services/T0/B0/secret", None),
            (" https://hooks.slack.com/services/T0/B0/secret\n", None),
            ("http://127.0.0.1:8080/critical", None),
            (
                "http://hooks.slack.com/services/T0/B0/secret",
                Some(NotAWebhook::NotHttps),
            ),
            ("ftp://127.0.0.1/secret", Some(NotAWebhook::NotHttps)),
            (
                "https://hooks.slack.com.evil.example/secret",
                Some(NotAWebhook::Host("hooks.slack.com.evil.example".to_owned())),
            ),
            (
                "https://hooks.slack.com@evil.example/secret",
                Some(NotAWebhook::Host("evil.example".to_owned())),
            ),
            (
                "https://evil.example/hooks.slack.com",
                Some(NotAWebhook::Host("evil.example".to_owned())),
            ),
            ("secret", Some(NotAWebhook::NotAUrl)),
            ("data:secret", Some(NotAWebhook::NotAUrl)),
            ("", Some(NotAWebhook::NotAUrl)),
        ] {
            let webhook = Webhook::new(&SecretString::from(url), &hosts());
            assert_eq!(webhook.as_ref().err(), refused.as_ref(), "{url}");
            assert!(!format!("{webhook:?}").contains("secret"), "{webhook:?}");
        }
    }

    #[test]
    fn hosts_are_names_and_at_least_one() {
        assert_eq!("".parse::<AllowedHosts>(), Err(NotHosts::Empty));
        assert_eq!(" , ".parse::<AllowedHosts>(), Err(NotHosts::Empty));
        assert!(
            "https://hooks.slack.com"
                .parse::<AllowedHosts>()
                .unwrap_err()
                .to_string()
                .contains("without scheme")
        );
        assert_eq!(
            "Hooks.Slack.com"
                .parse::<AllowedHosts>()
                .unwrap()
                .to_string(),
            "hooks.slack.com"
        );
    }
}
