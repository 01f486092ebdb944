use super::*;

fn part(index: Option<&str>) -> Part {
    Part {
        index: index.map(str::to_owned),
        ..Part::default()
    }
}

#[test]
fn each_part_is_queried_for_reads_and_writes_of_each_cause() {
    let queries = queries("orders", &[part(None), part(Some("by-day"))]);
    assert_eq!(queries.len(), 2 * 10 + 4);
    let table = [("TableName", "orders".to_owned())];
    let index = [
        ("TableName", "orders".to_owned()),
        ("GlobalSecondaryIndexName", "by-day".to_owned()),
    ];
    assert!(queries[..10].iter().all(|query| query.dimensions == table));
    assert!(
        queries[10..20]
            .iter()
            .all(|query| query.dimensions == index)
    );
    assert!(
        queries[20..]
            .iter()
            .all(|query| query.dimensions.is_empty())
    );
}

#[test]
fn values_are_read_in_the_order_of_their_queries() {
    let parts = vec![part(None), part(Some("by-day"))];
    let names = queries("orders", &parts);
    let mut values: Vec<Vec<f64>> = names.iter().map(|_| Vec::new()).collect();
    let mut set = |part: usize, name: &str, found: &[f64]| {
        let number = names
            .iter()
            .enumerate()
            .filter(|(_, query)| query.name == name)
            .nth(part)
            .unwrap()
            .0;
        values[number] = found.to_vec();
    };
    set(0, "ReadKeyRangeThroughputThrottleEvents", &[3.0, 4.0]);
    set(1, "WriteProvisionedThroughputThrottleEvents", &[5.0]);
    set(1, "WriteMaxOnDemandThroughputThrottleEvents", &[6.0]);
    set(1, "ReadAccountLimitThrottleEvents", &[8.0]);
    set(1, "ConsumedWriteCapacityUnits", &[600.0, 6_001.0]);
    set(0, "AccountMaxWrites", &[80_000.0]);
    set(
        0,
        "AccountProvisionedWriteCapacityUtilization",
        &[10.0, 99.5],
    );
    let (measured, spare) = measured(parts, &values);
    let events = |reads, writes| Events { reads, writes };
    assert_eq!(measured[0].throttled.key_range, events(7, 0));
    assert_eq!(measured[1].throttled.provisioned, events(0, 5));
    assert_eq!(measured[1].throttled.ceiling, events(0, 6));
    assert_eq!(measured[1].throttled.account, events(8, 0));
    assert_eq!(measured[1].consumed, events(0, 101));
    assert_eq!(measured[0].consumed, events(0, 0));
    let expected = Spare {
        read: None,
        write: Some(400),
    };
    assert_eq!(spare, expected);
}
