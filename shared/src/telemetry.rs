//! Logs: JSON lines, at the level and in the format that the function's `LoggingConfig` sets.

/// Starts logging. Lambda hands the level and the format over in `AWS_LAMBDA_LOG_LEVEL` and `AWS_LAMBDA_LOG_FORMAT`.
pub fn start() {
    lambda_runtime::tracing::init_default_subscriber();
}
