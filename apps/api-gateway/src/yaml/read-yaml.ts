import type { FieldPath } from '@baton/domain';
import { Lexer, LineCounter, Parser, isNode, parseDocument, type Document } from 'yaml';
import { unfitNodes } from './unfit-nodes.js';

/** Something wrong in a text. `line` counts from 1. */
export interface TextError {
  readonly line: number;
  /** Absent: it is no YAML at all. */
  readonly path?: FieldPath;
  readonly message: string;
}

interface Errors {
  readonly errors: readonly TextError[];
}

/** What is in a document, or all that is wrong with it by field. */
export type Parse<T extends object> = (
  value: unknown,
) => T | { readonly errors: readonly { readonly path: FieldPath; readonly message: string }[] };

/** Bytes of a text. More is nothing that anybody reads. */
export const TEXT_BYTES_MAX = 64 * 1024;

// It stands in UpgradeRequested beside the release and the path, in an event of at most 32 KiB.
const CONTENT_BYTES_MAX = 16 * 1024;
const LEVELS_MAX = 32;
const ERRORS_MAX = 50;

// A mark of the byte order at its beginning is passed over.
const utf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

/** As `readYaml`, of the bytes of a file. */
export const readYamlFile = <T extends object>(bytes: Uint8Array, what: string, parse: Parse<T>): T | Errors => {
  const text = utf8(bytes);
  return text === undefined ? { errors: [{ line: 1, message: `${what} must be UTF-8` }] } : readYaml(text, what, parse);
};

/** Reads `what` (`a strategy`) from YAML, which JSON is too; all errors at once, each with its line. */
export const readYaml = <T extends object>(text: string, what: string, parse: Parse<T>): T | Errors => {
  if (Buffer.byteLength(text) > TEXT_BYTES_MAX) return tooLarge(what, `at most ${TEXT_BYTES_MAX / 1024} KiB`);
  const lines = new LineCounter();
  const lineOf = (offset: number): number => lines.linePos(offset).line;
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    const line = text.slice(0, deep).split('\n').length;
    return { errors: [{ line, message: `${what} must not be nested so deep` }] };
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const unread = [...document.errors, ...document.warnings].map(({ pos, code, message }) => ({
    line: lineOf(pos[0]),
    message: code === 'MULTIPLE_DOCS' ? `${what} must be one document: this text has several` : firstLine(message),
  }));
  if (unread.length > 0) return { errors: unread.slice(0, ERRORS_MAX) };
  const unfit = unfitNodes(document).map(({ offset, message }) => ({ line: lineOf(offset), message }));
  if (unfit.length > 0) return { errors: unfit.slice(0, ERRORS_MAX) };
  const parsed = parse(document.toJS());
  if ('errors' in parsed) {
    // Cut before the lines are looked for, each of which takes a walk through the document.
    const errors = parsed.errors.slice(0, ERRORS_MAX).map(({ path, message }) => ({
      line: lineOf(offsetOf(document, path)),
      path,
      message,
    }));
    return { errors };
  }
  const bytes = Buffer.byteLength(JSON.stringify(parsed));
  return bytes > CONTENT_BYTES_MAX
    ? tooLarge(what, `at most ${CONTENT_BYTES_MAX / 1024} KiB without its comments`)
    : parsed;
};

const tooLarge = (what: string, most: string): Errors => ({
  errors: [{ line: 1, message: `${what} must have ${most}` }],
});

/** Where it is nested too deep. What `parseDocument` makes of a text it makes by recursion, so this comes before. */
const tooDeepAt = (text: string): number | undefined => {
  const parser = new Parser();
  let read = 0;
  for (const lexeme of new Lexer().lex(text)) {
    // Only how many collections are open counts.
    Array.from(parser.next(lexeme));
    read += lexeme.length;
    if (parser.stack.length > LEVELS_MAX) return read;
  }
  return undefined;
};

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? text;

/** Where a field stands, or for a missing one the nearest field above it. */
const offsetOf = (document: Document, path: FieldPath): number => {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
};
