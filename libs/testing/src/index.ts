export { given, recorded, type Given } from './given-when-then.js';
