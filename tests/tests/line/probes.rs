//! Probes, asked by the deployed function with its role: an address on this machine, and a table in the emulator.

use anyhow::{Context, ensure};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement,
    KeyType, Projection, ProjectionType, ScalarAttributeType,
};
use picket_line::line::{Line, Options};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::Outcome;

const TABLE: &str = "inquiries";

/// Makes the deployment probe an address that answers, and a table.
pub(crate) async fn switched_on(mut options: Options) -> anyhow::Result<Options> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 1024]).await;
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
            let _ = stream.write_all(answer).await;
        }
    });
    let table = format!("arn:aws:dynamodb:us-east-1:000000000000:table/{TABLE}");
    for (name, value) in [
        ("WebApiUrl", format!("http://{address}/health")),
        ("SchedulingAgentUrl", format!("http://{address}/agent")),
        ("InquiryTableArn", table),
    ] {
        options.parameters.push((name.to_owned(), value));
    }
    Ok(options)
}

/// All answer, and their metrics are listed.
pub(crate) async fn asked(line: &Line) -> Outcome {
    fill_table(line).await?;
    let event = json!({
        "picket": {"kind": "probe", "version": 1},
        "probes": ["web-api/health", "scheduling-agent/backend", "inquiry-pipeline/open-inquiries"],
    });
    let answer = line.invoke("ProbeRunner", &event).await?;
    ensure!(answer["asked"] == 3, "{answer}");
    ensure!(answer["failed"] == json!([]), "{answer}");
    for (namespace, metric) in [
        ("Picket/WebApi", "Availability"),
        ("SchedulingAgent", "Availability"),
        ("Picket/InquiryPipeline", "OpenInquiries"),
        ("Picket", "ProbeFailed"),
    ] {
        let cloudwatch = line.clients.cloudwatch();
        let listed = cloudwatch
            .list_metrics()
            .namespace(namespace)
            .send()
            .await?;
        let mut names = listed
            .metrics()
            .iter()
            .filter_map(|metric| metric.metric_name());
        ensure!(
            names.any(|name| name == metric),
            "{namespace} has no {metric}"
        );
    }
    Ok(())
}

async fn fill_table(line: &Line) -> Outcome {
    let client = line.clients.dynamodb();
    let attribute = |name: &str| {
        let kind = ScalarAttributeType::S;
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(kind)
            .build()
    };
    let key = |name: &str| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(KeyType::Hash)
            .build()
    };
    let projection = Projection::builder()
        .projection_type(ProjectionType::KeysOnly)
        .build();
    let index = GlobalSecondaryIndex::builder()
        .index_name("by-state")
        .key_schema(key("state")?)
        .projection(projection)
        .build()?;
    client
        .create_table()
        .table_name(TABLE)
        .attribute_definitions(attribute("id")?)
        .attribute_definitions(attribute("state")?)
        .key_schema(key("id")?)
        .global_secondary_indexes(index)
        .billing_mode(BillingMode::PayPerRequest)
        .send()
        .await
        .context("the table was not made")?;
    for (id, state) in [("1", "open"), ("2", "open"), ("3", "done")] {
        client
            .put_item()
            .table_name(TABLE)
            .item("id", AttributeValue::S(id.to_owned()))
            .item("state", AttributeValue::S(state.to_owned()))
            .send()
            .await?;
    }
    Ok(())
}
