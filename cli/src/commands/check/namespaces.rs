//! Whether the roles of the functions allow the namespaces that rules and probes name. CloudWatch refuses a datapoint of
//! another.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use picket_alarms::template::document;
use picket_rules::{Problem, check::Format, metrics, probes};
use serde_json::Value;

/// The statement that allows `PutMetricData`.
const STATEMENT: &str = "Metrics";
/// The condition key that names the namespaces.
const KEY: &str = "cloudwatch:namespace";

/// A role, and the template that has it.
#[derive(Debug, Clone, Copy)]
struct Role {
    name: &'static str,
    template: &'static str,
    publisher: &'static str,
}

const OF_RULES: Role = Role {
    name: "MetricsPublisherRole",
    template: "template.yaml",
    publisher: "the metrics publisher",
};
const OF_PROBES: Role = Role {
    name: "ProbeRunnerRole",
    template: "functions/probe-runner/template.yaml",
    publisher: "the probe runner",
};

/// A namespace, and its line and column.
type Named = (String, (u64, u64));

/// The namespaces of a file that the role in the checkout's template does not allow, each with the line to change.
/// Nothing where the file is no valid file of rules or probes.
pub(super) fn problems(root: &Path, file: &str, text: &str) -> Vec<Problem> {
    let (role, named): (Role, Vec<Named>) = match Format::of(file, text) {
        Some(Format::Metrics) => {
            let rules = metrics::parse(file, text).ok();
            let named = rules.iter().flat_map(metrics::MetricRules::namespaces);
            (OF_RULES, named.map(owned).collect())
        }
        Some(Format::Probes) => {
            let probes = probes::parse(file, text).ok();
            let named = probes.iter().flat_map(probes::Probes::namespaces);
            (OF_PROBES, named.map(owned).collect())
        }
        _ => return Vec::new(),
    };
    let allowed = match Allowed::read(root, role) {
        Ok(allowed) => allowed,
        Err(message) => return vec![Problem::of_file(file, message)],
    };
    let mut seen = BTreeSet::new();
    let refused = named.into_iter().filter(|(namespace, _)| {
        !allowed.namespaces.contains(namespace) && seen.insert(namespace.clone())
    });
    let refused: Vec<_> = refused.collect();
    refused
        .iter()
        .map(|(namespace, at)| problem(file, *at, allowed.lacks(namespace)))
        .collect()
}

fn owned((namespace, at): (&str, (u64, u64))) -> (String, (u64, u64)) {
    (namespace.to_owned(), at)
}

fn problem(file: &str, (line, column): (u64, u64), message: String) -> Problem {
    Problem {
        file: file.to_owned(),
        line,
        column,
        message,
    }
}

/// What a role allows.
#[derive(Debug)]
struct Allowed {
    role: Role,
    /// The line of the condition, from 1.
    line: usize,
    namespaces: Vec<String>,
}

impl Allowed {
    fn read(root: &Path, role: Role) -> Result<Self, String> {
        let path: PathBuf = root.join(role.template);
        let cannot = |reason: String| {
            format!(
                "what {} may publish cannot be read of {}: {reason}",
                role.publisher, role.template
            )
        };
        let text = fs::read_to_string(&path).map_err(|error| cannot(error.to_string()))?;
        let template = document::read(&text).map_err(|error| cannot(error.to_string()))?;
        let namespaces = namespaces(&template, role.name).ok_or_else(|| {
            cannot(format!(
                "{} has no statement {STATEMENT} with {KEY}",
                role.name
            ))
        })?;
        Ok(Self {
            role,
            line: line(&text, role.name),
            namespaces,
        })
    }

    /// The sentence on a namespace that is not allowed.
    fn lacks(&self, namespace: &str) -> String {
        let Role {
            name,
            template,
            publisher,
        } = self.role;
        let mut list = self.namespaces.clone();
        list.push(namespace.to_owned());
        format!(
            "{publisher} may not publish to the namespace {namespace:?}: write `{KEY}: [{}]` in {template}, line {} \
             ({name}, statement {STATEMENT})",
            list.join(", "),
            self.line
        )
    }
}

/// The namespaces of the statement of a role.
fn namespaces(template: &Value, role: &str) -> Option<Vec<String>> {
    let policies = template["Resources"][role]["Properties"]["Policies"].as_array()?;
    let mut statements = policies
        .iter()
        .filter_map(|policy| policy["PolicyDocument"]["Statement"].as_array())
        .flatten();
    let statement = statements.find(|statement| statement["Sid"] == STATEMENT)?;
    match &statement["Condition"]["StringEquals"][KEY] {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(all) => {
            let names = all.iter().map(|name| name.as_str().map(str::to_owned));
            names.collect()
        }
        _ => None,
    }
}

/// The line of the condition: the first with its key after the role's logical id and the statement's.
fn line(text: &str, role: &str) -> usize {
    let mut lines = text.lines().zip(1..);
    let mut after = |words: &str| {
        let found = lines.find(|(line, _)| line.trim_start().starts_with(words));
        found.map_or(0, |(_, number)| number)
    };
    after(&format!("{role}:"));
    after(&format!("- Sid: {STATEMENT}"));
    after(&format!("{KEY}:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkout(namespaces: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let template = format!(
            "Resources:
  OtherRole: {{ Type: AWS::IAM::Role }}
  MetricsPublisherRole:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyDocument:
            Statement:
              - Sid: Chain
                Action: dynamodb:Query
              - Sid: Metrics
                Condition:
                  StringEquals:
                    cloudwatch:namespace: {namespaces}
"
        );
        fs::write(folder.path().join("template.yaml"), template).unwrap();
        folder
    }

    const RULES: &str = "Workload: orders
Rules:
  - FilterPattern: ''
    MetricTransformations:
      - { MetricNamespace: Orders, MetricName: A, MetricValue: 1 }
      - { MetricNamespace: Orders, MetricName: B, MetricValue: 1 }
      - { MetricNamespace: Picket, MetricName: C, MetricValue: 1 }
";

    #[test]
    fn a_namespace_that_the_role_does_not_allow_is_named_once_with_the_line_to_change() {
        for (namespaces, expected) in [
            ("[Picket, Other]", "[Picket, Other, Orders]"),
            ("Picket", "[Picket, Orders]"),
        ] {
            let folder = checkout(namespaces);
            let problems = problems(folder.path(), "orders/metrics.yaml", RULES);
            let [problem] = problems.as_slice() else {
                panic!("{problems:?}")
            };
            assert_eq!(problem.line, 5);
            let change =
                format!("write `cloudwatch:namespace: {expected}` in template.yaml, line 14");
            assert!(problem.message.contains(&change), "{problem}");
        }
        let folder = checkout("[Picket, Orders]");
        assert_eq!(problems(folder.path(), "metrics.yaml", RULES), []);
    }

    #[test]
    fn a_template_without_the_statement_is_a_problem() {
        let folder = checkout("{ Fn::If: [A, B, C] }");
        let problems = problems(folder.path(), "metrics.yaml", RULES);
        assert!(
            problems[0].message.contains("has no statement Metrics"),
            "{problems:?}"
        );
    }
}
