//! Where widgets are on the grid of 24 columns.

use serde_json::{Value, json};

use crate::{
    InvalidDashboard,
    source::{Row, Widget},
};

/// Columns of the grid.
const COLUMNS: u16 = 24;

/// The place of a widget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) x: u16,
    pub(super) y: u16,
    pub(super) width: u16,
    pub(super) height: u16,
}

impl Place {
    /// A widget here.
    pub(super) fn widget(self, kind: &str, properties: &Value) -> Value {
        let Self {
            x,
            y,
            width,
            height,
        } = self;
        json!({"type": kind, "x": x, "y": y, "width": width, "height": height, "properties": properties})
    }
}

/// The places of a row's widgets. Those without a width share the columns that are left.
pub(super) fn places(row: &Row, y: u16) -> Result<Vec<Place>, InvalidDashboard> {
    let named: u16 = row
        .widgets
        .iter()
        .filter_map(Widget::width)
        .map(u16::from)
        .sum();
    let unnamed = row
        .widgets
        .iter()
        .filter(|widget| widget.width().is_none())
        .count();
    let unnamed = u16::try_from(unnamed).unwrap_or(COLUMNS + 1);
    let left = COLUMNS.saturating_sub(named);
    if named > COLUMNS || unnamed > left {
        let title = row.widgets.first().map(|widget| widget.title().to_owned());
        return Err(InvalidDashboard::Widget {
            widget: title.unwrap_or_default(),
            reason: "the widgets of its row do not fit into 24 columns".to_owned(),
        });
    }
    let share = left.checked_div(unnamed).unwrap_or_default();
    let mut x = 0;
    let place = |widget: &Widget| {
        let width = widget.width().map_or(share, u16::from);
        let place = Place {
            x,
            y,
            width,
            height: row.height,
        };
        x += width;
        place
    };
    Ok(row.widgets.iter().map(place).collect())
}
