//! What differs between a day so far and the day before.

use rust_decimal::Decimal;

use super::{DayUsage, NamedCost, UsageDigest};

impl UsageDigest {
    /// What differs from the day before, a sentence each: incidents, requests, tokens a request, and the models' parts.
    /// Empty where the day before is not known. Counts of the day so far stand beside those of a whole day.
    pub fn changes(&self) -> Vec<String> {
        let (today, Some(before)) = (&self.today, &self.yesterday) else {
            return Vec::new();
        };
        let date = before.date;
        let mut changes = vec![
            format!(
                "incidents: {} so far, {} on {date}",
                today.incidents, before.incidents
            ),
            format!(
                "requests: {} so far, {} on {date}",
                today.requests, before.requests
            ),
        ];
        if let (Some(now), Some(then)) = (today.tokens_per_request, before.tokens_per_request) {
            let change = change(Decimal::from(now), Decimal::from(then));
            changes.push(format!("tokens a request: {now}, {then} on {date}{change}"));
        }
        changes.extend(self.models(before));
        changes
    }

    /// The models whose part of the cost changed by a tenth of the whole or more.
    fn models(&self, before: &DayUsage) -> Vec<String> {
        let then = |name: &str| {
            let model = before.models.iter().find(|model| model.name == name);
            // A model that is not among the named ones had a small part, or none: of a cost that is known.
            let none = before.cost_usd.map(|_| Decimal::ZERO);
            model.map_or(none, |model| part(model, before))
        };
        let least = Decimal::TEN;
        let models = self.today.models.iter();
        models
            .filter_map(|model| {
                let (now, then) = (part(model, &self.today)?, then(&model.name)?);
                let changed = (now - then).abs() >= least;
                changed.then(|| {
                    format!(
                        "{}: {now} % of the cost, {then} % on {}",
                        model.name, before.date
                    )
                })
            })
            .collect()
    }
}

/// Percent of a day's cost, whole; `None` where either is unpriced or the day cost nothing.
fn part(model: &NamedCost, day: &DayUsage) -> Option<Decimal> {
    let hundredfold = model.cost_usd?.checked_mul(Decimal::ONE_HUNDRED)?;
    Some(hundredfold.checked_div(day.cost_usd?)?.round())
}

/// ` (+25 %)`; nothing where there was nothing before.
fn change(now: Decimal, then: Decimal) -> String {
    let percent = (now - then)
        .checked_mul(Decimal::ONE_HUNDRED)
        .and_then(|hundredfold| hundredfold.checked_div(then));
    percent.map_or_else(String::new, |percent| {
        let sign = if percent.is_sign_negative() { "" } else { "+" };
        format!(" ({sign}{} %)", percent.round())
    })
}
