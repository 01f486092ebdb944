//! Clients on one connector, and the adapters that several functions use.
