//! The rows of the table: all of them in one place, so that a reader sees what takes what, and in which order.

use super::{
    Kind, alarm_configuration, alarms, any, auto_scaling, backup, beanstalk, cloudformation,
    cloudtrail, codebuild, codecommit, codedeploy, compute, config, cost, databases, ecs,
    guardduty, health, inspector, lambda, others, pipeline, prometheus, s3, scanners, security_hub,
    ses,
    table::{ANY, Row, Takes, document, event, text},
};
use crate::decode::{event::Event, notice::Notice};

/// Every dedicated decoder.
pub(super) const ROWS: &[Row] = &[
    Row {
        kind: Kind::DeadLetter,
        takes: Takes::Carried {
            is: lambda::is_dead_letter,
            read: lambda::dead_letter,
        },
    },
    Row {
        kind: Kind::Alarm,
        takes: Takes::Typed(alarms::alarm),
    },
    document(Kind::Alarm, alarms::is_incomplete, alarms::incomplete),
    Row {
        kind: Kind::CostReport,
        takes: Takes::Typed(alarms::cost_report),
    },
    Row {
        kind: Kind::Remediation,
        takes: Takes::Typed(alarms::remediation),
    },
    Row {
        kind: Kind::SeriesCeiling,
        takes: Takes::Typed(alarms::series_ceiling),
    },
    document(Kind::Heartbeat, others::is_heartbeat, others::heartbeat),
    event(
        Kind::AlarmConfiguration,
        "aws.cloudwatch",
        &["CloudWatch Alarm Configuration Change"],
        alarm_configuration::read,
    ),
    // Money and the account.
    text(Kind::Budget, cost::is_budget, cost::budget),
    event(
        Kind::CostAnomaly,
        "aws.ce",
        &["Anomaly Detected"],
        cost::anomaly_event,
    ),
    document(Kind::CostAnomaly, cost::is_anomaly, cost::anomaly),
    event(Kind::Health, "aws.health", &["AWS Health "], health::read),
    event(
        Kind::TrustedAdvisor,
        "aws.trustedadvisor",
        &["Trusted Advisor "],
        health::advisor,
    ),
    event(
        Kind::CloudTrail,
        ANY,
        &[
            "AWS API Call via CloudTrail",
            "AWS Console ",
            "AWS Service Event via CloudTrail",
            "AWS Insight via CloudTrail",
        ],
        cloudtrail::read,
    ),
    document(Kind::CloudTrail, cloudtrail::is_record, cloudtrail::record),
    document(
        Kind::CloudTrail,
        cloudtrail::is_delivery,
        cloudtrail::delivery,
    ),
    // Security.
    event(
        Kind::GuardDuty,
        "aws.guardduty",
        &["GuardDuty Finding"],
        guardduty::finding,
    ),
    event(
        Kind::MalwareScan,
        "aws.guardduty",
        &["GuardDuty Malware Protection "],
        guardduty::malware,
    ),
    event(
        Kind::RuntimeCoverage,
        "aws.guardduty",
        &["GuardDuty Runtime Protection "],
        guardduty::coverage,
    ),
    event(
        Kind::SecurityHub,
        "aws.securityhub",
        &["Security Hub ", "Findings Imported"],
        security_hub::read,
    ),
    document(Kind::SecurityHub, security_hub::is_bare, security_hub::bare),
    event(
        Kind::Inspector,
        "aws.inspector",
        &["Inspector2 ", "Inspector "],
        inspector::read,
    ),
    document(Kind::Inspector, inspector::is_classic, inspector::classic),
    event(Kind::Macie, "aws.macie", &["Macie "], scanners::macie),
    event(
        Kind::AccessAnalyzer,
        "aws.access-analyzer",
        &[
            "Access Analyzer ",
            "Access Preview ",
            "Unused Access ",
            "Internal Access ",
        ],
        scanners::access_analyzer,
    ),
    event(Kind::Config, "aws.config", &["Config "], config::read),
    document(Kind::Config, config::is_sns, config::sns),
    document(
        Kind::Config,
        config::is_rule_invocation,
        config::rule_invocation,
    ),
    event(Kind::Certificate, "aws.acm", &["ACM "], others::certificate),
    // Build and deploy.
    event(
        Kind::CodePipeline,
        "aws.codepipeline",
        &["CodePipeline "],
        pipeline::read,
    ),
    document(Kind::CodePipeline, pipeline::is_job, pipeline::job),
    document(Kind::Approval, pipeline::is_approval, pipeline::approval),
    event(
        Kind::CodeBuild,
        "aws.codebuild",
        &["CodeBuild "],
        codebuild::read,
    ),
    event(
        Kind::CodeDeploy,
        "aws.codedeploy",
        &["CodeDeploy "],
        codedeploy::read,
    ),
    document(Kind::CodeDeploy, codedeploy::is_sns, codedeploy::sns),
    event(
        Kind::CodeCommit,
        "aws.codecommit",
        &["CodeCommit "],
        codecommit::read,
    ),
    document(
        Kind::CodeCommit,
        codecommit::is_trigger,
        codecommit::trigger,
    ),
    event(
        Kind::CloudFormation,
        "aws.cloudformation",
        &["CloudFormation "],
        cloudformation::read,
    ),
    text(
        Kind::CloudFormation,
        cloudformation::is_text,
        cloudformation::text,
    ),
    event(
        Kind::Beanstalk,
        "aws.elasticbeanstalk",
        &[
            "Elastic Beanstalk ",
            "Health status change",
            "Managed update status change",
            "Other resource status change",
        ],
        beanstalk::read,
    ),
    text(Kind::Beanstalk, beanstalk::is_text, beanstalk::text),
    // Compute.
    event(Kind::Ecs, "aws.ecs", &["ECS "], ecs::read),
    event(Kind::Ecr, "aws.ecr", &["ECR "], ecs::ecr),
    event(
        Kind::AutoScaling,
        "aws.autoscaling",
        &[
            "EC2 Instance Launch ",
            "EC2 Instance Terminate ",
            "EC2 Instance Detach ",
            "EC2 Instance-launch ",
            "EC2 Instance-terminate ",
            "EC2 Auto Scaling ",
        ],
        auto_scaling::read,
    ),
    event(
        Kind::AutoScaling,
        "aws.application-autoscaling",
        &["Application Auto Scaling "],
        auto_scaling::application,
    ),
    document(Kind::AutoScaling, auto_scaling::is_sns, auto_scaling::sns),
    event(
        Kind::Ec2,
        "aws.ec2",
        &[
            "EC2 Instance State-change ",
            "EC2 Instance Rebalance ",
            "EC2 Spot Instance ",
            "EC2 On-Demand ",
            "On-Demand Capacity ",
            "Capacity Block ",
            "Future Capacity ",
            "Launch Template ",
            "EC2 Capacity ",
            "EC2 AMI ",
            "EC2 Fast Launch ",
            "EC2 ODCR ",
            "EC2 Serial ",
        ],
        compute::ec2,
    ),
    event(Kind::Ec2, "aws.ec2fleet", &["EC2 Fleet "], compute::ec2),
    event(
        Kind::Ec2,
        "aws.ec2spotfleet",
        &["EC2 Spot Fleet "],
        compute::ec2,
    ),
    event(Kind::Ebs, "aws.ec2", &["EBS "], compute::ebs),
    event(Kind::Batch, "aws.batch", &["Batch "], compute::batch),
    event(Kind::Glue, "aws.glue", &["Glue "], compute::glue),
    event(Kind::Glue, "aws.glue", &["Data Quality "], compute::glue),
    event(
        Kind::StepFunctions,
        "aws.states",
        &["Step Functions "],
        compute::step_functions,
    ),
    event(
        Kind::SystemsManager,
        "aws.ssm",
        &[
            "EC2 Command ",
            "EC2 Automation ",
            "EC2 State Manager ",
            "Parameter Store ",
            "Maintenance Window ",
            "Configuration Compliance ",
            "OpsItem ",
        ],
        others::systems_manager,
    ),
    event(
        Kind::LambdaDestination,
        "lambda",
        &["Lambda Function Invocation Result"],
        lambda::event,
    ),
    document(Kind::LambdaDestination, lambda::is_record, lambda::record),
    event(
        Kind::Scheduled,
        ANY,
        &["Scheduled Event"],
        others::scheduled,
    ),
    // Data.
    event(Kind::Rds, "aws.rds", &["RDS "], databases::rds),
    document(Kind::Rds, databases::is_rds, databases::sns),
    event(
        Kind::Redshift,
        "aws.redshift",
        &["Redshift "],
        databases::redshift_event,
    ),
    document(Kind::Redshift, databases::is_redshift, databases::sns),
    event(
        Kind::ElastiCache,
        "aws.elasticache",
        &[
            "ElastiCache ",
            "Cache ",
            "Snapshot Created",
            "Snapshot Creation ",
            "Snapshot Export ",
            "Snapshot Copy ",
        ],
        databases::elasticache_event,
    ),
    document(
        Kind::ElastiCache,
        databases::is_elasticache,
        databases::elasticache,
    ),
    event(Kind::Dms, "aws.dms", &["DMS "], databases::dms_event),
    document(Kind::Dms, databases::is_dms, databases::sns),
    event(
        Kind::Backup,
        "aws.backup",
        &[
            "Backup ",
            "Copy Job ",
            "Restore Job ",
            "Recovery Point ",
            "Region Setting ",
            "Report Job ",
            "Restore Testing ",
        ],
        backup::read,
    ),
    text(Kind::Backup, backup::is_text, backup::text),
    event(Kind::S3, "aws.s3", &["Object ", "Async Copy "], s3::event),
    document(Kind::S3, s3::is_notification, s3::notification),
    document(Kind::S3, s3::is_test, s3::test),
    // Mail and other watchers.
    event(
        Kind::Ses,
        "aws.ses",
        &["Email ", "Sending ", "Advisor Recommendation "],
        ses::event,
    ),
    document(Kind::Ses, ses::is_sns, ses::sns),
    document(Kind::Ses, ses::is_received, ses::received),
    document(Kind::Ses, ses::is_greeting, ses::greeting),
    text(Kind::Ses, ses::is_greeting_text, ses::greeting_text),
    document(
        Kind::Alertmanager,
        prometheus::is_alertmanager,
        prometheus::read,
    ),
    text(
        Kind::Alertmanager,
        prometheus::is_broken,
        prometheus::read_broken,
    ),
    text(
        Kind::Alertmanager,
        prometheus::is_text,
        prometheus::read_text,
    ),
    document(Kind::Grafana, prometheus::is_grafana, prometheus::read),
    document(
        Kind::Subscription,
        others::is_subscription,
        others::subscription,
    ),
];

/// An event that no row takes.
pub(super) fn any_event(event: &Event<'_>) -> Notice {
    any::read(event)
}
