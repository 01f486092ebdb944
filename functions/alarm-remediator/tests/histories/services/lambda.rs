//! Lambda: the account, event source mappings and versions.

use alarm_remediator::actions::{
    diagnose::{ErrorLines, Function, ReadErrorLines, ReadFunction},
    mapping::{Mapping, ReadMappings},
    redrive_queue::{Consumer, ReadConsumers},
    reserved_concurrency::{AccountLimits, ReadAccount},
    roll_back_alias::{ReadVersions, Version},
};
use jiff::Timestamp;
use picket_aws::Fault;

use super::Services;
use crate::{
    kinds::{Kind, number_in},
    resource::ACCOUNT,
    world::time,
};

impl ReadAccount for Services {
    async fn account(&self) -> Result<AccountLimits, Fault> {
        let world = self.call("GetAccountSettings").await?;
        Ok(AccountLimits {
            concurrent: u32::try_from(ACCOUNT).unwrap(),
            unreserved: u32::try_from(world.unreserved()).unwrap(),
        })
    }
}

/// An enabled mapping of a queue.
fn mapping(uuid: String) -> Mapping {
    Mapping {
        uuid,
        source: "arn:aws:sqs:eu-west-1:123456789012:orders".into(),
        enabled: true,
        settled: true,
        parallelization: 1,
        last_result: "OK".into(),
    }
}

impl ReadMappings for Services {
    async fn mappings(&self, function: &str) -> Result<Vec<Mapping>, Fault> {
        let world = self.call("ListEventSourceMappings").await?;
        let number = number_in(function).unwrap();
        let resource = &world.resources[number];
        let of_queue = Mapping {
            settled: !world.busy(number),
            ..mapping(format!("m{number}"))
        };
        Ok(match resource.kind {
            Kind::Mapping => vec![Mapping {
                enabled: resource.value == 1,
                ..of_queue
            }],
            Kind::Parallelization => vec![Mapping {
                source: "arn:aws:kinesis:eu-west-1:123456789012:stream/orders".into(),
                parallelization: u32::try_from(resource.value).unwrap(),
                ..of_queue
            }],
            _ => Vec::new(),
        })
    }
}

impl ReadConsumers for Services {
    async fn consumers(&self, queue: &str) -> Result<Vec<Consumer>, Fault> {
        drop(self.call("ListEventSourceMappings").await?);
        let number = number_in(queue).unwrap();
        Ok(vec![Consumer {
            function: format!("c{number}"),
            mapping: mapping(format!("u{number}")),
        }])
    }
}

impl ReadVersions for Services {
    async fn versions(&self, function: &str) -> Result<Vec<Version>, Fault> {
        let world = self.call("ListVersionsByFunction").await?;
        let resource = &world.resources[number_in(function).unwrap()];
        let deployed = resource.deployed.iter();
        Ok(deployed
            .map(|(number, at)| Version {
                number: *number,
                modified_at: time(*at),
            })
            .collect())
    }
}

impl ReadFunction for Services {
    async fn function(&self, _: &str, _: Option<&str>) -> Result<Option<Function>, Fault> {
        Ok(None)
    }
}

impl ReadErrorLines for Services {
    async fn error_lines(&self, _: &str, _: Timestamp) -> Result<ErrorLines, Fault> {
        Ok(ErrorLines::default())
    }
}
