//! Addresses of agents and knowledge bases of Bedrock.

use std::str::FromStr;

/// An alias of an agent of Bedrock, by its ARN: `arn:aws:bedrock:<region>:<account>:agent-alias/<agent>/<alias>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentAddress {
    /// The Region.
    pub region: String,
    /// The agent's id.
    pub agent: ResourceId,
    /// The alias's id.
    pub alias: ResourceId,
}

/// An id of Bedrock: ten letters and digits, and `TSTALIASID` for an agent's draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceId(String);

impl ResourceId {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ResourceId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_id = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_id
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| format!("{text:?} is not an id of ten letters and digits"))
    }
}

impl FromStr for AgentAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || {
            format!(
                "{text:?} is not the ARN of an alias of an agent, arn:aws:bedrock:<region>:<account>:agent-alias/<agent>/<alias>"
            )
        };
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", _, "bedrock", region, _, resource] = parts[..] else {
            return Err(refused());
        };
        let ids = resource
            .strip_prefix("agent-alias/")
            .and_then(|ids| ids.split_once('/'));
        let (agent, alias) = ids.ok_or_else(refused)?;
        let is_region = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if region.is_empty() || !region.bytes().all(is_region) {
            return Err(refused());
        }
        Ok(Self {
            region: region.to_owned(),
            agent: agent.parse()?,
            alias: alias.parse()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_an_arn_and_its_ids_cannot_change_a_path() {
        let arn = "arn:aws:bedrock:eu-central-1:111122223333:agent-alias/AGENT12345/TSTALIASID";
        let address: AgentAddress = arn.parse().unwrap();
        assert_eq!(address.region, "eu-central-1");
        assert_eq!(address.agent.as_str(), "AGENT12345");
        assert_eq!(address.alias.as_str(), "TSTALIASID");
        for text in [
            "AGENT12345/TSTALIASID",
            "arn:aws:bedrock:eu-central-1:111122223333:agent/AGENT12345",
            "arn:aws:bedrock::111122223333:agent-alias/AGENT12345/TSTALIASID",
            "arn:aws:bedrock:evil.example/#:1:agent-alias/AGENT12345/TSTALIASID",
            "arn:aws:bedrock:eu-central-1:1:agent-alias/AGENT12345/../x",
            "arn:aws:lambda:eu-central-1:1:agent-alias/AGENT12345/TSTALIASID",
        ] {
            assert!(text.parse::<AgentAddress>().is_err(), "{text}");
        }
        for text in ["", "KB1234567", "KB12345678/", "KB1234567%"] {
            assert!(text.parse::<ResourceId>().is_err(), "{text}");
        }
    }
}
