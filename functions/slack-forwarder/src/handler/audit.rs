//! The remediator's messages: claims, until their audit rows say the same.

use picket_shared::{clock::Clock, report::ErrorChain};

use super::{Handler, InvocationState, read::Read};
use crate::{
    decode::{self, Decoded},
    ports::Ports,
};

impl<P: Ports, C: Clock> Handler<P, C> {
    /// A message as it is. One of the remediator whose audit row is absent, differs or cannot be read is JSON like any
    /// other: it belongs to no incident, and acknowledges none.
    pub(super) async fn with_its_audit_row<'m>(
        &self,
        read: Read<'m>,
        run: &InvocationState<'_>,
    ) -> Read<'m> {
        let Some(message) = read.decoded.remediation() else {
            return read;
        };
        let (target, entry) = message.audit_key();
        let row = self.delivery.ports.read_remediation(&target, &entry);
        let row = self.delivery.within(run.invocation, row).await;
        match row.and_then(|row| row) {
            Ok(Some(recorded)) if recorded == *message => return read,
            Ok(_) => {
                tracing::warn!(id = read.id, target, entry, "no audit row has this message");
            }
            Err(fault) => {
                tracing::warn!(id = read.id, target, entry, error = %ErrorChain(&fault), "shown without its audit row");
            }
        }
        let decoded: Decoded = decode::generic(read.message);
        Read { decoded, ..read }
    }
}
