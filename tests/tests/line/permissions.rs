//! Roles, as the emulator enforces them.

use anyhow::{Context, Result, ensure};
use aws_config::sts::AssumeRoleProvider;
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_dynamodb::types::AttributeValue;
use picket_line::{aws::Clients, line::Line};

use crate::Outcome;

/// The event processor reads and writes its chain, and neither the ledger nor secrets.
pub(crate) async fn refused(line: &Line) -> Outcome {
    let clients = assume(line, line.outputs.get("EventProcessorRole")?).await?;
    let (chains, ledger) = (
        line.outputs.get("ChainTable")?,
        line.outputs.get("LedgerTable")?,
    );
    let read = async |table: &str, key: &str| {
        clients
            .dynamodb()
            .query()
            .table_name(table)
            .key_condition_expression(format!("{key} = :value"))
            .expression_attribute_values(":value", AttributeValue::S("registry".into()))
            .send()
            .await
            .map_err(|error| format!("{:?}", error.into_service_error()))
    };
    let own = read(chains, "chain").await;
    ensure!(own.is_ok(), "it may not read its own chain: {own:?}");
    let foreign = read(ledger, "#day").await.err().unwrap_or_default();
    ensure!(
        foreign.contains("AccessDenied"),
        "the ledger is not refused to it: {foreign}"
    );
    let secret = clients
        .ssm()
        .get_parameter()
        .name("/picket/slack/alerts")
        .send()
        .await;
    let secret = secret
        .map_err(|error| format!("{:?}", error.into_service_error()))
        .err()
        .unwrap_or_default();
    ensure!(
        secret.contains("AccessDenied"),
        "secrets are not refused to it: {secret}"
    );
    Ok(())
}

async fn assume(line: &Line, role: &str) -> Result<Clients> {
    let provider = AssumeRoleProvider::builder(role)
        .session_name("line-test")
        .configure(line.clients.config())
        .build()
        .await;
    let credentials = provider
        .provide_credentials()
        .await
        .context("the role cannot be assumed")?;
    Ok(Clients::with(line.clients.endpoint(), credentials).await)
}
