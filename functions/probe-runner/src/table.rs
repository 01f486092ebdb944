//! The count and sum of a table's pages.

use picket_rules::probes::{ProbeValue, TableCheck};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::{
    failure::{Failure, Reason},
    outcome::ProbeOutcome,
    ports::{PageKey, TablePage},
};

/// The count and sum of the pages so far.
#[derive(Debug)]
pub struct Tally<'c> {
    check: &'c TableCheck,
    pages: u32,
    count: u64,
    sum: Decimal,
}

/// The step after a page.
#[derive(Debug)]
pub enum Next {
    /// Read the page that starts here.
    Read(PageKey),
    /// The outcome is complete.
    Done(Box<ProbeOutcome>),
}

impl<'c> Tally<'c> {
    /// Creates a tally without pages.
    pub fn new(check: &'c TableCheck) -> Self {
        Self {
            check,
            pages: 0,
            count: 0,
            sum: Decimal::ZERO,
        }
    }

    /// Adds a page. Past the maximum number of pages there is no number: a part of a count is a wrong count.
    pub fn take(&mut self, page: TablePage) -> Next {
        self.pages += 1;
        self.count += page.count;
        for number in page.numbers {
            match self.sum.checked_add(number) {
                Some(sum) => self.sum = sum,
                None => return done(Err("the sum has more digits than are kept".to_owned())),
            }
        }
        match page.next {
            None => done(Ok(self)),
            Some(_) if self.pages >= self.check.most_pages => done(Err(format!(
                "there are more pages than MostPages ({}): {} items so far",
                self.check.most_pages, self.count
            ))),
            Some(next) => Next::Read(next),
        }
    }
}

fn done(tally: Result<&mut Tally<'_>, String>) -> Next {
    let mut outcome = ProbeOutcome::default();
    match tally {
        Ok(tally) => {
            outcome.note(ProbeValue::Count, float(tally.count));
            outcome.note(ProbeValue::Sum, tally.sum.to_f64().unwrap_or(f64::NAN));
        }
        Err(why) => outcome.fail(Failure::new(Reason::Answer, why)),
    }
    Next::Done(Box::new(outcome))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a hundred megabytes of items are far fewer than 2^52"
)]
fn float(count: u64) -> f64 {
    count as f64
}
