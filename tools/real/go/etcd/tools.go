//go:build tools

// Package tools pins what the recipe builds.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
)
