//! Kinds of alerts: the decoders of the forwarder return them, and routes match them.

use std::str::FromStr;

use serde::Serialize;
use strum::{Display, EnumIter, EnumString, IntoEnumIterator, IntoStaticStr};

use crate::Invalid;

/// The kind of a message. Its name is the word in routes, logs and the command line's JSON.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(into = "&'static str")]
#[strum(serialize_all = "kebab-case", parse_err_ty = Invalid, parse_err_fn = unknown)]
pub enum AlertKind {
    /// A CloudWatch alarm's change of state.
    Alarm,
    /// An alarm that was created, changed or deleted.
    AlarmConfiguration,
    /// Picket's daily cost report.
    CostReport,
    /// A result of Picket's remediator.
    Remediation,
    /// Picket's daily health check of a workload.
    HealthReport,
    /// Picket's warning of series above a rule's ceiling.
    SeriesCeiling,
    /// Picket's synthetic record.
    Heartbeat,
    /// AWS Budgets.
    Budget,
    /// Cost Anomaly Detection.
    CostAnomaly,
    /// AWS Health.
    Health,
    /// Trusted Advisor.
    TrustedAdvisor,
    /// A GuardDuty finding.
    #[strum(serialize = "guardduty-finding")]
    GuardDuty,
    /// A malware scan of GuardDuty.
    #[strum(serialize = "guardduty-malware-scan")]
    MalwareScan,
    /// GuardDuty's runtime coverage.
    #[strum(serialize = "guardduty-runtime-coverage")]
    RuntimeCoverage,
    /// Security Hub, as an event or as a bare finding.
    SecurityHub,
    /// Inspector.
    Inspector,
    /// Macie.
    Macie,
    /// IAM Access Analyzer.
    AccessAnalyzer,
    /// AWS Config.
    Config,
    /// A record of CloudTrail: an API call, a sign-in, a change of IAM.
    #[strum(serialize = "cloudtrail")]
    CloudTrail,
    /// A pipeline, one of its stages or actions.
    #[strum(serialize = "codepipeline")]
    CodePipeline,
    /// A pipeline that waits for an approval.
    #[strum(serialize = "codepipeline-approval")]
    Approval,
    /// CodeBuild.
    #[strum(serialize = "codebuild")]
    CodeBuild,
    /// CodeDeploy.
    #[strum(serialize = "codedeploy")]
    CodeDeploy,
    /// CodeCommit.
    #[strum(serialize = "codecommit")]
    CodeCommit,
    /// A stack or one of its resources.
    #[strum(serialize = "cloudformation")]
    CloudFormation,
    /// Elastic Beanstalk.
    #[strum(serialize = "elastic-beanstalk")]
    Beanstalk,
    /// Amplify Hosting.
    Amplify,
    /// ECS.
    Ecs,
    /// ECR.
    Ecr,
    /// RDS.
    Rds,
    /// ElastiCache.
    #[strum(serialize = "elasticache")]
    ElastiCache,
    /// Redshift.
    Redshift,
    /// Database Migration Service.
    Dms,
    /// Auto Scaling.
    AutoScaling,
    /// EC2.
    Ec2,
    /// Elastic Block Store.
    Ebs,
    /// Batch.
    Batch,
    /// Glue.
    Glue,
    /// Step Functions.
    StepFunctions,
    /// A SageMaker AI endpoint.
    #[strum(serialize = "sagemaker")]
    SageMaker,
    /// AWS Backup.
    Backup,
    /// SES.
    Ses,
    /// S3.
    S3,
    /// Systems Manager.
    SystemsManager,
    /// Certificate Manager.
    #[strum(serialize = "certificate-manager")]
    Certificate,
    /// An event of a schedule.
    #[strum(serialize = "scheduled-event")]
    Scheduled,
    /// Alertmanager or Managed Prometheus.
    Alertmanager,
    /// Grafana.
    Grafana,
    /// A record of a Lambda destination.
    LambdaDestination,
    /// A message of a dead-letter queue or topic.
    DeadLetter,
    /// An SNS subscription to confirm.
    #[strum(serialize = "sns-subscription")]
    Subscription,
    /// An EventBridge event without a decoder of its own.
    Event,
    /// JSON without a decoder of its own.
    Json,
    /// Text without a decoder of its own.
    Text,
}

impl AlertKind {
    /// Returns every kind, in the order of the documentation.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter()
    }

    /// Returns the kind's name.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Whether a decoder of its own exists for the kind; the other kinds are shown in a generic form.
    pub const fn is_dedicated(self) -> bool {
        !matches!(self, Self::Event | Self::Json | Self::Text)
    }
}

/// The kinds that a route's `match` accepts under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindPattern {
    /// This kind alone.
    Is(AlertKind),
    /// `other`: every kind but alarms, cost reports, remediations and heartbeats. It dates from when routes had no
    /// names for them.
    Other,
}

impl KindPattern {
    /// Whether the pattern accepts the kind.
    pub fn matches(self, kind: AlertKind) -> bool {
        match self {
            Self::Is(accepted) => kind == accepted,
            Self::Other => !matches!(
                kind,
                AlertKind::Alarm
                    | AlertKind::CostReport
                    | AlertKind::Remediation
                    | AlertKind::Heartbeat
            ),
        }
    }
}

impl FromStr for KindPattern {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text == "other" {
            return Ok(Self::Other);
        }
        text.parse().map(Self::Is)
    }
}

fn unknown(text: &str) -> Invalid {
    let known: Vec<&str> = AlertKind::all().map(AlertKind::as_str).collect();
    Invalid(format!(
        "{text:?} is not a kind of message: {}, other",
        known.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_its_name_in_routes_and_in_json() {
        for kind in AlertKind::all() {
            assert_eq!(kind.as_str().parse(), Ok(kind));
            assert_eq!(kind.as_str().parse(), Ok(KindPattern::Is(kind)));
            assert_eq!(serde_json::json!(kind), kind.as_str());
        }
    }

    #[test]
    fn other_is_every_kind_without_a_name_of_its_own_in_the_first_routes() {
        let named = ["alarm", "cost-report", "remediation", "heartbeat"];
        for kind in AlertKind::all() {
            let is_other = KindPattern::Other.matches(kind);
            assert_eq!(is_other, !named.contains(&kind.as_str()), "{kind}");
        }
    }
}
