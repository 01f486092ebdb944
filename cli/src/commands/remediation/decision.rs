//! A decision on a plan, as an invocation of the remediator.

use std::{error::Error, fmt};

use aws_sdk_lambda::primitives::Blob;
use aws_types::SdkConfig;
use picket_shared::{
    env::{Process, Variables},
    report::ErrorChain,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    arguments::PlanId,
    stack::StackOutputs,
    style::{BOLD, RESET},
    terminal,
};

/// A person's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Decision {
    Approve,
    Decline,
}

/// A decision that the remediator took, and its answer.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Decided {
    plan: String,
    decision: Decision,
    by: String,
    answer: Value,
}

/// Invokes the remediator of a stack with the decision (`lambda:InvokeFunction`), and waits for its answer.
pub(super) async fn decide(
    aws: &SdkConfig,
    decision: Decision,
    plan: &PlanId,
    stack: &str,
) -> Result<Decided, String> {
    let outputs = StackOutputs::read(aws, stack).await?;
    let function = outputs.get("AlarmRemediator")?;
    let by = caller(aws).await;
    let plan = plan.as_str().to_owned();
    let event = json!({"picket": {"kind": "approval", "version": 1}, "plan": plan, "decision": decision, "by": by});
    let answer = aws_sdk_lambda::Client::new(aws)
        .invoke()
        .function_name(function)
        .payload(Blob::new(event.to_string()))
        .send()
        .await
        .map_err(|error| {
            let said = ErrorChain(&error as &dyn Error);
            format!("the remediator {function} cannot be invoked: {said}")
        })?;
    let payload = answer.payload.map(Blob::into_inner).unwrap_or_default();
    let said: Value = serde_json::from_slice(&payload).unwrap_or_default();
    if answer.function_error.is_some() {
        let reason = said["errorMessage"]
            .as_str()
            .unwrap_or("it did not say why");
        return Err(format!("the remediator failed: {reason}"));
    }
    Ok(Decided {
        plan,
        decision,
        by,
        answer: said,
    })
}

/// The caller's ARN (`sts:GetCallerIdentity`, which needs no permission), or else the name of the user of this machine.
async fn caller(aws: &SdkConfig) -> String {
    let identity = aws_sdk_sts::Client::new(aws).get_caller_identity().send();
    let arn = identity.await.ok().and_then(|identity| identity.arn);
    arn.or_else(|| Process.get("USER"))
        .unwrap_or_else(|| "an unknown principal".to_owned())
}

impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { plan, by, .. } = self;
        let decision = match self.decision {
            Decision::Approve => "approval",
            Decision::Decline => "decline",
        };
        // Whether the plan waited, and what came of it, is the answer.
        let by = terminal::Value(by);
        write!(f, "{BOLD}{plan}{RESET}: {decision} by {by} sent")?;
        let texts = self.answer.as_array().into_iter().flatten();
        for text in texts.filter_map(|handled| handled["text"].as_str()) {
            write!(f, "\n  {}", terminal::Value(text))?;
        }
        Ok(())
    }
}
