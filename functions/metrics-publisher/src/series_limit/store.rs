//! The store of admitted series: in memory, and in the ledger table where a series is new.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use picket_aws::{Fault, ledger::Move};
use picket_shared::{clock::Clock, series::SeriesMinute};

use crate::{
    chains::context::TickContext,
    ports::Ports,
    series_limit::{
        Metric,
        admission::{Admission, Admitted, Ceilings, place},
    },
};

/// Attempts where another publisher admits series at the same time.
const MOST_COLLISIONS: u32 = 3;

/// The admitted series, as far as this process knows.
#[derive(Debug)]
pub(crate) struct SeriesLimitStore {
    ceilings: Ceilings,
    admitted: Admitted,
    version: Option<u64>,
    /// The day (since 1970) of the last notification of each metric, as far as this process knows.
    pub(crate) notified: BTreeMap<Metric, i32>,
}

impl SeriesLimitStore {
    /// Creates a store without admitted series.
    pub(crate) fn new(ceilings: Ceilings) -> Self {
        Self {
            ceilings,
            admitted: Admitted::default(),
            version: None,
            notified: BTreeMap::new(),
        }
    }

    /// Replaces the limits. Admitted series stay admitted.
    pub(crate) fn set_ceilings(&mut self, ceilings: Ceilings) {
        self.ceilings = ceilings;
    }

    /// The number of admitted series, as far as this process knows.
    pub(crate) fn admitted(&self) -> usize {
        self.admitted.len()
    }

    /// The admitted series, as far as this process knows, and their limits.
    pub(crate) fn known(&self) -> (&Admitted, &Ceilings) {
        (&self.admitted, &self.ceilings)
    }

    /// Admits series up to the limits, and stores them before their values are sent. If storing fails, only series that
    /// were admitted before keep their names, and all values are sent.
    pub(crate) async fn admit<P: Ports, C: Clock>(
        &mut self,
        context: &TickContext<'_, P, C>,
        series: &[SeriesMinute],
    ) -> (Admission, Option<Fault>) {
        let today = today(context);
        let mut known = self.admitted.clone();
        let admission = known.admit(series, &self.ceilings, today, false);
        if !admission.changed && admission.refused.is_empty() {
            return (admission, None);
        }
        match self.by_table(context, series, today).await {
            Ok(admission) => (admission, None),
            Err(fault) => {
                let frozen = self.admitted.admit(series, &self.ceilings, today, true);
                (frozen, Some(fault))
            }
        }
    }

    async fn by_table<P: Ports, C: Clock>(
        &mut self,
        context: &TickContext<'_, P, C>,
        series: &[SeriesMinute],
        today: i32,
    ) -> Result<Admission, Fault> {
        for _ in 0..MOST_COLLISIONS {
            self.read(context).await?;
            let mut admitted = self.admitted.clone();
            let admission = admitted.admit(series, &self.ceilings, today, false);
            if !admission.changed {
                return Ok(admission);
            }
            let Some(body) = admitted.encode() else {
                return Err(Fault::permanent(
                    "the admitted series fill their item; lower MaximumSeries in the rules",
                ));
            };
            let moved = context
                .ports
                .write_state(&place(), self.version, body, None)
                .await?;
            if moved == Move::Moved {
                self.version = Some(self.version.unwrap_or(0) + 1);
                self.admitted = admitted;
                return Ok(admission);
            }
        }
        Err(Fault::transient(
            "another publisher admits series at the same moment; the next tick tries again",
        ))
    }

    async fn read<P: Ports, C: Clock>(
        &mut self,
        context: &TickContext<'_, P, C>,
    ) -> Result<(), Fault> {
        let stored = context.ports.read_state(&place()).await?;
        let version = stored.as_ref().map(|stored| stored.version);
        if version != self.version {
            let read = |body: Vec<u8>| Admitted::decode(&body);
            self.admitted =
                stored.map_or_else(|| Ok(Admitted::default()), |stored| read(stored.body))?;
            self.version = version;
        }
        Ok(())
    }
}

/// Days since 1970.
pub(crate) fn today<P: Ports, C: Clock>(context: &TickContext<'_, P, C>) -> i32 {
    let since = context.clock.now().as_duration();
    let days = since
        .as_secs()
        .div_euclid(SignedDuration::from_hours(24).as_secs());
    i32::try_from(days).unwrap_or(i32::MAX)
}
