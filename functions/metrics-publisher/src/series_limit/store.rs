//! Admits series: by memory where all are known, by the table where one is new.

use jiff::SignedDuration;
use picket_aws::{Fault, ledger::Move};
use picket_shared::{clock::Clock, series::SeriesMinute};

use crate::{
    context::Run,
    ports::Ports,
    series_limit::{
        admission::{Admission, Admitted, Ceilings, place},
        notify::Told,
    },
};

/// Another publisher admits at the same moment: read what it did, and try again.
const MOST_COLLISIONS: u32 = 3;

/// What a process knows of the admitted.
#[derive(Debug)]
pub(crate) struct Desk {
    ceilings: Ceilings,
    admitted: Admitted,
    version: Option<u64>,
    /// Of whose ceilings was told.
    pub(crate) told: Told,
}

impl Desk {
    /// That knows of none yet.
    pub(crate) fn new(ceilings: Ceilings) -> Self {
        Self {
            ceilings,
            admitted: Admitted::default(),
            version: None,
            told: Told::new(),
        }
    }

    /// Goes by these ceilings from here on. What was admitted stays.
    pub(crate) fn go_by(&mut self, ceilings: Ceilings) {
        self.ceilings = ceilings;
    }

    /// How many are admitted, as far as this process knows.
    pub(crate) fn admitted(&self) -> usize {
        self.admitted.len()
    }

    /// The admitted, as far as this process knows, and how many there may be.
    pub(crate) fn known(&self) -> (&Admitted, &Ceilings) {
        (&self.admitted, &self.ceilings)
    }

    /// Admits what there is room for, and stores it before it is sent. Where that fails, only what was admitted before is, and
    /// all values are sent.
    pub(crate) async fn admit<P: Ports, C: Clock>(
        &mut self,
        run: &Run<'_, P, C>,
        series: &[SeriesMinute],
    ) -> (Admission, Option<Fault>) {
        let today = today(run);
        let mut known = self.admitted.clone();
        let admission = known.admit(series, &self.ceilings, today, false);
        if !admission.changed && admission.refused.is_empty() {
            return (admission, None);
        }
        match self.by_table(run, series, today).await {
            Ok(admission) => (admission, None),
            Err(fault) => {
                let frozen = self.admitted.admit(series, &self.ceilings, today, true);
                (frozen, Some(fault))
            }
        }
    }

    async fn by_table<P: Ports, C: Clock>(
        &mut self,
        run: &Run<'_, P, C>,
        series: &[SeriesMinute],
        today: i32,
    ) -> Result<Admission, Fault> {
        for _ in 0..MOST_COLLISIONS {
            self.read(run).await?;
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
            let moved = run
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

    async fn read<P: Ports, C: Clock>(&mut self, run: &Run<'_, P, C>) -> Result<(), Fault> {
        let stored = run.ports.read_state(&place()).await?;
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
pub(crate) fn today<P: Ports, C: Clock>(run: &Run<'_, P, C>) -> i32 {
    let since = run.clock.now().as_duration();
    let days = since
        .as_secs()
        .div_euclid(SignedDuration::from_hours(24).as_secs());
    i32::try_from(days).unwrap_or(i32::MAX)
}
