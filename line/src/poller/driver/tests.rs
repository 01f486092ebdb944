use std::sync::Mutex;

use bytes::Bytes;
use jiff::Timestamp;

use super::*;
use crate::poller::{Page, Reply, ShardInfo};

/// Time stands still; sleeping lets the others run.
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    async fn sleep(&self, _: Duration) {
        tokio::task::yield_now().await;
    }
}

/// Two shards of two records; the second is a child of the first. A record `7` always kills the function.
#[derive(Default)]
struct Fake {
    invoked: Mutex<Vec<String>>,
    kept: Mutex<Vec<String>>,
    failed_reads: AtomicU64,
}

fn names(records: &[Record]) -> String {
    records
        .iter()
        .map(|record| record.sequence_number.as_str())
        .collect::<Vec<_>>()
        .join(",")
}

impl Source for Fake {
    async fn shards(&self) -> Result<Vec<ShardInfo>> {
        let shard = |id: &str, parents: &[&str], closed| ShardInfo {
            id: id.into(),
            parents: parents.iter().map(|&parent| parent.into()).collect(),
            closed,
        };
        Ok(vec![
            shard("child", &["parent"], false),
            shard("parent", &[], true),
        ])
    }

    async fn read(&self, shard: &str, after: Option<&str>) -> Result<Page> {
        if self.failed_reads.fetch_add(1, Ordering::Relaxed) == 0 {
            anyhow::bail!("the first read fails");
        }
        let numbers: &[&str] = if shard == "parent" {
            &["1", "7", "8"]
        } else {
            &["20", "21"]
        };
        let next = after.map_or(0, |after| {
            numbers.iter().position(|&number| number == after).unwrap() + 1
        });
        let record =
            |number: &&str| Record::new(number, "k", Bytes::new(), Timestamp::UNIX_EPOCH).unwrap();
        let records: Vec<Record> = numbers.get(next).map(record).into_iter().collect();
        let end = shard == "parent" && records.is_empty();
        Ok(Page { records, end })
    }
}

impl Invoker for Fake {
    async fn invoke(&self, _: &str, batch: &[Record]) -> Result<Reply> {
        self.invoked.lock().unwrap().push(names(batch));
        let killed = batch.iter().any(|record| record.sequence_number == "7");
        Ok(if killed {
            Reply::Failed("killed".into())
        } else {
            Reply::Answered(Bytes::from_static(b"{}"))
        })
    }
}

impl Destination for Fake {
    async fn keep(&self, shard: &str, discard: &Discard) -> Result<()> {
        self.kept
            .lock()
            .unwrap()
            .push(format!("{shard}:{}", names(&discard.records)));
        Ok(())
    }
}

#[tokio::test]
async fn a_parent_comes_before_its_child_and_what_is_given_up_is_kept() {
    let policy = Policy {
        batch_size: 2,
        window: Duration::ZERO,
        bisect: true,
        report_failures: true,
        retries: Some(1),
        record_age: None,
    };
    let (fake, progress) = (Arc::new(Fake::default()), Arc::new(Progress::default()));
    let poller = run(fake.clone(), policy, Arc::new(Still), progress.clone());
    let all = async {
        while progress.done() + progress.discarded() < 5 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = poller => unreachable!("a poller does not end"),
        () = all => {}
    }
    assert_eq!(
        *fake.invoked.lock().unwrap(),
        ["1", "7", "7", "8", "20", "21"]
    );
    assert_eq!(*fake.kept.lock().unwrap(), ["parent:7"]);
    assert_eq!(
        (
            progress.done(),
            progress.discarded(),
            progress.invocations()
        ),
        (4, 1, 6)
    );
}
