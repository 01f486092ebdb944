//! House rules of the templates: what no linter knows. Read as `sam deploy` reads them, and as SAM translates them.

mod account;
mod alarms;
mod catalogue;
mod conditions;
mod dashboards;
mod functions;
mod lint;
mod load;
mod managed_prometheus;
mod mapping;
mod names;
mod on_aws;
mod policies;
mod queries;
mod reader;
mod requirements;
mod rules;
mod samconfig;
mod storage;
mod subscriptions;
mod topics;
