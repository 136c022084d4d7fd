package main

import (
	"bufio"
	"context"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/spiffe/go-spiffe/v2/bundle/x509bundle"
	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/svid/x509svid"
)

// chain is a presented chain and what it is verified with. Certificates are DER.
type chain struct {
	Certificates [][]byte            `json:"certificates"`
	Bundles      map[string][][]byte `json:"bundles"`
	// Milliseconds since the epoch; the present when it is missing.
	Now int64 `json:"now"`
}

// x509Verify prints one line per chain on standard input: the ID, or why it is refused.
func x509Verify(_ context.Context, args []string) error {
	flags := flags("x509-verify")
	if err := flags.Parse(args); err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var presented chain
		if err := json.Unmarshal(lines.Bytes(), &presented); err != nil {
			return err
		}
		id, err := presented.verify()
		if err != nil {
			print(map[string]string{"error": err.Error()})
			continue
		}
		print(map[string]string{"id": id.String()})
	}
	return lines.Err()
}

func (presented chain) verify() (spiffeid.ID, error) {
	bundles := x509bundle.NewSet()
	for name, authorities := range presented.Bundles {
		domain, err := spiffeid.TrustDomainFromString(name)
		if err != nil {
			return spiffeid.ID{}, err
		}
		bundle := x509bundle.New(domain)
		for _, der := range authorities {
			authority, err := x509.ParseCertificate(der)
			if err != nil {
				return spiffeid.ID{}, fmt.Errorf("bundle: %w", err)
			}
			bundle.AddX509Authority(authority)
		}
		bundles.Add(bundle)
	}
	now := time.Now()
	if presented.Now != 0 {
		now = time.UnixMilli(presented.Now)
	}
	id, _, err := x509svid.ParseAndVerify(presented.Certificates, bundles, x509svid.WithTime(now))
	return id, err
}
