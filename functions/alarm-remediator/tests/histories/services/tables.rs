//! DynamoDB: tables.

use alarm_remediator::actions::raise_table_throughput::{
    Part, ReadAutoScaling, ReadTable, Table, Units,
};
use picket_aws::Fault;

use super::Services;
use crate::kinds::{Kind, number_in};

/// The read units of a table, which nothing changes: of its maximum, and of its capacity.
pub(super) const READ: u64 = 40;

impl ReadTable for Services {
    async fn table(&self, table: &str) -> Result<Option<Table>, Fault> {
        let world = self.call("DescribeTable").await?;
        let number = number_in(table).unwrap();
        let resource = &world.resources[number];
        let decreases = match resource.kind {
            Kind::Capacity => resource.decreases_today(world.now),
            _ => 0,
        };
        let units = Units {
            read: READ,
            write: resource.value,
        };
        let (on_demand, capacity, ceiling) = match resource.kind {
            Kind::Ceiling => (true, Units::default(), units),
            Kind::Mode if resource.value == 0 => (true, Units::default(), Units::default()),
            Kind::Capacity | Kind::Mode => (false, units, Units::default()),
            _ => return Ok(None),
        };
        Ok(Some(Table {
            on_demand,
            active: !world.busy(number),
            replicas: 0,
            parts: vec![Part {
                index: None,
                capacity,
                ceiling,
                decreases_today: decreases as u64,
            }],
        }))
    }
}

impl ReadAutoScaling for Services {
    async fn auto_scaled(&self, _: &str, _: Option<&str>) -> Result<bool, Fault> {
        self.call("DescribeAlarms").await.map(|_| false)
    }
}
