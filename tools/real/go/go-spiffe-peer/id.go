package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"

	"github.com/spiffe/go-spiffe/v2/spiffeid"
)

// parseIDs prints one line per ID: its parts, or why it is none. JSON strings, so that any text can be asked about.
func parseIDs(_ context.Context, args []string) error {
	flags := flags("id")
	domains := flags.Bool("trust-domain", false, "the lines are trust domains")
	if err := flags.Parse(args); err != nil {
		return err
	}
	decoder := json.NewDecoder(os.Stdin)
	for {
		var text string
		if err := decoder.Decode(&text); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		print(parseID(text, *domains))
	}
}

func parseID(text string, domain bool) map[string]string {
	if domain {
		parsed, err := spiffeid.TrustDomainFromString(text)
		if err != nil {
			return map[string]string{"error": err.Error()}
		}
		return map[string]string{"trustDomain": parsed.Name()}
	}
	id, err := spiffeid.FromString(text)
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	return map[string]string{"id": id.String(), "trustDomain": id.TrustDomain().Name(), "path": id.Path()}
}
