//! Dashboards of Grafana: `workloads/<name>/prometheus/dashboards/*.yaml`, and the files that Grafana reads.
//!
//! A [`Board`] says what is shown; [`Board::body`] lays it out. [`problems`] holds any body to Grafana's description of
//! its classic JSON model.

mod body;
mod source;
mod unit;
mod validate;

pub use source::{Board, Chart, Link, Panel, Query, Row, Threshold, Variable};
pub use unit::{Refresh, Unit};
pub use validate::problems;

use crate::pretty::pretty;

impl Board {
    /// The file's text.
    pub fn text(&self) -> String {
        pretty(&self.body()) + "\n"
    }
}
