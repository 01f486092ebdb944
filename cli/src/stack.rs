//! The outputs of a deployed stack.

use std::{collections::BTreeMap, error::Error};

use aws_sdk_cloudformation::{error::SdkError, operation::describe_stacks::DescribeStacksError};
use aws_types::SdkConfig;
use picket_aws::Fault;
use picket_shared::report::ErrorChain;

/// A stack's outputs, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StackOutputs {
    stack: String,
    outputs: BTreeMap<String, String>,
}

/// The configuration of AWS clients, and the value of an output of a stack, such as the name of a table.
pub(crate) async fn named(stack: &str, output: &str) -> Result<(SdkConfig, String), Fault> {
    let aws = crate::aws::config().await?;
    let outputs = StackOutputs::read(&aws, stack).await;
    let value = outputs.and_then(|outputs| outputs.get(output).map(str::to_owned));
    Ok((aws, value.map_err(Fault::permanent)?))
}

/// The sentence on why a stack cannot be described. CloudFormation has no error of its own for one that is none.
fn refusal(stack: &str, error: &SdkError<DescribeStacksError>) -> String {
    let service = error.as_service_error();
    let message = service.and_then(|service| service.meta().message());
    if message.is_some_and(|message| message.contains("does not exist")) {
        return format!("there is no stack {stack} in this account and Region");
    }
    let said = ErrorChain(error as &dyn Error);
    format!("the stack {stack} cannot be described: {said}")
}

impl StackOutputs {
    /// Reads the outputs of the stack of this name (`cloudformation:DescribeStacks`).
    pub(crate) async fn read(aws: &SdkConfig, stack: &str) -> Result<Self, String> {
        let answer = aws_sdk_cloudformation::Client::new(aws)
            .describe_stacks()
            .stack_name(stack)
            .send()
            .await
            .map_err(|error| refusal(stack, &error))?;
        let described = answer.stacks().first();
        let outputs = described.map(aws_sdk_cloudformation::types::Stack::outputs);
        let pair = |output: &aws_sdk_cloudformation::types::Output| {
            let (key, value) = (output.output_key()?, output.output_value()?);
            Some((key.to_owned(), value.to_owned()))
        };
        Ok(Self {
            stack: stack.to_owned(),
            outputs: outputs
                .unwrap_or_default()
                .iter()
                .filter_map(pair)
                .collect(),
        })
    }

    /// The value of an output.
    pub(crate) fn get(&self, name: &str) -> Result<&str, String> {
        let stack = &self.stack;
        self.outputs
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| format!("the stack {stack} has no output {name}; is it Picket's?"))
    }
}
