use serde_json::{Map, Value, json};

/// The event that Lambda gets from SNS, made of the body that SQS gets from it. The two spell two fields differently.
pub fn lambda_event(body: &Value, subscription_arn: &str) -> Value {
    let mut sns = Map::new();
    for name in [
        "Type",
        "MessageId",
        "TopicArn",
        "Subject",
        "Message",
        "Timestamp",
        "SignatureVersion",
        "Signature",
    ] {
        sns.insert(name.to_owned(), body[name].clone());
    }
    sns.insert("SigningCertUrl".to_owned(), body["SigningCertURL"].clone());
    sns.insert("UnsubscribeUrl".to_owned(), body["UnsubscribeURL"].clone());
    let attributes = match &body["MessageAttributes"] {
        Value::Null => json!({}),
        attributes => attributes.clone(),
    };
    sns.insert("MessageAttributes".to_owned(), attributes);
    json!({"Records": [{
        "EventVersion": "1.0",
        "EventSubscriptionArn": subscription_arn,
        "EventSource": "aws:sns",
        "Sns": sns,
    }]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_has_lambdas_spelling_and_shape() {
        let body = json!({
            "Type": "Notification", "MessageId": "m", "TopicArn": "t", "Message": "{}", "Timestamp": "2026-11-20T00:00:00.000Z",
            "SignatureVersion": "1", "Signature": "s", "SigningCertURL": "c", "UnsubscribeURL": "u",
        });
        let event = lambda_event(&body, "arn");
        let record = &event["Records"][0];
        assert_eq!(record["EventSubscriptionArn"], "arn");
        assert_eq!(record["Sns"]["SigningCertUrl"], "c");
        assert_eq!(record["Sns"]["UnsubscribeUrl"], "u");
        assert_eq!(record["Sns"]["Subject"], Value::Null);
        assert_eq!(record["Sns"]["MessageAttributes"], json!({}));
        assert_eq!(record["Sns"]["Message"], "{}");
    }
}
