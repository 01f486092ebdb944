//! Where a person looks further: at what this function does not read itself.

use picket_shared::alarm::Alarm;

/// The pages of AWS Health, of a service's quotas and of the traces, in the console of the alarm's Region. The consoles of
/// other partitions have other names.
pub(super) fn links(alarm: &Alarm, service: &str, is_traced: bool) -> Option<String> {
    if alarm.partition != "aws" {
        return None;
    }
    let region = &alarm.region;
    let console = format!("https://{region}.console.aws.amazon.com");
    let traces = if is_traced {
        format!("; its traces: {console}/cloudwatch/home?region={region}#xray:traces/query")
    } else {
        String::new()
    };
    Some(format!(
        "Events of AWS: https://health.aws.amazon.com/health/home#/account/dashboard/open-issues; the quotas of {service}: \
         {console}/servicequotas/home/services/{service}/quotas{traces}"
    ))
}
