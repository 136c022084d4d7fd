// Command cilium-policy answers questions about network policies with Cilium's own engine: the packages that the agent
// uses to parse policies, allocate labels and compute the policy map of an endpoint.
//
// It reads one request per line from standard input (JSON, see request.go) and writes one answer per line, in order, so
// that a caller can keep many requests under way. Every request stands alone: nothing of one is left for the next.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/cilium/cilium/pkg/labelsfilter"
	"github.com/cilium/cilium/pkg/option"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "version" {
		fmt.Println(ciliumVersion())
		return
	}
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "cilium-policy:", err)
		os.Exit(1)
	}
}

func serve() error {
	logger := slog.New(slog.DiscardHandler)
	// The label filter of a default installation; without one, the filter dereferences nil.
	if err := labelsfilter.ParseLabelPrefixCfg(logger, nil, nil, ""); err != nil {
		return err
	}
	option.Config.EnableIPv4 = true
	// What the agent derives from "allow-localhost: auto" in Kubernetes: kubelet probes always reach pods.
	option.Config.UnsafeDaemonConfigOption.AllowLocalhost = option.AllowLocalhostAlways
	validator, err := newSchemaValidator(logger)
	if err != nil {
		return err
	}
	engine := &engine{logger: logger, validator: validator}

	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	encoder := json.NewEncoder(out)
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var request Request
			if err := json.Unmarshal(line, &request); err != nil {
				return fmt.Errorf("request: %w", err)
			}
			if err := encoder.Encode(answerSafely(engine, &request)); err != nil {
				return err
			}
		}
		// Whole lines only: when no more of the next one has arrived, the caller may be waiting for this answer.
		if err != nil || in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// answerSafely turns a panic of the engine into an answer: what makes the agent crash is worth a report.
func answerSafely(engine *engine, request *Request) (answer Answer) {
	defer func() {
		if cause := recover(); cause != nil {
			answer = Answer{ID: request.ID, Error: fmt.Sprintf("panic: %v\n%s", cause, debug.Stack())}
		}
	}()
	answer, err := engine.answer(request)
	if err != nil {
		return Answer{ID: request.ID, Error: err.Error()}
	}
	return answer
}

func ciliumVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if module.Path == "github.com/cilium/cilium" {
				return module.Version
			}
		}
	}
	return "unknown"
}
