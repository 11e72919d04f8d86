import type { MigrationInterface, QueryRunner } from 'typeorm';

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

// Arrays side by side instead of JSON, and a loop of plain statements whose plans are kept: measured to be the fastest.
const APPEND = `
  CREATE FUNCTION baton.append(
    -- One element for each append.
    commands text[], clusters text[], upgrades text[], metas text[], guard_counts int[], write_counts int[],
    -- One element for each guard, in the order of the appends.
    guard_streams text[], guard_versions int[],
    -- One element for each write, in the order of the appends.
    write_streams text[], write_versions int[], event_counts int[],
    -- One element for each event, in the order of the writes.
    types text[], datas text[], digests bytea[]
  ) RETURNS TABLE (
    status text, failed_stream text, actual_version int, first_position bigint, size int, stamp timestamptz, hashes bytea
  )
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    head_position bigint;
    head_hash bytea;
    before bigint;
    owned text[];
    found_version int;
    guard_end int := 0;
    write_end int := 0;
    event_end int := 0;
    guard_start int;
    write_start int;
    this_stream text;
    this_category text;
  BEGIN
    SELECT h.position, h.hash, greatest(h.recorded_at, date_trunc('milliseconds', clock_timestamp())),
           ARRAY(SELECT o.category FROM baton.owner o WHERE o.role = session_user)
      INTO STRICT head_position, head_hash, stamp, owned
      FROM baton.head h FOR UPDATE;
    before := head_position;

    FOR a IN 1 .. cardinality(commands) LOOP
      status := NULL; failed_stream := NULL; actual_version := NULL; first_position := NULL; size := 0; hashes := '';
      guard_start := guard_end + 1; guard_end := guard_end + guard_counts[a];
      write_start := write_end + 1; write_end := write_end + write_counts[a];

      SELECT e.position INTO first_position FROM baton.event e
        WHERE e.command = commands[a] ORDER BY e.position LIMIT 1;
      IF FOUND THEN
        status := 'repeated';
        SELECT count(*) INTO size FROM baton.event e WHERE e.command = commands[a];
      END IF;

      IF status IS NULL THEN
        FOR w IN write_start .. write_end LOOP
          IF split_part(write_streams[w], '-', 1) <> ALL (owned) THEN
            status := 'forbidden'; failed_stream := write_streams[w];
            EXIT;
          END IF;
        END LOOP;
      END IF;

      IF status IS NULL THEN
        FOR g IN guard_start .. guard_end LOOP
          SELECT e.version INTO found_version FROM baton.event e
            WHERE e.stream = guard_streams[g] ORDER BY e.version DESC LIMIT 1;
          found_version := coalesce(found_version, 0);
          IF found_version <> guard_versions[g] THEN
            status := 'guard-failed'; failed_stream := guard_streams[g]; actual_version := found_version;
            EXIT;
          END IF;
        END LOOP;
      END IF;

      IF status IS NULL THEN
        FOR w IN write_start .. write_end LOOP
          SELECT e.version INTO found_version FROM baton.event e
            WHERE e.stream = write_streams[w] ORDER BY e.version DESC LIMIT 1;
          found_version := coalesce(found_version, 0);
          IF found_version <> write_versions[w] THEN
            status := 'conflict'; failed_stream := write_streams[w]; actual_version := found_version;
            EXIT;
          END IF;
        END LOOP;
      END IF;

      IF status IS NULL THEN
        status := 'accepted';
        first_position := head_position + 1;
        FOR w IN write_start .. write_end LOOP
          this_stream := write_streams[w];
          this_category := split_part(this_stream, '-', 1);
          FOR k IN 1 .. event_counts[w] LOOP
            event_end := event_end + 1;
            head_position := head_position + 1;
            head_hash := sha256(head_hash || int8send(head_position) || digests[event_end]);
            INSERT INTO baton.event (position, stream, category, version, type, cluster, upgrade,
                                     data, meta, command, recorded_at, digest, hash)
              VALUES (head_position, this_stream, this_category, write_versions[w] + k, types[event_end], clusters[a],
                      upgrades[a], datas[event_end], metas[a], commands[a], stamp, digests[event_end], head_hash);
            hashes := hashes || head_hash;
          END LOOP;
        END LOOP;
        size := head_position - first_position + 1;
      ELSE
        FOR w IN write_start .. write_end LOOP
          event_end := event_end + event_counts[w];
        END LOOP;
      END IF;
      RETURN NEXT;
    END LOOP;

    IF head_position > before THEN
      UPDATE baton.head h SET position = head_position, hash = head_hash, recorded_at = stamp;
    END IF;
  END $$;`;

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
