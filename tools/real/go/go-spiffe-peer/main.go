// Command go-spiffe-peer is the other side in tests of @idstack/spiffe: it does with go-spiffe, the reference library,
// what the package does in TypeScript. Everything it has to say is one JSON object per line on standard output.
//
// Servers (serve, bundle) print {"event":"listening","address":…} and run until standard input is closed, so that they
// end with whoever started them.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/spiffetls/tlsconfig"
	"github.com/spiffe/go-spiffe/v2/workloadapi"
)

const usage = `go-spiffe-peer COMMAND [FLAGS]
  serve         HTTPS server with mutual TLS; answers with the peer's SPIFFE ID
  get URL…      HTTPS client with mutual TLS
  jwt-fetch     fetch JWT-SVIDs
  jwt-validate  validate the tokens on standard input, one per line
  wit-validate  validate the WIT-SVIDs on standard input, one per line
  bundle        SPIFFE bundle endpoint (https_web or https_spiffe)
  id            parse the SPIFFE IDs on standard input, one JSON string per line
  x509-verify   verify the certificate chains on standard input, one JSON object per line
  version       version of go-spiffe
Flags of a command: go-spiffe-peer COMMAND -h`

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	commands := map[string]func(context.Context, []string) error{
		"serve":        serve,
		"get":          get,
		"jwt-fetch":    jwtFetch,
		"jwt-validate": jwtValidate,
		"wit-validate": witValidate,
		"bundle":       bundle,
		"id":           parseIDs,
		"x509-verify":  x509Verify,
		"version":      version,
	}
	command, ok := commands[os.Args[1]]
	if !ok {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command(ctx, os.Args[2:]); err != nil {
		print(map[string]any{"error": err.Error()})
		os.Exit(1)
	}
}

// print writes one line; servers print from several goroutines.
func print(line any) {
	printing.Lock()
	defer printing.Unlock()
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(line)
}

var printing sync.Mutex

func version(context.Context, []string) error {
	found := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/spiffe/go-spiffe/v2" {
				found = module.Version
			}
		}
	}
	print(map[string]string{"version": found})
	return nil
}

// untilInputCloses ends when the parent is gone, or on a signal.
func untilInputCloses(ctx context.Context) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	return ctx
}

// list is a flag that may be given several times.
type list []string

func (values *list) String() string { return strings.Join(*values, ",") }

func (values *list) Set(value string) error {
	*values = append(*values, value)
	return nil
}

// common holds the flags that most commands share.
type common struct {
	*flag.FlagSet
	workloadAPI *string
	timeout     *time.Duration
}

func flags(name string) common {
	set := flag.NewFlagSet(name, flag.ExitOnError)
	return common{
		FlagSet:     set,
		workloadAPI: set.String("workload-api", "", "address of the Workload API (default: SPIFFE_ENDPOINT_SOCKET)"),
		timeout:     set.Duration("timeout", 30*time.Second, "how long to wait for the Workload API, or for an answer"),
	}
}

func (flags common) client() workloadapi.SourceOption {
	return workloadapi.WithClientOptions(flags.address())
}

func (flags common) address() workloadapi.ClientOption {
	if *flags.workloadAPI != "" {
		return workloadapi.WithAddr(*flags.workloadAPI)
	}
	return workloadapi.WithAddr(os.Getenv(workloadapi.SocketEnv))
}

// source waits for the first X.509-SVID.
func (flags common) source(ctx context.Context) (*workloadapi.X509Source, error) {
	waiting, cancel := context.WithTimeout(ctx, *flags.timeout)
	defer cancel()
	return workloadapi.NewX509Source(waiting, flags.client())
}

// authorizer reads "any", a SPIFFE ID, or "member:TRUST DOMAIN"; several IDs mean any of them.
func authorizer(values list) (tlsconfig.Authorizer, error) {
	if len(values) == 0 {
		return nil, errors.New("-authorize is needed: any, a SPIFFE ID, or member:TRUST DOMAIN")
	}
	if len(values) == 1 && values[0] == "any" {
		return tlsconfig.AuthorizeAny(), nil
	}
	if domain, ok := strings.CutPrefix(values[0], "member:"); ok && len(values) == 1 {
		parsed, err := spiffeid.TrustDomainFromString(domain)
		return tlsconfig.AuthorizeMemberOf(parsed), err
	}
	ids := make([]spiffeid.ID, 0, len(values))
	for _, value := range values {
		id, err := spiffeid.FromString(value)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return tlsconfig.AuthorizeOneOf(ids...), nil
}
