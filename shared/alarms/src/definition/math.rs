//! An alarm on metric math: its queries, in the order in which they can be worked out.

use std::str::FromStr;

use super::{
    Input, InvalidDefinition, Named, Watches,
    reader::{Reader, pairs},
};
use crate::{
    expression::Expression,
    properties::{MetricStat, Query},
};

impl Reader {
    pub(super) fn math(&self, queries: &[Query]) -> Result<(Watches, u32), InvalidDefinition> {
        let (mut inputs, mut expressions, mut periods) = (Vec::new(), Vec::new(), Vec::new());
        for query in queries {
            if let Some(text) = &query.expression {
                expressions.push(self.named(query, text)?);
            } else {
                let metric = self.needs("MetricStat", query.metric_stat.as_ref())?;
                periods.push(metric.period);
                inputs.push(self.input(&query.id, metric)?);
            }
        }
        // `ReturnData` is true where it is not given; an alarm has exactly one.
        let mut returned = queries
            .iter()
            .filter(|query| query.return_data.unwrap_or(true));
        let (Some(first), None) = (returned.next(), returned.next()) else {
            return Err(self.wrong(
                "ReturnData",
                "true",
                "must be set in exactly one of Metrics",
            ));
        };
        let period = self.period(self.needs("Period", periods.first().copied())?)?;
        if periods.iter().any(|&other| other != period) {
            return Err(self.wrong(
                "Period",
                &format!("{periods:?}"),
                "must be the same for all of Metrics",
            ));
        }
        let ordered = self.in_order(expressions, &inputs)?;
        Ok((
            Watches::Math {
                inputs,
                expressions: ordered,
                returned: first.id.clone(),
            },
            period,
        ))
    }

    fn named(&self, query: &Query, text: &str) -> Result<Named, InvalidDefinition> {
        let expression =
            Expression::from_str(text).map_err(|source| InvalidDefinition::Expression {
                alarm: self.alarm.clone(),
                source,
            })?;
        Ok(Named {
            id: query.id.clone(),
            label: query.label.clone(),
            text: text.to_owned(),
            expression,
        })
    }

    fn input(&self, id: &str, stat: &MetricStat) -> Result<Input, InvalidDefinition> {
        Ok(Input {
            id: id.to_owned(),
            namespace: self.needs("Namespace", stat.metric.namespace.clone())?,
            metric_name: stat.metric.name.clone(),
            dimensions: pairs(&stat.metric.dimensions),
            statistic: self.statistic(&stat.stat)?,
            unit: stat.unit.clone(),
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
            let Some(next) = rest.iter().position(|named| {
                named
                    .expression
                    .names()
                    .iter()
                    .all(|&name| known.iter().any(|id| id == name))
            }) else {
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
}
