//! `picket alarms`.

mod list;
mod test;
