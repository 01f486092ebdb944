//! The settings that an operator has in AWS before a deployment: the forwarder's secrets, and routes in the override
//! bucket.

use anyhow::{Context, Result};

use super::routes::Routes;
use crate::{aws::Clients, deploy::OVERRIDES, pagerduty, slack};

/// The prefix of the parameters that hold their addresses.
pub(super) const PARAMETER_PREFIX: &str = "/picket/slack";

/// Puts the bot token, and the addresses of the webhooks and the keys of the integrations that the routes name.
pub(super) async fn put_secrets(clients: &Clients, server: &str, routes: &Routes) -> Result<()> {
    let webhooks = routes.webhooks.iter();
    let webhooks = webhooks.map(|name| (name.as_str(), slack::webhook_url(server, name)));
    let integrations = routes.integrations.iter();
    let integrations = integrations.map(|name| (name.as_str(), pagerduty::KEY.to_owned()));
    let token = [("bot-token", slack::TOKEN.to_owned())];
    for (name, value) in webhooks.chain(integrations).chain(token) {
        put_secret(clients, &format!("{PARAMETER_PREFIX}/{name}"), &value).await?;
    }
    Ok(())
}

async fn put_secret(clients: &Clients, name: &str, value: &str) -> Result<()> {
    clients
        .ssm()
        .put_parameter()
        .name(name)
        .value(value)
        .r#type(aws_sdk_ssm::types::ParameterType::SecureString)
        .overwrite(true)
        .send()
        .await
        .with_context(|| format!("the parameter {name} cannot be put"))?;
    Ok(())
}

/// Puts the routes as an override of the stack.
pub(super) async fn put_routes(clients: &Clients, stack: &str, routes: &Routes) -> Result<()> {
    let bucket = clients.s3().create_bucket().bucket(OVERRIDES).send();
    bucket
        .await
        .with_context(|| format!("the bucket {OVERRIDES} cannot be made"))?;
    let key = format!("{stack}/routes.yaml");
    let put = clients.s3().put_object().bucket(OVERRIDES).key(&key);
    put.body(routes.text.clone().into_bytes().into())
        .send()
        .await
        .with_context(|| format!("the object {key} cannot be put"))?;
    Ok(())
}
