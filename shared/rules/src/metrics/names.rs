//! CloudWatch's names and units, with CloudWatch's limits.

use std::{fmt, str::FromStr};

use crate::{
    Invalid,
    cloudwatch_limits::{LONGEST_NAME, UNITS, is_dimension_value},
    invalid::sized,
};

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Returns the name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                sized(text, LONGEST_NAME)?;
                let check: fn(&str) -> Result<(), Invalid> = $check;
                check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// A namespace: 1 to 255 letters, digits, spaces and `.-_/#`; not one of AWS's own, into which only AWS may put.
    Namespace,
    |text| {
        if text.to_ascii_uppercase().starts_with("AWS/") {
            return Err(Invalid("namespaces that start with AWS/ are AWS's own".to_owned()));
        }
        let legal = |letter: char| letter.is_ascii_alphanumeric() || " .-_/#".contains(letter);
        match text.chars().find(|&letter| !legal(letter)) {
            Some(letter) => Err(Invalid(format!("{letter:?} is not allowed in a namespace"))),
            None => visible(text),
        }
    }
);

name!(
    /// A metric's name: 1 to 255 printable ASCII characters, without `:`, `*` and `$`, which a metric filter refuses.
    MetricName,
    |text| {
        printable(text)?;
        match text.chars().find(|letter| ":*$".contains(*letter)) {
            Some(letter) => Err(Invalid(format!("{letter:?} is not allowed in a metric's name"))),
            None => Ok(()),
        }
    }
);

name!(
    /// A dimension's name: 1 to 255 printable ASCII characters, not starting with `:`.
    DimensionName,
    |text| {
        printable(text)?;
        if text.starts_with(':') {
            return Err(Invalid("a dimension's name cannot start with ':'".to_owned()));
        }
        if text == super::ENVIRONMENT {
            return Err(Invalid("the event processor adds Environment to every set: leave it out".to_owned()));
        }
        Ok(())
    }
);

/// A unit, one of CloudWatch's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(&'static str);

impl Unit {
    /// "None", which is what CloudWatch takes an absent unit for.
    pub const NONE: Self = Self("None");

    /// Returns CloudWatch's name of the unit.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl FromStr for Unit {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        UNITS
            .into_iter()
            .find(|unit| *unit == text)
            .map(Self)
            .ok_or_else(|| {
                let near = UNITS
                    .into_iter()
                    .find(|unit| unit.eq_ignore_ascii_case(text));
                let hint = near.map_or_else(
                    || format!("one of {}", UNITS.join(", ")),
                    |near| format!("{near:?}"),
                );
                Invalid(format!(
                    "{text:?} is not a unit of CloudWatch: write {hint}"
                ))
            })
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The text as a dimension's value, where CloudWatch would take it: 1 to 1,024 ASCII characters, none of them a control
/// character, one of them not a space (CloudWatch API reference, `Dimension`). Only a dimension's name may not begin
/// with `:`.
pub fn dimension_value(text: &str) -> Option<&str> {
    is_dimension_value(text).then_some(text)
}

fn printable(text: &str) -> Result<(), Invalid> {
    match text.chars().find(|letter| !matches!(letter, ' '..='~')) {
        Some(letter) => Err(Invalid(format!("{letter:?} is not printable ASCII"))),
        None => visible(text),
    }
}

fn visible(text: &str) -> Result<(), Invalid> {
    if text.trim().is_empty() {
        return Err(Invalid("it has nothing but spaces".to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_to_cloudwatchs_limits() {
        let long = |length| "x".repeat(length);
        for (text, namespace, metric, dimension) in [
            ("Picket/Web Api", true, true, true),
            ("", false, false, false),
            ("  ", false, false, false),
            ("AWS/Lambda", false, true, true),
            ("aws/x", false, true, true),
            ("a:b", false, false, true),
            (":b", false, false, false),
            ("a*", false, false, true),
            ("ä", false, false, false),
            ("a\u{7}", false, false, false),
            ("Environment", true, true, false),
            (&long(255), true, true, true),
            (&long(256), false, false, false),
        ] {
            assert_eq!(text.parse::<Namespace>().is_ok(), namespace, "{text:?}");
            assert_eq!(text.parse::<MetricName>().is_ok(), metric, "{text:?}");
            assert_eq!(text.parse::<DimensionName>().is_ok(), dimension, "{text:?}");
        }
    }

    #[test]
    fn a_dimensions_value_keeps_to_cloudwatchs_limits() {
        let (longest, longer) = ("x".repeat(1024), "x".repeat(1025));
        for (text, fits) in [
            ("a", true),
            ("", false),
            (" ", false),
            ("  a ", true),
            (":a", true),
            ("null", true),
            ("a=b,c <d>&\"", true),
            ("~", true),
            ("ö", false),
            ("日本", false),
            ("a\u{0}b", false),
            ("a\tb", false),
            ("a\nb", false),
            ("a\u{7f}", false),
            ("a\u{a0}", false),
            (&longest, true),
            (&longer, false),
        ] {
            assert_eq!(dimension_value(text).is_some(), fits, "{text:?}");
        }
    }

    #[test]
    fn a_unit_is_one_of_cloudwatchs_to_the_letter() {
        assert_eq!(
            "Bytes/Second".parse::<Unit>().unwrap().as_str(),
            "Bytes/Second"
        );
        let error = "milliseconds".parse::<Unit>().unwrap_err().to_string();
        assert_eq!(
            error,
            "\"milliseconds\" is not a unit of CloudWatch: write \"Milliseconds\""
        );
        assert!("ms".parse::<Unit>().is_err());
    }
}
