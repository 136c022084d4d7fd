package main

import (
	"encoding/json"
	"fmt"
	"net/netip"

	cmtypes "github.com/cilium/cilium/pkg/clustermesh/types"
	v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	slim_corev1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/core/v1"
	slim_discoveryv1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/discovery/v1"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/loadbalancer"
	policyk8s "github.com/cilium/cilium/pkg/policy/k8s"
	"github.com/cilium/cilium/pkg/source"
	"github.com/cilium/statedb"
)

// serviceTables holds Services and their backends where the agent looks for what toServices means.
type serviceTables struct {
	db       *statedb.DB
	services statedb.RWTable[*loadbalancer.Service]
	backends statedb.RWTable[*loadbalancer.Backend]
	used     bool
}

func readServices(objects []json.RawMessage) (*serviceTables, error) {
	if len(objects) == 0 {
		return &serviceTables{}, nil
	}
	db := statedb.New()
	services, err := loadbalancer.NewServicesTable(loadbalancer.Config{}, db)
	if err != nil {
		return nil, err
	}
	backends, err := loadbalancer.NewBackendsTable(db)
	if err != nil {
		return nil, err
	}
	tables := &serviceTables{db: db, services: services, backends: backends, used: true}
	txn := db.WriteTxn(services, backends)
	defer txn.Commit()
	for _, raw := range objects {
		var head meta
		if err := json.Unmarshal(raw, &head); err != nil {
			return nil, fmt.Errorf("service: %w", err)
		}
		if head.Kind == "EndpointSlice" {
			err = tables.addSlice(txn, raw)
		} else {
			err = tables.addService(txn, raw)
		}
		if err != nil {
			return nil, fmt.Errorf("service: %w", err)
		}
	}
	return tables, nil
}

func (tables *serviceTables) addService(txn statedb.WriteTxn, raw json.RawMessage) error {
	var object slim_corev1.Service
	if err := json.Unmarshal(raw, &object); err != nil {
		return err
	}
	_, _, err := tables.services.Insert(txn, &loadbalancer.Service{
		Name:     loadbalancer.NewServiceName(object.Namespace, object.Name),
		Source:   source.Kubernetes,
		Labels:   labels.Map2Labels(object.Labels, string(source.Kubernetes)),
		Selector: object.Spec.Selector,
	})
	return err
}

func (tables *serviceTables) addSlice(txn statedb.WriteTxn, raw json.RawMessage) error {
	var object slim_discoveryv1.EndpointSlice
	if err := json.Unmarshal(raw, &object); err != nil {
		return err
	}
	name := loadbalancer.NewServiceName(object.Namespace, object.Labels[slim_discoveryv1.LabelServiceName])
	for _, endpoint := range object.Endpoints {
		for _, text := range endpoint.Addresses {
			addr, err := netip.ParseAddr(text)
			if err != nil {
				return err
			}
			for _, port := range object.Ports {
				if port.Port == nil {
					continue
				}
				_, _, err := tables.backends.Insert(txn, &loadbalancer.Backend{
					ServiceName: name,
					Address: loadbalancer.NewL3n4Addr(loadbalancer.TCP, cmtypes.AddrClusterFrom(addr, 0),
						uint16(*port.Port), loadbalancer.ScopeExternal),
					Source: source.Kubernetes,
				})
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// resolve replaces the toServices of a policy by the endpoints and addresses behind them.
func (tables *serviceTables) resolve(object *v2.CiliumNetworkPolicy) {
	if tables.used {
		policyk8s.ResolveToServices(tables.db.ReadTxn(), tables.services, tables.backends, object)
	}
}
