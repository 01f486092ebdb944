//! Requests to Bedrock's control plane of agents and to its knowledge bases. Six requests are all that probes need of two
//! services, whose SDKs would double the time of a build.

use aws_sigv4::http_request::SigningSettings;
use picket_shared::clock::{Clock, SystemClock};
use reqwest::{Method, StatusCode, Url, header::CONTENT_TYPE};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Adapters, token::Signable};
use crate::{
    failure::{Failure, Reason},
    ports::{AgentState, ReadAgent, ReadKnowledgeBase, Retrieve},
    targets::{AgentAddress, ResourceId},
};

/// The name of both services in a signature.
const SERVICE: &str = "bedrock";
/// The service of agents, their aliases and knowledge bases.
const CONTROL: &str = "bedrock-agent";
/// The service that queries knowledge bases.
const RUNTIME: &str = "bedrock-agent-runtime";
/// The alias of a draft, which has no version of its own.
const DRAFT_ALIAS: &str = "TSTALIASID";
/// The version of a draft.
const DRAFT: &str = "DRAFT";
/// Action groups of a page: `maxResults` of `ListAgentActionGroups` is at most 1,000, and an agent has at most 20
/// (Bedrock's quotas).
const GROUPS: u32 = 1_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Agent {
    agent_status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Alias {
    #[serde(rename = "agentAliasStatus")]
    status: String,
    #[serde(rename = "aliasInvocationState")]
    invocation_state: Option<String>,
    #[serde(default)]
    routing_configuration: Vec<Routing>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Routing {
    agent_version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Groups {
    action_group_summaries: Vec<Group>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Group {
    action_group_name: String,
    action_group_state: String,
}

/// A request to one of the services.
struct Request<'r> {
    service: &'static str,
    region: &'r str,
    method: Method,
    path: String,
    body: Option<Value>,
}

impl<'r> Request<'r> {
    fn get(region: &'r str, path: String) -> Self {
        Self {
            service: CONTROL,
            region,
            method: Method::GET,
            path,
            body: None,
        }
    }

    /// The address: that of the service in its Region, or the given one.
    fn url(&self, endpoint: Option<&str>) -> Result<Url, Failure> {
        let Self {
            service,
            region,
            path,
            ..
        } = self;
        let suffix = if region.starts_with("cn-") {
            "amazonaws.com.cn"
        } else {
            "amazonaws.com"
        };
        let host = endpoint.map_or_else(
            || format!("https://{service}.{region}.{suffix}"),
            |endpoint| endpoint.trim_end_matches('/').to_owned(),
        );
        Url::parse(&format!("{host}{path}"))
            .map_err(|error| Failure::new(Reason::Setup, "no address of Bedrock").because(error))
    }
}

impl Adapters {
    /// Sends a request; `None` where what it is about does not exist.
    async fn ask(&self, request: &Request<'_>) -> Result<Option<Value>, Failure> {
        let url = request.url(self.endpoint.as_deref())?;
        let body = request.body.as_ref().map(Value::to_string);
        let body = body.unwrap_or_default();
        let signable = Signable {
            service: SERVICE,
            region: request.region,
            method: request.method.as_str(),
            url: &url,
            body: body.as_bytes(),
        };
        let settings = SigningSettings::default();
        let signed = self.signer.sign(signable, settings, SystemClock.now());
        let signed = signed.await?;
        let web = &self.trust().await?.web;
        let mut sent = web.request(request.method.clone(), url);
        for (name, value) in signed.headers() {
            sent = sent.header(name, value);
        }
        let sent = sent.header(CONTENT_TYPE, "application/json").body(body);
        let answer = sent.send().await.map_err(unreachable)?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(unreachable)?;
        match status {
            StatusCode::OK => serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|error| unreadable().because(error)),
            StatusCode::NOT_FOUND => Ok(None),
            status => Err(refusal(status, &bytes)),
        }
    }
}

impl ReadAgent for Adapters {
    async fn read_agent(&self, address: &AgentAddress) -> Result<Option<AgentState>, Failure> {
        let region = address.region.as_str();
        let (agent, alias) = (address.agent.as_str(), address.alias.as_str());
        let asked = Request::get(region, format!("/agents/{agent}/"));
        let Some(found) = self.ask(&asked).await? else {
            return Ok(None);
        };
        let state: Agent = part(&found, "agent")?;
        let asked = Request::get(region, format!("/agents/{agent}/agentaliases/{alias}/"));
        let Some(found) = self.ask(&asked).await? else {
            return Ok(None);
        };
        let of_alias: Alias = part(&found, "agentAlias")?;
        let mut routing = of_alias.routing_configuration.into_iter();
        let version = if alias == DRAFT_ALIAS {
            Some(DRAFT.to_owned())
        } else {
            routing.find_map(|routing| routing.agent_version)
        };
        let groups = match version {
            Some(version) => self.action_groups(address, &version).await?,
            None => Vec::new(),
        };
        Ok(Some(AgentState {
            agent: state.agent_status,
            alias: of_alias.status,
            rejects: of_alias.invocation_state.as_deref() == Some("REJECT_INVOCATIONS"),
            action_groups: groups,
        }))
    }
}

impl Adapters {
    async fn action_groups(
        &self,
        address: &AgentAddress,
        version: &str,
    ) -> Result<Vec<(String, String)>, Failure> {
        // It becomes part of a path.
        if !version.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(unreadable());
        }
        let agent = address.agent.as_str();
        let request = Request {
            method: Method::POST,
            body: Some(json!({ "maxResults": GROUPS })),
            ..Request::get(
                &address.region,
                format!("/agents/{agent}/agentversions/{version}/actiongroups/"),
            )
        };
        let found = self.ask(&request).await?.unwrap_or_default();
        let groups: Groups =
            serde_json::from_value(found).map_err(|error| unreadable().because(error))?;
        let groups = groups.action_group_summaries.into_iter();
        Ok(groups
            .map(|group| (group.action_group_name, group.action_group_state))
            .collect())
    }
}

impl ReadKnowledgeBase for Adapters {
    async fn read_knowledge_base(&self, id: &ResourceId) -> Result<Option<String>, Failure> {
        #[derive(Deserialize)]
        struct KnowledgeBase {
            status: String,
        }
        let path = format!("/knowledgebases/{}", id.as_str());
        let request = Request::get(self.signer.region(), path);
        match self.ask(&request).await? {
            Some(found) => {
                part(&found, "knowledgeBase").map(|base: KnowledgeBase| Some(base.status))
            }
            None => Ok(None),
        }
    }
}

impl Retrieve for Adapters {
    async fn retrieve(&self, id: &ResourceId, text: &str) -> Result<(), Failure> {
        let request = Request {
            service: RUNTIME,
            region: self.signer.region(),
            method: Method::POST,
            path: format!("/knowledgebases/{}/retrieve", id.as_str()),
            // One result says as much as many.
            body: Some(json!({
                "retrievalQuery": { "text": text },
                "retrievalConfiguration": { "vectorSearchConfiguration": { "numberOfResults": 1 } },
            })),
        };
        let found = self.ask(&request).await?;
        let results = found
            .as_ref()
            .and_then(|found| found["retrievalResults"].as_array());
        match results {
            Some(_) => Ok(()),
            None if found.is_none() => Err(Failure::new(
                Reason::Status,
                "the knowledge base does not exist",
            )),
            None => Err(unreadable()),
        }
    }
}

fn part<T: for<'de> Deserialize<'de>>(found: &Value, name: &str) -> Result<T, Failure> {
    T::deserialize(&found[name]).map_err(|error| unreadable().because(error))
}

fn unreadable() -> Failure {
    Failure::new(
        Reason::Answer,
        "Bedrock's answer lacks what the API reference names",
    )
}

fn unreachable(error: reqwest::Error) -> Failure {
    let (reason, why) = if error.is_timeout() {
        (Reason::Timeout, "Bedrock did not answer in time")
    } else {
        (Reason::Unreachable, "Bedrock did not answer")
    };
    Failure::new(reason, why).because(error.without_url())
}

/// The failure of a status, with the sentence of the answer.
fn refusal(status: StatusCode, body: &[u8]) -> Failure {
    // A dependency that failed is the knowledge base's store, or the model that embeds the query.
    let is_outage =
        [StatusCode::TOO_MANY_REQUESTS, StatusCode::FAILED_DEPENDENCY].contains(&status);
    let reason = if is_outage || status.is_server_error() {
        Reason::Unavailable
    } else {
        Reason::Refused
    };
    let message = serde_json::from_slice::<Value>(body).unwrap_or_default();
    let message = message["message"].as_str().unwrap_or("no reason given");
    Failure::new(reason, format!("Bedrock answered {status}: {message}"))
}
