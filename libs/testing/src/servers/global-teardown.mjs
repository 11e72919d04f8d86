import { STOP } from './global-setup.mjs';

export default async function teardown() {
  await globalThis[STOP]?.();
}
