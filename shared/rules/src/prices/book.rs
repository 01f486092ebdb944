//! All rows, and which of them is in force.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;

use super::{
    ImportedPrices, Price, Tier,
    model_id::{GEOGRAPHIES, ModelId},
};

/// The rows of `prices.yaml`, in its order, and the imported ones.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PriceBook {
    rows: Vec<Price>,
    imported: Arc<ImportedPrices>,
    /// The models of application inference profiles, by ARN.
    profiles: BTreeMap<String, String>,
    /// The context steps of all rows, in order.
    steps: Vec<u64>,
}

/// Names the kind of an application inference profile's ARN, whose last segment says nothing of the model.
pub(super) const APPLICATION_PROFILE: &str = ":application-inference-profile/";

/// A request, as far as its price depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Lookup<'a> {
    /// A model's id, an inference profile's id (`us.anthropic.…`), an ARN of either or of an application inference
    /// profile, or one of these with a gateway's prefix (`bedrock/us-east-1/…`).
    pub model: &'a str,
    /// The Region, where the model does not name one.
    pub region: Option<&'a str>,
    /// The day.
    pub date: Date,
    /// The service tier.
    pub tier: &'a Tier,
    /// The tokens of the context: input, cache reads and cache writes.
    pub context: u64,
}

/// The smallest context above a step; no context below every step.
pub const fn context_above(step: u64) -> u64 {
    if step == 0 { 0 } else { step.saturating_add(1) }
}

impl PriceBook {
    pub(super) fn new(rows: Vec<Price>, profiles: BTreeMap<String, String>) -> Self {
        let mut book = Self {
            rows,
            imported: Arc::default(),
            profiles,
            steps: Vec::new(),
        };
        book.steps = book.all_steps();
        book
    }

    /// Returns this book with other imported rows.
    #[must_use]
    pub fn with_imported(mut self, imported: Arc<ImportedPrices>) -> Self {
        self.imported = imported;
        self.steps = self.all_steps();
        self
    }

    /// Adds the rows and profiles of another file. The error is a sentence on a row whose id is taken.
    pub(super) fn add(&mut self, other: Self) -> Result<(), String> {
        let taken = other
            .rows
            .iter()
            .find(|row| self.by_id(row.id.as_str()).is_some());
        if let Some(row) = taken {
            return Err(format!(
                "the id {:?} is taken by a row of another file",
                row.id.as_str()
            ));
        }
        self.rows.extend(other.rows);
        self.profiles.extend(other.profiles);
        self.steps = self.all_steps();
        Ok(())
    }

    fn all_steps(&self) -> Vec<u64> {
        let rows = self.rows.iter().chain(self.imported.rows());
        let mut steps: Vec<u64> = rows
            .map(|row| row.above)
            .filter(|&above| above > 0)
            .collect();
        steps.sort_unstable();
        steps.dedup();
        steps
    }

    /// The row in force for a model on a day, at the standard tier and below every context step, as
    /// [`PriceBook::price_of`] finds it.
    pub fn find(&self, model: &str, region: Option<&str>, date: Date) -> Option<&Price> {
        self.price_of(&Lookup {
            model,
            region,
            date,
            tier: &Tier::STANDARD,
            context: 0,
        })
    }

    /// The row in force for a request. `None` is unpriced.
    ///
    /// The rows for one model and Region belong together: of those that fit, the ones for the inference profile before
    /// those for the model, then those with the longest model pattern, then those for the Region. Among them the row of
    /// the tier and the context step is used, the latest first and one of `prices.yaml` before an imported one. There
    /// is no other: neither a tier nor a context step has the price of another one.
    pub fn price_of(&self, lookup: &Lookup<'_>) -> Option<&Price> {
        let group = self.group(lookup);
        let steps = group.iter().map(|row| row.above);
        let step = steps.filter(|&above| above < lookup.context).max();
        let step = step.unwrap_or(0);
        let is_priced = |row: &&Price| {
            let is_batch = *lookup.tier == Tier::BATCH && row.tier == Tier::STANDARD;
            row.above == step && (row.tier == *lookup.tier || is_batch && row.batch.is_some())
        };
        // Of equals the last: imported rows come first.
        group
            .into_iter()
            .filter(is_priced)
            .max_by_key(|row| row.from)
    }

    /// Returns the largest context step of any row below a context's tokens: requests of one class have one price.
    pub fn context_class(&self, context: u64) -> u64 {
        let below = self.steps.iter().rev().find(|&&step| step < context);
        below.copied().unwrap_or(0)
    }

    /// Returns the rows of the model and the Region that fit best.
    fn group(&self, lookup: &Lookup<'_>) -> Vec<&Price> {
        let Some(id) = self.resolve(lookup.model) else {
            return Vec::new();
        };
        let region = id.region.or(lookup.region);
        let of_model = |model| self.imported.of_model(model).iter();
        let exact = of_model(&id.invoked);
        let exact = exact.chain(of_model(if id.is_profile() { id.model } else { "" }));
        let mut best = (false, 0, false);
        let mut group = Vec::new();
        for row in exact.chain(&self.rows) {
            let only = row.region.as_deref();
            let is_in_force = row.from <= lookup.date && (only.is_none() || only == region);
            let Some(fit) = fit(row, &id).filter(|_| is_in_force) else {
                continue;
            };
            let rank = (fit == Fit::Profile, row.model.fixed(), only.is_some());
            if rank > best {
                best = rank;
                group.clear();
            }
            if rank == best {
                group.push(row);
            }
        }
        let (is_for_profile, ..) = best;
        if id.is_profile() && !is_for_profile && self.differs_by_profile(id.model, lookup.date) {
            group.clear();
        }
        group
    }

    /// Resolves a model; `None` is an application inference profile that the book does not know.
    fn resolve<'a>(&'a self, model: &'a str) -> Option<ModelId<'a>> {
        let is_application = |arn: &&str| arn.contains(APPLICATION_PROFILE);
        let arn = model.find("arn:").map(|start| &model[start..]);
        let Some(arn) = arn.filter(is_application) else {
            return Some(ModelId::read(model));
        };
        let created_for = self.profiles.get(arn)?;
        Some(ModelId {
            region: ModelId::read(arn).region,
            ..ModelId::read(created_for)
        })
    }

    /// Whether a profile of the model has a price of its own on a day, so that the model's is not that of all its profiles.
    fn differs_by_profile(&self, model: &str, date: Date) -> bool {
        GEOGRAPHIES.iter().any(|geography| {
            let profile = format!("{geography}.{model}");
            let id = ModelId::read(&profile);
            let mut rows = self.imported.of_model(&profile).iter().chain(&self.rows);
            rows.any(|row| row.from <= date && fit(row, &id) == Some(Fit::Profile))
        })
    }

    /// The row with this id, in force or superseded.
    pub fn by_id(&self, id: &str) -> Option<&Price> {
        let written = self.rows.iter().find(|price| price.id.as_str() == id);
        written.or_else(|| self.imported.by_id(id))
    }

    /// Every row of `prices.yaml`, in its order.
    pub fn rows(&self) -> &[Price] {
        &self.rows
    }

    /// The imported rows.
    pub fn imported(&self) -> &ImportedPrices {
        &self.imported
    }
}

/// The way in which a row's pattern fits.
#[derive(Debug, PartialEq, Eq)]
enum Fit {
    /// It is for the model.
    Model,
    /// It is for the profile alone.
    Profile,
}

fn fit(row: &Price, id: &ModelId<'_>) -> Option<Fit> {
    let pattern = &row.model;
    if pattern.matches(id.model) {
        return Some(Fit::Model);
    }
    // `*.anthropic.…` is for geographic profiles, whose prices are not the global one's.
    let is_geographic = pattern.as_str().starts_with("*.");
    let is_for_it = pattern.matches(&id.invoked) && !(is_geographic && id.is_global());
    is_for_it.then_some(Fit::Profile)
}

#[cfg(test)]
mod tests;
