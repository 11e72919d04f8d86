/** What a partition carries a version of. `kernel` is reported by nodes but never released. */
export const LAYERS = ['software', 'image', 'hypervisor', 'firmware'] as const;
export type Layer = (typeof LAYERS)[number];

/** How a node goes over to another version. */
export const ACTIVATIONS = ['restart', 'reboot', 'replace'] as const;
export type Activation = (typeof ACTIVATIONS)[number];

/** What others notice of a release, beside the nodes that go over. */
export interface Effects {
  /** Clients notice it. Absent: not said. */
  readonly disruptive?: boolean;
  /** Services that it restarts, e.g. `openvpn`: their users must connect again. */
  readonly restarts?: readonly string[];
  /** It is for those who use these features; others need not hurry. */
  readonly features?: readonly string[];
}

/** A version of a layer with its artifact and what it goes together with. */
export interface Release {
  /** Major.Minor.Build, e.g. `1.1.0`. */
  readonly version: string;
  readonly layer: Layer;
  /** A vendor's own word for it: `software`, `image`, `hypervisor`, `security-patch`, `software-patch` ... */
  readonly kind: string;
  /** Of the artifact, 64 hex digits. */
  readonly sha256: string;
  /** Of the artifact, in bytes. */
  readonly size: number;
  /** Oldest version that may run beside it and be upgraded to it. Absent: any. */
  readonly minCompatible?: string;
  readonly image?: string;
  /** Hypervisor versions it runs on: exact (`9.0.0`) or a prefix (`9`, `9.0`). Absent: any. */
  readonly hypervisors?: readonly string[];
  readonly activation?: Activation;
  readonly notes?: string;
  /** Other software to be upgraded along with it. */
  readonly companions?: readonly string[];
  readonly effects?: Effects;
  /** It gives up the way back: an upgrade to it is not rolled back once it has begun to roll. */
  readonly oneWay?: true;
}
