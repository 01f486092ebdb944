//! Units and times, by Grafana's words for them.

use serde::Deserialize;

/// How often a dashboard is read again: what its users asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Refresh {
    /// Half a minute.
    #[serde(rename = "30s")]
    HalfMinute,
    /// A minute.
    #[serde(rename = "1m")]
    Minute,
    /// Five minutes.
    #[serde(rename = "5m")]
    FiveMinutes,
}

/// A unit, by Grafana's id of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Requests a second.
    Reqps,
    /// Operations a second.
    Ops,
    /// A count a minute.
    Cpm,
    /// A share, 1 being 100 %.
    Percentunit,
    /// Seconds.
    S,
    /// Bytes.
    Bytes,
    /// Bytes a second.
    #[serde(rename = "Bps")]
    BytesPerSecond,
    /// A number.
    Short,
}

impl Refresh {
    /// As Grafana writes it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HalfMinute => "30s",
            Self::Minute => "1m",
            Self::FiveMinutes => "5m",
        }
    }
}

impl Unit {
    /// Grafana's id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reqps => "reqps",
            Self::Ops => "ops",
            Self::Cpm => "cpm",
            Self::Percentunit => "percentunit",
            Self::S => "s",
            Self::Bytes => "bytes",
            Self::BytesPerSecond => "Bps",
            Self::Short => "short",
        }
    }
}
