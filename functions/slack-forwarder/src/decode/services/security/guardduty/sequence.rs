//! The attack sequence of a finding: several signals about several resources, of which no single one need be alarming.
//! Such a finding has no resource of its own.
//! <https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Sequence.html>

use super::band;
use crate::{
    decode::lenient::{Node, joined, words},
    draft::number,
};

/// The sequence of a finding; of one without, every part is empty.
pub(super) struct Sequence<'a>(Node<'a>);

impl<'a> Sequence<'a> {
    pub(super) fn of(finding: Node<'a>) -> Self {
        Self(finding.at("service/detection/sequence"))
    }

    pub(super) fn description(&self) -> Option<String> {
        self.0.text("description")
    }

    /// The names of the resources.
    pub(super) fn names(&self) -> Option<String> {
        let name = |resource: Node<'_>| resource.first(&["name", "uid"]);
        joined_all(self.0.list("resources").into_iter().filter_map(name))
    }

    /// `S3 BUCKET orders-exports`, a line each, with the account where it is named.
    pub(super) fn resources(&self) -> Vec<String> {
        let line = |resource: Node<'_>| {
            let kind = resource.text("resourceType").map(|kind| words(&kind));
            let name = resource.first(&["name", "uid"])?;
            let account = resource.text("accountId");
            let parts = [
                kind,
                Some(name),
                account.map(|account| format!("({account})")),
            ];
            Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
        };
        self.0
            .list("resources")
            .into_iter()
            .filter_map(line)
            .collect()
    }

    /// `HIGH 8 · Discovery:S3/AnomalousBehavior · 3 times`, a line each.
    pub(super) fn signals(&self) -> Vec<String> {
        let line = |signal: Node<'_>| {
            let severity = signal.number("severity");
            let severity =
                severity.map(|severity| format!("{} {}", band(severity), number::value(severity)));
            let name = signal.first(&["name", "description", "type", "uid"])?;
            let count = signal.number("count").filter(|count| *count > 1.0);
            let count = count.map(|count| format!("{} times", number::value(count)));
            let parts = [severity, Some(name), count];
            Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
        };
        self.0
            .list("signals")
            .into_iter()
            .filter_map(line)
            .collect()
    }

    /// The users that acted.
    pub(super) fn actors(&self) -> Option<String> {
        let name = |actor: Node<'_>| actor.first(&["user/name", "process/name", "id"]);
        joined_all(self.0.list("actors").into_iter().filter_map(name))
    }

    /// `198.51.100.7, Peru; example.com`
    pub(super) fn endpoints(&self) -> Option<String> {
        let line = |endpoint: Node<'_>| {
            let address = endpoint.first(&["ip", "domain"])?;
            let country = endpoint.text("location/country");
            Some(country.map_or(address.clone(), |country| format!("{address} ({country})")))
        };
        joined_all(self.0.list("endpoints").into_iter().filter_map(line))
    }

    /// `ATTACK TACTIC: Discovery, Exfiltration`, a line each.
    pub(super) fn indicators(&self) -> Vec<String> {
        let line = |indicator: Node<'_>| {
            let name = indicator
                .first(&["title", "key"])
                .map(|name| words(&name))?;
            let values = indicator.text("values");
            Some(values.map_or(name.clone(), |values| format!("{name}: {values}")))
        };
        let indicators = self.0.list("sequenceIndicators");
        indicators.into_iter().filter_map(line).collect()
    }
}

fn joined_all(words: impl Iterator<Item = String>) -> Option<String> {
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| joined(&words))
}

#[cfg(test)]
mod tests;
