//! Publishes what the chains hold to CloudWatch and folds the usage ledger.
