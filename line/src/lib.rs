//! The local line: the whole of Picket on one machine, without AWS and without Docker.
//!
//! - [`emulator`] is MiniStack; [`deploy`](mod@deploy) is the real `sam deploy` to it;
//! - what the emulator gets wrong, the line does right: [`poller`] reads the stream, [`pump`] carries topics to
//!   functions, [`evaluator`] judges the alarms, [`widget`] draws their metrics; [`slack`], [`pagerduty`] and
//!   [`cost_explorer`] stand in for the world outside;
//! - [`prometheus`] and [`alertmanager`] are real ones, where they are installed; [`exporters`] are what the former
//!   scrapes, and [`topics`] takes what the latter publishes where there is no emulator;
//! - [`page`] shows it all, [`dashboards`] those of the workloads, and [`grafana`] their dashboards of Prometheus's
//!   metrics; [`demo`] and [`replay`] are what is played on it.

pub mod alerting;
pub mod alertmanager;
pub mod aws;
pub mod checkout;
mod companion;
pub mod compose;
pub mod cost_explorer;
pub mod dashboards;
pub mod demo;
pub mod deploy;
pub mod emulator;
pub mod evaluator;
pub mod exporters;
pub mod grafana;
pub mod journal;
mod known;
pub mod line;
pub mod local;
mod log;
mod mailbox;
pub mod page;
pub mod pagerduty;
pub mod poller;
pub mod prometheus;
pub mod pump;
pub mod replay;
pub mod send;
pub mod server;
mod silences;
pub mod slack;
pub mod topics;
pub mod widget;
mod workloads;
