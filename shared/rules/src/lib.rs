//! The filter language, and the formats of metrics, prices, routes and playbooks.
