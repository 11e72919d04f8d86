import { flag, list, object, text, type Shape } from '../openapi/shape.js';

/** The answers of the fronts, by name. */
export const FRONT_SHAPES: Readonly<Record<string, Shape>> = {
  QumuloStatus: object({
    ...{ install_path: text(), state: text(), details: text(), error_message: text(), error_state: text() },
    ...{ is_blocked: flag(), blocked_reason: text() },
  }),
  AviStatus: object({
    upgrade: text('Its id; empty: there was none yet'),
    controller_state: object({
      ...{ state: text(), in_progress: flag(), rollback: flag() },
      tasks_completed: list(object({ task: text() })),
      notes: list(text(), 'What it waits for'),
    }),
    se_state: object({
      in_progress: flag(),
      ...{ se_upgrade_not_started: list(text()), se_upgrade_in_progress: list(text()) },
      ...{ se_upgrade_completed: list(text()), se_upgrade_failed: list(text()) },
      se_upgrade_errors: list(object({ se_ref: text(), message: text() })),
      notes: list(text()),
    }),
  }),
  FleetLockError: object({ kind: text('For machines: as the last part of the type of a problem'), value: text() }),
};

/** An example of each answer, of the same upgrade as all other examples. */
export const frontExamples = ({
  upgradeId,
  sha256,
  waitsFor,
}: {
  readonly upgradeId: string;
  readonly sha256: string;
  readonly waitsFor: string;
}): Readonly<Record<string, unknown>> => ({
  QumuloStatus: {
    ...{ install_path: `/v1/artifacts/${sha256}`, state: 'UPGRADE_PREPARING', details: '', error_message: '' },
    ...{ error_state: 'UPGRADE_ERROR_NO_ERROR', is_blocked: false, blocked_reason: '' },
  },
  AviStatus: {
    upgrade: upgradeId,
    controller_state: {
      ...{ state: 'UPGRADE_COMPLETED', in_progress: false, rollback: false, notes: [waitsFor] },
      tasks_completed: [{ task: 'COPY_AND_VERIFY_IMAGE' }, { task: 'COMMIT_UPGRADE' }],
    },
    se_state: {
      ...{
        in_progress: true,
        se_upgrade_not_started: ['n5'],
        se_upgrade_in_progress: [],
        se_upgrade_completed: ['n4'],
      },
      ...{ se_upgrade_failed: ['n2'], se_upgrade_errors: [{ se_ref: 'n2', message: 'n2 has not come up.' }] },
      notes: [waitsFor],
    },
  },
  FleetLockError: {
    kind: 'slot-taken',
    value: 'worker-2 holds the slot of group default since 2026-01-01T00:00:18.250Z.',
  },
});
