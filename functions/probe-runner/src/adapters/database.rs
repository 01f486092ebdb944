//! Runs one statement on PostgreSQL.

use std::{pin::pin, time::Duration};

use futures::future::{Either, select};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use rustls::ClientConfig;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::{
    Client, Config, Connection, NoTls,
    config::SslMode,
    error::SqlState,
    types::{FromSql, Type},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::certificate;
use crate::{
    failure::{Failure, Reason},
    ports::{DatabaseRequest, Row},
    targets::DatabaseAddress,
};

/// The number of rows that are read: one is expected, and a second proves that there are too many.
const MOST_ROWS: i32 = 2;

pub(super) async fn query(
    tls: &ClientConfig,
    request: &DatabaseRequest<'_>,
    secret: &SecretString,
) -> Result<Vec<Row>, Failure> {
    let address = request.address;
    let mut config = Config::new();
    config
        .host(&address.host)
        .port(address.port)
        .user(&address.user)
        .dbname(&address.database)
        .password(secret.expose_secret())
        .application_name("picket-probe");
    if address.encrypted {
        config.ssl_mode(SslMode::Require);
        let tls = MakeRustlsConnect::new(tls.clone());
        let (client, connection) = config
            .connect(tls)
            .await
            .map_err(|error| failure(address, error))?;
        drive(client, connection, request).await
    } else {
        config.ssl_mode(SslMode::Disable);
        let (client, connection) = config
            .connect(NoTls)
            .await
            .map_err(|error| failure(address, error))?;
        drive(client, connection, request).await
    }
}

/// Drives the connection and the statement in one future, so that dropping it drops both.
async fn drive<S, T>(
    client: Client,
    connection: Connection<S, T>,
    request: &DatabaseRequest<'_>,
) -> Result<Vec<Row>, Failure>
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    let running = pin!(run(client, request));
    match select(running, pin!(connection)).await {
        Either::Left((answer, _)) => answer,
        Either::Right((Ok(()), running)) => running.await,
        Either::Right((Err(error), _)) => Err(failure(request.address, error)),
    }
}

async fn run(mut client: Client, request: &DatabaseRequest<'_>) -> Result<Vec<Row>, Failure> {
    let failed = |error| failure(request.address, error);
    let transaction = client
        .build_transaction()
        .read_only(true)
        .start()
        .await
        .map_err(failed)?;
    let limit = limit(request.timeout);
    transaction.batch_execute(&limit).await.map_err(failed)?;
    // Prepared: several statements in one text are refused, and the columns are known before it runs.
    let statement = transaction
        .prepare(request.statement.as_str())
        .await
        .map_err(failed)?;
    if statement.columns().is_empty() {
        return Err(Failure::new(
            Reason::Refused,
            "the statement returns no columns, and was not run",
        ));
    }
    if let Some(column) = statement
        .columns()
        .iter()
        .find(|column| !Number::accepts(column.type_()))
    {
        let (name, kind) = (column.name(), column.type_());
        return Err(Failure::new(
            Reason::Refused,
            format!(
                "the column {name} is of the type {kind}, which is no number, and the statement was not run"
            ),
        ));
    }
    let portal = transaction.bind(&statement, &[]).await.map_err(failed)?;
    let rows = transaction
        .query_portal(&portal, MOST_ROWS)
        .await
        .map_err(failed)?;
    rows.iter()
        .map(row)
        .collect::<Result<_, _>>()
        .map_err(failed)
}

fn row(row: &tokio_postgres::Row) -> Result<Row, tokio_postgres::Error> {
    let columns = row.columns().iter().enumerate();
    columns
        .map(|(index, column)| {
            let number: Option<Number> = row.try_get(index)?;
            Ok((column.name().to_owned(), number.map(|number| number.0)))
        })
        .collect()
}

/// The statement timeout of the database, which holds even if the connection is gone.
fn limit(timeout: Duration) -> String {
    let milliseconds = timeout.as_millis().max(1);
    format!("SET LOCAL statement_timeout = {milliseconds}")
}

/// Reads a number of any of PostgreSQL's numeric types.
#[derive(Debug)]
struct Number(f64);

impl<'a> FromSql<'a> for Number {
    fn from_sql(
        kind: &Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        let number = match *kind {
            Type::INT2 => f64::from(i16::from_sql(kind, raw)?),
            Type::INT4 => f64::from(i32::from_sql(kind, raw)?),
            Type::INT8 => {
                #[expect(
                    clippy::cast_precision_loss,
                    reason = "CloudWatch keeps floats of 53 bits"
                )]
                let number = i64::from_sql(kind, raw)? as f64;
                number
            }
            Type::FLOAT4 => f64::from(f32::from_sql(kind, raw)?),
            Type::FLOAT8 => f64::from_sql(kind, raw)?,
            _ => Decimal::from_sql(kind, raw)?
                .to_f64()
                .ok_or("it is no number")?,
        };
        Ok(Self(number))
    }

    fn accepts(kind: &Type) -> bool {
        matches!(
            *kind,
            Type::INT2 | Type::INT4 | Type::INT8 | Type::FLOAT4 | Type::FLOAT8 | Type::NUMERIC
        )
    }
}

fn failure(address: &DatabaseAddress, error: tokio_postgres::Error) -> Failure {
    if let Some(why) = certificate::refusal(&error) {
        let message = format!("the certificate of {} is not accepted: {why}", address.host);
        return Failure::new(Reason::Certificate, message).because(error);
    }
    let Some(database) = error.as_db_error() else {
        return Failure::new(Reason::Unreachable, format!("no answer from {address}"))
            .because(error);
    };
    let code = database.code();
    let (reason, message) = if *code == SqlState::QUERY_CANCELED {
        (
            Reason::Timeout,
            format!("{address} gave up on the statement: it took too long"),
        )
    } else if is_transient(code) {
        (
            Reason::Unavailable,
            format!("{address} cannot answer now ({})", code.code()),
        )
    } else {
        let message = database.message();
        (
            Reason::Refused,
            format!("{address} refused ({}): {message}", code.code()),
        )
    };
    Failure::new(reason, message)
}

/// Classes 53 (insufficient resources), 57 (operator intervention), 58 (system error) and XX (internal error).
fn is_transient(code: &SqlState) -> bool {
    ["53", "57", "58", "XX"]
        .iter()
        .any(|class| code.code().starts_with(class))
}
