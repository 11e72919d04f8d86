import { clusters, milliseconds, integer, port, serviceSettings, text, url, type Setting } from '@baton/platform';
import { isId } from '@baton/kernel';
import type { Labelling, Serving, Slice } from './population.js';

/** Not set means undefined. */
const optional = <T>(setting: Setting<T>): Setting<T | undefined> => ({
  ...setting,
  fallback: '',
  parse: (value) => (value === '' ? undefined : setting.parse(value)),
});

/** `lab:1-6`: of which cluster which nodes, by number. */
const slices = (options: { readonly variable: string; readonly help: string }): Setting<readonly Slice[]> => ({
  ...options,
  parse: (value) =>
    value.split(',').map((one) => {
      const [, clusterId = '', first, last] = /^([^:]+):(\d+)-(\d+)$/.exec(one.trim()) ?? [];
      const slice = { clusterId, first: Number(first), last: Number(last) };
      if (isId(clusterId) && slice.first >= 1 && slice.first <= slice.last) return slice;
      throw new Error(`"${one}" must read name:first-last, e.g. lab:1-6`);
    }),
});

/** `lab:1-3:role=controller`: nodes of a cluster, by number, that have a label. */
const labellings = (options: { readonly variable: string; readonly help: string }): Setting<readonly Labelling[]> => ({
  ...options,
  parse: (value) =>
    value.split(',').map((one) => {
      const [, clusterId = '', first, last, label = '', found = ''] =
        /^([^:]+):(\d+)-(\d+):([^=]+)=(.+)$/.exec(one.trim()) ?? [];
      const labelling = { clusterId, first: Number(first), last: Number(last), label, value: found };
      if (isId(clusterId) && labelling.first >= 1 && labelling.first <= labelling.last) return labelling;
      throw new Error(`"${one}" must read name:first-last:label=value, e.g. lab:1-3:role=controller`);
    }),
});

/** `lab:1-2:shop=active-active/SMB+NFS`: nodes of a cluster, by number, that serve a workload. */
const servings = (options: { readonly variable: string; readonly help: string }): Setting<readonly Serving[]> => ({
  ...options,
  parse: (value) =>
    value.split(',').map((one) => {
      const [, clusterId = '', first, last, name = '', ha, protocols] =
        /^([^:]+):(\d+)-(\d+):([^=/]+)(?:=([^/]+))?(?:\/(.+))?$/.exec(one.trim()) ?? [];
      const workload = { name, ...(ha && { ha }), ...(protocols && { protocols: protocols.split('+') }) };
      const serving = { clusterId, first: Number(first), last: Number(last), workload };
      if (isId(clusterId) && serving.first >= 1 && serving.first <= serving.last) return serving;
      throw new Error(
        `"${one}" must read name:first-last:workload=ha/protocol+protocol, e.g. lab:1-2:shop=active-active/SMB`,
      );
    }),
});

const ids = (options: { readonly variable: string; readonly fallback: string; readonly help: string }) => ({
  ...options,
  parse: (value: string): readonly string[] => {
    const names = value.split(',').map((name) => name.trim());
    if (names.every(isId)) return names;
    throw new Error('must be names of lower-case letters, digits and hyphens, separated by commas');
  },
});

const { natsUrl, host } = serviceSettings;

/** All settings of the simulator. */
export const simulatorSettings = {
  natsUrl,
  host,
  clusters: clusters({
    variable: 'BATON_CLUSTERS',
    fallback: 'demo:4',
    help: 'the simulated clusters, each as name:nodes or name:nodes:lanes',
  }),
  nodes: optional(
    slices({
      variable: 'BATON_SIMULATOR_NODES',
      help: 'the nodes of this process, e.g. lab:1-6; not set: all nodes of all clusters',
    }),
  ),
  labels: optional(
    labellings({
      variable: 'BATON_NODE_LABELS',
      help: 'labels of nodes, e.g. lab:1-3:role=controller,lab:4-6:group=red; not set: none but that of lanes',
    }),
  ),
  workloads: optional(
    servings({
      variable: 'BATON_NODE_WORKLOADS',
      help: 'what nodes serve, for plans, e.g. lab:1-2:shop=active-active/SMB+NFS; not set: nothing',
    }),
  ),
  declared: optional(
    labellings({
      variable: 'BATON_NODE_DECLARES',
      help: 'what nodes say of themselves, e.g. lab:1-3:tunnels=up,lab:1-1:account-audit=clean; not set: nothing',
    }),
  ),
  port: port({
    variable: 'BATON_SIMULATOR_PORT',
    fallback: '8090',
    help: 'where nodes are reached; 0 takes a free port',
  }),
  advertiseUrl: optional(
    url({
      variable: 'BATON_ADVERTISE_URL',
      schemes: ['http', 'https'],
      help: 'under which other processes reach this one; not set: its own address',
    }),
  ),
  gatewayUrl: url({
    variable: 'BATON_GATEWAY_URL',
    schemes: ['http', 'https'],
    fallback: 'http://127.0.0.1:8080',
    help: 'where seed nodes get the artifact',
  }),
  stateDir: text({ variable: 'BATON_STATE_DIR', fallback: '.baton', help: 'the folder of the disks of the machines' }),
  bootMs: milliseconds({ variable: 'BATON_BOOT_MS', fallback: '2000', help: 'how long a machine takes to boot' }),
  stageMs: milliseconds({
    variable: 'BATON_STAGE_MS',
    fallback: '0',
    help: 'how much longer staging takes than it must',
  }),
  drainMs: milliseconds({ variable: 'BATON_DRAIN_MS', fallback: '0', help: 'how long a machine hands over its work' }),
  version: text({ variable: 'BATON_NODE_VERSION', fallback: '1.0.0', help: 'what a new machine runs' }),
  hypervisorVersion: text({
    variable: 'BATON_HYPERVISOR_VERSION',
    fallback: '9.0.0',
    help: 'what runs under a new machine',
  }),
  imageVersion: optional(
    text({ variable: 'BATON_IMAGE_VERSION', fallback: '', help: 'the image of a new machine; not set: it says none' }),
  ),
  kernelVersion: optional(
    text({
      variable: 'BATON_KERNEL_VERSION',
      fallback: '',
      help: 'the kernel of a new machine; not set: it says none',
    }),
  ),
  services: ids({ variable: 'BATON_SIM_SERVICES', fallback: 'data,control', help: 'the services of a machine' }),
  components: ids({
    variable: 'BATON_SIM_COMPONENTS',
    fallback: 'metadata,coordination',
    help: 'the components of a machine that are looked at by name',
  }),
  protocols: ids({
    variable: 'BATON_SIM_PROTOCOLS',
    fallback: 'block',
    help: 'the protocols of the workload, each with a port for each machine',
  }),
  freeBytes: optional(
    integer({
      variable: 'BATON_FREE_BYTES',
      min: 0,
      max: Number.MAX_SAFE_INTEGER,
      help: 'the free bytes that a machine has; not set: those of the disk',
    }),
  ),
  transfers: integer({
    variable: 'BATON_TRANSFERS',
    fallback: '16',
    min: 1,
    max: 1_000,
    help: 'so many machines receive an artifact at a time',
  }),
};
