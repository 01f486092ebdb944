//! Plans a safe repair for an alarm, and carries it out where it may.
