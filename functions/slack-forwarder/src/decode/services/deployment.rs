//! Decoders of build and deployment services.

mod amplify;
mod beanstalk;
mod cloudformation;
mod codebuild;
mod codecommit;
mod codedeploy;
mod pipeline;

use picket_rules::routes::AlertKind;

use crate::decode::table::{Row, document, event, text};

/// The decoders of this group.
pub(super) const ROWS: &[Row] = &[
    event(
        AlertKind::CodePipeline,
        "aws.codepipeline",
        &["CodePipeline "],
        pipeline::read,
    ),
    document(AlertKind::CodePipeline, pipeline::is_job, pipeline::job),
    document(
        AlertKind::Approval,
        pipeline::is_approval,
        pipeline::approval,
    ),
    event(
        AlertKind::CodeBuild,
        "aws.codebuild",
        &["CodeBuild "],
        codebuild::read,
    ),
    event(
        AlertKind::CodeDeploy,
        "aws.codedeploy",
        &["CodeDeploy "],
        codedeploy::read,
    ),
    document(AlertKind::CodeDeploy, codedeploy::is_sns, codedeploy::sns),
    event(
        AlertKind::CodeCommit,
        "aws.codecommit",
        &["CodeCommit "],
        codecommit::read,
    ),
    document(
        AlertKind::CodeCommit,
        codecommit::is_trigger,
        codecommit::trigger,
    ),
    event(
        AlertKind::CloudFormation,
        "aws.cloudformation",
        &["CloudFormation "],
        cloudformation::read,
    ),
    text(
        AlertKind::CloudFormation,
        cloudformation::is_text,
        cloudformation::text,
    ),
    event(
        AlertKind::Beanstalk,
        "aws.elasticbeanstalk",
        &[
            "Elastic Beanstalk ",
            "Health status change",
            "Managed update status change",
            "Other resource status change",
        ],
        beanstalk::read,
    ),
    text(AlertKind::Beanstalk, beanstalk::is_text, beanstalk::text),
    event(
        AlertKind::Amplify,
        "aws.amplify",
        &["Amplify Deployment "],
        amplify::read,
    ),
];
