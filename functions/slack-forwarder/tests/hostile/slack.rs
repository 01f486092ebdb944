//! A web server that answers requests as a test sets it.

use std::sync::{Arc, Mutex};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What it does with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// 429, with `Retry-After` or without.
    Limits(Option<u64>),
    /// 500.
    Breaks,
    /// 200 that is no yes.
    SaysNo,
    /// 410.
    IsGone,
    /// Closes before it answers, and has not taken it.
    Closes,
    /// Takes the message and closes before it answers.
    TakesAndCloses,
    /// Takes the message and answers 200 with a body that never ends.
    TakesAndNeverEnds,
}

pub(crate) struct Slack {
    address: String,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    manners: Vec<Manner>,
    taken: usize,
    ambiguous: usize,
}

impl Slack {
    /// It has these manners in turn, and after them takes everything.
    pub(crate) async fn start(manners: &[Manner]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let mut manners = manners.to_vec();
        manners.reverse();
        let seen = Arc::new(Mutex::new(Seen {
            manners,
            ..Seen::default()
        }));
        let served = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&served)));
            }
        });
        Self { address, seen }
    }

    pub(crate) fn address(&self) -> String {
        self.address.clone()
    }

    /// Messages that stand in the channel.
    pub(crate) fn taken(&self) -> usize {
        self.seen.lock().unwrap().taken
    }

    /// Those of them whose answer was lost.
    pub(crate) fn ambiguous(&self) -> usize {
        self.seen.lock().unwrap().ambiguous
    }
}

async fn serve(mut stream: TcpStream, seen: Arc<Mutex<Seen>>) {
    let Some(head) = read(&mut stream).await else {
        return;
    };
    let manner = {
        let mut seen = seen.lock().unwrap();
        let manner = seen.manners.pop();
        match manner {
            None => seen.taken += 1,
            Some(Manner::TakesAndCloses | Manner::TakesAndNeverEnds) => {
                seen.taken += 1;
                seen.ambiguous += 1;
            }
            Some(_) => {}
        }
        manner
    };
    let is_api = head.contains("/chat.");
    let answer = match manner {
        None if is_api => whole("200 OK", r#"{"ok":true,"channel":"C1","ts":"1.5"}"#),
        None => whole("200 OK", "ok"),
        Some(Manner::Limits(Some(seconds))) => format!(
            "HTTP/1.1 429 Too Many Requests\r\nretry-after: {seconds}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        ),
        Some(Manner::Limits(None)) => whole("429 Too Many Requests", ""),
        Some(Manner::Breaks) => whole("500 Internal Server Error", "rollup_error"),
        Some(Manner::SaysNo) => whole("200 OK", r#"{"ok":false,"error":"fatal_error"}"#),
        Some(Manner::IsGone) => whole("410 Gone", "channel_is_archived"),
        Some(Manner::Closes | Manner::TakesAndCloses) => return,
        Some(Manner::TakesAndNeverEnds) => {
            let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
            let mut chunk = head.as_bytes().to_vec();
            while stream.write_all(&chunk).await.is_ok() {
                chunk = vec![b'x'; 4_096];
            }
            return;
        }
    };
    // Who closed first gets nothing.
    stream.write_all(answer.as_bytes()).await.ok();
}

fn whole(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The request's head, after all of it was read.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4_096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length: usize = head
                .to_ascii_lowercase()
                .split("content-length: ")
                .nth(1)?
                .split("\r\n")
                .next()?
                .parse()
                .ok()?;
            if body.len() >= length {
                return Some(head.to_owned());
            }
        }
        match stream.read(&mut chunk).await {
            Ok(read @ 1..) => bytes.extend_from_slice(&chunk[..read]),
            _ => return None,
        }
    }
}
