//! CloudWatch's alarm semantics, for the command line, the tests and the local line.
