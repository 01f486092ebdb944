//! Settings, each by the calls of its own service. This file chooses among them.

pub(super) mod automation;
mod dynamodb;
mod ecs;
mod kinesis;
mod lambda;
mod logs;
mod sqs;
pub(super) mod ssm;

use picket_aws::Fault;

use super::Adapters;
use crate::{
    ports::WriteSetting,
    reads::ReadSetting,
    setting::{Reading, Setting, Write},
};

impl ReadSetting for Adapters {
    async fn setting(&self, setting: &Setting) -> Result<Option<Reading>, Fault> {
        match setting {
            Setting::ReservedConcurrency { function } => {
                lambda::read_reservation(&self.lambda, function).await
            }
            Setting::MappingEnabled { mapping } => {
                lambda::mapping::read_enabled(&self.lambda, mapping).await
            }
            Setting::MappingParallelization { mapping } => {
                lambda::mapping::read_parallelization(&self.lambda, mapping).await
            }
            Setting::AliasVersion { function, alias } => {
                lambda::alias::read(&self.lambda, function, alias).await
            }
            Setting::Parameter { name } => ssm::read(&self.ssm, name).await,
            Setting::TableMode { table } => dynamodb::read_mode(&self.dynamodb, table).await,
            Setting::TableCapacity { table, index } => {
                dynamodb::read_capacity(&self.dynamodb, table, index.as_deref()).await
            }
            Setting::TableCeiling { table, index } => {
                dynamodb::read_ceiling(&self.dynamodb, table, index.as_deref()).await
            }
            Setting::ShardCount { stream } => kinesis::read_shards(&self.kinesis, stream).await,
            Setting::StreamMode { stream } => kinesis::read_mode(&self.kinesis, stream).await,
            Setting::LogRetention { group } => logs::read_retention(&self.logs, group).await,
            Setting::TaskCount { cluster, service } => {
                ecs::read_count(&self.ecs, cluster, service).await
            }
            Setting::ServiceDeployment { cluster, service } => {
                ecs::read_deployment(&self.ecs, cluster, service).await
            }
            Setting::Redrive { queue, .. } => sqs::read_move(&self.sqs, queue).await,
            Setting::Automation { document, .. } => automation::read(&self.ssm, document).await,
        }
    }
}

impl WriteSetting for Adapters {
    async fn write(&self, write: &Write) -> Result<(), Fault> {
        match &write.setting {
            Setting::ReservedConcurrency { function } => {
                lambda::write_reservation(&self.lambda, function, &write.to).await
            }
            Setting::MappingEnabled { mapping } => {
                lambda::mapping::write_enabled(&self.lambda, mapping, &write.to).await
            }
            Setting::MappingParallelization { mapping } => {
                lambda::mapping::write_parallelization(&self.lambda, mapping, &write.to).await
            }
            Setting::AliasVersion { function, alias } => {
                let revision = write.revision.as_deref();
                lambda::alias::write(&self.lambda, function, alias, &write.to, revision).await
            }
            Setting::Parameter { name } => ssm::write(&self.ssm, name, &write.to).await,
            Setting::TableMode { table } => {
                dynamodb::write_mode(&self.dynamodb, table, &write.to).await
            }
            Setting::TableCapacity { table, index } => {
                let index = index.as_deref();
                dynamodb::write_capacity(&self.dynamodb, table, index, &write.to).await
            }
            Setting::TableCeiling { table, index } => {
                let index = index.as_deref();
                dynamodb::write_ceiling(&self.dynamodb, table, index, &write.to).await
            }
            Setting::ShardCount { stream } => {
                kinesis::write_shards(&self.kinesis, stream, &write.to).await
            }
            Setting::StreamMode { stream } => {
                kinesis::write_mode(&self.kinesis, stream, &write.to).await
            }
            Setting::LogRetention { group } => {
                logs::write_retention(&self.logs, group, &write.to).await
            }
            Setting::TaskCount { cluster, service } => {
                ecs::write_count(&self.ecs, cluster, service, &write.to).await
            }
            Setting::ServiceDeployment { cluster, service } => {
                ecs::deploy(&self.ecs, cluster, service, &write.to).await
            }
            Setting::Redrive { queue, per_second } => {
                sqs::start_move(&self.sqs, queue, *per_second, &write.to).await
            }
            Setting::Automation {
                document,
                parameters,
            } => automation::start(&self.ssm, document, parameters, write).await,
        }
    }
}

/// The error of a value that is not of the setting's kind, which no decision makes.
fn not_of_its_kind(write: &str) -> Fault {
    Fault::permanent(format!("{write} is not a value of this setting"))
}

#[cfg(test)]
mod tests;
