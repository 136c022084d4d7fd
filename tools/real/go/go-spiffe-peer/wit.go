package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/spiffe/go-spiffe/v2/exp/bundle/witbundle"
	"github.com/spiffe/go-spiffe/v2/exp/svid/witsvid"
	"github.com/spiffe/go-spiffe/v2/spiffeid"
)

// witValidate prints one line per WIT-SVID: the subject, or why it is refused. Proofs of possession are not looked at.
func witValidate(_ context.Context, args []string) error {
	flags := flags("wit-validate")
	file := flags.String("bundle", "", "WIT bundle (JWK Set) to validate with")
	domain := flags.String("trust-domain", "", "trust domain of that bundle")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *file == "" {
		return errors.New("-bundle is needed")
	}
	trustDomain, err := spiffeid.TrustDomainFromString(*domain)
	if err != nil {
		return err
	}
	bundle, err := witbundle.Load(trustDomain, *file)
	if err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		svid, err := witsvid.ParseAndValidate(strings.TrimSpace(lines.Text()), bundle)
		if err != nil {
			print(map[string]any{"error": err.Error()})
			continue
		}
		print(map[string]any{"id": svid.ID.String(), "expiry": svid.Expiry.UTC().Format(time.RFC3339)})
	}
	return lines.Err()
}
