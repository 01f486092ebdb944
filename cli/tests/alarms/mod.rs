//! `picket alarms`.

mod backtest;
mod list;
mod test;
