package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/spiffe/go-spiffe/v2/bundle/jwtbundle"
	"github.com/spiffe/go-spiffe/v2/bundle/spiffebundle"
	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/svid/jwtsvid"
	"github.com/spiffe/go-spiffe/v2/workloadapi"
)

func jwtFetch(ctx context.Context, args []string) error {
	flags := flags("jwt-fetch")
	var audience list
	flags.Var(&audience, "audience", "audience (repeatable)")
	subject := flags.String("id", "", "SPIFFE ID, when the workload has several")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if len(audience) == 0 {
		return errors.New("-audience is needed")
	}
	params := jwtsvid.Params{Audience: audience[0], ExtraAudiences: audience[1:]}
	if *subject != "" {
		id, err := spiffeid.FromString(*subject)
		if err != nil {
			return err
		}
		params.Subject = id
	}
	ctx, cancel := context.WithTimeout(ctx, *flags.timeout)
	defer cancel()
	client, err := workloadapi.New(ctx, flags.address())
	if err != nil {
		return err
	}
	defer client.Close()
	svids, err := client.FetchJWTSVIDs(ctx, params)
	if err != nil {
		return err
	}
	for _, svid := range svids {
		print(map[string]any{
			"token": svid.Marshal(), "id": svid.ID.String(), "audience": svid.Audience,
			"expiry": svid.Expiry.UTC().Format(time.RFC3339), "hint": svid.Hint,
		})
	}
	return nil
}

// jwtValidate prints one line per token: the subject, or why it is refused.
func jwtValidate(ctx context.Context, args []string) error {
	flags := flags("jwt-validate")
	var audience list
	flags.Var(&audience, "audience", "accepted audience (repeatable)")
	file := flags.String("bundle", "", "SPIFFE bundle to validate with instead of the Workload API's")
	domain := flags.String("trust-domain", "", "trust domain of that bundle")
	if err := flags.Parse(args); err != nil {
		return err
	}
	source, closeSource, err := jwtBundles(ctx, flags, *file, *domain)
	if err != nil {
		return err
	}
	defer closeSource()
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		token := strings.TrimSpace(lines.Text())
		svid, err := jwtsvid.ParseAndValidate(token, source, audience)
		if err != nil {
			print(map[string]any{"error": err.Error()})
			continue
		}
		print(map[string]any{
			"id": svid.ID.String(), "audience": svid.Audience, "claims": svid.Claims,
			"expiry": svid.Expiry.UTC().Format(time.RFC3339),
		})
	}
	return lines.Err()
}

func jwtBundles(ctx context.Context, flags common, file, domain string) (jwtbundle.Source, func(), error) {
	if file != "" {
		parsed, err := spiffeid.TrustDomainFromString(domain)
		if err != nil {
			return nil, nil, err
		}
		loaded, err := spiffebundle.Load(parsed, file)
		return loaded, func() {}, err
	}
	ctx, cancel := context.WithTimeout(ctx, *flags.timeout)
	defer cancel()
	source, err := workloadapi.NewJWTSource(ctx, flags.client())
	if err != nil {
		return nil, nil, err
	}
	return source, func() { _ = source.Close() }, nil
}
