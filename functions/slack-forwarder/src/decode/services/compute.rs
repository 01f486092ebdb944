//! Decoders of compute services, schedules and dead letters.

mod auto_scaling;
mod ec2;
mod ecs;
mod lambda;
mod operations;
mod sagemaker;

use picket_rules::routes::AlertKind;

use crate::decode::{
    dead_letter,
    table::{ANY, Row, Takes, document, event},
};

/// The decoders of this group.
pub(super) const ROWS: &[Row] = &[
    Row {
        kind: AlertKind::DeadLetter,
        takes: Takes::Carried {
            is: dead_letter::is_dead_letter,
            read: lambda::dead_letter,
        },
    },
    event(AlertKind::Ecs, "aws.ecs", &["ECS "], ecs::read),
    event(AlertKind::Ecr, "aws.ecr", &["ECR "], ecs::ecr),
    event(
        AlertKind::AutoScaling,
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
        AlertKind::AutoScaling,
        "aws.application-autoscaling",
        &["Application Auto Scaling "],
        auto_scaling::application,
    ),
    document(
        AlertKind::AutoScaling,
        auto_scaling::is_sns,
        auto_scaling::sns,
    ),
    event(
        AlertKind::Ec2,
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
        ec2::ec2,
    ),
    event(AlertKind::Ec2, "aws.ec2fleet", &["EC2 Fleet "], ec2::ec2),
    event(
        AlertKind::Ec2,
        "aws.ec2spotfleet",
        &["EC2 Spot Fleet "],
        ec2::ec2,
    ),
    event(AlertKind::Ebs, "aws.ec2", &["EBS "], ec2::ebs),
    event(AlertKind::Batch, "aws.batch", &["Batch "], ec2::batch),
    event(AlertKind::Glue, "aws.glue", &["Glue "], ec2::glue),
    event(AlertKind::Glue, "aws.glue", &["Data Quality "], ec2::glue),
    event(
        AlertKind::StepFunctions,
        "aws.states",
        &["Step Functions "],
        ec2::step_functions,
    ),
    event(
        AlertKind::SageMaker,
        "aws.sagemaker",
        &["SageMaker Endpoint State "],
        sagemaker::read,
    ),
    event(
        AlertKind::SystemsManager,
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
        operations::systems_manager,
    ),
    event(
        AlertKind::LambdaDestination,
        "lambda",
        &["Lambda Function Invocation Result"],
        lambda::event,
    ),
    document(
        AlertKind::LambdaDestination,
        lambda::is_record,
        lambda::record,
    ),
    event(
        AlertKind::Scheduled,
        ANY,
        &["Scheduled Event"],
        operations::scheduled,
    ),
];
