//! The command line of Picket.
