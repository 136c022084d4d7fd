package main

import (
	"fmt"
	"log/slog"
	"net/netip"
	"regexp"
	"strings"

	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/k8s"
	slim_corev1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/core/v1"
	slim_metav1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/apis/meta/v1"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/labelsfilter"
	"github.com/cilium/cilium/pkg/policy/api"
	"github.com/cilium/cilium/pkg/types"
)

// side is one endpoint of the request with what the engine knows of it.
type side struct {
	id       string
	identity *identity.Identity
	// Whether a Cilium endpoint stands there, so that policies are enforced.
	enforced bool
	ports    types.NamedPortMap
}

// identities turns the endpoints of a request into sides, as the agent's allocator and ipcache would: the same labels
// share one identity, and identities of addresses lie in the local scope.
type identities struct {
	logger       *slog.Logger
	namespaces   map[string]Namespace
	hostFirewall bool
	names        map[api.FQDNSelector]*regexp.Regexp
	groups       []cidrGroup

	byLabels map[string]*identity.Identity
	all      identity.IdentityMap
	ports    *namedPorts
	pods     identity.NumericIdentity
	outside  identity.NumericIdentity
}

func newIdentities(logger *slog.Logger, request *Request, policies *policySet) *identities {
	namespaces := map[string]Namespace{}
	for _, namespace := range request.Namespaces {
		namespaces[namespace.Name] = namespace
	}
	return &identities{
		logger:       logger,
		namespaces:   namespaces,
		hostFirewall: request.Cluster.HostFirewall,
		names:        policies.names,
		groups:       policies.groups,
		byLabels:     map[string]*identity.Identity{},
		all:          identity.IdentityMap{},
		ports:        newNamedPorts(),
		pods:         1000,
		// A plain number would count as a pod of the cluster, which aggregates differently.
		outside: identity.IdentityScopeLocal,
	}
}

func (ids *identities) side(endpoint *Endpoint) (*side, error) {
	switch endpoint.Kind {
	case "pod":
		return ids.pod(endpoint), nil
	case "host":
		return ids.reserved(endpoint, identity.ReservedIdentityHost, ids.hostFirewall, node(labels.LabelHost, endpoint)), nil
	case "remote-node":
		// The agent gives nodes with the API server an identity of their own.
		number := identity.ReservedIdentityRemoteNode
		if endpoint.APIServer {
			number = identity.ReservedIdentityKubeAPIServer
		}
		return ids.reserved(endpoint, number, false, node(labels.LabelRemoteNode, endpoint)), nil
	case "health":
		return ids.reserved(endpoint, identity.ReservedIdentityHealth, true, labels.LabelHealth), nil
	case "ingress":
		return ids.reserved(endpoint, identity.ReservedIdentityIngress, true, labels.LabelIngress), nil
	case "init":
		return ids.reserved(endpoint, identity.ReservedIdentityInit, true, labels.NewLabelsFromModel([]string{"reserved:init"})), nil
	case "unmanaged":
		return ids.reserved(endpoint, identity.ReservedIdentityUnmanaged, false, labels.NewLabelsFromModel([]string{"reserved:unmanaged"})), nil
	case "outside":
		return ids.address(endpoint)
	default:
		return nil, fmt.Errorf("endpoint %q: kind %q does not exist", endpoint.ID, endpoint.Kind)
	}
}

func node(role labels.Labels, endpoint *Endpoint) labels.Labels {
	lbls := labels.NewFrom(role)
	if endpoint.APIServer {
		lbls.MergeLabels(labels.LabelKubeAPIServer)
	}
	return lbls
}

// pod builds the identity from the pod's metadata with the agent's own code: namespace labels, service account, the
// cluster, the label filter, and named ports, which are part of an identity since 1.20.
func (ids *identities) pod(endpoint *Endpoint) *side {
	container := slim_corev1.Container{}
	for _, port := range endpoint.Ports {
		container.Ports = append(container.Ports, slim_corev1.ContainerPort{
			Name: port.Name, ContainerPort: port.Port, Protocol: slim_corev1.Protocol(port.Protocol),
		})
	}
	pod := &slim_corev1.Pod{
		ObjectMeta: slim_metav1.ObjectMeta{Namespace: endpoint.Namespace, Name: endpoint.Name, Labels: endpoint.Labels},
		Spec: slim_corev1.PodSpec{
			ServiceAccountName: endpoint.ServiceAccount,
			Containers:         []slim_corev1.Container{container},
		},
	}
	namespace := &slim_metav1.ObjectMeta{Name: endpoint.Namespace, Labels: map[string]string{}}
	for key, value := range ids.namespaces[endpoint.Namespace].Labels {
		namespace.Labels[key] = value
	}
	// The API server sets this label on every namespace.
	namespace.Labels["kubernetes.io/metadata.name"] = endpoint.Namespace

	named, podLabels := k8s.GetPodMetadata(ids.logger, namespace, pod)
	identityLabels, _ := labelsfilter.Filter(labels.Map2Labels(podLabels, labels.LabelSourceK8s))
	for _, label := range k8s.NamedPortsIdentityLabels(named) {
		identityLabels[label.Key] = label
	}
	found := ids.allocate(identityLabels, func() identity.NumericIdentity { ids.pods++; return ids.pods })
	ids.ports.set(found.ID, named)
	return &side{id: endpoint.ID, identity: found, enforced: true, ports: named}
}

func (ids *identities) reserved(endpoint *Endpoint, number identity.NumericIdentity, enforced bool, lbls labels.Labels) *side {
	found := ids.allocate(lbls, func() identity.NumericIdentity { return number })
	return &side{id: endpoint.ID, identity: found, enforced: enforced}
}

// address labels an address outside as the ipcache does: world, its block, the CIDR groups it lies in, the names under
// which DNS returned it, and the API server. The block is the address itself: an identity with a longer prefix matches
// every CIDR that covers it.
func (ids *identities) address(endpoint *Endpoint) (*side, error) {
	addr, err := netip.ParseAddr(endpoint.IP)
	if err != nil {
		return nil, fmt.Errorf("endpoint %q: %w", endpoint.ID, err)
	}
	lbls := labels.GetCIDRLabels(netip.PrefixFrom(addr, addr.BitLen()))
	if endpoint.APIServer {
		lbls.MergeLabels(labels.LabelKubeAPIServer)
	}
	if endpoint.FQDN != "" {
		for selector, pattern := range ids.names {
			if pattern.MatchString(strings.ToLower(strings.TrimSuffix(endpoint.FQDN, ".")) + ".") {
				label := selector.IdentityLabel()
				lbls[label.Key] = label
			}
		}
	}
	mergeGroups(lbls, ids.groups, addr)
	found := ids.allocate(lbls, func() identity.NumericIdentity { ids.outside++; return ids.outside })
	return &side{id: endpoint.ID, identity: found, enforced: false}, nil
}

func (ids *identities) allocate(lbls labels.Labels, next func() identity.NumericIdentity) *identity.Identity {
	key := string(lbls.SortedList())
	if known := ids.byLabels[key]; known != nil {
		return known
	}
	found := identity.NewIdentity(next(), lbls)
	ids.byLabels[key] = found
	ids.all[found.ID] = found.LabelArray
	return found
}
