// Arrays side by side instead of JSON, and as few statements as can be, however many appends, guards and events there are:
// each statement costs more than what it does for one append.
/** The one way into the log: judges each append of a batch on its own, and records all that it accepts at once. */
export const APPEND = `
  CREATE FUNCTION baton.append(
    -- One element for each append; no command twice.
    commands text[], clusters text[], upgrades text[], metas text[], guard_counts int[], write_counts int[],
    -- Every stream that a guard or a write names, once; they name it by its number in here.
    streams text[],
    -- One element for each guard, in the order of the appends.
    guard_streams int[], guard_versions int[],
    -- One element for each write, in the order of the appends.
    write_streams int[], write_versions int[], event_counts int[],
    -- One element for each event, in the order of the writes.
    types text[], datas text[], digests bytea[]
  ) RETURNS TABLE (
    status text, failed_stream text, actual_version int, first_position bigint, size int, stamp timestamptz, hashes bytea
  )
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    before bigint;
    head_position bigint;
    head_hash bytea;
    owned text[];
    versions int[];
    firsts bigint[];
    guard_end int := 0;
    write_end int := 0;
    event_end int := 0;
    s int;
    n int := 0;
    -- What is accepted: one element for each event.
    new_events int[] := '{}';
    new_appends int[] := '{}';
    new_streams int[] := '{}';
    new_versions int[] := '{}';
    new_hashes bytea[] := '{}';
  BEGIN
    SELECT h.position, h.position, h.hash, greatest(h.recorded_at, date_trunc('milliseconds', clock_timestamp())),
           ARRAY(SELECT o.category FROM baton.owner o WHERE o.role = session_user)
      INTO STRICT before, head_position, head_hash, stamp, owned
      FROM baton.head h FOR UPDATE;

    -- With the head locked nobody else appends: versions change only by what is accepted here.
    SELECT ARRAY(SELECT coalesce((SELECT e.version FROM baton.event e WHERE e.stream = named.stream
                                    ORDER BY e.version DESC LIMIT 1), 0)
                   FROM unnest(streams) AS named (stream)),
           ARRAY(SELECT (SELECT e.position FROM baton.event e WHERE e.command = asked.command
                           ORDER BY e.position LIMIT 1)
                   FROM unnest(commands) AS asked (command))
      INTO versions, firsts;
    IF cardinality(commands) > 1
       AND cardinality(commands) <> (SELECT count(DISTINCT asked.command) FROM unnest(commands) AS asked (command)) THEN
      RAISE EXCEPTION 'a batch names a command twice';
    END IF;

    FOR a IN 1 .. cardinality(commands) LOOP
      status := 'accepted'; failed_stream := NULL; actual_version := NULL; size := 0; hashes := '';
      first_position := firsts[a];
      guard_end := guard_end + guard_counts[a];
      write_end := write_end + write_counts[a];

      <<checks>>
      BEGIN
        IF first_position IS NOT NULL THEN
          status := 'repeated';
          SELECT count(*) INTO size FROM baton.event e WHERE e.command = commands[a];
          EXIT checks;
        END IF;
        FOR w IN write_end - write_counts[a] + 1 .. write_end LOOP
          s := write_streams[w];
          IF split_part(streams[s], '-', 1) <> ALL (owned) THEN
            status := 'forbidden'; failed_stream := streams[s];
            EXIT checks;
          END IF;
        END LOOP;
        FOR g IN guard_end - guard_counts[a] + 1 .. guard_end LOOP
          s := guard_streams[g];
          IF versions[s] <> guard_versions[g] THEN
            status := 'guard-failed'; failed_stream := streams[s]; actual_version := versions[s];
            EXIT checks;
          END IF;
        END LOOP;
        FOR w IN write_end - write_counts[a] + 1 .. write_end LOOP
          s := write_streams[w];
          IF versions[s] <> write_versions[w] THEN
            status := 'conflict'; failed_stream := streams[s]; actual_version := versions[s];
            EXIT checks;
          END IF;
        END LOOP;
        first_position := head_position + 1;
      END;

      FOR w IN write_end - write_counts[a] + 1 .. write_end LOOP
        IF status = 'accepted' THEN
          s := write_streams[w];
          FOR k IN 1 .. event_counts[w] LOOP
            n := n + 1;
            head_position := head_position + 1;
            head_hash := sha256(head_hash || int8send(head_position) || digests[event_end + k]);
            new_events[n] := event_end + k;
            new_appends[n] := a;
            new_streams[n] := s;
            new_versions[n] := write_versions[w] + k;
            new_hashes[n] := head_hash;
            hashes := hashes || head_hash;
          END LOOP;
          versions[s] := write_versions[w] + event_counts[w];
          size := head_position - first_position + 1;
        END IF;
        event_end := event_end + event_counts[w];
      END LOOP;
      RETURN NEXT;
    END LOOP;

    IF n > 0 THEN
      INSERT INTO baton.event (position, stream, category, version, type, cluster, upgrade,
                               data, meta, command, recorded_at, digest, hash)
        SELECT before + i, streams[new_streams[i]], split_part(streams[new_streams[i]], '-', 1), new_versions[i],
               types[new_events[i]], clusters[new_appends[i]], upgrades[new_appends[i]],
               datas[new_events[i]], metas[new_appends[i]], commands[new_appends[i]], stamp,
               digests[new_events[i]], new_hashes[i]
          FROM generate_series(1, n) AS i;
      UPDATE baton.head h SET position = head_position, hash = head_hash, recorded_at = stamp;
    END IF;
  END $$;`;
