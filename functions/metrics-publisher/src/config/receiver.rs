//! The receiver of remote write, and the authorization for it.

use std::str::FromStr;

use picket_shared::env::{Reader, Variables};
use reqwest::Url;

/// A receiver of remote write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// Its address, as in
    /// `https://aps-workspaces.eu-central-1.amazonaws.com/workspaces/ws-…/api/v1/remote_write`.
    pub endpoint: Url,
    /// The authorization.
    pub authorization: Authorization,
}

/// The authorization of requests to a receiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authorization {
    /// No authorization.
    None,
    /// A signature of the function's role: Amazon Managed Prometheus.
    SigV4,
    /// `user:password` in this Parameter Store parameter.
    Basic(String),
    /// A bearer token in this Parameter Store parameter.
    Bearer(String),
}

/// The value of `PROMETHEUS_AUTHORIZATION`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    None,
    SigV4,
    Basic,
    Bearer,
}

impl FromStr for Scheme {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(Self::None),
            "sigv4" => Ok(Self::SigV4),
            "basic" => Ok(Self::Basic),
            "bearer" => Ok(Self::Bearer),
            _ => Err("expected none, sigv4, basic or bearer"),
        }
    }
}

/// The receiver, where `PROMETHEUS_ENDPOINT` names one.
pub(super) fn read<V: Variables>(reader: &mut Reader<'_, V>) -> Option<Receiver> {
    let endpoint: Url = reader.optional("PROMETHEUS_ENDPOINT")?;
    let scheme = reader.optional("PROMETHEUS_AUTHORIZATION");
    let parameter: Option<String> = reader.optional("PROMETHEUS_PARAMETER");
    let scheme = scheme.unwrap_or(Scheme::None);
    if !matches!(endpoint.scheme(), "http" | "https") {
        reader.refuse("PROMETHEUS_ENDPOINT is no address of HTTP");
    }
    if endpoint.scheme() == "http" && scheme != Scheme::None && !is_local(&endpoint) {
        reader.refuse(
            "PROMETHEUS_ENDPOINT is not https, and PROMETHEUS_AUTHORIZATION would show a secret on the way",
        );
    }
    let named = |reader: &mut Reader<'_, V>| {
        if parameter.is_none() {
            reader.refuse("PROMETHEUS_PARAMETER is not set, and PROMETHEUS_AUTHORIZATION needs the secret in it");
        }
        parameter.clone().unwrap_or_default()
    };
    let authorization = match scheme {
        Scheme::None => Authorization::None,
        Scheme::SigV4 => Authorization::SigV4,
        Scheme::Basic => Authorization::Basic(named(reader)),
        Scheme::Bearer => Authorization::Bearer(named(reader)),
    };
    Some(Receiver {
        endpoint,
        authorization,
    })
}

fn is_local(endpoint: &Url) -> bool {
    matches!(
        endpoint.host_str(),
        Some("127.0.0.1" | "localhost" | "[::1]")
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn receiver(
        endpoint: &str,
        scheme: &str,
        parameter: &str,
    ) -> Result<Option<Receiver>, Vec<String>> {
        let variables = HashMap::from([
            ("PROMETHEUS_ENDPOINT", endpoint),
            ("PROMETHEUS_AUTHORIZATION", scheme),
            ("PROMETHEUS_PARAMETER", parameter),
        ]);
        let mut reader = Reader::new(&variables);
        let receiver = read(&mut reader);
        reader
            .finish(|| Some(receiver))
            .map_err(|problems| problems.0)
    }

    #[test]
    fn it_is_off_without_an_endpoint() {
        assert_eq!(receiver("", "sigv4", ""), Ok(None));
    }

    #[test]
    fn a_receiver_has_an_address_and_a_way_to_know_us() {
        let address =
            "https://aps-workspaces.eu-central-1.amazonaws.com/workspaces/ws-1/api/v1/remote_write";
        let cases = [
            ("", "", Authorization::None),
            ("sigv4", "", Authorization::SigV4),
            (
                "basic",
                "/picket/p",
                Authorization::Basic("/picket/p".into()),
            ),
            (
                "bearer",
                "/picket/p",
                Authorization::Bearer("/picket/p".into()),
            ),
        ];
        for (scheme, parameter, expected) in cases {
            let read = receiver(address, scheme, parameter).unwrap().unwrap();
            assert_eq!(read.authorization, expected);
            assert_eq!(read.endpoint.as_str(), address);
        }
        assert!(receiver("http://127.0.0.1:9090/api/v1/write", "bearer", "/p").is_ok());
    }

    #[test]
    fn what_cannot_work_is_refused_with_a_sentence() {
        let cases = [
            (
                "prometheus",
                "",
                "",
                "PROMETHEUS_ENDPOINT is \"prometheus\"",
            ),
            ("ftp://host/", "", "", "no address of HTTP"),
            (
                "https://host/",
                "kerberos",
                "",
                "expected none, sigv4, basic or bearer",
            ),
            (
                "https://host/",
                "basic",
                "",
                "PROMETHEUS_PARAMETER is not set",
            ),
            ("http://host/", "bearer", "/p", "is not https"),
        ];
        for (endpoint, scheme, parameter, expected) in cases {
            let problems = receiver(endpoint, scheme, parameter).unwrap_err();
            assert!(problems[0].contains(expected), "{problems:?}");
        }
    }
}
