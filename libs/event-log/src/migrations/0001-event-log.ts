import type { MigrationInterface, QueryRunner } from 'typeorm';
import { APPEND } from './append-function.js';

const TABLES = `
  CREATE TABLE baton.event (
    position    bigint      NOT NULL,
    stream      text        COLLATE "C" NOT NULL,
    category    text        COLLATE "C" NOT NULL,
    version     integer     NOT NULL,
    type        text        COLLATE "C" NOT NULL,
    cluster     text        COLLATE "C" NOT NULL,
    upgrade     text        COLLATE "C",
    -- Canonical JSON (RFC 8785) exactly as sent: the digest covers its bytes.
    data        text        NOT NULL,
    meta        text        NOT NULL,
    -- The id of the command whose append wrote this event.
    command     text        COLLATE "C" NOT NULL,
    recorded_at timestamptz NOT NULL,
    digest      bytea       NOT NULL,
    hash        bytea       NOT NULL,
    PRIMARY KEY (position),
    UNIQUE (stream, version)
  );
  -- Catching up with one stream must not cost more the longer it is, or the more happens beside it.
  CREATE INDEX event_by_stream ON baton.event (stream, position);
  CREATE INDEX event_by_category ON baton.event (category, position);
  CREATE INDEX event_by_upgrade ON baton.event (upgrade, position);
  CREATE INDEX event_by_cluster ON baton.event (cluster, category, position);
  -- A command id stands in one append at most: all appends look here under the lock of the head row.
  CREATE INDEX event_by_command ON baton.event (command, position);

  -- The one row that every append locks first: it makes positions gapless and in commit order.
  CREATE TABLE baton.head (
    only_row    boolean     PRIMARY KEY DEFAULT true CHECK (only_row),
    position    bigint      NOT NULL,
    hash        bytea       NOT NULL,
    recorded_at timestamptz NOT NULL
  ) WITH (fillfactor = 10);
  INSERT INTO baton.head (position, hash, recorded_at) VALUES (0, decode(repeat('00', 32), 'hex'), 'epoch');

  CREATE TABLE baton.owner (
    category text COLLATE "C" PRIMARY KEY,
    role     name NOT NULL
  );
  INSERT INTO baton.owner (category, role) VALUES
    ('cluster', 'baton_gateway'), ('node', 'baton_gateway'),
    ('release', 'baton_gateway'), ('upgrade', 'baton_gateway'),
    ('precheck', 'baton_precheck'),
    ('distribution', 'baton_distribution'),
    ('staging', 'baton_staging'),
    ('rollout', 'baton_rollout'), ('lane', 'baton_rollout');`;

const APPEND_ONLY = `
  CREATE FUNCTION baton.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION 'the event log is append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
  END $$;
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON baton.event
    FOR EACH STATEMENT EXECUTE FUNCTION baton.refuse_change();`;

const RIGHTS = `
  REVOKE ALL ON ALL FUNCTIONS IN SCHEMA baton FROM PUBLIC;
  GRANT USAGE ON SCHEMA baton TO
    baton_gateway, baton_precheck, baton_distribution, baton_staging, baton_rollout, baton_projection;
  GRANT SELECT ON ALL TABLES IN SCHEMA baton TO
    baton_gateway, baton_precheck, baton_distribution, baton_staging, baton_rollout, baton_projection;
  GRANT EXECUTE ON FUNCTION baton.append TO
    baton_gateway, baton_precheck, baton_distribution, baton_staging, baton_rollout;`;

const READ_MODELS = `
  CREATE SCHEMA read;
  GRANT USAGE, CREATE ON SCHEMA read TO baton_projection;
  GRANT USAGE ON SCHEMA read TO baton_gateway, baton_precheck, baton_distribution, baton_staging, baton_rollout;
  ALTER DEFAULT PRIVILEGES FOR ROLE baton_projection IN SCHEMA read GRANT SELECT ON TABLES TO
    baton_gateway, baton_precheck, baton_distribution, baton_staging, baton_rollout;`;

/** The log, its head, its owners, and who may do what with them. */
export class EventLog0001 implements MigrationInterface {
  // TypeORM orders migrations by the last 13 digits of their names.
  name = 'EventLog0000000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES + APPEND_ONLY + APPEND + RIGHTS + READ_MODELS);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup, or migrate to a new version');
  }
}
