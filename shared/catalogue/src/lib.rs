//! The metrics that AWS services and Picket itself publish: names, units, dimensions that exist together, statistics
//! that make sense, and the page that says so.
//!
//! The facts are YAML: `aws.yaml`, from AWS's documentation, and `picket.yaml`. [`Catalogue::find`] says whether a
//! metric exists with a set of dimensions, and otherwise what is nearest to it.
//!
//! ```
//! use picket_catalogue::{Catalogue, NotFound};
//!
//! let aws = Catalogue::aws();
//! let errors = aws.find("AWS/Lambda", "Errors", &["FunctionName"])?;
//! assert_eq!(errors.unit.as_str(), "Count");
//! assert!(errors.suits("Sum") && !errors.suits("p99"));
//!
//! let error = aws.find("AWS/Lambda", "Error", &["FunctionName"]).unwrap_err();
//! assert_eq!(error.to_string(), "AWS/Lambda has no metric Error: Errors is nearest");
//! # Ok::<(), NotFound>(())
//! ```

mod metric;
mod read;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

pub use metric::{Metric, Statistic};
pub use read::InvalidCatalogue;

/// Metrics by namespace and name.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    namespaces: BTreeMap<String, Vec<Metric>>,
}

/// The reason why a catalogue has no metric of a name and set of dimensions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFound {
    /// The namespace is not in the catalogue.
    #[error("the namespace {namespace} is not in the catalogue: {nearest} is nearest")]
    Namespace {
        /// The namespace.
        namespace: String,
        /// The nearest one.
        nearest: String,
    },
    /// The namespace has no metric of this name.
    #[error("{namespace} has no metric {name}: {nearest} is nearest")]
    Name {
        /// The namespace.
        namespace: String,
        /// The name.
        name: String,
        /// The nearest one.
        nearest: String,
    },
    /// The metric does not exist with these dimensions.
    #[error("{namespace} {name} does not exist with {}: it has {}", set(.dimensions), sets(.existing))]
    Dimensions {
        /// The namespace.
        namespace: String,
        /// The name.
        name: String,
        /// The dimensions.
        dimensions: BTreeSet<String>,
        /// The sets that exist.
        existing: Vec<BTreeSet<String>>,
    },
}

impl Catalogue {
    /// Reads a catalogue. `file` is for messages alone.
    pub fn parse(file: &str, text: &str) -> Result<Self, InvalidCatalogue> {
        let namespaces = read::read(file, text)?;
        Ok(Self { namespaces })
    }

    /// The metrics of AWS services.
    pub fn aws() -> &'static Self {
        static AWS: LazyLock<Catalogue> =
            LazyLock::new(|| built_in("aws.yaml", include_str!("../aws.yaml")));
        &AWS
    }

    /// Picket's own metrics, in the namespace `Picket`.
    pub fn picket() -> &'static Self {
        static PICKET: LazyLock<Catalogue> =
            LazyLock::new(|| built_in("picket.yaml", include_str!("../picket.yaml")));
        &PICKET
    }

    /// The namespaces, and the metrics of each in the order of the file.
    pub fn namespaces(&self) -> impl Iterator<Item = (&str, &[Metric])> {
        let entries = self.namespaces.iter();
        entries.map(|(name, metrics)| (name.as_str(), metrics.as_slice()))
    }

    /// The metric of a name that exists with exactly these dimensions, in any order.
    pub fn find(
        &self,
        namespace: &str,
        name: &str,
        dimensions: &[&str],
    ) -> Result<&Metric, NotFound> {
        let metrics = self
            .namespaces
            .get(namespace)
            .ok_or_else(|| NotFound::Namespace {
                namespace: namespace.to_owned(),
                nearest: nearest(namespace, self.namespaces.keys().map(String::as_str)),
            })?;
        let same_name: Vec<&Metric> = metrics
            .iter()
            .filter(|metric| metric.is_named(name))
            .collect();
        if same_name.is_empty() {
            let names = metrics.iter().flat_map(|metric| &metric.names);
            return Err(NotFound::Name {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                nearest: nearest(name, names.map(String::as_str)),
            });
        }
        let dimensions: BTreeSet<String> = dimensions.iter().map(|&name| name.to_owned()).collect();
        let found = same_name
            .iter()
            .find(|metric| metric.dimension_sets.contains(&dimensions));
        found.copied().ok_or_else(|| NotFound::Dimensions {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            dimensions,
            existing: same_name
                .iter()
                .flat_map(|metric| metric.dimension_sets.clone())
                .collect(),
        })
    }
}

fn built_in(file: &str, text: &str) -> Catalogue {
    Catalogue::parse(file, text)
        .unwrap_or_else(|error| panic!("a test reads the very same text: {error}"))
}

/// The nearest of the names by edits, letters of either case being equal; the first of equals.
fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    let wanted = wanted.to_lowercase();
    let distance = |name: &&str| strsim::damerau_levenshtein(&wanted, &name.to_lowercase());
    names.min_by_key(distance).unwrap_or_default().to_owned()
}

fn set(names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return "no dimension".to_owned();
    }
    names
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" + ")
}

fn sets(all: &[BTreeSet<String>]) -> String {
    all.iter().map(set).collect::<Vec<_>>().join(", or ")
}

#[cfg(test)]
mod tests;
