//! The local line: emulator, poller, pump, stand-ins and page.
