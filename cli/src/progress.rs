//! Progress of long work, drawn on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Output;

/// Files below this are read in less than a second, in which a bar only flickers.
const WORTH_A_BAR: u64 = 16 << 20;

/// A bar over the bytes of a file; hidden where nobody sees it or the file is short.
pub(crate) fn bytes(size: Option<u64>, output: &Output<'_>) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {bytes} of {total_bytes}, {eta} left")
        .expect("the template is a constant that parses");
    let is_drawn = output.is_drawn() && size.is_some_and(|size| size >= WORTH_A_BAR);
    let target = if is_drawn {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    ProgressBar::with_draw_target(size, target).with_style(style)
}
