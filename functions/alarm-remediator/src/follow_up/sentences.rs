//! The sentences about a change: what happened, to which setting, and what comes next or is to be done.

use jiff::Timestamp;

use crate::{record::Record, setting::Value};

/// What becomes of a change whose alarm is OK in the end.
pub(crate) fn afterwards(record: &Record) -> String {
    let setting = &record.write.setting;
    match record.healthy_seconds {
        Some(healthy) => format!(
            "Picket puts {setting} back to {} when the alarm has been OK for {}.",
            record.restore,
            minutes(healthy)
        ),
        None if setting.is_run() => "It ends by itself, and cannot be taken back.".to_owned(),
        None => "The change stays: the playbook does not revert it.".to_owned(),
    }
}

pub(super) fn helped(record: &Record, since: Timestamp) -> String {
    let change = change(record);
    with_afterwards(
        format!("{change} helped: the alarm has been OK since {since:.0}."),
        record,
    )
}

pub(super) fn did_not_help(record: &Record) -> String {
    let change = change(record);
    with_afterwards(
        format!(
            "{change} did not help: the alarm is still in ALARM. A person has to look for another cause."
        ),
        record,
    )
}

pub(super) fn not_known(record: &Record) -> String {
    let change = change(record);
    with_afterwards(
        format!(
            "{change} was made, and whether it helped is not known: CloudWatch has no data for the alarm, or no such \
             alarm. With TreatMissingData notBreaching, an alarm without data is OK. A person has to check."
        ),
        record,
    )
}

pub(super) fn expired(expires_at: Timestamp) -> String {
    format!("Nobody approved the plan by {expires_at:.0}: nothing was done")
}

pub(super) fn gone(record: &Record) -> String {
    let setting = &record.write.setting;
    format!("{setting}: the resource does not exist any more, and there is nothing to revert")
}

pub(super) fn of_another(record: &Record, found: &Value) -> String {
    let setting = &record.write.setting;
    format!(
        "A person or another tool has set {setting} to {found} since: Picket leaves it, and reverts nothing. AWS \
         CloudTrail records who: `aws cloudtrail lookup-events`"
    )
}

/// About a value that may be a person's.
pub(super) fn uncertain(record: &Record) -> String {
    format!(
        "Picket began to set {} to {}, and was stopped before it could record whether it did. It has that value now, \
         which may be a person's: Picket leaves it. {}",
        record.write.setting,
        record.write.to,
        record.put_back()
    )
}

pub(crate) fn reverted(record: &Record) -> String {
    let healthy = record.healthy_seconds;
    format!(
        "The alarm has been OK for {}: Picket put {} back to {}",
        healthy.map_or_else(|| "long enough".to_owned(), minutes),
        record.write.setting,
        record.restore,
    )
}

pub(super) fn held(record: &Record, healthy: u64, reason: &str) -> String {
    let put_back = record.put_back();
    format!(
        "The alarm has been OK for {}, and {} is not put back: {reason}. {put_back}",
        minutes(healthy),
        record.write.setting,
    )
}

pub(super) fn given_up(record: &Record, reason: &str) -> String {
    format!(
        "{} was made a week ago, and {reason}: Picket ends its follow-up, and the change stays. {}",
        change(record),
        record.put_back()
    )
}

/// The change, as the subject of a sentence.
fn change(record: &Record) -> String {
    let write = &record.write;
    if write.setting.is_run() {
        return "The run that Picket started".to_owned();
    }
    format!("The change of {} to {}", write.setting, write.to)
}

fn with_afterwards(text: String, record: &Record) -> String {
    if record.write.setting.is_run() {
        return text;
    }
    format!("{text} {}", afterwards(record))
}

/// A time in minutes, or in seconds where it is not whole minutes.
fn minutes(seconds: u64) -> String {
    if seconds.is_multiple_of(60) {
        format!("{} min", seconds / 60)
    } else {
        format!("{seconds} s")
    }
}
