//! A real PostgreSQL on loopback is asked.
//!
//! `scripts/postgres.sh` puts one into `target/`. Where there is none the test says so and skips, unless
//! `PICKET_REQUIRE_POSTGRES` is set, as CI does.

use std::{
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use picket_shared::{
    clock::{Clock, SystemClock},
    env::{Process, Variables},
};
use tokio::{
    io::{AsyncWriteExt, copy_bidirectional},
    net::TcpStream,
    process::{Child, Command},
};
use tokio_postgres::NoTls;

use super::{certificates::Root, databases::server, *};
use crate::{outcome::ProbeOutcome, run::run_all};

/// Tries, a tenth of a second apart: half a minute for a busy machine.
const MOST_TRIES: u32 = 300;
/// Where the wheel has them.
const PROGRAMS: &str = "pgserver/pginstall/bin";
/// `nobody`: PostgreSQL does not run as root.
const NOBODY: u32 = 65_534;

/// The tables that the shipped statement of workloads/scheduling-agent reads, and the role that may read them.
const SCHEMA: &str = "
CREATE TABLE sessions (id int, status text);
INSERT INTO sessions VALUES (1, 'active'), (2, 'active'), (3, 'closed'), (4, NULL);
CREATE TABLE messages (id int, created_at timestamptz DEFAULT now());
INSERT INTO messages SELECT generate_series(1, 1231);
INSERT INTO messages VALUES
    (1232, date_trunc('day', now())), (1233, date_trunc('day', now()) - interval '1 microsecond'), (1234, NULL);
CREATE TABLE appointments (id int, created_at timestamptz);
INSERT INTO appointments VALUES (1, now()), (2, now() - interval '1 day'), (3, now() - interval '1 month');
GRANT SELECT ON sessions, messages, appointments TO picket;
GRANT INSERT, DELETE ON messages TO picket;
";

struct Postgres {
    /// Stopped when dropped.
    _process: Child,
    _folder: tempfile::TempDir,
    port: u16,
}

fn installed() -> Option<PathBuf> {
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/postgres");
    home.join(PROGRAMS)
        .join("postgres")
        .is_file()
        .then_some(home)
}

async fn run(command: &mut Command) {
    let output = command.output().await.unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

impl Postgres {
    async fn start(home: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // Root becomes nobody, who may read neither the checkout nor the folder: both are given to it.
        let root = std::fs::metadata(folder.path()).unwrap().uid() == 0;
        let program = folder.path().join("postgres");
        run(Command::new("cp").arg("-R").arg(home).arg(&program)).await;
        std::fs::write(folder.path().join("password"), PASSWORD).unwrap();
        if root {
            chown(folder.path(), Some(NOBODY), None).unwrap();
        }
        let command = |name: &str| {
            let mut command = Command::new(program.join(PROGRAMS).join(name));
            command
                .current_dir(folder.path())
                .env_clear()
                .env("LC_ALL", "C")
                .kill_on_drop(true);
            if root {
                command.uid(NOBODY);
            }
            command
        };
        run(command("initdb")
            .args(["-D", "data", "-U", "postgres", "--auth=scram-sha-256"])
            .args(["--pwfile=password", "--no-sync", "--encoding=UTF8"]))
        .await;
        let port = {
            let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
            listener.local_addr().unwrap().port()
        };
        let process = command("postgres")
            .args(["-D", "data", "-c", "listen_addresses=127.0.0.1"])
            .args([
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off",
                "-p",
                &port.to_string(),
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let postgres = Self {
            _process: process,
            _folder: folder,
            port,
        };
        postgres.prepare().await;
        postgres
    }

    async fn prepare(&self) {
        let mut config = tokio_postgres::Config::new();
        config
            .host("127.0.0.1")
            .port(self.port)
            .user("postgres")
            .dbname("postgres")
            .password(PASSWORD);
        for _ in 0..MOST_TRIES {
            if let Ok((client, connection)) = config.connect(NoTls).await {
                tokio::spawn(connection);
                let role = format!("CREATE ROLE picket LOGIN PASSWORD '{PASSWORD}';");
                client.batch_execute(&role).await.unwrap();
                client.batch_execute(SCHEMA).await.unwrap();
                return;
            }
            SystemClock.sleep(Duration::from_millis(100)).await;
        }
        panic!("PostgreSQL did not start");
    }

    fn target(&self, user: &str) -> String {
        format!(
            "postgresql://{user}@127.0.0.1:{}/postgres?sslmode=disable",
            self.port
        )
    }

    /// The same, behind TLS: this build of PostgreSQL speaks none.
    async fn behind(&self, tls: tokio_rustls::TlsAcceptor) -> String {
        let inside = self.port;
        let outside = server(move |mut stream| {
            let tls = tls.clone();
            async move {
                stream.write_all(b"S").await.unwrap();
                let mut stream = tls.accept(stream).await.unwrap();
                let mut inside = TcpStream::connect(("127.0.0.1", inside)).await.unwrap();
                let _ = copy_bidirectional(&mut stream, &mut inside).await;
            }
        })
        .await;
        format!("postgresql://picket@localhost:{outside}/postgres")
    }
}

async fn ask(adapters: &Adapters, probe: &ActiveProbe) -> ProbeOutcome {
    run_all(adapters, &SystemClock, &[probe], Duration::from_secs(38))
        .await
        .remove(0)
        .1
}

/// A probe with this statement that reads the column n.
fn statement(statement: &str, target: &str) -> ActiveProbe {
    let statement = statement.replace('\'', "''");
    active(
        &format!("PostgreSQL: {{ Target: orders, Statement: '{statement}' }}"),
        "Column: n",
        target,
    )
}

#[tokio::test]
async fn a_real_postgresql_is_asked_one_question_that_reads() {
    let Some(home) = installed() else {
        assert!(
            Process.get("PICKET_REQUIRE_POSTGRES").is_none(),
            "PICKET_REQUIRE_POSTGRES is set, and there is no PostgreSQL: run scripts/postgres.sh"
        );
        println!("skipped: there is no PostgreSQL; scripts/postgres.sh puts one into target/");
        return;
    };
    let postgres = Postgres::start(&home).await;
    let root = Root::new();
    let (adapters, _store) = adapters(Some(root.pem())).await;
    the_shipped_probe_finds_its_numbers(&adapters, &postgres, &root).await;
    every_numeric_type_is_a_number(&adapters, &postgres).await;
    what_does_not_read_is_refused(&adapters, &postgres).await;
    what_takes_too_long_is_stopped(&adapters, &postgres).await;
}

async fn the_shipped_probe_finds_its_numbers(
    adapters: &Adapters,
    postgres: &Postgres,
    root: &Root,
) {
    let text = include_str!("../../../../../workloads/scheduling-agent/probes.yaml");
    let probes = probes::parse("probes.yaml", text).unwrap().probes;
    let probe = probes
        .into_iter()
        .find(|probe| probe.name.as_str() == "database")
        .unwrap();
    for target in [
        postgres.target("picket"),
        postgres.behind(root.server("localhost", 4000)).await,
    ] {
        let targets: Targets = format!("scheduling-agent-database={target}")
            .parse()
            .unwrap();
        let mut active = ActiveProbe {
            id: "scheduling-agent/database".to_owned(),
            endpoint: targets.endpoint(&probe).unwrap().unwrap(),
            probe: probe.clone(),
        };
        // The fake Parameter Store knows the password by one name.
        if let probes::Check::PostgreSql(check) = &mut active.probe.check {
            check.target = "orders".parse().unwrap();
        }
        let outcome = ask(adapters, &active).await;
        assert!(outcome.failure.is_none(), "{:?}", outcome.failure);
        let numbers: Vec<_> = active
            .probe
            .metrics
            .iter()
            .map(|metric| outcome.number(metric))
            .collect();
        // Of the messages, neither the one before midnight nor the one without a time.
        assert_eq!(numbers, [Some(2.0), Some(1232.0), Some(1.0)], "{target}");
    }
}

async fn every_numeric_type_is_a_number(adapters: &Adapters, postgres: &Postgres) {
    for (expression, number) in [
        ("1::int2", Some(1.0)),
        ("-2::int4", Some(-2.0)),
        ("9007199254740992::int8", Some(9_007_199_254_740_992.0)),
        ("1.5::float4", Some(1.5)),
        ("2.25::float8", Some(2.25)),
        ("12345.678::numeric", Some(12_345.678)),
        ("sum(1.10) FROM generate_series(1, 3)", Some(3.3)),
        ("NULL::int4", None),
        ("'NaN'::float8", None),
    ] {
        let expression = expression.replacen(" FROM", " AS n FROM", 1);
        let named = if expression.contains(" AS n") {
            ""
        } else {
            " AS n"
        };
        let probe = statement(
            &format!("SELECT {expression}{named}"),
            &postgres.target("picket"),
        );
        let outcome = ask(adapters, &probe).await;
        assert_eq!(
            outcome.number(&probe.probe.metrics[0]),
            number,
            "{expression}: {:?}",
            outcome.failure
        );
        assert_eq!(outcome.failure.is_none(), number.is_some(), "{expression}");
    }
}

async fn what_does_not_read_is_refused(adapters: &Adapters, postgres: &Postgres) {
    for (text, user, expected) in [
        (
            "WITH gone AS (DELETE FROM messages RETURNING 1) SELECT count(*) AS n FROM gone",
            "picket",
            "25006",
        ),
        (
            "WITH new AS (INSERT INTO messages VALUES (0) RETURNING 1) SELECT count(*) AS n FROM new",
            "postgres",
            "25006",
        ),
        ("SELECT 1 AS n INTO other", "postgres", "no columns"),
        (
            "SELECT id AS n FROM messages WHERE id = 1 FOR UPDATE",
            "postgres",
            "25006",
        ),
        ("SELECT 1 AS n; DELETE FROM messages", "postgres", "42601"),
        (
            "SELECT 1 AS n; COMMIT; DELETE FROM messages",
            "postgres",
            "42601",
        ),
        (
            "SELECT set_config('transaction_read_only', 'off', true)::text AS n",
            "postgres",
            "no number",
        ),
        ("SELECT 'x' AS n", "picket", "no number"),
        ("SELECT * FROM nowhere", "picket", "42P01"),
        ("SELECT n", "picket", "42703"),
    ] {
        let outcome = ask(adapters, &statement(text, &postgres.target(user))).await;
        let failure = outcome.failure.unwrap_or_else(|| panic!("{text} was run"));
        assert_eq!(failure.reason, Reason::Refused, "{text}: {failure:?}");
        assert!(failure.to_string().contains(expected), "{text}: {failure}");
    }
    for text in [
        "SELECT 1 AS n WHERE false",
        "SELECT generate_series(1, 1000000) AS n",
    ] {
        let outcome = ask(adapters, &statement(text, &postgres.target("picket"))).await;
        assert_eq!(outcome.failure.unwrap().reason, Reason::Answer, "{text}");
    }
    let stranger = ask(
        adapters,
        &statement("SELECT 1 AS n", &postgres.target("stranger")),
    )
    .await;
    let failure = stranger.failure.unwrap();
    assert_eq!(failure.reason, Reason::Refused);
    assert!(failure.to_string().contains("28P01"), "{failure}");
    assert!(!format!("{failure:?}").contains(PASSWORD));
    // Nothing of all that left a trace.
    let probe = statement(
        "SELECT count(*) AS n FROM messages",
        &postgres.target("picket"),
    );
    assert_eq!(
        ask(adapters, &probe).await.number(&probe.probe.metrics[0]),
        Some(1234.0)
    );
}

/// The database stops it: nobody waits here.
async fn what_takes_too_long_is_stopped(adapters: &Adapters, postgres: &Postgres) {
    let probe = statement(
        "SELECT 1 AS n FROM pg_sleep(3600)",
        &postgres.target("picket"),
    );
    let request = DatabaseRequest {
        timeout: Duration::from_millis(20),
        ..databases::request(&probe)
    };
    let failure = adapters.query_database(&request).await.unwrap_err();
    assert_eq!(failure.reason, Reason::Timeout, "{failure:?}");
}
