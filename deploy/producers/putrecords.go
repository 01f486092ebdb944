// Package producer puts events on the stream with the AWS SDK for Go, version 2. What Kinesis does not take is put again.
package producer

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kinesis"
	"github.com/aws/aws-sdk-go-v2/service/kinesis/types"
)

const (
	largest  = 500 // entries of a request (Kinesis quotas)
	attempts = 8   // with the waits between them, at most thirteen seconds
)

// Event is an event as JSON, and its id.
type Event struct {
	ID   string
	JSON []byte
}

// Client is what it needs of *kinesis.Client.
type Client interface {
	PutRecords(context.Context, *kinesis.PutRecordsInput, ...func(*kinesis.Options)) (*kinesis.PutRecordsOutput, error)
}

// PutRecords puts events; stream is the stack's output EventStream.
func PutRecords(ctx context.Context, client Client, stream string, events []Event) error {
	for start := 0; start < len(events); start += largest {
		var entries []types.PutRecordsRequestEntry
		for _, event := range events[start:min(start+largest, len(events))] {
			entries = append(entries, types.PutRecordsRequestEntry{Data: event.JSON, PartitionKey: aws.String(event.ID)})
		}
		for attempt := 0; len(entries) > 0; attempt++ {
			if attempt == attempts {
				return fmt.Errorf("%d events were not taken in %d attempts", len(entries), attempts)
			}
			if attempt > 0 {
				time.Sleep(rand.N(100 * time.Millisecond << (attempt - 1)))
			}
			answer, err := client.PutRecords(ctx, &kinesis.PutRecordsInput{StreamName: aws.String(stream), Records: entries})
			if err != nil {
				return err
			}
			var rejected []types.PutRecordsRequestEntry
			for index, result := range answer.Records {
				if result.ErrorCode != nil {
					rejected = append(rejected, entries[index])
				}
			}
			entries = rejected
		}
	}
	return nil
}
