//! The address of a database.

use std::{fmt, str::FromStr};

use reqwest::Url;

/// The default port of PostgreSQL.
const DEFAULT_PORT: u16 = 5432;

/// The address of a database with a user and without a secret: `postgresql://picket@db.example.com:5432/agent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseAddress {
    /// A host name or IP address.
    pub host: String,
    /// The port.
    pub port: u16,
    /// The user.
    pub user: String,
    /// The database.
    pub database: String,
    /// Whether the connection is encrypted and the certificate verified; only a loopback address may say
    /// `?sslmode=disable`.
    pub encrypted: bool,
}

/// Why a text is not a database's address. The message does not repeat the text, which may contain a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAddress {
    /// It is no URL of PostgreSQL.
    #[error("it is not of the form postgresql://user@host:port/database")]
    Form,
    /// It contains a password.
    #[error(
        "it holds a password: take it out, and put it into Parameter Store as <ProbeParameterPrefix>/<target>"
    )]
    Password,
    /// It switches TLS off.
    #[error(
        "only a loopback address may say sslmode=disable: the password would travel in the open"
    )]
    Plain,
    /// It has an unknown parameter.
    #[error("after the database's name only sslmode=verify-full or sslmode=disable is allowed")]
    Parameter,
}

impl FromStr for DatabaseAddress {
    type Err = InvalidAddress;

    fn from_str(text: &str) -> Result<Self, InvalidAddress> {
        let url = Url::parse(text).map_err(|_| InvalidAddress::Form)?;
        if url.password().is_some() {
            return Err(InvalidAddress::Password);
        }
        let host = url.host_str().unwrap_or_default();
        let database = url.path().trim_start_matches('/');
        let legal = matches!(url.scheme(), "postgres" | "postgresql")
            && [host, url.username(), database]
                .iter()
                .all(|part| !part.is_empty())
            && [url.username(), database]
                .iter()
                .all(|part| !part.contains(['%', '/']));
        if !legal {
            return Err(InvalidAddress::Form);
        }
        let encrypted = match url.query() {
            None | Some("sslmode=verify-full") => true,
            Some("sslmode=disable") if is_loopback(host) => false,
            Some("sslmode=disable") => return Err(InvalidAddress::Plain),
            Some(_) => return Err(InvalidAddress::Parameter),
        };
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(DEFAULT_PORT),
            user: url.username().to_owned(),
            database: database.to_owned(),
            encrypted,
        })
    }
}

fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

impl fmt::Display for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            host,
            port,
            user,
            database,
            ..
        } = self;
        write!(f, "{database} on {host}:{port} as {user}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_databases_address_holds_no_secret_and_is_encrypted() {
        let address: DatabaseAddress = "postgresql://picket@db.example.com/agent".parse().unwrap();
        assert_eq!(
            address.to_string(),
            "agent on db.example.com:5432 as picket"
        );
        assert!(address.encrypted);
        let local: DatabaseAddress = "postgres://picket@127.0.0.1:5433/agent?sslmode=disable"
            .parse()
            .unwrap();
        assert_eq!((local.port, local.encrypted), (5433, false));
        for (text, expected) in [
            (
                "postgresql://picket:hunter2@db/agent",
                InvalidAddress::Password,
            ),
            ("postgresql://db/agent", InvalidAddress::Form),
            ("postgresql://picket@db", InvalidAddress::Form),
            ("postgresql://picket@db/", InvalidAddress::Form),
            ("postgresql://picket@db/a/b", InvalidAddress::Form),
            ("mysql://picket@db/agent", InvalidAddress::Form),
            ("db.example.com", InvalidAddress::Form),
            (
                "postgresql://picket@db/agent?sslmode=disable",
                InvalidAddress::Plain,
            ),
            (
                "postgresql://picket@db/agent?options=-c",
                InvalidAddress::Parameter,
            ),
        ] {
            let error = text.parse::<DatabaseAddress>().unwrap_err();
            assert_eq!(error, expected, "{text}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }
}
