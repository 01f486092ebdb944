//! Automation documents, from Systems Manager.

use aws_sdk_ssm::operation::describe_document::DescribeDocumentError;
use picket_aws::Fault;

use super::{Adapters, settings::automation::document_resource};
use crate::actions::run_automation::{Document, ReadDocument};

impl ReadDocument for Adapters {
    fn is_listed(&self, arn: &str) -> bool {
        self.documents.iter().any(|listed| listed == arn)
    }

    async fn document(&self, name: &str) -> Result<Option<Document>, Fault> {
        match self.ssm.describe_document().name(name).send().await {
            Ok(answer) => {
                let found = answer.document().ok_or_else(|| {
                    Fault::permanent(format!("SSM's answer about the document {name} is empty"))
                })?;
                let kind = found
                    .document_type()
                    .map_or("unknown", |kind| kind.as_str());
                let parameters = found.parameters().iter();
                Ok(Some(Document {
                    kind: kind.to_owned(),
                    parameters: parameters
                        .filter_map(|parameter| parameter.name().map(str::to_owned))
                        .collect(),
                }))
            }
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeDocumentError::is_invalid_document) =>
            {
                Ok(None)
            }
            Err(error) => Err(Fault::of(&document_resource(name), "read", error)),
        }
    }
}
