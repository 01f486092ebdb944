use serde::{Serialize, Serializer};

/// Names the kinds once: the variant, the word for it, and what it is.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)+) => {
        /// The kinds of message, as routes and the command line name them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind { $($(#[$doc])* $variant,)+ }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word used in logs and on the command line.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

kinds! {
    /// A CloudWatch alarm's change of state.
    Alarm = "alarm",
    /// An alarm was created, changed or deleted.
    AlarmConfiguration = "alarm-configuration",
    /// Our cost reporter's.
    CostReport = "cost-report",
    /// Our remediator's.
    Remediation = "remediation",
    /// Our metrics publisher's, of series past a ceiling.
    SeriesCeiling = "series-ceiling",
    /// Our synthetic record.
    Heartbeat = "heartbeat",
    /// AWS Budgets.
    Budget = "budget",
    /// Cost Anomaly Detection.
    CostAnomaly = "cost-anomaly",
    /// AWS Health.
    Health = "health",
    /// Trusted Advisor.
    TrustedAdvisor = "trusted-advisor",
    /// A GuardDuty finding.
    GuardDuty = "guardduty-finding",
    /// A malware scan of GuardDuty.
    MalwareScan = "guardduty-malware-scan",
    /// GuardDuty's runtime coverage.
    RuntimeCoverage = "guardduty-runtime-coverage",
    /// Security Hub, as an event or as a bare finding.
    SecurityHub = "security-hub",
    /// Inspector.
    Inspector = "inspector",
    /// Macie.
    Macie = "macie",
    /// IAM Access Analyzer.
    AccessAnalyzer = "access-analyzer",
    /// AWS Config.
    Config = "config",
    /// What CloudTrail records: calls, sign-ins, changes of IAM.
    CloudTrail = "cloudtrail",
    /// A pipeline, one of its stages or actions.
    CodePipeline = "codepipeline",
    /// A pipeline that waits for somebody.
    Approval = "codepipeline-approval",
    /// CodeBuild.
    CodeBuild = "codebuild",
    /// CodeDeploy.
    CodeDeploy = "codedeploy",
    /// CodeCommit.
    CodeCommit = "codecommit",
    /// A stack or one of its resources.
    CloudFormation = "cloudformation",
    /// Elastic Beanstalk.
    Beanstalk = "elastic-beanstalk",
    /// ECS.
    Ecs = "ecs",
    /// ECR.
    Ecr = "ecr",
    /// RDS.
    Rds = "rds",
    /// ElastiCache.
    ElastiCache = "elasticache",
    /// Redshift.
    Redshift = "redshift",
    /// Database Migration Service.
    Dms = "dms",
    /// Auto Scaling.
    AutoScaling = "auto-scaling",
    /// EC2.
    Ec2 = "ec2",
    /// Elastic Block Store.
    Ebs = "ebs",
    /// Batch.
    Batch = "batch",
    /// Glue.
    Glue = "glue",
    /// Step Functions.
    StepFunctions = "step-functions",
    /// AWS Backup.
    Backup = "backup",
    /// SES.
    Ses = "ses",
    /// S3.
    S3 = "s3",
    /// Systems Manager.
    SystemsManager = "systems-manager",
    /// Certificate Manager.
    Certificate = "certificate-manager",
    /// A schedule's event.
    Scheduled = "scheduled-event",
    /// Alertmanager or Managed Prometheus.
    Alertmanager = "alertmanager",
    /// Grafana.
    Grafana = "grafana",
    /// A record of a Lambda destination.
    LambdaDestination = "lambda-destination",
    /// What a dead-letter queue or topic was given.
    DeadLetter = "dead-letter",
    /// SNS about itself: a subscription to be confirmed.
    Subscription = "sns-subscription",
    /// Any other EventBridge event.
    Event = "event",
    /// Any other JSON.
    Json = "json",
    /// Anything else.
    Text = "text",
}

impl Kind {
    /// False where the generic form has to serve.
    pub const fn is_dedicated(self) -> bool {
        !matches!(self, Self::Event | Self::Json | Self::Text)
    }
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
