package main

import (
	"iter"

	"github.com/cilium/cilium/pkg/endpoint/regeneration"
	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/types"
	"github.com/cilium/cilium/pkg/u8proto"
)

// namedPorts resolves named ports of destinations, as the ipcache does for egress rules.
type namedPorts struct {
	types.NamedPortMultiMap
	update func(identity.NumericIdentity, types.NamedPortMap, types.NamedPortMap) bool
	known  map[identity.NumericIdentity]bool
}

var _ policy.NamedPortsGetter = &namedPorts{}

func newNamedPorts() *namedPorts {
	ports := types.NewNamedPortMultiMap()
	return &namedPorts{NamedPortMultiMap: ports, update: ports.Update, known: map[identity.NumericIdentity]bool{}}
}

func (ports *namedPorts) set(id identity.NumericIdentity, named types.NamedPortMap) {
	if !ports.known[id] {
		ports.known[id] = true
		ports.update(id, nil, named)
	}
}

func (ports *namedPorts) GetNamedPorts() types.NamedPortMultiMap { return ports.NamedPortMultiMap }

// owner stands for the endpoint whose policy is computed.
type owner struct{ side *side }

var _ policy.PolicyOwner = owner{}

func (owner owner) GetID() uint64 { return uint64(owner.side.identity.ID) }

func (owner owner) GetIngressNamedPort(name string, proto u8proto.U8proto) uint16 {
	port, err := owner.side.ports.GetNamedPort(name, proto)
	if err != nil {
		return 0
	}
	return port
}

func (owner owner) IsHost() bool { return owner.side.identity.ID == identity.ReservedIdentityHost }

func (owner) PolicyDebug(string, ...any) {}

func (owner) PreviousMapStateSizes() policy.MapStateSizes { return policy.MapStateSizes{} }

func (owner) RegenerateIfAlive(*regeneration.ExternalRegenerationMetadata) <-chan bool {
	done := make(chan bool)
	close(done)
	return done
}

// one is an identity as the sequence that the port lookup wants.
func one(id identity.NumericIdentity) iter.Seq[identity.NumericIdentity] {
	return func(yield func(identity.NumericIdentity) bool) { yield(id) }
}
