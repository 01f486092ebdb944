//! The environment as an argument, and every problem in it reported at once.

use std::{
    cell::RefCell, collections::HashMap, error::Error, fmt, hash::BuildHasher, str::FromStr,
};

/// The source of variables: the process, or a map in tests.
pub trait Variables {
    /// The variable's value, where it is set.
    fn get(&self, name: &str) -> Option<String>;
}

/// The variables of this process.
#[derive(Debug, Clone, Copy, Default)]
pub struct Process;

impl Variables for Process {
    #[expect(clippy::disallowed_methods, reason = "the one home of the environment")]
    fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }
}

impl<S: BuildHasher> Variables for HashMap<&str, &str, S> {
    fn get(&self, name: &str) -> Option<String> {
        HashMap::get(self, name).map(|value| (*value).to_owned())
    }
}

/// Variables that record the names that are read: for tests that compare what a function reads with the list that the
/// template is checked against.
pub struct RecordedVariables<F> {
    value: F,
    names: RefCell<Vec<String>>,
}

impl<F: Fn(&str) -> String> RecordedVariables<F> {
    /// Creates an environment in which each variable is set to what `value` returns for its name.
    pub fn new(value: F) -> Self {
        Self {
            value,
            names: RefCell::default(),
        }
    }

    /// The names that were read, in order.
    pub fn into_names(self) -> Vec<String> {
        self.names.into_inner()
    }
}

impl<F: Fn(&str) -> String> Variables for RecordedVariables<F> {
    fn get(&self, name: &str) -> Option<String> {
        self.names.borrow_mut().push(name.to_owned());
        Some((self.value)(name))
    }
}

/// The problems of the environment: one sentence a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<String>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the configuration has {} problem(s): {}",
            self.0.len(),
            self.0.join("; ")
        )
    }
}

impl Error for Problems {}

/// Reads variables and remembers what was wrong, so that a bad deployment shows all its mistakes in one line.
pub struct Reader<'a, V> {
    variables: &'a V,
    problems: Vec<String>,
}

impl<'a, V: Variables> Reader<'a, V> {
    /// A reader of `variables`.
    pub fn new(variables: &'a V) -> Self {
        Self {
            variables,
            problems: Vec::new(),
        }
    }

    /// A variable that must be set, not empty, and parse.
    pub fn required<T>(&mut self, name: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: fmt::Display,
    {
        let Some(text) = self.text(name) else {
            self.problems.push(format!("{name} is not set"));
            return None;
        };
        self.parse(name, &text)
    }

    /// A variable that may be missing or empty, but must parse where it is there.
    pub fn optional<T>(&mut self, name: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: fmt::Display,
    {
        let text = self.text(name)?;
        self.parse(name, &text)
    }

    /// Remembers a problem between variables: a sentence that names them.
    pub fn refuse(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }

    /// The value `build` makes, or every problem met. `build` returns `None` only where a read did.
    pub fn finish<C>(self, build: impl FnOnce() -> Option<C>) -> Result<C, Problems> {
        match build() {
            Some(config) if self.problems.is_empty() => Ok(config),
            _ => Err(Problems(self.problems)),
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        self.variables
            .get(name)
            .filter(|text| !text.trim().is_empty())
    }

    fn parse<T>(&mut self, name: &str, text: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: fmt::Display,
    {
        text.parse()
            .map_err(|error| self.problems.push(format!("{name} is {text:?}: {error}")))
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_reported_at_once() {
        let variables = HashMap::from([("HOURS", "soon"), ("EMPTY", " ")]);
        let mut reader = Reader::new(&variables);
        let table: Option<String> = reader.required("TABLE");
        let hours: Option<u32> = reader.required("HOURS");
        let empty: Option<String> = reader.required("EMPTY");
        let problems = reader
            .finish(|| Some((table?, hours?, empty?)))
            .unwrap_err();
        assert_eq!(
            problems.0,
            [
                "TABLE is not set",
                "HOURS is \"soon\": invalid digit found in string",
                "EMPTY is not set"
            ]
        );
    }

    #[test]
    fn an_optional_variable_may_be_missing_but_not_wrong() {
        let variables = HashMap::from([("HOURS", "soon")]);
        let mut reader = Reader::new(&variables);
        assert_eq!(reader.optional::<u32>("MISSING"), None);
        assert_eq!(reader.optional::<u32>("HOURS"), None);
        assert_eq!(reader.finish(|| Some(())).unwrap_err().0.len(), 1);
    }
}
