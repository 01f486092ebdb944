//! The chains of slices, as every sink reads them: pages of slices, cursors, damaged slices, merged minutes, memory,
//! default values.

pub(crate) mod context;
pub mod cursors;
pub mod damaged;
pub mod default_values;
pub mod marks;
pub(crate) mod memory;
pub mod minutes;
pub mod read;
