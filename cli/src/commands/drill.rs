//! `picket drill`: fires every alarm of a deployed stack by hand, and checks that each arrived at each of its sinks and
//! cleared there.
//!
//! What arrived is read from the Alerts table, where the forwarder records each change of an alarm at each sink after
//! the sink accepted it. What should arrive is worked out from the stack's routes.

mod adapters;
mod alarm;
mod answer;
mod plan;
mod ports;
mod run;

use std::{
    collections::HashMap,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use aws_types::SdkConfig;
use picket_aws::overrides::{Override, OverrideBucket, ReadOverrides};
use picket_rules::{
    overrides::ROUTES,
    routes::{self, Routes},
};
use picket_shared::clock::Clock;
use slack_forwarder::{config::Config, route};
use tokio::task::JoinSet;

use self::{
    adapters::Adapters,
    alarm::Alarm,
    answer::{Drilled, Summary, Verdict},
    plan::{Expected, Stack, Step, plan, selected},
    ports::{CountSubscriptions, ReadDeliveries, Refusal, SetAlarmState},
    run::Runner,
};
use crate::{account, arguments::DrillArguments, exit::Exit, output::Output, stack::StackOutputs};

/// The reason with which an alarm is put into ALARM, which its messages show.
const REASON: &str =
    "This is a drill (picket drill): the alarm was put into ALARM by hand, and nothing is wrong.";

/// Runs the command. Exit status 1 where a sink lacks a change, an alarm cannot notify anyone, or AWS refuses.
pub(crate) async fn run(
    arguments: &DrillArguments,
    clock: &(impl Clock + Clone + 'static),
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    match crate::aws::config().await {
        Ok(aws) => on(&aws, arguments, clock, output).await,
        Err(fault) => {
            output.complain(fault)?;
            Ok(Exit::Failed)
        }
    }
}

/// Runs the command with this configuration of clients.
pub(super) async fn on(
    aws: &SdkConfig,
    arguments: &DrillArguments,
    clock: &(impl Clock + Clone + 'static),
    output: &mut Output<'_>,
) -> io::Result<Exit> {
    let read = async {
        let deployed = Deployed::read(aws, &arguments.stack, clock).await?;
        let adapters = Adapters::new(aws, &deployed.config.alerts_table);
        let alarms = alarm::alarms(&account::alarms(aws).await?);
        Ok::<_, Refusal>((deployed, adapters, alarms))
    };
    match read.await {
        Ok((deployed, adapters, alarms)) => {
            let stop = stop_at_interrupt();
            let drill = Drill {
                stack: &deployed.stack(&arguments.stack),
                arguments,
                stop: &stop,
            };
            drill.all(&alarms, adapters, clock, output).await
        }
        Err(refusal) => {
            output.complain(refusal)?;
            Ok(Exit::Failed)
        }
    }
}

/// A drill of a stack.
struct Drill<'a> {
    stack: &'a Stack<'a>,
    arguments: &'a DrillArguments,
    /// Begin no further alarms, and put back those that have begun.
    stop: &'a Arc<AtomicBool>,
}

impl Drill<'_> {
    /// Drills the selected alarms, `at_once` at a time.
    async fn all<A, C>(
        &self,
        alarms: &[Alarm],
        aws: A,
        clock: &C,
        output: &mut Output<'_>,
    ) -> io::Result<Exit>
    where
        A: SetAlarmState + ReadDeliveries + CountSubscriptions + Send + Sync + 'static,
        C: Clock + Clone + 'static,
    {
        let selected = selected(alarms, self.stack, &self.arguments.alarms);
        if selected.is_empty() {
            output.complain(format!("the stack {} has no such alarm", self.stack.name))?;
            return Ok(Exit::Failed);
        }
        let aws = Arc::new(aws);
        let mut running = JoinSet::new();
        let mut summary = Summary::default();
        for alarm in selected {
            let expected = match self.decide(alarm) {
                Ok(expected) => expected,
                Err((verdict, reason)) => {
                    let left = Drilled::left(&alarm.name, verdict, reason);
                    report(&left, &mut summary, output)?;
                    continue;
                }
            };
            while running.len() >= usize::from(self.arguments.at_once) {
                next(&mut running, &mut summary, output).await?;
            }
            running.spawn(self.one(alarm.clone(), expected, Arc::clone(&aws), clock.clone()));
        }
        while !running.is_empty() {
            next(&mut running, &mut summary, output).await?;
        }
        output.answer(&summary)?;
        Ok(if summary.failed == 0 {
            Exit::Done
        } else {
            Exit::Failed
        })
    }

    /// What must arrive, or why the alarm is left as it is.
    fn decide(&self, alarm: &Alarm) -> Result<Expected, (Verdict, String)> {
        if self.stop.load(Ordering::Relaxed) {
            return Err((Verdict::Skipped, "the drill was interrupted".to_owned()));
        }
        match plan(alarm, self.stack, self.arguments) {
            Step::Drill(expected) => Ok(expected),
            Step::Skip(why) => Err((Verdict::Skipped, why.to_string())),
            Step::Deaf(why) => Err((Verdict::Failed, why.to_string())),
        }
    }

    /// One alarm's drill, which takes at least the pace.
    fn one<A, C>(
        &self,
        alarm: Alarm,
        expected: Expected,
        aws: Arc<A>,
        clock: C,
    ) -> impl Future<Output = Drilled> + Send + use<A, C>
    where
        A: SetAlarmState + ReadDeliveries + CountSubscriptions + Send + Sync + 'static,
        C: Clock + 'static,
    {
        let within = self.arguments.within;
        let pace = self.arguments.pace.unsigned_abs();
        let stop = Arc::clone(self.stop);
        async move {
            let runner = Runner {
                aws: &*aws,
                clock: &clock,
                within,
                stop: &stop,
            };
            let (drilled, ()) = tokio::join!(runner.drill(&alarm, &expected), clock.sleep(pace));
            drilled
        }
    }
}

async fn next(
    running: &mut JoinSet<Drilled>,
    summary: &mut Summary,
    output: &mut Output<'_>,
) -> io::Result<()> {
    match running.join_next().await {
        Some(Ok(drilled)) => report(&drilled, summary, output),
        Some(Err(error)) => Err(io::Error::other(error)),
        None => Ok(()),
    }
}

fn report(drilled: &Drilled, summary: &mut Summary, output: &mut Output<'_>) -> io::Result<()> {
    summary.count(drilled);
    output.answer(drilled)
}

/// A flag that Ctrl-C sets: an alarm must not be left in ALARM.
fn stop_at_interrupt() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            flag.store(true, Ordering::Relaxed);
        }
    });
    stop
}

/// The deployed forwarder's configuration and routes.
#[derive(Debug)]
struct Deployed {
    config: Config,
    routes: Arc<Routes>,
}

impl Deployed {
    /// Reads the forwarder's environment (`lambda:GetFunctionConfiguration`), and its routes in the override bucket, where
    /// it has one.
    async fn read(aws: &SdkConfig, stack: &str, clock: &impl Clock) -> Result<Self, Refusal> {
        let outputs = StackOutputs::read(aws, stack).await?;
        let function = outputs.get("SlackForwarder")?;
        let described = aws_sdk_lambda::Client::new(aws)
            .get_function_configuration()
            .function_name(function)
            .send()
            .await
            .map_err(|error| {
                let what = format!("the function {function} cannot be described");
                account::refusal(&what, &error)
            })?;
        let environment = described.environment.and_then(|all| all.variables);
        let environment = environment.unwrap_or_default();
        let pairs = environment.iter();
        let variables: HashMap<&str, &str> = pairs
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let config = Config::read(&variables)
            .map_err(|problems| format!("the forwarder's configuration: {problems}"))?;
        let bucket = OverrideBucket::new(aws, config.override_bucket.as_deref(), &config.stack);
        let routes = routes_in_force(&bucket, clock).await?;
        Ok(Self { config, routes })
    }

    fn stack<'a>(&'a self, name: &'a str) -> Stack<'a> {
        Stack {
            name,
            topics: &self.config.topics,
            fallback: &self.config.fallback_topic,
            routes: &self.routes,
            pages: self.config.endpoints.pagerduty.is_some(),
        }
    }
}

async fn routes_in_force(
    bucket: &OverrideBucket,
    clock: &impl Clock,
) -> Result<Arc<Routes>, Refusal> {
    let mut routes = Override::new(ROUTES, route::built_in().clone(), |_, file, text| {
        routes::parse(file, text)
    });
    let now = clock.now();
    if let Some(read) = routes.due_read(now)
        && let Some(result) = bucket.read_overrides(&[read]).await.pop()
    {
        routes.settle(now, result);
    }
    match routes.refused() {
        Some(reason) => Err(format!("the routes in the override bucket: {reason}")),
        None => Ok(routes.in_force()),
    }
}

#[cfg(test)]
mod tests;
