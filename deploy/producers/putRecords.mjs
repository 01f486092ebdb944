// Puts events on the stream with the AWS SDK for JavaScript, version 3. What Kinesis does not take is put again.
import { PutRecordsCommand } from "@aws-sdk/client-kinesis";

const LARGEST = 500; // entries of a request (Kinesis quotas)
const ATTEMPTS = 8; // with the waits between them, at most thirteen seconds

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// `kinesis` is new KinesisClient({}), `stream` the stack's output EventStream.
export async function putRecords(kinesis, stream, events, sleep = wait) {
  for (let start = 0; start < events.length; start += LARGEST) {
    let entries = events.slice(start, start + LARGEST).map((event) => ({
      Data: new TextEncoder().encode(JSON.stringify(event)),
      PartitionKey: event.event_id,
    }));
    for (let attempt = 0; entries.length > 0; attempt += 1) {
      if (attempt === ATTEMPTS) {
        throw new Error(`${entries.length} events were not taken in ${ATTEMPTS} attempts`);
      }
      if (attempt > 0) await sleep(Math.random() * 100 * 2 ** (attempt - 1));
      const { Records } = await kinesis.send(new PutRecordsCommand({ StreamName: stream, Records: entries }));
      entries = entries.filter((_, index) => Records[index].ErrorCode);
    }
  }
}
