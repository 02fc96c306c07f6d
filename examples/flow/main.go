// Flow replaces the graph of a Versori workflow.
//
//	VERSORI_API_TOKEN=… go run ./examples/flow ORGANISATION PROJECT
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/wharfinger/sdk/versori"
)

func main() {
	client, err := versori.New(versori.WithOrganisation(os.Args[1])) // the token is read from VERSORI_API_TOKEN
	if err != nil {
		log.Fatal(err)
	}
	start := time.Now()
	flow, err := client.Flows.Update(context.Background(), os.Args[2], "orders", versori.Flow{
		Name: "orders", Description: "Copies new orders to the warehouse.",
		Spans: []versori.Span{{
			Name: "fetch orders", StartTime: start, EndTime: start.Add(time.Second), Duration: 1000, Ended: true,
			Attributes: map[string]any{"http.method": "GET"}, Events: []versori.SpanEvent{},
			SpanContext: versori.SpanContext{TraceID: "0af7651916cd43dd8448eb211c80319c", SpanID: "b7ad6b7169203331", TraceFlags: 1},
		}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("flow", flow.ID.Or("?"), "has", len(flow.Spans), "spans")
}
