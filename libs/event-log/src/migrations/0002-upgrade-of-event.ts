import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPEND } from './append-function.js';

// Services of the version before give one element for each append: an append has an event, so equal numbers mean the same.
const UPGRADE_OF_APPEND = 'upgrades[new_appends[i]]';
const UPGRADE_OF_EVENT =
  'upgrades[CASE cardinality(upgrades) WHEN cardinality(commands) THEN new_appends[i] ELSE new_events[i] END]';

/** The events of one append may be of several upgrades: one that ends, and the one that goes on from it. */
export class UpgradeOfEvent0002 implements MigrationInterface {
  name = 'UpgradeOfEvent0000000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(APPEND.replace('CREATE', 'CREATE OR REPLACE').replace(UPGRADE_OF_APPEND, UPGRADE_OF_EVENT));
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup, or migrate to a new version');
  }
}
