//! What every Picket function shares, without an SDK: environment, clock, chain, sketch, alarm, fleet messages.
