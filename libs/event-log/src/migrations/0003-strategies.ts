import type { MigrationInterface, QueryRunner } from 'typeorm';

const OWNERS = `INSERT INTO baton.owner (category, role) VALUES ('strategy', 'baton_gateway')`;

/** Strategies are published through the gateway. */
export class Strategies0003 implements MigrationInterface {
  name = 'Strategies0000000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(OWNERS);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup, or migrate to a new version');
  }
}
