import { jest } from '@jest/globals';
import { Vitals } from './vitals.js';

let now: number;
let vitals: Vitals;
beforeEach(() => {
  now = 1_000;
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  vitals = new Vitals();
  vitals.set('down', false);
});
afterEach(() => jest.restoreAllMocks());

const seen = () => ({ up: vitals.areServicesUp, wellForMs: vitals.wellForMs });

describe('a machine that runs', () => {
  it('has been well since the last thing that was wrong with it ended', () => {
    now = 1_100;
    expect(seen()).toEqual({ up: true, wellForMs: 100 });
    vitals.set('stable', true);
    vitals.set('boot', true);
    now = 1_200;
    vitals.set('stable', false);
    expect(seen()).toEqual({ up: false, wellForMs: 0 });
    vitals.set('boot', false);
    now = 1_250;
    vitals.set('boot', false);
    expect(seen()).toEqual({ up: true, wellForMs: 50 });
  });

  it('has its services while its hypervisor is down, and is not well', () => {
    vitals.set('hypervisor', true);
    now = 1_100;
    expect({ ...seen(), hypervisor: vitals.isHypervisorUp }).toEqual({ up: true, wellForMs: 0, hypervisor: false });
  });

  it('that comes and goes is never well for longer than one turn, however late anybody looks', () => {
    vitals.flap('stable', 60);
    const at = (time: number) => ((now = 1_000 + time), seen());
    expect([0, 59, 60, 119, 120].map(at)).toEqual([
      { up: false, wellForMs: 0 },
      { up: false, wellForMs: 0 },
      { up: true, wellForMs: 0 },
      { up: true, wellForMs: 59 },
      { up: false, wellForMs: 0 },
    ]);
    expect(at(60_000 + 60 + 30)).toEqual({ up: true, wellForMs: 30 });
    vitals.set('stable', false);
    expect(at(60_000 + 60 + 230)).toEqual({ up: true, wellForMs: 200 });
  });
});
