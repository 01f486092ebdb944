//! Patterns in normal form: the displayed text parses to an equal pattern.

use std::fmt::{self, Display};

use super::{
    Form, Pattern,
    delimited::{Delimited, Part},
    expression::{Expression, Operator, Test},
    terms::{Mark, Term, Terms},
    text::TextPattern,
};

impl Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Form::Everything => Ok(()),
            Form::Terms(terms) => terms.fmt(f),
            Form::Json(expression) => write!(f, "{{ {expression} }}"),
            Form::Delimited(delimited) => delimited.fmt(f),
        }
    }
}

impl Display for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (mark, term)) in self.marked().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(match mark {
                Mark::Required => "",
                Mark::Optional => "?",
                Mark::Excluded => "-",
            })?;
            match term {
                Term::Text(text) => quoted(f, text.as_str())?,
                Term::Regex(regex) => regex.fmt(f)?,
            }
        }
        Ok(())
    }
}

impl Display for Delimited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[")?;
        for (index, part) in self.parts.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            match part {
                Part::Ellipsis => f.write_str("...")?,
                Part::Unnamed => {}
                Part::Named(name) => f.write_str(name)?,
                Part::Compared(expression) => expression.fmt(f)?,
            }
        }
        f.write_str("]")
    }
}

impl<S: Display> Display for Expression<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (items, operator) = match self {
            Self::Test(subject, test) => return write!(f, "{subject} {test}"),
            Self::All(items) => (items, " && "),
            Self::Any(items) => (items, " || "),
        };
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                f.write_str(operator)?;
            }
            match item {
                Self::Test(..) => item.fmt(f)?,
                Self::All(_) | Self::Any(_) => write!(f, "({item})")?,
            }
        }
        Ok(())
    }
}

impl Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(pattern) => write!(f, "= {pattern}"),
            Self::IsNot(pattern) => write!(f, "!= {pattern}"),
            Self::Number(operator, number) => write!(f, "{operator} {number:e}"),
            Self::IsNull => f.write_str("IS NULL"),
            Self::IsBool(true) => f.write_str("IS TRUE"),
            Self::IsBool(false) => f.write_str("IS FALSE"),
            Self::NotExists => f.write_str("NOT EXISTS"),
        }
    }
}

impl Display for TextPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wildcard(wildcard) => quoted(f, &wildcard.to_text()),
            Self::Regex(regex) => regex.fmt(f),
        }
    }
}

impl Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = Self::ALL.iter().find(|(operator, _)| operator == self);
        f.write_str(written.map_or("", |(_, written)| written))
    }
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
