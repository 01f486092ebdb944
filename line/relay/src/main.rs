//! A relay to the local line, for a function in a container.
//!
//! The line listens on this machine's loopback interface, and its addresses are in variables and secrets. A container
//! has a loopback interface of its own, so this program listens there on the same ports and relays each connection to
//! the machine. Then it runs the function, and ends with it.
//!
//! `picket-relay PORT=TARGET… -- PROGRAM`: a target is the path of a Unix socket, or `host:port`.

use std::{
    env,
    ffi::OsString,
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    process::{Command, ExitCode},
    str::FromStr,
    thread,
};

/// A stream of bytes in both directions.
trait Duplex: Read + Write + Send + Sized + 'static {
    fn duplicate(&self) -> io::Result<Self>;
    fn end_writing(&self) -> io::Result<()>;
}

impl Duplex for TcpStream {
    fn duplicate(&self) -> io::Result<Self> {
        self.try_clone()
    }

    fn end_writing(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }
}

impl Duplex for UnixStream {
    fn duplicate(&self) -> io::Result<Self> {
        self.try_clone()
    }

    fn end_writing(&self) -> io::Result<()> {
        self.shutdown(Shutdown::Write)
    }
}

/// A port, and the target that its connections are relayed to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Route {
    port: u16,
    target: String,
}

impl FromStr for Route {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let route = text.split_once('=').and_then(|(port, target)| {
            let port = port.parse().ok()?;
            let target = (!target.is_empty()).then(|| target.to_owned())?;
            Some(Self { port, target })
        });
        route.ok_or_else(|| format!("{text:?} is not PORT=TARGET"))
    }
}

fn main() -> ExitCode {
    match run(env::args_os().skip(1)) {
        Ok(status) => status,
        Err(error) => {
            let _ = writeln!(io::stderr(), "picket-relay: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut arguments: impl Iterator<Item = OsString>) -> Result<ExitCode, String> {
    for argument in arguments.by_ref().take_while(|argument| argument != "--") {
        let route: Route = argument.to_string_lossy().parse()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, route.port))
            .map_err(|error| format!("port {} is not free: {error}", route.port))?;
        thread::spawn(move || serve(&listener, &route.target));
    }
    let program = arguments.next().ok_or("no program after --")?;
    let status = Command::new(&program)
        .args(arguments)
        .status()
        .map_err(|error| format!("{} does not start: {error}", program.display()))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Relays the connections of a listener. One whose target does not respond is closed, as a port that nobody listens on.
fn serve(listener: &TcpListener, target: &str) {
    for client in listener.incoming().flatten() {
        let target = target.to_owned();
        thread::spawn(move || {
            if target.starts_with('/') {
                UnixStream::connect(target).and_then(|server| join(client, server))
            } else {
                TcpStream::connect(target).and_then(|server| join(client, server))
            }
        });
    }
}

/// Copies both directions until both have ended.
fn join(mut client: impl Duplex, mut server: impl Duplex) -> io::Result<()> {
    let (mut from_client, mut to_server) = (client.duplicate()?, server.duplicate()?);
    let requests = thread::spawn(move || {
        // A direction that fails has ended.
        let _ = io::copy(&mut from_client, &mut to_server);
        to_server.end_writing()
    });
    let _ = io::copy(&mut server, &mut client);
    // The other side may be gone already.
    let _ = client.end_writing();
    let _ = requests.join();
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn a_route_is_a_port_and_a_target() {
        let route = |port, target: &str| Route {
            port,
            target: target.to_owned(),
        };
        for (text, expected) in [
            (
                "4566=/var/task/4566.sock",
                Some(route(4566, "/var/task/4566.sock")),
            ),
            ("80=host:81", Some(route(80, "host:81"))),
            ("80=", None),
            ("x=host:81", None),
            ("80", None),
        ] {
            assert_eq!(text.parse().ok(), expected, "{text}");
        }
    }

    #[test]
    fn bytes_go_both_ways_and_their_end_too() {
        let folder = env::temp_dir().join(format!("picket-relay-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("target.sock");
        let target = UnixListener::bind(&path).unwrap();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let socket = path.to_string_lossy().into_owned();
        thread::spawn(move || serve(&listener, &socket));

        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(b"question").unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        let (mut server, _) = target.accept().unwrap();
        let mut asked = String::new();
        server.read_to_string(&mut asked).unwrap();
        assert_eq!(asked, "question");
        server.write_all(b"response").unwrap();
        drop(server);
        let mut answered = String::new();
        client.read_to_string(&mut answered).unwrap();
        assert_eq!(answered, "response");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_program_runs_and_its_status_is_kept() {
        let run = |arguments: &[&str]| run(arguments.iter().map(OsString::from));
        let status = |code| format!("{:?}", ExitCode::from(code));
        let exit = |code: &str| run(&["--", "sh", "-c", code]).map(|found| format!("{found:?}"));
        assert_eq!(exit("exit 0"), Ok(status(0)));
        assert_eq!(exit("exit 7"), Ok(status(7)));
        assert_eq!(run(&[]).unwrap_err(), "no program after --");
        assert!(
            run(&["x", "--", "sh"])
                .unwrap_err()
                .contains("is not PORT=TARGET")
        );
        assert!(
            run(&["--", "/no/program"])
                .unwrap_err()
                .contains("does not start")
        );
    }
}
