//! Functions, from Lambda, for a diagnosis.

use aws_sdk_lambda::operation::get_function_configuration::{
    GetFunctionConfigurationError, GetFunctionConfigurationOutput,
};
use aws_sdk_lambda::types::TracingMode;
use jiff::Timestamp;
use picket_aws::{Fault, fault::Resource};

use super::Adapters;
use crate::actions::diagnose::{Function, ReadFunction};

fn function_resource(function: &str) -> Resource {
    Resource::new(
        "function",
        function,
        "correct the alarm or deploy the function",
    )
}

impl ReadFunction for Adapters {
    async fn function(
        &self,
        function: &str,
        qualifier: Option<&str>,
    ) -> Result<Option<Function>, Fault> {
        let answer = self
            .lambda
            .get_function_configuration()
            .function_name(function)
            .set_qualifier(qualifier.map(str::to_owned))
            .send()
            .await;
        match answer {
            Ok(answer) => Ok(Some(read(function, &answer))),
            Err(error)
                if error.as_service_error().is_some_and(
                    GetFunctionConfigurationError::is_resource_not_found_exception,
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(Fault::of(&function_resource(function), "read", error)),
        }
    }
}

fn read(name: &str, found: &GetFunctionConfigurationOutput) -> Function {
    let state = found.state().map_or("Active", |state| state.as_str());
    let reason = found.state_reason().map(|reason| format!(" ({reason})"));
    let group = found
        .logging_config()
        .and_then(|logging| logging.log_group());
    Function {
        modified_at: found.last_modified().and_then(modified),
        version: found.version().unwrap_or("$LATEST").to_owned(),
        timeout_seconds: count(found.timeout()),
        memory_mb: count(found.memory_size()),
        state: format!("{state}{}", reason.unwrap_or_default()),
        is_traced: found.tracing_config().and_then(|tracing| tracing.mode())
            == Some(&TracingMode::Active),
        // The default of a function without logging configuration.
        log_group: group.map_or_else(|| format!("/aws/lambda/{name}"), str::to_owned),
    }
}

/// `2026-11-20T05:48:00.123+0000`.
fn modified(text: &str) -> Option<Timestamp> {
    Timestamp::strptime("%Y-%m-%dT%H:%M:%S%.f%z", text).ok()
}

fn count(number: Option<i32>) -> u64 {
    number
        .and_then(|number| u64::try_from(number).ok())
        .unwrap_or(0)
}
