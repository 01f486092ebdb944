use idna::domain_to_unicode;
use url::Url;

use super::escape;

/// A link that Slack can show: its address has passed [`Link::new`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    label: String,
    url: String,
}

/// The longest address of a link, in characters after escaping. Two of them fit into a section, and into the top-level
/// text beside the headline.
const LONGEST_URL: usize = 950;
/// The longest label of a link, in characters.
const LONGEST_LABEL: usize = 30;
/// The longest host in a label, in characters. Of a longer one the end is shown, which says whose it is.
const LONGEST_HOST: usize = 60;

impl Link {
    /// A link to an address that a message gives. The label names the host, unless it is AWS's: nobody is led elsewhere
    /// than they read. `None` as for [`Self::new`].
    pub fn foreign(label: &str, url: &str) -> Option<Self> {
        Self::naming_host(label, url, |label, host| format!("{label} · {host}"))
    }

    /// A link to a page of AWS that a message gives the address of. The label stands for AWS's hosts alone: another one
    /// is named, and nothing else.
    pub fn of_aws(label: &str, url: &str) -> Option<Self> {
        Self::naming_host(label, url, |_, host| host)
    }

    /// A link whose label is made from the given one and the host, unless the host is AWS's.
    fn naming_host(
        label: &str,
        url: &str,
        name: impl FnOnce(&str, String) -> String,
    ) -> Option<Self> {
        let host = host(url)?;
        let link = Self::new(label, url)?;
        if is_of_aws(&host) {
            return Some(link);
        }
        let label = name(&link.label, shown(&host));
        Some(Self { label, ..link })
    }

    /// A link; `None` where the address is not plain `http(s)://…` without spaces and with a host alone before its
    /// path, or too long for one. A user's name in an address looks like a host.
    pub fn new(label: &str, url: &str) -> Option<Self> {
        let scheme = url
            .split_once("://")
            .map(|(scheme, _)| scheme.to_ascii_lowercase());
        let schemed = matches!(scheme.as_deref(), Some("https" | "http"));
        let legal = |character: char| {
            character.is_ascii_graphic() && !matches!(character, '<' | '>' | '|' | '"' | '`' | '\\')
        };
        let url = &escape::without_mentions_in_url(url);
        let fits = escape::width(url) <= LONGEST_URL;
        (schemed && url.chars().all(legal) && fits && host(url).is_some()).then(|| Self {
            label: escape::visible(label)
                .chars()
                .filter(|c| !matches!(c, '|' | '>' | '<'))
                .take(LONGEST_LABEL)
                .collect(),
            url: url.to_owned(),
        })
    }

    /// Label and address, without markup.
    pub fn words(&self) -> String {
        format!("{}: {}", self.label, self.url)
    }

    /// Where it leads.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    pub(super) fn width(&self) -> usize {
        "<|>".len() + escape::width(&self.url) + escape::width(&self.label)
    }

    pub(super) fn write(&self, out: &mut String) {
        out.push('<');
        escape::write(&self.url, out);
        out.push('|');
        escape::write(&self.label, out);
        out.push('>');
    }
}

/// The host of an address, in ASCII; `None` where there is none, or a user's name beside it.
fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let begins = authority.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '[');
    if !begins || authority.contains('@') {
        return None;
    }
    Some(Url::parse(url).ok()?.host_str()?.to_owned())
}

/// Whether a host is one of AWS's own sites, which serve no pages of customers: the console, the documentation and AWS
/// Health.
fn is_of_aws(host: &str) -> bool {
    let consoles = ["console.amazonaws.cn", "console.amazonaws-us-gov.com"];
    let is_in = |site: &str| {
        host.strip_suffix(site)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    host.ends_with(".aws.amazon.com")
        || host == "docs.amazonaws.cn"
        || consoles.into_iter().any(is_in)
}

/// A host as a reader sees it: that of another script beside its form in ASCII, since letters of two scripts may look
/// the same.
fn shown(host: &str) -> String {
    let (decoded, _) = domain_to_unicode(host);
    let shown = if decoded == host {
        host.to_owned()
    } else {
        format!("{host} ({})", escape::visible(&decoded))
    };
    let excess = shown.chars().count().saturating_sub(LONGEST_HOST);
    if excess == 0 {
        return shown;
    }
    let end: String = shown.chars().skip(excess + 1).collect();
    format!("…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_names_every_host_that_is_not_of_aws() {
        for (url, foreign, of_aws) in [
            (
                "https://eu-west-1.console.aws.amazon.com/rds",
                "Open",
                "Open",
            ),
            ("https://console.aws.amazon.com/rds", "Open", "Open"),
            ("https://docs.aws.amazon.com/x", "Open", "Open"),
            ("https://console.amazonaws.cn/x", "Open", "Open"),
            (
                "https://us-gov-west-1.console.amazonaws-us-gov.com/x",
                "Open",
                "Open",
            ),
            (
                "https://wiki.example.com:8443/x",
                "Open · wiki.example.com",
                "wiki.example.com",
            ),
            (
                "https://console.aws.amazon.com.evil.example/x",
                "Open · console.aws.amazon.com.evil.example",
                "console.aws.amazon.com.evil.example",
            ),
            (
                "https://evilconsole.amazonaws.cn/x",
                "Open · evilconsole.amazonaws.cn",
                "evilconsole.amazonaws.cn",
            ),
            (
                "https://bucket.s3.amazonaws.com/x",
                "Open · bucket.s3.amazonaws.com",
                "bucket.s3.amazonaws.com",
            ),
            (
                "https://evil.example/console.aws.amazon.com",
                "Open · evil.example",
                "evil.example",
            ),
            ("http://192.0.2.1/x", "Open · 192.0.2.1", "192.0.2.1"),
            // Written as a number.
            ("http://3221225985/x", "Open · 192.0.2.1", "192.0.2.1"),
            (
                "https://[2001:db8::1]/x",
                "Open · [2001:db8::1]",
                "[2001:db8::1]",
            ),
            (
                "https://xn--mazon-3ve.com/x",
                "Open · xn--mazon-3ve.com (аmazon.com)",
                "xn--mazon-3ve.com (аmazon.com)",
            ),
        ] {
            let label = |link: Option<Link>| link.map(|link| link.label);
            assert_eq!(label(Link::foreign("Open", url)).as_deref(), Some(foreign));
            assert_eq!(label(Link::of_aws("Open", url)).as_deref(), Some(of_aws));
        }
        let long = format!(
            "https://{}.evil.example/",
            "a.".repeat(60).trim_end_matches('.')
        );
        let label = Link::foreign("Open", &long).unwrap().label;
        assert!(label.ends_with(".evil.example"), "{label}");
        assert_eq!(
            label.chars().count(),
            "Open · ".chars().count() + LONGEST_HOST
        );
    }

    #[test]
    fn an_address_without_a_host_of_its_own_makes_no_link() {
        for url in [
            "https://console.aws.amazon.com@evil.example/signin",
            "https://user:password@example.com/",
            "https://@example.com/",
            "https:///evil.example",
            "https://",
            "https://?x",
            "https://#x",
            "https://:443/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://exa mple.com/",
            "https://exam\u{202e}ple.com/",
        ] {
            assert_eq!(Link::new("Open", url), None, "{url}");
            assert_eq!(Link::foreign("Open", url), None, "{url}");
            assert_eq!(Link::of_aws("Open", url), None, "{url}");
        }
        assert!(Link::new("Open", "https://example.com/a?user=a@b").is_some());
    }
}
