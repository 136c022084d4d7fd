package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/spiffe/go-spiffe/v2/bundle/spiffebundle"
	"github.com/spiffe/go-spiffe/v2/federation"
	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/spiffetls/tlsconfig"
	"github.com/spiffe/go-spiffe/v2/workloadapi"
)

// bundle serves the bundle of one trust domain, from a file or from the Workload API.
func bundle(ctx context.Context, args []string) error {
	flags := flags("bundle")
	domain := flags.String("trust-domain", "", "trust domain to serve")
	file := flags.String("bundle", "", "SPIFFE bundle to serve instead of the Workload API's")
	profile := flags.String("profile", "https_web", "https_web (with -cert and -key) or https_spiffe")
	certificate := flags.String("cert", "", "certificate file")
	key := flags.String("key", "", "key file")
	address := flags.String("listen", "127.0.0.1:0", "address to listen on")
	if err := flags.Parse(args); err != nil {
		return err
	}
	trustDomain, err := spiffeid.TrustDomainFromString(*domain)
	if err != nil {
		return err
	}
	ctx = untilInputCloses(ctx)
	served, closeSource, err := bundles(ctx, flags, *file, trustDomain)
	if err != nil {
		return err
	}
	defer closeSource()
	handler, err := federation.NewHandler(trustDomain, served)
	if err != nil {
		return err
	}
	switch *profile {
	case "https_web":
		pair, err := tls.LoadX509KeyPair(*certificate, *key)
		if err != nil {
			return err
		}
		config := &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
		return listenAndServe(ctx, *address, config, handler, nil)
	case "https_spiffe":
		source, err := flags.source(ctx)
		if err != nil {
			return err
		}
		defer source.Close()
		return listenAndServe(ctx, *address, tlsconfig.TLSServerConfig(source), handler, source)
	default:
		return fmt.Errorf("profile %q does not exist", *profile)
	}
}

func bundles(ctx context.Context, flags common, file string, domain spiffeid.TrustDomain) (spiffebundle.Source, func(), error) {
	if file != "" {
		loaded, err := spiffebundle.Load(domain, file)
		return loaded, func() {}, err
	}
	waiting, cancel := context.WithTimeout(ctx, *flags.timeout)
	defer cancel()
	source, err := workloadapi.NewBundleSource(waiting, flags.client())
	if err != nil {
		return nil, nil, errors.Join(errors.New("no -bundle, and the Workload API gives none"), err)
	}
	return source, func() { _ = source.Close() }, nil
}
