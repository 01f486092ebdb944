//! The settings that an operator has in AWS before a deployment: the forwarder's secrets, and routes in the override
//! bucket.

use anyhow::{Context, Result};

use crate::{aws::Clients, pagerduty, slack};

/// The webhooks that the routes name.
const WEBHOOKS: [&str; 3] = ["critical", "warning", "info"];
/// The prefix of the parameters that hold their addresses.
pub(super) const PARAMETER_PREFIX: &str = "/picket/slack";
/// The bucket that a deployment reads its overrides from, and what is in it: routes with sinks whose names are the
/// operator's.
pub const OVERRIDES: &str = "picket-overrides";
/// See [`OVERRIDES`].
const ROUTES: &str = include_str!("routes.yaml");

/// Puts the addresses of the webhooks, the bot token and PagerDuty's key.
pub(super) async fn put_secrets(clients: &Clients, server: &str) -> Result<()> {
    for webhook in WEBHOOKS {
        let url = slack::webhook_url(server, webhook);
        put_secret(clients, &format!("{PARAMETER_PREFIX}/{webhook}"), &url).await?;
    }
    for (name, value) in [("bot-token", slack::TOKEN), ("on-call", pagerduty::KEY)] {
        put_secret(clients, &format!("{PARAMETER_PREFIX}/{name}"), value).await?;
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
pub(super) async fn put_routes(clients: &Clients, stack: &str) -> Result<()> {
    let bucket = clients.s3().create_bucket().bucket(OVERRIDES).send();
    bucket
        .await
        .with_context(|| format!("the bucket {OVERRIDES} cannot be made"))?;
    let key = format!("{stack}/routes.yaml");
    let put = clients.s3().put_object().bucket(OVERRIDES).key(&key);
    put.body(aws_sdk_s3::primitives::ByteStream::from_static(
        ROUTES.as_bytes(),
    ))
    .send()
    .await
    .with_context(|| format!("the object {key} cannot be put"))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_lines_routes_are_valid_and_name_what_the_line_has() {
        let routes = picket_rules::routes::parse("line/src/line/routes.yaml", ROUTES);
        assert!(routes.is_ok(), "{routes:?}");
        assert!(ROUTES.contains("{ webhook: info }") && ROUTES.contains("{ pagerduty: on-call }"));
    }

    #[test]
    fn every_webhook_that_a_route_names_has_an_address() {
        let routes = include_str!("../../../functions/slack-forwarder/routes.yaml");
        let named = routes
            .split("{ webhook: ")
            .skip(1)
            .filter_map(|rest| rest.split_once(' '))
            .map(|(name, _)| name);
        assert_eq!(
            WEBHOOKS.into_iter().collect::<BTreeSet<_>>(),
            named.collect::<BTreeSet<_>>()
        );
    }
}
