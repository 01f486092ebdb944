//! House rules of the templates: what no linter knows. Read as `sam deploy` reads them, and as SAM translates them.

mod account;
mod account_check;
mod alarms;
mod catalogue;
mod conditions;
mod cost;
mod dashboards;
mod deployer;
mod functions;
mod lint;
mod load;
mod managed_prometheus;
mod mapping;
mod names;
mod on_aws;
mod policies;
mod producers;
mod queries;
mod reader;
mod requirements;
mod rules;
mod samconfig;
mod schemas;
mod storage;
mod subscriptions;
mod topics;
