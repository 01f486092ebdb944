// Puts events on the stream with the AWS SDK for Java, version 2. What Kinesis does not take is put again.
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kinesis.KinesisClient;
import software.amazon.awssdk.services.kinesis.model.PutRecordsRequestEntry;
import software.amazon.awssdk.services.kinesis.model.PutRecordsResultEntry;

public final class PutRecords {
    private static final int LARGEST = 500; // entries of a request (Kinesis quotas)
    private static final int ATTEMPTS = 8; // with the waits between them, at most thirteen seconds

    private PutRecords() {}

    /** An event as JSON, and its id. */
    public record Event(String id, String json) {}

    /** {@code stream} is the stack's output EventStream. */
    public static void put(KinesisClient kinesis, String stream, List<Event> events) throws InterruptedException {
        for (int start = 0; start < events.size(); start += LARGEST) {
            List<PutRecordsRequestEntry> entries = new ArrayList<>();
            for (Event event : events.subList(start, Math.min(start + LARGEST, events.size()))) {
                entries.add(PutRecordsRequestEntry.builder()
                        .data(SdkBytes.fromUtf8String(event.json()))
                        .partitionKey(event.id())
                        .build());
            }
            for (int attempt = 0; !entries.isEmpty(); attempt++) {
                if (attempt == ATTEMPTS) {
                    throw new IllegalStateException(entries.size() + " events were not taken in " + ATTEMPTS + " attempts");
                }
                if (attempt > 0) {
                    Thread.sleep(ThreadLocalRandom.current().nextLong(100L << (attempt - 1)));
                }
                List<PutRecordsRequestEntry> sent = List.copyOf(entries);
                List<PutRecordsResultEntry> answers =
                        kinesis.putRecords(request -> request.streamName(stream).records(sent)).records();
                entries.clear();
                for (int index = 0; index < sent.size(); index++) {
                    if (answers.get(index).errorCode() != null) {
                        entries.add(sent.get(index));
                    }
                }
            }
        }
    }
}
