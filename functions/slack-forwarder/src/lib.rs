//! Turns what arrives on the alert topics into Slack messages.
