package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spiffe/go-spiffe/v2/spiffetls"
	"github.com/spiffe/go-spiffe/v2/spiffetls/tlsconfig"
	"github.com/spiffe/go-spiffe/v2/workloadapi"
)

// serve answers every request with the SPIFFE IDs of both ends.
func serve(ctx context.Context, args []string) error {
	flags := flags("serve")
	var authorize list
	flags.Var(&authorize, "authorize", "who may connect: any, member:TRUST DOMAIN, or SPIFFE IDs (repeatable)")
	address := flags.String("listen", "127.0.0.1:0", "address to listen on")
	quiet := flags.Bool("quiet", false, "do not print a line per request")
	if err := flags.Parse(args); err != nil {
		return err
	}
	allowed, err := authorizer(authorize)
	if err != nil {
		return err
	}
	ctx = untilInputCloses(ctx)
	source, err := flags.source(ctx)
	if err != nil {
		return err
	}
	defer source.Close()
	handler := http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		peer, err := spiffetls.PeerIDFromConnectionState(*request.TLS)
		own, ownErr := source.GetX509SVID()
		if err = errors.Join(err, ownErr); err != nil {
			http.Error(response, err.Error(), http.StatusInternalServerError)
			return
		}
		if !*quiet {
			print(map[string]string{
				"event": "request", "method": request.Method, "path": request.URL.Path, "peer": peer.String(),
			})
		}
		response.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(response).Encode(map[string]string{"peer": peer.String(), "server": own.ID.String()})
	})
	go reportRotations(ctx, source)
	return listenAndServe(ctx, *address, tlsconfig.MTLSServerConfig(source, source, allowed), handler, source)
}

func reportRotations(ctx context.Context, source *workloadapi.X509Source) {
	for source.WaitUntilUpdated(ctx) == nil {
		if svid, err := source.GetX509SVID(); err == nil {
			leaf := svid.Certificates[0]
			print(map[string]string{
				"event": "updated", "id": svid.ID.String(), "serial": leaf.SerialNumber.String(),
				"notAfter": leaf.NotAfter.UTC().Format(time.RFC3339),
			})
		}
	}
}

// listenAndServe runs until the context ends. Refused handshakes are printed: they are what negative tests look for.
func listenAndServe(ctx context.Context, address string, config *tls.Config, handler http.Handler, source *workloadapi.X509Source) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: handler, TLSConfig: config, ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: log.New(errorLines{}, "", 0),
	}
	line := map[string]string{"event": "listening", "address": listener.Addr().String()}
	if source != nil {
		if svid, err := source.GetX509SVID(); err == nil {
			line["id"] = svid.ID.String()
		}
	}
	print(line)
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

type errorLines struct{}

func (errorLines) Write(text []byte) (int, error) {
	print(map[string]string{"event": "error", "error": strings.TrimSpace(string(text))})
	return len(text), nil
}

// get asks for every URL in turn; with -n it measures instead.
func get(ctx context.Context, args []string) error {
	flags := flags("get")
	var authorize list
	flags.Var(&authorize, "authorize", "who may answer: any, member:TRUST DOMAIN, or SPIFFE IDs (repeatable)")
	count := flags.Int("n", 0, "send this many requests and print the time they took")
	parallel := flags.Int("c", 1, "connections to use with -n")
	handshakes := flags.Bool("handshakes", false, "open a connection per request")
	if err := flags.Parse(args); err != nil {
		return err
	}
	allowed, err := authorizer(authorize)
	if err != nil {
		return err
	}
	source, err := flags.source(ctx)
	if err != nil {
		return err
	}
	defer source.Close()
	client := &http.Client{
		Timeout: *flags.timeout,
		Transport: &http.Transport{
			TLSClientConfig:     tlsconfig.MTLSClientConfig(source, source, allowed),
			DisableKeepAlives:   *handshakes,
			MaxIdleConnsPerHost: *parallel,
		},
	}
	for _, url := range flags.Args() {
		if *count > 0 {
			if err := measure(ctx, client, url, *count, *parallel); err != nil {
				return err
			}
			continue
		}
		status, body, peer, err := fetch(ctx, client, url)
		if err != nil {
			return err
		}
		print(map[string]any{"status": status, "body": body, "peer": peer})
	}
	return nil
}

func fetch(ctx context.Context, client *http.Client, url string) (int, string, string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, "", "", err
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, "", "", err
	}
	peer, err := spiffetls.PeerIDFromConnectionState(*response.TLS)
	return response.StatusCode, string(body), peer.String(), err
}

func measure(ctx context.Context, client *http.Client, url string, count, parallel int) error {
	var left atomic.Int64
	left.Store(int64(count))
	var group sync.WaitGroup
	failures := make(chan error, parallel)
	start := time.Now()
	for range parallel {
		group.Go(func() {
			for left.Add(-1) >= 0 {
				if _, _, _, err := fetch(ctx, client, url); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	group.Wait()
	close(failures)
	if err := <-failures; err != nil {
		return err
	}
	seconds := time.Since(start).Seconds()
	print(map[string]any{"requests": count, "seconds": seconds, "perSecond": float64(count) / seconds})
	return nil
}
