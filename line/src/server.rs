//! One local web server: the page, Slack's webhooks and Cost Explorer.

use std::io::ErrorKind;

use anyhow::{Context, Result, bail};
use axum::Router;
use tokio::{net::TcpListener, task::JoinHandle};

/// A running server; it stops when this value is dropped.
#[derive(Debug)]
pub struct Server {
    address: String,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves on this port of the local address; 0 is any free one.
    pub async fn start(port: u16, router: Router) -> Result<Self> {
        let listener = match TcpListener::bind(("127.0.0.1", port)).await {
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                bail!(
                    "port {port} is taken: choose another with `--port`, or any free one with `--port 0`"
                )
            }
            listener => listener.with_context(|| format!("port {port} cannot be listened on"))?,
        };
        let address = format!("http://{}", listener.local_addr()?);
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!("the page's server stopped: {error}");
            }
        });
        Ok(Self { address, task })
    }

    /// Its address, without a slash at the end.
    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_busy_port_is_one_clear_sentence() {
        let first = Server::start(0, Router::new()).await.unwrap();
        let port = first.address().rsplit(':').next().unwrap().parse().unwrap();
        let error = Server::start(port, Router::new()).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "port {port} is taken: choose another with `--port`, or any free one with `--port 0`"
            )
        );
    }
}
