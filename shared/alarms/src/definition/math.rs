//! An alarm on `Metrics`: its queries, in the order in which they can be worked out.

use std::str::FromStr;

use super::{
    Formula, Input, InvalidDefinition, Named, Watches,
    reader::{Reader, pairs},
};
use crate::{
    expression::{BAND_LOWER, BAND_UPPER, Expression, Function, Type},
    insights,
    properties::{MetricStat, Query},
};

/// Metrics of an alarm, and as many expressions (API reference, `PutMetricAlarm`; user guide, "Alarms on math
/// expressions").
const MOST_QUERIES: usize = 10;

impl Reader {
    pub(super) fn math(&self, queries: &[Query]) -> Result<(Watches, u32), InvalidDefinition> {
        let (mut inputs, mut expressions, mut periods) = (Vec::new(), Vec::new(), Vec::new());
        for query in queries {
            self.check_id(query, queries)?;
            match (&query.expression, &query.metric_stat) {
                (Some(text), None) => {
                    periods.extend(query.period);
                    expressions.push(self.named(query, text)?);
                }
                (None, Some(metric)) => {
                    periods.push(metric.period);
                    inputs.push(self.input(query, metric)?);
                }
                _ => {
                    return Err(self.wrong(
                        "Metrics",
                        &query.id,
                        "must have one of Expression and MetricStat",
                    ));
                }
            }
        }
        if inputs.len() > MOST_QUERIES || expressions.len() > MOST_QUERIES {
            return Err(self.wrong(
                "Metrics",
                &queries.len().to_string(),
                "must be at most 10 metrics and 10 expressions",
            ));
        }
        let returned = self.returned(queries)?;
        let period = self.one_period(&periods)?;
        let expressions = self.in_order(expressions, &inputs)?;
        self.check_types(&inputs, &expressions, &returned)?;
        Ok((
            Watches::Math {
                inputs,
                expressions,
                returned,
            },
            period,
        ))
    }

    /// An id begins with a lower-case letter and is unique (API reference, `MetricDataQuery`, `Id`).
    fn check_id(&self, query: &Query, queries: &[Query]) -> Result<(), InvalidDefinition> {
        let id = &query.id;
        let well_formed = id.starts_with(|c: char| c.is_ascii_lowercase())
            && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !well_formed {
            return Err(self.wrong(
                "Id",
                id,
                "must begin with a lower-case letter and have only letters, digits and _",
            ));
        }
        if queries.iter().filter(|other| other.id == *id).count() > 1 {
            return Err(self.wrong("Id", id, "is there twice"));
        }
        Ok(())
    }

    /// `ReturnData` is true where it is not given; an alarm has exactly one, and on a band also the band's (user guide,
    /// "Alarm events and EventBridge").
    fn returned(&self, queries: &[Query]) -> Result<String, InvalidDefinition> {
        let band = self.properties.threshold_metric_id.as_deref();
        let mut returned = queries
            .iter()
            .filter(|query| query.return_data.unwrap_or(true) && Some(query.id.as_str()) != band);
        match (returned.next(), returned.next()) {
            (Some(first), None) => Ok(first.id.clone()),
            _ => Err(self.wrong(
                "ReturnData",
                "true",
                "must be set in exactly one of Metrics",
            )),
        }
    }

    fn one_period(&self, periods: &[u32]) -> Result<u32, InvalidDefinition> {
        let period = self.period(self.needs("Period", periods.first().copied())?)?;
        if periods.iter().any(|&other| other != period) {
            return Err(self.wrong(
                "Period",
                &format!("{periods:?}"),
                "must be the same for all of Metrics",
            ));
        }
        Ok(period)
    }

    fn named(&self, query: &Query, text: &str) -> Result<Named, InvalidDefinition> {
        let refused = |source| InvalidDefinition::Expression {
            alarm: self.alarm.clone(),
            source,
        };
        let formula = if insights::Query::is(text) {
            Formula::Insights(text.parse().map_err(|source| InvalidDefinition::Insights {
                alarm: self.alarm.clone(),
                source,
            })?)
        } else {
            Formula::Math(Expression::from_str(text).map_err(refused)?)
        };
        if let (Formula::Math(expression), Some(account)) = (&formula, &query.account_id)
            && expression
                .calls()
                .iter()
                .any(|(function, _)| function.is_live_only())
        {
            return Err(self.wrong(
                "AccountId",
                account,
                "cannot stand beside a function that reads one account",
            ));
        }
        Ok(Named {
            id: query.id.clone(),
            label: query.label.clone(),
            text: text.to_owned(),
            formula,
        })
    }

    fn input(&self, query: &Query, stat: &MetricStat) -> Result<Input, InvalidDefinition> {
        Ok(Input {
            id: query.id.clone(),
            namespace: self.needs("Namespace", stat.metric.namespace.clone())?,
            metric_name: stat.metric.name.clone(),
            dimensions: pairs(&stat.metric.dimensions),
            statistic: self.statistic(&stat.stat)?,
            unit: stat.unit.clone(),
            account: query.account_id.clone(),
        })
    }

    /// Expressions may name one another: each after those it names.
    fn in_order(
        &self,
        mut rest: Vec<Named>,
        inputs: &[Input],
    ) -> Result<Vec<Named>, InvalidDefinition> {
        let mut known: Vec<String> = inputs.iter().map(|input| input.id.clone()).collect();
        let mut ordered = Vec::new();
        while !rest.is_empty() {
            let ready = |named: &Named| match &named.formula {
                Formula::Insights(_) => true,
                Formula::Math(expression) => expression
                    .names()
                    .iter()
                    .all(|&name| known.iter().any(|id| id == name)),
            };
            let Some(next) = rest.iter().position(ready) else {
                return Err(self.wrong(
                    "Expression",
                    &rest[0].text,
                    "names an id that Metrics do not have, or itself",
                ));
            };
            let named = rest.remove(next);
            known.push(named.id.clone());
            ordered.push(named);
        }
        Ok(ordered)
    }

    /// "All final results of expressions must be a single time series or an array" (user guide, table of functions),
    /// and an alarm evaluates one series, or the groups of a Metrics Insights query.
    fn check_types(
        &self,
        inputs: &[Input],
        expressions: &[Named],
        returned: &str,
    ) -> Result<(), InvalidDefinition> {
        let mut types: Vec<(&str, Type)> = inputs
            .iter()
            .map(|input| (input.id.as_str(), Type::Series))
            .collect();
        let mut bands = 0;
        for named in expressions {
            let known = |id: &str| {
                types
                    .iter()
                    .find(|(name, _)| *name == id)
                    .map(|(_, of)| *of)
            };
            let of = match &named.formula {
                Formula::Insights(query) if query.is_grouped() => Type::Array,
                Formula::Insights(_) => Type::Series,
                Formula::Math(expression) => {
                    self.check_periods(expression, inputs)?;
                    let calls = expression.calls();
                    bands += calls
                        .iter()
                        .filter(|(call, _)| *call == Function::AnomalyDetectionBand)
                        .count();
                    expression
                        .type_of(&known)
                        .map_err(|source| InvalidDefinition::Expression {
                            alarm: self.alarm.clone(),
                            source,
                        })?
                }
            };
            let contributors = matches!(named.formula, Formula::Insights(_)) && of == Type::Array;
            if named.id == returned && of != Type::Series && !contributors {
                return Err(self.wrong(
                    "Expression",
                    &named.text,
                    "must be one time series, and is not",
                ));
            }
            types.push((&named.id, of));
        }
        let taken = types
            .iter()
            .find(|(id, _)| [BAND_LOWER, BAND_UPPER].contains(id));
        if let Some((id, _)) = taken.filter(|_| bands > 0) {
            return Err(self.wrong("Id", id, "is the name of a limit of the anomaly band here"));
        }
        if bands > 1 {
            return Err(self.wrong(
                "Expression",
                "ANOMALY_DETECTION_BAND",
                "is evaluated here once in an alarm",
            ));
        }
        Ok(())
    }

    /// `PERIOD` takes "metrics, not the results of other expressions" (user guide, table of functions).
    fn check_periods(
        &self,
        expression: &Expression,
        inputs: &[Input],
    ) -> Result<(), InvalidDefinition> {
        for (function, arguments) in expression.calls() {
            let [crate::expression::Argument::Value(Expression::Name(name))] = arguments else {
                continue;
            };
            if function == Function::Period && !inputs.iter().any(|input| input.id == *name) {
                return Err(self.wrong(
                    "Expression",
                    name,
                    "is not a metric, and PERIOD takes only metrics",
                ));
            }
        }
        Ok(())
    }
}
