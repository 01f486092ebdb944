//! ECS, SQS and Systems Manager: services, dead-letter queues and documents.

use alarm_remediator::actions::{
    redrive_queue::{Queue, ReadQueue},
    run_automation::{Document, ReadDocument},
    service::{ReadService, ReadServiceScaling, Service},
};
use picket_aws::Fault;

use super::Services;
use crate::{
    kinds::{Kind, number_in},
    world::{START, time},
};

impl ReadService for Services {
    async fn service(&self, _: &str, service: &str) -> Result<Option<Service>, Fault> {
        let world = self.call("DescribeServices").await?;
        let number = number_in(service).unwrap();
        let resource = &world.resources[number];
        let tasks = match resource.kind {
            Kind::Tasks => u32::try_from(resource.value).unwrap(),
            Kind::Redeploy => 4,
            _ => return Ok(None),
        };
        let deployed_at = resource.deployed.get(&resource.value);
        Ok(Some(Service {
            is_replica: true,
            is_rolling: true,
            desired: tasks,
            running: tasks,
            minimum_healthy_percent: 100,
            deployment: deployment(resource.value),
            deployed_at: Some(time(deployed_at.copied().unwrap_or(START - 86_400))),
            is_steady: !world.busy(number),
        }))
    }
}

/// The id of a service's deployment.
pub(super) fn deployment(number: u64) -> String {
    format!("ecs-svc/{number}")
}

impl ReadServiceScaling for Services {
    async fn service_is_scaled(&self, _: &str, _: &str) -> Result<bool, Fault> {
        self.call("DescribeAlarms").await.map(|_| false)
    }
}

impl ReadQueue for Services {
    async fn queue(&self, queue: &str) -> Result<Option<Queue>, Fault> {
        let world = self.call("GetQueueAttributes").await?;
        let number = number_in(queue).unwrap();
        let messages = if world.troubled(number) { 7 } else { 0 };
        let exists = world.kind(number) == Kind::Redrive;
        Ok(exists.then(|| Queue {
            messages,
            sources: vec![format!("o{number}")],
        }))
    }
}

impl ReadDocument for Services {
    fn is_listed(&self, _: &str) -> bool {
        true
    }

    async fn document(&self, _: &str) -> Result<Option<Document>, Fault> {
        drop(self.call("DescribeDocument").await?);
        Ok(Some(Document {
            kind: "Automation".into(),
            parameters: Vec::new(),
        }))
    }
}
