//! Colours by what they mean.

use serde::Deserialize;

/// What a colour means. A dashboard never names a colour itself, so that red is the same everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Colour {
    /// What should be high: successes, targets.
    Good,
    /// What should be looked at.
    Warning,
    /// What should not be.
    Critical,
    /// Amounts that are neither.
    #[default]
    Neutral,
    /// What another line is held against: last week, capacity.
    Comparison,
}

impl Colour {
    /// The shades for the first, second and further series of a meaning in one widget. They differ in lightness too,
    /// for those who do not distinguish red from green.
    pub const fn shades(self) -> &'static [&'static str] {
        match self {
            Self::Good => &["#2ca02c", "#98df8a", "#1b5e20"],
            Self::Warning => &["#ff7f0e", "#ffbb78", "#b35900"],
            Self::Critical => &["#d62728", "#ff9896", "#7f0000"],
            Self::Neutral => &[
                "#1f77b4", "#aec7e8", "#17becf", "#9467bd", "#08306b", "#c5b0d5",
            ],
            Self::Comparison => &["#7f7f7f", "#c7c7c7", "#404040"],
        }
    }
}
