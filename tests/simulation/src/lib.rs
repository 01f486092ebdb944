//! Event processor and publisher together, by a seed, against stand-ins that fail as AWS does: the tests are all there
//! is.
