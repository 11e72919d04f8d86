// What must hold in any log, whatever was killed while it was written.

const ENDS_TOKEN = new Set(['TokenReturned', 'HolderSkipped', 'HolderEvicted']);

const positions = (events) => {
  const wrong = events.findIndex(({ position }, index) => position !== index + 1);
  return wrong < 0 ? [] : [`place ${wrong + 1} of the log has position ${events[wrong].position}`];
};

/** In a lane one node at a time has the token, with an epoch that only rises. */
const tokens = (events) => {
  const lanes = new Map();
  return events
    .filter(({ stream }) => stream.startsWith('lane-'))
    .flatMap(({ stream, type, data, position }) => {
      const lane = lanes.get(stream) ?? { holder: undefined, epoch: 0 };
      lanes.set(stream, lane);
      if (type === 'TokenGranted') {
        const wrong = [
          ...(lane.holder ? [`${position}: ${data.nodeId} has the token of ${stream} beside ${lane.holder}`] : []),
          ...(data.epoch > lane.epoch ? [] : [`${position}: epoch ${data.epoch} of ${stream} after ${lane.epoch}`]),
        ];
        Object.assign(lane, { holder: data.nodeId, epoch: data.epoch });
        return wrong;
      }
      if (ENDS_TOKEN.has(type) && data.nodeId === lane.holder) lane.holder = undefined;
      return [];
    });
};

/** Every check by name, with what it found wrong. */
export const checkLog = (events, verifyChain) => {
  const broken = verifyChain(events);
  return {
    'positions are 1..N without a gap': positions(events),
    'the hash chain holds from the first event to the last': broken ? [JSON.stringify(broken)] : [],
    'in every lane one node at a time has the token, with rising epochs': tokens(events),
  };
};
