package main

import (
	"fmt"
	"log/slog"
	"math"
	"strconv"
	"strings"

	"github.com/cilium/cilium/pkg/crypto/certificatemanager"
	envoypolicy "github.com/cilium/cilium/pkg/envoy/policy"
	"github.com/cilium/cilium/pkg/identity/identitymanager"
	"github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2/validator"
	"github.com/cilium/cilium/pkg/option"
	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/policy/api"
	testpolicy "github.com/cilium/cilium/pkg/testutils/policy"
	"github.com/cilium/cilium/pkg/u8proto"
)

type engine struct {
	logger      *slog.Logger
	validator   *validator.NPValidator
	clusterName string
}

func (engine *engine) configure(cluster *Cluster) error {
	engine.clusterName = cluster.Name
	if engine.clusterName == "" {
		engine.clusterName = "default"
	}
	// Without these two, the entity "cluster" holds no pods.
	api.InitEntities(engine.clusterName)
	option.Config.ClusterName = engine.clusterName
	// Decides whether an IPv4 address is "world" or "world-ipv4".
	option.Config.EnableIPv6 = cluster.IPv6
	option.Config.EnableHostFirewall = cluster.HostFirewall
	switch cluster.Enforcement {
	case "", option.DefaultEnforcement:
		policy.SetPolicyEnabled(option.DefaultEnforcement)
	case option.AlwaysEnforce, option.NeverEnforce:
		policy.SetPolicyEnabled(cluster.Enforcement)
	default:
		return fmt.Errorf("enforcement mode %q does not exist", cluster.Enforcement)
	}
	return nil
}

func (engine *engine) answer(request *Request) (Answer, error) {
	if err := engine.configure(&request.Cluster); err != nil {
		return Answer{}, err
	}
	services, err := readServices(request.Services)
	if err != nil {
		return Answer{}, err
	}
	policies, err := engine.readPolicies(request, services)
	if err != nil {
		return Answer{}, err
	}
	ids := newIdentities(engine.logger, request, policies)
	sides := map[string]*side{}
	for index := range request.Endpoints {
		side, err := ids.side(&request.Endpoints[index])
		if err != nil {
			return Answer{}, err
		}
		sides[side.id] = side
	}
	answer := Answer{
		ID:             request.ID,
		ParseErrors:    policies.errors,
		EndpointErrors: []EndpointError{},
		Decisions:      make([]Decision, 0, len(request.Queries)),
	}
	book := &policyBook{engine: engine, repo: engine.repository(ids, sides, policies), rules: policies.rules, ports: ids.ports}
	book.known = map[*side]*endpointPolicy{}
	defer book.close()
	for _, query := range request.Queries {
		from, to := sides[query.From], sides[query.To]
		if from == nil || to == nil {
			return Answer{}, fmt.Errorf("query: no endpoint %q or %q", query.From, query.To)
		}
		proto, err := u8proto.ParseProtocol(query.Protocol)
		if err != nil {
			return Answer{}, err
		}
		answer.Decisions = append(answer.Decisions, Decision{
			Egress:  book.decide(from, to, policy.EgressKey(), proto, &query),
			Ingress: book.decide(to, from, policy.IngressKey(), proto, &query),
		})
	}
	answer.EndpointErrors = append(answer.EndpointErrors, book.errors...)
	return answer, nil
}

// repository loads identities and policies. The order matters: selectors must see the identities, or rules select
// nobody and everything is allowed.
func (engine *engine) repository(ids *identities, sides map[string]*side, policies *policySet) *policy.Repository {
	manager := identitymanager.NewIDManager(engine.logger)
	translator := envoypolicy.NewEnvoyL7RulesTranslator(engine.logger, certificatemanager.NewMockSecretManagerInline())
	repo := policy.NewPolicyRepository(engine.logger, ids.all, nil, translator, manager, testpolicy.NewPolicyMetricsNoop())
	repo.SetNamedPortsGetter(ids.ports)
	repo.GetSelectorCache().SetLocalIdentityNotifier(nameListener{})
	repo.UpdateIdentities(ids.all, nil)
	for _, resource := range policies.resources {
		repo.ReplaceByResource(resource.entries, resource.id)
	}
	return repo
}

// nameListener takes the place of the DNS proxy's registry: names are already labels of the addresses.
type nameListener struct{}

func (nameListener) RegisterFQDNSelector(api.FQDNSelector) uint64   { return 0 }
func (nameListener) UnregisterFQDNSelector(api.FQDNSelector) uint64 { return 0 }

// policyBook computes the policy of each endpoint once per request.
type policyBook struct {
	engine *engine
	repo   *policy.Repository
	rules  []string
	ports  *namedPorts
	known  map[*side]*endpointPolicy
	errors []EndpointError
}

type endpointPolicy struct {
	selector  policy.SelectorPolicy
	distilled *policy.EndpointPolicy
}

// of returns the policy of an endpoint, nil when the agent fails to compute one.
func (book *policyBook) of(side *side) *endpointPolicy {
	if known, ok := book.known[side]; ok {
		return known
	}
	selector, _, err := book.repo.ComputeSelectorPolicy(side.identity)
	if err != nil {
		book.errors = append(book.errors, EndpointError{Endpoint: side.id, Error: err.Error()})
		book.known[side] = nil
		return nil
	}
	// Any proxy port will do: the fallback stands for redirects that no proxy was started for.
	redirects := map[string]uint16{policy.FallbackRedirectID: math.MaxUint16}
	distilled := selector.DistillPolicy(book.engine.logger, owner{side}, redirects)
	distilled.Ready()
	found := &endpointPolicy{selector: selector, distilled: distilled}
	book.known[side] = found
	return found
}

func (book *policyBook) close() {
	for _, found := range book.known {
		if found != nil {
			found.distilled.Detach(book.engine.logger)
			found.selector.Supersede()
		}
	}
}

func (book *policyBook) decide(subject, peer *side, direction policy.Key, proto u8proto.U8proto, query *Query) Side {
	if !subject.enforced {
		return Side{Allowed: true, Rules: []string{}}
	}
	found := book.of(subject)
	if found == nil {
		return Side{Enforced: true, Failed: true, Rules: []string{}}
	}
	key := direction.WithIdentity(peer.identity.ID).WithPortProto(proto, query.Port)
	entry, meta, _ := found.distilled.Lookup(key)
	side := Side{
		Enforced: true,
		Allowed:  !entry.IsDeny(),
		Rules:    book.ruleTexts(meta),
		Redirect: !entry.IsDeny() && entry.IsRedirectEntry(),
	}
	if side.Redirect && proto == u8proto.TCP {
		judgeHTTP(&side, found, book.ports, subject, peer, direction == policy.IngressKey(), query)
	}
	return side
}

func (book *policyBook) ruleTexts(meta policy.RuleMeta) []string {
	texts := []string{}
	for _, array := range meta.LabelArray() {
		for _, label := range array {
			switch {
			case label.Source == "item":
				index, _ := strconv.Atoi(label.Value)
				texts = append(texts, book.rules[index])
			case strings.Contains(label.Value, "allow-any"):
				texts = append(texts, "default-allow")
			case strings.Contains(label.Value, "localhost"):
				texts = append(texts, "host-exception")
			default:
				texts = append(texts, label.String())
			}
		}
	}
	return texts
}
