use std::fmt::Write;

use crate::draft::chart::is_region;

/// A location in AWS: account, region and partition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Location {
    pub(crate) account: Option<String>,
    pub(crate) region: Option<String>,
    partition: Option<String>,
}

impl Location {
    /// Creates a location from account and region; the region's name determines the partition.
    pub(crate) fn new(account: Option<String>, region: Option<String>) -> Self {
        Self {
            account,
            region,
            partition: None,
        }
    }

    /// By partition and region.
    pub(crate) fn in_partition(partition: &str, region: &str) -> Self {
        Self {
            account: None,
            region: Some(region.to_owned()),
            partition: Some(partition.to_owned()),
        }
    }

    /// By an ARN, `arn:partition:service:region:account:…`.
    pub(crate) fn of_arn(arn: &str) -> Self {
        let part = |index: usize| {
            let part = arn.split(':').nth(index).filter(|part| !part.is_empty());
            part.filter(|_| arn.starts_with("arn:")).map(str::to_owned)
        };
        Self {
            account: part(4).filter(|account| account.bytes().all(|byte| byte.is_ascii_digit())),
            region: part(3),
            partition: part(1),
        }
    }

    /// Fills each unknown part from the other.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            account: self.account.or(other.account),
            region: self.region.or(other.region),
            partition: self.partition.or(other.partition),
        }
    }

    /// An address in the console; `{region}` in it stands for the region. `None` where the region is no region or the
    /// partition's console is unknown: no link rather than a wrong one.
    pub(crate) fn console(&self, page: &str) -> Option<String> {
        let region = self.region.as_deref().filter(|region| is_region(region))?;
        let host = match self.partition(region) {
            "aws" => format!("{region}.console.aws.amazon.com"),
            "aws-cn" => "console.amazonaws.cn".to_owned(),
            "aws-us-gov" => "console.amazonaws-us-gov.com".to_owned(),
            _ => return None,
        };
        Some(format!(
            "https://{host}/{}",
            page.replace("{region}", region)
        ))
    }

    /// An address in the console of a service that has no Region. `None` where the partition's console is unknown.
    pub(crate) fn global_console(&self, page: &str) -> Option<String> {
        let host = match self.partition(self.region.as_deref().unwrap_or_default()) {
            "aws" => "console.aws.amazon.com",
            "aws-cn" => "console.amazonaws.cn",
            "aws-us-gov" => "console.amazonaws-us-gov.com",
            _ => return None,
        };
        Some(format!("https://{host}/{page}"))
    }

    fn partition<'a>(&'a self, region: &str) -> &'a str {
        match (self.partition.as_deref(), region.split('-').next()) {
            (_, Some("cn")) => "aws-cn",
            (_, Some("us")) if region.starts_with("us-gov-") => "aws-us-gov",
            (_, Some("us")) if region.starts_with("us-iso") => "aws-iso",
            (_, Some("eusc")) => "aws-eusc",
            (Some(partition), _) => partition,
            (None, _) => "aws",
        }
    }
}

/// Percent-encoded, for any part of an address.
pub(crate) fn encoded(name: &str) -> String {
    escaped(name, '%')
}

/// Encoded with another character in place of `%`, as parts of the console want it.
pub(crate) fn escaped(name: &str, mark: char) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            write!(out, "{mark}{byte:02X}").expect("a String takes all that is written to it");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_console_is_that_of_the_partition() {
        for (region, expected) in [
            (
                "eu-west-1",
                Some("https://eu-west-1.console.aws.amazon.com/x?region=eu-west-1"),
            ),
            (
                "cn-north-1",
                Some("https://console.amazonaws.cn/x?region=cn-north-1"),
            ),
            (
                "us-gov-east-1",
                Some("https://console.amazonaws-us-gov.com/x?region=us-gov-east-1"),
            ),
            ("us-iso-east-1", None),
            ("EU (Ireland)", None),
            ("global", None),
        ] {
            let location = Location::new(None, Some(region.to_owned()));
            assert_eq!(location.console("x?region={region}").as_deref(), expected);
        }
        assert_eq!(Location::default().console("x"), None);
    }
}
