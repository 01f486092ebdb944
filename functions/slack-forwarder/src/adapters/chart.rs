//! The chart port on CloudWatch.

use std::time::Duration;

use aws_config::{Region, timeout::TimeoutConfig};
use aws_sdk_cloudwatch::config::Builder;
use picket_aws::{Fault, fault::Resource};

use super::Adapters;
use crate::{draft::chart::Chart, ports::RenderChart};

impl RenderChart for Adapters {
    async fn render_chart(&self, chart: &Chart, limit: Duration) -> Result<Vec<u8>, Fault> {
        let resource = Resource::new("chart of", &chart.metric, "see whether the metric exists");
        // Metrics live in their alarm's region, which need not be the function's.
        let there = Builder::new()
            .region(Region::new(chart.region.clone()))
            .timeout_config(TimeoutConfig::builder().operation_timeout(limit).build());
        let drawn = self
            .cloudwatch
            .get_metric_widget_image()
            .metric_widget(&chart.widget)
            .customize()
            .config_override(there)
            .send()
            .await
            .map_err(|error| Fault::of(&resource, "draw", error))?;
        drawn
            .metric_widget_image
            .map(aws_sdk_cloudwatch::primitives::Blob::into_inner)
            .ok_or_else(|| Fault::transient(format!("CloudWatch drew no {resource}")))
    }
}
