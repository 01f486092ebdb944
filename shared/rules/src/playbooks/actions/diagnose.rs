//! The diagnosis of an alarm.

use crate::{
    playbooks::matches::texts,
    yaml::{Fields, Log, Node},
};

/// The most resources in all: each is up to ten requests and ten sentences, and the function has a minute for an alarm,
/// of which other alarms of the same event need a part.
const MOST_RESOURCES: usize = 5;

/// What an item that names a resource of the stack begins with.
const OF_STACK: &str = "stack ";

/// Changes nothing: reads what explains the alarm, into the incident's thread. Without resources, the alarm's own is
/// read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnose {
    /// Lambda functions.
    pub functions: Vec<Resource>,
    /// Kinesis streams.
    pub streams: Vec<Resource>,
    /// `DynamoDB` tables.
    pub tables: Vec<Resource>,
    /// Models of Bedrock.
    pub models: Vec<Resource>,
}

/// A resource that is read whatever the alarm's dimensions are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// A resource of this name.
    Named(String),
    /// The resource that the stack has or watches, by the name of its parameter or its logical id.
    OfStack(String),
}

/// The names of a kind of resources.
struct Kind {
    field: &'static str,
    /// What a name is, for the sentence that refuses another one.
    what: &'static str,
    /// The characters besides letters and digits.
    besides: &'static str,
    longest: usize,
}

/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>.
const FUNCTIONS: Kind = Kind {
    field: "functions",
    what: "a function, without ARN, version or alias",
    besides: "-_",
    longest: 64,
};
/// <https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html>.
const STREAMS: Kind = Kind {
    field: "streams",
    what: "a stream",
    besides: "_.-",
    longest: 128,
};
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html>.
const TABLES: Kind = Kind {
    field: "tables",
    what: "a table",
    besides: "_.-",
    longest: 255,
};
/// A model's id, or an inference profile's id or ARN, as the dimension `ModelId` has it. An ARN has about 100 characters;
/// the names of all resources together are the key of an audit row, of which `DynamoDB` takes 2,048 bytes.
const MODELS: Kind = Kind {
    field: "models",
    what: "a model",
    besides: ".:/_-",
    longest: 255,
};

impl Diagnose {
    /// Whether it names no resource, so that the alarm's own is read.
    pub const fn is_of_alarm(&self) -> bool {
        self.functions.is_empty()
            && self.streams.is_empty()
            && self.tables.is_empty()
            && self.models.is_empty()
    }

    pub(crate) fn read(node: &Node, log: &mut Log) -> Option<Self> {
        let mut fields = Fields::of(node, "`diagnose`", log)?;
        let functions = FUNCTIONS.read(&mut fields, log);
        let streams = STREAMS.read(&mut fields, log);
        let tables = TABLES.read(&mut fields, log);
        let models = MODELS.read(&mut fields, log);
        fields.finish(log);
        let read = Self {
            functions: functions?,
            streams: streams?,
            tables: tables?,
            models: models?,
        };
        let named = [&read.functions, &read.streams, &read.tables, &read.models];
        let count: usize = named.into_iter().map(Vec::len).sum();
        if count > MOST_RESOURCES {
            let message =
                format!("`diagnose` has {count} resources, and at most {MOST_RESOURCES} are read");
            log.at(node.at, message);
            return None;
        }
        Some(read)
    }
}

impl Kind {
    /// The resources in the field, none where it is absent; `None` where one is wrong, which is then written down.
    fn read(&self, fields: &mut Fields<'_>, log: &mut Log) -> Option<Vec<Resource>> {
        let Some(node) = fields.optional(self.field) else {
            return Some(Vec::new());
        };
        let texts = texts(node, self.field, log)?;
        let resources: Vec<_> = texts
            .iter()
            .map(|text| {
                let resource = self.resource(text);
                if resource.is_none() {
                    let Self { field, what, .. } = self;
                    log.at(
                        node.at,
                        format!(
                            "`{field}`: {text:?} is neither the name of {what}, nor `stack NAME`"
                        ),
                    );
                }
                resource
            })
            .collect();
        resources.into_iter().collect()
    }

    fn resource(&self, text: &str) -> Option<Resource> {
        let alphanumeric = |name: &str| name.chars().all(|each| each.is_ascii_alphanumeric());
        if let Some(name) = text.strip_prefix(OF_STACK) {
            // Parameters and logical ids have at most 255 characters:
            // <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>.
            return ((1..=255).contains(&name.len()) && alphanumeric(name))
                .then(|| Resource::OfStack(name.to_owned()));
        }
        let legal =
            |character: char| character.is_ascii_alphanumeric() || self.besides.contains(character);
        ((1..=self.longest).contains(&text.len()) && text.chars().all(legal))
            .then(|| Resource::Named(text.to_owned()))
    }
}
