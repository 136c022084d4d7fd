// go-sops-decrypt decrypts every file of a folder with sops' own decrypt package, in one process, and prints how long a file
// took: what a Go program that loads its secrets this way pays, without starting sops for each.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"sync"
	"time"

	"github.com/getsops/sops/v3/decrypt"
)

type answer struct {
	Files int `json:"files"`
	// Of one file after the other, and of as many at a time as there are processors; of the whole folder.
	Sequential float64 `json:"sequentialMs"`
	Parallel   float64 `json:"parallelMs"`
	Bytes      int     `json:"bytes"`
}

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("usage: go-sops-decrypt FOLDER"))
	}
	paths, err := filepath.Glob(filepath.Join(os.Args[1], "*.yaml"))
	if err != nil {
		fail(err)
	}
	sort.Strings(paths)
	// The first ones pay for what is set up once.
	for _, path := range paths[:min(len(paths), 20)] {
		open(path)
	}
	result := answer{Files: len(paths)}
	start := time.Now()
	for _, path := range paths {
		result.Bytes += open(path)
	}
	result.Sequential = milliseconds(start)
	start = time.Now()
	parallel(paths)
	result.Parallel = milliseconds(start)
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		fail(err)
	}
}

func parallel(paths []string) {
	next := make(chan string)
	var group sync.WaitGroup
	for range runtime.NumCPU() {
		group.Go(func() {
			for path := range next {
				open(path)
			}
		})
	}
	for _, path := range paths {
		next <- path
	}
	close(next)
	group.Wait()
}

func open(path string) int {
	plain, err := decrypt.File(path, "yaml")
	if err != nil {
		fail(fmt.Errorf("%s: %w", path, err))
	}
	return len(plain)
}

func milliseconds(start time.Time) float64 {
	return float64(time.Since(start).Microseconds()) / 1000
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
