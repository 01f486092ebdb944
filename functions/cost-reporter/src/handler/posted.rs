//! The days that were posted, and the claims of those to post.
//!
//! The state improves the reports and is no precondition: where it cannot be read or written, the day is posted, and the
//! report says so.

use jiff::{Timestamp, ToSpan, civil::Date};
use picket_shared::{clock::Clock, fleet::CostReport};

use super::{Handler, Run, logged};
use crate::{
    analysis::Reported,
    input::{Input, RequestedDays},
    ports::{Claim, Ports},
    reads::plan::HISTORY_DAYS,
};

/// The days that were posted.
pub(super) struct Posted {
    pub(super) days: Vec<Reported>,
    /// Why they are not known.
    pub(super) fault: Option<String>,
}

/// The days that this invocation posts, and those that another one holds.
#[derive(Default)]
pub(super) struct Claims {
    pub(super) mine: Vec<Date>,
    pub(super) held: Vec<Date>,
}

impl Posted {
    pub(super) fn dates(&self) -> Vec<Date> {
        self.days.iter().map(|day| day.date).collect()
    }
}

impl<P: Ports, C: Clock> Handler<P, C> {
    /// Reads the posted days that a report compares with, and those that the schedule may make up for.
    pub(super) async fn posted(&self, input: Input, today: Date) -> Posted {
        let first = match input.days {
            RequestedDays::Due => today,
            RequestedDays::Range(first, _) => first.min(today),
        };
        // A week more, for the days that the schedule makes up for.
        let from = first.saturating_sub((HISTORY_DAYS + 7).days());
        match self.ports.reported(from, today).await {
            Ok(days) => Posted { days, fault: None },
            Err(fault) => Posted {
                days: Vec::new(),
                fault: Some(format!(
                    "the days reported before could not be read, so none is restated or made up for: {}",
                    logged(&fault)
                )),
            },
        }
    }

    /// Claims the days.
    pub(super) async fn claim(&self, days: &[Date], run: &Run<'_>) -> Claims {
        let mut claims = Claims::default();
        for date in days {
            let claim = Claim {
                date: *date,
                at: run.now,
                again: run.again,
            };
            match self.ports.claim(&claim).await {
                Ok(true) => claims.mine.push(*date),
                Ok(false) => claims.held.push(*date),
                Err(fault) => {
                    logged(&fault);
                    claims.mine.push(*date);
                }
            }
        }
        claims
    }

    /// Releases days that were not posted.
    pub(super) async fn release(&self, days: &[Date], now: Timestamp) {
        for date in days {
            if let Err(fault) = self.ports.release(*date, now).await {
                logged(&fault);
            }
        }
    }

    /// Writes what was posted of the day, and the totals of the days that it restated. A restated day that cannot be
    /// written is restated again.
    pub(super) async fn write_posted(&self, report: &CostReport, now: Timestamp) {
        let day = |date, total| Reported {
            date,
            currency: report.currency.clone(),
            total,
        };
        let mut writes = vec![(day(report.date, report.total), None)];
        let restated = &report.analysis.restated;
        writes.extend(restated.iter().map(|restated| {
            (
                day(restated.date, Some(restated.now)),
                Some(restated.reported),
            )
        }));
        for (reported, instead_of) in writes {
            let written = self.ports.write_reported(&reported, instead_of, now).await;
            if let Err(fault) = written {
                logged(&fault);
            }
        }
    }
}
