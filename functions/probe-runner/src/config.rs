//! Environment → typed configuration, every problem reported at once.

use std::{collections::BTreeSet, str::FromStr};

use picket_rules::probes::{Name, Probe, Probes};
use picket_shared::env::{Problems, Reader, Variables};

use crate::targets::{Endpoint, Targets};

/// The variables that the probe runner reads; the template sets exactly these.
pub const ENV: &[&str] = &[
    "ENVIRONMENT",
    "STACK_NAME",
    "QUARANTINE_BUCKET",
    "PROBE_TARGETS",
    "PROBE_PARAMETER_PREFIX",
    "PROBE_DATABASE_AUTHENTICATION",
    "PROBE_ROOTS_PARAMETER",
];

/// The configuration of the probe runner.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// `dev`, `staging`, `prod`: the dimension of the workloads' metrics.
    pub environment: String,
    /// The stack: the dimension of Picket's own metrics.
    pub stack: String,
    /// The quarantine bucket's name, for datapoints that CloudWatch rejects.
    pub quarantine_bucket: String,
    /// The probes that are on in this stack.
    pub probes: Vec<ActiveProbe>,
    /// The credentials for databases.
    pub secrets: Secrets,
}

/// A probe that is on, with its endpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct ActiveProbe {
    /// `workload/probe`: the dimension `Probe`.
    pub id: String,
    /// The probe.
    pub probe: Probe,
    /// The endpoint that it queries.
    pub endpoint: Endpoint,
}

/// The names of secrets in Parameter Store, and the authentication to databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secrets {
    /// The path in Parameter Store: a database's password is `<prefix>/<target>`.
    pub prefix: String,
    /// The authentication to databases.
    pub authentication: Authentication,
    /// The parameter with root certificates (PEM) that are trusted besides Mozilla's.
    pub roots: Option<String>,
}

/// The authentication to databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// `password`: a password in Parameter Store.
    Password,
    /// `iam`: a token that the function's role signs; RDS and Aurora.
    Iam,
}

impl FromStr for Authentication {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "password" => Ok(Self::Password),
            "iam" => Ok(Self::Iam),
            _ => Err("expected password or iam"),
        }
    }
}

impl Secrets {
    /// The parameter that holds a target's password.
    pub fn password_of(&self, target: &Name) -> String {
        format!("{}/{target}", self.prefix)
    }
}

impl Config {
    /// Reads the configuration for the probes of workloads, or returns all its problems.
    pub fn read(variables: &impl Variables, workloads: &[Probes]) -> Result<Self, Problems> {
        let mut reader = Reader::new(variables);
        let environment = reader.required("ENVIRONMENT");
        let stack = reader.required("STACK_NAME");
        let quarantine_bucket = reader.required("QUARANTINE_BUCKET");
        let targets = targets(&mut reader);
        let prefix = reader.required("PROBE_PARAMETER_PREFIX");
        let authentication = reader.required("PROBE_DATABASE_AUTHENTICATION");
        let roots = reader.optional("PROBE_ROOTS_PARAMETER");
        let probes = targets.map(|targets| place_all(&mut reader, &targets, workloads));
        reader.finish(|| {
            Some(Self {
                environment: environment?,
                stack: stack?,
                quarantine_bucket: quarantine_bucket?,
                probes: probes?,
                secrets: Secrets {
                    prefix: prefix?,
                    authentication: authentication?,
                    roots,
                },
            })
        })
    }
}

/// Reads targets as text: the reader's errors repeat what they cannot parse, and a target may contain a password by
/// mistake.
fn targets<V: Variables>(reader: &mut Reader<'_, V>) -> Option<Targets> {
    let text: String = reader.required("PROBE_TARGETS")?;
    text.parse()
        .map_err(|error: String| reader.refuse(format!("PROBE_TARGETS cannot be read: {error}")))
        .ok()
}

fn place_all<V: Variables>(
    reader: &mut Reader<'_, V>,
    targets: &Targets,
    workloads: &[Probes],
) -> Vec<ActiveProbe> {
    let mut active = Vec::new();
    let mut used = BTreeSet::new();
    for (workload, probe) in workloads
        .iter()
        .flat_map(|file| file.probes.iter().map(|probe| (&file.workload, probe)))
    {
        let id = format!("{workload}/{}", probe.name);
        used.extend(probe.target());
        match targets.endpoint(probe) {
            Ok(Some(endpoint)) => active.push(ActiveProbe {
                id,
                probe: probe.clone(),
                endpoint,
            }),
            Ok(None) => {}
            Err(problem) => reader.refuse(format!("PROBE_TARGETS, for the probe {id}: {problem}")),
        }
    }
    for name in targets.names().filter(|name| !used.contains(name)) {
        reader.refuse(format!("PROBE_TARGETS names {name}, which no probe uses"));
    }
    active
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    const PROBES: &str = "
Workload: shop
Probes:
  - { Name: front, Every: 1m, Http: { Target: shop }, Metrics: [{ Value: status, MetricNamespace: N, MetricName: A }] }
  - { Name: fixed, Every: 1m, Http: { Url: 'https://shop.example.com' }, Metrics: [{ Value: status, MetricNamespace: N, MetricName: B }] }
  - { Name: orders, Every: 1m, PostgreSQL: { Target: orders, Statement: SELECT 1 AS n }, Metrics: [{ Column: n, MetricNamespace: N, MetricName: C }] }
";

    fn read(targets: &'static str) -> Result<Config, Problems> {
        let workloads = [picket_rules::probes::parse("probes.yaml", PROBES).unwrap()];
        let variables = HashMap::from([
            ("ENVIRONMENT", "dev"),
            ("STACK_NAME", "picket-dev"),
            ("QUARANTINE_BUCKET", "quarantine"),
            ("PROBE_TARGETS", targets),
            ("PROBE_PARAMETER_PREFIX", "/picket/probes"),
            ("PROBE_DATABASE_AUTHENTICATION", "password"),
            ("PROBE_ROOTS_PARAMETER", ""),
        ]);
        Config::read(&variables, &workloads)
    }

    #[test]
    fn a_probe_without_a_target_in_this_stack_is_off() {
        let ids = |targets| -> Vec<String> {
            let config = read(targets).unwrap();
            config.probes.into_iter().map(|active| active.id).collect()
        };
        assert_eq!(ids("shop= orders="), ["shop/fixed"]);
        assert_eq!(ids("shop=https://a/ orders="), ["shop/front", "shop/fixed"]);
        assert_eq!(
            ids("shop= orders=postgresql://u@h/d"),
            ["shop/fixed", "shop/orders"]
        );
    }

    #[test]
    fn every_problem_is_said_at_once() {
        let problems = read("shop=ftp://a orders=postgresql://u:hunter2@h/d baskets=x")
            .unwrap_err()
            .0;
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(
            problems[0].contains("for the probe shop/front: target shop: an address starts with")
        );
        assert!(problems[1].contains("it holds a password"));
        assert!(problems[2].contains("names baskets, which no probe uses"));
        assert!(!format!("{problems:?}").contains("hunter2"));
        let problems = read("shop=").unwrap_err().0;
        assert_eq!(
            problems,
            ["PROBE_TARGETS, for the probe shop/orders: there is no target orders"]
        );
        let workloads = [picket_rules::probes::parse("probes.yaml", PROBES).unwrap()];
        let problems = Config::read(&HashMap::new(), &workloads).unwrap_err().0;
        assert_eq!(
            problems.len(),
            ENV.len() - 1,
            "all but the roots: {problems:?}"
        );
    }

    #[test]
    fn targets_make_a_process_the_probe_runner() {}
}
