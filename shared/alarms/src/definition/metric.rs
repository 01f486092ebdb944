//! The metric of an alarm, or its `Metrics`.

use super::{
    Input, InvalidDefinition, Watches,
    reader::{Reader, pairs},
};

impl Reader {
    pub(super) fn watches(&self) -> Result<(Watches, u32), InvalidDefinition> {
        let properties = &self.properties;
        if !properties.metrics.is_empty() {
            self.no_metric_beside_metrics()?;
            return self.math(&properties.metrics);
        }
        let metric_name = self.needs("MetricName", properties.metric_name.clone())?;
        let statistic = match (&properties.statistic, &properties.extended_statistic) {
            (Some(statistic), Some(_)) => {
                return Err(self.wrong(
                    "Statistic",
                    statistic,
                    "cannot stand beside ExtendedStatistic",
                ));
            }
            (Some(text), None) => {
                let statistic = self.statistic(text)?;
                if statistic.is_extended() {
                    return Err(self.wrong("Statistic", text, "belongs into ExtendedStatistic"));
                }
                statistic
            }
            (None, extended) => {
                let text = self.needs("Statistic", extended.as_ref())?;
                let statistic = self.statistic(text)?;
                if !statistic.is_extended() {
                    return Err(self.wrong("ExtendedStatistic", text, "belongs into Statistic"));
                }
                statistic
            }
        };
        let input = Input {
            id: metric_name.clone(),
            namespace: self.needs("Namespace", properties.namespace.clone())?,
            metric_name,
            dimensions: pairs(&properties.dimensions),
            statistic,
            unit: properties.unit.clone(),
            account: None,
        };
        let period = self.period(self.needs("Period", properties.period)?)?;
        Ok((Watches::Metric(input), period))
    }

    /// "If you use the Metrics parameter, you cannot include" these (API reference, `Metrics`).
    fn no_metric_beside_metrics(&self) -> Result<(), InvalidDefinition> {
        let properties = &self.properties;
        let given = [
            ("MetricName", properties.metric_name.is_some()),
            ("Namespace", properties.namespace.is_some()),
            ("Dimensions", !properties.dimensions.is_empty()),
            ("Period", properties.period.is_some()),
            ("Unit", properties.unit.is_some()),
            ("Statistic", properties.statistic.is_some()),
            ("ExtendedStatistic", properties.extended_statistic.is_some()),
        ];
        match given.into_iter().find(|(_, is)| *is) {
            Some((property, _)) => Err(self.wrong(property, "set", "cannot stand beside Metrics")),
            None => Ok(()),
        }
    }
}
