//! The parameters of Systems Manager.

use aws_sdk_ssm::{
    Client,
    error::ProvideErrorMetadata,
    operation::get_parameter::GetParameterError,
    types::{ParameterType, ResourceTypeForTagging as Kind},
};
use picket_aws::{Fault, fault::Resource};

use super::{automation::document_resource, not_of_its_kind};
use crate::setting::{Reading, Value};

type Tags = std::collections::BTreeMap<String, String>;

fn parameter_resource(name: &str) -> Resource {
    Resource::new(
        "parameter",
        name,
        "create it as a String parameter or correct the playbook",
    )
}

/// The value of a parameter of the type String (`ssm:GetParameter`). The others are refused: the value of a
/// `SecureString` would be in messages and in the audit.
pub(super) async fn read(ssm: &Client, name: &str) -> Result<Option<Reading>, Fault> {
    let answer = ssm.get_parameter().name(name).send().await;
    let answer = match answer {
        Ok(answer) => answer,
        Err(error)
            if error
                .as_service_error()
                .is_some_and(GetParameterError::is_parameter_not_found) =>
        {
            return Ok(None);
        }
        Err(error) if error.code() == Some("AccessDeniedException") => {
            return Err(Fault::permanent(format!(
                "this function may not read the parameter {name}; its owner allows it with the tag picket:remediate=true"
            ))
            .because(error));
        }
        Err(error) => return Err(Fault::of(&parameter_resource(name), "read", error)),
    };
    let parameter = answer
        .parameter
        .ok_or_else(|| Fault::permanent(format!("SSM gave no parameter {name}")))?;
    match (parameter.r#type, parameter.value) {
        (Some(ParameterType::String), Some(value)) => {
            Ok(Some(Reading::settled(Value::Text(value))))
        }
        (kind, _) => Err(Fault::permanent(format!(
            "the parameter {name} is of the type {}, and only a String is changed",
            kind.as_ref().map_or("unknown", ParameterType::as_str)
        ))),
    }
}

/// Sets the value of a parameter (`ssm:PutParameter`). Parameter Store refuses the type where the parameter has become
/// one of another: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>.
pub(super) async fn write(ssm: &Client, name: &str, value: &Value) -> Result<(), Fault> {
    let Value::Text(value) = value else {
        return Err(not_of_its_kind(&value.to_string()));
    };
    let answer = ssm
        .put_parameter()
        .name(name)
        .value(value)
        .r#type(ParameterType::String)
        .overwrite(true)
        .send()
        .await;
    let resource = parameter_resource(name);
    answer.map(|_| ()).map_err(|error| match error.code() {
        // Another update of the same parameter is under way.
        Some("TooManyUpdates") => Fault::transient(format!(
            "could not write the {resource} now (TooManyUpdates); it is tried again"
        ))
        .because(error),
        _ => Fault::of(&resource, "write", error),
    })
}

/// The tags of a parameter.
pub(in crate::adapters) async fn read_tags(ssm: &Client, name: &str) -> Result<Tags, Fault> {
    tags(ssm, Kind::Parameter, name, &parameter_resource(name)).await
}

/// The tags of a document.
pub(in crate::adapters) async fn read_document_tags(
    ssm: &Client,
    name: &str,
) -> Result<Tags, Fault> {
    tags(ssm, Kind::Document, name, &document_resource(name)).await
}

/// The tags of a resource (`ssm:ListTagsForResource`).
async fn tags(ssm: &Client, kind: Kind, id: &str, resource: &Resource) -> Result<Tags, Fault> {
    let answer = ssm
        .list_tags_for_resource()
        .resource_type(kind)
        .resource_id(id)
        .send()
        .await;
    let answer = answer.map_err(|error| Fault::of(resource, "read the tags of", error))?;
    let tags = answer.tag_list.unwrap_or_default();
    Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}
