import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { ProblemError } from '../problems/problem.js';

/** The name that an image has, by what the controllers run on: the label `deployment` of their nodes. */
const IMAGE_NAMES: ReadonlyMap<string, string> = new Map([
  ['vm', 'controller.pkg'],
  ['bare-metal', 'controller_docker.tgz'],
]);

const SCHEME = 'controller://';
// No dot in front: neither `..` nor `.`; no escape, no backslash, no NUL; and no empty part, as of `//`.
const PART_PATTERN = /^\w[\w.-]*$/;

/** A file that may be taken for an image. */
export interface ImageFile {
  /** With all links followed. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
}

const FIELD = '/image_path';

const refused = (kind: 'bad-image-path' | 'image-missing' | 'image-unfit', detail: string): ProblemError =>
  new ProblemError(kind, detail, { errors: [{ pointer: FIELD, detail }] });

/** `controller://upgrade_pkgs/controller.pkg` as parts below the root. Throws the problem of any other path (V-16, V-17). */
export const partsOf = (imagePath: string): readonly string[] => {
  const names = [...IMAGE_NAMES.values()];
  const parts = imagePath.startsWith(SCHEME) ? imagePath.slice(SCHEME.length).split('/') : [];
  if (parts.length === 0 || !parts.every((part) => PART_PATTERN.test(part))) {
    throw refused(
      'bad-image-path',
      `The path must be ${SCHEME} and plain names, e.g. ${SCHEME}upgrade_pkgs/${names[0]}.`,
    );
  }
  if (!names.includes(parts.at(-1) ?? '')) {
    throw refused('bad-image-path', `The image must be named ${names.join(' or ')}, not ${parts.at(-1)}.`);
  }
  return parts;
};

/** Throws unless an image of this name is for what the controllers run on (V-08). `deployments`: what their labels say. */
export const checkDeployment = (name: string, deployments: readonly string[]): void => {
  const [deployment, ...others] = [...new Set(deployments)];
  const known = [...IMAGE_NAMES.keys()].join(' or ');
  const right = IMAGE_NAMES.get(deployment ?? '');
  if (others.length > 0 || right === undefined) {
    const said = deployment === undefined ? 'none has it' : `they say ${[deployment, ...others].join(', ')}`;
    throw refused(
      'image-unfit',
      `Nobody can tell which image fits: the label deployment of the controllers must be ${known}, and ${said}.`,
    );
  }
  if (right !== name) {
    throw refused('image-unfit', `The controllers run as ${deployment}: their image is ${right}, not ${name}.`);
  }
};

/** The file at these parts below the root, wherever links in between lead, as long as it is below the root too. */
export const findImage = async (root: string, parts: readonly string[]): Promise<ImageFile> => {
  const shown = SCHEME + parts.join('/');
  const missing = refused('image-missing', `There is no file ${shown}. Copy the image there first.`);
  const base = await realpath(root).catch(() => Promise.reject(missing));
  const path = await realpath(join(base, ...parts)).catch(() => Promise.reject(missing));
  if (!path.startsWith(base + sep)) throw refused('bad-image-path', `${shown} leads out of the folder of images.`);
  // Not to be kept waiting by a pipe, and what is no file has no bytes.
  const file = await openPlain(path).catch(() => Promise.reject(missing));
  try {
    const found = await file.stat();
    if (!found.isFile()) throw missing;
    return { path, size: found.size };
  } finally {
    await file.close();
  }
};

/** Of the whole file. Whoever takes its bytes later checks them against this. */
export const sha256Of = async ({ path }: ImageFile): Promise<string> => {
  const hash = createHash('sha256');
  const file = await openPlain(path);
  // The stream closes the file.
  for await (const chunk of file.createReadStream({ highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

const openPlain = (path: string): Promise<FileHandle> =>
  open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
