//! Messages that are sent later: the daily digest, bundles of a storm or a group, and alarms that a silence holds back.

pub mod bundle;
pub mod digest;
pub mod silenced;
